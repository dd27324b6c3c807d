"""``smallprint doctor``: checks installation, workspace and model, each with what to do when it fails."""

import asyncio
import shutil
import sys
import tempfile
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version

from rich.table import Table
from rich.text import Text

from app.terminal import stdout
from app.workspace import existing_store
from smallprint import __version__
from smallprint.errors import SmallprintError
from smallprint.settings import Settings

Finding = tuple[str, str, str]  # state (ok, note, fail), what, detail


def examine(settings: Settings) -> int:
    """Print all findings; returns the exit code, 1 when one of them is a failure."""
    findings = [finding for check in CHECKS for finding in check(settings)]
    table = Table.grid(padding=(0, 2))
    marks = {
        "ok": Text("ok", style="green"),
        "note": Text("note", style="yellow"),
        "fail": Text("FAIL", style="bold red"),
    }
    for state, what, detail in findings:
        table.add_row(marks[state], Text(what, style="bold"), Text(detail))
    stdout().print(table)
    return 1 if any(state == "fail" for state, _, _ in findings) else 0


def examine_audit(settings: Settings) -> int:
    """Verify the audit chain and say what it says; returns the exit code, 1 where it does not hold."""
    from smallprint.store.audit import verify

    with existing_store(settings) as store:
        if store is None:
            stdout().print("There is no workspace here, so there is nothing to verify.")
            return 0
        with store.read() as connection:
            report = verify(connection)
    for problem in report.problems:
        stdout().print(f"FAIL {problem}", style="bold red", highlight=False)
    if not report.problems:
        said = f"ok   audit chain: {report.length:,} rows hold; its head is {report.head}"
        stdout().print(said, highlight=False, soft_wrap=True)
    return 1 if report.problems else 0


def _installation(_settings: Settings) -> list[Finding]:
    packages = ("openai", "instructor", "pydantic", "prefect", "fastapi", "trafilatura", "pdfplumber", "sqlalchemy")
    found, missing = [], []
    for name in packages:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            missing.append(name)
    python = f"smallprint {__version__}, Python {sys.version.split()[0]}"
    if missing:
        return [("fail", "packages", f"{python}; missing {', '.join(missing)}: run 'make setup'")]
    return [("ok", "packages", f"{python}; {', '.join(found)}")]


def _registry(_settings: Settings) -> list[Finding]:
    from smallprint.registry import load

    try:
        registry = load()
    except SmallprintError as error:
        return [("fail", "registry", str(error))]
    counts = f"{len(registry.categories)} categories, {len(registry.frameworks)} frameworks, "
    return [("ok", "registry", f"{counts}{len(registry.agencies)} agencies, SHA-256 {registry.sha256[:16]}…")]


def _workspace(settings: Settings) -> list[Finding]:
    from smallprint.store import runs

    try:
        with existing_store(settings) as store:
            if store is None:
                return [
                    ("note", "workspace", f"{settings.home} does not exist yet; the first run makes it"),
                    *_room(settings),
                ]
            with store.read() as connection:
                number_of_runs = len(runs.list_runs(connection))
    except SmallprintError as error:
        return [("fail", "workspace", str(error))]
    prefect = f"past runs in Prefect's pages: PREFECT_HOME={settings.home / 'prefect'} prefect server start"
    return [("ok", "workspace", f"{settings.home}: {number_of_runs} runs; {prefect}"), *_room(settings)]


def _announcements(settings: Settings) -> list[Finding]:
    """News of records that nobody has taken yet; silent where there is none."""
    from smallprint.store.outbox import backlog

    try:
        with existing_store(settings) as store:
            if store is None:
                return []
            with store.read() as connection:
                found = backlog(connection)
    except SmallprintError:
        return []  # what is wrong with the workspace is told above
    findings: list[Finding] = []
    for one in found:
        said = (
            f"{one.waiting + one.given_up} for the {one.channel} wait since {one.oldest:%Y-%m-%d %H:%M} UTC, "
            f"{one.given_up} of them given up until 'smallprint review' starts again; "
            f"last problem: {one.problem or 'none yet'}"
        )
        findings.append(("fail" if one.given_up else "note", "announcements", said))
    return findings


def _room(settings: Settings) -> list[Finding]:
    folder = settings.home if settings.home.is_dir() else settings.home.resolve().parent
    try:
        with tempfile.TemporaryFile(dir=folder):
            free = shutil.disk_usage(folder).free
    except OSError as error:
        return [
            ("fail", "disk", f"{folder} cannot be written ({error.strerror}); set SMALLPRINT_HOME to a folder that can")
        ]
    return [("ok" if free > 500_000_000 else "note", "disk", f"{free / 1e9:.1f} GB free in {folder}")]


def _extras(_settings: Settings) -> list[Finding]:
    ocr = shutil.which("tesseract")
    if ocr:
        return [("ok", "OCR", f"tesseract at {ocr}, for 'read --ocr' and 'run --ocr'")]
    missing = "tesseract is not installed: scanned PDFs cannot be read (Debian: apt install tesseract-ocr)"
    return [("note", "OCR", missing)]


def _model(settings: Settings) -> list[Finding]:
    from classifiers.analysts import traits_of

    try:
        traits = traits_of(settings.model)
        if traits.free:
            how = "set OPENAI_API_KEY and --model openai:NAME (or --base-url for a compatible server) to use one"
            return [("ok", "model", f"{traits.label}: {traits.description}; {how}")]
        from classifiers.probing import probe  # loads the model SDKs

        report = asyncio.run(probe(settings))
    except SmallprintError as error:
        return [("fail", "model", f"{settings.model}: {error}")]
    return [("ok" if line.ok else "fail", line.what, line.detail) for line in report]


CHECKS: tuple[Callable[[Settings], list[Finding]], ...] = (
    _installation,
    _registry,
    _workspace,
    _announcements,
    _extras,
    _model,
)
