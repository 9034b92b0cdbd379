"""Steps that staff take out of a plan before they say yes: they stay as they are, whatever becomes of the rest."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from echodesk.batches import Apply, CancelPlan, Compare
from echodesk.errors import NothingDone, WrongUse
from echodesk.planning.batches import BatchState, StepState
from echodesk.planning.steps import Step
from echodesk.simulator.faults import FaultKind
from tests.worker.by_hand import ByHand
from tests.worker.campus import SETID
from tests.worker.guarded import fill, mark_everywhere
from tests.worker.planned import applied, made, no_triggers, plan, spoil, spread, steps
from tests.worker.values import external
from tests.worker.world import World

Worlds = Callable[..., World]


@pytest.fixture
def w(world: Worlds) -> World:
    """Two hundred bookings ahead, seven of which are gone from as many room-days."""
    made = world()
    fill(made)
    spread(made)
    return made


def last_of(w: World, number: int) -> Step:
    return w.look(lambda books: books.batches.steps(number))[-1][0]


def pauses(w: World) -> list[str]:
    return [one.reason for one in w.look(lambda books: books.office.pauses())]


def test_what_is_left_out_stays_as_it_is_until_its_pause_is_lifted(w: World) -> None:
    number = made(w)
    out = last_of(w, number)
    assert applied(w, number, without=(out.number,)).state is BatchState.DONE
    assert steps(w, number) == {StepState.DONE: 6, StepState.LEFT_OUT: 1}
    w.pass_time(1_300.0)
    assert out.external_id not in w.schedules()
    (pause,) = w.look(lambda books: books.office.pauses())
    assert pause.days == {out.place}
    w.resume()
    w.settle()
    w.assert_equal()


def test_a_change_where_something_was_left_out_does_not_make_the_plan_another(w: World) -> None:
    number = made(w)
    out = last_of(w, number)
    ByHand(w).rename(external(38), "Staff meeting")
    assert out.external_id == external(37)
    assert applied(w, number, without=(out.number,)).state is BatchState.DONE
    assert out.external_id not in w.schedules()


@pytest.mark.parametrize("killed", [False, True])
def test_when_it_is_not_sent_nothing_is_paused_and_what_was_left_out_stays_so(w: World, killed: bool) -> None:
    number = made(w)
    out = last_of(w, number)
    w.faults(FaultKind.ERROR_500, first=1_000_000, methods=("GET",))
    w.ask(Apply("ann", number, (out.number,)))
    if killed:
        w.pass_time(1.0)
        w.kill()
        w.restart()
    w.until(lambda: plan(w, number).state is BatchState.READY, 300.0)
    assert plan(w, number).said.startswith("It was not sent. Echo360 could not be listed")
    assert pauses(w) == []
    assert steps(w, number) == {StepState.OPEN: 6, StepState.LEFT_OUT: 1}
    w.faults()
    w.settle()
    assert applied(w, number).state is BatchState.DONE
    assert out.external_id not in w.schedules()
    w.resume()
    w.settle()
    w.assert_equal()


def test_what_is_left_out_of_a_plan_is_left_out_of_the_one_that_takes_its_place(w: World) -> None:
    number = made(w)
    out = last_of(w, number)
    ByHand(w).remove(external(2))
    assert applied(w, number, without=(out.number,)).state is BatchState.STALE
    assert pauses(w) == []
    newer = w.look(lambda books: books.batches.newest(1))[0]
    assert f"What was left out of plan {number} is left out of it as well." in newer.said
    left = w.look(lambda books: books.batches.steps(newer.id, StepState.LEFT_OUT))
    assert [step.external_id for step, _state, _answer in left] == [out.external_id]
    assert applied(w, newer.id).state is BatchState.DONE
    assert steps(w, newer.id) == {StepState.DONE: 7, StepState.LEFT_OUT: 1}
    assert out.external_id not in w.schedules()
    assert pauses(w) == [f"left out of plan {newer.id}"]
    w.resume()
    w.settle()
    w.assert_equal()


def test_when_all_that_is_left_was_left_out_there_is_nothing_to_say_yes_to(w: World) -> None:
    number = made(w)
    out = last_of(w, number)
    w.ask(Apply("ann", number, (out.number,)))
    for slot in range(1, 37, 6):
        w.cancel(slot)
    w.until(lambda: plan(w, number).state is BatchState.STALE, 300.0)
    newer = w.look(lambda books: books.batches.newest(1))[0]
    assert steps(w, newer.id) == {StepState.LEFT_OUT: 1}
    with pytest.raises(WrongUse, match="Nothing is left"):
        w.ask(Apply("ann", newer.id))


def test_cancelled_before_anything_was_sent_it_leaves_no_pause(w: World) -> None:
    number = made(w)
    w.ask(Apply("ann", number, (last_of(w, number).number,)))
    told = w.ask(CancelPlan("ann", number))
    assert "nothing of it was sent" in told.text
    w.pass_time(60.0)
    assert pauses(w) == []
    assert plan(w, number).state is BatchState.CANCELLED


def test_what_is_planned_together_is_left_out_together(world: Worlds) -> None:
    w = world()
    fill(w)
    spoil(w)
    number = made(w)
    with pytest.raises(WrongUse, match="Nothing is left"):
        w.ask(Apply("ann", number, (1,)))


def test_the_time_left_is_told_by_what_was_sent(w: World) -> None:
    number = made(w)
    assert applied(w, number, without=(last_of(w, number).number,)).state is BatchState.DONE
    assert w.look(lambda books: books.batches.pace(number)).ended == 6


def test_two_years_that_look_alike_are_told_before_anything_is_listed(w: World) -> None:
    w.calls()
    w.sql("INSERT INTO STT_ECHO_SET (SETID, LIVE) VALUES (:other, 1)", other=SETID.replace("/", "-"))
    with pytest.raises(NothingDone, match="mistaken for one another"):
        w.ask(Compare("ann"))
    w.pass_time(60.0)
    assert "GET" not in w.calls()


def test_what_people_change_where_something_was_left_out_is_put_right_when_its_pause_is_lifted(w: World) -> None:
    """No comparison puts it into the mirror: nothing is planned there while the pause stands."""
    number = made(w)
    out = last_of(w, number)
    applied(w, number, without=(out.number,))
    ByHand(w).rename(external(38), "Staff meeting")
    assert plan(w, made(w)).state is BatchState.DONE, "it is paused: there is nothing to send"
    w.resume()
    w.settle()
    w.assert_equal()


def test_a_later_plan_does_not_wait_for_a_pause_with_which_nothing_links_it_any_more(w: World) -> None:
    """Lesson 2 was to be where something was left out, for a while; no trigger saw it come or go."""
    number = made(w)
    out = last_of(w, number)
    applied(w, number, without=(out.number,))
    (paused,) = w.look(lambda books: books.office.pauses())
    no_triggers(w)
    w.change(2, roomid=out.place.room, weekday=out.place.date.isoweekday())
    mark_everywhere(w)
    w.settle()
    held = w.sql("SELECT count(*) AS HELD FROM STT_ECHO_DIRTY WHERE HELD_BY = :pause", pause=paused.id)
    assert held[0].HELD > 1
    w.change(2, roomid="R1", weekday=1, starttime="18:00", finishtime="19:00")
    later = made(w)
    assert applied(w, later).state is BatchState.DONE
    assert steps(w, later) == {StepState.DONE: len(w.look(lambda books: books.batches.steps(later)))}
    assert w.schedules()[external(2)].time == "18:00-19:00"


def test_what_was_left_out_and_hangs_together_with_other_steps_by_now_is_told(world: Worlds) -> None:
    """An edit that no trigger saw links its room-day with one of which nothing was left out."""
    w = world()
    fill(w)
    hand = ByHand(w)
    hand.remove(external(1))
    hand.remove(external(6))
    number = made(w)
    out = w.look(lambda books: books.batches.steps(number))[0][0]
    assert out.external_id == external(1)
    no_triggers(w)
    w.change(2, roomid="R2", starttime="17:00", finishtime="18:00")
    assert applied(w, number, without=(out.number,)).state is BatchState.STALE
    newer = w.look(lambda books: books.batches.newest(1))[0]
    assert f" 1 step(s) that were left out of plan {number} are in it, because they hang together" in newer.said
    assert StepState.LEFT_OUT not in steps(w, newer.id)


def test_a_room_that_was_paused_since_the_preview_is_named_as_the_reason(w: World) -> None:
    number = made(w)
    w.pause("exams", room="R1")
    assert applied(w, number).state is BatchState.STALE
    newer = w.look(lambda books: books.batches.newest(1))[0]
    assert plan(w, number).said == (
        f"Changed since the preview: 0 step(s) are needed no more, 2 wait for a pause and 0 came."
        f" Plan {newer.id} is what would be sent now."
    )
    assert newer.said.startswith(f"It takes the place of plan {number}. 7 booking(s)")
