"""What any worker answers about plans, whether it leads or not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from echodesk.batches import Compare, ListPlans, PlanDetail, PlanList, SavePlan, ShowPlan
from echodesk.errors import NothingDone
from echodesk.messages import CommandDone
from tests.worker.guarded import fill
from tests.worker.planned import made, spoil
from tests.worker.world import World


@pytest.fixture
def w(world: Callable[..., World]) -> World:
    """Two hundred bookings ahead; a few of them spoiled."""
    made_world = world()
    fill(made_world)
    spoil(made_world)
    return made_world


def test_plans_are_listed_and_shown(w: World) -> None:
    number = made(w)
    later = w.ask(Compare("ann")).number
    found = w.run(w.engine.command(ListPlans(later)))
    assert isinstance(found, PlanList)
    assert ([one.key for one in found.plans], found.more) == ([number], False)
    shown = w.run(w.engine.command(ShowPlan(number)))
    assert isinstance(shown, PlanDetail)
    assert [row.action for row in shown.steps].count("POST") == 3
    (changed,) = (row for row in shown.steps if row.changes)
    assert changed.changes[0][:2] == ("title", "Staff meeting")
    assert w.run(w.engine.command(ShowPlan(99))) == CommandDone("There is no such plan.")


def test_a_worker_without_a_window_writes_no_files(w: World, tmp_path: Path) -> None:
    path = tmp_path / "plan.csv"
    with pytest.raises(NothingDone, match="This EchoDesk writes no files"):
        w.run(w.engine.command(SavePlan(made(w), str(path))))
    assert not path.exists()
