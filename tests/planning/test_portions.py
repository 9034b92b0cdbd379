"""A plan that is sent in portions: each can go alone, and what is left is planned as it was."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from echodesk.planning.batches import identity_of_request
from echodesk.planning.plan import make_plan
from echodesk.planning.portions import portion
from echodesk.planning.values import Interval, Method, Request
from tests.planning.builders import BEFORE_TERM, day
from tests.planning.fewest import State, seating, situation_between
from tests.planning.target import StrictTarget, run

SEEDS = st.integers(0, 2**64 - 1)
HOURS = tuple((day(), Interval(60 * hour, 60 * hour + 60)) for hour in range(8, 20))


def ring(first: int, last: int) -> State:
    """Each hour from first to last goes to the next lesson."""
    return tuple(HOURS[hour] for hour in range(first, last + 1))


def rotated(state: State) -> State:
    return (*state[1:], state[0])


def requests_of(*pairs: tuple[State, State]) -> tuple[Request, ...]:
    """What takes each of these beginnings to its end, in one plan."""
    start = tuple(one for before, _after in pairs for one in before)
    end = tuple(one for _before, after in pairs for one in after)
    return make_plan(situation_between(start, end)).requests


def going(requests: Sequence[Request], most: int) -> list[Request]:
    numbers = portion(requests, most)
    return [one for one in requests if one.number in numbers]


def test_a_portion_is_as_large_as_was_asked_for() -> None:
    requests = requests_of((ring(0, 3), ring(6, 9)))
    assert len(requests) == 4
    assert [len(portion(requests, most)) for most in (0, 1, 3, 4, 9)] == [0, 1, 3, 4, 4]


def test_a_lesson_that_steps_aside_is_made_again_in_the_same_portion() -> None:
    requests = requests_of((ring(0, 3), rotated(ring(0, 3))))
    assert len(requests) == 5
    assert len(portion(requests, 1)) == 5


def test_of_two_rings_the_second_waits() -> None:
    requests = requests_of((ring(0, 3), rotated(ring(0, 3))), (ring(4, 7), rotated(ring(4, 7))))
    assert len(requests) == 10
    assert [len(portion(requests, most)) for most in (1, 5, 6)] == [5, 5, 10]


@settings(max_examples=300, deadline=None)
@given(SEEDS, st.integers(1, 4))
def test_sent_in_portions_a_plan_sends_what_it_would_have_sent_at_once(seed: int, most: int) -> None:
    chance = random.Random(seed)
    start, end = seating(chance, 8), seating(chance, 8)
    situation = situation_between(start, end)
    requests = make_plan(situation).requests
    asked = {identity_of_request(one) for one in requests}
    target = StrictTarget(situation.standing, BEFORE_TERM)
    sent = 0
    while requests:
        now = going(requests, most)
        assert now
        assert len(run(target, now)) == len(now), "none waits for one that is held"
        removed = {one.external_id for one in now if one.method is Method.DELETE}
        held = {one.external_id for one in requests if one.method is Method.POST and one not in now}
        assert not removed & held, "a lesson without a schedule"
        assert {identity_of_request(one) for one in now} <= asked, "it was planned in another way"
        sent += len(now)
        requests = make_plan(replace(situation, standing=target.standing)).requests
    assert sent == len(asked)
