"""The review queue in the database: a narrow row a draft, written with every change, found by filters, leased."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, and_, false, func, insert, or_, select, true, update

from smallprint.records import Draft, Noun, Source
from smallprint.review import need
from smallprint.store import tables as t

LEASE = timedelta(minutes=10)
PAGE = 50
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


class Line(Noun):
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


def place(connection: Connection, draft_id: str) -> None:
    """Write the queue's row of a draft anew, from the draft and what people did with it."""
    newer = t.documents.alias("newer")
    changed = (
        select(newer.c.id)
        .where(newer.c.source_id == t.documents.c.source_id, newer.c.created_at > t.documents.c.created_at)
        .exists()
    )
    row = (
        connection.execute(
            select(
                t.drafts,
                t.documents.c.source_id,
                changed.label("changed"),
                t.amendments.c.body.label("amended"),
                t.queue.c.second_by,
                t.queue.c.draft_id.label("placed"),
            )
            .join(t.documents, t.documents.c.id == t.drafts.c.document_id)
            .outerjoin(t.amendments, t.amendments.c.draft_id == t.drafts.c.id)
            .outerjoin(t.queue, t.queue.c.draft_id == t.drafts.c.id)
            .where(t.drafts.c.id == draft_id)
        )
        .mappings()
        .one()
    )
    draft = Draft.model_validate({**(row["amended"] or row["body"]), "status": row["status"]})
    values = _row(draft, second=row["second_by"] is not None, changed=bool(row["changed"]))
    values |= {"document_id": row["document_id"], "source_id": row["source_id"], "version": row["version"]}
    if row["placed"]:
        connection.execute(update(t.queue).where(t.queue.c.draft_id == draft_id).values(**values))
        connection.execute(
            update(t.queue_words).where(t.queue_words.c.draft_id == draft_id).values(words=_words(draft))
        )
    else:
        connection.execute(insert(t.queue).values(draft_id=draft_id, **values))
        connection.execute(insert(t.queue_words).values(draft_id=draft_id, words=_words(draft)))


def _row(draft: Draft, *, second: bool, changed: bool) -> dict[str, Any]:
    flags = (*draft.flags, *(("document_changed",) if changed else ()), *(("second_opinion",) if second else ()))
    return {
        "title": draft.title,
        "category": draft.category,
        "severity": draft.severity,
        "status": draft.status,
        "rank": -need(draft, second=second, changed=changed),
        "confidence": draft.confidence,
        "start": draft.evidence[0].start,
        "model": draft.provenance.model,
        "prompt": draft.provenance.prompt,
        "flags": "".join(f"|{flag}" for flag in sorted(set(flags))) + "|",
    }


def _words(draft: Draft) -> str:
    parts = (draft.title, draft.what_it_is, draft.consumer_impact, *(one.text for one in draft.evidence))
    return "\n".join(parts).lower()


def place_missing(connection: Connection) -> int:
    """Give every draft that has no row one, as after an upgrade; returns how many."""
    missing = (
        connection.execute(
            select(t.drafts.c.id)
            .outerjoin(t.queue, t.queue.c.draft_id == t.drafts.c.id)
            .where(t.queue.c.draft_id.is_(None))
        )
        .scalars()
        .all()
    )
    for draft_id in missing:
        place(connection, draft_id)
    return len(missing)


# ---- reading


def where(filters: Filters, *, without: str = "") -> ColumnElement[bool]:
    """The condition of the filters, but one of them."""
    q = t.queue.c
    said = {name: getattr(filters, name) for name in Filters.model_fields if name != without}
    parts: list[ColumnElement[bool]] = []
    if said.get("status", "all") != "all":
        parts.append(q.status == said["status"])
    for name, column in (
        ("document", q.document_id),
        ("category", q.category),
        ("severity", q.severity),
        ("model", q.model),
        ("prompt", q.prompt),
        ("assignee", q.assignee),
    ):
        if said.get(name):
            parts.append(column == said[name])
    if said.get("entity"):
        parts.append(q.source_id.in_(select(t.sources.c.id).where(t.sources.c.entity == said["entity"])))
    if said.get("flag"):
        parts.append(q.flags.contains(f"|{said['flag']}|", autoescape=True))
    if said.get("q", "").split():
        # Asked of each draft on its own: a page of a frequent word is found after a few drafts in the queue's order.
        own = select(t.queue_words.c.draft_id).where(t.queue_words.c.draft_id == q.draft_id)
        parts.append(own.where(words_match(said["q"])).exists())
    return and_(true(), *parts)


def words_match(q: str) -> ColumnElement[bool]:
    """The condition of a text search on the words of a draft: all that is asked for, parts of words too."""
    asked = q.lower().split()[:8]
    return and_(true(), *(t.queue_words.c.words.contains(word, autoescape=True) for word in asked))


ORDER = (t.queue.c.rank, t.queue.c.document_id, t.queue.c.start, t.queue.c.draft_id)


def lines(connection: Connection, filters: Filters, now: datetime, *, page: int = 1, size: int = PAGE) -> list[Line]:
    """One page of the queue, the neediest first, within a document in reading order."""
    wanted = select(t.queue.c.draft_id).where(where(filters)).order_by(*ORDER).limit(size).offset((page - 1) * size)
    return [line_of(row, now) for row in connection.execute(lines_of(wanted.subquery())).mappings()]


def line(connection: Connection, draft_id: str, now: datetime) -> Line | None:
    """One draft as the queue shows it, or None."""
    wanted = select(t.queue.c.draft_id).where(t.queue.c.draft_id == draft_id).subquery()
    row = connection.execute(lines_of(wanted)).mappings().first()
    return None if row is None else line_of(row, now)


def lines_of(wanted: Any) -> Select[Any]:  # noqa: ANN401 -- a subquery with a draft_id
    """The query for the lines of some drafts, in the queue's order."""
    return (
        select(
            t.queue,
            t.sources.c.entity,
            t.sources.c.location,
            t.sources.c.title.label("source_title"),
            t.documents.c.title.label("text_title"),
        )
        .join(wanted, wanted.c.draft_id == t.queue.c.draft_id)
        .join(t.sources, t.sources.c.id == t.queue.c.source_id)
        .join(t.documents, t.documents.c.id == t.queue.c.document_id)
        .order_by(*ORDER)
    )


def line_of(row: Any, now: datetime) -> Line:  # noqa: ANN401 -- a row mapping
    """A row of ``lines_of`` as a line."""
    held = row["lease_until"] is not None and row["lease_until"] > now
    return Line(
        draft=row["draft_id"],
        document=row["document_id"],
        document_title=row["source_title"] or row["text_title"],
        origin=Source(location=row["location"]).origin,
        need=-row["rank"],
        flags=tuple(flag for flag in row["flags"].split("|") if flag),
        reader=row["lease_by"] if held else None,
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


def total(connection: Connection, filters: Filters) -> int:
    """How many drafts the filters leave."""
    return int(connection.execute(select(func.count()).select_from(t.queue).where(where(filters))).scalar() or 0)


def next_open(
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
    mine = or_(q.second_by.is_(None), q.second_by != user)
    theirs = or_(q.assignee.is_(None), q.assignee == user)
    query = select(q.draft_id).where(
        where(filters.model_copy(update={"status": "draft"})), free, mine, theirs, q.draft_id.not_in(list(skip))
    )
    if after is not None:
        query = query.where(_behind(connection, after))
    found = connection.execute(query.order_by(*ORDER).limit(1)).scalar()
    return None if found is None else str(found)


def claim_next(
    connection: Connection,
    filters: Filters,
    user: str,
    now: datetime,
    *,
    after: str | None = None,
    skip: Iterable[str] = (),
) -> str | None:
    """The draft to read next, with its lease; of many who ask at once each gets another one."""
    missed = [*skip]
    while (found := next_open(connection, filters, user, now, after=after, skip=missed)) is not None:
        if lease(connection, found, user, now) is None:
            return found
        missed.append(found)
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


def day_progress(connection: Connection, since: datetime) -> dict[str, int]:
    """How many drafts each person has decided since then."""
    query = (
        select(t.queue.c.decided_by, func.count())
        .where(t.queue.c.decided_by.is_not(None), t.queue.c.decided_at >= since, t.queue.c.status != "draft")
        .group_by(t.queue.c.decided_by)
    )
    return {str(name): int(number) for name, number in connection.execute(query)}


class Sibling(NamedTuple):
    """A draft in the list of its document's drafts."""

    draft: str
    title: str
    severity: str
    status: str
    version: int


def siblings(connection: Connection, document_id: str) -> list[Sibling]:
    """All drafts of a document in reading order."""
    q = t.queue.c
    query = select(q.draft_id, q.title, q.severity, q.status, q.version).where(q.document_id == document_id)
    return [Sibling(*row) for row in connection.execute(query.order_by(q.start, q.draft_id))]


# ---- leases


def lease(connection: Connection, draft_id: str, user: str, now: datetime) -> str | None:
    """Take or renew the lease on a draft; returns who else holds it, or None when it is ours now."""
    q = t.queue.c
    free = or_(q.lease_until.is_(None), q.lease_until <= now, q.lease_by == user)
    taken = connection.execute(
        update(t.queue).where(q.draft_id == draft_id, free).values(lease_by=user, lease_until=now + LEASE)
    )
    if taken.rowcount:
        return None
    holder = connection.execute(select(q.lease_by).where(q.draft_id == draft_id)).scalar()
    return None if holder is None else str(holder)


def release(connection: Connection, draft_id: str, user: str) -> None:
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
