"""A worker that kills itself at a named point: test code only, the program knows nothing of it.

One process of this module imports everything once, and then forks a worker for each line that it is given, because
a new interpreter costs half a second. The worker is composed as `echodesk.main` does it; around its ledger and
around the network lies a wrapper that sends its own process SIGKILL at the n-th crossing of a point (`points`).
"""

from __future__ import annotations

import dataclasses
import gc
import math
import os
import signal
import sys
import time
import traceback
from collections.abc import Awaitable, Callable
from pathlib import Path
from queue import SimpleQueue
from typing import Any, TypeVar

import httpx
import msgspec

from echodesk.access import Echo360Access
from echodesk.batches import ListPlans, SavePlan, ShowNotRecorded
from echodesk.capture.client import Echo360
from echodesk.capture.trust import context
from echodesk.clashes import FindAlike, ListDecisions, OpenRoomDay, ShowRoomDay, Suppose, Withdraw
from echodesk.lessons import ListMatter, LookUp, Matter
from echodesk.main import AllBooks, capture_settings, holder, open_office
from echodesk.messages import (
    CommandDone,
    EngineState,
    Event,
    Inspect,
    Phase,
    Refresh,
    SaveTable,
    ShowStop,
    Table,
    TableQuery,
    Watch,
    WorkerEnded,
    WorkerFailed,
)
from echodesk.settings import ShowSettings
from echodesk.worker.books import Books
from echodesk.worker.clock import MachineClock
from echodesk.worker.engine import Constants, Engine
from echodesk.worker.ports import Capture, EventSink, Ledger
from echodesk.worker.thread import WorkerThread
from tests.end_to_end.points import ANSWERED, COMMITTED, UNCOMMITTED, UNSENT, WRITTEN, request_name

T = TypeVar("T")

CONSTANTS = Constants(
    lease_ttl_s=3.0, lease_renew_s=0.4, lease_margin_s=0.5, deadline_s=2.0, idle_s=0.05, follow_s=0.1
)
"""The lease's constants divided by 10 (decisions: The demonstration and its contracts)."""
LONGEST_LIFE_S = 120
"""No worker outlives its campaign by more than this."""
JUMP_AFTER_S = 0.6
JUMPS_EVERY_S = 2.0
SECTION_OF_TRACE = {
    "http11.send_request_headers.started": UNSENT,
    "http11.send_request_body.complete": WRITTEN,
    "http11.receive_response_body.complete": ANSWERED,
}


class Life(msgspec.Struct, frozen=True, kw_only=True):
    """What one worker is to do."""

    data: str
    url: str
    client_id: str
    client_secret: str
    crossed: str
    """The file to which each crossing of a point is appended."""
    die_at: str = ""
    crossing: int = 1
    """The how-many-th crossing kills."""
    defect_at: str = ""
    """At the first crossings of this point an exception is raised, as if our own code had a defect."""
    defects: int = 1
    window: bool = False
    """Watches tables and looks into rows, as a window does."""
    plan: int = 0
    """The window's user saves this plan as a file; 0: none."""
    passes_on: bool = False
    """Asks for something as soon as it follows another."""
    ends_after_s: float = 0.0
    """Asked to end after so many seconds, 0 for never."""
    ca_file: str = ""
    """The authority that Echo360's certificate comes from, '' for the public ones."""
    jump_s: float = 0.0
    """Its clock jumps ahead by so many seconds, as after a suspend."""


class Points:
    """Notes every crossing, and kills this process at the one that was named."""

    def __init__(self, life: Life) -> None:
        self._die_at = life.die_at
        self._left = life.crossing
        self._defect_at = life.defect_at
        self._defects = life.defects
        self._crossed = os.open(life.crossed, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def cross(self, point: str) -> None:
        """This point is crossed now, by whichever thread."""
        os.write(self._crossed, f"{point}\n".encode())
        if point == self._die_at:
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
        if point == self._defect_at and self._defects:
            self._defects -= 1
            raise RuntimeError(f"a defect was asked for: {point}")


class DyingLedger:
    """The worker's ledger with a point before and after each commit."""

    def __init__(self, ledger: Ledger, points: Points) -> None:
        self._ledger = ledger
        self._points = points

    async def read(self, step: str, work: Callable[[Books], T]) -> T:
        """One read transaction."""
        return await self._around(self._ledger.read, step, work)

    async def write(self, step: str, work: Callable[[Books], T]) -> T:
        """One write transaction."""
        return await self._around(self._ledger.write, step, work)

    async def _around(self, whole: Callable[..., Awaitable[T]], step: str, work: Callable[[Books], T]) -> T:
        def until_its_commit(books: Books) -> T:
            answer = work(books)
            self._points.cross(f"{step}: {UNCOMMITTED}")
            return answer

        answer = await whole(step, until_its_commit)
        self._points.cross(f"{step}: {COMMITTED}")
        return answer


class DyingTransport(httpx.AsyncBaseTransport):
    """Real sockets with three points around each request."""

    def __init__(self, points: Points, real: httpx.AsyncBaseTransport) -> None:
        self._real = real
        self._points = points

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """One request."""
        name = request_name(request.method, request.url.raw_path.decode("ascii"))

        async def traced(event: str, _details: dict[str, Any]) -> None:
            when = SECTION_OF_TRACE.get(event)
            if when is not None:
                self._points.cross(f"{name}: {when}")

        request.extensions = {**request.extensions, "trace": traced}
        return await self._real.handle_async_request(request)

    async def aclose(self) -> None:
        """Give back all connections."""
        await self._real.aclose()


class JumpingClock(MachineClock):
    """The machine's clock, on which a suspend passes soon after the worker has begun, and again now and then."""

    def __init__(self, zone: str, jump_s: float) -> None:
        super().__init__(zone)
        self._jump_s = jump_s
        self._at = time.monotonic() + JUMP_AFTER_S

    def monotonic(self) -> float:
        """Seconds that never go back."""
        now = time.monotonic()
        # Again now and then: a term of office that began after one suspend has chores that wait for the next.
        return now + self._jump_s * max(0, math.ceil((now - self._at) / JUMPS_EVERY_S))


def compose(life: Life, sink: EventSink) -> WorkerThread:
    """The worker as `echodesk.main.make_worker` puts it together, with the points around its two ports."""
    points = Points(life)
    office = open_office(Path(life.data))
    access = Echo360Access(life.url, life.client_id, life.client_secret)
    clock = JumpingClock(office.zone(), life.jump_s)
    settings = dataclasses.replace(
        capture_settings(office, access, 0, loopback_only=True),
        deadline_s=CONSTANTS.deadline_s,
        ca_file=Path(life.ca_file) if life.ca_file else None,
    )
    checked_by = context(settings.ca_file)

    def parts(ledger: Ledger, events: EventSink) -> tuple[Engine, Capture]:
        real = httpx.AsyncHTTPTransport(verify=checked_by, trust_env=False, retries=0)
        capture = Echo360(settings, clock, DyingTransport(points, real))
        ledger = DyingLedger(ledger, points)
        engine = Engine(ledger, capture, clock, events, holder(), 0, CONSTANTS, write_plan=saved, write_table=kept)
        return engine, capture

    return WorkerThread(office, sink, parts)


def saved(books: Books, command: SavePlan, _calls_per_minute: int, _today: str) -> CommandDone:
    """What a file is written from is read; what is in it does not matter here."""
    return CommandDone(f"{len(books.batches.steps(command.plan))} steps")


def kept(books: Books, command: SaveTable, today: str, _told: Callable[[int, int], None]) -> CommandDone:
    """The same of a table."""
    assert isinstance(books, AllBooks)
    return CommandDone(f"{len(books.screens.found(command.table, command.query, today))} rows")


class _Events:
    def __init__(self) -> None:
        self.waiting: SimpleQueue[Event] = SimpleQueue()

    def post(self, event: Event) -> None:
        self.waiting.put(event)


def live(life: Life) -> int:
    """Work until killed or asked to end; the exit code. A defect of the worker ends it with 1."""
    events = _Events()
    worker = compose(life, events)
    signal.signal(signal.SIGTERM, lambda _number, _frame: worker.request_stop())
    worker.start()
    if life.window:
        for table in (Table.QUEUE, Table.NOTIFICATIONS):
            worker.submit(Watch(table, TableQuery(), 1))
        worker.submit(Inspect(Table.NOTIFICATIONS, 1))
        worker.submit(ShowStop(1))
        worker.submit(ListPlans())
        worker.submit(LookUp("a"))
        worker.submit(ShowNotRecorded(1))
        worker.submit(ShowRoomDay("R1", "2030-09-09"))
        worker.submit(OpenRoomDay("Ann", "R1", "2030-09-09"))
        worker.submit(Suppose(Withdraw("Ann", "Exams are over", (1,))))
        worker.submit(FindAlike(Withdraw("Ann", "Exams are over", (1,))))
        worker.submit(ListDecisions())
        worker.submit(ListMatter(next(iter(Matter))))
        worker.submit(ShowSettings())
        file = str(Path(life.data) / "changes.csv")
        worker.submit(SaveTable(file, Table.QUEUE, ("State",), None, TableQuery()))
        if life.plan:
            worker.submit(SavePlan(life.plan, str(Path(life.data) / "plan.csv")))
    ends_at = time.monotonic() + life.ends_after_s
    asked = False
    while True:
        if life.ends_after_s and time.monotonic() >= ends_at:
            worker.request_stop()
        event = None
        if not events.waiting.empty() or not life.ends_after_s:
            event = events.waiting.get()
        else:
            time.sleep(0.01)
        if isinstance(event, EngineState) and event.phase is Phase.FOLLOWING and life.passes_on and not asked:
            asked = True
            worker.submit(Refresh("follower", room="ROOM 1"))
        if isinstance(event, WorkerFailed):
            sys.stderr.write(event.details)
            return 1
        if isinstance(event, WorkerEnded):
            return 0


class Forks:
    """Forks workers and waits for them. Its words come and go as lines of JSON."""

    def __init__(self, told: Path) -> None:
        self._told = told
        self._alive: set[int] = set()

    def serve(self) -> None:
        """Until there are no more words; nothing that was forked is left alive then."""
        try:
            self._say({"ready": True})
            for line in sys.stdin:
                words = msgspec.json.decode(line)
                answer = self._start(words["start"]) if "start" in words else self._wait(**words["wait"])
                self._say(answer)
        finally:
            for pid in self._alive:
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)

    def _say(self, answer: object) -> None:
        sys.stdout.write(msgspec.json.encode(answer).decode() + "\n")
        sys.stdout.flush()

    def _start(self, words: object) -> object:
        life = msgspec.convert(words, Life)
        pid = os.fork()
        if pid:
            self._alive.add(pid)
            return {"pid": pid}
        code = 70
        try:
            signal.alarm(LONGEST_LIFE_S)
            nothing = os.open(os.devnull, os.O_RDWR)
            told = os.open(self._told, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
            for descriptor, target in ((nothing, 0), (nothing, 1), (told, 2)):
                os.dup2(descriptor, target)
            code = live(life)
        except BaseException:
            traceback.print_exc()
            raise
        finally:
            # Nothing of the parent's may be ended a second time by its child.
            sys.stderr.flush()
            os._exit(code)

    def _wait(self, pid: int, for_s: float) -> object:
        until = time.monotonic() + for_s
        while True:
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                self._alive.discard(pid)
                return {"ended": True, "signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0}
            if time.monotonic() >= until:
                return {"ended": False, "signal": 0}
            time.sleep(0.002)


def main() -> None:
    """Fork workers on request; the one argument is the file that takes what they have to tell."""
    # The children share these pages; a collection would copy them.
    gc.collect()
    gc.freeze()
    Forks(Path(sys.argv[1])).serve()


if __name__ == "__main__":
    main()
