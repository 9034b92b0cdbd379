"""No minute holds more calls than the limit, whatever the sign-ins in between cost (reliability H9)."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from echodesk.planning.answers import Done
from tests.capture.world import JumpingClock, Server, booking, client, row

LIMIT = 120
SENDERS = 8
READERS = 4
"""Others who ask beside the senders: listings, and what staff look up."""
BUSY_S = 240.0
TAKEN_BACK_S = 80.0
IDLE_S = {"renewal": 2_970.0, "dead after idling": 4_000.0}
"""A token lives for an hour, and is renewed after fifty minutes."""


class SlowToSignIn(Server):
    """Takes its time over each sign-in, and can take all its tokens back."""

    def __init__(self, clock: JumpingClock, sign_in_s: float) -> None:
        super().__init__(self.answered)
        self.clock = clock
        self.sign_in_s = sign_in_s
        self.given: set[str] = set()
        self.arrived: list[float] = []
        """When each call came, sign-ins included."""

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.arrived.append(self.clock.now)
        await self.clock.sleep(self.sign_in_s if request.url.path == "/oauth2/access_token" else 0.05)
        return await super().__call__(request)

    def token(self, form: dict[str, str]) -> httpx.Response:
        given = super().token(form)
        self.given.add(f"Bearer {given.json()['access_token']}")
        return given

    def answered(self, request: httpx.Request) -> httpx.Response:
        if request.headers["authorization"] not in self.given:
            return httpx.Response(401, json={"error": "Unauthorized"})
        return httpx.Response(201, json=row())

    @property
    def most_in_a_minute(self) -> int:
        return max(sum(1 for at in self.arrived if 0.0 <= at - start <= 60.0) for start in self.arrived)


@pytest.mark.parametrize("sign_in_s", [1.0, 3.0, 5.0, 10.0])
@pytest.mark.parametrize("when", ["cold start", "dead after idling", "renewal", "401"])
def test_no_minute_around_a_sign_in_holds_more_calls_than_the_limit(when: str, sign_in_s: float) -> None:
    clock = JumpingClock()
    server = SlowToSignIn(clock, sign_in_s)
    echo = client(server, clock, calls_per_minute=LIMIT)

    async def sends(until: float) -> None:
        while clock.now < until:
            await echo.turn()
            assert isinstance((await echo.create(booking())).answer, Done)

    async def reads(until: float) -> None:
        while clock.now < until:
            await echo.read(booking().external_id)

    async def busy(for_s: float) -> None:
        until = clock.now + for_s
        await asyncio.gather(*(sends(until) for _ in range(SENDERS)), *(reads(until) for _ in range(READERS)))

    async def taken_back() -> None:
        await clock.sleep(TAKEN_BACK_S)
        server.given.clear()

    async def work() -> float:
        if when in IDLE_S:
            await sends(clock.now + 1.0)
            clock.now += IDLE_S[when]
        began = clock.now
        await asyncio.gather(busy(BUSY_S), *([taken_back()] if when == "401" else []))
        return began

    began = asyncio.run(clock.run(work()))
    assert server.most_in_a_minute <= LIMIT
    assert len(server.sign_ins) == (1 if when == "cold start" else 2)
    # Nearly all of the limit is used, but for the time in which nobody can be let in.
    used = sum(1 for at in server.arrived if at >= began)
    assert used >= (BUSY_S - sign_in_s) * (LIMIT - 5) / 60
