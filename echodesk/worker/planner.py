"""The planning side of the worker: queue entries become notifications, dirty room-days become works in flight.

Everything that is read for one plan is read in one transaction; the intents of a wave are committed before the
first of its requests is sent (decisions: Transactions).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence

from echodesk.planning.records import QueueEntry, RefreshMark
from echodesk.planning.values import RoomDay
from echodesk.worker.books import Books
from echodesk.worker.expand import BATCH, expand
from echodesk.worker.flight import Flight
from echodesk.worker.ports import Clock, Ledger
from echodesk.worker.snapshot import Snapshot, plan_places

PLACES_AT_ONCE = 60
LOW_WATER = 60
HIGH_WATER = 240
PACE_S = 0.25
"""More is planned while fewer requests are in flight than were answered in this time, within these two bounds:
under the call limit no plan grows old, and without it no connection waits for the planner."""


class Planner:
    """Expands and plans. Owned by the worker's loop."""

    def __init__(
        self,
        ledger: Ledger,
        clock: Clock,
        flight: Flight,
        epoch: int,
        on_launch: Callable[[frozenset[RoomDay]], None],
    ) -> None:
        self._ledger = ledger
        self._clock = clock
        self._flight = flight
        self._epoch = epoch
        self._on_launch = on_launch
        """Told which room-days something is about to be sent for."""
        self._enough = LOW_WATER
        self._paced_at = clock.monotonic()
        self._paced_ended = 0
        self._claimed: list[QueueEntry] = []
        """Taken from the queue and not yet written down as notifications: the database was away meanwhile."""

    async def expand_some(self) -> bool:
        """Turn some queue entries into notifications and marks; False if there were none."""

        def claim(books: Books) -> list[QueueEntry]:
            if not books.queue.waiting_entries():
                return []
            books.office.guard(self._epoch)
            return books.queue.claim(BATCH)

        if not self._claimed:
            if not await self._ledger.read("queue", lambda books: books.queue.waiting_entries()):
                return False
            self._claimed = await self._ledger.write("claim", claim)
        entries = self._claimed
        if not entries:
            return False
        today = self._clock.campus_now().date()

        def write(books: Books) -> int:
            books.office.guard(self._epoch)
            return expand(books, entries, today)

        await self._ledger.write("expand", write)
        self._claimed = []
        return True

    async def plan_some(self) -> bool:
        """Plan some dirty room-days, next date first; False if nothing came of it."""
        self._pace()
        if self._flight.load >= self._enough:
            return False
        now = self._clock.campus_now()
        busy = frozenset(self._flight.busy)

        def read(books: Books) -> Snapshot:
            marks = books.places.next_marks(PLACES_AT_ONCE, busy, now.date().isoformat())
            places = [mark.place for mark in marks]
            return plan_places(books, places, busy, now, {}, refreshed=False)

        return await self._launch(await self._ledger.read("snapshot", read))

    def _pace(self) -> None:
        """Once in a while: how many requests in flight are enough."""
        passed_s = self._clock.monotonic() - self._paced_at
        if passed_s >= PACE_S:
            answered = (self._flight.ended - self._paced_ended) * PACE_S / passed_s
            self._enough = min(HIGH_WATER, max(LOW_WATER, round(answered)))
            self._paced_at += passed_s
            self._paced_ended = self._flight.ended

    async def plan_listed(self, marks: Sequence[RefreshMark]) -> bool:
        """Plan room-days whose room was just listed; their refresh marks are served by these plans."""
        now = self._clock.campus_now()
        ids: dict[RoomDay, tuple[int, ...]] = defaultdict(tuple)
        for mark in marks[:PLACES_AT_ONCE]:
            ids[mark.place] += (mark.id,)
        busy = frozenset(self._flight.busy)
        snapshot = await self._ledger.read(
            "snapshot after listing", lambda books: plan_places(books, ids, busy, now, ids, refreshed=True)
        )
        # What waits for a pause keeps its refresh marks as well; `plan_some` holds the other kind.
        return await self._launch(Snapshot(snapshot.works, ()))

    async def _launch(self, snapshot: Snapshot) -> bool:
        """Reserve the room-days, write the intents in one commit, send."""
        works = [work for work in snapshot.works if not work.places & self._flight.busy]
        held = [(marks, pause) for marks, pause in snapshot.held if marks]
        if not works and not held:
            return False
        for work in works:
            self._flight.reserve(work.places)
            self._on_launch(work.places)

        def write(books: Books) -> list[int]:
            books.office.guard(self._epoch)
            books.queue.begin([one.id for work in works for one in work.waiting])
            for marks, pause in held:
                books.places.hold(marks, pause)
            return books.journal.write_intents(
                self._epoch,
                [
                    (request.method.value, request.external_id, tuple(sorted(request.places)))
                    for work in works
                    for request in work.plan.requests
                ],
            )

        launched = False
        try:
            ids = iter(await self._ledger.write("intents", write))
            launched = True
        finally:
            if not launched:
                for work in works:
                    self._flight.release(work.places)
        for work in works:
            work.intents = {request.number: next(ids) for request in work.plan.requests}
        self._flight.add(works)
        return True
