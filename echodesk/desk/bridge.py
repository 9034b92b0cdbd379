"""The one way from other threads into the window (codebases §4.3; traps T2, T20).

One QObject, made in the Qt thread, with one queued signal. Any thread may `post`; everything is delivered in the
Qt thread, merged, at most 8 ms at a time and with a short rest between, so that painting comes first.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import TracebackType

from PySide6.QtCore import QElapsedTimer, QObject, Qt, QTimer, Signal, Slot

from echodesk.desk.merge import LIMIT, Delivered, EventBuffer

BUDGET_MS = 8
REST_MS = 40
"""Between two drains. Each delta that inserts rows above repaints the table (about 10 ms): 25 of them a second
leave the window free, and nobody reads faster."""


class EventBridge(QObject):
    """`post(event)` from any thread; `deliver(event)` is called in the Qt thread."""

    _wake = Signal()

    def __init__(self, deliver: Callable[[Delivered], None], limit: int = LIMIT) -> None:
        super().__init__()
        self._deliver = deliver
        self._lock = threading.Lock()
        self._buffer = EventBuffer(limit)
        self._open = True
        self._woken = False
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.timeout.connect(self._on_rest_timeout)
        self._wake.connect(self._on_wake, Qt.ConnectionType.QueuedConnection)

    def post(self, event: Delivered) -> None:
        """Take an event from any thread; never blocks for longer than a merge, drops all after `close`."""
        with self._lock:
            if not self._open:
                return
            self._buffer.add(event)
            wake = not self._woken
            self._woken = True
        if wake:
            self._wake.emit()

    def close(self) -> None:
        """Deliver nothing more. In the Qt thread."""
        with self._lock:
            self._open = False
            self._buffer.take()
        self._rest.stop()

    @Slot()
    def _on_wake(self) -> None:
        if not self._rest.isActive():
            self._drain()

    @Slot()
    def _on_rest_timeout(self) -> None:
        self._drain()

    def _drain(self) -> None:
        with self._lock:
            if not self._buffer:
                self._woken = False
                return
            waiting = self._buffer.take()
        spent = QElapsedTimer()
        spent.start()
        done = 0
        try:
            for event in waiting:
                done += 1
                self._deliver(event)
                if spent.elapsed() >= BUDGET_MS:
                    break
        finally:
            # A defect in one event must not lose the others: the rest waits for the next turn.
            with self._lock:
                if self._open:
                    if done < len(waiting):
                        self._buffer.put_back(waiting[done:])
                    self._rest.start(REST_MS)


ThreadHook = Callable[[threading.ExceptHookArgs], object]
Report = Callable[[type[BaseException], BaseException | None, TracebackType | None], None]


def on_thread_failure(report: Report) -> ThreadHook:
    """Let `report` see every exception that ends a thread, in that thread; answers the hook that was there."""
    before = threading.excepthook

    def hook(args: threading.ExceptHookArgs) -> None:
        report(args.exc_type, args.exc_value, args.exc_traceback)

    threading.excepthook = hook
    return before


def restore_thread_hook(before: ThreadHook) -> None:
    """Give thread failures back to the hook that was there."""
    threading.excepthook = before
