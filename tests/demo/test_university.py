"""The size and shape of the generated university, and that it is the same every time."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter

import pytest
from sqlalchemy import Engine, text

from echodesk.demo.figures import Figures, figures, recordable
from echodesk.demo.loading import load
from echodesk.demo.oddities import OF_EACH_KIND
from echodesk.demo.rows import Timetable
from echodesk.demo.university import DEFAULT_SEED, WITHOUT_MAIL, generate
from echodesk.errors import WrongUse

TERM = dt.date(2026, 9, 21)
OTHER_SEEDS = (2, 3, 4)
QUEUED = text("SELECT SETID, SLOTID, ACTION, NEW_VALID FROM STT_ECHO_QUEUE ORDER BY ID")


@pytest.fixture(scope="module")
def university() -> Timetable:
    """The one that is shown unless another seed is asked for."""
    return generate(DEFAULT_SEED, TERM)


@pytest.fixture(scope="module")
def counted(university: Timetable) -> Figures:
    """Its figures."""
    return figures(university)


def test_the_university_has_the_size_that_was_asked_for(counted: Figures) -> None:
    assert counted.rooms == 198
    assert counted.busiest_room_uses == 766
    assert 23_750 <= counted.occurrences <= 26_250


@pytest.mark.parametrize("seed", OTHER_SEEDS)
def test_so_has_every_other(seed: int) -> None:
    counted = figures(generate(seed, TERM))

    assert (counted.rooms, counted.busiest_room_uses) == (198, 766)
    assert 23_750 <= counted.occurrences <= 26_250
    assert counted.overlap_share == pytest.approx(0.17, abs=0.005)


def test_17_in_100_room_days_overlap_and_mostly_it_is_one_lecture_under_several_modules(
    counted: Figures,
) -> None:
    assert counted.overlap_share == pytest.approx(0.17, abs=0.002)
    assert 0.8 < counted.taught_together_pairs / counted.overlapping_pairs < 0.95


def test_some_double_bookings_overlap_only_partly(university: Timetable) -> None:
    on_half_hours = [row for row in recordable(university) if row.starttime.endswith(":30")]

    assert len(on_half_hours) > 5


def test_the_same_seed_gives_the_same_university(university: Timetable) -> None:
    assert generate(DEFAULT_SEED, TERM) == university


def test_another_seed_gives_another_university(university: Timetable) -> None:
    assert generate(DEFAULT_SEED + 1, TERM).lessons != university.lessons


def test_this_seed_gave_these_lessons_when_it_was_written(university: Timetable, counted: Figures) -> None:
    # A changed draw is allowed; it changes every picture and saved figure, so it must not happen unnoticed.
    assert (counted.lessons, counted.occurrences, counted.room_days) == (2674, 25_482, 11_887)
    assert (university.lessons[0].moduleid, university.lessons[0].roomid) == ("ACCF1000", "D04 LT1")


def test_a_term_that_begins_on_a_wednesday_is_refused() -> None:
    with pytest.raises(WrongUse, match="not a Monday"):
        generate(DEFAULT_SEED, TERM + dt.timedelta(days=2))


def test_the_year_has_two_semesters_of_twelve_weeks_and_holds_every_lesson(university: Timetable) -> None:
    described = Counter(week.description.split(",")[0] for week in university.weeks)

    assert university.setid == "2026/27"
    assert university.weeks[0].startdate == TERM
    assert university.weeks[-1].startdate == TERM + dt.timedelta(weeks=51)
    assert (described["Semester 1"], described["Semester 2"]) == (12, 12)
    teaching = {week.weeknumber for week in university.weeks if week.description.startswith("Semester")}
    assert {row.weeknumber for row in university.weeks_of_sets} == teaching


def test_week_sets_have_the_shapes_of_practice(university: Timetable) -> None:
    names = {row.weekid: row.name for row in university.week_set_names}
    used = Counter(names[row.weekid] for row in university.lessons)

    for shape in (
        "Semester 1",
        "Semester 2 without reading week",
        "Semester 1, odd weeks",
        "Semester 2, even weeks",
        "Both semesters",
        "Year long",
        "Week 5",
    ):
        assert used[shape] >= 3, shape


def test_every_lesson_that_is_to_be_recorded_is_queued_and_no_other(engine: Engine, university: Timetable) -> None:
    with engine.begin() as connection:
        load(connection, university)

    with engine.connect() as connection:
        queued = [tuple(row) for row in connection.execute(QUEUED)]
    assert queued == [(row.setid, row.slotid, "INSERT", 1) for row in recordable(university)]


def test_there_are_rows_that_are_not_recorded_for_every_reason(university: Timetable) -> None:
    modules = {row.moduleid for row in university.modules}
    groups = {(row.moduleid, row.grpcode) for row in university.groups}
    components = {row.module_subgroup_code for row in university.components}
    asked = {row.slotid for row in university.requests}
    offered = {row.roomid for row in university.features}
    rows = university.lessons
    kinds = {
        "another source": sum(row.sourcesid != "TEACH" for row in rows),
        "not confirmed": sum(row.status != 2 for row in rows),
        "further entry": sum(row.slotentry == 2 for row in rows),
        "no room": sum(row.roomid is None for row in rows),
        "unknown module": sum(row.moduleid not in modules for row in rows),
        "unknown group": sum(
            row.moduleid in modules and (row.moduleid, row.modgrpcode) not in groups for row in rows
        ),
        "unknown component": sum((row.modgrpcode or "")[:2] not in components for row in rows),
        "unfit code": sum(re.fullmatch("..[0-9][0-9]", row.modgrpcode or "") is None for row in rows),
        "nothing asked": sum(row.slotid not in asked for row in rows),
        "room cannot": sum(row.roomid is not None and row.roomid not in offered for row in rows),
    }
    assert kinds == dict.fromkeys(kinds, OF_EACH_KIND)


def test_keys_are_unique_and_point_at_something(university: Timetable) -> None:
    rooms = {row.roomid for row in university.rooms}
    sites = {row.siteid for row in university.sites}
    lecturers = {row.lecturerid for row in university.lecturers}
    week_sets = {row.weekid for row in university.week_set_names}

    assert len({(row.slotid, row.slotentry) for row in university.lessons}) == len(university.lessons)
    assert len(rooms) == len(university.rooms)
    assert {row.siteid for row in university.rooms} <= sites
    assert {row.roomid for row in university.lessons if row.roomid} <= rooms
    assert {row.lecturerid for row in university.lessons if row.lecturerid} <= lecturers
    assert {row.weekid for row in university.lessons} == week_sets


def test_everybody_is_invented_and_a_few_have_no_address(university: Timetable) -> None:
    mails = [row.businessemail or "" for row in university.addresses]

    assert all(mail.endswith("@example.ac.uk") for mail in mails)
    assert len(set(mails)) == len(mails) == len(university.lecturers) - WITHOUT_MAIL


def test_a_few_lessons_have_no_lecturer_and_two_are_too_long(university: Timetable) -> None:
    lessons = recordable(university)

    assert 10 < sum(row.lecturerid is None for row in lessons) < 80
    assert sum(row.duration > 480 for row in lessons) == 2


def test_codes_and_names_are_kept_apart(university: Timetable) -> None:
    theatre = next(row for row in university.rooms if row.type == "LT")
    site = next(row for row in university.sites if row.siteid == theatre.siteid)

    assert (theatre.roomid, theatre.name) == ("A01 LT1", "Lecture Theatre 1")
    assert (site.siteid, site.sitename, site.campusid) == ("A01", "Aldermere Building", "CENTRAL")
    assert any("/" in row.roomid for row in university.rooms)
