"""Echo360's reference data as a server that tests fill and watch, and a client at work on it."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar
from urllib.parse import unquote

import httpx

from echodesk.capture.client import Echo360
from echodesk.planning.answers import Kind, Missing, SupplyAnswer
from tests.capture.world import EVERYTHING, Body, JumpingClock, Server, client, facts, listing, refused, thing

T = TypeVar("T")
ROOM = Missing(Kind.ROOM, "Room not found")
SECTION = Missing(Kind.SECTION, "Section not found")


class Directory(Server):
    """Echo360's reference data: lists with filters, look-up by id or external id, creates."""

    def __init__(self) -> None:
        super().__init__(self.reference)
        self.things: dict[str, list[Body]] = {}
        self.numbers = itertools.count(1)
        self.before_create: Callable[[str, Body], Awaitable[httpx.Response | None]] | None = None

    def add(self, plural: str, echo_id: str, key: str | None, **members: Any) -> None:
        self.things.setdefault(plural, []).append(thing(echo_id, key, **members))

    def created(self) -> list[str]:
        return [request.url.path.rsplit("/", 1)[1] for request in self.seen if request.method == "POST"]

    async def reference(self, request: httpx.Request) -> httpx.Response:
        raw_path = request.url.raw_path.decode().partition("?")[0]
        plural, _, key = raw_path.removeprefix("/public/api/v1/").partition("/")
        there = self.things.setdefault(plural, [])
        if request.method == "POST":
            return await self.create(plural, json.loads(request.content))
        if key:
            for each in there:
                if unquote(key) in (each["id"], each.get("externalId")):
                    return httpx.Response(200, json=each)
            return refused("NotFound", f"{plural} not found", 404)
        wanted = {name: value for name, value in request.url.params.items() if name.endswith("Id")}
        return listing([each for each in there if all(each.get(name) == value for name, value in wanted.items())])

    async def create(self, plural: str, body: Body) -> httpx.Response:
        if self.before_create is not None:
            response = await self.before_create(plural, body)
            if response is not None:
                return response
        if any(each.get("externalId") == body["externalId"] for each in self.things[plural]):
            return refused("ExternalIdNotUnique", "External Id not unique")
        self.add(plural, f"{plural}-{next(self.numbers)}", None, **body)
        return httpx.Response(201, json=self.things[plural][-1])


def working(
    server: Server, work: Callable[[Echo360, JumpingClock], Awaitable[T]], *, aged_s: float = 10.0, **changes: Any
) -> T:
    """What `work` gives back with a client that was made `aged_s` seconds ago."""
    clock = JumpingClock()
    given = {"may_create": EVERYTHING, "organization": "University", **changes}
    echo = client(server, clock, **given)
    clock.now += aged_s

    async def run() -> T:
        return await work(echo, clock)

    return asyncio.run(clock.run(run()))


def supply(server: Server, missing: Missing = ROOM, *, with_facts: Any = None, **changes: Any) -> SupplyAnswer:
    async def once(echo: Echo360, _clock: JumpingClock) -> SupplyAnswer:
        return (await echo.supply(missing, with_facts or facts())).answer

    return working(server, once, **changes)
