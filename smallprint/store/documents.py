"""Sources, their captures, and the documents derived from them, in the database."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert, select, update

from smallprint.errors import StoreError
from smallprint.records import Clause, Document, Snapshot, Source
from smallprint.store import tables as t
from smallprint.store.transactions import Transactions


class DocumentStore(Transactions):
    """What was captured from where, and the text and clauses that came of it."""

    def save_source(self, source: Source) -> int:
        """The id of the source at this location; what the newest manifest says about it wins."""
        row = source.model_dump(mode="json")
        with self.write() as connection:
            found = connection.execute(select(t.sources.c.id).where(t.sources.c.location == source.location)).scalar()
            if found is None:
                key = connection.execute(insert(t.sources).values(row)).inserted_primary_key
                return int(key[0]) if key else 0
            said = {name: value for name, value in row.items() if value not in (None, [], "")}
            connection.execute(update(t.sources).where(t.sources.c.id == found).values(said))
            return int(found)

    def load_source(self, source_id: int) -> Source:
        """The source; raises StoreError for an unknown id."""
        with self.read() as connection:
            row = connection.execute(select(t.sources).where(t.sources.c.id == source_id)).mappings().first()
        if row is None:
            raise StoreError(f"no source with id {source_id}")
        return source_of(row)

    def save_capture(self, source_id: int, snapshot: Snapshot) -> bool:
        """Record a visit; True when the source gave the same bytes as on its last visit, a verification."""
        with self.write() as connection:
            last = connection.execute(
                select(t.captures.c.sha256)
                .where(t.captures.c.source_id == source_id)
                .order_by(t.captures.c.captured_at.desc(), t.captures.c.id.desc())
                .limit(1)
            ).scalar()
            if not connection.execute(
                select(t.snapshots.c.sha256).where(t.snapshots.c.sha256 == snapshot.sha256)
            ).scalar():
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

    def last_capture(self, source_id: int) -> Snapshot | None:
        """The newest snapshot of a source, for conditional requests; None before the first."""
        with self.read() as connection:
            body = connection.execute(
                select(t.captures.c.body)
                .where(t.captures.c.source_id == source_id)
                .order_by(t.captures.c.captured_at.desc(), t.captures.c.id.desc())
                .limit(1)
            ).scalar()
        return Snapshot.model_validate(body) if body else None

    def save_document(self, source_id: int, document: Document, clauses: Sequence[Clause]) -> None:
        """Keep a derived text; the same snapshot and extractor version is kept once."""
        with self.write() as connection:
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

    def load_document(self, document_id: str) -> tuple[Document, tuple[Clause, ...]] | None:
        """The document and its clauses, or None."""
        with self.read() as connection:
            row = connection.execute(select(t.documents).where(t.documents.c.id == document_id)).mappings().first()
        if row is None:
            return None
        words: str = row["text"]
        document = Document.model_validate({**row["body"], "text": words})
        clauses = tuple(
            Clause.model_validate({**clause, "text": words[clause["start"] : clause["end"]]})
            for clause in row["clauses"]
        )
        return document, clauses


def source_of(row: Any) -> Source:  # noqa: ANN401 -- a row mapping
    """The source in a row that has its columns."""
    return Source(**{name: row[name] for name in Source.model_fields})
