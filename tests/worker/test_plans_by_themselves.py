"""Comparisons that come at their time, and years that a plan switches on."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from echodesk import messages
from echodesk.batches import CancelPlan, Compare, StopPlan, Undo
from echodesk.errors import NothingDone, WrongUse
from echodesk.planning.batches import BatchRecord, BatchState, StepState
from echodesk.simulator.faults import FaultKind
from echodesk.simulator.wire import json_response
from tests.worker.by_hand import ByHand
from tests.worker.campus import OTHER_SETID, SETID, day, fill_year
from tests.worker.guarded import BOOKINGS, HOURS, WEEKS, stops
from tests.worker.planned import (
    applied,
    begin,
    lose_many,
    made,
    no_triggers,
    plan,
    spoil,
    spread,
    steps,
    undo_of,
)
from tests.worker.values import external
from tests.worker.wire import answering
from tests.worker.world import World

Worlds = Callable[..., World]


def at_night(w: World, **settings: str) -> None:
    """Everything is compared at three; nobody asks for it."""
    for name, value in {"compare_at": "03:00", **settings}.items():
        w.ask(messages.ChangeSetting("ann", name, value))


def newest(w: World) -> BatchRecord | None:
    found = w.look(lambda books: books.batches.newest(1))
    return found[0] if found else None


def until_three(w: World) -> None:
    """The night passes at once; the worker wakes soon after three."""
    w.loop.forward(20 * 3_600.0)
    w.pass_time(120.0)


def test_at_its_time_everything_is_compared_and_repaired(w: World) -> None:
    at_night(w)
    spoil(w)
    until_three(w)
    found = newest(w)
    assert found is not None
    assert (found.state, found.by) == (BatchState.DONE, f"the comparison of {day(1, 2).isoformat()}")
    w.assert_equal()
    w.calls()
    w.pass_time(120.0)
    assert newest(w) == found, "once a day"


def test_the_comparison_of_the_night_asks_once_more_for_what_was_refused(w: World) -> None:
    w.wire.interfere = answering("POST", json_response(400, {"error": "Locked", "message": "Locked for exams"}))
    w.lesson(99, room="R4", at="20:00-21:00", weeks=(3,))
    w.settle()
    w.wire.interfere = lambda request: None
    at_night(w)
    until_three(w)
    assert external(99, 3) in w.schedules()
    w.assert_equal()


def test_what_a_safety_stop_holds_at_night_waits_for_a_yes(w: World) -> None:
    lose_many(w, 20)
    at_night(w)
    until_three(w)
    found = newest(w)
    assert found is not None
    assert (found.state, found.guard != "") == (BatchState.READY, True)


def test_what_goes_above_the_brake_at_night_waits_for_a_yes(w: World) -> None:
    """Fifty bookings were removed by edits; five more are not too many for a plan alone."""
    for slot in range(1, 11):
        w.cancel(slot)
    w.settle()
    assert len(w.schedules()) == BOOKINGS - 50
    at_night(w)
    no_triggers(w)
    w.cancel(11)
    until_three(w)
    found = newest(w)
    assert found is not None
    assert (found.state, found.guard) == (BatchState.READY, "")
    assert found.said.startswith("It waits for a yes. 55 bookings would be removed within 24 hours")
    assert len(w.schedules()) == BOOKINGS - 50


@pytest.mark.parametrize("by_night", [True, False])
def test_the_brake_counts_what_a_plan_removes_without_a_yes(w: World, by_night: bool) -> None:
    hand = ByHand(w)
    for slot in range(70, 75):
        time = f"{slot - 60}:00-{slot - 59}:00"
        hand.book("R4", day(6, 5), time, external_id=f"{slot}-6-2030-31", name="Ours by its name")
    if by_night:
        at_night(w)
        until_three(w)
        found = newest(w)
        assert found is not None
        assert found.state is BatchState.DONE
    else:
        assert applied(w, made(w)).state is BatchState.DONE
    for slot in range(1, 11):
        w.cancel(slot)
        w.settle()
    assert len(stops(w)) == by_night
    assert len(w.schedules()) == BOOKINGS - (45 if by_night else 50)


@pytest.mark.parametrize("settings", [{"compare_days": "7"}, {"compare_at": "off"}, {"compare_at": "23:59"}])
def test_on_other_days_and_before_its_time_nothing_is_compared(w: World, settings: dict[str, str]) -> None:
    at_night(w, **settings)
    until_three(w)
    assert newest(w) is None


def test_it_can_be_left_to_staff(w: World) -> None:
    at_night(w, compare_sends="off")
    spoil(w)
    until_three(w)
    found = newest(w)
    assert found is not None
    assert found.state is BatchState.READY


def test_of_the_plans_of_many_nights_the_newest_waits_for_a_yes(w: World) -> None:
    at_night(w, compare_sends="off")
    spoil(w)
    by_hand = made(w)
    until_three(w)
    w.loop.forward(4 * 3_600.0)
    until_three(w)
    found = w.look(lambda books: books.batches.newest(9))
    assert [one.state for one in found] == [BatchState.READY, BatchState.CANCELLED, BatchState.READY]
    assert found[1].said == f"Plan {found[0].id} compared everything anew."
    assert found[2].id == by_hand, "what somebody asked for stays"
    w.settle()
    assert applied(w, found[0].id).state is BatchState.DONE
    w.assert_equal()


def next_year(w: World) -> None:
    """The office has drafted the next year in a copy of this one; nothing of it is sent."""
    with w.edit() as cmis:
        fill_year(cmis, OTHER_SETID, live=0)
        cmis.add(1, room="R1", weekday=5, at="09:00-10:00", weeks=(7, 8), setid=OTHER_SETID)
        cmis.add(2, room="R2", weekday=5, at="09:00-10:00", weeks=(7, 8), setid=OTHER_SETID)


def test_a_year_is_switched_on_by_a_plan_and_not_before(w: World) -> None:
    next_year(w)
    w.settle()
    w.calls()
    number = made(w, year=OTHER_SETID)
    assert steps(w, number) == {StepState.OPEN: 4}
    assert w.look(lambda books: books.timetable.sizes().keys()) == {SETID}
    w.pass_time(700.0)
    assert "POST" not in w.calls()
    assert applied(w, number).state is BatchState.DONE
    assert w.calls()["POST"] == 4
    assert w.look(lambda books: books.timetable.sizes().keys()) == {SETID, OTHER_SETID}
    assert len(w.schedules()) == BOOKINGS + 4
    w.assert_equal()
    again = made(w)
    assert plan(w, again).state is BatchState.DONE, "what stands of the new year is ours"


def only_a_year(w: World, *, apply: bool = True) -> int:
    """A plan that switches a year on and sends nothing: its one lesson is recorded already, together with one of
    this year."""
    with w.edit() as cmis:
        fill_year(cmis, OTHER_SETID, live=0)
        cmis.add(1, room="R1", weekday=1, at=HOURS[1], weeks=(2,), setid=OTHER_SETID)
    w.settle()
    number = made(w, year=OTHER_SETID)
    if apply:
        assert applied(w, number).state is BatchState.DONE
    return number


def can_undo(w: World, number: int) -> bool:
    """What the window goes by."""
    found = w.look(lambda books: books.screens.plan(number, 120, day(1).isoformat()))
    assert found is not None
    return found.plan.can_undo


def test_a_year_of_which_nothing_would_be_sent_is_switched_on_all_the_same(w: World) -> None:
    number = only_a_year(w, apply=False)
    found = plan(w, number)
    assert found.state is BatchState.READY
    assert found.said == f"Everything stands as it should. Applying it switches {OTHER_SETID} on."
    w.calls()
    assert applied(w, number).state is BatchState.DONE
    assert w.look(lambda books: books.timetable.sizes().keys()) == {SETID, OTHER_SETID}
    assert set(w.calls()) == {"GET"}
    assert can_undo(w, number)
    with w.edit() as cmis:
        cmis.add(2, room="R2", weekday=5, at="09:00-10:00", weeks=(7,), setid=OTHER_SETID)
    w.settle()
    assert len(w.schedules()) == BOOKINGS + 1
    back = undo_of(w, number)
    assert plan(w, back).said == (
        "No recording is to be taken back: all of them are as they were before."
        f" Applying it switches {OTHER_SETID} off, and what was booked for it since is removed."
    )
    assert applied(w, back).state is BatchState.DONE
    assert w.look(lambda books: books.timetable.sizes().keys()) == {SETID}
    w.pass_time(700.0)
    assert len(w.schedules()) == BOOKINGS
    assert (can_undo(w, number), can_undo(w, back)) == (False, True)


def test_a_year_is_taken_back_once_and_not_after_another_plan_switched_it_on_again(w: World) -> None:
    number = only_a_year(w)
    back = undo_of(w, number)
    assert applied(w, back).state is BatchState.DONE
    again = made(w, year=OTHER_SETID)
    assert applied(w, again).state is BatchState.DONE
    assert [can_undo(w, one) for one in (number, back, again)] == [False, False, True]
    with pytest.raises(NothingDone, match="Nothing to take back"):
        w.ask(Undo("ann", back))


def test_a_year_is_taken_back_though_its_plan_was_cancelled_before_anything_was_sent(w: World) -> None:
    next_year(w)
    w.settle()
    w.faults(FaultKind.ERROR_500, first=1_000_000, methods=("POST",))
    number = made(w, year=OTHER_SETID)
    begin(w, number)
    w.until(lambda: plan(w, number).state is BatchState.RUNNING)
    w.ask(CancelPlan("ann", number))
    w.faults()
    w.settle()
    assert StepState.DONE not in steps(w, number)
    assert OTHER_SETID in w.look(lambda books: books.timetable.sizes())
    assert can_undo(w, number)
    assert applied(w, undo_of(w, number)).state is BatchState.DONE
    assert OTHER_SETID not in w.look(lambda books: books.timetable.sizes())
    assert not can_undo(w, number)


@pytest.mark.parametrize("cancelled", [True, False])
def test_a_year_that_was_never_switched_on_is_not_taken_back(w: World, cancelled: bool) -> None:
    number = only_a_year(w, apply=False)
    if cancelled:
        w.ask(CancelPlan("ann", number))
        applied(w, made(w, year=OTHER_SETID))
    assert not can_undo(w, number)
    with pytest.raises(NothingDone, match="Nothing to take back"):
        w.ask(Undo("ann", number))


@pytest.mark.parametrize("year", [SETID, "1999/00"])
def test_a_year_that_is_sent_already_or_is_none_is_refused(w: World, year: str) -> None:
    with pytest.raises(WrongUse):
        w.ask(Compare("ann", year=year))


def test_a_year_is_switched_on_as_a_whole(w: World) -> None:
    """Applying switches all of it on: what was not shown would be sent unseen."""
    next_year(w)
    for narrower in ({"rooms": ("R1",)}, {"building": "B1"}, {"first": day(7).isoformat()}):
        with pytest.raises(WrongUse, match="as a whole"):
            w.ask(Compare("ann", year=OTHER_SETID, **narrower))


def test_at_night_nothing_is_sent_while_staff_hold_a_plan(w: World) -> None:
    """What somebody stopped as wrong would go out without a yes."""
    spread(w, WEEKS)
    number = made(w)
    begin(w, number)
    w.until(lambda: steps(w, number).get(StepState.DONE, 0) > 0)
    w.ask(StopPlan("ann", number, "this is wrong"))
    w.pass_time(5.0)
    before = w.schedules()
    at_night(w)
    until_three(w)
    found = newest(w)
    assert found is not None
    assert (found.state, found.said) == (
        BatchState.READY,
        f"It waits for a yes, because plan {number} is not at its end.",
    )
    assert w.schedules() == before


def test_a_night_on_which_echo360_was_away_is_made_up_for(w: World) -> None:
    at_night(w)
    spoil(w)
    w.faults(FaultKind.ERROR_500, first=1_000_000, methods=("GET",))
    until_three(w)
    found = newest(w)
    assert found is not None
    assert found.state is BatchState.FAILED
    w.faults()
    w.pass_time(600.0)
    assert newest(w) == found
    w.pass_time(1_400.0)
    found = newest(w)
    assert found is not None
    assert found.state is BatchState.DONE
    w.assert_equal()
