"""What a plan puts into the mirror: nothing from which something is sent that it has not shown."""

from __future__ import annotations

import pytest

from echodesk.batches import CancelPlan
from echodesk.planning.batches import BatchState, StepState
from tests.worker.by_hand import ByHand
from tests.worker.campus import day
from tests.worker.guarded import LESSONS, mark_everywhere
from tests.worker.planned import applied, begin, ended, made, no_triggers, plan, spoil, steps
from tests.worker.values import external
from tests.worker.world import Died, World


def swept(w: World) -> None:
    """What the mirror shows otherwise than the timetable wants it is found and sent."""
    w.pass_time(5.0)
    mark_everywhere(w)
    w.settle()


def renamed(w: World, slots: range, week: int) -> None:
    hand = ByHand(w)
    for slot in slots:
        hand.rename(external(slot, week), "Staff meeting")


def sent_of(w: World, number: int) -> dict[str, int]:
    """The calls that change something, of a plan that is applied, and of what follows until after a sweep."""
    w.calls()
    assert applied(w, number).state is BatchState.DONE
    swept(w)
    return {method: count for method, count in w.calls().items() if method != "GET"}


def test_a_plan_of_some_dates_sends_nothing_of_others(w: World) -> None:
    renamed(w, range(1, 2), 2)
    renamed(w, range(1, 30), 5)
    number = made(w, last=day(2, 7).isoformat())
    assert steps(w, number) == {StepState.OPEN: 1}
    assert sent_of(w, number) == {"PUT": 1}
    assert steps(w, made(w)) == {StepState.OPEN: 29}, "the next comparison finds the rest"


def test_a_plan_of_a_building_sends_nothing_of_another(w: World) -> None:
    hand = ByHand(w)
    renamed(w, range(1, 2), 2)
    for slot in range(16, 21):
        hand.shift(external(slot, 5), 15 * 60 + slot % 5 * 60)
    hand.book("R4", day(6, 5), "16:00-17:00", external_id="77-6-2030-31", name="Ours by its name")
    number = made(w, building="B1")
    assert steps(w, number) == {StepState.OPEN: 1}
    assert sent_of(w, number) == {"PUT": 1}
    assert "77-6-2030-31" in w.schedules(by_hand=True)


def test_what_others_book_again_and_again_removes_nothing_elsewhere(w: World) -> None:
    """Lesson 1 was moved in two weeks, and its time given to others; the plan is about one of them."""
    hand = ByHand(w)
    for week in (2, 5):
        hand.move(external(1, week), 15 * 60)
    but = [day(week).isoformat() for week in (3, 4)]
    hand.book("R1", day(2), "10:00-11:00", endDate=day(5).isoformat(), daysOfWeek=["MO"], exclusionDates=but)
    number = made(w, last=day(2, 7).isoformat())
    assert steps(w, number) == {StepState.OPEN: 1}
    assert sent_of(w, number) == {"DELETE": 1}
    assert external(1, 5) in w.schedules()


def test_an_ordinary_change_where_the_mirror_is_out_of_date_is_sent_as_it_should(w: World) -> None:
    renamed(w, range(1, 2), 2)
    ByHand(w).shift(external(1, 5), 15 * 60)
    assert sent_of(w, made(w, last=day(2, 7).isoformat())) == {"PUT": 1}
    w.change(1, at="16:00-17:00")
    w.settle()
    w.assert_equal()


def test_what_is_gone_outside_a_selection_is_told_of_in_its_plan(w: World) -> None:
    hand = ByHand(w)
    renamed(w, range(1, 2), 2)
    for week in (4, 5, 6):
        for slot in LESSONS:
            hand.remove(external(slot, week))
    number = made(w, last=day(2, 7).isoformat())
    assert plan(w, number).guard.startswith("120 of the 200 bookings ahead that EchoDesk made are not in Echo360")


def test_cancelled_while_the_yes_is_checked_nothing_is_sent(w: World) -> None:
    spoil(w)
    ByHand(w).book("R1", day(3, 3), "09:00-10:00")
    number = made(w)
    ByHand(w).book("R2", day(3, 3), "09:00-10:00")
    before = w.schedules()
    seen: list[BatchState] = []

    def cancel(step: str) -> None:
        if step == "mirror" and not seen:
            seen.append(plan(w, number).state)
            w.processes[0].ask(CancelPlan("ann", number))

    begin(w, number)
    w.steps.after = cancel
    swept(w)
    assert (seen, plan(w, number).state) == ([BatchState.CHECKING], BatchState.CANCELLED)
    assert w.schedules() == before


@pytest.mark.parametrize("step", ["mirror", "plan"])
def test_killed_while_the_yes_is_checked_nothing_is_sent_that_it_is_not_for(w: World, step: str) -> None:
    spoil(w)
    number = made(w)
    ByHand(w).book("R2", day(3, 3), "09:00-10:00")

    def kill(done: str) -> None:
        w.life.over = w.life.over or (done == step and plan(w, number).state is BatchState.CHECKING)

    begin(w, number)
    w.steps.after = kill
    with pytest.raises(Died):
        w.pass_time(60.0)
    w.kill()
    assert plan(w, number).state is BatchState.CHECKING
    w.steps.after = lambda _step: None
    ByHand(w).remove(external(40))
    before = w.schedules()
    w.restart()
    assert ended(w, number).state is BatchState.STALE
    swept(w)
    assert w.schedules() == before


def test_a_preview_tells_the_mirror_what_asks_for_nothing(w: World) -> None:
    hand = ByHand(w)
    spoil(w)
    theirs = hand.book("R1", day(3, 3), "09:00-10:00")
    number = made(w)
    assert theirs in w.look(lambda books: books.mirror.held("R1", (), day(1).isoformat()))
    assert steps(w, number) == {StepState.OPEN: 4}


def test_what_the_mirror_links_with_what_differs_is_not_planned_from_it(w: World) -> None:
    """Lesson 10 is to be in R1 now, where others keep the room; gone from R2, it leaves the room to lesson 41."""
    w.lesson(41, room="R2", at="09:00-10:00", weeks=(2,), lecturer="P2")
    w.settle()
    assert external(41) not in w.schedules()
    no_triggers(w)
    w.change(10, roomid="R1", starttime="09:30", finishtime="10:30")
    hand = ByHand(w)
    hand.remove(external(10))
    hand.book("R1", day(2), "18:00-19:00", name="Evening class")
    w.calls()
    number = made(w)
    w.pass_time(5.0)
    assert not {"POST", "PUT", "DELETE"} & w.calls().keys(), "nothing is sent before somebody says yes"
    assert plan(w, number).state is BatchState.READY
    assert applied(w, number).state is BatchState.DONE
    w.settle()
    w.assert_equal()
