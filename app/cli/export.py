"""Drafts and records to files: JSON Lines as docs/json.md fixes it, CSV for spreadsheets, Parquet for tables."""

import csv
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType
from typing import Any, TextIO

from app.files import whole_file
from app.json_output import draft_json
from app.terminal import result_stream
from smallprint.errors import UserError
from smallprint.store import Connection
from smallprint.store.drafts import StoredDraft
from smallprint.store.records import Record, stream_records

# The last four are the full-width forms, which spreadsheets set to East Asian languages take for the same.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


_INNER_FORMULA = re.compile(r"([;\t\r\n][^\S\t\r\n]*)([=+\-@\uff1d\uff0b\uff0d\uff20])")

# What a record says beside its draft; ``document_id`` is the permanent one.
_RECORD_FIELDS = ("document_id", "first_tracked", "last_verified", "approved_by", "approved_at", "amended_fields")


def records_by_draft(connection: Connection) -> dict[str, Record]:
    """The records that stand, by the id of the draft that each was approved from."""
    return {record.draft.id: record for record in stream_records(connection)}


def export_row(stored: StoredDraft, record: Record | None = None) -> dict[str, Any]:
    """One draft with the document it belongs to; an approved one as it was approved, under its record's id."""
    row = draft_json(record.draft if record else stored.draft)
    if record:
        body = record.model_dump(mode="json")
        row["record_id"] = body["id"]
        row |= {name: body[name] for name in _RECORD_FIELDS}
    return {
        **row,
        "document": {
            "id": stored.document_id,
            "entity": stored.source.entity,
            "title": stored.source.title or stored.title,
            "url": stored.source.location,
            "snapshot": stored.draft.provenance.snapshot_sha256,
        },
    }


def write_jsonl(rows: Iterable[dict[str, Any]], out: TextIO) -> int:
    """One object a line; returns how many."""
    count = 0
    for row in rows:
        out.write(json.dumps(row, ensure_ascii=False) + "\n")
        count += 1
    return count


def flat(row: dict[str, Any]) -> dict[str, Any]:
    """One draft as columns: the first quote in full, the spans of all of them, lists joined by semicolons."""
    first = row["evidence"][0]
    return {
        "id": row["id"],
        "document_id": row["document"]["id"],
        "entity": row["document"]["entity"] or "",
        "document": row["document"]["title"] or "",
        "url": row["document"]["url"],
        "title": row["title"],
        "category": row["category"],
        "secondary": "; ".join(row["secondary"]),
        "severity": row["severity"],
        **{f"factor_{name}": score for name, score in row["factors"].items()},
        "what_it_is": row["what_it_is"],
        "consumer_impact": row["consumer_impact"],
        "why_it_matters": row["why_it_matters"],
        "frameworks": "; ".join(framework["citation"] for framework in row["frameworks"]),
        "agencies": "; ".join(agency["name"] for agency in row["agencies"]),
        "enforcement_risk": row["enforcement_risk"],
        "due_diligence": "; ".join(row["due_diligence"]),
        "quote": first["text"],
        "start": first["start"],
        "end": first["end"],
        "evidence_status": first["status"],
        "all_spans": "; ".join(f"{span['start']}-{span['end']}" for span in row["evidence"]),
        "clauses": " ".join(first["clauses"]),
        "page": first["page"],
        "confidence": row["confidence"],
        "flags": "; ".join(row["flags"]),
        "status": row["status"],
        "model": row["provenance"]["model"],
        "snapshot_sha256": row["provenance"]["snapshot_sha256"],
        "created_at": row["provenance"]["created_at"],
        "record_id": row.get("record_id", ""),
        "record_document_id": row.get("document_id", ""),
        "first_tracked": row.get("first_tracked") or "",
        "last_verified": row.get("last_verified") or "",
        "approved_by": row.get("approved_by", ""),
        "approved_at": row.get("approved_at", ""),
        "amended_fields": "; ".join(row.get("amended_fields", ())),
    }


def neutral(value: object) -> object:
    """A cell that no spreadsheet runs as a formula: text that would start one gets an apostrophe in front.

    That holds behind separators inside a cell too, because a spreadsheet that is set to semicolons cuts there.

    Source: OWASP, "CSV Injection".
    """
    if not isinstance(value, str):
        return value
    inside = _INNER_FORMULA.sub(r"\1'\2", value)
    return f"'{inside}" if value.startswith(_FORMULA_STARTS) else inside


def write_csv(rows: Iterable[dict[str, Any]], out: TextIO) -> int:
    """A header and one line a draft, formulas neutralized; returns how many drafts."""
    writer: csv.DictWriter[str] | None = None
    count = 0
    for row in map(flat, rows):
        if writer is None:
            writer = csv.DictWriter(out, fieldnames=list(row))
            writer.writeheader()
        writer.writerow({name: neutral(value) for name, value in row.items()})
        count += 1
    return count


def write_parquet(rows: Iterable[dict[str, Any]], path: Path) -> int:
    """The columns of the CSV with their types; returns how many drafts.

    Raises:
        UserError: pyarrow is not installed.

    """
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError as error:
        raise UserError("Parquet needs pyarrow: pip install 'smallprint[parquet]'") from error
    table = [flat(row) for row in rows]
    parquet.write_table(pa.Table.from_pylist(table), path)
    return len(table)


TEXT_FORMATS: dict[str, Callable[[Iterable[dict[str, Any]], TextIO], int]] = {"jsonl": write_jsonl, "csv": write_csv}
FORMATS = (*TEXT_FORMATS, "parquet")


def format_of(form: str | None, path: Path) -> str:
    """The format asked for, else the one that the file's name ends in, else JSON Lines."""
    ending = path.suffix.lower().removeprefix(".")
    return form or (ending if ending in FORMATS else "jsonl")


def export(
    drafts: Iterator[StoredDraft], form: str, path: Path, known: Mapping[str, Record] = MappingProxyType({})
) -> int:
    """Write drafts to a file, whole or not at all, or to standard output for ``-``; returns how many.

    Those that are ``known`` as records, by draft id, are written as they were approved.

    A CSV file begins with a byte order mark, without which spreadsheets take its curly quotes for gibberish.

    Raises:
        UserError: an unknown format, a folder that does not exist, pyarrow missing.

    """
    if form not in FORMATS:
        raise UserError(f"unknown format {form!r}; choose one of {', '.join(FORMATS)}")
    rows = (export_row(stored, known.get(stored.draft.id)) for stored in drafts)
    if str(path) == "-":
        if form == "parquet":
            raise UserError("Parquet cannot be written to standard output; name a file")
        return TEXT_FORMATS[form](rows, result_stream())
    if not path.parent.is_dir():
        raise UserError(f"{path.parent}: no such folder")
    if path.is_dir():
        raise UserError(f"{path} is a folder; name a file in it")
    with suppress(_NothingToExportError), whole_file(path) as partial:
        if form == "parquet":
            count = write_parquet(rows, partial)
        else:
            with partial.open("w", encoding="utf-8-sig" if form == "csv" else "utf-8", newline="") as out:
                count = TEXT_FORMATS[form](rows, out)
        if not count:
            raise _NothingToExportError
        return count
    return 0


class _NothingToExportError(Exception):
    """No draft was selected: no file is made, and one that is there stays."""
