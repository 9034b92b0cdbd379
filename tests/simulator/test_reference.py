"""The reference data of v1: hierarchy, parents, ids (API facts §6)."""

from typing import Any
from urllib.parse import quote

import pytest

from tests.simulator.office import V1, Answer, Office, without

MISSING = "error.path.missing"


def make(office: Office, plural: str, **members: object) -> Answer:
    """Creates one object."""
    return office.ask("POST", f"{V1}/{plural}", members)


def made_id(office: Office, plural: str, **members: object) -> str:
    """The id of an object that must be accepted."""
    answer = make(office, plural, **members)
    assert answer.status == 201, answer.response
    key: str = answer.json["id"]
    return key


def ladder(office: Office) -> dict[str, tuple[str, dict[str, object]]]:
    """One new object of each kind, parents first: plural -> (id, what was posted)."""
    session = {"startDate": "2031-09-01", "endDate": "2032-06-30"}
    posted: dict[str, dict[str, object]] = {"organizations": {"name": "Arts", "externalId": "ORG 1"}}
    ids = {"organizations": made_id(office, "organizations", **posted["organizations"])}
    for plural, members, parents in (
        ("departments", {"name": "History", "externalId": "DEP/1"}, {"organizationId": "organizations"}),
        (
            "courses",
            {"name": "Rome", "courseIdentifier": "HIST1", "externalId": "C-1"},
            {"departmentId": "departments"},
        ),
        ("terms", {"name": "2031-32", "session": session, "exceptions": [], "externalId": "T-1"}, {}),
        (
            "sections",
            {"sectionNumber": "LC01", "externalId": "S-1"},
            {"courseId": "courses", "termId": "terms"},
        ),
        ("campuses", {"name": "Crichton", "timeZone": "Europe/London", "externalId": "CAM-1"}, {}),
        ("buildings", {"name": "Rutherford", "externalId": "B-1"}, {"campusId": "campuses"}),
        ("rooms", {"name": "R1", "externalId": "R-1"}, {"buildingId": "buildings"}),
        (
            "users",
            {
                "email": "Di.Dale@example.ac.uk",
                "firstName": "Di",
                "lastName": "Dale",
                "roles": ["Instructor"],
                "externalId": "U-1",
            },
            {},
        ),
    ):
        body: dict[str, object] = {**members, **{name: ids[parent] for name, parent in parents.items()}}
        posted[plural] = body
        ids[plural] = made_id(office, plural, **body)
    return {plural: (ids[plural], posted[plural]) for plural in posted}


PLURALS = [
    "organizations",
    "departments",
    "courses",
    "terms",
    "sections",
    "campuses",
    "buildings",
    "rooms",
    "users",
]


@pytest.mark.parametrize("plural", PLURALS)
def test_each_kind_is_made_read_changed_and_deleted(plural: str) -> None:
    office = Office()
    key, posted = ladder(office)[plural]
    by_id = office.ask("GET", f"{V1}/{plural}/{key}")
    assert by_id.status == 200
    assert by_id.json | posted == by_id.json
    assert by_id.json["institutionId"] == office.institution.state.institution_id
    external = str(posted["externalId"])
    assert office.ask("GET", f"{V1}/{plural}/{quote(external, safe='')}").json == by_id.json
    assert by_id.json in office.pages(f"{V1}/{plural}?limit=2")
    changed = office.ask("PUT", f"{V1}/{plural}/{key}", posted | {"externalId": "other"})
    assert (changed.status, changed.json["externalId"]) == (200, "other")
    children = {"organizations", "departments", "courses", "terms", "campuses", "buildings"}
    deleted = office.ask("DELETE", f"{V1}/{plural}/{key}")
    assert deleted.status == (400 if plural in children else 200)
    assert office.ask("GET", f"{V1}/{plural}/{key}").status == (200 if plural in children else 404)


@pytest.mark.parametrize(
    ("plural", "needed"),
    [
        ("organizations", {"name"}),
        ("departments", {"name"}),
        ("courses", {"name", "courseIdentifier"}),
        ("terms", {"name", "session"}),
        ("sections", {"sectionNumber", "courseId", "termId"}),
        ("campuses", {"name"}),
        ("buildings", {"name", "campusId"}),
        ("rooms", {"name", "buildingId"}),
        ("users", {"email", "firstName", "lastName", "roles"}),
    ],
)
def test_what_each_kind_needs(plural: str, needed: set[str]) -> None:
    answer = make(Office(), plural)
    assert answer.status == 400
    assert answer.json["error"] == "JsonError"
    assert set(answer.json["param"]) == {f"obj.{name}" for name in needed}


@pytest.mark.parametrize(
    ("plural", "parent", "code"),
    [
        ("departments", "organizationId", "OrganizationNotFound"),
        ("courses", "departmentId", "DepartmentNotFound"),
        ("courses", "organizationId", "OrganizationNotFound"),
        ("sections", "courseId", "CourseNotFound"),
        ("sections", "termId", "TermNotFound"),
        ("buildings", "campusId", "CampusNotFound"),
        ("rooms", "buildingId", "BuildingNotFound"),
    ],
)
def test_parents_must_be_there(plural: str, parent: str, code: str) -> None:
    office = Office()
    posted = without(ladder(office)[plural][1], "externalId")
    assert make(office, plural, **(posted | {parent: "nowhere"})).said()[:2] == (400, code)


def test_parents_may_be_named_by_external_id_by_switch_alone() -> None:
    for switch, status in ((False, 400), (True, 201)):
        office = Office(parents_by_external_id=switch)
        campus = make(office, "campuses", name="X", externalId="X").json
        answer = make(office, "buildings", name="Y", campusId="X")
        assert answer.status == status
        assert switch is False or answer.json["campusId"] == campus["id"]


@pytest.mark.parametrize("plural", PLURALS)
def test_external_ids_are_unique_within_a_kind(plural: str) -> None:
    for status in (400, 409):
        office = Office(duplicate_external_id_status=status)
        posted = ladder(office)[plural][1]
        again = make(office, plural, **(posted | {"email": "second@example.ac.uk"}))
        assert again.said() == (status, "ExternalIdNotUnique", "External Id not unique")


@pytest.mark.parametrize(
    ("plural", "query", "parent"),
    [
        ("departments", "organizationId", "organizations"),
        ("sections", "courseId", "courses"),
        ("sections", "termId", "terms"),
        ("buildings", "campusId", "campuses"),
        ("rooms", "buildingId", "buildings"),
    ],
)
def test_lists_are_filtered_by_parent(plural: str, query: str, parent: str) -> None:
    office = Office()
    made = ladder(office)
    rows = office.pages(f"{V1}/{plural}?{query}={made[parent][0]}")
    assert [row["id"] for row in rows] == [made[plural][0]]
    assert len(office.pages(f"{V1}/{plural}")) > 1


def test_sections_are_filtered_by_course_and_term_together() -> None:
    office = Office()
    made = ladder(office)
    term = office.ask("GET", f"{V1}/terms/T30").json["id"]
    course = made["courses"][0]
    assert office.pages(f"{V1}/sections?courseId={course}&termId={term}") == []


def test_users_are_found_by_mail_and_a_mail_belongs_to_one() -> None:
    office = Office()
    ladder(office)
    found = office.ask("GET", f"{V1}/users/{quote('DI.dale@example.ac.uk')}")
    assert (found.status, found.json["firstName"]) == (200, "Di")
    twin = make(office, "users", email="di.DALE@example.ac.uk", firstName="D", lastName="D", roles=[])
    assert twin.said()[1] == "UserAlreadyExists"
    assert office.ask("GET", f"{V1}/users/no.one@example.ac.uk").said() == (404, "NotFound", "User not found")


@pytest.mark.parametrize(
    ("plural", "members", "path"),
    [
        ("terms", {"session": {"startDate": "2031-09-01"}}, "obj.session.endDate"),
        ("terms", {"session": {"startDate": "2031-09-01", "endDate": "2030-09-01"}}, "obj.session.endDate"),
        ("terms", {"exceptions": [{"startDate": "x", "endDate": "2031-10-01"}]}, "obj.exceptions[0].startDate"),
        ("users", {"roles": ["King"]}, "obj.roles[0]"),
        ("users", {"email": "nobody"}, "obj.email"),
        ("campuses", {"timeZone": "Europe/Atlantis"}, "obj.timeZone"),
        ("rooms", {"name": "  "}, "obj.name"),
    ],
)
def test_field_refusals(plural: str, members: dict[str, object], path: str) -> None:
    office = Office()
    posted = without(ladder(office)[plural][1], "externalId")
    answer = make(office, plural, **(posted | members))
    assert answer.said()[:2] == (400, path)


def test_a_new_room_has_a_device_or_by_switch_none() -> None:
    for switch, status in ((True, 201), (False, 400)):
        office = Office(new_rooms_get_device=switch)
        room = make(
            office, "rooms", name="New", externalId="N", buildingId=office.pages(f"{V1}/buildings")[0]["id"]
        ).json
        assert ("deviceId" in room) == switch
        assert office.book(venue={"roomExternalId": "N"}).status == status
        assigned = office.ask("PUT", f"{V1}/rooms/N", room | {"deviceId": "02-00-00-00-00-01"})
        assert assigned.json["deviceId"] == "02-00-00-00-00-01"
        assert office.book(externalId="2", venue={"roomExternalId": "N"}, startDate="2030-12-02").status == 201


def test_counts_and_schedule_ids_are_derived() -> None:
    office = Office()
    made = office.book(endDate="2030-10-21", daysOfWeek=["MO"]).json
    section = office.ask("GET", f"{V1}/sections/MATH1_LC01").json
    assert (section["scheduleIds"], section["lessonCount"]) == ([made["id"]], 3)
    course = office.ask("GET", f"{V1}/courses/MATH1").json
    assert course["sectionCount"] == 2
    organization: dict[str, Any] = office.pages(f"{V1}/organizations")[0]
    assert [organization[name] for name in ("departmentCount", "courseCount", "sectionCount")] == [1, 1, 2]
    campus = office.pages(f"{V1}/campuses")[0]
    assert (campus["timeZone"], campus["timeZoneOffsetMinutes"]) == ("Europe/London", 60)


def test_what_is_in_use_is_not_deleted_unless_switched() -> None:
    for switch, status in (("refused", 400), ("allowed", 200)):
        office = Office(delete_with_children=switch)
        office.book()
        assert office.ask("DELETE", f"{V1}/sections/MATH1_LC01").status == status


def test_a_schedule_outlives_its_presenter_and_shows_none() -> None:
    office = Office()
    made = office.book().json
    assert office.ask("DELETE", f"{V1}/users/ann.ash@example.ac.uk").status == 200
    assert office.schedule(made["id"]).json == without(made, "presenter")
