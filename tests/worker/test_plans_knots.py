"""Plans in which lessons change places: wherever the process ends, hardly any of them is without a schedule."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from echodesk.batches import Apply, Undo
from echodesk.planning.batches import BatchState, StepState
from echodesk.simulator.wire import json_response
from echodesk.worker.pieces import NOT_MADE_AGAIN
from tests.worker.campus import ROOMS
from tests.worker.planned import applied, ended, made, no_triggers, plan, steps, undo_of
from tests.worker.values import external
from tests.worker.wire import answering
from tests.worker.world import Died, World

Worlds = Callable[..., World]
KNOTS = 8
PAIRS = [(2 * number + 1, 2 * number + 2) for number in range(KNOTS)]
"""Two lessons each of one room and day, at nine and at ten."""
WEEK = 3


@pytest.fixture
def w(world: Worlds) -> World:
    """Everything stands; then each pair changes its times, and no trigger sees it."""
    w = world()
    for number, (first, second) in enumerate(PAIRS):
        where = {"room": ROOMS[number % 4], "weekday": 1 + number // 4, "weeks": (WEEK,)}
        w.lesson(first, at="09:00-10:00", **where)
        w.lesson(second, at="10:00-11:00", **where)
    w.settle()
    no_triggers(w)
    for first, second in PAIRS:
        w.change(first, at="10:00-11:00")
        w.change(second, at="09:00-10:00")
    return w


def without(w: World) -> set[str]:
    """Lessons that have no schedule at this moment."""
    return {external(slot, WEEK) for pair in PAIRS for slot in pair} - w.schedules().keys()


def most_without(w: World, number: int) -> int:
    """The most lessons that were without a schedule at one time, until the plan had come to its end."""
    seen = [0]

    def over() -> bool:
        seen.append(len(without(w)))
        return plan(w, number).state not in (BatchState.CHECKING, BatchState.RUNNING)

    w.until(over, 300.0)
    return max(seen)


def test_lessons_that_change_places_step_aside_one_at_a_time(w: World) -> None:
    number = made(w)
    w.calls()
    w.ask(Apply("ann", number))
    assert most_without(w, number) == 1
    assert plan(w, number).state is BatchState.DONE
    calls = w.calls()
    assert (calls["DELETE"], calls["POST"], calls["PUT"]) == (KNOTS, KNOTS, KNOTS)
    w.assert_equal()

    back = w.ask(Undo("ann", number)).number
    w.until(lambda: plan(w, back).state is not BatchState.COMPARING)
    w.ask(Apply("ann", back))
    assert most_without(w, back) == 1
    assert plan(w, back).state is BatchState.DONE


@pytest.mark.parametrize("nth", range(1, 3 * KNOTS + 1))
def test_killed_between_any_two_calls_one_lesson_at_most_waits_and_is_made_first(w: World, nth: int) -> None:
    number = made(w)
    w.ask(Apply("ann", number))
    begun = writes(w)
    w.until(lambda: writes(w) - begun >= nth)
    w.kill()
    with pytest.raises(Died):
        w.pass_time(0.01)
    torn = without(w)
    assert len(torn) == (0 if nth % 3 == 1 else 1)
    w.restart()
    w.until(lambda: w.heard.state.mine)
    if torn:
        begun, others = writes(w), elsewhere(w, torn)
        w.until(lambda: not without(w))
        assert writes(w) - begun <= 3, "the rest of what was begun, and nothing before it"
        assert elsewhere(w, torn) == others
    assert ended(w, number).state is BatchState.DONE
    assert steps(w, number) == {StepState.DONE: 3 * KNOTS}
    w.assert_equal()


def writes(w: World) -> int:
    """Requests so far that change schedules."""
    return sum(one.method in ("POST", "PUT", "DELETE") and "/schedules" in one.path for one in w.wire.seen)


def elsewhere(w: World, torn: set[str]) -> dict[str, object]:
    """What stands of all but the pair of this lesson."""
    pair = next(pair for pair in PAIRS if torn & {external(slot, WEEK) for slot in pair})
    return {
        name: one for name, one in w.schedules().items() if name not in {external(slot, WEEK) for slot in pair}
    }


def test_what_stands_as_it_was_shown_was_done_by_the_plan_and_is_taken_back(world: Worlds) -> None:
    """The move is refused; who stepped aside for it is made again all the same, where the plan wanted it."""
    w = world()
    w.lesson(1, weekday=1, weeks=(WEEK,), at="09:00-10:00")
    w.lesson(2, weekday=1, weeks=(WEEK,), at="10:00-11:00")
    w.settle()
    no_triggers(w)
    w.change(1, at="10:00-11:00")
    w.change(2, at="09:00-10:00")
    number = made(w)
    w.wire.interfere = answering("PUT", json_response(400, {"error": "Locked", "message": "Locked for exams"}))
    applied(w, number)
    w.pass_time(60.0)
    w.wire.interfere = lambda _request: None
    step, state, _ = w.look(lambda books: books.batches.steps(number))[-1]
    assert step.after is not None
    assert w.schedules()[step.external_id].time == str(step.after.time)
    assert state is StepState.DONE
    assert plan(w, undo_of(w, number)).state is BatchState.READY


LOCKED = answering("PUT", json_response(400, {"error": "Locked", "message": "Locked for exams"}))


def swapped_back(world: Worlds) -> tuple[World, int]:
    """Two lessons changed their times, a plan sent it, and its undo waits for a yes; another lesson moved too."""
    w = world()
    w.lesson(1, weekday=1, weeks=(WEEK,), at="09:00-10:00")
    w.lesson(2, weekday=1, weeks=(WEEK,), at="10:00-11:00")
    w.lesson(9, weekday=2, weeks=(WEEK,), at="10:00-11:00")
    w.settle()
    no_triggers(w)
    w.change(1, at="10:00-11:00")
    w.change(2, at="09:00-10:00")
    w.change(9, at="14:00-15:00")
    number = made(w)
    assert applied(w, number).state is BatchState.DONE
    return w, undo_of(w, number)


@pytest.mark.parametrize("killed", [False, True])
def test_an_undo_that_cannot_change_lessons_back_leaves_none_of_them_without_a_schedule(
    world: Worlds, killed: bool
) -> None:
    w, back = swapped_back(world)
    w.wire.interfere = LOCKED
    w.ask(Apply("ann", back))
    if killed:
        w.until(lambda: StepState.FAILED in steps(w, back))
        w.kill()
        with pytest.raises(Died):
            w.pass_time(0.01)
        w.restart()
    assert ended(w, back).state is BatchState.DONE
    said = {step.why: answer for step, state, answer in w.look(lambda books: books.batches.steps(back)) if answer}
    assert NOT_MADE_AGAIN in said.values()
    w.until(lambda: {external(1, WEEK), external(2, WEEK)} <= w.schedules().keys(), 300.0)
    w.pass_time(1_300.0)
    times = {slot: w.schedules()[external(slot, WEEK)].time for slot in (1, 2)}
    assert times == {1: "10:00-11:00", 2: "09:00-10:00"}, "as the timetable has it"


def test_what_an_undo_did_take_back_stays_under_its_pause(world: Worlds) -> None:
    w, back = swapped_back(world)
    torn = {external(1, WEEK), external(2, WEEK)}
    (nine,) = (one.id for one in w.institution.state.bookings if one.external_id == external(9, WEEK))
    w.wire.interfere = lambda request: None if nine in request.path else LOCKED(request)
    assert applied(w, back).state is BatchState.DONE
    w.wire.interfere = lambda _request: None
    w.pass_time(1_300.0)
    assert torn <= w.schedules().keys()
    assert w.schedules()[external(9, WEEK)].time == "10:00-11:00", "as it was before the plan"
