"""Headings that no markup declares, and tables of contents, which name headings and are none."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from extractors.clauses.lines import TYPED_HEADING, Line
from extractors.clauses.titles import is_whole_title, title_of
from extractors.line_shapes import has_update_date, is_caps, is_title, is_two_sentences

_QUESTIONS = 3  # so many short questions as paragraphs make a page of questions and answers
_QUESTION = 160  # characters of the longest; of an entry of a table of contents too
# A line that says when the document was updated is set like a heading on many pages, but nothing stands under it.
_DATE_LINE = re.compile(
    r"\W{0,3}(?:this|last|effective|updated?|version|revised|revision|modified|date|posted|published|stand|letzte|"
    r"dernière|última|ultim[ao]|ostatni[ae]?)\b",
    re.IGNORECASE,
)
_LONE_WORDS = 9  # of a title in plain type
_BODY = 60  # characters of what follows it
_STOPPED = re.compile(r"[.!?:;…。！？][\"'”’»)\]]*$")
_PLACE = re.compile(r"[\d,@/]")  # in what an announcement introduces: an address, a name and a place
# Words that no title ends with: "You may not", "The list includes".
_OPEN_WORDS = frozenset(
    """
    a an the to of in on at by for with from and or not may must can shall will would should is are be that which who
    include includes including following und oder nicht der die das zu mit von et ou ne pas de la le les du des à y o no
    el los las del que e di il lo gli dei che non i lub nie w z na do
    """.split()  # noqa: SIM905 - a list of words reads as words
)
_ENTRIES = 3  # lines that repeat headings make a table of contents


def find_headings(lines: Sequence[Line]) -> list[Line]:
    """The lines with all headings made headings, whatever the markup says, and tables of contents marked."""
    return _without_contents(_with_numbered_titles(_with_missed_headings(_with_typed_headings(lines))))


def _with_numbered_titles(lines: list[Line]) -> list[Line]:
    """Numbered titles made headings where text or deeper numbers follow, the last of a list of titles excepted."""
    seen: dict[tuple[str, tuple[int, ...]], int] = {}
    for at, line in enumerate(lines[:-1]):
        readings = line.marker.readings if line.marker else ()
        if not line.is_heading and readings and is_whole_title(line) and _heads(lines, at):
            elders = [seen.get((one.style, (*one.path[:-1], one.value - 1))) for one in readings]
            begins = line.marker is not None and (line.marker.sure or any(one.value == 1 for one in readings))
            if not begins and not any(elder is not None for elder in elders):
                pass  # "444 De Haro Street"
            elif all(elder is None or _is_titled(lines[elder]) or not _is_near(lines, elder, at) for elder in elders):
                level = max(1, (lines[at + 1].level or 1) - 1) if lines[at + 1].is_heading else TYPED_HEADING
                lines[at] = replace(line, kind="heading", level=level)
        for one in readings:
            seen[one.style, one.path] = at
    return lines


def _heads(lines: Sequence[Line], at: int) -> bool:
    """Whether what follows a numbered title is its text, a deeper number or a lesser heading."""
    line, following = lines[at], lines[at + 1]
    if following.is_heading:
        below = {one.path[:-1] for one in following.marker.readings} if following.marker else set()
        lesser = (following.level or 0) >= TYPED_HEADING and following.marker is None
        return lesser or any(one.path in below for one in (line.marker.readings if line.marker else ()))
    if following.kind == "table_row" or line.marker is None:
        return False
    if following.words.lstrip("\"'“„«(")[:1].islower():
        return False  # the line opens a sentence that the next one goes on with
    if following.marker is None:
        return True
    styles = {one.style for one in line.marker.readings}
    paths = {one.path for one in line.marker.readings}
    return any(
        one.path[:-1] in paths or (len(one.path) == 1 and one.value == 1 and (one.style not in styles))
        for one in following.marker.readings
    ) or (following.kind == "list_item" and (following.level or 0) > (line.level or 0))


def _is_titled(line: Line) -> bool:
    return line.is_heading or title_of(line) is not None


def _is_near(lines: Sequence[Line], elder: int, at: int) -> bool:
    """Whether no heading stands between two numbers: then they are of one list."""
    return at - elder <= 1 or not any(line.is_heading for line in lines[elder + 1 : min(at, elder + 50)])


def _with_typed_headings(lines: Sequence[Line]) -> list[Line]:
    """Paragraphs that act as headings made so: titles in capitals, the questions of a page of questions."""
    asked = sum(1 for at, line in enumerate(lines) if _is_question(lines, at))
    out = []
    level: int | None = None  # of the last title that markup made the only item of a list
    for at, line in enumerate(lines):
        shouted = line.kind == "paragraph" and line.opens_block and is_caps(line.text) and is_title(line.text, words=10)
        if (shouted and _has_body(lines, at)) or (asked >= _QUESTIONS and _is_question(lines, at)):
            out.append(replace(line, kind="heading", level=TYPED_HEADING))
        elif _is_lone_item(lines, at):
            after = lines[at + 1]
            level = max(1, (after.level or 1) - 1) if after.is_heading else level or TYPED_HEADING
            out.append(replace(line, kind="heading", level=level))
        elif _is_lone_title(lines, at):
            out.append(replace(line, kind="heading", level=TYPED_HEADING + 1))
        elif line.is_heading and line.marker is None and len(line.text) <= _QUESTION and _DATE_LINE.match(line.text):
            out.append(replace(line, kind="paragraph", level=None) if has_update_date(line.text) else line)
        else:
            out.append(line)
    return out


def _is_lone_title(lines: Sequence[Line], at: int) -> bool:
    """Whether a paragraph in plain type is a title: a few words on their own, full sentences or numbers around them."""
    line = lines[at]
    if line.kind != "paragraph" or line.marker is not None or not line.opens_block or at + 1 >= len(lines):
        return False
    words = line.text.split()
    if not is_title(line.text, words=_LONE_WORDS, characters=70) or words[-1].casefold() in _OPEN_WORDS:
        return False
    if not any(word.isalpha() and len(word) > 2 for word in words):
        return False
    before = lines[at - 1] if at else None
    if before is not None and not before.is_heading and _goes_on(before, line):
        return False
    after = lines[at + 1]
    if after.kind == "paragraph" and after.marker is None:
        return len(after.text) >= _BODY and _STOPPED.search(after.text) is not None and not after.text[:1].islower()
    if after.kind == "list_item" and after.marker is None:
        return line.bold >= len(line.text)
    return after.kind == "table_row" or (after.marker is not None and after.marker.sure)


def _is_lone_item(lines: Sequence[Line], at: int) -> bool:
    """Whether a line is a bold title that markup made a list of one item."""
    line = lines[at]
    beside = [lines[k].kind for k in (at - 1, at + 1) if 0 <= k < len(lines)]
    return (
        line.kind == "list_item"
        and line.marker is None
        and line.bold >= len(line.text)
        and is_title(line.text, words=_LONE_WORDS, characters=70)
        and at + 1 < len(lines)
        and "list_item" not in beside
        and not (at > 0 and lines[at - 1].text.endswith(":"))
    )


def _goes_on(line: Line, following: Line) -> bool:
    """Whether a line announces the next, or ends in mid-air as those of an address do."""
    if line.text.endswith(":"):
        return _PLACE.search(following.text) is not None
    return line.kind == "paragraph" and not _STOPPED.search(line.text)


def _with_missed_headings(lines: list[Line]) -> list[Line]:
    """Numbered titles made headings where the next number of their kind is one: markup that forgot a section.

    Where the heading before has that number already, nothing is missed: a list in that section counted as far.
    """
    seen: dict[tuple[str, tuple[int, ...]], int] = {}
    counted: dict[tuple[str, tuple[int, ...], int | None], int] = {}  # what the last heading of a kind counts
    for at, line in enumerate(lines):
        for reading in line.marker.readings if line.marker else ():
            above = reading.path[:-1]
            before = seen.get((reading.style, (*above, reading.value - 1)))
            if line.is_heading:
                elder = counted.get((reading.style, above, line.level))
                if before is not None and elder != reading.value - 1 and _is_missed(lines[before]):
                    lines[before] = replace(lines[before], kind="heading", level=line.level)
                counted[reading.style, above, line.level] = reading.value
            seen[reading.style, reading.path] = at
    return lines


def _is_missed(line: Line) -> bool:
    words = line.words.strip().removesuffix(".")
    return (
        line.kind in ("paragraph", "list_item")
        and is_title(words, words=30, characters=220)
        and words.count(".") < 2
        and not is_two_sentences(words)
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
    if at + 1 >= len(lines) or len(lines[at + 1].text) <= len(lines[at].text):
        return False
    return not is_caps(lines[at + 1].text) or lines[at + 1].text.endswith((".", ":", ";"))


def _is_question(lines: Sequence[Line], at: int) -> bool:
    line = lines[at]
    if line.kind != "paragraph" or len(line.text) > _QUESTION or not line.text.endswith(("?", "？", "؟")):
        return False
    following = lines[at + 1] if at + 1 < len(lines) else None
    return following is not None and not following.text.endswith("?") and "\n" not in line.text
