"""``smallprint run``: from inputs to a finished run with a summary, resumable at any point."""

import asyncio
import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from secrets import token_hex

from app.cli.progress import progress
from app.cli.status import status_rows
from app.cli.summary import exit_code, show_summary
from app.terminal import result_stream, stderr, stdout
from app.workspace import workspace
from classifiers.analysts import choose_analyst
from classifiers.work import Analyst
from flows.engine import start_prefect
from flows.options import RunOptions
from flows.progress import listening
from flows.run_documents import failed, labels, unfinished
from smallprint.errors import ModelStopError, SmallprintError, StoreError, UserError
from smallprint.records import Source
from smallprint.store import Store, runs
from smallprint.store.runs import StoredRun

_GO_ON = "'smallprint run --resume' goes on"


def run(inputs: list[str], sources: list[Source], options: RunOptions, *, resume: bool, as_json: bool) -> int:
    """Begin or resume a run, carry it out, print its summary; returns the exit code of docs/json.md.

    Raises:
        UserError: nothing to resume, or the model is not configured.
        ModelStopError: the model's server refuses us; the message says how to go on.
        StoreError: the workspace cannot be used.

    """
    started = time.monotonic()
    settings = options.settings()
    if not resume:
        configured_analyst(options)  # a mistake in the configuration is reported before a run is begun
    with workspace(settings) as store:
        if resume:
            stored_run = newest_unfinished(store, inputs, failed_only=options.failed_only)
            run_id, options = stored_run.id, _as_begun(options, stored_run)
            stderr().print(f"Resuming run {run_id} with {stored_run.model}.")
        else:
            run_id = begin(store, sources, options, inputs)
        with shown_run(store, run_id, options):
            asyncio.run(start_prefect(settings.home))
            from flows.run import run as run_flow  # imports Prefect, which has to be prepared before

            asyncio.run(run_flow(run_id, options))
        if as_json:
            rows = status_rows(store, run_id)
            result_stream().write(json.dumps({"runs": rows}, ensure_ascii=False, indent=1) + "\n")
        else:
            show_summary(store, run_id, stdout(), time.monotonic() - started)
        if was_interrupted(store, run_id):
            stderr().print(f"Interrupted. What finished is kept; {_GO_ON} from here.")
            return 130
        with store.read() as connection:
            return exit_code(runs.list_run_documents(connection, run_id))


def configured_analyst(options: RunOptions) -> Analyst:
    """The analyst that the run would ask, for a look at it in this process.

    Raises:
        UserError: it is not known, not configured, or has no batch service.

    """
    settings = options.settings()
    announce_batch = stderr().print if options.by_batch else None
    return choose_analyst(settings.model, settings, announce_batch=announce_batch)


def begin(store: Store, sources: Sequence[Source], options: RunOptions, inputs: Sequence[str]) -> str:
    """Store a new run; returns its id: UTC time and four random hex digits, e.g. 20260131-142501-9f3c."""
    run_id = f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{token_hex(2)}"
    settings = options.settings()
    row = {"inputs": list(inputs), "base_url": settings.base_url, "by_batch": options.by_batch}
    with store.write() as connection:
        runs.start_run(connection, run_id, settings.model, row, sources)
    return run_id


def newest_unfinished(store: Store, inputs: list[str], *, failed_only: bool = False) -> StoredRun:
    """The run that ``--resume`` continues: the newest with work left, of these inputs if any are named.

    With ``failed_only`` the newest in which something failed.

    Raises:
        UserError: there is none.

    """
    has_work = failed if failed_only else unfinished
    with store.read() as connection:
        for stored_run in runs.list_runs(connection):
            same_inputs = not inputs or stored_run.options.get("inputs") == inputs
            if same_inputs and has_work(runs.list_run_documents(connection, stored_run.id)):
                return stored_run
    of_these = " of these inputs" if inputs else ""
    if failed_only:
        raise UserError(f"in no run{of_these} has anything failed; 'smallprint status' lists the runs")
    raise UserError(f"no run{of_these} has work left; 'smallprint status' lists the runs")


def _as_begun(options: RunOptions, stored_run: StoredRun) -> RunOptions:
    """The options with the model, the address and the way of asking that the run was begun with; a new address wins."""
    begun = stored_run.options
    _check_server(options, begun.get("base_url"))
    return options.model_copy(
        update={
            "model": stored_run.model,
            "base_url": options.base_url or begun.get("base_url"),
            "by_batch": options.by_batch or bool(begun.get("by_batch")),
        }
    )


def _check_server(options: RunOptions, begun_url: str | None) -> None:
    """Refuse to send a key to an address that only the workspace knows: the workspace may have come from elsewhere.

    Raises:
        UserError: the run was begun with a server that nobody has named now, and a key would go there.

    """
    if options.base_url or not begun_url or options.settings().api_key is None:
        return
    raise UserError(f"the run was begun with the server {begun_url}; --base-url {begun_url} sends your key there again")


@contextmanager
def shown_run(store: Store, run_id: str, options: RunOptions) -> Iterator[None]:
    """Show the progress of the run that the block carries out, and say how to go on where it ends early.

    Ctrl-C ends the block quietly: the run's state is then ``interrupted``.

    Raises:
        UserError: the Prefect server that the environment names does not answer.
        ModelStopError: the model's server refuses us.
        StoreError: Prefect's local server does not start or is gone, or the disk is full.

    """
    with store.read() as connection:
        run_documents = runs.list_run_documents(connection, run_id)
    remaining = (failed if options.failed_only else unfinished)(run_documents)
    names = labels([document.source for document in run_documents])
    try:
        with progress(names, total=len(remaining)) as listener, listening(listener):
            yield
    except (KeyboardInterrupt, asyncio.CancelledError):
        _end_early(store, run_id, "interrupted")
    except Exception as error:
        _end_early(store, run_id, "stopped")
        explained = _with_advice(error)
        if explained is None:
            raise
        raise explained from error


def _end_early(store: Store, run_id: str, state: str) -> None:
    """Set the state of a run that its flow left as running: it had not begun, or was cut off by a second Ctrl-C."""
    with store.write() as connection:
        stored_run = runs.find_run(connection, run_id)
        if stored_run is not None and stored_run.state == "running":
            runs.set_run_state(connection, run_id, state)


def _with_advice(error: Exception) -> SmallprintError | None:
    """The error in one line that says how to go on; None for one that is its own advice or a bug."""
    from httpx import TransportError

    if isinstance(error, ModelStopError):
        return ModelStopError(f"{error}; what was answered is kept, {_GO_ON}")
    if isinstance(error, TransportError):
        return StoreError(f"Prefect's server is gone; what finished is kept, {_GO_ON}")
    if isinstance(error, OSError):
        return StoreError(f"{error}; what finished is kept, once that is mended {_GO_ON}")
    return None


def was_interrupted(store: Store, run_id: str) -> bool:
    """Whether the run ended by Ctrl-C."""
    with store.read() as connection:
        stored_run = runs.find_run(connection, run_id)
    return stored_run is not None and stored_run.state == "interrupted"
