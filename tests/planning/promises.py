"""What every plan promises, one function each, for any situation at all (reliability T1).

Each takes a situation and a source of chance, and fails with an AssertionError that says what was broken. The
tests and the campaign (`python -m tests.planning`) hold every example against all of them.
"""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from itertools import combinations
from typing import TypeVar

from echodesk.planning.difference import difference
from echodesk.planning.ground import Deadline, ground_of
from echodesk.planning.overlap import conflicts
from echodesk.planning.plan import make_plan
from echodesk.planning.slices import plan_in_slices
from echodesk.planning.values import Booking, Method, Plan, Reason, Request, Situation, Standing, Strategy, Why
from tests.planning.builders import BEFORE_TERM
from tests.planning.changing_places import somebody_stays_only_where_no_way_is_allowed, who_stays
from tests.planning.target import StrictTarget, run

T = TypeVar("T")
Promise = Callable[[Situation, random.Random], None]

MOST_TRIED = 9
"""Movers up to which every set that could step aside is tried."""


def target_for(situation: Situation) -> StrictTarget:
    """An Echo360 that holds what stands."""
    return StrictTarget(situation.standing, situation.now, situation.rules.lead)


def begun(standing: Standing, now: dt.datetime) -> bool:
    """Its start has come."""
    start = dt.datetime.combine(standing.place.date, dt.time()) + dt.timedelta(minutes=standing.time.start)
    return start <= now


def assert_holds(target: StrictTarget, plan: Plan, situation: Situation) -> None:
    """What stands is the projection, what had begun, and what others booked; nothing else."""
    stay = who_stays(situation)
    untouchable = [
        one for one in situation.standing if not one.ours or begun(one, situation.now) or one.external_id in stay
    ]
    stands = set(target.standing)
    assert stands.issuperset(untouchable)
    ours = {(one.external_id, one.place, one.time, one.content) for one in stands if one not in untouchable}
    kept_begun = {(one.external_id, one.place, one.time, one.content) for one in untouchable if one.ours}
    wanted = {(one.external_id, one.place, one.time, one.content) for one in plan.projection.bookings}
    assert ours <= wanted
    assert wanted <= ours | kept_begun


def mixed(situation: Situation, chance: random.Random) -> Situation:
    """The same, told in another order."""
    return replace(
        situation,
        occurrences=_shuffled(situation.occurrences, chance),
        standing=_shuffled(situation.standing, chance),
        decisions=_shuffled(situation.decisions, chance),
    )


def _shuffled(items: tuple[T, ...], chance: random.Random) -> tuple[T, ...]:
    return tuple(chance.sample(items, len(items)))


def calm(situation: Situation) -> Situation:
    """The same with nothing begun, booked by others, refused or closed: the timetable alone decides."""
    ours = tuple(one for one in situation.standing if one.ours and one.place in situation.places)
    return replace(situation, now=BEFORE_TERM, standing=ours, refused=frozenset(), closed=frozenset())


# ---- the promises -------------------------------------------------------------------------------------------


def ends_at_its_projection_without_a_refusal_in_any_allowed_order(
    situation: Situation, chance: random.Random
) -> None:
    """In the order given and in any other that `after` allows; no clash on the way."""
    plan = make_plan(situation)
    in_order = target_for(situation)
    for request in plan.requests:
        in_order.apply(request)
    assert_holds(in_order, plan, situation)
    for _ in range(2):
        target = target_for(situation)
        assert len(run(target, plan.requests, chance)) == len(plan.requests)
        assert_holds(target, plan, situation)


def the_second_plan_is_empty(situation: Situation, chance: random.Random) -> None:
    """C3, C7: one pass is enough."""
    plan = make_plan(situation)
    target = target_for(situation)
    run(target, plan.requests, chance)
    again = make_plan(mixed(replace(situation, standing=target.standing), chance))
    assert again.requests == ()
    assert again.projection.bookings == plan.projection.bookings
    assert again.kept == {one.external_id for one in plan.projection.bookings}


def the_order_of_the_input_is_irrelevant(situation: Situation, chance: random.Random) -> None:
    """C5: a total, deterministic function."""
    assert make_plan(mixed(situation, chance)) == make_plan(situation)


def a_failure_skips_what_waits_for_it_and_nothing_else_is_refused(
    situation: Situation, chance: random.Random
) -> None:
    """Whatever fails: the rest is allowed, and the next plan repairs it all."""
    plan = make_plan(situation)
    target = target_for(situation)
    done = run(target, plan.requests, chance, lambda request: chance.random() < 0.3)
    assert all(done.issuperset(request.after) for request in plan.requests if request.number in done)
    left = replace(situation, standing=target.standing)
    repair = make_plan(left)
    run(target, repair.requests, chance)
    assert_holds(target, repair, left)


def every_lesson_has_one_answer_with_a_reason(situation: Situation, chance: random.Random) -> None:
    """Booked or left out, and never both."""
    plan = make_plan(situation)
    booked = [member for booking in plan.projection.bookings for member in booking.members]
    left_out = [one.external_id for one in plan.projection.left_out]
    assert sorted(booked + left_out) == sorted(one.external_id for one in situation.occurrences)
    assert all(one.detail for one in plan.projection.left_out)
    assert sorted(member for member, _ in plan.carrier_of) == sorted(booked)


def nothing_kept_overlaps(situation: Situation, chance: random.Random) -> None:
    """C5: neither what else is kept nor an obstacle; what has begun stands as it stands."""
    plan = make_plan(situation)
    ground = ground_of(situation)
    turnaround = situation.rules.turnaround
    for booking in plan.projection.bookings:
        if booking.external_id in ground.begun_by_id:
            continue
        others = [one for one in plan.projection.bookings if one != booking and one.place == booking.place]
        assert not any(conflicts(booking.time, other.time, turnaround) for other in others)
        blocked = ground.obstacles.get(booking.place, [])
        assert not any(conflicts(booking.time, other.time, turnaround) for other in blocked)


def what_is_left_out_names_what_stands_in_its_way(situation: Situation, chance: random.Random) -> None:
    """C5: the winner is kept, or is an obstacle, and overlaps."""
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
            time = booked.get(one.winner)
            if time is None and strategy is Strategy.IGNORE:
                time = lessons[one.winner].time
            assert time is not None
            assert conflicts(time, lesson.time, situation.rules.turnaround)
        elif one.reason is Reason.FOREIGN:
            assert one.winner is not None
            assert not obstacles[one.winner].ours
            assert conflicts(obstacles[one.winner].time, lesson.time, situation.rules.turnaround)
        elif one.reason is Reason.BEGUN:
            assert one.winner is not None
            assert begun(obstacles[one.winner], situation.now)


def what_stands_has_no_say_but_for_what_cannot_be_changed(situation: Situation, chance: random.Random) -> None:
    """With nothing begun, foreign, refused or closed, the projection is a function of the timetable alone."""
    quiet = calm(situation)
    assert make_plan(quiet).projection == make_plan(replace(quiet, standing=())).projection


def a_lesson_that_comes_and_goes_leaves_no_trace(situation: Situation, chance: random.Random) -> None:
    """C5, C6: with its winner gone, whoever lost is booked again, without an edit of its own."""
    here = tuple(one for one in situation.standing if one.place in situation.places)
    quiet = replace(situation, now=BEFORE_TERM, standing=here, refused=frozenset(), closed=frozenset())
    if not quiet.occurrences:
        return
    guest = chance.choice(quiet.occurrences)
    without = replace(quiet, occurrences=tuple(one for one in quiet.occurrences if one != guest))
    target = target_for(without)
    run(target, make_plan(without).requests, chance)
    before = {(one.external_id, one.place, one.time, one.content) for one in target.standing}
    for now in (replace(quiet, standing=target.standing), without):
        run(target, make_plan(replace(now, standing=target.standing)).requests, chance)
    assert {(one.external_id, one.place, one.time, one.content) for one in target.standing} == before


def only_ours_and_only_before_it_begins_is_touched(situation: Situation, chance: random.Random) -> None:
    """C8, §4.4: foreign schedules never; what has begun never; nothing is made or changed inside the lead time."""
    late = Deadline.at(situation.now + dt.timedelta(minutes=situation.rules.lead))
    for request in make_plan(situation).requests:
        if request.standing is not None:
            assert request.standing.ours
            assert not begun(request.standing, situation.now)
        if request.booking is not None:
            assert not late.reached(request.booking.place.date, request.booking.time.start)


def steps_aside_are_delete_first_and_post_last(situation: Situation, chance: random.Random) -> None:
    """C7: at most two writes for one external id; all others move with one PUT."""
    plan = make_plan(situation)
    by_id: dict[str, list[Request]] = {}
    for request in plan.requests:
        assert all(before < request.number for before in request.after)
        by_id.setdefault(request.external_id, []).append(request)
    for requests in by_id.values():
        methods = [one.method for one in requests]
        assert methods in ([Method.POST], [Method.PUT], [Method.DELETE]) or methods[0] is Method.DELETE
        assert Counter(methods)[Method.POST] + Counter(methods)[Method.PUT] <= 1
        asides = [one for one in requests if one.why is Why.STEPS_ASIDE]
        if asides:
            assert [one.method for one in asides] == [Method.DELETE, Method.POST]
            assert asides[0].number in asides[1].after


def nobody_steps_aside_who_starts_within_lead_and_l(situation: Situation, chance: random.Random) -> None:
    """What steps aside can be made again, with time for an answer that comes late."""
    soonest = situation.now + dt.timedelta(minutes=situation.rules.lead, seconds=situation.rules.late_s)
    for request in make_plan(situation).requests:
        if request.why is Why.STEPS_ASIDE and request.booking is not None:
            place, time = request.booking.place, request.booking.time
            assert dt.datetime.combine(place.date, dt.time()) + dt.timedelta(minutes=time.start) > soonest


def nothing_is_removed_for_who_starts_within_lead_and_l(situation: Situation, chance: random.Random) -> None:
    """What stands at its lesson's place and time, and loses it, loses it to something that stands as well, or that
    has time to be made. Where a room records neither it loses it in any case."""
    plan = make_plan(situation)
    soonest = situation.now + dt.timedelta(minutes=situation.rules.lead, seconds=situation.rules.late_s)
    seats = {(one.external_id, one.place, one.time) for one in situation.standing if one.ours}
    strategies = dict(situation.rules.strategy_of_room)
    lessons = {one.external_id: one for one in situation.occurrences}
    for one in plan.projection.left_out:
        lesson = lessons[one.external_id]
        place, time = lesson.place, lesson.time
        if (one.external_id, place, time) not in seats or one.reason not in (Reason.CLASH, Reason.DECISION):
            continue
        if one.winner is None or strategies.get(place.room, situation.rules.strategy) is Strategy.IGNORE:
            continue
        takers = [
            other
            for other in plan.projection.bookings
            if other.place == place and conflicts(other.time, time, situation.rules.turnaround)
        ]
        assert any(
            _moment(place.date, other.time.start) > soonest
            or any(s.ours and (s.place, s.time) == (place, other.time) for s in situation.standing)
            for other in takers
        ), f"{one.external_id} makes way for what starts too soon"


def _moment(date: dt.date, minute: int) -> dt.datetime:
    return dt.datetime.combine(date, dt.time()) + dt.timedelta(minutes=minute)


def no_smaller_set_could_step_aside(situation: Situation, chance: random.Random) -> None:
    """Requests = size of the difference + the smallest set of movers without which none waits in a circle; so a
    lesson that moves between room-days is one PUT whenever its new time is or becomes free."""
    ground = ground_of(situation)
    plan = make_plan(situation)
    changes = difference(plan.projection, ground).changes
    late = sum(change.aside for change in changes)
    movers = [
        (change.booking, change.standing)
        for change in changes
        if change.booking is not None and change.standing is not None and not change.aside
    ]
    if len(movers) > MOST_TRIED:
        return
    extra = len(plan.requests) - len(changes) - late
    for size in range(extra):
        for aside in combinations(range(len(movers)), size):
            assert not _can_go(movers, aside), f"{size} stepping aside are enough, and {extra} do"


def _can_go(movers: list[tuple[Booking, Standing]], aside: tuple[int, ...]) -> bool:
    """Whether all movers but those can go one after another; what steps aside, and what is removed, is gone."""
    waiting = [mover for number, mover in enumerate(movers) if number not in aside]
    while waiting:
        free = [
            mover
            for mover in waiting
            if not any(
                (other[1].place == mover[0].place and other[1].time.overlaps(mover[0].time))
                or (other[1].external_id == mover[0].external_id)
                for other in waiting
                if other is not mover
            )
        ]
        if not free:
            return False
        waiting = [mover for mover in waiting if mover not in free]
    return True


def slices_are_the_whole(situation: Situation, chance: random.Random) -> None:
    """A large situation planned piece by piece asks for exactly what one plan asks for."""
    whole = make_plan(situation)
    slices = list(plan_in_slices(situation, chance.randint(1, 9)))
    assert sum((_asked(plan) for plan in slices), Counter()) == _asked(whole)
    assert Counter(one for plan in slices for one in plan.projection.bookings) == Counter(
        whole.projection.bookings
    )


def _asked(plan: Plan) -> Counter[tuple[Method, Booking | None, Standing | None]]:
    return Counter((one.method, one.booking, one.standing) for one in plan.requests)


PROMISES: tuple[Promise, ...] = (
    ends_at_its_projection_without_a_refusal_in_any_allowed_order,
    the_second_plan_is_empty,
    the_order_of_the_input_is_irrelevant,
    a_failure_skips_what_waits_for_it_and_nothing_else_is_refused,
    every_lesson_has_one_answer_with_a_reason,
    nothing_kept_overlaps,
    what_is_left_out_names_what_stands_in_its_way,
    what_stands_has_no_say_but_for_what_cannot_be_changed,
    a_lesson_that_comes_and_goes_leaves_no_trace,
    only_ours_and_only_before_it_begins_is_touched,
    steps_aside_are_delete_first_and_post_last,
    nobody_steps_aside_who_starts_within_lead_and_l,
    nothing_is_removed_for_who_starts_within_lead_and_l,
    somebody_stays_only_where_no_way_is_allowed,
    no_smaller_set_could_step_aside,
    slices_are_the_whole,
)
