"""News of records for other systems: a signed webhook, a Prefect event; taken from the outbox by a thread for each."""

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
from smallprint.store.decisions import Done
from smallprint.store.outbox import Channel, Message

_LOOK = 30.0  # seconds between looks for what other processes put there
_BEAT = timedelta(hours=1)  # between two words of ours that we still listen
_LATER = (408, 425, 429)  # answers that speak of the moment, not of the message

Send = Callable[[dict[str, Any]], None]  # raises httpx.HTTPError when the message was not taken


@dataclass(frozen=True)
class Webhook:
    """Where news goes, and the secret that signs it."""

    url: str
    secret: str


def can_be_posted_to(url: str) -> bool:
    """Whether it is the address of a host on the web; a courier would try any other for days."""
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # brackets that hold no address, or a port beyond the last
        return False


def told(message: Message) -> dict[str, Any]:
    """A message as listeners read it; ``id`` is the same at every try."""
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


def signature(secret: str, moment: int, body: bytes) -> str:
    """HMAC-SHA256 over "time.body": who knows the secret can tell that it is ours and that it is fresh."""
    return "sha256=" + hmac.new(secret.encode(), f"{moment}.".encode() + body, sha256).hexdigest()


def by_webhook(webhook: Webhook, client: httpx.Client) -> Send:
    """Posts messages there, signed."""

    def send(message: dict[str, Any]) -> None:
        body, moment = json.dumps(message, ensure_ascii=False).encode(), int(time.time())
        headers = {
            "content-type": "application/json",
            "x-smallprint-id": message["id"],
            "x-smallprint-time": str(moment),
            "x-smallprint-signature": signature(webhook.secret, moment, body),
        }
        answer = client.post(webhook.url, content=body, headers=headers)
        if not answer.is_success:  # a redirect too: nobody sends our news elsewhere
            raise httpx.HTTPStatusError(str(answer.status_code), request=answer.request, response=answer)

    return send


def by_prefect(message: dict[str, Any]) -> None:
    """Records the same as an event of Prefect's, for automations there.

    By the client and not by ``emit_event``, which only says that it will try.
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


class Courier:
    """Brings one channel its news, in order, as long as it lives; what is not taken waits in the outbox."""

    def __init__(self, store: Store, channel: Channel, send: Send, clock: Callable[[], datetime]) -> None:
        self.store, self.channel, self.send, self.clock = store, channel, send, clock
        self._bell, self._end = Event(), Event()
        self._heard = clock()
        self._away = False
        with store.write() as connection:
            outbox.listen(connection, channel, self._heard)
            outbox.hurry(connection, channel, self._heard)
        self._thread = Thread(target=self._run, name=f"courier {channel}", daemon=True)
        self._thread.start()

    def ring(self) -> None:
        """There may be news; returns at once."""
        self._bell.set()

    def close(self) -> None:
        """Finish what is on its way, then end."""
        self._end.set()
        self._bell.set()
        self._thread.join(15)

    def _run(self) -> None:
        while not self._end.is_set():
            self._bell.clear()
            try:
                away = self._round()
                wait = self._until_due()
            except StoreError as error:
                sys.stderr.write(f"smallprint: announcements wait for the database: {error}\n")
                away, wait = None, _LOOK
            if away is None:
                self._bell.wait(wait)
            else:
                self._end.wait(away)  # other news does not bring a listener back

    def _round(self) -> float | None:
        """Deliver all that is due; seconds to be quiet where the listener is away."""
        now = self.clock()
        if now - self._heard > _BEAT:
            self._heard = now
            with self.store.write() as connection:
                outbox.listen(connection, self.channel, now)
        while not self._end.is_set():
            with self.store.write() as connection:
                message = outbox.claim(connection, self.channel, self.clock())
            if message is None:
                return None
            try:
                self.send(told(message))
            except httpx.HTTPError as error:
                if (quiet := self._not_taken(message, error)) is not None:
                    return quiet
                continue
            self._away = False
            with self.store.write() as connection:
                outbox.delivered(connection, message)
        return None

    def _not_taken(self, message: Message, error: httpx.HTTPError) -> float | None:
        """Keep it for later; seconds to be quiet, None where only this message is refused."""
        status = error.response.status_code if isinstance(error, httpx.HTTPStatusError) else 0
        # Never the error's own words for a status: they hold the address, and addresses of webhooks are secrets.
        problem = f"it answered {status}" if status else f"{type(error).__name__}: {error}"
        now = self.clock()
        with self.store.write() as connection:
            again = outbox.failed(connection, message, problem, now)
        refused = 400 <= status < 500 and status not in _LATER
        if again is None or refused or not self._away:
            then = "is given up until the desk starts again" if again is None else "waits and is sent again"
            sys.stderr.write(
                f"smallprint: the {self.channel} did not take {record_id(message.record)} ({problem}); it {then}\n"
            )
        if refused:
            return None
        self._away = True
        return outbox.pause(message.tries).total_seconds()

    def _until_due(self) -> float:
        with self.store.read() as connection:
            due = outbox.next_due(connection, self.channel)
        return _LOOK if due is None else min(_LOOK, max(0.0, (due - self.clock()).total_seconds()))


class Announcer:
    """All couriers of a desk."""

    def __init__(self, couriers: list[Courier]) -> None:
        self.couriers = couriers

    def __call__(self, _done: Done) -> None:
        """Something was decided."""
        for one in self.couriers:
            one.ring()

    def close(self) -> None:
        """End them; what is left is sent when a desk starts again."""
        for one in self.couriers:
            one.close()


def announcer(store: Store, url: str | None, secret: str | None, clock: Callable[[], datetime]) -> Announcer | None:
    """The announcer that the settings ask for; None where there is nobody to tell."""
    couriers = []
    if url is not None:
        client = httpx.Client(timeout=10, follow_redirects=False)
        couriers.append(Courier(store, "webhook", by_webhook(Webhook(url, secret or ""), client), clock))
    if os.environ.get("PREFECT_API_URL"):
        couriers.append(Courier(store, "prefect", by_prefect, clock))
    return Announcer(couriers) if couriers else None
