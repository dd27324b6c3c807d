"""One page of a PDF as words with boxes: the nouns that reading, tables, columns and furniture share."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias

PlumberPage: TypeAlias = Any  # pdfplumber publishes no types


class Word(NamedTuple):
    """A word, or a whole table standing as one, in points from the page's top left corner."""

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    size: float
    bold: bool = False
    table: int | None = None  # index into Page.tables


Place: TypeAlias = tuple[float, float, float, float]  # left, top, right, bottom in points


@dataclass(frozen=True)
class Cell:
    """One cell of a ruled table."""

    words: tuple[Word, ...]


@dataclass(frozen=True)
class Table:
    """Rows of cells, top to bottom, left to right."""

    rows: tuple[tuple[Cell, ...], ...]


@dataclass
class Page:
    """What one page holds, before its layout is understood."""

    number: int  # from 1
    width: float
    height: float
    words: list[Word]
    tables: list[Table] = field(default_factory=list)
    rules: list[tuple[float, float, float]] = field(default_factory=list)  # long horizontal lines: x0, x1, y
    pictured: float = 0.0  # share of the page that its largest image covers, 0-1
    pictures: list[Place] = field(default_factory=list)  # large images that next to no text is printed on
    scanned: bool = False  # the words were read from a picture
    hidden: int = 0  # characters left out because nobody can see them
    turned: int = 0  # characters left out because they run up or down the margin or stand askew
    turn: int = 0  # 1 or -1 where the page is set sideways: words and measures are those of the page turned upright
    unmapped: int = 0  # glyphs without a character

    @property
    def characters(self) -> int:
        """Visible characters."""
        return sum(len(word.text) for word in self.words) + sum(
            len(word.text) for table in self.tables for row in table.rows for cell in row for word in cell.words
        )


def common_size(words: Iterable[Word]) -> float:
    """The type size that most characters are set in."""
    sizes: Counter[float] = Counter()
    for word in words:
        sizes[round(word.size, 1)] += len(word.text)
    return sizes.most_common(1)[0][0] if sizes else 10.0
