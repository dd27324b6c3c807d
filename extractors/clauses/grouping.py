"""Lines put together into clauses: headings with their first words, lists with their lead-in, tables by rows."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from extractors.clauses.lines import Line
from extractors.clauses.outline import Node, Place
from extractors.clauses.titles import title_of

SHORT = 1200  # characters; a list that is no longer stays with its lead-in, a table is parted into groups of this size
_TINY = 80  # characters of an item that says too little to stand alone
_PACKED = 400  # characters to which such items are put together
_FRAGMENT = 70  # characters of a line of an address or a signature
_FRAGMENTS = 600  # characters to which such lines are put together
_CUE = 120  # characters of a line that announces the next
_DEEPEST = 8
_CUES = re.compile(
    r"\b(?:following|as follows|below|these (?:include|are)|such as|including|folgende\w*|wie folgt|suivant\w*|"
    r"ci-dessous|siguiente\w*|a continuación|seguent\w*|di seguito|następując\w*|poniż\w*)\b[^.]{0,80}[.]?$",
    re.IGNORECASE,
)
_ENDED = re.compile(r"[.!?。！？؟][\"'”’»)\]]*$")


@dataclass
class Group:
    """The lines of one clause."""

    start: int
    end: int
    words: int  # offset at which the words begin that follow heading and number
    node: Node | None  # whose number it bears
    under: Node | None  # whose headings stand above it
    lead_in: int | None = None  # index of the group that opens its list
    label: str | None = None  # an item's own title in bold type
    heading_only: bool = False
    table: bool = False


@dataclass
class _Grouper:
    lines: Sequence[Line]
    places: Sequence[Place]
    groups: list[Group] = field(default_factory=list)
    leads: dict[int, int | None] = field(default_factory=dict)  # run of numbers -> the group that opens it

    def group(self) -> list[Group]:
        at = 0
        while at < len(self.lines):
            at = self._step(at)
        return self.groups

    def _step(self, at: int) -> int:
        """Makes the group, or groups, that begin at a line; returns the line after them."""
        if self.lines[at].is_heading:
            return self._headed(at)
        return self._body(at, self.lines[at].start)

    # -- headings

    def _headed(self, at: int) -> int:
        line, place = self.lines[at], self.places[at]
        following = at + 1
        if following < len(self.lines) and not self._begins_alone(following):
            index = len(self.groups)
            following = self._body(following, line.start)
            self.groups[index].node = place.own  # the number that the clause begins with
            return following
        self._add(Group(line.start, line.end, line.end, place.own, place.under, heading_only=True))
        return following

    def _begins_alone(self, at: int) -> bool:
        """Whether the line after a heading is no text of that heading's own: a heading or a number."""
        if self.lines[at].contents:
            return False
        if self.lines[at].is_heading or self.places[at].own is not None:
            own = self.places[at].own
            return self.lines[at].is_heading or own is None or bool(own.style)
        if self.lines[at].kind == "list_item":
            return self.lines[self._list_end(at) - 1].end - self.lines[at].start > SHORT
        return False

    # -- text

    def _body(self, at: int, start: int) -> int:
        """The group of a paragraph, item or table; ``start`` is where a heading in front of it begins."""
        line, place = self.lines[at], self.places[at]
        if line.contents:
            return self._contents(at, start)
        if line.kind == "table_row":
            return self._table(at, start)
        if self._is_bullet(at):
            return self._list(at, start, lead=self._lead(at) if start == line.start else None)
        node = place.own or _numbered_above(place.under)
        words = line.start + (line.marker.end if line.marker and place.own else 0)
        group = Group(start, line.end, words, node, place.under)
        if place.own is not None and place.own.style:
            group.lead_in = self._lead_of_run(at, place.own)
        following = self._rest_of_item(at, group)
        following = self._fragments(at, following, group)
        following = self._announced(at, following, group)
        self._add(group)
        if following < len(self.lines) and self._is_bullet(following) and self._opens(group, following):
            end = self._list_end(following)
            if self.lines[end - 1].end - group.start <= SHORT:
                group.end = self.lines[end - 1].end
                return end
            return self._list(following, self.lines[following].start, lead=len(self.groups) - 1)
        return following

    def _contents(self, at: int, start: int) -> int:
        """A table of contents, all of it one clause."""
        end = at
        while end < len(self.lines) and self.lines[end].contents:
            end += 1
        place = self.places[at]
        self._add(Group(start, self.lines[end - 1].end, self.lines[at].start, place.under, place.under))
        return end

    def _rest_of_item(self, at: int, group: Group) -> int:
        """Takes in what belongs to the same block or item: lines without a number after all, further paragraphs."""
        following = at + 1
        while following < len(self.lines) and not self.lines[following].contents:
            line = self.lines[following]
            same_block = not line.opens_block and line.kind != "list_item" and not line.is_heading
            in_item = (
                line.kind == "paragraph"
                and line.level is not None
                and self.lines[at].level is not None
                and self.places[following].under is self.places[at].own
                and line.end - group.start <= SHORT
            )
            if self.places[following].own is not None or not (same_block or in_item):
                break
            group.end = line.end
            following += 1
        return following

    def _fragments(self, at: int, following: int, group: Group) -> int:
        """Takes in the short lines of an address or the like."""
        opens = group.end - group.start < SHORT and self.lines[following - 1].text.endswith(":")
        if following != at + 1 or not (opens or self._is_fragment(at)):
            return following
        while following < len(self.lines) and self._is_fragment(following):
            if self.lines[following].end - self.lines[at].end > _FRAGMENTS:
                break
            group.end = self.lines[following].end
            following += 1
        return following

    def _announced(self, at: int, following: int, group: Group) -> int:
        """Takes in the paragraph that a few words announce: "For residents of Brazil:"."""
        line = self.lines[at]
        if following != at + 1 or following >= len(self.lines) or len(line.text) > _CUE or line.kind != "paragraph":
            return following
        announced = self.lines[following]
        plain = announced.kind == "paragraph" and not announced.contents and self.places[following].own is None
        if not line.text.endswith(":") or not plain or announced.end - group.start > SHORT:
            return following
        group.end = announced.end
        return following + 1

    def _is_fragment(self, at: int) -> bool:
        line = self.lines[at]
        return (
            line.kind == "paragraph"
            and not line.contents
            and self.places[at].own is None
            and len(line.text) <= _FRAGMENT
            and not _ENDED.search(line.text)
            and not line.text.endswith(":")
        )

    # -- lists

    def _is_bullet(self, at: int) -> bool:
        line = self.lines[at]
        return line.kind == "list_item" and self.places[at].own is None and not line.contents

    def _list_end(self, at: int) -> int:
        """The line after the run of unnumbered items that begins at ``at``, their further paragraphs included."""
        end = at
        while end < len(self.lines) and self.places[end].own is None and not self.lines[end].contents:
            line = self.lines[end]
            inside = line.kind == "paragraph" and (line.level is not None or not line.opens_block)
            if not (line.kind == "list_item" or (inside and end > at)):
                break
            end += 1
        return end

    def _lead(self, at: int) -> int | None:
        if not self.groups or at == 0 or self.lines[at - 1].is_heading:
            return None
        return len(self.groups) - 1 if self._opens(self.groups[-1], at) else None

    def _opens(self, group: Group, at: int) -> bool:
        """Whether the text before line ``at`` opens a list that begins there."""
        if group.heading_only:
            return False
        text = self.lines[at - 1].text.rstrip()
        first = self.lines[at].words.lstrip("•-–*· \"'“(")
        return not _ENDED.search(text) or first[:1].islower() or _CUES.search(text[-200:]) is not None

    def _lead_of_run(self, at: int, node: Node) -> int | None:
        """The group that opens the list of a numbered line; found once, at its first."""
        if node.run not in self.leads:
            previous = self.groups[-1] if self.groups else None
            nested = previous is not None and (previous.node is node.parent or previous.node is None)
            opens = at > 0 and previous is not None and nested and self._opens(previous, at)
            self.leads[node.run] = len(self.groups) - 1 if opens and not node.heading else None
        return self.leads[node.run]

    def _list(self, at: int, start: int, *, lead: int | None) -> int:
        """The groups of a run of items: one if it is short, else one for each item, small ones packed."""
        end = self._list_end(at)
        if self.lines[end - 1].end - start <= SHORT and (lead is None or start < self.lines[at].start):
            self._add(self._item(at, end, start, lead))
        else:
            self._items(at, end, start, lead, depth=0)
        return end

    def _items(self, at: int, end: int, start: int, lead: int | None, *, depth: int) -> None:
        top = min((self.lines[k].level or 0) for k in range(at, end) if self.lines[k].kind == "list_item")
        opening = [k for k in range(at, end) if self.lines[k].kind == "list_item" and (self.lines[k].level or 0) == top]
        if opening[0] != at:
            opening.insert(0, at)
        packable = self._is_small(opening, end)
        packed = False
        for number, item in enumerate(opening):
            stop = opening[number + 1] if number + 1 < len(opening) else end
            begin = start if item == at else self.lines[item].start
            length = self.lines[stop - 1].end - begin
            if packed and length <= _TINY and self.lines[stop - 1].end - self.groups[-1].start <= _PACKED:
                self.groups[-1].end = self.lines[stop - 1].end
                self.groups[-1].label = None
                continue
            packed = packable and length <= _TINY
            nested = next((k for k in range(item + 1, stop) if self.lines[k].kind == "list_item"), None)
            if length > SHORT and nested is not None and depth < _DEEPEST:
                self._add(self._item(item, nested, begin, lead))
                below = len(self.groups) - 1
                self._items(nested, stop, self.lines[nested].start, below, depth=depth + 1)
            else:
                self._add(self._item(item, stop, begin, lead))

    def _is_small(self, opening: Sequence[int], end: int) -> bool:
        """Whether most items of a list say too little to stand alone."""
        ends = [*opening[1:], end]
        lengths = sorted(self.lines[e - 1].end - self.lines[at].start for at, e in zip(opening, ends, strict=True))
        return lengths[len(lengths) // 2] <= _TINY

    def _item(self, at: int, end: int, start: int, lead: int | None) -> Group:
        line, under = self.lines[at], self.places[at].under
        node = self.groups[lead].node if lead is not None else under
        above = self.groups[lead].under if lead is not None else under
        single = sum(1 for k in range(at, end) if self.lines[k].kind == "list_item") == 1
        label = title_of(line) if single and line.bold else None
        return Group(start, self.lines[end - 1].end, line.start, node, above, lead, label)

    # -- tables

    def _table(self, at: int, start: int) -> int:
        """Rows in groups; all after the first point to it, because it holds the head of the table."""
        end = at
        while end < len(self.lines) and self.lines[end].kind == "table_row" and self.places[end].own is None:
            end += 1
        under = self.places[at].under
        first = len(self.groups)
        lead = self._lead(at) if start == self.lines[at].start else None
        for row in range(at, end):
            line = self.lines[row]
            if row > at and line.end - self.groups[-1].start <= SHORT:
                self.groups[-1].end = line.end
            else:
                begin = start if row == at else line.start
                opener = lead if row == at else first
                self._add(Group(begin, line.end, line.start, under, under, opener, table=True))
        return end

    def _add(self, group: Group) -> None:
        self.groups.append(group)


def _numbered_above(node: Node | None) -> Node | None:
    """The node whose number a line bears that stands under ``node``: titles that run into a paragraph have none."""
    while node is not None and node.run_in:
        node = node.parent
    return node


def group_lines(lines: Sequence[Line], places: Sequence[Place]) -> list[Group]:
    """The groups of lines that make a clause each, in order; together they hold every line once."""
    return _Grouper(lines, places).group()
