"""Read the sources of the PDF and the DOCX sample: a small Markdown with typed clause numbers."""

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["title", "heading", "clause", "paragraph", "table"]

# How a block begins, and its level: "## 3. Title", "3.1 Text", "  (a) text", "    (i) text".
_SHAPES: tuple[tuple[re.Pattern[str], Kind, int], ...] = (
    (re.compile(r"# (?P<text>.+)"), "title", 0),
    (re.compile(r"## (?P<number>\d+\.|Schedule \d+:|Addendum [A-Z]:) (?P<text>.+)"), "heading", 1),
    (re.compile(r"(?P<number>[0-9A-Z]+\.\d+) (?P<text>.+)"), "clause", 2),
    (re.compile(r" {2}(?P<number>\([a-z]\)) (?P<text>.+)"), "clause", 3),
    (re.compile(r" {4}(?P<number>\([ivx]+\)) (?P<text>.+)"), "clause", 4),
)
_ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x")
_BOLD = re.compile(r"\*\*([^*]+)\*\*")


@dataclass(frozen=True)
class SourceBlock:
    """One block of a source; ``text`` keeps its ``**bold**`` marks, a table keeps its cells in ``rows``."""

    kind: Kind
    text: str
    number: str = ""
    level: int = 0  # 1 section, 2 clause, 3 "(a)", 4 "(i)"; 0 without a number
    rows: tuple[tuple[str, ...], ...] = ()


def read_source(source: str) -> tuple[SourceBlock, ...]:
    """The blocks of a source, with checked numbers.

    Raises:
        ValueError: a number is out of sequence.

    """
    blocks = tuple(_block(part) for part in re.split(r"\n{2,}", source.strip("\n")))
    _check_numbers(blocks)
    return blocks


def bold_parts(text: str) -> list[tuple[str, bool]]:
    """Text cut at its ``**bold**`` marks: (words, whether bold), empty parts left out."""
    parts = _BOLD.split(text)
    return [(part, index % 2 == 1) for index, part in enumerate(parts) if part]


def _block(part: str) -> SourceBlock:
    if part.startswith("|"):
        lines = [line.strip("|").split("|") for line in part.splitlines()]
        rows = tuple(tuple(cell.strip() for cell in line) for line in lines if set("".join(line)) - set("-"))
        return SourceBlock("table", "", rows=rows)
    for shape, kind, level in _SHAPES:
        match = shape.fullmatch(part)
        if match:
            groups = match.groupdict()
            return SourceBlock(kind, groups["text"], groups.get("number", ""), level)
    return SourceBlock("paragraph", part)


def _check_numbers(blocks: tuple[SourceBlock, ...]) -> None:
    section, counters = "", [0] * 5
    for block in blocks:
        if not block.level:
            continue
        counters[block.level] += 1
        counters[block.level + 1 :] = [0] * (4 - block.level)
        if block.level == 1:
            name = block.number.rstrip(".:").removeprefix("Schedule ").removeprefix("Addendum ")
            counters[1] = counters[1] if name == str(counters[1]) else 1
            section = name if name.isalpha() else str(counters[1])
        expected = {
            1: section,
            2: f"{section}.{counters[2]}",
            3: f"({chr(96 + counters[3])})",
            4: f"({_ROMAN[counters[4] - 1]})",
        }[block.level]
        if block.number.rstrip(".:").split(" ")[-1] != expected:
            raise ValueError(f"number {block.number!r} where {expected} is expected: {block.text[:60]}")
