"""Commands from the window to the worker, and the coroutines that wait for replies (traps T9, T24)."""

from __future__ import annotations

import asyncio
import concurrent.futures
from collections.abc import Callable, Coroutine
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from echodesk.errors import EchoDeskError, WorkerStopped
from echodesk.messages import Command, CommandDone, CommandReply


class WorkerHandle(Protocol):
    """The worker's thread as the window sees it; `main.py` puts the real one in. No method blocks but `join`."""

    def start(self) -> None:
        """Begin. Events come through the sink that the worker was made with."""
        ...

    def submit(self, command: Command) -> concurrent.futures.Future[CommandReply]:
        """Hand a command over. After a stop was requested the future fails with `WorkerStopped`; never raises."""
        ...

    def request_stop(self) -> None:
        """Finish the unit in hand and end; the last event is `WorkerEnded`."""
        ...

    def join(self, timeout_s: float) -> bool:
        """Wait for the thread; True if it has ended."""
        ...


class Gateway(QObject):
    """Sends commands and keeps every task until it is done; nothing fails unheard."""

    troubled = Signal(object)
    """An `EchoDeskError` that a command ended with."""
    answered = Signal(object)
    """A `CommandDone` worth a sentence."""

    def __init__(self, report: Callable[[BaseException], None]) -> None:
        super().__init__()
        self._report = report
        self._worker: WorkerHandle | None = None
        self._closed = False
        self._tasks: set[asyncio.Task[None]] = set()

    def attach(self, worker: WorkerHandle) -> None:
        """Commands go to this worker from now on."""
        self._worker = worker

    def close(self) -> None:
        """Refuse new commands: the window is about to end."""
        self._closed = True

    async def ask(self, command: Command) -> CommandReply:
        """The worker's reply. Cancelling the caller does not cancel the command.

        Raises `WorkerStopped` when there is no worker, or whatever `EchoDeskError` the command ended with.
        """
        if self._closed or self._worker is None:
            raise WorkerStopped("EchoDesk is closing", "No more commands are taken.", "Start EchoDesk again.")
        return await asyncio.shield(asyncio.wrap_future(self._worker.submit(command)))

    def send(self, command: Command, then: Callable[[], None] | None = None) -> None:
        """Send from a click: the answer or the trouble is shown, and `then` is called in either case."""
        self.start(self._send(command, then))

    def start(self, work: Coroutine[object, object, None]) -> None:
        """Run a coroutine of the window; `EchoDeskError` is shown, anything else reported as a defect."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._on_task_done)

    async def finish(self) -> None:
        """Cancel what still waits, and wait for it; for the end of the program."""
        waiting = [task for task in self._tasks if task is not asyncio.current_task()]
        for task in waiting:
            task.cancel()
        if waiting:
            # What went wrong in them is told by `_on_task_done`.
            await asyncio.wait(waiting)

    async def _send(self, command: Command, then: Callable[[], None] | None) -> None:
        try:
            reply = await self.ask(command)
        finally:
            if then is not None:
                then()
        if isinstance(reply, CommandDone) and reply.text:
            self.answered.emit(reply)

    def _on_task_done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if task.cancelled():
            return
        trouble = task.exception()
        if isinstance(trouble, EchoDeskError):
            self.troubled.emit(trouble)
        elif trouble is not None:
            self._report(trouble)
