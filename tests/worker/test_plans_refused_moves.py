"""A plan moves lessons and Echo360 refuses it for good: their old bookings go, which the plan tells and undoes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from echodesk.batches import CancelPlan
from echodesk.errors import NothingDone
from echodesk.planning.batches import BatchState, StepState
from echodesk.simulator.switches import Switches, changed
from tests.worker.campus import add_module
from tests.worker.guarded import WEEKS, fill
from tests.worker.planned import applied, made, no_triggers, plan, steps, undo_of
from tests.worker.values import external
from tests.worker.world import World


@pytest.fixture
def w(world: Callable[..., World]) -> World:
    """Two hundred bookings, and a module whose name is longer than Echo360 takes."""
    made_world = world(switches=changed(Switches(), {"max_text_length": 100}))
    fill(made_world)
    no_triggers(made_world)
    with made_world.edit() as cmis:
        add_module(cmis, "M99")
    made_world.sql("UPDATE MODULE SET NAME = :name WHERE MODULEID = 'M99'", name="x" * 300)
    return made_world


def answers(w: World, number: int) -> set[str]:
    return {answer for _step, _state, answer in w.look(lambda books: books.batches.steps(number))}


def test_a_step_says_what_becomes_of_the_old_booking_and_taking_the_plan_back_makes_it_again(w: World) -> None:
    before = w.schedules()
    w.change(1, moduleid="M99", weekday=4)
    w.change(2, weekday=4)
    number = made(w)
    applied(w, number)
    w.settle()
    assert steps(w, number) == {StepState.FAILED: len(WEEKS), StepState.DONE: len(WEEKS)}
    assert any(answer.endswith("it would record another lesson.") for answer in answers(w, number))
    assert before.keys() - w.schedules().keys() == {external(1, week) for week in WEEKS}
    assert applied(w, undo_of(w, number)).state is BatchState.DONE
    assert w.schedules() == before


def test_a_plan_of_which_every_move_was_refused_is_taken_back_too(w: World) -> None:
    before = w.schedules()
    for slot in (1, 6, 11, 16):
        w.change(slot, moduleid="M99", weekday=4)
    number = made(w)
    assert applied(w, number).state is BatchState.STOPPED
    w.settle()
    w.ask(CancelPlan("ann", number))
    gone = before.keys() - w.schedules().keys()
    assert len(gone) == 4 * len(WEEKS)
    today = w.clock.campus_now().date().isoformat()
    assert [one.can_undo for one in w.look(lambda books: books.screens.plans(120, today))] == [True]
    assert applied(w, undo_of(w, number)).state is BatchState.DONE
    assert w.schedules() == before


def test_where_only_the_name_was_refused_nothing_was_removed_and_nothing_is_taken_back(w: World) -> None:
    before = w.schedules()
    w.change(1, moduleid="M99")
    number = made(w)
    applied(w, number)
    w.settle()
    assert plan(w, number).state is BatchState.DONE
    assert not any("is removed" in answer for answer in answers(w, number))
    assert w.schedules() == before
    with pytest.raises(NothingDone, match="Nothing of plan 1 was done"):
        undo_of(w, number)
