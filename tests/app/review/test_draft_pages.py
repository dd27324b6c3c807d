"""The draft's page without JavaScript: what it shows, decisions on it, edits kept for later, checks while typing."""

import pytest
from sqlalchemy import update

from smallprint.registry import load
from smallprint.store import audit
from smallprint.store import tables as t
from smallprint.store.records import stream_records
from tests.app.review.browser import ADDRESS, decide, standing
from tests.drafts import ARBITRATION, CLASS_ACTION, DOCUMENT, PRICES, REFUND

# ---- what it shows


def test_the_draft_page_highlights_the_evidence_and_names_its_section(anna):
    page = anna.get(ADDRESS)
    assert [mark.text for mark in page.all("//mark")] == [REFUND.evidence[0].text]
    assert page.all("//mark[@id='evidence']")
    assert "1. Payments" in page.all("//p[@class='path']")[0].text_content()
    assert page.all("//a[@class='other']")[0].text == PRICES.evidence[0].text


def test_the_draft_page_shows_provenance_rubric_definition_and_complaint_link(anna):
    page = anna.get(ADDRESS)
    for text in (DOCUMENT.sha256, "offline@1", "2 Mar 2026, 09:00 UTC", "sole discretion, without notice or reason"):
        assert text in page.text
    definition = page.all("//p[@id='definition']")[0].text_content()
    assert definition.strip()
    assert "_" not in definition
    assert page.all(f"//a[@href='{load().agencies['ftc'].complaint_url}']")


def test_others_see_who_is_reading_a_draft(anna, ben):
    anna.get(f"/draft/{CLASS_ACTION.id}")
    assert "Anna is reading this draft now" in ben.get(f"/draft/{CLASS_ACTION.id}").text
    assert ben.get("/next").address.startswith(f"/draft/{ARBITRATION.id}")


def test_no_page_shows_a_path_of_the_disk(anna, store):
    with store.write() as connection:
        connection.execute(update(t.sources).values(location="/home/ada/secret/kettles-2.md", entity=None))
    page = anna.get(ADDRESS)
    assert "kettles-2.md" in page.text
    assert "/home/ada" not in page.source
    queue = anna.get("/queue").source
    assert "kettles-2.md · " in " ".join(queue.replace("<", " <").split())
    assert "/home/ada" not in queue


def test_the_history_shows_each_changed_field_and_its_audit_row(anna, store):
    decide(anna, "approve", title="No refunds", citation="GDPR Art. 13", citation_why="Nobody is told.")
    page = anna.get(f"{ADDRESS}/history")
    laws = ("FTC Act Section 5: Unfair to consumers.", "GDPR Art. 13: Nobody is told.")
    for text in ("Approved with changes", "Anna", REFUND.title, "No refunds", *laws, "audit row"):
        assert text in page.text
    with store.read() as connection:
        assert audit.verify_chain(connection).problems == ()


# ---- deciding


def test_approving_opens_the_next_draft_and_offers_undo(anna, store):
    page = decide(anna, "approve", CLASS_ACTION)
    assert page.address.startswith(f"/draft/{ARBITRATION.id}")
    assert "Approved" in page.text
    assert "SP-P-000001" in page.text
    reopened = anna.send(page, "/queue/undo")
    assert reopened.address.startswith(f"/draft/{CLASS_ACTION.id}")
    assert standing(store, CLASS_ACTION).draft.status == "draft"


def test_every_field_can_be_amended(anna, store):
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
    draft = standing(store).draft
    assert (draft.title, draft.category, draft.secondary) == (
        "No money back",
        "payment_authorization",
        ("cancellation_refund",),
    )
    assert (draft.factors.rights_waived, draft.severity) == (3, "high")
    assert draft.factor_reasons["discretion"] == "It is fixed."
    assert draft.due_diligence == ("Ask one thing.", "Ask another.")
    assert [(law.id, law.citation, law.why) for law in draft.frameworks] == [
        ("ftc-act", "FTC Act Section 5", "Unfair.")
    ]
    assert [(agency.id, agency.reason) for agency in draft.agencies] == [("ftc", "It acts.")]
    (proof,) = draft.evidence
    assert DOCUMENT.text[proof.start : proof.end] == proof.text == "Fees are never refunded"
    with store.read() as connection:
        (record,) = stream_records(connection)
    assert {"title", "severity", "evidence"} <= set(record.amended_fields)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        pytest.param({"citation": ["GDPR Art. 214", ""]}, "GDPR Art. 214", id="a law that has no such article"),
        pytest.param({"citation": ["Kettle Act §4", ""]}, "names no law of the registry", id="a law that is not known"),
        pytest.param(
            {"quote": ["Fees are always refunded within a day"]}, "not in the document", id="an invented quote"
        ),
        pytest.param({"title": ""}, "cannot be empty", id="no title"),
        pytest.param({"category": "kettle_law"}, "not in the taxonomy", id="an unknown category"),
        pytest.param({"factor_breadth": "7"}, "scored 0 to 3", id="a score of seven"),
    ],
)
def test_a_refused_approval_keeps_what_was_typed(anna, store, changes, problem):
    page = decide(anna, "approve", why_it_matters="My own words.", **changes)
    assert page.status == 422
    assert problem in page.text
    assert "My own words." in page.text
    assert standing(store).version == 1
    rejected = anna.send(page, ADDRESS, {"act": "reject", "reasons": ["misread"]})
    assert rejected.status == 200


def test_a_refusal_names_all_problems_at_once(anna):
    page = decide(anna, "approve", title="", quote="Not a word of this stands there, I am afraid.")
    assert page.status == 422
    alert = " ".join(page.all("string(//*[@role='alert'])").split())
    assert "Title: It cannot be empty." in alert
    assert "Evidence: “Not a word of this" in alert


def test_a_rejection_needs_a_reason_and_shows_its_note(anna, store):
    assert decide(anna, "reject").status == 422
    decide(anna, "reject", reasons=["misread", "other"], note="It speaks of postage.")
    page = anna.get(ADDRESS)
    for text in ("Rejected", "The clause is read wrongly", "It speaks of postage."):
        assert text in page.text
    assert standing(store).draft.status == "rejected"


def test_a_second_opinion_goes_to_somebody_else(anna, ben):
    decide(anna, "second_opinion", CLASS_ACTION, note="Is this a waiver?")
    assert anna.get("/next").address.startswith(f"/draft/{ARBITRATION.id}")
    page = ben.get("/next")
    assert page.address.startswith(f"/draft/{CLASS_ACTION.id}")
    assert "Anna asks for a second opinion: “Is this a waiver?”" in page.text


def test_a_form_without_a_decision_is_refused(anna, store):
    assert decide(anna, "undo").status == 422
    assert standing(store).version == 1


def test_unfinished_edits_survive_a_reload_and_can_be_discarded(anna):
    decide(anna, "keep", title="Half a thought", note="to be asked")
    page = anna.get(ADDRESS)
    assert page.text_area("title") == "Half a thought"
    assert "unfinished edits" in page.text
    page = anna.send(page, ADDRESS, {"act": "forget"})
    assert page.text_area("title") == REFUND.title


# ---- checks while typing


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        pytest.param("GDPR Art. 6(1)(f)", True, id="an article that exists"),
        pytest.param("GDPR Art. 214", False, id="an article that does not exist"),
        pytest.param("Kettle Act", False, id="an unknown law"),
    ],
)
def test_a_citation_is_checked_while_it_is_typed(anna, text, valid):
    (law,) = anna.client.get("/check/citation", params={"document": DOCUMENT.id, "text": text}).json()
    assert law["valid"] is valid
    assert valid or law["problem"]


@pytest.mark.parametrize("document", [pytest.param(DOCUMENT.id, id="no text"), pytest.param("none", id="no document")])
def test_a_check_of_nothing_answers_with_an_empty_list(anna, document):
    answer = anna.client.get("/check/citation", params={"document": document, "text": " "})
    assert (answer.status_code, answer.json()) == (200, [])


def test_severity_follows_the_factors(anna):
    scores = {"rights_waived": 3, "opt_out": 3, "breadth": 3, "exposure": 3, "discretion": 0}
    assert anna.client.get("/check/severity", params=scores).json()["severity"] == "critical"
    assert anna.client.get("/check/severity", params={**scores, "opt_out": 9}).status_code == 422
