"""Text that the page hides from readers is left out and noted; collapsed sections, which readers can open, stay."""

import re

from extractors.html.furniture import hints_of
from extractors.html.parsing import Element
from extractors.html.styles import Stylesheet, inline_style, is_hiding
from extractors.html.survey import PageSurvey
from smallprint.records import DocumentWarning

_MAYBE_HIDING = re.compile(r"display|visibility|font-size|text-indent|position", re.IGNORECASE)
_HIDING_CLASSES = frozenset(("hidden", "d-none", "invisible", "is-hidden", "hide", "display-none", "u-hidden"))
_SHOWN_ON_SOME_SCREENS = re.compile(r":|-(?:xs|sm|md|lg|xl|xxl|print)\b")
_MENU_HINTS = frozenset(("navigation", "dialog", "consent", "footer", "header"))
_NEVER_OPENED_HINTS = frozenset(("consent", "dialog", "navigation", "footer", "language"))
# Chosen by eye on the development pages; decision 15 (docs/decisions) says which of them are sensitive.
_MIN_NOTED_CHARS = 30  # of hidden text without prose that is worth a warning
_MAX_NOTED_LINK_DENSITY = 0.5
_MAX_HIDDEN_SHARE = 0.8  # of the page's prose; a page that hides more shows it once its scripts have run
_COLLAPSIBLE_WITHIN_ANCESTORS = 3  # the element and those above whose names may say that this is a collapsed section
_QUOTED_CHARS = 60  # of the text that a warning quotes


def drop_hidden(page: PageSurvey, sheet: Stylesheet) -> tuple[DocumentWarning, ...]:
    """Drop hidden subtrees that readers cannot open; a warning says how much text that was and how it begins.

    Those that readers can open are listed in ``page.collapsed``. Hidden text of menus and dialogs is not worth a
    warning.
    """
    controlled = _controlled_ids(page)
    hidden: list[int] = []
    index, count = 1, len(page.elements)
    while index < count:
        if not page.chars[index] or not _is_hidden(page.elements[index], sheet):
            index += 1
        elif _can_be_opened(page, index, controlled):
            page.collapsed.append(index)
            index += 1
        else:
            hidden.append(index)
            index = page.end[index] + 1
    # A page that hides nearly everything until its scripts have run hides nothing from readers.
    if sum(page.prose[index] for index in hidden) > page.prose[0] * _MAX_HIDDEN_SHARE:
        read = [index for index in hidden if not _is_in_menu(page, index)]
        hidden = [index for index in hidden if _is_in_menu(page, index)]
        warnings = _hidden_text_warning(page, read, "that the page hides until its scripts have run were read")
    else:
        warnings = _hidden_text_warning(page, hidden, "that the page hides from readers were left out")
    for index in hidden:
        page.drop(index)
    return warnings


def note_doubtful(page: PageSurvey, root: Element) -> tuple[DocumentWarning, ...]:
    """A warning for text that is read although class names say hidden: the style sheet that decides is another file."""
    if next(root.iter("link"), None) is None:
        return ()
    controlled = _controlled_ids(page)
    doubtful: list[int] = []
    index, count = 1, len(page.elements)
    while index < count:
        if index in page.dropped:
            index = page.end[index] + 1
        elif (
            page.chars[index] >= _MIN_NOTED_CHARS
            and _has_hiding_class(page.elements[index])
            and not _can_be_opened(page, index, controlled)
        ):
            doubtful.append(index)
            index = page.end[index] + 1
        else:
            index += 1
    if not doubtful:
        return ()
    chars = sum(page.chars[index] for index in doubtful)
    detail = (
        f"{chars} characters in boxes whose class names say hidden were read, because the style sheet that decides is "
        f"not in the page, beginning “{page.text(doubtful[0], _QUOTED_CHARS)}”"
    )
    return (DocumentWarning(code="doubtful_text", detail=detail),)


def _has_hiding_class(element: Element) -> bool:
    """A class name that hides, and none that shows the box again on some screens ("md:block", "d-lg-flex")."""
    names = (element.get("class") or "").split()
    return not _HIDING_CLASSES.isdisjoint(names) and not any(_SHOWN_ON_SOME_SCREENS.search(name) for name in names)


def _hidden_text_warning(page: PageSurvey, indices: list[int], treatment: str) -> tuple[DocumentWarning, ...]:
    """A warning that says how much text worth noting was treated so, and how it begins."""
    noted = [index for index in indices if _is_worth_noting(page, index)]
    if not noted:
        return ()
    chars = sum(page.chars[index] for index in noted)
    detail = f"{chars} characters {treatment}, beginning “{page.text(noted[0], _QUOTED_CHARS)}”"
    return (DocumentWarning(code="hidden_text", detail=detail),)


def _is_hidden(element: Element, sheet: Stylesheet) -> bool:
    hidden = element.get("hidden")
    if hidden is not None and hidden.lower() != "until-found":
        return True
    style = element.get("style")
    if sheet.rules_by_key:
        return is_hiding(sheet.of(element))
    return bool(style) and _MAYBE_HIDING.search(style) is not None and is_hiding(inline_style(style))


def _controlled_ids(page: PageSurvey) -> frozenset[str]:
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


def _can_be_opened(page: PageSurvey, index: int, controlled: frozenset[str]) -> bool:
    """Whether a reader can open the hidden element: a control names it, or it is part of a collapsible section."""
    element = page.elements[index]
    if hints_of(element) & _NEVER_OPENED_HINTS or element.get("aria-modal"):
        return False
    if element.get("id") in controlled or element.get("aria-labelledby") in controlled:
        return True
    ancestor = index
    for _ in range(_COLLAPSIBLE_WITHIN_ANCESTORS):
        if ancestor < 0:
            return False
        if page.elements[ancestor].tag == "details" or "collapsible" in hints_of(page.elements[ancestor]):
            return True
        ancestor = page.parent[ancestor]
    previous = element.getprevious()
    return previous is not None and any(inner.get("aria-expanded") is not None for inner in previous.iter())


def _is_worth_noting(page: PageSurvey, index: int) -> bool:
    if not page.prose[index] and page.chars[index] < _MIN_NOTED_CHARS:
        return False
    return page.link_density(index) < _MAX_NOTED_LINK_DENSITY and not _is_in_menu(page, index)


def _is_in_menu(page: PageSurvey, index: int) -> bool:
    ancestor = index
    while ancestor >= 0:
        if hints_of(page.elements[ancestor]) & _MENU_HINTS:
            return True
        ancestor = page.parent[ancestor]
    return False
