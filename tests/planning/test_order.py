"""In which order requests go, and who steps aside (decisions "The planner")."""

from __future__ import annotations

import datetime as dt

import pytest

from echodesk.planning.plan import make_plan
from echodesk.planning.values import Plan, Reason, Rules, Why
from tests.planning.builders import BEFORE_TERM, MONDAY, asked, day, lesson, plan_of, situation, slots, standing
from tests.planning.target import StrictTarget, run

TODAY = dt.datetime.combine(MONDAY, dt.time(8, 0))


def waits(plan: Plan) -> list[tuple[int, ...]]:
    return [one.after for one in plan.requests]


def test_the_next_lesson_goes_first() -> None:
    lessons = [
        lesson(1, "9-10", day(offset=3)),
        lesson(2, "11-12"),
        lesson(3, "9-10"),
        lesson(4, "9-10", day("A")),
    ]
    plan = plan_of(lessons)
    assert [slot for _, slot, _ in asked(plan.requests)] == [3, 4, 2, 1]
    assert waits(plan) == [(), (), (), ()]


def test_a_chain_is_moved_from_its_free_end() -> None:
    lessons = [lesson(1, "10-11"), lesson(2, "11-12"), lesson(3, "12-13")]
    plan = plan_of(lessons, [standing(1, "9-10"), standing(2, "10-11"), standing(3, "11-12")])
    assert asked(plan.requests) == [("PUT", 3, "moved"), ("PUT", 2, "moved"), ("PUT", 1, "moved")]
    assert waits(plan) == [(), (0,), (1,)]


def test_one_long_target_waits_for_all_whose_places_it_overlaps() -> None:
    lessons = [lesson(1, "9-12"), lesson(2, "9-10", day("LT2")), lesson(3, "11-12", day("LT2"))]
    plan = plan_of(
        lessons, [standing(1, "15-18"), standing(2, "9-10"), standing(3, "11-12"), standing(4, "10-11")]
    )
    assert [slot for _, slot, _ in asked(plan.requests)] == [2, 4, 3, 1]
    assert waits(plan) == [(), (), (), (0, 1, 2)]


def test_a_move_into_its_own_old_place_waits_for_nobody() -> None:
    plan = plan_of([lesson(1, "9:30-10:30")], [standing(1, "9-10")])
    assert asked(plan.requests) == [("PUT", 1, "moved")]
    assert waits(plan) == [()]


def test_back_to_back_needs_no_waiting() -> None:
    plan = plan_of([lesson(1, "10-11"), lesson(2, "12-13")], [standing(1, "8-9"), standing(2, "9-10")])
    assert waits(plan) == [(), ()]


def test_of_two_that_exchange_times_the_later_steps_aside_and_the_other_moves_once() -> None:
    plan = plan_of([lesson(1, "10-11"), lesson(2, "9-10")], [standing(1, "9-10"), standing(2, "10-11")])
    assert asked(plan.requests) == [("DELETE", 1, "steps_aside"), ("PUT", 2, "moved"), ("POST", 1, "steps_aside")]
    assert waits(plan) == [(), (0,), (0, 1)]
    assert plan.requests[2].standing == plan.requests[0].standing


def test_a_circle_over_rooms_and_days_costs_one_request_more() -> None:
    seats = [day("A"), day("B"), day("A", 1), day("B", 1), day("C", 2)]
    lessons = [lesson(number, "9-10", seats[(number + 1) % 5]) for number in range(5)]
    plan = plan_of(lessons, [standing(number, "9-10", seats[number]) for number in range(5)])
    assert len(plan.requests) == 6
    assert [one.external_id for one in plan.requests if one.why is Why.STEPS_ASIDE] == [lessons[3].external_id] * 2


def test_one_who_stands_in_two_circles_steps_aside_alone() -> None:
    lessons = [lesson(1, "9-11"), lesson(2, "13-14"), lesson(3, "14-15")]
    plan = plan_of(lessons, [standing(1, "13-15"), standing(2, "9-10"), standing(3, "10-11")])
    assert len(plan.requests) == 4
    assert slots({one.external_id for one in plan.requests if one.why is Why.STEPS_ASIDE}) == [1]


@pytest.mark.parametrize(
    ("late_s", "aside", "requests"),
    [(0, [1], 4), (2 * 3600, [2, 3], 5)],
    ids=["the fewest", "nobody who starts soon"],
)
def test_nobody_who_starts_soon_steps_aside_if_others_can(late_s: int, aside: list[int], requests: int) -> None:
    lessons = [lesson(1, "9-11"), lesson(2, "13-14"), lesson(3, "14-15")]
    stands = [standing(1, "13-15"), standing(2, "9-10"), standing(3, "10-11")]
    plan = plan_of(lessons, stands, Rules(late_s=late_s), now=TODAY)
    assert slots({one.external_id for one in plan.requests if one.why is Why.STEPS_ASIDE}) == aside
    assert len(plan.requests) == requests


def test_where_everyone_starts_soon_all_stay_as_they_stand_and_it_is_said() -> None:
    lessons = [lesson(1, "10-11"), lesson(2, "9-10"), lesson(3, "10-11", since="2026-09")]
    plan = plan_of(lessons, [standing(1, "9-10"), standing(2, "10-11")], Rules(late_s=6 * 3600), now=TODAY)
    assert plan.requests == ()
    assert plan.projection.bookings == ()
    assert {one.reason for one in plan.projection.left_out} == {Reason.TOO_LATE}
    details = sorted(one.detail for one in plan.projection.left_out)
    assert [detail[:37] for detail in details] == [
        "meets “Lecture 2” 10:00-11:00 in LT1 ",
        *["too late to change places with others"] * 2,
    ]


def test_who_has_to_change_places_soon_stays_even_after_the_lead_time_has_come() -> None:
    """Nothing is removed that cannot be made again."""
    lessons = [lesson(1, "10-11"), lesson(2, "9-10")]
    plan = plan_of(lessons, [standing(1, "9-10"), standing(2, "10-11")], Rules(lead=6 * 60), now=TODAY)
    assert plan.requests == ()


def test_who_stands_too_soon_to_be_changed_opens_the_circle() -> None:
    lessons = [lesson(1, "9:45-10:45"), lesson(3, "15-16")]
    plan = plan_of(lessons, [standing(1, "15-16"), standing(3, "9-10")], Rules(lead=90), now=TODAY)
    assert asked(plan.requests) == [("DELETE", 3, "moved"), ("PUT", 1, "moved"), ("POST", 3, "moved")]
    assert waits(plan) == [(), (0,), (0, 1)]


def test_what_the_next_lesson_waits_for_goes_before_lessons_that_nobody_waits_for() -> None:
    lessons = [lesson(1, "9-10"), lesson(2, "9-10", day("LT1", 100)), lesson(3, "9-10", day("LT1", 50))]
    plan = plan_of(lessons, [standing(2, "9-10")])
    assert [slot for _, slot, _ in asked(plan.requests)] == [2, 1, 3]


@pytest.mark.parametrize("fails", [0, 1, 2])
def test_when_a_step_fails_everything_that_waits_for_it_is_skipped(fails: int) -> None:
    lessons = [lesson(1, "10-11"), lesson(2, "11-12"), lesson(3, "12-13")]
    before = situation(lessons, [standing(1, "9-10"), standing(2, "10-11"), standing(3, "11-12")])
    plan = make_plan(before)
    target = StrictTarget(before.standing, BEFORE_TERM)
    done = run(target, plan.requests, fails=lambda request: request.number == fails)
    assert done == set(range(fails))


def test_a_chain_of_ten_thousand_moves_is_ordered() -> None:
    places = [day("LT1", offset) for offset in range(10_001)]
    lessons = [lesson(number, "9-10", places[number + 1]) for number in range(10_000)]
    stands = [standing(number, "9-10", places[number]) for number in range(10_000)]
    plan = plan_of(lessons, stands)
    assert slots(one.external_id for one in plan.requests[:1]) == [9_999]
    assert all(one.after == ((one.number - 1,) if one.number else ()) for one in plan.requests)
