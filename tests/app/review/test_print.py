"""The desk on paper: what a print must show, and what must not be on it."""

import io
import re

import pdfplumber
import pytest

from smallprint.records import FrameworkCitation
from smallprint.store import open_store
from tests.app.review.chromium import Served, chromium, fill_with_a_password, kind, needs_chromium, served
from tests.app.review.conftest import Clock
from tests.drafts import ARBITRATION, CLAUSES, REFUND, save_run

__all__ = ["chromium", "kind", "served"]
pytestmark = needs_chromium
CITATION = "CCPA §1798.100, §1798.105 and §1798.120 of the Civil Code"


def printed(page) -> tuple[str, list]:
    """The text of all sheets in one line, and its letters."""
    with pdfplumber.open(io.BytesIO(page.pdf(format="A4"))) as pdf:
        words = " ".join(sheet.extract_text() or "" for sheet in pdf.pages)
        return " ".join(words.split()), [letter for sheet in pdf.pages for letter in sheet.chars]


@pytest.fixture(scope="module")
def paper(databases, chromium) -> tuple[str, list]:
    """A draft with a long citation, printed from a dark color scheme."""
    law = FrameworkCitation(id="ccpa", citation=CITATION, valid=True, why="Data is kept.")
    with databases.copy("sqlite", fill_with_a_password) as url:
        store = open_store(url)
        save_run(store, REFUND.model_copy(update={"frameworks": (*REFUND.frameworks, law)}))
        desk = Served(store, Clock(), chromium)
        page = desk.page("Anna", color_scheme="dark")
        page.goto(f"/draft/{REFUND.id}")
        yield printed(page)
        desk.close()
        store.close()


@pytest.fixture
def sheet(paper) -> str:
    """Its text."""
    return paper[0]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(REFUND.evidence[0].text, id="the clause"),
        pytest.param("1. Payments", id="the heading above the clause"),
        pytest.param("Northwind Kettles · Terms of Service", id="entity and title of the document"),
        pytest.param(REFUND.consumer_impact, id="consumer impact"),
        pytest.param("every user, from first use", id="the score of a factor in words"),
        pytest.param(CITATION, id="a long citation, whole"),
        pytest.param(REFUND.agencies[0].reason, id="the reason for an agency"),
        pytest.param(REFUND.provenance.snapshot_sha256[:20], id="the hash of the snapshot"),
        pytest.param("2 Mar 2026, 09:00 UTC", id="when it was captured"),
    ],
)
def test_a_printed_draft_shows(sheet, text):
    assert text in sheet


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(CLAUSES[3].text, id="clauses without evidence"),
        pytest.param("Approve", id="buttons"),
        pytest.param("Sign out", id="the navigation"),
        pytest.param("why it is engaged", id="hints of empty fields"),
        pytest.param("Further categories", id="headings of empty fields"),
        pytest.param("Another passage", id="an input that is folded away"),
        pytest.param("Note on the decision", id="the form's note"),
    ],
)
def test_a_printed_draft_leaves_out(sheet, text):
    assert text not in sheet


def test_a_printed_draft_begins_with_its_title_and_shows_it_once(sheet):
    assert sheet.startswith(REFUND.title)
    assert sheet.count(REFUND.title) == 1


def test_a_print_from_a_dark_color_scheme_is_dark_on_white(paper):
    pale = [letter["text"] for letter in paper[1] if max(letter["non_stroking_color"]) > 0.55]
    assert "".join(pale) == ""


def test_a_printed_queue_names_its_view(served):
    page = served.page("Lea")
    page.goto("/queue?severity=critical")
    sheet, _ = printed(page)
    assert re.match(r"1 open draft in this view severity critical", sheet)
    assert ARBITRATION.title in sheet
    for text in ("Start reviewing", "Approve", "Saved views", "clear"):
        assert text not in sheet
