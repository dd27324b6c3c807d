"""Reading order of a page: words to columns to lines, by the white gutters that no word crosses."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from extractors.line_shapes import is_number
from extractors.pdf.page import Word, common_size

Rule = tuple[float, float, float]  # x0, x1, y of a horizontal line

_STEP = 3.0  # points between the vertical lines that are tried as gutters
_MIN_COLUMN = 80.0  # points; narrower runs of words are labels, numbers or table cells
_MIN_LINES = 4  # in each column, where no other page vouches for the gutter
_FILL = 0.55  # median share of a column's width that its lines take up; cells of a table take up less
_SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True)
class Line:
    """One line of a column."""

    words: tuple[Word, ...]
    left: float  # of the column's text
    right: float

    @property
    def x0(self) -> float:
        """Left edge, points."""
        return self.words[0].x0

    @property
    def x1(self) -> float:
        """Right edge, points."""
        return max(word.x1 for word in self.words)

    @property
    def top(self) -> float:
        """Upper edge, points from the page's top."""
        return min(word.top for word in self.words)

    @property
    def bottom(self) -> float:
        """Lower edge, points from the page's top."""
        return max(word.bottom for word in self.words)

    @property
    def table(self) -> int | None:
        """The table that stands in this line's place."""
        return self.words[0].table


def reading_order(words: Sequence[Word], gutters: list[float], rules: Sequence[Rule] = ()) -> list[list[Line]]:
    """Columns of lines in the order they are read.

    ``gutters`` holds the x positions where earlier pages were parted; it grows with those found here. A gutter does
    not cross ``rules``, horizontal lines as x0, x1, y.
    """
    if not words:
        return []
    columns = [rows for leaf in _cut(list(words), gutters, rules) if (rows := base_rows(leaf))]
    edges = [(min(r[0].x0 for r in rows), max(w.x1 for r in rows for w in r)) for rows in columns]
    return [
        [Line(tuple(row), left, _right_edge(edges, left, right)) for row in rows]
        for rows, (left, right) in zip(columns, edges, strict=True)
    ]


def _right_edge(edges: list[tuple[float, float]], left: float, right: float) -> float:
    """How far right the text of a column reaches, told from all parts of the page that stand in the same column."""
    alike = [
        other_right
        for other_left, other_right in edges
        if abs(other_left - left) < 40 and other_right - other_left < 1.3 * max(right - left, _MIN_COLUMN)
    ]
    return max([right, *alike])


def _cut(words: list[Word], gutters: list[float], rules: Sequence[Rule]) -> list[list[Word]]:
    best = _best_gutter(words, gutters, rules)
    if best is None:
        return [words]
    x, top, bottom = best
    above = [w for w in words if _middle(w) < top]
    below = [w for w in words if _middle(w) > bottom]
    between = [w for w in words if top <= _middle(w) <= bottom]
    if below:
        tail = _tail(between)
        between, below = [w for w in between if w not in tail], [*tail, *below]
    if not any(abs(x - known) < 8 for known in gutters):
        gutters.append(x)
    parts: list[list[Word]] = []
    for band in _bands(between, x):
        left = [w for w in band if (w.x0 + w.x1) / 2 < x]
        right = [w for w in band if (w.x0 + w.x1) / 2 >= x]
        parts += [part for side in (left, right) if side for part in _cut(side, gutters, rules)]
    return (_cut(above, gutters, rules) if above else []) + parts + (_cut(below, gutters, rules) if below else [])


def _tail(words: list[Word]) -> list[Word]:
    """The words of a heading that stands under columns and heads what follows below: a gap parts it from all above."""
    rows = base_rows(words)
    for count in (1, 2):
        if len(rows) <= count:
            break
        row, above = rows[-count], [word for one in rows[:-count] for word in one]
        top, height = min(w.top for w in row), max(w.bottom - w.top for w in row)
        if top - max(w.bottom for w in above) > 0.5 * height and not row[-1].text.endswith((".", ";", ",")):
            return [word for one in rows[-count:] for word in one]
    return []


def _middle(word: Word) -> float:
    return (word.top + word.bottom) / 2


def _best_gutter(words: list[Word], gutters: list[float], rules: Sequence[Rule]) -> tuple[float, float, float] | None:
    """The vertical line with the longest stretch that parts two columns: x, and from where to where it reaches."""
    left, right = min(w.x0 for w in words), max(w.x1 for w in words)
    size = common_size(words)
    best: tuple[float, float, float, float] | None = None
    x = left + 40
    while x < right - 40:
        crossing = sorted(
            [(w.top, w.bottom) for w in words if w.x0 < x < w.x1]
            + [(y, y) for begin, end, y in rules if begin < x < end]
        )
        known = any(abs(x - one) < 15 for one in gutters)
        least = max(1.5 * size if known else _MIN_LINES * size, best[0] if best is not None else 0.0)
        for top, bottom in _stretches(crossing, words):
            if bottom - top <= least:
                continue
            found = _gutter(words, x, (top, bottom), size, gutters)
            if found is not None:
                best = (bottom - top, found, top, bottom)
        x += _STEP
    return None if best is None else best[1:]


def _stretches(crossing: list[tuple[float, float]], words: list[Word]) -> list[tuple[float, float]]:
    """The stretches between crossing words."""
    end = min(w.top for w in words)
    found = []
    for top, bottom in crossing:
        if top > end:
            found.append((end, top))
        end = max(end, bottom)
    found.append((end, max(w.bottom for w in words)))
    return found


def _gutter(
    words: list[Word], x: float, stretch: tuple[float, float], size: float, gutters: list[float]
) -> float | None:
    """The middle of the gutter around ``x`` in a stretch of the page; None where no columns lie beside it."""
    inside = [w for w in words if stretch[0] <= _middle(w) <= stretch[1]]
    left = [w for w in inside if w.x1 <= x]
    right = [w for w in inside if w.x0 >= x]
    if not left or not right or any(w.table is not None for w in inside):
        return None
    edge, begin = max(w.x1 for w in left), min(w.x0 for w in right)
    if begin - edge < 0.6 * size:
        return None
    known = any(abs((edge + begin) / 2 - one) < 8 or edge < one < begin for one in gutters)
    sides = (left, right)
    if known and all(_width(side) >= _MIN_COLUMN / 2 for side in sides):
        return (edge + begin) / 2
    return (edge + begin) / 2 if all(is_column(side) for side in sides) else None


def _width(words: list[Word]) -> float:
    return max(w.x1 for w in words) - min(w.x0 for w in words)


def is_column(words: list[Word]) -> bool:
    """Whether words look like a column of running text rather than labels or cells."""
    width = _width(words)
    rows = base_rows(words)
    if width < _MIN_COLUMN or len(rows) < _MIN_LINES:
        return False
    return median(sum(w.x1 - w.x0 for w in row) / width for row in rows) >= _FILL


def _bands(words: list[Word], x: float) -> list[list[Word]]:
    """Cut two columns where a heading stands across them without reaching the gutter.

    Such a heading is alone at its height, and on both sides the text ends above it and begins below it together.
    """
    left = base_rows([w for w in words if (w.x0 + w.x1) / 2 < x])
    right = base_rows([w for w in words if (w.x0 + w.x1) / 2 >= x])
    cuts: list[float] = []
    for before, row, after in zip(left, left[1:], left[2:], strict=False):
        top, bottom = min(w.top for w in row), max(w.bottom for w in row)
        above = [max(w.bottom for w in r) for r in right if max(w.bottom for w in r) <= top]
        below = [min(w.top for w in r) for r in right if min(w.top for w in r) >= bottom]
        if len(above) + len(below) < len(right) or not above or not below:
            continue
        height = bottom - top
        ends = abs(max(above) - max(w.bottom for w in before)) < 0.5 * height
        begins = abs(min(below) - min(w.top for w in after)) < 0.5 * height
        if ends and begins and min(below) - max(above) > 1.8 * height:
            cuts += [top - 0.1, bottom + 0.1]
    edges = [-1e9, *cuts, 1e9]
    bands = [[w for w in words if low <= _middle(w) < high] for low, high in pairwise(edges)]
    return [band for band in bands if band]


def base_rows(words: list[Word]) -> list[list[Word]]:
    """Words on one base line, top to bottom, each row left to right; raised marks stay in their row."""
    rows: list[tuple[float, float, list[Word]]] = []  # top and bottom of the row's first word
    usual = common_size(words)
    # The usual size goes first: then neither a raised mark nor a tall initial pulls two lines into one.
    for word in sorted(words, key=lambda w: (w.table is not None, abs(w.size - usual), w.top)):
        home = None if word.table is not None else _home(rows, word)
        if home is None:
            rows.append((word.top, word.bottom, [word]))
        else:
            rows[home][2].append(word)
    rows.sort(key=lambda row: row[0])
    return [sorted(row, key=lambda w: w.x0) for _, _, row in rows]


def _home(rows: list[tuple[float, float, list[Word]]], word: Word) -> int | None:
    """The row that shares at least half of its height, or of the word's, with the word."""
    best, most = None, 0.5
    for index in range(len(rows) - 1, -1, -1):
        top, bottom, _ = rows[index]
        share = (min(bottom, word.bottom) - max(top, word.top)) / max(min(bottom - top, word.bottom - word.top), 0.1)
        if share > most:
            best, most = index, share
    return best


def line_text(words: Sequence[Word]) -> tuple[str, int]:
    """The text of a line, and how many of its leading characters are bold.

    Raised figures become superscript characters, so that "report" with note 1 does not read as "report1"; letters
    spaced out for effect come together.
    """
    text, bold, all_bold = "", 0, True
    for index, word in enumerate(words):
        before = words[index - 1] if index else None
        gap = word.x0 - before.x1 if before else 0.0
        glued = before is None or gap < 0.1 * min(word.size, before.size)
        piece = word.text
        if _is_raised(word, before, words):
            piece, glued = piece.translate(_SUPERSCRIPT), True
        text += piece if glued else f" {piece}"
        all_bold = all_bold and (word.bold or _numbers_a_head(index, words))
        bold = len(text) if all_bold else bold
    spaced = _spaced_out(words)
    return (spaced, len(spaced) if all_bold else 0) if spaced else (text, bold)


def _numbers_a_head(index: int, words: Sequence[Word]) -> bool:
    return index == 0 and len(words) > 1 and words[1].bold and is_number(words[0].text)


def _is_raised(word: Word, before: Word | None, words: Sequence[Word]) -> bool:
    if not word.text.isdigit() or len(word.text) > 3:
        return False
    beside = before or (words[1] if len(words) > 1 else None)
    if beside is None:
        return False
    return word.size < 0.8 * beside.size and word.bottom < beside.bottom - 0.15 * beside.size


def _spaced_out(words: Sequence[Word]) -> str:
    """Letters "T E R M S  O F  U S E" as "TERMS OF USE"; empty where a line is not letter-spaced."""
    if len(words) < 6 or sum(len(w.text) == 1 for w in words) < 0.9 * len(words):
        return ""
    gaps = [after.x0 - before.x1 for before, after in pairwise(words)]
    usual = median(gaps)
    text = words[0].text
    for gap, word in zip(gaps, words[1:], strict=True):
        text += f" {word.text}" if gap > max(1.5 * usual, usual + 1) else word.text
    return text
