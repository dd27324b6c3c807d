"""Tables without table elements: boxes that roles or style rules arrange in rows and cells."""

import re
from collections.abc import Callable

from extractors.html.parsing import Element
from extractors.html.styles import Declarations, Stylesheet
from extractors.html.survey import PageSurvey

_TABLE_ROLES = frozenset(("table", "grid", "treegrid"))
_CELL_ROLES = frozenset(("cell", "gridcell", "columnheader", "rowheader"))
_TABLE_DISPLAYS = frozenset(("table", "inline-table"))
# Chosen by eye on the development pages; decision 15 (docs/decisions) says which of them are sensitive.
_MIN_CELL_SHARE = 0.95  # of the box's characters that the cells must hold, so that nothing is lost
_MAX_LINK_DENSITY = 0.5  # above it the box is a menu
_MAX_HEAD_CHARS = 60  # of a cell that names a column of a grid
_MAX_CELL_CHARS = 600  # of a cell of a grid; longer ones are sections that a grid lays out
_MAX_COLUMNS = 8  # of a grid; more lay out pictures or a calendar
_REPEATED_TRACKS = re.compile(r"^repeat\(\s{0,4}(\d)\s{0,4},[^()]{1,40}(?:\([^()]{0,40}\))?[^()]{0,10}\)$")
_TRACK = re.compile(r"[^\s(\[]+(?:\([^()]{0,60}\))?")
_MAX_TEMPLATE_CHARS = 200  # of ``grid-template-columns`` that are read


def grid_rows(page: PageSurvey, index: int, sheet: Stylesheet) -> list[list[int]] | None:
    """The rows of cells of a box that is set as a table, None for all other boxes.

    A box whose cells hold headings, or that holds text beside its cells, lays out a page.
    """
    element = page.elements[index]
    role = element.get("role")
    style = sheet.of(element) if sheet.rules_by_key or element.get("style") else {}
    if role in _TABLE_ROLES:
        rows = _rows(page, index, lambda box: box.get("role") == "row", lambda box: box.get("role") in _CELL_ROLES)
    elif style.get("display") in _TABLE_DISPLAYS:
        rows = _rows(page, index, _has_display(sheet, "table-row"), _has_display(sheet, "table-cell"))
    elif style.get("display") in ("grid", "inline-grid"):
        rows = _css_grid_rows(page, index, style)
    else:
        return None
    return rows if _is_table(page, index, rows) else None


def is_head_cell(element: Element) -> bool:
    """True for a cell that names its column or row."""
    return element.tag == "th" or element.get("role") in ("columnheader", "rowheader")


def _has_display(sheet: Stylesheet, display: str) -> Callable[[Element], bool]:
    return lambda element: sheet.of(element).get("display") == display


def _rows(
    page: PageSurvey, index: int, is_row: Callable[[Element], bool], is_cell: Callable[[Element], bool]
) -> list[list[int]]:
    """The cells of each row that has some."""
    rows = (_outermost(page, row, is_cell) for row in _outermost(page, index, is_row))
    return [cells for cells in rows if cells]


def _outermost(page: PageSurvey, index: int, is_wanted: Callable[[Element], bool]) -> list[int]:
    """Descendants that are wanted, without those inside another such one or in an inner table."""
    wanted, descendant, last = [], index + 1, page.end[index]
    while descendant <= last:
        if descendant in page.dropped or page.elements[descendant].tag == "table":
            descendant = page.end[descendant] + 1
        elif is_wanted(page.elements[descendant]):
            wanted.append(descendant)
            descendant = page.end[descendant] + 1
        else:
            descendant += 1
    return wanted


def _css_grid_rows(page: PageSurvey, index: int, style: Declarations) -> list[list[int]]:
    """Rows of a grid whose style rule counts the columns, if short column heads stand over cells of limited length."""
    columns = _column_count(style.get("grid-template-columns") or "")
    cells = page.children(index)
    if not 2 <= columns <= _MAX_COLUMNS or len(cells) < 2 * columns or len(cells) % columns:
        return []
    sizes = [page.chars[cell] for cell in cells]
    if max(sizes) > _MAX_CELL_CHARS or not all(0 < size <= _MAX_HEAD_CHARS for size in sizes[:columns]):
        return []
    if any(page.prose[cell] or page.link_chars[cell] for cell in cells[:columns]):
        return []
    return [cells[first : first + columns] for first in range(0, len(cells), columns)]


def _column_count(template: str) -> int:
    repeated = _REPEATED_TRACKS.match(template)
    if repeated:
        return int(repeated.group(1))
    return 0 if "repeat(" in template or "[" in template else len(_TRACK.findall(template[:_MAX_TEMPLATE_CHARS]))


def _is_table(page: PageSurvey, index: int, rows: list[list[int]]) -> bool:
    if len(rows) < 2 or max(map(len, rows)) < 2 or page.count("heading", index):
        return False
    if any(page.elements[inner].tag == "table" for inner in range(index + 1, page.end[index] + 1)):
        return False
    cell_chars = sum(page.chars[cell] for row in rows for cell in row)
    return cell_chars >= page.chars[index] * _MIN_CELL_SHARE and page.link_density(index) < _MAX_LINK_DENSITY
