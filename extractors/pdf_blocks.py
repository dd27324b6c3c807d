"""Lines of a PDF to blocks: paragraphs joined across lines, columns and pages; headings, list items, table rows."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from extractors.layout import RawBlock
from extractors.line_shapes import (
    depth,
    is_caps,
    is_dated,
    is_lettered,
    is_numbered_title,
    is_title,
    split_bullet,
    split_marker,
)
from extractors.pdf_columns import Line, line_text, reading_order
from extractors.pdf_joins import Vocabulary, join
from extractors.pdf_words import Cell, Page, common_size

_ENDED = re.compile(r"[.!?:;]['\"’”)\]⁰¹²³⁴⁵⁶⁷⁸⁹]*$")
_OPEN_END = re.compile(r"(?:[;,]|\b(?:and|or|und|oder|et|ou|y|o|e|lub|i))$")
_LEADERS = re.compile(r"(?:\.\s?){4,}\s*(?:\d{1,4}|[ivxlc]{1,7})\s*$")
_DEEPEST = 6
_TAIL = 40  # words; a longer second half stays in its column, so that the page is still read in its own order
_REACH = 40


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
                one = line_text(line.words)[0]
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


def blocks(story: Story) -> Iterator[RawBlock]:
    """The blocks of the whole document."""
    groups = _rejoined(list(_groups(story)), story)
    for group in groups:
        group.head = _is_head(group, story)
    _demote_runs(groups)
    levels = _levels(groups)
    margins = _item_margins(groups)
    for group in groups:
        yield _block(group, levels, margins, story.vocabulary)


def _groups(story: Story) -> Iterator[Group]:
    group: Group | None = None
    for line in story.lines:
        if group is not None and line.cells is None and group.last.cells is None and not _begins(line, group, story):
            group.lines.append(line)
            continue
        if group is not None:
            yield group
        group = Group([line])
    if group is not None:
        yield group


def _begins(line: Text, group: Group, story: Story) -> bool:
    """Whether a line opens a new block rather than continuing the group."""
    before = group.last
    if _differs(line, before) or _is_marked(line, before, group):
        return True
    lower = line.text[:1].islower()
    if line.opens_column or line.page != before.page or line.top < before.top:
        return _begins_beyond(line, group, story)
    if line.top - before.top > 1.75 * max(before.size, line.size) and line.top - before.bottom > 0.62 * line.size:
        return True
    if line.all_bold != before.all_bold and (line.all_bold or (before.all_bold and not lower)):
        return not (lower and not _ENDED.search(before.text))
    if _is_centered(line) and _is_centered(before):
        return False
    return (_is_short(before, line) and not (lower and not _ENDED.search(before.text))) or _is_indented(line, group)


def _rejoined(groups: list[Group], story: Story) -> list[Group]:
    """Paragraphs whose two halves have footnotes or a table between them, made whole where they begin."""
    result: list[Group] = []
    taken: set[int] = set()
    for index, group in enumerate(groups):
        if index in taken:
            continue
        following = index
        while (nxt := _continuation(groups, following, group, story)) is not None and nxt not in taken:
            group.lines += groups[nxt].lines
            taken.add(nxt)
            following = nxt
        result.append(group)
    return result


def _continuation(groups: list[Group], index: int, group: Group, story: Story) -> int | None:
    """Where the text of a group that ends a column in mid-sentence goes on, past what is set in other type."""
    last = group.last
    if last.cells is not None or _ENDED.search(last.text) or _is_head(group, story):
        return None
    for later in range(index + 1, min(index + _REACH, len(groups))):
        first = groups[later].first
        if first.cells is not None or _differs(first, last):
            continue
        moved_on = first.page != last.page or first.top < last.top or first.x0 > last.x1
        fits = moved_on and first.opens_column and later > index + 1 and not _begins_beyond(first, group, story)
        short = sum(len(line.text.split()) for line in groups[later].lines) <= _TAIL
        return later if fits and short and not split_marker(first.text)[0] else None
    return None


def _differs(line: Text, before: Text) -> bool:
    """Whether two lines have no type size in common; small capitals and raised marks part no line from the next."""
    if abs(line.size - before.size) <= 0.8:
        return False
    return not any(abs(one - other) <= 0.5 for one in line.sizes for other in before.sizes)


def _begins_beyond(line: Text, group: Group, story: Story) -> bool:
    """The same over the end of a column or page, where space says nothing."""
    before = group.last
    if _is_head(group, story) or line.all_bold != before.all_bold:
        return True
    if line.text[:1].islower() or re.search(r"[-\u00ad,]$", before.text):
        return False
    below = line.page == before.page and line.x0 < before.x1 and line.top > before.bottom
    if below or _is_short(before, line):
        return True
    return (
        bool(_ENDED.search(before.text)) or line.indent > 0.8 * line.size or is_caps(line.text) != is_caps(before.text)
    )


def _is_marked(line: Text, before: Text, group: Group) -> bool:
    """Whether a line opens with a bullet or a number that is no chance of line breaking."""
    if split_bullet(line.text)[0]:
        return (
            line.text[0] not in "-–—"
            or abs(line.x0 - before.x0) > 1
            or bool(split_bullet(group.first.text)[0])
            or bool(_ENDED.search(before.text) or _OPEN_END.search(before.text))
        )
    number, rest = split_marker(line.text)
    if not number or not rest:
        return False
    if _ENDED.search(before.text) or _OPEN_END.search(before.text) or before.all_bold or line.bold:
        return True
    same_margin = abs(line.x0 - group.first.x0) < 3 and split_marker(group.first.text)[0] != "" and len(group.lines) > 1
    hanging = same_margin and abs(group.last.x0 - group.first.x0) > 4
    return hanging or _is_short(before, line)


def _is_short(before: Text, line: Text) -> bool:
    """Whether the next line's first word would have fitted: then the line end was meant."""
    return before.x1 + 0.25 * line.size + line.first_word < before.right - 0.1 * line.size


def _is_indented(line: Text, group: Group) -> bool:
    """Whether a line opens a paragraph by its indent."""
    before = group.last
    if line.x0 - before.x0 < 0.7 * line.size:
        return False
    opens = len(group.lines) == 1
    hangs = opens and bool(split_bullet(before.text)[0] or split_marker(before.text)[0])
    return not hangs and not (opens and not _ENDED.search(before.text))


def _is_centered(line: Text) -> bool:
    left, right = line.x0 - line.left, line.right - line.x1
    return left > 2 * line.size and abs(left - right) < 1.5 * line.size


def _joined(group: Group, vocabulary: Vocabulary) -> tuple[str, tuple[int, ...], int]:
    """Text, where further pages begin in it, leading bold characters."""
    text, breaks, bold, page, all_bold = "", [], 0, group.first.page, True
    for index, line in enumerate(group.lines):
        kept = _keeps_break(group, index)
        text = f"{text}\n{line.text}" if kept else join(text, line.text, vocabulary)
        breaks += [len(text) - len(line.text)] * (line.page - page)
        page = line.page
        if all_bold and line.bold:
            bold = len(text) - len(line.text) + line.bold
        all_bold = all_bold and line.all_bold
    return text, tuple(breaks), bold


def _keeps_break(group: Group, index: int) -> bool:
    """Line ends of centered text, titles and the like are the author's own."""
    if index == 0:
        return False
    line, before = group.lines[index], group.lines[index - 1]
    return not group.head and _is_centered(line) and _is_centered(before) and not line.text[:1].islower()


def _is_head(group: Group, story: Story) -> bool:
    first, text = group.first, " ".join(line.text for line in group.lines)
    if first.cells is not None or len(group.lines) > 4 or len(text) > 220 or split_bullet(text)[0] or is_dated(text):
        return False
    number, rest = split_marker(text)
    if number and is_lettered(number) and not first.all_bold and not is_caps(text):
        return False
    title = is_title(rest or text, words=26, characters=200) or (bool(number) and is_title(rest.rstrip(".:")))
    larger = all(line.size >= 1.12 * story.body for line in group.lines)
    bold = all(line.all_bold for line in group.lines) and not story.mostly_bold
    if larger:
        return title or is_title(text.rstrip(".:"), words=26, characters=200)
    if bold:
        return is_title((rest or text).rstrip(".:"), words=22, characters=170)
    if len(group.lines) > 2 or first.size < 0.95 * story.body:
        return False
    if is_caps(text) and title:
        return True
    return len(group.lines) == 1 and bool(number) and is_numbered_title(text) and not text.endswith(".")


def _demote_runs(groups: list[Group]) -> None:
    """Short numbered lines in a row, plain in type, are entries of a list, not headings."""

    def plain(group: Group) -> int:
        number = split_marker(group.first.text)[0]
        return (
            depth(number) if group.head and number and not group.first.all_bold and not is_caps(group.first.text) else 0
        )

    depths = [plain(group) for group in groups]
    for index, group in enumerate(groups):
        beside = depths[index - 1 : index] + depths[index + 1 : index + 2]
        if depths[index] and depths[index] in beside:
            group.head = False


def _levels(groups: list[Group]) -> dict[tuple[float, bool, bool, int], int]:
    """Heading style -> level: larger type first, then capitals, then bold; deeper numbers are never above shallower."""
    styles = sorted({_style(g) for g in groups if g.head}, key=lambda s: (-s[0], s[3], not s[1], not s[2]))
    levels: dict[tuple[float, bool, bool, int], int] = {}
    ranks: list[tuple[float, bool, bool]] = []
    for style in styles:
        look = style[:3]
        if look not in ranks and not style[3]:
            ranks.append(look)
    unnumbered = len(ranks)
    sizes = [s for s in styles if s[3]]
    base = sum(1 for look in ranks if sizes and look[0] > sizes[0][0] + 0.4)
    for style in styles:
        if style[3]:
            levels[style] = min(_DEEPEST, base + style[3])
        else:
            above = sum(1 for look in ranks if look[0] > style[0] + 0.4)
            same = [look for look in ranks if abs(look[0] - style[0]) <= 0.4]
            levels[style] = min(_DEEPEST, above + same.index(style[:3]) + 1 if unnumbered else 1)
    return levels


def _style(group: Group) -> tuple[float, bool, bool, int]:
    number = split_marker(group.first.text)[0]
    return (
        round(group.first.size * 2) / 2,
        is_caps(group.first.text),
        group.first.all_bold,
        depth(number) if number else 0,
    )


def _item_margins(groups: Iterable[Group]) -> list[float]:
    """The indents at which list items begin, outermost first."""
    margins: list[float] = []
    for x in sorted({round(g.first.x0 - g.first.left) for g in groups if not g.head and _is_item(g)}):
        if not margins or x - margins[-1] > 6:
            margins.append(float(x))
    return margins


def _is_item(group: Group) -> bool:
    text = group.first.text
    if split_bullet(text)[0]:
        return True
    number, rest = split_marker(text)
    return bool(rest) and is_lettered(number)


def _block(
    group: Group, levels: dict[tuple[float, bool, bool, int], int], margins: list[float], vocabulary: Vocabulary
) -> RawBlock:
    first = group.first
    if first.cells is not None:
        return RawBlock("table_row", first.cells, page=first.page)
    text, breaks, bold = _joined(group, vocabulary)
    if group.head:
        return RawBlock("heading", text, level=levels[_style(group)], page=first.page, bold=bold, page_breaks=breaks)
    if _is_item(group):
        sign = len(text) - len(split_bullet(text)[1])
        level = 1 + max((i for i, x in enumerate(margins) if x <= first.indent + 3), default=0)
        return RawBlock(
            "list_item",
            text[sign:],
            level=min(level, _DEEPEST),
            page=first.page,
            bold=max(0, bold - sign),
            page_breaks=tuple(offset - sign for offset in breaks),
        )
    return RawBlock("paragraph", text, page=first.page, bold=bold, page_breaks=breaks)
