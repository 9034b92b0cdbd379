"""Lessons that change places with each other, within a day and within a week: no request of a plan is refused, and
how often the search for the fewest that step aside was cut off."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path
from unittest import mock

from echodesk.planning import order
from echodesk.planning.knots import Breakers, smallest_breakers
from echodesk.planning.plan import make_plan
from echodesk.planning.values import Occurrence, RoomDay, Situation, Standing
from tests.benchmarks.figures import Figure, at_most
from tests.planning.builders import BEFORE_TERM, day, lesson, situation
from tests.planning.target import RefusedRequest, StrictTarget

ROOMS = 6
HOURS = range(9, 18)
FILLED = 0.75
ONE_IN = 10
"""One permutation in so many is of a whole week."""
Seat = tuple[RoomDay, int]


def measure(folder: Path, *, quick: bool = False) -> list[Figure]:
    """10,000 permutations, one in ten over five days."""
    count = 100 if quick else 10_000
    knots: list[Breakers] = []

    def counted(
        graph: Mapping[int, Iterable[int]], ranked: Sequence[int], keep: AbstractSet[int] = frozenset()
    ) -> Breakers:
        found = smallest_breakers(graph, ranked, keep)
        knots.append(found)
        return found

    refused = requests = differing = more = 0
    with mock.patch.object(order, "smallest_breakers", counted):
        for number in range(count):
            chance = random.Random(number)
            one = _permutation(chance, 5 if number % ONE_IN == 0 else 1)
            knots_before = len(knots)
            plan = make_plan(one)
            target = StrictTarget(one.standing, one.now)
            try:
                for request in plan.requests:
                    target.apply(request)
            except RefusedRequest:
                refused += 1
            requests += len(plan.requests)
            differing += (changes := _differing(one))
            asides = sum(len(found.chosen) for found in knots[knots_before:])
            more += len(plan.requests) > changes + asides
    cut = sum(not found.exact for found in knots)
    return [
        Figure(
            "permutations_refused", float(refused), "plans with a refusal", "plans", float(count), at_most(0.0)
        ),
        Figure(
            "permutations_more",
            float(more),
            "plans with more calls than lessons that differ or step aside",
            "plans",
            float(count),
            at_most(0.0),
        ),
        Figure("permutations_extra", requests / differing, "requests per lesson that differs", "one", 1.0, None),
        Figure(
            "permutations_cut",
            cut / max(1, len(knots)),
            "of the searches cut off",
            "searches",
            float(len(knots)),
            at_most(0.01),
        ),
    ]


def _permutation(chance: random.Random, days: int) -> Situation:
    """The same lessons, of one or two hours, packed into the same rooms and days twice."""
    free = days * ROOMS * len(HOURS) * FILLED
    lengths: list[int] = []
    while sum(lengths) < free:
        lengths.append(chance.choice((1, 1, 2)))
    before, after = _packed(chance, lengths, days), _packed(chance, lengths, days)
    lessons: list[Occurrence] = []
    stands: list[Standing] = []
    for slot, length in enumerate(lengths, start=1):
        if slot not in before or slot not in after:
            continue
        lessons.append(_lesson(slot, length, after[slot]))
        was = _lesson(slot, length, before[slot])
        stands.append(Standing(f"e{slot}", was.external_id, True, was.place, was.time, was.content))
    return situation(lessons, stands, now=BEFORE_TERM)


def _packed(chance: random.Random, lengths: list[int], days: int) -> dict[int, Seat]:
    """Where each lesson is; one for which no gap is left is nowhere."""
    taken: set[Seat] = set()
    found: dict[int, Seat] = {}
    places = [day(f"R{room}", offset) for room in range(ROOMS) for offset in range(days)]
    for slot in chance.sample(range(1, len(lengths) + 1), len(lengths)):
        length = lengths[slot - 1]
        seats = [
            (place, hour)
            for place in places
            for hour in HOURS
            if hour + length <= HOURS.stop and all((place, hour + one) not in taken for one in range(length))
        ]
        if seats:
            place, hour = found[slot] = chance.choice(seats)
            taken.update((place, hour + one) for one in range(length))
    return found


def _lesson(slot: int, length: int, seat: Seat) -> Occurrence:
    place, hour = seat
    return lesson(slot, f"{hour}-{hour + length}", place)


def _differing(one: Situation) -> int:
    stands = {standing.external_id: (standing.place, standing.time) for standing in one.standing}
    return sum(stands[wanted.external_id] != (wanted.place, wanted.time) for wanted in one.occurrences)
