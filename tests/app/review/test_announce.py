"""Announcements: signed, in order, one key a message however often it is sent, kept while a listener is down."""

import asyncio
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Queue

import httpx
import pytest

from app.review.announce import (
    Announcer,
    ChannelSender,
    Webhook,
    message_json,
    send_to_prefect,
    signature,
    webhook_sender,
)
from flows.engine import start_prefect
from smallprint.review import Decision
from smallprint.store import api_tokens, decisions, outbox
from tests.drafts import ARBITRATION, CLASS_ACTION, NOW, PRICES, REFUND, decide_and_write

ROOT = Path(__file__).resolve().parents[3]
SECRET = "a secret of the desk and its listener"


def documented_check():
    """The function by which docs/webhook.md tells receivers to check a message."""
    (code,) = re.findall(
        r"^```python\n(.*?)^```$", (ROOT / "docs" / "webhook.md").read_text(), re.MULTILINE | re.DOTALL
    )
    namespace: dict = {}
    exec(code, namespace)  # noqa: S102 -- our own documentation
    return namespace["is_authentic"]


is_authentic = documented_check()


@dataclass
class Receiver:
    """A listener with a set answer that records what it accepted and refused."""

    url: str = ""
    answer: int = 204
    refuses: set[str] = field(default_factory=set)  # ids of drafts whose messages it answers with 422
    accepted: Queue = field(default_factory=Queue)  # messages
    raw: list = field(default_factory=list)  # headers and body of each request
    refused: Queue = field(default_factory=Queue)
    answers: threading.Event = field(default_factory=threading.Event)  # unset: requests wait for their answer

    def message(self, *, refused: bool = False) -> dict:
        return (self.refused if refused else self.accepted).get(timeout=30)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    listener = Receiver()
    listener.answers.set()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"]))
            message = json.loads(body)
            listener.raw.append((self.headers, body))
            genuine = is_authentic(SECRET, self.headers, body) and self.headers["x-smallprint-id"] == message["id"]
            status = 401 if not genuine else 422 if message["draft"]["id"] in listener.refuses else listener.answer
            (listener.accepted if status == 204 else listener.refused).put(message)
            listener.answers.wait(30)
            self.send_response(status)
            self.send_header("location", "http://127.0.0.1:9/elsewhere")
            self.end_headers()

        def log_message(self, *_arguments):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    listener.url = f"http://127.0.0.1:{server.server_port}/hook"
    yield listener
    listener.answers.set()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def announce(store, receiver, clock):
    """Starts announcers for the webhook, which all end with the test."""
    running: list[Announcer] = []

    def start() -> Announcer:
        client = httpx.Client(timeout=10)
        announcer = Announcer(
            [ChannelSender(store, "webhook", webhook_sender(Webhook(receiver.url, SECRET), client), clock)]
        )
        running.append(announcer)
        return announcer

    yield start
    for announcer in running:
        announcer.close()


def decide(store, kind, draft, seen_version=1, **fields):
    with store.write() as connection:
        decision = Decision(kind=kind, draft=draft.id, seen_version=seen_version, by="Anna", at=NOW, **fields)
        return decide_and_write(connection, decision)


def undo(store, act):
    with store.write() as connection:
        return decisions.undo(connection, act.id, by="Anna", at=NOW)


def backlog(store):
    with store.read() as connection:
        return [(line.channel, line.waiting, line.given_up, line.problem) for line in outbox.backlog(connection)]


def is_drained(store, announcer) -> bool:
    """Close the announcer, which finishes the message it is sending; whether nothing is left."""
    announcer.close()
    return backlog(store) == []


def test_changes_of_records_are_announced_in_order(store, receiver, announce):
    announcer = announce()
    act = decide(store, "approve", REFUND)
    undo(store, undo(store, act))
    decide(store, "reject", ARBITRATION, reasons=("misread",))
    decide(store, "approve", PRICES, edited_draft=PRICES.model_copy(update={"title": "Prices change"}))
    announcer(act)
    messages = [receiver.message() for _ in range(4)]
    assert [
        (message["event"], message["record_id"], message["version"], message["draft"]["status"]) for message in messages
    ] == [
        ("record.approved", "SP-P-000001", 2, "approved"),
        ("record.withdrawn", "SP-P-000001", 3, "draft"),
        ("record.approved", "SP-P-000001", 4, "approved"),
        ("record.amended", "SP-P-000002", 2, "approved"),
    ]
    assert (messages[0]["act"], messages[0]["by"], messages[3]["draft"]["title"]) == (act.id, "Anna", "Prices change")
    assert is_drained(store, announcer)


def test_the_documented_check_refuses_forged_and_stale_messages(store, receiver, announce):
    announce()(decide(store, "approve", REFUND))
    receiver.message()
    headers, body = receiver.raw[0]
    assert not is_authentic("another secret", headers, body)
    assert not is_authentic(SECRET, headers, body.replace(b"approved", b"withdrawn"))
    stale = str(int(headers["x-smallprint-time"]) - 3600)
    signed = signature(SECRET, int(stale), body)
    assert not is_authentic(SECRET, {"x-smallprint-time": stale, "x-smallprint-signature": signed}, body)


def test_without_a_listener_the_outbox_stays_empty(store):
    decide(store, "approve", REFUND)
    assert backlog(store) == []


@pytest.mark.parametrize("answer", [pytest.param(503, id="a server error"), pytest.param(302, id="a redirect")])
def test_a_listener_that_was_down_gets_each_message_once_when_it_is_back(store, receiver, announce, answer, capsys):
    receiver.answer = answer
    announcer = announce()
    announcer(decide(store, "approve", REFUND))
    receiver.message(refused=True)
    decide(store, "approve", PRICES)
    announcer.close()
    assert receiver.refused.empty()  # a listener that is down is not tried again for each message
    assert backlog(store) == [("webhook", 2, 0, f"it answered {answer}")]
    stderr = capsys.readouterr().err
    assert f"did not take SP-P-000001 (it answered {answer}); it waits" in stderr
    assert receiver.url not in stderr
    receiver.answer = 204
    announcer = announce()
    assert [receiver.message()["record_id"], receiver.message()["record_id"]] == ["SP-P-000001", "SP-P-000002"]
    assert is_drained(store, announcer)
    assert receiver.accepted.empty()


def test_a_refused_message_does_not_hold_up_the_others(store, receiver, announce):
    receiver.refuses = {REFUND.id}
    announcer = announce()
    decide(store, "approve", REFUND)
    announcer(decide(store, "approve", PRICES))
    assert receiver.message()["record_id"] == "SP-P-000002"
    announcer.close()
    assert backlog(store) == [("webhook", 1, 0, "it answered 422")]


def test_messages_for_a_listener_down_for_days_are_given_up_until_a_desk_starts(store, receiver, announce, clock):
    receiver.answer = 503
    announce().close()
    decide(store, "approve", REFUND)
    clock.pass_by(days=4)
    announcer = announce()
    receiver.message(refused=True)
    announcer.close()
    assert backlog(store) == [("webhook", 0, 1, "it answered 503")]
    receiver.answer = 204
    announcer = announce()
    assert receiver.message()["record_id"] == "SP-P-000001"
    assert is_drained(store, announcer)


def test_messages_that_nobody_accepted_in_a_month_are_dropped(store):
    with store.write() as connection:
        outbox.listen(connection, "webhook", NOW)
    decide(store, "approve", REFUND)
    with store.write() as connection:
        late = NOW + outbox.RETRY_PERIOD * 2
        outbox.failed(connection, outbox.claim(connection, "webhook", late), "it answered 503", late)
        outbox.listen(connection, "webhook", NOW + outbox.GIVEN_UP_RETENTION)
    assert backlog(store) == [("webhook", 0, 1, "it answered 503")]
    with store.write() as connection:
        outbox.listen(connection, "webhook", NOW + outbox.GIVEN_UP_RETENTION * 2)
    assert backlog(store) == []


def test_pauses_between_tries_grow_to_an_hour():
    assert [outbox.pause(tries) for tries in (1, 2, 3)] == [timedelta(seconds=2**n) for n in (1, 2, 3)]
    assert outbox.pause(500) == timedelta(hours=1)


def test_a_message_is_claimed_by_one_sender_and_by_another_when_the_first_has_died(store):
    with store.write() as connection:
        outbox.listen(connection, "webhook", NOW)
    decide(store, "approve", REFUND)
    with store.write() as connection:
        first = outbox.claim(connection, "webhook", NOW)
        assert outbox.claim(connection, "webhook", NOW) is None
        again = outbox.claim(connection, "webhook", NOW + outbox.CLAIM_DURATION)
    assert (first.key, first.tries, again.key, again.tries) == (again.key, 1, first.key, 2)


def test_a_channel_that_no_desk_used_in_a_week_gets_no_messages(store):
    with store.write() as connection:
        outbox.listen(connection, "webhook", NOW - timedelta(days=8))
        outbox.listen(connection, "prefect", NOW - timedelta(days=6))
    decide(store, "approve", REFUND)
    assert backlog(store) == [("prefect", 1, 0, None)]


def test_a_refused_decision_is_not_announced(store):
    with store.write() as connection:
        outbox.listen(connection, "webhook", NOW)
    with pytest.raises(decisions.ConflictError):
        decide(store, "approve", REFUND, seen_version=7)
    assert backlog(store) == []


# ---- a desk that is killed


@pytest.fixture
def process(store, receiver, tmp_path) -> Iterator[tuple[subprocess.Popen, httpx.Client]]:
    """``smallprint review`` as it runs for people, and a caller of its API."""
    with store.write() as connection:
        token = api_tokens.create_api_token(connection, "Anna", "test", NOW)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT")} | {
        "PYTHONPATH": str(ROOT),
        "SMALLPRINT_HOME": str(tmp_path / "home"),
        "SMALLPRINT_DATABASE_URL": store.engine.url.render_as_string(hide_password=False),
        "SMALLPRINT_WEBHOOK_URL": receiver.url,
        "SMALLPRINT_WEBHOOK_SECRET": SECRET,
    }
    command = [sys.executable, "-c", "from app.cli import main; main()", "review", "--port", str(port)]
    running = subprocess.Popen(command, env=environment, cwd=tmp_path, stdout=subprocess.DEVNULL)  # noqa: S603
    headers = {"authorization": f"Bearer {token}"}
    with httpx.Client(base_url=f"http://127.0.0.1:{port}/api/v1", headers=headers, timeout=30) as client:
        for _ in range(600):
            try:
                client.get("/queue")
                break
            except httpx.ConnectError:
                threading.Event().wait(0.05)
        yield running, client
    running.kill()
    running.wait()


def test_a_message_cut_off_by_a_killed_desk_is_sent_again_when_one_starts(store, process, receiver, announce, clock):
    running, client = process
    receiver.answers.clear()
    for draft in (REFUND, CLASS_ACTION):  # the second waits behind the first, which is not answered
        answer = client.post(f"/drafts/{draft.id}/decisions", json={"act": "approve", "saw": 1})
        assert answer.status_code == 200
    cut_off = receiver.message()
    running.send_signal(signal.SIGKILL)
    running.wait()
    assert [(channel, waiting) for channel, waiting, *_ in backlog(store)] == [("webhook", 2)]
    receiver.answers.set()
    clock.now = datetime.now(UTC)  # as that of the desk that was killed
    announcer = announce()
    repeated, second = receiver.message(), receiver.message()
    assert repeated == cut_off  # the same key too, so that a listener knows it
    assert (repeated["record_id"], second["record_id"]) == ("SP-P-000001", "SP-P-000002")
    assert is_drained(store, announcer)


# ---- Prefect

ONCE = pytest.mark.parametrize("kind", ["sqlite"], indirect=True)


@ONCE
async def test_an_approval_can_be_read_back_as_a_prefect_event(store, prefect_home):
    await start_prefect(prefect_home)
    from prefect.client.orchestration import get_client
    from prefect.events.filters import EventFilter, EventIDFilter, EventOccurredFilter

    with store.write() as connection:
        outbox.listen(connection, "prefect", NOW)
    decide(store, "approve", REFUND)
    with store.write() as connection:
        message = outbox.claim(connection, "prefect", NOW)
    for _ in range(2):  # sent twice, as after a crash, it is still one event
        send_to_prefect(message_json(message))
    events = []
    wanted = EventFilter(id=EventIDFilter(id=[message.key]), occurred=EventOccurredFilter(since=NOW, until=NOW))
    async with get_client() as client:
        for _ in range(900):  # the server writes events some seconds later
            events = (await client.read_events(wanted, limit=5)).events
            if events:
                break
            await asyncio.sleep(0.1)
    (event,) = events
    assert (str(event.id), event.event) == (message.key, "smallprint.record.approved")
    assert event.resource.id == "smallprint.record.SP-P-000001"
    assert event.payload["draft"]["title"] == REFUND.title


@ONCE
def test_a_prefect_that_is_down_is_an_http_error_and_loses_no_event(store):
    from prefect.settings import PREFECT_API_URL, PREFECT_CLIENT_MAX_RETRIES, temporary_settings

    with temporary_settings({PREFECT_API_URL: "http://127.0.0.1:9/api", PREFECT_CLIENT_MAX_RETRIES: 0}):
        with store.write() as connection:
            outbox.listen(connection, "prefect", NOW)
        decide(store, "approve", REFUND)
        with store.write() as connection:
            message = outbox.claim(connection, "prefect", NOW)
        with pytest.raises(httpx.HTTPError):
            send_to_prefect(message_json(message))
