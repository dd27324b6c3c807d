"""Sources, their captures, and the documents derived from them, in the database."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, insert, select, update

from smallprint.errors import StoreError
from smallprint.records import Clause, Document, Snapshot, Source
from smallprint.store import tables as t


@dataclass(frozen=True)
class StoredDocument:
    """A document with where it came from."""

    document: Document
    clauses: tuple[Clause, ...]
    source: Source
    snapshot: Snapshot | None  # of the visit that first brought these bytes


def save_source(connection: Connection, source: Source) -> int:
    """The id of the source at this location; what the newest manifest says about it wins."""
    row = source.model_dump(mode="json")
    source_id = connection.execute(select(t.sources.c.id).where(t.sources.c.location == source.location)).scalar()
    if source_id is None:
        key = connection.execute(insert(t.sources).values(row)).inserted_primary_key
        return int(key[0]) if key else 0
    stated = {name: value for name, value in row.items() if value not in (None, [], "")}
    connection.execute(update(t.sources).where(t.sources.c.id == source_id).values(stated))
    return int(source_id)


def source_from_row(row: RowMapping) -> Source:
    """The source in a row that has its columns."""
    return Source(**{name: row[name] for name in Source.model_fields})


def save_capture(connection: Connection, source_id: int, snapshot: Snapshot) -> bool:
    """Record a visit; True when the source gave the same bytes as on its last visit, a verification."""
    last = connection.execute(
        select(t.captures.c.sha256)
        .where(t.captures.c.source_id == source_id)
        .order_by(t.captures.c.captured_at.desc(), t.captures.c.id.desc())
        .limit(1)
    ).scalar()
    if not connection.execute(select(t.snapshots.c.sha256).where(t.snapshots.c.sha256 == snapshot.sha256)).scalar():
        connection.execute(
            insert(t.snapshots).values(
                sha256=snapshot.sha256,
                size=snapshot.size,
                media_type=snapshot.media_type,
                first_captured_at=snapshot.captured_at,
            )
        )
    connection.execute(
        insert(t.captures).values(
            source_id=source_id,
            sha256=snapshot.sha256,
            captured_at=snapshot.captured_at,
            verification=last == snapshot.sha256,
            body=snapshot.model_dump(mode="json"),
        )
    )
    return bool(last == snapshot.sha256)


def last_capture(connection: Connection, source_id: int) -> Snapshot | None:
    """The newest snapshot of a source, for conditional requests; None before the first."""
    body = connection.execute(
        select(t.captures.c.body)
        .where(t.captures.c.source_id == source_id)
        .order_by(t.captures.c.captured_at.desc(), t.captures.c.id.desc())
        .limit(1)
    ).scalar()
    return Snapshot.model_validate(body) if body else None


def save_document(connection: Connection, source_id: int, document: Document, clauses: Sequence[Clause]) -> None:
    """Save a derived text; the same snapshot and extractor version is saved once."""
    if connection.execute(select(t.documents.c.id).where(t.documents.c.id == document.id)).scalar():
        return
    connection.execute(
        insert(t.documents).values(
            id=document.id,
            source_id=source_id,
            sha256=document.sha256,
            title=document.title,
            language=document.language,
            text=document.text,
            body=document.model_dump(mode="json", exclude={"text"}),
            clauses=[clause.model_dump(mode="json", exclude={"text"}) for clause in clauses],
            created_at=datetime.now(UTC),
        )
    )


def load_document(connection: Connection, document_id: str) -> StoredDocument:
    """The document of this id; raises StoreError where there is none."""
    stored = find_document(connection, document_id)
    if stored is None:
        raise StoreError(f"no document with id {document_id}")
    return stored


def find_document(connection: Connection, document_id: str) -> StoredDocument | None:
    """The document of this id, or None."""
    query = select(t.documents).where(t.documents.c.id == document_id)
    row = connection.execute(query).mappings().first()
    if row is None:
        return None
    text: str = row["text"]
    return StoredDocument(
        document=Document.model_validate({**row["body"], "text": text}),
        clauses=clauses_from_json(text, row["clauses"]),
        source=_source(connection, row["source_id"]),
        snapshot=_first_capture(connection, row["source_id"], row["sha256"]),
    )


def load_clause_text(connection: Connection, document_id: str, clause_id: str) -> str:
    """The words of one clause of a document; raises StoreError where there is no such clause."""
    query = select(t.documents.c.text, t.documents.c.clauses).where(t.documents.c.id == document_id)
    for text, clauses in connection.execute(query):
        for clause in clauses:
            if clause["id"] == clause_id:
                return str(text[clause["start"] : clause["end"]])
    raise StoreError(f"no clause {clause_id} in document {document_id}")


def clauses_from_json(text: str, stored: Iterable[dict[str, Any]]) -> tuple[Clause, ...]:
    """Clauses as stored, which is without their words, with their words out of the document's text."""
    return tuple(Clause.model_validate({**clause, "text": text[clause["start"] : clause["end"]]}) for clause in stored)


def _source(connection: Connection, source_id: int) -> Source:
    query = select(t.sources).where(t.sources.c.id == source_id)
    return source_from_row(connection.execute(query).mappings().one())


def _first_capture(connection: Connection, source_id: int, sha256: str) -> Snapshot | None:
    body = connection.execute(
        select(t.captures.c.body)
        .where(t.captures.c.source_id == source_id, t.captures.c.sha256 == sha256)
        .order_by(t.captures.c.captured_at)
        .limit(1)
    ).scalar()
    return Snapshot.model_validate(body) if body else None
