"""Accuracy and speed of grounding: generated quotes of every kind, true and false, from real documents.

Run ``python -m evals.benchmarks.grounding --data ../shared/data``. ``quotes.KINDS`` says which statuses each kind may
have. A second table shows the windows of the documents: how full they are, and how many change with an edit.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from classifiers.grounding import Grounder
from evals.benchmarks.corpus import CutDocument, newest_versions
from evals.benchmarks.quotes import KINDS, Quote, make_quotes
from evals.benchmarks.windows import WindowFigures, measure_windows
from extractors import extract
from extractors.clauses import cut_clauses
from smallprint.records import Evidence

_MIN_LENGTH, _MAX_LENGTH = 25_000, 110_000  # characters of a document: enough clauses to quote, and quick to read
_QUOTES = 5_400  # some kinds cannot be made from every document; at least 5,000 are left
_MAX_EDGE_DIFFERENCE = 6  # characters: list numbers and marks that evidence may have more or less than the quote
_MAX_LISTED_FAILURES = 20


@dataclass
class KindFigures:
    """The statuses and times of the quotes of one kind."""

    kind: str
    statuses: Counter[str] = field(default_factory=Counter)
    right: int = 0  # quotes whose evidence is where they were taken from
    seconds: float = 0.0

    @property
    def quotes(self) -> int:
        """Number of quotes."""
        return self.statuses.total()


@dataclass(frozen=True)
class GroundingFigures:
    """Everything that ``run`` measures."""

    kinds: tuple[KindFigures, ...]
    build: float  # seconds to build a grounder, for 60 kB
    failures: tuple[str, ...]  # quotes with a status or a place that their kind must not have
    windows: tuple[WindowFigures, ...]


def load_documents(data: Path) -> dict[str, CutDocument]:
    """The newest version of each document of ``versions/`` that is neither short nor huge, by name."""
    loaded = {}
    for name, path in newest_versions(data).items():
        document = extract(path.read_bytes(), source=path.name, media_type="text/markdown")
        if _MIN_LENGTH <= len(document.text) <= _MAX_LENGTH:
            loaded[name] = CutDocument(document, cut_clauses(document))
    return loaded


def ground_quotes(quoted: CutDocument, quotes: Sequence[Quote], kinds: dict[str, KindFigures]) -> Iterator[str]:
    """Ground each quote, count it under its kind, and yield those with a wrong status or in a wrong place."""
    grounder = Grounder(quoted.document, quoted.clauses)
    window = [clause.id for clause in quoted.clauses]
    for quote in quotes:
        low, high = quote.window
        started = time.process_time()
        evidence = grounder.ground(quote.text, cited=quote.cited, window=window[low:high])
        figures = kinds.setdefault(quote.kind, KindFigures(quote.kind))
        figures.seconds += time.process_time() - started
        status = evidence[0].status if evidence else "unlocated"
        figures.statuses[status] += 1
        kind = KINDS[quote.kind]
        right = _is_right(evidence, quote, exactly=kind.settles_span) if evidence else False
        figures.right += right
        if status not in kind.statuses or (status != "unlocated" and quote.span and not right):
            yield f"{quote.kind}: {status}{'' if right else ' elsewhere'}: {quote.text!r}"


def _is_right(evidence: Sequence[Evidence], quote: Quote, *, exactly: bool) -> bool:
    """Whether the evidence is where the quote was taken from, give or take marks at its ends.

    Where the kind does not settle the span, or ``exactly`` is false, it must be in the right clause.
    """
    if quote.span is None:
        return False
    if not exactly:
        return all(quote.cited[0] in part.clauses for part in evidence)
    start, end = quote.span
    return max(abs(evidence[0].start - start), abs(evidence[-1].end - end)) <= _MAX_EDGE_DIFFERENCE


def run(data: Path, *, quotes: int = _QUOTES, seed: int = 7) -> GroundingFigures:
    """Generate quotes from the documents in ``data/versions``, ground them, measure the windows.

    Raises:
        FileNotFoundError: the folder has no versions/manifest.jsonl.

    """
    loaded = load_documents(data)
    kinds: dict[str, KindFigures] = {}
    failures: list[str] = []
    random = Random(seed)  # noqa: S311 -- the same quotes every time
    each = -(-quotes // (len(loaded) * len(KINDS)))
    for document in loaded.values():
        for quoted, quotes_of_it in make_quotes(document, random, each):
            failures.extend(ground_quotes(quoted, quotes_of_it, kinds))
    windows = tuple(measure_windows(name, *document, random) for name, document in loaded.items())
    in_order = tuple(kinds[kind] for kind in KINDS if kind in kinds)
    return GroundingFigures(in_order, _build_time(loaded.values()), tuple(failures), windows)


def _build_time(documents: Collection[CutDocument]) -> float:
    started = time.process_time()
    for document, clauses in documents:
        Grounder(document, clauses)
    characters = sum(len(document.text) for document, _ in documents)
    return (time.process_time() - started) * 60_000 / characters


_STATUSES = ("exact", "normalized", "spliced", "fuzzy", "ambiguous", "unlocated")


def table(result: GroundingFigures) -> str:
    """A line for each kind, then totals, failures and windows."""
    lines = [f"{'kind':34}{'quotes':>8}" + "".join(f"{status:>11}" for status in _STATUSES) + f"{'right':>8}{'ms':>7}"]
    for kind in result.kinds:
        right = f"{kind.right / kind.quotes:.1%}" if KINDS[kind.kind].true else "-"
        counts = "".join(f"{kind.statuses[status]:>11}" for status in _STATUSES)
        lines.append(f"{kind.kind:34}{kind.quotes:>8}{counts}{right:>8}{kind.seconds / kind.quotes * 1000:>7.2f}")
    total = sum(kind.quotes for kind in result.kinds)
    seconds = sum(kind.seconds for kind in result.kinds)
    lines += [
        f"{total} quotes, {seconds / total * 1000:.2f} s of processor time per thousand",
        f"built in {result.build * 1000:.0f} ms for 60 kB",
        f"{len(result.failures)} have a wrong status or place",
        *(f"  {failure[:200]}" for failure in result.failures[:_MAX_LISTED_FAILURES]),
        "",
        WindowFigures.heading(),
        *(row.line() for row in result.windows),
        WindowFigures.summary(result.windows),
    ]
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the tables; exit code 1 where a quote fails, 2 where the data is missing."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, required=True, help="the folder that holds versions/")
    parser.add_argument("--quotes", type=int, default=_QUOTES, help="about how many")
    options = parser.parse_args(arguments)
    try:
        result = run(options.data, quotes=options.quotes)
    except FileNotFoundError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write(table(result) + "\n")
    return 1 if result.failures else 0


if __name__ == "__main__":
    sys.exit(main())
