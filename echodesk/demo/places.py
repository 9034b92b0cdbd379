"""The generated rooms: their names, how many they seat, whether they record and how much they are used."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from enum import StrEnum

from echodesk.demo.names import BUILDINGS
from echodesk.timetable.eligibility import AUDIO, VIDEO

RECORDING_ROOMS = 198
OTHER_ROOMS = 6
BUSIEST_USES = 766
BUSIEST_BEFORE_OVERLAPS = 640


class Kind(StrEnum):
    """What a room is for; the value is ROOMS.TYPE."""

    THEATRE = "LT"
    SEMINAR = "SR"
    LABORATORY = "LAB"


@dataclass(frozen=True, slots=True)
class Place:
    """A room. `uses` is how many occurrences a year it is to hold before any overlap is added."""

    room: str
    site: str
    name: str
    kind: Kind
    capacity: int
    features: tuple[str, ...]
    uses: int

    @property
    def records_video(self) -> bool:
        """The room has a camera or can record its screen."""
        return VIDEO in self.features


def places(rng: random.Random) -> tuple[Place, ...]:
    """All rooms, the busiest first, those that cannot record last."""
    numbers: dict[str, int] = {}
    theatres: dict[str, int] = {}
    found = []
    for rank in range(RECORDING_ROOMS + OTHER_ROOMS):
        site, _, _ = BUILDINGS[(rank * 7) % len(BUILDINGS)]
        kind = _kind(rng, rank)
        numbers[site] = numbers.get(site, 100) + rng.randint(1, 6)
        room, name = (
            f"{site}-{numbers[site]}",
            f"{'Laboratory' if kind is Kind.LABORATORY else 'Room'} {numbers[site]}",
        )
        if kind is Kind.THEATRE:
            theatres[site] = theatres.get(site, 0) + 1
            # Codes with spaces are as common as codes without.
            room, name = f"{site} LT{theatres[site]}", f"Lecture Theatre {theatres[site]}"
        elif rank % 60 == 50:
            # A double room is one room under its full name.
            room, name = f"{room}/{numbers[site] + 1}", f"Rooms {numbers[site]} and {numbers[site] + 1}"
            numbers[site] += 1
        found.append(Place(room, site, name, kind, _capacity(rng, kind, rank), _features(rank), _uses(rng, rank)))
    return tuple(found)


def _kind(rng: random.Random, rank: int) -> Kind:
    if rank < 40:
        return Kind.THEATRE
    return rng.choices((Kind.THEATRE, Kind.SEMINAR, Kind.LABORATORY), (10, 70, 20))[0]


def _capacity(rng: random.Random, kind: Kind, rank: int) -> int:
    if kind is Kind.THEATRE:
        return max(90, 450 - 8 * rank) + 10 * rng.randint(0, 4)
    return rng.randint(16, 60)


def _features(rank: int) -> tuple[str, ...]:
    if rank >= RECORDING_ROOMS:
        return ()
    if rank >= 60 and rank % 7 == 0:
        return (AUDIO,)
    return (AUDIO, VIDEO) if rank % 3 else (VIDEO,)


def _uses(rng: random.Random, rank: int) -> int:
    if rank == 0:
        return BUSIEST_BEFORE_OVERLAPS
    if rank >= RECORDING_ROOMS:
        return 0
    # A few theatres carry much of the year; most rooms are used a few times a week.
    return round((480 * math.exp(-rank / 38) + 22) * rng.uniform(0.9, 1.1))
