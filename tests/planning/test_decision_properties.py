"""What holds of every plan with decisions, whatever they are: some are void, some contradict each other."""

from __future__ import annotations

import os
import random
from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from echodesk.planning.decisions import DecisionIndex
from echodesk.planning.ground import ground_of
from echodesk.planning.overlap import conflicts
from echodesk.planning.plan import make_plan
from echodesk.planning.projection import project
from echodesk.planning.slices import plan_in_slices
from echodesk.planning.values import Reason, Situation
from tests.planning.builders import BEFORE_TERM
from tests.planning.decided import TOGETHER, decided_situations
from tests.planning.target import StrictTarget, run

EXAMPLES = int(os.environ.get("ECHODESK_PLANNER_EXAMPLES", "300"))
common = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
seeds = st.integers(0, 2**32 - 1)


@common
@given(decided_situations(), seeds)
def test_a_plan_with_decisions_is_never_refused_and_the_next_one_is_empty(made: Situation, seed: int) -> None:
    plan = make_plan(made)
    target = StrictTarget(made.standing, made.now, made.rules.lead)
    assert len(run(target, plan.requests, random.Random(seed))) == len(plan.requests)
    again = make_plan(replace(made, standing=target.standing))
    assert again.requests == ()
    assert again.projection.bookings == plan.projection.bookings


@common
@given(decided_situations(), seeds)
def test_order_is_irrelevant_and_slices_say_the_same(made: Situation, seed: int) -> None:
    chance = random.Random(seed)
    lessons, decisions = list(made.occurrences), list(made.decisions)
    chance.shuffle(lessons)
    chance.shuffle(decisions)
    plan = make_plan(made)
    assert make_plan(replace(made, occurrences=tuple(lessons), decisions=tuple(decisions))) == plan
    sliced = [one.projection for one in plan_in_slices(made, lessons=1)]
    assert {one for part in sliced for one in part.bookings} == set(plan.projection.bookings)
    assert {one for part in sliced for one in part.left_out} == set(plan.projection.left_out)


@common
@given(decided_situations())
def test_nothing_kept_overlaps_and_every_lesson_has_one_answer(made: Situation) -> None:
    projection, ground = project(made), ground_of(made)
    booked = [member for booking in projection.bookings for member in booking.members]
    left = [one.external_id for one in projection.left_out]
    assert sorted(booked + left) == sorted(one.external_id for one in made.occurrences)
    changeable = [one for one in projection.bookings if one.external_id not in ground.begun_by_id]
    for booking in changeable:
        others = [one for one in projection.bookings if one != booking and one.place == booking.place]
        taken = [one.time for one in others] + [one.time for one in ground.obstacles.get(booking.place, [])]
        assert not any(conflicts(booking.time, other, made.rules.turnaround) for other in taken)


@common
@given(decided_situations())
def test_only_a_decision_that_counts_leaves_out_and_its_winner_is_recorded(made: Situation) -> None:
    projection = project(made)
    by_id = {one.external_id: one for one in made.occurrences}
    carrier = {member: one for one in projection.bookings for member in one.members}
    for left in projection.left_out:
        if left.reason is not Reason.DECISION:
            continue
        here = [one for one in made.occurrences if one.place == left.place]
        counting = [
            one
            for one in DecisionIndex(made.decisions).counting(here)
            if left.external_id in one.leaves_out(made.rules.turnaround)
        ]
        assert counting
        if left.winner is not None:
            winners = [one.winner.external_id for one in counting if one.winner is not None]
            assert any(winner in carrier and carrier[winner].external_id == left.winner for winner in winners)
            booking = next(one for one in projection.bookings if one.external_id == left.winner)
            assert conflicts(booking.time, by_id[left.external_id].time, made.rules.turnaround)


@common
@given(decided_situations())
def test_nothing_older_leaves_out_what_the_newest_decision_records(made: Situation) -> None:
    """What cannot come about any more, because a lesson of it has begun, leaves an older decision standing."""
    left = project(made).left_out
    out = {one.external_id for one in left if one.reason is Reason.DECISION}
    begun = {one.external_id for one in left if one.reason is Reason.BEGUN}
    for place in made.places:
        here = [one for one in made.occurrences if one.place == place]
        for newest in DecisionIndex(made.decisions).counting(here)[:1]:
            assert out.isdisjoint(newest.records()) or not begun.isdisjoint(newest.records())


@common
@given(decided_situations())
def test_where_nothing_is_in_its_way_a_choice_is_recorded_and_nothing_it_overlaps(made: Situation) -> None:
    """Nothing begun, foreign or refused, and one decision at a time."""
    ours = tuple(one for one in made.standing if one.ours)
    calm = replace(made, now=BEFORE_TERM, standing=ours, refused=frozenset(), closed=frozenset())
    for decision in made.decisions:
        projection = project(replace(calm, decisions=(decision,)))
        booked = {member: one for one in projection.bookings for member in one.members}
        for place in made.places:
            here = [one for one in made.occurrences if one.place == place]
            for counting in DecisionIndex([decision]).counting(here):
                left = counting.leaves_out(made.rules.turnaround)
                assert left.isdisjoint(booked)
                if counting.winner is not None:
                    assert counting.winner.external_id in booked
                elif decision.kind is TOGETHER:
                    assert len({booked.get(one) for one in counting.records()}) == 1


@common
@given(decided_situations())
def test_a_decision_that_counts_nowhere_changes_nothing(made: Situation) -> None:
    void = tuple(replace(one, fingerprint=tuple("elsewhere" for _ in one.slotids)) for one in made.decisions)
    assert make_plan(replace(made, decisions=void)) == make_plan(replace(made, decisions=()))


@common
@given(decided_situations())
def test_other_room_days_are_not_touched(made: Situation) -> None:
    def by_place(one: Situation) -> dict[object, tuple[object, ...]]:
        found = project(one)
        return {
            place: (
                *(x for x in found.bookings if x.place == place),
                *(x for x in found.left_out if x.place == place),
            )
            for place in made.places
        }

    named = {(one.setid, slotid) for one in made.decisions for slotid in one.slotids}
    touched = {one.place for one in made.occurrences if (one.setid, one.slotid) in named}
    after, before = by_place(made), by_place(replace(made, decisions=()))
    assert all(after[place] == before[place] for place in made.places - touched)
