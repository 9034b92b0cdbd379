"""The number of requests against a search over everything the target could be asked (decisions "The planner")."""

from __future__ import annotations

import os
import random
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from echodesk.planning.plan import make_plan
from echodesk.planning.values import Interval
from tests.planning.builders import day
from tests.planning.fewest import (
    can_be_done_within,
    fewest_requests,
    no_way_needs_fewer,
    seatings,
    situation_between,
)

EXAMPLES = int(os.environ.get("ECHODESK_PLANNER_EXAMPLES", "1000"))


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.integers(0, 2**64 - 1))
def test_no_way_needs_fewer_requests_than_the_plan(seed: int) -> None:
    fewest_requests(random.Random(seed))


def test_two_lessons_that_exchange_times_cost_three_requests() -> None:
    first, second = (day(), Interval(540, 600)), (day(), Interval(600, 660))
    assert can_be_done_within((first, second), (second, first), 3, [])
    assert not can_be_done_within((first, second), (second, first), 2, [])
    assert len(make_plan(situation_between((first, second), (second, first))).requests) == 3


HOUR = (Interval(540, 570), Interval(570, 600), Interval(540, 600))
HOUR_AND_A_HALF = (*HOUR, Interval(600, 630), Interval(570, 630))


@pytest.mark.parametrize(
    ("rooms", "times", "people"),
    [(2, HOUR, 4), (2, HOUR_AND_A_HALF, 3), (1, HOUR_AND_A_HALF, 4)],
)
def test_every_small_case_needs_no_request_more_than_the_fewest(
    rooms: int, times: Sequence[Interval], people: int
) -> None:
    """All of them: whichever lessons stand somewhere, and wherever each is to be, lessons being alike at first."""
    seats = [(day(f"LT{room}"), time) for room in range(1, rooms + 1) for time in times]
    everywhere = seatings(seats, people)
    nowhere = (day("LT9"), Interval(0, 1))
    first = [state for state in everywhere if list(state) == sorted(state, key=lambda seat: seat or nowhere)]
    assert len(first) * len(everywhere) > 1_000
    for start in first:
        for end in everywhere:
            no_way_needs_fewer(start, end, [*seats, (day("LT8"), Interval(900, 930))])
