"""Reading occurrences: by room-day, by key, all of a year; always the same answer."""

from __future__ import annotations

import datetime as dt
import random

import pytest
from sqlalchemy import text

from echodesk.errors import TimetableFault
from echodesk.planning.values import Occurrence, Reason, RoomDay, Unfit
from echodesk.timetable import statements
from echodesk.timetable.reading import TimetableReader
from tests.databases.cmis import LESSON, OTHER_SETID, SETID, Cmis, Value, fill, go_live
from tests.timetable.conftest import STARTS, Reading, add_weeks

MON1, TUE1, MON2, MON3, MON4 = (
    dt.date(2023, 9, 18),
    dt.date(2023, 9, 19),
    dt.date(2023, 9, 25),
    dt.date(2023, 10, 2),
    dt.date(2023, 10, 9),
)


def ids(answer: tuple[list[Occurrence], list[Unfit]]) -> list[str]:
    assert answer[1] == []
    return [one.external_id for one in answer[0]]


def test_a_room_day_has_the_lessons_of_that_week_and_weekday(cmis: Cmis, reading: Reading) -> None:
    cmis.lesson(slotid=1)
    cmis.lesson(slotid=2, weekday=2)
    cmis.lesson(slotid=3, weekid=2)
    reader = reading()
    assert ids(reader.occurrences([RoomDay("R1", MON1)])) == ["1-1-2023-24"]
    assert ids(reader.occurrences([RoomDay("R1", TUE1)])) == ["2-1-2023-24"]
    assert ids(reader.occurrences([RoomDay("R1", MON2)])) == ["1-2-2023-24", "3-2-2023-24"]
    assert ids(reader.occurrences([RoomDay("R1", MON4)])) == ["3-4-2023-24"]
    assert ids(reader.occurrences([RoomDay("R2", MON1)])) == []


def test_several_room_days_at_once(cmis: Cmis, reading: Reading) -> None:
    cmis.lesson(slotid=1)
    cmis.lesson(slotid=2, roomid="R2", weekday=2)
    assert ids(reading().occurrences({RoomDay("R1", MON1), RoomDay("R1", MON3), RoomDay("R2", TUE1)})) == [
        "1-1-2023-24",
        "1-3-2023-24",
        "2-1-2023-24",
    ]


def test_no_room_days_no_answer(reading: Reading) -> None:
    assert reading().occurrences([]) == ([], [])
    assert reading().occurrences([RoomDay("R1", dt.date(1999, 1, 1))]) == ([], [])


@pytest.mark.parametrize(
    "broken",
    [
        {"status": 3},
        {"sourcesid": "EXAM"},
        {"slotentry": 2},
        {"moduleid": "NONE"},
        {"modgrpcode": "LC09"},
        {"setid": OTHER_SETID},
    ],
    ids=str,
)
def test_what_is_not_eligible_is_not_there(cmis: Cmis, reading: Reading, broken: dict[str, Value]) -> None:
    cmis.lesson(**broken)
    assert ids(reading().occurrences([RoomDay("R1", MON1)])) == []
    assert ids(reading().occurrences_of([(str(broken.get("setid", SETID)), 1, 1)])) == []
    assert list(reading().all_occurrences()) == []
    assert reading().rooms() == []
    assert reading().room_days("R1", "2023-01-01") == set()


def test_where_occurrences_are_now(cmis: Cmis, reading: Reading) -> None:
    cmis.lesson(slotid=1)
    cmis.lesson(slotid=2, roomid="R2", weekday=2, weekid=2)
    keys = [(SETID, 1, 2), (SETID, 2, 2), (SETID, 2, 1), (SETID, 9, 1), (OTHER_SETID, 1, 1)]
    good, unfit = reading().occurrences_of(keys)
    assert [(one.external_id, one.place) for one in good] == [
        ("1-2-2023-24", RoomDay("R1", MON2)),
        ("2-2-2023-24", RoomDay("R2", dt.date(2023, 9, 26))),
    ]
    assert unfit == []


def test_a_week_outside_the_structure_has_no_occurrence(cmis: Cmis, reading: Reading) -> None:
    cmis.insert("weekmapnumeric", setid=SETID, weekid=1, weeknumber=77)
    cmis.lesson()
    assert [one.week for one in reading().all_occurrences()] == [1, 2, 3]
    assert ids(reading().occurrences_of([(SETID, 1, 77)])) == []


@pytest.mark.parametrize("weekday", [None, 0, 8, "x"])
def test_a_weekday_that_is_none_has_no_occurrence(cmis: Cmis, reading: Reading, weekday: Value) -> None:
    cmis.lesson(weekday=weekday)
    assert list(reading().all_occurrences()) == []
    assert reading().occurrences_of([(SETID, 1, 1)]) == ([], [])
    assert reading().room_days("R1", "2023-01-01") == set()


def test_what_can_never_be_booked_comes_with_the_reason(cmis: Cmis, reading: Reading) -> None:
    cmis.lesson(slotid=1, starttime="soon")
    cmis.lesson(slotid=2, finishtime="18:00")
    good, unfit = reading().occurrences([RoomDay("R1", MON1)])
    assert good == []
    assert [(one.slotid, one.reason) for one in unfit] == [(1, Reason.UNREADABLE), (2, Reason.TOO_LONG)]


def test_padded_rows_are_read_as_trimmed(cmis: Cmis, reading: Reading) -> None:
    cmis.lesson(**{key: f"{value}   " for key, value in LESSON.items() if isinstance(value, str)})
    (one,), _ = reading().occurrences([RoomDay("R1", MON1)])
    assert (one.setid, one.place.room, one.content.sections) == (SETID, "R1", ("COMP101_LC01",))
    assert one.since == "2023-06-01T11:00:00.000Z"
    assert [o.external_id for o in reading().occurrences_of([(SETID, 1, 1)])[0]] == ["1-1-2023-24"]
    assert reading().lesson(SETID, 1) is not None


def test_two_rows_that_differ_in_spaces_only_are_not_recorded(cmis: Cmis, reading: Reading) -> None:
    cmis.lesson()
    cmis.lesson(setid=f"{SETID} ", roomid="R2")
    good, unfit = reading().occurrences([RoomDay("R1", MON1), RoomDay("R2", MON1)])
    assert good == []
    assert {one.reason for one in unfit} == {Reason.UNREADABLE}
    assert all(isinstance(one, Unfit) for one in reading().all_occurrences())


def test_odd_codes_are_plain_text(cmis: Cmis, reading: Reading) -> None:
    room = "A/B 'x\" %_;-- 🎓.é"
    cmis.insert("roomfeatures", setid=SETID, roomid=room, featureid="VIDEOREC")
    cmis.lesson(roomid=room)
    (one,), _ = reading().occurrences([RoomDay(room, MON1)])
    assert one.place.room == room


def test_seniority_is_read_from_echodesks_own_table(cmis: Cmis, reading: Reading) -> None:
    cmis.lesson()
    stamp = "2024-02-02T02:02:02.002Z"
    cmis.insert("stt_echo_seniority", setid=SETID, slotid=1, queue_id=5, since=stamp)
    assert [one.since for one in reading().occurrences([RoomDay("R1", MON1)])[0]] == [stamp]
    by_change = reading(seniority_by_datechanged=True)
    assert [one.since for one in by_change.occurrences([RoomDay("R1", MON1)])[0]] == ["2023-06-01T11:00:00.000Z"]


def test_a_missing_person_is_read_from_echodesks_own_table(cmis: Cmis, reading: Reading) -> None:
    cmis.lesson()
    cmis.insert("stt_echo_missing_person", email="ann.lee@example.ac.uk", since="x", checked="x")
    (one,), _ = reading().occurrences([RoomDay("R1", MON1)])
    assert (one.content.presenter, one.presenter_missing) == (None, True)


def test_two_live_years_share_a_room_day(cmis: Cmis, reading: Reading) -> None:
    fill(cmis, OTHER_SETID)
    add_weeks(cmis, OTHER_SETID, {1: STARTS[2]})
    cmis.lesson(slotid=1)
    cmis.lesson(slotid=2, setid=OTHER_SETID)
    place = [RoomDay("R1", MON2)]
    assert ids(reading().occurrences(place)) == ["1-2-2023-24"]
    go_live(cmis, OTHER_SETID)
    assert ids(reading().occurrences(place)) == ["1-2-2023-24", "2-1-2024-25"]


def test_live_and_known_years(cmis: Cmis, reading: Reading) -> None:
    go_live(cmis, OTHER_SETID, live=0)
    assert reading().live_sets() == {SETID}
    assert reading().known_sets() == {SETID, OTHER_SETID}


def test_years_that_look_alike_in_external_ids_are_refused(cmis: Cmis, reading: Reading) -> None:
    go_live(cmis, "2023-24")
    with pytest.raises(TimetableFault, match="look alike"):
        _ = reading().recogniser


def test_mapped_dates_move_lessons(cmis: Cmis, reading: Reading) -> None:
    cmis.insert("ccalmaps", setid=SETID, dayposn=1, weeknum=1, mapdate="2023-12-01")
    cmis.lesson()
    assert [one.place.date for one in reading().all_occurrences()] == [dt.date(2023, 12, 1), MON2, MON3]
    assert ids(reading().occurrences([RoomDay("R1", MON1)])) == []
    assert ids(reading().occurrences([RoomDay("R1", dt.date(2023, 12, 1))])) == ["1-1-2023-24"]


def test_weeks_of_week_sets(cmis: Cmis, reading: Reading) -> None:
    reader = reading()
    assert reader.weeks_of(SETID, 2) == {2, 4}
    assert reader.weeks_of(SETID, 99) == frozenset()
    assert reader.weeks_of_many([(SETID, 1), (OTHER_SETID, 1), (SETID, 2)]) == {
        (SETID, 1): {1, 2, 3},
        (OTHER_SETID, 1): frozenset(),
        (SETID, 2): {2, 4},
    }
    assert reader.weeks_of_many([]) == {}


def test_lessons_by_key(cmis: Cmis, reading: Reading) -> None:
    cmis.lesson(slotid=1, status=3)
    cmis.lesson(slotid=2, slotentry=2)
    reader = reading()
    found = reader.lessons_many([(SETID, 1), (SETID, 2), (SETID, 3)])
    assert {key: facts.status for key, facts in found.items()} == {(SETID, 1): 3}
    assert reader.lesson(SETID, 2) is None
    assert [entry.slotentry for entry in reader.entries(SETID, 2)] == [2]


def test_room_days_from_a_date_on(cmis: Cmis, reading: Reading) -> None:
    cmis.lesson(slotid=1)
    cmis.lesson(slotid=2, weekid=2)
    cmis.lesson(slotid=3, roomid="R2")
    assert reading().room_days("R1", "2023-09-25") == {RoomDay("R1", date) for date in (MON2, MON3, MON4)}
    assert reading().rooms() == ["R1", "R2"]


def test_all_ways_of_reading_agree(cmis: Cmis, reading: Reading) -> None:
    rng = random.Random(7)
    for setid in (SETID, OTHER_SETID):
        if setid == OTHER_SETID:
            fill(cmis, setid, slots=0)
            go_live(cmis, setid)
            add_weeks(cmis, setid, STARTS)
        for slot in range(100, 400):
            cmis.insert("roomrequests", setid=setid, slotid=slot, slotentry=1, itemnum=1, featureid="AUDIOREC")
            cmis.lesson(
                setid=setid,
                slotid=slot,
                roomid=rng.choice(("R1", "R2", "R8", None)),
                weekid=rng.choice((1, 2)),
                weekday=rng.randint(1, 7),
                status=rng.choice((2, 2, 2, 3)),
                finishtime=rng.choice(("10:00", "10:00", "08:00")),
            )
    whole = list(reading().all_occurrences())
    assert len(whole) > 500
    places = {one.place for one in whole}
    good, unfit = reading().occurrences(places)
    by_place: list[Occurrence | Unfit] = [*good, *unfit]
    assert {one.external_id: one for one in by_place} == {one.external_id: one for one in whole}
    assert len(by_place) == len(whole)
    keys = [(one.setid, one.slotid, one.week) for one in whole]
    assert reading().occurrences_of(keys) == (good, unfit)
    assert reading().room_days("R1", "2023-01-01") == {place for place in places if place.room == "R1"}
    of_one = list(reading().all_occurrences([OTHER_SETID]))
    assert of_one == [one for one in whole if one.setid == OTHER_SETID]


@pytest.mark.parametrize(
    "name",
    [
        "LESSONS_IN_ROOMS",
        "LESSONS_IN_WEEKS",
        "LESSONS",
        "LESSONS_OF_SETS",
        "LESSONS_OF_ROOM",
        "WEEKS",
        "WEEKS_OF_SETS",
        "LECTURERS",
    ],
)
def test_no_statement_walks_through_a_table(cmis: Cmis, name: str) -> None:
    plan = cmis.conn.execute(
        text("EXPLAIN QUERY PLAN " + getattr(statements, name).statement.text), {"keys": "[]"}
    )
    scans = [row[3] for row in plan if row[3].startswith("SCAN")]
    assert [scan for scan in scans if "json_each" not in scan and scan != "SCAN K"] == []


def test_many_keys_are_one_statement(cmis: Cmis) -> None:
    cmis.lesson()
    keys = [(SETID, slot, week) for slot in range(20_000) for week in (1, 2, 3)]
    good, _ = TimetableReader(cmis.conn).occurrences_of(keys)
    assert [one.external_id for one in good] == ["1-1-2023-24", "1-2-2023-24", "1-3-2023-24"]
