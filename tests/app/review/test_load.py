"""The load script's judgment: what it holds against a desk, and that a missed bound is its exit code."""

import pytest

from bench import desk_load as load
from bench.desk_load import Figure, findings
from smallprint.registry import load as registry
from smallprint.review import Decision
from smallprint.store import decisions
from tests.desk import NOW, REFUND


def decide(store):
    with store.write() as connection:
        made = Decision(kind="approve", draft=REFUND.id, saw=1, by="Reviewer 1", at=NOW)
        return decisions.decide(connection, made, registry()).act


def test_confirmed_decisions_are_looked_up(store):
    act = decide(store)
    assert findings(store, [act]) == []
    assert findings(store, [act, "none"]) == ["1 confirmed decisions are lost"]
    assert findings(store, [act, act]) == ["one decision was confirmed twice"]


def test_a_record_that_no_approval_stands_behind_is_found(store):
    act = decide(store)
    with store.write() as connection:
        connection.exec_driver_sql("UPDATE drafts SET status = 'draft'")
    assert findings(store, [act]) == ["approved drafts and records differ in number"]


@pytest.mark.parametrize(
    ("figure", "missed"),
    [
        pytest.param(Figure("queue: p95, ms", 149.0, most=150), False, id="within its bound"),
        pytest.param(Figure("queue: p95, ms", 151.0, most=150), True, id="beyond its bound"),
        pytest.param(Figure("done", 0, exactly=1), True, id="nobody won"),
        pytest.param(Figure("decisions", 17), False, id="without a bound"),
    ],
)
def test_a_missed_bound_is_marked_and_ends_with_1(figure, missed, monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["load", "sqlite"])
    monkeypatch.setattr(load, "measure", lambda _url, _asked: [figure])
    if missed:
        with pytest.raises(SystemExit, match="a bound is missed"):
            load.main()
    else:
        load.main()
    assert ("!" in capsys.readouterr().out) is missed
