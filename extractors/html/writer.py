"""The chosen part of the tree -> raw blocks in reading order: headings, paragraphs, list items, table rows.

A walk over the survey's elements with a stack of the open ones, so that depth costs no recursion. Inline text gathers
in ``run``; where it ends, it becomes one or several blocks ("flush"). These are the rules:

| the walk meets                                     | and then                                                        |
|----------------------------------------------------|-----------------------------------------------------------------|
| start or end of an element that is not inline      | the run is flushed                                              |
| ``h1`` to ``h6``, role ``heading``                 | blocks in it are headings of that level                         |
| ``summary`` or another trigger of a section        | blocks in it are headings one level below the last marked one   |
| ``ol``, ``ul``, ``menu``, ``dl``                   | list depth is one more until it ends                            |
| ``li``, ``dt``                                     | the next block is a list item, of ``li`` with its number        |
| end of ``li``                                      | an item that had no text leaves no item and no number behind    |
| an element with a CSS counter in ``::before``      | the next block begins with what the counter writes              |
| an ``id``, or ``name`` of an ``a``                 | the next block has it as its anchor                             |
| a panel that a tab opens                           | the tab's label is written as a heading, once                   |
| a data table, or boxes set as one                  | one block a row is written; its inside is not walked            |
| ``br``                                             | the run gets a line break                                       |
| struck text, other buttons, anchor links           | it is skipped; the text after it is read                        |
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from extractors.html.furniture import hints_in_names
from extractors.html.grids import grid_rows
from extractors.html.numbering import Counters, ListState, open_list, repeats_number
from extractors.html.parsing import Element
from extractors.html.runs import BLANK_CHARS, StyledText, leading_bold, runs_together, split_paragraphs
from extractors.html.styles import Declarations, Stylesheet, inline_style, is_bold
from extractors.html.survey import HEADING_LEVELS, INLINE_TAGS, SILENT_TAGS, PageSurvey
from extractors.html.tables import is_data_table, row_texts, table_rows
from extractors.html.written import WrittenBlock
from extractors.layout import RawBlock, refuse_oversized
from smallprint.records import BlockKind

_BOLD_TAGS = frozenset(("b", "strong", "th"))
_BOLD_CLASS = re.compile(r"(?:^|[\s_-])(?:bold|semibold|strong|fw-?[67]00|font-\[[67]00\])(?:$|[\s_-])", re.IGNORECASE)
# Class names of titles that are no heading elements; they stand out from the text as bold type does.
_TITLE_CLASS = re.compile(r"(?:^|[\s_-])(?:h[1-6]|(?:header|heading)-?[1-6]?|headline|title|subtitle)(?:$|[\s_-])")
_LEVEL_CLASS = re.compile(r"(?:^|[\s_-])(?:h|header-?|heading-?)([1-6])(?:$|[\s_-])")
_MAX_TITLE_CHARS = 130  # of an element that such a class can make a title; chosen by eye, see decision 15
_SPACE = re.compile(r"\s+")
_ANCHOR_LINK_TEXTS = frozenset(
    ("#", "¶", "§", "🔗", "link", "permalink", "copy link", "link to this section", "anchor")
)
_MAX_ANCHOR_LINK_CHARS = 25
_MAX_TAB_LABEL_CHARS = 80
_DEEPEST_LEVEL = 6
_OBFUSCATED_EMAIL = re.compile(r"(?:[0-9a-fA-F]{2}){2,200}")
_MAX_BLOCKS = 100_000  # a 5 MB page of numbered sections, lists and tables has 61,000
_STRUCK_TAGS = frozenset(("del", "s", "strike"))
_BLOCK_DISPLAYS = ("block", "flex", "grid", "table", "list-item")
_LINE_BREAK = StyledText("\n", bold=False, link=False)


@dataclass
class _OpenElement:
    """An element that the walk is inside, and what it means for the text in it."""

    index: int
    block: bool = True
    bold: bool = False
    link: bool = False
    preformatted: bool = False
    heading: int | None = None  # level
    named_level: int | None = None  # level that a class name such as "h3" gives to a short element
    marked: bool = True  # as a heading by the page's own markup; the label of a section that opens is not
    list_state: ListState | None = None
    nests: bool = False  # a list of any kind


@dataclass(frozen=True)
class _TabLabel:
    text: str
    group: int  # fingerprint of the row of tabs that it stands in


@dataclass
class _WriterState:
    """The state of the walk, as the rules above change it."""

    page: PageSurvey
    sheet: Stylesheet
    tab_labels: dict[str, _TabLabel]
    counters: Counters | None
    blocks: list[WrittenBlock] = field(default_factory=list)
    open_elements: list[_OpenElement] = field(default_factory=lambda: [_OpenElement(-1)])
    run: list[StyledText] = field(default_factory=list)
    after_inline: bool = False  # an inline element has just ended, and no text came after it
    list_depth: int = 0
    last_level: int = 1  # of the last marked heading
    tab_levels: dict[int, int] = field(default_factory=dict)  # group of tabs -> level of their headings
    # Of the next block, until it is written:
    number: str = ""
    is_item: bool = False
    anchor: str | None = None


def write_blocks(page: PageSurvey, sheet: Stylesheet, roots: Iterable[int]) -> list[WrittenBlock]:
    """The blocks of one subtree after another.

    Args:
        page: the survey, with everything that is not read dropped.
        sheet: the page's own style rules.
        roots: indices of the subtrees; a root is written even where it is dropped itself.

    Raises:
        DocumentError: ``too_large`` where there are more blocks than any document has.

    """
    state = _WriterState(page, sheet, _tab_labels(page), Counters(sheet) if sheet.has_counters else None)
    for root in roots:
        _write_subtree(state, root)
    return state.blocks


def _write_subtree(state: _WriterState, root: int) -> None:
    page = state.page
    index, last = root, page.end[root]
    while index <= last:
        _close_before(state, index)
        if index != root and (index in page.dropped or _is_skipped(state, index)):
            _read_tail(state, index)
            index = page.end[index] + 1
        elif page.elements[index].tag == "br" and page.end[index] == index:
            state.run.append(_LINE_BREAK)
            _read_tail(state, index)
            index += 1
        elif rows := _table_rows(state, index):
            _write_table(state, index, rows)
            _read_tail(state, index)
            index = page.end[index] + 1
        else:
            _open(state, index)
            index += 1
    _close_before(state, last + 1)
    _flush(state)


def _open(state: _WriterState, index: int) -> None:
    element = state.page.elements[index]
    tag, parent = element.tag, state.open_elements[-1]
    block = tag not in INLINE_TAGS or _is_block_by_style(element)
    if block:
        _flush(state)
    state.anchor = element.get("id") or (element.get("name") if tag == "a" else None) or state.anchor
    style = state.sheet.of(element) if (state.sheet.rules_by_key or element.get("style")) else {}
    names = element.get("class") if state.page.chars[index] <= _MAX_TITLE_CHARS else None
    opened = _OpenElement(
        index,
        block=block,
        bold=_is_bold(state, index, style, block=block),
        link=state.page.in_link[index],
        preformatted=parent.preformatted or tag == "pre",
        heading=parent.heading,
        named_level=(_typography_of_names(names)[2] if names else None) or parent.named_level,
        marked=parent.marked,
    )
    state.open_elements.append(opened)
    _apply_tag(state, element, opened, style)
    if state.counters:
        state.number = state.counters.enter(element) or state.number
    _read_opening_text(state, element, opened)


def _apply_tag(state: _WriterState, element: Element, opened: _OpenElement, style: Declarations) -> None:
    """The rules for headings, lists and tabs."""
    tag = element.tag
    if tag in HEADING_LEVELS or element.get("role") == "heading":
        opened.heading = HEADING_LEVELS.get(tag) or _aria_level(element)
    elif tag == "summary" or _is_trigger(element):
        _flush(state)
        opened.block = True
        if opened.heading is None:
            opened.heading, opened.marked = min(state.last_level + 1, _DEEPEST_LEVEL), False
    elif tag in ("ol", "ul", "menu", "dl"):
        state.list_depth += 1
        opened.nests = True
        opened.list_state = None if tag == "dl" else open_list(element, style)
    elif tag == "li":
        innermost = (ancestor.list_state for ancestor in reversed(state.open_elements) if ancestor.list_state)
        list_state = next(innermost, None)
        state.is_item = True
        state.number = list_state.marker(element, style) if list_state else ""
    elif tag == "dt":
        state.is_item = True
    elif element.get("role") == "tabpanel":
        _write_tab_label(state, element, opened.index)


def _close_before(state: _WriterState, index: int) -> None:
    """Close the open elements that end before an index."""
    page = state.page
    while len(state.open_elements) > 1 and page.end[state.open_elements[-1].index] < index:
        closing = state.open_elements[-1]
        element = page.elements[closing.index]
        if element.tag == "q":
            _add_text(state, "”", closing)
        if closing.block:
            _flush(state)
        state.open_elements.pop()
        if closing.nests:
            state.list_depth -= 1
        if element.tag == "li":
            state.is_item, state.number = False, ""
        if state.counters:
            state.counters.leave(element)
        state.after_inline = not closing.block
        _read_tail(state, closing.index)


def _is_skipped(state: _WriterState, index: int) -> bool:
    """Struck-out text, buttons that do not open a section, and the little anchor links of headings."""
    element = state.page.elements[index]
    if element.tag in _STRUCK_TAGS:
        return True
    if element.tag == "button":
        return not _is_trigger(element) and state.open_elements[-1].heading is None
    if element.tag != "a" or state.page.chars[index] > _MAX_ANCHOR_LINK_CHARS:
        return False
    href = element.get("href") or ""
    return href.startswith("#") and state.page.text(index, 30).lower() in _ANCHOR_LINK_TEXTS


def _is_trigger(element: Element) -> bool:
    """A button or the like that opens a section of text; its label is that section's heading."""
    if element.tag == "button" and element.get("aria-expanded") is None:
        return "collapsible" in hints_in_names(element.get("class") or "") and element.getnext() is not None
    if element.get("aria-expanded") is None or element.get("aria-haspopup"):
        return False
    return element.tag in ("button", "div", "span") or (element.tag == "a" and element.get("aria-controls") is not None)


def _is_block_by_style(element: Element) -> bool:
    style = element.get("style")
    if not style or "display" not in style:
        return False
    return inline_style(style).get("display", "") in _BLOCK_DISPLAYS


def _is_bold(state: _WriterState, index: int, style: Declarations, *, block: bool) -> bool:
    element = state.page.elements[index]
    declared = is_bold(style)
    if declared is not None:
        return declared
    if state.open_elements[-1].bold or element.tag in _BOLD_TAGS:
        return True
    names = element.get("class")
    if not names:
        return False
    bold, title, _ = _typography_of_names(names)
    return bold or (block and title and state.page.chars[index] <= _MAX_TITLE_CHARS)


@lru_cache(maxsize=4096)
def _typography_of_names(names: str) -> tuple[bool, bool, int | None]:
    """Whether class names say bold, whether they say title, and the title's level from 2 where they say that too."""
    match = _LEVEL_CLASS.search(names)
    level = max(int(match.group(1)), 2) if match else None
    return _BOLD_CLASS.search(names) is not None, _TITLE_CLASS.search(names) is not None, level


def _aria_level(element: Element) -> int:
    level = element.get("aria-level") or "2"
    return min(max(int(level), 1), _DEEPEST_LEVEL) if level.isdigit() and len(level) < 4 else 2


def _read_opening_text(state: _WriterState, element: Element, opened: _OpenElement) -> None:
    """The text between the element's start tag and its first child that is not silent."""
    text = element.text
    if element.get("data-cfemail"):
        text = _deobfuscated(element.get("data-cfemail")) or text
    adjoins = state.after_inline and state.run and not opened.block and element.tag not in ("sup", "sub")
    if text and adjoins and runs_together(state.run[-1].text, text):
        _add_text(state, " ", opened)
    state.after_inline = False
    if element.tag == "q":
        _add_text(state, "“", opened)
    _read_text(state, text, opened)
    for child in element:
        # Silent children are not in the survey; the text after the first of them is.
        if child.tag not in SILENT_TAGS:
            break
        _read_text(state, child.tail, opened)


def _read_tail(state: _WriterState, index: int) -> None:
    """The text between the element's end and the next element that is not silent."""
    if len(state.open_elements) == 1:
        return
    element, parent = state.page.elements[index], state.open_elements[-1]
    _read_text(state, element.tail, parent)
    following = element.getnext()
    while following is not None and following.tag in SILENT_TAGS:
        _read_text(state, following.tail, parent)
        following = following.getnext()


def _read_text(state: _WriterState, text: str | None, parent: _OpenElement) -> None:
    if text:
        state.after_inline = False
        _add_text(state, text if parent.preformatted else _SPACE.sub(" ", text), parent)


def _add_text(state: _WriterState, text: str, parent: _OpenElement) -> None:
    state.run.append(StyledText(text, parent.bold, parent.link))


def _deobfuscated(code: str) -> str:
    """An e-mail address that a content network hides from robots: hex bytes, each combined with the first by XOR."""
    if not _OBFUSCATED_EMAIL.fullmatch(code):
        return ""
    key, *encoded = bytes.fromhex(code)
    return bytes(byte ^ key for byte in encoded).decode("utf-8", "replace")


def _flush(state: _WriterState) -> None:
    """Write the run as blocks."""
    run, state.run = state.run, []
    if any(not styled.text.isspace() for styled in run):
        for paragraph in split_paragraphs(run):
            _write_block(state, paragraph, state.open_elements[-1])


def _write_block(state: _WriterState, paragraph: list[StyledText], parent: _OpenElement) -> None:
    text = "".join(styled.text for styled in paragraph).strip(BLANK_CHARS)
    if not text:
        return
    bold = min(leading_bold(paragraph), len(text))
    link_chars = sum(len(styled.text.strip()) for styled in paragraph if styled.link)
    number = "" if not state.number or repeats_number(text, state.number) else state.number
    kind: BlockKind = "heading" if parent.heading else "list_item" if state.is_item else "paragraph"
    if parent.heading:
        text = text.replace("\n", " ")
        # Labels of sections that open and close stand side by side, so one does not nest in the other.
        state.last_level = parent.heading if parent.marked else state.last_level
    block = RawBlock(
        kind=kind,
        text=number + text,
        level=parent.heading or state.list_depth or None,
        bold=bold + len(number) if bold else 0,
        generated=len(number),
        anchor=state.anchor,
    )
    state.blocks.append(
        WrittenBlock(block, link_chars / len(text), all_bold=bold >= len(text), named_level=parent.named_level)
    )
    refuse_oversized(len(state.blocks), limit=_MAX_BLOCKS)
    state.is_item, state.number, state.anchor = False, "", None


def _table_rows(state: _WriterState, index: int) -> list[list[int]] | None:
    """The rows of a table that is read as such, whatever elements it is made of."""
    page, element = state.page, state.page.elements[index]
    if element.tag == "table":
        return table_rows(page, index) if is_data_table(page, index) else None
    if element.tag in INLINE_TAGS or not page.chars[index] or not (state.sheet.rules_by_key or element.attrib):
        return None
    return grid_rows(page, index, state.sheet)


def _write_table(state: _WriterState, index: int, rows: list[list[int]]) -> None:
    _flush(state)
    anchor = state.page.elements[index].get("id") or state.anchor
    for text, bold in row_texts(state.page, rows):
        block = RawBlock(kind="table_row", text=text, bold=bold, anchor=anchor)
        state.blocks.append(WrittenBlock(block, link_share=0.0, all_bold=False))
    state.anchor = None


def _write_tab_label(state: _WriterState, element: Element, index: int) -> None:
    """Write the label of a tab as the heading of the panel that it opens, unless the panel opens with it."""
    page = state.page
    label = state.tab_labels.get(element.get("id") or "") or state.tab_labels.get(element.get("aria-labelledby") or "")
    if not label or not page.chars[index] or page.text(index, 200).lower().startswith(label.text.lower()):
        return
    # Tabs stand side by side, whatever headings their panels hold and wherever the page shows them again.
    level = state.tab_levels.setdefault(label.group, min(state.last_level + 1, _DEEPEST_LEVEL))
    block = RawBlock(kind="heading", text=label.text, level=level, anchor=state.anchor)
    state.blocks.append(WrittenBlock(block, link_share=0.0, all_bold=True))


def _tab_labels(page: PageSurvey) -> dict[str, _TabLabel]:
    """Labels of tabs by the ids of the tab and of the panel that it opens."""
    labels: dict[str, _TabLabel] = {}
    for index, element in enumerate(page.elements):
        if element.get("role") == "tab" and 0 < page.chars[index] <= _MAX_TAB_LABEL_CHARS:
            group = page.fingerprints[page.parent[index]]
            label = _TabLabel(page.text(index, _MAX_TAB_LABEL_CHARS), group)
            for key in (element.get("id"), element.get("aria-controls"), (element.get("href") or "").lstrip("#")):
                if key:
                    labels[key] = label
    return labels
