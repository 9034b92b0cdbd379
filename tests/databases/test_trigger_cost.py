"""The triggers stay cheap, for each row of an update."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.databases.trigger_cost import (
    GOAL_MS_PER_ROW,
    POSTGRESQL_MS_PER_ROW,
    POSTGRESQL_OTHER_MS_PER_ROW,
    measure,
    measure_postgresql,
)

pytestmark = pytest.mark.alone


def test_an_update_of_a_thousand_rows(tmp_path: Path) -> None:
    cost = measure(tmp_path)
    assert cost.ms_more_per_row <= GOAL_MS_PER_ROW, f"{cost.ms_more_per_row:.3f} ms more per row"


@pytest.mark.parametrize(
    ("eligible", "goal"),
    [(True, POSTGRESQL_MS_PER_ROW), (False, POSTGRESQL_OTHER_MS_PER_ROW)],
    ids=["eligible", "not eligible"],
)
def test_the_same_on_postgresql(postgres: Path, eligible: bool, goal: float) -> None:
    cost = measure_postgresql(postgres, eligible=eligible)
    assert cost.ms_more_per_row <= goal, f"{cost.ms_more_per_row:.3f} ms more per row"
