"""What every extractor returns, and the one place where raw blocks become canonical text with offsets."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from smallprint.records import Block, BlockKind, DocumentWarning


@dataclass(frozen=True)
class Options:
    """What a user can say about reading a file."""

    password: str | None = None
    ocr: bool = False


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


@dataclass(frozen=True)
class Extraction:
    """What one extractor found in one file, in reading order; ``page_furniture`` blocks do not enter the text."""

    blocks: Sequence[RawBlock]
    title: str | None = None
    language: str | None = None  # as the file declares it, ISO 639-1
    warnings: Sequence[DocumentWarning] = field(default_factory=tuple)
    page_count: int | None = None


# C0/C1 controls but tab and newline, soft hyphen, zero-width characters, bidi controls and the byte order mark:
# a reader sees none of them, and each can hide words from a search or reorder them on a screen.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)
_SPACES = re.compile(r"[^\S\n]+")
_BREAKS = re.compile(r" ?\n[ \n]*")


def clean(text: str) -> str:
    """Visible characters only, runs of white space as one space, line breaks kept as single newlines; idempotent."""
    text = _INVISIBLE.sub(
        "", text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    )
    return _BREAKS.sub("\n", _SPACES.sub(" ", text)).strip()


def assemble(raw: Iterable[RawBlock]) -> tuple[str, tuple[Block, ...]]:
    """Canonical text and its blocks: list items and table rows are a line apart, all else a blank line."""
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
                generated=_carried(one.text, one.generated, text),
                anchor=one.anchor,
            )
        )
        parts.append(text)
        at += len(text)
        previous = one.kind
    return "".join(parts), tuple(blocks)


def _carried(raw: str, leading: int, cleaned: str) -> int:
    """How many leading characters of the cleaned text stem from the first ``leading`` of the raw one."""
    return min(len(clean(raw[:leading])), len(cleaned)) if leading else 0
