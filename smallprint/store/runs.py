"""Runs in the database: which documents they read, where each stands, what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select, func, insert, select, update

from smallprint.errors import StoreError
from smallprint.records import Analysis, Clause, Ledger, LedgerEntry, Source, Usage
from smallprint.store import tables as t
from smallprint.store.carrying import carry
from smallprint.store.documents import DocumentStore, source_of
from smallprint.store.drafts import save_drafts, save_rejections


@dataclass(frozen=True)
class RunRow:
    """One run as the store knows it."""

    id: str
    model: str
    state: str
    started_at: datetime
    finished_at: datetime | None
    options: dict[str, Any]


@dataclass(frozen=True)
class RunDocument:
    """One document of a run: where it stands, what went wrong, what it cost."""

    position: int
    source_id: int
    source: Source
    document_id: str | None
    state: str
    error: dict[str, str] | None
    entries: tuple[LedgerEntry, ...]
    ledger: Ledger | None
    usage: Usage | None
    windows: int | None
    seconds: float | None
    drafts: int


class RunStore(DocumentStore):
    """Runs and their documents' states."""

    def start_run(self, run_id: str, model: str, options: dict[str, Any], sources: Sequence[Source]) -> None:
        """Write down a run and its documents before any work begins."""
        ids = [self.save_source(source) for source in sources]
        with self.write() as connection:
            connection.execute(
                insert(t.runs).values(
                    id=run_id, model=model, state="running", started_at=datetime.now(UTC), options=options
                )
            )
            if ids:
                connection.execute(
                    insert(t.run_documents),
                    [{"run_id": run_id, "position": n, "source_id": s, "state": "waiting"} for n, s in enumerate(ids)],
                )

    def set_run_state(self, run_id: str, state: str) -> None:
        """Running, finished, interrupted or stopped; every state but running carries its time."""
        finished = None if state == "running" else datetime.now(UTC)
        with self.write() as connection:
            connection.execute(update(t.runs).where(t.runs.c.id == run_id).values(state=state, finished_at=finished))

    def run_captured(self, run_id: str, position: int, document_id: str, seconds: float = 0.0) -> None:
        """The document of this place in the run has text and clauses; how long that took."""
        self._set_run_document(run_id, position, document_id=document_id, state="captured", error=None, seconds=seconds)

    def run_failed(self, run_id: str, position: int, error: dict[str, str], seconds: float) -> None:
        """The document of this place in the run cannot be read or analyzed; why, and what to do."""
        self._set_run_document(run_id, position, state="failed", error=error, seconds=seconds)

    def save_analysis(
        self,
        *,
        run_id: str,
        position: int,
        document_id: str,
        clauses: tuple[Clause, ...],
        analysis: Analysis,
        seconds: float,
    ) -> None:
        """Drafts, rejections, ledger and bill of one document, all or nothing; its seconds add to the capture's.

        Decisions on older texts of the source follow to where their evidence stands unchanged.
        """
        ledger = analysis.ledger(clauses)
        with self.write() as connection:
            save_drafts(connection, run_id, document_id, analysis.drafts)
            save_rejections(connection, run_id, document_id, analysis.rejections)
            carry(connection, document_id, datetime.now(UTC))
            connection.execute(
                update(t.run_documents)
                .where(t.run_documents.c.run_id == run_id, t.run_documents.c.position == position)
                .values(
                    document_id=document_id,
                    state="analyzed",
                    error=None,
                    entries=[entry.model_dump() for entry in analysis.entries],
                    ledger=ledger.model_dump(),
                    usage=analysis.usage.model_dump(),
                    windows=analysis.windows,
                    seconds=func.coalesce(t.run_documents.c.seconds, 0.0) + seconds,
                )
            )

    def _set_run_document(self, run_id: str, position: int, **values: Any) -> None:  # noqa: ANN401 -- column values
        with self.write() as connection:
            connection.execute(
                update(t.run_documents)
                .where(t.run_documents.c.run_id == run_id, t.run_documents.c.position == position)
                .values(**values)
            )

    def runs(self) -> list[RunRow]:
        """All runs, newest first."""
        with self.read() as connection:
            rows = (
                connection.execute(select(t.runs).order_by(t.runs.c.started_at.desc(), t.runs.c.id.desc()))
                .mappings()
                .all()
            )
        return [RunRow(**row) for row in rows]

    def run(self, run_id: str) -> RunRow | None:
        """One run, or None."""
        return next((row for row in self.runs() if row.id == run_id), None)

    def run_documents(self, run_id: str) -> list[RunDocument]:
        """The documents of a run in the order they were given."""
        with self.read() as connection:
            return [_run_document(row) for row in connection.execute(_places(run_id)).mappings()]

    def run_document(self, run_id: str, position: int) -> RunDocument:
        """The document at one place of a run; raises StoreError where there is none."""
        with self.read() as connection:
            row = connection.execute(_places(run_id).where(t.run_documents.c.position == position)).mappings().first()
        if row is None:
            raise StoreError(f"run {run_id} has no document {position}")
        return _run_document(row)


def _places(run_id: str) -> Select[Any]:
    """A run's documents with their sources and numbers of drafts, which are counted once for all of them."""
    counted = (
        select(t.drafts.c.document_id, func.count().label("drafts"))
        .select_from(t.run_drafts.join(t.drafts, t.drafts.c.id == t.run_drafts.c.draft_id))
        .where(t.run_drafts.c.run_id == run_id)
        .group_by(t.drafts.c.document_id)
        .subquery()
    )
    return (
        select(t.run_documents, t.sources, func.coalesce(counted.c.drafts, 0).label("drafts"))
        .join(t.sources, t.sources.c.id == t.run_documents.c.source_id)
        .outerjoin(counted, counted.c.document_id == t.run_documents.c.document_id)
        .where(t.run_documents.c.run_id == run_id)
        .order_by(t.run_documents.c.position)
    )


def _run_document(row: Any) -> RunDocument:  # noqa: ANN401 -- a row mapping
    return RunDocument(
        position=row["position"],
        source_id=row["source_id"],
        source=source_of(row),
        document_id=row["document_id"],
        state=row["state"],
        error=row["error"],
        entries=tuple(LedgerEntry.model_validate(entry) for entry in row["entries"] or ()),
        ledger=Ledger.model_validate(row["ledger"]) if row["ledger"] else None,
        usage=Usage.model_validate(row["usage"]) if row["usage"] else None,
        windows=row["windows"],
        seconds=row["seconds"],
        drafts=row["drafts"],
    )
