"""What on a page is furniture: menus, banners, footers, consent dialogs, share bars, in-page tables of contents.

No rule knows a site. Names of classes, ids and roles are hints only; how much prose and how many links an element
holds decides, so that a wrapper with an unlucky name keeps its text.
"""

import re
from functools import lru_cache

from extractors.html.parsing import Element
from extractors.html.survey import HEADINGS, Survey
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
_WORD = re.compile(r"[a-z0-9]+")
_CONTENT_TAGS = frozenset(("p", "li", "td", "tr", "tbody", "dd", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "a", "b"))
_CONSENT_ACT = re.compile(
    r"\b(?:accept|allow|agree|reject|decline|refuse|deny|manage|customi[sz]e|save|confirm|akzeptieren|ablehnen|zulassen"
    r"|accepter|refuser|aceptar|rechazar|accetta|rifiuta|akceptuj|odrzuć)\b",
    re.IGNORECASE,
)


@lru_cache(maxsize=4096)
def named(names: str) -> frozenset[str]:
    """What class names, an id or a label hint at: nav, foot, aside, consent, unseen, collapse, language."""
    tokens = frozenset(_WORD.findall(_CAMEL.sub(" ", names[:400]).lower()))
    found = {hint for hint, vocabulary in _HINTS.items() if tokens & vocabulary}
    compound = any(_CONSENT_WORD.match(token) for token in tokens)
    if compound or (tokens & CONSENT and tokens & CONSENT_FORM and not tokens & DOCUMENT):
        found.add("consent")
    if (tokens & UNSEEN and tokens & UNSEEN_HOW) or {"screen", "reader"} <= tokens:
        found.add("unseen")
    if tokens & LANGUAGE and tokens & PICKER:
        found.add("language")
    return frozenset(found)


def hints(element: Element) -> frozenset[str]:
    """All hints of an element: its tag and role, then its names; a heading or paragraph's id is its own words."""
    get = element.get
    if element.tag in HEADINGS:
        return frozenset()
    names = get("class") or ""
    if element.tag not in _CONTENT_TAGS:
        names = f"{names} {get('id') or ''}"
    found = named(names) if len(names) > 1 else frozenset()
    more = {TAGS.get(element.tag), ROLES.get((get("role") or "").lower())}
    if get("aria-modal") == "true":
        more.add("dialog")
    label = get("aria-label")
    if label and element.tag != "a":
        more |= named(label) & {"nav", "consent"}
    more.discard(None)
    return found | more if more else found  # type: ignore[operator]


def drop_furniture(page: Survey, *, keep: frozenset[int]) -> None:
    """Drops the furniture from the survey; elements in ``keep`` (and so what is around them) always stay.

    Args:
        page: the survey of the body, hidden text already dropped.
        keep: indices that other evidence says are content, such as the main element.

    """
    total = max(page.prose[0], 1)
    index, count = 1, len(page.elements)
    while index < count:
        if index in page.dropped:
            index = page.end[index] + 1
            continue
        if page.chars[index] and index not in keep and _is_furniture(page, index, total, keep):
            page.drop(index)
            index = page.end[index] + 1
        else:
            index += 1


def _is_furniture(page: Survey, index: int, total: int, keep: frozenset[int]) -> bool:
    element = page.elements[index]
    if page.in_link[index] and element.tag != "button":
        return False
    found = hints(element)
    if not found and element.tag not in ("ul", "ol", "div", "form", "p", "table"):
        return False
    if any(index <= kept <= page.end[index] for kept in keep):
        return False
    share = page.prose[index] / total
    density = page.link_density(index)
    if is_contents(page, index, density):
        return True
    return bool(found) and _named_furniture(page, index, found, share, density)


def _named_furniture(page: Survey, index: int, found: frozenset[str], share: float, density: float) -> bool:
    tag = page.elements[index].tag
    prose = page.prose[index]
    if "unseen" in found:
        return prose < 300
    if tag in _CONTENT_TAGS and not found & {"foot", "consent"}:
        return False
    if "consent" in found or "dialog" in found:
        return not page.count("main", index)
    if "foot" in found:
        return share < 0.6 or tag == "footer"
    if tag == "form" or "language" in found:
        return prose < 200 and share < 0.1
    if "nav" in found:
        if tag == "nav" or page.elements[index].get("role") in ("navigation", "menubar", "doc-toc", "tablist"):
            return share < 0.3
        return density >= 0.5 or (prose < 150 and not page.count("heading", index))
    if "aside" in found:
        return share < 0.25 and _is_aside(page, index, density) and not _has_prose_heading(page, index)
    return False


def _is_aside(page: Survey, index: int, density: float) -> bool:
    """Mostly links, or little prose beside some link or button; a box of plain text is content whatever its name."""
    if density >= 0.4:
        return True
    prose = page.prose[index]
    return (prose < 250 and page.links[index] > 0) or (prose == 0 and page.chars[index] < 80)


def _has_prose_heading(page: Survey, index: int) -> bool:
    """A heading with a paragraph under it, as a content box has and a share bar has not."""
    return page.prose[index] >= 120 and page.count("heading", index) > 0 and page.link_density(index) < 0.3


def is_contents(page: Survey, index: int, density: float) -> bool:
    """True for a table of contents: three or more links into this very page and next to nothing else."""
    if density < 0.75 or page.prose[index] > 60:
        return False
    links = page.count("link", index)
    return links >= 3 and page.count("in_page_link", index) >= links * 0.8


def is_consent_text(page: Survey, index: int) -> bool:
    """True for a box that speaks of cookies and holds two or more buttons to accept, reject or manage them."""
    if page.prose[index] > 4000:
        return False
    acts = 0
    for at in range(index, page.end[index] + 1):
        tag = page.elements[at].tag
        if tag == "button" or (tag == "a" and page.chars[at] < 60) or page.elements[at].get("role") == "button":
            acts += _CONSENT_ACT.search(page.text(at, 80)) is not None
    return acts >= 2 and "cookie" in page.text(index, 4000).lower()
