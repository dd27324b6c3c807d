"""What every extractor returns, and how raw blocks become canonical text with offsets."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from smallprint.errors import DocumentError
from smallprint.records import Block, BlockKind, DocumentWarning


@dataclass(frozen=True)
class Options:
    """How the user wants a source to be captured and read."""

    password: str | None = None
    ocr: bool = False
    source: str = ""  # file name or URL: it selects the document where one page holds several
    allow_private: bool = False  # fetch from loopback and private addresses too
    ignore_robots: bool = False
    wayback: bool = False  # look up the nearest public capture, to be cited beside our own
    wayback_save: bool = False  # and ask the archive to make a new one
    render: bool = False  # run the page's scripts in a browser before reading it


@dataclass(frozen=True)
class RawBlock:
    """A block before it has offsets; ``text`` may hold any white space, ``assemble`` normalizes it."""

    kind: BlockKind
    text: str
    level: int | None = None
    page: int | None = None
    bold: int = 0  # leading characters of ``text`` in bold type
    generated: int = 0  # leading characters of ``text`` written by us: an automatic list number and its space
    anchor: str | None = None
    page_breaks: tuple[int, ...] = ()  # offsets into ``text`` where a further page begins


@dataclass(frozen=True)
class Extraction:
    """The content of one file in reading order; blocks of kind ``page_furniture`` do not enter the text."""

    blocks: Sequence[RawBlock]
    title: str | None = None
    language: str | None = None  # as the file declares it, ISO 639-1
    warnings: Sequence[DocumentWarning] = field(default_factory=tuple)
    page_count: int | None = None


_MAX_BLOCKS = 200_000  # the longest real documents have a twentieth of this
# C0 and C1 controls except tab and newline, soft hyphen, zero-width characters, bidi controls, the byte order mark,
# language tags and variation selectors: a reader sees none of them, and each can hide words from a search, hide words
# from a reader or reorder them on a screen. Lone surrogates cannot be stored. Private-use characters are icons, which
# mean nothing without the font that draws them.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\ufe00-\ufe0f\ufeff\ufff9-\ufffb\ud800-\uf8ff\U000e0000-\U000e01ef\U000f0000-\U0010ffff]"
)
_SYMBOL_BULLETS = dict.fromkeys(map(ord, "\uf0b7\uf0a7\uf0d8\uf02d"), "•")  # as Word's symbol fonts encode them
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_SPACES = re.compile(r"[^\S\n]+")
_BREAKS = re.compile(r" ?\n[ \n]*")


def clean(text: str) -> str:
    """The visible characters of a text, with white space as single spaces and line breaks as single newlines.

    Cleaning a cleaned text changes nothing.
    """
    text = _INVISIBLE.sub("", _LINE_ENDS.sub("\n", text.translate(_SYMBOL_BULLETS)))
    return _BREAKS.sub("\n", _SPACES.sub(" ", text)).strip()


def refuse_oversized(count: int, unit: str = "paragraphs", limit: int = _MAX_BLOCKS) -> None:
    """Stop where a file has more parts than any document, before they fill the memory or take too long.

    Args:
        count: of the parts so far.
        unit: what the parts are called in the message, in the plural.
        limit: highest count that is accepted.

    Raises:
        DocumentError: ``too_large``.

    """
    if count > limit:
        raise DocumentError("too_large", f"there are more than {limit:,} {unit} in it", advice="split the file")


def assemble(raw: Iterable[RawBlock]) -> tuple[str, tuple[Block, ...]]:
    """The canonical text and its blocks.

    A line break separates consecutive list items and consecutive table rows, a blank line everything else.

    Raises:
        DocumentError: ``too_large`` where there are more blocks than any document has.

    """
    parts: list[str] = []
    blocks: list[Block] = []
    offset, previous_kind = 0, None
    for raw_block in raw:
        text = clean(raw_block.text)
        if not text or raw_block.kind == "page_furniture":
            continue
        if previous_kind is not None:
            gap = "\n" if raw_block.kind == previous_kind and raw_block.kind in ("list_item", "table_row") else "\n\n"
            parts.append(gap)
            offset += len(gap)
        blocks.append(_located(raw_block, text, offset))
        refuse_oversized(len(blocks))
        parts.append(text)
        offset += len(text)
        previous_kind = raw_block.kind
    return "".join(parts), tuple(blocks)


def page_at(blocks: Sequence[Block], offset: int) -> int | None:
    """The number of the page, from 1, that has the character at ``offset``; None for formats without pages.

    White space between blocks belongs to the block before it.
    """
    index = bisect_right(blocks, offset, key=lambda block: block.start) - 1
    if index < 0 or blocks[index].page is None:
        return None
    block = blocks[index]
    return (block.page or 0) + bisect_right(block.page_breaks, offset)


def _located(raw_block: RawBlock, text: str, start: int) -> Block:
    """The block whose cleaned text begins at ``start`` of the canonical text."""
    raw = raw_block.text
    return Block(
        kind=raw_block.kind,
        start=start,
        end=start + len(text),
        level=raw_block.level,
        page=raw_block.page,
        bold=_cleaned_length(raw, raw_block.bold, text),
        generated=_cleaned_length(raw, raw_block.generated, text, trailing_space=True),
        anchor=raw_block.anchor,
        page_breaks=tuple(
            start + _cleaned_length(raw, offset, text, trailing_space=True) for offset in raw_block.page_breaks
        ),
    )


def _cleaned_length(raw: str, leading: int, cleaned: str, *, trailing_space: bool = False) -> int:
    """How many characters the first ``leading`` characters of the raw text have become in the cleaned text.

    With ``trailing_space``, white space at the end of the leading part is counted too.
    """
    if not leading:
        return 0
    length = len(clean(raw[:leading] + "x")) - 1 if trailing_space else len(clean(raw[:leading]))
    return min(length, len(cleaned))
