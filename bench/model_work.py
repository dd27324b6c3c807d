"""One process of work against a model's server, measured from inside: what the benchmark starts, times and kills.

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
from extractors import extract
from extractors.clauses import cut_clauses
from smallprint.records import Analysis, Clause, Document, Tally, Usage
from smallprint.settings import Settings
from smallprint.store import open_store
from smallprint.store.answers import StoredAnswers

Text = tuple[Document, tuple[Clause, ...]]


class NoAnswers:
    """Remembers nothing, so that the same documents are asked for again and again."""

    def get(self, key: str) -> dict[str, Any] | None:
        """Never an answer."""
        return None

    def put(self, key: str, model: str, body: dict[str, Any]) -> None:
        """Forget it."""

    def tally(self, model: str) -> Tally:
        """Nothing."""
        return Tally()


def read_folder(folder: Path) -> list[Text]:
    """Its Markdown files as documents and clauses, by name."""
    documents = [
        extract(path.read_bytes(), source=path.name, media_type="text/markdown") for path in sorted(folder.glob("*.md"))
    ]
    return [(document, cut_clauses(document)) for document in documents]


def bench_settings(server: str, **changes: Any) -> Settings:  # noqa: ANN401 -- fields of Settings
    """Settings of every measurement: the product's defaults against the fake model, ten calls at once."""
    fields = {"model": "openai:fake", "base_url": server, "secret": "bench", "concurrency": 10, "language": "English"}
    return Settings(_env_file=None, **{**fields, **changes})


async def analyze_all(texts: Sequence[Text], settings: Settings, answers: Answers) -> list[Analysis]:
    """All documents at once, as the run flow has them."""
    model = choose_analyst(settings.model, settings)
    try:
        return await _all_at_once(texts, model, answers)
    finally:
        await model.close()


async def _all_at_once(texts: Sequence[Text], model: Analyst, answers: Answers) -> list[Analysis]:
    return list(await asyncio.gather(*(analyze(*text, model, answers=answers) for text in texts)))


async def _timed(texts: Sequence[Text], settings: Settings, answers: Answers, *, warm: bool) -> dict[str, Any]:
    """Draft ids, usage, wall and processor time of all documents at once.

    Imports, schemas and the connection are made once a process, however many documents follow: with ``warm`` one call
    about a short text comes before, which is not timed.
    """
    model = choose_analyst(settings.model, settings)
    try:
        if warm:
            await _all_at_once([_short(texts[0])], model, NoAnswers())
        wall, processor = time.perf_counter(), time.process_time()
        analyses = await _all_at_once(texts, model, answers)
        return {
            "wall": time.perf_counter() - wall,
            "processor": time.process_time() - processor,
            "drafts": [draft.id for analysis in analyses for draft in analysis.drafts],
            "usage": sum((analysis.usage for analysis in analyses), Usage()).model_dump(),
        }
    finally:
        await model.close()


def _short(text: Text) -> Text:
    """So little of a document that it is one call."""
    document = extract(text[0].text[:2000].encode(), source=text[0].source, media_type="text/plain")
    return document, cut_clauses(document)


async def _one_by_one(texts: Sequence[Text], settings: Settings, times: int) -> list[float]:
    """Memory in MB after each fifty documents."""
    model = choose_analyst(settings.model, settings)
    seen: list[float] = []
    answers = NoAnswers()
    for n in range(times):
        await analyze(*texts[n % len(texts)], model, answers=answers)
        if n % 50 == 49:
            seen.append(_resident())
    await model.close()
    return seen


def _resident() -> float:
    """MB of this process in memory now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096 / 1e6


def main(arguments: Sequence[str] | None = None) -> int:
    """Do the work and print what it took."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--server", required=True)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--times", type=int, default=0, help="so many documents one after the other, for the memory")
    parser.add_argument("--cold", action="store_true", help="without a call beforehand that warms the process up")
    options = parser.parse_args(arguments)
    texts = read_folder(options.folder)
    settings = bench_settings(options.server, home=options.home)
    options.home.mkdir(parents=True, exist_ok=True)
    result: dict[str, Any] = {}
    if options.times:
        result["memory"] = asyncio.run(_one_by_one(texts, settings, options.times))
    else:
        # Opening the workspace, and making its database, comes once a process too.
        with closing(open_store(settings.sqlalchemy_url)) as store:
            result |= asyncio.run(_timed(texts, settings, StoredAnswers(store), warm=not options.cold))
    result["characters"] = sum(len(document.text) for document, _ in texts)
    sys.stdout.write(json.dumps(result) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
