"""The options that several commands share, and what they become: settings and reading options."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from smallprint import defaults
from smallprint.errors import UserError

if TYPE_CHECKING:
    from extractors.layout import Options
    from flows.options import RunOptions
    from smallprint.settings import Settings

_MODEL, _DOCUMENT, _FETCHING = "Model", "Document", "Fetching"

Model = Annotated[
    str | None,
    typer.Option(
        "--model",
        "-m",
        metavar="NAME",
        help=f"offline, openai:NAME or azure:NAME. Default: SMALLPRINT_MODEL, else {defaults.MODEL}.",
        rich_help_panel=_MODEL,
    ),
]
BaseUrl = Annotated[
    str | None,
    typer.Option(
        "--base-url",
        metavar="URL",
        help="Any server that speaks the OpenAI protocol. Default: OPENAI_BASE_URL.",
        rich_help_panel=_MODEL,
    ),
]
Timeout = Annotated[
    float | None,
    typer.Option(
        "--timeout",
        metavar="SECONDS",
        help=f"What one model call may take. Default: SMALLPRINT_TIMEOUT, else {defaults.TIMEOUT_SECONDS:g}.",
        rich_help_panel=_MODEL,
    ),
]
Budget = Annotated[
    float | None,
    typer.Option(
        "--budget", metavar="USD", min=0, help="Stop before more than this is spent on calls.", rich_help_panel=_MODEL
    ),
]
Concurrency = Annotated[
    int | None,
    typer.Option(
        "--concurrency",
        metavar="N",
        help=f"Model calls in flight. Default: SMALLPRINT_CONCURRENCY, else {defaults.CONCURRENCY}.",
        rich_help_panel=_MODEL,
    ),
]
Language = Annotated[
    str | None,
    typer.Option(
        "--language", metavar="CODE", help="Two letters, where detection would be wrong.", rich_help_panel=_DOCUMENT
    ),
]
Password = Annotated[
    str | None,
    typer.Option("--password", metavar="TEXT", help="Password of an encrypted PDF.", rich_help_panel=_DOCUMENT),
]
Ocr = Annotated[
    bool,
    typer.Option("--ocr", help="Read scanned PDF pages by OCR (needs tesseract).", rich_help_panel=_DOCUMENT),
]
AllowPrivate = Annotated[
    bool,
    typer.Option("--allow-private", help="Fetch from private addresses too.", rich_help_panel=_FETCHING),
]
IgnoreRobots = Annotated[
    bool,
    typer.Option("--ignore-robots", help="Fetch what robots.txt asks programs not to.", rich_help_panel=_FETCHING),
]
Wayback = Annotated[
    bool,
    typer.Option(
        "--wayback",
        help="Record the Wayback Machine's nearest capture of the page.",
        rich_help_panel=_FETCHING,
    ),
]
WaybackSave = Annotated[
    bool,
    typer.Option(
        "--wayback-save",
        help="Ask the Wayback Machine for a new capture too.",
        rich_help_panel=_FETCHING,
    ),
]
Render = Annotated[
    bool,
    typer.Option(
        "--render",
        help="Run the page's scripts in Chromium first (needs the render extra).",
        rich_help_panel=_FETCHING,
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, as docs/json.md describes it.")]


def settings_with(**options: Any) -> "Settings":  # noqa: ANN401 -- fields of Settings
    """The environment's settings with the command line's options over them; None stands for an absent option.

    Raises:
        UserError: a variable or an option has a value that its setting cannot take.

    """
    from pydantic import ValidationError

    from smallprint.settings import Settings, settings_file

    path = settings_file()
    if path is not None and not path.is_file():
        raise UserError(f"SMALLPRINT_SETTINGS names {path}, which is no file")
    try:
        settings = Settings()
        stated = {name: value for name, value in options.items() if value is not None}
        return Settings.model_validate({**settings.model_dump(), **stated})
    except ValidationError as error:
        first = error.errors()[0]
        name = "_".join(str(part) for part in first["loc"])
        raise UserError(_complaint(name, first["msg"], options)) from error


def _complaint(name: str, problem: str, options: dict[str, Any]) -> str:
    field = name.lower().removeprefix("smallprint_")
    if options.get(field) is not None:
        where = "--" + field.replace("_", "-")
    else:
        where = name.upper() if name.upper().startswith(("SMALLPRINT_", "OPENAI_")) else f"SMALLPRINT_{name.upper()}"
    return f"{where}: {problem[:1].lower()}{problem[1:]}"


_READING_OPTIONS = ("password", "ocr", "allow_private", "ignore_robots", "wayback", "wayback_save", "render")


def reading_options(command: typer.Context) -> "Options":
    """How documents are opened and fetched, from the parameters of a command that declares all of the above."""
    from extractors.layout import Options

    return Options(**{name: command.params[name] for name in _READING_OPTIONS})


def run_options(
    command: typer.Context, settings: "Settings", *, budget: float | None, failed_only: bool, by_batch: bool
) -> "RunOptions":
    """How a run is carried out, from the settings and the parameters of a command that declares all of the above."""
    from flows.options import RunOptions

    return RunOptions(
        **{name: getattr(settings, name) for name in ("model", "base_url", "timeout", "concurrency")},
        **{name: command.params[name] for name in _READING_OPTIONS},
        budget=budget,
        failed_only=failed_only,
        by_batch=by_batch,
    )
