"""What a person asks for, typed: both doors, the browser's form and the JSON API, are parsed into it once.

Applying edits resolves every name against the registry and proves every quote in the document.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from pydantic import field_validator

from app.review.document_cache import LoadedDocument
from classifiers.citations import resolve_frameworks
from classifiers.proposals import CitedFramework
from smallprint.records import AgencyReason, Draft, Evidence, Factors, FrameworkCitation, Noun
from smallprint.registry import Registry

MAX_AGENCY_NAME = 200  # characters of an agency that the registry does not have
MAX_QUOTE_SHOWN = 60  # characters of a quote in a message

Problems = dict[str, str]  # what has to be corrected, by field of the form


def one_line(text: str) -> str:
    """The text without line ends and repeated spaces."""
    return " ".join(text.split())


DecisionKind = Literal["approve", "reject", "second_opinion"]
FactorName = Literal["rights_waived", "opt_out", "breadth", "exposure", "discretion"]


class CitationEdit(Noun):
    """A law as the person cites it."""

    citation: str
    why: str = ""

    @field_validator("citation", "why")
    @classmethod
    def _in_one_line(cls, text: str) -> str:
        return one_line(text)


class AgencyEdit(Noun):
    """An agency as the person chooses it; one that the registry does not have is known by its name alone."""

    id: str
    name: str = ""
    reason: str = ""

    @field_validator("name", "reason")
    @classmethod
    def _in_one_line(cls, text: str) -> str:
        return one_line(text)


class Edits(Noun):
    """The fields of a draft that a person wants changed; None: as it is."""

    title: str | None = None
    category: str | None = None
    secondary: tuple[str, ...] | None = None
    factors: Factors | None = None
    factor_reasons: dict[FactorName, str] | None = None  # an empty one takes the reason away
    what_it_is: str | None = None
    consumer_impact: str | None = None
    why_it_matters: str | None = None
    enforcement_risk: str | None = None
    due_diligence: tuple[str, ...] | None = None
    frameworks: tuple[CitationEdit, ...] | None = None
    agencies: tuple[AgencyEdit, ...] | None = None
    quotes: tuple[str, ...] | None = None

    @field_validator("title")
    @classmethod
    def _title_in_one_line(cls, title: str | None) -> str | None:
        return None if title is None else one_line(title)

    @field_validator("what_it_is", "consumer_impact", "why_it_matters", "enforcement_risk")
    @classmethod
    def _stripped(cls, text: str | None) -> str | None:
        return None if text is None else text.strip()

    @field_validator("secondary")
    @classmethod
    def _distinct(cls, categories: tuple[str, ...] | None) -> tuple[str, ...] | None:
        return None if categories is None else tuple(dict.fromkeys(filter(None, categories)))

    @field_validator("factor_reasons")
    @classmethod
    def _reasons_in_one_line(cls, reasons: dict[FactorName, str] | None) -> dict[FactorName, str] | None:
        return None if reasons is None else {name: one_line(reason) for name, reason in reasons.items()}

    @field_validator("due_diligence")
    @classmethod
    def _lines_with_text(cls, lines: tuple[str, ...] | None) -> tuple[str, ...] | None:
        return None if lines is None else tuple(filter(None, map(one_line, lines)))

    @field_validator("quotes")
    @classmethod
    def _quotes_with_text(cls, quotes: tuple[str, ...] | None) -> tuple[str, ...] | None:
        return None if quotes is None else tuple(filter(None, map(str.strip, quotes)))


@dataclass(frozen=True)
class DecisionRequest:
    """What a person wants done with a draft, and the version that they saw."""

    kind: DecisionKind
    seen_version: int
    edits: Edits = field(default_factory=Edits)
    problems: Problems = field(default_factory=dict)  # what of the edits could not be parsed
    reasons: tuple[str, ...] = ()
    note: str = ""


# Fields that are taken as they are; the others have to be resolved or proven.
TAKEN_AS_TYPED = (
    "title",
    "category",
    "secondary",
    "factors",
    "what_it_is",
    "consumer_impact",
    "why_it_matters",
    "enforcement_risk",
    "due_diligence",
)


def apply_edits(draft: Draft, edits: Edits, loaded: LoadedDocument, registry: Registry) -> tuple[Draft, Problems]:
    """The draft with the edits made, and by field what is wrong with them (empty where nothing is)."""
    typed = {name: getattr(edits, name) for name in TAKEN_AS_TYPED}
    update: dict[str, object] = {name: value for name, value in typed.items() if value is not None}
    problems: Problems = {}
    if edits.factor_reasons is not None:
        reasons = dict(draft.factor_reasons)
        reasons.update((name, reason) for name, reason in edits.factor_reasons.items())
        update["factor_reasons"] = {name: reason for name, reason in reasons.items() if reason}
    if edits.frameworks is not None:
        update["frameworks"] = resolve_citations(edits.frameworks, loaded, registry)
    if edits.agencies is not None:
        update["agencies"] = _resolve_agencies(edits.agencies, registry)
    if edits.quotes is not None:
        update["evidence"], problems = _prove_quotes(edits.quotes, draft, loaded)
    return draft.model_copy(update=update), problems


def resolve_citations(
    citations: Iterable[CitationEdit], loaded: LoadedDocument, registry: Registry
) -> tuple[FrameworkCitation, ...]:
    """The laws cited, resolved for where the document applies; a line without a citation is left out."""
    cited = [CitedFramework(citation=edit.citation, why=edit.why) for edit in citations if edit.citation]
    return resolve_frameworks(cited, registry, loaded.source.jurisdictions)


def _resolve_agencies(edits: Iterable[AgencyEdit], registry: Registry) -> tuple[AgencyReason, ...]:
    by_name: dict[str, AgencyReason] = {}
    for edit in edits:
        agency = registry.agencies.get(edit.id)
        if agency is not None:
            by_name[agency.id] = AgencyReason(
                id=agency.id, name=agency.short, reason=edit.reason, complaint_url=agency.complaint_url
            )
        elif edit.id:
            name = edit.name or edit.id
            by_name[name] = AgencyReason(id=None, name=name[:MAX_AGENCY_NAME], reason=edit.reason)
    return tuple(by_name.values())


def _prove_quotes(quotes: Sequence[str], draft: Draft, loaded: LoadedDocument) -> tuple[tuple[Evidence, ...], Problems]:
    """Every quote as the document has it; an unchanged one keeps the proof that it came with."""
    proven_already = {one_line(proof.text): proof for proof in draft.evidence}
    cited = tuple(dict.fromkeys(clause for proof in draft.evidence for clause in proof.clauses))
    by_span: dict[tuple[int, int], Evidence] = {}
    problems: Problems = {}
    for quote in quotes:
        flat = one_line(quote)
        if flat in proven_already:
            proofs: tuple[Evidence, ...] = (proven_already[flat],)
        else:
            grounded = loaded.grounder.ground(quote, cited=cited, window=[clause.id for clause in loaded.clauses])
            proofs = grounded if isinstance(grounded, tuple) else ()
            if not isinstance(grounded, tuple):
                excerpt = flat if len(flat) < MAX_QUOTE_SHOWN else flat[: MAX_QUOTE_SHOWN - 3] + "…"
                problems["evidence"] = f"“{excerpt}”: {grounded.why}. Copy the words from the document on the left."
        for proof in proofs:
            by_span[proof.start, proof.end] = proof
    return tuple(by_span[span] for span in sorted(by_span)), problems
