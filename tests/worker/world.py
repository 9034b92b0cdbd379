"""The whole worker in one process under virtual time: real engine, real client, real simulator, and the store's
own statements and triggers on SQLite in memory (in `other_worlds`: on a file, and on a server).

Only sockets, threads and clocks are replaced. Nothing happens while the test itself speaks; `settle` lets the
worker run until nothing is pending. Each status that was ever written is checked against the legal transitions.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Coroutine
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from sqlalchemy import text

from echodesk import messages
from echodesk.capture.client import Echo360
from echodesk.capture.settings import CaptureSettings
from echodesk.main import AllBooks, Office
from echodesk.messages import Command, CommandDone
from echodesk.planning.statuses import (
    EntryStatus,
    NotificationStatus,
    entry_may_become,
    notification_may_become,
)
from echodesk.simulator.faults import FaultKind, FaultSettings
from echodesk.simulator.misbehave import Simulator
from echodesk.simulator.model import Institution, InstitutionConfig
from echodesk.simulator.seed import Seed, plant
from echodesk.simulator.switches import Switches
from echodesk.store.figures import Pending
from echodesk.worker.compare import Comparison, compare
from echodesk.worker.engine import Constants, Engine
from tests.databases.cmis import Value
from tests.databases.engines import Opener
from tests.worker.campus import SETID, echo360_seed
from tests.worker.edit import Edit
from tests.worker.process import Process, Surroundings
from tests.worker.quick_store import QuickStore
from tests.worker.steps import Steps
from tests.worker.values import Heard, Stands, booked_by_others
from tests.worker.virtual_time import Life, VirtualClock, VirtualLoop
from tests.worker.wire import SimulatorTransport

T = TypeVar("T")

LATE_S = 2
"""L of these tests; all other constants are those of the office."""
SECRET = "the-secret"
CONSTANTS = Constants()


class Died(Exception):
    """The worker's process was killed by the test."""


class World:
    """One university, one Echo360 and the worker between them. Use it as a context."""

    def __init__(
        self,
        template: Path | Opener,
        folder: Path,
        *,
        seed: Seed | None = None,
        switches: Switches | None = None,
        calls_per_minute: int = 0,
        secret: str = SECRET,
        constants: Constants = CONSTANTS,
        publishing: bool = True,
        adjust: Callable[[CaptureSettings], CaptureSettings] = lambda settings: settings,
        **settings: str,
    ) -> None:
        """`calls_per_minute` is Echo360's limit and ours; `adjust` changes how Echo360 is used."""
        self.loop = VirtualLoop()
        self.clock = VirtualClock(self.loop)
        self.office = self.copied(template, folder)
        self._settings = {"late_s": str(LATE_S), **settings}
        with self.edit() as cmis:
            for name, value in self._settings.items():
                cmis.insert("stt_echo_setting", name=name, value=value, by="test")
        self.institution = Institution(
            InstitutionConfig(
                client_id="office",
                client_secret=SECRET,
                calls_per_minute=calls_per_minute,
                switches=switches or Switches(),
            ),
            now=self.clock.campus_now,
            monotonic=self.clock.monotonic,
            rng=random.Random(1),
        )
        plant(self.institution, echo360_seed() if seed is None else seed)
        self.simulator = Simulator(self.institution, rng=random.Random(2))
        self.around = Surroundings(
            self.loop, self.office, self.simulator, secret, calls_per_minute, constants, publishing, adjust
        )
        self.processes = [self.made_process("worker")]
        self._counted = 0
        self.start()

    def copied(self, template: Path | Opener, folder: Path) -> Office:
        """A database of its own, in memory: a third of the time."""
        if not isinstance(template, Path):
            raise TypeError("not a file")
        return Office(QuickStore(template, self.loop))

    def made_process(self, name: str) -> Process:
        """An EchoDesk on a machine of its own, not yet started."""
        return Process(name, self.around)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            for process in self.processes:
                process.close()
            if kind is None:
                self.check_statuses()
        finally:
            self.loop.close()
            self.office.close()

    # ---- the worker ---------------------------------------------------------------------------------------

    @property
    def life(self) -> Life:
        """Whether the first worker lives."""
        return self.processes[0].life

    @property
    def steps(self) -> Steps:
        """The database as the first worker sees it since its last start."""
        return self.processes[0].steps

    @property
    def wire(self) -> SimulatorTransport:
        """The first worker's way to Echo360."""
        return self.processes[0].wire

    @property
    def capture(self) -> Echo360:
        """The first worker's client."""
        return self.processes[0].capture

    @property
    def engine(self) -> Engine:
        """The first worker's engine."""
        return self.processes[0].engine

    @property
    def heard(self) -> Heard:
        """What the first worker told."""
        return self.processes[0].heard

    @property
    def settings(self) -> CaptureSettings:
        """How the first worker uses Echo360."""
        return self.processes[0].settings

    def start(self) -> None:
        """A new worker on the same database and the same Echo360."""
        self.processes[0].start()

    def second(self) -> Process:
        """Another EchoDesk on another machine, with the same database and the same Echo360; not yet started."""
        process = self.made_process(f"worker {chr(ord('A') + len(self.processes))}")
        self.processes.append(process)
        return process

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Let time pass until this is done."""
        return self.loop.run_until_complete(work)

    def settle(self, within_s: float = 600.0) -> None:
        """Let the worker run until nothing is pending; held by a pause or a waiting room counts as nothing."""

        async def quiet() -> None:
            calm = 0
            ends = self.loop.now + within_s
            while calm < 2:
                await asyncio.sleep(0.3)
                self._check_alive()
                calm = calm + 1 if self.pending().quiet else 0
                if self.loop.now > ends:
                    raise AssertionError(f"not quiet within {within_s} s: {self.pending()}")

        self.run(quiet())

    def pass_time(self, seconds: float) -> None:
        """Let the worker run for so long."""

        async def wait() -> None:
            await asyncio.sleep(seconds)
            self._check_alive()

        self.run(wait())

    def _check_alive(self) -> None:
        if self.life.over:
            raise Died
        for process in self.processes:
            process.check_alive()

    def until(self, condition: Callable[[], bool], within_s: float = 60.0, every_s: float = 0.001) -> None:
        """Let the worker run until this is true; it is looked at every so often."""

        async def wait() -> None:
            ends = self.loop.now + within_s
            while not condition():
                self._check_alive()
                await asyncio.sleep(every_s)
                assert self.loop.now < ends, "it did not come to that"

        self.run(wait())

    def stop(self) -> None:
        """Ask the worker to end, and wait for it."""
        self.processes[0].stop()

    def kill(self) -> None:
        """End the worker where it stands, without a word to the database."""
        self.processes[0].kill()

    def restart(self) -> None:
        """A new worker after a stop or a kill; the dead one's lease has run out."""
        self.processes[0].close()
        self.loop.forward(self.around.constants.lease_ttl_s)
        self.start()

    def ask(self, command: Command) -> CommandDone:
        """What the window asks of the worker."""
        reply = self.run(self.engine.command(command))
        assert isinstance(reply, CommandDone)
        return reply

    def pause(self, reason: str = "exams", **scope: str) -> None:
        """Pause everything, or this scope."""
        self.until(lambda: self.heard.state.mine)
        self.ask(messages.Pause(reason, "ann", messages.Scope(**scope)))

    def resume(self) -> None:
        """Lift every pause."""
        self.ask(messages.Resume("ann"))

    # ---- the timetable ------------------------------------------------------------------------------------

    def edit(self) -> Edit:
        """One transaction of a timetabler."""
        return Edit(self.office.database)

    def lesson(self, slot: int, **changes: Any) -> None:
        """A lesson in a transaction of its own."""
        with self.edit() as cmis:
            cmis.add(slot, **changes)

    def change(self, slot: int, **values: Any) -> None:
        """Change a lesson in a transaction of its own."""
        with self.edit() as cmis:
            cmis.alter(slot, **values)

    def cancel(self, slot: int) -> None:
        """Take a lesson out of the timetable."""
        with self.edit() as cmis:
            cmis.delete("timetable", setid=SETID, slotid=slot)

    # ---- looking ------------------------------------------------------------------------------------------

    def look(self, work: Callable[[AllBooks], T]) -> T:
        """One read transaction."""
        return self.office.look(work)

    def sql(self, statement: str, **values: Value) -> list[Any]:
        """Rows straight from the database; a change is committed."""
        with self.office.database.engine.begin() as connection:
            done = connection.execute(text(statement), values)
            return list(done.all()) if done.returns_rows else []

    def damaged(self) -> bool:
        """Whether the database's file is no longer whole."""
        return self.sql("PRAGMA integrity_check") != [("ok",)]

    def pending(self) -> Pending:
        """What still has to happen."""
        today = self.clock.campus_now().date().isoformat()
        return self.look(lambda books: books.figures.pending(today))

    def notifications(self, slot: int) -> list[str]:
        """The statuses of a lesson's notifications, oldest first."""
        rows = self.sql("SELECT STATUS FROM STT_ECHO_NOTIFICATION WHERE SLOTID = :slot ORDER BY ID", slot=slot)
        return [row[0] for row in rows]

    def entries(self, slot: int) -> list[str]:
        """The statuses of a lesson's queue entries, oldest first."""
        rows = self.sql("SELECT STATUS FROM STT_ECHO_QUEUE WHERE SLOTID = :slot ORDER BY ID", slot=slot)
        return [row[0] for row in rows]

    def message(self, slot: int) -> str:
        """The text of a lesson's newest notification."""
        rows = self.sql(
            "SELECT MESSAGE FROM STT_ECHO_NOTIFICATION WHERE SLOTID = :slot ORDER BY ID DESC LIMIT 1", slot=slot
        )
        return str(rows[0][0] or "")

    def left_out(self) -> dict[str, tuple[str, str | None]]:
        """External id → (reason, winner) of what is not recorded."""
        rows = self.sql("SELECT EXTERNAL_ID, REASON, WINNER FROM STT_ECHO_LEFT_OUT")
        return {row[0]: (row[1], row[2]) for row in rows}

    def calls(self) -> dict[str, int]:
        """Calls by method since this was last asked."""
        new = self.wire.seen[self._counted :]
        self._counted = len(self.wire.seen)
        return dict(Counter(request.method for request in new))

    def message_of(self, external_id: str) -> str:
        """The text of an occurrence's newest notification."""
        statement = "SELECT MESSAGE FROM STT_ECHO_NOTIFICATION WHERE EXTERNAL_ID = :one ORDER BY ID DESC LIMIT 1"
        return str(self.sql(statement, one=external_id)[0][0] or "")

    def schedules(self, *, by_hand: bool = False) -> dict[str, Stands]:
        """What Echo360 holds over the API, by external id; with `by_hand` also what people booked there."""
        directory = self.institution.state.directory
        found = {}
        for one in self.institution.state.bookings:
            if booked_by_others(one) and not by_hand:
                continue
            user = directory.users.get(one.user_id) if one.user_id else None
            room = directory.rooms.get(one.room_id)
            sections = [directory.sections.get(link.section_id) for link in one.sections]
            time = f"{one.start_minute // 60:02d}:{one.start_minute % 60:02d}-"
            time += f"{one.end_minute // 60:02d}:{one.end_minute % 60:02d}"
            found[one.external_id or one.id] = Stands(
                (room.external_id if room else None) or "?",
                one.start_date.isoformat(),
                time,
                tuple(sorted(section.external_id or "?" for section in sections if section)),
                user.email if user else None,
            )
        return found

    def compared(self) -> Comparison:
        """A fresh full listing beside the projection; not counted among the calls."""

        async def run() -> Comparison | str:
            fresh = Echo360(self.settings, self.clock, SimulatorTransport(self.simulator, Life()))
            try:
                return await compare(Steps(self.office, self.loop, Life()), fresh, self.clock)
            finally:
                await fresh.close()

        limiter = self.institution.limiter
        limit, limiter.calls_per_minute = limiter.calls_per_minute, 0
        try:
            found = self.run(run())
        finally:
            limiter.calls_per_minute = limit
        assert isinstance(found, Comparison), found
        return found

    def assert_equal(self) -> None:
        """Echo360 holds exactly the projection."""
        assert self.compared().differing == ()

    def faults(self, *kinds: FaultKind, first: int = 1, methods: tuple[str, ...] = (), needle: str = "") -> None:
        """From now on the first request that fits goes wrong in this way; with several kinds one after another."""
        self.simulator.use_faults(
            FaultSettings(
                rates=dict.fromkeys(kinds, 1.0 / len(kinds)) if kinds else {},
                first_requests=first,
                methods=frozenset(methods) or None,
                needle=needle or None,
                late_s=LATE_S * 0.8,
            )
        )

    def check_statuses(self) -> None:
        """Every step of every status was legal."""
        wrong = [
            (table, key, old, new)
            for table, key, old, new in self.sql("SELECT KIND, ID, OLD, NEW FROM TEST_STATUS_STEP")
            if not (
                entry_may_become(EntryStatus(old), EntryStatus(new))
                if table == "QUEUE"
                else notification_may_become(NotificationStatus(old), NotificationStatus(new))
            )
        ]
        assert wrong == []
