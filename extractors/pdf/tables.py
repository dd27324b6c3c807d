"""Tables of a PDF page: ruled on all sides, or open ones whose head stands between two lines over white gutters."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from extractors.pdf.columns import base_rows, is_column
from extractors.pdf.page import Cell, Page, PlumberPage, Table, Word, common_size

_MAX_EDGES = 3000  # beyond, a page is a drawing, and looking for tables in it takes minutes
_DOUBLE = 6.0  # points; closer lines are one drawn double
_MAX_HEAD = 80.0  # points between the lines above and below a head
_MAX_GAP = 2.2  # line heights between rows of one table
_ALIKE = 4.0  # points by which lines of one table may differ in extent

Line = tuple[float, float, float]  # x0, x1, y
Box = tuple[float, float, float, float]


def take_tables(page: PlumberPage, result: Page) -> None:
    """Move the words of tables out of the flow; one word without text stands for each table."""
    if len(page.edges) > _MAX_EDGES:
        return
    if len(page.edges) >= 4:
        for found in page.find_tables():
            _take_ruled(found, result)
    for box, rows in _open_tables(result.words, _lines(page)):
        _replace(result, box, [word for row in rows for cell in row for word in cell], rows)


def _take_ruled(found: PlumberPage, result: Page) -> None:
    rows = [[cell for cell in row.cells if cell] for row in found.rows]
    # A frame around text has one cell a row; a frame around a page is no table either.
    if max((len(row) for row in rows), default=0) < 2:
        return
    x0, top, x1, bottom = (float(edge) for edge in found.bbox)
    # Rules that run on beyond its sides mean columns without borders: only half of a table was found.
    if any(
        abs(y - edge) < 3 and (left < x0 - 20 or right > x1 + 20)
        for left, right, y in result.rules
        for edge in (top, bottom)
    ):
        return
    inside = [w for w in result.words if x0 <= (w.x0 + w.x1) / 2 <= x1 and top <= (w.top + w.bottom) / 2 <= bottom]
    if inside:
        _replace(result, (x0, top, x1, bottom), inside, [[_in_box(inside, box) for box in row] for row in rows])


def _in_box(words: Sequence[Word], box: Box) -> list[Word]:
    x0, top, x1, bottom = box
    return [w for w in words if x0 <= (w.x0 + w.x1) / 2 < x1 and top <= (w.top + w.bottom) / 2 < bottom]


def _replace(result: Page, box: Box, inside: Sequence[Word], rows: Sequence[Sequence[Sequence[Word]]]) -> None:
    gone = set(inside)
    result.words = [word for word in result.words if word not in gone]
    result.words.append(Word("", *box, 0.0, table=len(result.tables)))
    result.tables.append(Table(tuple(tuple(Cell(tuple(cell)) for cell in row) for row in rows)))


# -- open tables


def _lines(page: PlumberPage) -> list[Line]:
    drawn = [*page.lines, *page.rects]
    return sorted(
        ((float(one["x0"]), float(one["x1"]), float(one["top"])) for one in drawn if one["height"] < 2 < one["width"]),
        key=lambda line: line[2],
    )


def _open_tables(words: Sequence[Word], lines: Sequence[Line]) -> Iterator[tuple[Box, list[list[list[Word]]]]]:
    """Tables under a head that two lines of the same extent enclose, top to bottom."""
    taken = 0.0
    for at, upper in enumerate(lines):
        below = [line for line in lines[at + 1 :] if _is_alike(line, upper) and line[2] - upper[2] > _DOUBLE]
        lower = below[0] if below and below[0][2] - upper[2] <= _MAX_HEAD else None
        if lower is None or upper[2] < taken:
            continue
        inside = [w for w in words if w.table is None and upper[0] - _ALIKE <= w.x0 and w.x1 <= upper[1] + _ALIKE]
        head = [w for w in inside if upper[2] <= _middle(w) < lower[2]]
        gutters = _gutters(head, common_size(head))
        body = _body(inside, lower, below[1:], gutters) if gutters else []
        if not body:
            continue
        rows = [head, *body]
        gutters = _gutters([w for row in rows for w in row], common_size(head))
        if _is_text(body, gutters):
            continue
        taken = max(w.bottom for w in body[-1])
        cells = _whole([[_between(row, *sides) for sides in pairwise((-1e9, *gutters, 1e9))] for row in rows])
        yield (upper[0], upper[2], upper[1], taken), cells


def _is_alike(line: Line, other: Line) -> bool:
    return abs(line[0] - other[0]) < _ALIKE and abs(line[1] - other[1]) < _ALIKE


def _middle(word: Word) -> float:
    return (word.top + word.bottom) / 2


def _gutters(words: Sequence[Word], size: float) -> list[float]:
    """The middles of the white stripes that no word crosses."""
    gutters: list[float] = []
    reach: float | None = None
    for word in sorted(words, key=lambda w: w.x0):
        if reach is not None and word.x0 - reach > 0.9 * size:
            gutters.append((reach + word.x0) / 2)
        reach = word.x1 if reach is None else max(reach, word.x1)
    return gutters


def _body(words: Sequence[Word], lower: Line, below: Sequence[Line], gutters: Sequence[float]) -> list[list[Word]]:
    """The rows under a head: down to the last line, or as far as they keep to its columns."""
    rows: list[list[Word]] = []
    kept: list[Word] = []
    for row in base_rows([w for w in words if _middle(w) > lower[2]]):
        size = common_size(row)
        above = max((w.bottom for w in kept), default=lower[2])
        enclosed = any(line[2] > min(w.top for w in row) for line in below)
        if min(w.top for w in row) - above > _MAX_GAP * size and not enclosed:
            break
        if len(_gutters([*kept, *row], size)) < max(1, len(gutters) - 1):
            break
        rows.append(row)
        kept += row
    return rows


def _is_text(body: Sequence[Sequence[Word]], gutters: Sequence[float]) -> bool:
    """Whether what looks like a table of two or three columns is a page set in columns."""
    words = [word for row in body for word in row]
    return all(is_column(_between(words, *sides)) for sides in pairwise((-1e9, *gutters, 1e9)))


def _between(words: Sequence[Word], left: float, right: float) -> list[Word]:
    return [w for w in words if left <= (w.x0 + w.x1) / 2 < right]


def _whole(rows: list[list[list[Word]]]) -> list[list[list[Word]]]:
    """Rows with the further lines of their cells: the first cell is empty there, or goes on in small letters."""
    whole: list[list[list[Word]]] = []
    for number, row in enumerate(rows):
        first = row[0][0].text[:1] if row[0] else ""
        alone = bool(first) and not any(row[1:])
        if number > 1 and (not first or (alone and first.islower())):
            whole[-1] = [[*cell, *more] for cell, more in zip(whole[-1], row, strict=True)]
        else:
            whole.append([list(cell) for cell in row])
    return whole
