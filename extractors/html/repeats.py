"""Whole boxes that a page shows again word for word, as print versions and layouts for two screen sizes do."""

from extractors.html.survey import Survey
from smallprint.records import DocumentWarning

_SMALLEST = 300  # characters; shorter boxes may be repeated on purpose
_BOXES = frozenset(("div", "section", "article", "aside", "form", "table"))


def drop_repeats(page: Survey) -> tuple[DocumentWarning, ...]:
    """Drops later copies of a box whose tags and text are those of an earlier one; says how much that was."""
    seen: set[tuple[int, int]] = set()
    size, index, count = 0, 1, len(page.elements)
    while index < count:
        if index in page.dropped:
            index = page.end[index] + 1
            continue
        if page.elements[index].tag in _BOXES and page.chars[index] >= _SMALLEST:
            key = (page.prints[index], page.end[index] - index)
            if key in seen:
                size += page.chars[index]
                page.drop(index)
                index = page.end[index] + 1
                continue
            seen.add(key)
        index += 1
    if not size:
        return ()
    detail = f"{size} characters in boxes that the page shows more than once were read once"
    return (DocumentWarning(code="repeated_text", detail=detail),)
