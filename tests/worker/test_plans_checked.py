"""What the check of a plan finds that its preview could not: nothing is sent without the words it asks for."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from echodesk.batches import Apply, ContinuePlan, StopPlan
from echodesk.planning.batches import BatchState, StepState
from tests.worker.by_hand import ByHand
from tests.worker.guarded import fill
from tests.worker.planned import (
    applied,
    begin,
    ended,
    later,
    lose_many,
    made,
    no_triggers,
    plan,
    spoil_everything,
    steps,
)
from tests.worker.values import external
from tests.worker.world import World

TO_LATE_IN_THE_YEAR_H = (7 * 5 - 1) * 24.0


def cut(w: World, slots: range) -> None:
    """Lessons do not take place in the last week any more, and no trigger saw it."""
    no_triggers(w)
    for slot in slots:
        w.change(slot, weeks=(2, 3, 4, 5))


def test_a_guard_that_came_since_the_preview_asks_for_words(w: World) -> None:
    cut(w, range(1, 9))
    number = made(w)
    assert plan(w, number).guard == ""
    later(w, TO_LATE_IN_THE_YEAR_H)
    before = w.schedules()
    w.ask(Apply("ann", number))
    found = ended(w, number)
    assert (found.state, found.said) == (
        BatchState.READY,
        "It was not sent. Since it was shown, a safety stop came that must be confirmed in writing.",
    )
    assert found.guard == "8 of the 40 bookings ahead would be removed, more than 5 %"
    assert w.schedules() == before
    assert applied(w, number, confirm="remove 8").state is BatchState.DONE
    assert len(before) - len(w.schedules()) == 8


def test_what_was_confirmed_in_writing_is_not_asked_for_again(w: World) -> None:
    lose_many(w, 3)
    number = made(w)
    assert plan(w, number).guard.startswith("15 of the 200 bookings ahead")
    later(w, 9 * 24.0)
    assert applied(w, number).state is BatchState.DONE
    assert steps(w, number)[StepState.OVERTAKEN] == 3


def test_what_was_left_out_calls_for_no_words(w: World) -> None:
    cut(w, range(1, 40, 6))
    number = made(w)
    later(w, TO_LATE_IN_THE_YEAR_H)
    listed = w.look(lambda books: books.batches.steps(number))
    before = w.schedules()
    found = applied(w, number, without=tuple(step.number for step, _state, _answer in listed[2:]))
    assert found.state is BatchState.DONE
    assert len(before) - len(w.schedules()) == 2


def test_the_plan_of_now_and_one_that_is_sent_count_what_is_sent_of_them(w: World) -> None:
    lose_many(w)
    number = made(w)
    listed = [step for step, _state, _answer in w.look(lambda books: books.batches.steps(number))]
    out = tuple(step.number for step in listed if step.piece != listed[-1].piece)
    ByHand(w).remove(external(40))
    assert applied(w, number, without=out).state is BatchState.STALE
    newer = w.look(lambda books: books.batches.newest(1))[0]
    found = w.look(lambda books: books.batches.summary(newer.id))
    going = len(listed) - len(out)
    assert steps(w, newer.id) == {StepState.LEFT_OUT: len(out), StepState.OPEN: going + 1}
    assert (found.counts["removed"], found.counts["made"], found.calls) == (going, 1, going + 1)
    assert newer.guard == "", "5 of 200 are no more than 5 %"
    assert applied(w, newer.id, without=(listed[-1].number + 1,)).state is BatchState.DONE
    found = w.look(lambda books: books.batches.summary(newer.id))
    assert found.calls == steps(w, newer.id)[StepState.DONE]


def test_a_guard_tells_of_what_is_sent_once_something_was_left_out(w: World) -> None:
    lose_many(w, 3)
    number = made(w)
    first = w.look(lambda books: books.batches.steps(number))[0][0]
    assert applied(w, number, without=(first.number,)).state is BatchState.DONE
    assert steps(w, number) == {StepState.DONE: 12, StepState.LEFT_OUT: 3}
    assert plan(w, number).guard == "12 of the 200 bookings ahead would be removed, more than 5 %"
    assert w.look(lambda books: books.batches.summary(number)).counts["removed"] == 12


def test_the_time_left_does_not_count_how_long_it_stood_still(world: Callable[..., World]) -> None:
    w = world(calls_per_minute=120)
    fill(w)
    w.pass_time(120.0)
    number = spoil_everything(w)
    begin(w, number)
    w.until(lambda: steps(w, number).get(StepState.DONE, 0) >= 80, 900.0, 0.2)
    w.ask(StopPlan("ann", number, "lunch"))
    w.pass_time(300.0)
    w.ask(ContinuePlan("ann", number))
    w.pass_time(20.0)
    today = w.clock.campus_now().date().isoformat()
    found = w.look(lambda books: books.screens.plan(number, 120, today))
    assert found is not None
    shown = found.plan
    assert shown.minutes == pytest.approx(shown.count("OPEN") / 120, abs=0.15)
