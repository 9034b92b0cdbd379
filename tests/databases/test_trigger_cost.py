"""The triggers stay cheap: at most 0.3 ms more for each row of an update."""

from __future__ import annotations

from pathlib import Path

from tests.databases.trigger_cost import GOAL_MS_PER_ROW, measure


def test_an_update_of_a_thousand_rows(tmp_path: Path) -> None:
    cost = measure(tmp_path)
    assert cost.ms_more_per_row <= GOAL_MS_PER_ROW, f"{cost.ms_more_per_row:.3f} ms more per row"
