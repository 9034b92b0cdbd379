"""Several calls for one request: what the first of them did is known, whatever keeps the others from going out."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from echodesk import messages
from echodesk.planning.batches import BatchState
from echodesk.simulator.switches import Switches
from echodesk.simulator.wire import SimRequest
from tests.worker.planned import applied, begin, ended, made, no_triggers, undo_of
from tests.worker.values import external, place_of
from tests.worker.world import World

Worlds = Callable[..., World]
ROOM = messages.Pause("exams", "ann", messages.Scope(room="R1"))


def held(w: World, how: str, edit: Callable[[], object], method: str = "PUT") -> None:
    """The first call of this method to schedules that an edit leads to is the last that goes out: its room is
    paused, or the worker is asked to stop, while it is on the wire."""
    reached: list[SimRequest] = []

    def on_sent(request: SimRequest) -> None:
        if request.method == method and "/schedules" in request.path and not reached:
            reached.append(request)
            if how == "pause":
                w.loop.create_task(w.engine.command(ROOM))
            else:
                w.engine.request_stop()

    w.wire.on_sent = on_sent
    edit()
    w.until(lambda: bool(reached))
    if how == "pause":
        w.pass_time(5.0)
    else:
        w.stop()


def go_on(w: World, how: str) -> None:
    if how == "pause":
        w.resume()
    else:
        w.start()


@pytest.mark.parametrize("how", ["pause", "stop"])
@pytest.mark.parametrize("meanwhile", ["put back", "nothing", "changed"])
def test_a_hand_over_that_is_held_half_way_leaves_nothing_wrong(world: Worlds, how: str, meanwhile: str) -> None:
    """Echo360 keeps the old id: it holds the new carrier's words under it until the schedule is made anew."""
    w = world(switches=Switches(put_external_id="keeps"))
    w.lesson(1)
    w.lesson(2)
    w.settle()
    held(w, how, lambda: w.cancel(1))
    assert w.schedules()[external(1)].sections == ("M2_LC01",)
    if meanwhile == "put back":
        w.lesson(1)
    elif meanwhile == "changed":
        w.change(2, lecturer="P2")
    go_on(w, how)
    w.settle()
    w.assert_equal()


def test_what_exists_elsewhere_is_known_although_its_change_was_held(world: Worlds) -> None:
    """The mirror had forgotten it; it was read, and before it could be moved the room was paused."""
    w = world()
    w.lesson(1, room="R2")
    w.settle()
    w.sql("DELETE FROM STT_ECHO_MIRROR")
    held(w, "pause", lambda: w.change(1, room="R1"), "GET")
    assert place_of(w.schedules()[external(1)])[0] == "R2"
    w.cancel(1)
    go_on(w, "pause")
    w.settle()
    assert w.schedules() == {}


def test_an_undo_that_is_held_half_way_through_a_hand_over_goes_on_with_it(world: Worlds) -> None:
    w = world(switches=Switches(put_external_id="keeps"))
    w.lesson(1)
    w.lesson(2)
    w.settle()
    before = w.schedules()
    no_triggers(w)
    w.cancel(1)
    number = made(w)
    assert applied(w, number).state is BatchState.DONE
    assert set(w.schedules()) == {external(2)}
    back = undo_of(w, number)
    held(w, "stop", lambda: begin(w, back))
    assert set(w.schedules()) == {external(2)}
    go_on(w, "stop")
    assert ended(w, back).state is BatchState.DONE
    assert w.schedules() == before
