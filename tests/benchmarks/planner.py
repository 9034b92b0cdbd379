"""The plan of a whole year: 100,000 lessons against 100,000 schedules."""

from __future__ import annotations

from pathlib import Path

from echodesk.planning.plan import make_plan
from echodesk.planning.values import Situation
from tests.benchmarks.figures import Figure, at_most
from tests.benchmarks.lessons import situation
from tests.benchmarks.timing import in_turns


def measure(folder: Path, *, quick: bool = False) -> list[Figure]:
    """The baseline compares the two lists by external id and decides nothing: no planner can be cheaper."""
    year = situation(2_000, days=4) if quick else situation(100_000, days=200)
    requests = len(make_plan(year).requests)
    assert requests > len(year.occurrences) // 10, f"only {requests} requests"
    taken = in_turns(lambda: make_plan(year), lambda: compared(year), rounds=1 if quick else 5)
    return [
        Figure(
            "planner",
            taken.ours_s,
            "s",
            "comparing the two lists by external id",
            taken.baseline_s,
            at_most(3.0),
        )
    ]


def compared(year: Situation) -> int:
    """How many lessons have no schedule that is the same in place, time and content."""
    stands = {one.external_id: (one.place, one.time, one.content) for one in year.standing}
    return sum(stands.get(one.external_id) != (one.place, one.time, one.content) for one in year.occurrences)
