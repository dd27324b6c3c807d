"""Tables of contents inside a page: lists of links to its own headings, and the boxes that are left empty without."""

import re

from extractors.html.survey import PageSurvey

# Chosen by eye on the development pages; decision 15 (docs/decisions) says which of them are sensitive.
_MIN_LINK_DENSITY = 0.75  # of a list's characters inside links
_MIN_IN_PAGE_SHARE = 0.8  # of its links that lead into this page
_MIN_LINKS = 3  # that make a table of contents whatever they say; fewer must repeat the titles they lead to
_MAX_TITLE_CHARS = 60  # beside the links, that can be the list's own title
_TITLE_WITHIN_SIBLINGS = 3  # before a list, in which its title is looked for
_CONTENTS_TITLE = re.compile(
    r"^(?:table of )?contents?:?$|\b(?:on|in) this (?:page|tab|section|article|document|policy|notice|agreement)\b"
    r"|^(?:jump to|quick links)\b|^inhalt|auf dieser seite|^sommaire|table des matières|^[íi]ndice|^spis treści",
    re.IGNORECASE,
)


def is_contents(page: PageSurvey, index: int, density: float) -> bool:
    """True for three or more links into this very page and next to nothing else, or a list of one or two links that
    repeat the titles that they lead to.

    Args:
        page: the survey.
        index: of the element.
        density: its share of characters inside links.

    """
    if not leads_inside(page, index, density):
        return False
    return page.count("link", index) >= _MIN_LINKS or (
        page.elements[index].tag in ("ul", "ol") and _repeats_titles(page, index)
    )


def leads_inside(page: PageSurvey, index: int, density: float) -> bool:
    """True for links into this very page and next to nothing else."""
    if density < _MIN_LINK_DENSITY or page.prose[index] > _MAX_TITLE_CHARS:
        return False
    links = page.count("link", index)
    return links > 0 and page.count("in_page_link", index) >= links * _MIN_IN_PAGE_SHARE


def drop_contents(page: PageSurvey, index: int, keep: frozenset[int]) -> None:
    """Drop the list, and the boxes around it that hold nothing more than a title for it."""
    page.drop(index)
    outermost, box = index, page.parent[index]
    while (
        box > 0
        and box not in keep
        and not page.prose[box]
        and page.chars[box] <= _MAX_TITLE_CHARS
        and not page.count("landmark", box)
        and not any(box <= kept_index <= page.end[box] for kept_index in keep)
    ):
        outermost, box = box, page.parent[box]
    if outermost != index:
        page.drop(outermost)
    _drop_title(page, outermost)


def _drop_title(page: PageSurvey, index: int) -> None:
    """Drop the line right before a table of contents that is its title."""
    title = _sibling_before(page, index)
    if title is None or page.chars[title] > _MAX_TITLE_CHARS or page.link_chars[title] or page.count("landmark", title):
        return
    if _CONTENTS_TITLE.search(page.text(title, _MAX_TITLE_CHARS)):
        page.drop(title)


def _sibling_before(page: PageSurvey, index: int) -> int | None:
    """The last sibling with text before an element, None where there is none near."""
    parent, sibling = page.parent[index], index - 1
    for _ in range(_TITLE_WITHIN_SIBLINGS):
        while sibling > parent and page.parent[sibling] != parent:
            sibling = page.parent[sibling]
        if sibling <= parent:
            return None
        if sibling not in page.dropped and page.chars[sibling]:
            return sibling
        sibling -= 1
    return None


def _repeats_titles(page: PageSurvey, index: int) -> bool:
    """Every link's text opens the element that it points at, and no sentence leads into the list."""
    previous = page.elements[index].getprevious()
    if previous is not None and "".join(previous.itertext()).rstrip().endswith((":", ",", ";")):
        return False
    for inner in range(index, page.end[index] + 1):
        element = page.elements[inner]
        if element.tag != "a":
            continue
        target = page.by_id((element.get("href") or "#")[1:])
        title = _unnumbered(page.text(inner, 200))
        if target is None or not title or not _unnumbered(page.text(target, 300)).startswith(title):
            return False
    return True


def _unnumbered(title: str) -> str:
    return title.lower().lstrip("0123456789.) ")
