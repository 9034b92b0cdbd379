"""Plans of the whole year at work: compared in the background, checked once more, and sent piece by piece.

A batch is in the database with all its steps, so whoever leads goes on with it. Its pieces are planned from the
mirror like everything else, and go out only if that asks for exactly the steps that were shown; they wait behind
timetable changes and staff, a few at a time, next lesson first (design §4.12, decisions "Undo").
"""

from __future__ import annotations

import asyncio
import functools
import logging
from collections.abc import Sequence

from echodesk.errors import TimetableFault
from echodesk.planning.batches import (
    CANARY_STEPS,
    BatchKind,
    BatchRecord,
    BatchState,
    Progress,
    StepState,
    canary,
    must_stop,
)
from echodesk.planning.records import PauseRecord
from echodesk.planning.steps import Step
from echodesk.planning.undoing import fingerprint_of
from echodesk.planning.values import RoomDay, Standing
from echodesk.worker.books import Books
from echodesk.worker.comparing import TRY_AGAIN_S, Comparing, still
from echodesk.worker.defects import Defect, Report, attempt, given_up
from echodesk.worker.flight import Flight
from echodesk.worker.gate import Gate
from echodesk.worker.listed import Listed, Meanwhile, NotListed
from echodesk.worker.making import Making
from echodesk.worker.pieces import WHOLE
from echodesk.worker.planner import Planner
from echodesk.worker.ports import Capture, Clock, Ledger
from echodesk.worker.send import Facts
from echodesk.worker.tasks import Tasks

log = logging.getLogger(__name__)

IN_FLIGHT = WHOLE
"""So many requests of a batch are on their way at once: one more than there are connections keeps these busy, and
a timetable change in the same room and day waits for few."""
PIECES_AT_ONCE = 40
REST_S = 2.0
"""How long a batch of which nothing can be sent just now is left alone."""
LOOK_S = 1.0


class Batching:
    """Open batches of one term of office. Owned by the worker's loop."""

    def __init__(
        self,
        ledger: Ledger,
        capture: Capture,
        clock: Clock,
        flight: Flight,
        gate: Gate,
        planner: Planner,
        tasks: Tasks,
        epoch: int,
        report: Report,
        facts: Facts,
    ) -> None:
        self._ledger = ledger
        self._capture = capture
        self._clock = clock
        self._flight = flight
        self._gate = gate
        self._planner = planner
        self._tasks = tasks
        self._epoch = epoch
        self._report = report
        self._comparing = Comparing(ledger, capture, clock, flight, gate, epoch, report)
        self._making = Making(ledger, capture, clock, gate, tasks, epoch, report, facts)
        self._running: asyncio.Task[None] | None = None
        self._may_be_open = True
        """There may be an open batch; known after the first look."""
        self._look_at = clock.monotonic()
        self._open: list[BatchRecord] = []
        self._after = 0
        """The piece after which the next ones are looked for."""
        self._rest_until = 0.0
        self._failed: dict[int, int] = {}
        """Undo → so many of its steps had failed when torn pieces were last looked for."""

    @property
    def idle(self) -> bool:
        """True while nothing is compared and no batch can go on."""
        return self._running is None and not any(one.state is BatchState.RUNNING for one in self._open)

    @property
    def making(self) -> bool:
        """True while something that a batch needs is made."""
        return self._making.at_work

    def wake(self) -> None:
        """Somebody may have asked for something."""
        self._making.hold()
        self._may_be_open = True
        self._look_at = self._rest_until = 0.0

    def on_launch(self, places: frozenset[RoomDay]) -> None:
        """Something is about to be sent for these room-days: a listing that runs may be older."""
        self._comparing.on_launch(places)

    async def stop(self) -> None:
        """Give up a comparison, of which nothing was written, and what is being made."""
        await self._making.stop()
        task, self._running = self._running, None
        if task is not None:
            await given_up({task}, "a comparison")

    async def work_some(self) -> bool:
        """Look after open batches; False if there is nothing to do."""
        if self._running is not None and self._running.done():
            task, self._running = self._running, None
            self.wake()
            task.result()
        if self._making.has_ended():
            self._after = 0
        if self._flight.portion_ended:
            await self._on_portion_ended()
        if not self._may_be_open:
            return False
        now = self._clock.monotonic()
        if now >= self._look_at:
            self._open = await self._ledger.read("open plans", lambda books: books.batches.open())
            self._may_be_open = bool(self._open)
            self._look_at = now + LOOK_S
            await self._look_after()
        waiting = next(
            (one for one in self._open if one.state in (BatchState.COMPARING, BatchState.CHECKING)), None
        )
        if waiting is not None and self._running is None:
            self._running = asyncio.create_task(self._contained(waiting))
            return True
        going = next((one for one in self._open if one.state is BatchState.RUNNING), None)
        return going is not None and await self._feed(going)

    # ---- comparing ----------------------------------------------------------------------------------------

    async def _contained(self, batch: BatchRecord) -> None:
        """One comparison, tried again if its listing did not come to its end; a defect ends this plan alone."""
        task = self._tasks.start(f"Comparing with Echo360 for plan {batch.id}")
        try:
            outcome = await attempt(self._comparing.compare(batch))
        except TimetableFault as fault:
            no_plan = functools.partial(self._comparing.no_plan, batch, fault.in_one_line())
            await self._ledger.write("plan", no_plan)
            return
        finally:
            self._tasks.end(task)
            self._comparing.forget()
        if isinstance(outcome, Defect):
            self._report(f"Comparing for plan {batch.id}", outcome)
            no_plan = functools.partial(self._comparing.no_plan, batch, f"EchoDesk failed: {outcome.text}")
            await self._ledger.write("plan", no_plan)

    # ---- sending ------------------------------------------------------------------------------------------

    async def _feed(self, batch: BatchRecord) -> bool:
        """Send the next pieces, if there is room for them and what they need is in Echo360."""
        now = self._clock.monotonic()
        room = IN_FLIGHT - self._flight.of_batches
        if room <= 0 or now < self._rest_until or self._flight.load >= IN_FLIGHT:
            return False
        large = False
        if not batch.tried:
            room, large = await self._ledger.read("first steps", functools.partial(self._canary_room, batch, room))
            if room <= 0:
                return False
        pieces = await self._ledger.read(
            "next pieces", lambda books: books.batches.next_pieces(batch.id, self._after, PIECES_AT_ONCE)
        )
        if not pieces:
            # All were looked at: what is left waits for a pause, a listing or a timetable change.
            self._after = 0
            self._rest_until = now + REST_S
            return False
        going = await self._making.ready(batch, pieces, of_these_alone=large)
        if not going:
            # What they need is being made, or cannot be made yet: then others are looked at.
            self._after = self._after if self.making else max(pieces)
            return not self.making
        before, self._after = self._after, await self._planner.plan_pieces(batch, going, self._after, room)
        # Where the next piece has to wait for one on its way, its end wakes us.
        return self._after != before

    async def _free_torn(self, batch: BatchRecord, failed: int) -> None:
        """No undo keeps a lesson that stepped aside without a schedule: where it cannot be made again as it was,
        the timetable has its say."""
        if batch.kind is not BatchKind.UNDO or failed == self._failed.get(batch.id, 0):
            return

        def free(books: Books) -> bool:
            books.office.guard(self._epoch)
            freed = books.batches.free_torn(batch.id)
            books.places.mark(freed, "an undo could not make a lesson again")
            return bool(freed)

        if await self._ledger.write("plan", free):
            await self._read_pauses()
        self._failed[batch.id] = failed

    async def _on_portion_ended(self) -> None:
        """The rest of that piece is the next to go; or it was cancelled meanwhile, and left a pause."""
        self._flight.portion_ended = False
        self._after, self._rest_until = 0, 0.0
        await self._read_pauses()

    async def _read_pauses(self) -> None:
        known: tuple[PauseRecord, ...] | None = None
        now: tuple[PauseRecord, ...] = ()
        while known is not self._gate.pauses:
            # A command that was carried out meanwhile knows better.
            known = self._gate.pauses
            now = await self._ledger.read("pauses", lambda books: tuple(books.office.pauses()))
        self._gate.use_pauses(now)

    def _canary_room(self, batch: BatchRecord, room: int, books: Books) -> tuple[int, bool]:
        """For so many steps there is room; True if these are the first of a large batch."""
        progress, lately = _progress(batch.id, books)
        if not canary(progress.steps):
            return room, False
        return min(room, CANARY_STEPS - _first_sent(progress, lately) - self._flight.of_batches), True

    async def _look_after(self) -> None:
        """Stop what fails, end what is done, look at the first steps of a large one."""
        undoing = any(one.kind is BatchKind.UNDO and one.state is BatchState.RUNNING for one in self._open)
        self._gate.undoing = self._planner.undoing = self._gate.of_batches() if undoing else frozenset()
        for batch in self._open:
            if batch.state is not BatchState.RUNNING:
                continue
            progress, lately = await self._ledger.read("progress", functools.partial(_progress, batch.id))
            await self._free_torn(batch, progress.by_state.get(StepState.FAILED, 0))
            reason = must_stop(lately.by_state)
            if reason is not None:
                await self._become(batch, BatchState.STOPPED, f"{reason}. Look at them before it goes on.")
            elif self._flight.of_batches:
                continue
            elif not progress.open:
                await self._become(batch, BatchState.DONE, "")
            elif self._running is None and not batch.tried and _first_are_over(progress, lately):
                self._running = asyncio.create_task(self._first_steps_looked_at(batch))

    async def _become(self, batch: BatchRecord, state: BatchState, said: str) -> None:
        def write(books: Books) -> None:
            books.office.guard(self._epoch)
            if still(books, batch):
                books.batches.become(batch.id, state, said)

        await self._ledger.write("plan", write)
        self.wake()

    async def _first_steps_looked_at(self, batch: BatchRecord) -> None:
        outcome = await attempt(self._look_at_first(batch))
        self._comparing.forget()
        if isinstance(outcome, Defect):
            self._report(f"Looking at the first steps of plan {batch.id}", outcome)
            await self._become(
                batch, BatchState.STOPPED, f"The first steps could not be looked at: {outcome.text}"
            )

    async def _look_at_first(self, batch: BatchRecord) -> None:
        """The canary: Echo360 must hold what it said it holds (design §4.12)."""
        done = [
            step
            for step, _state, _answer in await self._ledger.read(
                "first steps", lambda books: books.batches.steps(batch.id, StepState.DONE)
            )
        ]
        try:
            listed, meanwhile = await self._comparing.list_rooms(frozenset(step.place.room for step in done))
        except NotListed as problem:
            why = f"The first steps are looked at before it goes on. Echo360 could not be listed: {problem}"
            say = functools.partial(self._comparing.say, batch, f"{why} It is tried again.")
            await self._ledger.write("plan", say)
            await self._clock.sleep(TRY_AGAIN_S)
            return
        wrong = await self._ledger.read("first steps", functools.partial(_not_there, done, listed, meanwhile))
        if wrong:
            text = f"Echo360 does not hold what it said it holds, in {len(wrong)} of the first {len(done)} steps"
            await self._become(batch, BatchState.STOPPED, f"{text}: {', '.join(wrong[:3])}.")
            return

        def write(books: Books) -> None:
            self._comparing.say(batch, "", books)
            books.batches.tried(batch.id)

        await self._ledger.write("first steps", write)


def _progress(batch: int, books: Books) -> tuple[Progress, Progress]:
    """All of it; and without what had ended before somebody let it go on, which was looked at then."""
    return books.batches.progress(batch), books.batches.progress(batch, since_it_runs=True)


def _first_sent(progress: Progress, lately: Progress) -> int:
    """So many were sent first and are over. What was overtaken was not sent, and what had failed before somebody
    let it go on leaves nothing to look at: so most of them are done, or `must_stop` speaks first."""
    return progress.by_state.get(StepState.DONE, 0) + lately.by_state.get(StepState.FAILED, 0)


def _first_are_over(progress: Progress, lately: Progress) -> bool:
    return canary(progress.steps) > 0 and _first_sent(progress, lately) >= CANARY_STEPS


def _not_there(done: Sequence[Step], listed: Listed, meanwhile: Meanwhile, books: Books) -> list[str]:
    """External ids of these steps that stand otherwise in Echo360 than in the mirror."""

    def shown(one: Standing) -> tuple[str, str]:
        return one.echo_id, fingerprint_of(one)

    ids = {step.external_id for step in done}
    mirror = {
        (one.external_id, shown(one))
        for row in books.mirror.of_external(ids)
        if listed.about((one := row.standing).place.room) and one.place not in meanwhile.touched
    }
    there = {
        (one.external_id, shown(one))
        for one in listed.standing
        if one.external_id in ids and one.place not in meanwhile.touched
    }
    return sorted({external_id or "" for external_id, _shown in mirror ^ there})
