"""An archive of the test desk's document: two approved records, one of them amended, published to a folder."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from app.cli.publishing import write_archive
from extractors.capture.snapshots import SnapshotFolder
from smallprint.records import Draft
from smallprint.registry import load
from smallprint.review import Decision
from smallprint.settings import Settings
from smallprint.store import Store, open_store
from tests.drafts import NOW, decide_and_write, fill

BYTES = b"# Terms of Northwind Kettles, as captured"
DIGEST = sha256(BYTES).hexdigest()
REGISTRY = load()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "workspace")


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    settings.home.mkdir()
    opened = open_store(settings.sqlalchemy_url)
    fill(opened)
    SnapshotFolder(settings.snapshots).store(BYTES)
    yield opened
    opened.close()


def decide(store: Store, kind: str, draft: Draft, *, version: int = 1, minutes: int = 0, edited: Draft | None = None):
    """One decision by Anna on the version that she saw; the act's id."""
    with store.write() as connection:
        at = NOW + timedelta(minutes=minutes)
        decision = Decision(kind=kind, draft=draft.id, seen_version=version, by="anna", at=at, edited_draft=edited)
        return decide_and_write(connection, decision).id


@pytest.fixture
def publish(store: Store, settings: Settings, tmp_path: Path) -> Callable[..., Path]:
    def write(name: str = "site", *, profile: str = "public", preview: bool = False, **options: object) -> Path:
        folder = tmp_path / name
        write_archive(store, settings, folder, profile=profile, is_preview=preview, with_pdf=False, **options)
        return folder

    return write
