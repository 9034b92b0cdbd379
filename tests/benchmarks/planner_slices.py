"""The plan of a whole year in slices, on another thread, beside a ticking Qt event loop."""

from __future__ import annotations

import asyncio
import threading
import time
from pathlib import Path

import qasync  # type: ignore[import-untyped]  # it ships no types
from PySide6.QtWidgets import QApplication

from echodesk.planning.slices import plan_in_slices
from echodesk.planning.values import Situation
from echodesk.worker.still import kept_still
from tests.benchmarks.figures import Figure, at_most, median
from tests.benchmarks.lessons import situation
from tests.desk.fakes import ThreadedSource
from tests.desk.tick_probe import TickMeter, Ticks

IDLE_S = 2.0


def measure(folder: Path, *, quick: bool = False) -> list[Figure]:
    """500 rooms, 100,000 lessons against 100,000 schedules; the planning goes round for as long as is measured."""
    year = situation(2_000, days=4, rooms=100) if quick else situation(100_000, days=100, rooms=500)
    app = QApplication([])
    with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(app)) as runner, kept_still():
        idle, busy, seconds = runner.run(_ticks(year, 0.5 if quick else 10.0))
    same = "the same event loop idle"
    return [
        Figure("planner_slices", seconds, "s", "at most", 3.0, at_most(3.0)),
        Figure("planner_slices_tick", busy.p99_ms, "ms (99 %)", same, idle.p99_ms, None),
        Figure("planner_slices_gap", busy.max_ms, "ms", same, idle.max_ms, at_most(100.0)),
    ]


async def _ticks(year: Situation, seconds: float) -> tuple[Ticks, Ticks, float]:
    taken: list[float] = []

    def plan(stop: threading.Event) -> None:
        while not stop.is_set() or not taken:
            began = time.perf_counter()
            asked = sum(len(piece.requests) for piece in plan_in_slices(year))
            taken.append(time.perf_counter() - began)
            if asked <= len(year.occurrences) // 10:
                raise AssertionError(f"only {asked} requests")

    meter = TickMeter()
    idle = await meter.measure(min(IDLE_S, seconds))
    with ThreadedSource(plan):
        busy = await meter.measure(seconds)
    return idle, busy, median(taken)
