"""``smallprint run``: from inputs to a finished run with a summary, resumable at any point."""

import asyncio
import json
import sys
import time

from app.cli.progress import progress
from app.cli.status import status_rows
from app.cli.summary import exit_code, show_summary
from app.terminal import stderr, stdout
from app.workspace import workspace
from classifiers.analysts import choose_analyst
from classifiers.analyze import Analyst, Budget
from extractors.layout import Options
from flows.run import execute, failed, labels, new_run_id, unfinished
from flows.session import Session
from smallprint.errors import ModelStopError, UserError
from smallprint.records import Source
from smallprint.settings import Settings
from smallprint.store import Store, runs
from smallprint.store.runs import StoredRun


def start(sources: list[Source], settings: Settings, inputs: list[str], store: Store, *, by_batch: bool = False) -> str:
    """Write a new run down; returns its id."""
    run_id = new_run_id()
    kept = {"inputs": inputs, "base_url": settings.base_url, "by_batch": by_batch}
    with store.write() as connection:
        runs.start_run(connection, run_id, settings.model, kept, sources)
    return run_id


def newest_unfinished(store: Store, inputs: list[str], *, failed_only: bool = False) -> StoredRun:
    """The run that ``--resume`` continues: the newest with work left, of these inputs if any are named.

    With ``failed_only`` the newest in which something failed.

    Raises:
        UserError: there is none.

    """
    left = failed if failed_only else unfinished
    with store.read() as connection:
        for row in runs.list_runs(connection):
            same = not inputs or row.options.get("inputs") == inputs
            if same and left(runs.list_run_documents(connection, row.id)):
                return row
    of_these = " of these inputs" if inputs else ""
    if failed_only:
        raise UserError(f"in no run{of_these} has anything failed; 'smallprint status' lists the runs")
    raise UserError(f"no run{of_these} has work left; 'smallprint status' lists the runs")


def work(  # what a run is told, by name
    run_id: str,
    settings: Settings,
    store: Store,
    *,
    options: Options,
    budget: float | None,
    failed_only: bool = False,
    by_batch: bool = False,
) -> str:
    """Carry a run out under live progress; returns its outcome."""
    with store.read() as connection:
        places = runs.list_run_documents(connection, run_id)
    if by_batch:
        # A batch is sent when no more questions come: no document may wait for another one's answers.
        settings = settings.model_copy(update={"concurrency": max(settings.concurrency, len(places))})
    analyst = analyst_for(settings, by_batch=by_batch)
    names = labels([place.source for place in places])
    todo = failed(places) if failed_only else unfinished(places)
    with progress(names, total=len(todo)) as listener:
        session = Session(
            run_id=run_id,
            settings=settings,
            store=store,
            analyst=analyst,
            options=options,
            budget=Budget(budget) if budget is not None else None,
            failed_only=failed_only,
            listener=listener,
        )
        return asyncio.run(execute(session))


def analyst_for(settings: Settings, *, by_batch: bool) -> Analyst:
    """The configured analyst; with ``by_batch`` it asks through its provider's batch service and says so here.

    Raises:
        UserError: it is not configured, or has no batch service.

    """
    return choose_analyst(settings.model, settings, announce_batch=_show_batch if by_batch else None)


def _show_batch(sentence: str) -> None:
    stderr().print(sentence, markup=False)


def run(
    inputs: list[str],
    sources: list[Source],
    settings: Settings,
    *,
    resume: bool,
    options: Options,
    budget: float | None,
    failed_only: bool = False,
    by_batch: bool = False,
    as_json: bool = False,
) -> int:
    """Begin or resume a run, carry it out, print its summary; returns the exit code of docs/json.md.

    Raises:
        UserError: nothing to resume, or the model is not configured.
        ModelStopError: the model's server refuses us; the message says how to go on.
        StoreError: the workspace cannot be used.

    """
    started = time.monotonic()
    resume = resume or failed_only
    if not resume:
        analyst_for(settings, by_batch=by_batch)  # what is not configured is told before a run is begun
    with workspace(settings) as store:
        if resume:
            row = newest_unfinished(store, inputs, failed_only=failed_only)
            run_id = row.id
            settings = _as_begun(settings, row)
            by_batch = by_batch or bool(row.options.get("by_batch"))
            stderr().print(f"Resuming run {run_id} with {row.model}.")
        else:
            run_id = start(sources, settings, inputs, store, by_batch=by_batch)
        try:
            outcome = work(
                run_id,
                settings,
                store,
                options=options,
                budget=budget,
                failed_only=failed_only,
                by_batch=by_batch,
            )
        except KeyboardInterrupt:  # the second one, while the first was being obeyed
            with store.write() as connection:
                runs.set_run_state(connection, run_id, "interrupted")
            outcome = "interrupted"
        except ModelStopError as error:
            raise ModelStopError(f"{error}; what was answered is kept, 'smallprint run --resume' goes on") from error
        if as_json:
            rows = status_rows(store, run_id)
            sys.stdout.write(json.dumps({"runs": rows}, ensure_ascii=False, indent=1) + "\n")
        else:
            show_summary(store, run_id, stdout(), time.monotonic() - started)
        if outcome == "interrupted":
            stderr().print("Interrupted. What finished is kept; 'smallprint run --resume' goes on from here.")
            return 130
        with store.read() as connection:
            return exit_code(runs.list_run_documents(connection, run_id))


def _as_begun(settings: Settings, row: StoredRun) -> Settings:
    """The settings with the model and the address that the run was begun with; a new address wins."""
    return settings.model_copy(
        update={"model": row.model, "base_url": settings.base_url or row.options.get("base_url")}
    )
