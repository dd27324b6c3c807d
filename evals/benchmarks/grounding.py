"""How surely and how fast quotations are proven: generated quotes of every kind, true and false, from real documents.

Run ``python -m evals.benchmarks.grounding --data ../shared/data``. What a kind must and must not yield is in ``KINDS``.
A second table shows the windows: how full they are, and how many change when a document does.
"""

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from classifiers.grounding import Grounder
from evals.benchmarks.quotes import KINDS, Quote, Text, make_quotes
from evals.benchmarks.windows import WindowsRow, measure_windows
from extractors import extract
from extractors.clauses import cut_clauses
from smallprint.records import Clause, Document, Evidence

_SMALLEST, _LARGEST = 25_000, 110_000  # characters of the documents taken
_QUOTES = 5_400  # some kinds cannot be made from every document; at least 5,000 are left
_MARKS_WIDTH = 6  # characters of list numbers and marks that evidence may have more or less than the quote


@dataclass
class Row:
    """What became of the quotes of one kind."""

    kind: str
    statuses: Counter[str] = field(default_factory=Counter)
    right: int = 0  # evidence is where the quote was taken from
    seconds: float = 0.0

    @property
    def quotes(self) -> int:
        """Number of quotes."""
        return self.statuses.total()


@dataclass(frozen=True)
class Result:
    """All of what ``run`` measures."""

    rows: tuple[Row, ...]
    build: float  # seconds to build a grounder, for 60 kB
    failures: tuple[str, ...]  # quotes that broke their kind's promise
    windows: tuple[WindowsRow, ...]


def load_documents(data: Path) -> list[tuple[str, Document, tuple[Clause, ...]]]:
    """The latest version of each document of ``versions/`` that is neither short nor huge, with its clauses."""
    latest: dict[str, str] = {}
    with (data / "versions" / "manifest.jsonl").open(encoding="utf-8") as manifest:
        for line in manifest:
            file = json.loads(line)["file"]
            latest[file.rpartition("/")[0]] = file
    loaded = []
    for name, file in sorted(latest.items()):
        document = extract((data / "versions" / file).read_bytes(), source=file, media_type="text/markdown")
        if _SMALLEST <= len(document.text) <= _LARGEST:
            loaded.append((name, document, cut_clauses(document)))
    return loaded


def ground_quotes(text: Text, quotes: Sequence[Quote], rows: dict[str, Row]) -> Iterator[str]:
    """Ground each quote, count it in its kind's row, and yield those that break their kind's promise."""
    grounder = Grounder(text.document, text.clauses)
    window = [clause.id for clause in text.clauses]
    for quote in quotes:
        low, high = quote.window
        started = time.process_time()
        evidence = grounder.ground(quote.text, cited=quote.cited, window=window[low:high])
        row = rows.setdefault(quote.kind, Row(quote.kind))
        row.seconds += time.process_time() - started
        status = evidence[0].status if evidence else "unlocated"
        row.statuses[status] += 1
        promise = KINDS[quote.kind]
        right = _is_right(evidence, quote, exactly=promise.settles_span) if evidence else False
        row.right += right
        if status not in promise.statuses or (status != "unlocated" and quote.span and not right):
            yield f"{quote.kind}: {status}{'' if right else ' elsewhere'}: {quote.text!r}"


def _is_right(evidence: Iterable[Evidence], quote: Quote, *, exactly: bool) -> bool:
    """Whether the evidence stands where the quote was taken from, but for marks at its ends; else in its clause."""
    spans = [(one.start, one.end) for one in evidence]
    if quote.span is None or not exactly:
        return quote.span is not None and all(quote.cited[0] in one.clauses for one in evidence)
    off = abs(spans[0][0] - quote.span[0]), abs(spans[-1][1] - quote.span[1])
    return max(off) <= _MARKS_WIDTH


def run(data: Path, *, quotes: int = _QUOTES, seed: int = 7) -> Result:
    """Generate quotes from the documents in ``data/versions``, ground them, measure the windows.

    Raises:
        FileNotFoundError: the folder has no versions/manifest.jsonl.

    """
    loaded = load_documents(data)
    rows: dict[str, Row] = {}
    failures: list[str] = []
    random = Random(seed)  # noqa: S311 -- the same quotes every time
    each = -(-quotes // (len(loaded) * len(KINDS)))
    for _, document, clauses in loaded:
        for text, some in make_quotes(document, clauses, random, each):
            failures.extend(ground_quotes(text, some, rows))
    windows = [measure_windows(name, document, clauses, random) for name, document, clauses in loaded]
    ordered = tuple(rows[kind] for kind in KINDS if kind in rows)
    return Result(ordered, _build_time(loaded), tuple(failures), tuple(windows))


def _build_time(loaded: Sequence[tuple[str, Document, tuple[Clause, ...]]]) -> float:
    started = time.process_time()
    for _, document, clauses in loaded:
        Grounder(document, clauses)
    characters = sum(len(document.text) for _, document, _ in loaded)
    return (time.process_time() - started) * 60_000 / characters


_STATUSES = ("exact", "normalized", "spliced", "fuzzy", "ambiguous", "unlocated")


def table(result: Result) -> str:
    """The rows as text, totals and broken promises below."""
    lines = [f"{'kind':34}{'quotes':>8}" + "".join(f"{status:>11}" for status in _STATUSES) + f"{'right':>8}{'ms':>7}"]
    for row in result.rows:
        right = f"{row.right / row.quotes:.1%}" if KINDS[row.kind].true else "-"
        counts = "".join(f"{row.statuses[status]:>11}" for status in _STATUSES)
        lines.append(f"{row.kind:34}{row.quotes:>8}{counts}{right:>8}{row.seconds / row.quotes * 1000:>7.2f}")
    total = sum(row.quotes for row in result.rows)
    seconds = sum(row.seconds for row in result.rows)
    lines += [
        f"{total} quotes, {seconds / total * 1000:.2f} s of processor time a thousand",
        f"built in {result.build * 1000:.0f} ms for 60 kB",
        f"{len(result.failures)} broke their kind's promise",
        *(f"  {failure[:200]}" for failure in result.failures[:20]),
        "",
        WindowsRow.heading(),
        *(row.line() for row in result.windows),
        WindowsRow.summary(result.windows),
    ]
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the tables; exit code 1 where a promise is broken, 2 where the data is not there."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, required=True, help="the folder that holds versions/")
    parser.add_argument("--quotes", type=int, default=_QUOTES, help="how many, about")
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
