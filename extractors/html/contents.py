"""Tables of contents inside a page: lists of links to its own headings, and the boxes that are left empty without."""

from extractors.html.survey import Survey

_LINKED = 0.75  # share of a list's characters inside links
_TITLE = 60  # characters beside the links that can be the list's own title


def is_contents(page: Survey, index: int, density: float) -> bool:
    """True for three or more links into this very page and next to nothing else, or a list of one or two links that
    repeat the titles that they lead to.
    """
    if density < _LINKED or page.prose[index] > _TITLE:
        return False
    links = page.count("link", index)
    if not links or page.count("in_page_link", index) < links * 0.8:
        return False
    return links >= 3 or (page.elements[index].tag in ("ul", "ol") and _repeats_titles(page, index))


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
