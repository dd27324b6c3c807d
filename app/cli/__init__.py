"""The command line: one function a command, each only translating between options and the packages below."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from typer.core import TyperGroup

from app.cli.archive_commands import archive
from app.cli.desk_commands import desk
from app.cli.eval_commands import evals
from app.cli.options import (
    AllowPrivate,
    AsJson,
    BaseUrl,
    Budget,
    Concurrency,
    IgnoreRobots,
    Language,
    Model,
    Ocr,
    Password,
    Render,
    Timeout,
    Wayback,
    WaybackSave,
    reading_options,
    run_options,
    settings_with,
)
from smallprint import __version__
from smallprint.errors import SmallprintError, UserError


class Commands(TyperGroup):
    """Help without Python's names of types: no '<bool>' behind a switch, no '<list[str]>' behind an input."""

    def get_params(self, ctx: Any) -> list[Any]:  # noqa: ANN401 -- Typer's own classes, which it does not publish
        """The group's options."""
        return _without_types(super().get_params(ctx))

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401 -- as above
        """A command with its options."""
        command = super().get_command(ctx, cmd_name)
        if command is not None:
            _without_types(command.get_params(ctx))
        return command


def _without_types(params: list[Any]) -> list[Any]:
    for param in params:
        if getattr(param, "is_flag", False):
            param.metavar = ""
        elif param.param_type_name == "argument":
            param.display_type_rich = lambda ctx: None
    return params


app = typer.Typer(
    name="smallprint",
    cls=Commands,
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

File = Annotated[str, typer.Argument(metavar="FILE|URL", help="HTML, PDF, DOCX, Markdown or plain text.")]
Inputs = Annotated[
    list[str] | None, typer.Argument(metavar="INPUT", help="Files, URLs, folders, manifests (YAML or CSV).")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show the plan and its estimated cost; no call.")]
Resume = Annotated[bool, typer.Option("--resume", help="Go on with the newest unfinished run.")]
FailedOnly = Annotated[
    bool, typer.Option("--failed-only", help="Read again what failed in the newest run, and nothing else.")
]
ByBatch = Annotated[
    bool, typer.Option("--batch", help="Ask through the provider's batch service: half price, up to a day.")
]


def main() -> None:
    """Run the command line; user mistakes and expected failures are one line, never a traceback."""
    _mention_ignored_settings()
    try:
        # Not standalone, because Typer reports a mistake in a box of seven lines.
        code = app(standalone_mode=False, prog_name="smallprint")
    except typer.TyperException as mistake:
        _say_usage(mistake)
        code = mistake.exit_code
    except SmallprintError as error:
        _say(str(error))
        code = error.exit_code
    except (typer.Abort, KeyboardInterrupt):
        _say("interrupted")
        code = 130
    except BrokenPipeError:
        # The reader of our output has gone, as 'smallprint extract ... | head' does; a shell says the same of 'cat'.
        sys.stderr.close()
        code = 141
    sys.exit(code)


def _mention_ignored_settings() -> None:
    """Say that a .env in the current folder is not read, so that nobody wonders where their settings went."""
    if not Path(".env").exists():
        return
    from smallprint.settings import ignored_settings_file

    if ignored_settings_file() is not None:
        _say("the .env here is not read (it may have come with the documents); SMALLPRINT_SETTINGS=.env reads it")


def _say(message: str) -> None:
    from app.terminal import printable

    typer.secho(f"smallprint: {printable(' '.join(message.splitlines()))}", fg="red", err=True)


def _say_usage(mistake: typer.TyperException) -> None:
    context = getattr(mistake, "ctx", None)
    if type(mistake).__name__ == "NoArgsIsHelpError" and context is not None:
        return  # the help itself has been printed
    path = context.command_path if context is not None else "smallprint"
    _say(f"{mistake.format_message().rstrip('.')}; see '{path} --help'")


def _version(value: bool) -> None:
    if value:
        typer.echo(f"smallprint {__version__}")
        raise typer.Exit


@app.callback(epilog="Start with 'smallprint demo', or with a document of yours: 'smallprint read FILE'")
def common(
    _show: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit."),
    ] = False,
) -> None:
    """Smallprint reads the small print: terms of service and privacy policies in, proven and citable provisions out."""


@app.command()
def demo() -> None:
    """Read the sample documents offline, from files to a preview of the archive, and say where to look next.

    For example:
    $ smallprint demo
    """
    from app.cli.demo import show_demo

    raise typer.Exit(show_demo())


@app.command()
def read(
    context: typer.Context,
    file: File,
    as_json: AsJson = False,
    no_text: Annotated[bool, typer.Option("--no-text", help="With --json: leave the document's text out.")] = False,
    model: Model = None,
    base_url: BaseUrl = None,
    timeout: Timeout = None,
    budget: Budget = None,
    language: Language = None,
    password: Password = None,
    ocr: Ocr = False,
    allow_private: AllowPrivate = False,
    ignore_robots: IgnoreRobots = False,
    wayback: Wayback = False,
    wayback_save: WaybackSave = False,
    render: Render = False,
) -> None:
    """Read one document to drafts, at once and without the orchestrator.

    For example:
    $ smallprint read terms.html
    $ smallprint read policy.pdf --json > policy.json
    $ smallprint read https://example.org/terms --model openai:gpt-5-mini
    """
    from extractors.reading import prepare_to_read

    prepare_to_read(file)
    from app.cli.inputs import one_document
    from app.cli.reading import read_to_drafts

    code = read_to_drafts(
        one_document(file, language),
        settings_with(model=model, base_url=base_url, timeout=timeout),
        options=reading_options(context),
        budget=budget,
        as_json=as_json,
        with_text=not no_text,
    )
    raise typer.Exit(code)


@app.command()
def extract(
    context: typer.Context,
    file: File,
    as_json: AsJson = False,
    language: Language = None,
    password: Password = None,
    ocr: Ocr = False,
    allow_private: AllowPrivate = False,
    ignore_robots: IgnoreRobots = False,
    wayback: Wayback = False,
    wayback_save: WaybackSave = False,
    render: Render = False,
) -> None:
    """Show a document's text as clauses, with numbers, headings and offsets; no analysis.

    For example:
    $ smallprint extract terms.docx
    $ smallprint extract terms.html --json | jq .clauses
    """
    from extractors.reading import prepare_to_read, read_source

    prepare_to_read(file)
    from app.cli.console import clause_list
    from app.cli.inputs import one_document
    from app.json_output import document_json
    from app.terminal import result_stream, stdout

    reading = read_source(one_document(file, language), settings_with(), reading_options(context))
    if as_json:
        extracted = document_json(reading.document, reading.clauses)
        result_stream().write(json.dumps(extracted, ensure_ascii=False, indent=1) + "\n")
    else:
        stdout().print(clause_list(reading.document, reading.clauses))


@app.command()
def run(
    context: typer.Context,
    inputs: Inputs = None,
    dry_run: DryRun = False,
    resume: Resume = False,
    failed_only: FailedOnly = False,
    by_batch: ByBatch = False,
    as_json: AsJson = False,
    model: Model = None,
    base_url: BaseUrl = None,
    timeout: Timeout = None,
    budget: Budget = None,
    concurrency: Concurrency = None,
    password: Password = None,
    ocr: Ocr = False,
    allow_private: AllowPrivate = False,
    ignore_robots: IgnoreRobots = False,
    wayback: Wayback = False,
    wayback_save: WaybackSave = False,
    render: Render = False,
) -> None:
    """Read many documents as a batch that can be interrupted, resumed and kept within a budget.

    A folder gives every readable file in it. A manifest lists entity, title, terms_type, language, url or path.

    For example:
    $ smallprint run policies/
    $ smallprint run manifest.csv --model openai:gpt-5-mini --dry-run
    $ smallprint run manifest.csv --model openai:gpt-5-mini --budget 5
    $ smallprint run manifest.csv --model openai:gpt-5-mini --batch
    $ smallprint run --resume
    """
    from app.cli.inputs import gather

    inputs = inputs or []
    if not inputs and not (resume or failed_only):
        raise UserError("name at least one file, URL, folder or manifest, or --resume")
    settings = settings_with(model=model, base_url=base_url, concurrency=concurrency, timeout=timeout)
    options = run_options(context, settings, failed_only=failed_only, by_batch=by_batch, budget=budget)
    sources = gather(inputs)
    if dry_run:
        from app.cli.plan import show_plan
        from app.terminal import stdout

        raise typer.Exit(show_plan(sources, options, stdout()))
    from app.cli.batch import run as run_batch

    raise typer.Exit(run_batch(inputs, sources, options, resume=resume or failed_only, as_json=as_json))


@app.command()
def status(
    run_id: Annotated[str | None, typer.Argument(metavar="RUN", help="A run's id, to see its documents.")] = None,
    as_json: AsJson = False,
) -> None:
    """List the runs with their ledgers and bills, or the documents of one run.

    For example:
    $ smallprint status
    $ smallprint status 20260131-142501-9f3c --json
    """
    from app.cli.status import status_rows, status_table
    from app.terminal import result_stream, stdout
    from app.workspace import existing_store

    settings = settings_with()
    with existing_store(settings) as store:
        if store is None and run_id is not None:
            raise UserError(f"there is no run {run_id}: {settings.home} does not exist yet")
        rows = status_rows(store, run_id) if store else []
    if as_json:
        result_stream().write(json.dumps({"runs": rows}, ensure_ascii=False, indent=1) + "\n")
    else:
        console = stdout()
        console.print(status_table(rows, settings.home, console.width))


@app.command()
def export(
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="The file to write; - for standard output.")
    ],
    form: Annotated[
        Literal["jsonl", "csv", "parquet"] | None, typer.Option("--format", help="Default: as the file's name ends.")
    ] = None,
    which: Annotated[Literal["approved", "draft", "all"], typer.Option("--status", help="Which drafts.")] = "all",
    run_id: Annotated[str | None, typer.Option("--run", metavar="RUN", help="Only the drafts of this run.")] = None,
) -> None:
    """Write the drafts to a file for other tools.

    For example:
    $ smallprint export -o drafts.jsonl
    $ smallprint export --status draft -o drafts.csv
    """
    from app.cli.export import export as write
    from app.cli.export import format_of, records_by_draft
    from app.workspace import existing_store
    from smallprint.store import drafts, runs

    with existing_store(settings_with()) as store:
        if store is None:
            raise UserError("there is no workspace here yet; 'smallprint run' or 'smallprint demo' makes one")
        with store.read() as connection:
            if run_id is not None and runs.find_run(connection, run_id) is None:
                raise UserError(f"there is no run {run_id}; 'smallprint status' lists the runs")
            rows = drafts.stream_drafts(connection, run_id=run_id, status=which)
            count = write(rows, format_of(form, output), output, records_by_draft(connection))
    typer.echo(f"{count:,} provisions written to {output}" if count else "nothing to export: no such drafts", err=True)
    raise typer.Exit(0 if count else 1)


@app.command()
def doctor(
    model: Model = None,
    base_url: BaseUrl = None,
    timeout: Timeout = None,
    audit: Annotated[bool, typer.Option("--audit", help="Verify the review desk's audit chain, nothing else.")] = False,
) -> None:
    """Check the installation, the workspace and the model's server, and say what to repair.

    For example:
    $ smallprint doctor
    $ smallprint doctor --model openai:gpt-5-mini
    $ smallprint doctor --audit
    """
    from app.cli.doctor import examine, examine_audit

    settings = settings_with(model=model, base_url=base_url, timeout=timeout)
    raise typer.Exit(examine_audit(settings) if audit else examine(settings))


app.add_typer(evals)
app.add_typer(desk)
app.add_typer(archive)
