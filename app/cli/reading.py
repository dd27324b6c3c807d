"""``smallprint read``: one document to drafts, at once, without orchestrator and, offline, without a workspace."""

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from app.cli.console import money, reading_view
from app.json_output import reading_json
from app.terminal import result_stream, stderr, stdout
from classifiers.analysts import choose_analyst
from classifiers.analyze import Analyst, Answers, Budget, Step, analyze
from extractors.layout import Options
from extractors.reading import CapturedDocument, read_source
from smallprint.records import Analysis, Clause, Source, Usage
from smallprint.settings import Settings


def read_to_drafts(
    source: Source,
    settings: Settings,
    *,
    options: Options,
    budget: float | None,
    as_json: bool,
    with_text: bool,
) -> int:
    """Print the drafts of one document; returns the exit code, 1 when part of it could not be analyzed.

    Raises:
        DocumentError: the document cannot be read.
        ModelStopError: the model's server refuses us.

    """
    analyst = choose_analyst(settings.model, settings)
    with _spinner() as show_step:
        show_step("reading the document")
        reading = read_source(source, settings, options)
        with _answers(analyst, settings) as answers:
            analysis = asyncio.run(
                _analyze(reading, analyst, source=source, answers=answers, budget=Budget(budget), show_step=show_step)
            )
    if as_json:
        output = reading_json(reading.document, reading.clauses, analysis, with_text=with_text)
        result_stream().write(json.dumps(output, ensure_ascii=False, indent=1) + "\n")
    else:
        stdout().print(reading_view(reading.document, reading.clauses, analysis, analyst.name))
    return _report_gaps(analysis, reading.clauses)


@contextmanager
def _answers(analyst: Analyst, settings: Settings) -> Iterator[Answers | None]:
    """Where paid answers are stored; a free analyst needs no workspace, and not the half second to load SQLAlchemy."""
    if analyst.traits.free:
        yield None
        return
    from app.workspace import workspace
    from smallprint.store.answers import StoredAnswers

    with workspace(settings) as store:
        yield StoredAnswers(store)


@contextmanager
def _spinner() -> Iterator[Callable[[str], None]]:
    """A spinner on a terminal, silence elsewhere."""
    console = stderr()
    if console.is_terminal:
        with console.status("") as status:
            yield status.update
    else:
        yield lambda _step: None


async def _analyze(
    reading: CapturedDocument,
    analyst: Analyst,
    *,
    source: Source,
    answers: Answers | None,
    budget: Budget,
    show_step: Callable[[str], None],
) -> Analysis:
    total, read, usage = len(reading.clauses), 0, Usage()

    def progress(step: Step) -> None:
        nonlocal read, usage
        read, usage = read + step.clauses, usage + step.usage
        show_step(f"{read:,} of {total:,} clauses read · {usage.calls:,} calls · {money(usage.cost_usd)}")

    show_step(f"reading {total:,} clauses")
    try:
        return await analyze(
            reading.document,
            reading.clauses,
            analyst,
            source=source,
            answers=answers,
            budget=budget,
            progress=progress,
        )
    except asyncio.CancelledError:
        if answers is not None:
            stderr().print("Answers that were paid for are kept; the same command does not ask for them again.")
        raise
    finally:
        await analyst.close()


def _report_gaps(analysis: Analysis, clauses: tuple[Clause, ...]) -> int:
    ledger = analysis.ledger(clauses)
    missing = ledger.failed + ledger.over_budget
    if not missing:
        return 0
    why = next(entry.why for entry in analysis.entries if entry.why)
    stderr().print(f"{missing:,} of {ledger.clauses:,} clauses were not analyzed: {why}", style="red")
    return 1
