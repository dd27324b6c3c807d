"""The capture flow: every source of a run becomes a snapshot, a document and clauses in the store."""

import asyncio
import time
import traceback

from prefect import flow, task

from extractors.reading import Reading, read_source
from flows.session import Event, Session, session_of
from smallprint.errors import DocumentError
from smallprint.store import documents, runs
from smallprint.store.runs import RunDocument


@task(name="capture-document", task_run_name="capture {label}")
async def capture_document(run_id: str, position: int, label: str) -> str | None:
    """Capture one document of a run; returns its document id, None where it cannot be read (recorded in the run)."""
    session = session_of(run_id)
    with session.store.read() as connection:
        run_document = runs.load_run_document(connection, run_id, position)
    started = time.monotonic()
    try:
        # In a thread, because parsing takes seconds and model calls of other documents wait on this loop.
        reading = await asyncio.to_thread(_read, session, run_document)
    except DocumentError as error:
        record_failure(session, position, error, time.monotonic() - started)
        return None
    with session.store.write() as connection:
        runs.mark_captured(connection, run_id, position, reading.document.id, seconds=time.monotonic() - started)
    session.listener(Event("captured", position, clauses=len(reading.clauses)))
    return reading.document.id


def _read(session: Session, run_document: RunDocument) -> Reading:
    with session.store.read() as connection:
        previous = documents.last_capture(connection, run_document.source_id)
    reading = read_source(
        run_document.source, session.settings, session.options, previous=previous, stored=session.snapshots.load
    )
    session.snapshots.store(reading.data)
    with session.store.write() as connection:
        documents.save_capture(connection, run_document.source_id, reading.snapshot)
        documents.save_document(connection, run_document.source_id, reading.document, reading.clauses)
    return reading


def record_failure(session: Session, position: int, error: DocumentError, seconds: float) -> None:
    """One document failed, expectedly: recorded and shown, and the batch goes on."""
    facts = {"code": error.code, "detail": error.detail, "advice": error.advice}
    with session.store.write() as connection:
        runs.mark_failed(connection, session.run_id, position, facts, seconds=seconds)
    session.listener(Event("failed", position, message=str(error)))


def record_bug(session: Session, position: int, error: Exception) -> None:
    """A mistake of ours met one document: its traceback goes to a file to be sent to us, and the batch goes on."""
    path = session.settings.home / "failures" / f"{session.run_id}-{position}.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(traceback.format_exception(error)), encoding="utf-8")
    facts = {
        "code": "bug",
        "detail": f"a mistake in Smallprint ({type(error).__name__})",
        "advice": f"please report it with {path}",
    }
    with session.store.write() as connection:
        runs.mark_failed(connection, session.run_id, position, facts, seconds=0.0)
    session.listener(Event("failed", position, message=f"{facts['detail']}; {facts['advice']}"))


@flow(name="capture", validate_parameters=False)
async def capture(run_id: str, positions: list[int], labels: list[str]) -> list[str | None]:
    """Capture the documents at these places of a run; one document id each, None for a failed one."""
    return list(
        await asyncio.gather(
            *(capture_document(run_id, position, label) for position, label in zip(positions, labels, strict=True))
        )
    )
