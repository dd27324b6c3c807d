"""Checks that every run must pass, whatever its scores: spans, severities, names and coverage are correct."""

from collections.abc import Callable, Iterator

from classifiers.citations import resolve_citations
from evals.fingerprints import case_sha256
from evals.results import CaseRun, Run
from smallprint.records import Draft, Noun
from smallprint.registry import Registry
from smallprint.severity import severity


class Fault(Noun):
    """Something in a run that is not correct."""

    case: str
    check: str
    text: str

    def __str__(self) -> str:
        """A sentence for the gate."""
        return f"{self.case}: {self.text}"


def faults(run: Run, registry: Registry) -> Iterator[Fault]:
    """Everything in a run that is not correct."""
    for case_run in run.cases:
        if run.yardstick.cases.get(case_run.case.id) != case_sha256(case_run.case):
            text = "document or gold are not those that the run's yardstick names"
            yield Fault(case=case_run.case.id, check="dataset", text=text)
        for name, check in CHECKS.items():
            for text in check(case_run, registry):
                yield Fault(case=case_run.case.id, check=name, text=text)


def _coverage(case_run: CaseRun, _registry: Registry) -> Iterator[str]:
    document = "".join(case_run.case.document.text.split())
    covered = "".join("".join(clause.text.split()) for clause in case_run.case.clauses)
    if document != covered:
        yield f"the document is truncated: its clauses hold {len(covered)} of {len(document)} characters"
    elif case_run.ledger is not None and case_run.ledger.clauses != len(case_run.case.clauses):
        yield f"the ledger accounts for {case_run.ledger.clauses} of {len(case_run.case.clauses)} clauses"


def _evidence(case_run: CaseRun, _registry: Registry) -> Iterator[str]:
    text = case_run.case.document.text
    for draft in case_run.drafts:
        for evidence in draft.evidence:
            words = text[evidence.start : evidence.end]
            if words != evidence.text:
                yield (
                    f"the evidence of {_title(draft)} at {evidence.start}-{evidence.end} says {evidence.text[:40]!r}, "
                    f"the document {words[:40]!r}"
                )


def _severity(case_run: CaseRun, _registry: Registry) -> Iterator[str]:
    for draft in case_run.drafts:
        computed = severity(draft.factors)
        if draft.severity != computed:
            yield f"the severity of {_title(draft)} is {draft.severity}, its factors give {computed}"


def _duplicates(case_run: CaseRun, _registry: Registry) -> Iterator[str]:
    by_passage: dict[tuple[str, int, int], Draft] = {}
    for draft in case_run.drafts:
        key = (draft.category, draft.evidence[0].start, draft.evidence[0].end)
        if key in by_passage or any(draft.id == other.id for other in by_passage.values()):
            yield f"{_title(draft)} is there twice"
        by_passage[key] = draft


def _categories(case_run: CaseRun, registry: Registry) -> Iterator[str]:
    for draft in case_run.drafts:
        for category in (draft.category, *draft.secondary):
            if category not in registry.categories:
                yield f"{_title(draft)} has a category that does not exist, {category!r}"


def _citations(case_run: CaseRun, registry: Registry) -> Iterator[str]:
    """Citations that the draft marks as valid and the registry does not have."""
    for draft in case_run.drafts:
        for cited in draft.frameworks:
            if not cited.valid:
                continue
            resolved = resolve_citations(cited.citation, registry, case_run.case.source.jurisdictions)
            if not all(law.valid for law in resolved) or cited.id not in {law.framework for law in resolved}:
                yield f"{_title(draft)} cites {cited.citation!r} as valid, and the registry has no such article or law"


def _agencies(case_run: CaseRun, registry: Registry) -> Iterator[str]:
    for draft in case_run.drafts:
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
