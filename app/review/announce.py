"""Announces changes of records: a thread for each channel takes messages from the outbox and sends them.

Two channels: a signed webhook (docs/webhook.md) and Prefect events.
"""

import hmac
import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from threading import Event, Thread
from typing import Any
from urllib.parse import urlsplit

import httpx

from app.json_output import draft_json
from smallprint.errors import StoreError
from smallprint.review import record_id
from smallprint.store import Store, outbox
from smallprint.store.decisions import Act
from smallprint.store.outbox import Channel, Message

POLL_SECONDS = 30.0  # between looks for messages that other processes put into the outbox
HEARTBEAT = timedelta(hours=1)  # how often a running desk says that its channel is still in use
RETRY_STATUSES = (408, 425, 429)  # client errors that are about the moment and not about the message

Send = Callable[[dict[str, Any]], None]  # raises httpx.HTTPError when the message was not accepted


@dataclass(frozen=True)
class Webhook:
    """Where messages are posted, and the secret that signs them."""

    url: str
    secret: str


def can_be_posted_to(url: str) -> bool:
    """Whether it is an absolute web address; any other would fail for days before it was given up."""
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # brackets that hold no address, or a port beyond the last
        return False


def message_json(message: Message) -> dict[str, Any]:
    """A message as it is sent; ``id`` is the same at every try."""
    return {
        "id": message.key,
        "event": message.event,
        "record_id": record_id(message.record),
        "act": message.act,
        "version": message.version,
        "by": message.by,
        "at": message.at.isoformat(),
        "draft": draft_json(message.draft),
    }


def signature(secret: str, timestamp: int, body: bytes) -> str:
    """HMAC-SHA256 over "timestamp.body": a receiver with the secret can check that it is from us and recent."""
    return "sha256=" + hmac.new(secret.encode(), f"{timestamp}.".encode() + body, sha256).hexdigest()


def webhook_sender(webhook: Webhook, client: httpx.Client) -> Send:
    """A function that posts messages to the webhook, signed."""

    def send(message: dict[str, Any]) -> None:
        body, timestamp = json.dumps(message, ensure_ascii=False).encode(), int(time.time())
        headers = {
            "content-type": "application/json",
            "x-smallprint-id": message["id"],
            "x-smallprint-time": str(timestamp),
            "x-smallprint-signature": signature(webhook.secret, timestamp, body),
        }
        # The status is all that counts; a body is not read, however long it is.
        with client.stream("POST", webhook.url, content=body, headers=headers) as response:
            if not response.is_success:  # redirects too: nobody may send our messages to another address
                raise httpx.HTTPStatusError(str(response.status_code), request=response.request, response=response)

    return send


def send_to_prefect(message: dict[str, Any]) -> None:
    """Record the message as a Prefect event, for automations there.

    By the client and not by ``emit_event``, which returns before anything was recorded and reports no failure.
    """
    from prefect.client.orchestration import get_client

    draft = message["draft"]
    event = {
        "id": message["id"],
        "occurred": message["at"],
        "event": f"smallprint.{message['event']}",
        "resource": {
            "prefect.resource.id": f"smallprint.record.{message['record_id']}",
            "prefect.resource.name": draft["title"],
            "smallprint.category": draft["category"],
            "smallprint.severity": draft["severity"],
        },
        "payload": message,
    }
    with get_client(sync_client=True) as client:
        client.request("POST", "/events", json=[event])


class ChannelSender:
    """Sends one channel its messages in order, on a thread of its own; what is not accepted stays in the outbox."""

    def __init__(self, store: Store, channel: Channel, send: Send, clock: Callable[[], datetime]) -> None:
        self.store, self.channel, self.send, self.clock = store, channel, send, clock
        self._wake, self._stop = Event(), Event()
        self._last_heartbeat = clock()
        self._listener_is_down = False
        with store.write() as connection:
            outbox.listen(connection, channel, self._last_heartbeat)
            outbox.hurry(connection, channel, self._last_heartbeat)
        self._thread = Thread(target=self._run, name=f"announce {channel}", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """There may be a new message; returns at once."""
        self._wake.set()

    def close(self) -> None:
        """Finish the message that is being sent, then end."""
        self._stop.set()
        self._wake.set()
        self._thread.join(15)

    def _run(self) -> None:
        while not self._stop.is_set():
            self._wake.clear()
            try:
                pause = self._send_due()
                wait = self._seconds_until_due()
            except StoreError as error:
                sys.stderr.write(f"smallprint: announcements wait for the database: {error}\n")
                pause, wait = None, POLL_SECONDS
            if pause is None:
                self._wake.wait(wait)
            else:
                self._stop.wait(pause)  # a new message does not mean that the listener is back

    def _send_due(self) -> float | None:
        """Send all that is due; returns seconds to pause where the listener is down."""
        now = self.clock()
        if now - self._last_heartbeat > HEARTBEAT:
            self._last_heartbeat = now
            with self.store.write() as connection:
                outbox.listen(connection, self.channel, now)
        while not self._stop.is_set():
            with self.store.write() as connection:
                message = outbox.claim(connection, self.channel, self.clock())
            if message is None:
                return None
            try:
                self.send(message_json(message))
            except httpx.HTTPError as error:
                if (pause := self._record_failure(message, error)) is not None:
                    return pause
                continue
            self._listener_is_down = False
            with self.store.write() as connection:
                outbox.delivered(connection, message)
        return None

    def _record_failure(self, message: Message, error: httpx.HTTPError) -> float | None:
        """Put the message back; returns seconds to pause, None where the listener refused this message alone."""
        status = error.response.status_code if isinstance(error, httpx.HTTPStatusError) else 0
        # Never the error's own text for a status: it holds the address, and addresses of webhooks are secrets.
        problem = f"it answered {status}" if status else f"{type(error).__name__}: {error}"
        now = self.clock()
        with self.store.write() as connection:
            next_try = outbox.failed(connection, message, problem, now)
        refused = 400 <= status < 500 and status not in RETRY_STATUSES
        if next_try is None or refused or not self._listener_is_down:
            outlook = "is given up until the desk starts again" if next_try is None else "waits and is sent again"
            sys.stderr.write(
                f"smallprint: the {self.channel} did not take {record_id(message.record)} ({problem}); it {outlook}\n"
            )
        if refused:
            return None
        self._listener_is_down = True
        return outbox.pause(message.tries).total_seconds()

    def _seconds_until_due(self) -> float:
        with self.store.read() as connection:
            due = outbox.next_due(connection, self.channel)
        return POLL_SECONDS if due is None else min(POLL_SECONDS, max(0.0, (due - self.clock()).total_seconds()))


class Announcer:
    """The channels of one desk; call it after each decision that was written."""

    def __init__(self, senders: list[ChannelSender]) -> None:
        self.senders = senders

    def __call__(self, _act: Act) -> None:
        """Wake every channel."""
        for sender in self.senders:
            sender.wake()

    def close(self) -> None:
        """End the threads; what is left in the outbox is sent when a desk starts again."""
        for sender in self.senders:
            sender.close()


def start_announcer(store: Store, webhook: Webhook | None, clock: Callable[[], datetime]) -> Announcer | None:
    """Start the channels that are configured, the webhook and PREFECT_API_URL; None where there is none."""
    senders = []
    if webhook is not None:
        client = httpx.Client(timeout=10, follow_redirects=False)
        senders.append(ChannelSender(store, "webhook", webhook_sender(webhook, client), clock))
    if os.environ.get("PREFECT_API_URL"):
        senders.append(ChannelSender(store, "prefect", send_to_prefect, clock))
    return Announcer(senders) if senders else None
