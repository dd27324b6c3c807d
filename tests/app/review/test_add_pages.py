"""What the analyst missed, without JavaScript: adding a provision, marking a clause as empty."""

from smallprint.store import drafts
from tests.app.review.browser import ADDRESS
from tests.drafts import CLAUSES, DOCUMENT, REFUND


def test_a_missed_provision_can_be_added_from_a_clause(anna, store):
    page = anna.get(f"/document/{DOCUMENT.id}/add?clause=c9")
    refused = anna.send(page, f"/document/{DOCUMENT.id}/add", {"title": "Licence"})
    assert refused.status == 422
    assert "Score all five factors" in refused.text
    scores = {f"factor_{name}": 2 for name in ("rights_waived", "opt_out", "breadth", "exposure", "discretion")}
    texts = dict.fromkeys(("what_it_is", "consumer_impact", "why_it_matters"), "Said plainly.")
    added = anna.send(refused, f"/document/{DOCUMENT.id}/add", {"category": "content_license", **texts, **scores})
    assert "Added" in added.text
    draft_id = added.address.removeprefix("/draft/").partition("?")[0]
    with store.read() as connection:
        draft = drafts.find_standing(connection, draft_id).draft
    assert (draft.provenance.model, draft.evidence[0].clauses) == ("person:Anna", ("c9",))


def test_the_add_page_shows_the_document_beside_the_form(anna):
    page = anna.get(f"/document/{DOCUMENT.id}/add?clause=c9&from={REFUND.id}")
    assert page.all("string(//mark)") == CLAUSES[8].text


def test_a_clause_can_be_marked_as_empty_and_unmarked(anna):
    page = anna.get(f"{ADDRESS}?tools=1")
    page = anna.send(page, f"/document/{DOCUMENT.id}/nothing", {"clause": "c9:1"})
    assert page.all("//div[@id='c9' and contains(@class, 'empty')]")
    anna.send(page, "/queue/undo")
    assert not anna.get(ADDRESS).all("//div[@id='c9' and contains(@class, 'empty')]")


def test_clauses_without_evidence_can_be_marked_one_after_the_other(anna):
    page = anna.get(f"{ADDRESS}?tools=1")
    offered = [clause.partition(":")[0] for clause in page.all("//button[@name='clause']/@value")]
    assert "c9" in offered
    assert "c3" not in offered  # a draft has its evidence there
    page = anna.send(page, f"/document/{DOCUMENT.id}/nothing", {"clause": "c9:1"})
    assert "“3.1 You keep what you write. You allow…”" in page.text
    assert page.all("//button[@name='clause']")
