"""Pages that hold several documents, and which of them the source asks for.

A "legal hub" puts terms, privacy policy, cookie policy and more on one page, each in an element of its own. The
fragment of the URL, or a source name that contains one document's title, says which is meant; else all are read.
"""

import re

from extractors.html.survey import PageSurvey
from extractors.html.vocabulary import LEGAL
from smallprint.records import DocumentWarning

_WORD = re.compile(r"\w+")
_NO_SECTION_TAGS = frozenset(("p", "ul", "ol", "li", "table"))
# Chosen by eye on the development pages; decision 15 (docs/decisions) says which of them are sensitive.
_MIN_DOCUMENTS = 3  # side by side, with different names, that make a hub
_MIN_SECTION_SHARE = 0.005  # of the page's prose, in a section that is a document
_MIN_SECTION_PROSE = 200  # characters of the same
_MIN_HUB_SHARE = 0.8  # of the page's prose, in all documents together
_MAX_TITLE_WORDS = 8

_NamedSection = tuple[int, tuple[str, ...]]  # index, and the words of its title in lower case


def choose_document(page: PageSurvey, main: int, source: str) -> tuple[int | None, tuple[DocumentWarning, ...]]:
    """The index of the element to read (None: all of them), and a warning that names what else the page holds.

    Args:
        page: the survey, furniture dropped.
        main: index of the main element.
        source: URL or file name of the page; may be empty.

    """
    hub = _hub(page, main)
    if not hub:
        return None, ()
    titles = ", ".join(f"“{_spelled(title)}”" for _, title in hub)
    chosen = _asked_for(page, hub, source)
    if chosen is None:
        detail = f"the page holds {len(hub)} documents, all read as one: {titles}; add #fragment to the URL to read one"
        return None, (DocumentWarning(code="several_documents", detail=detail),)
    title = next(title for index, title in hub if index == chosen)
    detail = f"the page holds {len(hub)} documents ({titles}); only “{_spelled(title)}” was read"
    return chosen, (DocumentWarning(code="several_documents", detail=detail),)


def _spelled(title: tuple[str, ...]) -> str:
    return " ".join(title).capitalize()


def _hub(page: PageSurvey, main: int) -> list[_NamedSection]:
    """The documents of a hub, else an empty list."""
    documents: list[_NamedSection] = []
    page_prose = max(page.prose[main], 1)
    hub_prose = 0
    for child in page.children(main):
        if page.prose[child] < page_prose * _MIN_SECTION_SHARE or page.elements[child].tag in _NO_SECTION_TAGS:
            continue
        title = _title_words(page, child)
        if title and set(title) & LEGAL and page.prose[child] >= _MIN_SECTION_PROSE:
            documents.append((child, title))
            hub_prose += page.prose[child]
    titles = {title for _, title in documents}
    return documents if len(titles) >= _MIN_DOCUMENTS and hub_prose >= page_prose * _MIN_HUB_SHARE else []


def _title_words(page: PageSurvey, index: int) -> tuple[str, ...] | None:
    """The words of the element's first line, None where it is longer than a title."""
    inner = index
    while inner <= page.end[index]:
        if inner not in page.dropped and (page.elements[inner].text or "").strip():
            words = tuple(_WORD.findall(page.text(inner, 200).lower()))
            return words if 0 < len(words) <= _MAX_TITLE_WORDS else None
        inner += 1
    return None


def _asked_for(page: PageSurvey, hub: list[_NamedSection], source: str) -> int | None:
    """The document that the fragment or the longest title in the source's name means."""
    address, _, fragment = source.partition("#")
    if fragment:
        for index, _ in hub:
            if page.elements[index].get("id") == fragment:
                return index
    name_words = [word for word in re.split(r"[\W_]+", address.lower()) if word]
    longest: tuple[int, int] | None = None  # words of the title, index
    for index, title in hub:
        if len(title) > 1 and _contains(name_words, title) and (longest is None or len(title) > longest[0]):
            longest = (len(title), index)
    return longest[1] if longest else None


def _contains(words: list[str], title: tuple[str, ...]) -> bool:
    return any(tuple(words[start : start + len(title)]) == title for start in range(len(words) - len(title) + 1))
