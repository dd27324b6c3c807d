"""The names of the registry's laws, books of law and agencies, indexed for reading them out of a text."""

from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise

from classifiers.citations.text import Book, Law, Names, Part, Pin, take_apart
from smallprint.registry import Agency, CitationPattern, Framework, Registry
from smallprint.registry.grammar import MARKS, UNITS
from smallprint.registry.names import words


@lru_cache(maxsize=4)
def law_names(registry: Registry) -> Names:
    """Every name of a law and every book of law by its first word, longest first."""
    found: dict[tuple[str, ...], Law | Book | tuple[Part, ...]] = {}
    plain = [(words(name), one.id) for one in registry.frameworks.values() for name in _plain_names(one)]
    known = {key for key, _ in plain}
    for key, owner in plain:
        if not _ends_in_number(key, known):
            found[key] = Law((owner,))
    for name, owners in registry.ambiguous.items():
        found[words(name)] = Law(owners)
    for book in {
        book for one in registry.frameworks.values() for pattern in one.citations for book in _books(pattern, registry)
    }:
        for spelling in _spellings(book, registry):
            found[words(spelling)] = Book(words(book), book)
    index = _by_first(found)
    for framework in registry.frameworks.values():
        for phrase, citation in framework.cited_as.items():
            parts = tuple(take_apart(citation, index))
            ends_open = not any(isinstance(part, Pin) for part in parts)
            unit = next((one for one in citation.split()[-1:] if one in MARKS), None)
            if ends_open and unit:
                parts = (*parts, Pin(MARKS[unit][0], ""))
            found[words(phrase)] = parts
    return _by_first(found)


def _by_first(found: dict[tuple[str, ...], Law | Book | tuple[Part, ...]]) -> Names:
    index: dict[str, list[tuple[tuple[str, ...], Law | Book | tuple[Part, ...]]]] = {}
    for key in sorted(found, key=lambda one: (-len(one), one)):
        index.setdefault(key[0], []).append((key, found[key]))
    return index


def _plain_names(framework: Framework) -> Iterable[str]:
    """Names without a number of their own: "FTC Act Section 5" is the grammar's matter."""
    unit_words = {*UNITS["section"].words, *UNITS["article"].words}
    for name in (framework.name, framework.short, *framework.aliases):
        key = words(name)
        cites = any(one in unit_words and two[0].isdigit() for one, two in pairwise(key))
        if not cites:
            yield name


def _ends_in_number(key: tuple[str, ...], known: set[tuple[str, ...]]) -> bool:
    return key[-1].isdigit() and len(key[-1]) < 4 and key[:-1] in known


def _books(pattern: CitationPattern, registry: Registry) -> tuple[str, ...]:
    grammar = pattern.grammar
    own = (grammar.name,) if grammar.name in registry.spellings else ()
    return tuple(book for book in (grammar.book, *pattern.books, *own) if book)


def _spellings(book: str, registry: Registry) -> Iterable[str]:
    yield book
    for base, others in registry.spellings.items():
        if book == base or book.endswith(f" {base}"):
            yield from (book.removesuffix(base) + other for other in others)


@lru_cache(maxsize=4)
def shelves(registry: Registry) -> dict[tuple[str, ...], list[tuple[Framework, CitationPattern]]]:
    """Book of law -> the patterns that cite from it."""
    found: dict[tuple[str, ...], list[tuple[Framework, CitationPattern]]] = {}
    for framework in registry.frameworks.values():
        for pattern in framework.citations:
            for book in _books(pattern, registry):
                found.setdefault(words(book), []).append((framework, pattern))
    return found


@lru_cache(maxsize=4)
def agency_names(registry: Registry) -> dict[str, list[tuple[tuple[str, ...], Agency]]]:
    """Every name of an agency by its first word, longest first."""
    index: dict[str, list[tuple[tuple[str, ...], Agency]]] = {}
    named = {words(name): agency for agency in registry.agencies.values() for name in agency.names}
    for key in sorted(named, key=lambda one: (-len(one), one)):
        index.setdefault(key[0], []).append((key, named[key]))
    return index
