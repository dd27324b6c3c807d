"""Proof bundles hold, and one changed byte is noticed and named."""

import zipfile
from pathlib import Path

import pytest

from app.archive.bundle import verify_bundle
from app.cli.publishing import show_verification
from smallprint.errors import UserError
from smallprint.records import Provenance
from smallprint.store import documents
from tests.app.archive.conftest import BYTES, DIGEST, decide
from tests.drafts import CLAUSES, DOCUMENT, NOW, REFUND, SNAPSHOT, SOURCE, save_run


@pytest.fixture
def bundle(store, publish) -> Path:
    document = DOCUMENT.model_copy(update={"sha256": DIGEST})
    provenance = Provenance(
        **{**dict(REFUND.provenance), "snapshot_sha256": DIGEST, "document": document.id, "created_at": NOW}
    )
    proven = REFUND.model_copy(update={"id": "d-proven", "provenance": provenance})
    with store.write() as connection:
        source = documents.save_source(connection, SOURCE)
        documents.save_capture(connection, source, SNAPSHOT.model_copy(update={"sha256": DIGEST}))
        documents.save_document(connection, source, document, CLAUSES)

    save_run(store, proven, document=document)
    decide(store, "approve", proven)
    return publish(profile="professional") / "r/SP-P-000001/proof.zip"


def test_a_page_says_that_the_snapshot_is_stored_where_it_is(bundle):
    assert "Snapshot</dt><dd>stored" in (bundle.parent / "index.html").read_text()


def problems(path: Path) -> list[str]:
    return [finding.problem for finding in verify_bundle(path) if finding.problem]


def test_a_bundle_proves_its_record(bundle, capsys):
    assert problems(bundle) == []
    assert show_verification(bundle) == 0
    assert "checks hold" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("member", "old", "new"),
    {
        "a word of the record": ("record.json", b"Fees stay paid", b"Fees go back "),
        "a word of the text": ("document.txt", b"never refunded", b"often refunded"),
        "a byte of the snapshot": ("snapshot", BYTES[:5], b"# Fer"),
        "the reviewer of a decision": ("decisions.jsonl", b'"anna"', b'"otto"'),
    }.values(),
)
def test_one_changed_byte_is_noticed_and_named(bundle, tmp_path, member, old, new):
    with zipfile.ZipFile(bundle) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    assert old in members[member]
    members[member] = members[member].replace(old, new, 1)
    forged = tmp_path / "forged.zip"
    with zipfile.ZipFile(forged, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    assert problems(forged)[0] == f"{member} was changed"
    assert show_verification(forged) == 1


def test_a_bundle_is_packed_only_where_nothing_is_left_out(store, publish):
    decide(store, "approve", REFUND)
    assert not list(publish(profile="public").rglob("proof.zip"))


@pytest.mark.parametrize("kind", ["missing", "no zip", "another zip"])
def test_what_is_no_bundle_is_refused_in_one_line(tmp_path, kind):
    path = tmp_path / "proof.zip"
    if kind == "no zip":
        path.write_text("hello")
    if kind == "another zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("hello.txt", "hello")
    with pytest.raises(UserError, match=r"proof\.zip"):
        list(verify_bundle(path))
