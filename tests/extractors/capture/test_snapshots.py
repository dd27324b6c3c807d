"""Snapshots: bytes are stored once, come back unchanged, and damage is detected."""

from pathlib import Path

import pytest

from extractors.capture.snapshots import SnapshotFolder


def test_bytes_are_stored_once_and_come_back_by_their_hash(tmp_path: Path) -> None:
    folder = SnapshotFolder(tmp_path / "snapshots")
    digest = folder.store(b"terms")
    assert digest == folder.store(b"terms")
    assert folder.load(digest) == b"terms"
    assert [path.name for path in (tmp_path / "snapshots").rglob("*") if path.is_file()] == [digest]


def test_bytes_come_back_from_object_storage() -> None:
    folder = SnapshotFolder("memory://snapshots")
    assert folder.load(folder.store(b"terms")) == b"terms"


def test_damaged_bytes_are_refused(tmp_path: Path) -> None:
    folder = SnapshotFolder(tmp_path)
    digest = folder.store(b"terms")
    (tmp_path / digest[:2] / digest).write_bytes(b"other terms")
    with pytest.raises(ValueError, match="damaged"):
        folder.load(digest)


def test_an_unknown_hash_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        SnapshotFolder(tmp_path).load("0" * 64)
