"""The engine: takes the lease, and while it leads runs the steps until it is asked to stop.

One worker writes, whichever workstation it runs on; every write carries the epoch of its lease (design §3.9).
A worker that does not lead shows everything and passes commands on to the one that does.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from dataclasses import dataclass, replace

from echodesk.activity import LEAD, WORKER
from echodesk.batches import ListPlans, PlanQuestion, SavePlan, ShowNotRecorded
from echodesk.clashes import OpenRoomDay
from echodesk.errors import DatabaseTrouble, NotLeading, RightMissing, TimetableFault, WorkerStopped
from echodesk.messages import (
    Cancel,
    ChangeSetting,
    Command,
    CommandDone,
    CommandReply,
    EngineState,
    Inspect,
    PauseShown,
    Phase,
    SaveTable,
    Scope,
    SendHere,
    ShowStop,
    Unwatch,
    Watch,
)
from echodesk.planning.answers import CALL_DEADLINE_S
from echodesk.planning.records import AuditLine, LeaderState, LeaseState, PauseRecord
from echodesk.settings import ShowSettings
from echodesk.worker.allowing import list_of
from echodesk.worker.answering import Question, answer_to
from echodesk.worker.books import Books, IntentRow
from echodesk.worker.control import Asked, as_args, sent_from
from echodesk.worker.defects import Defects, expected
from echodesk.worker.leading import Leading
from echodesk.worker.ports import (
    Capture,
    Clock,
    Dice,
    EventSink,
    Ledger,
    Moment,
    PlanWriter,
    TableWriter,
    no_files,
    no_tables,
    whole,
)
from echodesk.worker.presence import Presence
from echodesk.worker.publish import Publisher
from echodesk.worker.saving import save_table
from echodesk.worker.tasks import Tasks, first_of

log = logging.getLogger(__name__)

UNUSABLE_S = 5.0
"""How long a timetable that cannot be used is left alone, or a lease that may not be taken."""
SILENT_STEP_S = 5
MENDED_S = 3 * UNUSABLE_S
"""One that could not be used for the last time so long ago is mended."""


@dataclass(frozen=True, slots=True)
class Constants:
    """Seconds and counts of the worker (decisions: Processes). Tests use shorter ones and say so."""

    connections: int = 8
    lease_ttl_s: float = 30.0
    lease_renew_s: float = 4.0
    lease_margin_s: float = 5.0
    deadline_s: float = CALL_DEADLINE_S
    idle_s: float = 0.25
    follow_s: float = 1.0
    grace_s: float = 5.0
    """How long requests in flight may take to end when the worker is asked to stop."""
    reconnect_max_s: float = 30.0


class Engine:
    """One run of the worker. Made, run once and thrown away on the worker's loop."""

    def __init__(
        self,
        ledger: Ledger,
        capture: Capture,
        clock: Clock,
        sink: EventSink,
        holder: str,
        calls_per_minute: int,
        constants: Constants = Constants(),
        *,
        free_first_fill: bool = False,
        machine: str = "",
        dice: Dice = whole,
        write_plan: PlanWriter = no_files,
        write_table: TableWriter = no_tables,
    ) -> None:
        """`machine`: this PC's name. `free_first_fill`: no call limit until all was quiet once (decisions)."""
        self._write_plan = write_plan
        self._write_table = write_table
        self._dice = dice
        self._ledger = ledger
        self._capture = capture
        self._clock = clock
        self._sink = sink
        self._holder, self._machine = holder, machine
        self._constants = constants
        self._tasks = Tasks(sink)
        self._calls_per_minute = calls_per_minute
        self._free = free_first_fill
        self._publisher = Publisher(ledger, capture, clock, sink, 0 if free_first_fill else calls_per_minute)
        self._presence = Presence(ledger, clock, sink, holder, machine)
        capture.limit(self._publisher.calls_per_minute)
        self._stop = asyncio.Event()
        self._leading: Leading | None = None
        self._lease = LeaseState(None, 0, -1.0)
        self._said = LeaderState()
        self._database = ""
        self._unusable = ""
        self._unusable_since = self._refused_since = clock.moment()
        self._looks_only = False
        self._pauses: tuple[PauseRecord, ...] = ()
        self._told: EngineState | None = None
        self._unsettled: list[IntentRow] = []
        """Requests of the last term that may have been sent, and whose end was not written down."""

    def request_stop(self) -> None:
        """Ask the run to end; it ends by itself."""
        self._stop.set()
        if self._leading is not None:
            self._leading.gate.stop()

    async def run(self) -> None:
        """Run until asked to stop. Lets defects through; trouble with database or Echo360 is waited out."""
        async with asyncio.TaskGroup() as group:
            beside = [group.create_task(one.run()) for one in (self._publisher, self._presence)]
            try:
                await self._lead_or_follow()
            finally:
                for one in beside:
                    one.cancel()
        await self._presence.leave_unless(self._database)

    # ---- the lease ----------------------------------------------------------------------------------------

    async def _lead_or_follow(self) -> None:
        wait_s = self._constants.idle_s
        while not self._stop.is_set():
            try:
                asked = self._clock.moment()
                lease = None
                seen, said, utc = await self._ledger.read("lease", _leader)
                self._clock.follow(utc, asked)
                # Who only stands by writes nothing: no lock in the way of who leads, and no right to write needed.
                if self._may_take(seen):
                    lease = await self._try_to_take(asked)
                    if lease is None:  # another was quicker, or leads; or this one may only look
                        seen, said, _utc = await self._ledger.read("lease", _leader)
                self._database = ""
                wait_s = self._constants.idle_s
                if lease is not None:
                    await self._lead(lease, asked)
                else:
                    self._lease, self._said = seen, said
                    self._pauses = tuple(await self._ledger.read("pauses", lambda books: books.office.pauses(())))
                    self.tell()
                    await self._pause_for(self._constants.follow_s)
            except DatabaseTrouble as error:
                self._database = error.message
                log.info("database trouble, tried again in %.1f s: %s", wait_s, error)
                self.tell()
                await self._pause_for(wait_s)
                wait_s = min(self._constants.reconnect_max_s, wait_s * 2)
            except TimetableFault as error:
                # Nothing may be sent while ids could mean two lessons; staff mend the tables, and it goes on.
                self._unusable = f"{error.title}. {error.message}"
                self._unusable_since = self._clock.moment()
                log.info("the timetable cannot be used, looked at again in %.0f s: %s", UNUSABLE_S, error)
                self.tell()
                await self._pause_for(UNUSABLE_S)
            except NotLeading as error:
                log.info("%s", error)
        await self._leave_marks()

    def _may_take(self, seen: LeaseState) -> bool:
        """Whether there is something to write: the lease looks free, or the last term left something to tell."""
        refused = self._looks_only and self._clock.age_s(self._refused_since) < UNUSABLE_S
        free = seen.holder in (None, self._holder) or seen.seconds_left <= 0
        return not refused and (bool(self._unsettled) or free)

    async def _try_to_take(self, asked: Moment) -> LeaseState | None:
        try:
            lease, utc = await self._ledger.write("take lease", self._take)
        except RightMissing as error:
            log.info("this worker may only look: %s", error)
            self._looks_only, self._refused_since = True, self._clock.moment()
            return None
        self._clock.follow(utc, asked)
        self._unsettled, self._looks_only = [], False
        return lease

    def _take(self, books: Books) -> tuple[LeaseState | None, dt.datetime]:
        """Take the lease if it is free. What was under way when the last term ended is told to whoever leads now,
        though another may have led in between: one who wakes without the lease may only add marks (decisions)."""
        self._mark(books)
        lease = books.office.take_lease(self._holder, self._constants.lease_ttl_s)
        if lease is not None:
            begun = AuditLine(WORKER, LEAD, why=self._holder, sent=sent_from(self._machine))
            books.journal.audit([begun], lease.epoch)
        return lease, books.office.utc()

    async def _leave_marks(self) -> None:
        """The same when it ends for good, after its term ended under it."""
        if self._unsettled:
            try:
                await self._ledger.write("leave marks", self._mark)
            except DatabaseTrouble as error:
                log.warning("%d requests could not be told to who leads next: %s", len(self._unsettled), error)

    def _mark(self, books: Books) -> None:
        books.journal.give_up(books.journal.write_intents(self._lease.epoch, self._unsettled))

    async def _lead(self, lease: LeaseState, asked: Moment) -> None:
        self._lease = lease
        self._capture.limit(self._publisher.calls_per_minute)
        leading = Leading(
            self._ledger,
            self._capture,
            self._clock,
            self._tasks,
            self._holder,
            self._machine,
            lease.epoch,
            asked,
            self._constants,
            self.tell,
            self._on_quiet,
            Defects(self._sink.post).report,
            self._dice,
        )
        self._leading = leading
        try:
            await leading.run(self._stop)
        except BaseExceptionGroup as group:
            self._unsettled = leading.unsettled
            raise expected(group) or group from None
        finally:
            self._leading = None
            self._lease, self._said = LeaseState(None, lease.epoch, -1.0), LeaderState()
            self.tell()

    def _on_quiet(self) -> None:
        """Nothing is under way: the first fill is done, and from now on the call limit counts."""
        if self._free:
            self._free = False
            self._capture.limit(self._calls_per_minute)
            self._publisher.calls_per_minute = self._calls_per_minute

    async def _pause_for(self, seconds: float) -> None:
        await first_of(self._stop.wait(), self._clock.sleep(seconds))

    # ---- commands -----------------------------------------------------------------------------------------

    async def command(self, command: Command) -> CommandReply:
        """Carry out a command of the window. Raises an `EchoDeskError` that can be shown."""
        if self._stop.is_set():
            raise WorkerStopped("EchoDesk is stopping", "It takes no more commands.", "Start it again.")
        if isinstance(command, Watch):
            self._publisher.watch(command)
            return CommandDone("shown")
        if isinstance(command, Unwatch):
            self._publisher.unwatch(command)
            return CommandDone("hidden")
        if isinstance(command, OpenRoomDay):
            return self._presence.open(command)
        if isinstance(command, Cancel):
            return CommandDone("Stopping it." if self._tasks.cancel(command.task) else "It had ended already.")
        if isinstance(command, Inspect):
            detail = await self._ledger.read(
                "detail", lambda books: books.screens.detail(command.table, command.key)
            )
            return detail if detail is not None else CommandDone("This row is gone.")
        if isinstance(command, Question):
            now = self._clock.campus_now()
            return await self._ledger.read("question", lambda books: answer_to(books, command, now))
        if isinstance(command, ShowSettings):
            return await self._ledger.read("settings", lambda books: books.office.shown_settings())
        if isinstance(command, PlanQuestion):
            return await self._plans(command)
        if isinstance(command, SaveTable):
            day = self._clock.campus_now().date().isoformat()
            return await save_table(self._ledger, self._tasks, self._write_table, command, day)
        if isinstance(command, ShowStop):
            found = await self._ledger.read("safety stop", lambda books: list_of(books, command.stop))
            return found if found is not None else CommandDone("This safety stop is over; nothing waits for it.")
        if self._leading is not None:
            try:
                return await self._leading.carry_out(command)
            except NotLeading as overtaken:
                log.info("%s", overtaken)
        return await self._pass_on(command)

    async def _plans(self, command: PlanQuestion) -> CommandReply:
        limit, today = self._calls_per_minute, self._clock.campus_now().date().isoformat()
        if isinstance(command, SavePlan):
            return await self._ledger.read(
                "plan file", lambda books: self._write_plan(books, command, limit, today)
            )
        if isinstance(command, ListPlans):
            return await self._ledger.read(
                "plans", lambda books: books.screens.plans_before(command.before, limit, today)
            )
        if isinstance(command, ShowNotRecorded):
            return await self._ledger.read("not recorded", lambda books: books.screens.not_recorded(command.plan))
        shown = await self._ledger.read("detail", lambda books: books.screens.plan(command.plan, limit, today))
        return shown if shown is not None else CommandDone("There is no such plan.")

    async def _pass_on(self, command: Asked) -> CommandDone:
        """Write a command down for whoever leads, or will lead next."""
        if isinstance(command, SendHere):
            command = replace(command, holder=self._holder)
        kind, args = as_args(command, self._machine)

        def post(books: Books) -> None:
            if isinstance(command, ChangeSetting):
                # Whoever leads answers nobody here: a value that cannot be used is refused at once.
                books.office.check_setting(command.name, command.value, command.room)
            books.office.post_command(kind, args, command.by)

        await self._ledger.write("pass on", post)
        return CommandDone("Passed on to the EchoDesk that is sending.")

    # ---- telling ------------------------------------------------------------------------------------------

    def tell(self) -> None:
        """Post the state if it differs from what was told."""
        leading = self._leading
        holder = self._holder if leading is not None else self._other
        pauses = leading.gate.pauses if leading is not None else self._pauses
        state = EngineState(
            phase=self._phase(),
            holder=holder,
            mine=leading is not None,
            pauses=tuple(_shown(one) for one in pauses),
            database=self._trouble or (leading.database if leading is not None else ""),
            echo360=leading.trouble if leading is not None else "",
            clock=self._clock.fault,
            since=leading.since if leading is not None else self._said.since if holder else "",
            silent_s=0 if leading is not None else self._silent_s,
        )
        if state != self._told:
            self._told = state
            self._sink.post(state)

    @property
    def _other(self) -> str:
        """Who leads elsewhere; '' where the lease has run out: nobody sends until another takes it."""
        return (self._lease.holder or "") if self._lease.seconds_left > 0 else ""

    @property
    def _silent_s(self) -> int:
        """How long whoever leads has not renewed the lease, in steps of five seconds; 0 if it does."""
        silent = self._constants.lease_ttl_s - self._lease.seconds_left
        late = self._other != "" and silent > 2 * self._constants.lease_renew_s
        return int(silent // SILENT_STEP_S * SILENT_STEP_S) if late else 0

    @property
    def _trouble(self) -> str:
        """What is wrong with the database or with what stands in it, '' when well."""
        if self._unusable and self._clock.age_s(self._unusable_since) > MENDED_S:
            self._unusable = ""
        return self._database or self._unusable

    def _phase(self) -> Phase:
        if self._stop.is_set():
            return Phase.STOPPING
        if self._trouble or (self._leading is not None and self._leading.database):
            return Phase.DATABASE_LOST
        if self._leading is not None:
            return self._leading.phase
        if self._other:
            return Phase.FOLLOWING
        return Phase.LOOKING if self._looks_only else Phase.STARTING


def _leader(books: Books) -> tuple[LeaseState, LeaderState, dt.datetime]:
    return books.office.lease(), books.office.told_state(), books.office.utc()


def _shown(one: PauseRecord) -> PauseShown:
    scope = Scope(one.building or "", one.room or "", one.first or "", one.last or "", str(one.batch or ""))
    return PauseShown(one.id, scope, one.reason, one.owner, one.created, one.until or "")
