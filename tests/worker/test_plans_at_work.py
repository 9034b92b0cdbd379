"""A plan that is being sent: paused by room, and the reference data that many of its steps need."""

from __future__ import annotations

from collections.abc import Callable

from echodesk.planning.batches import BatchState, StepState
from tests.worker.campus import echo360_seed
from tests.worker.guarded import WEEKS, fill
from tests.worker.planned import applied, begin, ended, made, plan, spread, steps
from tests.worker.world import World

Worlds = Callable[..., World]


def test_a_pause_by_room_holds_its_steps_and_no_others(world: Worlds) -> None:
    w = world()
    fill(w)
    before = w.schedules()
    spread(w, WEEKS)
    number = made(w)
    rooms = [step.place.room for step, _state, _answer in w.look(lambda books: books.batches.steps(number))]
    held = rooms.count("R1")
    assert 0 < held < len(rooms)
    begin(w, number)
    w.until(lambda: plan(w, number).state is BatchState.RUNNING)
    w.pause(room="R1")
    standing = {name for name, one in w.schedules().items() if one.room == "R1"}
    w.pass_time(60.0)
    assert plan(w, number).state is BatchState.RUNNING
    found = steps(w, number)
    assert found[StepState.OPEN] > 0
    assert found[StepState.OPEN] + found[StepState.DONE] == len(rooms)
    assert {name for name, one in w.schedules().items() if one.room == "R1"} == standing
    assert {name: one for name, one in w.schedules().items() if one.room != "R1"} == {
        name: one for name, one in before.items() if one.room != "R1"
    }
    w.resume()
    assert ended(w, number).state is BatchState.DONE
    assert w.schedules() == before


def test_what_many_steps_need_is_made_once(world: Worlds) -> None:
    """A new year: Echo360 has neither its term nor a section of it."""
    w = world(seed=echo360_seed(sections=False))
    with w.edit() as cmis:
        for slot in range(1, 7):
            cmis.add(slot, room=f"R{slot % 3 + 1}", weekday=slot % 5 + 1, weeks=WEEKS, module="M3")
        cmis.conn.exec_driver_sql("DELETE FROM STT_ECHO_QUEUE")
    w.settle()
    w.calls()
    number = made(w)
    assert steps(w, number) == {StepState.OPEN: 30}
    seen = len(w.wire.seen)
    assert applied(w, number).state is BatchState.DONE
    posted = [one.path.rsplit("/", 1)[-1] for one in w.wire.seen[seen:] if one.method == "POST"]
    assert posted.count("sections") == 1
    assert posted.count("courses") <= 1
    # One of each connection meets what is missing before it is there.
    assert posted.count("schedules") <= 30 + 8
    assert len(w.schedules()) == 30
    w.assert_equal()
