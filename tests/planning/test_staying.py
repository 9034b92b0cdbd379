"""Who stays because it would have to change places too late: nobody but those who would really move."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import replace

from echodesk.planning.plan import make_plan
from echodesk.planning.projection import project
from echodesk.planning.values import (
    Decision,
    Occurrence,
    Plan,
    Reason,
    Rules,
    Situation,
    Standing,
    Strategy,
    fingerprint,
)
from tests.planning.builders import MONDAY, asked, day, external_id, lesson, situation, slots, standing
from tests.planning.decided import NOT, ONE, decided
from tests.planning.promises import the_second_plan_is_empty
from tests.simulation.oracle_agrees import assert_agree

NOW = dt.datetime.combine(MONDAY, dt.time(8, 54, 30))
"""Five minutes and a half before nine: past the lead time and L of a minute, but not past the lead time."""
A, B, C, D = (day(f"LT{number}") for number in range(1, 5))


def planned(
    lessons: list[Occurrence],
    stands: list[Standing],
    *decisions: Decision,
    rules: Rules | None = None,
    now: dt.datetime = NOW,
) -> Plan:
    found = situation(lessons, stands, rules or Rules(late_s=60), now=now)
    return make_plan(replace(found, decisions=decisions))


def exchange(first: int = 1, second: int = 2) -> tuple[list[Occurrence], list[Standing]]:
    """Two lessons at nine that stand in each other's room."""
    return (
        [lesson(first, "9-10", B, since="2026-05"), lesson(second, "9-10", A, since="2026-05")],
        [standing(first, "9-10", A), standing(second, "9-10", B)],
    )


def test_who_loses_its_new_place_to_another_leaves_and_the_rest_moves() -> None:
    lessons, stands = exchange()
    plan = planned([*lessons, lesson(3, "9-10", B, since="2026-01")], stands)
    assert asked(plan.requests) == [("DELETE", 1, "lost_clash"), ("PUT", 2, "moved"), ("POST", 3, "new")]
    assert [(one.reason, one.winner) for one in plan.projection.left_out] == [(Reason.CLASH, "3-1-2026-27")]


def test_who_is_not_to_be_recorded_leaves_and_the_other_moves() -> None:
    lessons, stands = exchange()
    plan = planned(lessons, stands, decided(NOT, lessons[0]))
    assert asked(plan.requests) == [("DELETE", 1, "not_wanted"), ("PUT", 2, "moved")]


def test_whose_room_records_neither_leaves_and_the_other_moves() -> None:
    lessons, stands = exchange()
    rules = Rules(late_s=60, strategy_of_room=((B.room, Strategy.IGNORE),))
    plan = planned([*lessons, lesson(3, "9:30-10:30", B)], stands, rules=rules)
    assert asked(plan.requests) == [("DELETE", 1, "lost_clash"), ("PUT", 2, "moved")]


def test_who_is_taught_together_with_another_leaves_and_the_other_moves() -> None:
    lessons, stands = exchange(5, 2)
    together = [replace(one, lecturer="L") for one in (lessons[0], lesson(1, "9-10", B))]
    plan = planned([*together, lessons[1]], stands)
    assert asked(plan.requests) == [("DELETE", 5, "not_wanted"), ("PUT", 2, "moved"), ("POST", 1, "new")]


def test_where_those_who_stay_leave_room_another_is_recorded() -> None:
    """It lost to one of them; of what that one leaves free, it gets what nobody stands in."""
    lessons, stands = exchange()
    lessons[0] = replace(lessons[0], time=lesson(0, "9-11").time)
    plan = planned([*lessons, lesson(3, "10-11", B, since="2026-06")], stands)
    assert slots(plan.projection.stays) == [1, 2]
    assert asked(plan.requests) == [("POST", 3, "new")]


def test_whoever_waits_for_those_who_stay_leaves_and_its_own_circle_is_open() -> None:
    """Lessons 3 and 4 change places, and 3 would need the room of 1 as well, which stays."""
    lessons, stands = exchange()
    stands[0] = standing(1, "9-9:30", A)
    stands.append(standing(4, "9:30-10", A))
    stands.append(standing(3, "9-10", C))
    lessons[0] = replace(lessons[0], time=lesson(0, "9-9:30").time)
    lessons[1] = replace(lessons[1], time=lesson(0, "9-9:15").time)
    lessons += [lesson(3, "9:15-10", A), lesson(4, "9-10", C)]
    plan = planned(lessons, stands, rules=Rules(late_s=3600))
    assert slots(plan.projection.stays) == [1, 2]
    assert asked(plan.requests) == [("DELETE", 3, "not_wanted"), ("PUT", 4, "moved")]


def test_who_gets_a_room_only_because_others_stay_may_be_in_a_circle_of_its_own() -> None:
    """The lesson that staff put first stays elsewhere, so the decision counts no more and the other one moves."""
    lessons, stands = exchange()
    loser = lesson(3, "9:30-10:30", B, since="2026-06")
    lessons[0] = replace(lessons[0], time=lesson(0, "9-10:30").time)
    stands[1] = standing(2, "9-9:30", B)
    lessons += [loser, lesson(4, "9-10", C, since="2026-07")]
    stands += [standing(3, "9-10", C), standing(4, "9:30-10:30", B)]
    plan = planned(lessons, stands, decided(ONE, lessons[0], loser, winner=1), rules=Rules(late_s=3600))
    assert slots(plan.projection.stays) == [1, 2, 3, 4]
    assert plan.requests == ()


def test_those_who_stay_do_so_whoever_is_recorded_in_the_place_that_one_of_them_wanted() -> None:
    """It got what they left free a moment ago, and stands there now."""
    lessons, stands = exchange()
    lessons[0] = replace(lessons[0], time=lesson(0, "9-11").time)
    other = lesson(3, "10-11", B, since="2026-06")
    rules = Rules(late_s=7200)
    plan = planned([*lessons, other], [*stands, standing(3, "10-11", B)], rules=rules)
    assert slots(plan.projection.stays) == [1, 2]
    assert plan.requests == ()


def test_those_who_stay_do_so_until_one_of_them_begins() -> None:
    """Before the lead time, in it, and planned twice."""
    lessons, stands = exchange()
    for minute in (54, 55, 57, 59):
        plan = planned(lessons, stands, now=NOW.replace(minute=minute))
        assert (slots(plan.projection.stays), plan.requests) == ([1, 2], ()), minute
        assert {one.reason for one in plan.projection.left_out} == {Reason.TOO_LATE}


def test_who_starts_later_opens_the_circle_of_those_who_start_soon() -> None:
    lessons, stands = exchange()
    lessons[1] = replace(lessons[1], time=lesson(0, "9:30-10:30").time)
    plan = planned(lessons, stands)
    assert asked(plan.requests) == [("DELETE", 2, "steps_aside"), ("PUT", 1, "moved"), ("POST", 2, "steps_aside")]


def carried_by_a_third() -> Situation:
    """1 and 2 change places only if 1 is recorded in B: with 3, which stands there, it outweighs the older 4;
    neither does alone. 4 starts late enough to take a place."""
    lessons = [lesson(1, "11-12", B, since="2026-05"), lesson(2, "11-12", A)]
    lessons += [lesson(3, "12-13", B, since="2026-06"), lesson(4, "11:30-12:30", B, since="2026-01")]
    stands = [standing(1, "11-12", A), standing(2, "11-11:30", B), standing(3, "12-13", B)]
    most = ((B.room, Strategy.MOST_RECORDED),)
    rules = Rules(late_s=125 * 60, strategy_of_room=most)
    return situation(lessons, stands, rules, now=NOW)


def refused_for_good(found: Situation) -> Situation:
    (third,) = (one for one in project(found).bookings if one.external_id == external_id(3))
    return replace(found, refused=frozenset({(third.external_id, fingerprint(third))}))


def test_a_circle_stays_because_of_one_that_falls_if_that_one_can_be_made_again() -> None:
    plan = make_plan(carried_by_a_third())
    assert slots(plan.projection.stays) == [1, 2]
    assert asked(plan.requests) == [("DELETE", 3, "lost_clash"), ("POST", 4, "new")]


def test_a_circle_is_open_if_the_one_that_falls_counted_only_because_it_stood() -> None:
    """Once 3 is removed it does not come back, so 1 loses to 4 and 2 can move: at once, not by a second plan."""
    found = refused_for_good(carried_by_a_third())
    plan = make_plan(found)
    assert plan.projection.stays == ()
    assert sorted(asked(plan.requests)) == [
        ("DELETE", 1, "lost_clash"),
        ("DELETE", 3, "not_wanted"),
        ("POST", 4, "new"),
        ("PUT", 2, "moved"),
    ]
    the_second_plan_is_empty(found, random.Random(1))
    assert_agree(found)
