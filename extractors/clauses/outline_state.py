"""The outline of a document as far as it is read: the path of open headings and numbers, and what is on it."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from extractors.clauses.lines import TextLine
from extractors.clauses.numbering import NumberReading

_MAX_PATH = 16  # nodes on one path; 70 real documents have at most five
# Beginnings of the styles that number list items; the others number sections. "article" and "annex" begin so too and
# are treated as items wherever this is asked.
_ITEM_STYLES = ("(", "1)", "a", "i")


@dataclass(eq=False)
class OutlineNode:
    """A heading or a numbered line, and what it is under."""

    parent: "OutlineNode | None"
    is_heading: bool
    style: str = ""  # empty if it has no number
    path: tuple[int, ...] = ()  # of the number
    label: str = ""  # as cited
    level: int = 0  # of a heading
    list_level: int | None = None  # nesting of a list in the markup
    sequence: int = 0  # index of the line that begins the sequence of numbers that it is in
    title: str | None = None  # heads all that is below it
    interrupted: bool = False  # text outside its list came after it
    continued: bool = False  # it continues a sequence that began under another parent
    run_in: bool = False  # a title in front of the text of an unnumbered paragraph
    path_before: "tuple[OutlineNode, ...]" = ()  # of an unmarked title: the path on which numbers may continue

    @property
    def value(self) -> int:
        """The last value of the number, the one that counts up; 0 if it has none."""
        return self.path[-1] if self.path else 0

    @property
    def numbers_items(self) -> bool:
        """Whether its style is one of list items."""
        return self.style.startswith(_ITEM_STYLES)


@dataclass(frozen=True)
class OutlinePosition:
    """Where a line is in the outline."""

    own: OutlineNode | None  # the heading or number that the line itself is
    under: OutlineNode | None  # the nearest heading or number above it; its own if it has one


@dataclass
class OutlineState:
    """The state of one pass over the lines, as the rules in ``outline.py`` change it."""

    lines: Sequence[TextLine]
    occurrences: dict[tuple[str, tuple[int, ...]], list[int]]  # style and path of a number -> lines that may have it
    path: list[OutlineNode] = field(default_factory=list)  # outermost first
    last_of_style: dict[str, OutlineNode] = field(default_factory=dict)

    @property
    def innermost(self) -> OutlineNode | None:
        """The last node of the path."""
        return self.path[-1] if self.path else None


def initial_state(lines: Sequence[TextLine]) -> OutlineState:
    """The state before the first line."""
    occurrences: dict[tuple[str, tuple[int, ...]], list[int]] = defaultdict(list)
    for index, line in enumerate(lines):
        for reading in line.marker.readings if line.marker else ():
            occurrences[reading.style, reading.path].append(index)
    return OutlineState(lines, occurrences)


def next_line_with(state: OutlineState, style: str, path: tuple[int, ...], after: int) -> int:
    """The index of the first line after ``after`` that may have this number; the number of lines if there is none."""
    indices = state.occurrences.get((style, path), ())
    position = bisect_right(indices, after)
    return indices[position] if position < len(indices) else len(state.lines)


def has_successor(state: OutlineState, index: int, reading: NumberReading | OutlineNode) -> bool:
    """Whether a number's successor comes after a line, before its sequence begins anew with 1."""
    outer = reading.path[:-1]
    successor = next_line_with(state, reading.style, (*outer, reading.value + 1), index)
    return successor < next_line_with(state, reading.style, (*outer, 1), index)


def close_to(state: OutlineState, node: OutlineNode | None) -> None:
    """Shorten the path until ``node`` is its innermost node; to nothing if it is None."""
    while state.path and state.path[-1] is not node:
        state.path.pop()


def open_node(state: OutlineState, node: OutlineNode) -> None:
    """Put a node on the path; a heading is at least as deep as the one above it."""
    while len(state.path) >= _MAX_PATH:
        state.path.pop()
    node.parent = state.innermost
    if node.is_heading and node.parent is not None and node.parent.is_heading:
        node.level = max(node.level, node.parent.level)
    state.path.append(node)


def list_level_of(line: TextLine) -> int | None:
    """How deep in lists the markup has a line, None outside lists and for headings and table rows."""
    return line.level if line.kind in ("list_item", "paragraph") else None
