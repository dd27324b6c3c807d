"""Clauses that a person has read and found without a provision."""

from sqlalchemy import Connection, select

from smallprint.store import tables as t


def list_marked_clauses(connection: Connection, document_id: str) -> set[str]:
    """Ids of the document's clauses that are marked as having no provision."""
    query = select(t.clause_marks.c.clause).where(t.clause_marks.c.document_id == document_id)
    return set(connection.execute(query).scalars())
