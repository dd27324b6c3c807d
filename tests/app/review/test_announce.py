"""News of approvals: signed, sent again while a receiver is down, and never in a reviewer's way."""

import hmac
import json
import threading
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from app.review.announce import Announcer, Webhook, news
from smallprint import desk_store
from smallprint.registry import load
from smallprint.review import Decision
from tests.desk import NOW, PRICES, REFUND


@pytest.fixture
def receiver():
    """A server that refuses the first posts and keeps the others."""

    class Handler(BaseHTTPRequestHandler):
        refuse = 0
        got: list = []

        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"]))
            if Handler.refuse:
                Handler.refuse -= 1
                self.send_response(503)
            else:
                Handler.got.append((dict(self.headers), body))
                self.send_response(204)
            self.end_headers()

        def log_message(self, *_said):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    Handler.url = f"http://127.0.0.1:{server.server_port}/hook"
    yield Handler
    server.shutdown()
    thread.join()
    server.server_close()


def decide(store, kind, draft, **fields):
    with store.write() as c:
        made = Decision(kind=kind, draft=draft.id, saw=1, by="Anna", at=NOW, **fields)
        return desk_store.decide(c, made, load())


def test_an_approval_is_posted_signed_after_a_receiver_comes_back(store, receiver):
    receiver.refuse = 2
    waited: list[float] = []
    announcer = Announcer(Webhook(receiver.url, "secret"), prefect=False, sleep=waited.append)
    announcer(decide(store, "approve", REFUND))
    announcer.close()
    ((headers, body),) = receiver.got
    expected = hmac.new(b"secret", f"{headers['x-smallprint-time']}.".encode() + body, sha256).hexdigest()
    assert headers["x-smallprint-signature"] == f"sha256={expected}"
    message = json.loads(body)
    assert (message["event"], message["record_id"], message["draft"]["id"]) == (
        "record.approved",
        "SP-P-000001",
        REFUND.id,
    )
    assert waited == [2.0, 4.0]


def test_a_receiver_that_stays_away_is_told_of_and_stops_nothing(store, capsys):
    announcer = Announcer(Webhook("http://127.0.0.1:9/", "secret"), prefect=False, sleep=lambda _seconds: None)
    announcer(decide(store, "approve", REFUND))
    announcer.close()
    assert "SP-P-000001 could not be announced" in capsys.readouterr().err


def test_an_amendment_says_so_and_a_rejection_says_nothing(store):
    words = PRICES.model_copy(update={"title": "Prices change"})
    assert [one["event"] for one in news(decide(store, "approve", PRICES, words=words))] == ["record.amended"]
    assert news(decide(store, "reject", REFUND, reasons=("misread",))) == []


def test_an_approval_is_an_event_of_prefect(store, monkeypatch):
    emitted: list[dict] = []
    monkeypatch.setattr("prefect.events.emit_event", lambda **event: emitted.append(event))
    announcer = Announcer(None, prefect=True)
    announcer(decide(store, "approve", REFUND))
    announcer.close()
    (event,) = emitted
    assert event["event"] == "smallprint.record.approved"
    assert event["resource"]["prefect.resource.id"] == "smallprint.record.SP-P-000001"
