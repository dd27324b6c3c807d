"""Acts over the queue without JavaScript: several drafts at once, assigning, undoing."""

from tests.app.review.browser import decide, standing
from tests.drafts import ARBITRATION, CLASS_ACTION, PRICES, REFUND


def test_a_bulk_decision_names_the_drafts_that_changed_meanwhile(anna, ben, store):
    queue = anna.get("/queue")
    decide(ben, "approve", PRICES, title="Prices")
    chosen = (REFUND, PRICES, ARBITRATION)
    page = anna.send(queue, "/queue/bulk", {"act": "approve", "item": [f"{draft.id}:1" for draft in chosen]})
    assert page.status == 409
    assert "2 decided, 1 left" in page.text
    assert "Ben changed this draft" in page.text
    assert [standing(store, draft).version for draft in chosen] == [2, 2, 2]
    anna.send(page, "/queue/undo")
    assert [standing(store, draft).draft.status for draft in chosen] == ["draft", "approved", "draft"]


def test_a_bulk_decision_without_versions_decides_nothing(anna, store):
    page = anna.send(anna.get("/queue"), "/queue/bulk", {"act": "approve", "item": [REFUND.id]})
    assert page.status == 409
    assert standing(store).draft.status == "draft"


def test_a_lead_assigns_drafts_and_a_reviewer_does_not(browse, ben, anna):
    lea = browse("Lea")
    lea.send(lea.get("/queue"), "/queue/bulk", {"act": "assign", "assignee": "Ben", "item": [f"{CLASS_ACTION.id}:1"]})
    assert ben.get("/next").address.startswith(f"/draft/{CLASS_ACTION.id}")
    assert anna.get("/next").address.startswith(f"/draft/{ARBITRATION.id}")
    refused = anna.send(anna.get("/queue"), "/queue/bulk", {"act": "assign", "assignee": "Anna", "item": ["x:1"]})
    assert refused.status == 403


def test_undo_stays_on_offer_while_drafts_are_skipped(anna, store):
    page = decide(anna, "approve")
    page = anna.get(page.all("//a[@id='next']/@href")[0])
    assert "Approved" in page.text
    anna.send(page, "/queue/undo")
    assert standing(store).draft.status == "draft"


def test_an_undo_can_be_undone(anna, store):
    page = anna.send(decide(anna, "approve"), "/queue/undo")
    assert "Redo u" in page.text
    anna.send(page, "/queue/undo")
    assert standing(store).draft.status == "approved"
