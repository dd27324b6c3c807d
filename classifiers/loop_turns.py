"""Turns on the event loop: processor work is done in small pieces, and the network gets a look between two of them.

A thread would do worse: each time the event loop wakes it would have to wait for the interpreter, up to five
milliseconds, and a call wakes it a dozen times.
"""

import asyncio
import heapq
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from enum import IntEnum
from itertools import count
from weakref import WeakKeyDictionary

_CYCLES_TO_SEND = 8  # of the event loop, which a call takes to connect and to send its question


class Work(IntEnum):
    """What a turn is for; of the work that waits, the lowest goes first."""

    PREPARE = 0  # a question: a call waits for it
    CUT = 1  # a document into windows
    PROVE = 2  # one proposal of an answer
    INDEX = 3  # a document for its proofs, best done before its first answer comes


class _Turns:
    """The turns of one event loop: one at a time."""

    def __init__(self) -> None:
        self._busy = False
        self._arrivals = count()
        self._waiting: list[tuple[Work, int, asyncio.Future[None]]] = []

    async def begin(self, work: Work) -> None:
        if not self._busy:
            self._busy = True
            return
        turn_has_come: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (work, next(self._arrivals), turn_has_come))
        try:
            await turn_has_come
        except asyncio.CancelledError:
            if turn_has_come.done() and not turn_has_come.cancelled():
                self.end()
            raise

    def end(self) -> None:
        while self._waiting:
            _, _, turn_has_come = heapq.heappop(self._waiting)
            if not turn_has_come.done():
                turn_has_come.set_result(None)
                return
        self._busy = False


_TURNS: WeakKeyDictionary[asyncio.AbstractEventLoop, _Turns] = WeakKeyDictionary()


@asynccontextmanager
async def turn(work: Work) -> AsyncIterator[None]:
    """Wait for a turn and do some work in it: a few milliseconds at most, without waiting for anything."""
    loop = asyncio.get_running_loop()
    turns = _TURNS.setdefault(loop, _Turns())
    await turns.begin(work)
    try:
        yield
    finally:
        # A question is sent before the next is prepared: otherwise ten questions would all leave with the last of them.
        _after_cycles(loop, _CYCLES_TO_SEND if work is Work.PREPARE else 1, turns.end)


def _after_cycles(loop: asyncio.AbstractEventLoop, cycles: int, act: Callable[[], None]) -> None:
    """Call a function when the loop has gone through so many cycles, in each of which it looks at the network."""
    if cycles:
        loop.call_soon(_after_cycles, loop, cycles - 1, act)
    else:
        act()
