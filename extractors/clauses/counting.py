"""Whether the number in front of a line counts, which of its readings fits, and which earlier number it continues."""

import re
from dataclasses import dataclass

from extractors.clauses.lines import TextLine
from extractors.clauses.numbering import Marker, NumberReading
from extractors.clauses.outline_state import OutlineNode, OutlineState, has_successor, list_level_of, next_line_with

MAX_GAP = 5  # between numbers of one sequence, as where clauses were deleted; by eye, 4 or 6 change no document
_MAX_FIRST_NUMBER = 60  # of a paragraph "60. Foo" that nothing precedes; higher ones are amounts or addresses
_MAX_TITLE_CHARS = 120  # behind "Section 5" without punctuation; a longer line is a sentence that begins with it
# The second number of a list, by the style of the first.
_SECOND_NUMBERS = {"(1)": "2", "(a)": "b", "(A)": "B", "(i)": "ii", "(I)": "II"}

# How well a reading fits, best last.
_ISOLATED, _AFTER_GAP, _FIRST, _SUCCESSOR = range(4)


@dataclass(frozen=True)
class ChosenNumber:
    """The reading of a marker that fits best."""

    reading: NumberReading
    predecessor: OutlineNode | None  # that it continues


def choose_reading(state: OutlineState, index: int) -> ChosenNumber | None:
    """The reading of the number of a line that fits best; None if the line has no number that counts."""
    line = state.lines[index]
    best: tuple[tuple[int, ...], ChosenNumber] | None = None
    for reading in line.marker.readings if line.marker else ():
        predecessor = _predecessor(state, line, reading)
        fit = _fit(reading, predecessor)
        if not _counts(state, index, reading, fit):
            continue
        distance = next_line_with(state, reading.style, (*reading.path[:-1], reading.value + 1), index)
        # "(i)" after "(h)" is a letter or a roman numeral: the number that comes next decides.
        if fit == _FIRST and best and best[0][0] == _SUCCESSOR:
            fit = _SUCCESSOR
        score = (fit, -distance)
        if best is None or score > best[0]:
            best = (score, ChosenNumber(reading, predecessor))
    return best[1] if best else None


def _fit(reading: NumberReading, predecessor: OutlineNode | None) -> int:
    if predecessor and reading.value - predecessor.value <= 1:
        return _SUCCESSOR
    if reading.value == 1:
        return _FIRST
    return _AFTER_GAP if predecessor else _ISOLATED


def _counts(state: OutlineState, index: int, reading: NumberReading, fit: int) -> bool:
    """Whether what looks like a number is one."""
    line = state.lines[index]
    marker = line.marker
    if marker is None:
        return False
    if line.generated:
        return True
    is_succeeded = has_successor(state, index, reading)
    has_word = reading.style in ("article", "section", "part", "annex", "§") or reading.style.endswith(" A")
    if not is_succeeded and _is_continued_in_line(line, reading):
        return False
    if has_word and line.kind == "list_item":
        return False  # "Section B: general terms" in a list refers to a section elsewhere
    fits = fit == _SUCCESSOR or (fit == _FIRST and is_succeeded)
    if line.is_heading:
        return marker.explicit or has_word or fits
    rest = line.words.lstrip(" \"'“„«(")
    lower_case = rest[:1].islower()
    if not marker.explicit:
        return fits and not lower_case and (not has_word or len(rest) < _MAX_TITLE_CHARS)
    if line.kind == "list_item":
        return fit != _ISOLATED or not lower_case or line.opens_block
    if fit == _SUCCESSOR:
        return True
    if fit == _FIRST:
        is_initial = reading.style in ("A.", "I.")  # "A. Marsh"
        return is_succeeded or (not lower_case and not is_initial) or marker.printed.startswith("(")
    is_numeric = reading.style in ("1.", "decimal") or has_word
    return line.opens_block and is_numeric and not lower_case and reading.path[0] <= _MAX_FIRST_NUMBER


def _predecessor(state: OutlineState, line: TextLine, reading: NumberReading) -> OutlineNode | None:
    """The node that a reading continues: one on the path, else the last of its style if it is right before it."""
    best: tuple[tuple[int, ...], OutlineNode] | None = None
    list_level = list_level_of(line)
    for depth, node in enumerate(state.path):
        if not _continues(node, reading, line.marker):
            continue
        same_kind = node.is_heading == line.is_heading and (node.list_level == list_level or line.is_heading)
        if not same_kind and (_is_other_list(node, line) or (line.is_heading and node.list_level)):
            continue
        # The level in the markup decides before the depth on the path.
        same_level = same_kind and line.is_heading and node.level == line.level
        score = (int(reading.value - node.value <= 1), int(same_kind), int(same_level), depth)
        if best is None or score > best[0]:
            best = (score, node)
    if best:
        return best[1]
    last = state.last_of_style.get(reading.style)
    if last is None or last.path[:-1] != reading.path[:-1] or reading.value - last.value != 1:
        return None
    return None if _is_other_list(last, line) else last


def _continues(node: OutlineNode, reading: NumberReading, marker: Marker | None) -> bool:
    """Whether a number continues a node's: "4.3" after "4.2", "4a" after "4", "4(a)(ii)" after "4(a)(i)"."""
    if node.style != reading.style or node.path[:-1] != reading.path[:-1]:
        return False
    step = reading.value - node.value
    has_suffix = marker is not None and marker.label[-1:].isalpha() and marker.label[:1].isdigit()
    may_repeat = has_suffix or (marker is not None and bool(marker.nested))
    return 0 < step <= MAX_GAP or (step == 0 and may_repeat)


def _is_continued_in_line(line: TextLine, reading: NumberReading) -> bool:
    """Whether a line begins with the first of numbers that its own sentence continues: "(i) pay; (ii) wait; or"."""
    second = _SECOND_NUMBERS.get(reading.style) if reading.value == 1 else None
    return second is not None and re.search(rf"[;,]\s+(?:[^\W\d_]{{1,4}}\s+)?\({second}\)\s", line.words) is not None


def _is_other_list(node: OutlineNode, line: TextLine) -> bool:
    list_level = list_level_of(line)
    return node.list_level is not None and list_level is not None and node.list_level != list_level
