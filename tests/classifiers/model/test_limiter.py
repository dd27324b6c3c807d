"""Calls in flight follow the server: fewer while it is busy, more again when calls succeed."""

import asyncio

import pytest

from classifiers.model.limiter import Limiter, limiter_for


def peak_in_flight(in_flight: int, calls: int) -> int:
    running = peak = 0

    async def call(limiter: Limiter) -> None:
        nonlocal running, peak
        async with limiter.slot(100):
            running += 1
            peak = max(peak, running)
            await asyncio.sleep(0.001)
            running -= 1

    async def all_calls() -> None:
        limiter = Limiter(in_flight=in_flight)
        await asyncio.gather(*(call(limiter) for _ in range(calls)))

    asyncio.run(all_calls())
    return peak


def test_calls_in_flight_stay_within_the_limit() -> None:
    assert peak_in_flight(4, 20) == 4


def test_a_busy_server_halves_the_limit_and_successes_raise_it_again() -> None:
    async def run() -> list[int]:
        limiter = Limiter(in_flight=8)
        limiter.slow_down(0.0)
        limits = [int(limiter.in_flight_limit)]
        for _ in range(4):
            limiter.speed_up()
        limits.append(int(limiter.in_flight_limit))
        for _ in range(100):
            limiter.speed_up()
        return [*limits, int(limiter.in_flight_limit)]

    assert asyncio.run(run()) == [4, 4, 8]


def test_the_429s_of_one_burst_halve_the_limit_once() -> None:
    async def run() -> float:
        limiter = Limiter(in_flight=8)
        for _ in range(8):
            limiter.slow_down(0.0)
        return limiter.in_flight_limit

    assert asyncio.run(run()) == 4


def test_the_limit_never_falls_below_one_call() -> None:
    async def run() -> float:
        limiter = Limiter(in_flight=1)
        limiter.slow_down(0.0)
        async with limiter.slot(10):
            return limiter.in_flight_limit

    assert asyncio.run(run()) == 1


def test_no_call_starts_during_the_pause_that_a_busy_server_asks_for() -> None:
    async def run() -> list[str]:
        limiter = Limiter(in_flight=8)
        limiter.slow_down(0.05)
        order: list[str] = []

        async def call() -> None:
            async with limiter.slot(10):
                order.append("call")

        async def wait() -> None:
            await asyncio.sleep(0.02)
            order.append("pause")

        await asyncio.gather(call(), wait())
        return order

    assert asyncio.run(run()) == ["pause", "call"]


def test_a_call_larger_than_a_minutes_share_of_tokens_still_starts() -> None:
    async def run() -> bool:
        limiter = Limiter(in_flight=2, tokens_per_minute=1000)
        async with limiter.slot(50_000):
            return True

    assert asyncio.run(run())


def test_a_failed_call_frees_its_slot() -> None:
    async def run() -> int:
        limiter = Limiter(in_flight=1)
        for _ in range(3):
            with pytest.raises(ZeroDivisionError):
                async with limiter.slot(10):
                    _ = 1 / limiter.in_flight - 1 / 0
        return limiter.in_flight

    assert asyncio.run(run()) == 0


def test_calls_to_one_server_share_a_limiter() -> None:
    async def run() -> tuple[bool, bool]:
        first, second = limiter_for("server", in_flight=3), limiter_for("server", in_flight=9)
        return first is second, first is limiter_for("other server", in_flight=3)

    assert asyncio.run(run()) == (True, False)


def test_the_longest_waiting_call_goes_first() -> None:
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


def test_a_call_cancelled_while_waiting_takes_no_slot() -> None:
    async def run() -> tuple[int, bool]:
        limiter = Limiter(in_flight=1)

        async def call() -> bool:
            async with limiter.slot(10):
                await asyncio.sleep(0.01)
                return True

        first, second, third = (asyncio.create_task(call()) for _ in range(3))
        await asyncio.sleep(0)
        second.cancel()
        finished = await asyncio.gather(first, third)
        return limiter.in_flight, all(finished)

    assert asyncio.run(run()) == (0, True)
