"""Approved records in the database: permanent numbers, what was approved, and what a later undo withdraws."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Integer, func, insert, select, update

from smallprint import review
from smallprint.records import Draft, Noun
from smallprint.review import Decision, Verdict
from smallprint.store import tables as t


class Record(Noun):
    """An approved provision under its permanent id."""

    id: str  # SP-P-000123
    document_id: str  # SP-D-00045
    draft: Draft
    approved_by: str
    approved_at: datetime
    amended_fields: tuple[str, ...]
    first_tracked: datetime | None  # when its document was first captured
    last_verified: datetime | None  # when the same bytes were last seen there


def save_record(
    connection: Connection, verdict: Verdict, decision: Decision, body: dict[str, Any], amended_fields: list[str]
) -> int:
    """Write what was approved; a draft gets one permanent number, at its first approval.

    Args:
        connection: a transaction that writes and has locked the audit chain.
        verdict: the approval.
        decision: whose it is.
        body: the approved draft, as it is stored.
        amended_fields: those in which it differs from the proposal.

    """
    values: dict[str, Any] = {
        "approved_by": decision.by,
        "approved_at": decision.at,
        "withdrawn_at": None,
        "amended_fields": amended_fields,
        "body": body,
    }
    number = connection.execute(select(t.records.c.number).where(t.records.c.draft_id == verdict.draft.id)).scalar()
    if number is not None:
        if verdict.kind == "carry":
            del values["approved_by"], values["approved_at"]  # nobody approved it again: an approval was carried over
        connection.execute(update(t.records).where(t.records.c.number == number).values(**values))
        return int(number)
    number = _next_number(connection, t.records.c.number)
    document = _document_number(connection, verdict.draft.provenance.document)
    connection.execute(
        insert(t.records).values(number=number, draft_id=verdict.draft.id, document_number=document, **values)
    )
    return number


def withdraw_record(connection: Connection, draft_id: str, at: datetime) -> None:
    """The approval was undone: the number stays taken, the record is no longer published."""
    connection.execute(update(t.records).where(t.records.c.draft_id == draft_id).values(withdrawn_at=at))


def _document_number(connection: Connection, document_id: str) -> int:
    source_id = connection.execute(select(t.documents.c.source_id).where(t.documents.c.id == document_id)).scalar_one()
    number = connection.execute(
        select(t.record_documents.c.number).where(t.record_documents.c.source_id == source_id)
    ).scalar()
    if number is None:
        number = _next_number(connection, t.record_documents.c.number)
        connection.execute(insert(t.record_documents).values(number=number, source_id=source_id))
    return int(number)


def _next_number(connection: Connection, column: Any) -> int:  # noqa: ANN401 -- a column of numbers
    # Safe because every writer holds the end of the audit chain, and because rows are never deleted.
    return int(connection.execute(select(func.coalesce(func.max(column, type_=Integer), 0))).scalar_one()) + 1


def find_record_number(connection: Connection, draft_id: str) -> int | None:
    """The number of the record that stands for this draft, or None."""
    standing = (t.records.c.draft_id == draft_id, t.records.c.withdrawn_at.is_(None))
    number: int | None = connection.execute(select(t.records.c.number).where(*standing)).scalar()
    return number


def stream_records(connection: Connection, *, after: int = 0, limit: int | None = None) -> Iterator[Record]:
    """The records that stand, by number; those behind a number, and not more than ``limit``."""
    query = (
        select(
            t.records,
            t.documents.c.source_id,
            t.snapshots.c.sha256.label("snapshot"),
            t.snapshots.c.first_captured_at,
        )
        .join(t.drafts, t.drafts.c.id == t.records.c.draft_id)
        .join(t.documents, t.documents.c.id == t.drafts.c.document_id)
        .join(t.snapshots, t.snapshots.c.sha256 == t.documents.c.sha256)
        .where(t.records.c.withdrawn_at.is_(None), t.records.c.number > after)
        .order_by(t.records.c.number)
        .limit(limit)
    )
    visits = select(t.captures.c.sha256, func.max(t.captures.c.captured_at)).group_by(t.captures.c.sha256)
    verified = dict(connection.execute(visits).all())
    for row in connection.execute(query, execution_options={"yield_per": 500}).mappings():
        yield Record(
            id=review.record_id(row["number"]),
            document_id=review.document_record_id(row["document_number"]),
            draft=Draft.model_validate({**row["body"], "status": "approved"}),
            approved_by=row["approved_by"],
            approved_at=row["approved_at"],
            amended_fields=tuple(row["amended_fields"]),
            first_tracked=row["first_captured_at"],
            last_verified=verified.get(row["snapshot"]),
        )
