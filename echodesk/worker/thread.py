"""The worker's thread: a plain asyncio loop, its database executor, and the way in and out for other threads.
And a thread for what blocks beside it.

A defect in the engine does not end the work: it is told, and a new engine starts with a growing pause. What was
under way then is an intent or a mark in the database, so nothing is lost by it.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import traceback
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Protocol, TypeVar

from echodesk.errors import WorkerStopped
from echodesk.messages import Command, CommandReply, Level, Notice, WorkerEnded, WorkerFailed
from echodesk.worker.books import Books
from echodesk.worker.engine import Engine
from echodesk.worker.ports import Capture, EventSink, Ledger

log = logging.getLogger(__name__)

T = TypeVar("T")

DATABASE_THREADS = 2
RESTART_MAX_S = 60.0
HEALTHY_S = 600.0
"""An engine that ran this long before it failed was well: its failure is the first of a row."""
GIVE_UP_AFTER = 6
"""After this many defects in a row the worker ends and a person has to start it again."""


class SyncLedger(Protocol):
    """Whole transactions, blocking; safe to use from several threads."""

    def read(self, work: Callable[[Books], T]) -> T: ...

    def write(self, work: Callable[[Books], T]) -> T: ...


class ThreadLedger:
    """The worker's ledger: each transaction whole on a thread of its own executor."""

    def __init__(self, ledger: SyncLedger, executor: ThreadPoolExecutor) -> None:
        self._ledger = ledger
        self._executor = executor
        # SQLite lets one write at a time, and whoever comes second sleeps and asks again: here it takes its turn.
        self._writing = asyncio.Lock()

    async def read(self, step: str, work: Callable[[Books], T]) -> T:
        """One read transaction."""
        return await asyncio.get_running_loop().run_in_executor(self._executor, self._ledger.read, work)

    async def write(self, step: str, work: Callable[[Books], T]) -> T:
        """One write transaction; once begun it is never abandoned half-way."""
        async with self._writing:
            writing = asyncio.get_running_loop().run_in_executor(self._executor, self._ledger.write, work)
            try:
                return await asyncio.shield(writing)
            except asyncio.CancelledError:
                await asyncio.wait({writing})
                raise


Parts = Callable[[Ledger, EventSink], tuple[Engine, Capture]]
"""Makes the engine and its client, on the worker's loop."""


class WorkerThread:
    """One worker in one thread. `start` once; `submit` from any thread; `request_stop`, then `join`."""

    def __init__(self, ledger: SyncLedger, sink: EventSink, parts: Parts) -> None:
        self._ledger = ledger
        self._sink = sink
        self._parts = parts
        self._thread = threading.Thread(target=self._run, name="echodesk-worker")
        self._lock = threading.Lock()
        self._early: list[tuple[Command, Future[CommandReply]]] = []
        """Commands that came before the loop ran."""
        self._stop_early = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._engine: Engine | None = None
        self._stopping = asyncio.Event()
        self._calls: dict[str, int] = {}
        self._capture: Capture | None = None
        self._pending: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        """Start the thread; commands may be submitted at once."""
        self._thread.start()

    def submit(self, command: Command) -> Future[CommandReply]:
        """Hand a command over. The future fails with an `EchoDeskError`; after the end with `WorkerStopped`."""
        future: Future[CommandReply] = Future()
        with self._lock:
            if self._loop is None and self._thread.is_alive():
                self._early.append((command, future))
                return future
        if not self._call(self._take, command, future):
            future.set_exception(_stopped())
        return future

    def request_stop(self) -> None:
        """Ask the worker to end: what is in flight ends or leaves its intent, the lease is given back."""
        with self._lock:
            if self._loop is None:
                self._stop_early = True
                return
        self._call(self._stop)

    def _call(self, function: Callable[..., None], *args: object) -> bool:
        """Run a function on the worker's loop; False if it has ended."""
        loop = self._loop
        if loop is None or not self._thread.is_alive():
            return False
        try:
            loop.call_soon_threadsafe(function, *args)
        except RuntimeError:
            # The loop was closed between the question and the call.
            return False
        return True

    def join(self, timeout_s: float) -> bool:
        """Wait for the end; False if it did not come in time."""
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def calls(self) -> dict[str, int]:
        """Calls sent so far by method."""
        return self._capture.calls() if self._capture is not None else dict(self._calls)

    # ---- on the worker's thread ---------------------------------------------------------------------------

    def _run(self) -> None:
        asyncio.run(self._main())

    async def _main(self) -> None:
        with self._lock:
            self._loop = asyncio.get_running_loop()
            if self._stop_early:
                self._stopping.set()
        executor = ThreadPoolExecutor(DATABASE_THREADS, thread_name_prefix="echodesk-database")
        wait_s = 1.0
        failures = 0
        try:
            while not self._stopping.is_set():
                began = self._loop.time()
                failure = await self._one_engine(ThreadLedger(self._ledger, executor))
                if failure is None:
                    break
                if self._loop.time() - began > HEALTHY_S:
                    failures, wait_s = 0, 1.0
                failures += 1
                details = "".join(traceback.format_exception(failure))
                log.error("the worker ended by a defect (%d in a row)", failures, exc_info=failure)
                if failures >= GIVE_UP_AFTER:
                    self._sink.post(WorkerFailed(details))
                    break
                self._sink.post(
                    Notice(
                        Level.ERROR,
                        "The worker had to start again",
                        f"{type(failure).__name__}: {failure}",
                        f"Nothing is lost; it goes on in {wait_s:.0f} s. The log has the details.",
                    )
                )
                try:
                    await asyncio.wait_for(self._stopping.wait(), wait_s)
                except TimeoutError:
                    wait_s = min(wait_s * 2, RESTART_MAX_S)
        finally:
            executor.shutdown(wait=True, cancel_futures=True)
            self._refuse_early()
            self._sink.post(WorkerEnded())

    async def _one_engine(self, ledger: Ledger) -> BaseException | None:
        """Run one engine to its end; returns the defect that ended it, if any."""
        self._engine, self._capture = self._parts(ledger, self._sink)
        running = asyncio.create_task(self._engine.run())
        for command, future in self._take_early():
            self._take(command, future)
        await asyncio.wait({running})
        if self._pending:
            await asyncio.wait(set(self._pending))
        await self._capture.close()
        self._calls = self._capture.calls()
        return running.exception()

    def _take_early(self) -> list[tuple[Command, Future[CommandReply]]]:
        with self._lock:
            early, self._early = self._early, []
        return early

    def _refuse_early(self) -> None:
        for _command, future in self._take_early():
            future.set_exception(_stopped())

    def _take(self, command: Command, future: Future[CommandReply]) -> None:
        if self._engine is None or self._stopping.is_set():
            future.set_exception(_stopped())
            return
        task = asyncio.ensure_future(self._answer(self._engine, command, future))
        self._pending.add(task)
        task.add_done_callback(self._pending.discard)

    async def _answer(self, engine: Engine, command: Command, future: Future[CommandReply]) -> None:
        working = asyncio.ensure_future(engine.command(command))
        await asyncio.wait({working})
        failure = working.exception()
        if failure is None:
            future.set_result(working.result())
        else:
            future.set_exception(failure)

    def _stop(self) -> None:
        self._stopping.set()
        if self._engine is not None:
            self._engine.request_stop()


class Aside:
    """A thread for what blocks and is wanted now and then, one piece after the other. `close` it at the end."""

    def __init__(self) -> None:
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="echodesk-aside")

    def submit(self, work: Callable[[], T]) -> Future[T]:
        """Have it done; the thread starts with the first piece."""
        return self._executor.submit(work)

    def close(self) -> None:
        """Wait for the piece in hand; what has not begun is dropped."""
        self._executor.shutdown(wait=True, cancel_futures=True)


def _stopped() -> WorkerStopped:
    return WorkerStopped("EchoDesk is stopping", "It takes no more commands.", "Start it again.")
