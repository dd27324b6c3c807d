"""Tables: which ones hold data and which only lay out the page, and the rows of those that hold data."""

import re

from extractors.html.grids import is_head
from extractors.html.numbering import ListState, open_list, repeats_number
from extractors.html.parsing import Element
from extractors.html.survey import INLINE, SILENT, Survey

_SPACE = re.compile(r"\s+")
_NUMBER = re.compile(
    r"(?:§ ?|section |article )?(?:[(\[]?[0-9a-z]{1,3}[.)\]]|\d{1,3}(?:\.\d{1,3}){1,4}\.?)", re.IGNORECASE
)
_NUMBER_AND_TEXT = 2
_ROWS = 6  # rows looked at to tell data from layout
_LAYOUT_ROLES = frozenset(("presentation", "none"))


def is_data_table(page: Survey, index: int) -> bool:
    """True if the table reads row by row; layout tables (one column, nested tables, cells full of headings) do not."""
    table = page.elements[index]
    if table.get("role") in _LAYOUT_ROLES:
        return False
    rows = _rows(page, index)
    if not rows:
        return False
    if any(page.elements[at].tag == "th" for row in rows[:_ROWS] for at in _cells(page, row)):
        return True
    if any(page.elements[at].tag == "table" and at > index for at in range(index, page.end[index] + 1)):
        return False
    widths = [len(_cells(page, row)) for row in rows]
    if max(widths) < 2 or _is_numbered_text(page, rows):
        return False
    # A page laid out in one row holds its headings and most of its prose in one cell.
    headings = page.count("heading", index)
    return not (len(rows) <= 2 and (headings >= 2 or page.prose[index] > 3000))


def _is_numbered_text(page: Survey, rows: list[int]) -> bool:
    """Rows of a number and a text each: clauses that a table only sets beside their numbers."""
    filled = [[at for at in _cells(page, row) if page.chars[at]] for row in rows]
    filled = [cells for cells in filled if cells]
    return len(filled) > 1 and all(
        len(cells) == _NUMBER_AND_TEXT and _NUMBER.fullmatch(page.text(cells[0], 20)) for cells in filled
    )


def table_rows(page: Survey, index: int) -> list[list[int]]:
    """The cells of each row of a data table; a caption is a row of one cell."""
    return [_cells(page, row) for row in _rows(page, index)]


def row_texts(page: Survey, rows: list[list[int]]) -> list[tuple[str, int]]:
    """(text, leading bold characters) of each row that has text; cells are joined by " | "."""
    found: list[tuple[str, int]] = []
    for row in rows:
        cells = [_cell_text(page, at) for at in row]
        if not any(cells):
            continue
        text = " | ".join(cells)
        found.append((text, len(text) if all(is_head(page.elements[at]) for at in row) else 0))
    return found


def _rows(page: Survey, index: int) -> list[int]:
    rows, at, last = [], index + 1, page.end[index]
    while at <= last:
        tag = page.elements[at].tag
        if at in page.dropped or tag == "table":
            at = page.end[at] + 1
        elif tag in ("tr", "caption"):
            rows.append(at)
            at = page.end[at] + 1
        else:
            at += 1
    return rows


def _cells(page: Survey, row: int) -> list[int]:
    if page.elements[row].tag == "caption":
        return [row]
    return [at for at in page.children(row) if page.elements[at].tag in ("td", "th")]


def _cell_text(page: Survey, index: int) -> str:
    """The cell's text; its paragraphs and list items each on a line."""
    parts: list[str] = []
    at, last = index, page.end[index]
    closing: list[int] = []
    listed: dict[int, ListState] = {}
    while at <= last:
        while closing and page.end[closing[-1]] < at:
            _leave(page, closing.pop(), parts, index)
        if at in page.dropped:
            parts.append(page.elements[at].tail or "")
            at = page.end[at] + 1
            continue
        element = page.elements[at]
        if element.tag not in INLINE or element.tag == "br":
            parts.append("\n")
        parts.append(_item_number(page, at, listed))
        parts.append(_SPACE.sub(" ", element.text or ""))
        parts.extend(_SPACE.sub(" ", child.tail or "") for child in element if child.tag in SILENT)
        closing.append(at)
        at += 1
    while closing:
        _leave(page, closing.pop(), parts, index)
    lines = (_SPACE.sub(" ", line).strip() for line in "".join(parts).split("\n"))
    return "\n".join(line for line in lines if line)


def _item_number(page: Survey, index: int, listed: dict[int, ListState]) -> str:
    """The number that a list of the cell shows before an item; ``listed`` keeps where each list is."""
    above = page.parent[index]
    if page.elements[index].tag != "li" or page.elements[above].tag != "ol":
        return ""
    if above not in listed:
        listed[above] = open_list(page.elements[above], {})
    marker = listed[above].marker(page.elements[index], {})
    return "" if repeats_number(page.text(index, 20), marker) else marker


def _leave(page: Survey, index: int, parts: list[str], cell: int) -> None:
    element: Element = page.elements[index]
    if element.tag not in INLINE:
        parts.append("\n")
    if index != cell:
        parts.append(_SPACE.sub(" ", element.tail or ""))
