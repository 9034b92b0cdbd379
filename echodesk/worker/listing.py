"""Refresh: rooms are listed afresh, the mirror is made equal to the listing, and the room-days are planned again.

While a room is being listed, room-days that something is sent for are remembered, and left as the mirror has
them: the listing may be older than the answer. A listing that is not complete proves nothing (design §3.8).
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Coroutine, Iterable, Mapping, Sequence

from echodesk.planning.answers import Exchange, Listing, NotAllowed, Wait
from echodesk.planning.records import AuditLine, RefreshMark
from echodesk.planning.values import RoomDay, Standing
from echodesk.worker import second_try
from echodesk.worker.books import Books
from echodesk.worker.control import ASKED
from echodesk.worker.defects import Defect, Report, attempt, given_up
from echodesk.worker.flight import Flight
from echodesk.worker.gate import Gate
from echodesk.worker.planner import Planner
from echodesk.worker.ports import Capture, Clock, Ledger
from echodesk.worker.tasks import Tasks

log = logging.getLogger(__name__)

LISTINGS_AT_ONCE = 2
PAGE = 150
RELIST_S = 1.0
RELIST_MAX_S = 20.0
"""How long a room whose listing failed is left alone: twice as long each time, up to this."""
EVERYTHING = "*"


class Lister:
    """Lists rooms whose time has come. Owned by the worker's loop."""

    def __init__(
        self,
        ledger: Ledger,
        capture: Capture,
        clock: Clock,
        flight: Flight,
        gate: Gate,
        tasks: Tasks,
        epoch: int,
        tell: Callable[[], None],
        report: Report,
    ) -> None:
        self._ledger = ledger
        self._report = report
        self._capture = capture
        self._clock = clock
        self._flight = flight
        self._gate = gate
        self._tasks = tasks
        self._epoch = epoch
        self._tell = tell
        self._touched: dict[str, set[RoomDay]] = {}
        """Rooms being listed, with the room-days that something was sent for meanwhile."""
        self._listed: set[int] = set()
        """Refresh marks whose room was listed after they were set, and which wait for their plan."""
        self._not_before: dict[str, float] = {}
        self._failures: Counter[str] = Counter()
        self._running: set[asyncio.Task[None]] = set()
        self.planner: Planner | None = None
        self.failed = ""
        """Why the last listing could not be used, '' if it could."""

    @property
    def idle(self) -> bool:
        """True while no listing runs."""
        return not self._running

    def on_launch(self, places: frozenset[RoomDay]) -> None:
        """Something is about to be sent for these room-days."""
        for room, touched in self._touched.items():
            touched.update(place for place in places if room in (EVERYTHING, place.room))

    async def stop(self) -> None:
        """Give up listings; nothing was written of them."""
        running, self._running = self._running, set()
        await given_up(running, "a listing")

    async def refresh_some(self) -> bool:
        """List rooms whose time has come, and plan what was listed; False if there is nothing to do."""
        for task in [task for task in self._running if task.done()]:
            self._running.discard(task)
            task.result()
        today = self._clock.campus_now().date()
        due = [
            mark
            for mark in await self._ledger.read("due refreshes", lambda books: books.places.due_refresh())
            if mark.place.date >= today and self._gate.paused([mark.place], self._gate.undoing) is None
        ]
        # Staff look at the screen.
        due.sort(key=lambda mark: not _asked(mark))
        if late := {mark.place for mark in due if _asked(mark)} & self._flight.busy:
            self._flight.hurry(late)
        self._listed &= {mark.id for mark in due}
        ready = [mark for mark in due if mark.id in self._listed and mark.place not in self._flight.busy]
        did = bool(ready) and self.planner is not None and await self.planner.plan_listed(ready)
        return self._start_listings([mark for mark in due if mark.id not in self._listed]) or did

    def _start_listings(self, due: Sequence[RefreshMark]) -> bool:
        now = self._clock.monotonic()
        rooms: dict[str, list[RefreshMark]] = defaultdict(list)
        for mark in due:
            if self._not_before.get(mark.place.room, 0.0) <= now and mark.place not in self._flight.busy:
                rooms[mark.place.room].append(mark)
        if EVERYTHING in self._touched or not rooms:
            return False
        if len(rooms) > self._rooms_worth_everything and self.idle:
            self._start(sorted(rooms), self._list_everything(due))
            return True
        did = False
        for room, marks in rooms.items():
            if len(self._running) >= LISTINGS_AT_ONCE:
                break
            if room not in self._touched:
                self._start([room], self._list_room(room, marks))
                did = True
        return did

    _rooms_worth_everything = 1_000_000

    async def weigh(self) -> None:
        """Find out from how many rooms on one listing of everything costs fewer calls than one of each."""
        counts = await self._ledger.read("rooms of the mirror", lambda books: books.mirror.rooms_with_schedules())
        if not counts:
            return
        pages = -(-sum(counts.values()) // PAGE)
        per_room = sum(max(1, -(-count // PAGE)) for count in counts.values()) / len(counts)
        self._rooms_worth_everything = max(3, int(pages / per_room))

    def _start(self, rooms: Sequence[str], listing: Coroutine[None, None, None]) -> None:
        self._running.add(asyncio.create_task(self._contained(rooms, listing)))

    async def _contained(self, rooms: Sequence[str], listing: Coroutine[None, None, None]) -> None:
        """A room that cannot be taken over is left alone for a while; all others go on (reliability Q5)."""
        outcome = await attempt(listing)
        if isinstance(outcome, Defect):
            self._report(f"Taking over what Echo360 holds in {rooms[0]}", outcome)
            self._leave_alone(rooms)

    async def _list_room(self, room: str, marks: Sequence[RefreshMark]) -> None:
        self._touched[room] = {place for place in self._flight.busy if place.room == room}
        try:
            await self._gate.ready()
            reply = await self._capture.list_room(room)
            answer = reply.answer
            if isinstance(answer, Listing) and answer.complete:
                await self._apply({room: answer.standing}, marks, reply.exchanges, self._touched[room])
                self._say("")
            else:
                await self._refused([room], answer, reply.exchanges)
        finally:
            del self._touched[room]

    async def _list_everything(self, marks: Sequence[RefreshMark]) -> None:
        rooms = {mark.place.room for mark in marks}
        self._touched[EVERYTHING] = set(self._flight.busy)
        task = self._tasks.start("Listing everything that Echo360 holds")
        try:
            await self._gate.ready()
            standing = await self.collect(task)
            if standing is None:
                self._leave_alone(rooms)
                return
            by_room: dict[str, list[Standing]] = {room: [] for room in rooms}
            for one in standing:
                by_room.setdefault(one.place.room, []).append(one)
            await self._apply(by_room, marks, (), self._touched[EVERYTHING])
        finally:
            self._tasks.end(task)
            del self._touched[EVERYTHING]

    async def collect(self, task: int) -> list[Standing] | None:
        """All schedules, or None if the listing did not come to its end."""
        standing: list[Standing] = []
        pages = 0
        async for reply in self._capture.list_all():
            answer = reply.answer
            await self._audit("everything", reply.exchanges)
            if not isinstance(answer, Listing):
                await self._told(answer)
                return None
            if not answer.complete:
                self._say(answer.text)
                return None
            standing.extend(answer.standing)
            pages += 1
            self._tasks.advance(task, pages)
        self._say("")
        return standing

    async def _apply(
        self,
        rooms: Mapping[str, Sequence[Standing]],
        marks: Sequence[RefreshMark],
        exchanges: Sequence[Exchange],
        touched: Collection[RoomDay],
    ) -> None:
        now = self._clock.campus_now()
        today = now.date().isoformat()
        learned = self._capture.learned()

        def write(books: Books) -> None:
            books.office.guard(self._epoch)
            changed: set[RoomDay] = set()
            for room, standing in rooms.items():
                changed |= books.mirror.replace_room(room, standing, touched, today)
            due = {mark.place for mark in marks}
            asked = {mark.place for mark in marks if _asked(mark) and mark.place not in touched}
            second_try.of_room_days(books, asked, now)
            ahead = {place for place in changed - due if place.date.isoformat() >= today}
            elsewhere = ahead - books.batches.open_at(ahead, checked=True).keys()
            books.places.mark(elsewhere, "the listing showed another")
            books.journal.learn(learned)
            books.journal.audit(_lines(next(iter(rooms)), exchanges), self._epoch)

        await self._ledger.write("mirror", write)
        for room in rooms:
            self._failures.pop(room, None)
        self._listed.update(mark.id for mark in marks if mark.place not in touched)
        again = [mark for mark in marks if mark.place in touched]
        if again:
            # What was sent meanwhile is newer than this listing; the marks stay and are listed next time.
            self._not_before.pop(again[0].place.room, None)

    async def _refused(self, rooms: Sequence[str], answer: object, exchanges: Sequence[Exchange]) -> None:
        self._leave_alone(rooms)
        await self._audit(rooms[0], exchanges)
        if isinstance(answer, Listing):
            self._say(answer.text)
        else:
            await self._told(answer)

    def _leave_alone(self, rooms: Iterable[str]) -> None:
        now = self._clock.monotonic()
        for room in rooms:
            self._not_before[room] = now + min(RELIST_MAX_S, RELIST_S * 2 ** self._failures[room])
            self._failures[room] += 1

    async def _told(self, answer: object) -> None:
        self._say(getattr(answer, "text", str(answer)))
        if isinstance(answer, Wait | NotAllowed):
            await self._gate.told(answer)

    def _say(self, failed: str) -> None:
        if failed != self.failed:
            self.failed = failed
            self._tell()

    async def _audit(self, what: str, exchanges: Sequence[Exchange]) -> None:
        if not exchanges:
            return
        lines = _lines(what, exchanges)

        def write(books: Books) -> None:
            books.office.guard(self._epoch)
            books.journal.audit(lines, self._epoch)

        await self._ledger.write("audit", write)


def _asked(mark: RefreshMark) -> bool:
    return mark.reason.startswith(ASKED)


def _lines(what: str, exchanges: Sequence[Exchange]) -> list[AuditLine]:
    return [
        AuditLine(
            who="worker",
            action=one.method,
            why=f"listing of {what}",
            sent=one.path,
            status=one.status,
            answer=None if one.status == 200 else one.reply,
            outcome="listed" if one.status == 200 else "not listed",
            milliseconds=one.milliseconds,
        )
        for one in exchanges
    ]
