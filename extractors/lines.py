"""A document's blocks as lines that may be numbered: what is cut apart, what is joined, what heads a section."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from extractors.line_shapes import is_caps, is_title, split_bullet
from extractors.numbering import Marker, parse_marker
from smallprint.records import Block, BlockKind, Document

TYPED_HEADING = 7  # level of headings that no markup declares: below all that it does
_QUESTIONS = 3  # so many short questions as paragraphs make a page of questions and answers
_QUESTION = 160  # characters of the longest
_ENTRIES = 3  # lines that repeat headings make a table of contents


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
    lines = _with_typed_headings(_with_lone_numbers_joined(document.text, lines))
    return _without_contents(_with_missed_headings(lines))


def _mended(document: Document) -> Iterator[Block]:
    text, at = document.text, 0
    for block in document.blocks:
        start, end = max(block.start, at), min(block.end, len(text))
        if text[at:start].strip():
            yield Block(kind="paragraph", start=at, end=start)
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
        yield Line(
            start=start + cut,
            end=start + cut + len(part),
            text=part,
            kind=_kind(kind, part, opens=opens, more=len(cuts) > 1, bold=block.bold),
            level=block.level if opens or not split_bullet(part)[0] else (block.level or 0) + 1,
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


def _with_typed_headings(lines: Sequence[Line]) -> list[Line]:
    """Paragraphs that act as headings made so: titles in capitals, the questions of a page of questions."""
    asked = sum(1 for at, line in enumerate(lines) if _is_question(lines, at))
    out = []
    for at, line in enumerate(lines):
        shouted = line.kind == "paragraph" and line.opens_block and is_caps(line.text) and is_title(line.text, words=10)
        if (shouted and _has_body(lines, at)) or (asked >= _QUESTIONS and _is_question(lines, at)):
            out.append(replace(line, kind="heading", level=TYPED_HEADING))
        elif line.is_heading and line.level is None:
            out.append(replace(line, level=TYPED_HEADING))
        else:
            out.append(line)
    return out


def _with_missed_headings(lines: list[Line]) -> list[Line]:
    """Numbered titles made headings where the next number of their kind is one: markup that forgot a section."""
    seen: dict[tuple[str, tuple[int, ...]], int] = {}
    for at, line in enumerate(lines):
        for reading in line.marker.readings if line.marker else ():
            before = seen.get((reading.style, (*reading.path[:-1], reading.value - 1)))
            if line.is_heading and before is not None and _is_missed(lines[before]):
                lines[before] = replace(lines[before], kind="heading", level=line.level)
            seen[reading.style, reading.path] = at
    return lines


def _is_missed(line: Line) -> bool:
    words = line.words.strip().removesuffix(".")
    return (
        line.kind in ("paragraph", "list_item") and is_title(words, words=30, characters=220) and words.count(".") < 2
    )


def _without_contents(lines: list[Line]) -> list[Line]:
    """Entries of a table of contents marked as such and left without number: what they name is numbered below."""
    left = Counter(_plain(line) for line in lines if line.is_heading)
    named = []
    for line in lines:
        plain = _plain(line)
        named.append(not line.is_heading and bool(plain) and left[plain] > 0)
        if line.is_heading:
            left[plain] -= 1
    at = 0
    while at < len(lines):
        end = at
        while end < len(lines) and not lines[end].is_heading and (named[end] or _may_be_entry(lines[end])):
            end += 1
        if sum(named[at:end]) >= max(_ENTRIES, (end - at) // 2):
            lines[at:end] = [replace(line, marker=None, contents=True) for line in lines[at:end]]
        at = max(end, at + 1)
    return lines


def _may_be_entry(line: Line) -> bool:
    return line.kind == "list_item" and len(line.text) <= _QUESTION and not line.text.endswith((".", ";", ":", ","))


def _plain(line: Line) -> str:
    words = line.words if len(line.text) <= _QUESTION else ""
    return "".join(character for character in words.casefold() if character.isalnum())


def _has_body(lines: Sequence[Line], at: int) -> bool:
    return at + 1 < len(lines) and len(lines[at + 1].text) > len(lines[at].text) and not is_caps(lines[at + 1].text)


def _is_question(lines: Sequence[Line], at: int) -> bool:
    line = lines[at]
    if line.kind != "paragraph" or len(line.text) > _QUESTION or not line.text.endswith(("?", "？", "؟")):
        return False
    following = lines[at + 1] if at + 1 < len(lines) else None
    return following is not None and not following.text.endswith("?") and "\n" not in line.text
