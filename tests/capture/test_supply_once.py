"""Reference data is made at most once, whatever Echo360 answers and whoever else asks."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from echodesk.capture.client import Echo360
from echodesk.planning.answers import CannotSupply, NotAllowed, Supplied, SupplyAnswer, Unclear, Wait
from tests.capture.directory import ROOM, Directory, supply, working
from tests.capture.world import Body, JumpingClock, Server, facts, refused


def test_twenty_at_once_make_each_thing_once() -> None:
    server = Directory()

    async def many(echo: Echo360, _clock: JumpingClock) -> list[SupplyAnswer]:
        rooms = [facts(room=f"S{number % 2}", room_name=f"Room {number % 2}") for number in range(20)]
        return [reply.answer for reply in await asyncio.gather(*(echo.supply(ROOM, each) for each in rooms))]

    answers = working(server, many)
    assert all(isinstance(answer, Supplied) for answer in answers)
    assert sorted(server.created()) == ["buildings", "campuses", "rooms", "rooms"]


def test_what_was_made_and_is_not_shown_yet_is_not_made_again() -> None:
    server = Directory()

    async def twice(echo: Echo360, clock: JumpingClock) -> list[SupplyAnswer]:
        answers = [(await echo.supply(ROOM, facts())).answer]
        server.things["rooms"].clear()
        clock.now += 5
        answers.append((await echo.supply(ROOM, facts())).answer)
        clock.now += 700
        return [*answers, (await echo.supply(ROOM, facts())).answer]

    first, second, third = working(server, twice)
    assert isinstance(first, Supplied)
    assert isinstance(second, Wait)
    assert isinstance(third, CannotSupply)
    assert server.created().count("rooms") == 1


def unanswered(applies: bool) -> tuple[Directory, list[SupplyAnswer]]:
    """A room whose making is never answered; asked for again at once, within L, and after L."""
    server = Directory()
    lost = True

    async def lose(plural: str, body: Body) -> httpx.Response | None:
        nonlocal lost
        if plural == "rooms" and lost:
            lost = False
            if applies:
                server.add("rooms", "r-late", None, **body)
            raise httpx.ReadError("connection reset")
        return None

    server.before_create = lose

    async def work(echo: Echo360, clock: JumpingClock) -> list[SupplyAnswer]:
        answers = []
        for pause_s in (0.0, 0.5, 2.0):
            clock.now += pause_s
            answers.append((await echo.supply(ROOM, facts())).answer)
        return answers

    return server, working(server, work)


def test_after_an_unanswered_create_nothing_is_made_before_it_can_no_longer_take_effect() -> None:
    server, (first, second, third) = unanswered(applies=False)
    assert isinstance(first, Unclear)
    assert isinstance(second, Wait)
    assert second.seconds == pytest.approx(1.5)
    assert third == Supplied(("room 'S101'",))
    assert server.created().count("rooms") == 2


def test_an_unanswered_create_that_took_effect_is_found() -> None:
    server, (first, second, third) = unanswered(applies=True)
    assert isinstance(first, Unclear)
    assert second == third == Supplied(())
    assert server.created().count("rooms") == 1


def test_a_cancelled_create_counts_as_unanswered() -> None:
    server = Directory()
    asked = asyncio.Event()

    async def hang(plural: str, _body: Body) -> httpx.Response | None:
        if plural == "rooms":
            asked.set()
            await asyncio.Event().wait()
        return None

    server.before_create = hang

    async def work(echo: Echo360, _clock: JumpingClock) -> SupplyAnswer:
        task = asyncio.ensure_future(echo.supply(ROOM, facts()))
        await asked.wait()
        task.cancel()
        await asyncio.wait({task})
        return (await echo.supply(ROOM, facts())).answer

    assert isinstance(working(server, work), Wait)
    assert server.created().count("rooms") == 1


def test_a_fresh_start_makes_nothing_before_a_dead_workers_requests_are_over() -> None:
    server = Directory()
    answer = supply(server, aged_s=0.5)
    assert isinstance(answer, Wait)
    assert answer.seconds == pytest.approx(1.5)
    assert server.created() == []


@pytest.mark.parametrize("answered", [refused("Conflict", "conflict", 409), httpx.Response(409)])
def test_external_id_in_use_by_someone_quicker_is_found(answered: httpx.Response) -> None:
    server = Directory()

    async def quicker(plural: str, body: Body) -> httpx.Response | None:
        if plural == "rooms":
            server.add("rooms", "r-quick", None, **body)
            return answered
        return None

    server.before_create = quicker
    answer = supply(server)
    assert isinstance(answer, Supplied)
    assert "room 'S101'" not in answer.made


def test_a_refusal_is_remembered_and_not_asked_for_again_for_each_lesson() -> None:
    server = Directory()

    async def refuse(plural: str, _body: Body) -> httpx.Response | None:
        return refused("Odd", "Rooms are full") if plural == "rooms" else None

    server.before_create = refuse

    async def thrice(echo: Echo360, clock: JumpingClock) -> tuple[SupplyAnswer, int, int]:
        first = (await echo.supply(ROOM, facts())).answer
        calls = len(server.seen)
        assert (await echo.supply(ROOM, facts())).answer == first
        again = len(server.seen) - calls
        clock.now += 601
        await echo.supply(ROOM, facts())
        return first, again, server.created().count("rooms")

    answer, again, rooms = working(server, thrice)
    assert answer == CannotSupply("Echo360 refuses: Rooms are full")
    assert (again, rooms) == (0, 2)


@pytest.mark.parametrize(
    ("response", "kind"),
    [
        (httpx.Response(429), Wait),
        (httpx.Response(503), Wait),
        (httpx.Response(500), Unclear),
        (httpx.Response(403), NotAllowed),
        (httpx.Response(201, content=b"{"), Unclear),
        (httpx.Response(201, json={"id": "r-1", "externalId": "S999"}), Unclear),
        (httpx.Response(200, html="<html>"), Unclear),
    ],
)
def test_trouble_while_making_is_passed_on(response: httpx.Response, kind: type) -> None:
    server = Directory()

    async def trouble(plural: str, _body: Body) -> httpx.Response | None:
        return response if plural == "rooms" else None

    server.before_create = trouble
    assert isinstance(supply(server), kind)


def test_trouble_while_looking_makes_nothing() -> None:
    for status in (500, 503, 429, 302):
        server = Server(lambda request, status=status: httpx.Response(status))  # type: ignore[misc]  # bound to this turn
        assert isinstance(supply(server), Wait | Unclear)
        assert all(request.method == "GET" for request in server.seen)
