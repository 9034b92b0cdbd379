"""How evenly the Qt thread ticks while a worker's thread posts row changes: for the benchmarks and for one test.

A precise 5 ms timer stands for everything a person does; what it measures is how long a click would have waited.
"""

from __future__ import annotations

import asyncio
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import qasync  # type: ignore[import-untyped]  # it ships no types
from PySide6.QtCore import QElapsedTimer, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication

from echodesk.desk import fonts
from echodesk.desk.app import DeskOptions, Session
from echodesk.desk.bridge import EventBridge
from echodesk.desk.theme import ThemeName
from echodesk.messages import QueueRow, Row, Table, TableDelta, Watch
from echodesk.settings import DEMONSTRATION
from tests.desk.fakes import FakeWorker, ThreadedSource
from tests.desk.rows import campus, queue_row

TICK_MS = 5
BATCHES_A_SECOND = 20
STATUSES = ("PROCESSED", "FAILED", "IN_PROGRESS", "UNPROCESSED")


@dataclass(frozen=True, slots=True)
class Ticks:
    """Intervals between ticks in milliseconds; ideal is 5."""

    p50_ms: float
    p99_ms: float
    max_ms: float
    count: int


@dataclass(frozen=True, slots=True)
class TickReport:
    """An idle window, and the same window under load, in the same run."""

    idle: Ticks
    busy: Ticks
    changes_per_s: float
    """Row changes that were really posted in the measured time."""
    shown: int
    total: int
    usable_ms: float
    """From making the window to the first table with all its rows on screen."""


class TickMeter(QObject):
    """Collects the intervals of a precise timer."""

    def __init__(self) -> None:
        super().__init__()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._on_tick)
        self._clock = QElapsedTimer()
        self._found: list[int] = []

    async def measure(self, seconds: float) -> Ticks:
        """Watch for this long."""
        self._found = []
        self._clock.start()
        self._timer.start()
        await asyncio.sleep(seconds)
        self._timer.stop()
        return summed(self._found)

    def _on_tick(self) -> None:
        self._found.append(self._clock.nsecsElapsed())
        self._clock.restart()


def summed(intervals_ns: list[int]) -> Ticks:
    """Median, 99th percentile and largest."""
    found = sorted(intervals_ns) or [0]
    middle, high = found[len(found) // 2], found[min(len(found) - 1, int(len(found) * 0.99))]
    return Ticks(middle / 1e6, high / 1e6, found[-1] / 1e6, count=len(intervals_ns))


class Churn:
    """Posts deltas of a table in the shape a worker does: 90 % updates, 9 % inserts, 1 % deletes."""

    def __init__(self, worker: FakeWorker, keys: list[int], total: int, rate: int, seed: int) -> None:
        self._worker = worker
        self._keys = keys
        self._total = total
        self._rate = rate
        self._draw = random.Random(seed)
        self._next = max(keys) + 1
        self.posted = 0

    def run(self, stop: threading.Event) -> None:
        """Until told to stop; a batch each 50 ms, by the clock, so that a slow batch is made up for."""
        began = time.monotonic()
        batch = 0
        while not stop.is_set():
            self._post(self._rate // BATCHES_A_SECOND)
            batch += 1
            stop.wait(max(0.0, began + batch / BATCHES_A_SECOND - time.monotonic()))

    def _post(self, count: int) -> None:
        watch = self._worker.watching.get(Table.QUEUE)
        if watch is None:
            return
        rows, deletes = self._changes(count)
        base = self._worker.cursors[Table.QUEUE]
        self._worker.cursors[Table.QUEUE] = base + 1
        counts = (("PROCESSED", self._total),)
        self._worker.sink.post(
            TableDelta(Table.QUEUE, watch.generation, base, base + 1, rows, deletes, False, counts)
        )
        self.posted += count

    def _changes(self, count: int) -> tuple[tuple[Row, ...], frozenset[int]]:
        rows: dict[int, Row] = {}
        deletes: set[int] = set()
        for _ in range(count):
            what = self._draw.random()
            if what < 0.90:
                key = self._draw.choice(self._keys)
                rows[key] = queue_row(key, status=self._draw.choice(STATUSES), attempts=self._draw.randint(1, 9))
            elif what < 0.99:
                self._keys.append(self._next)
                rows[self._next] = queue_row(self._next, status="UNPROCESSED", worst="")
                self._next += 1
                self._total += 1
            else:
                key = self._keys.pop(self._draw.randrange(len(self._keys)))
                rows.pop(key, None)
                deletes.add(key)
                self._total -= 1
        return tuple(rows.values()), frozenset(deletes - rows.keys())


class LargeTable(FakeWorker):
    """Says that the table has `total` rows and ships the newest 10,000, made once."""

    def __init__(self, bridge: EventBridge, shown: int, total: int) -> None:
        super().__init__(bridge)
        self._total = total
        first = queue_row(total)
        self.shipped: tuple[QueueRow, ...] = tuple(
            replace(first, key=key, slotid=key, status=STATUSES[key % 4])
            for key in range(total, total - shown, -1)
        )

    def snapshot(self, table: Table) -> None:
        watch: Watch = self.watching[table]
        rows: tuple[Row, ...] = self.shipped if table is Table.QUEUE else ()
        cursor, counts = self.cursors[table], (("PROCESSED", self._total),) if rows else ()
        self.sink.post(TableDelta(table, watch.generation, cursor, cursor, rows, frozenset(), True, counts))


def probe(
    app: QApplication,
    seconds: float = 30.0,
    warm_up_s: float = 5.0,
    idle_s: float = 5.0,
    rate: int = 1_000,
    shown: int = 10_000,
    total: int = 100_000,
    act: Callable[[Session], None] = lambda session: None,
) -> TickReport:
    """Measure a real window in this process; `act` may click around once the load runs."""
    report: list[TickReport] = []

    async def main() -> None:
        workers: list[LargeTable] = []

        def make(bridge: EventBridge) -> FakeWorker:
            workers.append(LargeTable(bridge, shown, total))
            return workers[0]

        options = DeskOptions(DEMONSTRATION, "Ann", campus(), ThemeName.LIGHT, fonts.PICTURE_FAMILIES)
        clock = QElapsedTimer()
        clock.start()
        session = Session(app, make, options)
        prepared_ms = clock.elapsed()

        async def script(window: object) -> None:
            clock.restart()
            session.window.open_page(1)
            page = session.window.queue
            async with asyncio.timeout(30):
                while page.model.rowCount() < shown:  # noqa: ASYNC110 - the model has no event for it
                    await asyncio.sleep(0.005)
            page.view.grab()
            usable_ms = prepared_ms + clock.elapsed()
            meter = TickMeter()
            await asyncio.sleep(min(1.0, warm_up_s))
            idle = await meter.measure(idle_s)
            keys = list(range(total - shown + 1, total + 1))
            churn = Churn(workers[0], keys, total, rate, seed=7)
            with ThreadedSource(churn.run):
                await asyncio.sleep(warm_up_s)
                act(session)
                before = churn.posted
                busy = await meter.measure(seconds)
                changes = (churn.posted - before) / seconds
            report.append(TickReport(idle, busy, changes, page.model.rowCount(), page.feed.total, usable_ms))

        await session.run(script)

    app.setStyle("Fusion")
    fonts.use_font(app, fonts.PICTURE_FAMILIES)
    with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(app)) as runner:
        runner.run(main())
    return report[0]
