"""``smallprint run --dry-run``: what a run would read, ask and cost, before any call."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from app.cli.batch import configured_analyst
from app.cli.console import money
from app.workspace import existing_store
from classifiers.analyze import Plan, estimate
from extractors.reading import read_source
from flows.options import RunOptions
from flows.run_documents import labels
from smallprint.errors import DocumentError
from smallprint.records import Source, Usage
from smallprint.store.answers import StoredAnswers


def show_plan(sources: list[Source], options: RunOptions, console: Console) -> int:
    """Print a line per document and the sum; returns the exit code, 1 when a document cannot be read."""
    settings = options.settings()
    analyst = configured_analyst(options)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("document", "clauses", "calls", "stored", "tokens in", "tokens out", "cost"):
        table.add_column(name, justify="left" if name == "document" else "right", overflow="ellipsis", no_wrap=True)
    total, failed = Usage(), 0
    with existing_store(settings) as store:
        answers = StoredAnswers(store) if store else None
        for source, name in zip(sources, labels(sources), strict=True):
            try:
                reading = read_source(source, settings, options.reading())
            except DocumentError as error:
                failed += 1
                table.add_row(Text(name, style="red"), Text(f"cannot be read: {error.code}", style="red"))
                continue
            plan = estimate(reading.document, reading.clauses, analyst, source=source, answers=answers)
            total += plan.usage
            table.add_row(Text(name), f"{len(reading.clauses):,}", *_cells(plan))
    console.print(table)
    console.print(
        Text(
            f"Plan for {len(sources) - failed} of {len(sources)} documents with {analyst.name}: "
            f"{total.calls:,} calls, {total.cached_calls:,} already stored, about {total.input_tokens:,} tokens in, "
            f"{total.output_tokens:,} out, {money(total.cost_usd)}. Nothing was sent.",
            style="bold",
        )
    )
    return 1 if failed else 0


def _cells(plan: Plan) -> tuple[str, ...]:
    usage = plan.usage
    return (
        f"{usage.calls:,}",
        f"{usage.cached_calls:,}",
        f"{usage.input_tokens:,}",
        f"{usage.output_tokens:,}",
        money(usage.cost_usd),
    )
