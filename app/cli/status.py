"""``smallprint status``: the runs with their ledgers and bills, or one run's documents, for people and machines."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from app.cli.console import money
from app.json_output import ledger_json, usage_json
from flows.run_documents import labels
from smallprint.errors import UserError
from smallprint.records import Ledger, Usage
from smallprint.store import Connection, Store, runs
from smallprint.store.runs import RunDocument, StoredRun


def status_rows(store: Store, run_id: str | None) -> list[dict[str, Any]]:
    """Runs with their totals, newest first; with a run's id that run alone and its documents.

    Raises:
        UserError: there is no such run.

    """
    with store.read() as connection:
        rows = [row for row in runs.list_runs(connection) if run_id in (None, row.id)]
        if run_id is not None and not rows:
            raise UserError(f"there is no run {run_id}; 'smallprint status' lists the runs")
        return [_run(connection, row, with_documents=run_id is not None) for row in rows]


def total_ledger(run_documents: Sequence[RunDocument]) -> Ledger:
    """One account of all documents of a run; coverage is weighted by clauses, which all documents have."""
    ledgers = [document.ledger for document in run_documents if document.ledger]
    counts = {
        name: sum(getattr(ledger, name) for ledger in ledgers)
        for name in ("clauses", "analyzed", "nothing_found", "failed", "over_budget")
    }
    covered = sum(ledger.characters_covered * ledger.clauses for ledger in ledgers)
    return Ledger(**counts, characters_covered=covered / counts["clauses"] if counts["clauses"] else 1.0)


def _run(connection: Connection, row: StoredRun, *, with_documents: bool) -> dict[str, Any]:
    run_documents = runs.list_run_documents(connection, row.id)
    usage = sum((document.usage for document in run_documents if document.usage), Usage())
    facts: dict[str, Any] = {
        "run": row.id,
        "model": row.model,
        "state": row.state,
        "started_at": row.started_at.isoformat().replace("+00:00", "Z"),
        "finished_at": row.finished_at.isoformat().replace("+00:00", "Z") if row.finished_at else None,
        "documents": len(run_documents),
        "done": sum(document.state == "analyzed" for document in run_documents),
        "failed_documents": sum(document.state == "failed" for document in run_documents),
        "drafts": sum(document.drafts for document in run_documents if document.state == "analyzed"),
        "ledger": ledger_json(total_ledger(run_documents)),
        "usage": usage_json(usage),
    }
    if with_documents:
        names = labels([document.source for document in run_documents])
        facts["places"] = [_run_document(document, name) for document, name in zip(run_documents, names, strict=True)]
    return facts


def _run_document(document: RunDocument, name: str) -> dict[str, Any]:
    return {
        "location": document.source.location,
        "label": name,
        "document": document.document_id,
        "state": document.state,
        "error": document.error,
        "drafts": document.drafts if document.state == "analyzed" else 0,
        "ledger": ledger_json(document.ledger) if document.ledger else None,
        "usage": usage_json(document.usage) if document.usage else None,
        "seconds": document.seconds,
    }


def status_table(rows: Sequence[dict[str, Any]], home: Path, width: int) -> RenderableType:
    """Runs as ``status`` lists them on so many columns; for one run its documents too."""
    if not rows:
        return Text(f"No runs in {home} yet; 'smallprint demo' or 'smallprint run FILE' makes one.")
    table = Table(box=None, pad_edge=False, header_style="bold")
    names = [name for name in _COLUMNS if width >= _FULL_TABLE_WIDTH or name not in _NARROW_TABLE_OMITS]
    for name in names:
        left = name in ("run", "model", "state")
        wraps = name == "model"
        table.add_column(name, justify="left" if left else "right", no_wrap=not wraps, overflow="fold")
    for row in rows:
        table.add_row(*(_COLUMNS[name](row) for name in names))
    documents = [document for row in rows for document in row.get("places", ())]
    return Group(table, Text(), _documents_table(documents)) if documents else table


_FULL_TABLE_WIDTH = 100  # columns that all of the table takes
_NARROW_TABLE_OMITS = ("clauses", "calls")
_COLUMNS: dict[str, Callable[[dict[str, Any]], Text]] = {
    "run": lambda row: Text(row["run"]),
    "model": lambda row: Text(row["model"]),
    "state": lambda row: Text(row["state"], style="" if row["state"] == "finished" else "yellow"),
    "done": lambda row: Text(f"{row['done']} of {row['documents']}", style="red" if row["failed_documents"] else ""),
    "clauses": lambda row: Text(f"{row['ledger']['clauses']:,}"),
    "covered": lambda row: Text(_share(row["ledger"])),
    "drafts": lambda row: Text(f"{row['drafts']:,}"),
    "calls": lambda row: Text(f"{row['usage']['calls']:,}"),
    "cost": lambda row: Text(money(row["usage"]["cost_usd"]) if row["usage"]["calls"] else "-"),
}


def _documents_table(documents: Sequence[dict[str, Any]]) -> Group:
    """The ledgers of documents that were analyzed, then where the others stand and why."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("document", overflow="fold")
    for name in ("clauses", "found", "nothing", "failed", "covered", "drafts"):
        table.add_column(name, justify="right", no_wrap=True)
    others: list[Text] = []
    for document in documents:
        ledger, error = document["ledger"], document["error"]
        if not ledger:
            line = Text.assemble((document["label"], "red" if error else "yellow"), f": {document['state']}")
            others.append(line.append(f", {error['detail']}; {error['advice']}".rstrip("; ") if error else ""))
            continue
        missing = ledger["failed"] + ledger["over_budget"]
        table.add_row(
            Text(document["label"]),
            f"{ledger['clauses']:,}",
            f"{ledger['analyzed']:,}",
            f"{ledger['nothing_found']:,}",
            Text(f"{missing:,}", style="red" if missing else ""),
            _share(ledger),
            f"{document['drafts']:,}",
        )
    return Group(*([table] if table.row_count else []), *([Text(), *others] if others else []))


def _share(ledger: dict[str, Any]) -> str:
    return f"{ledger['characters_covered']:.1%}" if ledger["clauses"] else "-"
