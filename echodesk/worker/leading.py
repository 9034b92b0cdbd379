"""While this worker holds the lease: recover, fill the mirror, then expand, plan, send and settle."""

from __future__ import annotations

import asyncio
import datetime as dt
import functools
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

from echodesk.errors import DatabaseTrouble, NotLeading
from echodesk.messages import CommandDone, LookForPeople, Phase, Refresh, Retry, RetryMatching, SendHere, TryAgain
from echodesk.planning.answers import Learned, ReferenceFacts
from echodesk.planning.records import LeaderState
from echodesk.planning.values import Booking, RoomDay, Standing
from echodesk.worker.batching import Batching
from echodesk.worker.books import Books, IntentRow
from echodesk.worker.control import Asked, carry_out, failed_text, serve, stamp_of, told_of
from echodesk.worker.defects import Defect, Report, attempt
from echodesk.worker.flight import Flight
from echodesk.worker.gate import Gate
from echodesk.worker.housekeeping import Housekeeper
from echodesk.worker.listing import Lister
from echodesk.worker.planner import Planner
from echodesk.worker.poison import Poison
from echodesk.worker.ports import Capture, Clock, Dice, Ledger, Moment
from echodesk.worker.send import Sender
from echodesk.worker.settling import Settler
from echodesk.worker.tasks import Tasks, first_of

if TYPE_CHECKING:
    from echodesk.worker.engine import Constants

log = logging.getLogger(__name__)

T = TypeVar("T")

WAVE_REQUESTS = 50
WAVE_S = 0.05
"""A wave is at most this many requests or seconds (decisions: Transactions)."""
REFRESH_POLL_S = 0.2
HAND_OVER_S = 10.0
"""So long the lease is kept for who asked to send instead; then anybody may take it."""


class Leading:
    """One term of office. Owned by the worker's loop."""

    def __init__(
        self,
        ledger: Ledger,
        capture: Capture,
        clock: Clock,
        tasks: Tasks,
        holder: str,
        machine: str,
        epoch: int,
        asked: Moment,
        constants: Constants,
        tell: Callable[[], None],
        on_quiet: Callable[[], None],
        report: Report,
        dice: Dice,
    ) -> None:
        """`asked`: when the lease was asked for."""
        self._ledger = ledger
        self._capture = capture
        self._clock = clock
        self._tasks = tasks
        self._holder, self._machine = holder, machine
        self._epoch = epoch
        self._constants = constants
        self._tell = tell
        self._on_quiet = on_quiet
        self._report = report
        trust_s = constants.lease_ttl_s - constants.lease_margin_s
        self.gate = Gate(clock, tell, constants.deadline_s, trust_s, asked, dice)
        capture.only_while(self.gate.trusted, self.gate.may_write)
        sender = Sender(capture, self._facts, self._stand_aside, self._turn, self.gate.check, self.gate.told)
        self._flight = Flight(sender, self.gate.unclear, self.gate.no_device, constants.connections, report)
        self._lister = Lister(ledger, capture, clock, self._flight, self.gate, tasks, epoch, tell, report)
        self._poison = Poison(ledger, epoch, report)
        self._planner = Planner(
            ledger, clock, self._flight, epoch, self._on_launch, self._poison, report, self.gate.retries
        )
        self._lister.planner = self._planner
        self._batching = Batching(
            ledger, capture, clock, self._flight, self.gate, self._planner, tasks, epoch, report, self._facts
        )
        self._settler = Settler(ledger, self._flight, epoch, report)
        self._house = Housekeeper(
            ledger, capture, clock, self._flight, self.gate, epoch, self._nothing_in_hand, report, dice
        )
        self._house.on_plan = self._batching.wake
        self._wake = asyncio.Event()
        self._phase = Phase.STARTING
        self._refresh_at = 0.0
        self._stopping = False
        self._handing_over, self._successor = asyncio.Event(), ""
        self.since = ""
        """When this term began, as a UTC stamp of the database's clock; '' until the lease was renewed once."""
        self._unlearned: Asked | None = None
        """A command that may be carried out, and of which the gate does not know yet."""
        self.database = ""
        """What is wrong with the database, '' when well."""

    @property
    def phase(self) -> Phase:
        """What this leader is doing."""
        if self.gate.stopping:
            return Phase.STOPPING
        if self.gate.not_allowed:
            return Phase.STOPPED_BY_ECHO360
        if any(pause.everything for pause in self.gate.pauses):
            return Phase.PAUSED
        if self.gate.waiting_for:
            return Phase.WAITING
        return self._phase

    @property
    def trouble(self) -> str:
        """What is wrong with Echo360, '' when well."""
        return self.gate.not_allowed or self.gate.waiting_for or self._lister.failed

    @property
    def unsettled(self) -> list[IntentRow]:
        """Requests that were sent, or may have been, and whose end is not written down."""
        return self._flight.unsettled

    async def run(self, stop: asyncio.Event) -> None:
        """Lead until asked to stop or until the lease is lost; what is in flight is brought to an end first."""
        if stop.is_set():
            # Asked before this term began: whoever asked could not tell the gate.
            self.gate.stop()
        try:
            async with asyncio.TaskGroup() as group:
                renewing = group.create_task(self._renew())
                try:
                    await self._begin()
                    await self._until_stopped(stop)
                finally:
                    renewing.cancel()
        finally:
            await self._stop_beside()
        await self._ledger.write("release lease", self._release)

    async def _stop_beside(self) -> None:
        for one in (self._lister, self._batching, self._house):
            await one.stop()

    def _nothing_in_hand(self) -> bool:
        return self._flight.empty and self._planner.idle and not self._batching.making

    def _release(self, books: Books) -> None:
        if books.office.lease().epoch != self._epoch:
            # Another leads already, and may have looked before the last of ours arrived.
            books.journal.give_up(books.journal.write_intents(self._epoch, self.unsettled))
        if self._successor:
            books.office.hand_over_lease(self._holder, self._epoch, self._successor, HAND_OVER_S)
        else:
            books.office.release_lease(self._holder, self._epoch)

    async def _until_stopped(self, stop: asyncio.Event) -> None:
        async with asyncio.TaskGroup() as group:
            sending = group.create_task(self._flight.send_forever())
            working = group.create_task(self._work_forever())
            settling = group.create_task(self._settle_forever())
            await first_of(stop.wait(), self._handing_over.wait())
            self.gate.stop()
            self._stopping = True
            self._wake.set()
            await asyncio.wait({working})
            await self._stop_beside()
            await self._flight.land(self._clock, self._constants.grace_s)
            sending.cancel()
            settling.cancel()

    async def _begin(self) -> None:
        def recover(books: Books) -> tuple[bool, int]:
            books.office.guard(self._epoch)
            books.journal.orphan_all()
            self._poison.recover(books)
            return not books.journal.intents_open(), books.queue.recover()

        clean, recovered = await self._ledger.write("recover", recover)
        if recovered:
            log.info("%d rows of an earlier run wait again", recovered)
        known = await self._ledger.read("reference", lambda books: books.journal.known_reference())
        self._capture.remember(known, clean=clean)
        await self._read_settings()
        if not await self._ledger.read("mirror", lambda books: books.mirror.complete()):
            self._phase = Phase.LISTING
            self._tell()
            await self._fill_mirror()
        await self._lister.weigh()
        self._phase = Phase.IDLE
        self._tell()

    async def _fill_mirror(self) -> None:
        """List all schedules once before the first plan; tried until it succeeds."""
        while not self.gate.stopping:
            await self._steady(self._serve_command)
            standing = await self._list_everything() if self.gate.may_plan else None
            if standing is not None:
                learned = self._capture.learned()
                await self._write("first mirror", functools.partial(self._first_mirror, standing, learned))
                return
            self._tell()
            await self._pause(1.0)

    async def _list_everything(self) -> list[Standing] | None:
        task = self._tasks.start("Listing everything that Echo360 holds")
        try:
            return await self._lister.collect(task)
        finally:
            self._tasks.end(task)

    def _first_mirror(self, standing: Sequence[Standing], learned: Sequence[Learned], books: Books) -> None:
        books.mirror.replace_all(standing)
        books.journal.learn(learned)

    async def _read_settings(self) -> None:
        rules = await self._ledger.read("settings", lambda books: books.office.rules())
        self.gate.late_s = float(rules.late_s)
        self.gate.pauses = tuple(await self._ledger.read("pauses", lambda books: books.office.pauses()))

    # ---- the loops ----------------------------------------------------------------------------------------

    async def _renew(self) -> None:
        constants = self._constants
        while True:
            await self._clock.sleep(constants.lease_renew_s)
            started = self._clock.moment()
            try:
                kept, utc = await self._ledger.write(
                    "renew lease", functools.partial(self._renew_once, self.phase.value, self.trouble)
                )
            except DatabaseTrouble as error:
                log.info("the lease could not be renewed: %s", error)
                continue
            if not kept:
                self.gate.stop()
                raise NotLeading(
                    "Another EchoDesk is sending", "The lease was taken over.", "Nothing to do: the other goes on."
                )
            self.gate.renewed = started
            self._clock.follow(utc, started)
            self._tell()

    def _renew_once(self, phase: str, trouble: str, books: Books) -> tuple[bool, dt.datetime]:
        utc = books.office.utc()
        self.since = self.since or stamp_of(utc)
        books.office.tell_state(self._epoch, LeaderState(phase, trouble, self.since))
        return books.office.renew_lease(self._holder, self._epoch, self._constants.lease_ttl_s), utc

    async def _work_forever(self) -> None:
        while not self._stopping:
            did = await self._steady(self._work_once)
            self._set_phase()
            if not did:
                beside = self._lister.idle and self._batching.idle and self._house.idle
                if self._flight.empty and beside and self.gate.may_plan:
                    self._on_quiet()
                self._wake.clear()
                await self._idle()

    async def _work_once(self) -> bool:
        did = await self._serve_command()
        await self._house.run_due()
        if not self.gate.may_plan:
            return did
        did = await self._planner.expand_some() or did
        if self._clock.monotonic() >= self._refresh_at or not did:
            did = await self._lister.refresh_some() or did
            self._refresh_at = self._clock.monotonic() + REFRESH_POLL_S
        did = await self._planner.give_back() or did
        did = await self._planner.plan_some() or did
        return await self._batching.work_some() or did

    def _on_launch(self, places: frozenset[RoomDay]) -> None:
        """Something is about to be sent for these room-days; listings that run may be older."""
        self._lister.on_launch(places)
        self._batching.on_launch(places)

    async def _idle(self) -> None:
        """Wait for the next poll, for a finished plan, or for a command."""
        await first_of(self._wake.wait(), self._clock.sleep(self._constants.idle_s))

    async def _settle_forever(self) -> None:
        while True:
            await self._flight.has_finished.wait()
            if sum(len(work.plan.requests) for work in self._flight.finished) < WAVE_REQUESTS:
                await self._clock.sleep(WAVE_S)
            works = self._flight.take_finished(WAVE_REQUESTS)
            await self._steady(
                functools.partial(self._settler.settle, works, self._capture.learned(), self.gate.late_s)
            )
            self._wake.set()

    async def _steady(self, step: Callable[[], Awaitable[T]]) -> T:
        """Do a step; while the database is away, try again, as long as the lease may still be ours."""
        wait_s = 0.1
        while True:
            try:
                answer = await step()
            except DatabaseTrouble as error:
                if self.gate.lease_left_s <= 0:
                    raise
                log.info("a step is tried again in %.1f s: %s", wait_s, error)
                self.database = error.message
                self._tell()
                await self._clock.sleep(wait_s)
                wait_s = min(wait_s * 2, 5.0)
            else:
                if self.database:
                    self.database = ""
                    self._tell()
                return answer

    # ---- commands and small things ------------------------------------------------------------------------

    async def carry_out(self, command: Asked) -> CommandDone:
        """Carry out a command of the window now. Raises `NotLeading`, with nothing done, if another leads."""
        today = self._clock.campus_now().date()
        self._unlearned = command
        done = await self._write("command", lambda books: carry_out(books, command, today, self._machine))
        await self._after(command)
        return done

    async def _serve_command(self) -> bool:
        """Carry out one command that another window or a command line wrote; False if none waits."""
        if self._unlearned is not None:
            # The database went away around its commit: a pause must not be missed, nor its end (fault 29).
            await self._after(self._unlearned)
        waiting = await self._ledger.read("commands", lambda books: books.office.next_command())
        if waiting is None:
            return False
        today = self._clock.campus_now().date()

        def write(books: Books) -> Asked:
            self._unlearned = serve(books, waiting, today)
            return self._unlearned

        outcome = await attempt(self._write("command", write))
        if isinstance(outcome, Defect):
            text = failed_text(told_of(outcome, f"The command {waiting.kind}", self._report))
            await self._write("command", lambda books: books.office.answer_command(waiting.id, False, text))
        else:
            await self._after(outcome)
        return True

    async def _write(self, step: str, work: Callable[[Books], T]) -> T:
        """One write transaction of who leads still."""

        def guarded(books: Books) -> T:
            books.office.guard(self._epoch)
            return work(books)

        return await self._ledger.write(step, guarded)

    async def _after(self, command: Asked) -> None:
        """The gate must know of a pause before the command is answered: from then on nothing is sent."""
        if isinstance(command, TryAgain):
            self.gate.try_again()
            self._capture.try_again()
        elif isinstance(command, Refresh | Retry | RetryMatching):
            self.gate.try_rooms_again()
        elif isinstance(command, LookForPeople):
            self._house.look_for_people()
        elif isinstance(command, SendHere) and command.holder not in ("", self._holder):
            self._successor = command.holder
            self._handing_over.set()
            self.gate.stop()
        await self._read_settings()
        self._batching.wake()
        self._unlearned = None
        self._wake.set()
        self._tell()

    async def _facts(self, booking: Booking) -> ReferenceFacts:
        return await self._ledger.read("reference facts", lambda books: books.timetable.reference_facts(booking))

    async def _turn(self) -> None:
        """Wait for a request's turn, unless everything is being stopped."""
        await self.gate.ready()
        await self.gate.unless_stopped(self._capture.turn)

    async def _stand_aside(self, seconds: float) -> None:
        await self._flight.aside(functools.partial(self._pause, seconds))

    async def _pause(self, seconds: float) -> None:
        await self.gate.unless_stopped(functools.partial(self._clock.sleep, seconds))

    def _set_phase(self) -> None:
        phase = Phase.IDLE if self._flight.empty else Phase.SENDING
        if phase is not self._phase:
            self._phase = phase
            self._tell()
