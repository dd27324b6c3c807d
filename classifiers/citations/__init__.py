"""Citations and agencies as an analyst wrote them, resolved against the registry or kept as text that says why not.

``parser.py`` reads a citation's text, ``names.py`` indexes the registry's names for it, ``numbers.py`` checks what is
cited against the law's grammar, ``resolution.py`` gives each number to its law, ``canonical.py`` writes the result.
"""

from collections.abc import Collection, Iterable

from classifiers.citations.agencies import resolve_agencies, resolve_agency
from classifiers.citations.resolution import Resolution, resolve_citation, resolve_citations
from classifiers.proposals import CitedFramework
from smallprint.records import FrameworkCitation
from smallprint.registry import Framework, Registry, reaches

__all__ = [
    "Resolution",
    "applicability",
    "resolve_agencies",
    "resolve_agency",
    "resolve_citation",
    "resolve_citations",
    "resolve_frameworks",
]


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
        jurisdictions: where the document applies; empty: not stated. A law that cannot apply there gets a warning.
        excluded: jurisdictions whose people the document excludes.

    """
    frameworks: dict[tuple[str | None, str], FrameworkCitation] = {}
    for citation in cited:
        for resolution in resolve_citations(citation.citation, registry, jurisdictions):
            problem = resolution.problem
            if resolution.valid and resolution.framework and problem is None:
                problem = applicability(registry.frameworks[resolution.framework], jurisdictions, excluded)
            framework = FrameworkCitation(
                id=resolution.framework,
                citation=resolution.citation,
                valid=resolution.valid,
                why=citation.why,
                problem=problem,
            )
            frameworks.setdefault((framework.id, framework.citation), framework)
    return tuple(frameworks.values())


def applicability(framework: Framework, jurisdictions: Collection[str], excluded: Collection[str] = ()) -> str | None:
    """A warning where a law cannot apply to a document, or None.

    Args:
        framework: the law.
        jurisdictions: where the document says that it applies; empty: not stated.
        excluded: jurisdictions whose people the document excludes.

    """
    jurisdiction = framework.jurisdiction
    # To exclude one state is not to exclude its country.
    if any(jurisdiction == code or ("-" not in code and reaches(jurisdiction, [code])) for code in excluded):
        return f"{framework.short} protects people in {jurisdiction}, whom the document keeps out."
    if jurisdictions and not reaches(jurisdiction, jurisdictions):
        applies_in = ", ".join(sorted(jurisdictions))
        return f"{framework.short} is law in {jurisdiction}; the document applies in {applies_in}."
    return None
