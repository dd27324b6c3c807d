"""What must hold of every run, whatever its scores: spans, severities, names and the account of the text are true."""

from collections.abc import Callable, Iterator

from classifiers.citations import resolve_citations
from evals.fingerprints import case_sha256
from evals.results import CaseRun, Run
from smallprint.records import Draft, Noun
from smallprint.registry import Registry
from smallprint.severity import severity


class Fault(Noun):
    """Something in a run that is not true."""

    case: str
    what: str  # the name of the check
    text: str

    def __str__(self) -> str:
        """A sentence for the gate."""
        return f"{self.case}: {self.text}"


def faults(run: Run, registry: Registry) -> Iterator[Fault]:
    """Everything in a run that is not true."""
    for one in run.cases:
        if run.yardstick.cases.get(one.case.id) != case_sha256(one.case):
            text = "document or gold are not those that the run's yardstick names"
            yield Fault(case=one.case.id, what="dataset", text=text)
        for what, check in CHECKS.items():
            for text in check(one, registry):
                yield Fault(case=one.case.id, what=what, text=text)


def _coverage(one: CaseRun, _registry: Registry) -> Iterator[str]:
    document = "".join(one.case.document.text.split())
    covered = "".join("".join(clause.text.split()) for clause in one.case.clauses)
    if document != covered:
        yield f"the document is truncated: its clauses hold {len(covered)} of {len(document)} characters"
    elif one.ledger is not None and one.ledger.clauses != len(one.case.clauses):
        yield f"the ledger accounts for {one.ledger.clauses} of {len(one.case.clauses)} clauses"


def _evidence(one: CaseRun, _registry: Registry) -> Iterator[str]:
    text = one.case.document.text
    for draft in one.drafts:
        for evidence in draft.evidence:
            stands = text[evidence.start : evidence.end]
            if stands != evidence.text:
                yield (
                    f"the evidence of {_title(draft)} at {evidence.start}-{evidence.end} says {evidence.text[:40]!r}, "
                    f"the document {stands[:40]!r}"
                )


def _severity(one: CaseRun, _registry: Registry) -> Iterator[str]:
    for draft in one.drafts:
        computed = severity(draft.factors)
        if draft.severity != computed:
            yield f"the severity of {_title(draft)} is {draft.severity}, its factors give {computed}"


def _duplicates(one: CaseRun, _registry: Registry) -> Iterator[str]:
    seen: dict[tuple[str, int, int], Draft] = {}
    for draft in one.drafts:
        key = (draft.category, draft.evidence[0].start, draft.evidence[0].end)
        if key in seen or any(draft.id == other.id for other in seen.values()):
            yield f"{_title(draft)} is there twice"
        seen[key] = draft


def _categories(one: CaseRun, registry: Registry) -> Iterator[str]:
    for draft in one.drafts:
        for category in (draft.category, *draft.secondary):
            if category not in registry.categories:
                yield f"{_title(draft)} has a category that does not exist, {category!r}"


def _citations(one: CaseRun, registry: Registry) -> Iterator[str]:
    """Citations that the draft calls valid and the registry does not know."""
    for draft in one.drafts:
        for cited in draft.frameworks:
            if not cited.valid:
                continue
            found = resolve_citations(cited.citation, registry, one.case.source.jurisdictions)
            if any(not some.valid for some in found) or cited.id not in {some.framework for some in found}:
                yield f"{_title(draft)} cites {cited.citation!r} as valid, and the registry has no such article or law"


def _agencies(one: CaseRun, registry: Registry) -> Iterator[str]:
    for draft in one.drafts:
        for agency in draft.agencies:
            if agency.id is not None and agency.id not in registry.agencies:
                yield f"{_title(draft)} names the agency {agency.id!r}, which the registry does not have"


def _title(draft: Draft) -> str:
    return f"{draft.title[:50]!r} ({draft.category})"


CHECKS: dict[str, Callable[[CaseRun, Registry], Iterator[str]]] = {
    "coverage": _coverage,
    "evidence": _evidence,
    "severity": _severity,
    "duplicates": _duplicates,
    "categories": _categories,
    "citations": _citations,
    "agencies": _agencies,
}
