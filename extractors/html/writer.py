"""The chosen part of the tree -> raw blocks in reading order: headings, paragraphs, list items, table rows."""

import re
from dataclasses import dataclass, field

from extractors.html.numbering import Counters, ListState, has_own_number, open_list
from extractors.html.parsing import Element
from extractors.html.styles import Stylesheet, inline_style, is_bold
from extractors.html.survey import HEADINGS, INLINE, SILENT, Survey
from extractors.html.tables import is_data_table, row_texts
from extractors.html.written import WrittenBlock
from extractors.layout import RawBlock
from smallprint.records import BlockKind

_BOLD_TAGS = frozenset(("b", "strong", "th"))
_BOLD_CLASS = re.compile(r"(?:^|[\s_-])(?:bold|semibold|strong|fw-?[67]00|font-\[[67]00\])(?:$|[\s_-])", re.IGNORECASE)
_SPACE = re.compile(r"\s+")
_PARAGRAPH_BREAK = re.compile(r"\n[ \n]*\n")
_LINE_START = re.compile(r"[•◦▪‣·*–—-]\s|\(?(?:\d{1,3}(?:\.\d{1,3}){0,4}|[A-Za-z]|[ivxIVX]{1,5})[.)]\s")
_FULL_LINE = 70  # characters after which a line that ends like a sentence reads as a paragraph of its own
_HEADING_ANCHOR = frozenset(("#", "¶", "§", "🔗", "link", "permalink", "copy link", "link to this section", "anchor"))


@dataclass
class Piece:
    """A run of inline text and how it is set."""

    text: str
    bold: bool
    link: bool


@dataclass
class _Frame:
    """What an open element changes for its children."""

    index: int
    block: bool
    bold: bool
    link: bool
    heading: int | None
    pre: bool
    listed: ListState | None = None


@dataclass
class Writer:
    """Walks indices of the survey; never recursive, so depth costs nothing."""

    page: Survey
    sheet: Stylesheet
    out: list[WrittenBlock] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)
    frames: list[_Frame] = field(default_factory=list)
    depth: int = 0  # list nesting
    marker: str = ""  # number to be written before the next text
    item: bool = False  # the next text opens a list item
    anchor: str | None = None
    last_level: int = 1
    ended_inline: bool = False  # an inline element has just ended, and no text came after it

    def __post_init__(self) -> None:
        self.counters = Counters(self.sheet) if self.sheet.has_counters else None

    def write(self, top: int) -> None:
        """Writes the subtree of one index."""
        page = self.page
        index, last = top, page.end[top]
        while index <= last:
            self._close_until(index)
            if (index in page.dropped and index != top) or self._is_aside_in_heading(index):
                self._tail(index)
                index = page.end[index] + 1
                continue
            element = page.elements[index]
            if element.tag == "table" and is_data_table(page, index):
                self._table(index)
                self._tail(index)
                index = page.end[index] + 1
                continue
            self._open(index)
            index += 1
        self._close_until(last + 1)
        self._flush()

    # -- elements ---------------------------------------------------------------------------------------------

    def _open(self, index: int) -> None:
        element = self.page.elements[index]
        tag = element.tag
        above = self.frames[-1] if self.frames else _Frame(-1, True, False, False, None, False)
        block = tag not in INLINE or _block_style(element)
        if block:
            self._flush()
        self.anchor = element.get("id") or (element.get("name") if tag == "a" else None) or self.anchor
        style = self.sheet.of(element) if (self.sheet.by_key or element.get("style")) else {}
        settled = is_bold(style)
        bold = above.bold or tag in _BOLD_TAGS
        if settled is not None:
            bold = settled
        elif not bold:
            names = element.get("class")
            bold = bool(names) and _BOLD_CLASS.search(names) is not None
        frame = _Frame(index, block, bold, self.page.in_link[index], above.heading, above.pre or tag == "pre")
        self.frames.append(frame)
        if tag in HEADINGS or element.get("role") == "heading":
            level = HEADINGS.get(tag) or _aria_level(element)
            frame.heading = level
        elif tag == "summary" or _is_trigger(element):
            frame.heading = above.heading or min(self.last_level + 1, 6)
            frame.block = True
            self._flush()
        elif tag in ("ol", "ul", "menu"):
            self.depth += 1
            frame.listed = open_list(element, style)
        elif tag == "li":
            self._item(element, style)
        elif tag == "dt":
            self.item = True
            self.depth = max(self.depth, 1)
        if self.counters:
            before = self.counters.enter(element)
            if before:
                self.marker = before
        if element.tag == "br":
            self._add("\n", frame)
        text = element.text
        if element.get("data-cfemail"):
            text = _revealed(element.get("data-cfemail")) or text
        if text and self.ended_inline and not block and tag not in ("sup", "sub") and _glued(self.pieces, text):
            self._add(" ", frame)
        self.ended_inline = False
        self._text(text, frame)
        self._silent_tails(element, frame)

    def _item(self, element: Element, style: dict[str, str]) -> None:
        listed = next((frame.listed for frame in reversed(self.frames[:-1]) if frame.listed), None)
        self.item = True
        self.marker = listed.marker(element, style) if listed else ""

    def _close_until(self, index: int) -> None:
        page = self.page
        while self.frames and page.end[self.frames[-1].index] < index:
            frame = self.frames[-1]
            element = page.elements[frame.index]
            if frame.block:
                self._flush()
            self.frames.pop()
            if frame.listed:
                self.depth -= 1
            if element.tag == "li":
                self.item, self.marker = False, ""
            if self.counters:
                self.counters.leave(element)
            self.ended_inline = not frame.block
            self._tail(frame.index)

    def _tail(self, index: int) -> None:
        if self.frames:
            self._text(self.page.elements[index].tail, self.frames[-1])

    def _silent_tails(self, element: Element, frame: _Frame) -> None:
        # Silent children are not in the survey; the text after them is, in the order it stands.
        for child in element:
            if child.tag not in SILENT:
                break
            self._text(child.tail, frame)

    # -- text -------------------------------------------------------------------------------------------------

    def _text(self, text: str | None, frame: _Frame) -> None:
        if not text:
            return
        self.ended_inline = False
        self._add(text if frame.pre else _SPACE.sub(" ", text), frame)

    def _add(self, text: str, frame: _Frame) -> None:
        self.pieces.append(Piece(text, frame.bold, frame.link))

    def _flush(self) -> None:
        pieces, self.pieces = self.pieces, []
        if not any(not piece.text.isspace() for piece in pieces):
            return
        heading = self.frames[-1].heading if self.frames else None
        for run in _split(pieces):
            self._block(run, heading)

    def _block(self, pieces: list[Piece], heading: int | None) -> None:
        text = "".join(piece.text for piece in pieces).strip()
        if not text:
            return
        bold = _leading_bold(pieces)
        visible = sum(len(piece.text.strip()) for piece in pieces)
        linked = sum(len(piece.text.strip()) for piece in pieces if piece.link)
        number = "" if not self.marker or _repeats(text, self.marker) else self.marker
        kind: BlockKind = "heading" if heading else "list_item" if self.item else "paragraph"
        if heading:
            self.last_level = heading
            text = text.replace("\n", " ")
        level = heading or (self.depth or None)
        block = RawBlock(
            kind=kind,
            text=number + text,
            level=level,
            bold=bold + len(number) if bold else 0,
            generated=len(number),
            anchor=self.anchor,
        )
        self.out.append(WrittenBlock(block, linked / max(visible, 1), bold >= len(text)))
        self.item, self.marker, self.anchor = False, "", None

    def _is_aside_in_heading(self, index: int) -> bool:
        element = self.page.elements[index]
        if element.tag not in ("a", "button") or not self.page.chars[index]:
            return False
        if self.page.chars[index] > 25:
            return False
        text = self.page.text(index, 30).lower()
        href = element.get("href") or ""
        if href.startswith("#") and text in _HEADING_ANCHOR:
            return True
        return element.tag == "button" and not _is_trigger(element) and not self._in_heading()

    def _in_heading(self) -> bool:
        return bool(self.frames) and self.frames[-1].heading is not None

    def _table(self, index: int) -> None:
        self._flush()
        anchor = self.page.elements[index].get("id") or self.anchor
        for text, bold in row_texts(self.page, index):
            block = RawBlock(kind="table_row", text=text, bold=bold, anchor=anchor)
            self.out.append(WrittenBlock(block, 0.0, False))
        self.anchor = None


def _block_style(element: Element) -> bool:
    style = element.get("style")
    if not style or "display" not in style:
        return False
    return inline_style(style).get("display", "") in ("block", "flex", "grid", "table", "list-item")


def _is_trigger(element: Element) -> bool:
    """A button that opens a section of text; its label is that section's heading."""
    if element.tag not in ("button", "a", "div", "span"):
        return False
    if element.get("aria-expanded") is None or element.get("aria-haspopup"):
        return False
    return element.get("aria-controls") is not None or element.tag in ("button", "div", "span")


def _aria_level(element: Element) -> int:
    level = element.get("aria-level") or "2"
    return min(max(int(level), 1), 6) if level.isdigit() and len(level) < 4 else 2


def _repeats(text: str, marker: str) -> bool:
    """True if the author typed the number that the list would generate."""
    if not has_own_number(text):
        return False
    digits = re.match(r"[(\[]?([0-9.]+|[A-Za-z]+)", text)
    own = digits.group(1).rstrip(".").lower() if digits else ""
    return own.rpartition(".")[2] == marker.strip().rstrip(".").lower().rpartition(".")[2] or "." in own


def _leading_bold(pieces: list[Piece]) -> int:
    count = 0
    opened = False
    for at, piece in enumerate(pieces):
        # A number in plain type before a bold head belongs to the head.
        if not at and not piece.bold and len(piece.text) < 14 and _LINE_START.match(piece.text.strip() + " "):
            if len(pieces) == 1 or not pieces[1].bold:
                return 0
            count, opened = len(piece.text.lstrip()), True
            continue
        if not piece.bold and not piece.text.isspace():
            break
        text = piece.text if opened else piece.text.lstrip()
        opened = opened or bool(text)
        count += len(text)
    return count


def _glued(pieces: list[Piece], text: str) -> bool:
    """True if two neighboring inline elements would run together although a style sheet sets them apart."""
    before = pieces[-1].text if pieces else ""
    if len(before.strip()) < 2 or len(text.strip()) < 2 or before[-1].isspace() or text[0].isspace():
        return False
    if text[0].isdigit():
        return before[-1].islower()
    return text[0].isupper() and (before[-1].islower() or before[-1] in ".:)0123456789")


def _revealed(code: str) -> str:
    """An e-mail address that a content network hides from robots: hex bytes, each combined with the first by XOR."""
    if len(code) > 400 or not re.fullmatch(r"(?:[0-9a-fA-F]{2}){2,}", code):
        return ""
    values = bytes.fromhex(code)
    return bytes(value ^ values[0] for value in values[1:]).decode("utf-8", "replace")


def _split(pieces: list[Piece]) -> list[list[Piece]]:
    """Paragraphs of one run: blank lines always part them, single breaks where a new item or paragraph starts."""
    lines: list[list[Piece]] = [[]]
    for piece in pieces:
        if "\n" not in piece.text:
            lines[-1].append(piece)
            continue
        for number, part in enumerate(piece.text.split("\n")):
            if number:
                lines.append([])
            lines[-1].append(Piece(part, piece.bold, piece.link))
    if len(lines) == 1:
        return lines
    texts = ["".join(piece.text for piece in line).strip() for line in lines]
    heads = [_is_head_line(line, text) for line, text in zip(lines, texts, strict=True)]
    runs: list[list[Piece]] = []
    previous = ""
    was_head = False
    for line, text, is_head in zip(lines, texts, heads, strict=True):
        if not text:
            previous = ""
            continue
        apart = is_head != was_head or _LINE_START.match(text) or _is_paragraph(previous, text)
        if not runs or not previous or apart:
            runs.append(list(line))
        else:
            runs[-1].append(Piece("\n", all(p.bold for p in line), link=False))
            runs[-1].extend(line)
        previous, was_head = text, is_head
    return runs


def _is_head_line(line: list[Piece], text: str) -> bool:
    """A line between breaks that is all bold and short, as a heading over its paragraph is."""
    return 0 < len(text) <= 130 and all(piece.bold or piece.text.isspace() for piece in line if piece.text)


def _is_paragraph(previous: str, text: str) -> bool:
    return len(previous) >= _FULL_LINE and previous.endswith((".", ":", ";", "!", "?", "”")) and len(text) > 20
