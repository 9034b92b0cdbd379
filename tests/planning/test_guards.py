"""When a plan waits for staff, or is not made at all (design §4.12, decisions "The brake")."""

from __future__ import annotations

import dataclasses

import pytest

from echodesk.planning.guards import (
    DAY_COUNT,
    FEED_COUNT,
    batch_guard,
    brake,
    day_guard,
    feed_guard,
    missing_guard,
    moved_guard,
    refresh_guard,
    removals,
    removed_bookings,
    rooms_guard,
    standing_by_day,
)
from echodesk.planning.stops import StopKind, StopRecord
from echodesk.planning.values import Why
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
        ({}, {"A": 20}, ["A"], "empty"),
        ({"A": 0}, {"A": FEED_COUNT - 1}, ["A"], "empty"),
        ({"A": 0}, {"A": DAY_COUNT + 1}, ["A"], "empty"),
        ({"A": 0, "B": 0}, {"A": DAY_COUNT, "B": 1}, ["A", "B"], "empty"),
        ({"B": 19}, {"A": FEED_COUNT - 1}, ["A"], "switched on"),
        ({}, {"A": FEED_COUNT - 1}, [], "no year is switched on"),
        ({"A": 0}, {"A": 90}, ["A"], "empty"),
        ({"B": 90}, {"A": 90}, ["A"], "switched on"),
        ({"A": 44}, {"A": 90}, ["A"], "44 lessons of A, less than half of the last 90"),
        ({"A": 90}, {"A": 90, "B": 90}, ["A", "B"], "0 lessons of B"),
        ({}, {"A": 90}, [], "no year is switched on"),
    ],
    ids=[
        "nothing at all",
        "nothing any more of a small year",
        "nothing any more of a tiny year",
        "nothing any more of two tiny years",
        "another year than a small one",
        "a small year is off",
        "nothing any more",
        "another year",
        "less than half",
        "one of two years is gone",
        "off",
    ],
)
def test_a_timetable_that_proves_nothing_makes_no_plan(
    lessons: dict[str, int], before: dict[str, int], live: list[str], says: str
) -> None:
    assert says in (feed_guard(lessons, before, live) or "")


@pytest.mark.parametrize(
    ("lessons", "before", "live"),
    [
        ({}, {}, ["A"]),
        ({}, {}, []),
        ({"A": 90}, {}, ["A"]),
        ({"A": 50}, {"A": 100}, ["A"]),
        ({"A": 50, "B": 0}, {"A": 50}, ["A", "B"]),
        ({"A": 50}, {"A": 50, "old": 90}, ["A"]),
        ({"A": 1}, {"A": FEED_COUNT - 1}, ["A"]),
        ({"A": 0}, {"A": DAY_COUNT}, ["A"]),
        ({"B": 1}, {"A": 1}, ["A"]),
        ({"A": 90, "B": 0}, {"A": 90, "B": FEED_COUNT - 1}, ["A", "B"]),
    ],
    ids=[
        "nothing yet",
        "no year yet",
        "the first one",
        "exactly half",
        "a new year still empty",
        "a former year is switched off",
        "too few to tell half from edits",
        "the last lessons of all",
        "the last lesson is moved to another year",
        "a small year goes beside another",
    ],
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
    (gone,) = removed_bookings(plan)
    assert (gone.standing, gone.why) == (stands[4], Why.NOT_WANTED)
    assert list(standing_by_day(plan).values()) == [len(stands)]


def test_a_plan_that_removes_nothing_has_no_removals() -> None:
    plan = plan_of([lesson(1, "10-11"), lesson(2, "9-10")], [standing(1, "9-10")])
    assert removed_bookings(plan) == ()
    assert standing_by_day(plan) == {standing(1, "9-10").place: 1}


def test_a_day_is_held_by_its_own_count_and_the_reason_names_it() -> None:
    six = plan_of([], [standing(slot, f"{slot + 8}-{slot + 9}") for slot in range(1, 7)])
    reason = day_guard(removed_bookings(six), standing_by_day(six))
    place = standing(1, "9-10").place
    assert reason is not None
    assert f"in {place.room} on {place.date}, 6 of 6" in reason
    five = plan_of([], [standing(slot, f"{slot + 8}-{slot + 9}") for slot in range(1, 6)])
    assert day_guard(removed_bookings(five), standing_by_day(five)) is None


def test_a_stop_says_what_why_and_what_to_do() -> None:
    stop = StopRecord(
        id=1, kind=StopKind.BRAKE, reason="Too many.", since="", yes_by=None, yes_at=None, why=None, bookings=61,
        room_days=9, changes=1, unexplained=2, titles=("A1", "B2", "C3"), people=("ann@example.ac.uk",),
        last_item=61,
    )  # fmt: skip
    assert stop.waits
    assert stop.headline == "61 bookings would be removed"
    assert stop.cause.startswith("1 timetable change asked for it. For 2 no timetable change is known")
    assert stop.cause.endswith("Lessons: A1, B2, C3 and others. Lecturers: ann@example.ac.uk.")
    assert "say yes" in stop.next_step
    feed = dataclasses.replace(stop, kind=StopKind.FEED, yes_at="2030-01-01T00:00:00.000Z")
    assert (feed.waits, feed.headline) == (False, "nothing is planned")
    assert "timetable" in feed.cause
    assert "timetable" in feed.next_step


def test_rooms_that_the_target_does_not_know_hold_a_batch_that_goes_there() -> None:
    assert rooms_guard(["New"] * 10, 200) is None
    assert rooms_guard(["New B", "New A"] * 6, 200) == (
        "12 of the 200 bookings ahead would move to rooms that Echo360 does not know (New A, New B)"
    )
    many = rooms_guard([f"New {number}" for number in range(11)], 200)
    assert many is not None
    assert many.endswith("(New 0, New 1, New 10 …)")


@pytest.mark.parametrize(
    ("missing", "known", "stops"),
    [(5, 5, False), (6, 120, False), (6, 119, True), (50, 1_000, False), (51, 1_000, True), (0, 0, False)],
)
def test_a_listing_without_a_twentieth_of_ours_must_be_confirmed(missing: int, known: int, stops: bool) -> None:
    assert (missing_guard(missing, known) is not None) is stops


def test_what_is_missing_is_counted_and_what_that_may_mean_is_said() -> None:
    assert missing_guard(400, 1_000) == (
        "400 of the 1000 bookings ahead that EchoDesk made are not in Echo360 any more, more than 5 %, as if "
        "this were another institution or somebody had removed them"
    )


@pytest.mark.parametrize(
    ("moved", "stands", "stops"),
    [(50, 50, False), (51, 255, False), (51, 254, True), (200, 1_000, False), (201, 1_000, True), (0, 0, False)],
)
def test_a_fifth_of_the_year_that_moves_at_once_must_be_confirmed(moved: int, stands: int, stops: bool) -> None:
    assert (moved_guard(moved, stands) is not None) is stops


def test_what_moves_is_counted_and_what_that_may_mean_is_said() -> None:
    assert moved_guard(900, 1_000) == (
        "900 of the 1000 bookings ahead would move or change at once, more than 20 %, "
        "as if the weeks of the timetable had shifted"
    )
