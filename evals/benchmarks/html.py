"""Accuracy and speed of reading HTML: word F1, headings, list items, numbers and time for each page with gold.

Run ``python -m evals.benchmarks.html --data ../shared/data``. Gold is Markdown that hand-written selectors took from
the capture beside it. Where the selectors matched a box and the box around it, a gold file holds its text twice: the
second copy is left out for F1, not for raw F1.
"""

import argparse
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from extractors import extract
from extractors.clauses import cut_clauses
from extractors.html import extract_html
from extractors.layout import Options
from smallprint.records import Block, Document

_WORD = re.compile(r"\w+")
_NUMBER = re.compile(
    r"(?:section |article |§ ?)?[(\[]?"
    r"([0-9]{1,3}(?:\.[0-9]{1,3})+(?=[.)\]:\s])|(?:[0-9]{1,3}|[a-z]|[ivx]{1,5})(?=[.)\]:]+\s))",
    re.IGNORECASE,
)
_LABEL = re.compile(r"[a-z]+|\d+", re.IGNORECASE)
_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64}){1,5}")
_OPENING_WORDS = 25  # of a numbered part, which its clause must hold: clauses are cut where they are very long
# A gold file that repeats so many blocks in a row, and so many words, holds its text twice. Chosen by eye on the gold
# files.
_MIN_REPEATED_BLOCKS, _MIN_REPEATED_WORDS = 6, 200
_MIN_MISSED_HEADINGS = 10  # where we find so many and gold has none, gold has left the headings out
_TIMINGS = 3  # of each page; the fastest counts


@dataclass(frozen=True)
class GoldPart:
    """A heading, list item or paragraph of the gold text: its own words, and the number it shows."""

    kind: str
    words: tuple[str, ...]
    number: str | None


@dataclass(frozen=True)
class GoldText:
    """The gold text of a page, as words and as parts."""

    words: tuple[str, ...]
    headings: tuple[GoldPart, ...]
    items: tuple[GoldPart, ...]
    paragraphs: tuple[GoldPart, ...]


@dataclass(frozen=True)
class PageFigures:
    """The figures of one page; a recall is None where the gold has no part of that kind."""

    page: str
    gold_words: int
    our_words: int
    precision: float
    recall: float
    f1: float
    headings: float | None
    items: float | None
    numbers: float | None
    strays: int  # our headings and list items whose words the gold text does not have
    seconds: float
    trafilatura_seconds: float
    trafilatura_f1: float
    raw_f1: float  # against the whole gold file, repeats included
    note: str = ""


def run(data: Path) -> list[PageFigures]:
    """One row per page of ``data/html`` that has gold, in name order.

    Raises:
        FileNotFoundError: the folder holds no gold.

    """
    golds = sorted((data / "html").glob("*.gold.md"))
    if not golds:
        raise FileNotFoundError(f"no *.gold.md under {data / 'html'}")
    return [_measure(path, path.with_name(path.name.replace(".gold.md", ".html"))) for path in golds]


def _measure(gold_path: Path, page_path: Path) -> PageFigures:
    source = gold_path.read_text(encoding="utf-8")
    gold, repeated = read_gold(source)
    raw = gold if not repeated else read_gold(source, once=False)[0]
    page = page_path.read_bytes()
    note = "gold holds its text twice, counted once" if repeated else ""
    document = extract(page, source=page_path.name, media_type="text/html")
    text, blocks = document.text, document.blocks
    headings = sum(block.kind == "heading" for block in blocks)
    if not gold.headings and headings >= _MIN_MISSED_HEADINGS:
        note = f"gold leaves out all {headings} headings of the page"
    precision, recall, f1 = word_f1(words_of(text), gold.words)
    reference = _trafilatura(page)
    return PageFigures(
        page=page_path.stem,
        gold_words=len(gold.words),
        our_words=len(words_of(text)),
        precision=precision,
        recall=recall,
        f1=f1,
        headings=_part_recall(gold.headings, text, blocks),
        items=_part_recall(gold.items, text, blocks),
        numbers=_number_recall(gold, document),
        strays=_strays(gold, text, blocks),
        seconds=_fastest(lambda: extract_html(page, Options(source=page_path.name))),
        trafilatura_seconds=_fastest(lambda: _trafilatura(page)),
        trafilatura_f1=word_f1(read_gold(reference)[0].words, gold.words)[2],
        raw_f1=word_f1(words_of(text), raw.words)[2],
        note=note,
    )


def word_f1(ours: Sequence[str], gold: Sequence[str]) -> tuple[float, float, float]:
    """Precision, recall and F1 of two bags of words."""
    common = sum((Counter(ours) & Counter(gold)).values())
    precision, recall = common / max(len(ours), 1), common / max(len(gold), 1)
    return precision, recall, 2 * precision * recall / (precision + recall) if common else 0.0


def read_gold(markdown: str, *, once: bool = True) -> tuple[GoldText, bool]:
    """The gold text of a Markdown file, and whether a second copy of the text was left out (never, if not ``once``)."""
    tokens = MarkdownIt("commonmark").enable("table").parse(markdown)
    blocks = [block for block in _gold_blocks(tokens) if block[2]]
    unique = blocks
    while once and len(shorter := _without_repeat(unique)) < len(unique):
        unique = shorter
    gold = GoldText(
        words=tuple(word for kind, number, words in unique for word in _words_with_number(kind, number, words)),
        headings=_parts(unique, "heading"),
        items=_parts(unique, "item"),
        paragraphs=_parts(unique, "paragraph"),
    )
    return gold, len(unique) < len(blocks)


def _parts(blocks: Iterable[tuple[str, str | None, tuple[str, ...]]], kind: str) -> tuple[GoldPart, ...]:
    """The parts of one kind, identical ones once."""
    return tuple(
        dict.fromkeys(GoldPart(kind, words, number) for part_kind, number, words in blocks if part_kind == kind)
    )


def _gold_blocks(tokens: Sequence[Token]) -> Iterator[tuple[str, str | None, tuple[str, ...]]]:
    """(kind, number, words) of each inline token; only the first one inside a list item has the kind ``item``."""
    kind, number = "paragraph", None
    for token in tokens:
        if token.type == "list_item_open":
            kind, number = "item", token.info or None
        elif token.type == "heading_open":
            kind = "heading"
        elif token.type in ("th_open", "td_open"):
            kind, number = "cell", None
        elif token.type in ("list_item_close", "bullet_list_open", "ordered_list_open"):
            kind, number = "paragraph", None
        elif token.type == "inline":
            text = _inline_text(token)
            match = _NUMBER.match(text)
            yield kind, number or (match.group(1) if match else None), tuple(words_of(text))
            kind, number = "paragraph", None
        elif token.type in ("code_block", "fence", "html_block"):
            yield "paragraph", None, tuple(words_of(re.sub(r"<[^>]{1,200}>", " ", token.content)))


def _words_with_number(kind: str, number: str | None, words: tuple[str, ...]) -> list[str]:
    """The words of a block, with the number of an ordered list: markup in gold, but text for a reader."""
    return [number.lower(), *words] if kind == "item" and number and words[:1] != (number.lower(),) else list(words)


def _inline_text(token: Token) -> str:
    parts: list[str] = []
    for child in token.children or ():
        if child.type in ("text", "code_inline"):
            parts.append(child.content)
        elif child.type in ("softbreak", "hardbreak", "html_inline"):
            parts.append(" ")
    # Table cells hold Markdown that the parser leaves as text.
    return re.sub(r"\*\*|[_*`#|]", " ", "".join(parts)).strip()


def _without_repeat(
    blocks: list[tuple[str, str | None, tuple[str, ...]]],
) -> list[tuple[str, str | None, tuple[str, ...]]]:
    """The blocks without the first long run of them that repeats an earlier one; all blocks where none does."""
    first_starts: dict[tuple[tuple[str, ...], ...], int] = {}
    words = [block[2] for block in blocks]
    for start in range(len(words) - _MIN_REPEATED_BLOCKS):
        first = first_starts.setdefault(tuple(words[start : start + _MIN_REPEATED_BLOCKS]), start)
        if start - first >= _MIN_REPEATED_BLOCKS:
            end, original = start, first
            while end < len(words) and original < start and words[end] == words[original]:
                end, original = end + 1, original + 1
            if sum(map(len, words[start:end])) >= _MIN_REPEATED_WORDS:
                return blocks[:start] + blocks[end:]
    return blocks


def words_of(text: str) -> list[str]:
    """The words of a text as they are compared: in lower case, addresses as a page without scripts shows them."""
    # The gold was taken without scripts; it reads "[email protected]" where a content network hides an address.
    return _WORD.findall(_ADDRESS.sub("email protected", text.lower()))


def _of_kind(text: str, blocks: Iterable[Block], kinds: tuple[str, ...]) -> list[tuple[tuple[str, ...], str]]:
    return [
        (tuple(words_of(text[block.start + block.generated : block.end])), text[block.start : block.end])
        for block in blocks
        if block.kind in kinds
    ]


def _part_recall(parts: Sequence[GoldPart], text: str, blocks: Sequence[Block]) -> float | None:
    """Share of the gold parts that are one of our blocks of that kind, with the same words."""
    if not parts:
        return None
    kinds = ("heading",) if parts[0].kind == "heading" else ("list_item",)
    ours = {words for words, _ in _of_kind(text, blocks, kinds)}
    return sum(part.words in ours for part in parts) / len(parts)


def _number_recall(gold: GoldText, document: Document) -> float | None:
    """Share of the gold's numbered parts whose number ends the ``number`` of the clause with the same words.

    A letter or roman numeral counts for any number, because gold writes every list in Arabic numerals.
    """
    numbered = [part for part in (*gold.headings, *gold.items, *gold.paragraphs) if part.number]
    if not numbered:
        return None
    clauses = [
        (_label(clause.number or ""), f" {' '.join(words_of(clause.text))} ") for clause in cut_clauses(document)
    ]
    hits = 0
    for part in numbered:
        words = f" {' '.join(part.words[:_OPENING_WORDS])} "
        label = _label(part.number or "")
        numbers = [number for number, text in clauses if words in text]
        hits += any(number and (number[-len(label) :] == label or number[-1].isalpha()) for number in numbers)
    return hits / len(numbered)


def _label(number: str) -> list[str]:
    return [part.lower() for part in _LABEL.findall(number)]


def _strays(gold: GoldText, text: str, blocks: Sequence[Block]) -> int:
    gold_words = " " + " ".join(gold.words) + " "
    ours = _of_kind(text, blocks, ("heading", "list_item"))
    return sum(1 for words, _ in ours if words and f" {' '.join(words)} " not in gold_words)


def _trafilatura(page: bytes) -> str:
    import trafilatura

    return (
        trafilatura.extract(
            page, favor_recall=True, include_tables=True, include_formatting=True, output_format="markdown"
        )
        or ""
    )


def _fastest(work: Callable[[], object]) -> float:
    times = []
    for _ in range(_TIMINGS):
        started = time.process_time()
        work()
        times.append(time.process_time() - started)
    return min(times)


def table(rows: Sequence[PageFigures]) -> str:
    """The pages as lines of text, then totals."""
    heads = ("gold", "ours", "P", "R", "F1", "raw F1", "head", "item", "num", "stray", "ms", "traf ms", "traf F1")
    lines = [f"{'page':46}" + "".join(f"{head:>8}" for head in heads)]
    lines.extend(_line(row) for row in rows)
    seconds, reference = sum(row.seconds for row in rows), sum(row.trafilatura_seconds for row in rows)
    lines.append(
        f"mean F1 {_mean(row.f1 for row in rows):.4f} (trafilatura {_mean(row.trafilatura_f1 for row in rows):.4f}), "
        f"worst {min(row.f1 for row in rows):.3f} ({min(row.trafilatura_f1 for row in rows):.3f}), "
        f"throughput {reference / seconds:.2f} x trafilatura's"
    )
    lines.append(
        f"against the whole gold files, repeats included: mean F1 {_mean(row.raw_f1 for row in rows):.4f}, "
        f"worst {min(row.raw_f1 for row in rows):.3f}"
    )
    return "\n".join(lines)


def _line(row: PageFigures) -> str:
    cells = (
        f"{row.gold_words}",
        f"{row.our_words}",
        *(f"{value:.3f}" for value in (row.precision, row.recall, row.f1, row.raw_f1)),
        *("-" if value is None else f"{value:.2f}" for value in (row.headings, row.items, row.numbers)),
        f"{row.strays}",
        f"{row.seconds * 1000:.1f}",
        f"{row.trafilatura_seconds * 1000:.1f}",
        f"{row.trafilatura_f1:.3f}",
    )
    return f"{row.page[:45]:46}" + "".join(f"{cell:>8}" for cell in cells) + (f"  {row.note}" if row.note else "")


def _mean(values: Iterable[float]) -> float:
    collected = list(values)
    return sum(collected) / len(collected)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; exit code 2 where the data is missing."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, required=True, help="the folder that holds html/")
    try:
        rows = run(parser.parse_args(arguments).data)
    except FileNotFoundError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write(table(rows) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
