"""Too many removals wait for a yes of staff, whatever their cause (design §4.12, decisions "The brake")."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from echodesk import messages
from echodesk.errors import NothingDone, WrongUse
from echodesk.planning.guards import BRAKE_COUNT, DAY_COUNT
from tests.worker.by_hand import ByHand
from tests.worker.campus import OTHER_SETID, SETID, day, fill_year
from tests.worker.guarded import BOOKINGS, LESSONS, WEEKS, fill, say_yes, stops, the_stop
from tests.worker.values import external
from tests.worker.world import Died, World

Worlds = Callable[..., World]


@pytest.fixture
def w(world: Worlds) -> World:
    """A university with two hundred bookings ahead."""
    made = world()
    fill(made)
    return made


def cancel_most(w: World, slots: range) -> None:
    """Many cancellations, each in a transaction of its own."""
    for slot in slots:
        w.cancel(slot)


def test_a_year_emptied_lesson_by_lesson_stops_at_the_limit(w: World) -> None:
    for slot in LESSONS:
        w.cancel(slot)
        w.pass_time(0.2)
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
    assert stop.cause.startswith("15 timetable changes asked for it.")
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


def test_the_list_says_exactly_what_would_go(w: World) -> None:
    cancel_most(w, range(1, 16))
    w.settle()
    stop = the_stop(w)
    found = w.run(w.engine.command(messages.ShowStop(stop.key)))
    assert isinstance(found, messages.StopList)
    assert found.stop == stop
    cancelled = {external(slot, week) for slot in range(1, 16) for week in WEEKS}
    assert {line.external_id for line in found.lines} == cancelled & w.schedules().keys()
    assert w.run(w.engine.command(messages.ShowStop(99))) == messages.CommandDone(
        "This safety stop is over; nothing waits for it."
    )


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
        # Whatever else is begun at this instant: dead is dead.
        w.life.over = w.life.over or done == step

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


def test_two_workers_count_together(w: World) -> None:
    cancel_most(w, range(1, 8))
    w.settle()
    other = w.second()
    other.start()
    w.stop()
    cancel_most(w, range(8, 16))
    w.settle()
    assert other.heard.state.mine
    removed = BOOKINGS - len(w.schedules())
    assert 7 * len(WEEKS) < removed <= BRAKE_COUNT
    assert the_stop(w).bookings + removed == 15 * len(WEEKS)


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
