"""Tables of contents inside a page: lists of links to its own headings, and the boxes that are left empty without."""

import re

from extractors.html.survey import Survey

_LINKED = 0.75  # share of a list's characters inside links
_CONTENTS = re.compile(
    r"^(?:table of )?contents?:?$|\b(?:on|in) this (?:page|tab|section|article|document|policy|notice|agreement)\b"
    r"|^(?:jump to|quick links)\b|^inhalt|auf dieser seite|^sommaire|table des matières|^[íi]ndice|^spis treści",
    re.IGNORECASE,
)
_NEAR = 3  # siblings looked at for the title of a list
_FEWEST = 3  # links that make a table of contents whatever they say
_TITLE = 60  # characters beside the links that can be the list's own title


def is_contents(page: Survey, index: int, density: float) -> bool:
    """True for three or more links into this very page and next to nothing else, or a list of one or two links that
    repeat the titles that they lead to.
    """
    if not leads_inside(page, index, density):
        return False
    return page.count("link", index) >= _FEWEST or (
        page.elements[index].tag in ("ul", "ol") and _repeats_titles(page, index)
    )


def leads_inside(page: Survey, index: int, density: float) -> bool:
    """True for links into this very page and next to nothing else."""
    if density < _LINKED or page.prose[index] > _TITLE:
        return False
    links = page.count("link", index)
    return links > 0 and page.count("in_page_link", index) >= links * 0.8


def drop_contents(page: Survey, index: int, keep: frozenset[int]) -> None:
    """Drops the list, and the boxes around it that hold nothing more than a title for it."""
    page.drop(index)
    outer, above = index, page.parent[index]
    while (
        above > 0
        and above not in keep
        and not page.prose[above]
        and page.chars[above] <= _TITLE
        and not page.count("main", above)
        and not any(above <= kept <= page.end[above] for kept in keep)
    ):
        outer, above = above, page.parent[above]
    if outer != index:
        page.drop(outer)
    _drop_title(page, outer)


def _drop_title(page: Survey, index: int) -> None:
    """Drops the line right before a table of contents that calls it so."""
    before = _sibling_before(page, index)
    if before is None or page.chars[before] > _TITLE or page.links[before] or page.count("main", before):
        return
    if _CONTENTS.search(page.text(before, _TITLE)):
        page.drop(before)


def _sibling_before(page: Survey, index: int) -> int | None:
    """The last sibling with text before an element, None where there is none near."""
    above, at = page.parent[index], index - 1
    for _ in range(_NEAR):
        while at > above and page.parent[at] != above:
            at = page.parent[at]
        if at <= above:
            return None
        if at not in page.dropped and page.chars[at]:
            return at
        at -= 1
    return None


def _repeats_titles(page: Survey, index: int) -> bool:
    """Every link's text opens the element that it points at, and no sentence leads into the list."""
    before = page.elements[index].getprevious()
    if before is not None and "".join(before.itertext()).rstrip().endswith((":", ",", ";")):
        return False
    for at in range(index, page.end[index] + 1):
        element = page.elements[at]
        if element.tag != "a":
            continue
        target = page.by_id((element.get("href") or "#")[1:])
        title = _unnumbered(page.text(at, 200))
        if target is None or not title or not _unnumbered(page.text(target, 300)).startswith(title):
            return False
    return True


def _unnumbered(title: str) -> str:
    return title.lower().lstrip("0123456789.) ")
