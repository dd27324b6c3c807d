"""The task of a run: one document captured, analyzed and saved; what goes wrong with it is recorded."""

import asyncio
import time
import traceback
from contextlib import nullcontext
from contextvars import ContextVar

from prefect import task

from classifiers.analyze import Budget, Step, analyze
from extractors.capture.file import is_url
from extractors.reading import CapturedDocument, read_source
from flows.options import RunOptions
from flows.progress import Event, announce
from flows.resources import Resources, resources_for
from smallprint.errors import DocumentError, SmallprintError
from smallprint.store import documents, runs
from smallprint.store.answers import StoredAnswers
from smallprint.store.runs import RunDocument

# What the documents of a run share in this process; a document that is read without it has the whole budget.
SHARED_BUDGET: ContextVar[Budget | None] = ContextVar("shared_budget", default=None)


@task(name="read-document", task_run_name="read {label}")
async def read_document(run_id: str, position: int, label: str, options: RunOptions) -> None:
    """Capture one document of a run unless that is done already, analyze it and save what came out.

    A document that cannot be read, or that meets a mistake of ours, is recorded as failed: the others go on.

    Args:
        run_id: a run that the store knows.
        position: of the document in the run.
        label: what the document is called in Prefect's pages.
        options: how the run is carried out.

    Raises:
        SmallprintError: the run cannot go on: the model's server refuses us, or the store cannot be used.
        OSError: the disk is full or gone.

    """
    resources = resources_for(options)
    with resources.store.read() as connection:
        document = runs.load_run_document(connection, run_id, position)
        previous = documents.last_capture(connection, document.source_id)
    started = time.monotonic()
    try:
        document_id = document.document_id
        if document_id is None:
            async with nullcontext() if is_url(document.source.location) else resources.parsing:
                # In a thread, because parsing takes seconds and model calls of other documents wait on this loop.
                reading = await asyncio.to_thread(
                    read_source,
                    document.source,
                    resources.settings,
                    options.reading(),
                    previous=previous,
                    stored=resources.snapshots.load,
                )
                await asyncio.to_thread(_save_reading, resources, run_id, document, reading, started)
            document_id = reading.document.id
            announce(Event("captured", position, clauses=len(reading.clauses)))
        await _analyze(resources, run_id, document, document_id, SHARED_BUDGET.get() or Budget(options.budget))
    except DocumentError as error:
        _record_failure(resources, run_id, position, error, time.monotonic() - started)
    except (SmallprintError, OSError):
        raise
    except Exception as error:  # noqa: BLE001 -- recorded with its traceback
        _record_bug(resources, run_id, position, error)


def _save_reading(
    resources: Resources, run_id: str, document: RunDocument, reading: CapturedDocument, started: float
) -> None:
    resources.snapshots.store(reading.data)
    with resources.store.write() as connection:
        documents.save_capture(connection, document.source_id, reading.snapshot)
        documents.save_document(connection, document.source_id, reading.document, reading.clauses)
        seconds = time.monotonic() - started
        runs.mark_captured(connection, run_id, document.position, reading.document.id, seconds=seconds)


async def _analyze(
    resources: Resources, run_id: str, run_document: RunDocument, document_id: str, budget: Budget
) -> None:
    with resources.store.read() as connection:
        stored = documents.load_document(connection, document_id)
    position = run_document.position
    started = time.monotonic()

    def announce_window(step: Step) -> None:
        usage = step.usage
        tokens = usage.input_tokens + usage.output_tokens
        announce(
            Event("window", position, clauses=step.clauses, calls=usage.calls, tokens=tokens, cost_usd=usage.cost_usd)
        )

    analysis = await analyze(
        stored.document,
        stored.clauses,
        resources.analyst,
        source=run_document.source,
        run=run_id,
        answers=StoredAnswers(resources.store),
        budget=budget,
        progress=announce_window,
    )
    with resources.store.write() as connection:
        runs.save_analysis(
            connection,
            run_id=run_id,
            position=position,
            document_id=document_id,
            clauses=stored.clauses,
            analysis=analysis,
            seconds=time.monotonic() - started,
        )
    announce(Event("analyzed", position, drafts=len(analysis.drafts)))


def _record_failure(resources: Resources, run_id: str, position: int, error: DocumentError, seconds: float) -> None:
    """One document failed, expectedly: recorded and shown."""
    facts = {"code": error.code, "detail": error.detail, "advice": error.advice}
    with resources.store.write() as connection:
        runs.mark_failed(connection, run_id, position, facts, seconds=seconds)
    announce(Event("failed", position, message=str(error)))


def _record_bug(resources: Resources, run_id: str, position: int, error: Exception) -> None:
    """A mistake of ours met one document: its traceback goes to a file that can be sent to us."""
    path = resources.settings.home / "failures" / f"{run_id}-{position}.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(traceback.format_exception(error)), encoding="utf-8")
    facts = {
        "code": "bug",
        "detail": f"a mistake in Smallprint ({type(error).__name__})",
        "advice": f"please report it with {path}",
    }
    with resources.store.write() as connection:
        runs.mark_failed(connection, run_id, position, facts, seconds=0.0)
    announce(Event("failed", position, message=f"{facts['detail']}; {facts['advice']}"))
