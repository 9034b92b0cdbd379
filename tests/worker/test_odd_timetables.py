"""What the timetable says oddly is recorded or left out with the reason; the rest goes on (design §4.4)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from echodesk import messages
from echodesk.worker import housekeeping
from tests.worker.campus import SETID, add_module, add_room, echo360_seed
from tests.worker.values import at, external, place_of
from tests.worker.world import World

Worlds = Callable[..., World]


@pytest.mark.parametrize(
    ("hours", "reason"),
    [
        ("10:00-09:00", "unreadable"),
        ("09:00-09:00", "unreadable"),
        ("9 am-10 am", "unreadable"),
        ("25:00-26:00", "unreadable"),
        ("08:30-20:30", "too_long"),
        ("23:00-00:00", "unreadable"),
        (" - ", "unreadable"),
        ("09:60-10:00", "unreadable"),
    ],
)
def test_what_cannot_be_recorded_says_why_and_the_rest_goes_on(world: Worlds, hours: str, reason: str) -> None:
    w = world()
    w.settle()
    with w.edit() as cmis:
        cmis.add(1, at=hours)
        cmis.add(2, room="R2")
    w.settle()
    assert set(w.schedules()) == {external(2)}
    assert w.left_out() == {external(1): (reason, None)}
    assert w.notifications(1) == ["WARN"]
    assert w.sql("SELECT RECORDED FROM STT_ECHO_NOTIFICATION WHERE SLOTID = 1") == [("NO",)]
    w.change(1, at="09:00-10:00")
    w.settle()
    assert external(1) in w.schedules()
    w.assert_equal()


@pytest.mark.parametrize("code", ["A B", "A/B", 'O\'Hara "1"', "Grün 🎓", "50%_x", "a,b;c", "x" * 300])
def test_codes_of_any_kind_go_through(world: Worlds, code: str) -> None:
    w = world(seed=echo360_seed(sections=False, rooms=()))
    with w.edit() as cmis:
        add_room(cmis, code)
        add_module(cmis, code)
        cmis.add(1, room=code, module=code, weeks=(2, 3))
    w.settle()
    assert {place_of(one) for one in w.schedules().values()} == {at(code, 2), at(code, 3)}
    assert w.notifications(1) == ["SUCCESS"] * 2
    w.ask(messages.Refresh("ann", code, ""))
    w.settle()
    w.cancel(1)
    w.settle()
    assert w.schedules() == {}
    w.assert_equal()


def test_weeks_without_a_date_are_named_and_the_others_are_recorded(world: Worlds) -> None:
    w = world()
    w.lesson(1, weeks=(40, 41))
    w.lesson(2, weeks=(12, 40))
    w.settle()
    assert set(w.schedules()) == {external(2, 12)}
    w.assert_equal()
    said = "The week structure of {} has no date for week {}: nothing is recorded in it."
    assert w.sql("SELECT SLOTID, STATUS, ERROR FROM STT_ECHO_QUEUE ORDER BY SLOTID") == [
        (1, "PROCESSED", said.format(SETID, "40, 41")),
        (2, "PROCESSED", said.format(SETID, "40")),
    ]


@pytest.mark.parametrize("hours", ["00:00-01:00", "23:00-23:59"])
def test_a_lesson_beside_midnight_belongs_to_its_own_day(world: Worlds, hours: str) -> None:
    w = world()
    with w.edit() as cmis:
        cmis.add(1, at=hours, weekday=3)
        cmis.add(2, at="00:00-01:00", weekday=4)
        cmis.add(3, at="23:00-23:59", weekday=2)
    w.settle()
    assert place_of(w.schedules()[external(1)]) == at("R1", weekday=3, time=hours)
    assert w.left_out() == {}
    w.assert_equal()


@pytest.mark.parametrize("hours", ["01:00-02:00", "01:30-02:30", "00:30-01:30"])
def test_the_hour_that_comes_twice_is_wall_clock_time_like_any_other(world: Worlds, hours: str) -> None:
    """In the campus's zone the clocks go back on the last Sunday of October: the seventh day of week 8."""
    w = world()
    w.lesson(1, at=hours, weekday=7, weeks=(7, 8, 9))
    w.settle()
    assert {place_of(one) for one in w.schedules().values()} == {
        at("R1", week, weekday=7, time=hours) for week in (7, 8, 9)
    }
    w.assert_equal()


@pytest.mark.parametrize("hours", ["02:00-03:00", "02:15-02:45", "01:30-03:30"])
def test_the_hour_that_does_not_exist_is_wall_clock_time_like_any_other(world: Worlds, hours: str) -> None:
    """In Sydney the clocks go forward on the first Sunday of October: the seventh day of week 5."""
    w = world(zone="Australia/Sydney")
    w.lesson(1, at=hours, weekday=7, weeks=(4, 5, 6))
    w.settle()
    assert {place_of(one) for one in w.schedules().values()} == {
        at("R1", week, weekday=7, time=hours) for week in (4, 5, 6)
    }
    w.assert_equal()


def test_rooms_and_modules_that_differ_in_spaces_are_one(world: Worlds) -> None:
    w = world()
    w.lesson(1)
    w.settle()
    with w.edit() as cmis:
        cmis.add(2, room="R1   ", module="M2  ", at="09:30-10:30")
        cmis.add(3, room="R1   ", module="M3  ", at="10:30-11:30")
    w.settle()
    assert set(w.schedules()) == {external(1), external(3)}
    assert w.left_out() == {external(2): ("clash", external(1))}
    w.assert_equal()


def test_a_year_whose_name_looks_like_another_in_ids_stops_everything_and_says_so(world: Worlds) -> None:
    w = world()
    w.lesson(1)
    w.settle()
    w.calls()
    with w.edit() as cmis:
        cmis.insert("stt_echo_set", setid="2030-31", live=1)
    w.change(1, room="R2")
    w.pass_time(60.0)
    assert "look alike in external ids" in w.heard.state.database
    assert w.calls() == {}, "with ids that may mean two lessons nothing is sent"
    assert set(w.schedules()) == {external(1)}
    w.sql("DELETE FROM STT_ECHO_SET WHERE SETID = '2030-31'")
    w.settle()
    assert place_of(w.schedules()[external(1)]) == at("R2")
    w.assert_equal()


def recorded(w: World, slot: int) -> list[tuple[str, str, str | None]]:
    """Status, the answer to "recorded?" and what is said of it, of each notification of a lesson."""
    return [
        tuple(row)
        for row in w.sql(
            "SELECT STATUS, RECORDED, MESSAGE FROM STT_ECHO_NOTIFICATION WHERE SLOTID = :slot", slot=slot
        )
    ]


def test_what_is_recorded_no_more_without_an_edit_of_its_own_says_so(
    world: Worlds, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(housekeeping, "SWEEP_S", 20.0)
    w = world()
    w.settle()
    w.lesson(1, at="09:00-11:00")
    w.lesson(2, room="R2")
    w.settle()
    assert recorded(w, 1) == recorded(w, 2) == [("SUCCESS", "YES", None)]
    w.ask(messages.ChangeSetting("ann", "max_minutes", "90"))
    w.sql("DELETE FROM MODULEGROUPS WHERE MODULEID = 'M2'")
    w.pass_time(60.0)
    assert w.schedules() == {}
    [(status, answer, said)] = recorded(w, 1)
    assert (status, answer) == ("SUCCESS", "NO")
    assert said is not None
    assert said.startswith("Not recorded: longer than the recorder can record.")
    assert recorded(w, 2) == [
        ("SUCCESS", "NOT_WANTED", "Not recorded any more: the timetable asks for no recording of it.")
    ]
    w.sql("INSERT INTO MODULEGROUPS (SETID, MODULEID, GRPCODE) VALUES (:s, 'M2', 'LC01')", s=SETID)
    w.pass_time(60.0)
    assert set(w.schedules()) == {external(2)}
    [(status, answer, said)] = recorded(w, 2)
    assert (status, answer) == ("SUCCESS", "YES")
    assert said is not None
    assert said.endswith("the timetable asks for it again.")


def test_a_member_that_is_to_be_recorded_no_more_without_an_edit_of_its_own_says_so(
    world: Worlds, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(housekeeping, "SWEEP_S", 20.0)
    w = world()
    w.lesson(1)
    w.lesson(2)
    w.settle()
    w.sql("DELETE FROM MODULEGROUPS WHERE MODULEID = 'M2'")
    w.pass_time(60.0)
    assert w.schedules()[external(1)].sections == ("M1_LC01",)
    assert [answer for _status, answer, _said in recorded(w, 1)] == ["YES"]
    assert [answer for _status, answer, _said in recorded(w, 2)] == ["NOT_WANTED"]


def test_what_a_pause_keeps_is_told_as_recorded_until_it_is_removed(
    world: Worlds, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(housekeeping, "SWEEP_S", 20.0)
    w = world()
    w.lesson(1)
    w.settle()
    w.ask(messages.Pause("exams", "ann"))
    w.sql("DELETE FROM MODULEGROUPS WHERE MODULEID = 'M1'")
    w.pass_time(60.0)
    assert set(w.schedules()) == {external(1)}
    assert [answer for _status, answer, _said in recorded(w, 1)] == ["YES"]
