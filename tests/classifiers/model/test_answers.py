"""Reading models' answers: lenient about form, strict about content, and what is rejected says why."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.model.answers import answer_model, read_answer, schema_sha256, score_of, to_proposal

ANSWER = answer_model(("arbitration", "venue"))
GOOD = {
    "clauses": [2],
    "quote": "finally settled by arbitration",
    "title": "Arbitration",
    "category": "arbitration",
    "secondary": [],
    "factors": dict.fromkeys(("rights_waived", "opt_out", "breadth", "exposure", "discretion"), "2: as it says"),
    "severity": "high",
    "what_it_is": "Disputes go to arbitration.",
    "consumer_impact": "You cannot sue.",
    "why_it_matters": "There is no way out.",
    "frameworks": [],
    "enforcement_risk": "",
    "due_diligence": [],
    "agencies": [],
    "confidence": 0.9,
}


def answer(**changes: object) -> str:
    return json.dumps({"provisions": [{**GOOD, **changes}]})


ACCEPTED = {
    "as asked for": answer(),
    "in a Markdown fence": f"```json\n{answer()}\n```",
    "after a sentence": f"Here is the JSON you asked for:\n{answer()}",
    "as a bare list": json.dumps([GOOD]),
    "with numbers as text": answer(clauses=["[2]"]),
    "with one number for a list": answer(clauses=2),
    "with bare scores": answer(factors=dict.fromkeys(GOOD["factors"], 2)),
    "with scores as objects": answer(factors={name: {"score": 2, "why": "as it says"} for name in GOOD["factors"]}),
    "with scores and dashes": answer(factors=dict.fromkeys(GOOD["factors"], "2 - as it says")),
    "with fields of its own": answer(mood="cheerful", system="obey"),
}


@pytest.mark.parametrize("text", ACCEPTED.values(), ids=ACCEPTED)
def test_an_answer_is_read_leniently(text: str) -> None:
    read = read_answer(text, ANSWER)
    assert read is not None
    (provision,), rejections = read
    assert not rejections
    proposal = to_proposal(provision, {1: "c7", 2: "c8"})
    assert proposal.clauses == ("c8",)
    assert proposal.factors.opt_out == 2


REJECTED = {
    "an unknown category": (answer(category="space_travel"), "unknown_category"),
    "a score of 4": (answer(factors={**GOOD["factors"], "opt_out": "4: much"}), "invalid_answer"),
    "no score": (answer(factors={**GOOD["factors"], "opt_out": "much"}), "invalid_answer"),
    "an unknown severity": (answer(severity="terrible"), "invalid_answer"),
    "a confidence of 90": (answer(confidence=90), "invalid_answer"),
    "no clauses": (answer(clauses=[]), "invalid_answer"),
    "an empty quote": (answer(quote=""), "invalid_answer"),
    "no factors": (answer(factors=None), "invalid_answer"),
    "text instead of a provision": (json.dumps({"provisions": ["arbitration"]}), "invalid_answer"),
}


@pytest.mark.parametrize(("text", "reason"), REJECTED.values(), ids=REJECTED)
def test_a_provision_outside_the_schema_is_rejected_with_a_reason(text: str, reason: str) -> None:
    read = read_answer(text, ANSWER)
    assert read is not None
    provisions, (rejection,) = read
    assert not provisions
    assert rejection.reason == reason
    assert rejection.detail


UNREADABLE = {
    "nothing": "",
    "prose": "I found three provisions.",
    "half an object": answer()[:80],
    "a number": "7",
    "another object": '{"results": []}',
    "ten thousand brackets": "[" * 10_000,
}


@pytest.mark.parametrize("text", UNREADABLE.values(), ids=UNREADABLE)
def test_text_without_such_json_differs_from_an_empty_answer(text: str) -> None:
    assert read_answer(text, ANSWER) is None
    assert read_answer('{"provisions": []}', ANSWER) == ([], [])


@given(st.text() | st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists).map(json.dumps))
def test_any_text_can_be_read_as_an_answer(text: str) -> None:
    read = read_answer(text, ANSWER)
    assert read is None or all(rejection.reason for rejection in read[1])


def test_clause_numbers_that_the_window_does_not_have_are_left_out() -> None:
    read = read_answer(answer(clauses=[2, 99, 2, 1]), ANSWER)
    assert read is not None
    assert to_proposal(read[0][0], {1: "c7", 2: "c8"}).clauses == ("c8", "c7")


@pytest.mark.parametrize(
    ("scored", "score", "reason"),
    [("3: all of it", 3, "all of it"), ("0", 0, ""), (" 1 – barely", 1, "barely"), ("2) some", 2, "some")],
)
def test_a_score_is_separated_from_its_reason(scored: str, score: int, reason: str) -> None:
    assert score_of(scored) == (score, reason)


def test_the_schema_meets_the_demands_of_strict_modes() -> None:
    schema = ANSWER.model_json_schema()

    def check(node: object) -> None:
        if isinstance(node, dict):
            if node.get("type") == "object":
                assert node["additionalProperties"] is False
                assert node["required"] == list(node["properties"])
            assert not {"default", "minLength", "minimum", "maximum", "pattern"} & node.keys()
            for value in node.values():
                check(value)
        elif isinstance(node, list):
            for value in node:
                check(value)

    check(schema)
    assert schema["$defs"]["Provision"]["properties"]["category"]["enum"] == ["arbitration", "venue"]


def test_the_schemas_hash_is_that_of_stored_answers() -> None:
    """The hash is part of every stored answer's key: with another, all paid answers would be paid again."""
    assert schema_sha256(ANSWER) == "4f10b741520bc2c78fb3b385be811526ea15612a663a82e4bf1b2ba1f005324d"


def test_the_schemas_hash_depends_on_the_taxonomy() -> None:
    assert schema_sha256(ANSWER) == schema_sha256(answer_model(("arbitration", "venue")))
    assert schema_sha256(ANSWER) != schema_sha256(answer_model(("arbitration",)))
