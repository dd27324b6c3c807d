"""What a person asks for, typed: a form and the JSON API that say the same are the same edits, with the same effect."""

from typing import get_args

import pytest

from app.review.api_models import ApiEdits
from app.review.document_cache import LoadedDocument
from app.review.edits import Edits, FactorName, apply_edits
from app.review.posted_form import PostedForm, parse_decision, parse_edits
from smallprint.records import Factors
from smallprint.registry import load
from tests.drafts import CLAUSES, DOCUMENT, REFUND, SOURCE

REGISTRY = load()
LOADED = LoadedDocument(DOCUMENT, CLAUSES, SOURCE, None)
SCORES = {"rights_waived": 3, "opt_out": 2, "breadth": 3, "exposure": 1, "discretion": 0}


def edited(edits: Edits):
    return apply_edits(REFUND, edits, LOADED, REGISTRY)


@pytest.mark.parametrize(
    ("fields", "json"),
    [
        pytest.param({"title": ["  No\nmoney  back "]}, {"title": "No money back"}, id="a title over two lines"),
        pytest.param({"secondary": ["venue", "", "venue"]}, {"secondary": ["venue"]}, id="a category chosen twice"),
        pytest.param({"what_it_is": [" Fees stay.\n"]}, {"what_it_is": "Fees stay."}, id="space around a text"),
        pytest.param(
            {"due_diligence": ["Ask one.\n\n  Ask  two.\n"]},
            {"due_diligence": ["Ask one.", " Ask two. ", ""]},
            id="actions line by line",
        ),
        pytest.param(
            {f"factor_{name}": [str(score)] for name, score in SCORES.items()}, {"factors": SCORES}, id="five scores"
        ),
        pytest.param(
            {"reason_breadth": ["Everybody.\n"]}, {"factor_reasons": {"breadth": "Everybody."}}, id="a reason"
        ),
        pytest.param(
            {"citation": ["15 U.S.C. § 45", ""], "citation_why": ["Unfair.", ""]},
            {"frameworks": [{"citation": "15 U.S.C. § 45", "why": "Unfair."}, {"citation": ""}]},
            id="a law and an empty row",
        ),
        pytest.param(
            {"agency": ["ftc"], "agency_name": ["FTC"], "agency_reason": ["It acts."]},
            {"agencies": [{"id": "ftc", "name": "FTC", "reason": "It acts."}]},
            id="an agency",
        ),
        pytest.param(
            {"quote": [" Fees are never refunded", ""]}, {"quotes": ["Fees are never refunded"]}, id="a quote"
        ),
        pytest.param({}, {}, id="nothing"),
    ],
)
def test_a_form_and_the_api_give_the_same_edits(fields, json):
    from_form, problems = parse_edits(PostedForm(fields))
    from_json = ApiEdits.model_validate(json)
    assert problems == {}
    assert from_form.model_dump() == from_json.model_dump()
    assert edited(from_form) == edited(from_json)


def test_reasons_can_be_given_for_every_factor():
    assert get_args(FactorName) == tuple(Factors.model_fields)


def test_edits_of_nothing_change_nothing():
    assert edited(Edits()) == (REFUND, {})


@pytest.mark.parametrize(
    "scores",
    [
        pytest.param({**SCORES, "breadth": 7}, id="a score of seven"),
        pytest.param({**SCORES, "breadth": ""}, id="a score that is missing"),
        pytest.param({"breadth": 1}, id="one factor alone"),
    ],
)
def test_scores_that_are_not_five_from_0_to_3_are_a_problem(scores):
    edits, problems = parse_edits(PostedForm({f"factor_{name}": [str(score)] for name, score in scores.items()}))
    assert edits.factors is None
    assert problems == {"factors": "Each factor is scored 0 to 3."}


def test_new_scores_keep_the_reasons_that_nobody_touched():
    draft, _ = edited(Edits(factors=Factors(**SCORES), factor_reasons={"breadth": "Everybody is bound."}))
    assert draft.factor_reasons == {"opt_out": "There is none.", "breadth": "Everybody is bound."}
    draft, _ = edited(Edits(factor_reasons={"opt_out": ""}))
    assert draft.factor_reasons == {}


def test_an_unchanged_quote_keeps_its_proof_and_a_new_one_is_proven():
    draft, problems = edited(Edits(quotes=(CLAUSES[2].text, "without telling you in advance")))
    assert problems == {}
    assert draft.evidence[0] is REFUND.evidence[0]
    assert [DOCUMENT.text[proof.start : proof.end] for proof in draft.evidence] == [
        CLAUSES[2].text,
        "without telling you in advance",
    ]


def test_a_quote_that_is_not_in_the_document_is_a_problem_that_names_it():
    draft, problems = edited(Edits(quotes=("Fees are always refunded within a day",)))
    assert draft.evidence == ()
    assert problems["evidence"].startswith("“Fees are always refunded within a day”: ")


def test_an_agency_that_the_registry_does_not_have_is_kept_by_its_name():
    draft, _ = edited(Edits(agencies=({"id": "?", "name": "Kettle Board", "reason": "It boils."},)))
    (agency,) = draft.agencies
    assert (agency.id, agency.name, agency.reason) == (None, "Kettle Board", "It boils.")


@pytest.mark.parametrize(
    ("version", "parsed"),
    [("3", 3), ("", 0), ("-1", 0), ("1.5", 0), ("³", 0), ("9" * 30, 0)],
)
def test_a_version_that_is_no_number_is_one_that_no_draft_has(version, parsed):
    assert parse_decision(PostedForm({"act": ["approve"], "saw": [version]})).seen_version == parsed


def test_a_form_that_asks_for_no_decision_is_none():
    assert parse_decision(PostedForm({"act": ["undo"]})) is None
