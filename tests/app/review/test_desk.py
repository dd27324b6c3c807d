"""The desk without JavaScript: every job that a reviewer has, through forms alone."""

import json

import pytest

from smallprint.registry import load
from smallprint.store import decisions, queue
from smallprint.store.queue import Filters
from smallprint.store.records import stream_records
from tests.drafts import ARBITRATION, CLASS_ACTION, DOCUMENT, NOW, PRICES, REFUND, save_run

ADDRESS = f"/draft/{REFUND.id}"


def standing(store, draft=REFUND):
    with store.read() as connection:
        return decisions.standing(connection, draft.id)


def decide(browser, act, draft=REFUND, page=None, **changes):
    page = page or browser.get(f"/draft/{draft.id}")
    return browser.send(page, f"/draft/{draft.id}", {"act": act, **changes})


# ---- queue


def test_the_queue_shows_the_neediest_first(anna):
    page = anna.get("/")
    titles = [one.text_content() for one in page.all("//a[@class='title']")]
    assert titles == [one.title for one in (CLASS_ACTION, ARBITRATION, PRICES, REFUND)]
    assert "4 open drafts" in page.text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        pytest.param("severity=critical", [ARBITRATION], id="one severity"),
        pytest.param("q=jury", [CLASS_ACTION], id="a word of the source"),
        pytest.param("flag=low_confidence&entity=Northwind+Kettles", [PRICES], id="flag and entity"),
        pytest.param(
            "status=nonsense&page=-3&severity=%00", [CLASS_ACTION, ARBITRATION, PRICES, REFUND], id="nonsense"
        ),
        pytest.param("status=approved", [], id="nothing approved yet"),
    ],
)
def test_filters_are_addresses(anna, query, found):
    page = anna.get(f"/queue?{query}")
    assert [one.get("href").partition("?")[0] for one in page.all("//a[@class='title']")] == [
        f"/draft/{one.id}" for one in found
    ]


def test_a_view_is_saved_shared_by_leads_and_dropped(anna, browse):
    page = anna.get("/queue?severity=critical")
    anna.send(page, "/queue/views", {"name": "worst"})
    assert anna.get("/queue").all("//a[@href='/queue?severity=critical']/span[contains(., 'worst')]")
    assert "worst" not in browse("Ben").get("/queue").text
    lea = browse("Lea")
    lea.send(lea.get("/queue?q=jury"), "/queue/views", {"name": "juries", "shared": "1"})
    assert "juries shared" in anna.get("/queue").text


# ---- the draft's page


def test_the_page_lights_the_evidence_and_says_where_it_stands(anna):
    page = anna.get(ADDRESS)
    assert [one.text for one in page.all("//mark")] == [REFUND.evidence[0].text]
    assert page.all("//mark[@id='evidence']")
    assert "1. Payments" in page.all("//p[@class='path']")[0].text_content()
    assert page.all("//a[@class='other']")[0].text == PRICES.evidence[0].text


def test_the_page_tells_provenance_rubric_definition_and_complaint_link(anna):
    page = anna.get(ADDRESS)
    for said in (DOCUMENT.sha256, "offline@1", "2 Mar 2026, 09:00 UTC", "sole discretion, without notice or reason"):
        assert said in page.text
    definition = page.all("//p[@id='definition']")[0].text_content()
    assert definition.strip()
    assert "_" not in definition
    assert page.all(f"//a[@href='{load().agencies['ftc'].complaint_url}']")


def test_approving_leads_to_the_next_draft_with_undo_at_hand(anna, store):
    page = decide(anna, "approve", CLASS_ACTION)
    assert page.address.startswith(f"/draft/{ARBITRATION.id}")
    assert "Approved" in page.text
    assert "SP-P-000001" in page.text
    back = anna.send(page, "/queue/undo")
    assert back.address.startswith(f"/draft/{CLASS_ACTION.id}")
    assert standing(store, CLASS_ACTION).draft.status == "draft"


def test_the_next_draft_is_of_the_same_view(anna):
    page = anna.get(f"{ADDRESS}?severity=medium")
    after = decide(anna, "approve", page=page)
    assert after.address.startswith(f"/draft/{PRICES.id}?severity=medium")
    assert "Nothing is left" in decide(anna, "approve", PRICES, page=after).text


def test_amending_changes_every_field(anna, store):
    changes = {
        "title": "No money back",
        "category": "payment_authorization",
        "secondary": ["cancellation_refund", ""],
        "factor_rights_waived": "3",
        "reason_discretion": "It is fixed.",
        "what_it_is": "Fees are kept.",
        "consumer_impact": "Paid is paid.",
        "why_it_matters": "It may be unfair.",
        "enforcement_risk": "Some.",
        "due_diligence": "Ask one thing.\r\n\r\nAsk another.",
        "citation": ["15 U.S.C. § 45", ""],
        "citation_why": ["Unfair.", ""],
        "agency": ["ftc", ""],
        "agency_reason": ["It acts.", ""],
        "quote": ["Fees are never refunded", ""],
    }
    page = decide(anna, "approve", **changes)
    assert page.status == 200, page.text
    made = standing(store).draft
    assert (made.title, made.category, made.secondary) == (
        "No money back",
        "payment_authorization",
        ("cancellation_refund",),
    )
    assert (made.factors.rights_waived, made.severity, made.factor_reasons["discretion"]) == (3, "high", "It is fixed.")
    assert made.due_diligence == ("Ask one thing.", "Ask another.")
    assert [(one.id, one.citation, one.why) for one in made.frameworks] == [("ftc-act", "FTC Act Section 5", "Unfair.")]
    assert [(one.id, one.reason) for one in made.agencies] == [("ftc", "It acts.")]
    (proof,) = made.evidence
    assert DOCUMENT.text[proof.start : proof.end] == proof.text == "Fees are never refunded"
    with store.read() as connection:
        (record,) = stream_records(connection)
    assert {"title", "severity", "evidence"} <= set(record.amended_fields)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        pytest.param({"citation": ["GDPR Art. 214", ""]}, "GDPR Art. 214", id="a law that has no such article"),
        pytest.param({"citation": ["Kettle Act §4", ""]}, "names no law of the registry", id="a law that is not known"),
        pytest.param({"quote": ["Fees are always refunded within a day"]}, "not in the document", id="words not there"),
        pytest.param({"title": ""}, "cannot be empty", id="no title"),
        pytest.param({"category": "kettle_law"}, "not in the taxonomy", id="a category of one's own"),
        pytest.param({"factor_breadth": "7"}, "scored 0 to 3", id="a score of seven"),
    ],
)
def test_what_cannot_stand_is_refused_and_nothing_typed_is_lost(anna, store, changes, said):
    page = decide(anna, "approve", why_it_matters="My own words.", **changes)
    assert page.status == 422
    assert said in page.text
    assert "My own words." in page.text
    assert standing(store).version == 1
    again = anna.send(page, ADDRESS, {"act": "reject", "reasons": ["misread"]})
    assert again.status == 200


def test_rejecting_wants_a_reason_and_keeps_the_note(anna, store):
    assert decide(anna, "reject").status == 422
    decide(anna, "reject", reasons=["misread", "other"], note="It speaks of postage.")
    page = anna.get(ADDRESS)
    for said in ("Rejected", "The clause is read wrongly", "It speaks of postage."):
        assert said in page.text
    assert standing(store).draft.status == "rejected"


def test_a_second_opinion_goes_to_somebody_else(anna, ben):
    decide(anna, "second_opinion", CLASS_ACTION, note="Is this a waiver?")
    assert anna.get("/next").address.startswith(f"/draft/{ARBITRATION.id}")
    page = ben.get("/next")
    assert page.address.startswith(f"/draft/{CLASS_ACTION.id}")
    assert "Anna asks for a second opinion: “Is this a waiver?”" in page.text


def test_half_done_edits_come_back_after_a_reload_and_can_be_thrown_away(anna):
    decide(anna, "keep", title="Half a thought", note="to be asked")
    page = anna.get(ADDRESS)
    assert page.typed("title") == "Half a thought"
    assert "unfinished edits" in page.text
    page = anna.send(page, ADDRESS, {"act": "forget"})
    assert page.typed("title") == REFUND.title


def test_the_reader_of_a_draft_is_named_to_others(anna, ben):
    anna.get(f"/draft/{CLASS_ACTION.id}")
    assert "Anna is reading this draft now" in ben.get(f"/draft/{CLASS_ACTION.id}").text
    assert ben.get("/next").address.startswith(f"/draft/{ARBITRATION.id}")


# ---- conflicts


def test_a_conflict_shows_both_sides_and_loses_nothing(anna, ben, store):
    seen = ben.get(ADDRESS)
    decide(anna, "approve", title="Anna's title")
    page = decide(ben, "approve", page=seen, title="Ben's title", what_it_is="Ben's view.", note="sure")
    assert page.status == 409
    for said in ("Anna", "approved, with changes", "Anna's title", "Ben's title", "was not applied", "SP-P-000001"):
        assert said in page.text
    assert standing(store).draft.title == "Anna's title"
    merged = ben.send(page, f"{ADDRESS}/resolve", {"take_title": "theirs", "take_what it is": "mine"})
    assert merged.typed("title") == "Anna's title"
    assert merged.all("//textarea[@name='what_it_is']")[0].text.strip() == "Ben's view."
    decide(ben, "approve", page=merged)
    now = standing(store)
    assert (now.draft.title, now.draft.what_it_is, now.version) == ("Anna's title", "Ben's view.", 3)


def test_edits_kept_before_somebody_else_decided_open_as_a_conflict(anna, ben):
    decide(ben, "keep", title="Ben's title")
    decide(anna, "reject", reasons=["misread"])
    page = ben.get(ADDRESS)
    assert "Two of you were here" in page.text
    assert "Ben's title" in page.text


def test_a_new_run_meanwhile_is_a_conflict_too(anna, store):
    seen = anna.get(ADDRESS)
    save_run(store, REFUND.model_copy(update={"title": "Anew"}), PRICES, ARBITRATION, CLASS_ACTION)
    page = decide(anna, "approve", page=seen)
    assert page.status == 409
    assert "A new run changed" in page.text


def test_pressing_twice_is_no_conflict_and_decides_once(anna, store):
    seen = anna.get(ADDRESS)
    assert decide(anna, "approve", page=seen).status == 200
    again = decide(anna, "approve", page=seen)
    assert (again.status, again.address.partition("?")[0]) == (200, f"/draft/{CLASS_ACTION.id}")
    assert standing(store).version == 2


def test_a_form_without_a_version_decides_nothing(anna, store):
    assert decide(anna, "approve", saw=None).status == 409
    assert standing(store).version == 1


# ---- several


def test_a_bulk_carries_every_version_and_says_what_was_left(anna, ben, store):
    seen = anna.get("/queue")
    decide(ben, "approve", PRICES, title="Prices")
    items = [f"{one.id}:1" for one in (REFUND, PRICES, ARBITRATION)]
    page = anna.send(seen, "/queue/bulk", {"act": "approve", "item": items})
    assert page.status == 409
    assert "2 decided, 1 left" in page.text
    assert "Ben changed this draft" in page.text
    assert [standing(store, one).version for one in (REFUND, PRICES, ARBITRATION)] == [2, 2, 2]
    anna.send(page, "/queue/undo")
    assert [standing(store, one).draft.status for one in (REFUND, PRICES, ARBITRATION)] == [
        "draft",
        "approved",
        "draft",
    ]


def test_a_bulk_without_versions_decides_nothing(anna, store):
    page = anna.send(anna.get("/queue"), "/queue/bulk", {"act": "approve", "item": [REFUND.id]})
    assert page.status == 409
    assert standing(store).draft.status == "draft"


def test_a_lead_hands_out_drafts(browse, ben, anna):
    lea = browse("Lea")
    lea.send(lea.get("/queue"), "/queue/bulk", {"act": "assign", "assignee": "Ben", "item": [f"{CLASS_ACTION.id}:1"]})
    assert ben.get("/next").address.startswith(f"/draft/{CLASS_ACTION.id}")
    assert anna.get("/next").address.startswith(f"/draft/{ARBITRATION.id}")
    refused = anna.send(anna.get("/queue"), "/queue/bulk", {"act": "assign", "assignee": "Anna", "item": ["x:1"]})
    assert refused.status == 403


def test_a_draft_is_split_in_two(anna, store):
    page = anna.get(f"{ADDRESS}/split")
    parts = {
        "title": ["No refunds", "Whatever the reason", ""],
        "category": ["cancellation_refund", "unilateral_change", ""],
        "quote": ["Fees are never refunded", "whatever the reason for which you leave the service.", ""],
    }
    made = anna.send(page, f"{ADDRESS}/split", parts)
    assert made.all("//mark")[0].text == "Fees are never refunded"
    with store.read() as connection:
        assert queue.total(connection, Filters()) == 5
    assert standing(store).draft.status == "rejected"


def test_a_split_with_words_that_are_not_there_is_refused(anna, store):
    page = anna.get(f"{ADDRESS}/split")
    parts = {
        "title": ["A", "B"],
        "category": ["venue", "venue"],
        "quote": ["Fees are never refunded", "nowhere in it at all"],
    }
    again = anna.send(page, f"{ADDRESS}/split", parts)
    assert again.status == 422
    assert "not in the document" in again.text
    assert standing(store).version == 1


def test_drafts_are_merged(anna, store):
    page = anna.get(f"/draft/{ARBITRATION.id}")
    merged = anna.send(page, f"/draft/{ARBITRATION.id}/merge", {"item": [f"{CLASS_ACTION.id}:1"]})
    assert len(merged.all("//mark")) == 2
    assert standing(store, CLASS_ACTION).draft.status == "rejected"


def test_a_missed_provision_is_added_from_a_clause(anna, store):
    page = anna.get(f"/document/{DOCUMENT.id}/add?clause=c9")
    refused = anna.send(page, f"/document/{DOCUMENT.id}/add", {"title": "Licence"})
    assert refused.status == 422
    assert "Score all five factors" in refused.text
    scores = {f"factor_{name}": 2 for name in ("rights_waived", "opt_out", "breadth", "exposure", "discretion")}
    texts = dict.fromkeys(("what_it_is", "consumer_impact", "why_it_matters"), "Said plainly.")
    made = anna.send(refused, f"/document/{DOCUMENT.id}/add", {"category": "content_license", **texts, **scores})
    assert "Added" in made.text
    draft_id = made.address.removeprefix("/draft/").partition("?")[0]
    with store.read() as connection:
        added = decisions.standing(connection, draft_id).draft
    assert (added.provenance.model, added.evidence[0].clauses) == ("person:Anna", ("c9",))


def test_a_clause_is_marked_as_empty_and_unmarked(anna):
    page = anna.get(f"{ADDRESS}?tools=1")
    page = anna.send(page, f"/document/{DOCUMENT.id}/nothing", {"clause": "c9:1"})
    assert page.all("//div[@id='c9' and contains(@class, 'empty')]")
    page = anna.send(page, "/queue/undo")
    assert not anna.get(ADDRESS).all("//div[@id='c9' and contains(@class, 'empty')]")


# ---- checks while typing


@pytest.mark.parametrize(
    ("text", "valid"), [("GDPR Art. 6(1)(f)", True), ("GDPR Art. 214", False), ("Kettle Act", False)]
)
def test_a_citation_is_checked_while_it_is_typed(anna, text, valid):
    (found,) = anna.client.get("/check/citation", params={"document": DOCUMENT.id, "text": text}).json()
    assert found["valid"] is valid
    assert valid or found["problem"]


def test_severity_follows_the_factors(anna):
    scores = {"rights_waived": 3, "opt_out": 3, "breadth": 3, "exposure": 3, "discretion": 0}
    assert anna.client.get("/check/severity", params=scores).json()["severity"] == "critical"
    assert anna.client.get("/check/severity", params={**scores, "opt_out": 9}).status_code == 422


# ---- a session that ends


def test_an_expired_session_loses_no_edit(anna, browse, clock, store):
    from app.review.passwords import hash_password
    from smallprint.store import people

    with store.write() as connection:
        people.set_password(connection, "Anna", hash_password("correct horse battery"), by="test", at=NOW)
    fresh = browse("Anna")
    page = fresh.get(ADDRESS)
    clock.pass_by(hours=11)
    asked = decide(fresh, "approve", page=page, title="Typed for an hour", note="important")
    assert asked.status == 401
    assert "nothing is lost" in asked.text
    back = fresh.send(asked, "/sign-in", {"name": "anna", "password": "correct horse battery"})
    assert back.address.partition("?")[0] == ADDRESS
    assert back.typed("title") == "Typed for an hour"
    assert "important" in back.text
    assert standing(store).draft.status == "draft"
    decide(fresh, "approve", page=back)
    assert standing(store).draft.title == "Typed for an hour"


def test_a_bulk_of_an_expired_session_waits_behind_the_sign_in(browse, clock, store):
    from app.review.passwords import hash_password
    from smallprint.store import people

    with store.write() as connection:
        people.set_password(connection, "Ben", hash_password("correct horse battery"), by="test", at=NOW)
    ben = browse("Ben")
    page = ben.get("/queue")
    clock.pass_by(hours=11)
    asked = ben.send(page, "/queue/bulk", {"act": "approve", "item": [f"{REFUND.id}:1"]})
    again = ben.send(asked, "/sign-in", {"name": "Ben", "password": "correct horse battery"})
    assert "You are signed in again" in again.text
    assert standing(store).draft.status == "draft"
    ben.send(again, "/queue/bulk")
    assert standing(store).draft.status == "approved"


def test_the_script_is_told_that_the_session_ended(anna, clock):
    clock.pass_by(hours=11)
    answer = anna.client.post(ADDRESS, content="act=keep", headers={"accept": "application/json"})
    assert (answer.status_code, json.loads(answer.text)) == (401, {"signed_out": True})
