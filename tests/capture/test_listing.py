"""Listings: whole or proving nothing, our keys in place of Echo360's ids, and recurring schedules on each date."""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import Any

import httpx
import pytest

from echodesk.capture.client import Echo360
from echodesk.planning.answers import Answer, Kind, Learned, Listing, NotAllowed, Wait
from echodesk.planning.values import RoomDay
from tests.capture.world import SCHEDULES, Body, Server, client, listing, refused, row, thing

ROOMS = "/public/api/v1/rooms"
SECTIONS = "/public/api/v1/sections"
TERMS = "/public/api/v1/terms"
FIRST = f"{SCHEDULES}?room=r-1&limit=150"
SECOND = f"{SCHEDULES}?room=r-1&limit=150&offset=eyJpZCI6MX0%3D"


def university() -> Server:
    server = Server()
    server.routes["GET", f"{ROOMS}?limit=150"] = listing([thing("r-1", "S101"), thing("r-9", None)])
    server.routes["GET", f"{TERMS}?limit=150"] = listing([thing("t-1", "2025/26", name="2025/26")])
    server.routes["GET", f"{SECTIONS}?limit=150"] = listing([thing("s-1", "COMP101_LC01", termId="t-1")])
    return server


def schedule(number: int, **changes: Any) -> Body:
    return row(id=f"e-{number}", externalId=f"{number}-1-2025-26", **changes)


def room(server: Server, name: str = "S101", echo: Echo360 | None = None) -> Listing | Answer:
    return asyncio.run((echo or client(server)).list_room(name)).answer


def test_all_pages_are_read_and_next_is_followed_verbatim() -> None:
    server = university()
    server.routes["GET", FIRST] = listing([schedule(1), schedule(2)], SECOND)
    server.routes["GET", SECOND] = listing([schedule(3)])
    answer = room(server)
    assert isinstance(answer, Listing)
    assert answer.complete
    assert [standing.external_id for standing in answer.standing] == ["1-1-2025-26", "2-1-2025-26", "3-1-2025-26"]
    assert {(standing.place.room, standing.content.sections) for standing in answer.standing} == {
        ("S101", ("COMP101_LC01",))
    }
    assert server.calls()[-1] == f"GET {SECOND}"


def test_next_with_our_own_host_in_front_is_followed_too() -> None:
    server = university()
    server.routes["GET", FIRST] = listing([schedule(1)], f"http://127.0.0.1:8999{SECOND}")
    server.routes["GET", SECOND] = listing([schedule(2)])
    answer = room(server)
    assert isinstance(answer, Listing)
    assert answer.complete
    assert len(answer.standing) == 2


BAD_NEXT = [
    "https://elsewhere.example.ac.uk/public/api/v2/schedules?offset=1",
    "//elsewhere.example.ac.uk/public/api/v2/schedules",
    "http://127.0.0.1:89990/public/api/v2/schedules",
    "http://127.0.0.1:8999@elsewhere.example.ac.uk/public/api/v2/schedules",
    "@elsewhere.example.ac.uk/public/api/",
    "/login",
    "?offset=1",
    "/public/api/v2/schedules?offset=a b",
    "/public/api/v2/schedules?offset=a\r\nX-Injected: 1",
    "/public/api/" + "x" * 9000,
    "",
    7,
    None,
]


@pytest.mark.parametrize("following", BAD_NEXT)
def test_a_page_that_leads_elsewhere_or_nowhere_ends_the_listing(following: Any) -> None:
    server = university()
    page = {"data": [schedule(1)], "has_more": True, "next": following}
    server.routes["GET", FIRST] = httpx.Response(200, json=page)
    answer = room(server)
    assert isinstance(answer, Listing)
    assert not answer.complete
    assert answer.standing == ()
    assert all(request.url.host == "127.0.0.1" and request.url.port == 8999 for request in server.seen)


def incomplete(first: httpx.Response, second: httpx.Response | None = None) -> Listing:
    server = university()
    server.routes["GET", FIRST] = first
    if second is not None:
        server.routes["GET", SECOND] = second
    answer = room(server)
    assert isinstance(answer, Listing)
    assert not answer.complete
    assert answer.text
    return answer


def test_pages_that_lead_in_a_circle_end() -> None:
    incomplete(listing([schedule(1)], SECOND), listing([schedule(2)], FIRST))
    incomplete(listing([schedule(1)], SECOND), listing([schedule(2)], SECOND))


def test_one_schedule_twice_with_other_content_proves_nothing() -> None:
    incomplete(listing([schedule(1)], SECOND), listing([schedule(1, startTime="11:00", endTime="12:00")]))


def test_one_schedule_twice_with_the_same_content_counts_once() -> None:
    server = university()
    server.routes["GET", FIRST] = listing([schedule(1), schedule(2)], SECOND)
    server.routes["GET", SECOND] = listing([schedule(2), schedule(3)])
    answer = room(server)
    assert isinstance(answer, Listing)
    assert answer.complete
    assert len(answer.standing) == 3


@pytest.mark.parametrize(
    "page",
    [
        httpx.Response(200, json=[schedule(1)]),
        httpx.Response(200, json={"data": None, "has_more": False}),
        httpx.Response(200, json={"data": []}),
        httpx.Response(200, json={"data": [], "has_more": None, "next": None}),
        httpx.Response(200, json={"data": [schedule(1)], "has_more": "no"}),
        httpx.Response(200, json={"data": [schedule(1), 7], "has_more": False}),
        httpx.Response(200, json={"data": [{"name": "no id"}], "has_more": False}),
        httpx.Response(200, json={"data": [schedule(1, startTime="noon")], "has_more": False}),
        httpx.Response(200, json={"data": [schedule(1, venue=None)], "has_more": False}),
        httpx.Response(
            200, json={"data": [schedule(1, daysOfWeek=["XX"], endDate="2026-06-01")], "has_more": False}
        ),
        httpx.Response(200, content=b'{"data": ['),
        httpx.Response(200, content=b""),
        httpx.Response(200, html="<html>Sign in</html>"),
        httpx.Response(302, headers={"Location": "/login"}),
        httpx.Response(500),
        refused("Odd", "No such filter"),
    ],
)
@pytest.mark.parametrize("which", [1, 2])
def test_a_page_that_cannot_be_read_ends_the_listing(page: httpx.Response, which: int) -> None:
    if which == 1:
        incomplete(page)
    else:
        incomplete(listing([schedule(9)], SECOND), page)


def test_waiting_and_missing_rights_come_as_they_are() -> None:
    for response, kind in (
        (httpx.Response(429), Wait),
        (httpx.Response(503), Wait),
        (httpx.Response(403), NotAllowed),
    ):
        server = university()
        server.routes["GET", FIRST] = listing([schedule(1)], SECOND)
        server.routes["GET", SECOND] = response
        assert isinstance(room(server), kind)


def test_a_room_that_echo360_does_not_know_is_empty() -> None:
    server = university()
    assert room(server, "B7") == Listing((), complete=True)
    assert server.calls() == [f"GET {ROOMS}?limit=150", f"GET {ROOMS}/B7"]


def test_a_room_whose_look_up_fails_is_not_empty() -> None:
    server = university()
    server.routes["GET", f"{ROOMS}/B7"] = httpx.Response(500)
    answer = room(server, "B7")
    assert isinstance(answer, Listing)
    assert not answer.complete


def test_rows_of_other_rooms_are_left_out_when_the_filter_is_ignored() -> None:
    server = university()
    other = schedule(2, venue={"roomId": "r-9"})
    server.routes["GET", FIRST] = listing([schedule(1), other])
    answer = room(server)
    assert isinstance(answer, Listing)
    assert [standing.echo_id for standing in answer.standing] == ["e-1"]
    # The list of rooms has shown already that this one has no external id.
    assert f"GET {ROOMS}/r-9" not in server.calls()


def test_rooms_and_sections_are_listed_once() -> None:
    server = university()
    server.routes["GET", FIRST] = listing([schedule(1)])
    echo = client(server)

    async def twice() -> None:
        await echo.list_room("S101")
        await echo.list_room("S101")

    asyncio.run(twice())
    assert sorted(server.calls()) == sorted(
        [
            f"GET {ROOMS}?limit=150",
            f"GET {TERMS}?limit=150",
            f"GET {SECTIONS}?limit=150",
            f"GET {FIRST}",
            f"GET {FIRST}",
        ]
    )


def test_what_has_no_external_id_is_asked_for_once() -> None:
    server = university()
    server.routes["GET", FIRST] = listing([schedule(1, sections=[{"sectionId": "s-7"}])])
    echo = client(server)

    async def twice() -> None:
        await echo.list_room("S101")
        await echo.list_room("S101")

    asyncio.run(twice())
    assert server.calls().count(f"GET {SECTIONS}/s-7") == 1


def test_an_id_from_an_earlier_run_is_not_trusted_with_an_empty_listing() -> None:
    """The room was made anew under another id: by the old one its listing is empty and says nothing."""
    server = university()
    server.routes["GET", f"{SCHEDULES}?room=r-old&limit=150"] = listing([])
    server.routes["GET", FIRST] = listing([schedule(1)])
    echo = client(server)
    echo.remember([Learned(Kind.ROOM, "S101", "r-old")], clean=False)
    answer = room(server, echo=echo)
    assert isinstance(answer, Listing)
    assert answer.complete
    assert len(answer.standing) == 1
    assert Learned(Kind.ROOM, "S101", "r-1") in echo.learned()


def test_a_foreign_room_can_be_listed_by_its_own_id() -> None:
    server = university()
    server.routes["GET", f"{SCHEDULES}?room=r-9&limit=150"] = listing([schedule(1, venue={"roomId": "r-9"})])
    answer = room(server, "echo360:r-9")
    assert isinstance(answer, Listing)
    assert [standing.place.room for standing in answer.standing] == ["echo360:r-9"]


def everything(server: Server) -> list[Listing | Answer]:
    echo = client(server)

    async def run() -> list[Listing | Answer]:
        return [reply.answer async for reply in echo.list_all()]

    return asyncio.run(run())


def test_all_schedules_come_a_page_at_a_time_and_the_end_is_named() -> None:
    server = university()
    following = f"{SCHEDULES}?limit=150&offset=x"
    server.routes["GET", f"{SCHEDULES}?limit=150"] = listing([schedule(1), schedule(2)], following)
    server.routes["GET", following] = listing(
        [schedule(3, venue={"roomId": "r-7"}, sections=[{"sectionId": "s-7"}])]
    )
    first, second, end = everything(server)
    assert isinstance(first, Listing)
    assert isinstance(second, Listing)
    assert (len(first.standing), first.complete, len(second.standing), second.complete) == (2, True, 1, True)
    assert second.standing[0].place.room == "echo360:r-7"
    assert second.standing[0].content.sections == ("echo360:s-7",)
    assert end == Listing((), complete=True)


def test_all_schedules_ended_early_end_with_what_ended_them() -> None:
    server = university()
    following = f"{SCHEDULES}?limit=150&offset=x"
    server.routes["GET", f"{SCHEDULES}?limit=150"] = listing([schedule(1)], following)
    server.routes["GET", following] = httpx.Response(503)
    first, end = everything(server)
    assert isinstance(first, Listing)
    assert isinstance(end, Wait)


def test_a_foreign_recurring_schedule_stands_on_each_of_its_dates_from_today() -> None:
    server = university()
    weekly = row(
        externalId=None,
        startDate="2026-02-02",
        endDate="2026-03-25",
        daysOfWeek=["MO", "we"],
        exclusionDates=["2026-03-11"],
    )
    server.routes["GET", FIRST] = listing([weekly])
    answer = room(server)
    assert isinstance(answer, Listing)
    days = [2, 4, 9, 16, 18, 23, 25]
    assert [standing.place for standing in answer.standing] == [
        RoomDay("S101", dt.date(2026, 3, day)) for day in days
    ]
    assert not any(standing.ours for standing in answer.standing)
    assert {standing.echo_id for standing in answer.standing} == {"e-1"}


def test_a_schedule_for_ever_is_bounded() -> None:
    server = university()
    daily = row(
        startDate="2026-03-02", endDate="9999-12-31", daysOfWeek=["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
    )
    server.routes["GET", FIRST] = listing([daily])
    answer = room(server)
    assert isinstance(answer, Listing)
    assert len(answer.standing) == 400


@pytest.mark.parametrize(
    ("external_id", "ours"), [("617747-1-2025-26", True), ("617747-1-1999-00", False), (None, False)]
)
def test_ours_is_what_the_settings_recognise(external_id: str | None, ours: bool) -> None:
    server = university()
    server.routes["GET", FIRST] = listing([row(externalId=external_id)])
    answer = room(server)
    assert isinstance(answer, Listing)
    assert [standing.ours for standing in answer.standing] == [ours]
