"""Who goes first under the call limit: what staff asked for and what starts within a day, then timetable changes,
then batches; in each the next lesson. The order of one occurrence's requests is kept."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence

import pytest

from echodesk.messages import Refresh
from echodesk.planning.values import (
    Booking,
    Content,
    Interval,
    Method,
    Plan,
    Projection,
    Request,
    RoomDay,
    Standing,
    Why,
)
from echodesk.worker.defects import Defect
from echodesk.worker.flight import Flight
from echodesk.worker.send import Sender
from echodesk.worker.work import Fate, Result, Work
from tests.worker.by_hand import ByHand
from tests.worker.campus import SETID, day
from tests.worker.guarded import HOURS, LESSONS
from tests.worker.values import external, place_of
from tests.worker.world import World

Worlds = Callable[..., World]

WEEKS = tuple(range(2, 12))
FEW = 30
"""Those on the wire, those in line for their turn, a listing, and what comes while the edit is read."""


class Noted(Sender):
    """Every request is done at once."""

    def __init__(self) -> None:
        self.sent: list[str] = []

    async def carry(self, request: Request, sends_left: int, lead: int, under: int | None = None) -> Result:
        self.sent.append(request.external_id)
        return Result(Fate.DONE)


def fails(what: str, defect: Defect) -> None:
    raise AssertionError(f"{what}: {defect.text}")


def work(
    slot: int, week: int, *, stands: int | None = None, asked: bool = False, batch: int | None = None
) -> Work:
    """A plan of one request: a lesson is booked in a week, in which it stood in another."""
    place, hour = RoomDay(f"R{slot}", day(week)), Interval(540, 600)
    content = Content("Logic", ("M1_LC01",), None, ())
    booking = Booking(external(slot, week), SETID, slot, week, place, hour, content, ())
    standing = None
    if stands is not None:
        standing = Standing("e", external(slot, week), True, RoomDay(f"R{slot}", day(stands)), hour, content)
    method = Method.POST if standing is None else Method.PUT
    request = Request(0, method, booking.external_id, booking, standing, (), Why.NEW)
    plan = Plan(frozenset({place}), (request,), Projection((booking,), ()), frozenset(), ())
    return Work(
        plan, (), (), False, (), {}, {}, {}, frozenset(), lead=5, batch=batch, asked=asked
    )  # fmt: skip


def order(works: Sequence[Work], hurried: Sequence[RoomDay] = ()) -> list[str]:
    """In which order they are sent, one at a time."""
    sender = Noted()
    flight = Flight(sender, lambda _text: None, lambda _room: None, 1, fails)
    flight.soon = day(1, 2)

    async def send() -> None:
        flight.add(works)
        flight.hurry(hurried)
        sending = asyncio.create_task(flight.send_forever())
        for _ in range(20 * len(works)):
            await asyncio.sleep(0)
        sending.cancel()

    asyncio.run(send())
    return sender.sent


def test_staff_and_what_starts_within_a_day_then_changes_then_batches() -> None:
    works = [
        work(1, 2, batch=7),
        work(2, 3),
        work(3, 2),
        work(4, 11, asked=True),
        work(5, 1),
        work(6, 1, batch=7),
        work(7, 12, stands=1),
    ]
    assert order(works) == [
        external(5, 1),
        external(7, 12),
        external(4, 11),
        external(3, 2),
        external(2, 3),
        external(6, 1),
        external(1, 2),
    ]


@pytest.mark.parametrize("batch", [None, 7])
def test_what_staff_wait_for_is_hurried_though_it_was_planned_before(batch: int | None) -> None:
    works = [work(1, 2), work(2, 11, batch=batch), work(3, 12)]
    assert order(works, [RoomDay("R2", day(11))]) == [external(2, 11), external(1, 2), external(3, 12)]


@pytest.fixture
def w(world: Worlds) -> World:
    """Four hundred bookings in ten weeks, a lesson of tomorrow, and the call limit of an office."""
    made = world(calls_per_minute=120)
    with made.edit() as cmis:
        for slot in LESSONS:
            place = (slot - 1) // 5
            cmis.add(slot, room=f"R{place % 4 + 1}", weekday=place // 4 + 1, at=HOURS[slot % 5], weeks=WEEKS)
        cmis.add(41, room="R1", weekday=2, at="17:00-18:00", weeks=(1,))
    made.settle()
    return made


def queue(w: World) -> None:
    """All lessons but the last get another lecturer; so many are on their way as there may be."""
    with w.edit() as cmis:
        for slot in LESSONS[:-1]:
            cmis.alter(slot, lecturer="P2")
    w.pass_time(20.0)
    assert w.pending().notifications > 300


def calls_until(w: World, reached: Callable[[], bool]) -> int:
    before = len(w.wire.seen)
    w.until(reached, 600.0, 0.05)
    return len(w.wire.seen) - before


def presenter(w: World, one: str) -> str | None:
    return w.schedules()[one].presenter


def test_a_resync_of_staff_overtakes_the_queue(w: World) -> None:
    asked = external(LESSONS[-1], WEEKS[-1])
    ByHand(w).rename(asked, "Wrong")
    queue(w)
    stands = w.schedules()[asked]
    w.ask(Refresh("ann", stands.room, stands.date))
    bookings = w.institution.state.bookings
    assert calls_until(w, lambda: getattr(bookings.by_external(asked), "name", "Wrong") != "Wrong") < FEW
    assert w.pending().notifications > 250


def test_a_resync_of_staff_does_not_wait_for_a_change_of_its_own_room_and_day(w: World) -> None:
    """The next of what is on its way is asked for; its listing comes when that has been sent."""
    queue(w)
    on_its_way = w.sql("SELECT EXTERNAL_ID FROM STT_ECHO_NOTIFICATION WHERE STATUS = 'IN_PROGRESS'")
    last = max((one for (one,) in on_its_way), key=lambda one: place_of(w.schedules()[one])[1])
    assert presenter(w, last) == "ann.lee@example.ac.uk"
    stands = w.schedules()[last]
    w.ask(Refresh("ann", stands.room, stands.date))
    assert calls_until(w, lambda: presenter(w, last) == "bo.ray@example.ac.uk") < FEW


def test_a_change_of_tomorrow_overtakes_the_queue(w: World) -> None:
    queue(w)
    w.change(41, lecturer="P2")
    assert calls_until(w, lambda: presenter(w, external(41, 1)) == "bo.ray@example.ac.uk") < FEW
    assert w.pending().notifications > 250


def test_the_order_of_one_occurrence_is_kept(w: World) -> None:
    """A change that waits, a re-sync of staff, and a further change: the last one stands, and came last."""
    slot, week = LESSONS[-2], WEEKS[-1]
    one = external(slot, week)
    queue(w)
    w.change(slot, at="18:00-19:00")
    w.ask(Refresh("ann", w.schedules()[one].room, w.schedules()[one].date))
    w.pass_time(5.0)
    w.change(slot, at="19:00-20:00")
    w.settle()
    times = [
        json.loads(seen.body)["startTime"]
        for seen in w.wire.seen
        if seen.method == "PUT" and json.loads(seen.body)["externalId"] == one
    ]
    assert times == sorted(times)
    assert place_of(w.schedules()[one])[2] == "19:00-20:00"
    w.assert_equal()
