"""The table of answers: one row for each class of answer, in each spelling that some source knows."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable

import httpx
import pytest

from echodesk.planning.answers import (
    Answer,
    Clash,
    Done,
    Exists,
    Gone,
    InPast,
    Kind,
    Missing,
    NoDevice,
    NotAllowed,
    Refused,
    Unclear,
    Wait,
)
from tests.capture.world import Server, booking, client, refused, row, standing

Make = Callable[[], httpx.Response]


def said(code: str, text: str, status: int = 400) -> Make:
    return lambda: refused(code, text, status)


def fields(**faults: str) -> Make:
    """The form of a JsonError: one list of faults per field."""
    param = {f"obj.{name.replace('__', '.')}": [{"msg": text, "args": []}] for name, text in faults.items()}
    return lambda: httpx.Response(400, json={"error": "JsonError", "param": param})


def text(words: str, status: int = 400) -> Make:
    return lambda: httpx.Response(status, text=words)


def raw(status: int, content: bytes, content_type: str = "application/json", **headers: str) -> Make:
    return lambda: httpx.Response(status, content=content, headers={"content-type": content_type, **headers})


DATE = "Mon, 02 Mar 2026 08:00:00 GMT"
LATER = "Mon, 02 Mar 2026 08:00:30 GMT"
EARLIER = "Mon, 02 Mar 2026 07:00:00 GMT"

ROWS: list[tuple[str, str, Make, Answer]] = [
    # clash
    (
        "clash by text",
        "POST",
        said("BadRequest", "Schedule timing clash with another Schedule"),
        Clash("Schedule timing clash with another Schedule"),
    ),
    (
        "clash, other wording, other status",
        "PUT",
        said("Conflict", "Venue / Time slot is ALREADY TAKEN", 409),
        Clash("Venue / Time slot is ALREADY TAKEN"),
    ),
    (
        "clash by code before text",
        "POST",
        said("TimingClash", "external id is not unique"),
        Clash("external id is not unique"),
    ),
    ("clash as free text", "POST", text("Schedule timing clash"), Clash("Schedule timing clash")),
    (
        "clash as text in the code's place",
        "POST",
        lambda: httpx.Response(400, json={"error": "Schedule timing clash with another Schedule"}),
        Clash("Schedule timing clash with another Schedule"),
    ),
    (
        "clash as a fault of a field",
        "POST",
        fields(venue="Schedule timing clash"),
        Clash("venue: Schedule timing clash"),
    ),
    ("clash as a JSON text", "POST", raw(400, b'"Schedule timing clash"'), Clash("Schedule timing clash")),
    # exists
    ("exists", "POST", said("ExternalIdNotUnique", "External Id not unique"), Exists("External Id not unique")),
    (
        "exists, 409",
        "POST",
        said("Conflict", "A schedule with this externalId already exists", 409),
        Exists("A schedule with this externalId already exists"),
    ),
    (
        "exists, not a clash",
        "PUT",
        said("Bad", "The external id is already taken"),
        Exists("The external id is already taken"),
    ),
    (
        "exists as a field's fault",
        "POST",
        fields(externalId="must be unique"),
        Exists("externalId: must be unique"),
    ),
    # gone
    ("gone on PUT", "PUT", said("ScheduleNotFound", "Schedule not found", 404), Gone("Schedule not found")),
    ("gone on DELETE", "DELETE", said("ScheduleNotFound", "Schedule not found", 404), Gone("Schedule not found")),
    ("gone on DELETE with 400", "DELETE", said("NotFound", "Nothing not found", 400), Gone("Nothing not found")),
    ("gone on GET", "GET", said("NotFound", "Resource not found", 404), Gone("Resource not found")),
    ("gone without a word", "DELETE", raw(404, b"", ""), Gone("status 404")),
    # missing
    ("missing room", "POST", said("RoomNotFound", "Room not found"), Missing(Kind.ROOM, "Room not found")),
    (
        "missing room, 404 on PUT",
        "PUT",
        said("RoomNotFound", "Room not found", 404),
        Missing(Kind.ROOM, "Room not found"),
    ),
    ("missing room as free text", "POST", text("Room not found"), Missing(Kind.ROOM, "Room not found")),
    (
        "missing person, code only",
        "POST",
        lambda: httpx.Response(400, json={"error": "UserNotFound"}),
        Missing(Kind.PERSON, "UserNotFound"),
    ),
    (
        "missing person as a field's fault",
        "POST",
        fields(presenter__userEmail="User not found"),
        Missing(Kind.PERSON, "presenter.userEmail: User not found"),
    ),
    (
        "missing section by its own code",
        "POST",
        said("SectionNotFound", "Section Not Found"),
        Missing(Kind.SECTION, "Section Not Found"),
    ),
    (
        "missing section by the schedule's code",
        "POST",
        said("ScheduleNotFound", "Schedule not found"),
        Missing(Kind.SECTION, "Schedule not found"),
    ),
    (
        "missing section on PUT with 400",
        "PUT",
        said("ScheduleNotFound", "Schedule not found"),
        Missing(Kind.SECTION, "Schedule not found"),
    ),
    (
        "missing section named in the text",
        "PUT",
        said("Bad", "Section COMP101_LC01 not found"),
        Missing(Kind.SECTION, "Section COMP101_LC01 not found"),
    ),
    ("missing building", "POST", said("BuildingNotFound", "x"), Missing(Kind.BUILDING, "x")),
    ("missing campus", "POST", said("CampusNotFound", "x"), Missing(Kind.CAMPUS, "x")),
    ("missing course", "POST", said("CourseNotFound", "x"), Missing(Kind.COURSE, "x")),
    ("missing term", "POST", said("TermNotFound", "x"), Missing(Kind.TERM, "x")),
    ("missing department", "POST", said("DepartmentNotFound", "x"), Missing(Kind.DEPARTMENT, "x")),
    ("missing organisation", "POST", said("OrganizationNotFound", "x"), Missing(Kind.ORGANIZATION, "x")),
    (
        "an external id that does not exist is no duplicate",
        "POST",
        said("Bad", "Room with external id S101 does not exist"),
        Missing(Kind.ROOM, "Room with external id S101 does not exist"),
    ),
    # the rest of the definite ones
    (
        "no device",
        "POST",
        fields(venue__room="Device not found in Room"),
        NoDevice("venue.room: Device not found in Room"),
    ),
    ("no device as text", "PUT", said("Bad", "Device not found in Room"), NoDevice("Device not found in Room")),
    ("in past", "POST", text("Time in past"), InPast("Time in past")),
    ("in past by code", "PUT", said("TimeInPast", "no"), InPast("no")),
    ("invalid", "POST", text("Invalid json"), Refused(400, "", "Invalid json")),
    (
        "a fault of a field",
        "POST",
        fields(startDate="error.path.missing"),
        Refused(400, "JsonError", "startDate: error.path.missing"),
    ),
    ("odd words", "POST", text("ExpectedModelToBePersisted"), Refused(400, "", "ExpectedModelToBePersisted")),
    (
        "a route that is not there",
        "POST",
        said("NotFound", "Resource not found", 404),
        Refused(404, "NotFound", "Resource not found"),
    ),
    (
        "unknown code and words",
        "PUT",
        said("Teapot", "short and stout", 418),
        Refused(418, "Teapot", "short and stout"),
    ),
    # waiting
    ("call limit", "POST", raw(429, b""), Wait(5, False, "Echo360's call limit is reached.")),
    (
        "call limit with seconds",
        "POST",
        raw(429, b"", **{"Retry-After": "17"}),
        Wait(17, False, "Echo360's call limit is reached."),
    ),
    (
        "call limit with a date",
        "POST",
        raw(429, b"", **{"Retry-After": LATER, "Date": DATE}),
        Wait(30, False, "Echo360's call limit is reached."),
    ),
    (
        "call limit with an absurd number",
        "POST",
        raw(429, b"", **{"Retry-After": "9" * 400}),
        Wait(3600, False, "Echo360's call limit is reached."),
    ),
    (
        "call limit with a negative number",
        "POST",
        raw(429, b"", **{"Retry-After": "-1"}),
        Wait(5, False, "Echo360's call limit is reached."),
    ),
    (
        "call limit with words",
        "POST",
        raw(429, b"", **{"Retry-After": "soon"}),
        Wait(5, False, "Echo360's call limit is reached."),
    ),
    (
        "call limit with a date gone by",
        "POST",
        raw(429, b"", **{"Retry-After": EARLIER, "Date": DATE}),
        Wait(5, False, "Echo360's call limit is reached."),
    ),
    (
        "unavailable may have applied",
        "PUT",
        raw(503, b"<html>", "text/html", **{"Retry-After": "60"}),
        Wait(60, True, "Echo360 is not available at the moment."),
    ),
    # not allowed
    (
        "forbidden",
        "DELETE",
        said("Forbidden", "no scope", 403),
        NotAllowed('Echo360 does not allow this: {"error":"Forbidden","message":"no scope"}'),
    ),
]


def ask(method: str, response: Make) -> Answer:
    server = Server(lambda request: response())
    echo = client(server)

    async def once() -> Answer:
        if method == "POST":
            return (await echo.create(booking())).answer
        if method == "PUT":
            return (await echo.change(booking(), standing())).answer
        if method == "DELETE":
            return (await echo.remove(standing())).answer
        return (await echo.read(booking().external_id)).answer

    return asyncio.run(once())


@pytest.mark.parametrize(
    ("method", "response", "answer"), [each[1:] for each in ROWS], ids=[each[0] for each in ROWS]
)
def test_a_definite_answer(method: str, response: Make, answer: Answer) -> None:
    assert ask(method, response) == answer


PAGE = b"<!DOCTYPE html><html><body>Sign in, Room not found</body></html>"
UNCLEAR: list[tuple[str, Make]] = [
    ("500", said("Error", "Room not found", 500)),
    ("502", raw(502, PAGE, "text/html")),
    ("504", raw(504, b"")),
    ("408", raw(408, b"")),
    ("login page with 200", raw(200, PAGE, "text/html")),
    ("web page with 404", raw(404, PAGE, "text/html")),
    ("web page called JSON", raw(400, b"  <html>Time in past</html>")),
    ("redirect", raw(302, b"", Location="https://elsewhere.example.ac.uk/")),
    ("moved for good", raw(301, b"", Location="http://127.0.0.1:8999/")),
    ("broken refusal", raw(400, b'{"error":"RoomNotFound","mess')),
    ("refusal nested without end", raw(400, b'{"error":' + b"[" * 100_000)),
    ("accepted, not done", lambda: httpx.Response(202, json=row())),
    ("a list as refusal", raw(400, b'["RoomNotFound"]')),
    ("JSON that refuses nothing", raw(400, b'{"status": "ok"}')),
]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "GET"])
@pytest.mark.parametrize("response", [each[1] for each in UNCLEAR], ids=[each[0] for each in UNCLEAR])
def test_what_is_no_answer_of_the_api_is_unclear(method: str, response: Make) -> None:
    assert isinstance(ask(method, response), Unclear)


BODIES: list[tuple[str, bytes]] = [
    ("empty", b""),
    ("truncated", json.dumps(row()).encode()[:-1]),
    ("byte order mark", b"\xef\xbb\xbf" + json.dumps(row()).encode()),
    ("NaN", b'{"id": NaN}'),
    ("nested without end", b"[" * 100_000),
    ("half a surrogate", b'{"id":"\\ud800"}'),
    ("not UTF-8", b'{"id":"\xff"}'),
    ("a list", json.dumps([row()]).encode()),
    ("another external id", json.dumps(row(externalId="1-1-2025-26")).encode()),
    ("no external id", json.dumps(row(externalId=None)).encode()),
    ("no own id", json.dumps(row(id=None)).encode()),
    ("a number as name", json.dumps(row(name=7)).encode()),
    ("no venue", json.dumps(row(venue=None)).encode()),
    ("sections that are none", json.dumps(row(sections="x")).encode()),
    ("no time", json.dumps(row(startTime="soon")).encode()),
    ("a time with zone", json.dumps(row(startTime="09:00Z")).encode()),
    ("no date", json.dumps(row(startDate="2026-13-01")).encode()),
    ("a number as date", json.dumps(row(startDate=20260309)).encode()),
]


@pytest.mark.parametrize("method", ["POST", "PUT", "GET"])
@pytest.mark.parametrize("body", [each[1] for each in BODIES], ids=[each[0] for each in BODIES])
def test_a_success_that_does_not_name_the_schedule_is_unclear(method: str, body: bytes) -> None:
    assert isinstance(ask(method, raw(201, body)), Unclear)


@pytest.mark.parametrize("body", [b"", b"{}", b"ok", b'{"id":"e-1"}', b'"deleted"'])
def test_any_body_that_is_no_web_page_confirms_a_removal(body: bytes) -> None:
    assert ask("DELETE", raw(200, body, "text/plain")) == Done(None)


def test_another_time_than_the_one_sent_is_done_and_shown() -> None:
    answer = ask("POST", lambda: httpx.Response(201, json=row(startTime="11:00", endTime="12:00")))
    assert isinstance(answer, Done)
    assert answer.standing is not None
    assert str(answer.standing.time) == "11:00-12:00"
