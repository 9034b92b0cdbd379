"""The number of requests against a search over everything the target could be asked (decisions "The planner")."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Sequence
from dataclasses import replace

from echodesk.planning.plan import make_plan
from echodesk.planning.values import Interval, RoomDay, Situation, Standing
from tests.planning.builders import content, day, external_id, lesson, situation
from tests.planning.target import StrictTarget, run

Seat = tuple[RoomDay, Interval]
State = tuple[Seat | None, ...]

PLACES = (day("LT1"), day("LT1"), day("LT2"))
STARTS = (540, 570, 600, 630)


def differing(one: State, other: State) -> int:
    return sum(a != b for a, b in zip(one, other, strict=True))


def is_free(state: State, who: int, seat: Seat) -> bool:
    return not any(
        other is not None and number != who and other[0] == seat[0] and other[1].overlaps(seat[1])
        for number, other in enumerate(state)
    )


def can_be_done_within(start: State, end: State, requests: int, parking: list[Seat]) -> bool:
    """True if some way of making, changing and removing, parking included, needs at most `requests`."""
    seats = [
        {one for one in (present, target, *parking) if one} for present, target in zip(start, end, strict=True)
    ]
    seen, queue = {start}, deque([(start, 0)])
    while queue:
        state, steps = queue.popleft()
        if state == end:
            return True
        for who, present in enumerate(state):
            options: list[Seat | None] = [one for one in seats[who] if one != present and is_free(state, who, one)]
            options += [None] if present else []
            for seat in options:
                following = (*state[:who], seat, *state[who + 1 :])
                # Each schedule that still differs needs one request more at least.
                if following not in seen and steps + 1 + differing(following, end) <= requests:
                    seen.add(following)
                    queue.append((following, steps + 1))
    return False


def any_seat(chance: random.Random) -> Seat:
    start = chance.choice(STARTS)
    return chance.choice(PLACES), Interval(start, start + chance.choice([30, 30, 60]))


def seating(chance: random.Random, people: int) -> State:
    state: State = (None,) * people
    for who in range(people):
        seat = any_seat(chance)
        if is_free(state, who, seat):
            state = (*state[:who], seat, *state[who + 1 :])
    return state


def situation_between(start: State, end: State) -> Situation:
    return replace(
        situation(
            [
                replace(lesson(number, "9-10"), place=seat[0], time=seat[1])
                for number, seat in enumerate(end)
                if seat is not None
            ],
            [
                Standing(f"e{number}", external_id(number), True, seat[0], seat[1], content(str(number)))
                for number, seat in enumerate(start)
                if seat is not None
            ],
        ),
        places=frozenset(PLACES),
    )


def fewest_requests(chance: random.Random) -> None:
    """Two to six movers: no way needs fewer requests than the plan, and every request of it is allowed."""
    start = seating(chance, chance.randint(2, 6))
    end: State = start
    if chance.random() < 0.5:
        mixed = list(start)
        chance.shuffle(mixed)
        end = tuple(mixed)
    else:
        end = seating(chance, len(start))
    parking = [any_seat(chance), any_seat(chance), (day("LT2"), Interval(900, 930))]
    no_way_needs_fewer(start, end, parking)


def no_way_needs_fewer(start: State, end: State, parking: list[Seat]) -> None:
    """The plan between these two is allowed, and no way with one request less, not even over these seats."""
    asked = situation_between(start, end)
    plan = make_plan(asked)
    target = StrictTarget(asked.standing, asked.now)
    assert len(run(target, plan.requests)) == len(plan.requests)
    if plan.requests:
        fewer = len(plan.requests) - 1
        assert not can_be_done_within(start, end, fewer, parking), f"{fewer} requests are enough: {start} to {end}"


def seatings(seats: Sequence[Seat], people: int) -> list[State]:
    """Every way in which so many stand, each in one of these seats or nowhere, and no two in each other's way."""
    found: list[State] = [()]
    for _ in range(people):
        found = [
            (*state, seat)
            for state in found
            for seat in (None, *seats)
            if seat is None or is_free(state, -1, seat)
        ]
    return found
