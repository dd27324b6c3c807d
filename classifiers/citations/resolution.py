"""One citation as an analyst wrote it, resolved against the registry, or kept as text with the reason why not."""

from collections.abc import Collection, Sequence
from functools import lru_cache

from classifiers.citations.canonical import canonical_form
from classifiers.citations.names import law_names, patterns_by_book
from classifiers.citations.numbers import CheckedNumber, check_number, find_pattern, split_twins
from classifiers.citations.parser import parse_citation
from classifiers.citations.parts import Book, CitationPart, LawName, Pinpoint, Separator
from smallprint.records import Noun
from smallprint.registry import CitationPattern, Framework, Registry, reaches

MAX_CITATION_CHARS = 400  # of a citation that is read; no real one is longer


class Resolution(Noun):
    """What a citation means."""

    framework: str | None  # registry id; None: no law of the registry is named, or several may be meant
    citation: str  # in the registry's form; as it was written where it does not resolve
    valid: bool
    problem: str | None = None  # one sentence; for a valid citation a warning


class _CitedLaw:
    """A law and the numbers cited from it."""

    def __init__(self, framework: Framework) -> None:
        self.framework = framework
        self.numbers: list[CheckedNumber] = []
        self.problems: list[str] = []

    def add(self, pinpoint: Pinpoint, only: CitationPattern | None = None) -> None:
        """Add a number, or the sentence that says why it does not exist; ``only`` the pattern of its book."""
        patterns = (only,) if only else self.framework.citations
        checked = check_number(pinpoint, self.framework, patterns)
        if isinstance(checked, str):
            twins = [check_number(twin, self.framework, patterns) for twin in split_twins(pinpoint)]
            if twins and not any(isinstance(twin, str) for twin in twins):
                self.numbers += [twin for twin in twins if isinstance(twin, CheckedNumber)]
            else:
                self.problems.append(checked)
        elif checked is not None and not any(_is_same_number(checked, number) for number in self.numbers):
            self.numbers.append(checked)


def _is_same_number(number: CheckedNumber, other: CheckedNumber) -> bool:
    return (number.pattern.cite, number.text) == (other.pattern.cite, other.text)


def resolve_citation(text: str, registry: Registry, jurisdictions: Collection[str] = ()) -> Resolution:
    """What one citation means; ``jurisdictions`` decide where laws of several share a name.

    Reads "GDPR Art. 6(1)(f)", "Art. 6 Abs. 1 lit. f DSGVO", "15 U.S.C. §45(a)", "Section 5 of the FTC Act",
    "CCPA §§1798.100 and 1798.120", or the bare name of a law. Takes linear time on any text.
    """
    resolutions = resolve_citations(text, registry, jurisdictions)
    if len(resolutions) == 1:
        return resolutions[0]
    laws = " and ".join(registry.frameworks[law.framework].short for law in resolutions if law.framework)
    problem = f"It cites several laws ({laws}); each needs a citation of its own."
    return Resolution(framework=None, citation=on_one_line(text), valid=False, problem=problem)


def resolve_citations(text: str, registry: Registry, jurisdictions: Collection[str] = ()) -> tuple[Resolution, ...]:
    """One resolution for each law that the text cites, at least one."""
    return _resolve(text, registry, tuple(jurisdictions))


@lru_cache(maxsize=1024)  # a model cites the same few laws over and over
def _resolve(text: str, registry: Registry, jurisdictions: tuple[str, ...]) -> tuple[Resolution, ...]:
    written = on_one_line(text)

    def unresolved(problem: str) -> tuple[Resolution, ...]:
        return (Resolution(framework=None, citation=written, valid=False, problem=problem),)

    if len(text) > MAX_CITATION_CHARS:
        return unresolved(f"A citation has at most {MAX_CITATION_CHARS} characters.")
    parts = parse_citation(text, law_names(registry))
    names = (part for part in parts if isinstance(part, LawName))
    ambiguous = next((name for name in names if _choose(name, registry, jurisdictions) is None), None)
    if ambiguous is not None:
        candidates = " or the ".join(registry.frameworks[law_id].short for law_id in ambiguous.ids)
        return unresolved(f"It could be the {candidates}.")
    laws, problems = _group_by_law(parts, registry, jurisdictions)
    if not laws:
        return unresolved(problems[0] if problems else "It names no law of the registry.")
    laws[0].problems += problems
    return tuple(_resolution(law, written) for law in laws)


def on_one_line(text: str) -> str:
    """The text of a citation, bounded and with single spaces."""
    return " ".join(text[:MAX_CITATION_CHARS].split())


def _choose(name: LawName, registry: Registry, jurisdictions: Collection[str]) -> Framework | None:
    """The law that a name means; of several the only one that can apply to the document."""
    candidates = [registry.frameworks[law_id] for law_id in name.ids]
    if len(candidates) > 1:
        candidates = [law for law in candidates if reaches(law.jurisdiction, jurisdictions)]
    return candidates[0] if len(candidates) == 1 else None


def _group_by_law(
    parts: Sequence[CitationPart], registry: Registry, jurisdictions: Collection[str]
) -> tuple[list[_CitedLaw], list[str]]:
    """The cited numbers under their laws, in order of first mention, and the problems of those without a law."""
    laws: dict[str, _CitedLaw] = {}
    problems: list[str] = []
    for owner, pinpoints in _numbers_by_owner(parts):
        if isinstance(owner, LawName):
            framework = _choose(owner, registry, jurisdictions)
            if framework is not None:
                law = laws.setdefault(framework.id, _CitedLaw(framework))
                for pinpoint in pinpoints:
                    law.add(pinpoint)
            continue
        in_book = patterns_by_book(registry).get(owner.key, ())
        for pinpoint in pinpoints:
            match = next(((law, pattern) for law, pattern in in_book if find_pattern(pinpoint, (pattern,))), None)
            if match is None:
                problems.append(f"No law of the registry has {owner.text} §{pinpoint.number}.")
                continue
            framework, pattern = match
            laws.setdefault(framework.id, _CitedLaw(framework)).add(pinpoint, pattern)
        if not pinpoints and not any(isinstance(part, LawName) for part in parts):
            problems.append(f"{owner.text} is cited without a section.")
    return list(laws.values()), problems


def _numbers_by_owner(parts: Sequence[CitationPart]) -> list[tuple[LawName | Book, list[Pinpoint]]]:
    """Each law or book with the numbers that belong to it.

    A number belongs to the name that it touches; else to the one before it where names come first, or after it where
    numbers do. Names with a slash between them share what follows ("GDPR / UK GDPR Art. 6").
    """
    owned: list[tuple[LawName | Book, list[Pinpoint]]] = []
    for segment in _split_at_semicolons(parts):
        name_indices = [index for index, part in enumerate(segment) if isinstance(part, LawName | Book)]
        if not name_indices:
            if owned:
                owned[-1][1].extend(part for part in segment if isinstance(part, Pinpoint))
            continue
        numbers_of: dict[int, list[Pinpoint]] = {index: [] for index in name_indices}
        for index, part in enumerate(segment):
            if isinstance(part, Pinpoint):
                numbers_of[_owner(index, part, segment, name_indices)].append(part)
        for index in reversed(name_indices):
            has_slash = segment[index + 1 : index + 2] == [Separator("/")] and index + 2 in numbers_of
            if has_slash and not numbers_of[index]:
                numbers_of[index] = numbers_of[index + 2]
        owned += [
            (part, numbers_of[index]) for index in name_indices if isinstance(part := segment[index], LawName | Book)
        ]
    return owned


def _split_at_semicolons(parts: Sequence[CitationPart]) -> list[list[CitationPart]]:
    segments: list[list[CitationPart]] = [[]]
    for part in parts:
        if part == Separator(";"):
            segments.append([])
        else:
            segments[-1].append(part)
    return segments


def _owner(index: int, pinpoint: Pinpoint, segment: Sequence[CitationPart], name_indices: Sequence[int]) -> int:
    """The index of the name to which the number at ``index`` belongs."""
    before = [name_index for name_index in name_indices if name_index < index]
    after = [name_index for name_index in name_indices if name_index > index]
    if not before or not after:
        return before[-1] if before else after[0]
    if pinpoint.bound == "before" or isinstance(segment[before[-1]], Book):
        return before[-1]
    if pinpoint.bound == "after" or isinstance(segment[0], Pinpoint):
        return after[0]
    return before[-1]


def _resolution(law: _CitedLaw, written: str) -> Resolution:
    framework = law.framework
    if law.problems:
        return Resolution(framework=framework.id, citation=written, valid=False, problem=law.problems[0])
    warning = next((number.warning for number in law.numbers if number.warning), None)
    citation = canonical_form(framework, law.numbers)
    return Resolution(framework=framework.id, citation=citation, valid=True, problem=warning)
