"""Clauses that a person has read and found without a provision; each mark is a decision with its audit row."""

from datetime import datetime
from secrets import token_hex

from sqlalchemy import Connection, delete, insert, select

from smallprint.review import Change
from smallprint.store import audit
from smallprint.store import tables as t


def list_marked_clauses(connection: Connection, document_id: str) -> set[str]:
    """Ids of the document's clauses that are marked as having no provision."""
    query = select(t.clause_marks.c.clause).where(t.clause_marks.c.document_id == document_id)
    return set(connection.execute(query).scalars())


def mark_clause(
    connection: Connection, document_id: str, clause: str, *, by: str, at: datetime, nothing: bool = True
) -> str:
    """Say that a clause has no provision, or take that back; returns the act, empty where it was so already."""
    audit.lock_chain(connection)
    act = token_hex(8)
    changed = write_mark(connection, act, document_id, clause, by=by, at=at, nothing=nothing)
    return act if changed else ""


def write_mark(
    connection: Connection,
    act: str,
    document_id: str,
    clause: str,
    *,
    by: str,
    at: datetime,
    nothing: bool,
    undoes: str | None = None,
) -> bool:
    """Set or clear a mark as part of an act, under the audit chain's lock; False where it was so already."""
    here = (t.clause_marks.c.document_id == document_id, t.clause_marks.c.clause == clause)
    marked = connection.execute(select(t.clause_marks.c.by).where(*here)).scalar() is not None
    if marked == nothing:
        return False
    if nothing:
        connection.execute(insert(t.clause_marks).values(document_id=document_id, clause=clause, by=by, at=at))
    else:
        connection.execute(delete(t.clause_marks).where(*here))
    change = Change(field="nothing_here", before=marked, after=nothing)
    kind = "undo" if undoes else "nothing_here"
    audit_id = audit.append_row(
        connection, at=at, actor=by, event=kind, subject=f"{document_id}/{clause}", changes=[change]
    )
    connection.execute(
        insert(t.decisions).values(
            act=act,
            kind=kind,
            document_id=document_id,
            clause=clause,
            by=by,
            at=at,
            reasons=[],
            note="",
            before={"nothing": marked},
            after={"nothing": nothing},
            undoes=undoes,
            audit_id=audit_id,
        )
    )
    return True
