"""The worker's thread: a defect is told and gone on from, a write is never abandoned half-way (reliability U2)."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue
from typing import TypeVar

import pytest

from echodesk.main import Office
from echodesk.messages import Event, Notice, WorkerEnded
from echodesk.worker.books import Books
from echodesk.worker.clock import MachineClock
from echodesk.worker.engine import Engine
from echodesk.worker.ports import Capture, EventSink, Ledger
from echodesk.worker.thread import ThreadLedger, WorkerThread
from tests.capture.world import Server, client
from tests.guards import ExpectedLogs
from tests.worker.world import World

T = TypeVar("T")
LONG_S = 30.0
"""Nothing here takes so long; a test that waits for it has failed."""


class Slow:
    """A ledger whose writes take until the test lets them go."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self.begun = threading.Event()
        self.go_on = threading.Event()
        self.ended = False

    def read(self, work: Callable[[Books], T]) -> T:
        """One read transaction."""
        return self._office.read(work)

    def write(self, work: Callable[[Books], T]) -> T:
        """One write transaction."""
        self.begun.set()
        assert self.go_on.wait(LONG_S)
        answer = self._office.write(work)
        self.ended = True
        return answer


def test_a_write_that_was_begun_is_waited_for_even_when_its_caller_is_cancelled(
    world: Callable[..., World],
) -> None:
    slow = Slow(world().office)

    async def run(executor: ThreadPoolExecutor) -> None:
        ledger = ThreadLedger(slow, executor)
        writing = asyncio.create_task(ledger.write("settings", lambda books: books.office.settings()))
        await asyncio.get_running_loop().run_in_executor(executor, slow.begun.wait, LONG_S)
        writing.cancel()
        # Cancelled, and still not over: the transaction is under way.
        await asyncio.sleep(0)
        assert not writing.done()
        slow.go_on.set()
        with pytest.raises(asyncio.CancelledError):
            await writing
        assert slow.ended

    with ThreadPoolExecutor(2) as executor:
        asyncio.run(run(executor))


class Sink:
    """What the worker told, in the order of telling."""

    def __init__(self) -> None:
        self.events: SimpleQueue[Event] = SimpleQueue()

    def post(self, event: Event) -> None:
        """An event of the worker."""
        self.events.put(event)


class Fails(Engine):
    """An engine with a defect, the first time it runs."""

    runs = 0

    async def run(self) -> None:
        """Fails once, then works until it is asked to stop."""
        type(self).runs += 1
        if self.runs == 1:
            raise ZeroDivisionError("a defect")
        await super().run()


def test_a_defect_is_told_and_a_new_engine_goes_on(
    world: Callable[..., World], expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("echodesk.worker.thread", "ended by a defect")
    office = world().office
    clock = MachineClock("Europe/London")
    sink = Sink()

    class Once(Fails):
        """Its own count of runs."""

    def parts(ledger: Ledger, events: EventSink) -> tuple[Engine, Capture]:
        capture = client(Server())
        return Once(ledger, capture, clock, events, "test", 0), capture

    worker = WorkerThread(office, sink, parts)
    worker.start()
    try:
        told = sink.events.get(timeout=LONG_S)
        # The new engine tells of itself once it runs.
        sink.events.get(timeout=LONG_S)
    finally:
        worker.request_stop()
        assert worker.join(LONG_S)
    assert isinstance(told, Notice)
    assert "ZeroDivisionError" in told.message
    assert Once.runs == 2
    last: Event = told
    while not sink.events.empty():
        last = sink.events.get_nowait()
    assert isinstance(last, WorkerEnded)
