"""What the CSV shape becomes, and what is refused."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from echodesk.demo.csv_timetable import read_timetable
from echodesk.errors import TimetableFault, WrongUse
from tests.demo.csv_folder import HEADING, LESSONS, ROOMS, lesson, write_folder

TERM = dt.date(2026, 9, 21)
PUBLISHED = Path(__file__).parents[3] / "shared" / "data"
UNSW = PUBLISHED / "unsw-2020-t1-classutil"


def test_slot_ids_count_from_100001_and_the_sources_id_is_kept(tmp_path: Path) -> None:
    lessons = read_timetable(write_folder(tmp_path), TERM).lessons

    assert [(row.slotid, row.userchange) for row in lessons] == [(100001, "a1"), (100002, "a2"), (100003, "a3")]


def test_a_lesson_becomes_a_confirmed_teaching_row(tmp_path: Path) -> None:
    row = read_timetable(write_folder(tmp_path), TERM).lessons[1]

    assert (row.setid, row.slotentry, row.slottotal, row.status, row.sourcesid) == ("2026/27", 1, 1, 2, "TEACH")
    assert (row.moduleid, row.modgrpcode, row.lecturerid) == ("MATH2", "TU03", "l7")
    assert (row.siteid, row.roomid) == ("B2", "B2-7")
    assert (row.weekday, row.starttime, row.finishtime, row.duration) == (5, "10:30", "12:00", 90)


def test_what_the_source_lacks_stays_missing_and_names_become_ids(tmp_path: Path) -> None:
    timetable = read_timetable(write_folder(tmp_path), TERM)

    assert timetable.lessons[0].lecturerid is None
    assert timetable.lessons[2].roomid is None
    assert [(room.roomid, room.name, room.siteid) for room in timetable.rooms] == [
        ("B1 Hall", "Great Hall", "B1"),
        ("B2-7", "B2-7", "B2"),
        ("X.9", "X.9", None),
    ]
    assert [(module.moduleid, module.name) for module in timetable.modules] == [
        ("ENGL1003", "Reading Poems"),
        ("MATH2", "MATH2"),
    ]
    assert [(site.siteid, site.sitename) for site in timetable.sites] == [("B1", "B1"), ("B2", "B2")]
    assert [(person.lecturerid, person.name) for person in timetable.lecturers] == [("l7", "l7")]
    assert timetable.addresses == ()


def test_equal_week_sets_share_one_week_id_whatever_their_order(tmp_path: Path) -> None:
    timetable = read_timetable(write_folder(tmp_path), TERM)

    assert [row.weekid for row in timetable.lessons] == [1, 2, 2]
    assert [(row.weekid, row.weeknumber) for row in timetable.weeks_of_sets] == [
        (1, 1),
        (1, 2),
        (1, 3),
        (2, 1),
        (2, 3),
    ]
    assert [(row.name, row.weeks, row.numweeks) for row in timetable.week_set_names] == [
        ("Weeks 1-3", "1-3", 3),
        ("Weeks 1, 3", "1, 3", 2),
    ]


def test_the_first_week_begins_on_the_chosen_monday_and_gaps_stay(tmp_path: Path) -> None:
    weeks = read_timetable(write_folder(tmp_path), TERM).weeks

    assert [(week.weeknumber, week.startdate.isoformat()) for week in weeks] == [
        (1, "2026-09-21"),
        (2, "2026-09-28"),
        (3, "2026-10-12"),
    ]


def test_weeks_without_dates_follow_one_another(tmp_path: Path) -> None:
    folder = write_folder(tmp_path, weeks="week_number,monday\n3,\n1,\n2,\n")

    weeks = read_timetable(folder, TERM).weeks

    assert [week.startdate.isoformat() for week in weeks] == ["2026-09-21", "2026-09-28", "2026-10-05"]


def test_each_lesson_with_a_room_asks_for_video_and_each_room_offers_it(tmp_path: Path) -> None:
    timetable = read_timetable(write_folder(tmp_path), TERM)

    assert [(row.slotid, row.featureid) for row in timetable.requests] == [
        (100001, "VIDEOREC"),
        (100002, "VIDEOREC"),
    ]
    assert [(row.roomid, row.featureid) for row in timetable.features] == [
        ("B1 Hall", "VIDEOREC"),
        ("B2-7", "VIDEOREC"),
        ("X.9", "VIDEOREC"),
    ]


def test_component_types_are_the_prefixes_found(tmp_path: Path) -> None:
    timetable = read_timetable(write_folder(tmp_path), TERM)

    assert [row.module_subgroup_code for row in timetable.components] == ["LC", "TU"]
    assert [(row.moduleid, row.grpcode) for row in timetable.groups] == [("ENGL1003", "LC01"), ("MATH2", "TU03")]


def test_nobody_is_senior(tmp_path: Path) -> None:
    changed = {row.datechanged for row in read_timetable(write_folder(tmp_path), TERM).lessons}

    assert changed == {"202608240000"}


def test_a_byte_order_mark_and_windows_line_ends_are_read(tmp_path: Path) -> None:
    folder = write_folder(tmp_path)
    (folder / "rooms.csv").write_bytes(b"\xef\xbb\xbf" + ROOMS.replace("\n", "\r\n").encode())

    assert len(read_timetable(folder, TERM).rooms) == 3


@pytest.mark.parametrize(
    ("name", "content", "place"),
    [
        ("lessons", lesson(start="9.30"), "line 2, field start: '9.30'"),
        ("lessons", lesson(start="9:30"), "line 2, field start: '9:30'"),
        ("lessons", lesson(finish="24:00"), "line 2, field finish: '24:00'"),
        ("lessons", lesson(start=""), "line 2, field start: a value is needed"),
        ("lessons", lesson(finish="09:00"), "line 2, field finish: 09:00 is not after the start 09:00"),
        ("lessons", lesson(weekday="0"), "line 2, field weekday: '0' is not a whole number from 1 to 7"),
        ("lessons", lesson(weekday="8"), "line 2, field weekday: '8'"),
        ("lessons", lesson(weekday="Mon"), "line 2, field weekday: 'Mon'"),
        ("lessons", lesson(weeks="1 4"), "line 2, field weeks: week '4' is not in weeks.csv"),
        ("lessons", lesson(weeks="1-3"), "line 2, field weeks: week '1-3'"),
        ("lessons", lesson(weeks="2 2"), "line 2, field weeks: week 2 is named twice"),
        ("lessons", lesson(weeks=""), "line 2, field weeks: a value is needed"),
        ("lessons", lesson(module_id="HIST1"), "line 2, field module_id: 'HIST1' is not in modules.csv"),
        ("lessons", lesson(room_id="B9"), "line 2, field room_id: 'B9' is not in rooms.csv"),
        ("lessons", LESSONS.replace("a3,", " a1 ,"), "line 4, field slot_id: 'a1' stands already on line 2"),
        ("lessons", lesson(slot_id=""), "line 2, field slot_id: a value is needed"),
        ("lessons", HEADING, "line 1: there is a heading and nothing below it"),
        ("lessons", "", ": the file is empty"),
        ("lessons", lesson().replace("weekday,", ""), "line 1, field weekday: this column is missing"),
        ("lessons", lesson().replace("slot_id", "start"), "line 1, field slot_id: this column is missing"),
        ("lessons", lesson().replace("\n", ",start\n", 1), "line 1, field start: this column is there twice"),
        ("lessons", lesson(weeks="1,2"), "line 2, field weeks: 10 cells where the heading has 9"),
        ("lessons", HEADING + "a1,ENGL1003\n", "line 2, field group_code: 2 cells"),
        ("lessons", lesson(group_code='"LC01'), "line 2: this is not a line of CSV"),
        ("rooms", ROOMS + "B2-7 ,B2,,\n", "line 5, field room_id: 'B2-7' stands already on line 3"),
        ("rooms", ROOMS.replace("300", "many"), "line 2, field capacity: 'many'"),
        ("modules", "module_id,name\nM1,\nM1,\n", "line 3, field module_id: 'M1' stands already"),
        ("modules", "module_id\nM1\n", "line 1, field name: this column is missing"),
        ("weeks", "week_number,monday\n1,2020-02-18\n", "line 2, field monday: '2020-02-18' is a Tuesday"),
        ("weeks", "week_number,monday\n1,17/02/2020\n", "line 2, field monday: '17/02/2020' is not a date"),
        ("weeks", "week_number,monday\n1,2020-02-17\n2,\n", "line 3, field monday: a value is needed"),
        ("weeks", "week_number,monday\n1,2020-02-24\n2,2020-02-17\n", "line 3, field monday: week 2"),
        ("weeks", "week_number,monday\n1,2020-02-17\n2,9999-12-27\n", "line 3, field monday: week 2"),
        ("weeks", "week_number,monday\n1,\n01,\n", "line 3, field week_number: week 1 stands already"),
        ("weeks", "week_number,monday\none,\n", "line 2, field week_number: 'one'"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_by_file_line_and_field(
    tmp_path: Path, name: str, content: str, place: str
) -> None:
    folder = write_folder(tmp_path)
    (folder / f"{name}.csv").write_text(content, encoding="utf-8", newline="")

    with pytest.raises(TimetableFault) as caught:
        read_timetable(folder, TERM)

    assert caught.value.message.startswith(f"{name}.csv")
    assert place in caught.value.message
    assert str(folder) in caught.value.next_step


@pytest.mark.parametrize("name", ["rooms.csv", "modules.csv", "weeks.csv", "lessons.csv"])
def test_a_missing_file_is_named(tmp_path: Path, name: str) -> None:
    folder = write_folder(tmp_path)
    (folder / name).unlink()

    with pytest.raises(TimetableFault, match=f"{name}: this file is missing"):
        read_timetable(folder, TERM)


def test_a_folder_where_a_file_should_be_is_refused(tmp_path: Path) -> None:
    folder = write_folder(tmp_path)
    (folder / "weeks.csv").unlink()
    (folder / "weeks.csv").mkdir()

    with pytest.raises(TimetableFault, match=r"weeks\.csv: this file cannot be read"):
        read_timetable(folder, TERM)


def test_another_encoding_is_refused_on_the_line_that_shows_it(tmp_path: Path) -> None:
    folder = write_folder(tmp_path)
    (folder / "modules.csv").write_bytes("module_id,name\nENGL1003,Po\u00e8mes\nMATH2,\n".encode("latin-1"))

    with pytest.raises(TimetableFault, match=r"modules\.csv, line 2: this is not UTF-8 text"):
        read_timetable(folder, TERM)


def test_a_line_number_counts_the_lines_that_a_quoted_cell_spans(tmp_path: Path) -> None:
    folder = write_folder(tmp_path, modules='module_id,name\nENGL1003,"Reading\nPoems"\n\nMATH2,\nMATH2,\n')

    with pytest.raises(TimetableFault, match=r"modules\.csv, line 6, .* stands already on line 5"):
        read_timetable(folder, TERM)


@pytest.mark.skipif(not PUBLISHED.is_dir(), reason="the published timetables are not beside the project")
@pytest.mark.parametrize("name", ["unsw-2020-t1-classutil", "itc2019-pu-d5-spr17"])
def test_a_published_timetable_is_read_whole(name: str) -> None:
    counts = json.loads((PUBLISHED / name / "counts.json").read_text(encoding="utf-8"))

    timetable = read_timetable(PUBLISHED / name, TERM)

    weeks = {row.weekid: row.numweeks for row in timetable.week_set_names}
    with_room = [row for row in timetable.lessons if row.roomid]
    assert {
        "lessons": len(timetable.lessons),
        "lessons_with_room": len(with_room),
        "lessons_with_group": sum(row.modgrpcode is not None for row in timetable.lessons),
        "lessons_with_lecturer": sum(row.lecturerid is not None for row in timetable.lessons),
        "lesson_weeks": sum(weeks[row.weekid] for row in timetable.lessons),
        "lesson_weeks_with_room": sum(weeks[row.weekid] for row in with_room),
        "distinct_week_sets": len(timetable.week_set_names),
        "rooms": len(timetable.rooms),
        "rooms_used": len({row.roomid for row in with_room}),
        "buildings": len(timetable.sites),
        "modules": len(timetable.modules),
        "weeks": len(timetable.weeks),
    }.items() <= counts.items()


@pytest.mark.skipif(not UNSW.is_dir(), reason="the published timetables are not beside the project")
def test_the_large_timetable_has_the_promised_lesson_weeks() -> None:
    timetable = read_timetable(UNSW, TERM)

    weeks = {row.weekid: row.numweeks for row in timetable.week_set_names}
    assert sum(weeks[row.weekid] for row in timetable.lessons) == 42_888
    assert sum(weeks[row.weekid] for row in timetable.lessons if row.roomid) == 42_116


def test_a_folder_that_is_not_there_is_told_as_that(tmp_path: Path) -> None:
    with pytest.raises(WrongUse, match="is not a folder"):
        read_timetable(tmp_path / "nowhere", TERM)
