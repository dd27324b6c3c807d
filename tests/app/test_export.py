"""Exports: every draft in every format, and no cell that a spreadsheet would run."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.cli.export import export, format_of, neutral
from smallprint.errors import UserError
from smallprint.records import Source
from smallprint.store.drafts import StoredDraft
from smallprint.store.records import Record
from tests.app import shapes
from tests.smallprint.store.test_runs import DOCUMENT, NOW, draft


def stored(**changes: object) -> Iterator[StoredDraft]:
    yield StoredDraft(
        draft=draft(**changes), version=1, document_id=DOCUMENT.id, source=Source(location="terms.md"), title="Terms"
    )


def test_jsonl_has_the_fields_of_the_contract(tmp_path: Path) -> None:
    assert export(stored(), "jsonl", tmp_path / "d.jsonl") == 1
    row = json.loads((tmp_path / "d.jsonl").read_text())
    assert row["document"] == {
        "id": DOCUMENT.id,
        "entity": None,
        "title": "Terms",
        "url": "terms.md",
        "snapshot": DOCUMENT.sha256,
    }
    assert row["evidence"][0] == {
        "start": 13,
        "end": 37,
        "status": "exact",
        "text": "Fees are never refunded.",
        "clauses": ["c2"],
        "page": None,
    }
    assert row["provenance"]["created_at"] == "2026-03-01T09:30:00Z"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＠"])
def test_csv_cells_never_start_a_formula(tmp_path: Path, start: str) -> None:
    export(stored(title=f"{start}HYPERLINK(1)"), "csv", tmp_path / "d.csv")
    with (tmp_path / "d.csv").open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert row["title"] == f"'{start}HYPERLINK(1)"
    assert row["quote"] == "Fees are never refunded."


def test_numbers_in_a_csv_stay_numbers() -> None:
    assert neutral(-3) == -3


def test_parquet_reads_back(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    assert export(stored(), "parquet", tmp_path / "d.parquet") == 1
    assert parquet.read_table(tmp_path / "d.parquet").to_pylist()[0]["severity"] == "medium"


def test_nothing_to_export_leaves_an_older_file_alone(tmp_path: Path) -> None:
    (tmp_path / "d.jsonl").write_text("older")
    assert export(iter(()), "jsonl", tmp_path / "d.jsonl") == 0
    assert [path.name for path in tmp_path.iterdir()] == ["d.jsonl"]
    assert (tmp_path / "d.jsonl").read_text() == "older"


def test_a_failure_half_way_leaves_no_half_file(tmp_path: Path) -> None:
    def breaking() -> Iterator[StoredDraft]:
        yield from stored()
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        export(breaking(), "jsonl", tmp_path / "d.jsonl")
    assert list(tmp_path.iterdir()) == []


def test_a_missing_output_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no such folder"):
        export(stored(), "jsonl", tmp_path / "gone" / "d.jsonl")


def test_an_approved_draft_is_written_as_it_was_approved(tmp_path: Path) -> None:
    record = Record(
        id="SP-P-000007",
        document_id="SP-D-00003",
        draft=draft(title="Fees are final", status="approved"),
        approved_by="Ada Quill",
        approved_at=NOW,
        amended_fields=("title",),
        first_tracked=NOW,
        last_verified=None,
    )
    known = {record.draft.id: record}
    assert export(stored(status="approved"), "jsonl", tmp_path / "d.jsonl", known) == 1
    row = shapes.ExportedRecord.model_validate_json((tmp_path / "d.jsonl").read_text())
    assert (row.record_id, row.document_id, row.document.id) == ("SP-P-000007", "SP-D-00003", DOCUMENT.id)
    assert (row.title, row.status, row.amended_fields) == ("Fees are final", "approved", ["title"])
    export(stored(status="approved"), "csv", tmp_path / "d.csv", known)
    with (tmp_path / "d.csv").open(encoding="utf-8-sig", newline="") as file:
        (cells,) = csv.DictReader(file)
    assert (cells["record_id"], cells["approved_by"], cells["amended_fields"]) == ("SP-P-000007", "Ada Quill", "title")


@pytest.mark.parametrize(
    ("form", "name", "chosen"),
    [
        (None, "d.csv", "csv"),
        (None, "d.parquet", "parquet"),
        (None, "d.txt", "jsonl"),
        (None, "-", "jsonl"),
        ("csv", "d.jsonl", "csv"),
    ],
    ids=["by its name", "by its name too", "another name", "standard output", "what is said wins"],
)
def test_the_format_follows_from_the_files_name(form: str | None, name: str, chosen: str) -> None:
    assert format_of(form, Path(name)) == chosen


def test_a_spreadsheet_reads_curly_quotes_from_a_csv(tmp_path: Path) -> None:
    export(stored(title="“Fees”"), "csv", tmp_path / "d.csv")
    assert (tmp_path / "d.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_a_folder_as_output_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="is a folder; name a file in it"):
        export(stored(), "jsonl", tmp_path)
