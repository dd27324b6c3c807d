"""Gold cases: as their author writes them in a file, and resolved against the document's text and the registry."""

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from smallprint.records import Clause, Document, Factors, Noun, Severity, Source
from smallprint.registry.entries import Jurisdiction, Snake

Split = Literal["dev", "test"]
NonEmptyText = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]


class WrittenProvision(Noun):
    """One gold provision as written in a case file."""

    quote: NonEmptyText | tuple[NonEmptyText, ...] = Field(
        description="The decisive words, verbatim; they occur once in the document. 'first words ... last words' for a "
        "long passage; a list where the proof is in several passages."
    )
    category: Snake = Field(description="Primary category, an id of smallprint/registry/taxonomy.yml.")
    secondary: tuple[Snake, ...] = Field((), description="At most two further categories.", max_length=2)
    factors: Factors = Field(description="The five scores, 0-3 each (docs/severity.md); the severity follows.")
    severity: Severity | None = Field(None, description="Optional; must be what the factors give.")
    frameworks: tuple[NonEmptyText, ...] = Field(
        (), description="Citations that resolve in the registry: 'GDPR Art. 13'."
    )
    agencies: tuple[NonEmptyText, ...] = Field((), description="Agencies that enforce one of the frameworks: 'FTC'.")
    must_mention: tuple[NonEmptyText, ...] = Field(
        (),
        description="Facts that a summary has to mention; spellings that count as the same fact between bars: "
        "'30 days | thirty days'. Numbers in them must be in the quote or near it.",
    )
    note: str = Field("", description="Why it is labeled so, for the next author.")


class WrittenCase(Noun):
    """A case file: a document that we wrote ourselves, and every provision that a careful reader finds in it."""

    document: NonEmptyText = Field(description="File beside the case file, of any type that the extractors read.")
    entity: NonEmptyText = Field(description="The fictional company.")
    title: NonEmptyText
    terms_type: NonEmptyText = Field(description="Terms of Service, Privacy Policy, ...")
    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")] = Field(description="ISO 639-1.")
    jurisdictions: tuple[Jurisdiction, ...] = Field(description="The flavor: US, EU, UK, DE ...", min_length=1)
    split: Split = Field(description="dev may be tuned on; test is never read while prompts or rules are written.")
    complete: bool = Field(
        True, description="Whether every provision of the document is listed; only then is an extra draft spurious."
    )
    provenance: str = Field("", description="Where the labels come from, e.g. record ids for a frozen case.")
    provisions: tuple[WrittenProvision, ...]
    nothing_here: tuple[NonEmptyText, ...] = Field(
        (), description="Tempting phrases that are no provision, verbatim, occurring once; a draft on one is an error."
    )


class TextSpan(Noun):
    """Offsets into the document's text; ``end`` is exclusive."""

    start: int
    end: int


class GoldProvision(Noun):
    """A provision as it should be found, resolved: offsets, computed severity, registry ids."""

    id: str  # p1, p2, ... in the file's order
    spans: tuple[TextSpan, ...]  # in document order
    text: str  # the source's own words of the spans, joined by " ... "
    category: str
    secondary: tuple[str, ...] = ()
    factors: Factors | None = None  # None where a suite's source scores no factors
    severity: Severity | None = None  # None where a suite's source has no such levels
    frameworks: tuple[str, ...] | None = None  # registry ids; None: not labeled
    agencies: tuple[str, ...] | None = None  # registry ids; None: not labeled
    must_mention: tuple[str, ...] = ()


class Case(Noun):
    """A document and what should be found in it."""

    id: str  # the case file's stem
    source: Source
    split: Split
    complete: bool
    document: Document
    clauses: tuple[Clause, ...]
    provisions: tuple[GoldProvision, ...]
    negatives: tuple[TextSpan, ...] = ()
    provenance: str = ""


def case_schema() -> dict[str, Any]:
    """The JSON Schema of a case file, for editors; ``python -m evals.gold`` writes it."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **WrittenCase.model_json_schema()}


if __name__ == "__main__":
    import json
    from pathlib import Path

    target = Path(__file__).parent / "cases" / "schema.json"
    target.write_text(json.dumps(case_schema(), indent=2) + "\n", encoding="utf-8")
