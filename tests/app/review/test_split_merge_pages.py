"""Splitting and merging drafts without JavaScript."""

from smallprint.store import queue
from smallprint.store.queue import Filters
from tests.app.review.browser import ADDRESS, decide, standing
from tests.drafts import ARBITRATION, CLASS_ACTION, REFUND

PARTS = {
    "title": ["No refunds", "Whatever the reason", ""],
    "category": ["cancellation_refund", "unilateral_change", ""],
    "quote": ["Fees are never refunded", "whatever the reason for which you leave the service.", ""],
}


def test_a_draft_can_be_split_in_two(anna, store):
    first_part = anna.send(anna.get(f"{ADDRESS}/split"), f"{ADDRESS}/split", PARTS)
    assert first_part.all("//mark")[0].text == "Fees are never refunded"
    with store.read() as connection:
        assert queue.count_drafts(connection, Filters()) == 5
    assert standing(store).draft.status == "rejected"


def test_a_split_with_a_quote_that_is_not_in_the_document_is_refused(anna, store):
    parts = PARTS | {"quote": ["Fees are never refunded", "nowhere in it at all", ""]}
    page = anna.send(anna.get(f"{ADDRESS}/split"), f"{ADDRESS}/split", parts)
    assert page.status == 422
    assert "not in the document" in page.text
    assert standing(store).version == 1


def test_a_split_of_a_draft_that_changed_meanwhile_changes_nothing(anna, ben, store):
    page = anna.get(f"{ADDRESS}/split")
    decide(ben, "approve")
    refused = anna.send(page, f"{ADDRESS}/split", PARTS)
    assert refused.status == 409
    assert "Ben changed this draft" in refused.text
    assert standing(store).version == 2


def test_a_draft_can_be_merged_into_another(anna, store):
    page = anna.get(f"/draft/{ARBITRATION.id}")
    merged = anna.send(page, f"/draft/{ARBITRATION.id}/merge", {"item": [f"{CLASS_ACTION.id}:1"]})
    assert len(merged.all("//mark")) == 2
    assert standing(store, CLASS_ACTION).draft.status == "rejected"


def test_the_split_page_shows_the_document_beside_the_form(anna):
    assert anna.get(f"{ADDRESS}/split").all("string(//mark)") == REFUND.evidence[0].text
