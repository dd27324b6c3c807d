"""What on a page is furniture: menus, banners, footers, consent dialogs, share bars, in-page tables of contents.

No rule knows a site. Names of classes, ids and roles are hints only; how much prose and how many links an element
holds decides, so that a wrapper with an unlucky name keeps its text.
"""

import re
from functools import lru_cache

from extractors.html.contents import drop_contents, is_contents, leads_inside
from extractors.html.parsing import Element
from extractors.html.survey import HEADINGS, INLINE, Survey
from extractors.html.vocabulary import (
    ASIDE,
    COLLAPSIBLE,
    CONSENT,
    CONSENT_FORM,
    DOCUMENT,
    FOOTER,
    LANGUAGE,
    NAVIGATION,
    PICKER,
    ROLES,
    TAGS,
    UNSEEN,
    UNSEEN_HOW,
)

_CONSENT_WORD = re.compile(
    r"^(?:cookie|consent|gdpr)s?(?:banner|notice|bar|modal|popup|dialog|overlay|law|consent|manager|preferences|wall"
    r"|alert|message)"
)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_HINTS = {"nav": NAVIGATION, "foot": FOOTER, "aside": ASIDE, "collapse": COLLAPSIBLE}
_HINTED = frozenset(("nav", "foot", "aside"))
_ANY_HINT = NAVIGATION | FOOTER | ASIDE
_OVERUSED = 0.4  # share of a page's prose in boxes of one name, above which that name is no hint
_WORD = re.compile(r"[a-z0-9]+")
_CONTENT_TAGS = frozenset(("p", "li", "td", "tr", "tbody", "dd", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "a", "b"))
_CONSENT_ACT = re.compile(
    r"\b(?:accept|allow|agree|reject|decline|refuse|deny|manage|customi[sz]e|save|confirm|akzeptieren|ablehnen|zulassen"
    r"|accepter|refuser|aceptar|rechazar|accetta|rifiuta|akceptuj|odrzuć)\b",
    re.IGNORECASE,
)


def _tokens(names: str) -> frozenset[str]:
    return frozenset(_WORD.findall(_CAMEL.sub(" ", names[:400]).lower()))


@lru_cache(maxsize=4096)
def named(names: str, overused: frozenset[str] = frozenset()) -> frozenset[str]:
    """What class names, an id or a label hint at: nav, foot, aside, consent, unseen, collapse, language.

    Words in ``overused`` are not heard.
    """
    tokens = _tokens(names) - overused
    found = {hint for hint, vocabulary in _HINTS.items() if tokens & vocabulary}
    compound = any(_CONSENT_WORD.match(token) for token in tokens)
    if compound or (tokens & CONSENT and tokens & CONSENT_FORM and not tokens & DOCUMENT):
        found.add("consent")
    if (tokens & UNSEEN and tokens & UNSEEN_HOW) or {"screen", "reader"} <= tokens:
        found.add("unseen")
    if tokens & LANGUAGE and tokens & PICKER:
        found.add("language")
    return frozenset(found)


def hints(element: Element, overused: frozenset[str] = frozenset()) -> frozenset[str]:
    """All hints of an element: its tag and role, then its names; a heading or paragraph's id is its own words."""
    get = element.get
    if element.tag in HEADINGS:
        return frozenset()
    names = get("class") or ""
    identifier = get("id")
    if identifier and element.tag not in _CONTENT_TAGS and not _is_slug(element, identifier):
        names = f"{names} {identifier}"
    found = named(names, overused) if len(names) > 1 else frozenset()
    more = {TAGS.get(element.tag), ROLES.get((get("role") or "").lower())}
    if get("aria-modal") == "true":
        more.add("dialog")
    label = get("aria-label")
    if label and element.tag != "a":
        more |= named(label) & {"nav", "consent"}
    more.discard(None)
    return found | more if more else found  # type: ignore[operator]


def _is_slug(element: Element, identifier: str) -> bool:
    """An id such as "sharing" or "copyright" that repeats the heading under it names a section, not a share bar."""
    if named(identifier) != {"aside"}:
        return False
    heading = next(element.iter(*HEADINGS), None)
    return heading is not None and bool(_tokens(identifier) & ASIDE & _tokens("".join(heading.itertext())))


def drop_furniture(page: Survey, *, keep: frozenset[int]) -> None:
    """Drops the furniture from the survey; elements in ``keep`` (and so what is around them) always stay.

    Args:
        page: the survey of the body, hidden text already dropped.
        keep: indices that other evidence says are content, such as the main element.

    """
    total = max(page.prose[0], 1)
    overused = _overused(page, total)
    makes: set[tuple[str, str]] = set()  # of the tables of contents
    short: list[int] = []  # links into this page that are too few to make one
    index, count = 1, len(page.elements)
    while index < count:
        if index in page.dropped:
            index = page.end[index] + 1
            continue
        if not page.chars[index] or index in keep:
            index += 1
        elif _may_be_contents(page, index, keep) and is_contents(page, index, page.link_density(index)):
            makes.add(_make(page.elements[index]))
            drop_contents(page, index, keep)
            index = page.end[index] + 1
        elif _is_furniture(page, index, total, keep, overused):
            page.drop(index)
            index = page.end[index] + 1
        else:
            if page.elements[index].tag in ("ul", "ol") and leads_inside(page, index, page.link_density(index)):
                short.append(index)
            index += 1
    for index in short:
        make = _make(page.elements[index])
        if make[1] and make in makes and index not in page.dropped:
            drop_contents(page, index, keep)


def _make(element: Element) -> tuple[str, str]:
    return element.tag, element.get("class") or ""


def _overused(page: Survey, total: int) -> frozenset[str]:
    """Words that name furniture elsewhere, but here boxes that hold much of the page's prose: they say nothing."""
    prose: dict[str, int] = {}
    open_until: dict[str, int] = {}
    for index, element in enumerate(page.elements):
        names = element.get("class")
        if not names or not page.prose[index] or not named(names) & _HINTED:
            continue
        for word in _tokens(names) & _ANY_HINT:
            if open_until.get(word, -1) < index:  # an inner box of the same name is in its outer one's account
                open_until[word] = page.end[index]
                prose[word] = prose.get(word, 0) + page.prose[index]
    return frozenset(word for word, size in prose.items() if size >= total * _OVERUSED)


def _may_be_contents(page: Survey, index: int, keep: frozenset[int]) -> bool:
    if page.in_link[index] or page.elements[index].tag in _CONTENT_TAGS or page.elements[index].tag in INLINE:
        return False
    return not any(index <= kept <= page.end[index] for kept in keep)


def _is_furniture(page: Survey, index: int, total: int, keep: frozenset[int], overused: frozenset[str]) -> bool:
    element = page.elements[index]
    if page.in_link[index] and element.tag != "button":
        return False
    found = hints(element, overused)
    if not found or any(index <= kept <= page.end[index] for kept in keep):
        return False
    return _named_furniture(page, index, found, page.prose[index] / total, page.link_density(index))


def _named_furniture(page: Survey, index: int, found: frozenset[str], share: float, density: float) -> bool:
    tag = page.elements[index].tag
    prose = page.prose[index]
    if "unseen" in found:
        return prose < 300
    if tag in _CONTENT_TAGS and not found & {"foot", "consent"}:
        return False
    if "consent" in found or "dialog" in found:
        return not page.count("main", index) and ("dialog" in found or prose < 100 or _consent_acts(page, index) > 0)
    if "foot" in found:
        return share < 0.6 or tag == "footer"
    if tag == "form" or "language" in found:
        return prose < 200 and share < 0.1
    if "nav" in found:
        if tag == "nav" or page.elements[index].get("role") in ("navigation", "menubar", "doc-toc", "tablist"):
            return share < 0.3
        return density >= 0.5 or (prose < 150 and not page.count("heading", index) and not _is_one_line(page, index))
    if "aside" in found:
        return share < 0.25 and _is_aside(page, index, density) and not _has_prose_heading(page, index)
    return False


def _is_one_line(page: Survey, index: int) -> bool:
    """A single run of text that leads nowhere: the target of a menu, such as a section's title, and not the menu."""
    if page.links[index]:
        return False
    return sum(1 for at in range(index, page.end[index] + 1) if (page.elements[at].text or "").strip()) == 1


def _is_aside(page: Survey, index: int, density: float) -> bool:
    """Mostly links, or little prose beside some link or button; a box of plain text is content whatever its name."""
    if density >= 0.4:
        return True
    if page.count("main", index) and not page.links[index]:
        return False  # a banner that shows the title
    prose = page.prose[index]
    return (prose < 250 and page.links[index] > 0) or (prose == 0 and page.chars[index] < 80)


def _has_prose_heading(page: Survey, index: int) -> bool:
    """A heading with a paragraph under it, as a content box has and a share bar has not."""
    return page.prose[index] >= 120 and page.count("heading", index) > 0 and page.link_density(index) < 0.3


def is_consent_text(page: Survey, index: int) -> bool:
    """True for a box that speaks of cookies and holds two or more buttons to accept, reject or manage them."""
    if page.prose[index] > 4000 or _consent_acts(page, index) < 2:
        return False
    return "cookie" in page.text(index, 4000).lower()


def _consent_acts(page: Survey, index: int) -> int:
    """Buttons and short links to accept, reject, manage and the like."""
    acts = 0
    for at in range(index, page.end[index] + 1):
        tag = page.elements[at].tag
        if tag == "button" or (tag == "a" and page.chars[at] < 60) or page.elements[at].get("role") == "button":
            acts += _CONSENT_ACT.search(page.text(at, 80)) is not None
    return acts
