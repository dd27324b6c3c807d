"""The names of the registry's laws, books of law and agencies, indexed for finding them in a text."""

from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise

from classifiers.citations.parser import parse_citation
from classifiers.citations.parts import Book, LawName, NamedParts, NameIndex, Pinpoint
from smallprint.registry import Agency, CitationPattern, Framework, Registry
from smallprint.registry.grammar import MARKS, UNITS
from smallprint.registry.names import words

_MAX_NUMBER_DIGITS = 3  # of a number that may be cited from a law; four are a year


@lru_cache(maxsize=4)
def law_names(registry: Registry) -> NameIndex:
    """Every name of a law and every book of law by its first word, longest first."""
    named: dict[tuple[str, ...], NamedParts] = {}
    plain = [(words(name), law.id) for law in registry.frameworks.values() for name in _plain_names(law)]
    keys = {key for key, _ in plain}
    for key, law_id in plain:
        if not _is_name_with_number(key, keys):
            named[key] = LawName((law_id,))
    for name, law_ids in registry.ambiguous.items():
        named[words(name)] = LawName(law_ids)
    for law in registry.frameworks.values():
        for book in (book for pattern in law.citations for book in _books(pattern, registry)):
            for spelling in _spellings(book, registry):
                named[words(spelling)] = Book(words(book), book)
    index = _by_first_word(named)
    for law in registry.frameworks.values():
        for phrase, citation in law.cited_as.items():
            named[words(phrase)] = _parts_of_phrase(citation, index)
    return _by_first_word(named)


def _parts_of_phrase(citation: str, index: NameIndex) -> NamedParts:
    """The parts that a phrase is short for; one that ends in a unit leaves it open for the number that follows."""
    parts = tuple(parse_citation(citation, index))
    last_word = citation.rsplit(maxsplit=1)[-1] if citation.split() else ""
    has_number = any(isinstance(part, Pinpoint) for part in parts)
    if last_word in MARKS and not has_number:
        return (*parts, Pinpoint(MARKS[last_word][0], ""))
    return parts


def _by_first_word(named: dict[tuple[str, ...], NamedParts]) -> NameIndex:
    index: dict[str, list[tuple[tuple[str, ...], NamedParts]]] = {}
    for key in _longest_first(named):
        index.setdefault(key[0], []).append((key, named[key]))
    return index


def _longest_first(keys: Iterable[tuple[str, ...]]) -> list[tuple[str, ...]]:
    return sorted(keys, key=lambda key: (-len(key), key))


def _plain_names(law: Framework) -> Iterable[str]:
    """Names without a section of their own: "FTC Act Section 5" is left to the grammar."""
    unit_words = {*UNITS["section"].words, *UNITS["article"].words}
    for name in (law.name, law.short, *law.aliases):
        has_section = any(word in unit_words and following[0].isdigit() for word, following in pairwise(words(name)))
        if not has_section:
            yield name


def _is_name_with_number(key: tuple[str, ...], keys: set[tuple[str, ...]]) -> bool:
    """Whether a name is another one and a number that may be cited from it."""
    return key[-1].isdigit() and len(key[-1]) <= _MAX_NUMBER_DIGITS and key[:-1] in keys


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
def patterns_by_book(registry: Registry) -> dict[tuple[str, ...], list[tuple[Framework, CitationPattern]]]:
    """Book of law -> the patterns that cite from it, each with its law."""
    patterns: dict[tuple[str, ...], list[tuple[Framework, CitationPattern]]] = {}
    for law in registry.frameworks.values():
        for pattern in law.citations:
            for book in _books(pattern, registry):
                patterns.setdefault(words(book), []).append((law, pattern))
    return patterns


@lru_cache(maxsize=4)
def agency_names(registry: Registry) -> dict[str, list[tuple[tuple[str, ...], Agency]]]:
    """Every name of an agency by its first word, longest first."""
    named = {words(name): agency for agency in registry.agencies.values() for name in agency.names}
    index: dict[str, list[tuple[tuple[str, ...], Agency]]] = {}
    for key in _longest_first(named):
        index.setdefault(key[0], []).append((key, named[key]))
    return index
