"""The call budget never lets a sliding minute hold more calls than the limit, and is fair."""

from __future__ import annotations

import asyncio
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from echodesk.capture.budget import RECOVERY_S, SLOWER, SLOWEST, WINDOW_S, Budget
from tests.capture.world import JumpingClock


def rested(limit: int, clock: JumpingClock) -> Budget:
    """A budget for which nothing was asked for a minute: its burst is full, and it is 1000 by the clock."""
    clock.now = 1_000.0 - WINDOW_S
    budget = Budget(limit, clock)
    clock.now = 1_000.0
    return budget


def granted(limit: int, pauses: list[float], callers: int = 3) -> list[float]:
    """When turns are given to several callers, each of whom pauses between its turns."""
    clock = JumpingClock()

    async def work() -> list[float]:
        budget = rested(limit, clock)
        times: list[float] = []

        async def caller(own: list[float]) -> None:
            for pause in own:
                await clock.sleep(pause)
                await budget.turn()
                times.append(clock.now)

        await asyncio.gather(*(caller(pauses[number::callers]) for number in range(callers)))
        return times

    return asyncio.run(clock.run(work()))


@given(
    limit=st.integers(2, 300),
    pauses=st.lists(st.sampled_from([0.0, 0.0, 0.0, 0.3, 1.0, 7.0, 45.0, 60.0, 61.0]), max_size=150),
)
def test_no_window_of_a_minute_holds_more_than_the_limit(limit: int, pauses: list[float]) -> None:
    times = granted(limit, pauses)
    assert len(times) == len(pauses)
    for first, start in enumerate(times):
        assert sum(1 for time in times[first:] if time - start <= 60.0) <= limit


def test_a_full_queue_uses_nearly_the_whole_limit() -> None:
    times = granted(120, [0.0] * 600)
    assert times == sorted(times)
    assert (times[-1] - times[0]) / 60 == pytest.approx((600 - 5) / 115, abs=0.05)


def test_the_first_five_go_at_once() -> None:
    assert granted(120, [0.0] * 5) == [1000.0] * 5


def test_a_limit_of_one_still_moves() -> None:
    times = granted(1, [0.0] * 4)
    assert [round(late - early) for early, late in itertools.pairwise(times)] == [60, 60, 60]


def test_no_limit_never_waits() -> None:
    assert granted(0, [0.0] * 500) == [1000.0] * 500


def test_turns_are_given_in_the_order_of_asking() -> None:
    clock = JumpingClock()

    async def work() -> list[int]:
        budget = Budget(60, clock)
        order: list[int] = []

        async def caller(number: int) -> None:
            await budget.turn()
            order.append(number)

        await asyncio.gather(*(caller(number) for number in range(40)))
        return order

    assert asyncio.run(clock.run(work())) == list(range(40))


def test_a_cancelled_wait_takes_nothing_and_does_not_block_those_behind() -> None:
    clock = JumpingClock()

    async def work() -> float:
        budget = rested(120, clock)
        for _ in range(5):
            await budget.turn()
        impatient = asyncio.ensure_future(budget.turn())
        behind = asyncio.ensure_future(budget.turn())
        await asyncio.sleep(0)
        impatient.cancel()
        await behind
        return clock.now

    assert asyncio.run(clock.run(work())) == pytest.approx(1000 + 60 / 115, abs=0.01)


@pytest.mark.parametrize("limit", [0, 120])
def test_nothing_goes_before_the_instant_that_echo360_named(limit: int) -> None:
    clock = JumpingClock()

    async def work() -> list[float]:
        budget = Budget(limit, clock)
        budget.hold(30)
        budget.hold(10)
        await budget.turn()
        held_until = clock.now
        await budget.turn()
        return [held_until, clock.now]

    assert asyncio.run(clock.run(work())) == [1030.0, 1030.0]


def test_what_a_call_under_way_needs_goes_before_the_line_and_costs_a_turn() -> None:
    clock = JumpingClock()

    async def work() -> list[tuple[str, float]]:
        budget = rested(120, clock)
        order: list[tuple[str, float]] = []

        async def caller(name: str, *, first: bool = False) -> None:
            await budget.turn(first=first)
            order.append((name, clock.now))

        line = [asyncio.ensure_future(caller(f"{number}")) for number in range(20)]
        while len(order) < 5:
            await clock.sleep(0.0)
        await asyncio.gather(caller("sign-in", first=True), *line)
        return order

    order = asyncio.run(clock.run(work()))
    assert [name for name, _at in order[4:8]] == ["4", "5", "sign-in", "6"]
    assert order[-1][1] - order[0][1] == pytest.approx(16 * 60 / 115, abs=0.01)


def test_a_429_makes_calls_slower_and_the_rate_comes_back() -> None:
    clock = JumpingClock()

    async def work() -> list[float]:
        budget = Budget(120, clock)
        shares = [budget.share]
        for _ in range(8):
            budget.throttled()
        shares.append(budget.share)
        for _ in range(20):
            clock.now += 2.0
            budget.throttled()
        shares.append(budget.share)
        for _ in range(5):
            await budget.turn()
        began = clock.now
        for _ in range(20):
            await budget.turn()
        shares.append(20.0 / (clock.now - began) * 60.0 / 115.0)
        clock.now += RECOVERY_S
        shares.append(budget.share)
        return shares

    whole, once, often, used, after = asyncio.run(clock.run(work()))
    assert (whole, after) == (1.0, 1.0)
    assert once == pytest.approx(SLOWER), "what was on its way together counts once"
    assert SLOWEST <= often < 0.25
    assert SLOWEST <= used < 0.3


def test_started_anew_in_the_middle_of_a_minute_it_saves_nothing_up() -> None:
    """What was sent before is not known: with a burst of its own the minute would hold more than the limit."""
    clock = JumpingClock()

    async def work() -> list[float]:
        times: list[float] = []
        for _start in range(4):
            budget = Budget(120, clock)
            began = clock.now
            while clock.now < began + 13.0:
                await budget.turn()
                times.append(clock.now)
        return times

    times = asyncio.run(clock.run(work()))
    assert max(sum(1 for time in times if start <= time <= start + WINDOW_S) for start in times) <= 120
