"""Case files -> cases: read, checked against registry and text, every error with file, line and key."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NoReturn

from pydantic import ValidationError

from classifiers.citations import applicability, resolve_agency, resolve_citation
from evals.gold import Case, GoldProvision, Span, WrittenCase, WrittenProvision
from extractors import extract
from extractors.clauses import cut_clauses
from smallprint.errors import DocumentError, RegistryError, UserError
from smallprint.records import Source
from smallprint.registry import Registry, load
from smallprint.registry.reading import Path_, line_of, read
from smallprint.severity import severity

CASES = Path(__file__).parent / "cases"
_ELISION = re.compile(r"\s+(?:\.\.\.|…)\s+")
_LONGEST_ELISION = 6000  # characters between the first words and the last
_NUMBER = re.compile(r"\d[\d.,]*\d|\d")


class CaseError(UserError):
    """A case file that does not hold; names file, line and key so that its author can mend it."""

    def __init__(self, file: str, key: str, problem: str) -> None:
        super().__init__(f"{file}: {key}: {problem}")
        self.file, self.key, self.problem = file, key, problem


def load_cases(folder: Path = CASES, registry: Registry | None = None) -> tuple[Case, ...]:
    """Every case of a folder, in the order of the file names.

    Raises:
        CaseError: a case does not hold, or the folder has none.

    """
    paths = sorted(folder.glob("*.yml"))
    if not paths:
        raise CaseError(str(folder), "-", "holds no case file (*.yml)")
    return tuple(load_case(path, registry) for path in paths)


def load_case(path: Path, registry: Registry | None = None) -> Case:
    """One case, resolved against its document and the registry; raises CaseError."""
    return _Author(path, registry or load()).case()


class _Author:
    """Reads one case file; every method that fails names the place in it."""

    def __init__(self, path: Path, registry: Registry) -> None:
        self.path, self.registry = path, registry
        try:
            data, self.yaml = read(path)
        except RegistryError as error:
            raise CaseError(error.file, error.key, error.problem) from None
        try:
            self.written = WrittenCase.model_validate(data)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            steps = tuple(step for step in first["loc"] if not isinstance(step, str) or "[" not in step)
            # The validator's own account adds nothing to the sentence.
            self.stop(steps, first["msg"])

    def stop(self, path: Path_, problem: str) -> NoReturn:
        """Raise a CaseError that names line and key."""
        key = ".".join(str(step) for step in path) or "-"
        raise CaseError(self.path.name, key, f"line {line_of(self.yaml, path)}: {problem}") from None

    def case(self) -> Case:
        """The whole case."""
        written = self.written
        file = self.path.parent / written.document
        if file.resolve().parent != self.path.parent.resolve() or not file.is_file():
            self.stop(("document",), f"there is no file {written.document!r} beside the case file")
        source = Source(
            location=written.document,
            entity=written.entity,
            title=written.title,
            terms_type=written.terms_type,
            language=written.language,
            jurisdictions=written.jurisdictions,
        )
        try:
            document = extract(file.read_bytes(), source=written.document, language=written.language)
        except DocumentError as error:
            self.stop(("document",), f"cannot be read: {error}")
        self.text = document.text
        provisions = tuple(self._provision(n, one) for n, one in enumerate(written.provisions))
        negatives = tuple(self._locate(("nothing_here", n), one) for n, one in enumerate(written.nothing_here))
        self._no_overlaps(provisions, negatives)
        return Case(
            id=self.path.stem,
            source=source,
            split=written.split,
            complete=written.complete,
            document=document,
            clauses=cut_clauses(document),
            provisions=provisions,
            negatives=negatives,
            provenance=written.provenance,
        )

    def _provision(self, number: int, written: WrittenProvision) -> GoldProvision:
        at: Path_ = ("provisions", number)
        quotes = (written.quote,) if isinstance(written.quote, str) else written.quote
        several = not isinstance(written.quote, str)
        spans = sorted(
            (self._locate((*at, "quote", *((n,) if several else ())), quote) for n, quote in enumerate(quotes)),
            key=lambda span: span.start,
        )
        for name, categories in (("category", (written.category,)), ("secondary", written.secondary)):
            for category in categories:
                if category not in self.registry.categories:
                    self.stop((*at, name), f"no category has the id {category!r}")
        if written.category in written.secondary:
            self.stop((*at, "secondary"), f"{written.category!r} is the primary category already")
        level = severity(written.factors)
        if written.severity not in (None, level):
            self.stop((*at, "severity"), f"says {written.severity}, but the factors give {level}")
        frameworks = self._frameworks(at, written.frameworks)
        text = " ... ".join(self.text[span.start : span.end] for span in spans)
        self._facts(at, written.must_mention, spans)
        return GoldProvision(
            id=f"p{number + 1}",
            spans=tuple(spans),
            text=text,
            category=written.category,
            secondary=written.secondary,
            factors=written.factors,
            severity=level,
            frameworks=frameworks,
            agencies=self._agencies(at, written.agencies, frameworks),
            must_mention=written.must_mention,
        )

    def _frameworks(self, at: Path_, citations: Sequence[str]) -> tuple[str, ...]:
        found: list[str] = []
        for n, citation in enumerate(citations):
            resolved = resolve_citation(citation, self.registry, self.written.jurisdictions)
            if resolved.framework is None or not resolved.valid:
                self.stop((*at, "frameworks", n), f"{citation!r} does not resolve: {resolved.problem}")
            warning = applicability(self.registry.frameworks[resolved.framework], self.written.jurisdictions)
            if warning:
                self.stop((*at, "frameworks", n), warning)
            found.append(resolved.framework)
        return tuple(dict.fromkeys(found))

    def _agencies(self, at: Path_, names: Sequence[str], frameworks: Sequence[str]) -> tuple[str, ...]:
        found: list[str] = []
        for n, name in enumerate(names):
            agency = resolve_agency(name, self.registry)
            if agency is None:
                self.stop((*at, "agencies", n), f"{name!r} names no agency of the registry, or several")
            if not any(one in agency.enforces for one in frameworks):
                self.stop((*at, "agencies", n), f"{agency.short} enforces none of the frameworks cited")
            found.append(agency.id)
        return tuple(dict.fromkeys(found))

    def _facts(self, at: Path_, facts: Sequence[str], spans: Sequence[Span]) -> None:
        """Numbers of a fact stand near the evidence: a summary cannot be asked for what the clause does not say."""
        near = " ".join(self.text[max(0, span.start - 600) : span.end + 600] for span in spans)
        known = set(_NUMBER.findall(near))
        for n, fact in enumerate(facts):
            spellings = fact.split("|")
            if not all(spelling.strip() for spelling in spellings):
                self.stop((*at, "must_mention", n), "a spelling between bars is empty")
            numbers = [set(_NUMBER.findall(spelling)) for spelling in spellings]
            if all(some - known for some in numbers):
                self.stop((*at, "must_mention", n), f"no number of {fact!r} stands in or near the quote")

    def _locate(self, at: Path_, quote: str) -> Span:
        found = locate(quote, self.text)
        if isinstance(found, str):
            self.stop(at, found)
        return found

    def _no_overlaps(self, provisions: Sequence[GoldProvision], negatives: Sequence[Span]) -> None:
        for n, negative in enumerate(negatives):
            for provision in provisions:
                if any(negative.start < span.end and span.start < negative.end for span in provision.spans):
                    self.stop(("nothing_here", n), f"overlaps the quote of provision {provision.id}")
        for n, one in enumerate(provisions):
            for other in provisions[:n]:
                if one.spans == other.spans:
                    self.stop(
                        ("provisions", n, "quote"),
                        f"is the quote of provision {other.id} too; make one provision with a secondary category",
                    )
                if one.category == other.category and _contains(one.spans, other.spans):
                    self.stop(("provisions", n, "quote"), f"overlaps provision {other.id} of the same category")


def _contains(one: Iterable[Span], other: Sequence[Span]) -> bool:
    """Whether any two spans overlap by half of the shorter one, as drafts would be merged."""
    for a in one:
        for b in other:
            overlap = min(a.end, b.end) - max(a.start, b.start)
            if overlap * 2 >= min(a.end - a.start, b.end - b.start):
                return True
    return False


def locate(quote: str, text: str) -> Span | str:
    """The one place where a quote stands, or a sentence that says why there is none; white space may differ."""
    first, *rest = _ELISION.split(quote)
    places = list(_places(first, text))
    if not places:
        return f"{_shown(first)} is not in the document{_nearest(first, text)}"
    if len(places) > 1:
        return f"{_shown(first)} stands {len(places)} times in the document; quote more words"
    start, end = places[0]
    for part in rest:
        after = next((place for place in _places(part, text) if place[0] >= end), None)
        if after is None or after[1] - start > _LONGEST_ELISION:
            return f"{_shown(part)} does not follow {_shown(first)} in the document"
        end = after[1]
    return Span(start=start, end=end)


def _nearest(quote: str, text: str) -> str:
    from rapidfuzz.fuzz import partial_ratio_alignment

    found = partial_ratio_alignment(quote, text, score_cutoff=70)
    if found is None:
        return ""
    return f"; the nearest words there are {_shown(text[found.dest_start : found.dest_end])}"


def _places(words: str, text: str) -> Iterator[tuple[int, int]]:
    for found in _loose(words).finditer(text):
        yield found.span()


@lru_cache(maxsize=4096)
def _loose(words: str) -> re.Pattern[str]:
    return re.compile(r"\s+".join(re.escape(word) for word in words.split()))


def _shown(words: str) -> str:
    flat = " ".join(words.split())
    return f"{flat[:80]!r}{'...' if len(flat) > 80 else ''}"
