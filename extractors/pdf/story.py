"""The lines of a PDF in reading order, with what typesetting says about each and about the document as a whole."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from extractors.line_shapes import split_bullet
from extractors.pdf.columns import Line, line_text, reading_order
from extractors.pdf.joins import Vocabulary, join
from extractors.pdf.page import Cell, Page, common_size

_LEADERS = re.compile(r"(?:\.\s?){4}\s{0,8}(?:\d{1,4}|[ivxlc]{1,7})\s{0,8}$")
_DOTS = re.compile(r"\s{0,8}(?<!\.)\.{2,}(?=\s|$)|\s{0,8}(?:\.\s){3,}\.?")  # that lead the eye to the next cell


@dataclass
class Text:
    """One line with what typesetting says about it."""

    text: str
    bold: int  # leading characters
    size: float  # that most of its characters are set in, points
    sizes: frozenset[float]  # all that at least two characters are set in, to half points
    x0: float
    x1: float
    top: float
    bottom: float
    left: float  # of its column's text
    right: float
    page: int
    opens_column: bool
    first_word: float  # width of the first word, points
    cells: str | None = None  # a table row

    @property
    def all_bold(self) -> bool:
        """Whether nothing on the line is in plain type."""
        return self.bold >= len(self.text) > 0

    @property
    def indent(self) -> float:
        """Points between the column's edge and the line."""
        return self.x0 - self.left


@dataclass
class Group:
    """Lines that make one block."""

    lines: list[Text]
    head: bool = False

    @property
    def first(self) -> Text:
        """The line that opens the block."""
        return self.lines[0]

    @property
    def last(self) -> Text:
        """The line read last."""
        return self.lines[-1]


@dataclass
class Story:
    """All lines of a document in reading order, and what is known about its type."""

    lines: list[Text] = field(default_factory=list)
    sizes: Counter[float] = field(default_factory=Counter)
    bold: int = 0
    gutters: list[float] = field(default_factory=list)
    contents: int = 0  # lines of a table of contents left out
    vocabulary: Vocabulary = field(default_factory=Vocabulary)

    def add(self, page: Page) -> None:
        """Lay out one page and take its lines."""
        for column in reading_order(page.words, self.gutters, page.rules):
            for index, line in enumerate(column):
                for text in self._texts(line, page, opens=index == 0):
                    self.lines.append(text)

    def _texts(self, line: Line, page: Page, *, opens: bool) -> Iterator[Text]:
        if line.table is not None:
            for row in page.tables[line.table].rows:
                cells = [text for cell in row if (text := self._cell(cell))]
                if cells:
                    yield _text(line, " | ".join(cells), 0, page.number, opens=False, cells=" | ".join(cells))
            return
        text, bold = line_text(line.words)
        if _LEADERS.search(text):
            self.contents += 1
            return
        for word in line.words:
            self.sizes[round(word.size * 2) / 2] += len(word.text)
            self.bold += len(word.text) if word.bold else 0
        self.vocabulary.learn([text])
        yield _text(line, text, bold, page.number, opens=opens)

    def _cell(self, cell: Cell) -> str:
        text = ""
        for column in reading_order(cell.words, []):
            for line in column:
                one = _DOTS.sub("", line_text(line.words)[0])
                self.vocabulary.learn([one])
                anew = bool(split_bullet(one)[0])
                text = f"{text}\n{one}" if text and anew else join(text, one, self.vocabulary)
        return text

    @property
    def body(self) -> float:
        """The type size of the running text."""
        return self.sizes.most_common(1)[0][0] if self.sizes else 10.0

    @property
    def mostly_bold(self) -> bool:
        """Whether bold is this document's plain type."""
        return self.bold > 0.5 * sum(self.sizes.values())


def _text(line: Line, text: str, bold: int, page: int, *, opens: bool, cells: str | None = None) -> Text:
    first = line.words[0]
    return Text(
        text=text,
        bold=bold,
        size=common_size(line.words),
        sizes=frozenset(round(word.size * 2) / 2 for word in line.words if len(word.text) > 1),
        x0=line.x0,
        x1=line.x1,
        top=line.top,
        bottom=line.bottom,
        left=line.left,
        right=line.right,
        page=page,
        opens_column=opens,
        first_word=first.x1 - first.x0,
        cells=cells,
    )
