"""A world that can be disturbed at each of its steps, with its database in memory."""

from __future__ import annotations

import asyncio
import contextvars
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from echodesk.capture.settings import CaptureSettings
from echodesk.main import Office
from echodesk.messages import EngineState, Pause, Refresh, Resume, TryAgain
from echodesk.simulator.faults import FaultSettings
from echodesk.simulator.seed import Seed
from echodesk.simulator.switches import Switches
from echodesk.worker.control import Asked, as_args
from echodesk.worker.engine import Constants
from tests.single_faults.watched import Disturbed, Visit, Watched, words_of
from tests.worker.process import Process
from tests.worker.quick_store import QuickStore
from tests.worker.world import LATE_S, Died, World

STALE_S = LATE_S * 0.8
"""How far back a stale answer of Echo360 looks; like lateness, below L."""
OFFICE = Constants()
CONSTANTS = replace(
    OFFICE,
    lease_ttl_s=OFFICE.lease_ttl_s / 10,
    lease_renew_s=OFFICE.lease_renew_s / 10,
    lease_margin_s=OFFICE.lease_margin_s / 10,
    deadline_s=1.5,
    follow_s=OFFICE.follow_s / 10,
    idle_s=OFFICE.idle_s * 2,
)
"""The lease's constants divided by ten (decisions: Tests), a deadline of calls that fits into the rest, and
half as many looks into an empty queue, because they are what a run costs most of."""
LONG = 2.5
"""So many lives of a lease are enough for another worker to take over and to finish, late answers included."""
SHORT = 1.1
"""Just enough for another worker to take over."""
PAUSED_S = 3.0
AWAKE_S = 2.0
PATIENCE = 200
UNQUIET_S = 4.0
"""Longer than whatever goes on while everything is paused."""


class Stage(World):
    """A world whose workers tell every step to `visit`, and that plays a disturbance to its end."""

    def __init__(
        self,
        template: Path,
        folder: Path,
        *,
        seed: Seed | None = None,
        switches: Switches | None = None,
        constants: Constants = CONSTANTS,
    ) -> None:
        self.visit: Visit = lambda where, what: None
        self.progress = 0
        """Commits, requests and acts so far: a step that comes again without any is the same step."""
        self.as_before: Office | None = None
        """The database as it was before the edit."""
        self.another_edit: Callable[[Stage], None] = lambda stage: None
        self.complaints: list[str] = []
        self._take_over = False
        self._quitting = False
        self._thaws_at = 0.0
        self._aside: list[asyncio.Task[None]] = []
        super().__init__(
            template,
            folder,
            seed=seed,
            switches=switches,
            publishing=False,
            constants=constants,
            adjust=_adjusted,
        )
        self.simulator.use_faults(FaultSettings(stale_s=STALE_S))
        self.institution.state.bookings.journal = deque()

    def made_process(self, name: str) -> Process:
        """An EchoDesk that tells each of its steps."""
        process = Watched(name, self.around)
        process.visit = self._on_step
        return process

    @property
    def watched(self) -> Watched:
        """The first worker."""
        process = self.processes[0]
        assert isinstance(process, Watched)
        return process

    def _on_step(self, where: str, what: str) -> Disturbed | None:
        if where != "read" and where != "write" and what != "renew lease":
            self.progress += 1
        return self.visit(where, what)

    # ---- disturbances -------------------------------------------------------------------------------------

    @property
    def _starts(self) -> int:
        """How often a worker was started; whoever is last may lead."""
        return sum(process.runs for process in self.processes)

    def die(self) -> None:
        """The worker is killed where it stands."""
        self.life.over = True

    def quit(self) -> None:
        """Somebody quits EchoDesk; it ends when what is on its way has ended, and is started again."""
        self.engine.request_stop()
        self._quitting = True

    def freeze(self, lives: float) -> None:
        """The worker's machine stands still where it is, so many lives of a lease long; another takes over."""
        seconds = lives * self.around.constants.lease_ttl_s
        self.processes[0].machine.freeze(seconds)
        self._thaws_at = self.loop.now + seconds
        self._take_over = True

    def staff_pause(self) -> None:
        """Staff pause everything now, and lift it some seconds after it was acknowledged."""
        process = self.processes[0]
        work = self._pause_and_resume(process)
        self._aside.append(self.loop.create_task(work, context=contextvars.Context()))

    async def _pause_and_resume(self, process: Process) -> None:
        engine, wire = process.engine, process.wire
        leading = any(isinstance(one, EngineState) and one.mine for one in process.heard.events)
        await engine.command(Pause("a fire alarm", "the porter"))
        sent = len(wire.seen)
        await asyncio.sleep(PAUSED_S)
        asks = "SELECT ID FROM STT_ECHO_PAUSE WHERE LIFTED IS NULL AND OWNER = 'the porter'"
        found = self.sql(asks)
        if leading and not found:
            # Whoever resumes everything lifts the porter's pause as well.
            return
        if leading:
            writes = [one for one in wire.seen[sent:] if one.method != "GET"]
            self.complaints += [f"sent while paused: {words_of(one)}" for one in writes]
        for _ in range(PATIENCE):
            if found:
                break
            # It was passed on to whoever leads next.
            await asyncio.sleep(0.5)
            found = self.sql(asks)
        self.post(Resume("the porter", tuple(row[0] for row in found)))

    def staff_act(self, after_s: float = 2.0) -> None:
        """Staff put right what kept Echo360 from letting us in, and press Try again."""

        async def act() -> None:
            await asyncio.sleep(after_s)
            self.post(TryAgain("ann"))

        self._aside.append(self.loop.create_task(act(), context=contextvars.Context()))

    def frozen_office(self) -> Office:
        """The database as it is now, and as it will stay."""
        database = self.office.database
        assert isinstance(database, QuickStore)
        return Office(QuickStore(database.copy(), self.loop))

    def post(self, command: Asked) -> None:
        """A command of another window or of the command line."""
        kind, args = as_args(command)
        self.office.write(lambda books: books.office.post_command(kind, args, command.by))

    def illegal_steps(self) -> list[str]:
        """Steps of statuses that no rule allows."""
        try:
            self.check_statuses()
        except AssertionError as problem:
            return [str(problem).splitlines()[0]]
        return []

    def list_everything(self) -> None:
        """Staff have every room listed again."""
        rooms = self.office.read(lambda books: {*books.timetable.rooms(), *books.mirror.rooms_with_schedules()})
        for room in sorted(rooms):
            self.post(Refresh("ann", room, ""))
        self.come_to_rest()

    # ---- the course of a run ------------------------------------------------------------------------------

    def come_to_rest(self, wait_s: float = 0.0, *, quiet: bool = True) -> None:
        """Until everything is quiet and nothing that was set going is left; the dead are replaced.

        `wait_s`: so much time passes after that over the same worker. Not `quiet`: work is left over, so
        a while must do.
        """
        alone = 0
        while True:
            try:
                self.settle() if quiet else self.pass_time(UNQUIET_S)
                if self._aside:
                    aside, self._aside = self._aside, []
                    self.run(_done(aside))
                elif self._thaws_at > self.loop.now:
                    self.pass_time(self._thaws_at - self.loop.now + LATE_S + 1.0)
                elif alone != self._starts and wait_s:
                    # Asleep meanwhile: the same worker goes on, and what is due by then happens at once. A second
                    # one would take over at its waking and begin the time anew.
                    if len(self.processes) > 1:
                        self.processes.pop().close()
                        self.pass_time(self.around.constants.lease_ttl_s + AWAKE_S)
                    alone = self._starts
                    self.loop.forward(wait_s)
                    self.pass_time(AWAKE_S)
                else:
                    return
            except Died:
                self.restart()

    def _check_alive(self) -> None:
        running = self.processes[0].running
        if self._quitting and running is not None and running.done():
            self._quitting = False
            running.result()
            raise Died
        if self._take_over:
            self._take_over = False
            self.second().start()
        super()._check_alive()

    def close(self) -> None:
        """End every worker."""
        for process in self.processes:
            process.close()


async def _done(tasks: list[asyncio.Task[None]]) -> None:
    await asyncio.gather(*tasks)


def _adjusted(settings: CaptureSettings) -> CaptureSettings:
    return replace(settings, deadline_s=CONSTANTS.deadline_s)
