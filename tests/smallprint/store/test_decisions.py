"""Decisions on SQLite and PostgreSQL: records, amendments, undo, bulk, split, merge, additions; many at once."""

from threading import Barrier, Thread

import pytest
from sqlalchemy import select

from smallprint.registry import load
from smallprint.review import ConflictError, RefusedError
from smallprint.store import (
    Store,
    clause_marks,
    decisions,
    drafts,
    unfinished_edits,
)
from smallprint.store import tables as t
from tests.drafts import ARBITRATION, CLASS_ACTION, DOCUMENT, NOW, PRICES, REFUND, draft, save_run
from tests.smallprint.store.acts import all_records, decide, decision, queued_drafts, status, undo, verify_chain

REGISTRY = load()


def test_approvals_get_permanent_ids_in_order(store: Store):
    assert [decide(store, "approve", proposed).records for proposed in (REFUND, ARBITRATION)] == [(1,), (2,)]
    records = all_records(store)
    assert [record.id for record in records] == ["SP-P-000001", "SP-P-000002"]
    assert {record.document_id for record in records} == {"SP-D-00001"}
    assert (records[0].draft.title, records[0].approved_by, records[0].first_tracked) == (REFUND.title, "anna", NOW)


def test_an_amendment_stands_beside_the_proposal(store: Store):
    decide(store, "approve", edited_draft=REFUND.model_copy(update={"title": "No refunds"}))
    with store.read() as connection:
        standing = drafts.find_standing(connection, REFUND.id)
    assert (standing.draft.title, standing.proposal.title) == ("No refunds", REFUND.title)
    assert all_records(store)[0].amended_fields == ("title",)


def test_no_rerun_touches_what_a_person_decided_or_wrote(store: Store):
    decide(store, "reject", reasons=("misread",))
    decide(store, "second_opinion", PRICES, edited_draft=PRICES.model_copy(update={"title": "Prices change"}))
    save_run(store, REFUND.model_copy(update={"title": "anew"}), PRICES.model_copy(update={"title": "anew"}))
    with store.read() as connection:
        refund, prices = (drafts.find_standing(connection, decided.id) for decided in (REFUND, PRICES))
    assert (refund.draft.status, refund.draft.title) == ("rejected", REFUND.title)
    assert (prices.draft.title, prices.proposal.title) == ("Prices change", "anew")


def test_a_run_that_refreshed_a_draft_meanwhile_is_a_conflict(store: Store):
    save_run(store, REFUND.model_copy(update={"title": "anew"}))
    with pytest.raises(ConflictError, match="a new run"):
        decide(store, "approve")


def test_undo_brings_back_words_status_and_queue_and_withdraws_the_record(store: Store):
    act = decide(store, "approve", edited_draft=REFUND.model_copy(update={"title": "No refunds"}))
    undo(store, act.id)
    assert status(store) == ("draft", 3)
    assert all_records(store) == []
    assert REFUND.id in queued_drafts(store)
    with store.read() as connection:
        assert drafts.find_standing(connection, REFUND.id).draft.title == REFUND.title


def test_a_record_approved_again_keeps_its_number(store: Store):
    undo(store, decide(store, "approve").id)
    decide(store, "approve", ARBITRATION)
    assert decide(store, "approve", seen_version=3).records == (1,)


def test_an_undo_can_be_undone(store: Store):
    undoing = undo(store, decide(store, "approve").id)
    undo(store, undoing.id)
    assert status(store) == ("approved", 4)
    assert [record.id for record in all_records(store)] == ["SP-P-000001"]


@pytest.mark.parametrize(
    ("by", "anyone", "refusal"),
    [
        pytest.param("ben", False, "Only a lead", id="another reviewer may not"),
        pytest.param("ben", True, None, id="a lead may"),
        pytest.param("anna", False, None, id="the one who decided may"),
    ],
)
def test_people_undo_their_own_acts_and_leads_everybodys(store: Store, by, anyone, refusal):
    act = decide(store, "approve").id
    if refusal is None:
        assert undo(store, act, by=by, anyone=anyone).verdicts[0].draft.status == "draft"
    else:
        with pytest.raises(RefusedError, match=refusal):
            undo(store, act, by=by, anyone=anyone)


def test_nothing_is_undone_twice_nor_under_a_later_decision(store: Store):
    first = decide(store, "approve")
    second = decide(store, "approve", seen_version=2, edited_draft=REFUND.model_copy(update={"title": "No refunds"}))
    with pytest.raises(RefusedError, match="later change first"):
        undo(store, first.id)
    undo(store, second.id)
    with pytest.raises(RefusedError, match="undone already"):
        undo(store, second.id)


def test_a_bulk_decides_what_it_can_names_the_rest_and_is_undone_whole(store: Store):
    outdated = decision("approve", PRICES, seen_version=7)
    requested = [decision("approve", REFUND), outdated, decision("approve", ARBITRATION)]
    with store.write() as connection:
        act, refusals = decisions.decide_many(connection, requested, REGISTRY)
    assert [verdict.draft.id for verdict in act.verdicts] == [REFUND.id, ARBITRATION.id]
    assert isinstance(refusals[PRICES.id], ConflictError)
    undo(store, act.id)
    assert [status(store, undone)[0] for undone in (REFUND, PRICES, ARBITRATION)] == ["draft"] * 3


def test_a_split_puts_its_parts_into_the_queue_and_its_undo_takes_them_out(store: Store):
    parts = (REFUND, REFUND.model_copy(update={"category": "unilateral_change", "evidence": PRICES.evidence}))
    with store.write() as connection:
        act = decisions.split(connection, decision("split"), parts)
    children = [verdict.draft.id for verdict in act.verdicts[1:]]
    assert set(children) <= set(queued_drafts(store))
    assert REFUND.id not in queued_drafts(store)
    undo(store, act.id)
    assert REFUND.id in queued_drafts(store)
    assert not set(children) & set(queued_drafts(store))


def test_a_merge_takes_the_others_out_of_the_queue_and_its_undo_brings_them_back(store: Store):
    with store.write() as connection:
        act = decisions.merge(connection, decision("merge", ARBITRATION), [decision("merge", CLASS_ACTION)])
    assert CLASS_ACTION.id not in queued_drafts(store)
    with store.read() as connection:
        assert len(drafts.find_standing(connection, ARBITRATION.id).draft.evidence) == 2
    undo(store, act.id)
    assert CLASS_ACTION.id in queued_drafts(store)
    assert verify_chain(store).problems == ()


def test_a_missed_provision_is_added_once_with_its_person_as_maker(store: Store):
    missed = draft("c9", "content_license")
    with store.write() as connection:
        act = decisions.add(connection, missed, by="anna", at=NOW)
    added = act.verdicts[0].draft
    assert (added.provenance.model, added.confidence, added.status) == ("person:anna", 1.0, "draft")
    assert added.id in queued_drafts(store)
    with store.write() as connection, pytest.raises(RefusedError, match="already"):
        decisions.add(connection, missed, by="anna", at=NOW)
    undo(store, act.id)
    assert added.id not in queued_drafts(store)


def test_a_clause_is_marked_as_empty_once_and_the_mark_is_undone(store: Store):
    with store.write() as connection:
        act = clause_marks.mark_clause(connection, DOCUMENT.id, "c9", by="anna", at=NOW)
        assert clause_marks.mark_clause(connection, DOCUMENT.id, "c9", by="ben", at=NOW) == ""
    undo(store, act)
    with store.read() as connection:
        assert connection.execute(select(t.clause_marks)).all() == []
    assert verify_chain(store).length == 2


def test_a_refused_decision_leaves_no_trace(store: Store):
    with pytest.raises(RefusedError):
        decide(store, "reject")
    assert status(store) == ("draft", 1)
    assert verify_chain(store).length == 0


def test_of_many_decisions_at_once_on_one_draft_exactly_one_wins(store: Store):
    barrier, acts, conflicts = Barrier(24), [], []

    def approve(n: int) -> None:
        barrier.wait()
        try:
            acts.append(decide(store, "approve", by=f"person{n}"))
        except ConflictError as error:
            conflicts.append(error)

    threads = [Thread(target=approve, args=(n,)) for n in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(acts), len(conflicts)) == (1, 23)
    assert status(store) == ("approved", 2)
    assert (verify_chain(store).length, verify_chain(store).problems) == (1, ())


def test_half_done_edits_are_kept_until_the_decision(store: Store):
    with store.write() as connection:
        unfinished_edits.save_unfinished_edit(
            connection, REFUND.id, "anna", seen_version=1, fields={"title": ["No"]}, at=NOW
        )
        unfinished_edits.save_unfinished_edit(
            connection, REFUND.id, "anna", seen_version=1, fields={"title": ["No refunds"]}, at=NOW
        )
    with store.read() as connection:
        assert unfinished_edits.find_unfinished_edit(connection, REFUND.id, "anna").fields == {"title": ["No refunds"]}
        assert unfinished_edits.find_unfinished_edit(connection, REFUND.id, "ben") is None
    decide(store, "approve")
    with store.read() as connection:
        assert unfinished_edits.find_unfinished_edit(connection, REFUND.id, "anna") is None
