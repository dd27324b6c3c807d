"""Whole boxes that a page shows again word for word, as print versions and layouts for two screen sizes do."""

from bisect import bisect_left
from collections.abc import Iterator

from extractors.html.survey import PageSurvey
from smallprint.records import DocumentWarning

# Chosen by eye on the development pages; decision 15 (docs/decisions) says which of them are sensitive.
_MIN_BOX_CHARS = 300  # shorter boxes may be repeated on purpose
_MIN_COLLAPSED_CHARS = 60  # the same for a collapsed copy of a box that is open elsewhere
_BOX_TAGS = frozenset(("div", "section", "article", "aside", "form", "table"))


def drop_repeats(page: PageSurvey) -> tuple[DocumentWarning, ...]:
    """Drop all but one copy of a box whose tags and text are those of another; a warning says how much that was.

    The copy that is open is read, else the first.
    """
    collapsed = _drop_collapsed_copies(page)
    dropped_chars = sum(page.chars[index] for index in collapsed)
    read: set[tuple[int, int]] = set()
    for index in _boxes(page, _MIN_BOX_CHARS):
        if _has_any_between(collapsed, index, page.end[index]):
            continue  # copies of a box around several boxes, each with another of them open
        key = _copy_key(page, index)
        if key in read:
            dropped_chars += page.chars[index]
            page.drop(index)
        read.add(key)
    if not dropped_chars:
        return ()
    detail = f"{dropped_chars} characters in boxes that the page shows more than once were read once"
    return (DocumentWarning(code="repeated_text", detail=detail),)


def _drop_collapsed_copies(page: PageSurvey) -> list[int]:
    """Drop collapsed boxes that are open elsewhere, as in tabs that are repeated above each of their sections."""
    if not page.collapsed:
        return []
    collapsed = frozenset(page.collapsed)
    open_keys = {_copy_key(page, index) for index in _boxes(page, _MIN_COLLAPSED_CHARS, skip=collapsed)}
    dropped: list[int] = []
    for index in _boxes(page, _MIN_COLLAPSED_CHARS):
        if index in collapsed and _copy_key(page, index) in open_keys:
            page.drop(index)
            dropped.append(index)
    return dropped


def _boxes(page: PageSurvey, min_chars: int, *, skip: frozenset[int] = frozenset()) -> Iterator[int]:
    """Boxes of at least ``min_chars`` in order, without those in ``skip`` and those that the caller drops meanwhile."""
    index, count = 1, len(page.elements)
    while index < count:
        if index in page.dropped or index in skip:
            index = page.end[index] + 1
            continue
        if page.elements[index].tag in _BOX_TAGS and page.chars[index] >= min_chars:
            yield index
        index = page.end[index] + 1 if index in page.dropped else index + 1


def _copy_key(page: PageSurvey, index: int) -> tuple[int, int]:
    """Equal for boxes of the same tags and text."""
    return page.fingerprints[index], page.end[index] - index


def _has_any_between(ordered: list[int], first: int, last: int) -> bool:
    position = bisect_left(ordered, first)
    return position < len(ordered) and ordered[position] <= last
