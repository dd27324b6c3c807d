"""``smallprint read``: one document to drafts, at once, without orchestrator and, offline, without a workspace."""

import json
import sys
from contextlib import ExitStack

from app.console import analyst_line, stderr, stdout
from app.console import reading as shown
from app.json_output import reading_json
from classifiers.analysts import choose_analyst
from classifiers.analyze import Budget, Step, analyze
from extractors.layout import Options
from extractors.reading import read_source
from smallprint.records import Source
from smallprint.settings import Settings


async def read_one(
    location: str,
    settings: Settings,
    *,
    options: Options,
    language: str | None,
    budget: float | None,
    as_json: bool,
    with_text: bool,
) -> int:
    """Print the drafts of one document; returns the exit code, 1 when part of it could not be analyzed.

    Raises:
        DocumentError: the document cannot be read.
        ModelStopError: the model's server refuses us.

    """
    source = Source(location=location, language=language)
    analyst = choose_analyst(settings.model, settings)
    with ExitStack() as stack:
        status = stack.enter_context(stderr().status("reading")) if sys.stderr.isatty() else None
        reading = read_source(source, settings, options)

        def progress(step: Step) -> None:
            if status:
                status.update(f"{step.done} of {step.windows} windows read")

        answers = None
        if analyst.name != "offline":
            from smallprint.store import open_store

            answers = open_store(settings.sqlalchemy_url)
            stack.callback(answers.close)
        try:
            analysis = await analyze(
                reading.document,
                reading.clauses,
                analyst,
                source=source,
                answers=answers,
                budget=Budget(budget),
                progress=progress,
            )
        finally:
            await analyst.close()
    if as_json:
        result = reading_json(reading.document, reading.clauses, analysis, with_text=with_text)
        sys.stdout.write(json.dumps(result, ensure_ascii=False, indent=1) + "\n")
    else:
        line = analyst_line(analyst.name, analyst.prompt)
        stdout().print(shown(reading.document, reading.clauses, analysis, line))
    ledger = analysis.ledger(reading.clauses)
    if ledger.failed or ledger.over_budget:
        why = next(entry.why for entry in analysis.entries if entry.why)
        stderr().print(
            f"{ledger.failed + ledger.over_budget} clauses were not analyzed: {why}", style="red", markup=False
        )
        return 1
    return 0
