"""Turns at the processor: preparing and proving go in small pieces, and the network is looked after between two.

A thread would do worse: each time the event loop wakes it would have to wait for the interpreter, up to five
milliseconds, and a call takes a dozen such moments.
"""

import asyncio
import heapq
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from enum import IntEnum
from itertools import count
from weakref import WeakKeyDictionary

_ON_ITS_WAY = 8  # looks at the network that a call takes to connect and to send its question


class Piece(IntEnum):
    """What a turn is for; of the pieces that wait, the lowest goes first."""

    PREPARE = 0  # a question: a call waits for it
    CUT = 1  # a document into windows
    PROVE = 2  # one proposal of an answer
    INDEX = 3  # a document for its proofs, best done before its first answer comes


class _Turns:
    """The turns of one event loop: one at a time."""

    def __init__(self) -> None:
        self._taken = False
        self._order = count()
        self._waiting: list[tuple[Piece, int, asyncio.Future[None]]] = []

    async def take(self, piece: Piece) -> None:
        if not self._taken:
            self._taken = True
            return
        mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (piece, next(self._order), mine))
        try:
            await mine
        except asyncio.CancelledError:
            if mine.done() and not mine.cancelled():
                self.give_back()
            raise

    def give_back(self) -> None:
        while self._waiting:
            _, _, following = heapq.heappop(self._waiting)
            if not following.done():
                following.set_result(None)
                return
        self._taken = False


_TURNS: WeakKeyDictionary[asyncio.AbstractEventLoop, _Turns] = WeakKeyDictionary()


@asynccontextmanager
async def turn(piece: Piece) -> AsyncIterator[None]:
    """Do one piece of work, of some milliseconds at most and without waiting for anything, when its turn comes."""
    loop = asyncio.get_running_loop()
    turns = _TURNS.setdefault(loop, _Turns())
    await turns.take(piece)
    try:
        yield
    finally:
        # What was prepared is on its way before the next is: else ten questions would all leave with the last of them.
        _after(loop, _ON_ITS_WAY if piece is Piece.PREPARE else 1, turns.give_back)


def _after(loop: asyncio.AbstractEventLoop, looks: int, then: Callable[[], None]) -> None:
    """Do something when the loop has looked at the network so many times."""
    if looks:
        loop.call_soon(_after, loop, looks - 1, then)
    else:
        then()
