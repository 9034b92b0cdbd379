"""Not let in, or asked to wait: nothing of any kind goes out before its time (reliability H3)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import httpx
import pytest

from echodesk.capture.client import Echo360
from echodesk.planning.answers import PROBE_S, Answer, Done, Kind, Missing, NotAllowed, Unclear, Wait
from tests.capture.world import JumpingClock, Server, booking, client, facts, listing, refused, row, standing

T = TypeVar("T")
Ask = Callable[[Echo360], Awaitable[object]]


async def listed(echo: Echo360) -> object:
    return [reply.answer async for reply in echo.list_all()][-1]


# Every kind of question that the worker ever asks.
ASKS: dict[str, Ask] = {
    "create": lambda echo: echo.create(booking()),
    "change": lambda echo: echo.change(booking(), standing()),
    "remove": lambda echo: echo.remove(standing()),
    "read": lambda echo: echo.read(booking().external_id),
    "a room": lambda echo: echo.list_room("S101"),
    "everything": listed,
    "a person": lambda echo: echo.person_known("ada.byron@example.ac.uk"),
    "reference data": lambda echo: echo.supply(Missing(Kind.ROOM, "Room not found"), facts()),
}


class Scene:
    """A client, its clock, and an Echo360 whose answer can be changed."""

    def __init__(self, **settings: Any) -> None:
        self.clock = JumpingClock()
        self.response: Callable[[], httpx.Response] = lambda: httpx.Response(201, json=row())
        self.server = Server(lambda request: self.response())
        self.echo = client(self.server, self.clock, **settings)

    @property
    def asked(self) -> int:
        """Everything that went over the wire."""
        return len(self.server.seen) + len(self.server.sign_ins)

    async def create(self) -> Answer:
        return (await self.echo.create(booking())).answer

    def run(self, work: Awaitable[T]) -> T:
        async def awaited() -> T:
            return await work

        return asyncio.run(self.clock.run(awaited()))


def forbidden() -> httpx.Response:
    return refused("Forbidden", "no scope", 403)


def unauthorized() -> httpx.Response:
    return refused("Unauthorized", "who are you", 401)


@pytest.mark.parametrize("shut", [forbidden, unauthorized])
@pytest.mark.parametrize("ask", ASKS)
def test_nothing_of_any_kind_goes_out_after_a_refusal(shut: Callable[[], httpx.Response], ask: str) -> None:
    scene = Scene()

    async def work() -> None:
        scene.response = shut
        assert isinstance(await scene.create(), NotAllowed)
        before = scene.asked
        for _ in range(5):
            scene.clock.now += (PROBE_S - 1.0) / 5
            await ASKS[ask](scene.echo)
        assert scene.asked == before

    scene.run(work())


@pytest.mark.parametrize("shut", [forbidden, unauthorized])
def test_one_probe_in_five_minutes_however_many_ask(shut: Callable[[], httpx.Response]) -> None:
    scene = Scene()
    one = 1 if shut is forbidden else 2

    async def work() -> None:
        scene.response = shut
        await scene.create()
        for _ in range(3):
            before = len(scene.server.seen)
            scene.clock.now += PROBE_S + 1.0
            answers = await asyncio.gather(*(scene.create() for _ in range(20)))
            assert all(isinstance(answer, NotAllowed) for answer in answers)
            # A 401 is sent again once with a new token.
            assert len(scene.server.seen) - before == one

    scene.run(work())


def test_once_the_probe_is_let_in_everybody_goes_through() -> None:
    scene = Scene()

    async def work() -> list[Answer]:
        scene.response = forbidden
        await scene.create()
        scene.response = lambda: httpx.Response(201, json=row())
        assert isinstance(await scene.create(), NotAllowed)
        scene.clock.now += PROBE_S
        return list(await asyncio.gather(*(scene.create() for _ in range(20))))

    assert all(isinstance(answer, Done) for answer in scene.run(work()))
    assert len(scene.server.seen) == 21


def test_whoever_acted_need_not_wait() -> None:
    scene = Scene()

    async def work() -> list[Answer]:
        scene.response = forbidden
        await scene.create()
        scene.response = lambda: httpx.Response(201, json=row())
        scene.echo.try_again()
        return [await scene.create(), await scene.create()]

    assert all(isinstance(answer, Done) for answer in scene.run(work()))


@pytest.mark.parametrize("status", [500, 429])
def test_a_probe_without_a_clear_answer_opens_nothing(status: int) -> None:
    scene = Scene()

    async def work() -> None:
        scene.response = forbidden
        await scene.create()
        scene.response = lambda: httpx.Response(status)
        scene.clock.now += PROBE_S
        assert isinstance(await scene.create(), Unclear | Wait)
        before = scene.asked
        scene.clock.now += PROBE_S - 1.0
        assert isinstance(await scene.create(), NotAllowed)
        assert scene.asked == before

    scene.run(work())


def test_a_probe_that_was_cut_off_leaves_the_way_to_the_next() -> None:
    scene = Scene()

    async def work() -> Answer:
        scene.response = forbidden
        await scene.create()
        scene.clock.now += PROBE_S
        probe = asyncio.ensure_future(scene.create())
        waits = asyncio.ensure_future(scene.create())
        await asyncio.sleep(0)
        probe.cancel()
        assert isinstance(await waits, NotAllowed)
        scene.response = lambda: httpx.Response(201, json=row())
        scene.clock.now += PROBE_S
        return await scene.create()

    assert isinstance(scene.run(work()), Done)


# ---- asked to wait ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("ask", ASKS)
def test_nothing_of_any_kind_goes_out_before_the_instant(status: int, ask: str) -> None:
    scene = Scene()

    async def work() -> None:
        await scene.create()
        scene.response = lambda: httpx.Response(status, headers={"retry-after": "100"})
        assert isinstance(await scene.create(), Wait)
        until, before = scene.clock.now + 100.0, scene.asked
        scene.response = lambda: listing([])
        again = asyncio.ensure_future(ASKS[ask](scene.echo))
        while not again.done():
            assert scene.asked == before or scene.clock.now >= until
            await asyncio.sleep(0)
        assert scene.clock.now < until or scene.asked > before

    scene.run(work())


def test_who_took_a_turn_before_waits_as_well() -> None:
    """Twenty have their turn, and one connection is free: the first answer says to wait."""
    scene = Scene(connections=1)

    async def work() -> list[Answer]:
        await scene.create()
        scene.response = lambda: httpx.Response(429, headers={"retry-after": "50"})
        return list(await asyncio.gather(*(scene.create() for _ in range(20))))

    answers = scene.run(work())
    assert len(scene.server.seen) == 2
    assert all(isinstance(answer, Wait) and not answer.may_have_applied for answer in answers)
    assert {answer.seconds for answer in answers if isinstance(answer, Wait)} == {50.0}


def test_a_sign_in_that_is_asked_to_wait_holds_everything() -> None:
    scene = Scene()

    async def work() -> None:
        await scene.create()
        scene.clock.now += 3_100.0
        scene.server.token = lambda form: httpx.Response(503, headers={"retry-after": "200"})  # type: ignore[method-assign]  # the test server is ours to bend
        first = await scene.create()
        assert isinstance(first, Wait)
        before = scene.asked
        scene.clock.now += 199.0
        assert isinstance(await scene.create(), Wait)
        assert scene.asked == before

    scene.run(work())


def test_a_listing_that_is_asked_to_wait_ends_as_that() -> None:
    scene = Scene()
    scene.response = lambda: httpx.Response(429, headers={"retry-after": "9"})
    assert isinstance(scene.run(listed(scene.echo)), Wait)


# ---- not the one who sends ----------------------------------------------------------------------------------


@pytest.mark.parametrize("ask", ASKS)
def test_nothing_of_any_kind_goes_out_while_another_may_be_the_one_who_sends(ask: str) -> None:
    scene = Scene()
    scene.echo.only_while(lambda: False)
    scene.run(ASKS[ask](scene.echo))
    assert scene.asked == 0


def test_a_second_page_is_not_asked_for_once_another_may_be_the_one_who_sends() -> None:
    scene = Scene()
    scene.response = lambda: listing([], following="/public/api/v2/schedules?limit=150&after=1")
    allowed = [True, True]
    scene.echo.only_while(lambda: bool(allowed) and allowed.pop())
    assert isinstance(scene.run(listed(scene.echo)), Wait)
    assert scene.asked == 2
