"""A timetable that is empty, halved or of the wrong year removes nothing at all (design §4.12, C9)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from echodesk.planning.guards import BRAKE_COUNT
from tests.worker.campus import OTHER_SETID, SETID
from tests.worker.guarded import BOOKINGS, WEEKS, fill, look_everywhere, say_yes, stops, the_stop
from tests.worker.values import external
from tests.worker.world import World

Worlds = Callable[..., World]


@pytest.fixture
def w(world: Worlds) -> World:
    """A university with two hundred bookings ahead."""
    made = world()
    fill(made)
    return made


def empty_in_one(w: World) -> None:
    w.sql("DELETE FROM TIMETABLE")


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


def test_a_small_timetable_that_is_empty_at_once_removes_nothing(world: Worlds) -> None:
    w = world()
    with w.edit() as cmis:
        for slot in range(1, 13):
            cmis.add(slot, room=f"R{slot % 4 + 1}", at=f"{10 + slot // 4}:00-{11 + slot // 4}:00", weeks=(2,))
    w.settle()
    booked = w.schedules().keys()
    assert len(booked) == 12
    w.pass_time(6.0)
    w.calls()
    empty_in_one(w)
    w.pass_time(8.0)
    assert the_stop(w).reason == "The timetable is empty."
    look_everywhere(w)
    w.pass_time(10.0)
    assert "DELETE" not in w.calls()
    assert w.schedules().keys() == booked


def test_the_last_lessons_of_a_year_are_taken_away_by_ordinary_edits(world: Worlds) -> None:
    w = world()
    for slot in (1, 2):
        w.lesson(slot, room=f"R{slot}", weeks=(2,))
    w.settle()
    w.pass_time(6.0)
    for slot in (1, 2):
        with w.edit() as cmis:
            cmis.delete("timetable", setid=SETID, slotid=slot)
        w.settle()
        assert external(slot, 2) not in w.schedules()
    assert w.schedules() == {}
    assert stops(w) == []
    w.assert_equal()
