"""The cheap benchmarks run, and the command tells their figures; how large they are is no matter of a test."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.databases.postgres import absent

ROOT = Path(__file__).resolve().parents[2]

FIGURES = {
    "triggers": ["triggers", *([] if absent() else ["triggers_postgresql_eligible", "triggers_postgresql_other"])],
    "planner": ["planner"],
    "overlaps": ["overlaps", "overlaps_speed"],
    "room_day": ["room_day"],
    "calls": ["calls_quiet_edit", "calls_listings", "calls_while_paused"],
}


@pytest.mark.parametrize("name", FIGURES)
def test_a_quick_run_tells_figures_with_a_baseline_of_the_same_run(name: str) -> None:
    found = figures(name)
    assert [row["name"] for row in found] == FIGURES[name]
    assert all(row["quick"] is True and isinstance(row["value"], float) for row in found)
    assert all(isinstance(row["baseline_value"], float) and row["baseline"] for row in found)


def test_calls_are_counted_exactly_even_when_quick() -> None:
    assert {row["name"]: (row["value"], row["met"]) for row in figures("calls")} == {
        "calls_quiet_edit": (1.0, True),
        "calls_listings": (0.0, True),
        "calls_while_paused": (1.0, True),
    }


def figures(name: str) -> list[dict[str, object]]:
    """What the command prints, run as a person would."""
    command = [sys.executable, "-m", "tests.benchmarks", name, "--quick", "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    found: list[dict[str, object]] = json.loads(done.stdout)
    return found
