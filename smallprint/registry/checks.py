"""The cross-checks of the registry: references between entries, and rules that no single model can check."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from smallprint.registry.entries import Agency, Category, Default, Framework, name_key
from smallprint.registry.grammar import GrammarError, label, read_range


class Problem(NamedTuple):
    """What does not hold: the file's stem, the entry's id, the field in it, and a sentence."""

    file: str
    entry: str
    field: str
    text: str


def problems(
    *,
    categories: Mapping[str, Category],
    frameworks: Mapping[str, Framework],
    agencies: Mapping[str, Agency],
    ambiguous: Mapping[str, tuple[str, ...]],
    spellings: Mapping[str, tuple[str, ...]],
    defaults: Mapping[str, tuple[Default, ...]],
) -> Iterator[Problem]:
    """Everything that does not hold together, file by file."""
    books = {name_key(book) for book in spellings}
    for framework in frameworks.values():
        yield from _framework(framework, categories, agencies.values())
        yield from _citations(framework, books)
    yield from _names("frameworks", {framework.id: framework.names for framework in frameworks.values()}, ambiguous)
    for name, candidates in ambiguous.items():
        for missing in [candidate for candidate in candidates if candidate not in frameworks]:
            yield Problem("frameworks", "ambiguous", name, f"no framework has the id {missing!r}")
    for agency in agencies.values():
        for missing in [law for law in agency.enforces if law not in frameworks]:
            yield Problem("agencies", agency.id, "enforces", f"no framework has the id {missing!r}")
        yield from _duplicates("agencies", agency.id, "enforces", agency.enforces)
    yield from _names("agencies", {agency.id: agency.names for agency in agencies.values()}, {})
    for category, entries in defaults.items():
        if category not in categories:
            yield Problem("defaults", category, "", "no category has this id")
        for default in entries:
            yield from _default(default, frameworks, agencies)


def _framework(
    framework: Framework, categories: Mapping[str, Category], agencies: Iterable[Agency]
) -> Iterator[Problem]:
    for missing in [category for category in framework.categories if category not in categories]:
        yield Problem("frameworks", framework.id, "categories", f"no category has the id {missing!r}")
    yield from _duplicates("frameworks", framework.id, "categories", framework.categories)
    begins, ends = framework.effective_from, framework.effective_to
    if begins is not None and ends is not None and ends < begins:
        yield Problem("frameworks", framework.id, "effective_to", "lies before effective_from")
    enforced = any(framework.id in agency.enforces for agency in agencies)
    if framework.enforced_by == "agencies" and not enforced:
        yield Problem("frameworks", framework.id, "enforced_by", "no agency enforces it, and it does not say who does")
    if framework.enforced_by != "agencies" and (enforced or not framework.enforcement):
        text = "an agency lists it" if enforced else "says nothing in enforcement"
        yield Problem("frameworks", framework.id, "enforced_by", f"is {framework.enforced_by}, but {text}")


def _citations(framework: Framework, books: set[tuple[str, ...]]) -> Iterator[Problem]:
    known = {name_key(name) for name in framework.names}
    for position, pattern in enumerate(framework.citations):
        field = f"citations.{position}"
        try:
            grammar = pattern.grammar
            extents = [read_range(extent)[1] for extent in pattern.pending]
        except GrammarError as error:
            yield Problem("frameworks", framework.id, field, str(error))
            return
        if name_key(grammar.name) not in known | books:
            yield Problem("frameworks", framework.id, field, f"{grammar.name!r} is none of the framework's names")
        first = framework.citations[0].grammar
        for end in (end for spans in extents for span in spans for end in (span.low, span.high)):
            if not grammar.has(end):
                yield Problem(
                    "frameworks", framework.id, field, f"{end.text!r} is outside the range of {grammar.prefix}"
                )
        numbers = [(number, grammar) for number in (*pattern.limits, *pattern.equals)]
        for text, owner in [*numbers, *((number, first) for number in pattern.equals.values())]:
            cited = label(text)
            if cited is None or not owner.has(cited):
                yield Problem("frameworks", framework.id, field, f"{text!r} is outside the range of {owner.prefix}")


def _names(
    file: str, names: Mapping[str, tuple[str, ...]], ambiguous: Mapping[str, tuple[str, ...]]
) -> Iterator[Problem]:
    owners: dict[tuple[str, ...], str] = {name_key(name): "ambiguous" for name in ambiguous}
    for entry, spellings in names.items():
        for name in spellings:
            key = name_key(name)
            if not key:
                yield Problem(file, entry, "aliases", f"{name!r} has no words")
            elif owners.setdefault(key, entry) != entry:
                yield Problem(file, entry, "aliases", f"{name!r} is also a name of {owners[key]}")


def _duplicates(file: str, entry: str, field: str, ids: tuple[str, ...]) -> Iterator[Problem]:
    for duplicate in dict.fromkeys(ids):
        if ids.count(duplicate) > 1:
            yield Problem(file, entry, field, f"{duplicate!r} stands twice")


def _default(
    default: Default, frameworks: Mapping[str, Framework], agencies: Mapping[str, Agency]
) -> Iterator[Problem]:
    if default.framework not in frameworks:
        yield Problem("defaults", default.category, "framework", f"no framework has the id {default.framework!r}")
        return
    for named in default.agencies:
        agency = agencies.get(named.id)
        if agency is None:
            yield Problem("defaults", default.category, "agencies", f"no agency has the id {named.id!r}")
        elif default.framework not in agency.enforces:
            yield Problem("defaults", default.category, "agencies", f"{agency.id} does not enforce {default.framework}")
