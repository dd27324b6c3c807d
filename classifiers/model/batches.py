"""Calls by the provider's batch service: gathered, sent as one file at half price, found again after a stop.

What is asked is named by the hash of its content, and what is under way is written down before it is sent. A process
that was killed asks the same again, is recognized, and waits for the batch that runs already.
"""

import asyncio
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol

from classifiers.model.retry import WAITS, CallFailed, wait_before

_SETTLE = 3.0  # seconds without a new question after which a batch is sent
_FIRST_POLL, _LONGEST_POLL, _SLOWER = 2.0, 60.0, 1.5  # seconds, and the factor between two looks
_MOST_REQUESTS, _MOST_BYTES = 50_000, 150_000_000  # of one file; the provider takes 200 MB
_TRIES = 6
ENDED = frozenset({"completed", "failed", "expired", "cancelled"})


@dataclass(frozen=True)
class BatchState:
    """What the provider says of a batch."""

    status: str
    output_file: str | None = None
    error_file: str | None = None
    problem: str = ""  # why it failed as a whole


class BatchServer(Protocol):
    """The provider's files and batches; every method raises CallFailed, or ModelStopError where no retry helps."""

    async def send(self, lines: bytes, mark: str) -> str:
        """Upload a file of requests and start a batch of it; ``mark`` finds it again. The batch's id."""
        ...

    async def find(self, mark: str) -> str | None:
        """The id of the batch with this mark, if one was started."""
        ...

    async def look(self, batch: str) -> BatchState:
        """How far it is."""
        ...

    async def content(self, file: str) -> str:
        """A result file."""
        ...


@dataclass(frozen=True)
class Reply:
    """What came back for one request: an HTTP status and the body that a direct call would have had."""

    status: int
    body: dict[str, Any]


@dataclass
class _Batch:
    """Questions sent together; ``id`` is None until the provider has said it."""

    mark: str
    keys: tuple[str, ...]
    id: str | None = None


@dataclass
class BatchDesk:
    """Takes questions one by one and answers them by batch; belongs to one event loop.

    Attributes:
        server: the provider.
        folder: where it is written down what is under way.
        tell: told in a sentence of every batch that is sent or has ended.

    """

    server: BatchServer
    folder: Path
    tell: Callable[[str], None]
    _queue: dict[str, dict[str, Any]] = field(default_factory=dict)
    _futures: dict[str, asyncio.Future[Reply]] = field(default_factory=dict)
    _under_way: set[str] = field(default_factory=set)
    _replies: dict[str, Reply] = field(default_factory=dict)
    _unread: set[str] = field(default_factory=set)  # answered, and not yet in the hands of who asked
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _timer: asyncio.Task[None] | None = None
    _loaded: bool = False

    async def ask(self, body: dict[str, Any]) -> Reply:
        """The reply to one request of the chat-completions endpoint; may take a day."""
        if not self._loaded:
            self._load()
        key = sha256(json.dumps(body, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
        if key in self._replies:
            # Once only: who asks again after a failure wants another answer.
            return self._read(key, self._replies.pop(key))
        if key not in self._futures:
            self._futures[key] = asyncio.get_running_loop().create_future()
        if key not in self._under_way and key not in self._queue:
            self._queue[key] = body
            if self._timer is not None:
                self._timer.cancel()
            self._timer = asyncio.create_task(self._send_soon())
        return self._read(key, await asyncio.shield(self._futures[key]))

    def _read(self, key: str, reply: Reply) -> Reply:
        self._unread.discard(key)
        return reply

    async def close(self) -> None:
        """Stop looking; what is under way stays so, and results that were all used are removed."""
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
            known = json.loads(path.read_text(encoding="utf-8"))
            self._watch(_Batch(known["mark"], tuple(known["keys"]), known["id"]))

    async def _send_soon(self) -> None:
        await asyncio.sleep(_SETTLE)
        self._timer = None
        items, self._queue = list(self._queue.items()), {}
        for part in _files(items):
            batch = _Batch(sha256("".join(key for key, _ in part).encode()).hexdigest()[:32], tuple(k for k, _ in part))
            self._watch(batch, b"".join(_line(key, body) for key, body in part))

    def _watch(self, batch: _Batch, lines: bytes | None = None) -> None:
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
                # Written down, but never sent: those who ask again queue anew.
                self._settle(batch, {}, "the batch was never sent")
                return
            state = await self._ended(batch.id)
            texts = [await self.server.content(file) for file in (state.output_file, state.error_file) if file]
            results = self.folder / f"{batch.mark}.jsonl"
            results.write_text("\n".join(texts), encoding="utf-8")
            replies = dict(_replies(results.read_text(encoding="utf-8")))
            answered = sum(reply.status == 200 for reply in replies.values())
            self.tell(f"Batch {batch.id} is {state.status}: {answered} of {len(batch.keys)} calls answered.")
            self._settle(batch, replies, state.problem or f"not answered, the batch is {state.status}")
        except Exception as error:  # noqa: BLE001 -- handed to all who wait for this batch
            for key in batch.keys:
                self._under_way.discard(key)
                future = self._futures.pop(key, None)
                if future is not None and not future.done():
                    future.set_exception(error)

    async def _start(self, batch: _Batch, lines: bytes | None) -> str | None:
        if lines is None:
            found = await self.server.find(batch.mark)
        else:
            self._write_down(batch)
            found = await self._patiently(lambda: self.server.send(lines, batch.mark))
            self.tell(f"Batch {found} with {len(batch.keys)} calls is on its way; the answers may take up to a day.")
        if found is not None:
            batch.id = found
            self._write_down(batch)
        return found

    async def _patiently(self, act: Callable[[], Any]) -> Any:  # noqa: ANN401 -- what the act gives
        for attempt in range(1, _TRIES + 1):
            try:
                return await act()
            except CallFailed as failed:
                if failed.failure.kind not in WAITS or attempt == _TRIES:
                    raise
                await asyncio.sleep(wait_before(failed.failure, attempt))
        raise AssertionError("unreachable")

    async def _ended(self, batch: str) -> BatchState:
        pause = _FIRST_POLL
        while True:
            state: BatchState = await self._patiently(lambda: self.server.look(batch))
            if state.status in ENDED:
                return state
            await asyncio.sleep(pause)
            pause = min(_LONGEST_POLL, pause * _SLOWER)

    def _settle(self, batch: _Batch, replies: dict[str, Reply], problem: str) -> None:
        (self.folder / f"{batch.mark}.json").unlink(missing_ok=True)
        for key in batch.keys:
            self._under_way.discard(key)
            self._unread.add(key)
            reply = replies.get(key) or Reply(503, {"error": {"message": problem}})
            future = self._futures.pop(key, None)
            if future is None:
                self._replies[key] = reply
            elif not future.done():
                future.set_result(reply)

    def _write_down(self, batch: _Batch) -> None:
        path = self.folder / f"{batch.mark}.json"
        beside = path.with_suffix(".new")
        beside.write_text(json.dumps({"mark": batch.mark, "id": batch.id, "keys": batch.keys}), encoding="utf-8")
        beside.replace(path)


def _line(key: str, body: dict[str, Any]) -> bytes:
    request = {"custom_id": key, "method": "POST", "url": "/v1/chat/completions", "body": body}
    return json.dumps(request, ensure_ascii=False).encode() + b"\n"


def _files(items: Sequence[tuple[str, dict[str, Any]]]) -> Iterator[list[tuple[str, dict[str, Any]]]]:
    """The questions in files that the provider takes."""
    part: list[tuple[str, dict[str, Any]]] = []
    size = 0
    for key, body in items:
        length = len(_line(key, body))
        if part and (len(part) == _MOST_REQUESTS or size + length > _MOST_BYTES):
            yield part
            part, size = [], 0
        part.append((key, body))
        size += length
    if part:
        yield part


def _replies(text: str) -> Iterator[tuple[str, Reply]]:
    """The replies in a result file; lines that are none are passed over, and their questions count as unanswered."""
    for line in text.splitlines():
        try:
            said = json.loads(line)
            key, response, error = said["custom_id"], said.get("response"), said.get("error")
        except (ValueError, KeyError, TypeError, AttributeError):
            continue
        if isinstance(response, dict) and isinstance(response.get("body"), dict):
            yield str(key), Reply(int(response.get("status_code") or 200), response["body"])
        else:
            yield str(key), Reply(503, {"error": error if isinstance(error, dict) else {"message": "no response"}})
