"""The store: opens and migrates the database; saves and loads records, each act in one transaction.

SQLite by default (WAL, foreign keys on), PostgreSQL by URL. A later run never overwrites what a person decided.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, insert, select

from smallprint.records import Tally
from smallprint.store import tables as t
from smallprint.store.database import open_engine
from smallprint.store.drafts import DraftStore, StoredDraft
from smallprint.store.runs import RunDocument, RunRow, RunStore

__all__ = ["RunDocument", "RunRow", "Store", "StoredDraft", "open_store"]


class Store(RunStore, DraftStore):
    """All that a workspace keeps, the paid answers among it; build with ``open_store``."""

    def get(self, key: str) -> dict[str, Any] | None:
        """The stored answer under a content key, or None."""
        with self.read() as connection:
            body = connection.execute(select(t.answers.c.body).where(t.answers.c.key == key)).scalar()
        return dict(body) if body is not None else None

    def put(self, key: str, model: str, body: dict[str, Any]) -> None:
        """Keep an answer, durably, before it is used; the first answer under a key stays."""
        with self.write() as connection:
            if connection.execute(select(t.answers.c.key).where(t.answers.c.key == key)).scalar() is None:
                connection.execute(
                    insert(t.answers).values(key=key, model=model, body=body, created_at=datetime.now(UTC))
                )

    def tally(self, model: str) -> Tally:
        """Sums over this model's stored answers, for estimates."""
        body = t.answers.c.body
        places = [
            ("expected", "document_tokens"),
            ("expected", "asked_tokens"),
            ("usage", "input_tokens"),
            ("usage", "output_tokens"),
        ]
        sums = [func.sum(body[part, name].as_integer()).label(name) for part, name in places]
        told = body["expected", "document_tokens"].as_integer().is_not(None)
        with self.read() as connection:
            row = connection.execute(select(*sums).where(t.answers.c.model == model, told)).mappings().one()
        return Tally(**{name: int(value or 0) for name, value in row.items()})


def open_store(url: str) -> Store:
    """Open the database at a SQLAlchemy URL, create its folder and bring its tables up to date.

    Raises:
        StoreError: it cannot be opened, is another program's, or was written by a newer Smallprint.

    """
    return Store(open_engine(url))
