"""Slices ask for exactly what one plan of the whole asks for, and each can be carried out by itself."""

from __future__ import annotations

from collections import Counter

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from echodesk.planning.plan import make_plan
from echodesk.planning.slices import plan_in_slices
from echodesk.planning.values import Booking, Method, Plan, Request, Situation, Standing
from tests.planning.promises import assert_holds, target_for
from tests.planning.situations import situations

_Asked = tuple[Method, Booking | None, Standing | None]


def asked(plan: Plan) -> Counter[_Asked]:
    def one(request: Request) -> _Asked:
        return request.method, request.booking, request.standing

    return Counter(map(one, plan.requests))


common = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@common
@given(situations(), st.integers(1, 9))
def test_the_slices_are_the_whole(situation: Situation, lessons: int) -> None:
    whole = make_plan(situation)
    slices = list(plan_in_slices(situation, lessons))
    assert sum((asked(plan) for plan in slices), Counter()) == asked(whole)
    assert {place for plan in slices for place in plan.places} == set(whole.places)
    assert sum(len(plan.places) for plan in slices) == len(whole.places)
    assert Counter(one for plan in slices for one in plan.projection.bookings) == Counter(
        whole.projection.bookings
    )
    left = {one.external_id: one for plan in slices for one in plan.projection.left_out}
    assert left == {one.external_id: one for one in whole.projection.left_out}


@common
@given(situations(), st.integers(1, 9))
def test_slices_are_carried_out_one_after_another_without_a_refusal(situation: Situation, lessons: int) -> None:
    target = target_for(situation)
    for plan in plan_in_slices(situation, lessons):
        for request in plan.requests:
            target.apply(request)
    assert_holds(target, make_plan(situation), situation)


@settings(max_examples=25, deadline=None)
@given(situations())
def test_a_large_enough_slice_is_one_plan(situation: Situation) -> None:
    assert [asked(plan) for plan in plan_in_slices(situation, 10_000)] == [asked(make_plan(situation))]
