"""Signing in: one at a time, refresh tokens once each, and what happens when it fails."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from typing import TypeVar

import httpx
import pytest

from echodesk.capture.client import Echo360
from echodesk.planning.answers import Answer, Done, Gone, NotAllowed, Wait
from tests.capture.world import SECRET, JumpingClock, Server, booking, client, refused, row

T = TypeVar("T")


def gone(_request: httpx.Request) -> httpx.Response:
    return refused("ScheduleNotFound", "Schedule not found", 404)


def working(
    server: Server, work: Callable[[Echo360], Awaitable[T]], clock: JumpingClock | None = None, **changes: object
) -> T:
    time = clock or JumpingClock()
    echo = client(server, time, **changes)

    async def run() -> T:
        return await work(echo)

    return asyncio.run(time.run(run()))


async def read(echo: Echo360) -> Answer:
    return (await echo.read("1-1-2025-26")).answer


def test_credentials_first_then_each_refresh_token_once() -> None:
    server, clock = Server(gone), JumpingClock()

    async def work(echo: Echo360) -> dict[str, int]:
        for _ in range(4):
            await read(echo)
            clock.now += 3001.0
        return echo.calls()

    calls = working(server, work, clock)
    assert [form["grant_type"] for form in server.sign_ins] == ["client_credentials"] + ["refresh_token"] * 3
    assert [form.get("refresh_token") for form in server.sign_ins[1:]] == ["refresh-1", "refresh-2", "refresh-3"]
    assert "client_secret" not in server.sign_ins[1]
    assert calls == {"GET": 4, "POST": 0, "PUT": 0, "DELETE": 0, "sign_ins": 4}
    assert [request.headers["authorization"] for request in server.seen] == [
        f"Bearer access-{number}" for number in (1, 2, 3, 4)
    ]


def test_a_token_is_used_until_ten_minutes_before_its_end() -> None:
    server, clock = Server(gone), JumpingClock()

    async def work(echo: Echo360) -> list[int]:
        counts = []
        for at in (1000.0, 3999.0, 4001.0):
            clock.now = at
            await read(echo)
            counts.append(len(server.sign_ins))
        return counts

    assert working(server, work, clock) == [1, 1, 2]


@pytest.mark.parametrize("life_s", [60, "soon", None, -5, 0, 3600.5])
def test_any_life_of_a_token_is_lived_with(life_s: object) -> None:
    server = Server(gone)
    server.life_s = life_s

    async def work(echo: Echo360) -> list[Answer]:
        return [await read(echo), await read(echo)]

    first, second = working(server, work)
    if life_s == "soon":
        assert isinstance(first, Wait)
        assert not first.may_have_applied
    else:
        assert isinstance(second, Gone)
        assert len(server.sign_ins) == 1


def test_a_refused_refresh_falls_back_to_the_credentials() -> None:
    server, clock = Server(gone), JumpingClock()
    grant = server.token

    def token(form: dict[str, str]) -> httpx.Response:
        return refused("invalid_grant", "used", 400) if form["grant_type"] == "refresh_token" else grant(form)

    server.token = token  # type: ignore[method-assign]  # the test server is ours to bend

    async def work(echo: Echo360) -> list[Answer]:
        first = await read(echo)
        clock.now += 3500.0
        return [first, await read(echo), await read(echo)]

    assert all(isinstance(answer, Gone) for answer in working(server, work, clock))
    assert [form["grant_type"] for form in server.sign_ins] == [
        "client_credentials",
        "refresh_token",
        "client_credentials",
    ]


def test_many_calls_at_once_share_one_sign_in() -> None:
    server = Server(gone)

    async def work(echo: Echo360) -> list[Answer]:
        return list(await asyncio.gather(*(read(echo) for _ in range(20))))

    assert all(isinstance(answer, Gone) for answer in working(server, work))
    assert len(server.sign_ins) == 1


def test_a_renewal_holds_up_one_call_and_no_other() -> None:
    """They have their turns: held, they would reach Echo360 all at once."""
    server, clock = Server(gone), JumpingClock()

    async def work(echo: Echo360) -> list[float]:
        await read(echo)
        clock.now += 2_995.0
        sent: list[float] = []

        async def call() -> None:
            await read(echo)
            sent.append(clock.now)

        await asyncio.gather(*(call() for _ in range(40)))
        return sent

    sent = working(server, work, clock, calls_per_minute=120)
    assert [form["grant_type"] for form in server.sign_ins] == ["client_credentials", "refresh_token"]
    # The first five are the burst; the sign-in takes one turn, which only the call that waits for it notices.
    one_s = 60 / 115
    assert max(later - before for before, later in itertools.pairwise(sent[4:])) < 2.01 * one_s
    assert sum(1 for before, later in itertools.pairwise(sent[5:]) if later == before) <= 1


def refuses(*tokens: str) -> Server:
    """Tokens that are valid to nobody any more."""

    def answer(request: httpx.Request) -> httpx.Response:
        if request.headers["authorization"] in {f"Bearer {token}" for token in tokens}:
            return httpx.Response(401, json={"error": "Unauthorized"})
        return httpx.Response(201, json=row())

    return Server(answer)


def test_after_401_it_signs_in_anew_once_and_sends_again() -> None:
    server = refuses("access-1")

    async def work(echo: Echo360) -> tuple[Answer, int, dict[str, int]]:
        reply = await echo.create(booking())
        return reply.answer, len(reply.exchanges), echo.calls()

    answer, exchanges, calls = working(server, work)
    assert isinstance(answer, Done)
    assert exchanges == 2
    assert [form["grant_type"] for form in server.sign_ins] == ["client_credentials"] * 2
    assert (calls["POST"], calls["sign_ins"]) == (2, 2)


def test_eight_calls_that_all_get_401_sign_in_once_more_together() -> None:
    server = refuses("access-1")

    async def work(echo: Echo360) -> None:
        await asyncio.gather(*(echo.create(booking()) for _ in range(8)))

    working(server, work)
    assert len(server.sign_ins) == 2


def test_sending_again_takes_a_turn_of_its_own() -> None:
    server, clock = refuses("access-1"), JumpingClock()

    async def work(echo: Echo360) -> float:
        clock.now += 60.0
        for _ in range(3):
            await echo.turn()
        await echo.create(booking())
        return clock.now

    # Three turns, the sign-in and the second sign-in are the burst; the second sending waits for its own.
    assert working(server, work, clock, calls_per_minute=120) == pytest.approx(1060 + 60 / 115, abs=0.01)


def test_a_second_401_stops_everything() -> None:
    server = refuses("access-1", "access-2")

    async def work(echo: Echo360) -> Answer:
        return (await echo.create(booking())).answer

    assert isinstance(working(server, work), NotAllowed)
    assert len(server.seen) == 2


def test_a_new_token_that_let_somebody_in_and_is_taken_back_stops_nothing() -> None:
    """Two calls sign in anew together; one is let in, and then the token that both share runs out."""
    good: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        token = request.headers["authorization"]
        if token == "Bearer access-1" or (token == "Bearer access-2" and good):
            return httpx.Response(401, json={"error": "Unauthorized"})
        good.append(token)
        return httpx.Response(201, json=row())

    server = Server(answer)

    async def work(echo: Echo360) -> list[Answer]:
        replies = await asyncio.gather(echo.create(booking()), echo.create(booking()))
        return [reply.answer for reply in replies]

    assert all(isinstance(one, Done) for one in working(server, work))
    assert good == ["Bearer access-2", "Bearer access-3"]


def test_tokens_that_run_out_at_once_again_and_again_stop_everything() -> None:
    tokens: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        tokens.append(request.headers["authorization"])
        fresh = tokens.count(tokens[-1]) == 1
        return httpx.Response(201, json=row()) if fresh else httpx.Response(401, json={"error": "Unauthorized"})

    server = Server(answer)

    async def work(echo: Echo360) -> list[Answer]:
        replies = await asyncio.gather(*(echo.create(booking()) for _ in range(8)))
        return [reply.answer for reply in replies]

    answers = working(server, work)
    assert any(isinstance(one, NotAllowed) for one in answers)
    assert any(isinstance(one, Done) for one in answers)


def test_403_is_not_tried_again() -> None:
    server = Server(lambda request: httpx.Response(403, json={"error": "Forbidden", "message": "no right"}))
    assert isinstance(working(server, read), NotAllowed)
    assert len(server.seen) == 1


def test_403_for_an_expired_token_is_like_401() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.headers["authorization"] == "Bearer access-1":
            return httpx.Response(403, json={"error": "Forbidden", "message": "Access token has expired"})
        return gone(request)

    assert isinstance(working(Server(answer), read), Gone)


@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_a_refused_sign_in_stops_everything_and_is_asked_for_once(status: int) -> None:
    server = Server(gone)
    server.token = lambda form: httpx.Response(status, json={"error": "invalid_client"})  # type: ignore[method-assign]  # the test server is ours to bend

    async def work(echo: Echo360) -> list[Answer]:
        return list(await asyncio.gather(*(read(echo) for _ in range(8))))

    assert all(isinstance(answer, NotAllowed) for answer in working(server, work))
    assert len(server.sign_ins) == 1
    assert server.seen == []


TROUBLES = [
    httpx.Response(500),
    httpx.Response(503, headers={"Retry-After": "7"}),
    httpx.Response(302, headers={"Location": "https://elsewhere.example.ac.uk"}),
    httpx.Response(200, html="<html>Back soon</html>"),
    httpx.Response(200, json={"token_type": "Bearer"}),
    httpx.Response(200, json={"access_token": ""}),
    httpx.Response(200, json={"access_token": "tökén"}),
    httpx.Response(200, json={"access_token": "a\r\nX-Injected: 1"}),
    httpx.Response(200, json={"access_token": 7}),
    httpx.Response(200, content=b'{"access_token":"half'),
]


@pytest.mark.parametrize("trouble", TROUBLES)
def test_a_sign_in_in_trouble_means_waiting_and_nothing_was_sent(trouble: httpx.Response) -> None:
    server = Server(gone)
    server.token = lambda form: trouble  # type: ignore[method-assign]  # the test server is ours to bend
    answer = working(server, read)
    assert isinstance(answer, Wait)
    assert not answer.may_have_applied
    assert answer.seconds == (7 if trouble.status_code == 503 else 5)
    assert server.seen == []


def test_while_the_sign_in_is_in_trouble_the_living_token_goes_on() -> None:
    server, clock = Server(gone), JumpingClock()

    async def work(echo: Echo360) -> list[Answer]:
        answers = [await read(echo)]
        server.token = lambda form: httpx.Response(500)  # type: ignore[method-assign]  # the test server is ours to bend
        for at in (4001.0, 4002.0, 4590.0, 4601.0):
            clock.now = at
            answers.append(await read(echo))
        return answers

    answers = working(server, work, clock)
    assert [type(answer) for answer in answers] == [Gone, Gone, Gone, Gone, Wait]
    # Two forms each time, and not again within the five seconds.
    assert len(server.sign_ins) == 1 + 2 + 1 + 1


@pytest.mark.parametrize("status", [200, 400, 500])
def test_an_echoed_secret_is_in_no_exchange_and_no_message(status: int) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        token = request.headers["authorization"].removeprefix("Bearer ")
        return httpx.Response(status, json={"error": "Odd", "message": f"{token} {SECRET} refresh-1 {'x' * 3000}"})

    async def work(echo: Echo360) -> str:
        return repr(await echo.create(booking(title=f"My {SECRET}")))

    shown = working(Server(answer), work)
    assert "***" in shown
    for secret in (SECRET, "access-1", "refresh-1"):
        assert secret not in shown


def test_a_sign_in_without_end_is_over_within_the_deadline_and_nothing_was_sent() -> None:
    """The deadline of a call is total: it counts from before the sign-in (reliability H8)."""

    class Silent(Server):
        async def __call__(self, request: httpx.Request) -> httpx.Response:
            await asyncio.Event().wait()
            raise AssertionError("nobody answers here")

    async def work() -> tuple[Answer, ...]:
        echo = client(Silent(gone), JumpingClock(), deadline_s=0.2)
        async with asyncio.timeout(10.0):
            replies = await asyncio.gather(*(echo.create(booking()) for _ in range(3)))
        assert [reply.exchanges for reply in replies] == [(), (), ()]
        return tuple(reply.answer for reply in replies)

    answers = asyncio.run(work())
    assert all(isinstance(answer, Wait) and not answer.may_have_applied for answer in answers)
