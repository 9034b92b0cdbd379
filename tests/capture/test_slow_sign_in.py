"""A sign-in that takes longer than its callers can wait: it is theirs together, and ends by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import httpx
import pytest

from echodesk.capture.client import Echo360
from echodesk.planning.answers import Answer, Done, Wait
from tests.capture.world import Server, booking, refused, row, settings
from tests.worker.virtual_time import VirtualClock, VirtualLoop

DEADLINE_S = 20.0


class Slow(Server):
    """Answers a sign-in after so many seconds, and a refresh token with no."""

    def __init__(self, sign_in_s: float) -> None:
        super().__init__(lambda request: httpx.Response(201, json=row()))
        self.sign_in_s = sign_in_s

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/oauth2/access_token":
            await asyncio.sleep(self.sign_in_s)
        return await super().__call__(request)

    def token(self, form: dict[str, str]) -> httpx.Response:
        if form["grant_type"] == "refresh_token":
            return refused("invalid_grant", "used", 400)
        return super().token(form)


@pytest.fixture
def loop() -> Iterator[VirtualLoop]:
    made = VirtualLoop()
    yield made
    made.close()


def connected(server: Server, loop: VirtualLoop) -> Echo360:
    return Echo360(settings(deadline_s=DEADLINE_S), VirtualClock(loop), httpx.MockTransport(server))


async def called(echo: Echo360, after_s: float) -> Answer:
    await asyncio.sleep(after_s)
    return (await echo.create(booking())).answer


def test_a_sign_in_that_takes_longer_than_a_call_may_serves_all_who_wait(loop: VirtualLoop) -> None:
    """Refused after 15 s and let in after 15 s more: if each began anew with what is left of its own time, none
    would ever come to the end."""
    server = Slow(15.0)
    echo = connected(server, loop)

    async def work() -> list[Answer]:
        assert isinstance(await called(echo, 0.0), Done)
        loop.forward(4_000.0)
        answers = await asyncio.gather(*(called(echo, 5.0 * number) for number in range(10)))
        await echo.close()
        return answers

    answers = loop.run_until_complete(work())
    assert [type(one) for one in answers] == [Done] * 10
    assert len(server.sign_ins) == 3


def test_a_sign_in_without_end_is_given_up_in_time_and_the_next_call_signs_in_anew(loop: VirtualLoop) -> None:
    server = Slow(1e6)
    echo = connected(server, loop)

    async def work() -> tuple[tuple[Answer, Answer], float, Answer]:
        answers = await asyncio.gather(called(echo, 0.0), called(echo, 15.0))
        over_at = loop.time()
        server.sign_in_s = 1.0
        last = await called(echo, 0.0)
        await echo.close()
        return answers, over_at, last

    answers, over_at, last = loop.run_until_complete(work())
    assert all(isinstance(one, Wait) and not one.may_have_applied for one in answers)
    assert over_at == pytest.approx(DEADLINE_S)
    assert isinstance(last, Done)


def test_closing_ends_a_sign_in_that_nobody_waits_for_any_more(loop: VirtualLoop) -> None:
    echo = connected(Slow(15.0), loop)

    async def work() -> set[asyncio.Task[object]]:
        caller = asyncio.ensure_future(called(echo, 0.0))
        await asyncio.sleep(1.0)
        caller.cancel()
        await asyncio.wait({caller})
        assert len(asyncio.all_tasks()) == 2
        await echo.close()
        return asyncio.all_tasks() - {asyncio.current_task()}

    assert loop.run_until_complete(work()) == set()
