"""A world that can be disturbed at each of its steps: database in memory, workers on machines that can stand still."""

from __future__ import annotations

import asyncio
import contextvars
import sqlite3
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from sqlalchemy import create_engine
from sqlalchemy.pool import StaticPool

from echodesk.errors import DatabaseTrouble
from echodesk.main import Office
from echodesk.messages import EngineState, Pause, Resume
from echodesk.simulator.faults import FaultSettings
from echodesk.simulator.seed import Seed
from echodesk.simulator.switches import Switches
from echodesk.simulator.wire import SimRequest, SimResponse
from echodesk.store.database import Database, set_up_sqlite
from echodesk.worker.books import Books
from echodesk.worker.control import Asked, as_args
from tests.worker.process import Process
from tests.worker.steps import Steps
from tests.worker.virtual_time import VirtualLoop, give_database_time
from tests.worker.world import LATE_S, Died, World

T = TypeVar("T")

STALE_S = LATE_S * 0.8
"""How far back a stale answer of Echo360 looks; like lateness, below L."""
LONG_S = 90.0
"""Long enough for another worker to take over and to finish everything."""
SHORT_S = 32.0
"""Just long enough for another worker to take over."""
PAUSED_S = 3.0


@dataclass(frozen=True, slots=True)
class Disturbed:
    """What happens to one database step."""

    instead: Office | None = None
    """Read from here."""
    trouble: DatabaseTrouble | None = None
    """Raised in the place of the step, or after its commit."""
    slow_s: float = 0.0
    """The answer of a read comes so much later than its snapshot."""


Visit = Callable[[str, str], Disturbed | None]
"""Told where the worker is: (`read`, step), (`write`, step), (`written`, step), (`request`, what), (`answer`, what)."""


class WatchedSteps(Steps):
    """Steps that tell before each transaction, and after each commit, and do what they are told."""

    visit: Visit

    async def read(self, step: str, work: Callable[[Books], T]) -> T:
        """One read transaction."""
        await self._begin(step)
        told = self.visit("read", step)
        await self._life.go_on()
        if told is not None and told.trouble is not None:
            raise told.trouble
        office = self._office if told is None or told.instead is None else told.instead
        answer = office.read(work)
        if told is not None and told.slow_s:
            await asyncio.sleep(told.slow_s)
            await self._life.go_on()
        return answer

    async def write(self, step: str, work: Callable[[Books], T]) -> T:
        """One write transaction."""
        await self._begin(step)
        told = self.visit("write", step)
        await self._life.go_on()
        if told is not None and told.trouble is not None:
            raise told.trouble
        answer = self._office.write(work)
        told = self.visit("written", step)
        await self._life.go_on()
        if told is not None and told.trouble is not None:
            raise told.trouble
        return answer


class Watched(Process):
    """An EchoDesk that tells each of its steps."""

    visit: Visit
    arriving = SimRequest("GET", "/")
    """The request that is on its way in."""
    answer_instead: SimResponse | None = None
    """What that request is answered without ever arriving."""

    def made_steps(self) -> Steps:
        """Steps that tell."""
        steps = WatchedSteps(self._around.office, self._around.loop, self.life)
        steps.visit = self.visit
        self.wire.interfere = self._on_request
        self.wire.on_answered = lambda request, response: self._on_answer(request)
        return steps

    def _on_request(self, request: SimRequest) -> SimResponse | None:
        self.arriving = request
        self.visit("request", words_of(request))
        answer, self.answer_instead = self.answer_instead, None
        return answer

    def _on_answer(self, request: SimRequest) -> None:
        self.visit("answer", words_of(request))


class Stage(World):
    """A world whose workers tell every step to `visit`, and that plays a disturbance to its end."""

    def __init__(
        self, template: Path, folder: Path, *, seed: Seed | None = None, switches: Switches | None = None
    ) -> None:
        self.visit: Visit = lambda where, what: None
        self.progress = 0
        """Commits, requests and acts so far: a step that comes again without any is the same step."""
        self.as_before: Office | None = None
        """The database as it was before the edit."""
        self.another_edit: Callable[[Stage], None] = lambda stage: None
        self.complaints: list[str] = []
        self._take_over = False
        self._thaws_at = 0.0
        self._aside: list[asyncio.Task[None]] = []
        super().__init__(template, folder, seed=seed, switches=switches, publishing=False)
        self.simulator.use_faults(FaultSettings(stale_s=STALE_S))
        self.institution.state.bookings.journal = deque()

    def opened(self, path: Path) -> Office:
        """The database, in memory: a process that was forked has its own."""
        return office_of(path.read_bytes(), self.loop)

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

    def die(self) -> None:
        """The worker is killed where it stands."""
        self.life.over = True

    def freeze(self, seconds: float) -> None:
        """The worker's machine stands still where it is, and goes on so much later; another takes over."""
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
        if leading:
            writes = [one for one in wire.seen[sent:] if one.method != "GET"]
            self.complaints += [f"sent while paused: {words_of(one)}" for one in writes]
        asks = "SELECT ID FROM STT_ECHO_PAUSE WHERE LIFTED IS NULL AND OWNER = 'the porter'"
        while not (found := self.sql(asks)):
            await asyncio.sleep(0.5)
        await engine.command(Resume("the porter", tuple(row[0] for row in found)))

    def copy(self) -> bytes:
        """The database as it is now."""
        with self.office.database.engine.connect() as connection:
            raw = connection.connection.driver_connection
            assert isinstance(raw, sqlite3.Connection)
            return raw.serialize()

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

    # ---- the course of a run ------------------------------------------------------------------------------

    def come_to_rest(self, wait_s: float = 0.0) -> None:
        """Until everything is quiet and nothing that was set going is left; the dead are replaced.

        `wait_s`: so long after that one and the same worker is left alone.
        """
        left_alone = wait_s == 0.0
        while True:
            try:
                self.settle()
                if not left_alone:
                    self.pass_time(wait_s)
                    left_alone = True
                    continue
            except Died:
                self.restart()
                continue
            if self._aside:
                aside, self._aside = self._aside, []
                self.run(_done(aside))
            elif self._thaws_at > self.loop.now:
                self.pass_time(self._thaws_at - self.loop.now + LATE_S + 1.0)
            else:
                return

    def _check_alive(self) -> None:
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


def words_of(request: SimRequest) -> str:
    """A request as a label: method and kind of thing, without ids."""
    if "/oauth2/" in request.path:
        return "sign-in"
    parts = request.path.strip("/").split("/")
    return f"{request.method} {parts[3] if len(parts) > 3 else request.path}{' one' if len(parts) > 4 else ''}"


def office_of(content: bytes, loop: VirtualLoop) -> Office:
    """An office on a copy of a database, in memory and on virtual time."""
    raw = sqlite3.connect(":memory:", check_same_thread=False)
    # A copy that says of itself that it has a write-ahead log cannot be opened in memory (sqlite.org/fileformat2).
    raw.deserialize(content[:18] + b"\x01\x01" + content[20:])
    engine = create_engine("sqlite://", creator=lambda: raw, poolclass=StaticPool)
    set_up_sqlite(engine)
    give_database_time(engine, loop)
    return Office(Database(engine))
