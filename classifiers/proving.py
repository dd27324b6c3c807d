"""A document's answers proven one proposal at a time, while its other calls are under way."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from classifiers.drafting import Drafting
from classifiers.loop_turns import Work, turn
from classifiers.work import Outcome
from smallprint.records import Draft, Rejection


@dataclass(frozen=True)
class Proven:
    """One window's outcome with the drafts and rejections that its proposals became."""

    outcome: Outcome
    drafts: tuple[Draft, ...]
    rejections: tuple[Rejection, ...]


class Proving:
    """Proves outcomes in the order in which they come; use inside ``in_background``."""

    def __init__(self, drafting: Drafting) -> None:
        self.proven: list[Proven] = []
        self._drafting = drafting
        self._outcomes: asyncio.Queue[Outcome | None] = asyncio.Queue()

    def add(self, outcome: Outcome) -> None:
        """Queue an outcome."""
        self._outcomes.put_nowait(outcome)

    @asynccontextmanager
    async def in_background(self) -> AsyncIterator["Proving"]:
        """Prove while the block runs; when it has ended, ``proven`` holds all that was added."""
        background = asyncio.create_task(self._prove_all())
        try:
            yield self
            self._outcomes.put_nowait(None)
            await background
        finally:
            background.cancel()

    async def _prove_all(self) -> None:
        async with turn(Work.INDEX):
            self._drafting.index()
        while (outcome := await self._outcomes.get()) is not None:
            drafts: list[Draft] = []
            rejections = list(outcome.rejections)
            for proposal in outcome.proposals:
                async with turn(Work.PROVE):
                    verdict = self._drafting.prove(proposal, outcome)
                if isinstance(verdict, Draft):
                    drafts.append(verdict)
                else:
                    rejections.append(verdict)
            self.proven.append(Proven(outcome, tuple(drafts), tuple(rejections)))
