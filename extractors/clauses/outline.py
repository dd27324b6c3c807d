"""The nesting of headings and numbers, restored from the levels in the markup and from the sequences of numbers.

One pass over the lines. ``OutlineState.path`` holds the headings and numbers that the next line may be under. These are
the rules, the first that applies; ``counting.py`` says which numbers count and which earlier number they continue:

| the line                                          | the path                                                        |
|---------------------------------------------------|-----------------------------------------------------------------|
| has a number that counts, and ...                 |                                                                 |
| - repeats one: "4(a)(ii)" after "4(a)(i)"         | ends at that number; only the further number "(ii)" is opened   |
| - continues a list that a title has interrupted   | is the list's again, with the title as parent of what follows   |
| - continues a number on the path                  | ends above that number; the new one is opened beside it         |
| - is composed: "4.2" under "4", or after "3.9"    | ends at its prefix, or above the numbers of as many parts       |
| - begins a section or list                        | loses what that cannot be under; the number is opened           |
| is a heading without a number, and ...            |                                                                 |
| - has the level of a section that continues later | ends at that section; the heading is opened under it            |
| - otherwise                                       | loses headings of its level and below; the heading is opened    |
| is a paragraph with a run-in heading, and ...     |                                                                 |
| - a short one with a full stop: "Cookies. We ..." | loses headings of its level and below; the heading is opened    |
| - otherwise: "Short version: ..."                 | does not change; the title heads its own paragraph only         |
| is anything else                                  | does not change; the line is under the nearest heading or item  |

To open a number or heading is to put it at the end of the path.
"""

from collections.abc import Sequence

from extractors.clauses.counting import MAX_GAP, ChosenNumber, choose_reading
from extractors.clauses.lines import UNMARKED_LEVEL, TextLine
from extractors.clauses.numbering import Marker, NumberReading
from extractors.clauses.outline_state import (
    OutlineNode,
    OutlinePosition,
    OutlineState,
    close_to,
    has_successor,
    initial_state,
    list_level_of,
    open_node,
)
from extractors.clauses.titles import title_of
from extractors.line_shapes import is_caps

_MAX_TOPIC_WORDS = 6  # of a run-in heading for the paragraphs after it, too; by eye, 5 or 8 change 5 of 198 documents
# Sections that others follow and none is in. Known by name, because a list of sections has no level to compare.
_PREAMBLES = frozenset(
    """
    preamble introduction foreword summary overview préambule präambel einleitung preámbulo introducción premessa
    preambolo introduzione wstęp preambuła
    """.split()  # noqa: SIM905 - a list of words reads as words
)


def read_outline(lines: Sequence[TextLine]) -> list[OutlinePosition]:
    """The position of every line. Linear in the number of lines."""
    state = initial_state(lines)
    return [_read_line(state, index) for index in range(len(lines))]


def headings_above(node: OutlineNode | None) -> tuple[str, ...]:
    """The titles from the outermost down to ``node``'s own."""
    titles: list[str] = []
    while node is not None:
        if node.title:
            titles.append(node.title)
        node = node.parent
    return tuple(reversed(titles))


def _read_line(state: OutlineState, index: int) -> OutlinePosition:
    line = state.lines[index]
    chosen = choose_reading(state, index) if line.marker else None
    if chosen is not None and line.marker is not None:
        node = _read_number(state, index, line.marker, chosen)
        return OutlinePosition(node, node)
    if line.is_heading:
        return _read_heading(state, index)
    if line.kind == "paragraph" and line.level is None and (title := title_of(line)):
        return _read_run_in_heading(state, line, title)
    return OutlinePosition(None, _nearest_above(state, line))


# -- numbers


def _read_number(state: OutlineState, index: int, marker: Marker, chosen: ChosenNumber) -> OutlineNode:
    line, predecessor = state.lines[index], chosen.predecessor
    repeats = (
        predecessor is not None
        and predecessor.path == chosen.reading.path
        and bool(marker.nested)
        and predecessor in state.path
    )
    if repeats and predecessor is not None:
        close_to(state, predecessor)
        node = predecessor
    else:
        node = _open_number(state, index, marker, chosen)
    for nested in marker.nested:
        node = _open_nested_number(state, index, nested, node)
    node.title = title_of(line)
    return node


def _open_number(state: OutlineState, index: int, marker: Marker, chosen: ChosenNumber) -> OutlineNode:
    line, reading, predecessor = state.lines[index], chosen.reading, chosen.predecessor
    node = OutlineNode(
        None,
        line.is_heading,
        reading.style,
        reading.path,
        marker.label,
        level=line.level or 0,
        list_level=list_level_of(line),
        sequence=index,
    )
    resumed = predecessor is not None and _resume_list(state, predecessor, line)
    if predecessor is not None and predecessor in state.path:
        close_to(state, predecessor.parent)
        node.level = min(predecessor.level, node.level) if predecessor.is_heading else node.level
        node.sequence = predecessor.sequence
    elif resumed or (len(reading.path) > 1 and _close_to_prefix(state, reading.path)):
        pass
    else:
        _close_before_first(state, index, reading)
    if predecessor is not None and (resumed or predecessor.parent is state.innermost):
        node.sequence = predecessor.sequence
    elif predecessor is not None:
        node.continued = True
    open_node(state, node)
    state.last_of_style[node.style] = node
    return node


def _open_nested_number(state: OutlineState, index: int, marker: Marker, parent: OutlineNode) -> OutlineNode:
    siblings = [node for node in state.last_of_style.values() if node.parent is parent and not node.is_heading]
    continuing = (
        reading
        for reading in marker.readings
        if any(sibling.style == reading.style and sibling.value + 1 == reading.value for sibling in siblings)
    )
    reading = next(continuing, min(marker.readings, key=lambda candidate: candidate.value))
    node = OutlineNode(
        parent,
        parent.is_heading,
        reading.style,
        reading.path,
        marker.label,
        level=parent.level,
        list_level=parent.list_level,
        sequence=index,
    )
    open_node(state, node)
    state.last_of_style[node.style] = node
    return node


def _resume_list(state: OutlineState, predecessor: OutlineNode, line: TextLine) -> bool:
    """Return to the list that a title interrupted; true if the title is the parent of the items from here on.

    A title on a line of its own is; a run-in heading is not, nor is any title above a numbered heading.
    """
    title = state.innermost
    if title is None or predecessor not in title.path_before:
        return False
    state.path = list(title.path_before)
    if title.run_in or line.is_heading:
        return False
    parent = predecessor.parent
    while parent is not None and parent.is_heading and parent.path_before:  # the title before this one
        parent = parent.parent
    close_to(state, parent)
    open_node(state, title)
    return True


def _close_to_prefix(state: OutlineState, path: tuple[int, ...]) -> bool:
    """Close to the node whose number is the beginning of ``path``, else above the numbers that came before it.

    Returns:
        Whether the path has either.

    """
    for node in reversed(state.path):
        number = node.path if len(node.path) > 1 else (node.value,)
        is_prefix = len(number) < len(path) and path[: len(number)] == number
        if node.path and not node.numbers_items and is_prefix:
            close_to(state, node)
            return True
    for node in state.path:
        # "6.1" after "5." where "6." is missing
        is_next_section = node.style in ("1.", "decimal") and 0 < path[0] - node.path[0] <= MAX_GAP
        if is_next_section or (len(node.path) == len(path) and not node.is_heading):
            close_to(state, node.parent)
            return True
    return False


def _close_before_first(state: OutlineState, index: int, reading: NumberReading) -> None:
    """Close what a new section or list cannot be under."""
    line, innermost = state.lines[index], state.innermost
    if reading.value == 1 and innermost is not None and (innermost.title or "").casefold() in _PREAMBLES:
        state.path.pop()
    if line.is_heading:
        _close_headings(state, line.level or 0, reading)
        return
    # A sentence that ends introduces no list, so that its run-in heading heads none.
    while state.path and state.path[-1].run_in and state.lines[index - 1].text.endswith((".", "!", "?")):
        state.path.pop()
    while state.path and not state.path[-1].is_heading and not _may_contain(state, list_level_of(line), reading.style):
        state.path.pop()


def _may_contain(state: OutlineState, list_level: int | None, style: str) -> bool:
    """Whether the innermost item may contain the first number of a new list."""
    innermost = state.path[-1]
    both_listed = list_level is not None and innermost.list_level is not None
    is_deeper = both_listed and (list_level or 0) > (innermost.list_level or 0)
    is_shallower = both_listed and (list_level or 0) < (innermost.list_level or 0)
    if is_deeper:
        return True
    has_style = any(node.style == style for node in state.path if not node.is_heading)
    return not is_shallower and not innermost.interrupted and not has_style


def _close_headings(state: OutlineState, level: int, reading: NumberReading | None) -> None:
    """Close the headings that a new heading of this level cannot be under, and all items.

    The first number of another style opens a list of sections inside a section, even where the levels are equal.
    """
    while state.path:
        innermost = state.path[-1]
        begins_inside = (
            reading is not None
            and reading.value == 1
            and reading.style != "annex"
            and innermost.style not in ("", reading.style)
            and innermost.level == level
        )
        if innermost.is_heading and (innermost.level < level or begins_inside):
            break
        state.path.pop()


# -- headings without a number


def _read_heading(state: OutlineState, index: int) -> OutlinePosition:
    line = state.lines[index]
    level = line.level or 0
    path_before = _path_before_title(state) if level > UNMARKED_LEVEL else ()
    section = _section_around(state, index)
    if section is not None:
        close_to(state, section)
    else:
        _close_headings(state, level, None)
    node = OutlineNode(None, is_heading=True, level=level, title=title_of(line), path_before=path_before)
    open_node(state, node)
    return OutlinePosition(node, node)


def _path_before_title(state: OutlineState) -> tuple[OutlineNode, ...]:
    innermost = state.innermost
    return innermost.path_before if innermost is not None and innermost.path_before else tuple(state.path)


def _section_around(state: OutlineState, index: int) -> OutlineNode | None:
    """The numbered section that contains an unnumbered heading of its own level, because its numbers continue later.

    A heading set like "6.1" that is, with its text, between "6.1" and "6.2" is a part of 6.1.
    """
    if index + 1 >= len(state.lines) or state.lines[index + 1].is_heading:
        return None
    for node in reversed(state.path):
        if node.is_heading and node.style and node.level == state.lines[index].level:
            return node if has_successor(state, index, node) else None
    return None


def _read_run_in_heading(state: OutlineState, line: TextLine, title: str) -> OutlinePosition:
    level = UNMARKED_LEVEL if is_caps(title) else UNMARKED_LEVEL + 1
    node = OutlineNode(None, is_heading=True, level=level, title=title, run_in=True)
    if not line.text[len(title) :].lstrip().startswith(".") or len(title.split()) > _MAX_TOPIC_WORDS:
        parent = _nearest_above(state, line)
        while parent is not None and parent.run_in:
            parent = parent.parent
        node.parent = parent
        return OutlinePosition(None, node)
    node.path_before = _path_before_title(state)
    _close_headings(state, level, None)
    open_node(state, node)
    return OutlinePosition(None, node)


# -- other lines


def _nearest_above(state: OutlineState, line: TextLine) -> OutlineNode | None:
    """The node that an unnumbered line is under; text outside lists interrupts the lists of the path."""
    list_level = list_level_of(line)
    if list_level is None and line.kind != "list_item":
        for node in state.path:
            node.interrupted = node.interrupted or node.list_level is not None
    for node in reversed(state.path):
        if node.is_heading or (
            node.list_level is not None and list_level is not None and node.list_level <= list_level
        ):
            return node
        if node.list_level is None and not node.numbers_items and node.title:
            return node
    return None
