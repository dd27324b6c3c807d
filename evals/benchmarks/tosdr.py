"""ToS;DR: the recall of passages that volunteers marked, and the rank correlation of our severity with their rating.

Run ``python -m evals.benchmarks.tosdr --data ../shared/data``. Volunteers mark no document completely, so that only
recall can be measured. A point counts where its quote is located in the text that we extract.
"""

import argparse
import asyncio
import json
import re
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Any

import numpy as np

from classifiers.analysts import choose_analyst
from classifiers.analyze import analyze
from classifiers.grounding import Grounder
from classifiers.work import Analyst
from evals.scorers.metric import Array, ratio
from evals.statistics import interval
from extractors import extract
from extractors.clauses import cut_clauses
from smallprint.errors import DocumentError
from smallprint.records import Draft, Source
from smallprint.settings import Settings
from smallprint.severity import LEVELS

RATINGS = ("good", "neutral", "bad", "blocker")  # mildest first
_MIN_RATED = 3  # points; fewer have no rank correlation worth a name
_TAG = re.compile(r"<[^<>]{0,2000}>")
PEERS = """\
  peers: we know of no published figure for finding passages in ToS;DR documents. Rank correlation has an upper bound:
  a rating belongs to the case (a sentence about services in general), not to the wording of the passage."""


@dataclass(frozen=True)
class Point:
    """A passage that a volunteer marked."""

    document: str
    case: str
    rating: str
    quote: str
    found: bool
    level: int | None  # index in LEVELS of the severest draft on it


@dataclass
class CorpusResult:
    """Every located point with its outcome, and what could not be counted."""

    points: list[Point] = field(default_factory=list)
    unlocated: int = 0  # points whose quote is not in the text
    unreadable: list[str] = field(default_factory=list)
    drafts: int = 0


def measure(folder: Path, analyst: Analyst, max_documents: int | None = None) -> CorpusResult:
    """Run the analyst on every document that has points."""
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for line in (folder / "spans.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        rows[row["doc"]].append(row)
    result = CorpusResult()
    for name in sorted(rows)[:max_documents]:
        _document(folder / "docs" / name, rows[name], analyst, result)
    return result


def _document(path: Path, rows: Sequence[Mapping[str, Any]], analyst: Analyst, result: CorpusResult) -> None:
    # The files are fragments of HTML, which the extractor would take for plain text without a document around them.
    data = f"<!doctype html><html><body>{path.read_text(encoding='utf-8')}</body></html>".encode()
    try:
        document = extract(data, source=path.name, media_type="text/html", language="en")
    except DocumentError as error:
        result.unreadable.append(f"{path.name}: {error.code}")
        return
    clauses = cut_clauses(document)
    source = Source(location=path.name, entity=rows[0]["service"], language="en")
    drafts = asyncio.run(analyze(document, clauses, analyst, source=source)).drafts
    result.drafts += len(drafts)
    grounder = Grounder(document, clauses)
    for row in rows:
        quote = " ".join(_TAG.sub(" ", unescape(row["quote"])).split())
        evidence = grounder.ground(quote)
        if not evidence:
            result.unlocated += 1
            continue
        on = [draft for draft in drafts if _touches(draft, [(span.start, span.end) for span in evidence])]
        level = max((LEVELS.index(draft.severity) for draft in on), default=None)
        result.points.append(Point(path.name, row["case"], row["case_point"], quote, bool(on), level))


def _touches(draft: Draft, spans: Sequence[tuple[int, int]]) -> bool:
    return any(evidence.start < end and start < evidence.end for evidence in draft.evidence for start, end in spans)


def recall_table(points: Sequence[Point], rating: str | None) -> Array:
    """(found, points) of each document; of points with this rating, or of all where it is None."""
    by_document: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for point in points:
        counted = by_document[point.document]
        if rating in (None, point.rating):
            counted[0] += point.found
            counted[1] += 1
    return np.array(list(by_document.values()), dtype=float)


def rank_correlation(points: Sequence[Point]) -> tuple[float, float, int]:
    """Spearman's rho and Kendall's tau-b of our level with the rating, over found points; and the number of these."""
    from scipy.stats import kendalltau, spearmanr

    rated = [(point.level, RATINGS.index(point.rating)) for point in points if point.level is not None]
    if len(rated) < _MIN_RATED:
        return float("nan"), float("nan"), len(rated)
    levels, ratings = zip(*rated, strict=True)
    return float(spearmanr(levels, ratings).statistic), float(kendalltau(levels, ratings).statistic), len(rated)


def report(result: CorpusResult, model: str) -> None:
    """Print recall and our levels by rating, rank correlation, and the documents that could not be read."""
    total = len(result.points) + result.unlocated
    documents = len({point.document for point in result.points})
    print(f"{model} on {documents} documents, {result.drafts} drafts; {len(result.points)} of {total} quotes located")
    print(f"\n  {'':10}{'points':>7}{'found':>8}   95 % interval{'':6}" + "".join(f"{level:>11}" for level in LEVELS))
    for rating in (*RATINGS, None):
        table = recall_table(result.points, rating)
        recall = interval(table, lambda c: ratio(c[..., 0], c[..., 1]), lambda c: c[..., 1])
        points = [point for point in result.points if rating in (None, point.rating)]
        levels = "".join(f"{sum(point.level == n for point in points):>11}" for n in range(len(LEVELS)))
        bounds = f"[{recall.low:.3f}, {recall.high:.3f}]"
        print(f"  {rating or 'all':10}{recall.support:>7.0f}{recall.value:>8.3f}   {bounds:19}{levels}")
    rho, tau, n = rank_correlation(result.points)
    print(f"\n  our level against their rating, {n} found points: Spearman {rho:.3f}, Kendall tau-b {tau:.3f}")
    for name in result.unreadable:
        print(f"  not read: {name}")
    print(PEERS)


def main(arguments: list[str] | None = None) -> int:
    """Print the figures; with ``--lists`` every point that was not found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder that holds tosdr/")
    parser.add_argument("--model", default="offline")
    parser.add_argument("--documents", type=int, help="read only the first so many")
    parser.add_argument("--lists", action="store_true", help="print the points that were not found")
    options = parser.parse_args(arguments)
    folder = options.data / "tosdr"
    if not (folder / "spans.jsonl").is_file():
        print(f"{folder / 'spans.jsonl'}: no such file", file=sys.stderr)
        return 2
    result = measure(folder, choose_analyst(options.model, Settings()), options.documents)
    report(result, options.model)
    if options.lists:
        for point in result.points:
            if not point.found:
                print(f"missed\t{point.rating}\t{point.case}\t{point.document}\t{point.quote}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
