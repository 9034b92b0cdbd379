"""A network without sockets: the worker's own client on one end, the in-process simulator on the other."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import AsyncIterator, Callable
from email.utils import format_datetime

import httpx

from echodesk.simulator.misbehave import Simulator
from echodesk.simulator.outcomes import Delivery, LateRequest
from echodesk.simulator.wire import SimRequest, SimResponse
from tests.worker.virtual_time import Life, VirtualLoop

Interference = Callable[[SimRequest], SimResponse | None]
"""Looks at a request on its way in; an answer keeps it from ever arriving."""


class SimulatorTransport(httpx.AsyncBaseTransport):
    """Carries requests to a simulator and plays out what becomes of them, waits included."""

    def __init__(self, simulator: Simulator, life: Life) -> None:
        self._simulator = simulator
        self._life = life
        self.latency_s = 0.01
        self.on_sent: Callable[[SimRequest], None] = lambda request: None
        """Told of a request at the moment its sender lets go of it."""
        self.interfere: Interference = lambda request: None
        self.on_answered: Callable[[SimRequest, SimResponse | None], None] = lambda request, response: None
        """Told after a request took effect, before its client learns of it."""
        self.seen: list[SimRequest] = []
        """Every request but sign-ins."""
        self.sign_ins = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """One request to its end. Raises what httpx raises."""
        body = await request.aread()
        arrived = SimRequest(
            request.method,
            request.url.raw_path.split(b"?")[0].decode(),
            request.url.query.decode(),
            {name.lower(): value for name, value in request.headers.items()},
            body,
        )
        if "/oauth2/" in arrived.path:
            self.sign_ins += 1
        else:
            self.seen.append(arrived)
        self.on_sent(arrived)
        await asyncio.sleep(self.latency_s)
        answered = self.interfere(arrived)
        await self._life.go_on()
        if answered is not None:
            self.on_answered(arrived, answered)
            return self._response(answered)
        outcome = self._simulator.receive(arrived)
        self.on_answered(arrived, outcome.response)
        await self._life.go_on()
        if outcome.delay_s:
            await asyncio.sleep(outcome.delay_s)
        if outcome.delivery is Delivery.SILENCE:
            return await self._silence(outcome.late)
        if outcome.late is not None:
            self._later(outcome.late)
        if outcome.delivery is Delivery.RESET or outcome.response is None:
            raise httpx.ReadError("the connection was reset")
        if outcome.delivery is Delivery.CUT:
            return httpx.Response(outcome.response.status, stream=_Cut(outcome.response.body))
        return self._response(outcome.response)

    def _response(self, response: SimResponse) -> httpx.Response:
        """With the server's own time, as every HTTP server says it."""
        date = ("date", format_datetime(self._simulator.institution.utc(), usegmt=True))
        return httpx.Response(
            response.status, headers=[*response.headers, date], stream=httpx.ByteStream(response.body)
        )

    async def _silence(self, late: LateRequest | None) -> httpx.Response:
        try:
            await asyncio.sleep(1e6)
        finally:
            # Lateness counts from when the client stops waiting.
            if late is not None:
                self._later(late)
        raise AssertionError("nobody waits that long")

    def _later(self, late: LateRequest) -> None:
        # On the way it belongs to no machine: it arrives whatever became of its sender.
        loop = asyncio.get_running_loop()
        if not isinstance(loop, VirtualLoop):
            raise TypeError("requests that come late need virtual time")
        loop.at(loop.now + late.after_s, lambda: self._simulator.apply_late(late), contextvars.Context())


class _Cut(httpx.AsyncByteStream):
    def __init__(self, body: bytes) -> None:
        self._body = body

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._body[: len(self._body) // 2]
        raise httpx.ReadError("the connection was cut")


def answering(
    method: str, response: SimResponse, times: int = 1_000_000
) -> Callable[[SimRequest], SimResponse | None]:
    """Answers schedules' requests of a method in this way, so often, without doing anything."""
    left = [times]

    def interfere(request: SimRequest) -> SimResponse | None:
        if request.method != method or "/schedules" not in request.path or left[0] == 0:
            return None
        left[0] -= 1
        return response

    return interfere
