"""One office of a failover: a database, workers in processes of their own, an Echo360, and somebody who edits.

Nothing is shortened but L, which is two seconds.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx
import msgspec

from echodesk.access import Echo360Access
from echodesk.errors import DatabaseBusy
from echodesk.main import Office, compare_now, pending
from echodesk.messages import Pause, Refresh, Resume, Scope
from echodesk.planning.records import LeaseState
from echodesk.simulator.control import PREFIX, SECRET_HEADER
from echodesk.store.database import Database
from echodesk.store.figures import Pending
from echodesk.worker.compare import Comparison
from echodesk.worker.control import Asked, as_args
from tests.databases import postgres
from tests.databases.cmis import Cmis
from tests.databases.cut_line import Line, Lines
from tests.databases.engines import Opener
from tests.databases.failover_audit import Audit, note_writes
from tests.databases.failover_programs import REQUESTS, Exchange, Life, serve_echo360, work
from tests.worker.campus import ROOMS, fill_university
from tests.worker.edit import Edit

LATE_S = 2
LESSONS = 24
HOURS = range(8, 18)
BUSY_S = 60.0
_AT_WORK = (
    "SELECT pid, application_name, state, wait_event, CAST(clock_timestamp() - state_change AS text) AS SINCE,"
    " CAST(pg_blocking_pids(pid) AS text) AS WAITS_FOR, left(query, 120) FROM pg_stat_activity"
    " WHERE datname = current_database() AND state <> 'idle' ORDER BY state_change"
)
"""Who is in the middle of something, and who waits for whom."""
EVERY_S = (0.4, 1.6)
"""How long the timetabler waits between two edits."""
TEMPLATE = "failover"
PROCESSES = multiprocessing.get_context("forkserver")
"""Everything is imported once; from then on a process begins at once, and without what its parent had open."""
PROCESSES.set_forkserver_preload(["tests.databases.failover_programs"])


class Stuck(Exception):
    """Nothing that came after would prove anything."""


def offices(socket: Path) -> Opener:
    """Opens databases in which a year is planned and nothing has been sent yet."""
    database = postgres.fresh(socket, TEMPLATE)
    note_writes(database)
    with database.engine.begin() as connection:
        fill_university(Cmis(connection))
        Cmis(connection).insert("stt_echo_setting", name="late_s", value=str(LATE_S), by="test")
    dice = random.Random(1)
    with Edit(database) as timetabler:
        for slot in range(1, LESSONS + 1):
            timetabler.add(slot, weeks=(2, 3), **somewhere(dice))
    database.close()
    return postgres.by_copy(socket, TEMPLATE, TEMPLATE)


def somewhere(dice: random.Random) -> dict[str, Any]:
    """A room, a day and an hour."""
    hour = dice.choice(HOURS)
    return {"room": dice.choice(ROOMS), "weekday": dice.randint(1, 5), "at": f"{hour:02d}:00-{hour:02d}:50"}


class Timetabler(threading.Thread):
    """Somebody who edits all the time, unless held. A context."""

    def __init__(self, database: Database, dice: random.Random) -> None:
        super().__init__(name="timetabler")
        self._database = database
        self._dice = dice
        self._over = threading.Event()
        self._works = threading.Event()
        self._at_work = threading.Lock()
        self._there = set(range(1, LESSONS + 1))
        self.edits = 0

    def run(self) -> None:
        """Until the context ends."""
        while not self._over.wait(self._dice.uniform(*EVERY_S)):
            with self._at_work:
                if self._works.is_set():
                    self._edit()
                    self.edits += 1

    def go_on(self) -> None:
        """Edit from now on."""
        self._works.set()

    def hold(self) -> None:
        """Nothing is edited from now on; what was begun is committed."""
        self._works.clear()
        with self._at_work:
            pass

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self.join(20.0)

    def _edit(self) -> None:
        dice = self._dice
        slot = dice.randint(1, LESSONS)
        with Edit(self._database) as edit:
            if slot not in self._there:
                self._there.add(slot)
                edit.add(slot, weeks=(2, 3), **somewhere(dice))
            elif dice.random() < 0.1:
                self._there.discard(slot)
                edit.delete("timetable", slotid=slot)
            elif dice.random() < 0.2:
                edit.alter(slot, lecturer=dice.choice(("P1", "P2")))
            else:
                edit.alter(slot, **somewhere(dice))


class Worker:
    """One worker with its own line to the database."""

    def __init__(self, name: str, line: Line, life: Life) -> None:
        self.name = name
        self.line = line
        self._life = life
        self._process: BaseProcess | None = None

    def start(self) -> None:
        """A new process."""
        # The name in a process list; nothing else of it is shared.
        self._process = PROCESSES.Process(target=work, args=(self._life,), name=self.name)
        self._process.start()

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        os.kill(self.pid, number)

    def ended(self, within_s: float) -> int | None:
        """What it ended with (a signal's number negative), None if it lives still."""
        assert self._process is not None
        self._process.join(within_s)
        return self._process.exitcode

    def told(self) -> list[str]:
        """What it has told so far."""
        return self._life.told.read_text().splitlines() if self._life.told.exists() else []

    def phase(self) -> str:
        """What it told last of what it is doing, '' if nothing."""
        return next(
            (line.split(" phase ")[1].split(";")[0] for line in reversed(self.told()) if " phase " in line), ""
        )

    @property
    def pid(self) -> int:
        """Its process."""
        assert self._process is not None
        assert self._process.pid is not None
        return self._process.pid

    def close(self) -> None:
        """Nothing of it is left."""
        if self._process is not None and self._process.is_alive():
            self._process.kill()
            self._process.join(10.0)


class World:
    """A context. Nothing that it started is left when it ends."""

    def __init__(self, open_office: Opener, lines: Lines, folder: Path, seed: int, workers: int) -> None:
        self.dice = random.Random(seed)
        self._open_office = open_office
        self._lines = lines
        self._folder = folder
        self._count = workers
        self._stack = ExitStack()
        self.workers: list[Worker] = []
        self.exchanges: list[Exchange] = []
        """Every request that has ended, in the order of its beginning."""
        self.commands = 0

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self.database = self._open_office(self._folder)
            stack.callback(self.database.close)
            self.office = Office(self.database)
            self.audit = Audit(self.database)
            self.access = Echo360Access(self._start_echo360(stack), "office", "the-secret")
            self._asking = stack.enter_context(httpx.Client(base_url=self.access.url, timeout=20, trust_env=False))
            for number in range(self._count):
                self._add_worker(f"worker {chr(ord('A') + number)}", stack)
            self.timetabler = stack.enter_context(Timetabler(self.database, random.Random(self.dice.random())))
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def _start_echo360(self, stack: ExitStack) -> str:
        heard, tells = PROCESSES.Pipe(duplex=False)
        process = PROCESSES.Process(target=serve_echo360, args=("office", "the-secret", tells), name="Echo360")
        process.start()
        stack.callback(process.join, 10.0)
        stack.callback(process.kill)
        if not heard.poll(30.0):
            raise RuntimeError("Echo360 did not start")
        return str(heard.recv())

    def _add_worker(self, name: str, stack: ExitStack) -> None:
        line = self._lines.lay()
        user, database = postgres.USER, self.database.engine.url.database
        named = name.replace(" ", "%20")
        address = f"postgresql+psycopg://{user}@127.0.0.1:{line.port}/{database}?application_name={named}"
        life = Life(name, address, self.access, self._folder / f"{name}.log")
        worker = Worker(name, line, life)
        stack.callback(worker.close)
        worker.start()
        self.workers.append(worker)

    # ---- looking ------------------------------------------------------------------------------------------

    def leader(self) -> tuple[Worker | None, LeaseState]:
        """Which of the workers has the lease, None if it has run out or nobody has; and the lease."""
        lease = self.office.look(lambda books: books.office.lease())
        if lease.holder is None or lease.seconds_left <= 0:
            return None, lease
        return next((one for one in self.workers if f"({one.pid}-" in (lease.holder or "")), None), lease

    def pending(self) -> Pending:
        """What still has to happen."""
        return pending(self.office)

    def waits_for(self) -> str:
        """What waits, and why, for whoever looks into a campaign that got stuck."""
        marks = self.sql("SELECT ROOMID, LESSON_DATE, REASON, HELD_BY FROM STT_ECHO_DIRTY LIMIT 5")
        marks += self.sql("SELECT * FROM STT_ECHO_REFRESH LIMIT 5")
        pauses = self.sql("SELECT * FROM STT_ECHO_PAUSE WHERE LIFTED IS NULL")
        return f"{self.pending()} {marks} {pauses}"

    def sql(self, statement: str, **values: object) -> list[Any]:
        """Rows straight from the database."""
        with self.database.engine.begin() as connection:
            return list(connection.exec_driver_sql(statement, values or None).all())

    def end_backends_of(self, worker: Worker) -> int:
        """The server ends every session of this worker; how many there were."""
        return len(
            self.sql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND application_name = %(name)s",
                name=worker.name,
            )
        )

    def compared(self) -> Comparison:
        """A full listing beside the projection."""
        found = compare_now(self.office, self.access, 0)
        if isinstance(found, str):
            raise RuntimeError(f"the listing could not be completed: {found}")
        return found

    def look_at_requests(self) -> list[Exchange]:
        """Take what Echo360 has noted; returns what is under way."""
        noted = msgspec.json.decode(self._asking.get(REQUESTS).content, type=list[Exchange])
        self.exchanges += [one for one in noted if one.ended is not None]
        return [one for one in noted if one.ended is None]

    def stand_in_echo360(self) -> int:
        """How many schedules the simulator holds."""
        headers = {SECRET_HEADER: self.access.client_secret}
        return int(self._asking.get(f"{PREFIX}state", headers=headers).raise_for_status().json()["schedules"])

    # ---- staff --------------------------------------------------------------------------------------------

    def ask_for_something(self) -> None:
        """Staff ask on the command line; whoever leads carries it out, once."""
        room = self.dice.choice(ROOMS)
        self._ask(Refresh("Ann", room=room))
        self._ask(Pause(scope=Scope(room=room), reason="building work", by="Ann"))

    def ask_to_resume(self) -> None:
        """Every pause is to be lifted, those too that wait for being carried out."""
        if self.commands:
            self._ask(Resume(pauses=(), by="Ann"))

    def _ask(self, command: Asked) -> None:
        """Asked again while the database is busy: a process that stands still may be in the middle of writing."""
        kind, args = as_args(command)
        said = ""

        def asked() -> bool:
            nonlocal said
            try:
                self.office.keep(lambda books: books.office.post_command(kind, args, command.by))
            except DatabaseBusy as busy:
                said = str(busy)
                return False
            return True

        if not until(asked, BUSY_S):
            raise Stuck(f"the database was busy for {BUSY_S:.0f} s: {said} {self.sql(_AT_WORK)}")
        self.commands += 1


def until(condition: Callable[[], bool], within_s: float, every_s: float = 0.25) -> bool:
    """Wait for this; False if it did not come in time."""
    ends = time.monotonic() + within_s
    while not condition():
        if time.monotonic() > ends:
            return False
        time.sleep(every_s)
    return True
