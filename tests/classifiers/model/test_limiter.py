"""Calls in flight follow the server: fewer when it is busy, more again when it is not."""

import asyncio

import pytest

from classifiers.model.limiter import Limiter, limiter_for


def most_at_once(in_flight: int, calls: int) -> int:
    running = most = 0

    async def call(limiter: Limiter) -> None:
        nonlocal running, most
        async with limiter.slot(100):
            running += 1
            most = max(most, running)
            await asyncio.sleep(0.001)
            running -= 1

    async def all_calls() -> None:
        limiter = Limiter(in_flight=in_flight)
        await asyncio.gather(*(call(limiter) for _ in range(calls)))

    asyncio.run(all_calls())
    return most


def test_no_more_calls_in_flight_than_set() -> None:
    assert most_at_once(4, 20) == 4


def test_a_busy_server_halves_the_calls_and_good_answers_bring_them_back() -> None:
    async def run() -> list[int]:
        limiter = Limiter(in_flight=8)
        limiter.slow_down(0.0)
        seen = [int(limiter.in_flight_limit)]
        for _ in range(4):
            limiter.speed_up()
        seen.append(int(limiter.in_flight_limit))
        for _ in range(100):
            limiter.speed_up()
        return [*seen, int(limiter.in_flight_limit)]

    assert asyncio.run(run()) == [4, 4, 8]


def test_the_refusals_of_one_burst_count_once() -> None:
    async def run() -> float:
        limiter = Limiter(in_flight=8)
        for _ in range(8):
            limiter.slow_down(0.0)
        return limiter.in_flight_limit

    assert asyncio.run(run()) == 4


def test_there_is_always_room_for_one_call() -> None:
    async def run() -> float:
        limiter = Limiter(in_flight=1)
        limiter.slow_down(0.0)
        async with limiter.slot(10):
            return limiter.in_flight_limit

    assert asyncio.run(run()) == 1


def test_no_call_starts_while_the_server_wants_rest() -> None:
    async def run() -> list[str]:
        limiter = Limiter(in_flight=8)
        limiter.slow_down(0.05)
        order: list[str] = []

        async def call() -> None:
            async with limiter.slot(10):
                order.append("call")

        async def rest() -> None:
            await asyncio.sleep(0.02)
            order.append("rest")

        await asyncio.gather(call(), rest())
        return order

    assert asyncio.run(run()) == ["rest", "call"]


def test_a_call_larger_than_a_minutes_share_of_tokens_still_starts() -> None:
    async def run() -> bool:
        limiter = Limiter(in_flight=2, tokens_per_minute=1000)
        async with limiter.slot(50_000):
            return True

    assert asyncio.run(run())


def test_a_call_that_fails_gives_its_place_back() -> None:
    async def run() -> int:
        limiter = Limiter(in_flight=1)
        for _ in range(3):
            with pytest.raises(ZeroDivisionError):
                async with limiter.slot(10):
                    _ = 1 / limiter.in_flight - 1 / 0
        return limiter.in_flight

    assert asyncio.run(run()) == 0


def test_documents_of_one_run_share_the_limiter_of_a_server() -> None:
    async def run() -> tuple[bool, bool]:
        one, same = limiter_for("here", in_flight=3), limiter_for("here", in_flight=9)
        return one is same, one is limiter_for("there", in_flight=3)

    assert asyncio.run(run()) == (True, False)


def test_of_the_calls_that_wait_the_longest_goes_first() -> None:
    async def run() -> list[int]:
        limiter = Limiter(in_flight=1)
        order: list[int] = []

        async def call(tokens: int) -> None:
            async with limiter.slot(tokens):
                order.append(tokens)
                await asyncio.sleep(0)

        await asyncio.gather(*(call(tokens) for tokens in (5, 10, 30, 20, 30)))
        return order

    assert asyncio.run(run()) == [5, 30, 30, 20, 10]


def test_a_call_that_is_cancelled_while_it_waits_leaves_its_place() -> None:
    async def run() -> tuple[int, bool]:
        limiter = Limiter(in_flight=1)

        async def call() -> bool:
            async with limiter.slot(10):
                await asyncio.sleep(0.01)
                return True

        first, second, third = (asyncio.create_task(call()) for _ in range(3))
        await asyncio.sleep(0)
        second.cancel()
        done = await asyncio.gather(first, third)
        return limiter.in_flight, all(done)

    assert asyncio.run(run()) == (0, True)
