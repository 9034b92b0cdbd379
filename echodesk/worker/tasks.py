"""Long tasks that staff see: their progress, and their end when they are cancelled."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any

from echodesk.messages import Progress
from echodesk.worker.ports import EventSink


async def first_of(*waits: Coroutine[Any, Any, object]) -> None:
    """Until the first of these has ended; the others are given up."""
    running = {asyncio.ensure_future(one) for one in waits}
    try:
        await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for one in running:
            one.cancel()


@dataclass(slots=True)
class _Task:
    label: str
    total: int
    done: int
    cancellable: bool
    cancelled: bool = False


class Tasks:
    """Long tasks of one worker."""

    def __init__(self, sink: EventSink) -> None:
        self._sink = sink
        self._tasks: dict[int, _Task] = {}
        self._last = 0

    def start(self, label: str, total: int = 0, *, cancellable: bool = False) -> int:
        """Begin to tell about a task; `total` 0 while nobody knows how much it is."""
        self._last += 1
        self._tasks[self._last] = _Task(label, total, 0, cancellable)
        self._tell(self._last)
        return self._last

    def advance(self, task: int, done: int, total: int | None = None) -> None:
        """Say how far a task is."""
        one = self._tasks.get(task)
        if one is None or (one.done, one.total) == (done, total if total is not None else one.total):
            return
        one.done = done
        if total is not None:
            one.total = total
        self._tell(task)

    def end(self, task: int) -> None:
        """The task is over, done or not."""
        one = self._tasks.pop(task, None)
        if one is not None:
            self._sink.post(Progress(task, one.label, max(one.total, 1), max(one.total, 1), False))

    def cancel(self, task: int) -> bool:
        """Someone pressed Cancel; True if the task runs and can be cancelled."""
        one = self._tasks.get(task)
        if one is None or not one.cancellable:
            return False
        one.cancelled = True
        return True

    def cancelled(self, task: int) -> bool:
        """True once the task should end."""
        one = self._tasks.get(task)
        return one is None or one.cancelled

    def _tell(self, task: int) -> None:
        one = self._tasks[task]
        self._sink.post(Progress(task, one.label, one.done, one.total, one.cancellable))
