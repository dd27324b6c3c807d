"""Find and drop the furniture of a page: menus, banners, footers, consent dialogs, share bars, in-page contents.

No rule knows a site. Names of classes, ids and roles are hints only; how much prose and how many links an element
holds decides, so that a wrapper with an unlucky name keeps its text.
"""

import re
from functools import lru_cache

from extractors.html.contents import drop_contents, is_contents, leads_inside
from extractors.html.parsing import Element
from extractors.html.survey import HEADING_LEVELS, INLINE_TAGS, PageSurvey
from extractors.html.vocabulary import (
    ASIDE,
    COLLAPSIBLE,
    CONSENT,
    CONSENT_FORM,
    DOCUMENT,
    FOOTER,
    HINT_OF_ROLE,
    HINT_OF_TAG,
    LANGUAGE,
    NAVIGATION,
    PICKER,
    SCREEN_READER,
    SCREEN_READER_ONLY,
    Hint,
)

_CONSENT_COMPOUND = re.compile(
    r"^(?:cookie|consent|gdpr)s?(?:banner|notice|bar|modal|popup|dialog|overlay|law|consent|manager|preferences|wall"
    r"|alert|message)"
)
_CAMEL_CASE_BORDER = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_VOCABULARIES: dict[Hint, frozenset[str]] = {
    "navigation": NAVIGATION,
    "footer": FOOTER,
    "aside": ASIDE,
    "collapsible": COLLAPSIBLE,
}
_FURNITURE_HINTS = frozenset(("navigation", "footer", "aside"))
_FURNITURE_WORDS = NAVIGATION | FOOTER | ASIDE
_WORD = re.compile(r"[a-z0-9]+")
_CONTENT_TAGS = frozenset(("p", "li", "td", "tr", "tbody", "dd", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "a", "b"))
_CONSENT_ACT = re.compile(
    r"\b(?:accept|allow|agree|reject|decline|refuse|deny|manage|customi[sz]e|save|confirm|akzeptieren|ablehnen|zulassen"
    r"|accepter|refuser|aceptar|rechazar|accetta|rifiuta|akceptuj|odrzuć)\b",
    re.IGNORECASE,
)
_MAX_NAMES_CHARS = 400  # of the class names and id of one element

# Shares are of the whole page's prose, densities of an element's characters in links; lengths are in characters.
# Chosen by eye on the development pages; decision 15 (docs/decisions) says which of them are sensitive.
_OVERUSED_SHARE = 0.4  # of prose in boxes with one word in their names, from which that word is no hint
_MAX_SCREEN_READER_PROSE = 300
_MAX_CONSENT_PROSE = 100  # of a box named after consent that has no button to accept or refuse
_MAX_FOOTER_SHARE = 0.6
_MAX_FORM_PROSE, _MAX_FORM_SHARE = 200, 0.1  # of forms and language pickers
_MAX_NAVIGATION_SHARE = 0.3  # of navigation by tag or role
_MIN_MENU_LINK_DENSITY = 0.5  # of navigation by name
_MAX_MENU_PROSE = 150  # the same, with fewer links
_MAX_ASIDE_SHARE = 0.25
_MIN_ASIDE_LINK_DENSITY = 0.4
_MAX_ASIDE_PROSE = 250  # of an aside with some link
_MAX_ASIDE_LABEL_CHARS = 80  # of an aside without prose
_MIN_SECTION_PROSE, _MAX_SECTION_LINK_DENSITY = 120, 0.3  # of a box with a heading: a section whatever its name
_MAX_CONSENT_TEXT_CHARS = 4000
_MIN_CONSENT_ACTS = 2
_MAX_CONSENT_LINK_CHARS = 60


def _tokens(names: str) -> frozenset[str]:
    return frozenset(_WORD.findall(_CAMEL_CASE_BORDER.sub(" ", names[:_MAX_NAMES_CHARS]).lower()))


@lru_cache(maxsize=4096)
def hints_in_names(names: str, overused: frozenset[str] = frozenset()) -> frozenset[Hint]:
    """The hints in class names, an id or a label; words listed in ``overused`` are ignored."""
    tokens = _tokens(names) - overused
    hints = {hint for hint, vocabulary in _VOCABULARIES.items() if tokens & vocabulary}
    compound = any(_CONSENT_COMPOUND.match(token) for token in tokens)
    if compound or (tokens & CONSENT and tokens & CONSENT_FORM and not tokens & DOCUMENT):
        hints.add("consent")
    if (tokens & SCREEN_READER and tokens & SCREEN_READER_ONLY) or {"screen", "reader"} <= tokens:
        hints.add("screen_reader")
    if tokens & LANGUAGE and tokens & PICKER:
        hints.add("language")
    return frozenset(hints)


def hints_of(element: Element, overused: frozenset[str] = frozenset()) -> frozenset[Hint]:
    """All hints of an element: its names, tag and role. The id of a heading or paragraph repeats its text and is none.

    Args:
        element: of the page.
        overused: words of names that mean nothing on this page.

    """
    get = element.get
    if element.tag in HEADING_LEVELS:
        return frozenset()
    names = get("class") or ""
    identifier = get("id")
    if identifier and element.tag not in _CONTENT_TAGS and not _is_slug(element, identifier):
        names = f"{names} {identifier}"
    hints = set(hints_in_names(names, overused)) if len(names) > 1 else set()
    for hint in (HINT_OF_TAG.get(element.tag), HINT_OF_ROLE.get((get("role") or "").lower())):
        if hint:
            hints.add(hint)
    if get("aria-modal") == "true":
        hints.add("dialog")
    label = get("aria-label")
    if label and element.tag != "a":
        hints |= hints_in_names(label) & {"navigation", "consent"}
    return frozenset(hints)


def _is_slug(element: Element, identifier: str) -> bool:
    """An id such as "sharing" or "copyright" that repeats the heading under it names a section, not a share bar."""
    if hints_in_names(identifier) != {"aside"}:
        return False
    heading = next(element.iter(*HEADING_LEVELS), None)
    return heading is not None and bool(_tokens(identifier) & ASIDE & _tokens("".join(heading.itertext())))


def drop_furniture(page: PageSurvey, *, keep: frozenset[int]) -> None:
    """Drop the furniture from the survey; elements in ``keep`` (and so what is around them) always stay.

    Args:
        page: the survey of the body, hidden text already dropped.
        keep: indices that other evidence says are content, such as the main element.

    """
    page_prose = max(page.prose[0], 1)
    overused = _overused_words(page, page_prose)
    contents_styles: set[tuple[str, str]] = set()
    short_link_lists: list[int] = []  # links into this page, too few for a table of contents
    index, count = 1, len(page.elements)
    while index < count:
        if index in page.dropped:
            index = page.end[index] + 1
            continue
        if not page.chars[index] or index in keep:
            index += 1
        elif _may_be_contents(page, index, keep) and is_contents(page, index, page.link_density(index)):
            contents_styles.add(_tag_and_class(page.elements[index]))
            drop_contents(page, index, keep)
            index = page.end[index] + 1
        elif _is_furniture(page, index, page_prose, keep, overused):
            page.drop(index)
            index = page.end[index] + 1
        else:
            if page.elements[index].tag in ("ul", "ol") and leads_inside(page, index, page.link_density(index)):
                short_link_lists.append(index)
            index += 1
    # A short list that looks like the tables of contents of this page is one too.
    for index in short_link_lists:
        style = _tag_and_class(page.elements[index])
        if style[1] and style in contents_styles and index not in page.dropped:
            drop_contents(page, index, keep)


def _tag_and_class(element: Element) -> tuple[str, str]:
    return element.tag, element.get("class") or ""


def _overused_words(page: PageSurvey, page_prose: int) -> frozenset[str]:
    """Words that elsewhere name furniture, but here boxes that hold much of the page's prose: they are no hint."""
    prose: dict[str, int] = {}
    open_until: dict[str, int] = {}
    for index, element in enumerate(page.elements):
        names = element.get("class")
        if not names or not page.prose[index] or not hints_in_names(names) & _FURNITURE_HINTS:
            continue
        for word in _tokens(names) & _FURNITURE_WORDS:
            if open_until.get(word, -1) < index:  # an inner box of the same name is counted with its outer one
                open_until[word] = page.end[index]
                prose[word] = prose.get(word, 0) + page.prose[index]
    return frozenset(word for word, size in prose.items() if size >= page_prose * _OVERUSED_SHARE)


def _may_be_contents(page: PageSurvey, index: int, keep: frozenset[int]) -> bool:
    tag = page.elements[index].tag
    if page.in_link[index] or tag in _CONTENT_TAGS or tag in INLINE_TAGS:
        return False
    return not _holds_any(page, index, keep)


def _holds_any(page: PageSurvey, index: int, indices: frozenset[int]) -> bool:
    """Whether one of the indices is the element or inside it."""
    return any(index <= inner <= page.end[index] for inner in indices)


def _is_furniture(
    page: PageSurvey, index: int, page_prose: int, keep: frozenset[int], overused: frozenset[str]
) -> bool:
    element = page.elements[index]
    if page.in_link[index] and element.tag != "button":
        return False
    hints = hints_of(element, overused)
    if not hints or _holds_any(page, index, keep):
        return False
    return _text_confirms(page, index, hints, page.prose[index] / page_prose)


def _text_confirms(page: PageSurvey, index: int, hints: frozenset[Hint], share: float) -> bool:
    """Whether the element's text confirms what its names hint at; ``share`` is its part of the page's prose."""
    element = page.elements[index]
    tag, prose = element.tag, page.prose[index]
    if "screen_reader" in hints:
        return prose < _MAX_SCREEN_READER_PROSE
    if tag in _CONTENT_TAGS and not hints & {"footer", "consent"}:
        return False
    if "consent" in hints or "dialog" in hints:
        return not page.count("landmark", index) and (
            "dialog" in hints or prose < _MAX_CONSENT_PROSE or _consent_acts(page, index) > 0
        )
    if "footer" in hints:
        return share < _MAX_FOOTER_SHARE or tag == "footer"
    if tag == "form" or "language" in hints:
        return prose < _MAX_FORM_PROSE and share < _MAX_FORM_SHARE
    if "navigation" in hints:
        if tag == "nav" or element.get("role") in ("navigation", "menubar", "doc-toc", "tablist"):
            return share < _MAX_NAVIGATION_SHARE
        return page.link_density(index) >= _MIN_MENU_LINK_DENSITY or (
            prose < _MAX_MENU_PROSE and not page.count("heading", index) and not _is_single_line(page, index)
        )
    if "aside" in hints:
        return share < _MAX_ASIDE_SHARE and _is_aside(page, index) and not _is_section(page, index)
    return False


def _is_single_line(page: PageSurvey, index: int) -> bool:
    """A single run of text that leads nowhere: the target of a menu, such as a section's title, and not the menu."""
    if page.link_chars[index]:
        return False
    return sum(1 for inner in range(index, page.end[index] + 1) if (page.elements[inner].text or "").strip()) == 1


def _is_aside(page: PageSurvey, index: int) -> bool:
    """Mostly links, or little prose beside some link or button; a box of plain text is content whatever its name."""
    if page.link_density(index) >= _MIN_ASIDE_LINK_DENSITY:
        return True
    if page.count("landmark", index) and not page.link_chars[index]:
        return False  # a banner that shows the title
    prose = page.prose[index]
    return (prose < _MAX_ASIDE_PROSE and page.link_chars[index] > 0) or (
        prose == 0 and page.chars[index] < _MAX_ASIDE_LABEL_CHARS
    )


def _is_section(page: PageSurvey, index: int) -> bool:
    """A heading with a paragraph under it, as a content box has and a share bar has not."""
    return (
        page.prose[index] >= _MIN_SECTION_PROSE
        and page.count("heading", index) > 0
        and page.link_density(index) < _MAX_SECTION_LINK_DENSITY
    )


def is_consent_text(page: PageSurvey, index: int) -> bool:
    """True for a box that speaks of cookies and holds two or more buttons to accept, reject or manage them."""
    if page.prose[index] > _MAX_CONSENT_TEXT_CHARS or _consent_acts(page, index) < _MIN_CONSENT_ACTS:
        return False
    return "cookie" in page.text(index, _MAX_CONSENT_TEXT_CHARS).lower()


def _consent_acts(page: PageSurvey, index: int) -> int:
    """Buttons and short links to accept, reject, manage and the like."""
    acts = 0
    for inner in range(index, page.end[index] + 1):
        element = page.elements[inner]
        short_link = element.tag == "a" and page.chars[inner] < _MAX_CONSENT_LINK_CHARS
        if element.tag == "button" or short_link or element.get("role") == "button":
            acts += _CONSENT_ACT.search(page.text(inner, 80)) is not None
    return acts
