"""Citations and agencies as an analyst wrote them, resolved against the registry or kept as text that says why not."""

from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache

from classifiers.citations.names import agency_names, law_names, shelves
from classifiers.citations.numbers import Placed, find, place, split_twins
from classifiers.citations.text import Book, Break, Law, Part, Pin, take_apart, tokens
from classifiers.proposals import CitedFramework, NamedAgency
from smallprint.records import AgencyReason, FrameworkCitation, Noun
from smallprint.registry import Agency, CitationPattern, Framework, Registry, reaches
from smallprint.registry.grammar import MARKS, Grammar

LONGEST = 400  # characters of a citation that are read; no real one is longer


class Resolution(Noun):
    """What a citation means."""

    framework: str | None  # registry id; None: no law of the registry is named, or not one alone
    citation: str  # as the registry writes it; as it was written where it does not resolve
    valid: bool
    problem: str | None = None  # one sentence; for a valid citation a warning


class _Group:
    """The numbers cited from one law."""

    def __init__(self, framework: Framework) -> None:
        self.framework = framework
        self.placed: list[Placed] = []
        self.problems: list[str] = []

    def place(self, pin: Pin, only: CitationPattern | None = None) -> None:
        """Add a number to its law, or the sentence that says why it cannot stand; ``only`` the pattern of its book."""
        patterns = (only,) if only else self.framework.citations
        placed = place(pin, self.framework, patterns)
        if isinstance(placed, str):
            twins = [place(one, self.framework, patterns) for one in split_twins(pin)]
            if twins and not any(isinstance(one, str) for one in twins):
                self.placed += [one for one in twins if isinstance(one, Placed)]
            else:
                self.problems.append(placed)
        elif placed is not None and (placed.pattern.cite, placed.text) not in self._said():
            self.placed.append(placed)

    def _said(self) -> set[tuple[str, str]]:
        return {(one.pattern.cite, one.text) for one in self.placed}


def resolve_citation(text: str, registry: Registry, jurisdictions: Collection[str] = ()) -> Resolution:
    """What one citation means; ``jurisdictions`` settle a name that laws of several places share.

    Reads "GDPR Art. 6(1)(f)", "Art. 6 Abs. 1 lit. f DSGVO", "15 U.S.C. §45(a)", "Section 5 of the FTC Act",
    "CCPA §§1798.100 and 1798.120", or the bare name of a law. Takes linear time on any text.
    """
    found = resolve_citations(text, registry, jurisdictions)
    if len(found) == 1:
        return found[0]
    named = " and ".join(registry.frameworks[one.framework].short for one in found if one.framework)
    problem = f"It cites several laws ({named}); each needs a citation of its own."
    return Resolution(framework=None, citation=_tidy(text), valid=False, problem=problem)


def resolve_citations(text: str, registry: Registry, jurisdictions: Collection[str] = ()) -> tuple[Resolution, ...]:
    """One resolution for each law that the text cites, at least one."""
    return _resolve(text, registry, tuple(jurisdictions))


@lru_cache(maxsize=1024)  # a model cites the same few laws over and over
def _resolve(text: str, registry: Registry, jurisdictions: tuple[str, ...]) -> tuple[Resolution, ...]:
    tidy = _tidy(text)

    def unresolved(problem: str) -> tuple[Resolution, ...]:
        return (Resolution(framework=None, citation=tidy, valid=False, problem=problem),)

    if len(text) > LONGEST:
        return unresolved(f"A citation has at most {LONGEST} characters.")
    parts = take_apart(text, law_names(registry))
    shared = next(
        (part for part in parts if isinstance(part, Law) and not _choose(part, registry, jurisdictions)), None
    )
    if shared is not None:
        either = " or the ".join(registry.frameworks[one].short for one in shared.ids)
        return unresolved(f"It could be the {either}.")
    groups, loose = _group(parts, registry, jurisdictions)
    if not groups:
        return unresolved(loose[0] if loose else "It names no law of the registry.")
    if loose:
        groups[0].problems += loose
    return tuple(_resolution(group, tidy) for group in groups)


def _tidy(text: str) -> str:
    return " ".join(text[:LONGEST].split())


def _choose(law: Law, registry: Registry, jurisdictions: Collection[str]) -> Framework | None:
    """The law that a name means; of several the one that alone can reach the document."""
    candidates = [registry.frameworks[one] for one in law.ids]
    if len(candidates) > 1:
        candidates = [one for one in candidates if reaches(one.jurisdiction, jurisdictions)]
    return candidates[0] if len(candidates) == 1 else None


def _group(parts: Sequence[Part], registry: Registry, jurisdictions: Collection[str]) -> tuple[list[_Group], list[str]]:
    """The cited numbers under their laws, in order of first mention; and what could not be placed."""
    groups: dict[str, _Group] = {}
    loose: list[str] = []
    for owner, pins in _owned(parts):
        if isinstance(owner, Law):
            framework = _choose(owner, registry, jurisdictions)
            if framework is not None:
                group = groups.setdefault(framework.id, _Group(framework))
                for pin in pins:
                    group.place(pin)
            continue
        for pin in pins:
            found = next((one for one in shelves(registry).get(owner.key, ()) if find(pin, (one[1],))), None)
            if found is None:
                loose.append(f"No law of the registry has {owner.text} §{pin.number}.")
                continue
            framework, pattern = found
            groups.setdefault(framework.id, _Group(framework)).place(pin, pattern)
        if not pins and not any(isinstance(part, Law) for part in parts):
            loose.append(f"{owner.text} is cited without a section.")
    return list(groups.values()), loose


def _owned(parts: Sequence[Part]) -> list[tuple[Law | Book, list[Pin]]]:
    """Each law or book with the numbers that belong to it.

    A number belongs to the name that it touches; else to the one before it where names come first, or after it where
    numbers do. Names parted by a slash share what follows ("GDPR / UK GDPR Art. 6").
    """
    owned: list[tuple[Law | Book, list[Pin]]] = []
    for segment in _segments(parts):
        names = [number for number, part in enumerate(segment) if isinstance(part, Law | Book)]
        if not names:
            if owned:
                owned[-1][1].extend(part for part in segment if isinstance(part, Pin))
            continue
        mine: dict[int, list[Pin]] = {number: [] for number in names}
        for number, part in enumerate(segment):
            if isinstance(part, Pin):
                mine[_owner(number, part, segment, names)].append(part)
        for number in reversed(names):
            slashed = segment[number + 1 : number + 2] == [Break("/")] and number + 2 in mine
            if slashed and not mine[number]:
                mine[number] = mine[number + 2]
        owned += [(part, mine[number]) for number in names if isinstance(part := segment[number], Law | Book)]
    return owned


def _segments(parts: Sequence[Part]) -> list[list[Part]]:
    segments: list[list[Part]] = [[]]
    for part in parts:
        if part == Break(";"):
            segments.append([])
        else:
            segments[-1].append(part)
    return segments


def _owner(number: int, pin: Pin, segment: Sequence[Part], names: Sequence[int]) -> int:
    before = [one for one in names if one < number]
    after = [one for one in names if one > number]
    if not before or not after:
        return before[-1] if before else after[0]
    if pin.bound == "before" or isinstance(segment[before[-1]], Book):
        return before[-1]
    if pin.bound == "after" or isinstance(segment[0], Pin):
        return after[0]
    return before[-1]


# ---- what a reader sees


def _resolution(group: _Group, written: str) -> Resolution:
    framework = group.framework
    if group.problems:
        return Resolution(framework=framework.id, citation=written, valid=False, problem=group.problems[0])
    warning = next((one.warning for one in group.placed if one.warning), None)
    return Resolution(framework=framework.id, citation=_canonical(group), valid=True, problem=warning)


def _canonical(group: _Group) -> str:
    """The law's short name, or its form with all numbers: "GDPR Arts. 6(1)(f) and 21"."""
    if not group.placed:
        return group.framework.short
    pieces: list[str] = []
    said = ""
    for cite in dict.fromkeys(one.pattern.cite for one in group.placed):
        mine = [one for one in group.placed if one.pattern.cite == cite]
        grammar = mine[0].pattern.grammar
        listed = _listed(mine, grammar)
        pieces.append(listed if grammar.prefix == said else f"{grammar.prefix} {listed}")
        said = grammar.prefix
    return ", ".join(pieces) if len({one.pattern.grammar.prefix for one in group.placed}) == 1 else "; ".join(pieces)


def _listed(mine: Sequence[Placed], grammar: Grammar) -> str:
    """The numbers with their mark, once before all, or before each where the levels below are spelled out."""
    space = "" if grammar.mark in ("", "§") else " "
    if any(" " in one.text for one in mine):
        items = [f"{grammar.mark}{space}{one.text}" for one in mine]
        mark = ""
    else:
        items = [one.text for one in mine]
        several = len({number for one in mine for number in one.numbers}) > 1
        mark = (MARKS[grammar.mark][1] if several and grammar.mark else grammar.mark) + space
    return mark + ", ".join(items[:-1]) + (" and " if len(items) > 1 else "") + items[-1]


# ---- drafts


def resolve_frameworks(
    cited: Iterable[CitedFramework],
    registry: Registry,
    jurisdictions: Collection[str] = (),
    excluded: Collection[str] = (),
) -> tuple[FrameworkCitation, ...]:
    """The frameworks of a proposal, one for each law that a citation names, repetitions left out.

    Args:
        cited: as the analyst wrote them.
        registry: what they resolve to.
        jurisdictions: where the document applies; empty: not said. A law that cannot apply there gets a warning.
        excluded: places whose people the document keeps out.

    """
    found: dict[tuple[str | None, str], FrameworkCitation] = {}
    for one in cited:
        for resolution in resolve_citations(one.citation, registry, jurisdictions):
            problem = resolution.problem
            if resolution.valid and resolution.framework and problem is None:
                problem = applicability(registry.frameworks[resolution.framework], jurisdictions, excluded)
            made = FrameworkCitation(
                id=resolution.framework,
                citation=resolution.citation,
                valid=resolution.valid,
                why=one.why,
                problem=problem,
            )
            found.setdefault((made.id, made.citation), made)
    return tuple(found.values())


def applicability(framework: Framework, jurisdictions: Collection[str], excluded: Collection[str] = ()) -> str | None:
    """A warning where a law cannot apply to a document, or None.

    Args:
        framework: the law.
        jurisdictions: where the document says that it applies; empty: not said.
        excluded: places whose people the document keeps out.

    """
    law = framework.jurisdiction
    # To keep out one state is not to keep out its country.
    if any(law == place or ("-" not in place and reaches(law, [place])) for place in excluded):
        return f"{framework.short} protects people in {law}, whom the document keeps out."
    if jurisdictions and not reaches(law, jurisdictions):
        places = ", ".join(sorted(jurisdictions))
        return f"{framework.short} is law in {law}; the document applies in {places}."
    return None


def resolve_agency(text: str, registry: Registry) -> Agency | None:
    """The agency that a text names; None where it names none of the registry, or several."""
    found = _agencies_in(text, registry)
    return found[0] if len(found) == 1 else None


def agency_supported(agency: Agency, frameworks: Iterable[str | None]) -> bool:
    """Whether the agency enforces at least one of the cited frameworks (ids)."""
    return any(one in agency.enforces for one in frameworks)


def resolve_agencies(
    named: Iterable[NamedAgency], frameworks: Iterable[FrameworkCitation], registry: Registry
) -> tuple[tuple[AgencyReason, ...], tuple[str, ...]]:
    """The agencies of a proposal, and the ids of those that enforce none of its valid citations.

    An agency that the registry does not know stays as text without an id.
    """
    cited = [one.id for one in frameworks if one.valid]
    made: dict[str, AgencyReason] = {}
    unsupported: dict[str, None] = {}
    for one in named:
        agencies = _agencies_in(one.name, registry)
        if not agencies:
            made.setdefault(one.name, AgencyReason(id=None, name=_tidy(one.name), reason=one.reason))
        for agency in agencies:
            reason = AgencyReason(
                id=agency.id, name=agency.short, reason=one.reason, complaint_url=agency.complaint_url
            )
            made.setdefault(agency.id, reason)
            if not agency_supported(agency, cited):
                unsupported[agency.id] = None
    return tuple(made.values()), tuple(unsupported)


def _agencies_in(text: str, registry: Registry) -> list[Agency]:
    """The agencies that a text names, in order, each once."""
    if len(text) > LONGEST:
        return []
    said = [token.word for token in tokens(text) if token.kind != "sign" or token.word == "and"]
    index, found, at = agency_names(registry), {}, 0
    while at < len(said):
        key, agency = next(
            ((key, one) for key, one in index.get(said[at], ()) if tuple(said[at : at + len(key)]) == key), ((), None)
        )
        if agency is not None:
            found[agency.id] = agency
        at += max(1, len(key))
    return list(found.values())
