"""Lines of a PDF to blocks: paragraphs joined across lines, columns and pages; headings, list items, table rows."""

import re
from collections.abc import Iterable, Iterator

from extractors.layout import RawBlock
from extractors.line_shapes import (
    continues_sentence,
    has_update_date,
    is_caps,
    is_date,
    is_lettered,
    is_numbered_title,
    is_title,
    number_depth,
    split_bullet,
    split_marker,
)
from extractors.pdf.joins import Vocabulary, join
from extractors.pdf.story import Group, Story, Text

_ENDED = re.compile(r"[.!?:;]['\"’”)\]⁰¹²³⁴⁵⁶⁷⁸⁹]*$")
_OPEN_END = re.compile(r"(?:[;,]|\b(?:and|or|und|oder|et|ou|y|o|e|lub|i))$")
_DEEPEST = 6
_BROKEN = re.compile(r"[^\W\d_][-‐\u00ad]$|\d[-–]$")  # a word or a range broken at the line end
_TAIL = 40  # words of the half that moves to the other; longer ones stay, so that the page is read in its own order
_REACH = 40


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
    if (_is_centered(line) and _is_centered(before)) or _BROKEN.search(before.text):
        return False
    return (_is_short(before, line) and not (lower and not _ENDED.search(before.text))) or _is_indented(line, group)


def _rejoined(groups: list[Group], story: Story) -> list[Group]:
    """Paragraphs whose two halves have footnotes or a table between them, made whole where the longer half stands."""
    result: list[Group] = []
    taken: set[int] = set()
    for index, group in enumerate(groups):
        if index in taken:
            continue
        following = index
        while (nxt := _continuation(groups, following, group, story)) is not None and nxt not in taken:
            if _words(groups[nxt]) > _words(group):
                groups[nxt].lines = [*group.lines, *groups[nxt].lines]
                break
            group.lines += groups[nxt].lines
            taken.add(nxt)
            following = nxt
        else:
            result.append(group)
    return result


def _words(group: Group) -> int:
    return sum(len(line.text.split()) for line in group.lines)


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
        notes = _differs(first, groups[later - 1].last) and first.text[:1].islower()  # the rest of a footnote
        opens = (first.opens_column or notes) and later > index + 1
        fits = moved_on and opens and not _begins_beyond(first, group, story)
        short = min(_words(group), _words(groups[later])) <= _TAIL
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
    if first.cells is not None or len(group.lines) > 4 or len(text) > 220:
        return False
    if split_bullet(text)[0] or has_update_date(text) or is_date(text):
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
    """Short numbered lines in a row, plain in type, are entries of a list, and what items complete is a sentence."""

    def plain(group: Group) -> int:
        number = split_marker(group.first.text)[0]
        return (
            number_depth(number)
            if group.head and number and not group.first.all_bold and not is_caps(group.first.text)
            else 0
        )

    depths = [plain(group) for group in groups]
    for index, group in enumerate(groups):
        beside = depths[index - 1 : index] + depths[index + 1 : index + 2]
        opens = index + 1 < len(groups) and continues_sentence(
            groups[index + 1].first.text
        )  # "2.2 You may not" (a) copy it
        if depths[index] and (depths[index] in beside or opens):
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
        number_depth(number) if number else 0,
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
