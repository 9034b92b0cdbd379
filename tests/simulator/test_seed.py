"""Filling an institution, and the seed's file."""

from pathlib import Path

import pytest

from echodesk.simulator.seed import BadSeed, Seed, SeedRoom, SeedSection, SeedTerm, plant, read_seed, write_seed
from tests.simulator.office import SEED, V1, Office, booking


def test_a_seed_survives_its_file(tmp_path: Path) -> None:
    path = tmp_path / "seed.json"
    write_seed(SEED, path)
    assert read_seed(path) == SEED


def test_what_is_there_already_stays() -> None:
    office = Office()
    before = [office.pages(f"{V1}/{plural}") for plural in ("rooms", "courses", "sections", "users", "terms")]
    plant(office.institution, SEED)
    assert before == [
        office.pages(f"{V1}/{plural}") for plural in ("rooms", "courses", "sections", "users", "terms")
    ]


def test_buildings_of_one_name_on_two_campuses_are_two() -> None:
    rooms = tuple(
        SeedRoom(external_id=campus, name="1", building="Main", campus=campus) for campus in ("East", "West")
    )
    office = Office(seed=Seed(rooms=rooms))
    assert len(office.pages(f"{V1}/buildings")) == 2


def test_courses_departments_and_organizations_are_made_once() -> None:
    office = Office()
    assert [len(office.pages(f"{V1}/{plural}")) for plural in ("organizations", "departments", "courses")] == [
        1,
        1,
        1,
    ]
    department = office.pages(f"{V1}/departments")[0]
    assert department["organizationId"] == office.pages(f"{V1}/organizations")[0]["id"]
    assert office.pages(f"{V1}/courses")[0]["departmentId"] == department["id"]


def test_foreign_schedules_stand_in_the_way() -> None:
    office = Office()
    plant(office.institution, Seed(schedules=(booking(externalId=None),)))
    assert office.book().json["error"] == "ScheduleTimingClash"


@pytest.mark.parametrize(
    ("seed", "named"),
    [
        (
            Seed(
                sections=(
                    SeedSection(
                        external_id="S",
                        section_number="1",
                        course_external_id="C",
                        course_identifier="C",
                        course_name="C",
                        term="1999",
                    ),
                )
            ),
            "1999",
        ),
        (
            Seed(
                terms=tuple(
                    SeedTerm(name=name, start_date="2030-01-01", end_date="2030-02-01", external_id="T")
                    for name in ("a", "b")
                )
            ),
            "'T'",
        ),
        (Seed(schedules=({"startDate": "2030-10-07"},)), "error.path.missing"),
    ],
)
def test_a_seed_that_cannot_be_says_what_is_wrong(seed: Seed, named: str) -> None:
    with pytest.raises(BadSeed) as caught:
        plant(Office().institution, seed)
    assert named in caught.value.message


@pytest.mark.parametrize("content", [b"", b"{", b'{"rooms": [{"name": 5}]}', b"\xff"])
def test_an_unreadable_seed_file_is_a_bad_seed(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "seed.json"
    path.write_bytes(content)
    with pytest.raises(BadSeed):
        read_seed(path)


def test_an_absent_seed_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadSeed) as caught:
        read_seed(tmp_path / "absent.json")
    assert "absent.json" in caught.value.message
