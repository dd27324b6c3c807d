"""One page that holds several documents, and which of them the source asks for.

A "legal hub" puts terms, privacy policy, cookie policy and more on one page, each in an element of its own. The
fragment of the URL, or a source name that contains one document's title, says which is meant; else all are read.
"""

import re

from extractors.html.survey import Survey
from extractors.html.vocabulary import LEGAL
from smallprint.records import DocumentWarning

_WORD = re.compile(r"\w+")
_FEWEST = 3  # documents side by side that make a hub
_SMALLEST = 0.005  # share of the page's prose below which a section is no document
_COVERED = 0.8  # share of the page's prose that the documents must hold together


def choose_document(page: Survey, main: int, source: str) -> tuple[int | None, tuple[DocumentWarning, ...]]:
    """The index of the element to read (None: all of them), and a warning that names what else the page holds.

    Args:
        page: the survey, furniture dropped.
        main: index of the main element.
        source: URL or file name of the page; may be empty.

    """
    hub = _documents(page, main)
    if not hub:
        return None, ()
    titles = ", ".join(f"“{' '.join(name).capitalize()}”" for _, name in hub)
    chosen = _asked_for(page, hub, source)
    if chosen is None:
        detail = f"the page holds {len(hub)} documents, all read as one: {titles}; add #fragment to the URL to read one"
        return None, (DocumentWarning(code="several_documents", detail=detail),)
    name = next(name for index, name in hub if index == chosen)
    detail = f"the page holds {len(hub)} documents ({titles}); only “{' '.join(name).capitalize()}” was read"
    return chosen, (DocumentWarning(code="several_documents", detail=detail),)


def _documents(page: Survey, main: int) -> list[tuple[int, tuple[str, ...]]]:
    """(index, words of its name) of each document of a hub, else an empty list."""
    found: list[tuple[int, tuple[str, ...]]] = []
    total = max(page.prose[main], 1)
    covered = 0
    for child in page.children(main):
        if page.prose[child] < total * _SMALLEST or page.elements[child].tag in ("p", "ul", "ol", "li", "table"):
            continue
        name = _name(page, child)
        if name and set(name) & LEGAL and page.prose[child] >= 200:
            found.append((child, name))
            covered += page.prose[child]
    if len(found) < _FEWEST or covered < total * _COVERED or len({name for _, name in found}) < _FEWEST:
        return []
    return found


def _name(page: Survey, index: int) -> tuple[str, ...] | None:
    """The words of the first short line of the element, if a part of it is as short as a title."""
    at = index
    while at <= page.end[index]:
        if at not in page.dropped and (page.elements[at].text or "").strip():
            words = tuple(_WORD.findall(page.text(at, 200).lower()))
            return words if 0 < len(words) <= 8 else None
        at += 1
    return None


def _asked_for(page: Survey, hub: list[tuple[int, tuple[str, ...]]], source: str) -> int | None:
    address, _, fragment = source.partition("#")
    if fragment:
        for index, _ in hub:
            if page.elements[index].get("id") == fragment:
                return index
    asked = [word for word in re.split(r"[\W_]+", address.lower()) if word]
    best: tuple[int, int] | None = None
    for index, name in hub:
        if len(name) > 1 and _contains(asked, name) and (best is None or len(name) > best[0]):
            best = (len(name), index)
    return best[1] if best else None


def _contains(words: list[str], name: tuple[str, ...]) -> bool:
    return any(tuple(words[at : at + len(name)]) == name for at in range(len(words) - len(name) + 1))
