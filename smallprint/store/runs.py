"""Runs in the database: which documents they read, where each stands, what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, Update, func, insert, select, update

from smallprint.errors import StoreError
from smallprint.records import Analysis, Clause, Ledger, LedgerEntry, Source, Usage
from smallprint.store import tables as t
from smallprint.store.carrying import carry_decisions
from smallprint.store.documents import save_source, source_from_row
from smallprint.store.drafts import save_drafts, save_rejections


@dataclass(frozen=True)
class StoredRun:
    """One run."""

    id: str
    model: str
    state: str  # running, finished, interrupted, stopped
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
    state: str  # waiting, captured, analyzed, failed
    error: dict[str, str] | None
    entries: tuple[LedgerEntry, ...]
    ledger: Ledger | None
    usage: Usage | None
    windows: int | None
    seconds: float | None
    drafts: int


def start_run(
    connection: Connection, run_id: str, model: str, options: dict[str, Any], sources: Sequence[Source]
) -> None:
    """Write down a run and its documents before any work begins."""
    source_ids = [save_source(connection, source) for source in sources]
    connection.execute(
        insert(t.runs).values(id=run_id, model=model, state="running", started_at=datetime.now(UTC), options=options)
    )
    if source_ids:
        connection.execute(
            insert(t.run_documents),
            [
                {"run_id": run_id, "position": position, "source_id": source_id, "state": "waiting"}
                for position, source_id in enumerate(source_ids)
            ],
        )


def set_run_state(connection: Connection, run_id: str, state: str) -> None:
    """Running, finished, interrupted or stopped; every state but running carries its time."""
    finished_at = None if state == "running" else datetime.now(UTC)
    connection.execute(update(t.runs).where(t.runs.c.id == run_id).values(state=state, finished_at=finished_at))


def mark_captured(
    connection: Connection, run_id: str, position: int, document_id: str, *, seconds: float = 0.0
) -> None:
    """The document at this position of the run has text and clauses; how long that took."""
    connection.execute(
        _run_document_update(run_id, position).values(
            document_id=document_id, state="captured", error=None, seconds=seconds
        )
    )


def mark_failed(connection: Connection, run_id: str, position: int, error: dict[str, str], *, seconds: float) -> None:
    """The document at this position of the run cannot be read or analyzed; why, and what to do."""
    connection.execute(_run_document_update(run_id, position).values(state="failed", error=error, seconds=seconds))


def save_analysis(
    connection: Connection,
    *,
    run_id: str,
    position: int,
    document_id: str,
    clauses: tuple[Clause, ...],
    analysis: Analysis,
    seconds: float,
) -> None:
    """Save drafts, rejections, ledger and bill of one document; its seconds add to the capture's.

    Decisions on older texts of the source follow to where their evidence stands unchanged.
    """
    save_drafts(connection, run_id, document_id, analysis.drafts)
    save_rejections(connection, run_id, document_id, analysis.rejections)
    carry_decisions(connection, document_id, datetime.now(UTC))
    connection.execute(
        _run_document_update(run_id, position).values(
            document_id=document_id,
            state="analyzed",
            error=None,
            entries=[entry.model_dump() for entry in analysis.entries],
            ledger=analysis.ledger(clauses).model_dump(),
            usage=analysis.usage.model_dump(),
            windows=analysis.windows,
            seconds=func.coalesce(t.run_documents.c.seconds, 0.0) + seconds,
        )
    )


def _run_document_update(run_id: str, position: int) -> Update:
    return update(t.run_documents).where(t.run_documents.c.run_id == run_id, t.run_documents.c.position == position)


def list_runs(connection: Connection) -> list[StoredRun]:
    """All runs, newest first."""
    query = select(t.runs).order_by(t.runs.c.started_at.desc(), t.runs.c.id.desc())
    return [StoredRun(**row) for row in connection.execute(query).mappings()]


def find_run(connection: Connection, run_id: str) -> StoredRun | None:
    """The run of this id, or None."""
    row = connection.execute(select(t.runs).where(t.runs.c.id == run_id)).mappings().first()
    return None if row is None else StoredRun(**row)


def list_run_documents(connection: Connection, run_id: str) -> list[RunDocument]:
    """The documents of a run in the order they were given."""
    return [_run_document(row) for row in connection.execute(_run_documents(run_id)).mappings()]


def load_run_document(connection: Connection, run_id: str, position: int) -> RunDocument:
    """The document at one position of a run; raises StoreError where there is none."""
    query = _run_documents(run_id).where(t.run_documents.c.position == position)
    row = connection.execute(query).mappings().first()
    if row is None:
        raise StoreError(f"run {run_id} has no document {position}")
    return _run_document(row)


def _run_documents(run_id: str) -> Select[Any]:
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


def _run_document(row: RowMapping) -> RunDocument:
    return RunDocument(
        position=row["position"],
        source_id=row["source_id"],
        source=source_from_row(row),
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
