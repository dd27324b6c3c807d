"""What an analyst, a model or the offline rules, proposes for a window before anything is proven."""

from smallprint.records import Factors, Noun, Severity


class CitedFramework(Noun):
    """A framework as the analyst wrote it, not yet resolved."""

    citation: str
    why: str


class NamedAgency(Noun):
    """An agency as the analyst wrote it, not yet resolved."""

    name: str
    reason: str


class Proposal(Noun):
    """One proposed provision, none of it trusted: its quote is proven, names are resolved, severity is computed."""

    clauses: tuple[str, ...]  # ids of document clauses that the analyst cites
    quote: str  # a passage, or its first and last words with an ellipsis between: "first words ... last words"
    title: str
    category: str
    secondary: tuple[str, ...] = ()
    factors: Factors
    factor_reasons: dict[str, str] = {}
    severity: Severity | None = None  # the analyst's own level, compared with the computed one
    what_it_is: str
    consumer_impact: str
    why_it_matters: str
    frameworks: tuple[CitedFramework, ...] = ()
    enforcement_risk: str = ""
    due_diligence: tuple[str, ...] = ()
    agencies: tuple[NamedAgency, ...] = ()
    confidence: float
