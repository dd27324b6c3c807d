"""The desk on paper: what a reader of the print would miss, and what has no business there."""

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
    """The words of all sheets in one line, and the letters."""
    with pdfplumber.open(io.BytesIO(page.pdf(format="A4"))) as pdf:
        words = " ".join(sheet.extract_text() or "" for sheet in pdf.pages)
        return " ".join(words.split()), [letter for sheet in pdf.pages for letter in sheet.chars]


@pytest.fixture(scope="module")
def paper(databases, chromium) -> tuple[str, list]:
    """A draft with a long citation, printed by somebody who works in the dark."""
    cited = FrameworkCitation(id="ccpa", citation=CITATION, valid=True, why="Data is kept.")
    with databases.copy("sqlite", fill_with_a_password) as url:
        store = open_store(url)
        save_run(store, REFUND.model_copy(update={"frameworks": (*REFUND.frameworks, cited)}))
        desk = Served(store, Clock(), chromium)
        page = desk.page("Anna", color_scheme="dark")
        page.goto(f"/draft/{REFUND.id}")
        yield printed(page)
        desk.close()
        store.close()


@pytest.fixture
def sheet(paper) -> str:
    """Its words."""
    return paper[0]


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(REFUND.evidence[0].text, id="the clause"),
        pytest.param("1. Payments", id="the headings above it"),
        pytest.param("Northwind Kettles · Terms of Service", id="whose document it is"),
        pytest.param(REFUND.consumer_impact, id="what it means for users"),
        pytest.param("every user, from first use", id="the score of a factor in words"),
        pytest.param(CITATION, id="a long citation, whole"),
        pytest.param(REFUND.agencies[0].reason, id="what an agency would look at"),
        pytest.param(REFUND.provenance.snapshot_sha256[:20], id="which bytes it was read from"),
        pytest.param("2 Mar 2026, 09:00 UTC", id="when they were captured"),
    ],
)
def test_a_printed_draft_tells(sheet, said):
    assert said in sheet


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(CLAUSES[3].text, id="clauses that it is not about"),
        pytest.param("Approve", id="buttons"),
        pytest.param("Sign out", id="the desk's own pages"),
        pytest.param("why it is engaged", id="hints of empty fields"),
        pytest.param("Further categories", id="headings of what is empty"),
        pytest.param("Another passage", id="what is folded away"),
        pytest.param("Note on the decision", id="the form's note"),
    ],
)
def test_a_printed_draft_leaves_out(sheet, said):
    assert said not in sheet


def test_a_printed_draft_says_its_title_once_and_first(sheet):
    assert sheet.startswith(REFUND.title)
    assert sheet.count(REFUND.title) == 1


def test_what_is_printed_from_the_dark_is_ink_on_paper(paper):
    pale = [letter["text"] for letter in paper[1] if max(letter["non_stroking_color"]) > 0.55]
    assert "".join(pale) == ""


def test_a_printed_queue_says_of_which_view_it_is(served):
    page = served.page("Lea")
    page.goto("/queue?severity=critical")
    sheet, _ = printed(page)
    assert re.match(r"1 open draft in this view severity critical", sheet)
    assert ARBITRATION.title in sheet
    for said in ("Start reviewing", "Approve", "Saved views", "clear"):
        assert said not in sheet
