"""Views of the queue: filters in an address, the banner after a decision, where to go next."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from sqlalchemy import Connection, select

from app.review.auth import Visit
from app.review.pages import view_query
from smallprint.review import record_id
from smallprint.store import queue
from smallprint.store import tables as t
from smallprint.store.queue import Filters

_LONGEST = 200  # characters of a filter
_STATUS = ("draft", "approved", "rejected", "all")


def filters_from(said: Mapping[str, str]) -> Filters:
    """Filters of an address; what is not a filter, or not a status, is passed over."""
    known = {name: said[name][:_LONGEST].replace("\x00", "") for name in Filters.model_fields if said.get(name)}
    if known.get("status") not in _STATUS:
        known.pop("status", None)
    return Filters.model_validate(known)


def filters_of(view: str) -> Filters:
    """Filters of a form's hidden field."""
    return filters_from(dict(parse_qsl(view[:4000])))


@dataclass(frozen=True)
class Deed:
    """What the banner says of the act that was just done."""

    act: str
    kind: str
    count: int
    title: str
    draft: str
    record: str
    undone: bool


_DONE = {
    "approve": "Approved",
    "amend": "Approved with your changes",
    "reject": "Rejected",
    "second_opinion": "Handed on for a second opinion",
    "split": "Split",
    "merge": "Merged",
    "add": "Added",
    "undo": "Undone",
    "nothing_here": "Marked as empty",
}


def deed(connection: Connection, act: str, by: str) -> tuple[Deed, str] | None:
    """The act of this person, and its past participle; None for acts of others."""
    query = select(t.decisions).where(t.decisions.c.act == act, t.decisions.c.by == by).order_by(t.decisions.c.id)
    rows = connection.execute(query).mappings().all()
    if not rows:
        return None
    first = rows[0]
    number = connection.execute(
        select(t.records.c.number).where(t.records.c.draft_id == first["draft_id"], t.records.c.withdrawn_at.is_(None))
    ).scalar()
    undone = (
        connection.execute(select(t.decisions.c.id).where(t.decisions.c.undoes == act).limit(1)).scalar() is not None
    )
    title = (
        first["after"]["body"]["title"]
        if first["draft_id"]
        else _words_of(connection, first["document_id"], first["clause"])
    )
    record = record_id(number) if number and len(rows) == 1 and first["kind"] in ("approve", "amend") else ""
    made = Deed(act, first["kind"], len(rows), title, first["draft_id"] or "", record, undone)
    return made, _DONE.get(first["kind"], "Done")


def _words_of(connection: Connection, document_id: str, clause: str) -> str:
    """The beginning of a clause: its id says nothing to anybody."""
    row = connection.execute(
        select(t.documents.c.text, t.documents.c.clauses).where(t.documents.c.id == document_id)
    ).one()
    found = next(one for one in row.clauses if one["id"] == clause)
    words = row.text[found["start"] : found["end"]].split()
    return f"“{' '.join(words[:8])}{'…' if len(words) > 8 else ''}”"


def next_address(visit: Visit, filters: Filters, *, done: str = "", after: str | None = None, skip: str = "") -> str:
    """Where to go after a decision: the next draft of this view, else the queue."""
    query = view_query(filters)
    skipped = [skip] if skip else []
    if visit.person.may("decide"):
        with visit.store.write() as connection:
            found = queue.claim_next(connection, filters, visit.person.name, visit.now, after=after, skip=skipped)
    else:
        with visit.store.read() as connection:
            found = queue.next_open(connection, filters, visit.person.name, visit.now, after=after, skip=skipped)
    said = "&".join(part for part in (query, f"done={done}" if done else "") if part)
    if found is None:
        return f"/queue?{said}&empty=1" if said else "/queue?empty=1"
    return f"/draft/{found}?{said}#evidence" if said else f"/draft/{found}#evidence"
