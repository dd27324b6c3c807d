"""Review as pure rules: what decisions make of drafts, what they are refused for, when they follow their words."""

import pytest

from smallprint.publishable import unpublishable
from smallprint.records import AgencyReason, Clause, Factors, FrameworkCitation
from smallprint.registry import load
from smallprint.review import (
    ConflictError,
    Decision,
    RefusedError,
    Standing,
    decide,
    follow,
    merge,
    need,
    record_id,
    split,
)
from tests.drafts import ARBITRATION, CLASS_ACTION, NOW, PRICES, REFUND

REGISTRY = load()


def standing(draft=REFUND, version=3, **changes):
    return Standing(draft=draft, proposal=draft, version=version).model_copy(update=changes)


def decision(kind, draft=REFUND, seen_version=3, **fields):
    return Decision(kind=kind, draft=draft.id, seen_version=seen_version, by="anna", at=NOW, **fields)


def test_approval_makes_the_next_version_and_names_the_change():
    verdict = decide(standing(), decision("approve"), REGISTRY)
    assert (verdict.kind, verdict.draft.status, verdict.version) == ("approve", "approved", 4)
    assert [(change.field, change.before, change.after) for change in verdict.changes] == [
        ("status", "draft", "approved")
    ]


def test_approval_with_edits_is_an_amendment_with_every_changed_field():
    edited = REFUND.model_copy(update={"title": "No refunds", "what_it_is": "Fees are kept."})
    verdict = decide(standing(), decision("approve", edited_draft=edited), REGISTRY)
    assert verdict.kind == "amend"
    assert {change.field: change.after for change in verdict.changes} == {
        "status": "approved",
        "title": "No refunds",
        "what_it_is": "Fees are kept.",
    }


def test_severity_is_computed_whatever_the_form_says():
    factors = Factors(rights_waived=3, opt_out=3, breadth=3, exposure=3, discretion=3)
    edited = REFUND.model_copy(update={"factors": factors, "severity": "low"})
    assert decide(standing(), decision("approve", edited_draft=edited), REGISTRY).draft.severity == "critical"


def test_a_person_cannot_rewrite_where_a_draft_comes_from():
    forged = REFUND.model_copy(
        update={"id": "d-forged", "confidence": 1.0, "provenance": REFUND.provenance.model_copy(update={"model": "x"})}
    )
    approved = decide(standing(), decision("approve", edited_draft=forged), REGISTRY).draft
    assert (approved.id, approved.confidence, approved.provenance) == (REFUND.id, REFUND.confidence, REFUND.provenance)


def test_a_decision_on_an_older_version_is_a_conflict_with_both_sides():
    with pytest.raises(ConflictError) as caught:
        decide(standing(decided_by="ben"), decision("approve", seen_version=2), REGISTRY)
    assert (caught.value.standing.version, caught.value.decision.seen_version) == (3, 2)
    assert "ben changed this draft" in str(caught.value)


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        pytest.param("category", {"category": "kettle_law"}, id="a category outside the taxonomy"),
        pytest.param(
            "secondary", {"secondary": ("arbitration", "venue", "governing_law")}, id="three further categories"
        ),
        pytest.param("secondary", {"secondary": ("cancellation_refund",)}, id="its own category as a further one"),
        pytest.param("title", {"title": " "}, id="an empty title"),
        pytest.param("what_it_is", {"what_it_is": "word " * 300}, id="an explanation without end"),
        pytest.param("due_diligence", {"due_diligence": ("ask",) * 40}, id="forty questions"),
        pytest.param(
            "frameworks",
            {
                "frameworks": (
                    FrameworkCitation(id="gdpr", citation="GDPR Art. 214", valid=False, why="x", problem="No."),
                )
            },
            id="an article that does not exist",
        ),
        pytest.param(
            "frameworks",
            {"frameworks": (FrameworkCitation(id=None, citation="Kettle Act", valid=True, why="x"),)},
            id="a law that the registry does not know",
        ),
        pytest.param(
            "agencies", {"agencies": (AgencyReason(id=None, name="Kettle Board", reason="x"),)}, id="an unknown agency"
        ),
        pytest.param("evidence", {"evidence": ()}, id="no passage that proves it"),
    ],
)
def test_what_no_archive_should_print_is_refused_with_its_field(field, changes):
    edited = REFUND.model_copy(update=changes)
    with pytest.raises(RefusedError) as caught:
        decide(standing(), decision("approve", edited_draft=edited), REGISTRY)
    assert list(caught.value.problems) == [field]


def test_an_unpublishable_draft_can_still_be_rejected():
    unpublishable_draft = REFUND.model_copy(update={"category": "kettle_law"})
    verdict = decide(standing(unpublishable_draft), decision("reject", reasons=("misread",)), REGISTRY)
    assert verdict.draft.status == "rejected"


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        pytest.param({}, "reasons", id="no reason"),
        pytest.param({"reasons": ("boredom",)}, "reasons", id="a reason that is not on the list"),
        pytest.param({"reasons": ("other",)}, "note", id="another reason that is not told"),
        pytest.param({"reasons": ("misread",), "note": "x" * 5000}, "note", id="a novel"),
    ],
)
def test_a_rejection_without_a_listed_reason_or_with_an_endless_note_is_refused(fields, problem):
    with pytest.raises(RefusedError) as caught:
        decide(standing(), decision("reject", **fields), REGISTRY)
    assert list(caught.value.problems) == [problem]


@pytest.mark.parametrize("status", ["approved", "rejected"])
@pytest.mark.parametrize("kind", ["approve", "reject", "second_opinion"])
def test_a_decided_draft_is_not_decided_again_by_a_second_click(status, kind):
    decided = REFUND.model_copy(update={"status": status})
    with pytest.raises(RefusedError, match="undo"):
        decide(standing(decided), decision(kind, reasons=("misread",)), REGISTRY)


def test_an_approved_record_can_be_amended():
    approved = REFUND.model_copy(update={"status": "approved"})
    edited = approved.model_copy(update={"title": "No refunds at all"})
    verdict = decide(standing(approved), decision("approve", edited_draft=edited), REGISTRY)
    assert (verdict.kind, verdict.draft.status, verdict.draft.title) == ("amend", "approved", "No refunds at all")


def test_a_second_opinion_keeps_the_edits_and_leaves_the_draft_open():
    edited = REFUND.model_copy(update={"title": "Hm"})
    verdict = decide(standing(), decision("second_opinion", edited_draft=edited), REGISTRY)
    assert (verdict.draft.status, verdict.draft.title, verdict.second_by) == ("draft", "Hm", "anna")


def test_a_split_retires_the_draft_and_makes_its_parts():
    parts = (
        REFUND,
        REFUND.model_copy(update={"category": "unilateral_change", "title": "Prices", "evidence": PRICES.evidence}),
    )
    retired, children = split(standing(), decision("split"), parts)
    assert retired.draft.status == "rejected"
    assert [(child.title, child.status) for child in children] == [(REFUND.title, "draft"), ("Prices", "draft")]
    assert len({REFUND.id, *(child.id for child in children)}) == 3


def test_equal_parts_are_no_split():
    with pytest.raises(RefusedError, match="same passage"):
        split(standing(), decision("split"), (REFUND, REFUND))


def test_a_merge_gathers_passages_in_order_and_categories():
    merged, retired = merge(
        standing(CLASS_ACTION),
        decision("merge", CLASS_ACTION),
        [(standing(ARBITRATION), decision("merge", ARBITRATION))],
    )
    assert [proof.clauses for proof in merged.draft.evidence] == [("c6",), ("c7",)]
    assert merged.draft.secondary == ("arbitration",)
    assert (merged.draft.status, retired.draft.status) == ("draft", "rejected")


def test_a_merge_with_a_draft_seen_in_another_version_is_a_conflict():
    with pytest.raises(ConflictError):
        merge(standing(), decision("merge"), [(standing(PRICES), decision("merge", PRICES, seen_version=1))])


def test_need_puts_doubt_and_harm_first():
    order = sorted((REFUND, PRICES, ARBITRATION, CLASS_ACTION), key=need, reverse=True)
    assert order[:2] == [CLASS_ACTION, ARBITRATION]
    assert need(REFUND, changed=True) > need(REFUND)
    assert need(REFUND, second=True) > need(REFUND)


@pytest.mark.parametrize(
    ("text", "start"),
    [
        pytest.param("New. " + REFUND.evidence[0].text, 5, id="moved word for word"),
        pytest.param(REFUND.evidence[0].text.replace("never", "rarely"), None, id="one word changed"),
        pytest.param(REFUND.evidence[0].text + " " + REFUND.evidence[0].text, None, id="now standing twice"),
    ],
)
def test_a_decision_follows_its_passage_only_where_it_is_unchanged(text, start):
    clauses = (Clause(id="c1", start=0, end=len(text), text=text),)
    moved = follow(REFUND, text, clauses)
    assert (moved[0].start if moved else None) == start
    assert moved is None or text[moved[0].start : moved[0].end] == moved[0].text


def test_what_an_analyst_may_not_publish_is_listed_by_field():
    unpublishable_draft = REFUND.model_copy(update={"category": "x", "title": ""})
    assert set(unpublishable(unpublishable_draft, REGISTRY)) == {"category", "title"}


def test_permanent_ids_are_written_as_the_archive_cites_them():
    assert record_id(123) == "SP-P-000123"
