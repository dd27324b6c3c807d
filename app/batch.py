"""``smallprint run``: from inputs to a finished run with a summary, resumable at any point."""

import asyncio
import json
import sys
import time

from app.progress import progress
from app.status import status_rows
from app.summary import exit_code, show_summary
from app.terminal import stderr, stdout
from app.workspace import workspace
from classifiers.analysts import choose_analyst
from classifiers.analyze import Budget
from extractors.layout import Options
from flows.run import execute, labels, new_run_id, unfinished
from flows.session import Session
from smallprint.errors import ModelStopError, UserError
from smallprint.records import Source
from smallprint.settings import Settings
from smallprint.store import RunRow, Store


def start(sources: list[Source], settings: Settings, inputs: list[str], store: Store) -> str:
    """Write a new run down; returns its id."""
    run_id = new_run_id()
    store.start_run(run_id, settings.model, {"inputs": inputs, "base_url": settings.base_url}, sources)
    return run_id


def newest_unfinished(store: Store, inputs: list[str]) -> RunRow:
    """The run that ``--resume`` continues: the newest with work left, of these inputs if any are named.

    Raises:
        UserError: there is none.

    """
    for row in store.runs():
        same = not inputs or row.options.get("inputs") == inputs
        if same and unfinished(store.run_documents(row.id)):
            return row
    of_these = " of these inputs" if inputs else ""
    raise UserError(f"no run{of_these} has work left; 'smallprint status' lists the runs")


def work(run_id: str, settings: Settings, store: Store, *, options: Options, budget: float | None) -> str:
    """Carry a run out under live progress; returns its outcome."""
    places = store.run_documents(run_id)
    analyst = choose_analyst(settings.model, settings)
    names = labels([place.source for place in places])
    with progress(names, total=len(unfinished(places))) as listener:
        session = Session(
            run_id=run_id,
            settings=settings,
            store=store,
            analyst=analyst,
            options=options,
            budget=Budget(budget) if budget is not None else None,
            listener=listener,
        )
        return asyncio.run(execute(session))


def run(
    inputs: list[str],
    sources: list[Source],
    settings: Settings,
    *,
    resume: bool,
    options: Options,
    budget: float | None,
    as_json: bool = False,
) -> int:
    """Begin or resume a run, carry it out, print its summary; returns the exit code of docs/json.md.

    Raises:
        UserError: nothing to resume, or the model is not configured.
        ModelStopError: the model's server refuses us; the message says how to go on.
        StoreError: the workspace cannot be used.

    """
    started = time.monotonic()
    if not resume:
        choose_analyst(settings.model, settings)  # a model that is not configured is told before a run is begun
    with workspace(settings) as store:
        if resume:
            row = newest_unfinished(store, inputs)
            run_id = row.id
            settings = _as_begun(settings, row)
            stderr().print(f"Resuming run {run_id} with {row.model}.")
        else:
            run_id = start(sources, settings, inputs, store)
        try:
            outcome = work(run_id, settings, store, options=options, budget=budget)
        except KeyboardInterrupt:  # the second one, while the first was being obeyed
            store.set_run_state(run_id, "interrupted")
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
        return exit_code(store.run_documents(run_id))


def _as_begun(settings: Settings, row: RunRow) -> Settings:
    """The settings with the model and the address that the run was begun with; a new address wins."""
    return settings.model_copy(
        update={"model": row.model, "base_url": settings.base_url or row.options.get("base_url")}
    )
