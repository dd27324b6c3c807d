"""The command line: one function a command, each only translating between options and the packages below."""

import asyncio
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from smallprint import __version__
from smallprint.errors import SmallprintError, UserError

if TYPE_CHECKING:
    from extractors.layout import Options
    from smallprint.settings import Settings

app = typer.Typer(
    name="smallprint",
    help="Reads the small print: terms of service and privacy policies in, proven and citable provisions out.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Model = Annotated[
    str | None,
    typer.Option("--model", "-m", help="offline, openai:NAME or azure:NAME. [default: SMALLPRINT_MODEL, else offline]"),
]
BaseUrl = Annotated[
    str | None, typer.Option("--base-url", help="Address of an OpenAI-compatible server. [default: OPENAI_BASE_URL]")
]
Password = Annotated[str | None, typer.Option("--password", help="Password of an encrypted PDF.")]
Ocr = Annotated[bool, typer.Option("--ocr", help="Read scanned PDF pages by OCR (needs ocrmypdf).")]
Language = Annotated[str | None, typer.Option("--language", help="Two-letter code, where detection would be wrong.")]
Timeout = Annotated[float | None, typer.Option("--timeout", help="Seconds that one model call may take.")]
BudgetOption = Annotated[float | None, typer.Option("--budget", help="Stop before more than this is spent, in USD.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON as described in JSON.md.")]
IgnoreRobots = Annotated[bool, typer.Option("--ignore-robots", help="Fetch what robots.txt asks programs not to.")]
Wayback = Annotated[
    bool, typer.Option("--wayback", help="Look up the Wayback Machine's nearest capture and keep it on record.")
]
WaybackSave = Annotated[bool, typer.Option("--wayback-save", help="Ask the Wayback Machine for a new capture too.")]
AllowPrivate = Annotated[bool, typer.Option("--allow-private", help="Fetch from private addresses too.")]


def main() -> None:
    """Run the command line; user mistakes and expected failures are one line, never a traceback."""
    try:
        app(standalone_mode=True)
    except SmallprintError as error:
        typer.secho(f"smallprint: {error}", fg="red", err=True)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        typer.echo("Interrupted.", err=True)
        sys.exit(130)
    except BrokenPipeError:
        # The reader of our output has gone, as 'smallprint export ... | head' does.
        sys.stderr.close()
        sys.exit(141)


def _version(value: bool) -> None:
    if value:
        typer.echo(f"smallprint {__version__}")
        raise typer.Exit


@app.callback()
def common(
    _show: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Reads the small print: terms of service and privacy policies in, proven and citable provisions out.

    Start with **smallprint demo**, or with a document of yours: **smallprint read terms.pdf**
    """


def _settings(**options: Any) -> "Settings":  # noqa: ANN401 -- fields of Settings
    """Environment first, options of the command line over it."""
    from pydantic import ValidationError

    from smallprint.settings import Settings

    try:
        settings = Settings()
        given = {name: value for name, value in options.items() if value is not None}
        return Settings.model_validate({**settings.model_dump(), **given})
    except ValidationError as error:
        first = error.errors()[0]
        name = "_".join(str(part) for part in first["loc"])
        raise UserError(f"setting {name}: {first['msg']}") from error


def _options(**options: Any) -> "Options":  # noqa: ANN401 -- fields of Options
    from extractors.layout import Options

    return Options(**options)


@app.command()
def demo() -> None:
    """Read the sample documents offline, the whole journey, and say where to look next.

    Example: smallprint demo
    """
    from app.demo import show_demo

    raise typer.Exit(show_demo(_settings(model="offline")))


@app.command()
def read(
    file: Annotated[str, typer.Argument(metavar="FILE|URL", help="HTML, PDF, DOCX, Markdown or plain text.")],
    model: Model = None,
    base_url: BaseUrl = None,
    as_json: AsJson = False,
    no_text: Annotated[bool, typer.Option("--no-text", help="With --json: leave the document's text out.")] = False,
    language: Language = None,
    password: Password = None,
    ocr: Ocr = False,
    timeout: Timeout = None,
    budget: BudgetOption = None,
    allow_private: AllowPrivate = False,
    ignore_robots: IgnoreRobots = False,
    wayback: Wayback = False,
    wayback_save: WaybackSave = False,
) -> None:
    """Read one document to drafts, at once and without the orchestrator.

    Examples: smallprint read terms.html · smallprint read policy.pdf --json > policy.json ·
    smallprint read https://example.org/terms --model openai:gpt-5-mini
    """
    from app.reading import read_one

    settings = _settings(model=model, base_url=base_url, timeout=timeout)
    code = asyncio.run(
        read_one(
            file,
            settings,
            options=_options(
                password=password,
                ocr=ocr,
                allow_private=allow_private,
                ignore_robots=ignore_robots,
                wayback=wayback,
                wayback_save=wayback_save,
            ),
            language=language,
            budget=budget,
            as_json=as_json,
            with_text=not no_text,
        )
    )
    raise typer.Exit(code)


@app.command()
def extract(
    file: Annotated[str, typer.Argument(metavar="FILE|URL", help="HTML, PDF, DOCX, Markdown or plain text.")],
    as_json: AsJson = False,
    language: Language = None,
    password: Password = None,
    ocr: Ocr = False,
    allow_private: AllowPrivate = False,
    ignore_robots: IgnoreRobots = False,
    wayback: Wayback = False,
    wayback_save: WaybackSave = False,
) -> None:
    """Show a document's text as clauses, with numbers, headings and offsets; no analysis.

    Examples: smallprint extract terms.docx · smallprint extract terms.html --json | jq .clauses
    """
    from app.json_output import document_json
    from extractors.reading import read_source
    from smallprint.records import Source

    source = Source(location=file, language=language)
    reading = read_source(
        source,
        _settings(),
        _options(
            password=password,
            ocr=ocr,
            allow_private=allow_private,
            ignore_robots=ignore_robots,
            wayback=wayback,
            wayback_save=wayback_save,
        ),
    )
    if as_json:
        typer.echo(json.dumps(document_json(reading.document, reading.clauses), ensure_ascii=False, indent=1))
        return
    from app.console import clause_list, stdout

    stdout().print(clause_list(reading.document, reading.clauses))


@app.command()
def run(
    inputs: Annotated[
        list[str] | None, typer.Argument(metavar="INPUT...", help="Files, URLs, folders, manifests (YAML or CSV).")
    ] = None,
    model: Model = None,
    base_url: BaseUrl = None,
    budget: BudgetOption = None,
    concurrency: Annotated[int | None, typer.Option("--concurrency", min=1, help="Model calls in flight.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the plan and its estimated cost; no call.")] = False,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the newest unfinished run.")] = False,
    password: Password = None,
    ocr: Ocr = False,
    timeout: Timeout = None,
    allow_private: AllowPrivate = False,
    ignore_robots: IgnoreRobots = False,
    wayback: Wayback = False,
    wayback_save: WaybackSave = False,
) -> None:
    """Read many documents as a batch that can be interrupted, resumed and paid for within a budget.

    A manifest is a list of documents with entity, title, terms_type, language and url or path.

    Examples: smallprint run policies/ · smallprint run manifest.csv --model openai:gpt-5-mini --dry-run ·
    smallprint run manifest.csv --model openai:gpt-5-mini --budget 5 · smallprint run --resume
    """
    from app.console import stdout
    from app.inputs import gather

    inputs = inputs or []
    if not inputs and not resume:
        raise UserError("name at least one file, URL, folder or manifest, or --resume")
    settings = _settings(model=model, base_url=base_url, concurrency=concurrency, timeout=timeout)
    options = _options(
        password=password,
        ocr=ocr,
        allow_private=allow_private,
        ignore_robots=ignore_robots,
        wayback=wayback,
        wayback_save=wayback_save,
    )
    sources = gather(inputs)
    if dry_run:
        from app.plan import show_plan

        raise typer.Exit(show_plan(sources, settings, options, stdout()))
    from app.batch import run as run_batch

    code = run_batch(inputs, sources, settings, resume=resume, options=options, budget=budget, console=stdout())
    raise typer.Exit(code)


@app.command()
def status(
    run_id: Annotated[str | None, typer.Argument(metavar="[RUN]", help="A run's id, to see its documents.")] = None,
    as_json: AsJson = False,
) -> None:
    """List the runs with their ledgers and bills, or the documents of one run.

    Examples: smallprint status · smallprint status 20260131-142501-9f3c --json
    """
    from app.batch import status_rows
    from app.console import status_table, stdout
    from app.workspace import existing_store

    settings = _settings()
    with existing_store(settings) as store:
        rows = status_rows(store, run_id) if store else []
    if as_json:
        typer.echo(json.dumps({"runs": rows}, ensure_ascii=False, indent=1))
    else:
        stdout().print(status_table(rows, settings.home))


@app.command()
def export(
    output: Annotated[Path, typer.Option("--output", "-o", help="The file to write.")],
    form: Annotated[
        Literal["jsonl", "csv", "parquet"], typer.Option("--format", help="jsonl, csv or parquet.")
    ] = "jsonl",
    which: Annotated[
        Literal["approved", "draft", "all"], typer.Option("--status", help="approved, draft or all.")
    ] = "all",
    run_id: Annotated[str | None, typer.Option("--run", help="Only the drafts of this run.")] = None,
) -> None:
    """Write the drafts to a file for other tools.

    Examples: smallprint export -o drafts.jsonl · smallprint export --format csv --status draft -o drafts.csv
    """
    from app.export import export as write
    from app.workspace import existing_store

    with existing_store(_settings()) as store:
        if store is None:
            raise UserError("there is no workspace here yet; 'smallprint run' or 'smallprint demo' makes one")
        count = write(store.drafts(run_id=run_id, status=which), form, output)
    typer.echo(f"{count:,} provisions written to {output}" if count else "nothing to export: no such drafts", err=True)
    raise typer.Exit(0 if count else 1)


@app.command()
def doctor(model: Model = None, base_url: BaseUrl = None) -> None:
    """Check the installation, the workspace and the model's server, and say what to mend.

    Examples: smallprint doctor · smallprint doctor --model openai:gpt-5-mini
    """
    from app.doctor import examine

    raise typer.Exit(examine(_settings(model=model, base_url=base_url)))


if __name__ == "__main__":
    main()
