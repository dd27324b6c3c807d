"""News of approvals for other systems: a signed webhook, a Prefect event; sent by a thread of its own."""

import hmac
import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from queue import Queue
from threading import Thread
from typing import Any

import httpx

from app.json_output import draft_json
from smallprint.desk_store import Done
from smallprint.review import record_id

_TRIES, _PAUSE = 4, 2.0  # a receiver that is down for a moment is asked again after 2, 4, 8 seconds


@dataclass(frozen=True)
class Webhook:
    """Where news goes, and the secret that signs it."""

    url: str
    secret: str


def news(done: Done) -> list[dict[str, Any]]:
    """One message for each record that an act approved or amended."""
    approved = [one for one in done.verdicts if one.draft.status == "approved"]
    return [
        {
            "event": "record.amended" if one.kind == "amend" else "record.approved",
            "record_id": record_id(number),
            "act": done.act,
            "version": one.version,
            "draft": draft_json(one.draft),
        }
        for one, number in zip(approved, done.records, strict=False)
    ]


def signature(secret: str, moment: int, body: bytes) -> str:
    """HMAC-SHA256 over "time.body": who knows the secret can tell that it is ours and that it is fresh."""
    return "sha256=" + hmac.new(secret.encode(), f"{moment}.".encode() + body, sha256).hexdigest()


def send(webhook: Webhook, message: dict[str, Any], *, moment: int, client: httpx.Client) -> None:
    """Post one message; raises httpx.HTTPError when it was not taken."""
    body = json.dumps(message, ensure_ascii=False).encode()
    headers = {
        "content-type": "application/json",
        "x-smallprint-time": str(moment),
        "x-smallprint-signature": signature(webhook.secret, moment, body),
    }
    client.post(webhook.url, content=body, headers=headers).raise_for_status()


def emit(message: dict[str, Any]) -> None:
    """The same as an event of Prefect's, for automations there."""
    from prefect.events import emit_event

    draft = message["draft"]
    emit_event(
        event=f"smallprint.{message['event']}",
        resource={
            "prefect.resource.id": f"smallprint.record.{message['record_id']}",
            "prefect.resource.name": draft["title"],
            "smallprint.category": draft["category"],
            "smallprint.severity": draft["severity"],
        },
        payload=message,
    )


class Announcer:
    """Sends what it is told of, one after another; what cannot be sent is said on standard error."""

    def __init__(self, webhook: Webhook | None, *, prefect: bool, sleep: Callable[[float], None] = time.sleep) -> None:
        self.webhook, self.prefect, self.sleep = webhook, prefect, sleep
        self._queue: Queue[dict[str, Any] | None] = Queue()
        self._thread = Thread(target=self._run, name="announcer", daemon=True)
        self._thread.start()

    def __call__(self, done: Done) -> None:
        """Take an act's news; returns at once."""
        for message in news(done):
            self._queue.put(message)

    def close(self) -> None:
        """Send what is left, then end."""
        self._queue.put(None)
        self._thread.join(15)

    def _run(self) -> None:
        with httpx.Client(timeout=10, follow_redirects=False) as client:
            while (message := self._queue.get()) is not None:
                if self.webhook is not None:
                    self._post(self.webhook, message, client)
                if self.prefect:
                    emit(message)

    def _post(self, webhook: Webhook, message: dict[str, Any], client: httpx.Client) -> None:
        for number in range(_TRIES):
            try:
                send(webhook, message, moment=int(time.time()), client=client)
                return
            except httpx.HTTPError as error:
                if number + 1 < _TRIES:
                    self.sleep(_PAUSE * 2**number)
                    continue
                sys.stderr.write(f"smallprint: {message['record_id']} could not be announced: {error}\n")


def announcer(url: str | None, secret: str | None) -> Announcer | None:
    """The announcer that the settings ask for; None where there is nobody to tell."""
    standing = bool(os.environ.get("PREFECT_API_URL"))
    if url is None and not standing:
        return None
    return Announcer(Webhook(url, secret or "") if url else None, prefect=standing)
