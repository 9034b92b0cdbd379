"""What Echo360 lacks is told by what is known, or by a listing where that costs fewer calls than refusals."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

import httpx
import pytest

from echodesk.capture.client import Echo360
from echodesk.capture.reference import LISTED_S
from echodesk.planning.answers import Answer, Kind, Learned, Unclear
from echodesk.planning.needed import Needed
from tests.capture.directory import Directory, working
from tests.capture.world import EVERYTHING, JumpingClock


def section(number: int) -> Needed:
    return Needed(Kind.SECTION, f"S{number}")


def room(number: int) -> Needed:
    return Needed(Kind.ROOM, f"R{number}")


def having(*sections: int) -> Directory:
    server = Directory()
    for number in sections:
        server.add("sections", f"s-{number}", f"S{number}", termId="t-1", courseId="k-1")
    return server


def lacking(
    server: Directory, needed: Collection[Needed], known: Iterable[int] = (), **changes: Any
) -> frozenset[Needed] | Answer:
    async def once(echo: Echo360, _clock: JumpingClock) -> frozenset[Needed] | Answer:
        echo.remember([Learned(Kind.SECTION, f"S{number}", f"s-{number}") for number in known], clean=True)
        return (await echo.lacks(needed)).answer

    return working(server, once, **changes)


def asked(server: Directory) -> list[str]:
    return [request.url.path.removeprefix("/public/api/v1/") for request in server.seen]


def test_what_is_known_costs_no_call() -> None:
    server = having()
    assert lacking(server, [section(number) for number in range(5)], known=range(5)) == frozenset()
    assert asked(server) == []


def test_several_that_nobody_knows_are_looked_for_in_one_listing() -> None:
    server = having(1, 2)
    assert lacking(server, [section(number) for number in range(5)]) == frozenset(
        {section(0), section(3), section(4)}
    )
    assert asked(server) == ["terms", "sections"]


def test_no_more_pages_are_read_than_requests_would_be_refused() -> None:
    server = having()
    assert lacking(server, [section(-1)]) == frozenset()
    assert lacking(server, [section(-1), section(-2), room(1)], known=range(151)) == frozenset()
    assert asked(server) == []
    assert lacking(server, [section(-1), section(-2), section(-3)], known=range(151)) != frozenset()


def test_a_listing_tells_for_a_while_what_is_not_there() -> None:
    server = having()

    async def thrice(echo: Echo360, clock: JumpingClock) -> list[int]:
        calls = []
        for passed_s in (0.0, LISTED_S / 2, LISTED_S):
            clock.now += passed_s
            reply = await echo.lacks([section(1), section(2)])
            assert reply.answer == frozenset({section(1), section(2)})
            calls.append(len(server.seen))
        return calls

    assert working(server, thrice) == [2, 2, 3]


def test_what_may_not_be_made_is_not_looked_for() -> None:
    server = having()
    assert lacking(server, [room(1), room(2)], may_create=EVERYTHING - {Kind.ROOM}) == frozenset()
    assert asked(server) == []


def test_what_echo360_alone_names_is_there() -> None:
    assert lacking(having(), [Needed(Kind.SECTION, f"echo360:{number}") for number in range(5)]) == frozenset()


@pytest.mark.parametrize("plural", ["terms", "sections"])
def test_a_listing_that_does_not_come_to_its_end_is_passed_on(plural: str) -> None:
    server = having(1)
    whole = server.reference

    async def broken(request: httpx.Request) -> httpx.Response:
        return httpx.Response(500) if request.url.path.endswith(plural) else await whole(request)

    server.answer = broken
    assert isinstance(lacking(server, [section(1), section(2)]), Unclear)
