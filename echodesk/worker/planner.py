"""The planning side of the worker: queue entries become notifications, dirty room-days become works in flight.

Everything that is read for one plan is read in one transaction; the intents of a wave are committed before the
first of its requests is sent (decisions: Transactions).
"""

from __future__ import annotations

import datetime as dt
import functools
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from echodesk.errors import TimetableFault
from echodesk.planning.batches import BatchKind, BatchRecord, BatchState, identity_of_request
from echodesk.planning.records import Mark, QueueEntry, RefreshMark
from echodesk.planning.values import Request, RoomDay
from echodesk.worker import caps
from echodesk.worker.books import Books
from echodesk.worker.control import ASKED
from echodesk.worker.defects import Defect, Report, attempt
from echodesk.worker.expand import BATCH, expand
from echodesk.worker.flight import Flight
from echodesk.worker.giving_back import works_owed
from echodesk.worker.guarding import Guarding, proves_nothing
from echodesk.worker.pieces import (
    adopted_by,
    adoptions_end,
    in_portions,
    next_pieces,
    works_back,
    works_of,
)
from echodesk.worker.poison import Poison
from echodesk.worker.ports import Clock, Ledger
from echodesk.worker.retries import PROBE_S, RetryBudget
from echodesk.worker.snapshot import Snapshot, plan_places
from echodesk.worker.work import Fate, Result, Work

PLACES_AT_ONCE = 60
LOW_WATER = 60
HIGH_WATER = 240
PACE_S = 0.25
"""More is planned while fewer requests are in flight than were answered in this time, within these two bounds:
under the call limit no plan grows old, and without it no connection waits for the planner."""


SOON = dt.timedelta(days=1)
"""Lessons of today and tomorrow go first, whatever else is on its way."""
OWED_S = 30.0
"""How often it is looked for what is to be given back to others."""
READ_FIRST_S = 10.0
"""How long planning waits for edits that were not read yet: a stream of them never starves it."""

M = TypeVar("M", Mark, RefreshMark)


class _WriteDownFirst:
    """These may be what ended the last process."""


class Planner:
    """Expands and plans. Owned by the worker's loop."""

    def __init__(
        self,
        ledger: Ledger,
        clock: Clock,
        flight: Flight,
        epoch: int,
        on_launch: Callable[[frozenset[RoomDay]], None],
        poison: Poison,
        report: Report,
        retries: RetryBudget,
    ) -> None:
        self._ledger = ledger
        self._clock = clock
        self._flight = flight
        self._epoch = epoch
        self._guarding = Guarding(ledger, clock, epoch)
        self._poison = poison
        self._report = report
        self._retries = retries
        self._tried_first = False
        self._reading_since: float | None = None
        """Since when more entries have waited each time some were read."""
        self._on_launch = on_launch
        """Told which room-days something is about to be sent for."""
        self._enough = LOW_WATER
        self._paced_at = clock.monotonic()
        self._paced_ended = 0
        self._owed_at = clock.monotonic()
        self.undoing: frozenset[int] = frozenset()
        """Pauses under which a batch is taken back."""
        self._looks = 0
        self._paused_listed: dict[int, int] = {}
        """Refresh marks whose plan waits for a pause → at which look that was found last."""
        self._claimed: list[QueueEntry] = []
        """Taken from the queue and not yet written down as notifications: the database was away meanwhile."""

    @property
    def idle(self) -> bool:
        """True while no entry is taken and not yet written down as notifications."""
        return not self._claimed

    async def expand_some(self) -> bool:
        """Turn some queue entries into notifications and marks; False if there were none."""

        def claim(books: Books) -> list[QueueEntry]:
            if not books.queue.waiting_entries():
                return []
            books.office.guard(self._epoch)
            return books.queue.claim(BATCH, tried_first=self._tried_first)

        if not self._claimed:
            if not await self._ledger.read("queue", lambda books: books.queue.waiting_entries()):
                return False
            self._tried_first = not self._tried_first
            self._claimed = await self._ledger.write("claim", claim)
        entries = self._claimed
        if not entries:
            return False
        today = self._clock.campus_now().date()

        def write(books: Books) -> bool:
            books.office.guard(self._epoch)
            # An earlier commit may have gone through although its answer was lost (fault 29).
            taken = books.queue.taken([entry.id for entry in entries])
            expand(books, [entry for entry in entries if entry.id in taken], today)
            return books.queue.waiting_entries() > 0

        outcome = await attempt(self._ledger.write("expand", write))
        if isinstance(outcome, Defect):
            await self._reading_stopped(entries, outcome)
        if outcome is not True:
            self._reading_since = None
        elif self._reading_since is None:
            self._reading_since = self._clock.monotonic()
        self._claimed = []
        return True

    async def _reading_stopped(self, entries: Sequence[QueueEntry], defect: Defect) -> None:
        """The attempt is counted since these were claimed; from now on each comes alone (reliability Q5)."""
        self._report(f"Reading {len(entries)} timetable change(s)", defect)

        def write(books: Books) -> None:
            books.office.guard(self._epoch)
            books.queue.stopped([entry.id for entry in entries], defect.text)

        await self._ledger.write("reading stopped", write)

    @property
    def _reads_first(self) -> bool:
        """True while more edits wait to be read, for a short while: what is planned too early is planned twice."""
        return self._reading_since is not None and self._clock.monotonic() - self._reading_since < READ_FIRST_S

    async def plan_some(self) -> bool:
        """Plan some dirty room-days, next date first; False if nothing came of it. While enough is on its way,
        only those of today and tomorrow are planned."""
        self._pace()
        await self._guarding.review()
        full = self._flight.load >= self._enough
        if self._guarding.no_plan or self._reads_first or (full and self._flight.first >= LOW_WATER):
            return False
        now = self._clock.campus_now()
        last = now.date() + SOON if full else dt.date.max
        busy = frozenset(self._flight.busy)

        def choose(books: Books) -> list[Mark]:
            marks = books.places.next_marks(PLACES_AT_ONCE, busy, now.date().isoformat())
            return self._poison.choose(books, [mark for mark in marks if mark.place.date <= last])

        def plan(books: Books, marks: Sequence[Mark]) -> Snapshot | None:
            if not marks:
                return Snapshot(())
            snapshot = plan_places(books, [mark.place for mark in marks], busy, now, {}, refreshed=False)
            return None if proves_nothing(books, snapshot.works, now.date()) else snapshot

        return await self._plan("snapshot", choose, plan, now)

    async def _plan(
        self,
        step: str,
        choose: Callable[[Books], list[M]],
        plan: Callable[[Books, Sequence[M]], Snapshot | None],
        now: dt.datetime,
    ) -> bool:
        """Choose and plan in one transaction; what stops it is counted, if need be written down before."""
        chosen: list[M] = []

        def read(books: Books) -> Snapshot | _WriteDownFirst | None:
            chosen[:] = choose(books)
            if self._poison.must_be_known(books, chosen):
                return _WriteDownFirst()
            return plan(books, chosen)

        outcome = await attempt(self._ledger.read(step, read))
        if isinstance(outcome, _WriteDownFirst):
            places = {mark.place for mark in chosen}
            await self._poison.about_to_plan(places)
            try:
                outcome = await attempt(self._ledger.read(step, lambda books: plan(books, chosen)))
            except TimetableFault:
                # The fault is the whole timetable's, and not theirs.
                await self._poison.planned(places)
                raise
            if not isinstance(outcome, Defect):
                await self._poison.planned(places)
        if isinstance(outcome, Defect):
            if not chosen:
                raise outcome.error
            await self._poison.stopped(chosen, outcome)
            return True
        return await self._launch(outcome, now)

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
        await self._guarding.review()
        if self._guarding.no_plan:
            return False
        now = self._clock.campus_now()
        busy = frozenset(self._flight.busy)
        self._looks += 1
        paused = {mark.id: self._paused_listed.get(mark.id, 0) for mark in marks}
        # What is linked with a paused room-day cannot go yet: it takes up no other's place, and comes in turns.
        in_turn = sorted(marks, key=lambda mark: paused[mark.id])

        def choose(books: Books) -> list[RefreshMark]:
            return self._poison.choose(books, in_turn[:PLACES_AT_ONCE])

        def plan(books: Books, chosen: Sequence[RefreshMark]) -> Snapshot | None:
            ids: dict[RoomDay, tuple[int, ...]] = defaultdict(tuple)
            for mark in chosen:
                ids[mark.place] += (mark.id,)
            snapshot = plan_places(books, ids, busy, now, ids, refreshed=True)
            works, held = snapshot.works, snapshot.held
            looked_at = {mark.id for mark in chosen}
            self._paused_listed = {one: at for one, at in paused.items() if at and one not in looked_at}
            for _marks, _pause, refresh in held:
                self._paused_listed |= dict.fromkeys(refresh, self._looks)
            asked = {mark.place for mark in chosen if mark.reason.startswith(ASKED)}
            for work in works:
                work.asked = not asked.isdisjoint(work.places)
            # What waits for a pause keeps its refresh marks as well; `plan_some` holds the other kind. Where a
            # batch is being taken back the listing is in the mirror, which is all that this asks for.
            if proves_nothing(books, works, now.date()):
                return None
            return Snapshot(works, tuple(one for one in held if one[1] in self.undoing))

        return await self._plan("snapshot after listing", choose, plan, now)

    async def plan_pieces(
        self, batch: BatchRecord, pieces: Mapping[int, set[RoomDay]], after: int, room: int
    ) -> int:
        """Plan the next pieces of a batch, those after `after`, about `room` requests; returns the last one that
        was looked at."""
        await self._guarding.review()
        if self._guarding.no_plan and batch.kind is not BatchKind.UNDO:
            # What takes a plan back asks no timetable.
            return 0
        now = self._clock.campus_now()
        busy = frozenset(self._flight.busy)
        chosen: dict[int, set[RoomDay]] = {}
        overtaken: set[RoomDay] = set()
        looked_at = [after]

        def choose(books: Books) -> list[Mark]:
            found, last = next_pieces(books, batch, pieces, busy, room, aside=self._flight.asides > 0)
            looked_at[0] = last or after
            chosen.clear()
            chosen.update(found)
            return self._poison.choose(
                books, [Mark(one, 0) for places in found.values() for one in sorted(places)]
            )

        def plan(books: Books, marks: Sequence[Mark]) -> Snapshot | None:
            overtaken.clear()
            if batch.kind is BatchKind.UNDO:
                works = works_back(books, batch, chosen, now)
            else:
                places = [mark.place for mark in marks]
                adopt = adopted_by(books, batch, chosen)
                snapshot = plan_places(books, places, busy, now, {}, refreshed=False, adopt=adopt)
                works = works_of(books, batch, snapshot.works, overtaken)
                if proves_nothing(books, works, now.date()):
                    return None
            return Snapshot(tuple(in_portions(works, room)))

        await self._plan("pieces", choose, plan, now)
        if overtaken:
            await self._ledger.write(
                "sweep marks", functools.partial(self._mark_overtaken, batch, chosen, overtaken)
            )
        return looked_at[0]

    async def give_back(self) -> bool:
        """Send what is to be given back to others; False if nothing is, or it was looked for a moment ago."""
        if self._clock.monotonic() < self._owed_at:
            return False
        self._owed_at = self._clock.monotonic() + OWED_S
        now = self._clock.campus_now()
        outcome = await attempt(self._ledger.read("owed", lambda books: works_owed(books, now)))
        if isinstance(outcome, Defect):
            self._report("Giving back what others booked", outcome)
            return False
        return bool(outcome) and await self._launch(Snapshot(tuple(outcome)), now)

    def _mark_overtaken(
        self, batch: BatchRecord, pieces: Mapping[int, set[RoomDay]], places: set[RoomDay], books: Books
    ) -> None:
        books.office.guard(self._epoch)
        adoptions_end(books, batch, [piece for piece, found in pieces.items() if found & places])
        already = {mark.place for mark in books.places.marks_at(places)}
        books.places.mark(places - already, "changed since the preview")

    async def _launch(self, snapshot: Snapshot | None, now: dt.datetime) -> bool:
        """Reserve the room-days, write the intents in one commit, send. None: the timetable proves nothing."""
        if snapshot is None:
            await self._guarding.stop()
            return False
        self._flight.soon = now.date() + SOON
        held = [
            (marks, pause, refresh if pause in self.undoing else ())
            for marks, pause, refresh in snapshot.held
            if marks or (refresh and pause in self.undoing)
        ]
        works = [work for work in snapshot.works if self._flight.reserve(work)]
        if not works and not held:
            return False
        for work in works:
            self._hold_retries(work)
            if work.open:
                # What sends nothing makes no listing old: one that waits to be listed would wait for ever.
                self._on_launch(work.places)

        def write(books: Books) -> tuple[list[Work], list[tuple[Work, Request]], list[int], list[int]]:
            books.office.guard(self._epoch)
            over = {one for one in {work.batch for work in works} if one is not None and not _runs(books, one)}
            asked = [work for work in works if work.batch not in over]
            waits = {id(work) for work in self._guarding.judge(books, asked, now)}
            going = [work for work in asked if id(work) not in waits]
            sending = [(work, request) for work in going for request in work.open]
            books.queue.begin([one.id for work in going for one in work.waiting])
            for marks, pause, refresh in held:
                books.places.hold(marks, pause)
                books.places.clear_refresh(refresh)
            for work in going:
                if work.batch is not None:
                    books.batches.adopting(work.batch, [identity_of_request(one) for one in work.open])
            tries = books.tries.write([caps.new_try(request) for _work, request in sending])
            intents = books.journal.write_intents(
                self._epoch,
                [
                    (request.method.value, request.external_id, tuple(sorted(request.places)))
                    for _work, request in sending
                ],
            )
            return going, sending, intents, tries

        going: list[Work] = []
        try:
            going, sending, intents, tries = await self._ledger.write("intents", write)
        finally:
            launched = {id(work) for work in going}
            for work in works:
                if id(work) not in launched:
                    self._flight.release(work)
        for (work, request), intent, tried in zip(sending, intents, tries, strict=True):
            work.intents[request.number] = intent
            work.tries[request.number] = tried
        self._flight.add(going)
        return True

    def _hold_retries(self, work: Work) -> None:
        """What was sent before without a clear answer goes out if there is budget for it, and waits if not."""
        for request in work.open:
            again = request.number in work.retries and request.number not in work.results
            if again and not self._retries.take():
                text = "Echo360 gives too few clear answers; it is sent again when it is better."
                work.record(request.number, Result(Fate.LATER, text, wait_s=PROBE_S))


def _runs(books: Books, batch: int) -> bool:
    """False if it was stopped or cancelled since it was planned."""
    found = books.batches.get(batch)
    return found is not None and found.state is BatchState.RUNNING
