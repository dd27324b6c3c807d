"""``smallprint demo``: the whole journey on the samples, offline, ending with where to look next."""

import time

from rich.text import Text

from app.batch import start as start_run
from app.batch import summary, work
from app.console import analyst_line, by_severity, draft_block, severity_chart, stdout
from app.inputs import read_manifest
from classifiers.analysts import choose_analyst
from extractors.layout import Options
from samples import folder
from smallprint.settings import Settings
from smallprint.store import open_store

_SHOWN = 4  # drafts printed in full


def show_demo(settings: Settings) -> int:
    """Run the samples through the real flow into the workspace and print what came out; returns the exit code."""
    console = stdout()
    manifest = folder() / "manifest.yml"
    sources = read_manifest(manifest)
    console.print(Text("Smallprint demo", style="bold underline"))
    console.print(
        f"{len(sources)} documents of three fictional companies, read on this machine; nothing is sent anywhere."
    )
    started = time.monotonic()
    store = open_store(settings.sqlalchemy_url)
    try:
        run_id = start_run(sources, settings, [str(manifest)], store)
        outcome = work(run_id, settings, store, options=Options(), budget=None, quiet=False)
        analyst = choose_analyst("offline", settings)
        console.print(analyst_line(analyst.name, analyst.prompt))
        console.print()
        drafts = list(store.drafts(run_id=run_id))
        console.print(severity_chart([one.draft for one in drafts]))
        console.print()
        worst = by_severity([one.draft for one in drafts])[:_SHOWN]
        homes = {one.draft.id: one for one in drafts}
        for number, draft in enumerate(worst, 1):
            home = homes[draft.id]
            found = store.load_document(home.document_id)
            console.print(Text(f"     {home.source.entity}: {home.source.title}", style="dim"))
            console.print(draft_block(number, draft, found[1] if found else ()))
        code = summary(store, run_id, console, time.monotonic() - started)
    finally:
        store.close()
    if outcome == "interrupted":
        return 130
    console.print()
    console.print(Text("Where to look next", style="bold"))
    for command, what in _next_steps(str(sources[0].location), run_id):
        console.print(Text.assemble("  ", (command, "cyan"), f"\n      {what}"))
    return code


def _next_steps(sample: str, run_id: str) -> tuple[tuple[str, str], ...]:
    return (
        (f"smallprint read {sample}", "one document with every draft in full, quotes with offsets"),
        ("smallprint export --format csv -o drafts.csv", "all drafts as a table for a spreadsheet"),
        (f"smallprint status {run_id}", "the ledger: what became of every clause"),
        ("smallprint read YOUR-FILE-OR-URL", "a document of yours"),
        ("smallprint doctor --model openai:NAME", "whether a language model can take over from the offline analyst"),
    )
