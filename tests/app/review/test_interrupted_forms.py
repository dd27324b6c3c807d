"""A session that ends while somebody works: the form that they sent comes back after signing in, undecided."""

import json

import pytest

from app.review.passwords import hash_password
from smallprint.store import people
from tests.app.review.browser import ADDRESS, decide, standing
from tests.drafts import NOW, REFUND

PASSWORD = "correct horse battery"


@pytest.fixture
def anna_with_password(browse, store):
    with store.write() as connection:
        people.set_password(connection, "Anna", hash_password(PASSWORD), by="test", at=NOW)
    return browse("Anna")


def test_edits_survive_an_expired_session(anna_with_password, clock, store):
    anna = anna_with_password
    page = anna.get(ADDRESS)
    clock.pass_by(hours=11)
    sign_in = decide(anna, "approve", page=page, title="Typed for an hour", note="important")
    assert sign_in.status == 401
    assert "nothing is lost" in sign_in.text
    page = anna.send(sign_in, "/sign-in", {"name": "anna", "password": PASSWORD})
    assert page.address.partition("?")[0] == ADDRESS
    assert page.text_area("title") == "Typed for an hour"
    assert "important" in page.text
    assert standing(store).draft.status == "draft"
    decide(anna, "approve", page=page)
    assert standing(store).draft.title == "Typed for an hour"


def test_a_bulk_decision_of_an_expired_session_asks_before_it_is_sent_again(anna_with_password, clock, store):
    anna = anna_with_password
    page = anna.get("/queue")
    clock.pass_by(hours=11)
    sign_in = anna.send(page, "/queue/bulk", {"act": "approve", "item": [f"{REFUND.id}:1"]})
    question = anna.send(sign_in, "/sign-in", {"name": "Anna", "password": PASSWORD})
    assert "You are signed in again" in question.text
    assert standing(store).draft.status == "draft"
    anna.send(question, "/queue/bulk")
    assert standing(store).draft.status == "approved"


def test_a_request_of_the_script_without_a_session_gets_401_as_json(anna, clock):
    clock.pass_by(hours=11)
    answer = anna.client.post(ADDRESS, content="act=keep", headers={"accept": "application/json"})
    assert (answer.status_code, json.loads(answer.text)) == (401, {"signed_out": True})
