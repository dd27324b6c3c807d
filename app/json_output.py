"""The machine-readable output, field by field as docs/json.md fixes it; records may grow, these objects stay."""

from collections.abc import Sequence
from typing import Any

from smallprint.records import Analysis, Clause, Document, Draft, Ledger, Usage

_BLOCK = ("kind", "level", "start", "end", "page")
_CLAUSE = ("id", "number", "heading_path", "start", "end", "page_start", "page_end")
_EVIDENCE = ("start", "end", "status", "text", "clauses", "page")
_FRAMEWORK = ("id", "citation", "valid", "why")
_AGENCY = ("id", "name", "reason", "complaint_url")
_PROVENANCE = (
    "model",
    "prompt",
    "prompt_sha256",
    "schema_sha256",
    "registry_sha256",
    "snapshot_sha256",
    "run",
    "created_at",
)


def _pick(row: dict[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return {name: row[name] for name in names}


def document_json(document: Document, clauses: Sequence[Clause], *, with_text: bool = True) -> dict[str, Any]:
    """The object that ``extract --json`` prints."""
    row = document.model_dump(mode="json")
    fields = {
        name: row[name] for name in ("source", "media_type", "sha256", "title", "language", "extractor", "text")
    } | {
        "blocks": [_pick(block, _BLOCK) for block in row["blocks"]],
        "clauses": [_pick(clause.model_dump(mode="json"), _CLAUSE) for clause in clauses],
        "warnings": row["warnings"],
    }
    if not with_text:
        del fields["text"]
    return fields


def draft_json(draft: Draft) -> dict[str, Any]:
    """One draft as ``read --json`` and ``export`` write it."""
    row = draft.model_dump(mode="json")
    return {
        **_pick(
            row, ("id", "title", "category", "secondary", "severity", "factors", "factor_reasons", "model_severity")
        ),
        **_pick(row, ("what_it_is", "consumer_impact", "why_it_matters")),
        "frameworks": [
            _pick(framework, _FRAMEWORK) | ({"problem": framework["problem"]} if framework["problem"] else {})
            for framework in row["frameworks"]
        ],
        **_pick(row, ("enforcement_risk", "due_diligence")),
        "agencies": [_pick(agency, _AGENCY) for agency in row["agencies"]],
        "evidence": [_pick(span, _EVIDENCE) for span in row["evidence"]],
        **_pick(row, ("confidence", "flags", "status")),
        "provenance": _pick(row["provenance"], _PROVENANCE),
    }


def usage_json(usage: Usage) -> dict[str, Any]:
    """Calls, tokens and money; an unknown cost is null."""
    row = usage.model_dump(mode="json")
    return {**row, "cost_usd": None if usage.cost_usd is None else round(usage.cost_usd, 6)}


def ledger_json(ledger: Ledger) -> dict[str, Any]:
    """The totals of a ledger."""
    return {**ledger.model_dump(mode="json"), "characters_covered": round(ledger.characters_covered, 6)}


def reading_json(
    document: Document, clauses: tuple[Clause, ...], analysis: Analysis, *, with_text: bool = True
) -> dict[str, Any]:
    """The object that ``read --json`` prints."""
    return {
        "document": document_json(document, clauses, with_text=with_text),
        "drafts": [draft_json(draft) for draft in analysis.drafts],
        "rejections": [rejection.model_dump(mode="json") for rejection in analysis.rejections],
        "ledger": ledger_json(analysis.ledger(clauses)),
        "usage": usage_json(analysis.usage),
    }
