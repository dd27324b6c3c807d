"""A record as a tagged PDF by typst: the same record gives the same bytes, on every machine."""

import atexit
import json
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import cache
from importlib.resources import as_file, files
from typing import TYPE_CHECKING, Any, Final

from app.archive.citing import cite_record
from app.archive.edition import DocumentPage, MarkedClause, RecordPage
from app.archive.pages import FACTOR_LABELS, LEVEL_NAMES
from app.archive.views import Views

if TYPE_CHECKING:
    import typst

STANDARD: Final = "ua-1"  # PDF/UA-1: tagged, titled, with a language
_LANGUAGE = "en"  # of our own words, which are most of a sheet


def record_pdf(record: RecordPage, views: Views, url: str) -> bytes:
    """The sheet of today's wording.

    Args:
        record: what is printed.
        views: names and links of laws.
        url: where the wording stands, for its citation.

    """
    document = views.document_by_id[record.document]
    moment = record.wording.approved_at.astimezone(UTC)
    result = _compiler().compile(
        format="pdf",
        sys_inputs={"record": json.dumps(_fields(record, document, views, url), ensure_ascii=False)},
        pdf_standards=STANDARD,
        timestamp=datetime(moment.year, moment.month, moment.day, tzinfo=UTC),
    )
    if not isinstance(result, bytes):
        raise TypeError(f"typst gave {type(result).__name__} for one PDF")
    return result


@cache
def _compiler() -> "typst.Compiler":
    """One compiler for all sheets, with the fonts that typst ships: a machine's own fonts would change the bytes."""
    import typst

    # The template stays on disk for as long as the process may print sheets.
    unpacked = ExitStack()
    atexit.register(unpacked.close)
    template = unpacked.enter_context(as_file(files("app.archive") / "templates" / "record.typ"))
    return typst.Compiler(str(template), root=str(template.parent), ignore_system_fonts=True)


def _fields(record: RecordPage, document: DocumentPage, views: Views, url: str) -> dict[str, Any]:
    wording, draft = record.wording, record.draft
    where = {clause.anchor: clause for clause in record.clauses}
    citation = cite_record(record, wording, document, url)
    facts = {
        "Document": document.title,
        "Source": document.url or "a local file",
        "Captured": f"{document.captured_at:%-d %B %Y, %H:%M:%S} UTC",
        "First tracked": f"{document.first_tracked:%-d %B %Y}",
        "Last verified": f"{document.last_verified:%-d %B %Y}",
        "Stated by the company": document.claimed_date or "no date",
        "SHA-256": document.sha256,
        "Record": f"{record.id}, version {wording.version}",
        "Wording": wording.sha256,
        "Reviewed by": record.reviewer_role or "nobody yet",
    }
    return {
        "title": draft.title,
        "entity": record.entity,
        "document": document.title,
        "preview": record.state == "draft",
        "language": _LANGUAGE,
        "year": wording.approved_at.year,
        "month": wording.approved_at.month,
        "day": wording.approved_at.day,
        "severity": LEVEL_NAMES[draft.severity],
        "state": f"{record.id} v{wording.version}",
        "impact": draft.consumer_impact,
        "what": draft.what_it_is,
        "why": draft.why_it_matters,
        "quotes": [
            {"text": proof.text, "where": _where(where.get(proof.clauses[0]) if proof.clauses else None)}
            for proof in draft.evidence
        ],
        "factors": [
            {"label": label, "score": getattr(draft.factors, name), "reason": draft.factor_reasons.get(name, "")}
            for name, label in FACTOR_LABELS.items()
        ],
        "laws": [
            {
                "citation": law.citation,
                "why": law.why,
                "url": views.registry.frameworks[law.id].url if law.id in views.registry.frameworks else "",
            }
            for law in draft.frameworks
        ],
        "risk": draft.enforcement_risk,
        "checks": list(draft.due_diligence),
        "agencies": [
            {"name": agency.name, "reason": agency.reason, "url": agency.complaint_url or ""}
            for agency in draft.agencies
        ],
        "facts": [{"label": label, "value": value} for label, value in facts.items()],
        "citation": citation.text(),
        "footer": f"{record.id} v{wording.version} · {record.entity}",
    }


def _where(clause: MarkedClause | None) -> str:
    if clause is None:
        return ""
    return " · ".join(part for part in (clause.heading, f"§ {clause.number}" if clause.number else "") if part)
