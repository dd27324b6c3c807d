"""The review queue as reviewers read it: a page of drafts under filters, the next one to read, leases.

The queue has a narrow row a draft (queue_rows.py), so that sorting, filtering and counting read little.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    Select,
    Subquery,
    and_,
    false,
    func,
    or_,
    select,
    true,
    update,
)

from smallprint.records import Noun, Source
from smallprint.store import tables as t

LEASE_DURATION = timedelta(minutes=10)
PAGE_SIZE = 50
MAX_SEARCH_WORDS = 8  # a bound on the work of one search; further words are ignored
STATUSES = ("draft", "approved", "rejected")


class Filters(Noun):
    """What a reviewer wants to see; empty fields do not restrict."""

    entity: str = ""
    document: str = ""
    category: str = ""
    severity: str = ""
    status: Literal["draft", "approved", "rejected", "all"] = "draft"
    flag: str = ""
    model: str = ""
    prompt: str = ""
    assignee: str = ""
    q: str = ""


class QueuedDraft(Noun):
    """One draft as the queue shows it."""

    draft: str
    document: str
    entity: str | None
    origin: str  # the host or the file that its document came from
    document_title: str | None
    title: str
    category: str
    severity: str
    status: str
    version: int
    need: int
    confidence: float
    flags: tuple[str, ...]
    model: str
    second_by: str | None
    assignee: str | None
    reader: str | None  # who holds a lease that has not run out
    decided_by: str | None
    decided_at: datetime | None


def matches(filters: Filters, *, without: str = "") -> ColumnElement[bool]:
    """The condition that drafts meet the filters, all of them or all but one."""
    q = t.queue.c
    chosen = {name: getattr(filters, name) for name in Filters.model_fields if name != without}
    conditions: list[ColumnElement[bool]] = []
    if chosen.get("status", "all") != "all":
        conditions.append(q.status == chosen["status"])
    for name, column in (
        ("document", q.document_id),
        ("category", q.category),
        ("severity", q.severity),
        ("model", q.model),
        ("prompt", q.prompt),
        ("assignee", q.assignee),
    ):
        if chosen.get(name):
            conditions.append(column == chosen[name])
    if chosen.get("entity"):
        conditions.append(q.source_id.in_(select(t.sources.c.id).where(t.sources.c.entity == chosen["entity"])))
    if chosen.get("flag"):
        conditions.append(q.flags.contains(f"|{chosen['flag']}|", autoescape=True))
    if chosen.get("q", "").split():
        # Asked of each draft on its own: a page of a frequent word is found after a few drafts in the queue's order.
        words_of_draft = select(t.queue_words.c.draft_id).where(t.queue_words.c.draft_id == q.draft_id)
        conditions.append(words_of_draft.where(matches_search(chosen["q"])).exists())
    return and_(true(), *conditions)


def matches_search(q: str) -> ColumnElement[bool]:
    """The condition of a text search on the words of a draft: all that is asked for, parts of words too."""
    searched = q.lower().split()[:MAX_SEARCH_WORDS]
    return and_(true(), *(t.queue_words.c.words.contains(word, autoescape=True) for word in searched))


ORDER = (t.queue.c.rank, t.queue.c.document_id, t.queue.c.start, t.queue.c.draft_id)


def list_page(
    connection: Connection, filters: Filters, now: datetime, *, page: int = 1, size: int = PAGE_SIZE
) -> list[QueuedDraft]:
    """One page of the queue, the neediest first, within a document in reading order."""
    draft_ids = (
        select(t.queue.c.draft_id).where(matches(filters)).order_by(*ORDER).limit(size).offset((page - 1) * size)
    )
    rows = connection.execute(_queued(draft_ids.subquery())).mappings()
    return [_queued_draft(row, now) for row in rows]


def find_queued_draft(connection: Connection, draft_id: str, now: datetime) -> QueuedDraft | None:
    """One draft as the queue shows it, or None."""
    draft_ids = select(t.queue.c.draft_id).where(t.queue.c.draft_id == draft_id).subquery()
    row = connection.execute(_queued(draft_ids)).mappings().first()
    return None if row is None else _queued_draft(row, now)


def _queued(draft_ids: Subquery) -> Select[Any]:
    """The rows of these drafts with their sources and documents, in the queue's order."""
    return (
        select(
            t.queue,
            t.sources.c.entity,
            t.sources.c.location,
            t.sources.c.title.label("source_title"),
            t.documents.c.title.label("text_title"),
        )
        .join(draft_ids, draft_ids.c.draft_id == t.queue.c.draft_id)
        .join(t.sources, t.sources.c.id == t.queue.c.source_id)
        .join(t.documents, t.documents.c.id == t.queue.c.document_id)
        .order_by(*ORDER)
    )


def _queued_draft(row: RowMapping, now: datetime) -> QueuedDraft:
    is_leased = row["lease_until"] is not None and row["lease_until"] > now
    return QueuedDraft(
        draft=row["draft_id"],
        document=row["document_id"],
        document_title=row["source_title"] or row["text_title"],
        origin=Source(location=row["location"]).origin,
        need=-row["rank"],
        flags=tuple(flag for flag in row["flags"].split("|") if flag),
        reader=row["lease_by"] if is_leased else None,
        **{
            name: row[name]
            for name in (
                "entity",
                "title",
                "category",
                "severity",
                "status",
                "version",
                "confidence",
                "model",
                "second_by",
                "assignee",
                "decided_by",
                "decided_at",
            )
        },
    )


def count_drafts(connection: Connection, filters: Filters) -> int:
    """How many drafts the filters leave."""
    return int(connection.execute(select(func.count()).select_from(t.queue).where(matches(filters))).scalar() or 0)


def find_next_open(
    connection: Connection,
    filters: Filters,
    user: str,
    now: datetime,
    *,
    after: str | None = None,
    skip: Iterable[str] = (),
) -> str | None:
    """The draft to read next: open, read by nobody else, not waiting for somebody else's opinion.

    Args:
        connection: the connection.
        filters: the reviewer's own.
        user: who asks; a draft on which they want a second opinion is not for them.
        now: for leases.
        after: begin behind this draft, to skip it; None: at the top.
        skip: drafts that are not wanted.

    """
    q = t.queue.c
    free = or_(q.lease_until.is_(None), q.lease_until <= now, q.lease_by == user)
    not_second_for = or_(q.second_by.is_(None), q.second_by != user)
    not_kept_for_others = or_(q.assignee.is_(None), q.assignee == user)
    query = select(q.draft_id).where(
        matches(filters.model_copy(update={"status": "draft"})),
        free,
        not_second_for,
        not_kept_for_others,
        q.draft_id.not_in(list(skip)),
    )
    if after is not None:
        query = query.where(_behind(connection, after))
    draft_id = connection.execute(query.order_by(*ORDER).limit(1)).scalar()
    return None if draft_id is None else str(draft_id)


def claim_next_open(
    connection: Connection,
    filters: Filters,
    user: str,
    now: datetime,
    *,
    after: str | None = None,
    skip: Iterable[str] = (),
) -> str | None:
    """The draft to read next, with its lease; of many who ask at once each gets another one."""
    passed_over = [*skip]
    while (draft_id := find_next_open(connection, filters, user, now, after=after, skip=passed_over)) is not None:
        if take_lease(connection, draft_id, user, now) is None:
            return draft_id
        passed_over.append(draft_id)
    return None


def _behind(connection: Connection, draft_id: str) -> ColumnElement[bool]:
    here = connection.execute(select(*ORDER).where(t.queue.c.draft_id == draft_id)).first()
    if here is None:
        return true()
    later: ColumnElement[bool] = false()
    same: ColumnElement[bool] = true()
    for column, value in zip(ORDER, here, strict=True):
        later = or_(later, and_(same, column > value))
        same = and_(same, column == value)
    return later


def count_decided_by_person(connection: Connection, since: datetime) -> dict[str, int]:
    """How many drafts each person has decided since then, by who decided last."""
    query = (
        select(t.queue.c.decided_by, func.count())
        .where(t.queue.c.decided_by.is_not(None), t.queue.c.decided_at >= since, t.queue.c.status != "draft")
        .group_by(t.queue.c.decided_by)
    )
    return {str(name): int(number) for name, number in connection.execute(query)}


class DocumentDraft(NamedTuple):
    """A draft in the list of its document's drafts."""

    draft: str
    title: str
    severity: str
    status: str
    version: int


def list_document_drafts(connection: Connection, document_id: str) -> list[DocumentDraft]:
    """All drafts of a document in reading order."""
    q = t.queue.c
    query = select(q.draft_id, q.title, q.severity, q.status, q.version).where(q.document_id == document_id)
    return [DocumentDraft(*row) for row in connection.execute(query.order_by(q.start, q.draft_id))]


# ---- leases


def take_lease(connection: Connection, draft_id: str, user: str, now: datetime) -> str | None:
    """Take or renew the lease on a draft; returns who else holds it, or None when it is ours now."""
    q = t.queue.c
    free = or_(q.lease_until.is_(None), q.lease_until <= now, q.lease_by == user)
    leased = connection.execute(
        update(t.queue).where(q.draft_id == draft_id, free).values(lease_by=user, lease_until=now + LEASE_DURATION)
    )
    if leased.rowcount:
        return None
    holder = connection.execute(select(q.lease_by).where(q.draft_id == draft_id)).scalar()
    return None if holder is None else str(holder)


def release_lease(connection: Connection, draft_id: str, user: str) -> None:
    """Give a lease back before it runs out."""
    connection.execute(
        update(t.queue)
        .where(t.queue.c.draft_id == draft_id, t.queue.c.lease_by == user)
        .values(lease_by=None, lease_until=None)
    )


def assign(connection: Connection, draft_ids: Iterable[str], user: str | None) -> int:
    """Keep drafts for one person, or give them back to all; returns how many."""
    return connection.execute(
        update(t.queue).where(t.queue.c.draft_id.in_(list(draft_ids))).values(assignee=user)
    ).rowcount
