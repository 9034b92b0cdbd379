"""Which clashes are alike: the same modules meet in the same way, whatever the room, the time and the week. What
staff decided about one of them can then be decided about all.

A lesson's part in a clash is its module; where lessons of one module meet each other, its group tells them apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

from echodesk.planning.overlap import conflicts, overlapping_pairs
from echodesk.planning.values import Occurrence

Part = tuple[str, str]
"""(module, group where it is needed to tell lessons apart, else '')."""


class Way(StrEnum):
    """How two lessons of a clash meet."""

    ONE_LECTURE = "one_lecture"
    """The same start and finish, and no two lecturers known: it may be one lecture under several modules."""
    SAME_TIMES = "same_times"
    OVERLAP = "overlap"
    APART = "apart"
    """They meet through others only."""


@dataclass(frozen=True, slots=True)
class Party:
    """A lesson of a clash, and what it is of."""

    lesson: Occurrence
    module: str
    group: str


@dataclass(frozen=True, slots=True)
class Cause:
    """What clashes have in common."""

    setid: str
    parts: tuple[Part, ...]
    """Sorted."""
    ways: tuple[Way, ...]
    """How each pair of them meets, in the order of the pairs."""


def clashes_of(lessons: Sequence[Occurrence], turnaround: int = 0) -> list[tuple[Occurrence, ...]]:
    """The lessons of one room-day that meet each other, directly or through others; two lessons at least."""
    clash_of = {number: {number} for number in range(len(lessons))}
    for one, other in overlapping_pairs([lesson.time for lesson in lessons], turnaround):
        if clash_of[one] is not clash_of[other]:
            clash_of[one] |= clash_of[other]
            for number in clash_of[other]:
                clash_of[number] = clash_of[one]
    return [
        tuple(lessons[number] for number in sorted(clash))
        for first, clash in clash_of.items()
        if len(clash) > 1 and first == min(clash)
    ]


def parts_of(clash: Iterable[Party]) -> dict[Part, Party]:
    """Each lesson by its part in the clash; empty if a part is taken twice, or a lesson is of no known module."""
    clash = list(clash)
    modules = [one.module for one in clash]
    found = {(one.module, one.group if modules.count(one.module) > 1 else ""): one for one in clash}
    return found if len(found) == len(clash) and all(modules) else {}


def cause_of(clash: Iterable[Party], turnaround: int = 0) -> Cause | None:
    """What makes these lessons clash; None where that cannot be compared with others: a part is taken twice, a
    lesson is of no known module, or they are of several years."""
    parts = parts_of(clash)
    years = {one.lesson.setid for one in parts.values()}
    if len(years) != 1:
        return None
    in_order = sorted(parts)
    ways = tuple(
        _way(parts[one].lesson, parts[other].lesson, turnaround) for one, other in combinations(in_order, 2)
    )
    return Cause(years.pop(), tuple(in_order), ways)


def _way(one: Occurrence, other: Occurrence, turnaround: int) -> Way:
    if one.time == other.time:
        known = {one.lecturer, other.lecturer} - {None, ""}
        return Way.ONE_LECTURE if len(known) < 2 else Way.SAME_TIMES
    return Way.OVERLAP if conflicts(one.time, other.time, turnaround) else Way.APART
