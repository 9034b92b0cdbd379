"""The number of requests against a search over everything the target could be asked (decisions "The planner")."""

from __future__ import annotations

import os
import random

from hypothesis import given, settings
from hypothesis import strategies as st

from echodesk.planning.plan import make_plan
from echodesk.planning.values import Interval
from tests.planning.builders import day
from tests.planning.fewest import can_be_done_within, fewest_requests, situation_between

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
