"""A document changes: what people decided follows unchanged words, the rest returns to the queue, numbers stay."""

from datetime import timedelta

import pytest

from smallprint.records import Analysis, LedgerEntry, Usage
from smallprint.review import RefusedError
from smallprint.store import decisions, drafts, queue, runs
from smallprint.store.queue import Filters
from tests.drafts import (
    ARBITRATION,
    NOW,
    PARAGRAPHS,
    PRICES,
    REFUND,
    SNAPSHOT,
    SOURCE,
    cut_document,
    save_document,
)
from tests.smallprint.store.acts import all_records, decide, verify_chain

CHANGED = tuple(
    (kind, words.replace("without telling you in advance", "after telling you in advance"))
    for kind, words in (("paragraph", "Read this first. It is new."), *PARAGRAPHS)
)
NEWER, NEWER_CLAUSES = cut_document(CHANGED, "cd" * 32)


def proposed_again(draft, **changes):
    """What an analyst proposes for the newer text."""
    quote = draft.evidence[0].text
    clause = next(clause for clause in NEWER_CLAUSES if clause.text == quote)
    proof = draft.evidence[0].model_copy(update={"start": clause.start, "end": clause.end, "clauses": (clause.id,)})
    provenance = draft.provenance.model_copy(update={"document": NEWER.id, "snapshot_sha256": NEWER.sha256})
    return draft.model_copy(
        update={"id": f"new-{draft.category}", "evidence": (proof,), "provenance": provenance, "status": "draft"}
        | changes
    )


def read_newer(store, *drafts, run="r2"):
    later = SNAPSHOT.model_copy(update={"sha256": NEWER.sha256, "captured_at": NOW + timedelta(days=1)})
    entries = tuple(LedgerEntry(clause=clause.id, state="analyzed") for clause in NEWER_CLAUSES)
    analysis = Analysis(drafts=drafts, rejections=(), entries=entries, usage=Usage(), windows=1)
    with store.write() as connection:
        runs.start_run(connection, run, "offline", {}, [SOURCE])
        save_document(connection, SOURCE, later, NEWER, NEWER_CLAUSES)
        runs.save_analysis(
            connection,
            run_id=run,
            position=0,
            document_id=NEWER.id,
            clauses=NEWER_CLAUSES,
            analysis=analysis,
            seconds=0.1,
        )


def standing(store, draft_id):
    with store.read() as connection:
        return drafts.find_standing(connection, draft_id)


def records_of(store):
    """The records that stand, in a store whose audit chain holds."""
    assert verify_chain(store).problems == ()
    return all_records(store)


def test_an_approval_follows_its_words_with_number_text_and_approver(store):
    decide(store, "approve", REFUND, edited_draft=REFUND.model_copy(update={"title": "Never a refund"}))
    read_newer(store, proposed_again(REFUND, title="What the analyst says now"))
    (record,) = records_of(store)
    assert (record.id, record.draft.title, record.approved_by, record.approved_at) == (
        "SP-P-000001",
        "Never a refund",
        "anna",
        NOW,
    )
    (proof,) = record.draft.evidence
    assert NEWER.text[proof.start : proof.end] == proof.text
    assert record.draft.provenance.document == NEWER.id
    assert standing(store, f"new-{REFUND.category}").draft.status == "approved"
    assert standing(store, REFUND.id).draft.status == "rejected"


def test_a_rejection_follows_too(store):
    decide(store, "reject", ARBITRATION, reasons=("misread",))
    read_newer(store, proposed_again(ARBITRATION))
    assert standing(store, f"new-{ARBITRATION.category}").draft.status == "rejected"


def test_an_approval_that_no_analyst_proposes_again_stands_in_the_newer_text(store):
    decide(store, "approve", REFUND)
    read_newer(store)
    (record,) = records_of(store)
    assert (record.id, record.draft.provenance.document) == ("SP-P-000001", NEWER.id)


def test_an_approval_whose_words_changed_waits_again_and_says_why(store):
    decide(store, "approve", PRICES)
    read_newer(store)
    assert records_of(store) == []
    with store.read() as connection:
        waiting = queue.list_page(connection, Filters(flag="document_changed"), NOW)
    assert PRICES.id in [queued.draft for queued in waiting]
    assert standing(store, PRICES.id).draft.status == "draft"


def test_reading_the_newer_text_again_changes_nothing(store):
    decide(store, "approve", REFUND)
    read_newer(store, proposed_again(REFUND))
    before = (records_of(store), standing(store, REFUND.id).version)
    read_newer(store, proposed_again(REFUND), run="r3")
    assert (records_of(store), standing(store, REFUND.id).version) == before


def test_a_carried_decision_is_not_undone_but_decided_proposed_again(store):
    from sqlalchemy import select

    from smallprint.store import tables as t

    decide(store, "approve", REFUND)
    read_newer(store, proposed_again(REFUND))
    with store.write() as connection:
        act = connection.execute(select(t.decisions.c.act).where(t.decisions.c.kind == "carry").limit(1)).scalar()
        with pytest.raises(RefusedError, match="anew"):
            decisions.undo(connection, act, by="anna", at=NOW, anyone=True)
