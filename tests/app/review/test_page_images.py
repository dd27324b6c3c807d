"""Pages of a PDF as pictures: the boxes lie on the quoted words, and what cannot be drawn is left to the text."""

import io
from importlib.resources import files

import pytest
from fastapi.testclient import TestClient
from PIL import Image

from app.review.desk import create_desk
from app.review.document_cache import LoadedDocument
from app.review.page_images import PageImages
from classifiers.grounding import Grounder
from extractors.capture.snapshots import SnapshotFolder
from extractors.reading import read_source
from smallprint.records import Source
from smallprint.settings import Settings
from smallprint.store import people
from tests.drafts import NOW, REFUND, SNAPSHOT, save_document, save_run

QUOTE = "NEITHER PARTY MAY ACT AS A CLASS REPRESENTATIVE"


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    """The sample PDF, read and kept as a capture."""
    folder = tmp_path_factory.mktemp("snapshots")
    path = files("samples") / "lanternpair" / "terms.pdf"
    data = path.read_bytes()
    SnapshotFolder(folder).store(data)
    source = Source(location=str(path), entity="Lanternpair", title="Terms of Use")
    reading = read_source(source, Settings(home=folder))
    evidence = Grounder(reading.document, reading.clauses).ground(QUOTE)
    return folder, LoadedDocument(reading.document, reading.clauses, source, None), evidence


def test_the_boxes_are_where_the_quoted_words_are_printed(sample):
    folder, loaded, evidence = sample
    images = PageImages(folder)
    (sheet,) = images.sheets(loaded, evidence)
    assert sheet.boxes
    picture = Image.open(io.BytesIO(images.picture(loaded, sheet.page)))
    scale = picture.width / sheet.width
    for box in sheet.boxes:
        words = picture.crop([round(edge * scale) for edge in (box.x0, box.top, box.x1, box.bottom)])
        dark = sum(words.histogram()[:128]) / (words.width * words.height)
        assert 0.03 < dark < 0.6


def test_the_draft_page_shows_pictures_on_request(sample, store):
    folder, loaded, evidence = sample
    snapshot = SNAPSHOT.model_copy(update={"sha256": loaded.document.sha256})
    with store.write() as connection:
        save_document(connection, loaded.source, snapshot, loaded.document, loaded.clauses)
    provenance = REFUND.provenance.model_copy(update={"document": loaded.document.id})
    with store.write() as connection:
        token = people.start_session(connection, "Anna", NOW)
    proposed = REFUND.model_copy(update={"id": "pdf", "evidence": evidence, "provenance": provenance})
    save_run(store, proposed, document=loaded.document, clauses=loaded.clauses)
    client = TestClient(create_desk(store, clock=lambda: NOW, snapshots=folder), base_url="http://desk.example")
    client.cookies.set("smallprint", token, domain="desk.example")
    page = client.get("/draft/pdf?pages=1").text
    assert "<rect" in page
    address = f"/document/{loaded.document.id}/page/{evidence[0].page}.png"
    assert address in page
    picture = client.get(address)
    assert (picture.status_code, picture.headers["content-type"]) == (200, "image/png")
    assert client.get(f"/document/{loaded.document.id}/page/999.png").status_code == 404
    assert "<rect" not in client.get("/draft/pdf").text


def test_without_the_captured_bytes_there_are_no_pictures(sample, tmp_path):
    _, loaded, evidence = sample
    images = PageImages(tmp_path)
    assert images.sheets(loaded, evidence) == ()
    assert images.picture(loaded, 1) is None
