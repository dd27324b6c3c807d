"""Nesting restored: which number belongs under which, told from markup, from levels and from the counting itself."""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from extractors.clauses.lines import TYPED_HEADING, Line
from extractors.clauses.numbering import Marker, Reading
from extractors.clauses.titles import title_of
from extractors.line_shapes import is_caps

_DEEPEST = 16  # nodes on one path; documents that nest deeper are not contracts
_GAP = 5  # numbers that may be missing between two of one list
_TOPIC = 6  # words of the longest title in front of a paragraph that heads the paragraphs after it
_HIGHEST = 60  # a paragraph "75. Foo" with nothing counted before it opens no clause
# Sections that others follow and none stand in; told by name, because a list of sections has no level to compare.
_PREAMBLE_NAMES = """
    preamble introduction foreword summary overview préambule präambel einleitung preámbulo introducción premessa
    preambolo introduzione wstęp preambuła
"""
_PREAMBLES = frozenset(_PREAMBLE_NAMES.split())
_SECONDS = {"(1)": "2", "(a)": "b", "(A)": "B", "(i)": "ii", "(I)": "II"}  # what follows the first number of a list
_LOWER_LISTS = ("(", "1)", "a", "i")  # how the styles of lists begin; the others number sections


@dataclass(eq=False)
class Node:
    """A heading or a numbered line, with what it stands under."""

    line: int
    parent: "Node | None"
    heading: bool
    style: str = ""  # empty: unnumbered
    path: tuple[int, ...] = ()
    label: str = ""
    printed: str = ""
    level: int = 0  # of a heading
    listed: int | None = None  # nesting of a list that markup made
    run: int = 0  # lines that count on from each other share it: the line of the first
    title: str | None = None  # the heading that it gives to all below it
    interrupted: bool = False  # text outside its list came after it
    continued: bool = False  # counts on from a list under another parent
    run_in: bool = False  # a title that runs into an unnumbered paragraph
    saved: "tuple[Node, ...]" = ()  # of such a title: the path before it, where numbers may go on

    @property
    def value(self) -> int:
        """What counts up; 0 for unnumbered headings."""
        return self.path[-1] if self.path else 0


@dataclass(frozen=True)
class Place:
    """Where a line stands."""

    own: Node | None  # the heading or number that the line itself is
    under: Node | None  # the nearest heading or number above it, its own if it has one


@dataclass
class _Outline:
    lines: Sequence[Line]
    ahead: dict[tuple[str, tuple[int, ...]], list[int]]
    stack: list[Node] = field(default_factory=list)
    last: dict[str, Node] = field(default_factory=dict)  # style -> the node that counted last

    def place(self, at: int) -> Place:
        line = self.lines[at]
        chosen = self._choose(at, line) if line.marker else None
        if chosen is not None and line.marker is not None:
            node = self._numbered(at, line, line.marker, *chosen)
            return Place(node, node)
        if line.is_heading:
            return self._heading(at, line)
        if line.kind == "paragraph" and line.level is None and (title := title_of(line)):
            return self._run_in(at, line, title)
        return Place(None, self._above(line))

    # -- which number it is

    def _choose(self, at: int, line: Line) -> tuple[Reading, Node | None] | None:
        """The reading that fits best and the node that it counts on from; None where the number is none."""
        best: tuple[tuple[int, ...], Reading, Node | None] | None = None
        marker = line.marker
        for reading in marker.readings if marker else ():
            before = self._before(line, reading, marker)
            step = reading.value - before.value if before else 0
            starts = reading.value == 1
            rank = 3 if before and step <= 1 else 2 if starts else 1 if before else 0
            if not self._counts(at, line, reading, rank):
                continue
            following = self._next((reading.style, (*reading.path[:-1], reading.value + 1)), at)
            # "(i)" after "(h)": what comes next decides
            score = (3 if rank == 2 and best and best[0][0] == 3 else rank, -following)
            if best is None or score > best[0]:
                best = (score, reading, before)
        return (best[1], best[2]) if best else None

    def _next(self, key: tuple[str, tuple[int, ...]], at: int) -> int:
        where = self.ahead.get(key)
        index = bisect_right(where, at) if where else 0
        return where[index] if where and index < len(where) else len(self.lines)

    def _counts(self, at: int, line: Line, reading: Reading, rank: int) -> bool:
        """Whether what looks like a number is one."""
        marker = line.marker
        if marker is None:
            return False
        rest = line.words.lstrip(" \"'“„«(")
        lower = rest[:1].islower()
        succeeded = self._next((reading.style, (*reading.path[:-1], reading.value + 1)), at) < self._next(
            (reading.style, (*reading.path[:-1], 1)), at
        )
        worded = reading.style in ("article", "section", "part", "annex", "§") or reading.style.endswith(" A")
        if line.generated:
            return True
        if not succeeded and _counts_on_inside(line, reading):
            return False
        if worded and line.kind == "list_item":
            return False  # "Section B: general terms" as an entry of a list points elsewhere
        if line.is_heading:
            return marker.sure or worded or rank == 3 or (rank == 2 and succeeded)
        if not marker.sure:
            fits = rank == 3 or (rank == 2 and succeeded)
            return fits and (not lower) and (not worded or len(rest) < 120)
        if line.kind == "list_item":
            return rank > 0 or not lower or line.opens_block
        if rank == 3:
            return True
        if rank == 2:
            return succeeded or (not lower and reading.style not in ("A.", "I.")) or marker.printed.startswith("(")
        numeric = reading.style in ("1.", "decimal") or worded
        return line.opens_block and numeric and not lower and reading.path[0] <= _HIGHEST

    def _before(self, line: Line, reading: Reading, marker: Marker | None) -> Node | None:
        """The node that ``reading`` counts on from: on the path to here if there is one, else the last of its style."""
        best: tuple[tuple[int, ...], Node] | None = None
        for depth, node in enumerate(self.stack):
            if not _counts_on(node, reading, marker):
                continue
            same = node.heading == line.is_heading and (node.listed == _listed(line) or line.is_heading)
            if not same and (_mixes_list_levels(node, line) or (line.is_heading and node.listed)):
                continue
            level = (
                same and line.is_heading and node.level == line.level
            )  # as markup sets it, before how deep it stands
            score = (int(reading.value - node.value <= 1), int(same), int(level), depth)
            if best is None or score > best[0]:
                best = (score, node)
        if best:
            return best[1]
        last = self.last.get(reading.style)
        fits = last is not None and last.path[:-1] == reading.path[:-1] and reading.value - last.value == 1
        return last if fits and last is not None and not _mixes_list_levels(last, line) else None

    # -- where it goes

    def _numbered(self, at: int, line: Line, marker: Marker, reading: Reading, before: Node | None) -> Node:
        again = before is not None and before.path == reading.path and marker.more and before in self.stack
        if again and before is not None:
            self._pop_to(before)
            node = before
        else:
            node = self._push_numbered(at, line, marker, reading, before)
        for more in marker.more:
            node = self._push_more(at, more, node)
        if not (again and not marker.more):
            node.title = title_of(line)
        return node

    def _push_numbered(self, at: int, line: Line, marker: Marker, reading: Reading, before: Node | None) -> Node:
        node = Node(at, None, line.is_heading, reading.style, reading.path, marker.label, marker.printed, run=at)
        node.level, node.listed = line.level or 0, _listed(line)
        resumed = before is not None and self._resume(before, line)
        if before is not None and before in self.stack:
            self._pop_to(before.parent)
            node.level = min(before.level, node.level) if before.heading else node.level
            node.run = before.run
        elif resumed or (len(reading.path) > 1 and self._pop_to_prefix(reading.path)):
            pass
        else:
            self._open_place(at, line, reading)
        if before is not None and (resumed or before.parent is self._top()):
            node.run = before.run
        elif before is not None:
            node.continued = True
        self._push(node)
        self.last[node.style] = node
        return node

    def _resume(self, before: Node, line: Line) -> bool:
        """Back to the list in which a title stands, if there is one; a title on its own heads the items after it."""
        title = self._top()
        if title is None or before not in title.saved:
            return False
        self.stack = list(title.saved)
        if title.run_in or line.is_heading:
            return False
        above = before.parent
        while above is not None and above.heading and above.saved:  # the title before this one
            above = above.parent
        self._pop_to(above)
        self._push(title)
        return True

    def _push_more(self, at: int, marker: Marker, parent: Node) -> Node:
        siblings = [node for node in self.last.values() if node.parent is parent and node.heading is False]
        reading = next(
            (r for r in marker.readings if any(n.style == r.style and n.value + 1 == r.value for n in siblings)),
            min(marker.readings, key=lambda r: r.value),
        )
        node = Node(at, parent, parent.heading, reading.style, reading.path, marker.label, marker.printed, run=at)
        node.level, node.listed = parent.level, parent.listed
        self._push(node)
        self.last[node.style] = node
        return node

    def _pop_to_prefix(self, path: tuple[int, ...]) -> bool:
        """Pops to the node whose number is the beginning of ``path``; or to where its elders stood."""
        for node in reversed(self.stack):
            whole = node.path if len(node.path) > 1 else (node.value,)
            sections = not node.style.startswith(_LOWER_LISTS) or node.style == "1."
            if node.path and sections and len(whole) < len(path) and path[: len(whole)] == whole:
                self._pop_to(node)
                return True
        for node in self.stack:
            moved_on = (
                node.style in ("1.", "decimal") and 0 < path[0] - node.path[0] <= _GAP
            )  # "6.1" where "6." is lost
            if moved_on or (len(node.path) == len(path) and not node.heading):
                self._pop_to(node.parent)
                return True
        return False

    def _open_place(self, at: int, line: Line, reading: Reading) -> None:
        """Pops what a new list or section cannot stand under."""
        top = self._top()
        if reading.value == 1 and top is not None and top.title and top.title.casefold() in _PREAMBLES:
            self.stack.pop()
        if line.is_heading:
            self._pop_headings(line.level or 0, reading)
            return
        while self.stack and self.stack[-1].run_in and self.lines[at - 1].text.endswith((".", "!", "?")):
            self.stack.pop()  # the title's paragraph opens no list
        listed = _listed(line)
        while self.stack and not self.stack[-1].heading:
            top = self.stack[-1]
            deeper = listed is not None and top.listed is not None and listed > top.listed
            flat = listed is not None and top.listed is not None and listed < top.listed
            same_style = any(
                node.style == reading.style and (node.listed == listed or not deeper)
                for node in self.stack
                if not node.heading
            )
            if not (flat or (top.interrupted and not deeper) or (same_style and not deeper)):
                break
            self.stack.pop()

    def _pop_headings(self, level: int, reading: Reading | None) -> None:
        while self.stack:
            top = self.stack[-1]
            nests = (
                reading is not None
                and reading.value == 1
                and reading.style != "annex"
                and top.style not in ("", reading.style)
                and top.level == level
            )
            if top.heading and (top.level < level or nests):
                break
            self.stack.pop()

    def _heading(self, at: int, line: Line) -> Place:
        saved = self._saved() if (line.level or 0) > TYPED_HEADING else ()
        above = self._running_section(at, line)
        if above is not None:
            self._pop_to(above)
        else:
            self._pop_headings(line.level or 0, None)
        node = Node(at, None, heading=True, level=line.level or 0, title=title_of(line), saved=saved)
        self._push(node)
        return Place(node, node)

    def _saved(self) -> "tuple[Node, ...]":
        top = self._top()
        return top.saved if top is not None and top.saved else tuple(self.stack)

    def _running_section(self, at: int, line: Line) -> Node | None:
        """The numbered section that an unnumbered heading of its level stands in: one that is counted on from later.

        A heading that is set like "6.1" and stands with its text between "6.1" and "6.2" is a part of 6.1.
        """
        if at + 1 >= len(self.lines) or self.lines[at + 1].is_heading:
            return None
        for node in reversed(self.stack):
            if node.heading and node.style and node.level == line.level:
                following = (node.style, (*node.path[:-1], node.value + 1))
                restart = (node.style, (*node.path[:-1], 1))
                return node if self._next(following, at) < self._next(restart, at) else None
        return None

    def _run_in(self, at: int, line: Line, title: str) -> Place:
        """A title in front of an unnumbered paragraph; one with a full stop heads what follows until the next, too."""
        level = TYPED_HEADING if is_caps(title) else TYPED_HEADING + 1
        node = Node(at, None, heading=True, level=level, title=title, run_in=True)
        if not line.text[len(title) :].lstrip().startswith(".") or len(title.split()) > _TOPIC:
            above = self._above(line)  # "Short version: ..." speaks of its own paragraph alone
            while above is not None and above.run_in:
                above = above.parent
            node.parent = above
            return Place(None, node)
        node.saved = self._saved()
        self._pop_headings(level, None)
        self._push(node)
        return Place(None, node)

    def _above(self, line: Line) -> Node | None:
        """What an unnumbered line stands under."""
        listed = _listed(line)
        if listed is None and line.kind != "list_item":
            for node in self.stack:
                node.interrupted = node.interrupted or node.listed is not None
        for node in reversed(self.stack):
            if node.heading or (node.listed is not None and listed is not None and node.listed <= listed):
                return node
            if node.listed is None and not node.style.startswith(_LOWER_LISTS) and node.title:
                return node
        return None

    def _top(self) -> Node | None:
        return self.stack[-1] if self.stack else None

    def _pop_to(self, node: Node | None) -> None:
        while self.stack and self.stack[-1] is not node:
            self.stack.pop()

    def _push(self, node: Node) -> None:
        while len(self.stack) >= _DEEPEST:
            self.stack.pop()
        node.parent = self._top()
        if node.heading and node.parent is not None and node.parent.heading:
            node.level = max(node.level, node.parent.level)
        self.stack.append(node)


def _listed(line: Line) -> int | None:
    return line.level if line.kind in ("list_item", "paragraph") else None


def _counts_on(node: Node, reading: Reading, marker: Marker | None) -> bool:
    if node.style != reading.style or node.path[:-1] != reading.path[:-1]:
        return False
    step = reading.value - node.value
    suffixed = marker is not None and marker.label[-1:].isalpha() and marker.label[:1].isdigit()
    return 0 < step <= _GAP or (step == 0 and (suffixed or (marker is not None and bool(marker.more))))


def _counts_on_inside(line: Line, reading: Reading) -> bool:
    """Whether a line opens with the first of numbers that run on in its own sentence: "(i) pay; (ii) wait; or"."""
    second = _SECONDS.get(reading.style) if reading.value == 1 else None
    return second is not None and re.search(rf"[;,]\s+(?:[^\W\d_]{{1,4}}\s+)?\({second}\)\s", line.words) is not None


def _mixes_list_levels(node: Node, line: Line) -> bool:
    listed = _listed(line)
    return node.listed is not None and listed is not None and node.listed != listed


def read_outline(lines: Sequence[Line]) -> list[Place]:
    """The place of every line. Linear in the number of lines."""
    ahead: dict[tuple[str, tuple[int, ...]], list[int]] = defaultdict(list)
    for at, line in enumerate(lines):
        for reading in line.marker.readings if line.marker else ():
            ahead[reading.style, reading.path].append(at)
    outline = _Outline(lines, ahead)
    return [outline.place(at) for at in range(len(lines))]


def headings_above(node: Node | None) -> tuple[str, ...]:
    """The titles from the outermost down to ``node``'s own."""
    titles: list[str] = []
    while node is not None:
        if node.title:
            titles.append(node.title)
        node = node.parent
    return tuple(reversed(titles))
