"""What others booked is given back as it was, whatever comes between writing over it and putting it back."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from echodesk.batches import CancelPlan
from echodesk.planning.batches import StepState
from echodesk.simulator.switches import Switches
from echodesk.simulator.wire import SimRequest, SimResponse
from tests.worker.by_hand import ByHand
from tests.worker.planned import begin, made, steps
from tests.worker.test_handing_over import go_on
from tests.worker.test_handing_over import held as held_back
from tests.worker.test_plans_adopting import booked_by_others, held
from tests.worker.world import Died, World

Worlds = Callable[..., World]
LONG_ENOUGH_S = 90.0
"""L has passed, its rooms were listed, and it was looked for what is owed."""


@pytest.fixture
def w(world: Worlds) -> World:
    """Somebody booked what lesson 1 needs, and Echo360 keeps external ids."""
    made_world = world(switches=Switches(put_external_id="keeps"))
    booked_by_others(made_world)
    return made_world


def killed_once_written(w: World, number: int) -> None:
    """The worker dies when the first schedule of others was written over."""

    def on_answered(request: SimRequest, response: SimResponse | None) -> None:
        if request.method == "PUT":
            w.life.over = True

    w.wire.on_answered = on_answered
    begin(w, number)
    with pytest.raises(Died):
        w.pass_time(5.0)
    w.wire.on_answered = lambda request, response: None


@pytest.mark.parametrize("how", ["pause", "stop"])
@pytest.mark.parametrize("edited", [False, True])
def test_a_pause_or_a_stop_comes_between(w: World, how: str, *, edited: bool) -> None:
    before = held(w)
    number = made(w, adopt=True)
    held_back(w, how, lambda: begin(w, number))
    assert held(w) != before
    if edited:
        w.change(1, lecturer="P2")
    go_on(w, how)
    w.pass_time(LONG_ENOUGH_S)
    w.settle()
    assert held(w) == before
    assert StepState.OPEN not in steps(w, number)


@pytest.mark.parametrize("meanwhile", ["nothing", "edited", "cancelled"])
def test_a_kill_comes_between(w: World, meanwhile: str) -> None:
    before = held(w)
    number = made(w, adopt=True)
    killed_once_written(w, number)
    assert held(w) != before
    if meanwhile == "edited":
        w.change(1, lecturer="P2")
    w.restart()
    if meanwhile == "cancelled":
        w.ask(CancelPlan("ann", number))
    w.pass_time(LONG_ENOUGH_S)
    w.settle()
    assert held(w) == before


def test_what_its_owner_changed_meanwhile_is_left_alone(world: Worlds) -> None:
    w = world(switches=Switches(put_external_id="keeps"))
    booked_by_others(w, named=True)
    before = held(w)
    number = made(w, adopt=True)
    held_back(w, "stop", lambda: begin(w, number))
    assert held(w) != before
    ByHand(w).rename("old-2", "Guest lecture")
    go_on(w, "stop")
    w.pass_time(LONG_ENOUGH_S)
    w.settle()
    assert {one.name for one in w.institution.state.bookings} >= {"Guest lecture", "Computing week 3"}
