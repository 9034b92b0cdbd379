"""What the tests of capture are made of: a clock that jumps, a scripted Echo360, and builders of values."""

from __future__ import annotations

import asyncio
import datetime as dt
import heapq
import itertools
import json
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar
from urllib.parse import parse_qs

import httpx

from echodesk.capture.client import Echo360
from echodesk.capture.settings import CaptureSettings
from echodesk.planning.answers import Kind, ReferenceFacts, SectionFacts
from echodesk.planning.values import Booking, Content, Interval, RoomDay, Standing

T = TypeVar("T")
Body = dict[str, Any]
Handler = Callable[[httpx.Request], httpx.Response | Awaitable[httpx.Response]]

TODAY = dt.date(2026, 3, 2)
BASE = "http://127.0.0.1:8999"
SECRET = "s3cret-of-the-office"
SCHEDULES = "/public/api/v2/schedules"


class JumpingClock:
    """A clock whose sleepers are woken in order by `run`, without any waiting."""

    def __init__(self) -> None:
        self.now = 1000.0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._order = itertools.count()

    def monotonic(self) -> float:
        return self.now

    def campus_now(self) -> dt.datetime:
        return dt.datetime.combine(TODAY, dt.time(8)) + dt.timedelta(seconds=self.now - 1000.0)

    def utc_now(self) -> dt.datetime:
        return self.campus_now().replace(tzinfo=dt.UTC)

    async def sleep(self, seconds: float) -> None:
        waiting: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self.now + seconds, next(self._order), waiting))
        await waiting

    async def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Carry the work out, jumping to the next sleeper whenever nothing else can go on."""
        task = asyncio.ensure_future(work)
        while not task.done():
            for _ in range(50):
                await asyncio.sleep(0)
            if not task.done() and self._sleepers:
                self.now, _, waiting = heapq.heappop(self._sleepers)
                if not waiting.done():
                    waiting.set_result(None)
        return await task


def settings(**changes: Any) -> CaptureSettings:
    given: dict[str, Any] = {
        "base_url": BASE,
        "client_id": "office",
        "client_secret": SECRET,
        "recognise": lambda external_id: external_id.endswith("2025-26"),
        "calls_per_minute": 0,
        "campus": "Main",
        "late_s": 2.0,
    }
    return CaptureSettings(**{**given, **changes})


def booking(**changes: Any) -> Booking:
    content = Content(
        title=changes.pop("title", "COMP101 LC01 Computing"),
        sections=changes.pop("sections", ("COMP101_LC01",)),
        presenter=changes.pop("presenter", "ada.byron@example.ac.uk"),
        inputs=changes.pop("inputs", ("display", "video")),
    )
    place = RoomDay(changes.pop("room", "S101"), changes.pop("date", dt.date(2026, 3, 9)))
    given: dict[str, Any] = {
        "external_id": "617747-1-2025-26",
        "setid": "2025/26",
        "slotid": 617747,
        "week": 1,
        "place": place,
        "time": Interval(540, 600),
        "content": content,
        "members": ("617747-1-2025-26",),
    }
    return Booking(**{**given, **changes})


def standing(**changes: Any) -> Standing:
    wanted = booking()
    given: dict[str, Any] = {
        "echo_id": "e-1",
        "external_id": wanted.external_id,
        "ours": True,
        "place": wanted.place,
        "time": wanted.time,
        "content": wanted.content,
        "rest": '{"captureQuality":"High","shouldCaption":false}',
    }
    return Standing(**{**given, **changes})


def facts(**changes: Any) -> ReferenceFacts:
    given: dict[str, Any] = {
        "room": "S101",
        "room_name": "Science 101",
        "building": "SCI",
        "building_name": "Science",
        "campus": None,
        "sections": (SectionFacts("COMP101_LC01", "LC01", "COMP101", "Computing", "CS", "Computer Science"),),
        "term": "2025/26",
        "term_first": "2025-09-01",
        "term_last": "2026-06-12",
    }
    return ReferenceFacts(**{**given, **changes})


def row(**changes: Any) -> Body:
    """A schedule as Echo360 shows it."""
    given: Body = {
        "id": "e-1",
        "institutionId": "i-1",
        "name": "COMP101 LC01 Computing",
        "startDate": "2026-03-09",
        "startTime": "09:00",
        "endTime": "10:00",
        "venue": {
            "campusId": "c-1",
            "campusName": "Main",
            "buildingId": "b-1",
            "buildingName": "Science",
            "roomId": "r-1",
            "roomName": "Science 101",
        },
        "presenter": {"userId": "u-1", "userEmail": "Ada.Byron@example.ac.uk", "userFullName": "Ada Byron"},
        "sections": [
            {
                "courseId": "k-1",
                "courseIdentifier": "COMP101",
                "termId": "t-1",
                "termName": "2025/26",
                "sectionId": "s-1",
                "sectionName": "LC01",
            }
        ],
        "shouldCaption": False,
        "shouldStreamLive": False,
        "shouldAutoPublish": True,
        "shouldRecurCapture": False,
        "input1": "Display",
        "input2": "Video",
        "captureQuality": "High",
        "externalId": "617747-1-2025-26",
    }
    return {name: value for name, value in {**given, **changes}.items() if value is not None}


def refused(code: str, text: str, status: int = 400) -> httpx.Response:
    return httpx.Response(status, json={"error": code, "message": text})


class Server:
    """A scripted Echo360: signs in whoever asks, and hands every other call to `answer`."""

    def __init__(self, answer: Handler | None = None) -> None:
        self.answer = answer or self.by_route
        self.routes: dict[tuple[str, str], Handler | httpx.Response] = {}
        self.seen: list[httpx.Request] = []
        self.sign_ins: list[dict[str, str]] = []
        self.life_s: object = 3600
        self.tokens = itertools.count(1)

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        # Like a real network: whoever asks is set aside, and others go on.
        await asyncio.sleep(0)
        if request.url.path == "/oauth2/access_token":
            form = {name: values[0] for name, values in parse_qs(request.content.decode()).items()}
            self.sign_ins.append(form)
            return self.token(form)
        self.seen.append(request)
        outcome = self.answer(request)
        return await outcome if not isinstance(outcome, httpx.Response) else outcome

    def token(self, form: dict[str, str]) -> httpx.Response:
        number = next(self.tokens)
        return httpx.Response(
            200,
            json={
                "token_type": "Bearer",
                "access_token": f"access-{number}",
                "refresh_token": f"refresh-{number}",
                "expires_in": self.life_s,
            },
        )

    def by_route(self, request: httpx.Request) -> httpx.Response | Awaitable[httpx.Response]:
        """Look the call up in `routes` by method and raw path; what is not there is not found."""
        found = self.routes.get((request.method, request.url.raw_path.decode()))
        if found is None:
            return refused("NotFound", "Resource not found", 404)
        # A response object answers once only; a scripted one may be asked for again.
        if isinstance(found, httpx.Response):
            return httpx.Response(found.status_code, headers=found.headers, content=found.content)
        return found(request)

    def calls(self) -> list[str]:
        return [f"{request.method} {request.url.raw_path.decode()}" for request in self.seen]

    def bodies(self) -> list[Body]:
        return [json.loads(request.content) for request in self.seen if request.content]


def client(server: Server, clock: JumpingClock | None = None, **changes: Any) -> Echo360:
    return Echo360(settings(**changes), clock or JumpingClock(), httpx.MockTransport(server))


def listing(rows: list[Body], following: str | None = None) -> httpx.Response:
    page: Body = {"data": rows, "has_more": following is not None}
    if following is not None:
        page["next"] = following
    return httpx.Response(200, json=page)


def thing(echo_id: str, key: str | None, **members: Any) -> Body:
    """One object of reference data."""
    given = {"id": echo_id, **members}
    return given if key is None else {**given, "externalId": key}


EVERYTHING = frozenset(Kind) - {Kind.PERSON}
