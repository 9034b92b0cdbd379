"""Ctrl-C and the service manager's stop end the window like its close button (desktop.md §3, trap 6)."""

from __future__ import annotations

import contextlib
import signal
import socket
from collections.abc import Callable, Iterator
from types import FrameType

from PySide6.QtCore import QSocketNotifier


@contextlib.contextmanager
def ending_on_signals(end: Callable[[], None]) -> Iterator[None]:
    """While inside, SIGINT and SIGTERM call `end`. Only in the main thread.

    Python runs a signal's handler between two of its own instructions, of which an idle Qt loop has none; so the
    signal is also written to a socket that wakes Qt.
    """
    read_end, write_end = socket.socketpair()
    read_end.setblocking(False)
    write_end.setblocking(False)
    notifier = QSocketNotifier(read_end.fileno(), QSocketNotifier.Type.Read)

    def on_readable() -> None:
        with contextlib.suppress(BlockingIOError):
            read_end.recv(64)

    def on_signal(number: int, frame: FrameType | None) -> None:
        end()

    notifier.activated.connect(on_readable)
    usual_fd = signal.set_wakeup_fd(write_end.fileno())
    usual = {number: signal.signal(number, on_signal) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in usual.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(usual_fd)
        notifier.setEnabled(False)
        read_end.close()
        write_end.close()
