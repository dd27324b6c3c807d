"""The edit form of a provision: as a page shows it, and parsed into ``Edits`` when it comes back.

The raw fields are for showing alone: a form that was refused, or is not finished, comes back as it was typed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import ValidationError

from app.review.document_cache import LoadedDocument
from app.review.edits import AgencyEdit, CitationEdit, Edits, Problems, resolve_citations
from app.review.posted_form import FormFields, PostedForm
from smallprint.records import Draft, Factors, FrameworkCitation
from smallprint.registry import Registry
from smallprint.severity import severity

FACTORS = tuple(Factors.model_fields)
TEXTS = ("title", "what_it_is", "consumer_impact", "why_it_matters", "enforcement_risk")
ROWS = (("citation", "citation_why"), ("agency", "agency_name", "agency_reason"), ("quote",))  # lists, by columns
EDIT_FIELDS = (
    *TEXTS,
    "category",
    "secondary",
    *(f"factor_{name}" for name in FACTORS),
    *(f"reason_{name}" for name in FACTORS),
    "due_diligence",
    *(column for columns in ROWS for column in columns),
)
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


# ---- parsed


def parse_edits(form: PostedForm) -> tuple[Edits, Problems]:
    """The edits that a form describes, and what of it cannot be parsed; fields that it does not have stay."""
    fields = form.fields
    parsed: dict[str, object] = {name: fields[name][0] for name in (*TEXTS, "category") if name in fields}
    problems: Problems = {}
    if "secondary" in fields:
        parsed["secondary"] = tuple(fields["secondary"])
    if "due_diligence" in fields:
        parsed["due_diligence"] = tuple(fields["due_diligence"][0].splitlines())
    if any(f"factor_{name}" in fields for name in FACTORS):
        parsed["factors"] = _factors(fields)
        if parsed["factors"] is None:
            problems["factors"] = "Each factor is scored 0 to 3."
    reasons = {name: fields[f"reason_{name}"][0] for name in FACTORS if f"reason_{name}" in fields}
    if reasons:
        parsed["factor_reasons"] = reasons
    if "citation" in fields:
        parsed["frameworks"] = tuple(
            CitationEdit(citation=citation, why=why) for citation, why in _rows(fields, "citation", "citation_why")
        )
    if "agency" in fields:
        parsed["agencies"] = tuple(
            AgencyEdit(id=agency, name=name, reason=reason)
            for agency, name, reason in _rows(fields, "agency", "agency_name", "agency_reason")
        )
    if "quote" in fields:
        parsed["quotes"] = tuple(fields["quote"])
    return Edits.model_validate(parsed), problems


def _factors(fields: FormFields) -> Factors | None:
    """The scores of the form; None until all five are given and are scores."""
    try:
        return Factors.model_validate({name: fields.get(f"factor_{name}", [""])[0] for name in FACTORS})
    except ValidationError:
        return None


def _rows(fields: FormFields, *names: str) -> Iterator[tuple[str, ...]]:
    """Rows of a list in the form, as many as its first column has."""
    columns = [fields.get(name, []) for name in names]
    for number, first in enumerate(columns[0]):
        yield (first, *(column[number] if number < len(column) else "" for column in columns[1:]))


def unsaved_fields(form: PostedForm) -> FormFields:
    """What a person has typed on a draft: its fields, their note and reasons; raw, to be shown again."""
    return {name: form.fields[name] for name in (*EDIT_FIELDS, "note", "reasons") if name in form.fields}


# ---- shown


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
    factors = _factors(fields)
    return severity(factors) if factors else ""


def _without_empty_rows(fields: FormFields) -> FormFields:
    """The same without rows that hold nothing: the page adds an empty one of its own to each list."""
    tidy = dict(fields)
    for columns in ROWS:
        rows = [row for row in _rows(fields, *columns) if any(text.strip() for text in row)]
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
