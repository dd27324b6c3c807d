"""The edit form of a provision as a page shows it: a draft, or what was typed, as fields, with their laws and level."""

import re
from dataclasses import dataclass

from app.review.document_cache import LoadedDocument
from app.review.edits import CitationEdit, Problems, resolve_citations
from app.review.posted_form import FACTORS, ROWS, TEXTS, FormFields, form_rows, parse_factors
from smallprint.records import Draft, FrameworkCitation
from smallprint.registry import Registry
from smallprint.severity import severity

UNKNOWN_AGENCY = "?"  # stands in the form for an agency that the registry does not have
LABELS = {
    "title": "Title",
    "category": "Category",
    "secondary": "Further categories",
    "what_it_is": "What it is",
    "consumer_impact": "Consumer impact",
    "why_it_matters": "Why it matters",
    "factors": "Severity",
    "frameworks": "Frameworks",
    "enforcement_risk": "Enforcement risk",
    "due_diligence": "Due diligence",
    "agencies": "Agencies",
    "evidence": "Evidence",
    "note": "Note",
    "reasons": "Reasons",
}  # the form's names for the fields that problems are about


@dataclass(frozen=True)
class EditForm:
    """The form as a page shows it."""

    fields: FormFields
    problems: Problems
    laws: dict[str, FrameworkCitation]  # for each citation that stands in it
    level: str  # of severity that its scores make; empty until all five are given
    categories: dict[str, list["CategoryChoice"]]  # by group


@dataclass(frozen=True)
class CategoryChoice:
    """A category to choose, with what it covers and what it does not."""

    id: str
    name: str
    covers: str
    excludes: str


def edit_form(
    fields: FormFields, loaded: LoadedDocument, registry: Registry, problems: Problems | None = None
) -> EditForm:
    """The form with these fields in it."""
    return EditForm(
        fields=_without_empty_rows(fields),
        problems=problems or {},
        laws=_laws(fields, loaded, registry),
        level=_level(fields),
        categories=category_choices(registry),
    )


def draft_fields(draft: Draft) -> FormFields:
    """A draft as the fields of the form."""
    fields: FormFields = {name: [getattr(draft, name)] for name in TEXTS}
    fields["category"] = [draft.category]
    fields["secondary"] = [*draft.secondary, "", ""][:2]
    for name in FACTORS:
        fields[f"factor_{name}"] = [str(getattr(draft.factors, name))]
        fields[f"reason_{name}"] = [draft.factor_reasons.get(name, "")]
    fields["due_diligence"] = ["\n".join(draft.due_diligence)]
    fields["citation"] = [framework.citation for framework in draft.frameworks]
    fields["citation_why"] = [framework.why for framework in draft.frameworks]
    fields["agency"] = [agency.id or UNKNOWN_AGENCY for agency in draft.agencies]
    fields["agency_name"] = [agency.name for agency in draft.agencies]
    fields["agency_reason"] = [agency.reason for agency in draft.agencies]
    fields["quote"] = [proof.text for proof in draft.evidence]
    return fields


def _laws(fields: FormFields, loaded: LoadedDocument, registry: Registry) -> dict[str, FrameworkCitation]:
    """What each citation of the form resolves to, the doubtful part of it where it names several laws."""
    laws: dict[str, FrameworkCitation] = {}
    for text in fields.get("citation", []):
        resolved = resolve_citations([CitationEdit(citation=text)], loaded, registry)
        if resolved:
            laws[text] = next((law for law in resolved if not law.valid or law.problem), resolved[0])
    return laws


def _level(fields: FormFields) -> str:
    factors = parse_factors(fields)
    return severity(factors) if factors else ""


def _without_empty_rows(fields: FormFields) -> FormFields:
    """The same without rows that hold nothing: the page adds an empty one of its own to each list."""
    tidy = dict(fields)
    for columns in ROWS:
        rows = [row for row in form_rows(fields, *columns) if any(text.strip() for text in row)]
        for number, name in enumerate(columns):
            tidy[name] = [row[number] for row in rows]
    return tidy


def category_choices(registry: Registry) -> dict[str, list[CategoryChoice]]:
    """The categories to choose from, by group."""
    groups: dict[str, list[CategoryChoice]] = {}
    for category in registry.categories.values():
        choice = CategoryChoice(
            category.id, category.name, named(category.is_, registry), named(category.not_, registry)
        )
        groups.setdefault(category.group.replace("_", " "), []).append(choice)
    return groups


def named(definition: str, registry: Registry) -> str:
    """A definition with the names of categories where the taxonomy writes their ids."""

    def name(match: re.Match[str]) -> str:
        category = registry.category(match.group())
        return f"“{category.name}”" if category else match.group()

    # Ids of one word ("venue") read well as they are, and are often meant as the word.
    return re.sub(r"\b[a-z0-9]+(?:_[a-z0-9]+)+\b", name, definition)
