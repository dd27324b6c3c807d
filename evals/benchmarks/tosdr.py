"""ToS;DR: how many passages that volunteers pointed at are found, and whether they are rated in the same order.

Run ``python -m evals.benchmarks.tosdr --data ../shared/data``. Points are not exhaustive, so that only recall means
anything. A point counts where its quote is located in the text that we extract. Ratings: good, neutral, bad, blocker.
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

RATINGS = ("good", "neutral", "bad", "blocker")
_TAG = re.compile(r"<[^<>]{0,2000}>")
PEERS = """\
  peers: we know of no published figure for finding passages in ToS;DR documents. Rank correlation has a bound: a rating
  belongs to the case (a sentence about services in general), not to the wording of the passage."""


@dataclass(frozen=True)
class Point:
    """One passage that a volunteer pointed at."""

    document: str
    case: str
    rating: str
    quote: str
    found: bool
    level: int | None  # of the severest draft on it


@dataclass
class Tally:
    """What became of all points."""

    points: list[Point] = field(default_factory=list)
    unlocated: int = 0
    unreadable: list[str] = field(default_factory=list)
    drafts: int = 0


def measure(folder: Path, analyst: Analyst, most: int | None = None) -> Tally:
    """Run the analyst on every document that has points."""
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for line in (folder / "spans.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        rows[row["doc"]].append(row)
    tally = Tally()
    for name in sorted(rows)[:most]:
        _document(folder / "docs" / name, rows[name], analyst, tally)
    return tally


def _document(path: Path, rows: Sequence[Mapping[str, Any]], analyst: Analyst, tally: Tally) -> None:
    # The files are texts with remains of markup; only a page of HTML declares itself.
    data = f"<!doctype html><html><body>{path.read_text(encoding='utf-8')}</body></html>".encode()
    try:
        document = extract(data, source=path.name, media_type="text/html", language="en")
    except DocumentError as error:
        tally.unreadable.append(f"{path.name}: {error.code}")
        return
    clauses = cut_clauses(document)
    source = Source(location=path.name, entity=rows[0]["service"], language="en")
    drafts = asyncio.run(analyze(document, clauses, analyst, source=source)).drafts
    tally.drafts += len(drafts)
    grounder = Grounder(document, clauses)
    for row in rows:
        quote = " ".join(_TAG.sub(" ", unescape(row["quote"])).split())
        evidence = grounder.ground(quote)
        if not evidence:
            tally.unlocated += 1
            continue
        on = [draft for draft in drafts if _touches(draft, [(one.start, one.end) for one in evidence])]
        level = max((LEVELS.index(draft.severity) for draft in on), default=None)
        tally.points.append(Point(path.name, row["case"], row["case_point"], quote, bool(on), level))


def _touches(draft: Draft, spans: Sequence[tuple[int, int]]) -> bool:
    return any(one.start < end and start < one.end for one in draft.evidence for start, end in spans)


def recall_table(points: Sequence[Point], rating: str | None) -> Array:
    """(found, points) of each document."""
    by_document: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for point in points:
        counted = by_document[point.document]
        if rating in (None, point.rating):
            counted[0] += point.found
            counted[1] += 1
    return np.array(list(by_document.values()), dtype=float)


def rank_correlation(points: Sequence[Point]) -> tuple[float, float, int]:
    """Spearman's rho and Kendall's tau-b of our level with the rating over found points, and their number."""
    from scipy.stats import kendalltau, spearmanr

    rated = [(point.level, RATINGS.index(point.rating)) for point in points if point.level is not None]
    if len(rated) < 3:
        return float("nan"), float("nan"), len(rated)
    ours, theirs = [one for one, _ in rated], [other for _, other in rated]
    return float(spearmanr(ours, theirs).statistic), float(kendalltau(ours, theirs).statistic), len(rated)


def report(tally: Tally, model: str) -> None:
    """Print recall by rating, the levels given to each rating, rank correlation and what was not counted."""
    total = len(tally.points) + tally.unlocated
    documents = len({point.document for point in tally.points})
    print(f"{model} on {documents} documents, {tally.drafts} drafts; {len(tally.points)} of {total} quotes located")
    print(f"\n  {'':10}{'points':>7}{'found':>8}   95 % interval{'':6}" + "".join(f"{level:>11}" for level in LEVELS))
    for rating in (*RATINGS, None):
        table = recall_table(tally.points, rating)
        one = interval(table, lambda c: ratio(c[..., 0], c[..., 1]), lambda c: c[..., 1])
        some = [point for point in tally.points if rating in (None, point.rating)]
        levels = "".join(f"{sum(point.level == n for point in some):>11}" for n in range(len(LEVELS)))
        bounds = f"[{one.low:.3f}, {one.high:.3f}]"
        print(f"  {rating or 'all':10}{one.support:>7.0f}{one.value:>8.3f}   {bounds:19}{levels}")
    rho, tau, n = rank_correlation(tally.points)
    print(f"\n  our level against their rating, {n} found points: Spearman {rho:.3f}, Kendall tau-b {tau:.3f}")
    for name in tally.unreadable:
        print(f"  not read: {name}")
    print(PEERS)


def main(arguments: list[str] | None = None) -> int:
    """Print the figures; with ``--lists`` every point that was not found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder that holds tosdr/")
    parser.add_argument("--model", default="offline")
    parser.add_argument("--documents", type=int, help="only the first so many")
    parser.add_argument("--lists", action="store_true", help="print the points that were not found")
    options = parser.parse_args(arguments)
    folder = options.data / "tosdr"
    if not (folder / "spans.jsonl").is_file():
        print(f"{folder / 'spans.jsonl'}: no such file", file=sys.stderr)
        return 2
    tally = measure(folder, choose_analyst(options.model, Settings()), options.documents)
    report(tally, options.model)
    if options.lists:
        for point in tally.points:
            if not point.found:
                print(f"missed\t{point.rating}\t{point.case}\t{point.document}\t{point.quote}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
