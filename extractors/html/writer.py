"""The chosen part of the tree -> raw blocks in reading order: headings, paragraphs, list items, table rows."""

import re
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
from extractors.layout import RawBlock, refuse_flood
from smallprint.records import BlockKind

_BOLD_TAGS = frozenset(("b", "strong", "th"))
_BOLD_CLASS = re.compile(r"(?:^|[\s_-])(?:bold|semibold|strong|fw-?[67]00|font-\[[67]00\])(?:$|[\s_-])", re.IGNORECASE)
# Class names of titles that are no heading elements; they are set off from the text as bold type is.
_TITLE_CLASS = re.compile(r"(?:^|[\s_-])(?:h[1-6]|(?:header|heading)-?[1-6]?|headline|title|subtitle)(?:$|[\s_-])")
_LEVEL_CLASS = re.compile(r"(?:^|[\s_-])(?:h|header-?|heading-?)([1-6])(?:$|[\s_-])")
_TITLE = 130  # characters of the longest element that such a class can set off
_SPACE = re.compile(r"\s+")
_HEADING_ANCHOR = frozenset(("#", "¶", "§", "🔗", "link", "permalink", "copy link", "link to this section", "anchor"))
_ANCHOR = 25  # characters of the longest such link
_CODE = re.compile(r"(?:[0-9a-fA-F]{2}){2,200}")
_MAX_BLOCKS = 100_000  # a 5 MB page of numbered sections, lists and tables has 61,000
_DELETED = frozenset(("del", "s", "strike"))


_LINE_BREAK = StyledText("\n", bold=False, link=False)


@dataclass
class _Frame:
    """What an open element changes for its children."""

    index: int
    block: bool = True
    bold: bool = False
    link: bool = False
    pre: bool = False
    heading: int | None = None
    named_level: int | None = None  # as a class name such as "h3" says of a short element
    marked: bool = True  # the heading is one by the page's own markup, not the label of a section that opens
    listed: ListState | None = None
    nests: bool = False  # a list of any kind


@dataclass
class Writer:
    """Walks indices of the survey; never recursive, so depth costs nothing."""

    page: PageSurvey
    sheet: Stylesheet
    out: list[WrittenBlock] = field(default_factory=list)
    pieces: list[StyledText] = field(default_factory=list)
    frames: list[_Frame] = field(default_factory=lambda: [_Frame(-1)])
    depth: int = 0  # list nesting
    marker: str = ""  # number to be written before the next text
    item: bool = False  # the next text opens a list item
    anchor: str | None = None
    last_level: int = 1
    ended_inline: bool = False  # an inline element has just ended, and no text came after it

    def __post_init__(self) -> None:
        self.tabs = _tab_labels(self.page)
        self.tab_levels: dict[int, int] = {}
        self.counters = Counters(self.sheet) if self.sheet.has_counters else None

    def write(self, top: int) -> None:
        """Writes the subtree of one index."""
        page = self.page
        index, last = top, page.end[top]
        while index <= last:
            self._close_until(index)
            if index != top and (index in page.dropped or self._is_skipped(index)):
                self._tail(index)
                index = page.end[index] + 1
            elif page.elements[index].tag == "br" and page.end[index] == index:
                self.pieces.append(_LINE_BREAK)
                self._tail(index)
                index += 1
            elif rows := self._rows(index):
                self._table(index, rows)
                self._tail(index)
                index = page.end[index] + 1
            else:
                self._open(index)
                index += 1
        self._close_until(last + 1)
        self._flush()

    # -- elements

    def _open(self, index: int) -> None:
        element = self.page.elements[index]
        tag, above = element.tag, self.frames[-1]
        block = tag not in INLINE_TAGS or _is_block(element)
        if block:
            self._flush()
        self.anchor = element.get("id") or (element.get("name") if tag == "a" else None) or self.anchor
        style = self.sheet.of(element) if (self.sheet.rules_by_key or element.get("style")) else {}
        frame = _Frame(
            index,
            block=block,
            bold=self._is_bold(index, style, block=block),
            link=self.page.in_link[index],
            pre=above.pre or tag == "pre",
            heading=above.heading,
            named_level=self._named_level(index) or above.named_level,
            marked=above.marked,
        )
        self.frames.append(frame)
        self._enter(element, frame, style)
        if self.counters:
            self.marker = self.counters.enter(element) or self.marker
        self._open_text(element, frame)

    def _enter(self, element: Element, frame: _Frame, style: Declarations) -> None:
        """What the element's kind means for the text in it."""
        tag = element.tag
        if tag in HEADING_LEVELS or element.get("role") == "heading":
            frame.heading = HEADING_LEVELS.get(tag) or _aria_level(element)
        elif tag == "summary" or _is_trigger(element):
            self._flush()
            frame.block = True
            if frame.heading is None:
                frame.heading, frame.marked = min(self.last_level + 1, 6), False
        elif tag in ("ol", "ul", "menu", "dl"):
            self.depth += 1
            frame.nests = True
            frame.listed = None if tag == "dl" else open_list(element, style)
        elif tag == "li":
            listed = next((frame.listed for frame in reversed(self.frames) if frame.listed), None)
            self.item = True
            self.marker = listed.marker(element, style) if listed else ""
        elif tag == "dt":
            self.item = True
        elif element.get("role") == "tabpanel":
            self._label(element, frame.index)

    def _open_text(self, element: Element, frame: _Frame) -> None:
        text = element.text
        if element.get("data-cfemail"):
            text = _revealed(element.get("data-cfemail")) or text
        beside = self.ended_inline and self.pieces and not frame.block and element.tag not in ("sup", "sub")
        if text and beside and runs_together(self.pieces[-1].text, text):
            self._add(" ", frame)
        self.ended_inline = False
        if element.tag == "q":
            self._add("“", frame)
        self._text(text, frame)
        for child in element:
            # Silent children are not in the survey; the text after the first of them is.
            if child.tag not in SILENT_TAGS:
                break
            self._text(child.tail, frame)

    def _close_until(self, index: int) -> None:
        page = self.page
        while len(self.frames) > 1 and page.end[self.frames[-1].index] < index:
            frame = self.frames[-1]
            element = page.elements[frame.index]
            if element.tag == "q":
                self._add("”", frame)
            if frame.block:
                self._flush()
            self.frames.pop()
            if frame.nests:
                self.depth -= 1
            if element.tag == "li":
                self.item, self.marker = False, ""
            if self.counters:
                self.counters.leave(element)
            self.ended_inline = not frame.block
            self._tail(frame.index)

    def _tail(self, index: int) -> None:
        if len(self.frames) == 1:
            return
        element, frame = self.page.elements[index], self.frames[-1]
        self._text(element.tail, frame)
        following = element.getnext()
        while following is not None and following.tag in SILENT_TAGS:
            self._text(following.tail, frame)
            following = following.getnext()

    def _is_bold(self, index: int, style: Declarations, *, block: bool) -> bool:
        element = self.page.elements[index]
        settled = is_bold(style)
        if settled is not None:
            return settled
        if self.frames[-1].bold or element.tag in _BOLD_TAGS:
            return True
        names = element.get("class")
        if not names:
            return False
        bold, title, _ = _looks(names)
        return bold or (block and title and self.page.chars[index] <= _TITLE)

    def _named_level(self, index: int) -> int | None:
        names = self.page.elements[index].get("class")
        return _looks(names)[2] if names and self.page.chars[index] <= _TITLE else None

    def _is_skipped(self, index: int) -> bool:
        """Struck-out text, buttons that do not open a section, and the little anchor links of headings."""
        element = self.page.elements[index]
        if element.tag in _DELETED:
            return True
        if element.tag == "button":
            return not _is_trigger(element) and self.frames[-1].heading is None
        if element.tag != "a" or self.page.chars[index] > _ANCHOR:
            return False
        href = element.get("href") or ""
        return href.startswith("#") and self.page.text(index, 30).lower() in _HEADING_ANCHOR

    def _label(self, element: Element, index: int) -> None:
        """Writes the label of a tab as the heading of the panel that it opens, unless the panel opens with it."""
        found = self.tabs.get(element.get("id") or "") or self.tabs.get(element.get("aria-labelledby") or "")
        if not found or not self.page.chars[index] or self.page.text(index, 200).lower().startswith(found[0].lower()):
            return
        label, group = found
        # Tabs stand side by side, whatever headings their panels hold and wherever the page shows them again.
        level = self.tab_levels.setdefault(group, min(self.last_level + 1, 6))
        block = RawBlock(kind="heading", text=label, level=level, anchor=self.anchor)
        self.out.append(WrittenBlock(block, link_share=0.0, all_bold=True))

    # -- text

    def _text(self, text: str | None, frame: _Frame) -> None:
        if text:
            self.ended_inline = False
            self._add(text if frame.pre else _SPACE.sub(" ", text), frame)

    def _add(self, text: str, frame: _Frame) -> None:
        self.pieces.append(StyledText(text, frame.bold, frame.link))

    def _flush(self) -> None:
        pieces, self.pieces = self.pieces, []
        if any(not piece.text.isspace() for piece in pieces):
            for run in split_paragraphs(pieces):
                self._block(run, self.frames[-1])

    def _block(self, pieces: list[StyledText], frame: _Frame) -> None:
        text = "".join(piece.text for piece in pieces).strip(BLANK_CHARS)
        if not text:
            return
        bold = min(leading_bold(pieces), len(text))
        linked = sum(len(piece.text.strip()) for piece in pieces if piece.link)
        number = "" if not self.marker or repeats_number(text, self.marker) else self.marker
        kind: BlockKind = "heading" if frame.heading else "list_item" if self.item else "paragraph"
        if frame.heading:
            text = text.replace("\n", " ")
            # Labels of sections that open and close stand side by side, so one does not nest in the other.
            self.last_level = frame.heading if frame.marked else self.last_level
        block = RawBlock(
            kind=kind,
            text=number + text,
            level=frame.heading or self.depth or None,
            bold=bold + len(number) if bold else 0,
            generated=len(number),
            anchor=self.anchor,
        )
        one = WrittenBlock(block, linked / len(text), all_bold=bold >= len(text), named_level=frame.named_level)
        self.out.append(one)
        refuse_flood(len(self.out), most=_MAX_BLOCKS)
        self.item, self.marker, self.anchor = False, "", None

    def _rows(self, index: int) -> list[list[int]] | None:
        """The rows of a table that is read as such, whatever elements it is made of."""
        element = self.page.elements[index]
        if element.tag == "table":
            return table_rows(self.page, index) if is_data_table(self.page, index) else None
        if element.tag in INLINE_TAGS or not self.page.chars[index] or not (self.sheet.rules_by_key or element.attrib):
            return None
        return grid_rows(self.page, index, self.sheet)

    def _table(self, index: int, rows: list[list[int]]) -> None:
        self._flush()
        anchor = self.page.elements[index].get("id") or self.anchor
        for text, bold in row_texts(self.page, rows):
            block = RawBlock(kind="table_row", text=text, bold=bold, anchor=anchor)
            self.out.append(WrittenBlock(block, link_share=0.0, all_bold=False))
        self.anchor = None


@lru_cache(maxsize=4096)
def _looks(names: str) -> tuple[bool, bool, int | None]:
    """Whether class names say bold, whether they say title, and the title's depth from 2 where they say that too."""
    level = _LEVEL_CLASS.search(names)
    depth = max(int(level.group(1)), 2) if level else None
    return _BOLD_CLASS.search(names) is not None, _TITLE_CLASS.search(names) is not None, depth


def _is_block(element: Element) -> bool:
    style = element.get("style")
    if not style or "display" not in style:
        return False
    return inline_style(style).get("display", "") in ("block", "flex", "grid", "table", "list-item")


def _is_trigger(element: Element) -> bool:
    """A button or the like that opens a section of text; its label is that section's heading."""
    if element.tag == "button" and element.get("aria-expanded") is None:
        return "collapsible" in hints_in_names(element.get("class") or "") and element.getnext() is not None
    if element.get("aria-expanded") is None or element.get("aria-haspopup"):
        return False
    return element.tag in ("button", "div", "span") or (element.tag == "a" and element.get("aria-controls") is not None)


def _aria_level(element: Element) -> int:
    level = element.get("aria-level") or "2"
    return min(max(int(level), 1), 6) if level.isdigit() and len(level) < 4 else 2


def _tab_labels(page: PageSurvey) -> dict[str, tuple[str, int]]:
    """Label of a tab and fingerprint of the row it stands in, by the ids of the tab and of the panel that it opens."""
    found: dict[str, tuple[str, int]] = {}
    for index, element in enumerate(page.elements):
        if element.get("role") == "tab" and 0 < page.chars[index] <= 80:
            label = (page.text(index, 80), page.fingerprints[page.parent[index]])
            for key in (element.get("id"), element.get("aria-controls"), (element.get("href") or "").lstrip("#")):
                if key:
                    found[key] = label
    return found


def _revealed(code: str) -> str:
    """An e-mail address that a content network hides from robots: hex bytes, each combined with the first by XOR."""
    if not _CODE.fullmatch(code):
        return ""
    values = bytes.fromhex(code)
    return bytes(value ^ values[0] for value in values[1:]).decode("utf-8", "replace")
