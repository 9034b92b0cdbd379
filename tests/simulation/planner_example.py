"""One planner example from a seed, for the mutants: is the plan carried out, and is it the shortest?"""

from __future__ import annotations

import random
from dataclasses import replace

from echodesk.planning.plan import make_plan
from echodesk.planning.values import Interval, Standing
from tests.planning.builders import day, lesson, situation
from tests.planning.fewest import State, can_be_done_within, seating, situation_between
from tests.planning.target import RefusedRequest, StrictTarget, run

PARKING = [(day("LT2"), Interval(900, 930))]


def violation(seed: int) -> str:
    """What this example shows to be wrong, '' if nothing."""
    chance = random.Random(seed)
    if seed % 5 == 4:
        return _carrier_leaves(chance)
    start = seating(chance, chance.randint(2, 5))
    mixed = list(start)
    chance.shuffle(mixed)
    end: State = tuple(mixed) if seed % 2 else seating(chance, len(start))
    asked = situation_between(start, end)
    try:
        plan = make_plan(asked)
        target = StrictTarget(asked.standing, asked.now)
        done = run(target, plan.requests)
    except (RefusedRequest, AssertionError) as problem:
        return f"the plan cannot be carried out: {problem}"
    if len(done) < len(plan.requests):
        return "not every request of the plan was ever allowed"
    kept = {one.external_id for one in plan.projection.bookings}
    if len(kept) < sum(seat is not None for seat in end):
        return "a lesson that meets no other was left out"
    if plan.requests and can_be_done_within(start, end, len(plan.requests) - 1, PARKING):
        return f"{len(plan.requests)} requests where fewer are enough"
    return ""


def _carrier_leaves(chance: random.Random) -> str:
    """Two lessons are one lecture, and the one that carries the schedule is taken away."""
    first, second = (
        replace(lesson(number, "9-10"), lecturer="P1", content=replace(lesson(number, "9-10").content, title="T"))
        for number in sorted(chance.sample(range(1, 99), 2))
    )
    both = make_plan(situation([first, second], []))
    if len(both.requests) != 1 or both.requests[0].booking is None:
        return f"{len(both.requests)} requests for one lecture of two lessons"
    booked = both.requests[0].booking
    stands = Standing("e1", booked.external_id, True, booked.place, booked.time, booked.content)
    after = make_plan(situation([second], [stands]))
    if len(after.requests) != 1:
        return f"{len(after.requests)} requests to hand a schedule over"
    return ""
