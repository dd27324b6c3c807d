"""The edit form: a draft as form fields, and fields back as a draft, with every name and quote proven on the way."""

import re
from collections.abc import Iterator

from app.review.auth import Fields
from app.review.document_cache import LoadedDocument
from classifiers.citations import resolve_frameworks
from classifiers.proposals import CitedFramework
from smallprint.records import AgencyReason, Draft, Evidence, Factors, FrameworkCitation
from smallprint.registry import Registry
from smallprint.severity import severity

FACTORS = tuple(Factors.model_fields)
TEXTS = ("title", "what_it_is", "consumer_impact", "why_it_matters", "enforcement_risk")
EDIT_FIELDS = (
    *TEXTS,
    "category",
    "secondary",
    *(f"factor_{name}" for name in FACTORS),
    *(f"reason_{name}" for name in FACTORS),
    "due_diligence",
    "citation",
    "citation_why",
    "agency",
    "agency_name",
    "agency_reason",
    "quote",
)
_UNKNOWN = "?"  # stands for an agency that the registry does not have


def to_fields(draft: Draft) -> Fields:
    """A draft as the form shows it."""
    fields: Fields = {name: [getattr(draft, name)] for name in TEXTS}
    fields["category"] = [draft.category]
    fields["secondary"] = [*draft.secondary, "", ""][:2]
    for name in FACTORS:
        fields[f"factor_{name}"] = [str(getattr(draft.factors, name))]
        fields[f"reason_{name}"] = [draft.factor_reasons.get(name, "")]
    fields["due_diligence"] = ["\n".join(draft.due_diligence)]
    fields["citation"] = [one.citation for one in draft.frameworks]
    fields["citation_why"] = [one.why for one in draft.frameworks]
    fields["agency"] = [one.id or _UNKNOWN for one in draft.agencies]
    fields["agency_name"] = [one.name for one in draft.agencies]
    fields["agency_reason"] = [one.reason for one in draft.agencies]
    fields["quote"] = [one.text for one in draft.evidence]
    return fields


def edit_fields(fields: Fields) -> Fields:
    """Of what was posted only the draft's own fields."""
    return {name: fields[name] for name in EDIT_FIELDS if name in fields}


def from_fields(
    fields: Fields, standing: Draft, loaded: LoadedDocument, registry: Registry
) -> tuple[Draft, dict[str, str]]:
    """The draft that a form describes, and by field what keeps it from being one (empty where nothing does)."""
    problems: dict[str, str] = {}
    update: dict[str, object] = {
        name: _flat(fields[name][0]) if name == "title" else fields[name][0].strip() for name in TEXTS if name in fields
    }
    if "category" in fields:
        update["category"] = fields["category"][0]
    if "secondary" in fields:
        update["secondary"] = tuple(dict.fromkeys(one for one in fields["secondary"] if one))
    if "due_diligence" in fields:
        update["due_diligence"] = tuple(line for line in map(_flat, fields["due_diligence"][0].splitlines()) if line)
    if any(f"factor_{name}" in fields for name in FACTORS):
        update |= _factors(fields, standing, problems)
    if "citation" in fields:
        update["frameworks"] = read_citations(fields, loaded, registry)
    if "agency" in fields:
        update["agencies"] = _agencies(fields, registry)
    if "quote" in fields:
        update["evidence"] = _evidence(fields["quote"], standing, loaded, problems)
    return standing.model_copy(update=update), problems


def _flat(text: str) -> str:
    return " ".join(text.split())


def _factors(fields: Fields, standing: Draft, problems: dict[str, str]) -> dict[str, object]:
    scores: dict[str, int] = {}
    for name in FACTORS:
        said = fields.get(f"factor_{name}", [str(getattr(standing.factors, name))])[0]
        if said not in ("0", "1", "2", "3"):
            problems["factors"] = "Each factor is scored 0 to 3."
            return {}
        scores[name] = int(said)
    said_why = {
        name: _flat(fields.get(f"reason_{name}", [standing.factor_reasons.get(name, "")])[0]) for name in FACTORS
    }
    kept = {name: why for name, why in standing.factor_reasons.items() if name not in FACTORS}
    return {
        "factors": Factors(**scores),
        "factor_reasons": {**kept, **{name: why for name, why in said_why.items() if why}},
    }


def level_of(fields: Fields) -> str:
    """The level that the form's scores make; empty until all five are given."""
    said = {name: fields.get(f"factor_{name}", [""])[0] for name in FACTORS}
    if any(score not in ("0", "1", "2", "3") for score in said.values()):
        return ""
    return severity(Factors(**{name: int(score) for name, score in said.items()}))


def _zipped(fields: Fields, *names: str) -> Iterator[tuple[str, ...]]:
    """Rows of the form, as long as its first column."""
    columns = [fields.get(name, []) for name in names]
    for number, first in enumerate(columns[0]):
        yield (first, *(column[number] if number < len(column) else "" for column in columns[1:]))


def read_citations(fields: Fields, loaded: LoadedDocument, registry: Registry) -> tuple[FrameworkCitation, ...]:
    """The laws of a form, resolved; a line without a citation is left out."""
    cited = [
        CitedFramework(citation=_flat(citation), why=_flat(why))
        for citation, why in _zipped(fields, "citation", "citation_why")
        if citation.strip()
    ]
    return resolve_frameworks(cited, registry, loaded.source.jurisdictions)


def laws_of(fields: Fields, loaded: LoadedDocument, registry: Registry) -> dict[str, FrameworkCitation]:
    """What each citation of a form resolves to, the doubtful part of it where it names several laws."""
    found: dict[str, FrameworkCitation] = {}
    for text in fields.get("citation", []):
        made = read_citations({"citation": [text], "citation_why": [""]}, loaded, registry)
        if made:
            found[text] = next((one for one in made if not one.valid or one.problem), made[0])
    return found


def _agencies(fields: Fields, registry: Registry) -> tuple[AgencyReason, ...]:
    made: dict[str, AgencyReason] = {}
    for chosen, name, reason in _zipped(fields, "agency", "agency_name", "agency_reason"):
        agency = registry.agencies.get(chosen)
        if agency is not None:
            made[agency.id] = AgencyReason(
                id=agency.id, name=agency.short, reason=_flat(reason), complaint_url=agency.complaint_url
            )
        elif chosen:
            unknown = _flat(name) or chosen
            made[unknown] = AgencyReason(id=None, name=unknown[:200], reason=_flat(reason))
    return tuple(made.values())


def _evidence(
    quotes: list[str], standing: Draft, loaded: LoadedDocument, problems: dict[str, str]
) -> tuple[Evidence, ...]:
    """Every quote as the document has it; an unchanged one keeps the proof that it came with."""
    known = {_flat(one.text): one for one in standing.evidence}
    found: dict[tuple[int, int], Evidence] = {}
    cited = tuple(dict.fromkeys(clause for one in standing.evidence for clause in one.clauses))
    for quote in quotes:
        flat = _flat(quote)
        if not flat:
            continue
        if flat in known:
            proofs: tuple[Evidence, ...] = (known[flat],)
        else:
            ground = loaded.grounder.ground(quote.strip(), cited=cited, window=[one.id for one in loaded.clauses])
            proofs = ground if isinstance(ground, tuple) else ()
            if not isinstance(ground, tuple):
                shown = flat if len(flat) < 60 else flat[:57] + "…"
                problems["evidence"] = f"“{shown}”: {ground.why}. Copy the words from the document on the left."
        for proof in proofs:
            found[proof.start, proof.end] = proof
    return tuple(found[key] for key in sorted(found))


_ROWS = (("citation", "citation_why"), ("agency", "agency_name", "agency_reason"), ("quote",))
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
}  # how the form calls what problems are about


def without_empty_rows(fields: Fields) -> Fields:
    """The same without rows that nothing stands in: the page adds one of its own to each list."""
    kept = dict(fields)
    for names in _ROWS:
        rows = [row for row in _zipped(fields, *names) if any(value.strip() for value in row)]
        for number, name in enumerate(names):
            kept[name] = [row[number] for row in rows]
    return kept


def same_edit(one: Fields, other: Fields) -> bool:
    """Whether two forms say the same, empty rows and line ends aside."""
    return _said(one) == _said(other)


def _said(fields: Fields) -> dict[str, list[str]]:
    return {name: [value.strip() for value in fields.get(name, []) if value.strip()] for name in EDIT_FIELDS}


def choices(registry: Registry) -> dict[str, list[tuple[str, str, str, str]]]:
    """Categories for the form by group: id, name, what it is, what it is not."""
    groups: dict[str, list[tuple[str, str, str, str]]] = {}
    for one in registry.categories.values():
        entry = (one.id, one.name, named(one.is_, registry), named(one.not_, registry))
        groups.setdefault(one.group.replace("_", " "), []).append(entry)
    return groups


def named(definition: str, registry: Registry) -> str:
    """A definition with the names of categories where the taxonomy writes their ids."""

    def name(found: re.Match[str]) -> str:
        category = registry.category(found.group())
        return f"“{category.name}”" if category else found.group()

    # Ids of one word ("venue") read well as they are, and are often meant as the word.
    return re.sub(r"\b[a-z0-9]+(?:_[a-z0-9]+)+\b", name, definition)
