"""Whole boxes that a page shows again word for word, as print versions and layouts for two screen sizes do."""

from bisect import bisect_left
from collections.abc import Iterator

from extractors.html.survey import Survey
from smallprint.records import DocumentWarning

_SMALLEST = 300  # characters; shorter boxes may be repeated on purpose
_SMALLEST_CLOSED = 60  # the same for a closed copy of a box that stands open elsewhere
_BOXES = frozenset(("div", "section", "article", "aside", "form", "table"))


def drop_repeats(page: Survey) -> tuple[DocumentWarning, ...]:
    """Drops all but one copy of a box whose tags and text are those of another; says how much that was.

    The copy that stands open is read, else the first.
    """
    closed = _drop_closed_copies(page)
    size = sum(page.chars[index] for index in closed)
    seen: set[tuple[int, int]] = set()
    for index in _boxes(page, _SMALLEST):
        if _holds(closed, index, page.end[index]):
            continue  # copies of what stands around several boxes, one of them open in each
        key = _print(page, index)
        if key in seen:
            size += page.chars[index]
            page.drop(index)
        seen.add(key)
    if not size:
        return ()
    detail = f"{size} characters in boxes that the page shows more than once were read once"
    return (DocumentWarning(code="repeated_text", detail=detail),)


def _drop_closed_copies(page: Survey) -> list[int]:
    """Drops closed boxes that are open elsewhere, as in tabs that stand above each of the sections they lead to."""
    if not page.closed:
        return []
    closed = frozenset(page.closed)
    opened = {_print(page, index) for index in _boxes(page, _SMALLEST_CLOSED, beside=closed)}
    found: list[int] = []
    for index in _boxes(page, _SMALLEST_CLOSED):
        if index in closed and _print(page, index) in opened:
            page.drop(index)
            found.append(index)
    return found


def _boxes(page: Survey, smallest: int, *, beside: frozenset[int] = frozenset()) -> Iterator[int]:
    """Boxes of so many characters in order, without what is dropped while they are looked at, or in ``beside``."""
    index, count = 1, len(page.elements)
    while index < count:
        if index in page.dropped or index in beside:
            index = page.end[index] + 1
            continue
        if page.elements[index].tag in _BOXES and page.chars[index] >= smallest:
            yield index
        index = page.end[index] + 1 if index in page.dropped else index + 1


def _print(page: Survey, index: int) -> tuple[int, int]:
    return page.prints[index], page.end[index] - index


def _holds(ordered: list[int], first: int, last: int) -> bool:
    at = bisect_left(ordered, first)
    return at < len(ordered) and ordered[at] <= last
