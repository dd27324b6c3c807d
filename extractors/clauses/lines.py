"""A document's blocks as lines that may be numbered: what is cut apart, what is joined, what heads a section."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from extractors.clauses.numbering import Marker, parse_marker
from extractors.line_shapes import is_caps, is_title, split_bullet
from smallprint.records import Block, BlockKind, Document

TYPED_HEADING = 7  # level of headings that no markup declares: below all that it does


@dataclass(frozen=True)
class Line:
    """A block, or a part of one that opens with a number or bullet of its own."""

    start: int
    end: int
    text: str
    kind: BlockKind
    level: int | None
    block: int  # index of the block
    marker: Marker | None = None
    bold: int = 0  # leading characters in bold type
    generated: bool = False  # the number is automatic, so it is one
    opens_block: bool = True
    contents: bool = False  # an entry of a table of contents

    @property
    def is_heading(self) -> bool:
        """Whether markup or shape makes it a heading."""
        return self.kind == "heading"

    @property
    def words(self) -> str:
        """The line without its number."""
        return self.text[self.marker.end :] if self.marker else self.text


def read_lines(document: Document) -> list[Line]:
    """All of the document's text as lines, in order; only white space is left out.

    Blocks that overlap others or leave text uncovered are mended: every character belongs to one line.
    """
    lines = [line for index, block in enumerate(_mended(document)) for line in _split(document.text, block, index)]
    return _with_lone_numbers_joined(document.text, lines)


def _mended(document: Document) -> Iterator[Block]:
    text, at = document.text, 0
    for block in document.blocks:
        start, end = max(block.start, at), min(block.end, len(text))
        if text[at:start].strip():
            yield Block(kind="paragraph", start=at, end=start)
            at = start
        if start < end:
            yield block if start == block.start else block.model_copy(update={"start": start, "bold": 0})
            at = end
    if text[at:].strip():
        yield Block(kind="paragraph", start=at, end=len(text))


def _split(text: str, block: Block, index: int) -> Iterator[Line]:
    """The lines of one block: headings and table rows whole, the rest cut where a line opens with a number."""
    body = text[block.start : min(block.end, len(text))]
    start = block.start + len(body) - len(body.lstrip())
    body = body.strip()
    if not body:
        return
    kind: BlockKind = "paragraph" if block.kind == "page_furniture" else block.kind
    cuts = [0]
    if kind in ("paragraph", "list_item") and "\n" in body:
        cuts = _cuts(body, block.bold)
    for number, cut in enumerate(cuts):
        part = body[cut : cuts[number + 1] if number + 1 < len(cuts) else len(body)].rstrip()
        opens = number == 0
        shown = _kind(kind, part, opens=opens, more=len(cuts) > 1, bold=block.bold)
        yield Line(
            start=start + cut,
            end=start + cut + len(part),
            text=part,
            kind=shown,
            level=_level(block, shown, bulleted=not opens and bool(split_bullet(part)[0])),
            block=index,
            marker=None if kind == "table_row" else parse_marker(part),
            bold=min(len(part), max(0, block.bold - cut)),
            generated=opens and block.generated > 0,
            opens_block=opens,
        )


def _cuts(body: str, bold: int) -> list[int]:
    """Offsets at which the lines of a block begin that open with a number or bullet, or end a title set in it."""
    cuts, at = [0], body.find("\n") + 1
    while at:
        following = body.find("\n", at)
        line = body[at : following if following >= 0 else len(body)]
        if split_bullet(line)[0] or _opens_with_number(line) or (len(cuts) == 1 and _is_title_above(body, at, bold)):
            cuts.append(at)
        at = following + 1
    return cuts


def _opens_with_number(line: str) -> bool:
    marker = parse_marker(line)
    if marker is None:
        return False
    rest = line[marker.end :]
    return marker.printed.startswith("(") or not rest[:1].islower() or (marker.sure and marker.printed.endswith(")"))


def _is_title_above(body: str, at: int, bold: int) -> bool:
    """Whether all that stands above in the block is a title, in bold type or capitals."""
    if at > 120:
        return False
    title = body[: at - 1]
    return is_title(title) and (is_caps(title) or bold in (at - 1, at))


def _kind(kind: BlockKind, part: str, *, opens: bool, more: bool, bold: int) -> BlockKind:
    if split_bullet(part)[0] and not opens:
        return "list_item"
    titled = opens and more and kind == "paragraph" and is_title(part) and (is_caps(part) or bold >= len(part))
    return "heading" if titled else kind


def _level(block: Block, kind: BlockKind, *, bulleted: bool) -> int | None:
    if kind == "heading" and (block.kind != "heading" or block.level is None):
        return TYPED_HEADING
    return (block.level or 0) + 1 if bulleted else block.level


def _with_lone_numbers_joined(text: str, lines: Sequence[Line]) -> list[Line]:
    """Lines that hold a number alone ("§ 1", "4.") joined with the title or text that follows them."""
    out: list[Line] = []
    for line in lines:
        before = out[-1] if out else None
        if before is not None and before.marker and not before.words.strip() and _completes(before, line):
            out[-1] = replace(
                before,
                end=line.end,
                text=text[before.start : line.end],
                kind="heading" if before.is_heading else line.kind,
                level=before.level if before.is_heading else line.level,
                marker=replace(before.marker, end=line.start - before.start),
                bold=line.start - before.start + line.bold if line.bold else 0,
            )
        else:
            out.append(line)
    return out


def _completes(number: Line, line: Line) -> bool:
    if line.marker or line.kind == "table_row":
        return False
    return line.is_heading or not number.is_heading or is_title(line.text, words=9)
