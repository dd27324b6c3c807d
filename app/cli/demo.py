"""``smallprint demo``: the whole journey on the samples, offline, ending with where to look next."""

import asyncio
import shutil
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.text import Text

from app.cli.batch import begin, shown_run, was_interrupted
from app.cli.console import draft_block, severity_chart
from app.cli.inputs import read_manifest
from app.cli.publishing import write_archive
from app.cli.summary import exit_code, show_summary
from app.terminal import stderr, stdout
from app.workspace import workspace
from flows.engine import start_prefect
from flows.options import RunOptions
from samples import folder
from smallprint.severity import LEVELS
from smallprint.store import Store, documents, runs
from smallprint.store.drafts import StoredDraft, stream_drafts

_MAX_DRAFTS_IN_FULL = 3  # one for each of the samples' companies
PREVIEW = "archive-preview"  # folder in the workspace


def show_demo() -> int:
    """Run the samples through the real flow into the workspace and print what came out; returns the exit code."""
    console = stdout()
    manifest = folder() / "manifest.yml"
    sources = read_manifest(manifest)
    console.print(
        Text.assemble(
            ("Smallprint demo", "bold"),
            f": {len(sources)} documents of three fictional companies, read on this machine; nothing is sent anywhere.",
        )
    )
    console.print()
    started = time.monotonic()
    options = RunOptions(model="offline")
    settings = options.settings()
    with workspace(settings) as store:
        run_id = begin(store, sources, options, [str(manifest)])
        with shown_run(store, run_id, options):
            asyncio.run(start_prefect(settings.home))
            from flows.run import run  # imports Prefect, which has to be prepared before

            asyncio.run(run(run_id, options))
        if was_interrupted(store, run_id):
            stderr().print("Interrupted; 'smallprint demo' begins anew.")
            return 130
        with store.read() as connection:
            drafts = list(stream_drafts(connection, run_id=run_id))
        _show_drafts(console, store, drafts)
        show_summary(store, run_id, console, time.monotonic() - started)
        with store.read() as connection:
            code = exit_code(runs.list_run_documents(connection, run_id))
        preview = settings.home / PREVIEW
        write_archive(store, settings, preview, profile="professional", is_preview=True)
    console.print()
    console.print(Text("The archive, as it would be published (drafts, not reviewed)", style="bold"))
    console.print(Text.assemble("  ", ((preview / "index.html").resolve().as_uri(), "cyan")))
    console.print()
    console.print(Text("Where to look next", style="bold"))
    for command, purpose in _next_steps(Path(sources[0].location), run_id):
        console.print(Text.assemble("  ", (command, "cyan"), (f"\n      {purpose}", "dim")))
    return code


def _show_drafts(console: Console, store: Store, drafts: Sequence[StoredDraft]) -> None:
    """The worst draft of each company in full, one that shows every part if there is one; then all by severity."""
    ranked = sorted(drafts, key=lambda stored: (-LEVELS.index(stored.draft.severity), -stored.draft.confidence))
    with_every_part = [stored for stored in ranked if stored.draft.frameworks and stored.draft.agencies]
    by_company: dict[str | None, StoredDraft] = {}
    for stored in (*with_every_part, *ranked):
        by_company.setdefault(stored.source.entity, stored)
    for stored in list(by_company.values())[:_MAX_DRAFTS_IN_FULL]:
        with store.read() as connection:
            clauses = documents.load_document(connection, stored.document_id).clauses
        console.print(Text(f"{stored.source.entity}: {stored.source.title}", style="dim"))
        console.print(draft_block(stored.draft, clauses))
    console.print(Text(f"{len(drafts)} drafts by severity", style="bold"))
    console.print(severity_chart([stored.draft for stored in drafts]))
    console.print()


def _next_steps(sample: Path, run_id: str) -> tuple[tuple[str, str], ...]:
    command = program()
    return (
        (f"{command} read {nearby(sample)}", "one document with every draft in full, quotes with offsets"),
        (f"{command} review", "the drafts in a browser, each beside its source, to approve, amend or reject"),
        (f"{command} publish site", "what was approved, as an archive of plain files for any web server"),
        (f"{command} export -o drafts.csv", "all drafts as a table for a spreadsheet"),
        (f"{command} status {run_id}", "the ledger: what became of every clause"),
        (f"{command} read YOUR-FILE-OR-URL", "a document of yours"),
        (f"{command} doctor --model openai:NAME", "whether a language model can take over from the offline analyst"),
    )


def program() -> str:
    """The command to type: its name where the shell finds it, else the path of this installation."""
    executable = Path(sys.argv[0])
    if shutil.which("smallprint") or executable.name != "smallprint":
        return "smallprint"
    return str(nearby(executable))


def nearby(path: Path) -> Path:
    """The path as seen from the current folder, where it lies below it."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_absolute() and path.is_relative_to(here) else path
