"""A room without a recorder waits as a whole, is tried once an hour, takes nothing from others (design §4.10)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

from echodesk import messages
from echodesk.worker.engine import Constants
from echodesk.worker.gate import ROOM_WAIT_S
from tests.worker.by_hand import ByHand
from tests.worker.campus import echo360_seed
from tests.worker.values import external
from tests.worker.world import World

Worlds = Callable[..., World]


@pytest.fixture
def w(world: Worlds) -> World:
    """R3 has no recorder; one lesson is recorded in R1."""
    w = world(seed=echo360_seed(closed=("R3",)), calls_per_minute=120)
    w.lesson(1)
    w.settle()
    return w


def test_a_move_into_it_takes_the_old_recording_away_and_makes_room(w: World) -> None:
    with w.edit() as cmis:
        cmis.alter(1, room="R3")
        cmis.add(2)
    w.settle()
    assert {name: one.room for name, one in w.schedules().items()} == {external(2): "R1"}
    assert (w.notifications(1)[-1], w.notifications(2)) == ("FAILED", ["SUCCESS"])
    assert "Device" in w.message(1)


def test_while_it_waits_nothing_is_planned_or_listed_in_vain(w: World) -> None:
    with w.edit() as cmis:
        cmis.alter(1, room="R3")
        cmis.add(2)
    w.settle()
    w.calls()
    before = Counter(w.steps.done)
    w.pass_time(60.0)
    assert w.calls() == {}
    assert (Counter(w.steps.done) - before)["intents"] == 0


def test_a_lesson_in_it_is_tried_once_an_hour_and_comes_when_there_is_a_recorder(world: Worlds) -> None:
    # Hours pass: the worker looks for work less often.
    patient = Constants(idle_s=20.0, lease_ttl_s=600.0, lease_renew_s=100.0)
    w = world(seed=echo360_seed(closed=("R3",)), constants=patient)
    w.lesson(1)
    w.settle()
    w.change(1, room="R3")
    w.settle()
    w.calls()
    w.pass_time(ROOM_WAIT_S + 120.0)
    assert w.calls() == {"POST": 1}
    ByHand(w).recorders()
    w.pass_time(ROOM_WAIT_S + 120.0)
    assert {name: one.room for name, one in w.schedules().items()} == {external(1): "R3"}
    assert w.notifications(1)[-1] == "SUPERSEDED"
    w.assert_equal()


def test_what_stands_in_it_stays_and_leaves_it_when_it_moves(world: Worlds) -> None:
    w = world(seed=echo360_seed(closed=("R3",)))
    ByHand(w).recorders()
    w.lesson(1, room="R3")
    w.settle()
    ByHand(w).recorders("R3")
    w.lesson(2, room="R3", at="15:00-16:00")
    w.settle()
    assert set(w.schedules()) == {external(1)}, "what was booked before is not touched"
    w.change(1, room="R2")
    w.settle()
    assert w.schedules()[external(1)].room == "R2"


def test_staff_have_it_tried_at_once(w: World) -> None:
    w.change(1, room="R3")
    w.settle()
    ByHand(w).recorders()
    w.ask(messages.Refresh("ann", "R3"))
    w.settle()
    assert w.schedules()[external(1)].room == "R3"
    w.assert_equal()
