"""Taking plans back: in chains, with a guard, in part, after a cancel, and with the year that was switched on."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from echodesk.batches import Apply, CancelPlan, RetrySteps, StopPlan, Undo
from echodesk.errors import NothingDone
from echodesk.planning.batches import BatchState, StepState
from echodesk.planning.values import Method
from echodesk.simulator.wire import json_response
from tests.worker.by_hand import ByHand
from tests.worker.campus import OTHER_SETID
from tests.worker.guarded import LESSONS, WEEKS
from tests.worker.planned import (
    applied,
    begin,
    lose_many,
    made,
    no_triggers,
    plan,
    spoil,
    spoil_everything,
    spread,
    steps,
    undo_of,
)
from tests.worker.test_plans_by_themselves import next_year
from tests.worker.values import external
from tests.worker.wire import answering
from tests.worker.world import World

Worlds = Callable[..., World]


def test_a_chain_is_taken_back_latest_first(w: World) -> None:
    """Three plans about the same room-day; each undo goes under the pause that the one before it left."""
    whole = w.schedules()
    numbers = []
    for slot in (1, 2, 3):
        ByHand(w).remove(external(slot))
        numbers.append(made(w))
        assert applied(w, numbers[-1]).state is BatchState.DONE
    assert w.schedules() == whole
    gone: set[str] = set()
    for number, slot in zip(reversed(numbers), (3, 2, 1), strict=True):
        assert applied(w, undo_of(w, number)).state is BatchState.DONE
        gone.add(external(slot))
        assert w.schedules() == {name: one for name, one in whole.items() if name not in gone}
    w.resume()
    w.settle()
    w.assert_equal()


def test_what_took_a_plan_back_is_taken_back_too(w: World) -> None:
    spoil(w)
    number = made(w)
    applied(w, number)
    repaired = w.schedules()
    back = undo_of(w, number)
    applied(w, back)
    assert applied(w, undo_of(w, back)).state is BatchState.DONE
    assert w.schedules() == repaired


def test_what_was_made_again_is_removed_when_that_is_taken_back(w: World) -> None:
    lose_many(w)
    number = made(w)
    applied(w, number, confirm="remove 50")
    removed = w.schedules()
    back = undo_of(w, number)
    applied(w, back)
    forth = undo_of(w, back)
    found = {step.method for step, _state, _answer in w.look(lambda books: books.batches.steps(forth))}
    assert found == {Method.DELETE}
    assert applied(w, forth, confirm="remove 50").state is BatchState.DONE
    assert w.schedules() == removed


def test_removing_a_year_by_taking_a_plan_back_must_be_confirmed_in_writing(w: World) -> None:
    hand = ByHand(w)
    for slot in LESSONS:
        for week in WEEKS:
            hand.remove(external(slot, week))
    number = made(w)
    applied(w, number)
    back = undo_of(w, number)
    assert plan(w, back).guard.startswith("200 of the 200 bookings ahead")
    with pytest.raises(NothingDone, match="must be confirmed in writing"):
        w.ask(Apply("bob", back))
    assert len(w.schedules()) == 200
    assert applied(w, back, confirm="remove 200").state is BatchState.DONE
    assert w.schedules() == {}


def test_a_step_left_out_of_an_undo_stays_and_pauses_nothing(w: World) -> None:
    spread(w)
    number = made(w)
    applied(w, number)
    back = undo_of(w, number)
    last = w.look(lambda books: books.batches.steps(back))[-1][0]
    assert applied(w, back, without=(last.number,)).state is BatchState.DONE
    assert last.external_id in w.schedules()
    (pause,) = w.look(lambda books: books.office.pauses())
    assert pause.reason == f"undone plan {number}"
    assert not pause.everything
    assert not pause.covers(last.place)


def test_what_was_on_its_way_when_it_was_cancelled_is_taken_back_as_well(w: World) -> None:
    spread(w, WEEKS)
    before = w.schedules()
    number = made(w)
    begin(w, number)
    w.until(lambda: len(w.schedules()) > len(before))
    told = w.ask(CancelPlan("ann", number))
    assert "on their way" in told.text
    with pytest.raises(NothingDone, match="on their way"):
        w.ask(Undo("bob", number))
    w.until(lambda: not w.look(lambda books: books.batches.progress(number)).open)
    found = steps(w, number)
    assert found[StepState.DONE] == len(w.schedules()) - len(before)
    assert found[StepState.CANCELLED] == told.touched
    back = undo_of(w, number)
    assert applied(w, back, confirm=f"remove {found[StepState.DONE]}").state is BatchState.DONE
    assert w.schedules() == before


def test_a_plan_that_stands_still_is_cancelled_before_it_is_taken_back(w: World) -> None:
    spread(w)
    number = made(w)
    w.ask(Apply("ann", number))
    w.until(lambda: steps(w, number).get(StepState.DONE, 0) > 0)
    w.ask(StopPlan("ann", number, "somebody called"))
    w.pass_time(5.0)
    with pytest.raises(NothingDone, match="is not at its end"):
        w.ask(Undo("bob", number))


def test_what_could_not_be_taken_back_can_be_tried_again(w: World) -> None:
    spread(w)
    number = made(w)
    applied(w, number)
    w.change(1, at="16:00-17:00")
    w.settle()
    back = undo_of(w, number)
    assert w.look(lambda books: books.batches.summary(back)).refused
    applied(w, back)
    w.change(1, at=plan_time(1))
    w.settle()
    assert w.ask(Undo("bob", number)).number > back


def test_to_take_back_a_whole_year_must_be_confirmed_in_writing(w: World) -> None:
    number = spoil_everything(w)
    applied(w, number)
    back = undo_of(w, number)
    assert plan(w, back).guard.startswith("200 of the 200 bookings ahead would move or change at once")


def plan_time(slot: int) -> str:
    """When a lesson takes place as it was filled in."""
    return ("09:00-10:00", "10:00-11:00", "11:00-12:00", "12:00-13:00", "13:00-14:00")[slot % 5]


def test_taking_back_a_year_switches_it_off_and_says_so(w: World) -> None:
    next_year(w)
    w.settle()
    before = w.schedules()
    number = made(w, year=OTHER_SETID)
    applied(w, number)
    back = undo_of(w, number)
    assert plan(w, back).said == (
        f"Applying it switches {OTHER_SETID} off, and what was booked for it since is removed."
    )
    applied(w, back)
    assert w.schedules() == before
    assert OTHER_SETID not in w.look(lambda books: books.timetable.sizes())
    with w.edit() as cmis:
        cmis.add(77, room="R3", weekday=4, at="09:00-10:00", weeks=(7, 8), setid=OTHER_SETID)
    w.resume()
    w.settle()
    assert w.schedules() == before
    forth = undo_of(w, back)
    assert plan(w, forth).said == f"Applying it switches {OTHER_SETID} on."


def test_a_plan_that_came_since_the_preview_is_taken_back_first(w: World) -> None:
    ByHand(w).remove(external(1))
    first = made(w)
    applied(w, first)
    back = undo_of(w, first)
    ByHand(w).remove(external(2))
    second = made(w)
    applied(w, second)
    with pytest.raises(NothingDone, match="A later plan comes first"):
        w.ask(Apply("bob", back))
    applied(w, undo_of(w, second))
    assert applied(w, back).state is BatchState.DONE


def test_a_later_plan_of_which_nothing_can_be_taken_back_is_not_in_the_way(w: World) -> None:
    ByHand(w).remove(external(1))
    first = made(w)
    applied(w, first)
    ByHand(w).rename(external(2), "Staff meeting")
    second = made(w)
    applied(w, second)
    ByHand(w).remove(external(2))
    with pytest.raises(NothingDone, match=f"Plan {second} changed the same room-days"):
        undo_of(w, first)
    assert plan(w, undo_of(w, second)).said.startswith("Nothing can be taken back.")
    assert applied(w, undo_of(w, first)).state is BatchState.DONE
    assert external(1) not in w.schedules()


def test_a_plan_is_taken_back_while_no_plan_is_made_from_a_broken_timetable(w: World) -> None:
    before = w.schedules()
    spread(w)
    spoilt = w.schedules()
    number = made(w)
    applied(w, number)
    assert w.schedules() == before
    no_triggers(w)
    w.sql("DELETE FROM TIMETABLE")
    w.pass_time(10.0)
    assert applied(w, undo_of(w, number)).state is BatchState.DONE
    assert w.schedules() == spoilt
    w.pass_time(1_300.0)
    assert w.schedules() == spoilt, "nothing is removed because of such a timetable"


def test_a_later_plan_that_was_made_good_again_comes_first_once_more(w: World) -> None:
    ByHand(w).remove(external(1))
    first = made(w)
    applied(w, first)
    removed = w.schedules().keys() - {external(1)}
    ByHand(w).rename(external(2), "Staff meeting")
    second = made(w)
    applied(w, second)
    back = undo_of(w, second)
    applied(w, back)
    applied(w, undo_of(w, back))
    with pytest.raises(NothingDone, match=f"Plan {second} changed the same room-days"):
        undo_of(w, first)
    assert applied(w, undo_of(w, second)).state is BatchState.DONE
    assert applied(w, undo_of(w, first)).state is BatchState.DONE
    assert w.schedules().keys() == removed


def test_what_was_left_out_of_an_undo_is_taken_back_by_another(w: World) -> None:
    hand = ByHand(w)
    for slot in (1, 6):
        hand.remove(external(slot))
    before = w.schedules()
    number = made(w)
    applied(w, number)
    back = undo_of(w, number)
    first = w.look(lambda books: books.batches.steps(back))[0][0]
    applied(w, back, without=(first.number,))
    assert applied(w, undo_of(w, number)).state is BatchState.DONE
    assert w.schedules() == before


def test_a_plan_that_was_taken_back_is_not_tried_again(w: World) -> None:
    spread(w)
    before = w.schedules()
    number = made(w)
    locked = answering("POST", json_response(400, {"error": "Locked", "message": "Locked for exams"}))
    w.wire.interfere = lambda request: locked(request) if external(1) in str(request) else None
    applied(w, number)
    w.wire.interfere = lambda request: None
    assert steps(w, number)[StepState.FAILED]
    applied(w, undo_of(w, number))
    with pytest.raises(NothingDone, match="was taken back"):
        w.ask(RetrySteps("ann", number))
    w.pass_time(60.0)
    assert w.schedules() == before


def test_the_latest_is_what_was_sent_last_whatever_its_number(w: World) -> None:
    hand = ByHand(w)
    hand.rename(external(1), "Staff meeting")
    first, second = made(w), made(w)
    applied(w, second)
    hand.rename(external(1), "Staff meeting")
    applied(w, first)
    with pytest.raises(NothingDone, match=f"Plan {first} changed the same room-days"):
        undo_of(w, second)
    assert applied(w, undo_of(w, first)).state is BatchState.DONE


def test_an_undo_that_is_cancelled_tells_what_of_it_was_sent(world: Worlds) -> None:
    w = world()
    w.lesson(1, room="R1", weekday=1, weeks=(3,), at="09:00-10:00")
    w.lesson(2, room="R1", weekday=1, weeks=(3,), at="10:00-11:00")
    w.settle()
    no_triggers(w)
    w.change(1, at="10:00-11:00")
    w.change(2, at="09:00-10:00")
    number = made(w)
    applied(w, number)
    back = undo_of(w, number)

    def sent() -> int:
        return sum(one.method in ("POST", "PUT", "DELETE") and "/schedules" in one.path for one in w.wire.seen)

    begun = sent()
    begin(w, back)
    w.until(lambda: sent() - begun >= 2)
    told = w.ask(CancelPlan("ann", back))
    assert told.touched <= 3 - (sent() - begun)
    assert "0 call(s) were not sent, up to 3 are on their way" in told.text
