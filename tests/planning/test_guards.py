"""When a plan waits for staff, or is not made at all (design §4.12, decisions "The brake")."""

from __future__ import annotations

import pytest

from echodesk.planning.guards import batch_guard, brake, feed_guard, refresh_guard, removals
from tests.planning.builders import content, lesson, plan_of, slots, standing


@pytest.mark.parametrize(
    ("removed", "stands", "stops"),
    [(5, 5, False), (6, 30, False), (6, 29, True), (7, 34, True), (0, 0, False), (6, 0, True)],
)
def test_a_refresh_stops_above_a_fifth_of_the_day_and_above_five(removed: int, stands: int, stops: bool) -> None:
    assert (refresh_guard(removed, stands) is not None) is stops


@pytest.mark.parametrize(
    ("removed", "stands", "stops"), [(5, 100, False), (6, 100, True), (0, 0, False), (1, 1, True)]
)
def test_a_batch_stops_above_a_twentieth_of_the_year(removed: int, stands: int, stops: bool) -> None:
    assert (batch_guard(removed, stands) is not None) is stops


@pytest.mark.parametrize(
    ("lessons", "before", "live", "says"),
    [
        ({}, {}, ["A"], "empty"),
        ({"A": 0}, {"A": 9}, ["A"], "empty"),
        ({"B": 9}, {}, ["A"], "switched on"),
        ({"A": 4}, {"A": 9}, ["A"], "4 lessons of A, less than half of the last 9"),
        ({"A": 9}, {"A": 9, "B": 9}, ["A", "B"], "0 lessons of B"),
    ],
    ids=["nothing at all", "nothing any more", "another year", "less than half", "one of two years is gone"],
)
def test_a_timetable_that_proves_nothing_makes_no_plan(
    lessons: dict[str, int], before: dict[str, int], live: list[str], says: str
) -> None:
    assert says in (feed_guard(lessons, before, live) or "")


@pytest.mark.parametrize(
    ("lessons", "before", "live"),
    [
        ({"A": 9}, {}, ["A"]),
        ({"A": 5}, {"A": 10}, ["A"]),
        ({"A": 5, "B": 0}, {"A": 5}, ["A", "B"]),
        ({"A": 5}, {"A": 5, "old": 9}, ["A"]),
    ],
    ids=["the first one", "exactly half", "a new year still empty", "a former year is switched off"],
)
def test_an_ordinary_timetable_is_planned(
    lessons: dict[str, int], before: dict[str, int], live: list[str]
) -> None:
    assert feed_guard(lessons, before, live) is None


@pytest.mark.parametrize(
    ("removing", "before", "future", "stops"),
    [
        (50, 0, 100, False),
        (51, 0, 1000, True),
        (51, 0, 1020, False),
        (1, 50, 970, False),
        (1, 50, 969, True),
        (0, 900, 100, False),
    ],
)
def test_the_brake_looks_at_a_day_of_removals(removing: int, before: int, future: int, stops: bool) -> None:
    assert (brake(removing, before, future) is not None) is stops


def test_moves_steps_aside_and_hand_overs_are_no_removals() -> None:
    shared = lesson(20, "13-14")
    stands = [
        standing(1, "9-10"),
        standing(2, "10-11"),
        standing(3, "11-12"),
        standing(10, "13-14", said=content("20")),
        standing(4, "16-17"),
    ]
    plan = plan_of([lesson(1, "10-11"), lesson(2, "9-10"), lesson(3, "15-16"), shared], stands)
    assert slots(removals(plan)) == [4]
