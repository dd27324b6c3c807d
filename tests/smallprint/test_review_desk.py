"""The store on SQLite and PostgreSQL: decisions, undo, records, the audit chain, the queue, leases; many at once."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import SQLAlchemyError

from smallprint.errors import StoreError
from smallprint.registry import load
from smallprint.review import ConflictError, Decision, RefusedError
from smallprint.store import (
    Store,
    audit,
    clause_marks,
    decisions,
    drafts,
    open_store,
    queue,
    queue_counts,
    queue_rows,
    unfinished_edits,
)
from smallprint.store import tables as t
from smallprint.store.queue import Filters
from smallprint.store.records import stream_records
from tests.drafts import ARBITRATION, CLASS_ACTION, DOCUMENT, NOW, PRICES, REFUND, decide_and_write, draft, save_run

REGISTRY = load()


def decision(kind, of=REFUND, seen_version=1, by="anna", **fields):
    return Decision(kind=kind, draft=of.id, seen_version=seen_version, by=by, at=NOW, **fields)


def decide(store: Store, kind, of=REFUND, **fields):
    with store.write() as connection:
        return decide_and_write(connection, decision(kind, of, **fields))


def undo(store: Store, act: str, by="anna", **fields):
    with store.write() as connection:
        return decisions.undo(connection, act, by=by, at=NOW, **fields)


def status(store: Store, of=REFUND):
    with store.read() as connection:
        found = drafts.find_standing(connection, of.id)
    return found.draft.status, found.version


def chain(store: Store) -> audit.ChainReport:
    with store.read() as connection:
        return audit.verify_chain(connection)


def all_records(store: Store):
    with store.read() as connection:
        return list(stream_records(connection))


def titles(store: Store, **filters):
    with store.read() as connection:
        return [one.draft for one in queue.list_page(connection, Filters(**filters), NOW)]


def test_approvals_get_permanent_ids_in_order(store: Store):
    assert [decide(store, "approve", one).records for one in (REFUND, ARBITRATION)] == [(1,), (2,)]
    kept = all_records(store)
    assert [(one.id, one.document_id) for one in kept] == [("SP-P-000001", "SP-D-00001"), ("SP-P-000002", "SP-D-00001")]
    assert (kept[0].draft.title, kept[0].approved_by, kept[0].first_tracked) == (REFUND.title, "anna", NOW)


def test_an_amendment_stands_beside_the_proposal(store: Store):
    words = REFUND.model_copy(update={"title": "No refunds"})
    decide(store, "approve", edited_draft=words)
    with store.read() as connection:
        now = drafts.find_standing(connection, REFUND.id)
    assert (now.draft.title, now.proposal.title) == ("No refunds", REFUND.title)
    assert all_records(store)[0].amended_fields == ("title",)


def test_no_rerun_touches_what_a_person_decided_or_wrote(store: Store):
    decide(store, "reject", reasons=("misread",))
    decide(store, "second_opinion", PRICES, edited_draft=PRICES.model_copy(update={"title": "Prices change"}))
    save_run(store, REFUND.model_copy(update={"title": "anew"}), PRICES.model_copy(update={"title": "anew"}))
    with store.read() as connection:
        refund, prices = (drafts.find_standing(connection, one.id) for one in (REFUND, PRICES))
    assert (refund.draft.status, refund.draft.title) == ("rejected", REFUND.title)
    assert (prices.draft.title, prices.proposal.title) == ("Prices change", "anew")


def test_a_run_that_refreshed_a_draft_meanwhile_is_a_conflict(store: Store):
    save_run(store, REFUND.model_copy(update={"title": "anew"}))
    with pytest.raises(ConflictError, match="a new run"):
        decide(store, "approve")


def test_undo_brings_back_words_status_and_queue_and_withdraws_the_record(store: Store):
    done = decide(store, "approve", edited_draft=REFUND.model_copy(update={"title": "No refunds"}))
    undo(store, done.id)
    assert status(store) == ("draft", 3)
    assert all_records(store) == []
    assert REFUND.id in titles(store)
    with store.read() as connection:
        assert drafts.find_standing(connection, REFUND.id).draft.title == REFUND.title


def test_a_record_approved_again_keeps_its_number(store: Store):
    undo(store, decide(store, "approve").id)
    decide(store, "approve", ARBITRATION)
    assert decide(store, "approve", seen_version=3).records == (1,)


def test_an_undo_can_be_undone(store: Store):
    done = undo(store, decide(store, "approve").id)
    undo(store, done.id)
    assert status(store) == ("approved", 4)
    assert [one.id for one in all_records(store)] == ["SP-P-000001"]


@pytest.mark.parametrize(
    ("by", "anyone", "said"),
    [
        pytest.param("ben", False, "Only a lead", id="another reviewer may not"),
        pytest.param("ben", True, None, id="a lead may"),
        pytest.param("anna", False, None, id="the one who decided may"),
    ],
)
def test_who_may_undo(store: Store, by, anyone, said):
    act = decide(store, "approve").id
    if said is None:
        assert undo(store, act, by=by, anyone=anyone).verdicts[0].draft.status == "draft"
    else:
        with pytest.raises(RefusedError, match=said):
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
    wrong = [decision("approve", REFUND), decision("approve", PRICES, seen_version=7), decision("approve", ARBITRATION)]
    with store.write() as connection:
        done, left = decisions.decide_many(connection, wrong, REGISTRY)
    assert [one.draft.id for one in done.verdicts] == [REFUND.id, ARBITRATION.id]
    assert isinstance(left[PRICES.id], ConflictError)
    undo(store, done.id)
    assert [status(store, one)[0] for one in (REFUND, PRICES, ARBITRATION)] == ["draft"] * 3


def test_a_split_and_its_undo(store: Store):
    parts = (REFUND, REFUND.model_copy(update={"category": "unilateral_change", "evidence": PRICES.evidence}))
    with store.write() as connection:
        done = decisions.split(connection, decision("split"), parts)
    children = [one.draft.id for one in done.verdicts[1:]]
    assert set(children) <= set(titles(store))
    assert REFUND.id not in titles(store)
    undo(store, done.id)
    assert REFUND.id in titles(store)
    assert not set(children) & set(titles(store))


def test_a_merge_and_its_undo(store: Store):
    with store.write() as connection:
        done = decisions.merge(connection, decision("merge", ARBITRATION), [decision("merge", CLASS_ACTION)])
    assert CLASS_ACTION.id not in titles(store)
    with store.read() as connection:
        assert len(drafts.find_standing(connection, ARBITRATION.id).draft.evidence) == 2
    undo(store, done.id)
    assert CLASS_ACTION.id in titles(store)
    assert chain(store).problems == ()


def test_a_missed_provision_is_added_once_with_its_person_as_maker(store: Store):
    words = draft("c9", "content_license")
    with store.write() as connection:
        done = decisions.add(connection, words, by="anna", at=NOW)
    made = done.verdicts[0].draft
    assert (made.provenance.model, made.confidence, made.status) == ("person:anna", 1.0, "draft")
    assert made.id in titles(store)
    with store.write() as connection, pytest.raises(RefusedError, match="already"):
        decisions.add(connection, words, by="anna", at=NOW)
    undo(store, done.id)
    assert made.id not in titles(store)


def test_a_clause_with_nothing_in_it_is_marked_and_unmarked(store: Store):
    with store.write() as connection:
        act = clause_marks.mark_clause(connection, DOCUMENT.id, "c9", by="anna", at=NOW)
        assert clause_marks.mark_clause(connection, DOCUMENT.id, "c9", by="ben", at=NOW) == ""
    undo(store, act)
    with store.read() as connection:
        assert connection.execute(select(t.clause_marks)).all() == []
    assert chain(store).length == 2


def test_a_refused_decision_leaves_no_trace(store: Store):
    with pytest.raises(RefusedError):
        decide(store, "reject")
    assert status(store) == ("draft", 1)
    assert chain(store).length == 0


# ---- the chain


def test_the_chain_tells_every_field_before_and_after(store: Store):
    decide(store, "approve", edited_draft=REFUND.model_copy(update={"title": "No refunds"}))
    with store.read() as connection:
        (row,) = connection.execute(select(t.audit)).mappings().all()
    assert (row["actor"], row["what"], row["subject"], row["version"]) == ("anna", "amend", REFUND.id, 2)
    assert {"field": "title", "before": REFUND.title, "after": "No refunds"} in row["changes"]
    assert row["detail"]["record"] == "SP-P-000001"
    assert chain(store).problems == ()


@pytest.mark.parametrize("table", ["audit", "decisions"])
@pytest.mark.parametrize("act", ["update", "delete"])
def test_the_database_itself_refuses_to_change_history(store: Store, table, act):
    decide(store, "approve")
    target = t.metadata.tables[table]
    statement = update(target).values({"by" if table == "decisions" else "actor": "eve"})
    with pytest.raises((SQLAlchemyError, StoreError), match="append-only"), store.write() as connection:
        connection.execute(statement if act == "update" else delete(target))
    assert chain(store).problems == ()


def _without_triggers(store: Store, statement: str) -> None:
    """What somebody with the database's password could do."""
    with store.write() as connection:
        if store.engine.dialect.name == "sqlite":
            connection.execute(text("DROP TRIGGER IF EXISTS audit_no_update"))
            connection.execute(text("DROP TRIGGER IF EXISTS audit_no_delete"))
        else:
            connection.execute(text("ALTER TABLE audit DISABLE TRIGGER USER"))
            connection.execute(text("ALTER TABLE audit DROP CONSTRAINT pk_audit CASCADE"))
        connection.execute(text(statement))


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        pytest.param(
            "UPDATE audit SET actor = 'eve' WHERE id = 2", "row 2 was changed", id="another name on a decision"
        ),
        pytest.param("UPDATE records SET body = '{}' WHERE number = 1", "record 1 differs", id="another record"),
        pytest.param("UPDATE audit_head SET length = 9", "missing at the end", id="a longer chain than there is"),
    ],
)
def test_forgery_shows(store: Store, statement, said):
    for one in (REFUND, PRICES, ARBITRATION):
        decide(store, "approve", one)
    _without_triggers(store, statement)
    assert any(said in problem for problem in chain(store).problems)


@pytest.mark.parametrize(("row", "said"), [(2, "row 2 is missing"), (3, "missing at the end")])
def test_a_row_taken_out_shows(store: Store, row, said):
    for one in (REFUND, PRICES, ARBITRATION):
        decide(store, "approve", one)
    if store.engine.dialect.name == "sqlite":
        with store.engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.exec_driver_sql("DROP TRIGGER audit_no_delete")
            connection.exec_driver_sql(f"DELETE FROM audit WHERE id = {row}")  # noqa: S608 -- a number of this table
            connection.exec_driver_sql("BEGIN")
            connection.commit()
    else:
        _without_triggers(store, f"DELETE FROM audit WHERE id = {row}")  # noqa: S608 -- a number of this table
    assert any(said in problem for problem in chain(store).problems)


# ---- at once


def test_of_many_decisions_at_once_on_one_draft_exactly_one_wins(store: Store):
    barrier, won, lost = Barrier(24), [], []

    def go(n: int) -> None:
        barrier.wait()
        try:
            won.append(decide(store, "approve", by=f"person{n}"))
        except ConflictError as error:
            lost.append(error)

    threads = [Thread(target=go, args=(n,)) for n in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(won), len(lost)) == (1, 23)
    assert status(store) == ("approved", 2)
    assert (chain(store).length, chain(store).problems) == (1, ())


# ---- the queue


def test_the_queue_is_ordered_by_need(store: Store):
    assert titles(store) == [one.id for one in (CLASS_ACTION, ARBITRATION, PRICES, REFUND)]


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        pytest.param({"severity": "critical"}, [ARBITRATION], id="by severity"),
        pytest.param({"category": "unilateral_change"}, [PRICES], id="by category"),
        pytest.param({"flag": "low_confidence"}, [PRICES], id="by flag"),
        pytest.param({"flag": "low"}, [], id="not by half a flag"),
        pytest.param({"q": "Binding ARBITRATION"}, [ARBITRATION], id="by words in any case and order"),
        pytest.param({"q": "100%"}, [], id="with a sign that SQL would read as anything"),
        pytest.param({"entity": "Northwind Kettles", "q": "jury"}, [CLASS_ACTION], id="by entity and words"),
        pytest.param({"entity": "Another"}, [], id="by an entity that is not there"),
        pytest.param({"status": "approved"}, [], id="by status"),
        pytest.param(
            {"model": "offline", "prompt": "offline@1", "severity": "medium"}, [PRICES, REFUND], id="by maker"
        ),
    ],
)
def test_filters_of_the_queue(store: Store, filters, found):
    assert titles(store, **filters) == [one.id for one in found]
    with store.read() as connection:
        filtered = queue_counts.load_filtered_queue(connection, Filters(**filters), NOW)
        for name, counts in filtered.facets.items():
            for label, number in counts:
                changed = Filters(**filters | {name: label})
                assert queue.count_drafts(connection, changed) == number, f"{name}={label}"
    assert ([queued.draft for queued in filtered.drafts], filtered.total) == ([one.id for one in found], len(found))


def test_counts_follow_the_other_filters(store: Store):
    with store.read() as connection:
        filtered = queue_counts.load_filtered_queue(connection, Filters(severity="critical"), NOW)
    assert filtered.total == 1
    assert dict(filtered.facets["severity"]) == {"critical": 1, "high": 1, "medium": 2}
    assert filtered.facets["category"] == [("arbitration", 1)]
    assert filtered.facets["entity"] == [("Northwind Kettles", 1)]


def next_for(store: Store, user: str, **fields):
    with store.read() as connection:
        return queue.find_next_open(connection, Filters(), user, fields.pop("now", NOW), **fields)


def test_two_reviewers_do_not_meet_until_a_lease_runs_out(store: Store):
    with store.write() as connection:
        assert queue.take_lease(connection, CLASS_ACTION.id, "anna", NOW) is None
        assert queue.take_lease(connection, CLASS_ACTION.id, "ben", NOW) == "anna"
    assert next_for(store, "anna") == CLASS_ACTION.id
    assert next_for(store, "ben") == ARBITRATION.id
    assert next_for(store, "ben", now=NOW + timedelta(hours=1)) == CLASS_ACTION.id


def test_reviewers_who_ask_at_once_get_a_draft_each(store: Store):
    barrier, given = Barrier(4), []

    def ask(n: int) -> None:
        barrier.wait()
        with store.write() as connection:
            given.append(queue.claim_next_open(connection, Filters(), f"person{n}", NOW))

    threads = [Thread(target=ask, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(given) == sorted(one.id for one in (REFUND, PRICES, ARBITRATION, CLASS_ACTION))


def test_a_skipped_draft_is_followed_by_the_one_behind_it(store: Store):
    assert next_for(store, "anna", after=ARBITRATION.id) == PRICES.id
    assert next_for(store, "anna", after=REFUND.id) is None


def test_who_asks_for_a_second_opinion_is_not_the_one_to_give_it(store: Store):
    decide(store, "second_opinion", CLASS_ACTION)
    assert next_for(store, "anna") == ARBITRATION.id
    assert next_for(store, "ben") == CLASS_ACTION.id
    assert titles(store, flag="second_opinion") == [CLASS_ACTION.id]


def test_an_assigned_draft_waits_for_its_person(store: Store):
    with store.write() as connection:
        queue.assign(connection, [CLASS_ACTION.id], "ben")
    assert next_for(store, "anna") == ARBITRATION.id
    assert next_for(store, "ben") == CLASS_ACTION.id


def test_the_day_counts_decisions_of_each_person(store: Store):
    decide(store, "approve")
    decide(store, "reject", PRICES, by="ben", reasons=("misread",))
    with store.read() as connection:
        assert queue.count_decided_by_person(connection, NOW - timedelta(hours=1)) == {"anna": 1, "ben": 1}
        assert queue.count_decided_by_person(connection, NOW + timedelta(hours=1)) == {}


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


def test_drafts_from_before_the_desk_are_put_into_the_queue(store: Store):
    with store.write() as connection:
        connection.execute(delete(t.queue_words))
        connection.execute(delete(t.queue))
        assert queue_rows.write_missing_queue_rows(connection) == 4
    assert len(titles(store)) == 4


def test_migrations_and_tables_say_the_same_on_both_databases(url: str):
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext

    store = open_store(url)
    with store.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), t.metadata) == []
    store.close()
