"""One process that analyzes a folder against a model's server and measures itself; the benchmark times and kills it.

``python -m bench.model_work FOLDER --server URL --home HOME`` analyzes the Markdown files of a folder and
prints one line of JSON: draft ids, usage, wall and processor time, memory.
"""

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from classifiers.analysts import choose_analyst
from classifiers.analyze import analyze
from classifiers.work import Analyst, Answers
from evals.benchmarks.corpus import CutDocument
from extractors import extract
from extractors.clauses import cut_clauses
from smallprint.records import Analysis, Tally, Usage
from smallprint.settings import Settings
from smallprint.store import open_store
from smallprint.store.answers import StoredAnswers


class NoAnswers:
    """Stores nothing, so that every document is asked for each time."""

    def get(self, key: str) -> dict[str, Any] | None:
        """No answer is stored."""
        return None

    def put(self, key: str, model: str, body: dict[str, Any]) -> None:
        """Drop the answer."""

    def tally(self, model: str) -> Tally:
        """No answer is stored, so none is counted."""
        return Tally()


def read_folder(folder: Path) -> list[CutDocument]:
    """The Markdown files of a folder as documents with clauses, in the order of their names."""
    documents = [
        extract(path.read_bytes(), source=path.name, media_type="text/markdown") for path in sorted(folder.glob("*.md"))
    ]
    return [CutDocument(document, cut_clauses(document)) for document in documents]


def bench_settings(server: str, **changes: Any) -> Settings:  # noqa: ANN401 -- fields of Settings
    """Settings of every measurement: the product's defaults with the fake model, ten calls at once."""
    fields = {"model": "openai:fake", "base_url": server, "secret": "bench", "concurrency": 10, "language": "English"}
    return Settings(_env_file=None, **{**fields, **changes})


async def analyze_all(documents: Sequence[CutDocument], settings: Settings, answers: Answers) -> list[Analysis]:
    """Analyze all documents at once, as a run does."""
    analyst = choose_analyst(settings.model, settings)
    try:
        return await _all_at_once(documents, analyst, answers)
    finally:
        await analyst.close()


async def _all_at_once(documents: Sequence[CutDocument], analyst: Analyst, answers: Answers) -> list[Analysis]:
    return list(await asyncio.gather(*(analyze(*document, analyst, answers=answers) for document in documents)))


async def _timed(
    documents: Sequence[CutDocument], settings: Settings, answers: Answers, *, warm: bool
) -> dict[str, Any]:
    """Draft ids, usage, wall and processor time of all documents at once.

    Imports, schemas and the connection are made once per process, however many documents follow: with ``warm`` one
    call about a short text, which is not timed, comes first.
    """
    analyst = choose_analyst(settings.model, settings)
    try:
        if warm:
            await _all_at_once([_beginning(documents[0])], analyst, NoAnswers())
        wall, processor = time.perf_counter(), time.process_time()
        analyses = await _all_at_once(documents, analyst, answers)
        return {
            "wall": time.perf_counter() - wall,
            "processor": time.process_time() - processor,
            "drafts": [draft.id for analysis in analyses for draft in analysis.drafts],
            "usage": sum((analysis.usage for analysis in analyses), Usage()).model_dump(),
        }
    finally:
        await analyst.close()


def _beginning(whole: CutDocument) -> CutDocument:
    """So little of a document that it takes one call."""
    document = extract(whole.document.text[:2000].encode(), source=whole.document.source, media_type="text/plain")
    return CutDocument(document, cut_clauses(document))


async def _one_by_one(documents: Sequence[CutDocument], settings: Settings, times: int) -> list[float]:
    """Memory in MB after every fifty documents."""
    analyst = choose_analyst(settings.model, settings)
    megabytes: list[float] = []
    answers = NoAnswers()
    for n in range(times):
        await analyze(*documents[n % len(documents)], analyst, answers=answers)
        if n % 50 == 49:
            megabytes.append(_resident_megabytes())
    await analyst.close()
    return megabytes


def _resident_megabytes() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096 / 1e6


def main(arguments: Sequence[str] | None = None) -> int:
    """Analyze the folder and print the measurements as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--server", required=True)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument(
        "--times", type=int, default=0, help="analyze so many documents one after the other and report memory"
    )
    parser.add_argument("--cold", action="store_true", help="without the untimed first call that warms the process up")
    options = parser.parse_args(arguments)
    documents = read_folder(options.folder)
    settings = bench_settings(options.server, home=options.home)
    options.home.mkdir(parents=True, exist_ok=True)
    result: dict[str, Any] = {}
    if options.times:
        result["memory"] = asyncio.run(_one_by_one(documents, settings, options.times))
    else:
        # Opening the workspace and creating its database are not timed: they come once per process too.
        with closing(open_store(settings.sqlalchemy_url)) as store:
            result |= asyncio.run(_timed(documents, settings, StoredAnswers(store), warm=not options.cold))
    result["characters"] = sum(len(document.text) for document, _ in documents)
    sys.stdout.write(json.dumps(result) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
