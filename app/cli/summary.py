"""What a run came to: a line a document with its drafts by severity, what failed and why, the ledger, the bill."""

from collections import Counter
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from app.cli.console import STYLES, analyst_line, counted, money
from app.cli.status import total_ledger
from classifiers.analysts import traits_of
from flows.run_documents import labels
from smallprint.errors import UserError
from smallprint.records import Usage
from smallprint.severity import LEVELS
from smallprint.store import Store, drafts, runs
from smallprint.store.drafts import StoredDraft
from smallprint.store.runs import RunDocument

_WAITING = ("waiting", "captured")
_FULL_NAMES_WIDTH = 118  # columns from which the levels have room for their full names
_ABBREVIATIONS = {"critical": "crit", "high": "high", "medium": "med", "low": "low", "beneficial": "ben"}


def exit_code(run_documents: Sequence[RunDocument]) -> int:
    """0 when every document was read and every clause analyzed, else 1."""
    incomplete = any(
        document.ledger and document.ledger.failed + document.ledger.over_budget for document in run_documents
    )
    return 1 if incomplete or any(document.state != "analyzed" for document in run_documents) else 0


def show_summary(store: Store, run_id: str, console: Console, seconds: float) -> None:
    """Print what a run came to: the table, the failures with what to do, the totals."""
    with store.read() as connection:
        run = runs.find_run(connection, run_id)
        if run is None:
            raise UserError(f"there is no run {run_id}; 'smallprint status' lists the runs")
        run_documents = runs.list_run_documents(connection, run_id)
        levels = _levels(drafts.stream_drafts(connection, run_id=run_id))
    names = labels([document.source for document in run_documents])
    if any(document.state not in _WAITING for document in run_documents):
        console.print(_table(levels, names, run_documents, width=console.width))
    waiting = sum(document.state in _WAITING for document in run_documents)
    if waiting:
        console.print()
        console.print(f"{counted(waiting, 'document')} not analyzed yet.", style="bold yellow")
    _show_failures(run_documents, names, console)
    _show_gaps(run_documents, console, resume=not traits_of(run.model).free)
    console.print()
    console.print(_totals(run_documents, run_id, seconds))
    console.print(analyst_line(run.model))


def _levels(run_drafts: Iterable[StoredDraft]) -> dict[str, Counter[str]]:
    """For each document its number of drafts by severity."""
    levels: dict[str, Counter[str]] = {}
    for stored in run_drafts:
        levels.setdefault(stored.document_id, Counter())[stored.draft.severity] += 1
    return levels


def _table(
    levels: dict[str, Counter[str]], names: Sequence[str], run_documents: Sequence[RunDocument], *, width: int
) -> Table:
    heads = [
        Text(level if width >= _FULL_NAMES_WIDTH else _ABBREVIATIONS[level], style=STYLES[level])
        for level in reversed(LEVELS)
    ]
    columns = [Text("clauses"), *heads, Text("covered"), Text("  time")]
    table = Table(box=None, pad_edge=False, header_style="bold")
    # What the other columns leave; a longer name runs over to the next line, so that none is cut.
    rest = width - sum(len(head) + 2 for head in columns)
    table.add_column("document", overflow="fold", max_width=max(12, rest))
    for head in columns:
        table.add_column(head, justify="right", no_wrap=True, min_width=len(head))
    for document, name in zip(run_documents, names, strict=True):
        if document.state in _WAITING:
            continue
        ledger = document.ledger if document.state == "analyzed" else None
        time = f"{document.seconds:.1f} s" if document.seconds is not None else ""
        if ledger is None:
            table.add_row(Text(name, style="red"), "", *[""] * len(LEVELS), Text(document.state, style="red"), time)
            continue
        counts = levels.get(document.document_id or "", Counter())
        cells = [Text(str(counts[level]) if counts[level] else "·") for level in reversed(LEVELS)]
        covered = Text(f"{ledger.characters_covered:.1%}", style="" if ledger.characters_covered == 1.0 else "red")
        table.add_row(Text(name), f"{ledger.clauses:,}", *cells, covered, time)
    return table


def _show_failures(run_documents: Sequence[RunDocument], names: Sequence[str], console: Console) -> None:
    failed = [
        (document, name) for document, name in zip(run_documents, names, strict=True) if document.state == "failed"
    ]
    if not failed:
        return
    console.print()
    console.print(f"{counted(len(failed), 'document')} could not be read:", style="bold red")
    for document, name in failed:
        error = document.error or {}
        console.print(Text.assemble("  ", (name, "red"), f": {error.get('detail', '')}"))
        if error.get("advice"):
            console.print(Text(f"      {error['advice']}", style="dim"))


def _show_gaps(run_documents: Sequence[RunDocument], console: Console, *, resume: bool) -> None:
    """Clauses that nobody has read, by reason, most first; and how to go on where another try may help."""
    clauses: Counter[str] = Counter()
    documents: Counter[str] = Counter()
    for document in run_documents:
        reasons = Counter(entry.why for entry in document.entries if entry.state in ("failed", "over_budget"))
        clauses += reasons
        documents += Counter(reasons.keys())
    if not clauses:
        return
    console.print()
    console.print(f"{counted(clauses.total(), 'clause')} were not analyzed:", style="bold red")
    for why, count in clauses.most_common():
        console.print(Text(f"  {counted(count, 'clause')} in {counted(documents[why], 'document')}: {why}"))
    if resume:
        console.print(Text("      'smallprint run --resume' works on those alone", style="dim"))


def _totals(run_documents: Sequence[RunDocument], run_id: str, seconds: float) -> Text:
    analyzed = [document for document in run_documents if document.state == "analyzed"]
    usage = sum((document.usage for document in analyzed if document.usage), Usage())
    ledger = total_ledger(analyzed)
    parts = [f"{len(analyzed)} of {counted(len(run_documents), 'document')}", counted(ledger.clauses, "clause")]
    parts += [f"{ledger.characters_covered:.1%} covered"] if analyzed else []
    parts += [counted(sum(document.drafts for document in analyzed), "draft")]
    text = Text(" · ".join([*parts, f"{seconds:.1f} s"]), style="bold")
    if usage.calls or usage.cached_calls:
        paid = [f"{counted(usage.calls, 'call')} made, {usage.cached_calls:,} answers from the store"]
        paid += [f"{usage.input_tokens:,} tokens in, {usage.output_tokens:,} out", money(usage.cost_usd)]
        text.append("\n" + " · ".join(paid))
    return text.append(f"\nrun {run_id}", style="dim")
