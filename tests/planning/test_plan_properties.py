"""What every plan promises, for disturbed projections of every strategy."""

from __future__ import annotations

import datetime as dt
import os
import random
from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from echodesk.planning.ground import ground_of
from echodesk.planning.overlap import conflicts
from echodesk.planning.plan import make_plan
from echodesk.planning.values import Plan, Reason, Situation, Standing, Strategy
from tests.planning.builders import BEFORE_TERM
from tests.planning.situations import situations
from tests.planning.target import StrictTarget, run

EXAMPLES = int(os.environ.get("ECHODESK_PLANNER_EXAMPLES", "300"))
"""Examples per property; a campaign asks for more."""

common = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
seeds = st.integers(0, 2**32 - 1)


def target_for(situation: Situation) -> StrictTarget:
    return StrictTarget(situation.standing, situation.now, situation.rules.lead)


def begun(standing: Standing, now: dt.datetime) -> bool:
    start = dt.datetime.combine(standing.place.date, dt.time()) + dt.timedelta(minutes=standing.time.start)
    return start <= now


def assert_holds(target: StrictTarget, plan: Plan, situation: Situation) -> None:
    """What stands is the projection, what had begun, and what others booked; nothing else."""
    untouchable = [one for one in situation.standing if not one.ours or begun(one, situation.now)]
    stands = set(target.standing)
    assert stands.issuperset(untouchable)
    ours = {(one.external_id, one.place, one.time, one.content) for one in stands if one not in untouchable}
    kept_begun = {(one.external_id, one.place, one.time, one.content) for one in untouchable if one.ours}
    wanted = {(one.external_id, one.place, one.time, one.content) for one in plan.projection.bookings}
    assert ours <= wanted
    assert wanted <= ours | kept_begun


@common
@given(situations(), seeds)
def test_a_plan_ends_at_its_projection_without_one_refusal_in_any_allowed_order(
    situation: Situation, seed: int
) -> None:
    plan = make_plan(situation)
    in_order = target_for(situation)
    for request in plan.requests:
        in_order.apply(request)
    assert_holds(in_order, plan, situation)
    for chance in (random.Random(seed), random.Random(seed + 1)):
        mixed = target_for(situation)
        assert len(run(mixed, plan.requests, chance)) == len(plan.requests)
        assert_holds(mixed, plan, situation)


@common
@given(situations())
def test_the_second_plan_is_empty(situation: Situation) -> None:
    plan = make_plan(situation)
    target = target_for(situation)
    run(target, plan.requests)
    again = make_plan(replace(situation, standing=target.standing))
    assert again.requests == ()
    assert again.projection.bookings == plan.projection.bookings
    assert again.kept == {one.external_id for one in plan.projection.bookings}


@common
@given(situations(), seeds)
def test_the_order_of_the_input_is_irrelevant(situation: Situation, seed: int) -> None:
    chance = random.Random(seed)
    lessons, standing = list(situation.occurrences), list(situation.standing)
    chance.shuffle(lessons)
    chance.shuffle(standing)
    mixed = replace(situation, occurrences=tuple(lessons), standing=tuple(standing))
    assert make_plan(mixed) == make_plan(situation)


@common
@given(situations(), seeds)
def test_after_any_failures_what_waits_for_them_is_skipped_and_the_rest_is_not_refused(
    situation: Situation, seed: int
) -> None:
    plan = make_plan(situation)
    target = target_for(situation)
    chance = random.Random(seed)
    done = run(target, plan.requests, chance, lambda request: chance.random() < 0.3)
    for request in plan.requests:
        assert request.number not in done or done.issuperset(request.after)
    repair = make_plan(replace(situation, standing=target.standing))
    run(target, repair.requests, chance)
    assert_holds(target, repair, replace(situation, standing=target.standing))


@common
@given(situations())
def test_every_lesson_is_booked_or_left_out_with_a_reason_and_never_both(situation: Situation) -> None:
    plan = make_plan(situation)
    booked = [member for booking in plan.projection.bookings for member in booking.members]
    left_out = [one.external_id for one in plan.projection.left_out]
    assert sorted(booked + left_out) == sorted(one.external_id for one in situation.occurrences)
    assert all(one.detail for one in plan.projection.left_out)
    assert sorted(member for member, _ in plan.carrier_of) == sorted(booked)


@common
@given(situations())
def test_nothing_kept_overlaps_anything_kept_or_an_obstacle(situation: Situation) -> None:
    plan = make_plan(situation)
    ground = ground_of(situation)
    turnaround = situation.rules.turnaround
    changeable = [one for one in plan.projection.bookings if one.external_id not in ground.begun_by_id]
    for booking in changeable:
        others = [one for one in plan.projection.bookings if one != booking and one.place == booking.place]
        assert not any(conflicts(booking.time, other.time, turnaround) for other in others)
        blocked = ground.obstacles.get(booking.place, [])
        assert not any(conflicts(booking.time, other.time, turnaround) for other in blocked)


@common
@given(situations())
def test_what_is_left_out_names_what_stands_in_its_way(situation: Situation) -> None:
    plan = make_plan(situation)
    lessons = {one.external_id: one for one in situation.occurrences}
    booked = {one.external_id: one.time for one in plan.projection.bookings}
    obstacles = {one.echo_id: one for one in situation.standing}
    strategies = dict(situation.rules.strategy_of_room)
    for one in plan.projection.left_out:
        lesson = lessons[one.external_id]
        strategy = strategies.get(lesson.place.room, situation.rules.strategy)
        if one.reason is Reason.CLASH:
            assert one.winner is not None
            time = lessons[one.winner].time if strategy is Strategy.IGNORE else booked[one.winner]
            assert conflicts(time, lesson.time, situation.rules.turnaround)
        elif one.reason is Reason.FOREIGN:
            assert one.winner is not None
            assert not obstacles[one.winner].ours
            assert conflicts(obstacles[one.winner].time, lesson.time, situation.rules.turnaround)
        elif one.reason is Reason.BEGUN:
            assert one.winner is not None
            assert begun(obstacles[one.winner], situation.now)


@common
@given(situations())
def test_what_stands_has_no_say_but_for_what_cannot_be_changed(situation: Situation) -> None:
    """With nothing begun, foreign or refused, the projection is a function of the timetable alone."""
    calm = replace(
        situation,
        now=BEFORE_TERM,
        standing=tuple(one for one in situation.standing if one.ours),
        refused=frozenset(),
    )
    assert make_plan(calm).projection == make_plan(replace(calm, standing=())).projection


@common
@given(situations())
def test_a_plan_never_lists_a_request_before_one_it_waits_for(situation: Situation) -> None:
    plan = make_plan(situation)
    for number, request in enumerate(plan.requests):
        assert request.number == number
        assert all(before < number for before in request.after)
