"""``users``, ``review`` and ``doctor --audit`` as somebody types them."""

import re

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from app.cli import app
from smallprint.errors import UserError
from smallprint.review import Decision
from smallprint.store import invitations, open_store, outbox, people
from tests.drafts import NOW, REFUND, decide_and_write, fill


@pytest.fixture
def cli(workspace):
    def call(*words):
        return CliRunner().invoke(app, list(words))

    return call


@pytest.fixture
def store(workspace):
    opened = open_store(f"sqlite:///{workspace}/smallprint.db")
    yield opened
    opened.close()


def test_a_person_is_added_with_a_link_and_listed_and_disabled(cli, store):
    added = cli("users", "add", "Ada Quill", "--role", "admin", "--address", "https://desk.example/")
    token = re.search(r"https://desk\.example/welcome/(\S+)", added.output).group(1)
    with store.read() as connection:
        assert invitations.find_invitation(
            connection, token, people.find_person(connection, "Ada Quill").created_at
        ) == (
            "Ada Quill",
            "admin",
        )
    cli("users", "add", "Ben Marsh")
    cli("users", "disable", "Ben Marsh")
    listed = cli("users", "list").output
    assert re.search(r"Ada Quill\s+admin\s+\S+\s+invited", listed)
    assert re.search(r"Ben Marsh\s+reviewer\s+\S+\s+disabled", listed)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        pytest.param(("add", "Ada", "--role", "owner"), "unknown role 'owner'", id="a role that is none"),
        pytest.param(("add", "  "), "a name has 1 to 80", id="no name"),
        pytest.param(("disable", "Nobody"), "nobody called 'Nobody'", id="nobody of this name"),
        pytest.param(("disable", "Adam"), "the only admin", id="the last admin"),
        pytest.param(("add", "ADAM"), "already", id="a name that is taken"),
    ],
)
def test_mistakes_with_people_are_one_line(cli, store, words, message):
    with store.write() as connection:
        people.add_person(connection, "Adam", "admin", by="test", at=NOW)
    failed = cli("users", *words)
    assert isinstance(failed.exception, UserError)
    assert message in str(failed.exception)


def test_a_changed_audit_row_is_detected(cli, store):
    fill(store)
    with store.write() as connection:
        decide_and_write(connection, Decision(kind="approve", draft=REFUND.id, seen_version=1, by="Anna", at=NOW))
    intact = cli("doctor", "--audit")
    assert intact.exit_code == 0
    assert "1 rows hold; its head is" in intact.output
    with store.write() as connection:
        connection.execute(text("DROP TRIGGER audit_no_update"))
        connection.execute(text("UPDATE audit SET actor = 'Eve'"))
    forged = cli("doctor", "--audit")
    assert forged.exit_code == 1
    assert "row 1 was changed" in forged.output


def test_doctor_reports_announcements_that_were_not_delivered(cli, store):
    fill(store)
    assert "announcements" not in cli("doctor").output
    with store.write() as connection:
        outbox.listen(connection, "webhook", NOW)
        decide_and_write(connection, Decision(kind="approve", draft=REFUND.id, seen_version=1, by="Anna", at=NOW))
        outbox.failed(connection, outbox.claim(connection, "webhook", NOW), "it answered 503", NOW)
    report = " ".join(cli("doctor").output.split())
    assert "note announcements 1 for the webhook wait since 2026-03-02 09:00 UTC, 0 of them given up" in report
    assert "it answered 503" in report
    with store.write() as connection:
        late = NOW + outbox.RETRY_PERIOD * 2
        outbox.failed(connection, outbox.claim(connection, "webhook", late), "it answered 503", late)
    failed = cli("doctor")
    assert failed.exit_code == 1
    assert "1 of them given up" in " ".join(failed.output.split())


def test_a_webhook_without_a_secret_is_refused_before_anything_starts(cli, monkeypatch):
    monkeypatch.setenv("SMALLPRINT_WEBHOOK_URL", "https://hook.example/")
    failed = cli("review")
    assert isinstance(failed.exception, UserError)
    assert "SMALLPRINT_WEBHOOK_SECRET" in str(failed.exception)


@pytest.mark.parametrize("address", ["hook.example", "ftp://hook.example/", "https://", "https://hook.example:99999/"])
def test_a_webhook_that_is_no_web_address_is_refused_before_anything_starts(cli, monkeypatch, address):
    monkeypatch.setenv("SMALLPRINT_WEBHOOK_URL", address)
    monkeypatch.setenv("SMALLPRINT_WEBHOOK_SECRET", "signs")
    failed = cli("review")
    assert isinstance(failed.exception, UserError)
    assert "SMALLPRINT_WEBHOOK_URL" in str(failed.exception)
