"""Turns on the event loop: one piece of work at a time, the network between two, the urgent first."""

import asyncio
from itertools import pairwise

import pytest

from classifiers.loop_turns import Work, turn


def test_the_network_gets_a_look_between_two_turns() -> None:
    async def work_beside_the_network() -> list[str]:
        log: list[str] = []

        async def network() -> None:
            for _ in range(6):
                await asyncio.sleep(0)
                log.append("network")

        async def prove(name: str) -> None:
            async with turn(Work.PROVE):
                log.append(name)

        async with asyncio.TaskGroup() as group:
            group.create_task(network())
            for name in ("first", "second", "third"):
                group.create_task(prove(name))
        return log

    log = asyncio.run(work_beside_the_network())
    turns = [log.index(name) for name in ("first", "second", "third")]
    assert all("network" in log[a:b] for a, b in pairwise(turns)), log


def test_a_question_is_prepared_before_proofs_that_wait() -> None:
    async def order_of_work() -> list[Work]:
        log: list[Work] = []

        async def do(work: Work) -> None:
            async with turn(work):
                log.append(work)

        async with asyncio.TaskGroup() as group:
            for work in (Work.INDEX, Work.PROVE, Work.INDEX, Work.PREPARE, Work.PROVE, Work.CUT):
                group.create_task(do(work))
        return log

    first, *others = asyncio.run(order_of_work())
    assert first == Work.INDEX  # nothing else was there yet
    assert others == sorted(others)


@pytest.mark.parametrize("failure", ["cancelled while it waits", "cancelled in its turn", "raises in its turn"])
def test_work_that_fails_holds_nobody_up(failure: str) -> None:
    async def prove_after_a_failure() -> bool:
        async def fail() -> None:
            async with turn(Work.PROVE):
                if failure == "raises in its turn":
                    raise ValueError
                await asyncio.sleep(0)  # where it can be cancelled in its turn

        async def prove() -> None:
            async with turn(Work.PROVE):
                pass

        first = asyncio.create_task(prove()) if failure == "cancelled while it waits" else None
        failing = asyncio.create_task(fail())
        await asyncio.sleep(0)
        failing.cancel()
        await asyncio.gather(failing, *([first] if first else []), return_exceptions=True)
        async with asyncio.timeout(5):
            await prove()
        return True

    assert asyncio.run(prove_after_a_failure())
