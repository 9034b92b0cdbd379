"""Plans in flight: requests wait in one heap, and a few at once are sent, next lesson first (design §3.10).

They go in three lanes: what staff asked for and what starts within a day, then timetable changes, then batches.

A room-day belongs to at most one running plan; within a plan a request starts when those it depends on were
answered (decisions: "Order with 8 connections").
"""

from __future__ import annotations

import asyncio
import datetime as dt
import heapq
from collections.abc import Awaitable, Callable, Collection, Iterable
from enum import IntEnum

from echodesk.planning.steps import aside
from echodesk.planning.values import Request, RoomDay
from echodesk.worker.books import IntentRow
from echodesk.worker.caps import BURST_TRIES
from echodesk.worker.defects import Defect, Report, attempt
from echodesk.worker.ports import Clock
from echodesk.worker.send import Sender
from echodesk.worker.work import Fate, Result, Work


class Lane(IntEnum):
    """Who goes first; within a lane the next lesson does."""

    FIRST = 0
    """Staff asked for it, or it starts within a day."""
    CHANGE = 1
    BATCH = 2


class Flight:
    """Works on their way. Owned by the worker's loop."""

    def __init__(
        self,
        sender: Sender,
        unclear: Callable[[str], None],
        no_device: Callable[[str], None],
        connections: int,
        report: Report,
    ) -> None:
        """`unclear` hears of unclear answers, `no_device` of rooms without a recorder."""
        self._sender = sender
        self._unclear = unclear
        self._no_device = no_device
        self._places = asyncio.Semaphore(connections)
        """So many requests are carried at once, beside those that stand aside."""
        self._report = report
        self._heap: list[tuple[Lane, dt.date, int, int, Work, Request]] = []
        """(lane, date, minute, number, work, request)."""
        self.soon = dt.date.min
        """What starts until this date goes first."""
        self._sequence = 0
        self._arrived = asyncio.Semaphore(0)
        self._sending = 0
        self.finished: list[Work] = []
        self.has_finished = asyncio.Event()
        self.busy: set[RoomDay] = set()
        """Room-days of plans from their snapshot until their last transaction."""
        self._named: set[str] = set()
        """External ids of the same plans."""
        self.of_batches = 0
        """Requests of batches whose end is not written down yet."""
        self.asides = 0
        """Works of batches among them in which a lesson steps aside."""
        self.portion_ended = False
        """A part of a piece of a batch has ended: the rest can be planned."""
        self.ended = 0
        """Requests that have come to their end so far."""
        self._begun: dict[int, tuple[Work, list[Request]]] = {}
        """Works of which something was begun and whose end is not written down yet."""

    @property
    def load(self) -> int:
        """Requests that are ready or on the wire."""
        return len(self._heap) + self._sending

    @property
    def first(self) -> int:
        """Requests that are ready and go before all others."""
        return sum(lane is Lane.FIRST for lane, *_rest in self._heap)

    def hurry(self, places: Collection[RoomDay]) -> None:
        """Staff asked for these room-days: what is on its way there goes first, because they wait for its end."""
        waiting = {id(work): work for *_order, work, _request in self._heap}
        begun = {key: work for key, (work, _requests) in self._begun.items()}
        later = [one for one in (waiting | begun).values() if not one.asked and not one.places.isdisjoint(places)]
        for work in later:
            work.asked = True
        if later:
            self._heap = [
                (self._lane(work, date), date, minute, number, work, request)
                for _lane, date, minute, number, work, request in self._heap
            ]
            heapq.heapify(self._heap)

    async def land(self, clock: Clock, grace_s: float) -> None:
        """Give what is in flight a short grace; what is not answered by then leaves its intent behind."""
        until = clock.monotonic() + grace_s
        while not self.empty and clock.monotonic() < until:
            await clock.sleep(0.02)

    @property
    def empty(self) -> bool:
        """True when nothing is ready, on the wire or waiting to be settled."""
        return not (self._heap or self._sending or self.finished or self.busy)

    def reserve(self, work: Work) -> bool:
        """Its room-days and external ids belong to it from now on; False if one of them belongs to another plan.

        What is on its way to a room that nothing links to this plan may be the same lesson as it was a moment
        ago: it would be written over what is newer (decisions: "Order with 8 connections").
        """
        if work.places & self.busy or work.names & self._named:
            return False
        self.busy |= work.places
        self._named |= work.names
        return True

    def release(self, work: Work) -> None:
        """They are free again."""
        self.busy -= work.places
        self._named -= work.names

    def settled(self, work: Work) -> None:
        """Its end is written down."""
        self._begun.pop(id(work), None)
        if work.batch is not None:
            self.of_batches -= len(work.intents)
            self.asides -= aside(_going(work))
            self.portion_ended = self.portion_ended or work.in_part
        self.release(work)

    @property
    def unsettled(self) -> list[IntentRow]:
        """Requests that were sent, or may have been, and whose end is not written down."""
        return [
            (request.method.value, request.external_id, tuple(sorted(request.places)))
            for work, requests in self._begun.values()
            for request in requests
            if (result := work.results.get(request.number)) is None or result.exchanges or result.broken
        ]

    def person_found(self, email: str) -> None:
        """Echo360 knows this address: what it said before to requests that are on their way counts no more."""
        for work, _requests in self._begun.values():
            work.found.add(email)

    def add(self, works: Iterable[Work]) -> None:
        """Send these; their intents are committed."""
        for work in works:
            if work.batch is not None:
                self.of_batches += len(work.intents)
                self.asides += aside(_going(work))
            self._push(work, work.ready())
            if work.finished:
                self._finish(work)

    async def send_forever(self) -> None:
        """Send what is ready until cancelled."""
        async with asyncio.TaskGroup() as group:
            while True:
                await self._arrived.acquire()
                await self._places.acquire()
                *_order, work, request = heapq.heappop(self._heap)
                self._sending += 1
                group.create_task(self._send(work, request))

    async def aside(self, waiting: Callable[[], Awaitable[None]]) -> None:
        """Wait in the middle of a request, while others are sent in its place: as many as there are connections
        may miss something that cannot be made before L is over, and nothing else waits for that."""
        self._places.release()
        self._sending -= 1
        try:
            await waiting()
        finally:
            self._sending += 1
        # Whoever is cancelled here gives back a place too many; nothing is sent then any more.
        await self._places.acquire()

    def take_finished(self, most: int) -> list[Work]:
        """Finished works, at least one request's worth and at most about `most` requests."""
        taken: list[Work] = []
        requests = 0
        while self.finished and requests < most:
            work = self.finished.pop(0)
            taken.append(work)
            requests += max(1, len(work.plan.requests))
        if not self.finished:
            self.has_finished.clear()
        return taken

    def _push(self, work: Work, requests: Iterable[Request]) -> None:
        for request in requests:
            about = [one for one in (request.booking, request.standing) if one is not None]
            if not about:
                raise ValueError(f"request {request.number} is about nothing")
            # What leaves tomorrow for next month is recorded tomorrow if it is late.
            date, minute = min((one.place.date, one.time.start) for one in about)
            self._sequence += 1
            heapq.heappush(self._heap, (self._lane(work, date), date, minute, self._sequence, work, request))
            self._arrived.release()

    def _lane(self, work: Work, date: dt.date) -> Lane:
        if work.asked:
            return Lane.FIRST
        if work.batch is not None:
            return Lane.BATCH
        return Lane.FIRST if date <= self.soon else Lane.CHANGE

    async def _send(self, work: Work, request: Request) -> None:
        self._begun.setdefault(id(work), (work, []))[1].append(request)
        sends_left = work.sends_left.get(request.number, BURST_TRIES)
        try:
            outcome = await attempt(self._sender.carry(request, sends_left, work.lead, work.takes_back))
        finally:
            self._places.release()
            self._sending -= 1
            self.ended += 1
        result = outcome if isinstance(outcome, Result) else self._broken(request, outcome)
        if result.fate is Fate.UNCLEAR and not result.broken:
            self._unclear(result.text)
        elif result.fate is Fate.NO_DEVICE and request.booking is not None:
            self._no_device(request.booking.place.room)
        self._push(work, work.record(request.number, result))
        if work.finished:
            self._finish(work)

    def _broken(self, request: Request, defect: Defect) -> Result:
        """It may have been sent or not; its tries are counted, so it is not sent for ever (reliability Q5, H1)."""
        self._report(f"Sending {request.method} {request.external_id}", defect)
        return Result(Fate.UNCLEAR, f"EchoDesk itself failed: {defect.text}", broken=True)

    def _finish(self, work: Work) -> None:
        self.finished.append(work)
        self.has_finished.set()


def _going(work: Work) -> list[Request]:
    """What of it went out, or is about to."""
    return [request for request in work.plan.requests if request.number in work.intents]
