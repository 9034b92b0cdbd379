"""The plan of one room-day of 20 lessons: what every edit costs before anything is sent."""

from __future__ import annotations

from pathlib import Path

from echodesk.planning.plan import make_plan
from echodesk.planning.values import Situation
from tests.benchmarks.figures import Figure, at_most
from tests.benchmarks.lessons import situation
from tests.benchmarks.timing import in_turns

LESSONS = 20


def measure(folder: Path, *, quick: bool = False) -> list[Figure]:
    """The baseline only looks for overlaps, each lesson against each other one."""
    day = situation(LESSONS, days=1, rooms=1)
    assert make_plan(day).requests
    rounds, repeat = (3, 20) if quick else (15, 200)
    taken = in_turns(lambda: make_plan(day), lambda: overlapping(day), rounds, repeat)
    return [
        Figure(
            "room_day",
            taken.ours_s * 1000,
            "ms",
            "every pair of the 20 lessons compared",
            taken.baseline_s * 1000,
            at_most(1.0),
        )
    ]


def overlapping(day: Situation) -> int:
    """How many pairs of lessons overlap."""
    lessons = day.occurrences
    return sum(one.time.overlaps(other.time) for at, one in enumerate(lessons) for other in lessons[at + 1 :])
