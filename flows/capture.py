"""The capture flow: every source of a run becomes a snapshot, a document and clauses in the store."""

import asyncio
import time
import traceback

from prefect import flow, task

from extractors.reading import Reading, read_source
from flows.session import Event, Session, session_of
from smallprint.errors import DocumentError
from smallprint.store import RunDocument


@task(name="capture-document", task_run_name="capture {label}")
async def capture_document(run_id: str, position: int, label: str) -> str | None:
    """Capture one document of a run; returns its document id, None where it cannot be read (recorded in the run)."""
    session = session_of(run_id)
    place = session.store.run_document(run_id, position)
    started = time.monotonic()
    try:
        # In a thread, because parsing takes seconds and model calls of other documents wait on this loop.
        reading = await asyncio.to_thread(_read, session, place)
    except DocumentError as error:
        record_failure(session, position, error, time.monotonic() - started)
        return None
    session.store.run_captured(run_id, position, reading.document.id, time.monotonic() - started)
    session.listener(Event("captured", position, clauses=len(reading.clauses)))
    return reading.document.id


def _read(session: Session, place: RunDocument) -> Reading:
    previous = session.store.last_capture(place.source_id)
    reading = read_source(
        place.source, session.settings, session.options, previous=previous, stored=session.snapshots.load
    )
    session.snapshots.keep(reading.data)
    session.store.save_capture(place.source_id, reading.snapshot)
    session.store.save_document(place.source_id, reading.document, reading.clauses)
    return reading


def record_failure(session: Session, position: int, error: DocumentError, seconds: float) -> None:
    """One document failed, expectedly: recorded and shown, and the batch goes on."""
    facts = {"code": error.code, "detail": error.detail, "advice": error.advice}
    session.store.run_failed(session.run_id, position, facts, seconds)
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
    session.store.run_failed(session.run_id, position, facts, 0.0)
    session.listener(Event("failed", position, message=f"{facts['detail']}; {facts['advice']}"))


@flow(name="capture", validate_parameters=False)
async def capture(run_id: str, positions: list[int], labels: list[str]) -> list[str | None]:
    """Capture the documents at these places of a run; one document id each, None for a failed one."""
    return list(
        await asyncio.gather(
            *(capture_document(run_id, position, label) for position, label in zip(positions, labels, strict=True))
        )
    )
