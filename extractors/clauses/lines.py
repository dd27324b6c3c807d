"""A document's blocks as lines, each with its number: blocks are split where a line inside begins with a number."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from extractors.clauses.numbering import Marker, parse_marker
from extractors.line_shapes import is_caps, is_title, split_bullet
from smallprint.records import Block, BlockKind, Document

UNMARKED_LEVEL = 7  # of headings that no markup declares: below the six levels that markup has
_MAX_TITLE_ABOVE_CHARS = 120  # of a title on the first lines of a block, a little more than a title's 110
_MAX_LONE_NUMBER_TITLE_WORDS = 9  # of a title below a line with only a number ("§ 1"); chosen by eye


@dataclass(frozen=True)
class TextLine:
    """A block, or a part of one that begins with a number or bullet of its own."""

    start: int
    end: int
    text: str
    kind: BlockKind
    level: int | None
    marker: Marker | None = None
    bold: int = 0  # leading characters in bold type
    generated: bool = False  # the number was written by us for an automatic list, so that it certainly counts
    opens_block: bool = True
    in_contents: bool = False  # an entry of a table of contents

    @property
    def is_heading(self) -> bool:
        """Whether it is a heading, by markup or by its look."""
        return self.kind == "heading"

    @property
    def words(self) -> str:
        """The line without its number."""
        return self.text[self.marker.end :] if self.marker else self.text


def read_lines(document: Document) -> list[TextLine]:
    """All of the document's text as lines, in order, without the white space between them.

    Every character belongs to one line, even where blocks overlap or leave text out.
    """
    lines = [line for block in _tiling(document) for line in _split(document.text, block)]
    return _with_lone_numbers_joined(document.text, lines)


def _tiling(document: Document) -> Iterator[Block]:
    """The document's blocks without overlaps, and paragraphs for the text between them."""
    text, end_before = document.text, 0
    for block in document.blocks:
        start, end = max(block.start, end_before), min(block.end, len(text))
        if text[end_before:start].strip():
            yield Block(kind="paragraph", start=end_before, end=start)
            end_before = start
        if start < end:
            yield block if start == block.start else block.model_copy(update={"start": start, "bold": 0})
            end_before = end
    if text[end_before:].strip():
        yield Block(kind="paragraph", start=end_before, end=len(text))


def _split(text: str, block: Block) -> Iterator[TextLine]:
    """The lines of one block: headings and table rows whole, the rest split where a line begins with a number."""
    body = text[block.start : min(block.end, len(text))]
    start = block.start + len(body) - len(body.lstrip())
    body = body.strip()
    if not body:
        return
    block_kind: BlockKind = "paragraph" if block.kind == "page_furniture" else block.kind
    starts = [0]
    if block_kind in ("paragraph", "list_item") and "\n" in body:
        starts = _line_starts(body, block.bold)
    for number, offset in enumerate(starts):
        part = body[offset : starts[number + 1] if number + 1 < len(starts) else len(body)].rstrip()
        opens_block = number == 0
        kind = _kind(block_kind, part, opens_block=opens_block, is_split=len(starts) > 1, bold=block.bold)
        yield TextLine(
            start=start + offset,
            end=start + offset + len(part),
            text=part,
            kind=kind,
            level=_level(block, kind, bulleted=not opens_block and bool(split_bullet(part)[0])),
            marker=None if block_kind == "table_row" else parse_marker(part),
            bold=min(len(part), max(0, block.bold - offset)),
            generated=opens_block and block.generated > 0,
            opens_block=opens_block,
        )


def _line_starts(body: str, bold: int) -> list[int]:
    """Where to split a block: before lines that begin with a number or bullet, and after a title at its top."""
    starts, start = [0], body.find("\n") + 1
    while start:
        line_end = body.find("\n", start)
        line = body[start : line_end if line_end >= 0 else len(body)]
        if (
            split_bullet(line)[0]
            or _begins_with_number(line)
            or (len(starts) == 1 and _is_title_above(body, start, bold))
        ):
            starts.append(start)
        start = line_end + 1
    return starts


def _begins_with_number(line: str) -> bool:
    marker = parse_marker(line)
    if marker is None:
        return False
    rest = line[marker.end :]
    return (
        marker.printed.startswith("(") or not rest[:1].islower() or (marker.explicit and marker.printed.endswith(")"))
    )


def _is_title_above(body: str, offset: int, bold: int) -> bool:
    """Whether all of the block before ``offset`` is a title in bold type or capitals."""
    if offset > _MAX_TITLE_ABOVE_CHARS:
        return False
    title = body[: offset - 1]
    return is_title(title) and (is_caps(title) or bold in (offset - 1, offset))


def _kind(block_kind: BlockKind, part: str, *, opens_block: bool, is_split: bool, bold: int) -> BlockKind:
    if split_bullet(part)[0] and not opens_block:
        return "list_item"
    is_heading = (
        opens_block
        and is_split
        and block_kind == "paragraph"
        and is_title(part)
        and (is_caps(part) or bold >= len(part))
    )
    return "heading" if is_heading else block_kind


def _level(block: Block, kind: BlockKind, *, bulleted: bool) -> int | None:
    if kind == "heading" and (block.kind != "heading" or block.level is None):
        return UNMARKED_LEVEL
    return (block.level or 0) + 1 if bulleted else block.level


def _with_lone_numbers_joined(text: str, lines: Sequence[TextLine]) -> list[TextLine]:
    """The lines; one with nothing but a number ("§ 1", "4.") is joined with the title or text that follows it."""
    joined: list[TextLine] = []
    for line in lines:
        before = joined[-1] if joined else None
        if before is not None and before.marker and not before.words.strip() and _completes(before, line):
            joined[-1] = replace(
                before,
                end=line.end,
                text=text[before.start : line.end],
                kind="heading" if before.is_heading else line.kind,
                level=before.level if before.is_heading else line.level,
                marker=replace(before.marker, end=line.start - before.start),
                bold=line.start - before.start + line.bold if line.bold else 0,
            )
        else:
            joined.append(line)
    return joined


def _completes(number: TextLine, line: TextLine) -> bool:
    if line.marker or line.kind == "table_row":
        return False
    return line.is_heading or not number.is_heading or is_title(line.text, words=_MAX_LONE_NUMBER_TITLE_WORDS)
