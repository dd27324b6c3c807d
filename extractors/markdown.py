"""Markdown to blocks: what a reader of the rendered page sees, with the numbers and nesting of its lists."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from markdown_it import MarkdownIt
from markdown_it.token import Token

from extractors.document_title import document_title
from extractors.layout import Extraction, Options, RawBlock, clean, refuse_flood
from extractors.line_shapes import disguised_level, goes_on, is_title, split_marker
from extractors.markdown_inline import Inline, flatten, visible_html
from extractors.text import LINES_OF_A_BLOCK, decode, extract_text
from smallprint.records import DocumentWarning

_FRONT_MATTER = re.compile(r"---[ \t]*\n(.{0,20000}?)\n(?:---|\.\.\.)[ \t]*\n", re.DOTALL)
_FRONT_TITLE = re.compile(r"^title:[ \t]*['\"]?(.+?)['\"]?[ \t]*$", re.MULTILINE)
_CELL_BULLET = re.compile(r"^[ \t]*[*•·-][ \t]+(?=\S)", re.MULTILINE)  # cells hold no lists, so converters draw them
# "| --- | --- |Terms": a converter's table whose first row stands on the line that parts head and body
_GLUED_ROW = re.compile(r"^(\|(?:[ \t]*:?-{3,}:?[ \t]*\|)++)[ \t]*(?=[^\s|:-])", re.MULTILINE)
_SPACED_TARGET = re.compile(r"\]\(#[^()<>\n]*\)")  # "[..](#Section B)": a link to readers, not to CommonMark
_PERMALINK = re.compile(r"(?<=\S)\s+[#¶]\s*$")  # the sign that copies a heading's address
_PARENTHESIZED = re.compile(r"\s*\((?:\d{1,3}|[a-z]{1,2}|[ivxlc]{1,6})\)\s")
_MAX_HEADING = 300  # characters; longer "headings" are paragraphs that happen to stand on a rule
_MAX_BRACKETS = 5000  # in one paragraph
_MAX_NESTING = 100  # markdown-it drops what is nested deeper; deeper than any document, shallower than the call stack


def extract_markdown(data: bytes, options: Options) -> Extraction:
    """Blocks of a Markdown file (CommonMark and tables); link addresses, images and markup signs are left out.

    Raises:
        DocumentError: ``too_large`` where it has more lines than any document.

    """
    text, warnings = decode(data)
    refuse_flood(text.count("\n") // LINES_OF_A_BLOCK)
    text = re.sub(r"\r\n?|[\x85\u2028\u2029]", "\n", text)
    text = _GLUED_ROW.sub(r"\1\n", _SPACED_TARGET.sub("](#)", text))
    front = _FRONT_MATTER.match(text)
    title = None
    if front:
        found = _FRONT_TITLE.search(front[1])
        title = found[1] if found else None
        text = text[front.end() :]
    tokens = _parse(text)
    if tokens is None:
        note = DocumentWarning(
            code="markup_ignored", detail="markup nested or bracketed too densely: read as plain text"
        )
        plain = extract_text(data, options)
        return replace(plain, warnings=(*plain.warnings, note))
    blocks = tuple(_Walk().blocks(tokens))
    return Extraction(blocks, title=title or document_title(blocks), warnings=warnings)


def _parse(text: str) -> list[Token] | None:
    """Block tokens; None where the parser would take quadratic time over brackets or drop what is nested too deep."""
    if any(paragraph.count("[") > _MAX_BRACKETS for paragraph in text.split("\n\n")):
        return None
    tokens = _parser().parse(text)
    return None if any(token.level >= _MAX_NESTING - 2 for token in tokens) else tokens


def _parser() -> MarkdownIt:
    # Indented code is off: four spaces in a legal text are a list's indentation gone astray. Joining of texts is off so
    # that an escaped sign can be told from one that markup left over.
    parser = MarkdownIt("commonmark", {"maxNesting": _MAX_NESTING}).enable("table").disable(["code", "text_join"])
    parser.validateLink = lambda url: True  # type: ignore[method-assign]
    return parser


@dataclass
class _List:
    ordered: bool
    number: int = 0  # of the item last opened
    info: str = ""  # the same, as the source prints it


@dataclass
class _Walk:
    """The state of one pass over the block tokens."""

    lists: list[_List] = field(default_factory=list)
    pending: str = ""  # list numbers that wait for the first text of their item
    opens_item: bool = False
    row: list[str] = field(default_factory=list)
    level: int = 0  # of the last heading that markup declares
    disguised: RawBlock | None = None  # the heading last told by its looks

    def blocks(self, tokens: list[Token]) -> Iterator[RawBlock]:
        """The raw blocks in reading order; a rule drawn under a short line makes that line the heading it was."""
        waiting: RawBlock | None = None
        for index, token in enumerate(tokens):
            if token.type == "hr" and waiting is not None and _underlines(token, waiting):
                waiting = RawBlock("heading", waiting.text, level=2, bold=waiting.bold)
                self.level = 2
                continue
            for block in self._step(tokens, index):
                if waiting is not None:
                    yield self._without_lead_in(waiting, block)
                waiting = block
        if waiting is not None:
            yield waiting

    def _without_lead_in(self, block: RawBlock, following: RawBlock) -> RawBlock:
        """A numbered line that the items below it complete is no title: "2.2 You may not" (a) copy it."""
        typed = block is self.disguised and block.bold < len(block.text.rstrip())
        return replace(block, kind="paragraph", level=None) if typed and goes_on(following.text) else block

    def _step(self, tokens: list[Token], index: int) -> Iterator[RawBlock]:
        token = tokens[index]
        kind = token.type
        if kind in ("bullet_list_open", "ordered_list_open"):
            self.lists.append(_List(ordered=kind == "ordered_list_open"))
        elif kind in ("bullet_list_close", "ordered_list_close"):
            self.lists.pop()
        elif kind == "list_item_open":
            self._open_item(token)
        elif kind == "list_item_close":
            self.opens_item, self.pending = False, ""
        elif kind == "inline":
            yield from self._inline(tokens[index - 1], token)
        elif kind == "tr_open":
            self.row = []
        elif kind == "tr_close" and any(self.row):
            yield RawBlock("table_row", " | ".join(cell for cell in self.row if cell))
        elif kind == "fence":
            yield from self._prose(Inline(token.content, 0))
        elif kind == "html_block":
            yield from self._prose(Inline(visible_html(token.content), 0))

    def _open_item(self, token: Token) -> None:
        current = self.lists[-1]
        self.opens_item = True
        if current.ordered:
            # Printed numbers stand, except where an author wrote "1." throughout and left the counting to the page.
            current.number = current.number + 1 if token.info == current.info else int(token.info)
            current.info = token.info
            self.pending += f"{current.number}{token.markup} "

    def _inline(self, parent: Token, token: Token) -> Iterator[RawBlock]:
        inline = flatten(token.children or [])
        if parent.type in ("th_open", "td_open"):
            self.row.append(_CELL_BULLET.sub("", inline.text.strip()))
        elif parent.type == "heading_open" and len(inline.text) <= _MAX_HEADING:
            inline = Inline(_PERMALINK.sub("", inline.text), inline.bold)
            if clean(inline.text):
                self.level = int(parent.tag[1])
                yield self._numbered("heading", inline, self.level)
        elif re.fullmatch(r"\s*=+\s*", inline.text):
            return
        else:
            yield from self._prose(inline)

    def _prose(self, inline: Inline) -> Iterator[RawBlock]:
        """A list item, a heading in disguise, or a paragraph."""
        if not clean(inline.text):
            return
        if self.lists and self.opens_item:
            yield self._numbered("list_item", inline, len(self.lists))
        elif not self.lists and (
            level := disguised_level(
                clean(inline.text), bold=inline.bold >= len(inline.text.rstrip()), declared=self.level
            )
        ):
            self.disguised = RawBlock("heading", inline.text, level=level, bold=inline.bold)
            yield self.disguised
        elif _PARENTHESIZED.match(inline.text):
            yield RawBlock("list_item", inline.text, level=len(self.lists) + 1, bold=inline.bold)
        else:
            yield RawBlock("paragraph", inline.text, level=len(self.lists) or None, bold=inline.bold)

    def _numbered(self, kind: str, inline: Inline, level: int) -> RawBlock:
        number, self.pending, self.opens_item = self.pending, "", False
        if split_marker(inline.text)[0][:1].isdigit():
            number = ""  # the item prints its own number; the list's is what a converter counted
        bold = inline.bold + len(number) if inline.bold else 0
        return RawBlock("heading" if kind == "heading" else "list_item", number + inline.text, level=level, bold=bold)


def _underlines(rule: Token, above: RawBlock) -> bool:
    """Whether a thematic break is a heading's underline that blank lines cut off: dashes, about as long as the line."""
    text = clean(above.text)
    drawn = len(rule.markup)
    return (
        above.kind in ("paragraph", "heading")
        and rule.markup.startswith("-")
        and drawn >= max(5, 0.8 * len(text))
        and is_title(text, words=20, characters=150)
    )
