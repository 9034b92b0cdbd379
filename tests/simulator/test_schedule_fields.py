"""The members of a schedule's body, one rule each (API facts §4.4, §5.2, §5.3)."""

from typing import Any

import pytest

from tests.simulator.office import SCHEDULES, Answer, Office, booking

MISSING = "error.path.missing"


@pytest.mark.parametrize("name", ["startDate", "startTime", "endTime", "venue", "captureQuality"])
def test_required_members(name: str) -> None:
    assert Office().book(**{name: None}).said() == (400, f"obj.{name}", MISSING)


@pytest.mark.parametrize(
    ("switch", "name"),
    [("sections_required", "sections"), ("flags_required", "shouldCaption")],
)
def test_members_that_are_required_by_switch(switch: str, name: str) -> None:
    assert Office().book(**{name: None}).status == 201
    switches: dict[str, Any] = {switch: True}
    assert Office(**switches).book(**{name: None}).said() == (400, f"obj.{name}", MISSING)


def test_capture_quality_may_be_optional_by_switch() -> None:
    answer = Office(capture_quality_required=False).book(captureQuality=None)
    assert answer.status == 201
    assert "captureQuality" not in answer.json


@pytest.mark.parametrize(
    ("members", "path", "text"),
    [
        ({"startDate": "7/10/2030"}, "obj.startDate", "error.expected.date.isoformat"),
        ({"startDate": "2030-02-30"}, "obj.startDate", "error.expected.date.isoformat"),
        ({"startDate": 20301007}, "obj.startDate", "error.expected.jsstring"),
        ({"startTime": "24:00"}, "obj.startTime", "error.expected.time.isoformat"),
        ({"startTime": "9:00"}, "obj.startTime", "error.expected.time.isoformat"),
        ({"endTime": "09:00"}, "obj.endTime", "endTime must be after startTime"),
        ({"startTime": "22:00", "endTime": "01:00"}, "obj.endTime", "endTime must be after startTime"),
        ({"endTime": "17:01"}, "obj.endTime", "Schedule is longer than 480 minutes"),
        ({"endDate": "2030-11-01"}, "obj.daysOfWeek", MISSING),
        ({"endDate": "2030-10-06", "daysOfWeek": ["MO"]}, "obj.endDate", "endDate must not be before startDate"),
        (
            {"endDate": "2030-11-01", "daysOfWeek": ["MONDAY"]},
            "obj.daysOfWeek[0]",
            "error.expected.validenumvalue",
        ),
        ({"exclusionDates": ["soon"]}, "obj.exclusionDates[0]", "error.expected.date.isoformat"),
        ({"exclusionDates": [5]}, "obj.exclusionDates[0]", "error.expected.jsstring"),
        ({"input1": "screen"}, "obj.input1", "error.expected.validenumvalue"),
        ({"captureQuality": "best"}, "obj.captureQuality", "error.expected.validenumvalue"),
        ({"streamQuality": "low"}, "obj.streamQuality", "error.expected.validenumvalue"),
        ({"shouldCaption": "yes"}, "obj.shouldCaption", "error.expected.jsboolean"),
        ({"sections": {}}, "obj.sections", "error.expected.jsarray"),
        ({"sections": ["MATH1"]}, "obj.sections[0]", "error.expected.jsobject"),
        ({"venue": "BO/101"}, "obj.venue", "error.expected.jsobject"),
        ({"venue": {}}, "obj.venue.room", MISSING),
        ({"venue": {"roomName": "101"}}, "obj.venue.buildingName", MISSING),
        ({"name": ["x"]}, "obj.name", "error.expected.jsstring"),
        (
            {"sections": [{"sectionExternalId": "MATH1_LC01", "availability": {"availability": "Relative"}}]},
            "obj.sections[0].availability.relativeDelay",
            MISSING,
        ),
        ({"venue": {"roomExternalId": "NODEV"}}, "obj.venue.room", "Device not found in Room"),
    ],
)
def test_field_refusals(members: dict[str, object], path: str, text: str) -> None:
    office = Office()
    answer = office.book(**members)
    assert answer.json["error"] == "JsonError"
    assert answer.said() == (400, path, text)
    assert office.held() == []


def test_all_field_problems_are_told_at_once() -> None:
    answer = Office().book(startDate=None, endTime="x", captureQuality=None)
    assert set(answer.json["param"]) == {"obj.startDate", "obj.endTime", "obj.captureQuality"}
    assert answer.json["param"]["obj.startDate"] == [{"msg": MISSING, "args": []}]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"text"', b"null", b"\xff", b"[" * 100_000])
def test_what_is_no_json_object_is_invalid_json(body: bytes) -> None:
    office = Office()
    signed = office.request("POST", SCHEDULES)
    request = type(signed)("POST", SCHEDULES, "", signed.headers, body)
    assert Answer(office.institution.handle(request)).said() == (400, "Invalid json", "")


@pytest.mark.parametrize(
    ("members", "code", "text"),
    [
        ({"venue": {"roomExternalId": "nowhere"}}, "RoomNotFound", "Room not found"),
        ({"venue": {"roomId": "BO/101"}}, "RoomNotFound", "Room not found"),
        (
            {"venue": {"roomName": "101", "buildingName": "Boyd Orr", "campusName": "Garscube"}},
            "RoomNotFound",
            "Room not found",
        ),
        ({"presenter": {"userEmail": "no.one@example.ac.uk"}}, "UserNotFound", "User not found"),
        ({"presenter": {}}, "UserNotFound", "User not found"),
        ({"sections": [{"sectionExternalId": "nowhere"}]}, "SectionNotFound", "Section Not Found"),
    ],
)
def test_what_is_named_must_be_there(members: dict[str, object], code: str, text: str) -> None:
    assert Office().book(**members).said() == (400, code, text)


def test_the_code_of_a_missing_section_is_a_switch() -> None:
    office = Office(section_not_found="ScheduleNotFound")
    answer = office.book(sections=[{"sectionExternalId": "nowhere"}])
    assert answer.said() == (400, "ScheduleNotFound", "Section Not Found")


def test_a_room_is_named_by_id_external_id_or_three_names() -> None:
    office = Office()
    room = office.book().json["venue"]
    for at, venue in enumerate(
        (
            {"roomId": room["roomId"]},
            {"roomName": "101", "buildingName": "boyd orr", "campusName": "Gilmorehill"},
        )
    ):
        answer = office.book(externalId=f"v{at}", startDate=f"2030-10-{8 + at:02d}", venue=venue)
        assert answer.json["venue"] == room
    other = {"roomName": "101", "buildingName": "Green House", "campusName": "Garscube"}
    assert office.book(externalId="other", venue=other).json["venue"]["roomId"] != room["roomId"]


def test_campus_and_building_beside_the_room_are_checked_by_switch_alone() -> None:
    venue = {"roomExternalId": "BO/101", "buildingName": "Green House"}
    assert Office().book(venue=venue).status == 201
    assert Office(venue_parents="checked").book(venue=venue).said()[1] == "RoomNotFound"
    assert Office(venue_parents="checked").book(venue=venue | {"buildingName": "Boyd Orr"}).status == 201


def test_a_presenter_is_named_by_id_email_or_external_id() -> None:
    office = Office()
    presenter = office.book().json["presenter"]
    for at, named in enumerate(
        ({"userId": presenter["userId"]}, {"userEmail": "Ann.ASH@example.ac.uk"}, {"userExternalId": "U/1"})
    ):
        answer = office.book(externalId=f"p{at}", startDate=f"2030-10-{8 + at:02d}", presenter=named)
        assert answer.json["presenter"] == presenter


def test_the_instructor_role_is_asked_for_by_switch() -> None:
    student = {"userEmail": "bo.birch@example.ac.uk"}
    assert Office().book(presenter=student).status == 201
    assert Office(presenter_needs_instructor_role=True).book(presenter=student).status == 400
    assert Office(presenter_needs_instructor_role=True).book().status == 201


def test_a_section_is_named_by_id_external_id_or_three_names() -> None:
    office = Office()
    section = office.book().json["sections"][0]
    for at, named in enumerate(
        (
            {"sectionId": section["sectionId"]},
            {"sectionName": "LC01", "courseIdentifier": "MATH1001", "termName": "2030-31"},
        )
    ):
        answer = office.book(externalId=f"s{at}", startDate=f"2030-10-{8 + at:02d}", sections=[named])
        assert answer.json["sections"] == [section]


def test_several_sections_or_none() -> None:
    office = Office()
    both = [{"sectionExternalId": "MATH1_LC01"}, {"sectionExternalId": "MATH1_LC02"}]
    answer = office.book(sections=both)
    assert [section["sectionName"] for section in answer.json["sections"]] == ["LC01", "LC02"]
    assert answer.json["shouldAutoPublish"] is True
    special = office.book(externalId="2", startDate="2030-10-08", sections=[])
    assert (special.json["sections"], special.json["shouldAutoPublish"]) == ([], False)


def test_words_are_read_whatever_their_case_and_answered_capitalised() -> None:
    answer = Office().book(input1="ALTVIDEO", input2="display", captureQuality="HIGHEST", streamQuality="high")
    assert [answer.json[name] for name in ("input1", "input2", "captureQuality", "streamQuality")] == [
        "AltVideo",
        "Display",
        "Highest",
        "High",
    ]


def test_seconds_are_accepted_and_dropped() -> None:
    answer = Office().book(startTime="09:00:59", endTime="10:00:00")
    assert (answer.json["startTime"], answer.json["endTime"]) == ("09:00", "10:00")


def test_unknown_members_are_ignored_and_unset_ones_left_out() -> None:
    answer = Office().book(id="mine", colour="red", presenter=None, input1=None, input2=None)
    assert answer.status == 201
    assert answer.json["id"] != "mine"
    assert {"colour", "presenter", "input1", "input2", "endDate", "guestPresenter"}.isdisjoint(answer.json)
    assert None not in answer.json.values()


def test_availability_is_kept_and_absent_when_omitted() -> None:
    office = Office()
    section = {"sectionExternalId": "MATH1_LC01"}
    for at, (given, shown) in enumerate(
        (
            ({"availability": "immediate"}, {"availability": "Immediate"}),
            (
                {"availability": "Relative", "relativeDelay": 1, "unavailabilityDelay": 0},
                {"availability": "Relative", "relativeDelay": 1, "unavailabilityDelay": 0},
            ),
            (
                {"availability": "Concrete", "concreteTime": "2030-12-01"},
                {"availability": "Concrete", "concreteTime": "2030-12-01"},
            ),
        )
    ):
        answer = office.book(
            externalId=f"a{at}", startDate=f"2030-10-{8 + at:02d}", sections=[section | {"availability": given}]
        )
        assert answer.json["sections"][0]["availability"] == shown
    assert "availability" not in office.book().json["sections"][0]
    switched = Office(default_availability="Immediate").book()
    assert switched.json["sections"][0]["availability"] == {"availability": "Immediate"}


def test_other_limits_are_switches() -> None:
    assert Office(max_minutes=0).book(startTime="00:00", endTime="23:59").status == 201
    assert Office(max_text_length=5).book().said() == (400, "obj.name", "error.maxLength")
    unseen = {"sections": [], "shouldStreamLive": True}
    assert Office().book(**unseen).status == 201
    assert Office(stream_needs_section=True).book(**unseen).said()[1] == "obj.shouldStreamLive"
    assert Office(device_missing_form="code").book(venue={"roomExternalId": "NODEV"}).said() == (
        400,
        "DeviceNotFound",
        "Device not found in Room",
    )


def test_a_body_with_every_member_is_answered_with_every_member() -> None:
    body = booking(
        endDate="2030-10-21",
        daysOfWeek=["mo"],
        exclusionDates=["2030-10-14"],
        guestPresenter="Cy Cedar",
        shouldCaption=True,
        shouldStreamLive=True,
        streamQuality="High",
    )
    answer = Office().ask("POST", SCHEDULES, body).json
    assert answer["endDate"] == "2030-10-21"
    assert answer["daysOfWeek"] == ["MO"]
    assert answer["exclusionDates"] == ["2030-10-14"]
    assert answer["guestPresenter"] == "Cy Cedar"
    assert (answer["shouldCaption"], answer["shouldStreamLive"]) == (True, True)
