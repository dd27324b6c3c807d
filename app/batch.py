"""``smallprint run``: from inputs to a finished run with a summary, resumable at any point."""

import asyncio
import time
from collections import Counter
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from app.console import STYLES, money, stderr
from app.progress import progress
from classifiers.analysts import choose_analyst
from classifiers.analyze import Budget
from extractors.layout import Options
from flows.run import execute, label, new_run_id, unfinished
from flows.session import Session
from smallprint.errors import UserError
from smallprint.records import Source, Usage
from smallprint.settings import Settings
from smallprint.severity import LEVELS
from smallprint.store import RunDocument, RunRow, Store, open_store


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


def work(run_id: str, settings: Settings, store: Store, *, options: Options, budget: float | None, quiet: bool) -> str:
    """Carry a run out under live progress; returns its outcome."""
    places = store.run_documents(run_id)
    todo = {place.position for place in unfinished(places)}
    labels = [label(place.source) for place in places]
    with progress(labels, total=len(todo), quiet=quiet) as listener:
        session = Session(
            run_id=run_id,
            settings=settings,
            store=store,
            analyst=choose_analyst(settings.model, settings),
            options=options,
            budget=Budget(budget) if budget is not None else None,
            listener=listener,
        )
        return asyncio.run(execute(session))


def summary(store: Store, run_id: str, console: Console, seconds: float) -> int:
    """Print what a run came to; returns the exit code, 1 when something in it failed."""
    places = store.run_documents(run_id)
    levels = _levels(store, run_id)
    console.print(_table(places, levels))
    failures = [place for place in places if place.state == "failed"]
    for place in failures:
        error = place.error or {}
        console.print(Text(f"failed: {label(place.source)}: {error.get('detail', '')}", style="red"))
        if error.get("advice"):
            console.print(Text(f"        {error['advice']}", style="dim"))
    console.print(_totals(places, run_id, seconds))
    incomplete = any(place.ledger and place.ledger.failed + place.ledger.over_budget for place in places)
    if incomplete:
        console.print(Text("Some clauses were not analyzed; 'smallprint run --resume' works on those alone.", "yellow"))
    return 1 if failures or incomplete or any(place.state != "analyzed" for place in places) else 0


def _levels(store: Store, run_id: str) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = {}
    for stored in store.drafts(run_id=run_id):
        found.setdefault(stored.document_id, Counter())[stored.draft.severity] += 1
    return found


def _table(places: list[RunDocument], levels: dict[str, Counter[str]]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("document", overflow="ellipsis", no_wrap=True, max_width=44)
    table.add_column("clauses", justify="right")
    for level in reversed(LEVELS):
        table.add_column(Text(level, style=STYLES[level]), justify="right")
    table.add_column("coverage", justify="right")
    table.add_column("seconds", justify="right")
    for place in places:
        counts = levels.get(place.document_id or "", Counter())
        cells = [str(counts[level] or "·") for level in reversed(LEVELS)]
        ledger = place.ledger if place.state == "analyzed" else None
        table.add_row(
            Text(label(place.source), style="" if ledger else "red"),
            f"{ledger.clauses:,}" if ledger else "-",
            *(cells if ledger else ["-"] * len(LEVELS)),
            f"{ledger.characters_covered:.1%}" if ledger else place.state,
            f"{place.seconds:.1f}" if place.seconds is not None else "-",
        )
    return table


def _totals(places: list[RunDocument], run_id: str, seconds: float) -> Text:
    done = [place for place in places if place.state == "analyzed"]
    usage = sum((place.usage for place in done if place.usage), Usage())
    clauses = sum(place.ledger.clauses for place in done if place.ledger)
    parts = [f"run {run_id}", f"{len(done)} of {len(places)} documents", f"{clauses:,} clauses"]
    parts += [f"{sum(place.drafts for place in done):,} drafts"]
    if usage.calls or usage.cached_calls:
        parts += [f"{usage.calls} calls, {usage.cached_calls} from the store"]
        parts += [f"{usage.input_tokens:,} + {usage.output_tokens:,} tokens", money(usage.cost_usd)]
    return Text(" · ".join([*parts, f"{seconds:.1f} s"]), style="bold")


def status_rows(store: Store, run_id: str | None) -> list[dict[str, Any]]:
    """Runs with their totals, newest first; with a run's id that run alone and its documents.

    Raises:
        UserError: there is no such run.

    """
    rows = [row for row in store.runs() if run_id in (None, row.id)]
    if run_id is not None and not rows:
        raise UserError(f"there is no run {run_id}; 'smallprint status' lists the runs")
    return [_status(store, row, whole=run_id is not None) for row in rows]


def _status(store: Store, row: RunRow, *, whole: bool) -> dict[str, Any]:
    places = store.run_documents(row.id)
    ledgers = [place.ledger for place in places if place.ledger]
    usage = sum((place.usage for place in places if place.usage), Usage())
    names = ("clauses", "analyzed", "nothing_found", "failed", "over_budget")
    facts: dict[str, Any] = {
        "run": row.id,
        "model": row.model,
        "state": row.state,
        "started_at": row.started_at.isoformat().replace("+00:00", "Z"),
        "finished_at": row.finished_at.isoformat().replace("+00:00", "Z") if row.finished_at else None,
        "documents": len(places),
        "done": sum(place.state == "analyzed" for place in places),
        "failed_documents": sum(place.state == "failed" for place in places),
        "drafts": sum(place.drafts for place in places if place.state == "analyzed"),
        "ledger": {name: sum(getattr(ledger, name) for ledger in ledgers) for name in names},
        "usage": usage.model_dump(),
    }
    if whole:
        facts["places"] = [
            {
                "location": place.source.location,
                "label": label(place.source),
                "document": place.document_id,
                "state": place.state,
                "error": place.error,
                "drafts": place.drafts if place.state == "analyzed" else 0,
                "ledger": place.ledger.model_dump() if place.ledger else None,
                "usage": place.usage.model_dump() if place.usage else None,
                "seconds": place.seconds,
            }
            for place in places
        ]
    return facts


def run(  # the command's options, as named there
    inputs: list[str],
    sources: list[Source],
    settings: Settings,
    *,
    resume: bool,
    options: Options,
    budget: float | None,
    console: Console,
    quiet: bool = False,
) -> int:
    """Begin or resume a run, carry it out, print its summary; returns the exit code of JSON.md."""
    started = time.monotonic()
    store = open_store(settings.sqlalchemy_url)
    try:
        if resume:
            row = newest_unfinished(store, inputs)
            run_id = row.id
            if settings.model != row.model:
                settings = settings.model_copy(update={"model": row.model})
            stderr().print(f"Resuming run {run_id} with {row.model}.", markup=False)
        else:
            run_id = start(sources, settings, inputs, store)
        outcome = work(run_id, settings, store, options=options, budget=budget, quiet=quiet)
        code = summary(store, run_id, console, time.monotonic() - started)
        if outcome == "interrupted":
            stderr().print("Interrupted. What finished is kept; 'smallprint run --resume' goes on from here.")
            return 130
        return code
    finally:
        store.close()
