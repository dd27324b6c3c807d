"""The one gate that all model calls of an event loop pass: requests and tokens a minute, calls in flight.

Of the calls that wait the longest goes first, so that no long one is left alone at the end. Calls in flight follow the
server: a 429 halves them and holds new calls back, calls that go well bring them back one by one (additive increase,
multiplicative decrease, as in TCP).
"""

import asyncio
import heapq
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from weakref import WeakKeyDictionary

from aiolimiter import AsyncLimiter

_MINUTE = 60.0


class Limiter:
    """Bounds the calls to one server; belongs to the event loop it was built in."""

    def __init__(
        self, *, in_flight: int, requests_per_minute: int | None = None, tokens_per_minute: int | None = None
    ) -> None:
        self.most = max(1, in_flight)
        self.allowed = float(self.most)
        self.running = 0
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []  # a heap: longest first, then in order
        self._order = count()
        self._resume_at = 0.0
        self._slowed_at = float("-inf")
        self._requests = AsyncLimiter(requests_per_minute, _MINUTE) if requests_per_minute else None
        self._tokens = AsyncLimiter(tokens_per_minute, _MINUTE) if tokens_per_minute else None

    @asynccontextmanager
    async def slot(self, tokens: int) -> AsyncIterator[None]:
        """Wait for a place in flight and for the minute's share; ``tokens`` is what the call will take, in and out."""
        await self._enter(tokens)
        try:
            await self._wait_for_share(tokens)
            yield
        finally:
            self.running -= 1
            self._wake()

    async def _enter(self, tokens: int) -> None:
        if self.running < int(self.allowed) and not self._waiting:
            self.running += 1
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (-tokens, next(self._order), turn))
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                # It had its turn, which goes to the next.
                self.running -= 1
                self._wake()
            raise

    async def _wait_for_share(self, tokens: int) -> None:
        if self._requests:
            await self._requests.acquire()
        if self._tokens:
            # A call larger than a whole minute's share takes all of it, rather than never starting.
            await self._tokens.acquire(min(float(tokens), self._tokens.max_rate))
        loop = asyncio.get_running_loop()
        while (pause := self._resume_at - loop.time()) > 0:  # noqa: ASYNC110 -- another 429 may move the time on
            await asyncio.sleep(pause)

    def _wake(self) -> None:
        while self._waiting and self.running < int(self.allowed):
            _, _, turn = heapq.heappop(self._waiting)
            if not turn.done():
                self.running += 1
                turn.set_result(None)

    def slow_down(self, seconds: float) -> None:
        """The server is busy: halve the calls in flight and start none for so many seconds.

        The 429s of one burst count once: those that come within a second of the first only extend the pause.
        """
        now = asyncio.get_running_loop().time()
        self._resume_at = max(self._resume_at, now + seconds)
        if now - self._slowed_at > 1.0:
            self._slowed_at = now
            self.allowed = max(1.0, self.allowed / 2)

    def went_well(self) -> None:
        """A call was answered: one more in flight for every full round of calls that go well."""
        self.allowed = min(float(self.most), self.allowed + 1.0 / max(1.0, self.allowed))


_LIMITERS: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[str, Limiter]] = WeakKeyDictionary()


def limiter_for(
    server: str, *, in_flight: int, requests_per_minute: int | None = None, tokens_per_minute: int | None = None
) -> Limiter:
    """The running loop's limiter for a server; the first caller's figures count."""
    of_loop = _LIMITERS.setdefault(asyncio.get_running_loop(), {})
    if server not in of_loop:
        of_loop[server] = Limiter(
            in_flight=in_flight, requests_per_minute=requests_per_minute, tokens_per_minute=tokens_per_minute
        )
    return of_loop[server]
