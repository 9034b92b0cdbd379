"""One piece of many steps: whoever stops it, cancels it or changes a lesson in it waits for few of its calls."""

from __future__ import annotations

from collections.abc import Callable

from echodesk.batches import CancelPlan, ContinuePlan, StopPlan
from echodesk.planning.batches import CANARY_STEPS, BatchState, StepState
from echodesk.worker.control import carry_out
from tests.worker.planned import applied, begin, ended, made, plan, steps, undo_of
from tests.worker.values import external
from tests.worker.world import World

Worlds = Callable[..., World]
LESSONS = 40
NOON = ("12:00-12:30", "12:30-13:00", "13:00-13:30", "13:30-14:00")
EVENING = ("17:00-17:30", "17:30-18:00", "18:00-18:30", "18:30-19:00")
FEW = 10
"""Calls that may be on their way at once."""
STANDING = 99
"""A lesson of Monday of this week, of which no step is."""


def seat(slot: int, shift: int, lessons: int) -> tuple[str, int, int]:
    """Room, weekday, and which of the hours: twenty room-days in a ring."""
    each = lessons // 20
    at = (slot - 1) // each
    return f"R{(at // 5 + shift) % 4 + 1}", (at + shift) % 5 + 1, (slot - 1) % each


def moving(w: World, weeks: tuple[int, ...] = (1,), lessons: int = LESSONS) -> int:
    """Each lesson has moved to the next room-day of the ring and no trigger saw it; a plan moves all."""
    with w.edit() as cmis:
        for slot in range(1, lessons + 1):
            room, weekday, hour = seat(slot, 0, lessons)
            cmis.add(slot, room=room, weekday=weekday, at=NOON[hour], weeks=weeks)
        cmis.add(STANDING, room="R1", weekday=1, at="09:45-10:15", weeks=(1,), module="M1")
    w.settle(600.0)
    w.pass_time(30.0)
    with w.edit() as cmis:
        for slot in range(1, lessons + 1):
            room, weekday, hour = seat(slot, 1, lessons)
            cmis.alter(slot, room=room, weekday=weekday, at=EVENING[hour])
        cmis.conn.exec_driver_sql("DELETE FROM STT_ECHO_QUEUE WHERE STATUS = 'UNPROCESSED'")
    number = made(w)
    places = w.look(lambda books: books.batches.places(number))
    assert sorted(map(len, places.values())) == [20] * len(weeks)
    return number


def begun(w: World, number: int) -> None:
    """A few calls of it were sent."""
    begin(w, number)
    before = moves(w)
    w.until(lambda: moves(w) - before >= 5, 60.0, 0.05)


def moves(w: World) -> int:
    return sum(one.method == "PUT" for one in w.wire.seen)


def test_stop_holds_within_a_piece(world: Worlds) -> None:
    w = world(calls_per_minute=120)
    number = moving(w)
    begun(w, number)
    before = moves(w)
    told = w.ask(StopPlan("ann", number, "wrong building"))
    w.pass_time(60.0)
    more = moves(w) - before
    assert told.text.startswith(f"Nothing more of plan {number} is sent until it is let go on; up to ")
    assert 0 < more <= FEW
    w.ask(ContinuePlan("ann", number))
    assert ended(w, number).state is BatchState.DONE
    assert steps(w, number) == {StepState.DONE: LESSONS}
    w.assert_equal()


def test_cancel_holds_within_a_piece_and_what_was_sent_is_taken_back(world: Worlds) -> None:
    w = world(calls_per_minute=120)
    number = moving(w)
    stood = w.schedules()
    begun(w, number)
    before = moves(w)
    told = w.ask(CancelPlan("ann", number))
    w.pass_time(1_200.0)
    more = moves(w) - before
    assert 0 < more <= FEW
    assert f"{told.touched} call(s) were not sent, up to {LESSONS - told.touched} are on their way" in told.text
    assert steps(w, number) == {StepState.DONE: LESSONS - told.touched, StepState.CANCELLED: told.touched}
    (pause,) = w.look(lambda books: books.office.pauses())
    assert [one.key for one in w.heard.state.pauses] == [pause.id]
    assert applied(w, undo_of(w, number)).state is BatchState.DONE
    assert w.schedules() == stood


def test_the_first_steps_are_looked_at_though_they_are_part_of_a_piece(world: Worlds) -> None:
    w = world()
    number = moving(w, weeks=(2, 3, 4), lessons=80)
    begin(w, number)
    w.until(lambda: plan(w, number).tried, 60.0)
    assert steps(w, number)[StepState.DONE] == CANARY_STEPS
    assert ended(w, number).state is BatchState.DONE
    w.assert_equal()


def test_a_lesson_that_begins_soon_waits_for_few_calls_of_a_piece(world: Worlds) -> None:
    w = world(calls_per_minute=120)
    number = moving(w)
    begun(w, number)
    asked = w.loop.now
    w.change(STANDING, at="09:50-10:20")
    w.until(lambda: w.schedules()[external(STANDING, 1)].time == "09:50-10:20", 60.0, 0.05)
    assert w.loop.now - asked < 10.0
    assert ended(w, number).state is BatchState.DONE
    assert steps(w, number) == {StepState.DONE: LESSONS}
    w.assert_equal()


def test_what_is_cancelled_while_it_is_planned_is_not_sent(world: Worlds) -> None:
    """A window's command is carried out while the worker reads."""
    w = world()
    number = moving(w)
    before = moves(w)

    def cancel(step: str) -> None:
        if step == "intents" and plan(w, number).state is BatchState.RUNNING:
            today = w.clock.campus_now().date()
            w.office.write(lambda books: carry_out(books, CancelPlan("ann", number), today))

    w.steps.before = cancel
    begin(w, number)
    ended(w, number)
    w.pass_time(30.0)
    assert moves(w) == before
    assert steps(w, number) == {StepState.CANCELLED: LESSONS}
