"""The programs of a failover: a worker on PostgreSQL, and an Echo360 that notes who asks it when. Test code only.

Each runs in a process of its own. A worker is composed as `echodesk.main` does it, with the office's own
constants; around its ledger and its network lies a wrapper that says who writes and who asks, under which epoch.
"""

from __future__ import annotations

import asyncio
import dataclasses
import logging
import multiprocessing
import random
import signal
import socket
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from queue import SimpleQueue
from typing import Any, TypeVar

import httpx
import msgspec
import uvicorn

from echodesk.access import Echo360Access
from echodesk.capture.client import Echo360
from echodesk.main import AllBooks, Office, capture_settings, holder
from echodesk.messages import EngineState, Event, Notice, WorkerEnded, WorkerFailed
from echodesk.planning.answers import CALL_DEADLINE_S
from echodesk.simulator.asgi import Application, Receive, Scope, Send
from echodesk.simulator.control import Control
from echodesk.simulator.model import InstitutionConfig
from echodesk.simulator.server import ServerConfig, build
from echodesk.store.database import Database
from echodesk.store.servers import open_postgresql
from echodesk.worker.books import Books
from echodesk.worker.engine import Constants, Engine
from echodesk.worker.ports import Capture, EventSink, Ledger
from echodesk.worker.thread import WorkerThread
from tests.databases.engines import SQL
from tests.worker.campus import echo360_seed

T = TypeVar("T")

CONSTANTS = Constants(idle_s=1.0)
"""The office's own; but it looks for work every second only, so that many worlds find room on one machine."""
LATENCY_S = 0.12
"""How long an answer of Echo360 takes at least, so that something is on the wire at most moments."""
WORKER_HEADER = "x-test-worker"
REQUESTS = "/_requests"
"""Where the parent takes what was noted."""
WRITTEN_BY = "SELECT set_config('echodesk.written_by', %s, true)"


@dataclasses.dataclass(frozen=True, slots=True)
class Life:
    """What a worker needs to live."""

    name: str
    database: str
    """The address of its line to the server."""
    access: Echo360Access
    told: Path
    """The file that takes what it has to tell."""


class Term:
    """Under which epoch this worker believes to be at work."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.epoch = 0


class NotedLedger:
    """The worker's ledger; every transaction that writes says whose it is, under which epoch, and what for."""

    def __init__(self, ledger: Ledger, term: Term) -> None:
        self._ledger = ledger
        self._term = term

    async def read(self, step: str, work: Callable[[Books], T]) -> T:
        """One read transaction."""
        return await self._ledger.read(step, work)

    async def write(self, step: str, work: Callable[[Books], T]) -> T:
        """One write transaction."""
        writer = f"{self._term.name}|{self._term.epoch}|{step}"

        def noted(books: Books) -> T:
            if not isinstance(books, AllBooks):
                raise TypeError("not the books of this program")
            books.connection.exec_driver_sql(WRITTEN_BY, (writer,))
            return work(books)

        answer = await self._ledger.write(step, noted)
        if step == "take lease" and isinstance(answer, tuple) and answer[0] is not None:
            self._term.epoch = answer[0].epoch
        return answer


class NotedTransport(httpx.AsyncBaseTransport):
    """Real sockets; each request says who sends it, and under which epoch."""

    def __init__(self, term: Term, real: httpx.AsyncBaseTransport) -> None:
        self._real = real
        self._term = term

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """One request."""
        request.headers[WORKER_HEADER] = f"{self._term.name}|{self._term.epoch}"
        return await self._real.handle_async_request(request)

    async def aclose(self) -> None:
        """Give back all connections."""
        await self._real.aclose()


class _Events:
    def __init__(self) -> None:
        self.waiting: SimpleQueue[Event] = SimpleQueue()

    def post(self, event: Event) -> None:
        self.waiting.put(event)


def work(life: Life) -> None:
    """A worker until it is killed, or asked to end by SIGTERM."""
    logging.basicConfig(filename=life.told, level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    office = Office(Database(open_postgresql(life.database, SQL)))
    events = _Events()
    worker = _composed(life, office, events)
    signal.signal(signal.SIGTERM, lambda _number, _frame: worker.request_stop())
    worker.start()
    parent = multiprocessing.parent_process()
    while parent is not None and parent.is_alive():
        if events.waiting.empty():
            time.sleep(0.1)
            continue
        event = events.waiting.get()
        if isinstance(event, EngineState):
            logging.info("phase %s; database: %s; Echo360: %s", event.phase, event.database, event.echo360)
        elif isinstance(event, WorkerFailed | Notice):
            logging.error("defect: %s", event)
        elif isinstance(event, WorkerEnded):
            break
    worker.request_stop()
    worker.join(10.0)
    office.close()


def _composed(life: Life, office: Office, sink: EventSink) -> WorkerThread:
    clock = office.clock()
    settings = dataclasses.replace(
        capture_settings(office, life.access, 0, loopback_only=True),
        deadline_s=CALL_DEADLINE_S,
        organization="University",
        campus="Main",
    )

    def parts(ledger: Ledger, events: EventSink) -> tuple[Engine, Capture]:
        term = Term(life.name)
        real = httpx.AsyncHTTPTransport(trust_env=False, retries=0)
        capture = Echo360(settings, clock, NotedTransport(term, real))
        noted = NotedLedger(ledger, term)
        dice = random.Random(holder()).random
        return Engine(noted, capture, clock, events, holder(), 0, CONSTANTS, dice=dice), capture

    return WorkerThread(office, sink, parts)


class Exchange(msgspec.Struct, array_like=True):
    """One request of a worker, as Echo360 met it. Times are those of the machine's clock."""

    worker: str
    epoch: int
    method: str
    path: str
    began: float
    ended: float | None = None
    """None: it is under way."""
    status: int = 0


class NotingEcho360:
    """The simulator, which notes when each request of a worker begins and ends."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._seen: list[Exchange] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope.get("headers", ())}
        if scope.get("path") == REQUESTS:
            await self._tell(send)
            return
        if WORKER_HEADER not in headers:
            await self._application(scope, receive, send)
            return
        worker, epoch = headers[WORKER_HEADER].split("|")
        one = Exchange(worker, int(epoch), scope["method"], scope["path"], time.time())
        self._seen.append(one)

        async def noted(message: Any) -> None:
            one.status = message.get("status", one.status)
            await send(message)

        try:
            await self._application(scope, receive, noted)
        finally:
            one.ended = time.time()

    async def _tell(self, send: Send) -> None:
        """Everything that has ended since the last time, and what is under way."""
        body = msgspec.json.encode(self._seen)
        self._seen = [one for one in self._seen if one.ended is None]
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": body})


def serve_echo360(client_id: str, client_secret: str, ready: Connection) -> None:
    """An Echo360 until SIGTERM, or until its parent is gone; tells its address as soon as it can be asked."""
    institution = InstitutionConfig(client_id=client_id, client_secret=client_secret, calls_per_minute=0)
    simulator = build(institution, ServerConfig(latency_s=LATENCY_S), echo360_seed())
    application = NotingEcho360(Application(simulator, Control(simulator, client_secret)))
    with socket.create_server(("127.0.0.1", 0), backlog=256) as listener:
        settings = uvicorn.Config(
            application, ws="none", lifespan="off", log_level="critical", access_log=False, timeout_keep_alive=75
        )
        server = uvicorn.Server(settings)
        ready.send(f"http://127.0.0.1:{listener.getsockname()[1]}")
        asyncio.run(_until_orphaned(server, listener))


async def _until_orphaned(server: uvicorn.Server, listener: socket.socket) -> None:
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    parent = multiprocessing.parent_process()
    while not serving.done():
        await asyncio.wait({serving}, timeout=1.0)
        server.should_exit = server.should_exit or parent is None or not parent.is_alive()
