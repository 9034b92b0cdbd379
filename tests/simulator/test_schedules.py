"""Schedules v2: create, read, replace, delete, and the rules between them (API facts §5)."""

from typing import Any

import pytest

from tests.simulator.office import SCHEDULES, Office, booking, path_of, without

CLASH = (400, "ScheduleTimingClash", "Schedule timing clash with another Schedule")
TAKEN_ID = (400, "ExternalIdNotUnique", "External Id not unique")


def test_a_created_schedule_is_answered_whole() -> None:
    office = Office()
    answer = office.book()
    assert answer.status == 201
    made = answer.json
    directory = office.institution.state.directory
    room = directory.rooms.by_external("BO/101")
    section = directory.sections.by_external("MATH1_LC01")
    user = directory.user_by_email("ann.ash@example.ac.uk")
    assert room is not None
    assert section is not None
    assert user is not None
    building = directory.buildings.get(room.building_id)
    assert building is not None
    assert without(made, "id", "institutionId") == {
        "name": "Mathematics 1",
        "startDate": "2030-10-07",
        "startTime": "09:00",
        "endTime": "10:00",
        "venue": {
            "campusId": building.campus_id,
            "campusName": "Gilmorehill",
            "buildingId": building.id,
            "buildingName": "Boyd Orr",
            "roomId": room.id,
            "roomName": "101",
        },
        "presenter": {
            "userId": user.id,
            "userEmail": "ann.ash@example.ac.uk",
            "userFullName": "Ann Ash",
        },
        "sections": [
            {
                "courseId": section.course_id,
                "courseIdentifier": "MATH1001",
                "termId": section.term_id,
                "termName": "2030-31",
                "sectionId": section.id,
                "sectionName": "LC01",
            }
        ],
        "shouldCaption": False,
        "shouldStreamLive": False,
        "shouldAutoPublish": True,
        "shouldRecurCapture": False,
        "input1": "Display",
        "input2": "Video",
        "captureQuality": "Medium",
        "externalId": "1-1-2030-31",
    }
    assert made["institutionId"] == office.institution.state.institution_id
    assert office.schedule(made["id"]).json == made


@pytest.mark.parametrize("external_id", ["1-1-2030-31", "a/b c", "Größe/№1 ✓", "100%+?#&"])
def test_a_schedule_is_found_by_its_encoded_external_id(external_id: str) -> None:
    office = Office()
    made = office.book(externalId=external_id).json
    assert office.schedule(external_id).json == made
    changed = office.ask("PUT", path_of(external_id), booking(externalId=external_id, name="New"))
    assert (changed.status, changed.json["id"], changed.json["name"]) == (200, made["id"], "New")
    assert office.ask("DELETE", path_of(external_id)).status == 200
    assert office.schedule(external_id).status == 404


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_an_unknown_id_is_404_or_by_switch_400(method: str) -> None:
    for status in (404, 400):
        office = Office(unknown_id_status=status)
        answer = office.ask(method, path_of("nowhere"), booking())
        assert answer.said() == (status, "ScheduleNotFound", "Schedule not found")


@pytest.mark.parametrize(
    ("start", "end", "clashes"),
    [
        ("09:00", "10:00", True),
        ("08:00", "09:01", True),
        ("09:59", "11:00", True),
        ("09:15", "09:45", True),
        ("08:00", "11:00", True),
        ("08:00", "09:00", False),
        ("10:00", "11:00", False),
    ],
)
def test_a_room_holds_one_schedule_at_a_time_and_intervals_are_half_open(
    start: str, end: str, clashes: bool
) -> None:
    office = Office()
    office.book()
    answer = office.book(externalId="2", startTime=start, endTime=end)
    if clashes:
        assert answer.said() == CLASH
    else:
        assert answer.status == 201
    assert len(office.held()) == (1 if clashes else 2)


def test_the_inclusive_boundary_is_a_switch() -> None:
    office = Office(boundary="inclusive")
    office.book()
    assert office.book(externalId="2", startTime="10:00", endTime="11:00").said() == CLASH
    assert office.book(externalId="3", startTime="08:00", endTime="09:00").said() == CLASH
    assert office.book(externalId="4", startTime="10:01", endTime="11:00").status == 201


def test_presenters_sections_and_other_rooms_do_not_clash() -> None:
    office = Office()
    office.book()
    assert office.book(externalId="2", venue={"roomExternalId": "BO 102"}).status == 201


def test_an_external_id_is_taken_once_and_that_is_said_before_the_clash() -> None:
    office = Office()
    office.book()
    assert office.book().said() == TAKEN_ID
    assert office.book(startDate="2030-10-08").said() == TAKEN_ID
    assert Office(first_check="clash").book().status == 201
    other = Office(first_check="clash")
    other.book()
    assert other.book().said() == CLASH


def test_schedules_without_external_id_may_be_many() -> None:
    office = Office()
    first = office.book(externalId=None)
    second = office.book(externalId=None, startDate="2030-10-08")
    assert (first.status, second.status) == (201, 201)
    assert "externalId" not in first.json


def test_put_replaces_the_whole_and_does_not_clash_with_itself() -> None:
    office = Office()
    made = office.book(guestPresenter="Cy Cedar").json
    body = without(booking(startTime="09:30", endTime="10:30"), "name", "input2", "presenter", "sections")
    changed = office.ask("PUT", path_of(made["id"]), body)
    assert changed.status == 200
    assert changed.json["name"] == "Untitled"
    assert changed.json["startTime"] == "09:30"
    assert changed.json["sections"] == []
    assert changed.json["shouldAutoPublish"] is False
    assert {"input2", "presenter", "guestPresenter"}.isdisjoint(changed.json)
    assert office.held() == [changed.json]


def test_put_may_be_partial_by_switch() -> None:
    office = Office(put="partial")
    made = office.book(guestPresenter="Cy Cedar").json
    changed = office.ask("PUT", path_of(made["id"]), {"startTime": "08:30"})
    assert changed.json == made | {"startTime": "08:30"}


def test_put_frees_the_old_time_and_takes_the_new_one() -> None:
    office = Office()
    made = office.book().json
    office.ask("PUT", path_of(made["id"]), booking(venue={"roomExternalId": "BO 102"}))
    assert office.book(externalId="2").status == 201
    assert office.book(externalId="3", venue={"roomExternalId": "BO 102"}).said() == CLASH


def test_a_refused_put_changes_nothing() -> None:
    office = Office()
    office.book()
    made = office.book(externalId="2", startTime="10:00", endTime="11:00").json
    refused = office.ask("PUT", path_of("2"), booking(externalId="2", startTime="09:30", endTime="10:30"))
    assert refused.said() == CLASH
    assert office.schedule("2").json == made


def test_put_by_id_changes_the_external_id_or_by_switch_keeps_it() -> None:
    office = Office()
    made = office.book().json
    assert office.ask("PUT", path_of(made["id"]), booking(externalId="new")).json["externalId"] == "new"
    assert office.schedule("1-1-2030-31").status == 404
    assert office.schedule("new").status == 200
    keeping = Office(put_external_id="keeps")
    made = keeping.book().json
    changed = keeping.ask("PUT", path_of(made["id"]), booking(externalId="new"))
    assert (changed.status, changed.json["externalId"]) == (200, "1-1-2030-31")


def test_put_to_an_external_id_that_another_carries_is_refused() -> None:
    office = Office()
    made = office.book().json
    office.book(externalId="2", startTime="10:00", endTime="11:00")
    assert office.ask("PUT", path_of(made["id"]), booking(externalId="2")).said() == TAKEN_ID


@pytest.mark.parametrize(("switch", "body"), [("object", b"{}"), ("text", b"OK"), ("empty", b"")], ids=str)
def test_delete_answers_200_with_the_body_that_the_switch_says(switch: str, body: bytes) -> None:
    office = Office(delete_body=switch)
    office.book()
    answer = office.ask("DELETE", path_of("1-1-2030-31"))
    assert (answer.status, answer.response.body) == (200, body)
    assert office.held() == []


def test_delete_may_answer_the_deleted_schedule() -> None:
    office = Office(delete_body="entity")
    made = office.book().json
    assert office.ask("DELETE", path_of(made["id"])).json == made


def test_a_deleted_external_id_is_free_again_or_by_switch_not() -> None:
    for switch, status in (("free", 201), ("taken", 400)):
        office = Office(deleted_external_ids=switch)
        office.book()
        office.ask("DELETE", path_of("1-1-2030-31"))
        assert office.book().status == status


def test_a_start_in_the_past_is_refused_to_the_minute() -> None:
    office = Office()
    assert office.book(startDate="2030-09-02", startTime="07:59", endTime="09:00").said() == (
        400,
        "Time in past",
        "",
    )
    assert office.book(startDate="2030-09-02", startTime="08:00", endTime="09:00").status == 201
    lenient = Office(past_start_refused=False)
    assert lenient.book(startDate="2020-01-01").status == 201


def test_what_has_begun_may_be_deleted_and_moved_ahead_unless_switched() -> None:
    for switch, status in (("allowed", 200), ("refused", 400)):
        office = Office(change_of_begun=switch, delete_of_begun=switch)
        office.book(startDate="2030-09-02", startTime="08:30", endTime="09:30")
        office.clock.forward(3600)
        assert office.ask("PUT", path_of("1-1-2030-31"), booking()).status == status
        office.book(externalId="2", startDate="2030-09-02", startTime="09:30", endTime="10:30")
        office.clock.forward(3600)
        assert office.ask("DELETE", path_of("2")).status == status


@pytest.mark.parametrize(
    ("switches", "said"),
    [
        ({"clash_status": 409}, (409, *CLASH[1:])),
        ({"clash_form": "param"}, (400, "obj.venue.room", CLASH[2])),
        ({"clash_form": "text"}, (400, CLASH[2], "")),
        ({"clash_wording": "taken"}, (400, "ScheduleTimingClash", "Venue / Time slot is already taken")),
    ],
)
def test_how_a_clash_is_said_is_a_switch(switches: dict[str, Any], said: tuple[int, str, str]) -> None:
    office = Office(**switches)
    office.book()
    assert office.book(externalId="2").said() == said


def test_a_refusal_may_be_bare_text() -> None:
    office = Office(clash_form="plain")
    office.book()
    refused = office.book(externalId="2").response
    assert refused.header("content-type") == "text/plain; charset=utf-8"
    assert refused.body == b"Schedule timing clash with another Schedule"


def test_how_a_taken_external_id_is_said_is_a_switch() -> None:
    office = Office(duplicate_external_id_status=409, duplicate_external_id_form="param")
    office.book()
    assert office.book().said() == (409, "obj.externalId", "External Id not unique")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PATCH", SCHEDULES),
        ("DELETE", SCHEDULES),
        ("POST", f"{SCHEDULES}/x"),
        ("GET", f"{SCHEDULES}/x/y"),
        ("GET", "/public/api/v2/rooms"),
        ("GET", "/public/api/v3/schedules"),
        ("GET", "/public/api/v1"),
        ("GET", "/public/api/v1/captures"),
        ("GET", "/api-documentation"),
    ],
)
def test_routes_that_are_not_there(method: str, path: str) -> None:
    assert Office().ask(method, path).said() == (404, "Resource not found", "")
