"""Ctrl-C and the service manager's stop end the window like its close button (desktop.md §3, trap 6)."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Callable, Iterator
from types import FrameType

from PySide6.QtCore import QTimer

LISTEN_MS = 250


@contextlib.contextmanager
def ending_on_signals(end: Callable[[], None]) -> Iterator[None]:
    """While inside, SIGINT and SIGTERM call `end`. Only in the main thread.

    Python runs a signal's handler between two of its own instructions, of which an idle Qt loop has none: a timer
    gives it some, four times a second.
    """

    def on_signal(number: int, frame: FrameType | None) -> None:
        end()

    def on_listen_timeout() -> None:
        """Nothing to do: being called is what lets Python look for signals."""

    usual = {number: signal.signal(number, on_signal) for number in (signal.SIGINT, signal.SIGTERM)}
    listening = QTimer()
    listening.timeout.connect(on_listen_timeout)
    listening.start(LISTEN_MS)
    try:
        yield
    finally:
        listening.stop()
        for number, handler in usual.items():
            signal.signal(number, handler)
