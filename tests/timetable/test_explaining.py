"""Why is this not recorded? The timetable's part of the answer (design §4.1)."""

from __future__ import annotations

import datetime as dt

import pytest

from echodesk.errors import WrongUse
from echodesk.timetable.explaining import explain
from tests.databases.cmis import OTHER_SETID, SETID, Cmis, fill
from tests.timetable.conftest import Reading


def test_a_lesson_that_is_recorded(cmis: Cmis, reading: Reading) -> None:
    cmis.lesson()
    (one,) = explain(reading(), "1")
    assert (one.year_live, one.year, one.eligible, one.trouble) == (True, "", True, "")
    assert len(one.criteria) == 9
    assert all(result.passed for result in one.criteria)
    assert one.times == "09:00-10:00"
    assert [(week.week, week.external_id, week.date) for week in one.weeks] == [
        (1, "1-1-2023-24", dt.date(2023, 9, 18)),
        (2, "1-2-2023-24", dt.date(2023, 9, 25)),
        (3, "1-3-2023-24", dt.date(2023, 10, 2)),
    ]
    assert (one.since, one.datechanged_unreadable, one.further) == ("2023-06-01T11:00:00.000Z", "", ())


def test_what_fails_is_shown_with_the_value_seen(cmis: Cmis, reading: Reading) -> None:
    cmis.lesson(status=3, roomid="R8")
    (one,) = explain(reading(), "1")
    assert {(r.criterion.name, r.seen) for r in one.criteria if not r.passed} == {
        ("confirmed", "3"),
        ("offered", ""),
    }
    assert not one.eligible


def test_a_year_that_is_not_switched_on(cmis: Cmis, reading: Reading) -> None:
    fill(cmis, OTHER_SETID)
    cmis.lesson(setid=OTHER_SETID)
    (one,) = explain(reading(), "1", OTHER_SETID)
    assert (one.year_live, one.year) == (False, "this year is not switched on")
    assert all(result.passed for result in one.criteria)
    assert not one.eligible


def test_one_answer_for_each_year_that_has_the_slot_live_years_first(cmis: Cmis, reading: Reading) -> None:
    cmis.lesson()
    cmis.lesson(setid="1999/00")
    assert [one.facts.setid for one in explain(reading(), "1")] == [SETID, "1999/00"]
    assert [one.facts.setid for one in explain(reading(), "1", "1999/00")] == ["1999/00"]


def test_an_external_id_names_one_week(cmis: Cmis, reading: Reading) -> None:
    cmis.lesson()
    (one,) = explain(reading(), "1-2-2023-24")
    assert [week.week for week in one.weeks] == [2]


def test_an_external_id_of_a_year_that_was_named(cmis: Cmis, reading: Reading) -> None:
    cmis.lesson(setid="1999/00")
    with pytest.raises(WrongUse):
        explain(reading(), "1-2-1999-00")
    assert [one.year_live for one in explain(reading(), "1-2-1999-00", "1999/00")] == [False]


def test_further_entries_are_listed_and_not_recorded(cmis: Cmis, reading: Reading) -> None:
    cmis.lesson()
    cmis.lesson(slotentry=2, roomid="R2", lecturerid="P2")
    (one,) = explain(reading(), "1")
    assert one.facts.slotentry == 1
    assert [(f.slotentry, f.room, f.lecturer, f.text) for f in one.further] == [
        (2, "R2", "P2", "not recorded: further entry")
    ]


def test_a_slot_without_leading_entry(cmis: Cmis, reading: Reading) -> None:
    cmis.lesson(slotentry=2)
    (one,) = explain(reading(), "1")
    assert "leading_entry" in {r.criterion.name for r in one.criteria if not r.passed}
    assert [f.slotentry for f in one.further] == [2]


def test_an_eligible_lesson_that_cannot_be_recorded_says_why(cmis: Cmis, reading: Reading) -> None:
    cmis.lesson(finishtime="08:00")
    (one,) = explain(reading(), "1")
    assert (one.eligible, one.times, one.trouble) == (True, "", "finish 08:00 is not after start 09:00")


def test_a_week_without_date_and_an_unreadable_datechanged_are_shown(cmis: Cmis, reading: Reading) -> None:
    cmis.insert("weekmapnumeric", setid=SETID, weekid=2, weeknumber=40)
    cmis.lesson(weekid=2, datechanged="01-JUN-23")
    (one,) = explain(reading(), "1")
    assert [(week.week, week.date) for week in one.weeks][-1] == (40, None)
    assert (one.since, one.datechanged_unreadable) == ("", "01-JUN-23")


def test_a_lesson_that_the_timetable_does_not_have(reading: Reading) -> None:
    assert explain(reading(), "424242") == []
    assert explain(reading(), "424242-1-2023-24") == []


@pytest.mark.parametrize("lesson", ["", "abc", "1-1", "-1", "1.5", "\u0661", "1" * 40, "x1-1-2023-24"])
def test_a_text_that_names_no_lesson(reading: Reading, lesson: str) -> None:
    with pytest.raises(WrongUse) as raised:
        explain(reading(), lesson)
    assert "617747-1-2023-24" in raised.value.next_step


@pytest.mark.parametrize("name", [None, "", "  "])
def test_a_module_without_a_name_is_there_all_the_same(cmis: Cmis, reading: Reading, name: str | None) -> None:
    cmis.lesson()
    cmis.update("module", {"setid": SETID}, name=name)
    assert [one.facts.module_name for one in explain(reading(), "1")] == [""]
    cmis.delete("module", setid=SETID)
    assert [one.facts.module_name for one in explain(reading(), "1")] == [None]
