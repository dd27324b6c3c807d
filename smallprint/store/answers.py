"""Paid answers of models in the database, found again by their content key."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, insert, select

from smallprint.records import Tally
from smallprint.store import tables as t
from smallprint.store.transactions import Store


class StoredAnswers:
    """The answers of a workspace, as analysts ask for them; each call is a transaction of its own."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, key: str) -> dict[str, Any] | None:
        """The stored answer under a content key, or None."""
        with self._store.read() as connection:
            body = connection.execute(select(t.answers.c.body).where(t.answers.c.key == key)).scalar()
        return dict(body) if body is not None else None

    def put(self, key: str, model: str, body: dict[str, Any]) -> None:
        """Store an answer, durably, before it is used; the first answer under a key stays."""
        with self._store.write() as connection:
            if connection.execute(select(t.answers.c.key).where(t.answers.c.key == key)).scalar() is None:
                row = {"key": key, "model": model, "body": body, "created_at": datetime.now(UTC)}
                connection.execute(insert(t.answers).values(row))

    def tally(self, model: str) -> Tally:
        """Sums over this model's stored answers, for estimates."""
        body = t.answers.c.body
        counters = [
            ("expected", "document_tokens"),
            ("expected", "asked_tokens"),
            ("usage", "input_tokens"),
            ("usage", "output_tokens"),
        ]
        sums = [func.sum(body[part, name].as_integer()).label(name) for part, name in counters]
        has_estimate = body["expected", "document_tokens"].as_integer().is_not(None)
        with self._store.read() as connection:
            row = connection.execute(select(*sums).where(t.answers.c.model == model, has_estimate)).mappings().one()
        return Tally(**{name: int(total or 0) for name, total in row.items()})
