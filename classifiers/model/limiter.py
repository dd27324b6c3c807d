"""The limiter that all model calls of an event loop go through: requests and tokens a minute, calls in flight.

Of the waiting calls the longest goes first, so that no long one is left alone at the end. The number of calls in flight
follows the server: a 429 halves it and holds new calls back, successful calls raise it again one by one (additive
increase, multiplicative decrease, as in TCP).
"""

import asyncio
import heapq
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from weakref import WeakKeyDictionary

from aiolimiter import AsyncLimiter

_MINUTE_SECONDS = 60.0
# 429s within a second of the first count as one: the calls of a burst fail together, and if each halved the limit,
# forty calls in flight would become one. Chosen, not measured.
_BURST_SECONDS = 1.0


class Limiter:
    """Bounds the calls to one server; belongs to the event loop it was built in."""

    def __init__(
        self, *, in_flight: int, requests_per_minute: int | None = None, tokens_per_minute: int | None = None
    ) -> None:
        self.max_in_flight = max(1, in_flight)
        self.in_flight_limit = float(self.max_in_flight)  # follows the server, between 1 and the maximum
        self.in_flight = 0
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []  # a heap: longest call first, then in order
        self._arrivals = count()
        self._resume_at = 0.0
        self._slowed_at = float("-inf")
        self._requests = AsyncLimiter(requests_per_minute, _MINUTE_SECONDS) if requests_per_minute else None
        self._tokens = AsyncLimiter(tokens_per_minute, _MINUTE_SECONDS) if tokens_per_minute else None

    @asynccontextmanager
    async def slot(self, tokens: int) -> AsyncIterator[None]:
        """Wait for a slot in flight and for the minute's share; ``tokens`` is what the call will take, in and out."""
        await self._enter(tokens)
        try:
            await self._wait_for_share(tokens)
            yield
        finally:
            self.in_flight -= 1
            self._admit_waiting()

    async def _enter(self, tokens: int) -> None:
        if self.in_flight < int(self.in_flight_limit) and not self._waiting:
            self.in_flight += 1
            return
        admission: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (-tokens, next(self._arrivals), admission))
        try:
            await admission
        except asyncio.CancelledError:
            if admission.done() and not admission.cancelled():
                # Admitted and cancelled at once: the slot goes to the next call.
                self.in_flight -= 1
                self._admit_waiting()
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

    def _admit_waiting(self) -> None:
        while self._waiting and self.in_flight < int(self.in_flight_limit):
            _, _, admission = heapq.heappop(self._waiting)
            if not admission.done():
                self.in_flight += 1
                admission.set_result(None)

    def slow_down(self, seconds: float) -> None:
        """The server is busy: halve the calls in flight and start none for so many seconds.

        The 429s of one burst halve them once and extend the pause.
        """
        now = asyncio.get_running_loop().time()
        self._resume_at = max(self._resume_at, now + seconds)
        if now - self._slowed_at > _BURST_SECONDS:
            self._slowed_at = now
            self.in_flight_limit = max(1.0, self.in_flight_limit / 2)

    def speed_up(self) -> None:
        """A call succeeded: one more in flight for every full round of calls that succeed."""
        raised = self.in_flight_limit + 1.0 / max(1.0, self.in_flight_limit)
        self.in_flight_limit = min(float(self.max_in_flight), raised)


_LIMITERS: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[str, Limiter]] = WeakKeyDictionary()


def limiter_for(
    server: str, *, in_flight: int, requests_per_minute: int | None = None, tokens_per_minute: int | None = None
) -> Limiter:
    """The running loop's limiter for a server; the figures of the first call for it count."""
    by_server = _LIMITERS.setdefault(asyncio.get_running_loop(), {})
    if server not in by_server:
        by_server[server] = Limiter(
            in_flight=in_flight, requests_per_minute=requests_per_minute, tokens_per_minute=tokens_per_minute
        )
    return by_server[server]
