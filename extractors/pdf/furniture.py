"""Running heads, feet and page numbers of a PDF, told by their place at the edge and their return on other pages."""

import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from extractors.pdf.page import Page, Word

_NEIGHBORS = 8  # pages looked at before and after; bounds memory for any length of document
_EDGE_ROWS = 4  # rows from each edge that can be furniture
_ZONE = 0.14  # of the page's height
_NUMBER = re.compile(
    r"[-–—|\s]{0,12}(?:page|seite|p\.|pág\.?|página|pagina|strona)?\s{0,4}(\d{1,7}|[ivxlc]{1,7})\b"
    r"(?:\s?(?:of|von|de|sur|di|z|/)\s?\d{1,4})?[-–—|.\s]{0,12}",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True)
class EdgeRow:
    """One row near the top or bottom of a page."""

    words: tuple[Word, ...]
    text: str
    place: str  # "top" or "bottom"
    y: float  # share of the page's height

    @property
    def signature(self) -> str:
        """The text with figures made alike, so that "Page 3" returns as "Page 4"."""
        return _DIGITS.sub("#", " ".join(self.text.casefold().split()))


@dataclass
class Furniture:
    """What was left out: signature -> on how many pages."""

    counts: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)

    def describe(self) -> str:
        """What was left out, how often, for the reader of the document."""
        named = [f'"{self.examples[key]}" ({count}x)' for key, count in self.counts.most_common(6)]
        more = len(self.counts) - len(named)
        return ", ".join(named) + (f" and {more} more" if more > 0 else "")


def without_furniture(pages: Iterable[Page], found: Furniture, total: int) -> Iterator[Page]:
    """The pages with their running heads and feet taken out and recorded; holds a few pages at a time."""
    window: deque[tuple[Page, list[EdgeRow]]] = deque()
    at = 0  # index in the window of the page to settle next
    for page in pages:
        window.append((page, edge_rows(page)))
        if len(window) - at > _NEIGHBORS:
            yield _settled(window, at, found, total)
            at += 1
            if at > _NEIGHBORS:
                window.popleft()
                at -= 1
    while at < len(window):
        yield _settled(window, at, found, total)
        at += 1


def edge_rows(page: Page) -> list[EdgeRow]:
    """The rows in the top and bottom zones, outermost first."""
    found: list[EdgeRow] = []
    for place in ("top", "bottom"):
        inside = [w for w in page.words if w.table is None and _in_zone(w, page, place)]
        rows: list[list[Word]] = []
        for word in sorted(inside, key=lambda w: w.top, reverse=place == "bottom"):
            if rows and abs(rows[-1][0].bottom - word.bottom) < 0.5 * max(word.size, 4):
                rows[-1].append(word)
            elif len(rows) == _EDGE_ROWS:
                break
            else:
                rows.append([word])
        for row in rows:
            row.sort(key=lambda w: w.x0)
            text = " ".join(w.text for w in row)
            found.append(EdgeRow(tuple(row), text, place, row[0].top / page.height))
        if not rows and (number := _lone_number(page, place)) is not None:
            found.append(number)
    return found


def _lone_number(page: Page, place: str) -> EdgeRow | None:
    """A page number that stands alone above or below all text of a page with wide margins."""
    words = [w for w in page.words if w.text]
    if len(words) < 2:
        return None
    last = max(words, key=lambda w: w.bottom) if place == "bottom" else min(words, key=lambda w: w.top)
    others = [w for w in words if w is not last]
    gap = last.top - max(w.bottom for w in others) if place == "bottom" else min(w.top for w in others) - last.bottom
    if gap < 0.5 * last.size or not _NUMBER.fullmatch(last.text):
        return None
    return EdgeRow((last,), last.text, place, last.top / page.height)


def _in_zone(word: Word, page: Page, place: str) -> bool:
    return word.bottom < _ZONE * page.height if place == "top" else word.top > (1 - _ZONE) * page.height


def _settled(window: deque[tuple[Page, list[EdgeRow]]], at: int, found: Furniture, total: int) -> Page:
    page, rows = window[at]
    others = [(other.number, theirs) for index, (other, theirs) in enumerate(window) if index != at]
    gone: set[Word] = set()
    for place in ("top", "bottom"):
        for row in (r for r in rows if r.place == place):
            if not _is_furniture(row, others, page, total):
                break  # what lies further in is text
            gone |= set(row.words)
            found.counts[row.signature] += 1
            found.examples.setdefault(row.signature, row.text[:60])
    if len(gone) == len(page.words):  # a page so short that its text stands among them
        gone = {word for place in ("top", "bottom") for row in _outermost(rows, place) for word in row.words}
    page.words = [word for word in page.words if word not in gone]
    return page


def _outermost(rows: list[EdgeRow], place: str) -> list[EdgeRow]:
    return [row for row in rows if row.place == place][:1]


def _is_furniture(row: EdgeRow, others: list[tuple[int, list[EdgeRow]]], page: Page, total: int) -> bool:
    returns = sum(1 for _, other in others if any(_alike(row, one) for one in other))
    if returns >= 2 or (returns == 1 and total <= 3):
        return True
    number = _NUMBER.fullmatch(row.text)
    if number is None:
        return False
    return number[1] == str(page.number) or (number[1].isdigit() and _counts_on(int(number[1]) - page.number, others))


def _counts_on(offset: int, others: list[tuple[int, list[EdgeRow]]]) -> bool:
    """Whether two more pages carry the number that their place in the file and the offset ask for."""
    wanted = 0
    for page, rows in others:
        figures = {int(found) for row in rows for found in _DIGITS.findall(row.text) if len(found) < 9}
        wanted += page + offset in figures
    return wanted >= min(2, len(others))


def _alike(row: EdgeRow, other: EdgeRow) -> bool:
    return row.place == other.place and abs(row.y - other.y) < 0.02 and row.signature == other.signature
