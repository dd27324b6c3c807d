"""Text that the page hides from readers is left out and noted; collapsed sections, which readers can open, stay."""

import re

from extractors.html.furniture import hints
from extractors.html.parsing import Element
from extractors.html.styles import Stylesheet, inline_style, is_hiding
from extractors.html.survey import Survey
from smallprint.records import DocumentWarning

_MAYBE_HIDING = re.compile(r"display|visibility|font-size|text-indent|position", re.IGNORECASE)
_HIDING_NAMES = frozenset(("hidden", "d-none", "invisible", "is-hidden", "hide", "display-none", "u-hidden"))
_SHOWN_ON = re.compile(r":|-(?:xs|sm|md|lg|xl|xxl|print)\b")
_NOTED = 30  # characters from which hidden text in a line is worth a warning
_MOST = 0.8  # share of the page's prose
_LOOK_UP = 3  # ancestors whose names may say that this is a collapsed section


def drop_hidden(page: Survey, sheet: Stylesheet) -> tuple[DocumentWarning, ...]:
    """Drops hidden subtrees that readers cannot open; a warning says how much text that was and how it begins.

    Those that readers can open are noted in ``page.closed``.

    Text of menus and dialogs that is hidden is not worth a warning.
    """
    openable = _controlled(page)
    found: list[int] = []
    index, count = 1, len(page.elements)
    while index < count:
        if not page.chars[index] or not _is_hidden(page.elements[index], sheet):
            index += 1
        elif _opens(page, index, openable):
            page.closed.append(index)
            index += 1
        else:
            found.append(index)
            index = page.end[index] + 1
    # A page that hides nearly everything until its scripts have run hides nothing from readers.
    if sum(page.prose[at] for at in found) > page.prose[0] * _MOST:
        shown = [at for at in found if not _is_menu(page, at)]
        found = [at for at in found if _is_menu(page, at)]
        noted = _noted(page, shown, "that the page hides until its scripts have run were read")
    else:
        noted = _noted(page, found, "that the page hides from readers were left out")
    for at in found:
        page.drop(at)
    return noted


def note_doubtful(page: Survey, root: Element) -> tuple[DocumentWarning, ...]:
    """A warning for text that is read although class names say hidden: the style sheet that decides is another file."""
    if next(root.iter("link"), None) is None:
        return ()
    openable = _controlled(page)
    found: list[int] = []
    index, count = 1, len(page.elements)
    while index < count:
        if index in page.dropped:
            index = page.end[index] + 1
        elif page.chars[index] >= _NOTED and _says_hidden(page.elements[index]) and not _opens(page, index, openable):
            found.append(index)
            index = page.end[index] + 1
        else:
            index += 1
    if not found:
        return ()
    size = sum(page.chars[at] for at in found)
    detail = (
        f"{size} characters in boxes whose class names say hidden were read, because the style sheet that decides is "
        f"not in the page, beginning “{page.text(found[0], 60)}”"
    )
    return (DocumentWarning(code="doubtful_text", detail=detail),)


def _says_hidden(element: Element) -> bool:
    """A class name that hides, and none that shows the box again on some screens ("md:block", "d-lg-flex")."""
    names = (element.get("class") or "").split()
    return not _HIDING_NAMES.isdisjoint(names) and not any(_SHOWN_ON.search(name) for name in names)


def _noted(page: Survey, found: list[int], what: str) -> tuple[DocumentWarning, ...]:
    """A warning that says how much text that is worth noting was treated so, and how it begins."""
    noted = [at for at in found if _is_worth_noting(page, at)]
    if not noted:
        return ()
    size = sum(page.chars[at] for at in noted)
    detail = f"{size} characters {what}, beginning “{page.text(noted[0], 60)}”"
    return (DocumentWarning(code="hidden_text", detail=detail),)


def _is_hidden(element: Element, sheet: Stylesheet) -> bool:
    hidden = element.get("hidden")
    if hidden is not None and hidden.lower() != "until-found":
        return True
    style = element.get("style")
    if sheet.by_key:
        return is_hiding(sheet.of(element))
    return bool(style) and _MAYBE_HIDING.search(style) is not None and is_hiding(inline_style(style))


def _controlled(page: Survey) -> frozenset[str]:
    """Ids of what the page's own buttons, tabs and in-page toggles open."""
    ids: set[str] = set()
    for element in page.elements:
        get = element.get
        if get("aria-controls"):
            ids.update(get("aria-controls").split())
        target = get("data-target") or get("data-bs-target")
        if target and target.startswith("#"):
            ids.add(target[1:])
        if get("role") == "tab" and (get("href") or "").startswith("#"):
            ids.add(get("href")[1:])
    return frozenset(ids)


def _opens(page: Survey, index: int, openable: frozenset[str]) -> bool:
    element = page.elements[index]
    own = hints(element)
    if own & {"consent", "dialog", "nav", "foot", "language"} or element.get("aria-modal"):
        return False
    if element.get("id") in openable or element.get("aria-labelledby") in openable:
        return True
    at = index
    for _ in range(_LOOK_UP):
        if at < 0:
            return False
        if page.elements[at].tag == "details" or "collapse" in hints(page.elements[at]):
            return True
        at = page.parent[at]
    before = element.getprevious()
    return before is not None and (
        before.get("aria-expanded") is not None or any(one.get("aria-expanded") is not None for one in before.iter())
    )


def _is_worth_noting(page: Survey, index: int) -> bool:
    if not page.prose[index] and page.chars[index] < _NOTED:
        return False
    return page.link_density(index) < 0.5 and not _is_menu(page, index)


def _is_menu(page: Survey, index: int) -> bool:
    at = index
    while at >= 0:
        if hints(page.elements[at]) & {"nav", "dialog", "consent", "foot", "head"}:
            return True
        at = page.parent[at]
    return False
