"""Whether laws and agencies are right: set F1 over found provisions, and how often a name or an article is invented.

Sets hold registry ids, so that "15 U.S.C. §45" and "Section 5 of the FTC Act" are the same. F1 is micro-averaged over
pairs (2 |A ∩ B| / (|A| + |B|), Dice 1945). Citations are resolved again here: the draft's ``valid`` is not trusted.
"""

from functools import lru_cache

import numpy as np

from classifiers.citations import resolve_citations
from evals.scorers.metric import Array, Metric, Scored, f1, share
from smallprint.registry import Registry

_GROUP = "Laws and agencies"


def framework_counts(scored: Scored) -> Array:
    """Law ids (common, drafted, gold) over pairs whose gold is labeled; a law without an id never matches."""
    return _sets(
        [(gold.frameworks, [law.id or f"?{law.citation}" for law in draft.frameworks]) for gold, draft in scored.pairs]
    )


def agency_counts(scored: Scored) -> Array:
    """Agency ids (common, drafted, gold) over pairs whose gold is labeled."""
    return _sets(
        [(gold.agencies, [agency.id or f"?{agency.name}" for agency in draft.agencies]) for gold, draft in scored.pairs]
    )


def _sets(pairs: list[tuple[tuple[str, ...] | None, list[str]]]) -> Array:
    total = np.zeros(3)
    for gold, drafted in pairs:
        if gold is not None:
            total += (len(set(gold) & set(drafted)), len(set(drafted)), len(set(gold)))
    return total


def _invalid(scored: Scored) -> tuple[float, float]:
    """Citations of a known law with an article that it does not have, of all citations."""
    return _problems(scored, known=True)


def _invented_laws(scored: Scored) -> tuple[float, float]:
    """Citations that name no law of the registry, of all citations."""
    return _problems(scored, known=False)


def _problems(scored: Scored, *, known: bool) -> tuple[float, float]:
    cited = [law.citation for draft in scored.drafts for law in draft.frameworks]
    jurisdictions = scored.run.case.source.jurisdictions
    wrong_parts = [_wrong_part(citation, scored.registry, jurisdictions) for citation in cited]
    return wrong_parts.count("article" if known else "law"), len(cited)


@lru_cache(maxsize=65536)
def _wrong_part(citation: str, registry: Registry, jurisdictions: tuple[str, ...]) -> str:
    """The part of a citation that the registry does not have: ``law``, ``article``, or empty."""
    for resolved in resolve_citations(citation, registry, jurisdictions):
        if resolved.framework is None:
            return "law"
        if not resolved.valid:
            return "article"
    return ""


def _invented_agencies(scored: Scored) -> tuple[float, float]:
    """Agencies that the registry does not have, of all agencies named."""
    ids = [agency.id for draft in scored.drafts for agency in draft.agencies]
    return sum(id_ not in scored.registry.agencies for id_ in ids), len(ids)


def _f1(counts: Array) -> Array:
    return f1(counts[..., 0], counts[..., 1], counts[..., 2])


METRICS = (
    Metric("frameworks_f1", "Laws cited, set F1", "higher", framework_counts, _f1, lambda c: c[..., 2], _GROUP),
    Metric("agencies_f1", "Agencies named, set F1", "higher", agency_counts, _f1, lambda c: c[..., 2], _GROUP),
    share(
        "invalid_citations",
        "Citations of articles that do not exist",
        _invalid,
        better="lower",
        group=_GROUP,
        blameless=True,
    ),
    share(
        "invented_laws",
        "Citations of laws that the registry lacks",
        _invented_laws,
        better="lower",
        group=_GROUP,
        blameless=True,
    ),
    share(
        "invented_agencies",
        "Agencies that the registry lacks",
        _invented_agencies,
        better="lower",
        group=_GROUP,
        blameless=True,
    ),
)
