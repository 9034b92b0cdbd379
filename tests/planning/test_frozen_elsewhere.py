"""What has begun keeps its external id, also on a day that is not planned any more (design §4.4)."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from echodesk.planning.plan import make_plan
from echodesk.planning.slices import plan_in_slices
from echodesk.planning.values import Reason, Situation
from tests.planning.builders import MONDAY, day, external_id, lesson, situation, standing

TUESDAY_NOON = dt.datetime.combine(MONDAY + dt.timedelta(days=1), dt.time(12))


def recorded_on_monday_and_moved_to_thursday() -> Situation:
    """Planned on Tuesday: Monday is no room-day of the plan."""
    made = situation([lesson(1, "9-10", day(offset=3))], [standing(1, "9-10", day())], now=TUESDAY_NOON)
    return replace(made, places=frozenset({day(offset=3)}))


def test_a_lesson_moved_after_its_recording_is_left_out_as_begun() -> None:
    plan = make_plan(recorded_on_monday_and_moved_to_thursday())
    assert plan.requests == ()
    (left,) = plan.projection.left_out
    assert (left.external_id, left.reason, left.winner) == (external_id(1), Reason.BEGUN, "e1")


def test_slices_know_it_as_well() -> None:
    whole = recorded_on_monday_and_moved_to_thursday()
    assert [plan.projection for plan in plan_in_slices(whole, 1)] == [make_plan(whole).projection]


def test_what_stands_elsewhere_and_has_not_begun_is_no_part_of_the_situation() -> None:
    made = situation([lesson(1, "9-10", day())], [standing(1, "9-10", day(offset=3))])
    plan = make_plan(replace(made, places=frozenset({day()})))
    assert [request.method.value for request in plan.requests] == ["POST"]
