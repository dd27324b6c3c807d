"""Calls by the provider's batch service: gathered, sent as one file at half price, found again after an interruption.

A request is identified by the hash of its content, and a batch is recorded in a file before it is sent. A process that
was killed makes the same requests again; they are recognized and wait for the batch that is already running.

| a request is | until | recorded in |
|---|---|---|
| queued | no new request has come for three seconds | memory |
| under way | the provider has ended its batch | ``DIGEST.json``: the batch's id and its requests' keys |
| answered | the caller has received the reply | ``DIGEST.jsonl``: the provider's result file |
| received | the queue is closed with nothing under way or unread, which removes the result files | - |
"""

import asyncio
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol

from classifiers.model.retry import RETRIED_KINDS, CallFailed, wait_before

# Chosen, not measured: documents of a run follow each other faster, and beside a batch's hours it is nothing.
_GATHER_SECONDS = 3.0
# Chosen, not measured: soon at first, for a batch of a few calls, then seldom, for one that takes hours.
_FIRST_POLL_SECONDS = 2.0
_MAX_POLL_SECONDS = 60.0
_POLL_GROWTH = 1.5
# Limits of one file: the provider takes 50,000 requests and 200 MB; the rest of the bytes is a margin.
_MAX_FILE_REQUESTS = 50_000
_MAX_FILE_BYTES = 150_000_000
_MAX_ATTEMPTS = 6  # of each request to the batch endpoints, with 15 seconds of waits between them
ENDED = frozenset({"completed", "failed", "expired", "cancelled"})


@dataclass(frozen=True)
class BatchState:
    """A batch's progress as the provider reports it."""

    status: str
    output_file: str | None = None
    error_file: str | None = None
    problem: str = ""  # why it failed as a whole


class BatchServer(Protocol):
    """The provider's files and batches; every method raises CallFailed, or ModelStopError where no retry helps."""

    async def send(self, lines: bytes, digest: str) -> str:
        """Upload a file of requests and start a batch of it, labelled with ``digest``; returns the batch's id."""
        ...

    async def find(self, digest: str) -> str | None:
        """The id of the batch with this label, if one was started."""
        ...

    async def poll(self, batch: str) -> BatchState:
        """The batch's present state."""
        ...

    async def content(self, file: str) -> str:
        """A result file."""
        ...


@dataclass(frozen=True)
class Reply:
    """The reply to one request: an HTTP status and the body that a direct call would have had."""

    status: int
    body: dict[str, Any]


@dataclass
class _Batch:
    """Requests sent together; ``id`` is None until the provider has assigned it."""

    digest: str  # SHA-256 of the keys, by which the provider finds it where the id was lost
    keys: tuple[str, ...]
    id: str | None = None


@dataclass
class BatchQueue:
    """Takes requests one by one and answers them by batch; belongs to one event loop.

    Attributes:
        server: the provider.
        folder: where batches under way and their results are recorded.
        announce: called with a sentence for every batch that is sent or has ended.

    """

    server: BatchServer
    folder: Path
    announce: Callable[[str], None]
    _queued: dict[str, dict[str, Any]] = field(default_factory=dict)
    _futures: dict[str, asyncio.Future[Reply]] = field(default_factory=dict)
    _under_way: set[str] = field(default_factory=set)
    _replies: dict[str, Reply] = field(default_factory=dict)
    _unread: set[str] = field(default_factory=set)  # answered, and not yet received by the caller
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _timer: asyncio.Task[None] | None = None
    _loaded: bool = False

    async def ask(self, body: dict[str, Any]) -> Reply:
        """The reply to one request of the chat-completions endpoint; may take a day."""
        if not self._loaded:
            self._load()
        key = sha256(json.dumps(body, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
        if key in self._replies:
            # Only once: a caller that asks again after a failure wants another answer.
            return self._receive(key, self._replies.pop(key))
        if key not in self._futures:
            self._futures[key] = asyncio.get_running_loop().create_future()
        if key not in self._under_way and key not in self._queued:
            self._queued[key] = body
            if self._timer is not None:
                self._timer.cancel()
            self._timer = asyncio.create_task(self._send_soon())
        return self._receive(key, await asyncio.shield(self._futures[key]))

    def _receive(self, key: str, reply: Reply) -> Reply:
        self._unread.discard(key)
        return reply

    async def close(self) -> None:
        """Stop polling; batches under way stay recorded, and result files whose replies were all received go."""
        for task in (*self._tasks, *([self._timer] if self._timer else [])):
            task.cancel()
        if not self._under_way and not self._unread:
            for path in self.folder.glob("*.jsonl"):
                path.unlink()

    def _load(self) -> None:
        self._loaded = True
        self.folder.mkdir(parents=True, exist_ok=True)
        for path in sorted(self.folder.glob("*.jsonl")):
            self._replies.update(_replies(path.read_text(encoding="utf-8")))
        self._unread.update(self._replies)
        for path in sorted(self.folder.glob("*.json")):
            batch = json.loads(path.read_text(encoding="utf-8"))
            self._follow(_Batch(batch["mark"], tuple(batch["keys"]), batch["id"]))

    async def _send_soon(self) -> None:
        await asyncio.sleep(_GATHER_SECONDS)
        self._timer = None
        requests, self._queued = list(self._queued.items()), {}
        for part in _split_into_files(requests):
            keys = tuple(key for key, _ in part)
            batch = _Batch(sha256("".join(keys).encode()).hexdigest()[:32], keys)
            self._follow(batch, b"".join(_line(key, body) for key, body in part))

    def _follow(self, batch: _Batch, lines: bytes | None = None) -> None:
        """Carry out a batch in the background; without ``lines`` one that was recorded before."""
        self._under_way.update(batch.keys)
        task = asyncio.create_task(self._carry_out(batch, lines))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _carry_out(self, batch: _Batch, lines: bytes | None) -> None:
        """Send a batch, or find the one that was sent before, wait for it and hand out its replies."""
        try:
            if batch.id is None:
                batch.id = await self._start(batch, lines)
            if batch.id is None:
                # Recorded, but never sent: its requests are queued anew when they are made again.
                self._settle(batch, {}, "the batch was never sent")
                return
            state = await self._wait_until_ended(batch.id)
            texts = [await self.server.content(file) for file in (state.output_file, state.error_file) if file]
            result_file = self.folder / f"{batch.digest}.jsonl"
            result_file.write_text("\n".join(texts), encoding="utf-8")
            replies = dict(_replies(result_file.read_text(encoding="utf-8")))
            answered = sum(reply.status == 200 for reply in replies.values())
            self.announce(f"Batch {batch.id} is {state.status}: {answered} of {len(batch.keys)} calls answered.")
            self._settle(batch, replies, state.problem or f"not answered, the batch is {state.status}")
        except Exception as error:  # noqa: BLE001 -- handed to all who wait for this batch
            for key in batch.keys:
                self._under_way.discard(key)
                future = self._futures.pop(key, None)
                if future is not None and not future.done():
                    future.set_exception(error)

    async def _start(self, batch: _Batch, lines: bytes | None) -> str | None:
        if lines is None:
            batch_id = await self.server.find(batch.digest)
        else:
            self._record(batch)
            batch_id = await self._retrying(lambda: self.server.send(lines, batch.digest))
            calls = len(batch.keys)
            self.announce(f"Batch {batch_id} with {calls} calls is on its way; the answers may take up to a day.")
        if batch_id is not None:
            batch.id = batch_id
            self._record(batch)
        return batch_id

    async def _retrying(self, request: Callable[[], Any]) -> Any:  # noqa: ANN401 -- what the request returns
        for attempt in range(1, _MAX_ATTEMPTS + 1):
            try:
                return await request()
            except CallFailed as failed:
                if failed.failure.kind not in RETRIED_KINDS or attempt == _MAX_ATTEMPTS:
                    raise
                await asyncio.sleep(wait_before(failed.failure, attempt))
        raise AssertionError("unreachable")

    async def _wait_until_ended(self, batch: str) -> BatchState:
        pause = _FIRST_POLL_SECONDS
        while True:
            state: BatchState = await self._retrying(lambda: self.server.poll(batch))
            if state.status in ENDED:
                return state
            await asyncio.sleep(pause)
            pause = min(_MAX_POLL_SECONDS, pause * _POLL_GROWTH)

    def _settle(self, batch: _Batch, replies: dict[str, Reply], problem: str) -> None:
        """Hand each request its reply; those without one fail with ``problem``, which the caller may try again."""
        (self.folder / f"{batch.digest}.json").unlink(missing_ok=True)
        for key in batch.keys:
            self._under_way.discard(key)
            self._unread.add(key)
            reply = replies.get(key) or Reply(503, {"error": {"message": problem}})
            future = self._futures.pop(key, None)
            if future is None:
                self._replies[key] = reply
            elif not future.done():
                future.set_result(reply)

    def _record(self, batch: _Batch) -> None:
        path = self.folder / f"{batch.digest}.json"
        new_file = path.with_suffix(".new")
        # "mark" is the file's older name for the digest; batches may be under way under it.
        new_file.write_text(json.dumps({"mark": batch.digest, "id": batch.id, "keys": batch.keys}), encoding="utf-8")
        new_file.replace(path)


def _line(key: str, body: dict[str, Any]) -> bytes:
    request = {"custom_id": key, "method": "POST", "url": "/v1/chat/completions", "body": body}
    return json.dumps(request, ensure_ascii=False).encode() + b"\n"


def _split_into_files(requests: Sequence[tuple[str, dict[str, Any]]]) -> Iterator[list[tuple[str, dict[str, Any]]]]:
    """The requests in files of a size that the provider takes."""
    part: list[tuple[str, dict[str, Any]]] = []
    size = 0
    for key, body in requests:
        length = len(_line(key, body))
        if part and (len(part) == _MAX_FILE_REQUESTS or size + length > _MAX_FILE_BYTES):
            yield part
            part, size = [], 0
        part.append((key, body))
        size += length
    if part:
        yield part


def _replies(text: str) -> Iterator[tuple[str, Reply]]:
    """The replies in a result file; lines that are no reply are skipped, and their requests count as unanswered."""
    for line in text.splitlines():
        try:
            result = json.loads(line)
            key, response, error = result["custom_id"], result.get("response"), result.get("error")
        except (ValueError, KeyError, TypeError, AttributeError):
            continue
        if isinstance(response, dict) and isinstance(response.get("body"), dict):
            yield str(key), Reply(int(response.get("status_code") or 200), response["body"])
        else:
            yield str(key), Reply(503, {"error": error if isinstance(error, dict) else {"message": "no response"}})
