"""Creating, changing, removing and reading one schedule."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from echodesk.planning.answers import Done, Unclear
from tests.capture.world import SCHEDULES, JumpingClock, Server, booking, client, listing, row, standing, thing

REST = '{"shouldCaption":false,"shouldStreamLive":false,"shouldRecurCapture":false,"captureQuality":"High"}'


def test_a_new_schedule_is_posted_and_what_the_answer_shows_stands() -> None:
    server = Server()
    server.routes["POST", SCHEDULES] = httpx.Response(201, json=row())
    reply = asyncio.run(client(server).create(booking()))
    assert reply.answer == Done(standing(rest=REST))
    assert server.bodies() == [
        {
            "name": "COMP101 LC01 Computing",
            "startDate": "2026-03-09",
            "startTime": "09:00",
            "endTime": "10:00",
            "externalId": "617747-1-2025-26",
            "venue": {"roomExternalId": "S101"},
            "presenter": {"userEmail": "ada.byron@example.ac.uk"},
            "input1": "display",
            "input2": "video",
            "sections": [{"sectionExternalId": "COMP101_LC01"}],
            "captureQuality": "High",
        }
    ]


def test_quality_of_a_new_schedule_is_the_rooms_or_the_general_one() -> None:
    server = Server(lambda request: httpx.Response(201, json=row()))
    echo = client(server, quality="Medium", quality_of_room=(("S102", "Highest"),))

    async def both() -> None:
        await echo.create(booking())
        await echo.create(booking(room="S102"))

    asyncio.run(both())
    assert [body["captureQuality"] for body in server.bodies()] == ["Medium", "Highest"]


def test_a_change_goes_to_echo360s_own_id() -> None:
    server = Server()
    server.routes["PUT", f"{SCHEDULES}/e-1"] = httpx.Response(200, json=row())
    reply = asyncio.run(client(server).change(booking(), standing()))
    assert reply.answer == Done(standing(rest=REST))
    assert [(each.method, each.status) for each in reply.exchanges] == [("PUT", 200)]


@pytest.mark.parametrize("shown", ["9-1-2025-26", "617747-1-2025-26"])
def test_a_hand_over_is_done_whichever_of_the_two_external_ids_the_answer_shows(shown: str) -> None:
    server = Server(lambda request: httpx.Response(200, json=row(externalId=shown)))
    answer = asyncio.run(client(server).change(booking(external_id="9-1-2025-26"), standing())).answer
    assert isinstance(answer, Done)
    assert answer.standing is not None
    assert answer.standing.external_id == shown
    assert server.bodies()[0]["externalId"] == "9-1-2025-26"


def test_a_hand_over_that_shows_a_third_external_id_is_unclear() -> None:
    server = Server(lambda request: httpx.Response(200, json=row(externalId="8-1-2025-26")))
    answer = asyncio.run(client(server).change(booking(external_id="9-1-2025-26"), standing())).answer
    assert isinstance(answer, Unclear)


def test_reading_shows_our_keys_in_place_of_echo360s_ids() -> None:
    server = Server()
    server.routes["GET", f"{SCHEDULES}/617747-1-2025-26"] = httpx.Response(200, json=row())
    server.routes["GET", "/public/api/v1/rooms?limit=150"] = listing([thing("r-1", "S101")])
    server.routes["GET", "/public/api/v1/terms?limit=150"] = listing([])
    server.routes["GET", "/public/api/v1/sections?limit=150"] = listing([thing("s-1", "COMP101_LC01")])
    reply = asyncio.run(client(server).read("617747-1-2025-26"))
    assert reply.answer == Done(standing(rest=REST))
    assert len(reply.exchanges) == 4


def test_a_call_limit_holds_back_everything_else_until_it_is_over() -> None:
    clock = JumpingClock()
    server = Server(lambda request: httpx.Response(429, headers={"Retry-After": "40"}))
    echo = client(server, clock)

    async def work() -> float:
        await echo.create(booking())
        await echo.turn()
        return clock.now

    assert asyncio.run(clock.run(work())) == 1040.0


def test_every_call_but_the_prepared_ones_takes_a_turn() -> None:
    """The worker takes the turn of a create itself, before it writes the intent."""
    clock = JumpingClock()
    server = Server()
    echo = client(server, clock, calls_per_minute=120)

    clock.now += 60.0

    async def work() -> tuple[float, float]:
        for _ in range(20):
            await echo.create(booking())
        after_creates = clock.now
        for _ in range(20):
            await echo.person_known("nobody@example.ac.uk")
        return after_creates, clock.now

    after_creates, after_reads = asyncio.run(clock.run(work()))
    assert after_creates == 1060.0
    # One sign-in and four reads are the burst.
    assert after_reads == pytest.approx(1060.0 + 16 * 60 / 115, abs=0.1)
