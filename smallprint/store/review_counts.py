"""What the desk's dashboard counts: drafts by status, age and severity, decisions by day, reasons, edits."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, case, func, select

from smallprint.records import Draft
from smallprint.store import tables as t

_DECIDING = ("approve", "amend", "reject")  # the kinds of decision that take a draft out of the queue


@dataclass(frozen=True)
class DayCount:
    """How many drafts somebody approved or rejected on one day (UTC)."""

    by: str
    day: str  # 2026-03-01
    decisions: int


@dataclass(frozen=True)
class ApprovedEdit:
    """A draft as an analyst proposed it and as it was approved."""

    model: str
    prompt: str
    proposal: Draft
    approved: Draft


def count_by_status(connection: Connection) -> dict[str, int]:
    """How many drafts are open, approved and rejected, by status; a status that no draft has is left out."""
    query = select(t.queue.c.status, func.count().label("drafts")).group_by(t.queue.c.status)
    return {row.status: row.drafts for row in connection.execute(query)}


def count_open_by_severity(connection: Connection) -> dict[str, int]:
    """How many open drafts each severity has; a severity that no draft has is left out."""
    query = (
        select(t.queue.c.severity, func.count().label("drafts"))
        .where(t.queue.c.status == "draft")
        .group_by(t.queue.c.severity)
    )
    return {row.severity: row.drafts for row in connection.execute(query)}


def count_second_opinions(connection: Connection) -> int:
    """How many drafts wait for a second opinion."""
    query = select(func.count()).select_from(t.queue).where(t.queue.c.second_by.is_not(None))
    return int(connection.execute(query).scalar_one())


def count_open_newer_than(connection: Connection, moments: Sequence[datetime]) -> list[int]:
    """For each moment, how many open drafts were proposed after it."""
    newer = [func.sum(case((t.drafts.c.created_at > moment, 1), else_=0)) for moment in moments]
    query = select(*newer).join(t.queue, t.queue.c.draft_id == t.drafts.c.id).where(t.queue.c.status == "draft")
    return [int(number or 0) for number in connection.execute(query).one()]


def count_decisions(connection: Connection, since: datetime) -> int:
    """How many drafts were approved or rejected since then."""
    query = (
        select(func.count())
        .select_from(t.decisions)
        .where(t.decisions.c.at >= since, t.decisions.c.kind.in_(_DECIDING))
    )
    return int(connection.execute(query).scalar_one())


def count_decisions_by_day(connection: Connection, since: datetime) -> list[DayCount]:
    """How many drafts each person approved or rejected on each day since then; days without any are left out."""
    day = func.date(t.decisions.c.at)
    query = (
        select(t.decisions.c.by, day, func.count())
        .where(t.decisions.c.at >= since, t.decisions.c.kind.in_(_DECIDING))
        .group_by(t.decisions.c.by, day)
    )
    return [DayCount(by, str(date), number) for by, date, number in connection.execute(query)]


def stream_rejection_reasons(connection: Connection) -> Iterator[tuple[str, ...]]:
    """The reasons of every rejection, retired drafts' included."""
    query = select(t.decisions.c.reasons).where(t.decisions.c.kind == "reject")
    for reasons in connection.execute(query).scalars():
        yield tuple(reasons)


def stream_newest_approvals(connection: Connection, limit: int) -> Iterator[ApprovedEdit]:
    """The newest approvals, not more than ``limit``, each beside what the analyst had proposed."""
    query = (
        select(t.drafts.c.body, t.decisions.c.after, t.queue.c.model, t.queue.c.prompt)
        .join(t.drafts, t.drafts.c.id == t.decisions.c.draft_id)
        .join(t.queue, t.queue.c.draft_id == t.decisions.c.draft_id)
        .where(t.decisions.c.kind.in_(("approve", "amend")))
        .order_by(t.decisions.c.id.desc())
        .limit(limit)
    )
    for row in connection.execute(query):
        yield ApprovedEdit(
            model=row.model,
            prompt=row.prompt,
            proposal=Draft.model_validate(row.body),
            approved=Draft.model_validate(row.after["body"]),
        )
