"""Which part of a page is its document: a way down from the body to the element that holds the text.

At each step the child with most of the prose is entered while it clearly dominates, and its siblings are kept only
if they read like text too. A ``main`` or a single ``article`` that holds most of the prose settles the matter above it.
"""

import re

from extractors.html.furniture import drop_furniture, hints, is_consent_text
from extractors.html.offers import is_offer, is_sales_box
from extractors.html.survey import HEADINGS, Survey
from extractors.html.vocabulary import words

_CONTAINERS = words(
    "body div main article section form center span td tr tbody table header content figure font blockquote li ul"
    " details fieldset dl dd"
)
_TEXT_TAGS = frozenset(
    [
        "p",
        "ul",
        "ol",
        "dl",
        "table",
        "blockquote",
        "pre",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "details",
        "li",
        "dt",
        "dd",
        "menu",
    ]
)
_LIST_PARTS = frozenset(("li", "dt", "dd"))
_DOMINATES = 0.55  # share of the prose that a child needs to be entered
_BOXES = words("div section aside form nav footer header")
_LABEL = 150  # characters of the longest line that can be such a title
_FEW_LINKS = 0.2  # share of a section's characters inside links
_NO_LABEL = frozenset(("nav", "foot", "aside", "consent", "dialog", "language", "head"))
_YEAR = re.compile(r"(?:19|20)\d\d")
_NOTICE = re.compile(r"©|\(c\)|copyright|all rights reserved|alle rechte|tous droits|reservados", re.IGNORECASE)


def find_main(page: Survey) -> tuple[int, list[int]]:
    """Drops everything outside the document from the survey.

    Returns:
        The index of the innermost element that holds most of the text, and indices of headings and date lines from
        before the document that belong to it, in order; these are dropped, but the caller shows them first.

    """
    semantic = _semantic_main(page)
    drop_furniture(page, keep=frozenset(() if semantic is None else (semantic,)))
    aside: list[int] = []
    at = 0
    if semantic is not None:
        aside.extend(leave_outside(page, semantic))
        at = semantic
    while True:
        children = page.children(at)
        best = max(children, key=lambda child: page.prose[child], default=None)
        if best is None or page.prose[best] < page.prose[at] * _DOMINATES or not page.prose[best]:
            break
        tag = page.elements[best].tag
        if tag not in _CONTAINERS and "-" not in tag:  # tags with a dash are components of the page's own making
            break
        labels = _labels(page, children) | _alike(page, children, best)
        for child in children:
            if child != best and child not in labels and not _belongs(page, child, before=child < best):
                aside.append(child)
                page.drop(child)
        at = best
    aside.extend(_trim(page, page.children(at)))
    _trim_end(page, at)
    return at, _lead(page, at, aside)


def _trim_end(page: Survey, at: int) -> None:
    """Drops offers after the text, however deep in the last section they stand."""
    while True:
        _trim(page, page.children(at)[::-1])
        last = next((child for child in reversed(page.children(at)) if page.chars[child]), None)
        if last is None or page.elements[last].tag not in _BOXES:
            return
        at = last


def _trim(page: Survey, children: list[int]) -> list[int]:
    """Drops boxes of links and buttons from one end of the main part, up to the first that reads like text."""
    dropped: list[int] = []
    for child in children:
        if not page.chars[child]:
            continue
        if page.elements[child].tag not in _BOXES or page.count("main", child) or not is_offer(page, child):
            break
        page.drop(child)
        dropped.append(child)
    return dropped


def _semantic_main(page: Survey) -> int | None:
    """The one ``main`` (or lone ``article``) with most of the prose."""
    for is_one in (_is_main, _is_article):
        found = [index for index in range(len(page.elements)) if is_one(page, index)]
        outer: list[int] = []
        for index in found:
            if not outer or index > page.end[outer[-1]]:
                outer.append(index)
        if len(outer) == 1 and page.prose[outer[0]] >= page.prose[0] * 0.5:
            return outer[0]
        if found:
            return None
    return None


def _is_main(page: Survey, index: int) -> bool:
    element = page.elements[index]
    return (element.tag == "main" or element.get("role") == "main") and _is_live(page, index)


def _is_article(page: Survey, index: int) -> bool:
    element = page.elements[index]
    return (element.tag == "article" or element.get("role") == "article") and _is_live(page, index)


def leave_outside(page: Survey, index: int) -> list[int]:
    """Drops all that is not in the element or around it; returns what was dropped, in order.

    The element is not itself in anything dropped.
    """
    dropped: list[int] = []
    at = 0
    while at != index:
        inner = at
        for child in page.children(at):
            if child <= index <= page.end[child]:
                inner = child
            else:
                dropped.append(child)
                page.drop(child)
        at = inner
    return dropped


def _belongs(page: Survey, index: int, *, before: bool) -> bool:
    """Whether a sibling of the main part reads like part of the document."""
    element = page.elements[index]
    chars, prose, density = page.chars[index], page.prose[index], page.link_density(index)
    if not chars:
        return True
    if element.tag in HEADINGS:
        return True
    if element.tag in _LIST_PARTS:
        return density < 0.6  # one long item does not make the short ones beside it furniture
    if element.tag in _TEXT_TAGS:
        return density < 0.6 and (prose > 0 or before or chars > 25)
    if is_sales_box(page, index):
        return False
    if is_consent_text(page, index) or hints(element) & {"aside", "nav", "foot", "dialog"}:
        return prose >= 600 and density < 0.3
    if prose < 80 or density >= 0.5:
        return False
    return prose >= chars * 0.4


def _labels(page: Survey, children: list[int]) -> frozenset[int]:
    """Short unlinked lines among several boxes of prose, such as questions among answers: their titles."""
    answers = [at for at, child in enumerate(children) if page.prose[child]]
    if len(answers) < 2:
        return frozenset()
    near = children[max(answers[0] - 1, 0) : answers[-1]]
    return frozenset(
        child
        for child in near
        if 0 < page.chars[child] <= _LABEL
        and not page.links[child]
        and not hints(page.elements[child]) & _NO_LABEL
        and not is_sales_box(page, child)
    )


def _alike(page: Survey, children: list[int], best: int) -> frozenset[int]:
    """Boxes of the same make as the largest one, or that open with a heading, and are not mostly links: sections."""
    shape = (page.elements[best].tag, page.elements[best].get("class"))
    return frozenset(
        child
        for child in children
        if page.chars[child]
        and page.link_density(child) < _FEW_LINKS
        and not hints(page.elements[child]) & _NO_LABEL
        and (
            (shape[1] and (page.elements[child].tag, page.elements[child].get("class")) == shape)
            or (
                page.prose[child]
                and page.count("heading", child)
                and not page.count("button", child)
                and not is_sales_box(page, child)
            )
        )
    )


def _lead(page: Survey, main: int, aside: list[int]) -> list[int]:
    """The first top heading and the date lines after it among what was left out before the main part."""
    has_title = any(
        page.elements[i].tag == "h1" and page.chars[i] and _is_live(page, i) for i in range(len(page.elements))
    )
    lead: list[int] = []
    for root in sorted(aside):
        if root > main:
            break
        index = root
        while index <= page.end[root]:
            if index in page.dropped and index != root:
                index = page.end[index] + 1
            elif page.elements[index].tag == "h1" and not has_title and page.links[index] < page.chars[index]:
                # A later top heading is nearer to the text; an earlier one was the name of the site.
                lead = [index]
                index = page.end[index] + 1
            elif (lead or has_title) and _is_date_line(page, index):
                lead.append(index)
                index = page.end[index] + 1
            else:
                index += 1
    return lead


def _is_live(page: Survey, index: int) -> bool:
    while index >= 0:
        if index in page.dropped:
            return False
        index = page.parent[index]
    return True


def _is_date_line(page: Survey, index: int) -> bool:
    if not 4 <= page.chars[index] <= 90 or page.in_link[index]:
        return False
    text = page.text(index, 120)
    return _YEAR.search(text) is not None and _NOTICE.search(text) is None
