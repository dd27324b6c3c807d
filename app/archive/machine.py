"""The archive for programs: a JSON file a record, JSONL and CSV of all, a data dictionary, JSON-LD for pages."""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from typing import Any

from app.archive.edition import DocumentPage, RecordPage, RecordWording
from app.archive.views import Views

# field -> (type, what it means); the order of the CSV's columns
DICTIONARY: Mapping[str, tuple[str, str]] = {
    "record_id": ("string", "Permanent id of the record, SP-P-000123; of an unreviewed draft DRAFT-..."),
    "version": ("integer", "Version of the wording, from 1"),
    "wording_sha256": ("string", "SHA-256 of the wording, as citations carry it"),
    "state": ("string", "current, replaced (the document has changed since), retired (approval withdrawn) or draft"),
    "document_id": ("string", "Permanent id of the document, SP-D-00045"),
    "entity": ("string", "The company"),
    "document_title": ("string", "Title of the document"),
    "terms_type": ("string", "Kind of document, e.g. Terms of Service"),
    "url": ("string", "Where the document was captured; empty for a local file"),
    "snapshot_sha256": ("string", "SHA-256 of the captured bytes"),
    "captured_at": ("date-time", "When these bytes were first captured, UTC"),
    "first_tracked": ("date-time", "When the source was first captured, UTC; never moves"),
    "last_verified": ("date-time", "When the same bytes were last seen there, UTC"),
    "claimed_date": ("date", "The company's own date of the document, as it states it; empty if it states none"),
    "title": ("string", "The provision in one line"),
    "category": ("string", "Id of the category in the taxonomy"),
    "secondary": ("list of strings", "Further categories"),
    "severity": ("string", "critical, high, medium, low or beneficial; computed from the factors"),
    "factors": ("object", "The five scores, 0 to 3"),
    "what_it_is": ("string", "The clause in plain words"),
    "consumer_impact": ("string", "What it means for users"),
    "why_it_matters": ("string", "For a compliance reader"),
    "enforcement_risk": ("string", "For a compliance reader; empty where the profile leaves it out"),
    "due_diligence": ("list of strings", "What to check; empty where the profile leaves it out"),
    "frameworks": ("list of objects", "Laws that the clause engages: id, citation, why"),
    "agencies": ("list of objects", "Who takes complaints: id, name, reason, complaint_url"),
    "quotes": ("list of objects", "The document's own words: text, start, end (offsets into its text), status, page"),
    "approved_at": ("date-time", "When this wording was approved, UTC; of a draft when it was proposed"),
    "made_by": ("string", "Who proposed it: a model's name or offline"),
}


def record_row(record: RecordPage, wording: RecordWording, document: DocumentPage) -> dict[str, Any]:
    """A record's fields as ``DICTIONARY`` describes them."""
    draft = wording.draft
    return {
        "record_id": record.id,
        "version": wording.version,
        "wording_sha256": wording.sha256,
        "state": record.state,
        "document_id": document.id,
        "entity": record.entity,
        "document_title": document.title,
        "terms_type": document.terms_type,
        "url": document.url,
        "snapshot_sha256": document.sha256,
        "captured_at": document.captured_at.isoformat(),
        "first_tracked": document.first_tracked.isoformat(),
        "last_verified": document.last_verified.isoformat(),
        "claimed_date": document.claimed_date or "",
        "title": draft.title,
        "category": draft.category,
        "secondary": list(draft.secondary),
        "severity": draft.severity,
        "factors": draft.factors.model_dump(),
        "what_it_is": draft.what_it_is,
        "consumer_impact": draft.consumer_impact,
        "why_it_matters": draft.why_it_matters,
        "enforcement_risk": draft.enforcement_risk,
        "due_diligence": list(draft.due_diligence),
        "frameworks": [law.model_dump(mode="json", exclude={"valid", "problem"}) for law in draft.frameworks],
        "agencies": [agency.model_dump(mode="json") for agency in draft.agencies],
        "quotes": [
            {"text": proof.text, "start": proof.start, "end": proof.end, "status": proof.status, "page": proof.page}
            for proof in draft.evidence
        ],
        "approved_at": wording.approved_at.isoformat(),
        "made_by": draft.provenance.model,
    }


def machine_files(views: Views) -> Iterator[tuple[str, str]]:
    """The JSON file of every record, and the whole in bulk."""
    rows = []
    for record in views.edition.records:
        document = views.document_by_id[record.document]
        row = record_row(record, record.wording, document)
        rows.append(row)
        yield f"r/{record.id}/record.json", json.dumps(row, ensure_ascii=False, indent=1) + "\n"
    yield "data/records.jsonl", "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    yield "data/records.csv", _csv(rows)
    fields = {name: {"type": kind, "description": meaning} for name, (kind, meaning) in DICTIONARY.items()}
    yield "data/dictionary.json", json.dumps(fields, ensure_ascii=False, indent=1) + "\n"


def _csv(rows: list[dict[str, Any]]) -> str:
    """One row a record; lists and objects as JSON, formulas of spreadsheets made text."""
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow(DICTIONARY)
    for row in rows:
        cells = (row[name] for name in DICTIONARY)
        writer.writerow([_cell(cell) for cell in cells])
    return target.getvalue()


def _cell(value: Any) -> str:  # noqa: ANN401 -- JSON
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def record_json_ld(record: RecordPage, wording: RecordWording, document: DocumentPage, views: Views, url: str) -> str:
    """A quotation in a digital document, with the legislation that it is about (schema.org)."""
    draft = wording.draft
    laws = [views.registry.frameworks[law.id] for law in draft.frameworks if law.id in views.registry.frameworks]
    return _json(
        {
            "@context": "https://schema.org",
            "@type": "Quotation",
            "@id": url,
            "identifier": f"{record.id}v{wording.version}",
            "name": draft.title,
            "abstract": draft.what_it_is,
            "text": " […] ".join(proof.text for proof in draft.evidence),
            "datePublished": wording.approved_at.date().isoformat(),
            "creator": {"@type": "Organization", "name": record.entity},
            "isPartOf": {
                "@type": "DigitalDocument",
                "name": document.title,
                "identifier": document.id,
                "url": document.url or None,
                "dateModified": document.claimed_date,
            },
            "about": [
                {"@type": "Legislation", "name": law.name, "url": law.url, "legislationJurisdiction": law.jurisdiction}
                for law in {law.id: law for law in laws}.values()
            ],
        }
    )


def dataset_json_ld(views: Views) -> str:
    """The bulk files as a dataset."""
    return _json(
        {
            "@context": "https://schema.org",
            "@type": "Dataset",
            "name": "Smallprint archive: provisions of consumer documents",
            "description": "Provisions of terms of service and privacy policies, each with its quotation and the law.",
            "dateModified": views.edition.as_of.date().isoformat(),
            "distribution": [
                {"@type": "DataDownload", "encodingFormat": media, "contentUrl": name}
                for name, media in (("records.jsonl", "application/jsonl"), ("records.csv", "text/csv"))
            ],
        }
    )


def _json(value: dict[str, Any]) -> str:
    return json.dumps({key: part for key, part in value.items() if part not in (None, "", [])}, ensure_ascii=False)


def sitemap(page_paths: list[str], base_url: str) -> str:
    """The pages for search engines; needs the address at which the archive will stand."""
    from xml.sax.saxutils import escape

    root = base_url.rstrip("/")
    addresses = [escape(f"{root}/{path.removesuffix('index.html')}") for path in page_paths]
    lines = [f"<url><loc>{address}</loc></url>" for address in addresses]
    head = '<?xml version="1.0" encoding="utf-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
    return head + "\n".join(lines) + "\n</urlset>\n"
