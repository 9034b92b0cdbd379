"""What the triggers add to an update of TIMETABLE (the measuring itself: `tests/databases/trigger_cost.py`)."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.benchmarks.figures import Figure, at_most
from tests.databases.postgres import absent, server
from tests.databases.trigger_cost import (
    GOAL_MS_PER_ROW,
    POSTGRESQL_MS_PER_ROW,
    POSTGRESQL_OTHER_MS_PER_ROW,
    measure_postgresql,
)
from tests.databases.trigger_cost import measure as measure_cost


def measure(folder: Path, *, quick: bool = False) -> list[Figure]:
    """The value is what each row takes more; the baseline is what it takes without triggers."""
    rows, rounds = (100, 3) if quick else (1000, 7)
    cost = measure_cost(folder, rows, rounds)
    figures = [
        Figure(
            "triggers",
            cost.ms_more_per_row,
            "ms more per row",
            "the same update without triggers, ms per row",
            cost.without_triggers_s * 1000 / cost.rows,
            at_most(GOAL_MS_PER_ROW),
        )
    ]
    if absent():
        sys.stderr.write(f"not measured on PostgreSQL: {absent()}\n")
        return figures
    with server() as socket:
        for eligible, goal in ((True, POSTGRESQL_MS_PER_ROW), (False, POSTGRESQL_OTHER_MS_PER_ROW)):
            cost = measure_postgresql(socket, eligible=eligible, rows=rows, rounds=rounds)
            figures.append(
                Figure(
                    f"triggers_postgresql_{'eligible' if eligible else 'other'}",
                    cost.ms_more_per_row,
                    "ms more per row on PostgreSQL",
                    "the same update without triggers, ms per row",
                    cost.without_triggers_s * 1000 / cost.rows,
                    at_most(goal),
                )
            )
    return figures
