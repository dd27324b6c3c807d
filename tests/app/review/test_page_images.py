"""Pages of a PDF as pictures: the boxes lie on the quoted words, and what cannot be drawn is left to the text."""

import io
import threading
from concurrent.futures import ThreadPoolExecutor, as_completed
from importlib.resources import files

import pytest
from fastapi.testclient import TestClient
from PIL import Image

from app.review import page_images
from app.review.desk import create_desk
from app.review.document_cache import LoadedDocument
from app.review.page_images import MAX_DRAWN_AT_ONCE, MAX_WAITING, BusyError, PageImages
from classifiers.grounding import Grounder
from extractors.capture.snapshots import SnapshotFolder
from extractors.pdf import drawing
from extractors.reading import read_source
from extractors.sandbox import Limits
from smallprint.records import Source
from smallprint.settings import Settings
from smallprint.store import sessions
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


@pytest.fixture
def client(sample, store):
    """A browser signed in at a desk with one draft of the sample PDF."""
    folder, loaded, evidence = sample
    snapshot = SNAPSHOT.model_copy(update={"sha256": loaded.document.sha256})
    with store.write() as connection:
        save_document(connection, loaded.source, snapshot, loaded.document, loaded.clauses)
    provenance = REFUND.provenance.model_copy(update={"document": loaded.document.id})
    with store.write() as connection:
        token = sessions.start_session(connection, "Anna", NOW)
    proposed = REFUND.model_copy(update={"id": "pdf", "evidence": evidence, "provenance": provenance})
    save_run(store, proposed, document=loaded.document, clauses=loaded.clauses)
    client = TestClient(create_desk(store, clock=lambda: NOW, snapshots=folder), base_url="http://desk.example")
    client.cookies.set("smallprint", token, domain="desk.example")
    return client


def address_of(loaded, page):
    return f"/document/{loaded.document.id}/page/{page}.png"


def test_the_draft_page_shows_pictures_on_request(sample, client):
    _, loaded, evidence = sample
    page = client.get("/draft/pdf?pages=1").text
    assert "<rect" in page
    address = address_of(loaded, evidence[0].page)
    assert address in page
    picture = client.get(address)
    assert (picture.status_code, picture.headers["content-type"]) == (200, "image/png")
    assert client.get(address_of(loaded, 999)).status_code == 404
    assert "<rect" not in client.get("/draft/pdf").text


def test_without_the_captured_bytes_there_are_no_pictures(sample, tmp_path):
    _, loaded, evidence = sample
    images = PageImages(tmp_path)
    assert images.sheets(loaded, evidence) == ()
    assert images.picture(loaded, 1) is None


def test_a_flood_of_requests_is_refused_and_what_was_drawn_is_still_shown(sample, monkeypatch):
    folder, loaded, _ = sample
    images = PageImages(folder)
    shown = images.picture(loaded, 1)
    monkeypatch.setattr(page_images, "MAX_WAIT_SECONDS", 0.3)
    drawing_may_end = threading.Event()
    monkeypatch.setattr(page_images, "draw_page", lambda _pdf, _page: b"drawn" if drawing_may_end.wait(30) else None)
    long = LoadedDocument(loaded.document.model_copy(update={"page_count": 100}), loaded.clauses, loaded.source, None)

    def ask(page):
        try:
            return images.picture(long, page)
        except BusyError:
            return "busy"

    with ThreadPoolExecutor(45) as threads:
        asked = [threads.submit(ask, page) for page in range(2, 47)]
        finished = as_completed(asked, timeout=30)
        refused = [next(finished).result() for _ in range(45 - MAX_DRAWN_AT_ONCE)]
        assert set(refused) == {"busy"}
        assert images.picture(loaded, 1) == shown
        drawing_may_end.set()
        assert [request.result() for request in asked].count(b"drawn") == MAX_DRAWN_AT_ONCE


def test_only_so_many_requests_wait(sample, monkeypatch):
    folder, loaded, _ = sample
    images = PageImages(folder)
    for _ in range(MAX_DRAWN_AT_ONCE + MAX_WAITING):
        assert images._admitted.acquire(blocking=False)
    monkeypatch.setattr(page_images, "MAX_WAIT_SECONDS", 600)
    with pytest.raises(BusyError):
        images.picture(loaded, 1)


def test_a_busy_desk_asks_to_come_again_and_shows_the_text(sample, client, monkeypatch):
    def refuse(*_):
        raise BusyError

    _, loaded, evidence = sample
    monkeypatch.setattr(PageImages, "_turn", refuse)
    refused = client.get(address_of(loaded, evidence[0].page))
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "5")
    page = client.get("/draft/pdf?pages=1")
    assert page.status_code == 200
    assert "Many pages are being drawn" in page.text
    assert "CLASS REPRESENTATIVE" in page.text


def test_a_page_that_is_too_heavy_to_draw_is_tried_once(sample, monkeypatch):
    folder, loaded, _ = sample
    images = PageImages(folder)
    monkeypatch.setattr(drawing, "_LIMITS", Limits(megabytes=600, processor_seconds=10, seconds=0.0))
    assert images.picture(loaded, 1) is None
    monkeypatch.setattr(page_images, "draw_page", lambda *_: pytest.fail("drawn again"))
    assert images.picture(loaded, 1) is None
