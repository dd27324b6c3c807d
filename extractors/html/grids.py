"""Tables without table elements: boxes that roles or style rules arrange in rows and cells."""

import re
from collections.abc import Callable

from extractors.html.parsing import Element
from extractors.html.styles import Declarations, Stylesheet
from extractors.html.survey import Survey

_TABLES = frozenset(("table", "grid", "treegrid"))
_CELLS = frozenset(("cell", "gridcell", "columnheader", "rowheader"))
_SHOWN_AS = frozenset(("table", "inline-table"))
_COVERED = 0.95  # share of the box's characters that the cells must hold, so that nothing is lost
_LABEL = 60  # characters of the longest head of a column
_CELL = 600  # characters of the longest cell of a style rule's grid
_MOST_COLUMNS = 8
_REPEATED = re.compile(r"^repeat\(\s{0,4}(\d)\s{0,4},[^()]{1,40}(?:\([^()]{0,40}\))?[^()]{0,10}\)$")
_TRACK = re.compile(r"[^\s(\[]+(?:\([^()]{0,60}\))?")


def grid_rows(page: Survey, index: int, sheet: Stylesheet) -> list[list[int]] | None:
    """The rows of cells of a box that is set as a table, None for all other boxes.

    A box whose cells hold headings, or that holds text beside its cells, lays out a page.
    """
    element = page.elements[index]
    role = element.get("role")
    style = sheet.of(element) if sheet.by_key or element.get("style") else {}
    if role in _TABLES:
        rows = _rows(page, index, lambda one: one.get("role") == "row", lambda one: one.get("role") in _CELLS)
    elif style.get("display") in _SHOWN_AS:
        rows = _rows(page, index, _is_shown_as(sheet, "table-row"), _is_shown_as(sheet, "table-cell"))
    elif style.get("display") in ("grid", "inline-grid"):
        rows = _tracks(page, index, style)
    else:
        return None
    return rows if _is_table(page, index, rows) else None


def is_head(element: Element) -> bool:
    """True for a cell that names its column or row."""
    return element.tag == "th" or element.get("role") in ("columnheader", "rowheader")


def _is_shown_as(sheet: Stylesheet, display: str) -> Callable[[Element], bool]:
    return lambda element: sheet.of(element).get("display") == display


def _rows(
    page: Survey, index: int, is_row: Callable[[Element], bool], is_cell: Callable[[Element], bool]
) -> list[list[int]]:
    found = []
    for row in _outermost(page, index, is_row):
        cells = _outermost(page, row, is_cell)
        if cells:
            found.append(cells)
    return found


def _outermost(page: Survey, index: int, is_one: Callable[[Element], bool]) -> list[int]:
    found, at, last = [], index + 1, page.end[index]
    while at <= last:
        if at in page.dropped or page.elements[at].tag == "table":
            at = page.end[at] + 1
        elif is_one(page.elements[at]):
            found.append(at)
            at = page.end[at] + 1
        else:
            at += 1
    return found


def _tracks(page: Survey, index: int, style: Declarations) -> list[list[int]]:
    """Rows of a grid whose columns a style rule counts; short heads over cells that are no sections of text."""
    columns = _columns(style.get("grid-template-columns") or "")
    cells = page.children(index)
    if not 2 <= columns <= _MOST_COLUMNS or len(cells) < 2 * columns or len(cells) % columns:
        return []
    sizes = [page.chars[cell] for cell in cells]
    if max(sizes) > _CELL or not all(0 < size <= _LABEL for size in sizes[:columns]):
        return []
    if any(page.prose[cell] or page.links[cell] for cell in cells[:columns]):
        return []
    return [cells[at : at + columns] for at in range(0, len(cells), columns)]


def _columns(template: str) -> int:
    repeated = _REPEATED.match(template)
    if repeated:
        return int(repeated.group(1))
    return 0 if "repeat(" in template or "[" in template else len(_TRACK.findall(template[:200]))


def _is_table(page: Survey, index: int, rows: list[list[int]]) -> bool:
    if len(rows) < 2 or max(map(len, rows)) < 2 or page.count("heading", index):
        return False
    if any(page.elements[at].tag == "table" for at in range(index + 1, page.end[index] + 1)):
        return False
    held = sum(page.chars[cell] for row in rows for cell in row)
    return held >= page.chars[index] * _COVERED and page.link_density(index) < 0.5
