"""One room-day as staff see it before they decide, and what a decision would come to, before it is made."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from echodesk.clashes import Decide, RoomDayShown, ShowRoomDay, Suppose, Supposed, Withdraw
from echodesk.errors import NothingDone, WrongUse
from echodesk.planning.values import DecisionKind
from echodesk.worker.room_days import list_decisions, show_room_day, suppose
from tests.worker.campus import SETID, day
from tests.worker.values import external
from tests.worker.world import World

Worlds = Callable[..., World]
ONE, NEITHER, TOGETHER = DecisionKind.RECORD_ONE, DecisionKind.RECORD_NEITHER, DecisionKind.TOGETHER
MONDAY = day(2).isoformat()


@pytest.fixture
def w(world: Worlds) -> World:
    """Lesson 1 has held R1 on Mondays at nine longest; 2, by another lecturer, overlaps it; weeks 2 and 3. Lesson
    3 is later that day."""
    made = world()
    made.lesson(1, weeks=(2, 3))
    made.lesson(3, at="14:00-15:00")
    made.settle()
    made.lesson(2, weeks=(2, 3), lecturer="P2", at="09:30-10:30", userchange="ann")
    made.settle()
    made.calls()
    return made


def shown(w: World, room: str = "R1", date: str = MONDAY) -> RoomDayShown:
    """What is shown of a room-day now."""
    now = w.clock.campus_now()
    return w.look(lambda books: show_room_day(books, ShowRoomDay(room, date), now))


def supposed(w: World, command: Decide | Withdraw) -> Supposed:
    """What would come of it."""
    now = w.clock.campus_now()
    return w.look(lambda books: suppose(books, Suppose(command), now))


def choose(winner: int, *others: int, dates: tuple[str, ...] = (), seen: int | None = None) -> Decide:
    """Record this one."""
    return Decide("ann", "agreed", ONE, SETID, (winner, *others), winner, dates=dates, seen=seen)


def test_both_sides_of_a_clash(w: World) -> None:
    there = shown(w)
    assert (there.room_name, there.building, there.over) == ("Room R1", "Old Hall", False)
    first, second, third = there.lessons
    assert (first.slotid, first.recorded, first.overlaps) == (1, "YES", (external(2),))
    assert (second.slotid, second.recorded, second.overlaps) == (2, "NO", (external(1),))
    assert second.why == "Not recorded: M1 LC01 Title of M1 keeps the room at that time."
    assert (second.module_title, second.start, second.finish, second.weeks) == (
        *("Title of M2", "09:30", "10:30"),
        (2, 3),
    )
    assert (second.changed_by, first.changed_by) == ("ann", "")
    assert second.changed == "2030-06-01T11:00:00.000Z", "noon in London"
    assert (third.slotid, third.overlaps) == (3, ())
    assert [(one.start, one.lessons) for one in there.bookings] == [
        ("09:00", (external(1),)),
        ("14:00", (external(3),)),
    ]


def test_a_lesson_that_comes_back_by_itself_says_so_and_one_that_was_never_left_out_does_not(w: World) -> None:
    w.change(1, room="R2")
    w.settle()
    back = next(one for one in shown(w).lessons if one.slotid == 2)
    assert (back.recorded, back.why) == (
        *("YES", "Recorded again: nothing keeps it out any more. Echo360 holds it as the timetable has it."),
    )
    (moved,) = shown(w, "R2").lessons
    assert moved.why == "Recorded: Echo360 holds it as the timetable has it."


def test_one_lecture_of_two_modules_is_one_recording_and_no_clash(world: Worlds) -> None:
    w = world()
    with w.edit() as cmis:
        cmis.add(1)
        cmis.add(2)
        cmis.add(3, lecturer="P2")
    w.settle()
    by_slot = {one.slotid: one for one in shown(w).lessons}
    assert by_slot[1].together == by_slot[2].together == (external(1), external(2))
    assert (by_slot[1].overlaps, by_slot[3].overlaps) == ((external(3),), (external(1), external(2)))
    assert shown(w).bookings[0].lessons == (external(1), external(2))


def test_what_would_come_of_a_choice_is_what_comes_of_it(w: World) -> None:
    then = supposed(w, choose(2, 1))
    assert (then.room_days, then.first, then.last) == (2, MONDAY, day(3).isoformat())
    assert dict(then.calls) == {"DELETE": 2, "POST": 2}
    assert [(one.slotid, one.weeks, one.before, one.after, one.why) for one in then.lessons] == [
        (1, 2, 2, 0, "decision"),
        (2, 2, 0, 2, ""),
    ]
    assert w.calls() == {}, "nothing is sent for whoever only looks"
    w.ask(choose(2, 1))
    w.settle()
    assert w.calls() == dict(then.calls)
    assert external(2) in w.schedules()
    assert external(1) not in w.schedules()


def test_one_date_alone_and_both_ways_of_recording_neither(w: World) -> None:
    then = supposed(w, choose(2, 1, dates=(MONDAY,)))
    assert (then.room_days, dict(then.calls)) == (1, {"DELETE": 1, "POST": 1})
    neither = supposed(w, Decide("ann", "", NEITHER, SETID, (1, 2)))
    assert dict(neither.calls) == {"DELETE": 2}
    assert [(one.slotid, one.after) for one in neither.lessons] == [(1, 0), (2, 0)]


def test_only_the_room_days_in_which_they_meet_are_counted(w: World) -> None:
    w.lesson(4, weeks=(2, 3, 4), at="16:00-17:00")
    w.lesson(5, weeks=(3,), at="16:00-17:00", lecturer="P2")
    w.settle()
    w.calls()
    then = supposed(w, choose(5, 4))
    assert (then.room_days, then.first, then.last) == (1, day(3).isoformat(), day(3).isoformat())
    assert [(one.slotid, one.weeks, one.before, one.after) for one in then.lessons] == [(4, 3, 3, 2), (5, 1, 0, 1)]
    done = w.ask(choose(5, 4))
    w.settle()
    back = supposed(w, Withdraw("ann", "", (done.number,)))
    assert (back.room_days, back.first) == (1, day(3).isoformat())


def test_a_decision_that_stands_and_what_its_end_would_bring(w: World) -> None:
    done = w.ask(choose(2, 1))
    w.settle()
    (decision,) = shown(w).decisions
    assert (decision.number, decision.kind, decision.every_week) == (done.number, ONE, True)
    assert (decision.text, decision.by) == ("record lesson 2, not 1", "ann")
    assert shown(w).newest == ((1, done.number), (2, done.number))
    then = supposed(w, Withdraw("ann", "", (done.number,)))
    assert dict(then.calls) == {"DELETE": 2, "POST": 2}
    assert [(one.slotid, one.before, one.after) for one in then.lessons] == [(1, 0, 2), (2, 2, 0)]


def test_a_room_day_that_staff_have_settled_is_open_no_more_until_they_take_it_back(w: World) -> None:
    still_open = "SELECT LESSON_DATE FROM STT_ECHO_DAY_ROOM WHERE RESOLVED IS NULL ORDER BY LESSON_DATE"
    dates = [(MONDAY,), (day(3).isoformat(),)]
    assert [tuple(row) for row in w.sql(still_open)] == dates
    done = w.ask(choose(1, 2, dates=(MONDAY,)))
    w.settle()
    assert [tuple(row) for row in w.sql(still_open)] == dates[1:]
    assert external(2) in w.left_out(), "it is told as not recorded all the same"
    w.ask(Withdraw("ann", "after all", (done.number,)))
    w.settle()
    assert [tuple(row) for row in w.sql(still_open)] == dates


def test_what_cannot_be_decided_says_so_before_it_is_tried(w: World) -> None:
    with pytest.raises(WrongUse, match="Their times differ"):
        supposed(w, Decide("ann", "", TOGETHER, SETID, (1, 2)))


def test_the_second_of_two_people_is_told_what_the_first_decided(w: World) -> None:
    w.ask(choose(2, 1, seen=0))
    late = choose(1, 2, seen=0)
    with pytest.raises(NothingDone, match="There is decision 1 of ann"):
        supposed(w, late)
    with pytest.raises(NothingDone, match="Somebody else has decided meanwhile"):
        w.ask(late)
    assert w.ask(choose(1, 2, seen=1)).number == 2


def test_a_pause_is_told_and_does_not_hide_what_would_come(w: World) -> None:
    w.pause("exams")
    then = supposed(w, choose(2, 1))
    assert (then.paused, dict(then.calls)) == (2, {"DELETE": 2, "POST": 2})


def test_every_decision_is_listed_with_its_state(w: World) -> None:
    w.ask(choose(2, 1))
    w.ask(Withdraw("bob", "no", (1,)))
    w.ask(choose(1, 2))
    w.change(2, room="R2")
    w.settle()
    w.change(2, room="R1")
    w.settle()
    w.ask(Decide("ann", "ill", DecisionKind.DO_NOT_RECORD, SETID, (3,)))
    w.change(3, room="R3")
    w.settle()
    today = w.clock.campus_now().date()
    found = w.look(lambda books: list_decisions(books, today)).decisions
    assert [(one.number, one.state, one.room_days) for one in found] == [
        (3, "void", 0),
        (2, "counts", 2),
        (1, "withdrawn", 0),
    ]
    assert (found[0].because, found[2].because) == (
        *("lesson 3 was in R1 Monday 14:00-15:00 and is in R3 Monday 14:00-15:00", "no"),
    )
    assert (found[1].text, found[1].by, found[1].why) == ("record lesson 1, not 2", "ann", "agreed")


def test_a_date_that_nobody_can_read_is_told(w: World) -> None:
    with pytest.raises(WrongUse, match="'2031-13-13' cannot be read"):
        shown(w, date="2031-13-13")


def test_a_day_that_has_passed_is_shown_and_not_decided_about(w: World) -> None:
    now = w.clock.campus_now() + dt.timedelta(days=60)
    there = w.look(lambda books: show_room_day(books, ShowRoomDay("R1", MONDAY), now))
    assert there.over
    assert [one.slotid for one in there.lessons] == [1, 2, 3]
    assert [one.start for one in there.bookings] == ["09:00", "14:00"]
