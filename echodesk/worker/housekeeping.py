"""What the worker does now and then: late answers, ended pauses, past dates, people, the local sweep."""

from __future__ import annotations

import datetime as dt
import functools
import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from echodesk.planning.batches import BatchKind, BatchState
from echodesk.planning.records import NotificationOutcome, PauseRecord
from echodesk.planning.statuses import NotificationStatus, Recorded
from echodesk.planning.steps import PlanScope
from echodesk.planning.values import RoomDay
from echodesk.worker import caps
from echodesk.worker.books import Books
from echodesk.worker.defects import Defect, Report, attempt
from echodesk.worker.flight import Flight
from echodesk.worker.gate import Gate
from echodesk.worker.guarding import no_ground
from echodesk.worker.people import People
from echodesk.worker.ports import Capture, Clock, Dice, Ledger
from echodesk.worker.snapshot import plan_places
from echodesk.worker.telling import asked_for, tell_unwanted, told_otherwise

log = logging.getLogger(__name__)

SEARCH_S = 600.0
FOREIGN_S = 3_600.0
SWEEP_S = 600.0
PAST_S = 60.0
LATE_CHECK_S = 0.2
ENDED_S = 1.0
STRAYS_S = 5.0
TIMER_S = 30.0
TIMER_AGAIN = dt.timedelta(minutes=30)
"""After a comparison at its time that could not be made."""
MANY = 50
"""Of so many plans the newest are looked through."""
DEFECT_S = 300.0
"""A chore that a defect of our own stopped is tried again after this time; the others go on."""


@dataclass(slots=True)
class _Chore:
    name: str
    every_s: float
    work: Callable[[], Coroutine[Any, Any, None]]
    next_at: float


def _rooms(books: Books) -> list[str]:
    """Rooms that a lesson uses, and rooms that no lesson uses any more, where schedules of ours still stand."""
    return sorted({*books.timetable.rooms(), *books.mirror.rooms_with_schedules()})


class Housekeeper:
    """Chores of the leading worker; each runs when its time has come."""

    def __init__(
        self,
        ledger: Ledger,
        capture: Capture,
        clock: Clock,
        flight: Flight,
        gate: Gate,
        epoch: int,
        nothing_in_hand: Callable[[], bool],
        report: Report,
        dice: Dice,
    ) -> None:
        """`nothing_in_hand`: nothing is taken from the queue, planned, on the wire or waiting to be settled."""
        self.on_plan: Callable[[], None] = lambda: None
        """Told that a plan is to be made."""
        self._ledger = ledger
        self._people = People(ledger, capture, gate, flight.person_found, epoch, report)
        self._clock = clock
        self._flight = flight
        self._gate = gate
        self._epoch = epoch
        self._nothing_in_hand = nothing_in_hand
        self._report = report
        self._dice = dice
        self._rooms_of_paused: dict[int, frozenset[str]] = {}
        """The rooms of paused buildings, of which this term let go what waits for a pause; none yet: they may have
        changed while nobody was there."""
        now = clock.monotonic()
        self._chores = [
            _Chore("Looking after late answers", LATE_CHECK_S, self.late_answers, now),
            _Chore("Ending pauses", ENDED_S, self.ended_pauses, now),
            _Chore("Looking for strays", STRAYS_S, self.strays, now + STRAYS_S),
            _Chore("Closing past days", PAST_S, self.past_dates, now),
            _Chore("Looking after other people's bookings", FOREIGN_S, self.foreign, now + FOREIGN_S),
            _Chore("Comparing with the timetable", SWEEP_S, self.sweep, now + SWEEP_S),
            _Chore("Comparing everything at its time", TIMER_S, self.timer, now + TIMER_S),
        ]
        self._search = _Chore("Looking for people", SEARCH_S, self._people.look, now + 60.0)
        self._chores.append(self._search)

    @property
    def idle(self) -> bool:
        """True while nothing is done beside the loop."""
        return self._people.idle

    def look_for_people(self) -> None:
        """Somebody asked for it: those who are due are looked for at once."""
        self._search.next_at = self._clock.monotonic()

    async def stop(self) -> None:
        """Give up what is done beside the loop."""
        await self._people.stop()

    async def run_due(self) -> None:
        """Run every chore whose time has come."""
        for chore in self._chores:
            if chore.next_at <= self._clock.monotonic():
                outcome = await attempt(chore.work())
                wait_s = chore.every_s
                if isinstance(outcome, Defect):
                    self._report(chore.name, outcome)
                    wait_s = max(wait_s, DEFECT_S)
                chore.next_at = self._clock.monotonic() + wait_s

    async def late_answers(self) -> None:
        """Requests that can no longer take effect: refresh where they meant to go, where the mirror has the
        occurrence and where the timetable has it now (decisions: an unanswered intent names the external id)."""
        late_s = await self._ledger.read("late", lambda books: books.office.rules().late_s)
        if not await self._ledger.read("overdue", lambda books: bool(books.journal.overdue(late_s))):
            return
        today = self._clock.campus_now().date()
        jitter = self._dice()

        def write(books: Books) -> None:
            books.office.guard(self._epoch)
            intents = books.journal.overdue(late_s)
            places = {place for one in intents for place in one.places}
            ids = {one.external_id for one in intents}
            places |= {row.standing.place for row in books.mirror.of_external(ids)}
            lessons = [lesson for one in ids if (lesson := books.timetable.lesson_of(one)) is not None]
            places |= {one.place for one in books.timetable.occurrences_of(lessons)[0]}
            wait_s = caps.back_off_s(caps.sent_in_burst(books.tries.of(ids), late_s), jitter)
            books.places.mark_refresh({one for one in places if one.date >= today}, wait_s, "no clear answer")
            books.journal.clear_intents([one.id for one in intents])

        await self._ledger.write("late answers", write)

    async def strays(self) -> None:
        """What the database believes to be under way while nothing is in hand: an orphan, even of this very term,
        left by a commit whose answer was lost (decisions; fault 29)."""
        if not self._nothing_in_hand() or not await self._ledger.read(
            "strays", lambda books: books.journal.under_way()
        ):
            return

        def write(books: Books) -> int:
            books.office.guard(self._epoch)
            books.journal.orphan_all()
            return books.queue.recover()

        recovered = await self._ledger.write("strays", write)
        log.info("orphans of this term; %d rows wait again", recovered)

    async def ended_pauses(self) -> None:
        """A pause stands until it is lifted; this lifts those whose end has come. Which rooms a paused building
        has is looked at again: what the gate held, and a plan did not, would be planned over and over, and what
        waited for a room that has left the building would wait on."""
        rooms_of = self._rooms_of_paused
        if any(pause.building is not None for pause in self._gate.pauses):
            standing = await self._ledger.read("pauses", lambda books: tuple(books.office.pauses()))
            rooms_of = {one.id: one.rooms_of_building for one in standing if one.building is not None}
            self._gate.rooms_of_buildings(rooms_of)
        other = rooms_of != self._rooms_of_paused
        if not other and (
            not self._gate.pauses
            or not await self._ledger.read("ended pauses", lambda books: books.office.pause_ended())
        ):
            return

        def write(books: Books) -> tuple[PauseRecord, ...]:
            books.office.guard(self._epoch)
            books.office.lift_ended()
            if other:
                books.office.hold_anew()
            return tuple(books.office.pauses())

        self._gate.use_pauses(await self._ledger.write("lift ended pauses", write))
        self._rooms_of_paused = rooms_of

    async def past_dates(self) -> None:
        """What waits for a date that has passed is too late."""
        today = self._clock.campus_now().date().isoformat()

        def write(books: Books) -> None:
            books.office.guard(self._epoch)
            books.places.drop_past(today)
            books.tries.prune(caps.burst_s(float(books.office.rules().late_s)))
            busy = self._flight.busy
            past = [one for one in books.queue.waiting_past(today) if not set(one.places) & busy]
            books.queue.begin([one.id for one in past])
            text = "The day had passed before it could be sent."
            books.queue.finish(
                [
                    NotificationOutcome(one.id, NotificationStatus.TOO_LATE.value, Recorded.NO.value, text, None)
                    for one in past
                ]
            )

            stray = {place for one in books.queue.stray() for place in one.places} - busy
            if stray:
                log.info("%d room-days had waiting updates and no mark", len(stray))
                books.places.mark(stray, "nothing led to a waiting update")

        await self._ledger.write("past dates", write)

    async def foreign(self) -> None:
        """A foreign schedule leaves and nobody tells: list rooms where one is in the way."""
        today = self._clock.campus_now().date().isoformat()

        def write(books: Books) -> None:
            books.office.guard(self._epoch)
            books.places.mark_refresh(books.places.foreign_obstacles(today), 0.0, "booked by others")

        await self._ledger.write("booked by others", write)

    async def sweep(self) -> None:
        """The whole projection against the mirror, database only: room-days that differ become dirty."""
        wanted = set[str]()
        for room in await self._ledger.read("rooms", _rooms):
            outcome = await attempt(self._ledger.read("sweep", functools.partial(self._differing, room)))
            if isinstance(outcome, Defect):
                # Planning them one by one finds the room-day that cannot be planned (reliability Q5).
                self._report(f"Comparing room {room} with the timetable", outcome)
                await self._ledger.write("sweep marks", functools.partial(self._mark_room, room))
                continue
            differing, free, seen = outcome
            wanted |= seen
            if differing or free:
                await self._ledger.write("sweep marks", functools.partial(self._mark, differing, free))
        await tell_unwanted(self._ledger, self._epoch, self._clock.campus_now().date().isoformat(), wanted)

    def _mark(self, places: set[RoomDay], free: set[RoomDay], books: Books) -> None:
        books.office.guard(self._epoch)
        already = {mark.place for mark in books.places.marks_at(places)}
        books.places.mark(places - already, "sweep")
        books.stops.let_go(free)

    def _mark_room(self, room: str, books: Books) -> None:
        self._mark(self._room_days(room, books), set(), books)

    def _room_days(self, room: str, books: Books) -> set[RoomDay]:
        """Those of this room, but for what is set aside or waits for a fresh listing: that is planned anyway."""
        today = self._clock.campus_now().date().isoformat()
        places = books.timetable.room_days(room, today) | books.places.occupied(room, today)
        return places - books.suspects.crashes().keys() - books.places.waiting_refresh(room)

    def _differing(self, room: str, books: Books) -> tuple[set[RoomDay], set[RoomDay], set[str]]:
        """Room-days that differ; those that a safety stop holds although they differ no more, or although no list
        names anything that is planned together with them; and the occurrences that the timetable asks for."""
        now = self._clock.campus_now()
        today = now.date().isoformat()
        places = self._room_days(room, books)
        busy = frozenset(self._flight.busy)
        # What is paused is marked as well: it is held then, and planned as soon as the pause is lifted.
        looked = plan_places(books, places - busy, busy, now, {}, refreshed=False, heed_pauses=False)
        works = looked.works
        differing = {place for work in works for request in work.open for place in request.places}
        # What a batch sends, or waits to send, is sent by it: exactly what somebody said yes to.
        differing -= books.batches.open_at(differing, checked=True).keys()
        differing |= told_otherwise(books, works)
        held = books.stops.held_in(room, today)
        waiting = {
            place
            for work in works
            if held & work.places and work.open and books.stops.waiting_at(work.places)
            for place in work.places
        }
        return differing, held - waiting, asked_for(works)

    async def timer(self) -> None:
        """Everything is compared once on each day for which that was set, late if nobody was there in time."""
        due = await self._ledger.read("timer", lambda books: books.office.timer().due(self._clock.campus_now()))
        if due is None:
            return
        today = self._clock.campus_now().date()

        def write(books: Books) -> bool:
            books.office.guard(self._epoch)
            tried = [one for one in books.batches.newest(MANY) if one.by == due]
            if any(one.state is not BatchState.FAILED for one in tried) or no_ground(books, today) is not None:
                return False
            if tried and books.office.utc() < dt.datetime.fromisoformat(tried[0].created) + TIMER_AGAIN:
                return False
            books.batches.add(BatchKind.RECONCILE, due, PlanScope())
            return True

        if await self._ledger.write("timer", write):
            self.on_plan()
