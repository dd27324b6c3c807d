"""The figures of the dashboard: throughput, reasons for rejections, how much people change, how long drafts wait."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from rapidfuzz.distance import Levenshtein

from smallprint.records import Draft
from smallprint.review import REASONS
from smallprint.severity import LEVELS
from smallprint.store import Connection, review_counts

DAYS = 14  # of the throughput
APPROVALS_COMPARED = 600  # the newest; chosen so that the dashboard stays quick, not measured
TEXT_FIELDS = ("title", "what_it_is", "consumer_impact", "why_it_matters", "enforcement_risk", "due_diligence")
OTHER_FIELDS = ("category", "severity", "frameworks", "agencies", "evidence")
WAITING_TIMES = (("today", 1), ("this week", 7), ("this month", 30), ("this quarter", 90), ("longer", 10_000))


@dataclass(frozen=True)
class Totals:
    """How many drafts have which status, and how many decisions were made today."""

    open: int
    approved: int
    rejected: int
    second_opinions: int
    decided_today: int


def totals(connection: Connection, since: datetime) -> Totals:
    """Counts over the whole queue, and the approvals and rejections since then."""
    by_status = review_counts.count_by_status(connection)
    return Totals(
        open=by_status.get("draft", 0),
        approved=by_status.get("approved", 0),
        rejected=by_status.get("rejected", 0),
        second_opinions=review_counts.count_second_opinions(connection),
        decided_today=review_counts.count_decisions(connection, since),
    )


def throughput(connection: Connection, now: datetime) -> tuple[list[str], dict[str, list[int]]]:
    """Days, and for each person their decisions on each; whoever decided most comes first."""
    first = (now - timedelta(days=DAYS - 1)).replace(hour=0, minute=0, second=0, microsecond=0)
    days = [(first + timedelta(days=n)).date() for n in range(DAYS)]
    counts: dict[str, Counter[str]] = {}
    for count in review_counts.count_decisions_by_day(connection, first):
        counts.setdefault(count.by, Counter())[count.day] += count.decisions
    people = sorted(counts, key=lambda name: (-counts[name].total(), name))
    return [f"{day:%-d %b}" for day in days], {name: [counts[name][str(day)] for day in days] for name in people}


def reasons(connection: Connection) -> list[tuple[str, int]]:
    """Why drafts were rejected, the most frequent reason first."""
    counts: Counter[str] = Counter()
    for rejection in review_counts.stream_rejection_reasons(connection):
        counts.update(reason for reason in rejection if reason in REASONS)
    return [(REASONS[reason], number) for reason, number in counts.most_common()]


def waiting(connection: Connection, now: datetime) -> list[tuple[str, int]]:
    """How long open drafts have waited."""
    moments = [now - timedelta(days=days) for _, days in WAITING_TIMES]
    newer = review_counts.count_open_newer_than(connection, moments)
    return [
        (label, younger - youngest)
        for (label, _), youngest, younger in zip(WAITING_TIMES, [0, *newer], newer, strict=False)
    ]


def open_by_severity(connection: Connection) -> list[tuple[str, int]]:
    """Open drafts by level, the worst first."""
    counts = review_counts.count_open_by_severity(connection)
    return [(level, counts.get(level, 0)) for level in reversed(LEVELS)]


@dataclass(frozen=True)
class EditRates:
    """How much people change the proposals of one model with one prompt."""

    analyst: str  # model and prompt
    approved: int
    untouched: int
    changed: dict[str, float]  # field -> share of characters changed (texts), share of drafts changed (others)

    @property
    def shares(self) -> list[tuple[str, float]]:
        """The fields by name with their shares."""
        return [(name.replace("_", " "), share) for name, share in self.changed.items()]


def edit_rates(connection: Connection) -> list[EditRates]:
    """Edit distance by field for each model and prompt, over the newest approvals."""
    by_analyst: dict[str, list[dict[str, float]]] = {}
    for edit in review_counts.stream_newest_approvals(connection, APPROVALS_COMPARED):
        by_analyst.setdefault(f"{edit.model} · {edit.prompt}", []).append(_distances(edit.proposal, edit.approved))
    return [
        EditRates(
            analyst=analyst,
            approved=len(rows),
            untouched=sum(1 for distances in rows if not any(distances.values())),
            changed={
                name: sum(distances[name] for distances in rows) / len(rows) for name in (*TEXT_FIELDS, *OTHER_FIELDS)
            },
        )
        for analyst, rows in sorted(by_analyst.items(), key=lambda item: -len(item[1]))
    ]


def _distances(proposal: Draft, approved: Draft) -> dict[str, float]:
    distances = {
        name: Levenshtein.normalized_distance(_text(getattr(proposal, name)), _text(getattr(approved, name)))
        for name in TEXT_FIELDS
    }
    return distances | {name: float(getattr(proposal, name) != getattr(approved, name)) for name in OTHER_FIELDS}


def _text(value: str | tuple[str, ...]) -> str:
    return value if isinstance(value, str) else "\n".join(value)
