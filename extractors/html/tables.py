"""Tables: which ones hold data and which only lay out the page, and the rows of those that hold data."""

import re

from extractors.html.grids import is_head_cell
from extractors.html.numbering import ListState, open_list, repeats_number
from extractors.html.parsing import Element
from extractors.html.survey import INLINE_TAGS, SILENT_TAGS, PageSurvey

_SPACE = re.compile(r"\s+")
_CLAUSE_NUMBER = re.compile(
    r"(?:§ ?|section |article )?(?:[(\[]?[0-9a-z]{1,3}[.)\]]|\d{1,3}(?:\.\d{1,3}){1,4}\.?)", re.IGNORECASE
)
_CELLS_OF_NUMBERED_TEXT = 2  # the number and the text
# Chosen by eye on the development pages; decision 15 (docs/decisions) says which of them are sensitive.
_HEAD_WITHIN_ROWS = 6  # from the first, in which a head cell marks a data table
# A table of one or two rows lays out a page where it has this many headings or more prose than this in characters.
_MAX_LAYOUT_ROWS = 2
_MIN_LAYOUT_HEADINGS = 2
_MIN_LAYOUT_PROSE_CHARS = 3000
_LAYOUT_ROLES = frozenset(("presentation", "none"))


def is_data_table(page: PageSurvey, index: int) -> bool:
    """True if the table reads row by row; layout tables (one column, nested tables, cells full of headings) do not."""
    table = page.elements[index]
    if table.get("role") in _LAYOUT_ROLES:
        return False
    rows = _rows(page, index)
    if not rows:
        return False
    if any(page.elements[cell].tag == "th" for row in rows[:_HEAD_WITHIN_ROWS] for cell in _cells(page, row)):
        return True
    if any(page.elements[inner].tag == "table" for inner in range(index + 1, page.end[index] + 1)):
        return False
    widths = [len(_cells(page, row)) for row in rows]
    if max(widths) < 2 or _is_numbered_text(page, rows):
        return False
    # A page laid out in one row holds its headings and most of its prose in one cell.
    return len(rows) > _MAX_LAYOUT_ROWS or (
        page.count("heading", index) < _MIN_LAYOUT_HEADINGS and page.prose[index] <= _MIN_LAYOUT_PROSE_CHARS
    )


def _is_numbered_text(page: PageSurvey, rows: list[int]) -> bool:
    """Rows of a number and a text each: clauses that a table only sets beside their numbers."""
    rows_of_cells = [[cell for cell in _cells(page, row) if page.chars[cell]] for row in rows]
    rows_of_cells = [cells for cells in rows_of_cells if cells]
    return len(rows_of_cells) > 1 and all(
        len(cells) == _CELLS_OF_NUMBERED_TEXT and _CLAUSE_NUMBER.fullmatch(page.text(cells[0], 20))
        for cells in rows_of_cells
    )


def table_rows(page: PageSurvey, index: int) -> list[list[int]]:
    """The cells of each row of a data table; a caption is a row of one cell."""
    return [_cells(page, row) for row in _rows(page, index)]


def row_texts(page: PageSurvey, rows: list[list[int]]) -> list[tuple[str, int]]:
    """(text, leading bold characters) of each row that has text; cells are joined by " | "."""
    texts: list[tuple[str, int]] = []
    for row in rows:
        cells = [_cell_text(page, cell) for cell in row]
        if not any(cells):
            continue
        text = " | ".join(cells)
        is_head = all(is_head_cell(page.elements[cell]) for cell in row)
        texts.append((text, len(text) if is_head else 0))
    return texts


def _rows(page: PageSurvey, index: int) -> list[int]:
    """Rows and captions of the table, without those of inner tables."""
    rows, inner, last = [], index + 1, page.end[index]
    while inner <= last:
        tag = page.elements[inner].tag
        if inner in page.dropped or tag == "table":
            inner = page.end[inner] + 1
        elif tag in ("tr", "caption"):
            rows.append(inner)
            inner = page.end[inner] + 1
        else:
            inner += 1
    return rows


def _cells(page: PageSurvey, row: int) -> list[int]:
    if page.elements[row].tag == "caption":
        return [row]
    return [child for child in page.children(row) if page.elements[child].tag in ("td", "th")]


def _cell_text(page: PageSurvey, cell: int) -> str:
    """The cell's text; its paragraphs and list items each on a line."""
    parts: list[str] = []
    index, last = cell, page.end[cell]
    open_elements: list[int] = []
    lists: dict[int, ListState] = {}
    while index <= last:
        while open_elements and page.end[open_elements[-1]] < index:
            _close(page, open_elements.pop(), parts, cell)
        if index in page.dropped:
            parts.append(page.elements[index].tail or "")
            index = page.end[index] + 1
            continue
        element = page.elements[index]
        if element.tag not in INLINE_TAGS or element.tag == "br":
            parts.append("\n")
        parts.append(_item_number(page, index, lists))
        parts.append(_SPACE.sub(" ", element.text or ""))
        parts.extend(_SPACE.sub(" ", child.tail or "") for child in element if child.tag in SILENT_TAGS)
        open_elements.append(index)
        index += 1
    while open_elements:
        _close(page, open_elements.pop(), parts, cell)
    lines = (_SPACE.sub(" ", line).strip() for line in "".join(parts).split("\n"))
    return "\n".join(line for line in lines if line)


def _item_number(page: PageSurvey, index: int, lists: dict[int, ListState]) -> str:
    """The number that a list in the cell shows before an item; ``lists`` holds the state of each list by its index."""
    parent = page.parent[index]
    if page.elements[index].tag != "li" or page.elements[parent].tag != "ol":
        return ""
    if parent not in lists:
        lists[parent] = open_list(page.elements[parent], {})
    marker = lists[parent].marker(page.elements[index], {})
    return "" if repeats_number(page.text(index, 20), marker) else marker


def _close(page: PageSurvey, index: int, parts: list[str], cell: int) -> None:
    """What the end of an element adds: a line break for a block, and the text after it inside the cell."""
    element: Element = page.elements[index]
    if element.tag not in INLINE_TAGS:
        parts.append("\n")
    if index != cell:
        parts.append(_SPACE.sub(" ", element.tail or ""))
