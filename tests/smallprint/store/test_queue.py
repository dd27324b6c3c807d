"""The queue on SQLite and PostgreSQL: order, filters and their counts, leases, assignments, progress of the day."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import delete

from smallprint.store import (
    Store,
    queue,
    queue_counts,
    queue_rows,
)
from smallprint.store import tables as t
from smallprint.store.queue import Filters
from tests.drafts import ARBITRATION, CLASS_ACTION, NOW, PRICES, REFUND
from tests.smallprint.store.acts import decide, queued_drafts


def test_the_queue_is_ordered_by_need(store: Store):
    assert queued_drafts(store) == [draft.id for draft in (CLASS_ACTION, ARBITRATION, PRICES, REFUND)]


@pytest.mark.parametrize(
    ("filters", "drafts"),
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
def test_filters_leave_the_drafts_that_meet_them_and_count_the_others(store: Store, filters, drafts):
    assert queued_drafts(store, **filters) == [draft.id for draft in drafts]
    with store.read() as connection:
        filtered = queue_counts.load_filtered_queue(connection, Filters(**filters), NOW)
        for name, counts in filtered.facets.items():
            for label, number in counts:
                changed = Filters(**filters | {name: label})
                assert queue.count_drafts(connection, changed) == number, f"{name}={label}"
    assert [queued.draft for queued in filtered.drafts] == [draft.id for draft in drafts]
    assert filtered.total == len(drafts)


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
    barrier, claimed = Barrier(4), []

    def ask(n: int) -> None:
        barrier.wait()
        with store.write() as connection:
            claimed.append(queue.claim_next_open(connection, Filters(), f"person{n}", NOW))

    threads = [Thread(target=ask, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(claimed) == sorted(draft.id for draft in (REFUND, PRICES, ARBITRATION, CLASS_ACTION))


def test_a_skipped_draft_is_followed_by_the_one_behind_it(store: Store):
    assert next_for(store, "anna", after=ARBITRATION.id) == PRICES.id
    assert next_for(store, "anna", after=REFUND.id) is None


def test_who_asks_for_a_second_opinion_is_not_the_one_to_give_it(store: Store):
    decide(store, "second_opinion", CLASS_ACTION)
    assert next_for(store, "anna") == ARBITRATION.id
    assert next_for(store, "ben") == CLASS_ACTION.id
    assert queued_drafts(store, flag="second_opinion") == [CLASS_ACTION.id]


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


def test_drafts_from_before_the_desk_are_put_into_the_queue(store: Store):
    with store.write() as connection:
        connection.execute(delete(t.queue_words))
        connection.execute(delete(t.queue))
        assert queue_rows.write_missing_queue_rows(connection) == 4
    assert len(queued_drafts(store)) == 4
