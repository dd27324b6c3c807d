"""Lines grouped into clauses: headings with their first text, lists with their lead-in, tables by rows.

One pass over the lines. At each line the first rule that applies makes one or several clauses and gives the next line.
Reasons and measurements are in docs/decisions/0006-clauses.md.

| at the line is             | the clause                                                                              |
|----------------------------|-----------------------------------------------------------------------------------------|
| a heading                  | the heading with the text after it; alone, if a heading, number or long list follows    |
| an entry of the contents   | the whole table of contents                                                             |
| a table row                | rows up to ``SHORT_CHARS``; all clauses after the first refer to it as their lead-in    |
| an item without a number   | a short list is one clause; of a long list each item, with small ones packed together   |
| a number or a paragraph    | the line with the rest of its block or item, the lines of an address, the paragraph     |
|                            | that it introduces, and a short list that it leads into                                 |
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from extractors.clauses.lines import TextLine
from extractors.clauses.outline_state import OutlineNode, OutlinePosition
from extractors.clauses.titles import title_of

SHORT_CHARS = 1200  # of a list that stays with its lead-in: half gives 10 % more clauses, twice merges disputed items
# Chosen by eye on the real documents of docs/decisions/0006-clauses.md. A fifth less or a quarter more changes 9 of 198
# documents at most.
_SMALL_ITEM_CHARS = 80  # of an item that says too little to be a clause
_PACKED_CHARS = 400  # up to which small items are packed together
_ADDRESS_LINE_CHARS = 70  # of a line of an address or a signature
_ADDRESS_CHARS = 600  # up to which such lines are one clause
_INTRODUCTION_CHARS = 120  # of a line with a colon that introduces the next paragraph
_LEAD_IN_TAIL_CHARS = 200  # of a lead-in that are searched for words such as "the following"
_MAX_DEPTH = 8  # of lists in lists that are divided; deeper ones stay with their item
_LEAD_IN = re.compile(
    r"\b(?:following|as follows|below|these (?:include|are)|such as|including|folgende\w*|wie folgt|suivant\w*|"
    r"ci-dessous|siguiente\w*|a continuación|seguent\w*|di seguito|następując\w*|poniż\w*)\b[^.]{0,80}[.]?$",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.!?。！？؟][\"'”’»)\]]*$")


@dataclass
class RawClause:
    """The lines of one clause, before it has an id and a composed number."""

    start: int
    end: int
    words: int  # offset at which the words after heading and number begin
    node: OutlineNode | None  # whose number it has
    under: OutlineNode | None  # whose headings are above it
    lead_in: int | None = None  # index of the raw clause that leads into its list
    label: str | None = None  # an item's own title in bold type
    heading_only: bool = False
    table: bool = False


@dataclass
class _Grouping:
    """The input and the output of one pass."""

    lines: Sequence[TextLine]
    positions: Sequence[OutlinePosition]
    clauses: list[RawClause] = field(default_factory=list)
    lead_in_of_sequence: dict[int, int | None] = field(default_factory=dict)  # OutlineNode.sequence -> its lead-in


def group_lines(lines: Sequence[TextLine], positions: Sequence[OutlinePosition]) -> list[RawClause]:
    """The clauses in order, before any is split for its length; together they hold every line once.

    Args:
        lines: of the document.
        positions: of each line in the outline.

    """
    grouping = _Grouping(lines, positions)
    index = 0
    while index < len(lines):
        if lines[index].is_heading:
            index = _group_heading(grouping, index)
        else:
            index = _group_text(grouping, index, lines[index].start)
    return grouping.clauses


# Each of these makes the clauses that begin at a line and returns the index of the line after them.


def _group_heading(grouping: _Grouping, index: int) -> int:
    line, position = grouping.lines[index], grouping.positions[index]
    following = index + 1
    if following < len(grouping.lines) and not _begins_own_clause(grouping, following):
        first = len(grouping.clauses)
        following = _group_text(grouping, following, line.start)
        grouping.clauses[first].node = position.own  # the number that the clause begins with
        return following
    grouping.clauses.append(RawClause(line.start, line.end, line.end, position.own, position.under, heading_only=True))
    return following


def _group_text(grouping: _Grouping, index: int, start: int) -> int:
    """Group a paragraph, item, table or contents; ``start`` is its own, or that of the heading in front of it."""
    line = grouping.lines[index]
    if line.in_contents:
        return _group_contents(grouping, index, start)
    if line.kind == "table_row":
        return _group_table(grouping, index, start)
    if _is_unnumbered_item(grouping, index):
        lead_in = _lead_in_before(grouping, index) if start == line.start else None
        return _group_list(grouping, index, start, lead_in)
    return _group_paragraph(grouping, index, start)


def _group_contents(grouping: _Grouping, index: int, start: int) -> int:
    lines, under = grouping.lines, grouping.positions[index].under
    end = index
    while end < len(lines) and lines[end].in_contents:
        end += 1
    grouping.clauses.append(RawClause(start, lines[end - 1].end, lines[index].start, under, under))
    return end


def _group_table(grouping: _Grouping, index: int, start: int) -> int:
    """Group a table; the first clause is the lead-in of the others, because it has the head of the table."""
    lines, under = grouping.lines, grouping.positions[index].under
    end = index
    while end < len(lines) and lines[end].kind == "table_row" and grouping.positions[end].own is None:
        end += 1
    first = len(grouping.clauses)
    lead_in = _lead_in_before(grouping, index) if start == lines[index].start else None
    for row in range(index, end):
        line = lines[row]
        if row > index and line.end - grouping.clauses[-1].start <= SHORT_CHARS:
            grouping.clauses[-1].end = line.end
            continue
        row_start, row_lead_in = (start, lead_in) if row == index else (line.start, first)
        grouping.clauses.append(RawClause(row_start, line.end, line.start, under, under, row_lead_in, table=True))
    return end


def _group_paragraph(grouping: _Grouping, index: int, start: int) -> int:
    """Group a paragraph or numbered item with what belongs to it."""
    line, position = grouping.lines[index], grouping.positions[index]
    node = position.own or _without_run_in_headings(position.under)
    words = line.start + (line.marker.end if line.marker and position.own else 0)
    clause = RawClause(start, line.end, words, node, position.under)
    if position.own is not None and position.own.style:
        clause.lead_in = _lead_in_of_sequence(grouping, index, position.own)
    following = _take_rest_of_item(grouping, index, clause)
    if following == index + 1:
        following = _take_address(grouping, index, clause)
    if following == index + 1:
        following = _take_introduced(grouping, index, clause)
    grouping.clauses.append(clause)
    if following == len(grouping.lines) or not _is_unnumbered_item(grouping, following):
        return following
    if not _leads_into(grouping, clause, following):
        return following
    list_end = _list_end(grouping, following)
    if grouping.lines[list_end - 1].end - clause.start <= SHORT_CHARS:
        clause.end = grouping.lines[list_end - 1].end
        return list_end
    return _group_list(grouping, following, grouping.lines[following].start, len(grouping.clauses) - 1)


def _group_list(grouping: _Grouping, index: int, start: int, lead_in: int | None) -> int:
    """Group a run of items: a short one without lead-in or with a heading in front is one clause."""
    end = _list_end(grouping, index)
    is_short = grouping.lines[end - 1].end - start <= SHORT_CHARS
    if is_short and (lead_in is None or start < grouping.lines[index].start):
        grouping.clauses.append(_item_clause(grouping, index, end, start, lead_in))
    else:
        _group_items(grouping, index, end, start, lead_in, depth=0)
    return end


def _group_items(grouping: _Grouping, index: int, end: int, start: int, lead_in: int | None, *, depth: int) -> None:
    """Make a clause of each item up to the line ``end``; pack small ones, divide long ones at the lists in them."""
    lines, clauses = grouping.lines, grouping.clauses
    items = _outermost_items(lines, index, end)
    item_ends = [*items[1:], end]
    packs = _are_mostly_small(lines, items, item_ends)
    may_grow = False  # the last clause is made of small items
    for item, item_end in zip(items, item_ends, strict=True):
        item_start = start if item == index else lines[item].start
        length = lines[item_end - 1].end - item_start
        if may_grow and length <= _SMALL_ITEM_CHARS and lines[item_end - 1].end - clauses[-1].start <= _PACKED_CHARS:
            clauses[-1].end = lines[item_end - 1].end
            clauses[-1].label = None
            continue
        may_grow = packs and length <= _SMALL_ITEM_CHARS
        nested = next((inner for inner in range(item + 1, item_end) if lines[inner].kind == "list_item"), None)
        if length > SHORT_CHARS and nested is not None and depth < _MAX_DEPTH:
            clauses.append(_item_clause(grouping, item, nested, item_start, lead_in))
            _group_items(grouping, nested, item_end, lines[nested].start, len(clauses) - 1, depth=depth + 1)
        else:
            clauses.append(_item_clause(grouping, item, item_end, item_start, lead_in))


def _outermost_items(lines: Sequence[TextLine], index: int, end: int) -> list[int]:
    """The lines that begin the outermost items of a list; ``index`` too, where it is nested deeper or no item."""
    items = [item for item in range(index, end) if lines[item].kind == "list_item"]
    top = min(lines[item].level or 0 for item in items)
    outermost = [item for item in items if (lines[item].level or 0) == top]
    return outermost if outermost[0] == index else [index, *outermost]


def _are_mostly_small(lines: Sequence[TextLine], items: Sequence[int], item_ends: Sequence[int]) -> bool:
    """Whether most items of a list say too little to be clauses."""
    lengths = sorted(lines[end - 1].end - lines[item].start for item, end in zip(items, item_ends, strict=True))
    return lengths[len(lengths) // 2] <= _SMALL_ITEM_CHARS


def _item_clause(grouping: _Grouping, index: int, end: int, start: int, lead_in: int | None) -> RawClause:
    """The clause of the lines from ``index`` to before ``end``; it has the number and headings of its lead-in."""
    lines, under = grouping.lines, grouping.positions[index].under
    node = grouping.clauses[lead_in].node if lead_in is not None else under
    above = grouping.clauses[lead_in].under if lead_in is not None else under
    is_single = sum(1 for line in lines[index:end] if line.kind == "list_item") == 1
    label = title_of(lines[index]) if is_single and lines[index].bold else None
    return RawClause(start, lines[end - 1].end, lines[index].start, node, above, lead_in, label)


# Each of these extends the clause that begins at a line and returns the index of the line after it.


def _take_rest_of_item(grouping: _Grouping, index: int, clause: RawClause) -> int:
    """Add what is in the same block or item: lines whose numbers do not count, further paragraphs."""
    lines, positions = grouping.lines, grouping.positions
    following = index + 1
    while following < len(lines) and not lines[following].in_contents:
        line = lines[following]
        in_block = not line.opens_block and line.kind != "list_item" and not line.is_heading
        in_item = (
            line.kind == "paragraph"
            and line.level is not None
            and lines[index].level is not None
            and positions[following].under is positions[index].own
            and line.end - clause.start <= SHORT_CHARS
        )
        if positions[following].own is not None or not (in_block or in_item):
            break
        clause.end = line.end
        following += 1
    return following


def _take_address(grouping: _Grouping, index: int, clause: RawClause) -> int:
    """Add the short lines of an address or the like, which may begin after a colon."""
    lines = grouping.lines
    following = index + 1
    introduces = clause.end - clause.start < SHORT_CHARS and lines[index].text.endswith(":")
    if not (introduces or _is_address_line(grouping, index)):
        return following
    while following < len(lines) and _is_address_line(grouping, following):
        if lines[following].end - lines[index].end > _ADDRESS_CHARS:
            break
        clause.end = lines[following].end
        following += 1
    return following


def _take_introduced(grouping: _Grouping, index: int, clause: RawClause) -> int:
    """Add the paragraph that a few words introduce: "For residents of Brazil:"."""
    line, following = grouping.lines[index], index + 1
    if following >= len(grouping.lines) or len(line.text) > _INTRODUCTION_CHARS or line.kind != "paragraph":
        return following
    introduced = grouping.lines[following]
    is_plain = (
        introduced.kind == "paragraph" and not introduced.in_contents and grouping.positions[following].own is None
    )
    if not line.text.endswith(":") or not is_plain or introduced.end - clause.start > SHORT_CHARS:
        return following
    clause.end = introduced.end
    return following + 1


# -- questions


def _begins_own_clause(grouping: _Grouping, index: int) -> bool:
    """Whether the line after a heading is not that heading's own text: a heading, a number or a long list."""
    line, own = grouping.lines[index], grouping.positions[index].own
    if line.in_contents:
        return False
    if line.is_heading or own is not None:
        return line.is_heading or own is None or bool(own.style)
    if line.kind == "list_item":
        return grouping.lines[_list_end(grouping, index) - 1].end - line.start > SHORT_CHARS
    return False


def _is_address_line(grouping: _Grouping, index: int) -> bool:
    line = grouping.lines[index]
    return (
        line.kind == "paragraph"
        and not line.in_contents
        and grouping.positions[index].own is None
        and len(line.text) <= _ADDRESS_LINE_CHARS
        and not _SENTENCE_END.search(line.text)
        and not line.text.endswith(":")
    )


def _is_unnumbered_item(grouping: _Grouping, index: int) -> bool:
    line = grouping.lines[index]
    return line.kind == "list_item" and grouping.positions[index].own is None and not line.in_contents


def _list_end(grouping: _Grouping, index: int) -> int:
    """The line after the run of unnumbered items that begins at ``index``, their further paragraphs included."""
    lines = grouping.lines
    end = index
    while end < len(lines) and grouping.positions[end].own is None and not lines[end].in_contents:
        line = lines[end]
        in_item = line.kind == "paragraph" and (line.level is not None or not line.opens_block)
        if not (line.kind == "list_item" or (in_item and end > index)):
            break
        end += 1
    return end


def _lead_in_before(grouping: _Grouping, index: int) -> int | None:
    """The index of the last clause, if it leads into a list or table that begins at a line."""
    if not grouping.clauses or index == 0 or grouping.lines[index - 1].is_heading:
        return None
    return len(grouping.clauses) - 1 if _leads_into(grouping, grouping.clauses[-1], index) else None


def _leads_into(grouping: _Grouping, clause: RawClause, index: int) -> bool:
    """Whether the text before line ``index``, which belongs to ``clause``, leads into a list that begins there."""
    if clause.heading_only:
        return False
    text = grouping.lines[index - 1].text.rstrip()
    first_words = grouping.lines[index].words.lstrip("•-–*· \"'“(")
    if not _SENTENCE_END.search(text) or first_words[:1].islower():
        return True
    return _LEAD_IN.search(text[-_LEAD_IN_TAIL_CHARS:]) is not None


def _lead_in_of_sequence(grouping: _Grouping, index: int, node: OutlineNode) -> int | None:
    """The clause that leads into the list of a numbered line; decided at the first line of the list."""
    decided = grouping.lead_in_of_sequence
    if node.sequence not in decided:
        previous = grouping.clauses[-1] if grouping.clauses else None
        leads = (
            index > 0
            and previous is not None
            and (previous.node is node.parent or previous.node is None)
            and _leads_into(grouping, previous, index)
        )
        decided[node.sequence] = len(grouping.clauses) - 1 if leads and not node.is_heading else None
    return decided[node.sequence]


def _without_run_in_headings(node: OutlineNode | None) -> OutlineNode | None:
    """The nearest node whose number a line under ``node`` has: run-in headings have none."""
    while node is not None and node.run_in:
        node = node.parent
    return node
