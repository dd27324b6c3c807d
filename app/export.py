"""Drafts and records to files: JSON Lines as docs/json.md fixes it, CSV for spreadsheets, Parquet for tables."""

import csv
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, TextIO

from app.json_output import draft_json
from smallprint.errors import UserError
from smallprint.store import StoredDraft

# The last four are the full-width forms, which spreadsheets set to East Asian languages take for the same.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def export_row(stored: StoredDraft) -> dict[str, Any]:
    """One draft with the document it belongs to."""
    return {
        **draft_json(stored.draft),
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
        "frameworks": "; ".join(one["citation"] for one in row["frameworks"]),
        "agencies": "; ".join(one["name"] for one in row["agencies"]),
        "enforcement_risk": row["enforcement_risk"],
        "due_diligence": "; ".join(row["due_diligence"]),
        "quote": first["text"],
        "start": first["start"],
        "end": first["end"],
        "evidence_status": first["status"],
        "all_spans": "; ".join(f"{one['start']}-{one['end']}" for one in row["evidence"]),
        "clauses": " ".join(first["clauses"]),
        "page": first["page"],
        "confidence": row["confidence"],
        "flags": "; ".join(row["flags"]),
        "status": row["status"],
        "model": row["provenance"]["model"],
        "snapshot_sha256": row["provenance"]["snapshot_sha256"],
        "created_at": row["provenance"]["created_at"],
    }


def neutral(value: object) -> object:
    """A cell that no spreadsheet runs as a formula: text that would start one gets an apostrophe in front.

    Source: OWASP, "CSV Injection".
    """
    if isinstance(value, str) and value.startswith(_FORMULA_STARTS):
        return "'" + value
    return value


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
    by_name = path.suffix.lower().removeprefix(".")
    return form or (by_name if by_name in FORMATS else "jsonl")


def export(drafts: Iterator[StoredDraft], form: str, path: Path) -> int:
    """Write drafts to a file, whole or not at all, or to standard output for ``-``; returns how many.

    A CSV file begins with a byte order mark, without which spreadsheets take its curly quotes for gibberish.

    Raises:
        UserError: an unknown format, a folder that does not exist, pyarrow missing.

    """
    if form not in FORMATS:
        raise UserError(f"unknown format {form!r}; choose one of {', '.join(FORMATS)}")
    rows = map(export_row, drafts)
    if str(path) == "-":
        if form == "parquet":
            raise UserError("Parquet cannot be written to standard output; name a file")
        return TEXT_FORMATS[form](rows, sys.stdout)
    if not path.parent.is_dir():
        raise UserError(f"{path.parent}: no such folder")
    if path.is_dir():
        raise UserError(f"{path} is a folder; name a file in it")
    partial = path.with_name(path.name + ".partial")
    try:
        if form == "parquet":
            count = write_parquet(rows, partial)
        else:
            with partial.open("w", encoding="utf-8-sig" if form == "csv" else "utf-8", newline="") as out:
                count = TEXT_FORMATS[form](rows, out)
        if count:
            partial.replace(path)
        return count
    finally:
        partial.unlink(missing_ok=True)
