"""What others booked exactly where a lesson is becomes the lesson's own recording (design §4.12)."""

from __future__ import annotations

import dataclasses
import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from echodesk.planning.plan import make_plan
from echodesk.planning.values import Method, Occurrence, Plan, Reason, Situation, Standing, Why
from tests.planning.builders import day, external_id, foreign, lesson, situation, standing


def adopting(
    lessons: list[Occurrence], stands: list[Standing], *chosen: str, now: dt.datetime | None = None
) -> Plan:
    """The plan when these schedules of others, or all, are taken over."""
    found = situation(lessons, stands)
    every = frozenset(chosen or (one.echo_id for one in stands if not one.ours))
    return make_plan(dataclasses.replace(found, adopt=every, now=now or found.now))


def test_what_matches_is_one_change_and_nothing_is_removed() -> None:
    plan = adopting([lesson(1, "9-10")], [foreign("f1", "9-10")])
    (request,) = plan.requests
    assert (request.method, request.why, request.external_id) == (Method.PUT, Why.ADOPTED, external_id(1))
    assert request.standing == foreign("f1", "9-10")
    assert plan.projection.left_out == ()


def test_without_a_wish_it_is_in_the_way() -> None:
    plan = make_plan(situation([lesson(1, "9-10")], [foreign("f1", "9-10")]))
    assert plan.requests == ()
    assert [one.reason for one in plan.projection.left_out] == [Reason.FOREIGN]


def test_only_what_matches_to_the_minute_is_taken_over() -> None:
    for time in ("9-10:05", "8:55-10", "9:15-9:45", "10-11"):
        plan = adopting([lesson(1, "9-10")], [foreign("f1", time)])
        assert Why.ADOPTED not in {one.why for one in plan.requests}, time


def test_a_recurring_one_and_one_that_begins_too_soon_stay_what_they_are() -> None:
    recurring = [foreign("f1", "9-10"), foreign("f1", "9-10", day(offset=7))]
    assert adopting([lesson(1, "9-10")], recurring).requests == ()
    begun = dt.datetime.combine(day().date, dt.time(8, 58))
    assert adopting([lesson(1, "9-10")], [foreign("f1", "9-10")], now=begun).requests == ()


def test_who_loses_the_clash_takes_nothing_over() -> None:
    """The first lesson keeps the room, by a schedule that it adopts."""
    lessons = [lesson(1, "9-10", since="2026-01-01"), lesson(2, "9:30-10:30", since="2026-02-01")]
    plan = adopting(lessons, [foreign("f1", "9-10")])
    assert [(one.why, one.external_id) for one in plan.requests] == [(Why.ADOPTED, external_id(1))]
    assert [(one.external_id, one.reason) for one in plan.projection.left_out] == [(external_id(2), Reason.CLASH)]


def test_a_lesson_that_has_its_own_schedule_adopts_no_second_one() -> None:
    elsewhere = standing(1, "9-10", day("LT2"))
    plan = adopting([lesson(1, "9-10")], [elsewhere, foreign("f1", "9-10")])
    assert Why.ADOPTED not in {one.why for one in plan.requests}
    assert [one.reason for one in plan.projection.left_out] == [Reason.FOREIGN]


HOURS = ("9-10", "10-11", "9-11", "10:30-11:30")


@st.composite
def worlds(draw: st.DrawFn) -> Situation:
    lessons = [
        lesson(slot, draw(st.sampled_from(HOURS)), day(draw(st.sampled_from(("LT1", "LT2")))))
        for slot in range(1, draw(st.integers(1, 5)) + 1)
    ]
    others = [
        foreign(f"f{number}", time, day(room))
        for number, (room, time) in enumerate(
            draw(
                st.sets(
                    st.tuples(st.sampled_from(("LT1", "LT2")), st.sampled_from(("9-10", "10-11", "9:30-9:45")))
                )
            )
        )
    ]
    ours = [standing(one.slotid, "13-14", one.place) for one in lessons if draw(st.booleans())][:2]
    found = situation(lessons, [*others, *ours])
    return dataclasses.replace(found, adopt=frozenset(one.echo_id for one in others))


@given(worlds())
def test_nothing_of_others_is_moved_or_removed_and_it_comes_to_an_end(world: Situation) -> None:
    """A lesson that gave up its own schedule for want of room may adopt in the plan after; then all is said."""
    for _ in range(3):
        plan = make_plan(world)
        stands = {one.echo_id: one for one in world.standing}
        for request in plan.requests:
            before, booking = request.standing, request.booking
            if before is not None and not before.ours:
                assert request.why is Why.ADOPTED
                assert booking is not None
                assert (booking.place, booking.time) == (before.place, before.time)
            if request.method is Method.DELETE and before is not None:
                stands.pop(before.echo_id, None)
            elif booking is not None:
                echo_id = before.echo_id if before is not None else f"new {request.number}"
                stands[echo_id] = Standing(
                    echo_id, booking.external_id, True, booking.place, booking.time, booking.content
                )
        world = dataclasses.replace(world, standing=tuple(stands.values()))
    assert make_plan(world).requests == ()
