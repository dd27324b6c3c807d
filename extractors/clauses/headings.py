"""Headings that no markup declares, and tables of contents, whose entries repeat headings without being any."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from extractors.clauses.lines import UNMARKED_LEVEL, TextLine
from extractors.clauses.titles import is_whole_title, title_of
from extractors.line_shapes import has_update_date, is_caps, is_title, is_two_sentences

# Chosen by eye on the real documents of docs/decisions/0006-clauses.md, a third of which have headings in plain type. A
# fifth less or a quarter more changes 6 of 198 documents at most (words of a lone title), mostly none.
_MIN_QUESTIONS = 3  # so many short questions make a document of questions and answers, and are its headings
_MAX_QUESTION_CHARS = 160
_MAX_CAPITALS_WORDS = 10  # of a title in capitals
_MAX_LONE_TITLE_WORDS = 9  # of a title that is neither bold, numbered nor in capitals
_MAX_LONE_TITLE_CHARS = 70
_MIN_BODY_CHARS = 60  # of the paragraph below such a title; a shorter one may be the next line of an address
_MAX_MISSED_TITLE_WORDS = 30  # of a numbered title that markup forgot: its neighbors vouch for it, so it may be long
_MAX_MISSED_TITLE_CHARS = 220
_MIN_ENTRIES = 3  # lines that repeat headings make a table of contents
_MAX_ENTRY_CHARS = 160
_NEAR_LINES = 50  # between numbers of one list that are searched for a heading; bounds the time for long documents

# A line that says when the document was updated is set like a heading on many pages, but heads no text.
_DATE_LINE = re.compile(
    r"\W{0,3}(?:this|last|effective|updated?|version|revised|revision|modified|date|posted|published|stand|letzte|"
    r"dernière|última|ultim[ao]|ostatni[ae]?)\b",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.!?:;…。！？][\"'”’»)\]]*$")
_ADDRESS_CHARACTER = re.compile(r"[\d,@/]")  # in a line that another introduces: an address, or a name and a city
# Words that no title ends with: "You may not", "The list includes".
_UNFINISHED_ENDS = frozenset(
    """
    a an the to of in on at by for with from and or not may must can shall will would should is are be that which who
    include includes including following und oder nicht der die das zu mit von et ou ne pas de la le les du des à y o no
    el los las del que e di il lo gli dei che non i lub nie w z na do
    """.split()  # noqa: SIM905 - a list of words reads as words
)

_SequenceKey = tuple[str, tuple[int, ...]]  # style and path of a number


def find_headings(lines: Sequence[TextLine]) -> list[TextLine]:
    """The lines, with unmarked headings made headings and the entries of tables of contents marked."""
    return _with_contents_marked(_with_numbered_titles(_with_missed_headings(_with_unmarked_headings(lines))))


def _with_numbered_titles(lines: list[TextLine]) -> list[TextLine]:
    """The lines; numbered titles are headings if text or deeper numbers follow, so not the last of a list of titles."""
    last_index: dict[_SequenceKey, int] = {}  # number -> the line that had it last
    for index, line in enumerate(lines[:-1]):
        readings = line.marker.readings if line.marker else ()
        if not line.is_heading and readings and is_whole_title(line) and _has_own_text(lines, index):
            predecessors = [
                last_index.get((reading.style, (*reading.path[:-1], reading.value - 1))) for reading in readings
            ]
            begins = line.marker is not None and (line.marker.explicit or any(r.value == 1 for r in readings))
            if not begins and all(predecessor is None for predecessor in predecessors):
                pass  # "444 De Haro Street"
            elif all(
                predecessor is None or _has_title(lines[predecessor]) or not _is_same_list(lines, predecessor, index)
                for predecessor in predecessors
            ):
                level = max(1, (lines[index + 1].level or 1) - 1) if lines[index + 1].is_heading else UNMARKED_LEVEL
                lines[index] = replace(line, kind="heading", level=level)
        for reading in readings:
            last_index[reading.style, reading.path] = index
    return lines


def _has_own_text(lines: Sequence[TextLine], index: int) -> bool:
    """Whether a numbered title is followed by its text, a deeper number or a lower heading."""
    line, following = lines[index], lines[index + 1]
    if following.is_heading:
        parents = {reading.path[:-1] for reading in following.marker.readings} if following.marker else set()
        is_lower = (following.level or 0) >= UNMARKED_LEVEL and following.marker is None
        return is_lower or any(reading.path in parents for reading in (line.marker.readings if line.marker else ()))
    if following.kind == "table_row" or line.marker is None:
        return False
    if following.words.lstrip("\"'“„«(")[:1].islower():
        return False  # the line begins a sentence that the next one continues
    if following.marker is None:
        return True
    styles = {reading.style for reading in line.marker.readings}
    paths = {reading.path for reading in line.marker.readings}
    return any(
        reading.path[:-1] in paths or (len(reading.path) == 1 and reading.value == 1 and reading.style not in styles)
        for reading in following.marker.readings
    ) or (following.kind == "list_item" and (following.level or 0) > (line.level or 0))


def _has_title(line: TextLine) -> bool:
    return line.is_heading or title_of(line) is not None


def _is_same_list(lines: Sequence[TextLine], predecessor: int, index: int) -> bool:
    """Whether no heading is between two numbers, so that they are in one list."""
    if index - predecessor <= 1:
        return True
    return not any(line.is_heading for line in lines[predecessor + 1 : min(index, predecessor + _NEAR_LINES)])


def _with_unmarked_headings(lines: Sequence[TextLine]) -> list[TextLine]:
    """The lines; paragraphs that look like headings are headings, lines with the date of the document are not."""
    is_faq = sum(1 for index in range(len(lines)) if _is_question(lines, index)) >= _MIN_QUESTIONS
    with_headings: list[TextLine] = []
    level: int | None = None  # of the last title that markup made the only item of a list
    for index, line in enumerate(lines):
        in_capitals = (
            line.kind == "paragraph"
            and line.opens_block
            and is_caps(line.text)
            and is_title(line.text, words=_MAX_CAPITALS_WORDS)
        )
        if (in_capitals and _has_body(lines, index)) or (is_faq and _is_question(lines, index)):
            with_headings.append(replace(line, kind="heading", level=UNMARKED_LEVEL))
        elif _is_lone_item(lines, index):
            following = lines[index + 1]
            level = max(1, (following.level or 1) - 1) if following.is_heading else level or UNMARKED_LEVEL
            with_headings.append(replace(line, kind="heading", level=level))
        elif _is_lone_title(lines, index):
            with_headings.append(replace(line, kind="heading", level=UNMARKED_LEVEL + 1))
        elif _is_date_heading(line):
            with_headings.append(replace(line, kind="paragraph", level=None))
        else:
            with_headings.append(line)
    return with_headings


def _is_date_heading(line: TextLine) -> bool:
    return (
        line.is_heading
        and line.marker is None
        and len(line.text) <= _MAX_ENTRY_CHARS
        and _DATE_LINE.match(line.text) is not None
        and has_update_date(line.text)
    )


def _is_lone_title(lines: Sequence[TextLine], index: int) -> bool:
    """Whether a paragraph in plain type is a title: a few words alone, with full sentences or numbers around them."""
    line = lines[index]
    if line.kind != "paragraph" or line.marker is not None or not line.opens_block or index + 1 >= len(lines):
        return False
    words = line.text.split()
    if not _is_short_title(line) or words[-1].casefold() in _UNFINISHED_ENDS:
        return False
    if not any(word.isalpha() and len(word) > 2 for word in words):
        return False
    before = lines[index - 1] if index else None
    if before is not None and not before.is_heading and _continues_into(before, line):
        return False
    following = lines[index + 1]
    if following.kind == "paragraph" and following.marker is None:
        text = following.text
        return len(text) >= _MIN_BODY_CHARS and _SENTENCE_END.search(text) is not None and not text[:1].islower()
    if following.kind == "list_item" and following.marker is None:
        return line.bold >= len(line.text)
    return following.kind == "table_row" or (following.marker is not None and following.marker.explicit)


def _is_lone_item(lines: Sequence[TextLine], index: int) -> bool:
    """Whether a line is a bold title that markup made a list of one item."""
    line = lines[index]
    neighbor_kinds = [lines[beside].kind for beside in (index - 1, index + 1) if 0 <= beside < len(lines)]
    return (
        line.kind == "list_item"
        and line.marker is None
        and line.bold >= len(line.text)
        and _is_short_title(line)
        and index + 1 < len(lines)
        and "list_item" not in neighbor_kinds
        and not (index > 0 and lines[index - 1].text.endswith(":"))
    )


def _is_short_title(line: TextLine) -> bool:
    return is_title(line.text, words=_MAX_LONE_TITLE_WORDS, characters=_MAX_LONE_TITLE_CHARS)


def _continues_into(line: TextLine, following: TextLine) -> bool:
    """Whether a line introduces the next, or ends without a stop as the lines of an address do."""
    if line.text.endswith(":"):
        return _ADDRESS_CHARACTER.search(following.text) is not None
    return line.kind == "paragraph" and not _SENTENCE_END.search(line.text)


def _with_missed_headings(lines: list[TextLine]) -> list[TextLine]:
    """The lines; a numbered title is a heading if the next number of its style is one, since markup may forget one.

    If the heading before has that number already, markup forgot nothing: a list in that section has counted so far.
    """
    last_index: dict[_SequenceKey, int] = {}  # number -> the line that had it last
    # Style, outer path and level of headings -> the value of the last one.
    last_value: dict[tuple[str, tuple[int, ...], int | None], int] = {}
    for index, line in enumerate(lines):
        for reading in line.marker.readings if line.marker else ():
            outer = reading.path[:-1]
            before = last_index.get((reading.style, (*outer, reading.value - 1)))
            if line.is_heading:
                value_before = last_value.get((reading.style, outer, line.level))
                if before is not None and value_before != reading.value - 1 and _may_be_heading(lines[before]):
                    lines[before] = replace(lines[before], kind="heading", level=line.level)
                last_value[reading.style, outer, line.level] = reading.value
            last_index[reading.style, reading.path] = index
    return lines


def _may_be_heading(line: TextLine) -> bool:
    text = line.words.strip().removesuffix(".")
    return (
        line.kind in ("paragraph", "list_item")
        and is_title(text, words=_MAX_MISSED_TITLE_WORDS, characters=_MAX_MISSED_TITLE_CHARS)
        and text.count(".") < 2
        and not is_two_sentences(text)
    )


def _with_contents_marked(lines: list[TextLine]) -> list[TextLine]:
    """The lines; entries of a table of contents are marked, and have no number, since the headings below have it."""
    headings_below = Counter(_folded(line) for line in lines if line.is_heading)
    repeats_heading = []
    for line in lines:
        folded = _folded(line)
        repeats_heading.append(not line.is_heading and bool(folded) and headings_below[folded] > 0)
        if line.is_heading:
            headings_below[folded] -= 1
    start = 0
    while start < len(lines):
        end = start
        while end < len(lines) and not lines[end].is_heading and (repeats_heading[end] or _may_be_entry(lines[end])):
            end += 1
        if sum(repeats_heading[start:end]) >= max(_MIN_ENTRIES, (end - start) // 2):
            lines[start:end] = [replace(line, marker=None, in_contents=True) for line in lines[start:end]]
        start = max(end, start + 1)
    return lines


def _may_be_entry(line: TextLine) -> bool:
    is_short = len(line.text) <= _MAX_ENTRY_CHARS
    return line.kind == "list_item" and is_short and not line.text.endswith((".", ";", ":", ","))


def _folded(line: TextLine) -> str:
    """The letters and digits of a short line without its number, for comparison; empty for a long one."""
    words = line.words if len(line.text) <= _MAX_ENTRY_CHARS else ""
    return "".join(character for character in words.casefold() if character.isalnum())


def _has_body(lines: Sequence[TextLine], index: int) -> bool:
    """Whether a longer line follows that is not another title in capitals."""
    if index + 1 >= len(lines) or len(lines[index + 1].text) <= len(lines[index].text):
        return False
    return not is_caps(lines[index + 1].text) or lines[index + 1].text.endswith((".", ":", ";"))


def _is_question(lines: Sequence[TextLine], index: int) -> bool:
    """Whether a paragraph is one short question, with something other than a question after it."""
    line = lines[index]
    if line.kind != "paragraph" or len(line.text) > _MAX_QUESTION_CHARS or not line.text.endswith(("?", "？", "؟")):
        return False
    following = lines[index + 1] if index + 1 < len(lines) else None
    return following is not None and not following.text.endswith("?") and "\n" not in line.text
