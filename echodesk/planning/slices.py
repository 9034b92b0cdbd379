"""A large situation planned piece by piece, so that whoever carries the plans out can do other things in between.

Nothing that moves between two room-days is ever cut in two, so the slices together ask for exactly what one plan
of the whole would ask for, and each can be carried out by itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace

from echodesk.planning.closures import split
from echodesk.planning.plan import make_plan
from echodesk.planning.values import Plan, RoomDay, Situation

SLICE_LESSONS = 1_000
"""About 20 ms of planning."""


def plan_in_slices(situation: Situation, lessons: int = SLICE_LESSONS) -> Iterator[Plan]:
    """Plans of at least `lessons` lessons and schedules each (but for the last), the earliest room-days first.

    A slice holds whole closures: a group of room-days that moves connect is never divided, however large.
    """
    pieces = _pieces(situation)
    gathered: list[frozenset[RoomDay]] = []
    size = 0
    for closure in split(situation.places, _links(situation)):
        if closure.isdisjoint(situation.places):
            continue
        gathered.append(closure)
        size += sum(len(pieces[place]) for place in closure if place in pieces)
        if size >= lessons:
            yield make_plan(_slice(situation, gathered, pieces))
            gathered, size = [], 0
    if gathered:
        yield make_plan(_slice(situation, gathered, pieces))


_Piece = tuple[int, int]
"""(0 occurrence, 1 unfit, 2 standing; its index)."""


def _pieces(situation: Situation) -> dict[RoomDay, list[_Piece]]:
    pieces: defaultdict[RoomDay, list[_Piece]] = defaultdict(list)
    for index, occurrence in enumerate(situation.occurrences):
        pieces[occurrence.place].append((0, index))
    for index, unfit in enumerate(situation.unfit):
        pieces[unfit.place].append((1, index))
    for index, standing in enumerate(situation.standing):
        pieces[standing.place].append((2, index))
    return dict(pieces)


def _links(situation: Situation) -> Iterable[tuple[RoomDay, RoomDay]]:
    """One external id binds every room-day where it is wanted or stands."""
    first: dict[str, RoomDay] = {}
    for occurrence in situation.occurrences:
        if first.setdefault(occurrence.external_id, occurrence.place) != occurrence.place:
            yield first[occurrence.external_id], occurrence.place
    for standing in situation.standing:
        if not standing.ours or standing.external_id is None:
            continue
        if first.setdefault(standing.external_id, standing.place) != standing.place:
            yield first[standing.external_id], standing.place


def _slice(
    situation: Situation, closures: Iterable[frozenset[RoomDay]], pieces: dict[RoomDay, list[_Piece]]
) -> Situation:
    places: frozenset[RoomDay] = frozenset().union(*closures)
    of_kind: tuple[list[int], list[int], list[int]] = ([], [], [])
    for place in places:
        for kind, index in pieces.get(place, ()):
            of_kind[kind].append(index)
    return replace(
        situation,
        # Beyond the room-days of the situation only what has begun counts, which takes its external id with it.
        places=places & situation.places,
        occurrences=tuple(situation.occurrences[index] for index in of_kind[0]),
        unfit=tuple(situation.unfit[index] for index in of_kind[1]),
        standing=tuple(situation.standing[index] for index in of_kind[2]),
    )
