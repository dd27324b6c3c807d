"""The load script: which faults of a desk it reports, and that a missed bound ends it with exit code 1."""

import pytest

from bench import desk_load
from bench.desk_load import Measurement, faults
from smallprint.review import Decision
from smallprint.store import Store
from tests.drafts import NOW, REFUND, decide_and_write


def approve(store: Store) -> str:
    """Approve a draft; returns the id of the act."""
    decision = Decision(kind="approve", draft=REFUND.id, seen_version=1, by="Reviewer 1", at=NOW)
    with store.write() as connection:
        return decide_and_write(connection, decision).id


def test_confirmed_decisions_that_are_lost_or_doubled_are_reported(store: Store) -> None:
    act = approve(store)
    assert faults(store, [act]) == []
    assert faults(store, [act, "none"]) == ["1 confirmed decisions are lost"]
    assert faults(store, [act, act]) == ["one decision was confirmed twice"]


def test_a_record_without_an_approved_draft_is_reported(store: Store) -> None:
    act = approve(store)
    with store.write() as connection:
        connection.exec_driver_sql("UPDATE drafts SET status = 'draft'")
    assert faults(store, [act]) == ["approved drafts and records differ in number"]


@pytest.mark.parametrize(
    ("measurement", "missed"),
    [
        (Measurement("queue: p95, ms", 149.0, upper_bound=150), False),
        (Measurement("queue: p95, ms", 151.0, upper_bound=150), True),
        (Measurement("done", 0, expected=1), True),
        (Measurement("decisions", 17), False),
    ],
    ids=["within its bound", "beyond its bound", "not the expected value", "without a bound"],
)
def test_a_missed_bound_is_marked_and_ends_with_exit_code_1(
    measurement: Measurement, missed: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["desk_load", "sqlite"])
    monkeypatch.setattr(desk_load, "measure", lambda _url, _options: [measurement])
    if missed:
        with pytest.raises(SystemExit, match="a bound is missed"):
            desk_load.main()
    else:
        desk_load.main()
    assert ("!" in capsys.readouterr().out) is missed
