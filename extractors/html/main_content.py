"""Which part of a page is its document: a way down from the body to the element that holds the text.

At each step the child with most of the prose is entered while it clearly dominates, and its siblings are kept only
if they read like text too. A single ``main`` or ``article`` that holds most of the prose is entered at once.
"""

import re
from collections.abc import Iterable

from extractors.html.furniture import drop_furniture, hints_of, is_consent_text
from extractors.html.offers import is_offer, is_sales_box
from extractors.html.survey import HEADING_LEVELS, PageSurvey
from extractors.html.vocabulary import words

_CONTAINER_TAGS = words(
    "body div main article section form center span td tr tbody table header content figure font blockquote li ul"
    " details fieldset dl dd"
)
_TEXT_TAGS = words("p ul ol dl table blockquote pre h1 h2 h3 h4 h5 h6 hr details li dt dd menu")
_LIST_PARTS = frozenset(("li", "dt", "dd"))
_BOX_TAGS = words("div section aside form nav footer header")
_TITLELESS_HINTS = frozenset(("navigation", "footer", "aside", "consent", "dialog", "language", "header"))
_BESIDE_HINTS = frozenset(("aside", "navigation", "footer", "dialog"))
_YEAR = re.compile(r"(?:19|20)\d\d")
_COPYRIGHT_NOTICE = re.compile(
    r"©|\(c\)|copyright|all rights reserved|alle rechte|tous droits|reservados", re.IGNORECASE
)

# Shares are of prose, densities of an element's characters in links; lengths are in characters.
# Chosen by eye on the development pages; decision 15 (docs/decisions) says which of them are sensitive.
_MIN_DOMINANT_SHARE = 0.55  # of its parent's prose, in a child that is entered; 14 of 72 pages depend on it
_MIN_MAIN_SHARE = 0.5  # of the page's prose, in a main or article that is entered at once
_MAX_TITLE_CHARS = 150  # of a line that can be the title of the box after it
_MAX_SECTION_LINK_DENSITY = 0.2
_MAX_TEXT_LINK_DENSITY = 0.6  # of a paragraph, list or table beside the main part
_MIN_LINE_CHARS = 25  # of one after the main part that holds no prose
_MIN_SIDE_BOX_PROSE, _MAX_SIDE_BOX_LINK_DENSITY = 600, 0.3  # of a box named as furniture that is text all the same
_MIN_BOX_PROSE, _MAX_BOX_LINK_DENSITY = 80, 0.5  # of any other box beside the main part
_MIN_BOX_PROSE_SHARE = 0.4  # of the characters of such a box
_MIN_DATE_LINE_CHARS, _MAX_DATE_LINE_CHARS = 4, 90


def find_main(page: PageSurvey) -> tuple[int, list[int]]:
    """Drop everything outside the document from the survey.

    Returns:
        The index of the innermost element that holds most of the text, and indices of headings and date lines from
        before the document that belong to it, in order; these are dropped, but the caller shows them first.

    """
    semantic = _semantic_main(page)
    drop_furniture(page, keep=frozenset(() if semantic is None else (semantic,)))
    left_out: list[int] = []
    main = 0
    if semantic is not None:
        left_out.extend(leave_outside(page, semantic))
        main = semantic
    while True:
        children = page.children(main)
        largest = max(children, key=lambda child: page.prose[child], default=None)
        if largest is None or not _dominates(page, largest, main):
            break
        sections = _titles_between(page, children) | _sections_beside(page, children, largest)
        for child in children:
            if child != largest and child not in sections and not _belongs(page, child, before=child < largest):
                left_out.append(child)
                page.drop(child)
        main = largest
    left_out.extend(_drop_offers(page, page.children(main)))
    _drop_offers_at_end(page, main)
    return main, _lines_before(page, main, left_out)


def _dominates(page: PageSurvey, child: int, parent: int) -> bool:
    """Whether the child holds enough of its parent's prose to be entered, and is an element that can be."""
    if page.prose[child] < page.prose[parent] * _MIN_DOMINANT_SHARE or not page.prose[child]:
        return False
    tag = page.elements[child].tag
    return tag in _CONTAINER_TAGS or "-" in tag  # a tag with a dash is a custom element


def _drop_offers_at_end(page: PageSurvey, index: int) -> None:
    """Drop offers after the text, however deep in the last section they stand."""
    while True:
        _drop_offers(page, reversed(page.children(index)))
        last = next((child for child in reversed(page.children(index)) if page.chars[child]), None)
        if last is None or page.elements[last].tag not in _BOX_TAGS:
            return
        index = last


def _drop_offers(page: PageSurvey, children: Iterable[int]) -> list[int]:
    """Drop boxes of links and buttons up to the first child that reads like text; returns what was dropped."""
    dropped: list[int] = []
    for child in children:
        if not page.chars[child]:
            continue
        if page.elements[child].tag not in _BOX_TAGS or page.count("landmark", child) or not is_offer(page, child):
            break
        page.drop(child)
        dropped.append(child)
    return dropped


def _semantic_main(page: PageSurvey) -> int | None:
    """The only ``main`` (or ``article``, by tag or role) if it holds most of the prose."""
    for name in ("main", "article"):
        marked = [
            index
            for index, element in enumerate(page.elements)
            if (element.tag == name or element.get("role") == name) and _is_live(page, index)
        ]
        outermost: list[int] = []
        for index in marked:
            if not outermost or index > page.end[outermost[-1]]:
                outermost.append(index)
        if len(outermost) == 1 and page.prose[outermost[0]] >= page.prose[0] * _MIN_MAIN_SHARE:
            return outermost[0]
        if marked:
            return None
    return None


def leave_outside(page: PageSurvey, index: int) -> list[int]:
    """Drop all that is not in the element or around it; returns what was dropped, in order.

    The element must not itself be in anything dropped.
    """
    dropped: list[int] = []
    ancestor = 0
    while ancestor != index:
        inner = ancestor
        for child in page.children(ancestor):
            if child <= index <= page.end[child]:
                inner = child
            else:
                dropped.append(child)
                page.drop(child)
        ancestor = inner
    return dropped


def _belongs(page: PageSurvey, index: int, *, before: bool) -> bool:
    """Whether a sibling of the main part, before or after it, reads like part of the document."""
    element = page.elements[index]
    chars, prose, density = page.chars[index], page.prose[index], page.link_density(index)
    if not chars:
        return True
    if element.tag in HEADING_LEVELS:
        return True
    if element.tag in _LIST_PARTS:
        return density < _MAX_TEXT_LINK_DENSITY  # one long item does not make the short ones beside it furniture
    if element.tag in _TEXT_TAGS:
        return density < _MAX_TEXT_LINK_DENSITY and (prose > 0 or before or chars > _MIN_LINE_CHARS)
    if is_sales_box(page, index):
        return False
    if is_consent_text(page, index) or hints_of(element) & _BESIDE_HINTS:
        return prose >= _MIN_SIDE_BOX_PROSE and density < _MAX_SIDE_BOX_LINK_DENSITY
    if prose < _MIN_BOX_PROSE or density >= _MAX_BOX_LINK_DENSITY:
        return False
    return prose >= chars * _MIN_BOX_PROSE_SHARE


def _titles_between(page: PageSurvey, children: list[int]) -> frozenset[int]:
    """Short unlinked lines among several boxes of prose, such as questions among answers: their titles."""
    with_prose = [position for position, child in enumerate(children) if page.prose[child]]
    if len(with_prose) < 2:
        return frozenset()
    candidates = children[max(with_prose[0] - 1, 0) : with_prose[-1]]
    return frozenset(
        child
        for child in candidates
        if 0 < page.chars[child] <= _MAX_TITLE_CHARS
        and not page.link_chars[child]
        and not hints_of(page.elements[child]) & _TITLELESS_HINTS
        and not is_sales_box(page, child)
    )


def _sections_beside(page: PageSurvey, children: list[int], largest: int) -> frozenset[int]:
    """Boxes with few links that look like the largest one, or that open with a heading: sections."""
    looks = (page.elements[largest].tag, page.elements[largest].get("class"))
    return frozenset(
        child
        for child in children
        if page.chars[child]
        and page.link_density(child) < _MAX_SECTION_LINK_DENSITY
        and not hints_of(page.elements[child]) & _TITLELESS_HINTS
        and (
            (looks[1] and (page.elements[child].tag, page.elements[child].get("class")) == looks)
            or (
                page.prose[child]
                and page.count("heading", child)
                and not page.count("button", child)
                and not is_sales_box(page, child)
            )
        )
    )


def _lines_before(page: PageSurvey, main: int, left_out: list[int]) -> list[int]:
    """The nearest top heading and the date lines after it among what was left out before the main part."""
    has_title = any(
        element.tag == "h1" and page.chars[index] and _is_live(page, index)
        for index, element in enumerate(page.elements)
    )
    lines: list[int] = []
    for root in sorted(left_out):
        if root > main:
            break
        index = root
        while index <= page.end[root]:
            if index in page.dropped and index != root:
                index = page.end[index] + 1
            elif page.elements[index].tag == "h1" and not has_title and page.link_chars[index] < page.chars[index]:
                # A later top heading is nearer to the text; an earlier one was the name of the site.
                lines = [index]
                index = page.end[index] + 1
            elif (lines or has_title) and _is_date_line(page, index):
                lines.append(index)
                index = page.end[index] + 1
            else:
                index += 1
    return lines


def _is_live(page: PageSurvey, index: int) -> bool:
    """Whether neither the element nor anything around it is dropped."""
    while index >= 0:
        if index in page.dropped:
            return False
        index = page.parent[index]
    return True


def _is_date_line(page: PageSurvey, index: int) -> bool:
    if not _MIN_DATE_LINE_CHARS <= page.chars[index] <= _MAX_DATE_LINE_CHARS or page.in_link[index]:
        return False
    text = page.text(index, 120)
    return _YEAR.search(text) is not None and _COPYRIGHT_NOTICE.search(text) is None
