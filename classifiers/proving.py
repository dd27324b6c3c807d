"""A document's answers proven one proposal at a time, while its other calls are under way."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from classifiers.drafting import Drafting
from classifiers.turns import Piece, turn
from classifiers.work import Outcome
from smallprint.records import Draft, Rejection


@dataclass(frozen=True)
class Proven:
    """What has become of one window's outcome."""

    outcome: Outcome
    drafts: tuple[Draft, ...]
    rejections: tuple[Rejection, ...]


class Proving:
    """Takes outcomes as they come and proves them in the background; use inside ``at_work``."""

    def __init__(self, drafting: Drafting) -> None:
        self.taken = 0
        self.proven: list[Proven] = []
        self._drafting = drafting
        self._outcomes: asyncio.Queue[Outcome | None] = asyncio.Queue()

    def take(self, outcome: Outcome) -> None:
        """Put an outcome in line."""
        self.taken += 1
        self._outcomes.put_nowait(outcome)

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator["Proving"]:
        """Prove while the block runs; when it ends, all that was taken is in ``proven``, in the order it came in."""
        work = asyncio.create_task(self._prove_all())
        try:
            yield self
            self._outcomes.put_nowait(None)
            await work
        finally:
            work.cancel()

    async def _prove_all(self) -> None:
        async with turn(Piece.INDEX):
            self._drafting.index()
        while (outcome := await self._outcomes.get()) is not None:
            drafts: list[Draft] = []
            rejections = list(outcome.rejections)
            for proposal in outcome.proposals:
                async with turn(Piece.PROVE):
                    made = self._drafting.prove(proposal, outcome)
                if isinstance(made, Draft):
                    drafts.append(made)
                else:
                    rejections.append(made)
            self.proven.append(Proven(outcome, tuple(drafts), tuple(rejections)))
