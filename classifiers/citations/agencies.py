"""Agencies as an analyst named them, resolved against the registry or kept as text."""

from collections.abc import Iterable

from classifiers.citations.names import agency_names
from classifiers.citations.resolution import MAX_CITATION_CHARS, on_one_line
from classifiers.citations.tokens import tokenize
from classifiers.proposals import NamedAgency
from smallprint.records import AgencyReason, FrameworkCitation
from smallprint.registry import Agency, Registry


def resolve_agency(text: str, registry: Registry) -> Agency | None:
    """The agency that a text names; None where it names none of the registry, or several."""
    agencies = _agencies_in(text, registry)
    return agencies[0] if len(agencies) == 1 else None


def resolve_agencies(
    named: Iterable[NamedAgency], frameworks: Iterable[FrameworkCitation], registry: Registry
) -> tuple[tuple[AgencyReason, ...], tuple[str, ...]]:
    """The agencies of a proposal, and the ids of those that enforce none of its valid citations.

    An agency that the registry does not know stays as text without an id.
    """
    cited = [framework.id for framework in frameworks if framework.valid]
    resolved: dict[str, AgencyReason] = {}
    unsupported: dict[str, None] = {}
    for name in named:
        agencies = _agencies_in(name.name, registry)
        if not agencies:
            unknown = AgencyReason(id=None, name=on_one_line(name.name), reason=name.reason)
            resolved.setdefault(name.name, unknown)
        for agency in agencies:
            reason = AgencyReason(
                id=agency.id, name=agency.short, reason=name.reason, complaint_url=agency.complaint_url
            )
            resolved.setdefault(agency.id, reason)
            if not any(framework in agency.enforces for framework in cited):
                unsupported[agency.id] = None
    return tuple(resolved.values()), tuple(unsupported)


def _agencies_in(text: str, registry: Registry) -> list[Agency]:
    """The agencies that a text names, in order, each once."""
    if len(text) > MAX_CITATION_CHARS:
        return []
    words = [token.word for token in tokenize(text) if token.kind != "sign" or token.word == "and"]
    index = agency_names(registry)
    agencies: dict[str, Agency] = {}
    position = 0
    while position < len(words):
        names = index.get(words[position], ())
        match = next((name for name in names if tuple(words[position : position + len(name[0])]) == name[0]), None)
        if match is None:
            position += 1
        else:
            key, agency = match
            agencies[agency.id] = agency
            position += max(1, len(key))
    return list(agencies.values())
