"""Turns at the processor: one piece at a time, the network looked after between two, the urgent first."""

import asyncio
from itertools import pairwise

import pytest

from classifiers.turns import Piece, turn


def test_the_loop_does_other_things_between_two_pieces() -> None:
    async def go() -> list[str]:
        seen: list[str] = []

        async def network() -> None:
            for _ in range(6):
                await asyncio.sleep(0)
                seen.append("network")

        async def prove(name: str) -> None:
            async with turn(Piece.PROVE):
                seen.append(name)

        async with asyncio.TaskGroup() as group:
            group.create_task(network())
            for name in ("one", "two", "three"):
                group.create_task(prove(name))
        return seen

    seen = asyncio.run(go())
    at = [seen.index(name) for name in ("one", "two", "three")]
    assert all("network" in seen[a:b] for a, b in pairwise(at)), seen


def test_a_question_is_prepared_before_proofs_that_wait() -> None:
    async def go() -> list[Piece]:
        seen: list[Piece] = []

        async def work(piece: Piece) -> None:
            async with turn(piece):
                seen.append(piece)

        async with asyncio.TaskGroup() as group:
            for piece in (Piece.INDEX, Piece.PROVE, Piece.INDEX, Piece.PREPARE, Piece.PROVE, Piece.CUT):
                group.create_task(work(piece))
        return seen

    first, *others = asyncio.run(go())
    assert first == Piece.INDEX  # nothing else was there yet
    assert others == sorted(others)


@pytest.mark.parametrize("failing", ["cancelled while it waits", "cancelled in its turn", "raises in its turn"])
def test_who_leaves_holds_nobody_up(failing: str) -> None:
    async def go() -> bool:
        async def work() -> None:
            async with turn(Piece.PROVE):
                if failing == "raises in its turn":
                    raise ValueError
                await asyncio.sleep(0)  # where it can be cancelled in its turn

        async def hold() -> None:
            async with turn(Piece.PROVE):
                pass

        first = asyncio.create_task(hold()) if failing == "cancelled while it waits" else None
        leaving = asyncio.create_task(work())
        await asyncio.sleep(0)
        leaving.cancel()
        await asyncio.gather(leaving, *([first] if first else []), return_exceptions=True)
        async with asyncio.timeout(5):
            await hold()
        return True

    assert asyncio.run(go())
