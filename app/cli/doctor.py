"""``smallprint doctor``: checks installation, workspace and model, each with what to do when it fails."""

import asyncio
import shutil
import sys
import tempfile
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from typing import Literal, NamedTuple

from rich.table import Table
from rich.text import Text

from app.terminal import stdout
from app.workspace import existing_store
from smallprint import __version__
from smallprint.errors import SmallprintError
from smallprint.settings import Settings

_LOW_DISK_BYTES = 500_000_000  # chosen by eye: less is no failure, but worth a note before a batch


class Finding(NamedTuple):
    """What one check found."""

    state: Literal["ok", "note", "fail"]
    subject: str
    detail: str


def examine(settings: Settings) -> int:
    """Print all findings; returns the exit code, 1 when one of them is a failure."""
    findings = [finding for check in CHECKS for finding in check(settings)]
    table = Table.grid(padding=(0, 2))
    marks = {
        "ok": Text("ok", style="green"),
        "note": Text("note", style="yellow"),
        "fail": Text("FAIL", style="bold red"),
    }
    for finding in findings:
        table.add_row(marks[finding.state], Text(finding.subject, style="bold"), Text(finding.detail))
    stdout().print(table)
    return 1 if any(finding.state == "fail" for finding in findings) else 0


def examine_audit(settings: Settings) -> int:
    """Verify the audit chain and print the result; returns the exit code, 1 where the chain is broken."""
    from smallprint.store.audit import verify_chain

    with existing_store(settings) as store:
        if store is None:
            stdout().print("There is no workspace here, so there is nothing to verify.")
            return 0
        with store.read() as connection:
            report = verify_chain(connection)
    for problem in report.problems:
        stdout().print(f"FAIL {problem}", style="bold red", highlight=False)
    if not report.problems:
        line = f"ok   audit chain: {report.length:,} rows hold; its head is {report.head}"
        stdout().print(line, highlight=False, soft_wrap=True)
    return 1 if report.problems else 0


def _installation(_settings: Settings) -> list[Finding]:
    packages = ("openai", "instructor", "pydantic", "prefect", "fastapi", "trafilatura", "pdfplumber", "sqlalchemy")
    installed, missing = [], []
    for name in packages:
        try:
            installed.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            missing.append(name)
    python = f"smallprint {__version__}, Python {sys.version.split()[0]}"
    if missing:
        return [Finding("fail", "packages", f"{python}; missing {', '.join(missing)}: run 'make setup'")]
    return [Finding("ok", "packages", f"{python}; {', '.join(installed)}")]


def _registry(_settings: Settings) -> list[Finding]:
    from smallprint.registry import load

    try:
        registry = load()
    except SmallprintError as error:
        return [Finding("fail", "registry", str(error))]
    counts = f"{len(registry.categories)} categories, {len(registry.frameworks)} frameworks, "
    return [Finding("ok", "registry", f"{counts}{len(registry.agencies)} agencies, SHA-256 {registry.sha256[:16]}…")]


def _workspace(settings: Settings) -> list[Finding]:
    from smallprint.store import runs

    try:
        with existing_store(settings) as store:
            if store is None:
                return [
                    Finding("note", "workspace", f"{settings.home} does not exist yet; the first run makes it"),
                    *_disk(settings),
                ]
            with store.read() as connection:
                number_of_runs = len(runs.list_runs(connection))
    except SmallprintError as error:
        return [Finding("fail", "workspace", str(error))]
    prefect = f"past runs in Prefect's pages: PREFECT_HOME={settings.home / 'prefect'} prefect server start"
    return [Finding("ok", "workspace", f"{settings.home}: {number_of_runs} runs; {prefect}"), *_disk(settings)]


def _announcements(settings: Settings) -> list[Finding]:
    """Announcements of records that wait to be delivered; silent where there are none."""
    from smallprint.store.outbox import backlog

    try:
        with existing_store(settings) as store:
            if store is None:
                return []
            with store.read() as connection:
                channels = backlog(connection)
    except SmallprintError:
        return []  # the check of the workspace says what is wrong with it
    return [
        Finding(
            "fail" if channel.given_up else "note",
            "announcements",
            f"{channel.waiting + channel.given_up} for the {channel.channel} wait since "
            f"{channel.oldest:%Y-%m-%d %H:%M} UTC, {channel.given_up} of them given up until 'smallprint review' "
            f"starts again; last problem: {channel.problem or 'none yet'}",
        )
        for channel in channels
    ]


def _disk(settings: Settings) -> list[Finding]:
    folder = settings.home if settings.home.is_dir() else settings.home.resolve().parent
    try:
        with tempfile.TemporaryFile(dir=folder):
            free = shutil.disk_usage(folder).free
    except OSError as error:
        return [
            Finding(
                "fail",
                "disk",
                f"{folder} cannot be written ({error.strerror}); set SMALLPRINT_HOME to a folder that can",
            )
        ]
    return [Finding("ok" if free > _LOW_DISK_BYTES else "note", "disk", f"{free / 1e9:.1f} GB free in {folder}")]


def _extras(_settings: Settings) -> list[Finding]:
    ocr = shutil.which("tesseract")
    if ocr:
        return [Finding("ok", "OCR", f"tesseract at {ocr}, for 'read --ocr' and 'run --ocr'")]
    missing = "tesseract is not installed: scanned PDFs cannot be read (Debian: apt install tesseract-ocr)"
    return [Finding("note", "OCR", missing)]


def _model(settings: Settings) -> list[Finding]:
    from classifiers.analysts import traits_of

    try:
        traits = traits_of(settings.model)
        if traits.free:
            how = "set OPENAI_API_KEY and --model openai:NAME (or --base-url for a compatible server) to use one"
            return [Finding("ok", "model", f"{traits.label}: {traits.description}; {how}")]
        from classifiers.probing import probe  # loads the model SDKs

        checks = asyncio.run(probe(settings))
    except SmallprintError as error:
        return [Finding("fail", "model", f"{settings.model}: {error}")]
    return [Finding("ok" if check.ok else "fail", check.subject, check.detail) for check in checks]


CHECKS: tuple[Callable[[Settings], list[Finding]], ...] = (
    _installation,
    _registry,
    _workspace,
    _announcements,
    _extras,
    _model,
)
