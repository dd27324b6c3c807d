"""Links from a passage to the live page at its words, to the archive, to a page of a PDF."""

import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files

import pytest

from app.review.document_cache import LoadedDocument
from app.review.source_pane import SourceLinks, source_links
from extractors import extract
from extractors.clauses import cut_clauses
from smallprint.records import Evidence, Source
from smallprint.store import open_store
from tests.app.review.chromium import Served, chromium, fill_with_a_password, needs_chromium
from tests.app.review.conftest import Clock
from tests.drafts import CLAUSES, DOCUMENT, REFUND, SNAPSHOT, save_document, save_run
from tests.extractors.test_fragments import IN_VIEW

__all__ = ["chromium"]

HTML = DOCUMENT.model_copy(update={"media_type": "text/html"})
PDF = DOCUMENT.model_copy(update={"media_type": "application/pdf"})
LIVE, ARCHIVED = "https://kettles.example/terms", "https://web.archive.org/web/20260301/https://kettles.example/terms"
AT = "#:~:text=1.1%20Fees%20are%20never%20refunded,which%20you%20leave%20the%20service"
PROOF = REFUND.evidence[0]


def loaded(document=HTML, location="terms.html", **captured) -> LoadedDocument:
    return LoadedDocument(document, CLAUSES, Source(location=location), SNAPSHOT.model_copy(update=captured))


@pytest.mark.parametrize(
    ("document", "live", "archived"),
    [
        pytest.param(loaded(location=LIVE), LIVE + AT, "", id="a page that was fetched"),
        pytest.param(loaded(location=LIVE, final_url=f"{LIVE}/v2"), f"{LIVE}/v2{AT}", "", id="a page that has moved"),
        pytest.param(loaded(location=LIVE, wayback_url=ARCHIVED), LIVE + AT, ARCHIVED + AT, id="a page with a capture"),
        pytest.param(
            loaded(location=ARCHIVED, url=ARCHIVED, original_url=LIVE),
            LIVE + AT,
            ARCHIVED + AT,
            id="a capture that was read itself",
        ),
        pytest.param(
            loaded(PDF, location=f"{LIVE}.pdf"), f"{LIVE}.pdf#page=3", "", id="a PDF, whose pages have numbers"
        ),
        pytest.param(loaded(DOCUMENT, location=f"{LIVE}.md"), f"{LIVE}.md", "", id="text, which has no anchors"),
    ],
)
def test_the_live_and_the_archived_address_of_a_passage(document, live, archived):
    (links,) = source_links(document, [PROOF.model_copy(update={"page": 3})]).values()
    assert links == SourceLinks(live, archived, 3)


@pytest.mark.parametrize(
    "location",
    [
        pytest.param("/home/ada/terms.html", id="a path of the disk"),
        pytest.param("javascript:alert(1)", id="a script"),
        pytest.param("file:///etc/passwd", id="a file of the reader's machine"),
        pytest.param("//[kettles", id="not an address"),
    ],
)
def test_only_web_addresses_are_linked(location):
    assert source_links(loaded(location=location, wayback_url=location), [PROOF]) == {}


@pytest.fixture
def live():
    """The samples as a site."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(files("samples"))))
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/brambleframe/terms-2026-02.html"
    server.shutdown()
    server.server_close()


@needs_chromium
def test_the_link_opens_the_live_page_at_the_clause(live, databases, chromium):
    document = extract((files("samples") / "brambleframe" / "terms-2026-02.html").read_bytes(), source=live)
    clauses = cut_clauses(document)
    clause = next(clause for clause in clauses[len(clauses) * 2 // 3 :] if len(clause.text) > 80)
    loaded = LoadedDocument(document, clauses, Source(location=live), None)
    proof = Evidence(start=clause.start, end=clause.end, status="exact", text=clause.text, clauses=(clause.id,))
    provenance = REFUND.provenance.model_copy(update={"document": document.id})
    with databases.copy("sqlite", fill_with_a_password) as url:
        store = open_store(url)
        snapshot = SNAPSHOT.model_copy(update={"sha256": document.sha256, "url": live})
        with store.write() as connection:
            save_document(connection, loaded.source, snapshot, document, clauses)
        proposed = REFUND.model_copy(update={"id": "html", "evidence": (proof,), "provenance": provenance})
        save_run(store, proposed, document=document, clauses=clauses)
        desk = Served(store, Clock(), chromium)
        page = desk.page("Anna", viewport={"width": 1200, "height": 500})
        page.goto("/draft/html")
        link = page.locator(".evidence .opens")
        assert set(link.get_attribute("rel").split()) == {"noopener", "noreferrer"}
        with page.context.expect_page() as opened:
            page.keyboard.press("s")
        source = opened.value
        words = " ".join(clause.text.split("\n")[0].split()[1:7])
        source.wait_for_function(IN_VIEW, arg=words, timeout=5000)
        assert source.evaluate("scrollY") > 0
        assert source.evaluate("document.referrer") == ""
        desk.close()
        store.close()
