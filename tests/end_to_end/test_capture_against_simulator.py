"""The client against the simulator in a process of its own, over a real socket."""

from __future__ import annotations

import asyncio
import datetime as dt
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from echodesk.capture.client import Echo360
from echodesk.capture.settings import CaptureSettings
from echodesk.planning.answers import (
    Clash,
    Done,
    Exists,
    Gone,
    InPast,
    Kind,
    Listing,
    Missing,
    NotAllowed,
    Supplied,
)
from echodesk.planning.values import Booking, Interval, RoomDay, Standing
from echodesk.simulator.process import Address, SimulatorProcess
from tests.capture.world import EVERYTHING, booking, facts

CAMPUS = ZoneInfo("Europe/London")
LATE_S = 0.2


class RealClock:
    """The machine's own time."""

    def monotonic(self) -> float:
        return time.monotonic()

    def campus_now(self) -> dt.datetime:
        return dt.datetime.now(CAMPUS).replace(tzinfo=None)

    def utc_now(self) -> dt.datetime:
        return dt.datetime.now(dt.UTC)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


@pytest.fixture(scope="module")
def address() -> Iterator[Address]:
    with SimulatorProcess.start(["--calls-per-minute", "0"]) as simulator:
        yield simulator.address


def connected(address: Address, work: Callable[[Echo360], Awaitable[Any]], **changes: Any) -> Any:
    """What `work` gives back, done with a client that is closed afterwards."""
    given: dict[str, Any] = {
        "base_url": address.url,
        "client_id": address.client_id,
        "client_secret": address.client_secret,
        "recognise": lambda external_id: external_id.endswith("2025-26"),
        "calls_per_minute": 0,
        "may_create": EVERYTHING,
        "organization": "University",
        "campus": "Main",
        "campus_zone": "Europe/London",
        "late_s": LATE_S,
    }

    async def run() -> Any:
        echo = Echo360(CaptureSettings(**{**given, **changes}), RealClock())
        try:
            return await work(echo)
        finally:
            await echo.close()

    return asyncio.run(run())


def next_year() -> dt.date:
    return dt.datetime.now(CAMPUS).date() + dt.timedelta(days=300)


def wanted(number: int, room: str, start: int = 540, **changes: Any) -> Booking:
    given: dict[str, Any] = {
        "external_id": f"{number}-1-2025-26",
        "slotid": number,
        "room": room,
        "date": next_year(),
        "time": Interval(start, start + 60),
        "presenter": None,
        "sections": (),
    }
    return booking(**{**given, **changes})


async def supplied(echo: Echo360, kind: Kind, **changes: Any) -> Supplied:
    """Reference data is made once the time has passed in which an earlier program's requests may arrive."""
    known = {"term_first": next_year().isoformat(), "term_last": next_year().isoformat(), **changes}
    await asyncio.sleep(LATE_S)
    answer = (await echo.supply(Missing(kind, ""), facts(**known))).answer
    assert isinstance(answer, Supplied)
    return answer


async def stands(echo: Echo360, asked: Booking) -> Standing:
    answer = (await echo.create(asked)).answer
    assert isinstance(answer, Done), answer
    assert answer.standing is not None
    return answer.standing


def test_what_a_booking_misses_is_made_with_its_parents_and_then_it_stands(address: Address) -> None:
    asked = wanted(1, "S101", sections=("COMP101_LC01",))

    async def work(echo: Echo360) -> None:
        assert isinstance((first := await echo.create(asked)).answer, Missing), first
        assert first.answer.kind is Kind.ROOM
        assert (await supplied(echo, Kind.ROOM)).made == ("campus 'Main'", "building 'SCI'", "room 'S101'")
        second = (await echo.create(asked)).answer
        assert isinstance(second, Missing)
        assert second.kind is Kind.SECTION
        assert (await supplied(echo, Kind.SECTION)).made == (
            "organization 'University'",
            "department 'CS'",
            "course 'COMP101'",
            "term '2025/26'",
            "section 'COMP101_LC01'",
        )
        with_stranger = wanted(1, "S101", sections=("COMP101_LC01",), presenter="nobody@example.ac.uk")
        third = (await echo.create(with_stranger)).answer
        assert isinstance(third, Missing)
        assert third.kind is Kind.PERSON
        standing = await stands(echo, asked)
        assert (standing.place, standing.time, standing.content) == (asked.place, asked.time, asked.content)
        assert standing.ours

    connected(address, work)


def test_another_program_run_knows_rooms_and_sections_from_listing_them(address: Address) -> None:
    asked = wanted(2, "S102", sections=("COMP102_LC01",))
    section = facts().sections[0]

    async def make(echo: Echo360) -> None:
        known = {
            "room": "S102",
            "room_name": "Science 102",
            "sections": (type(section)("COMP102_LC01", "LC01", "COMP102", "Logic", "CS", "Computer Science"),),
        }
        await supplied(echo, Kind.ROOM, **known)
        await supplied(echo, Kind.SECTION, **known)
        await stands(echo, asked)

    async def look(echo: Echo360) -> tuple[Any, Any]:
        return (await echo.list_room("S102")).answer, (await echo.read(asked.external_id)).answer

    connected(address, make)
    listing, read = connected(address, look)
    assert isinstance(listing, Listing)
    assert listing.complete
    assert [(each.place, each.content) for each in listing.standing] == [(asked.place, asked.content)]
    assert read == Done(listing.standing[0])


def test_answers_to_what_cannot_be_done(address: Address) -> None:
    async def work(echo: Echo360) -> None:
        await supplied(echo, Kind.ROOM, room="S103", room_name="Science 103")
        standing = await stands(echo, wanted(31, "S103"))
        assert isinstance((await echo.create(wanted(32, "S103", 570))).answer, Clash)
        assert isinstance((await echo.create(wanted(31, "S103", 900))).answer, Exists)
        assert isinstance((await echo.create(wanted(33, "S103", date=dt.date(2024, 3, 4)))).answer, InPast)
        assert (await echo.remove(standing)).answer == Done(None)
        assert isinstance((await echo.remove(standing)).answer, Gone)
        assert isinstance((await echo.change(wanted(31, "S103"), standing)).answer, Gone)
        assert isinstance((await echo.read(standing.external_id or "")).answer, Gone)
        assert isinstance((await echo.person_known("nobody@example.ac.uk")).answer, Missing)

    connected(address, work)


def test_a_change_moves_renames_and_hands_over(address: Address) -> None:
    async def work(echo: Echo360) -> None:
        await supplied(echo, Kind.ROOM, room="S104", room_name="Science 104")
        standing = await stands(echo, wanted(41, "S104"))
        moved = wanted(42, "S104", 720, title="Another title", inputs=())
        answer = (await echo.change(moved, standing)).answer
        assert isinstance(answer, Done)
        after = answer.standing
        assert after is not None
        assert (after.echo_id, after.external_id) == (standing.echo_id, moved.external_id)
        assert (after.place, after.time, after.content) == (moved.place, moved.time, moved.content)

    connected(address, work)


def test_a_listing_of_many_pages_is_whole(address: Address) -> None:
    async def work(echo: Echo360) -> tuple[list[bool], set[RoomDay], int]:
        await supplied(echo, Kind.ROOM, room="S105", room_name="Science 105")
        for number in range(320):
            day = next_year() - dt.timedelta(days=number // 8)
            await stands(echo, wanted(5000 + number, "S105", 480 + number % 8 * 60, date=day))
        gets = echo.calls()["GET"]
        listing = (await echo.list_room("S105")).answer
        assert isinstance(listing, Listing)
        assert listing.complete
        assert len({standing.external_id for standing in listing.standing}) == 320
        assert echo.calls()["GET"] == gets + 3
        ends = []
        days: set[RoomDay] = set()
        count = 0
        async for reply in echo.list_all():
            page = reply.answer
            assert isinstance(page, Listing), page
            ends.append(page.complete)
            count += len(page.standing)
            days |= {standing.place for standing in page.standing}
        return ends, days, count

    ends, days, count = connected(address, work)
    assert all(ends)
    assert len(ends) >= 4
    assert count >= 320
    assert not any(place.room.startswith("echo360:") for place in days)


def test_a_wrong_secret_stops_everything_before_anything_is_asked(address: Address) -> None:
    async def work(echo: Echo360) -> tuple[Any, dict[str, int]]:
        return (await echo.create(wanted(6, "S101"))).answer, echo.calls()

    answer, calls = connected(address, work, client_secret="wrong")
    assert isinstance(answer, NotAllowed)
    assert calls == {"GET": 0, "POST": 0, "PUT": 0, "DELETE": 0, "sign_ins": 1}


def test_a_token_that_runs_out_is_renewed_without_anyone_noticing() -> None:
    with SimulatorProcess.start(["--calls-per-minute", "0", "--token-life-s", "1"]) as simulator:

        async def work(echo: Echo360) -> dict[str, int]:
            ends = time.monotonic() + 1.3
            while time.monotonic() < ends:
                assert isinstance((await echo.read("1-1-2025-26")).answer, Gone)
                await asyncio.sleep(0.05)
            return echo.calls()

        assert connected(simulator.address, work)["sign_ins"] >= 3


def test_whatever_goes_wrong_is_a_value_and_what_is_definite_is_true() -> None:
    """A simulator that misbehaves in every way it knows: what was answered as done must stand."""
    faults = ["--faults", "flaky,late,limits,hostile", "--fault-seed", "7", "--late-s", "0.2"]
    with SimulatorProcess.start(["--calls-per-minute", "0", *faults]) as simulator:

        async def patiently(ask: Callable[[], Awaitable[Any]], wanted_kind: type) -> Any:
            for _ in range(60):
                answer = (await ask()).answer
                if isinstance(answer, wanted_kind):
                    return answer
                await asyncio.sleep(min(getattr(answer, "seconds", 0.05), 0.3))
            raise AssertionError(f"60 times something else, last: {answer}")

        async def work(echo: Echo360) -> set[str]:
            await patiently(lambda: echo.supply(Missing(Kind.ROOM, ""), facts()), Supplied)
            kinds: set[str] = set()
            definite: dict[str, Booking] = {}
            for number in range(80):
                asked = wanted(7000 + number, "S101", 480 + number % 8 * 60)
                asked = replace(asked, place=RoomDay("S101", next_year() - dt.timedelta(days=number // 8)))
                answer = (await echo.create(asked)).answer
                kinds.add(type(answer).__name__)
                if isinstance(answer, Done) and answer.standing is not None and answer.standing.time == asked.time:
                    definite[asked.external_id] = asked
            await asyncio.sleep(0.3)
            for external_id, asked in definite.items():
                answer = await patiently(partial(echo.read, external_id), Done)
                assert answer.standing is not None
                assert answer.standing.external_id == asked.external_id
            return kinds

        kinds = connected(simulator.address, work, deadline_s=0.5)
    assert {"Done", "Unclear", "Wait"} <= kinds
