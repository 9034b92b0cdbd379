"""The simulator as an ASGI application: carries out on the wire what `misbehave` decided."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from echodesk.simulator.control import PREFIX, Control
from echodesk.simulator.misbehave import Simulator
from echodesk.simulator.outcomes import Delivery, LateRequest, Outcome
from echodesk.simulator.wire import SimRequest, SimResponse, json_response

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

TRANSPORT = "transport"
"""Where the protocol leaves the connection's transport in `scope["state"]`."""
_MAX_BODY = 10 * 1024 * 1024
_LONGEST_SILENCE_S = 120.0


class Application:
    """One simulator behind HTTP."""

    def __init__(self, simulator: Simulator, control: Control) -> None:
        self._simulator = simulator
        self._control = control

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request, or leaves it unanswered."""
        if scope["type"] != "http":
            return
        body = await _read(receive)
        if body is None:
            await _write(send, json_response(413, {"error": "Request entity too large"}))
            return
        request = SimRequest(
            scope["method"],
            scope["raw_path"].decode("latin-1"),
            scope["query_string"].decode("latin-1"),
            {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]},
            body,
        )
        if request.path.startswith(PREFIX):
            await _write(send, self._control.handle(request))
            return
        outcome = self._simulator.receive(request)
        if outcome.delay_s:
            await asyncio.sleep(outcome.delay_s)
        await _deliver(outcome, scope, receive, send)
        if outcome.late is not None:
            self._apply_later(outcome.late)

    def _apply_later(self, late: LateRequest) -> None:
        asyncio.get_running_loop().call_later(late.after_s, self._simulator.apply_late, late)


async def _deliver(outcome: Outcome, scope: Scope, receive: Receive, send: Send) -> None:
    if outcome.delivery is Delivery.ANSWER and outcome.response is not None:
        await _write(send, outcome.response)
        return
    transport: asyncio.Transport = scope["state"][TRANSPORT]
    if outcome.delivery is Delivery.SILENCE:
        try:
            async with asyncio.timeout(_LONGEST_SILENCE_S):
                await _gone(receive)
        except TimeoutError:
            transport.abort()
    elif outcome.delivery is Delivery.RESET:
        _reset_on_close(transport)
        transport.abort()
    elif outcome.response is not None:
        response = outcome.response
        await send(_start(response))
        half = response.body[: len(response.body) // 2]
        await send({"type": "http.response.body", "body": half, "more_body": True})
        transport.close()
    await _gone(receive)


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _read(receive: Receive) -> bytes | None:
    """The whole body, or None if it is too large."""
    body: bytes = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > _MAX_BODY:
            return None
        if not message.get("more_body", False):
            return body


async def _write(send: Send, response: SimResponse) -> None:
    await send(_start(response))
    await send({"type": "http.response.body", "body": response.body})


def _start(response: SimResponse) -> dict[str, Any]:
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in response.headers]
    headers.append((b"content-length", str(len(response.body)).encode()))
    return {"type": "http.response.start", "status": response.status, "headers": headers}


def _reset_on_close(transport: asyncio.Transport) -> None:
    """Makes the end of the connection an RST: no time is given to what is unsent."""
    handle = transport.get_extra_info("socket")
    handle.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
