"""What every extractor returns, and the one place where raw blocks become canonical text with offsets."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from smallprint.errors import DocumentError
from smallprint.records import Block, BlockKind, DocumentWarning


@dataclass(frozen=True)
class Options:
    """What a user can say about reading a file."""

    password: str | None = None
    ocr: bool = False
    source: str = ""  # file name or URL: it says which document is meant where one page holds several
    allow_private: bool = False  # fetch from loopback and private addresses too
    ignore_robots: bool = False
    wayback: bool = False  # look up the nearest public capture, to be cited beside our own
    wayback_save: bool = False  # and ask the archive for a new one
    render: bool = False  # run the page's scripts in a browser before reading it


@dataclass(frozen=True)
class RawBlock:
    """A block before it has a place in the text; ``text`` may hold any white space, ``assemble`` settles it."""

    kind: BlockKind
    text: str
    level: int | None = None
    page: int | None = None
    bold: int = 0  # leading characters of ``text`` in bold type
    generated: int = 0  # leading characters of ``text`` that we wrote: an automatic list number and its space
    anchor: str | None = None
    page_breaks: tuple[int, ...] = ()  # offsets into ``text`` where a further page begins


@dataclass(frozen=True)
class Extraction:
    """What one extractor found in one file, in reading order; ``page_furniture`` blocks do not enter the text."""

    blocks: Sequence[RawBlock]
    title: str | None = None
    language: str | None = None  # as the file declares it, ISO 639-1
    warnings: Sequence[DocumentWarning] = field(default_factory=tuple)
    page_count: int | None = None


_MAX_BLOCKS = 200_000  # the longest real documents have a twentieth of it
# C0/C1 controls but tab and newline, soft hyphen, zero-width characters, bidi controls, the byte order mark,
# language tags and variation selectors: a reader sees none of them, and each can hide words from a search,
# smuggle words past a reader or reorder them on a screen. Lone surrogates cannot be stored. Characters of private use
# are icons, which mean nothing without the font that draws them.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\ufe00-\ufe0f\ufeff\ufff9-\ufffb\ud800-\uf8ff\U000e0000-\U000e01ef\U000f0000-\U0010ffff]"
)
_SYMBOL_BULLETS = dict.fromkeys(map(ord, "\uf0b7\uf0a7\uf0d8\uf02d"), "•")  # as Word's symbol fonts encode them
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_SPACES = re.compile(r"[^\S\n]+")
_BREAKS = re.compile(r" ?\n[ \n]*")


def clean(text: str) -> str:
    """Visible characters only, runs of white space as one space, line breaks kept as single newlines; idempotent."""
    text = _INVISIBLE.sub("", _LINE_ENDS.sub("\n", text.translate(_SYMBOL_BULLETS)))
    return _BREAKS.sub("\n", _SPACES.sub(" ", text)).strip()


def refuse_flood(count: int, what: str = "paragraphs", most: int = _MAX_BLOCKS) -> None:
    """Stop where a file has more pieces than any document, before they fill the memory or take too long.

    Raises:
        DocumentError: ``too_large``.

    """
    if count > most:
        raise DocumentError("too_large", f"there are more than {most:,} {what} in it", advice="split the file")


def assemble(raw: Iterable[RawBlock]) -> tuple[str, tuple[Block, ...]]:
    """Canonical text and its blocks: list items and table rows are a line apart, all else a blank line.

    Raises:
        DocumentError: ``too_large`` where there are more blocks than any document has.

    """
    parts: list[str] = []
    blocks: list[Block] = []
    at, previous = 0, None
    for one in raw:
        text = clean(one.text)
        if not text or one.kind == "page_furniture":
            continue
        if previous is not None:
            gap = "\n" if one.kind == previous and one.kind in ("list_item", "table_row") else "\n\n"
            parts.append(gap)
            at += len(gap)
        blocks.append(
            Block(
                kind=one.kind,
                start=at,
                end=at + len(text),
                level=one.level,
                page=one.page,
                bold=_carried(one.text, one.bold, text),
                generated=_carried(one.text, one.generated, text, space=True),
                anchor=one.anchor,
                page_breaks=tuple(at + _carried(one.text, offset, text, space=True) for offset in one.page_breaks),
            )
        )
        refuse_flood(len(blocks))
        parts.append(text)
        at += len(text)
        previous = one.kind
    return "".join(parts), tuple(blocks)


def page_at(blocks: Sequence[Block], offset: int) -> int | None:
    """The page, from 1, that the character at ``offset`` stands on; None for formats without pages.

    White space between blocks counts with the block before it.
    """
    index = bisect_right(blocks, offset, key=lambda block: block.start) - 1
    if index < 0 or blocks[index].page is None:
        return None
    block = blocks[index]
    return (block.page or 0) + bisect_right(block.page_breaks, offset)


def _carried(raw: str, leading: int, cleaned: str, *, space: bool = False) -> int:
    """How many leading characters of the cleaned text stem from the first ``leading`` of the raw one.

    With ``space``, white space at the end of the leading part counts too.
    """
    if not leading:
        return 0
    carried = len(clean(raw[:leading] + "x")) - 1 if space else len(clean(raw[:leading]))
    return min(carried, len(cleaned))
