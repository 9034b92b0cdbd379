"""What the triggers add to an update of TIMETABLE (the measuring itself: `tests/databases/trigger_cost.py`)."""

from __future__ import annotations

from pathlib import Path

from tests.benchmarks.figures import Figure, at_most
from tests.databases.trigger_cost import GOAL_MS_PER_ROW
from tests.databases.trigger_cost import measure as measure_cost


def measure(folder: Path, *, quick: bool = False) -> list[Figure]:
    """The value is what each row takes more; the baseline is what it takes without triggers."""
    cost = measure_cost(folder, rows=100, rounds=3) if quick else measure_cost(folder)
    return [
        Figure(
            "triggers",
            cost.ms_more_per_row,
            "ms more per row",
            "the same update without triggers, ms per row",
            cost.without_triggers_s * 1000 / cost.rows,
            at_most(GOAL_MS_PER_ROW),
        )
    ]
