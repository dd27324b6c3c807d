"""What the dashboard tells: throughput, reasons for rejections, how much people change, how long drafts wait."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from rapidfuzz.distance import Levenshtein
from sqlalchemy import Connection, case, func, select

from smallprint.review import REASONS
from smallprint.severity import LEVELS
from smallprint.store import tables as t

DAYS = 14
_EDITS = 600  # newest approvals that edit distances are taken over
TEXT_FIELDS = ("title", "what_it_is", "consumer_impact", "why_it_matters", "enforcement_risk", "due_diligence")
OTHER_FIELDS = ("category", "severity", "frameworks", "agencies", "evidence")
_WAITS = (("today", 1), ("this week", 7), ("this month", 30), ("this quarter", 90), ("longer", 10_000))


@dataclass(frozen=True)
class Totals:
    """How many drafts stand where."""

    open: int
    approved: int
    rejected: int
    second: int
    today: int


def totals(connection: Connection, since: datetime) -> Totals:
    """Counts over the whole queue, and the approvals and rejections since then."""
    rows = connection.execute(select(t.queue.c.status, func.count()).group_by(t.queue.c.status))
    status: dict[str, int] = {row[0]: row[1] for row in rows}
    second = select(func.count()).select_from(t.queue).where(t.queue.c.second_by.is_not(None))
    today = (
        select(func.count())
        .select_from(t.decisions)
        .where(t.decisions.c.at >= since, t.decisions.c.kind.in_(("approve", "amend", "reject")))
    )
    return Totals(
        open=status.get("draft", 0),
        approved=status.get("approved", 0),
        rejected=status.get("rejected", 0),
        second=int(connection.execute(second).scalar() or 0),
        today=int(connection.execute(today).scalar() or 0),
    )


def throughput(connection: Connection, now: datetime) -> tuple[list[str], dict[str, list[int]]]:
    """Days, and for each person their decisions on each; whoever decided most comes first."""
    first = (now - timedelta(days=DAYS - 1)).replace(hour=0, minute=0, second=0, microsecond=0)
    days = [(first + timedelta(days=n)).date() for n in range(DAYS)]
    day = func.date(t.decisions.c.at)
    query = (
        select(t.decisions.c.by, day, func.count())
        .where(t.decisions.c.at >= first, t.decisions.c.kind.in_(("approve", "amend", "reject")))
        .group_by(t.decisions.c.by, day)
    )
    counted: dict[str, Counter[str]] = {}
    for name, when, number in connection.execute(query):
        counted.setdefault(name, Counter())[str(when)] += number
    people = sorted(counted, key=lambda name: (-counted[name].total(), name))
    return [f"{day:%-d %b}" for day in days], {name: [counted[name][str(day)] for day in days] for name in people}


def reasons(connection: Connection) -> list[tuple[str, int]]:
    """Why drafts were rejected, the most frequent reason first."""
    counted: Counter[str] = Counter()
    for row in connection.execute(select(t.decisions.c.reasons).where(t.decisions.c.kind == "reject")):
        counted.update(reason for reason in row.reasons if reason in REASONS)
    return [(REASONS[reason], number) for reason, number in counted.most_common()]


def waiting(connection: Connection, now: datetime) -> list[tuple[str, int]]:
    """How long open drafts have waited."""
    since = [func.sum(case((t.drafts.c.created_at > now - timedelta(days=most), 1), else_=0)) for _, most in _WAITS]
    query = select(*since).join(t.queue, t.queue.c.draft_id == t.drafts.c.id).where(t.queue.c.status == "draft")
    counted = [int(number or 0) for number in connection.execute(query).one()]
    return [(label, upto - before) for (label, _), before, upto in zip(_WAITS, [0, *counted], counted, strict=False)]


def open_by_severity(connection: Connection) -> list[tuple[str, int]]:
    """Open drafts by level, the worst first."""
    query = select(t.queue.c.severity, func.count()).where(t.queue.c.status == "draft").group_by(t.queue.c.severity)
    found: dict[str, int] = {row[0]: row[1] for row in connection.execute(query)}
    return [(level, found.get(level, 0)) for level in reversed(LEVELS)]


@dataclass(frozen=True)
class Edits:
    """How much people change what one prompt of one model proposes."""

    maker: str
    approved: int
    untouched: int
    changed: dict[str, float]  # field -> share of characters changed (texts), share of drafts changed (others)

    @property
    def shares(self) -> list[tuple[str, float]]:
        """The fields by name with their shares."""
        return [(name.replace("_", " "), share) for name, share in self.changed.items()]


def edits(connection: Connection) -> list[Edits]:
    """Edit distance by field for each model and prompt, over the newest approvals."""
    query = (
        select(t.drafts.c.body, t.decisions.c.after, t.queue.c.model, t.queue.c.prompt)
        .join(t.drafts, t.drafts.c.id == t.decisions.c.draft_id)
        .join(t.queue, t.queue.c.draft_id == t.decisions.c.draft_id)
        .where(t.decisions.c.kind.in_(("approve", "amend")))
        .order_by(t.decisions.c.id.desc())
        .limit(_EDITS)
    )
    by_maker: dict[str, list[dict[str, float]]] = {}
    for row in connection.execute(query):
        by_maker.setdefault(f"{row.model} · {row.prompt}", []).append(_distances(row.body, row.after["body"]))
    return [
        Edits(
            maker=maker,
            approved=len(rows),
            untouched=sum(1 for one in rows if not any(one.values())),
            changed={name: sum(one[name] for one in rows) / len(rows) for name in (*TEXT_FIELDS, *OTHER_FIELDS)},
        )
        for maker, rows in sorted(by_maker.items(), key=lambda item: -len(item[1]))
    ]


def _distances(proposal: dict[str, Any], approved: dict[str, Any]) -> dict[str, float]:
    found = {
        name: Levenshtein.normalized_distance(_text(proposal[name]), _text(approved[name])) for name in TEXT_FIELDS
    }
    return found | {name: float(proposal[name] != approved[name]) for name in OTHER_FIELDS}


def _text(value: object) -> str:
    return "\n".join(value) if isinstance(value, list) else str(value)
