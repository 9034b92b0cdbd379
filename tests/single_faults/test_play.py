"""A run that ends elsewhere is found, whatever the reason."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from echodesk.simulator.faults import FaultKind
from tests.single_faults.branches import Point
from tests.single_faults.faults import NETWORK, NOT_OF_ONE_CALL, Kind
from tests.single_faults.play import Played, play, university
from tests.single_faults.scenario import Scenario
from tests.single_faults.scenarios import scenario
from tests.single_faults.stage import Stage

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="a run is forked at each of its steps")
STEPS = range(0, 20, 4)
"""All of them before everything is done."""


@pytest.fixture(scope="module")
def template() -> Iterator[Path]:
    """The small university."""
    with university() as path:
        yield path


def played(template: Path, another: Callable[[Stage], None], *kinds: str) -> Played:
    """A lesson that moves to another room, disturbed at some of its steps."""

    def wanted(one: Scenario, point: Point, kind: str) -> bool:
        return point.number in STEPS and kind in kinds

    return play(replace(scenario("move room"), another=another), template, wanted, 2)


def by_the_moment(stage: Stage) -> None:
    """An edit that depends on when it comes: no rule can make these runs equal."""
    stage.change(1, room="R3" if stage.pending().quiet else "R4")


def that_cannot_be_made(stage: Stage) -> None:
    if not stage.pending().quiet:
        raise ValueError("no such lesson")


def that_ends_the_process(stage: Stage) -> None:
    if not stage.pending().quiet:
        os._exit(3)


def test_runs_that_end_elsewhere_are_told_with_what_is_otherwise(template: Path) -> None:
    found = played(template, by_the_moment, Kind.EDIT).differences
    assert {one.kind for one in found} == {"edit"}
    assert len(found) == len(STEPS)
    assert any(told.startswith("ours: missing 1-2-2030-31 R3") for told in found[0].told)
    assert any(told.startswith("ours: unexpected 1-2-2030-31 R4") for told in found[0].told)


@pytest.mark.parametrize(
    ("another", "why"),
    [(that_cannot_be_made, "no such lesson"), (that_ends_the_process, "ended without a word")],
)
def test_a_run_that_does_not_come_to_its_end_is_a_difference(
    template: Path, another: Callable[[Stage], None], why: str
) -> None:
    found = played(template, another, Kind.EDIT).differences
    assert len(found) == len(STEPS)
    assert all(why in " ".join(one.told) for one in found)


def test_every_wanted_disturbance_is_a_run_of_its_own(template: Path) -> None:
    done = played(template, lambda stage: stage.change(1, at="17:00-18:00"), Kind.KILL, Kind.EDIT, Kind.PAUSE)
    assert done.differences == []
    assert {kind: runs for kind, runs in done.runs.items() if kind != "edit at rest"} == {
        "kill": len(STEPS),
        "edit": len(STEPS),
        "staff_pause": len(STEPS),
    }


def test_every_way_in_which_a_call_can_fail_is_played() -> None:
    assert {kind.value for kind in FaultKind} == {one.removeprefix("http:") for one in NETWORK} | {
        *NOT_OF_ONE_CALL
    }


def test_a_worker_is_killed_at_every_pair_of_steps(template: Path) -> None:
    def wanted(one: Scenario, point: Point, kind: str) -> bool:
        return point.number == 12 and kind == Kind.TWICE

    done = play(scenario("move room"), template, wanted, 2)
    assert done.differences == []
    assert done.runs[Kind.TWICE] > 30
