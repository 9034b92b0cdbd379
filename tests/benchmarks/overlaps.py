"""Overlaps of 100,000 intervals by room and day, against the `intervaltree` package on the same input."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from intervaltree import IntervalTree  # type: ignore[import-untyped]  # the package ships no types

from echodesk.planning.overlap import overlaps_by_day
from echodesk.planning.values import Interval, RoomDay
from tests.benchmarks.figures import Figure, Of, at_least, at_most
from tests.benchmarks.lessons import situation
from tests.benchmarks.timing import in_turns

Item = tuple[RoomDay, Interval]
Pair = tuple[int, int]


def measure(folder: Path, *, quick: bool = False) -> list[Figure]:
    """How long it takes, and how many times faster it is than the package. Both must find the same pairs."""
    lessons = situation(2_000, days=4) if quick else situation(100_000, days=200)
    items = [(one.place, one.time) for one in lessons.occurrences]
    assert set(overlaps_by_day(items)) == set(by_trees(items))
    taken = in_turns(lambda: overlaps_by_day(items), lambda: by_trees(items), rounds=1 if quick else 5)
    baseline = "intervaltree package, one tree for each room-day"
    return [
        Figure("overlaps", taken.ours_s * 1000, "ms", baseline, taken.baseline_s * 1000, at_most(500.0)),
        Figure(
            "overlaps_speed",
            len(items) / taken.ours_s,
            "intervals/s",
            baseline,
            len(items) / taken.baseline_s,
            at_least(5.0, Of.RATIO),
        ),
    ]


def by_trees(items: list[Item]) -> list[Pair]:
    """Index pairs (smaller first) of all that overlap in the same room-day."""
    days: dict[RoomDay, list[tuple[int, int, int]]] = defaultdict(list)
    for index, (place, time) in enumerate(items):
        days[place].append((time.start, time.end, index))
    pairs: list[Pair] = []
    for rows in days.values():
        tree = IntervalTree.from_tuples(rows)
        for start, end, index in rows:
            pairs += [(index, other.data) for other in tree.overlap(start, end) if other.data > index]
    return pairs
