"""What Echo360 knows at the start: all rooms and devices, 95 in 100 of the rest."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path

import pytest

from echodesk.demo.capture_seed import capture_seed
from echodesk.demo.csv_timetable import read_timetable
from echodesk.demo.rows import Timetable
from echodesk.demo.university import DEFAULT_SEED, generate
from echodesk.simulator.model import Institution, InstitutionConfig
from echodesk.simulator.seed import plant
from tests.demo.csv_folder import write_folder

TERM = dt.date(2026, 9, 21)
CONFIG = InstitutionConfig(client_id="id", client_secret="secret")


@pytest.fixture(scope="module")
def university() -> Timetable:
    """The generated one."""
    return generate(DEFAULT_SEED, TERM)


def institution() -> Institution:
    """An empty one whose clock stands still."""
    return Institution(
        CONFIG,
        now=lambda: dt.datetime(2026, 9, 15, 8, 0),  # noqa: DTZ001 - campus wall-clock time
        monotonic=lambda: 0.0,
        rng=random.Random(1),
    )


def test_all_rooms_are_known_and_those_that_record_have_a_device(university: Timetable) -> None:
    rooms = capture_seed(university, 1).rooms

    assert [room.external_id for room in rooms] == [room.roomid for room in university.rooms]
    assert sum(room.device for room in rooms) == 198
    assert (rooms[0].building, rooms[0].building_external_id, rooms[0].campus) == (
        "Aldermere Building",
        "A01",
        "CENTRAL",
    )


def test_five_in_a_hundred_people_sections_and_courses_are_missing(university: Timetable) -> None:
    seed = capture_seed(university, 1)

    courses = {group.moduleid for group in university.groups}
    assert len(seed.users) / len(university.addresses) == pytest.approx(0.95, abs=0.001)
    assert len(seed.sections) / len(university.groups) == pytest.approx(0.95, abs=0.001)
    assert len({section.course_external_id for section in seed.sections}) / len(courses) == pytest.approx(
        0.95, abs=0.02
    )


def test_sections_and_people_are_named_as_schedules_name_them(university: Timetable) -> None:
    seed = capture_seed(university, 1)

    section, user = seed.sections[0], seed.users[0]
    module = next(row for row in university.modules if row.moduleid == section.course_external_id)
    assert section.external_id == f"{module.moduleid}_{section.section_number}"
    assert (section.course_name, section.department_external_id) == (module.name, module.owner)
    assert (section.term, seed.terms[0].name) == ("2026/27", "2026/27")
    assert (seed.terms[0].start_date, seed.terms[0].end_date) == ("2026-09-21", "2027-09-19")
    assert user.email.startswith(user.first_name.lower())


def test_the_same_seed_gives_the_same_institution(university: Timetable) -> None:
    assert capture_seed(university, 5) == capture_seed(university, 5)
    assert capture_seed(university, 5) != capture_seed(university, 6)


def test_the_simulator_takes_all_of_it(university: Timetable) -> None:
    seed = capture_seed(university, 1)
    made = institution()

    plant(made, seed)

    directory = made.state.directory
    assert len(directory.rooms) == len(seed.rooms)
    assert len(directory.sections) == len(seed.sections)
    assert len(directory.users) == len(seed.users)
    assert sorted(campus.name for campus in directory.campuses) == ["CENTRAL", "NORTHFIELD", "RIVERSIDE"]


def test_a_timetable_without_buildings_and_departments_gets_parents_that_say_so(tmp_path: Path) -> None:
    seed = capture_seed(read_timetable(write_folder(tmp_path), TERM), 1, campus="Hill")

    assert [(room.external_id, room.building, room.campus) for room in seed.rooms] == [
        ("B1 Hall", "B1", "Hill"),
        ("B2-7", "B2", "Hill"),
        ("X.9", "No building", "Hill"),
    ]
    assert {section.department for section in seed.sections} == {"No department"}
    assert seed.users == ()
