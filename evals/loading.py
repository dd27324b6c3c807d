"""Case files -> cases, checked against the registry and the document's text; errors name file, line and key."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NoReturn

from pydantic import ValidationError

from classifiers.citations import applicability, resolve_agency, resolve_citation
from evals.gold import Case, GoldProvision, TextSpan, WrittenCase, WrittenProvision
from extractors import extract
from extractors.clauses import cut_clauses
from smallprint.errors import DocumentError, RegistryError, UserError
from smallprint.records import Source
from smallprint.registry import Registry, load
from smallprint.registry.reading import Path_, line_of, read
from smallprint.severity import severity

CASES = Path(__file__).parent / "cases"
_ELISION = re.compile(r"\s{1,8}(?:\.\.\.|…)\s{1,8}")
_MAX_ELIDED_LENGTH = 6000  # characters from the first words to the last: longer than any clause, so never a passage
_CONTEXT_LENGTH = 600  # characters around a quote in which a fact's numbers may be: about a paragraph on either side
_MAX_SHOWN_LENGTH = 80  # characters of a quote in a message
_MIN_SIMILARITY = 70  # of 100: words less alike are no help to whoever misspelled a quote
_NUMBER = re.compile(r"\d[\d.,]*\d|\d")


class CaseError(UserError):
    """A mistake in a case file; names file, line and key so that its author can correct it."""

    def __init__(self, file: str, key: str, problem: str) -> None:
        super().__init__(f"{file}: {key}: {problem}")
        self.file, self.key, self.problem = file, key, problem


def load_cases(folder: Path = CASES, registry: Registry | None = None) -> tuple[Case, ...]:
    """Every case of a folder, in the order of the file names.

    Raises:
        CaseError: a case has a mistake, or the folder has no case.

    """
    paths = sorted(folder.glob("*.yml"))
    if not paths:
        raise CaseError(str(folder), "-", "holds no case file (*.yml)")
    return tuple(load_case(path, registry) for path in paths)


def load_case(path: Path, registry: Registry | None = None) -> Case:
    """One case, resolved against its document and the registry; raises CaseError where it has a mistake."""
    return _CaseReader(path, registry or load()).case()


class _CaseReader:
    """Reads one case file; every error names the line and key where the mistake is."""

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
            self.fail(steps, first["msg"])

    def fail(self, path: Path_, problem: str) -> NoReturn:
        """Raise a CaseError that names the line and the key with this path."""
        key = ".".join(str(step) for step in path) or "-"
        raise CaseError(self.path.name, key, f"line {line_of(self.yaml, path)}: {problem}") from None

    def case(self) -> Case:
        """The whole case."""
        written = self.written
        file = self.path.parent / written.document
        if file.resolve().parent != self.path.parent.resolve() or not file.is_file():
            self.fail(("document",), f"there is no file {written.document!r} beside the case file")
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
            self.fail(("document",), f"cannot be read: {error}")
        self.text = document.text
        provisions = tuple(self._provision(n, provision) for n, provision in enumerate(written.provisions))
        negatives = tuple(self._locate(("nothing_here", n), phrase) for n, phrase in enumerate(written.nothing_here))
        self._check_overlaps(provisions, negatives)
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
        path: Path_ = ("provisions", number)
        if isinstance(written.quote, str):
            spans = [self._locate((*path, "quote"), written.quote)]
        else:
            located = (self._locate((*path, "quote", n), quote) for n, quote in enumerate(written.quote))
            spans = sorted(located, key=lambda span: span.start)
        for name, categories in (("category", (written.category,)), ("secondary", written.secondary)):
            for category in categories:
                if category not in self.registry.categories:
                    self.fail((*path, name), f"no category has the id {category!r}")
        if written.category in written.secondary:
            self.fail((*path, "secondary"), f"{written.category!r} is the primary category already")
        level = severity(written.factors)
        if written.severity not in (None, level):
            self.fail((*path, "severity"), f"says {written.severity}, but the factors give {level}")
        frameworks = self._frameworks(path, written.frameworks)
        text = " ... ".join(self.text[span.start : span.end] for span in spans)
        self._check_facts(path, written.must_mention, spans)
        return GoldProvision(
            id=f"p{number + 1}",
            spans=tuple(spans),
            text=text,
            category=written.category,
            secondary=written.secondary,
            factors=written.factors,
            severity=level,
            frameworks=frameworks,
            agencies=self._agencies(path, written.agencies, frameworks),
            must_mention=written.must_mention,
        )

    def _frameworks(self, path: Path_, citations: Sequence[str]) -> tuple[str, ...]:
        ids: list[str] = []
        for n, citation in enumerate(citations):
            resolved = resolve_citation(citation, self.registry, self.written.jurisdictions)
            if resolved.framework is None or not resolved.valid:
                self.fail((*path, "frameworks", n), f"{citation!r} does not resolve: {resolved.problem}")
            warning = applicability(self.registry.frameworks[resolved.framework], self.written.jurisdictions)
            if warning:
                self.fail((*path, "frameworks", n), warning)
            ids.append(resolved.framework)
        return tuple(dict.fromkeys(ids))

    def _agencies(self, path: Path_, names: Sequence[str], frameworks: Sequence[str]) -> tuple[str, ...]:
        ids: list[str] = []
        for n, name in enumerate(names):
            agency = resolve_agency(name, self.registry)
            if agency is None:
                self.fail((*path, "agencies", n), f"{name!r} names no agency of the registry, or several")
            if not any(framework in agency.enforces for framework in frameworks):
                self.fail((*path, "agencies", n), f"{agency.short} enforces none of the frameworks cited")
            ids.append(agency.id)
        return tuple(dict.fromkeys(ids))

    def _check_facts(self, path: Path_, facts: Sequence[str], spans: Sequence[TextSpan]) -> None:
        """The numbers of a fact must be near the evidence: a summary cannot mention what the clause does not say."""
        near = " ".join(self.text[max(0, span.start - _CONTEXT_LENGTH) : span.end + _CONTEXT_LENGTH] for span in spans)
        known = set(_NUMBER.findall(near))
        for n, fact in enumerate(facts):
            spellings = fact.split("|")
            if not all(spelling.strip() for spelling in spellings):
                self.fail((*path, "must_mention", n), "a spelling between bars is empty")
            numbers = [set(_NUMBER.findall(spelling)) for spelling in spellings]
            if all(of_spelling - known for of_spelling in numbers):
                self.fail((*path, "must_mention", n), f"the numbers of {fact!r} are not in or near the quote")

    def _locate(self, path: Path_, quote: str) -> TextSpan:
        located = locate(quote, self.text)
        if isinstance(located, str):
            self.fail(path, located)
        return located

    def _check_overlaps(self, provisions: Sequence[GoldProvision], negatives: Sequence[TextSpan]) -> None:
        for n, negative in enumerate(negatives):
            for provision in provisions:
                if any(negative.start < span.end and span.start < negative.end for span in provision.spans):
                    self.fail(("nothing_here", n), f"overlaps the quote of provision {provision.id}")
        for n, provision in enumerate(provisions):
            for earlier in provisions[:n]:
                if provision.spans == earlier.spans:
                    self.fail(
                        ("provisions", n, "quote"),
                        f"is also the quote of provision {earlier.id}; make one provision with a secondary category",
                    )
                if provision.category == earlier.category and _overlap_by_half(provision.spans, earlier.spans):
                    self.fail(("provisions", n, "quote"), f"overlaps provision {earlier.id} of the same category")


def _overlap_by_half(spans: Iterable[TextSpan], others: Sequence[TextSpan]) -> bool:
    """Whether any two spans overlap by half of the shorter one: the analysis would merge drafts on them."""
    for a in spans:
        for b in others:
            overlap = min(a.end, b.end) - max(a.start, b.start)
            if overlap * 2 >= min(a.end - a.start, b.end - b.start):
                return True
    return False


def locate(quote: str, text: str) -> TextSpan | str:
    """The only span with the words of a quote, or a sentence that says why there is none; white space may differ."""
    first, *rest = _ELISION.split(quote)
    occurrences = list(_occurrences(first, text))
    if not occurrences:
        return f"{_shorten(first)} is not in the document{_nearest(first, text)}"
    if len(occurrences) > 1:
        return f"{_shorten(first)} occurs {len(occurrences)} times in the document; quote more words"
    start, end = occurrences[0]
    for part in rest:
        following = next((occurrence for occurrence in _occurrences(part, text) if occurrence[0] >= end), None)
        if following is None or following[1] - start > _MAX_ELIDED_LENGTH:
            return f"{_shorten(part)} does not follow {_shorten(first)} in the document"
        end = following[1]
    return TextSpan(start=start, end=end)


def _nearest(quote: str, text: str) -> str:
    from rapidfuzz.fuzz import partial_ratio_alignment

    alignment = partial_ratio_alignment(quote, text, score_cutoff=_MIN_SIMILARITY)
    if alignment is None:
        return ""
    return f"; the nearest words there are {_shorten(text[alignment.dest_start : alignment.dest_end])}"


def _occurrences(words: str, text: str) -> Iterator[tuple[int, int]]:
    for match in _pattern(words).finditer(text):
        yield match.span()


@lru_cache(maxsize=4096)
def _pattern(words: str) -> re.Pattern[str]:
    return re.compile(r"\s+".join(re.escape(word) for word in words.split()))


def _shorten(words: str) -> str:
    flat = " ".join(words.split())
    return f"{flat[:_MAX_SHOWN_LENGTH]!r}{'...' if len(flat) > _MAX_SHOWN_LENGTH else ''}"
