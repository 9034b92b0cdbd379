"""The baseline of everything that is sent: an httpx client that does nothing but send prepared requests."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from echodesk.simulator.control import PREFIX, SECRET_HEADER
from echodesk.simulator.process import Address

SCHEDULES = "/public/api/v2/schedules"


@dataclass(frozen=True, slots=True)
class Sent:
    """A write as the worker sent it. Echo360's own ids are not part of it: they are another server's."""

    method: str
    external_id: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Replayed:
    """How sending prepared requests went."""

    seconds: float
    each_s: tuple[float, ...]
    """What each request took, in the order of their ends."""


class Refused(RuntimeError):
    """The server did not take a prepared request: what was measured is not what was meant."""


def replay(address: Address, requests: Sequence[Sent], connections: int) -> Replayed:
    """Send these, as many at a time as there are connections, as fast as the client can.

    With more than one connection no external id may occur twice: nothing here keeps an order.
    """
    if connections > 1 and len({one.external_id for one in requests}) < len(requests):
        raise ValueError("requests that depend on each other can only be sent one after another")
    return asyncio.run(_replay(address, requests, connections))


def log_of(address: Address) -> list[dict[str, Any]]:
    """What the simulator was asked: monotonic time of the answer, method, path, status."""
    with httpx.Client(base_url=address.url, headers={SECRET_HEADER: address.client_secret}, trust_env=False) as c:
        found: list[dict[str, Any]] = c.get(f"{PREFIX}log").raise_for_status().json()
        return found


async def _replay(address: Address, requests: Sequence[Sent], connections: int) -> Replayed:
    each: list[float] = []
    ids: dict[str, str] = {}
    waiting = iter(requests)
    async with _signed_in(address, connections) as client:
        began = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for _ in range(connections):
                group.create_task(_send(client, waiting, ids, each))
        return Replayed(time.perf_counter() - began, tuple(each))


async def _send(
    client: httpx.AsyncClient, waiting: Iterator[Sent], ids: dict[str, str], each: list[float]
) -> None:
    for one in waiting:
        path = SCHEDULES if one.method == "POST" else f"{SCHEDULES}/{ids[one.external_id]}"
        began = time.perf_counter()
        answer = await client.request(one.method, path, content=one.body)
        each.append(time.perf_counter() - began)
        if not answer.is_success:
            raise Refused(f"{one.method} of {one.external_id}: {answer.status_code} {answer.text[:300]}")
        if one.method == "POST":
            ids[one.external_id] = answer.json()["id"]


@asynccontextmanager
async def _signed_in(address: Address, connections: int) -> AsyncIterator[httpx.AsyncClient]:
    limits = httpx.Limits(max_connections=connections, max_keepalive_connections=connections)
    async with httpx.AsyncClient(base_url=address.url, limits=limits, trust_env=False) as client:
        form = {
            "grant_type": "client_credentials",
            "client_id": address.client_id,
            "client_secret": address.client_secret,
        }
        token = (await client.post("/oauth2/access_token", data=form)).raise_for_status().json()["access_token"]
        client.headers["Authorization"] = f"Bearer {token}"
        client.headers["Content-Type"] = "application/json"
        yield client
