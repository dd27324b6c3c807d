"""Markdown to blocks: what a reader of the rendered page sees, with the numbers and nesting of its lists.

One pass over markdown-it's block tokens (``_MarkdownState``), by these rules:

| token                               | effect                                                                      |
|-------------------------------------|-----------------------------------------------------------------------------|
| start of a list                     | the list depth is one more until it ends                                    |
| start of an item                    | the next block is a list item, in an ordered list with the item's number    |
| inline text of a heading            | a heading; very long ones are paragraphs above a rule                       |
| inline text of a table cell         | gathers until the row ends; the row is one block                            |
| other inline text, fences, raw HTML | the list item that waits, an unmarked heading (by its look), or a paragraph |
| dashes right below a title          | the paragraph above becomes a heading of level 2                            |
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

from markdown_it import MarkdownIt
from markdown_it.token import Token

from extractors.document_title import document_title
from extractors.layout import Extraction, Options, RawBlock, clean, refuse_oversized
from extractors.line_shapes import continues_sentence, is_title, split_marker, unmarked_heading_level
from extractors.markdown_inline import Inline, flatten, visible_html
from extractors.text import LINES_PER_BLOCK, decode, extract_text
from smallprint.records import DocumentWarning

_FRONT_MATTER = re.compile(r"---[ \t]*\n(.{0,20000}?)\n(?:---|\.\.\.)[ \t]*\n", re.DOTALL)
_FRONT_TITLE = re.compile(r"^title:[ \t]{0,8}['\"]?([^\n]{1,300}?)['\"]?[ \t]{0,8}$", re.MULTILINE)
_CELL_BULLET = re.compile(
    r"^[ \t]*[*•·-][ \t]+(?=\S)", re.MULTILINE
)  # Markdown has no lists in cells, so converters draw them
# "| --- | --- |Terms": some converters write the first row on the line between head and body.
_ROW_AFTER_DELIMITER = re.compile(r"^(\|(?:[ \t]*:?-{3,}:?[ \t]*\|)++)[ \t]*(?=[^\s|:-])", re.MULTILINE)
_SPACED_TARGET = re.compile(r"\]\(#[^()<>\n]*\)")  # "[..](#Section B)": meant as a link, but none in CommonMark
_PERMALINK = re.compile(r"(?<=\S)\s+[#¶]\s*$")  # the link beside a heading that copies its address
_PARENTHESIZED_NUMBER = re.compile(r"\s{0,8}\((?:\d{1,3}|[a-z]{1,2}|[ivxlc]{1,6})\)\s")
_MAX_HEADING_CHARS = 300  # real headings reach 170; longer ones are paragraphs that happen to be above a rule
_MAX_BRACKETS = 5000  # in one paragraph: markdown-it takes quadratic time over open brackets
_MAX_NESTING = (
    100  # markdown-it drops what is nested deeper: more than in any document, less than the call stack allows
)
# A thematic break underlines a title if it is drawn about as long as the title. Chosen by eye on converted documents;
# a fifth more or less changes none of 47.
_MIN_RULE_CHARS = 5
_MIN_RULE_SHARE = 0.8  # of the title's length
_MAX_RULED_TITLE_WORDS = 20
_MAX_RULED_TITLE_CHARS = 150


def extract_markdown(data: bytes, options: Options) -> Extraction:
    """The blocks of a Markdown file (CommonMark and tables), without link addresses, images and markup signs.

    Raises:
        DocumentError: ``too_large`` where it has more lines than any document.

    """
    text, warnings = decode(data)
    refuse_oversized(text.count("\n") // LINES_PER_BLOCK)
    text = re.sub(r"\r\n?|[\x85\u2028\u2029]", "\n", text)
    text = _ROW_AFTER_DELIMITER.sub(r"\1\n", _SPACED_TARGET.sub("](#)", text))
    front_matter = _FRONT_MATTER.match(text)
    title = None
    if front_matter:
        title_line = _FRONT_TITLE.search(front_matter[1])
        title = title_line[1] if title_line else None
        text = text[front_matter.end() :]
    tokens = _parse(text)
    if tokens is None:
        ignored = DocumentWarning(
            code="markup_ignored", detail="markup nested or bracketed too densely: read as plain text"
        )
        plain = extract_text(data, options)
        return replace(plain, warnings=(*plain.warnings, ignored))
    blocks = tuple(_blocks(tokens))
    return Extraction(blocks, title=title or document_title(blocks), warnings=warnings)


def _parse(text: str) -> list[Token] | None:
    """Block tokens; None where brackets would take the parser too long or it would drop what is nested too deep."""
    if any(paragraph.count("[") > _MAX_BRACKETS for paragraph in text.split("\n\n")):
        return None
    tokens = _parser().parse(text)
    return None if any(token.level >= _MAX_NESTING - 2 for token in tokens) else tokens


def _parser() -> MarkdownIt:
    # Indented code is off: four spaces in a legal text are the indentation of a list. Joining of texts is off, so that
    # an escaped sign differs from a stray one.
    parser = MarkdownIt("commonmark", {"maxNesting": _MAX_NESTING}).enable("table").disable(["code", "text_join"])
    parser.validateLink = lambda url: True  # type: ignore[method-assign]
    return parser


@dataclass
class _OpenList:
    ordered: bool
    number: int = 0  # of the last item so far
    printed: str = ""  # the same, as the source prints it


@dataclass
class _MarkdownState:
    """The state of one pass over the block tokens, as the rules above change it."""

    lists: list[_OpenList] = field(default_factory=list)
    pending_number: str = ""  # of items that have begun and have no text yet
    item_begun: bool = False  # and has no text yet
    row: list[str] = field(default_factory=list)  # cells of the current table row
    marked_level: int = 0  # of the last heading that markup declares
    unmarked_heading: RawBlock | None = None  # the last heading recognized by its look


def _blocks(tokens: list[Token]) -> Iterator[RawBlock]:
    """The raw blocks in reading order; each waits for the next token or block, which may change what it is."""
    state = _MarkdownState()
    waiting: RawBlock | None = None
    for index, token in enumerate(tokens):
        if token.type == "hr" and waiting is not None and _underlines(token, waiting):
            waiting = RawBlock("heading", waiting.text, level=2, bold=waiting.bold)
            state.marked_level = 2
            continue
        for block in _read_token(state, tokens, index):
            if waiting is not None:
                yield _without_lead_in(state, waiting, block)
            waiting = block
    if waiting is not None:
        yield waiting


def _without_lead_in(state: _MarkdownState, block: RawBlock, following: RawBlock) -> RawBlock:
    """The block, as a paragraph if it is a numbered line that items complete: "2.2 You may not" (a) copy it."""
    plain_heading = block is state.unmarked_heading and block.bold < len(block.text.rstrip())
    if plain_heading and continues_sentence(following.text):
        return replace(block, kind="paragraph", level=None)
    return block


def _read_token(state: _MarkdownState, tokens: list[Token], index: int) -> Iterator[RawBlock]:
    """The blocks that one token completes."""
    token = tokens[index]
    match token.type:
        case "bullet_list_open" | "ordered_list_open":
            state.lists.append(_OpenList(ordered=token.type == "ordered_list_open"))
        case "bullet_list_close" | "ordered_list_close":
            state.lists.pop()
        case "list_item_open":
            _begin_item(state, token)
        case "list_item_close":
            state.item_begun, state.pending_number = False, ""
        case "inline":
            yield from _inline(state, tokens[index - 1], token)
        case "tr_open":
            state.row = []
        case "tr_close" if any(state.row):
            yield RawBlock("table_row", " | ".join(cell for cell in state.row if cell))
        case "fence":
            yield from _prose(state, Inline(token.content, 0))
        case "html_block":
            yield from _prose(state, Inline(visible_html(token.content), 0))


def _begin_item(state: _MarkdownState, token: Token) -> None:
    current = state.lists[-1]
    state.item_begun = True
    if current.ordered:
        # Printed numbers count, except where an author wrote "1." for every item and left the counting to the renderer.
        current.number = current.number + 1 if token.info == current.printed else int(token.info)
        current.printed = token.info
        state.pending_number += f"{current.number}{token.markup} "


def _inline(state: _MarkdownState, parent: Token, token: Token) -> Iterator[RawBlock]:
    inline = flatten(token.children or [])
    if parent.type in ("th_open", "td_open"):
        state.row.append(_CELL_BULLET.sub("", inline.text.strip()))
    elif parent.type == "heading_open" and len(inline.text) <= _MAX_HEADING_CHARS:
        inline = Inline(_PERMALINK.sub("", inline.text), inline.bold)
        if clean(inline.text):
            state.marked_level = int(parent.tag[1])
            yield _numbered_block(state, "heading", inline, state.marked_level)
    elif inline.text.strip() and not inline.text.strip().strip("="):
        return
    else:
        yield from _prose(state, inline)


def _prose(state: _MarkdownState, inline: Inline) -> Iterator[RawBlock]:
    """A list item, an unmarked heading, or a paragraph; nothing for white space."""
    text = clean(inline.text)
    if not text:
        return
    depth = len(state.lists)
    if state.lists:
        level = None
    else:
        all_bold = inline.bold >= len(inline.text.rstrip())
        level = unmarked_heading_level(text, bold=all_bold, declared=state.marked_level)
    if state.lists and state.item_begun:
        yield _numbered_block(state, "list_item", inline, depth)
    elif level:
        state.unmarked_heading = RawBlock("heading", inline.text, level=level, bold=inline.bold)
        yield state.unmarked_heading
    elif _PARENTHESIZED_NUMBER.match(inline.text):
        yield RawBlock("list_item", inline.text, level=depth + 1, bold=inline.bold)
    else:
        yield RawBlock("paragraph", inline.text, level=depth or None, bold=inline.bold)


def _numbered_block(
    state: _MarkdownState, kind: Literal["heading", "list_item"], inline: Inline, level: int
) -> RawBlock:
    """A block that takes the numbers of the items that wait for text."""
    number, state.pending_number, state.item_begun = state.pending_number, "", False
    if split_marker(inline.text)[0][:1].isdigit():
        number = ""  # the item prints its own number; the list's is only what a converter counted
    bold = inline.bold + len(number) if inline.bold else 0
    return RawBlock(kind, number + inline.text, level=level, bold=bold)


def _underlines(rule: Token, above: RawBlock) -> bool:
    """True for a thematic break that is the underline of a heading: dashes, about as long as the line above."""
    text = clean(above.text)
    return (
        above.kind in ("paragraph", "heading")
        and rule.markup.startswith("-")
        and len(rule.markup) >= max(_MIN_RULE_CHARS, _MIN_RULE_SHARE * len(text))
        and is_title(text, words=_MAX_RULED_TITLE_WORDS, characters=_MAX_RULED_TITLE_CHARS)
    )
