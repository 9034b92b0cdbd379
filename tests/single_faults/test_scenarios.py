"""The scenarios are what their names say."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import pytest

from tests.single_faults.nineteen import NINETEEN, SOURCE, TARGET
from tests.single_faults.play import university
from tests.single_faults.scenario import Scenario
from tests.single_faults.scenarios import PAIRS, SCENARIOS, scenario
from tests.single_faults.stage import Stage

_LESSONS = "SELECT STARTTIME, FINISHTIME FROM TIMETABLE WHERE ROOMID = :room AND WEEKDAY = :weekday"

States = dict[tuple[str, int], str]
"""`none` or `clash` of a room and weekday; all lessons of these scenarios are in one week."""


@pytest.fixture(scope="module")
def template() -> Iterator[Path]:
    """The small university."""
    with university() as path:
        yield path


@pytest.fixture
def stage(template: Path, tmp_path: Path) -> Iterator[Stage]:
    """A stage whose worker never gets to do anything."""
    made = Stage(template, tmp_path)
    yield made
    made.close()
    made.loop.close()
    made.office.close()


def states(stage: Stage) -> States:
    """Read from the timetable itself, with a definition of a clash of its own."""
    found = {}
    for room, weekday in (SOURCE, TARGET):
        times = [(row[0], row[1]) for row in stage.sql(_LESSONS, room=room, weekday=weekday)]
        meet = any(one[0] < other[1] and other[0] < one[1] for one, other in combinations(times, 2))
        found[room, weekday] = "clash" if meet else "none"
    return found


def timetable(stage: Stage) -> set[str]:
    """Every row as text."""
    return {str(tuple(row)) for row in stage.sql("SELECT * FROM TIMETABLE")}


@pytest.mark.parametrize("one", NINETEEN, ids=lambda one: one.name)
def test_each_of_the_nineteen_is_what_its_name_says(one: Scenario, stage: Stage) -> None:
    one.before(stage)
    before = states(stage)
    one.acts[0].do(stage)
    after = states(stage)
    what, _, rest = one.name.partition(" ")
    first, _, second = rest.partition(" to ")
    assert f"{before[SOURCE]}→{after[SOURCE]}" == first
    if what == "move":
        assert f"{before[TARGET]}→{after[TARGET]}" == second
    else:
        assert before[TARGET] == after[TARGET] == "none"


def test_they_are_nineteen_and_every_scenario_has_a_name_of_its_own() -> None:
    counts = {what: sum(one.name.startswith(what) for one in NINETEEN) for what in ("insert", "delete", "change")}
    assert counts == {"insert": 3, "delete": 3, "change": 4}
    assert sum(one.name.startswith("move") for one in NINETEEN) == 9
    assert len({one.name for one in SCENARIOS}) == len(SCENARIOS) >= 49
    assert len({scenario(name).name for name in PAIRS}) == 6


@pytest.mark.parametrize("one", NINETEEN, ids=lambda one: one.name)
def test_each_of_the_nineteen_touches_one_lesson_only(one: Scenario, stage: Stage) -> None:
    one.before(stage)
    before = timetable(stage)
    one.acts[0].do(stage)
    assert 1 <= len(before ^ timetable(stage)) <= 2
