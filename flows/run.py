"""The run flow: every document of a run that has work left is read; what is finished stays finished."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from prefect import flow

from classifiers.analyze import Budget
from flows.options import RunOptions
from flows.reading import SHARED_BUDGET, read_document
from flows.resources import Resources, close_resources, resources_for
from flows.run_documents import failed, label, unfinished
from smallprint.errors import ModelStopError, UserError
from smallprint.store import Store, runs
from smallprint.store.runs import RunDocument

_MIN_DOCUMENTS_AT_ONCE = 2  # so that one is fetched or saved while another keeps the processor busy


@flow(name="run", flow_run_name="run {run_id}")
async def run(run_id: str, options: RunOptions) -> None:
    """Read the documents of a run, so many at once as analyst and settings allow.

    The run's state in the store becomes ``finished``; ``interrupted`` if this is cancelled; else ``stopped``.

    Args:
        run_id: a run that the store knows (``smallprint.store.runs.start_run``).
        options: how it is carried out.

    Raises:
        UserError: the store knows no such run, or the analyst is not configured.
        ModelStopError: the model's server refuses us for good.
        StoreError: the store cannot be used.
        OSError: the disk is full or gone.

    """
    outer_budget = SHARED_BUDGET.set(Budget(options.budget))
    try:
        resources = resources_for(options)
        remaining = _remaining(resources.store, run_id, options)
        slots = asyncio.Semaphore(_documents_at_once(resources, options, len(remaining)))
        with _state_in_store(resources.store, run_id):
            async with asyncio.TaskGroup() as group:
                for document in remaining:
                    await slots.acquire()
                    task = group.create_task(read_document(run_id, document.position, label(document.source), options))
                    task.add_done_callback(lambda _task: slots.release())
    except BaseExceptionGroup as failures:
        raise _cause(failures) from failures
    finally:
        SHARED_BUDGET.reset(outer_budget)
        await close_resources()


def _remaining(store: Store, run_id: str, options: RunOptions) -> list[RunDocument]:
    with store.read() as connection:
        if runs.find_run(connection, run_id) is None:
            raise UserError(f"there is no run {run_id}; 'smallprint status' lists the runs")
        run_documents = runs.list_run_documents(connection, run_id)
    return (failed if options.failed_only else unfinished)(run_documents)


def _documents_at_once(resources: Resources, options: RunOptions, remaining: int) -> int:
    if options.by_batch:
        # A batch is sent when no more questions come: no document may wait for another one's answers.
        return max(1, remaining)
    wanted = 1 if resources.analyst.traits.processor_bound else resources.settings.concurrency
    return max(_MIN_DOCUMENTS_AT_ONCE, wanted)


@contextmanager
def _state_in_store(store: Store, run_id: str) -> Iterator[None]:
    """Keep the run's state up to date around the block that carries it out."""
    state = "stopped"
    with store.write() as connection:
        runs.set_run_state(connection, run_id, "running")
    try:
        yield
        state = "finished"
    except (asyncio.CancelledError, KeyboardInterrupt):
        state = "interrupted"
        raise
    finally:
        with store.write() as connection:
            runs.set_run_state(connection, run_id, state)


def _cause(failures: BaseExceptionGroup[BaseException]) -> BaseException:
    """The failure that ended the run: the model's refusal if there is one, else the first; others are its echoes."""
    refusals, _ = failures.split(ModelStopError)
    failure: BaseException = refusals or failures
    while isinstance(failure, BaseExceptionGroup):
        failure = failure.exceptions[0]
    return failure
