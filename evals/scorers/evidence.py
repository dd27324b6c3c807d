"""How drafts are proven: the share of each evidence status, and of quotes that are not in the document."""

from collections.abc import Callable

from evals.scorers.metric import Better, Metric, Scored, share
from smallprint.records import EvidenceStatus

_GROUP = "Evidence"


def _status(*statuses: EvidenceStatus) -> Callable[[Scored], tuple[float, float]]:
    def count(scored: Scored) -> tuple[float, float]:
        found_statuses = [evidence.status for draft in scored.drafts for evidence in draft.evidence]
        return sum(status in statuses for status in found_statuses), len(found_statuses)

    return count


def _unlocated(scored: Scored) -> tuple[float, float]:
    """Proposals whose quote is not in the document, of all proposals with a quote."""
    unlocated = sum(rejection.reason == "unlocated_quote" for rejection in scored.run.rejections)
    return unlocated, unlocated + len(scored.drafts)


def _of(name: str, title: str, *statuses: EvidenceStatus, better: Better) -> Metric:
    return share(name, title, _status(*statuses), better=better, group=_GROUP)


METRICS = (
    _of("evidence_exact", "Evidence letter by letter", "exact", better="higher"),
    _of("evidence_normalized", "Evidence normalized or spliced", "normalized", "spliced",
        better="higher"),
    _of("evidence_doubtful", "Evidence fuzzy or ambiguous", "fuzzy", "ambiguous", better="lower"),
    share("quotes_unlocated", "Quotes that are not in the document", _unlocated, better="lower", group=_GROUP),
)  # fmt: skip
