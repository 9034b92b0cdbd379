"""A plan of which nothing goes on: it says which safety stop or recorder it waits for, and goes on by itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from echodesk.batches import PlanShown
from echodesk.messages import Refresh
from echodesk.planning.batches import BatchState, StepState
from tests.worker.by_hand import ByHand
from tests.worker.campus import day
from tests.worker.guarded import BOOKINGS, WEEKS, fill, mark_everywhere, say_yes, the_stop
from tests.worker.planned import begin, ended, lose_many, made, plan, spread, steps
from tests.worker.values import external
from tests.worker.world import World

LOST = 20
KEPT = 50
"""So many removals go before the brake holds the rest."""


@pytest.fixture
def w(world: Callable[..., World]) -> World:
    """Twenty lessons were lost without an edit; the brake holds what is left of their bookings."""
    made_world = world()
    fill(made_world)
    lose_many(made_world, LOST)
    mark_everywhere(made_world)
    made_world.settle()
    assert the_stop(made_world).bookings == LOST * len(WEEKS) - KEPT
    return made_world


def shown(w: World, number: int) -> PlanShown:
    plans = w.look(lambda books: books.screens.overview(dt.datetime.fromisoformat("2000-01-01"), 120)).plans
    return next(one for one in plans if one.key == number)


def test_it_says_which_stop_it_waits_for_and_goes_on_once_that_is_answered(w: World) -> None:
    ByHand(w).rename(external(40), "Staff meeting")
    number = made(w)
    begin(w, number)
    stop = the_stop(w)
    held = LOST * len(WEEKS) - KEPT
    w.until(lambda: steps(w, number) == {StepState.DONE: 1, StepState.OPEN: held}, 300.0)
    w.calls()
    w.pass_time(60.0)
    assert w.calls() == {}
    assert (plan(w, number).state, shown(w, number).stops) == (BatchState.RUNNING, (stop.key,))
    told = f"the answer to safety stop {stop.key}: {held} bookings would be removed"
    assert shown(w, number).waits_for == told
    say_yes(w, stop)
    assert ended(w, number).state is BatchState.DONE
    assert steps(w, number) == {StepState.DONE: held + 1}
    assert len(w.schedules()) == BOOKINGS - LOST * len(WEEKS)
    assert (shown(w, number).waits_for, shown(w, number).stops) == ("", ())
    w.assert_equal()


def test_it_says_which_room_has_no_recorder_and_goes_on_once_it_has(world: Callable[..., World]) -> None:
    w = world()
    fill(w)
    spread(w, WEEKS)
    number = made(w)
    hand = ByHand(w)
    hand.recorders("R2")
    begin(w, number)
    w.pass_time(60.0)
    assert steps(w, number) == {StepState.DONE: 30, StepState.FAILED: 1, StepState.OPEN: 4}
    assert (plan(w, number).state, shown(w, number).stops) == (BatchState.RUNNING, ())
    assert shown(w, number).waits_for == "a recorder in R2 (tried again every hour)"
    hand.recorders()
    w.ask(Refresh("ann", "R2", day(WEEKS[-1]).isoformat()))
    assert ended(w, number).state is BatchState.DONE
    assert shown(w, number).waits_for == ""
    w.settle()
    w.assert_equal()
