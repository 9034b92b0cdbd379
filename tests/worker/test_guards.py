"""No year is removed by accident: whatever empties the timetable, staff are asked first (design §4.12, C9)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from echodesk import messages
from echodesk.errors import NothingDone, WrongUse
from echodesk.messages import StopShown
from echodesk.planning.guards import BRAKE_COUNT, DAY_COUNT
from tests.worker.by_hand import ByHand
from tests.worker.campus import OTHER_SETID, SETID, day, fill_year
from tests.worker.values import external
from tests.worker.world import Died, World

Worlds = Callable[..., World]
WEEKS = (2, 3, 4, 5, 6)
LESSONS = range(1, 41)
HOURS = ("09:00-10:00", "10:00-11:00", "11:00-12:00", "12:00-13:00", "13:00-14:00")
BOOKINGS = len(LESSONS) * len(WEEKS)


def fill(w: World) -> None:
    """Forty lessons in five weeks: two days of five lessons in each of the four rooms."""
    with w.edit() as cmis:
        for slot in LESSONS:
            place = (slot - 1) // 5
            cmis.add(slot, room=f"R{place % 4 + 1}", weekday=place // 4 + 1, at=HOURS[slot % 5], weeks=WEEKS)
    w.settle()
    assert len(w.schedules()) == BOOKINGS
    w.pass_time(6.0)
    w.calls()


@pytest.fixture
def w(world: Worlds) -> World:
    """A university with two hundred bookings ahead."""
    made = world()
    fill(made)
    return made


def stops(w: World) -> list[StopShown]:
    """The stops that wait for a yes."""
    return [one for one in w.look(lambda books: books.stops.shown()) if one.waits]


def the_stop(w: World) -> StopShown:
    """The one that waits."""
    (found,) = stops(w)
    return found


def look_everywhere(w: World) -> None:
    """Mark every room-day in which something stands, as the sweep does, and have a day listed anew."""
    w.sql(
        "INSERT INTO STT_ECHO_DIRTY (ROOMID, LESSON_DATE, MARK, REASON)"
        " SELECT DISTINCT ROOMID, LESSON_DATE, 1, 'sweep' FROM STT_ECHO_MIRROR WHERE true"
        " ON CONFLICT (LESSON_DATE, ROOMID) DO NOTHING"
    )
    w.ask(messages.Refresh("ann", date=day(2).isoformat()))


def say_yes(w: World, stop: StopShown, why: str = "the exams are over") -> None:
    """Ann has looked at what was shown."""
    w.ask(messages.Allow("ann", stop.key, why, stop.last_item))


def cancel_most(w: World, slots: range) -> None:
    """Many cancellations, each in a transaction of its own."""
    for slot in slots:
        w.cancel(slot)


def empty_in_one(w: World) -> None:
    w.sql("DELETE FROM TIMETABLE")


def empty_in_many(w: World) -> None:
    for slot in LESSONS:
        w.cancel(slot)
        w.pass_time(0.2)


def features_gone(w: World) -> None:
    w.sql("DELETE FROM ROOMFEATURES")


def week_map_gone(w: World) -> None:
    w.sql("DELETE FROM WEEKMAPNUMERIC")


def requests_gone(w: World) -> None:
    w.sql("DELETE FROM ROOMREQUESTS")


def groups_gone(w: World) -> None:
    w.sql("DELETE FROM MODULEGROUPS")


def status_one(w: World) -> None:
    w.sql("UPDATE TIMETABLE SET STATUS = 1")


def another_year(w: World) -> None:
    w.sql("UPDATE TIMETABLE SET SETID = :other", other=OTHER_SETID)


def switched_off(w: World) -> None:
    w.sql("UPDATE STT_ECHO_SET SET LIVE = 0")


ACCIDENTS = [
    empty_in_one,
    features_gone,
    week_map_gone,
    requests_gone,
    groups_gone,
    status_one,
    another_year,
    switched_off,
]


@pytest.mark.parametrize("accident", ACCIDENTS)
def test_a_timetable_that_proves_nothing_removes_nothing(w: World, accident: Callable[[World], None]) -> None:
    accident(w)
    w.pass_time(8.0)
    stop = the_stop(w)
    assert stop.kind == "FEED"
    assert stop.headline == "nothing is planned"
    look_everywhere(w)
    w.pass_time(10.0)
    assert "DELETE" not in w.calls()
    assert len(w.schedules()) == BOOKINGS
    assert w.pending().quiet, w.pending()


@pytest.mark.parametrize("accident", ACCIDENTS)
def test_once_the_timetable_is_put_right_the_stop_is_over(w: World, accident: Callable[[World], None]) -> None:
    tables = ("TIMETABLE", "ROOMFEATURES", "WEEKMAPNUMERIC", "ROOMREQUESTS", "MODULEGROUPS", "STT_ECHO_SET")
    for table in tables:
        w.sql(f"CREATE TABLE KEPT_{table} AS SELECT * FROM {table}")  # noqa: S608 - names of this file
    accident(w)
    w.pass_time(8.0)
    assert stops(w)
    for table in tables:
        w.sql(f"DELETE FROM {table}")  # noqa: S608 - names of this file
        w.sql(f"INSERT INTO {table} SELECT * FROM KEPT_{table}")  # noqa: S608 - names of this file
    w.pass_time(8.0)
    w.settle()
    assert stops(w) == []
    assert "DELETE" not in w.calls()
    w.assert_equal()
    w.lesson(41, room="R1", at="17:00-18:00")
    w.settle()
    assert external(41) in w.schedules()
    assert w.calls() == {"POST": 1}


def test_a_year_emptied_lesson_by_lesson_stops_at_the_limit(w: World) -> None:
    empty_in_many(w)
    w.pass_time(8.0)
    assert w.calls().get("DELETE", 0) <= BRAKE_COUNT
    assert len(w.schedules()) >= BOOKINGS - BRAKE_COUNT
    assert stops(w)


def test_a_big_cancellation_in_small_plans_stops_at_the_limit(w: World) -> None:
    cancel_most(w, range(1, 16))
    w.settle()
    assert w.calls() == {"DELETE": BRAKE_COUNT}
    stop = the_stop(w)
    assert (stop.kind, stop.bookings) == ("BRAKE", 15 * len(WEEKS) - BRAKE_COUNT)
    assert stop.headline == "25 bookings would be removed"
    assert "15 timetable changes asked for it." in stop.cause or "timetable changes" in stop.cause
    w.pass_time(60.0)
    assert "DELETE" not in w.calls()


def test_ordinary_edits_go_on_while_removals_wait(w: World) -> None:
    cancel_most(w, range(1, 16))
    w.settle()
    w.calls()
    w.change(20, at="15:00-16:00")
    w.lesson(41, room="R2", weekday=5)
    w.settle()
    assert w.calls() == {"PUT": len(WEEKS), "POST": 1}
    assert w.notifications(20)[-1] == "SUCCESS"
    w.cancel(30)
    w.settle()
    assert w.calls() == {}
    assert the_stop(w).bookings == 25 + len(WEEKS)


def test_what_waits_says_why(w: World) -> None:
    cancel_most(w, range(1, 16))
    w.settle()
    waiting = [row[0] for row in w.sql("SELECT MESSAGE FROM STT_ECHO_NOTIFICATION WHERE STATUS = 'UNPROCESSED'")]
    assert len(waiting) == 25
    assert all(text.startswith("Safety stop 1: it waits for a yes of staff.") for text in waiting)
    assert w.pending().guarded > 0
    assert w.pending().quiet


def test_a_yes_is_for_what_was_on_the_list_and_nothing_else(w: World) -> None:
    cancel_most(w, range(1, 16))
    w.settle()
    stop = the_stop(w)
    cancel_most(w, range(16, 19))
    w.settle()
    w.calls()
    say_yes(w, stop)
    w.settle()
    assert w.calls() == {"DELETE": 25}
    later = the_stop(w)
    assert (later.bookings, later.key != stop.key) == (3 * len(WEEKS), True)
    assert len(w.schedules()) == BOOKINGS - 15 * len(WEEKS)
    say_yes(w, later)
    w.settle()
    assert w.calls() == {"DELETE": 15}
    w.pass_time(3.0)
    assert w.look(lambda books: books.stops.open()) == []
    w.assert_equal()
    assert w.notifications(1)[-1] == "SUCCESS"


def test_a_yes_is_written_down_and_said_once(w: World) -> None:
    cancel_most(w, range(1, 16))
    w.settle()
    stop = the_stop(w)
    with pytest.raises(WrongUse, match="reason"):
        say_yes(w, stop, "  ")
    with pytest.raises(WrongUse, match="no such"):
        w.ask(messages.Allow("ann", 99, "why not", 1))
    say_yes(w, stop)
    with pytest.raises(NothingDone):
        say_yes(w, stop)
    (line,) = w.sql("SELECT WHO, WHY, BEFORE FROM STT_ECHO_AUDIT WHERE ACTION = 'YES'")
    assert (line[0], line[1]) == ("ann", "the exams are over")
    assert len(line[2].split(", ")) == 25


def test_a_yes_survives_a_kill(w: World) -> None:
    cancel_most(w, range(1, 16))
    w.settle()
    say_yes(w, the_stop(w))
    w.kill()
    w.restart()
    w.settle()
    assert w.schedules().keys().isdisjoint({external(1, week) for week in WEEKS})
    w.assert_equal()


def test_edits_taken_back_end_the_stop(w: World) -> None:
    w.sql("CREATE TABLE KEPT AS SELECT * FROM TIMETABLE")
    cancel_most(w, range(1, 16))
    w.settle()
    assert the_stop(w).bookings == 25
    w.sql("INSERT INTO TIMETABLE SELECT * FROM KEPT k WHERE k.SLOTID NOT IN (SELECT SLOTID FROM TIMETABLE)")
    w.settle()
    w.pass_time(3.0)
    assert stops(w) == []
    assert len(w.schedules()) == BOOKINGS
    w.assert_equal()
    w.cancel(1)
    w.settle()
    assert stops(w) == []
    w.assert_equal()


@pytest.mark.parametrize("step", ["snapshot", "intents", "settle"])
def test_a_kill_in_the_middle_does_not_reset_the_count(w: World, step: str) -> None:
    def kill(done: str) -> None:
        w.life.over = done == step

    for slots in (range(1, 6), range(6, 11)):
        w.steps.before = kill
        cancel_most(w, slots)
        with pytest.raises(Died):
            w.settle()
        w.kill()
        w.restart()
        w.settle()
    cancel_most(w, range(11, 16))
    w.settle()
    removed = BOOKINGS - len(w.schedules())
    assert 0 < removed <= BRAKE_COUNT
    assert the_stop(w).bookings + removed == 15 * len(WEEKS)
    say_yes(w, the_stop(w))
    w.settle()
    w.assert_equal()


def test_the_count_forgets_after_a_day_and_the_list_does_not(w: World) -> None:
    cancel_most(w, range(1, 16))
    w.settle()
    w.stop()
    w.loop.forward(25 * 3_600.0)
    w.start()
    w.settle()
    assert len(w.schedules()) == BOOKINGS - BRAKE_COUNT
    assert the_stop(w).bookings == 25
    w.cancel(30)
    w.settle()
    assert len(w.schedules()) == BOOKINGS - BRAKE_COUNT - len(WEEKS)
    assert the_stop(w).bookings == 25


def test_moves_are_no_removals(w: World) -> None:
    with w.edit() as cmis:
        for slot in range(1, 21):
            cmis.alter(slot, weekday=4)
    w.settle()
    assert w.calls() == {"PUT": 20 * len(WEEKS)}
    assert stops(w) == []
    w.assert_equal()


def test_a_listing_that_shows_nothing_removes_nothing(w: World) -> None:
    by_hand = ByHand(w)
    for one in list(w.schedules()):
        by_hand.remove(one)
    w.ask(messages.Refresh("ann", date=day(2).isoformat()))
    w.settle()
    assert "DELETE" not in w.calls()
    assert {external(slot, 2) for slot in range(1, 21)} <= w.schedules().keys()


def test_look_alikes_in_one_day_are_shown_before_they_go(w: World) -> None:
    by_hand = ByHand(w)
    for number in range(DAY_COUNT + 1):
        hour = f"{number + 14}:00-{number + 15}:00"
        by_hand.book("R1", day(2), hour, external_id=external(900 + number))
    w.ask(messages.Refresh("ann", room="R1", date=day(2).isoformat()))
    w.settle()
    stop = the_stop(w)
    assert (stop.kind, stop.bookings) == ("DAY", DAY_COUNT + 1)
    assert "No timetable change explains it" in stop.reason
    assert "DELETE" not in w.calls()
    w.change(1, lecturer="P2")
    w.settle()
    assert w.calls().get("DELETE", 0) == 0
    say_yes(w, the_stop(w))
    w.settle()
    assert w.calls()["DELETE"] == DAY_COUNT + 1
    w.assert_equal()


def test_what_an_edit_explains_is_not_asked_about(w: World) -> None:
    with w.edit() as cmis:
        for slot in range(51, 61):
            hour = f"{slot % 10 + 12}:00-{slot % 10 + 13}:00"
            cmis.add(slot, room="R4", weekday=5, at=hour, weeks=(2,))
    w.settle()
    w.sql("DELETE FROM TIMETABLE WHERE SLOTID BETWEEN 51 AND 60")
    w.ask(messages.Refresh("ann", room="R4", date=day(2, 5).isoformat()))
    w.settle()
    assert stops(w) == []
    assert not {external(slot) for slot in range(51, 61)} & w.schedules().keys()


def test_a_year_switched_off_beside_another_stops_at_the_limit(w: World) -> None:
    with w.edit() as cmis:
        fill_year(cmis, OTHER_SETID)
        for slot in range(1, 31):
            cmis.add(slot, setid=OTHER_SETID, room="R4", weekday=5, weeks=(9,))
    w.settle()
    w.calls()
    w.sql("UPDATE STT_ECHO_SET SET LIVE = 0 WHERE SETID = :setid", setid=SETID)
    w.pass_time(650.0)
    assert 0 < w.calls()["DELETE"] <= BRAKE_COUNT
    assert the_stop(w).bookings >= BOOKINGS - BRAKE_COUNT


def test_a_new_size_can_be_accepted(w: World) -> None:
    w.sql("DELETE FROM TIMETABLE WHERE SLOTID > 15")
    w.pass_time(8.0)
    stop = the_stop(w)
    assert "less than half of the last 40" in stop.reason
    say_yes(w, stop, "a new year begins with fifteen")
    w.settle()
    assert the_stop(w).kind == "BRAKE"
    assert w.calls()["DELETE"] == BRAKE_COUNT
    say_yes(w, the_stop(w))
    w.settle()
    assert len(w.schedules()) == 15 * len(WEEKS)
    w.assert_equal()


def test_a_stop_outlives_a_restart(w: World) -> None:
    empty_in_one(w)
    w.pass_time(8.0)
    w.kill()
    w.restart()
    w.pass_time(2.0)
    look_everywhere(w)
    w.pass_time(10.0)
    assert "DELETE" not in w.calls()
    assert the_stop(w).kind == "FEED"


def test_a_database_that_is_new_to_a_full_echo360_asks_as_well(w: World) -> None:
    """Restored or installed anew beside an Echo360 that holds a year, with a timetable that has nearly none."""
    w.stop()
    w.sql("DELETE FROM TIMETABLE WHERE SLOTID > 10")
    for table in ("FEED", "REMOVAL", "NOTIFICATION", "QUEUE", "DIRTY"):
        w.sql(f"DELETE FROM STT_ECHO_{table}")  # noqa: S608 - names of this file
    w.restart()
    w.pass_time(2.0)
    look_everywhere(w)
    w.pass_time(10.0)
    assert the_stop(w).kind == "FEED"
    assert "DELETE" not in w.calls()
