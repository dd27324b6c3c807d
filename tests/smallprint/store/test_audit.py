"""The audit chain on SQLite and PostgreSQL: what a row tells, and that every change to history is detected."""

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import SQLAlchemyError

from smallprint.errors import StoreError
from smallprint.store import (
    Store,
)
from smallprint.store import tables as t
from tests.drafts import ARBITRATION, PRICES, REFUND
from tests.smallprint.store.acts import decide, verify_chain


def test_an_audit_row_has_every_changed_field_before_and_after(store: Store):
    decide(store, "approve", edited_draft=REFUND.model_copy(update={"title": "No refunds"}))
    with store.read() as connection:
        (row,) = connection.execute(select(t.audit)).mappings().all()
    assert (row["actor"], row["what"], row["subject"], row["version"]) == ("anna", "amend", REFUND.id, 2)
    assert {"field": "title", "before": REFUND.title, "after": "No refunds"} in row["changes"]
    assert row["detail"]["record"] == "SP-P-000001"
    assert verify_chain(store).problems == ()


@pytest.mark.parametrize("table", ["audit", "decisions"])
@pytest.mark.parametrize("act", ["update", "delete"])
def test_the_database_itself_refuses_to_change_history(store: Store, table, act):
    decide(store, "approve")
    target = t.metadata.tables[table]
    statement = update(target).values({"by" if table == "decisions" else "actor": "eve"})
    with pytest.raises((SQLAlchemyError, StoreError), match="append-only"), store.write() as connection:
        connection.execute(statement if act == "update" else delete(target))
    assert verify_chain(store).problems == ()


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
    ("statement", "problem"),
    [
        pytest.param(
            "UPDATE audit SET actor = 'eve' WHERE id = 2", "row 2 was changed", id="another name on a decision"
        ),
        pytest.param("UPDATE records SET body = '{}' WHERE number = 1", "record 1 differs", id="another record"),
        pytest.param("UPDATE audit_head SET length = 9", "missing at the end", id="a longer chain than there is"),
    ],
)
def test_a_changed_audit_row_or_record_is_detected(store: Store, statement, problem):
    for approved in (REFUND, PRICES, ARBITRATION):
        decide(store, "approve", approved)
    _without_triggers(store, statement)
    assert any(problem in reported for reported in verify_chain(store).problems)


@pytest.mark.parametrize(("row", "problem"), [(2, "row 2 is missing"), (3, "missing at the end")])
def test_a_deleted_audit_row_is_detected(store: Store, row, problem):
    for approved in (REFUND, PRICES, ARBITRATION):
        decide(store, "approve", approved)
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
    assert any(problem in reported for reported in verify_chain(store).problems)
