"""Python's garbage is collected in the Qt thread alone.

The cyclic collector runs in whichever thread happens to allocate. In the worker's thread it would destroy windows,
dialogs and timers whose wrappers stand in a cycle, which Qt forbids and answers with a crash.
"""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator

from PySide6.QtCore import QTimer

LOOK_MS = 100
YOUNG = 2_000
"""So many new objects are looked through at once: a few milliseconds at most."""
ROUNDS = (10, 50)
"""After so many rounds of one generation the next older one is collected as well."""


class Collector:
    """Does by a timer what the interpreter would do by itself."""

    def __init__(self) -> None:
        self._rounds = [0, 0]
        self._timer = QTimer()
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self._on_timeout)

    def start(self) -> None:
        """Take over from the interpreter."""
        gc.disable()
        self._timer.start()

    def stop(self) -> None:
        """Collect everything once more, in this thread, and give the work back."""
        self._timer.stop()
        gc.collect()
        gc.enable()

    def _on_timeout(self) -> None:
        if gc.get_count()[0] < YOUNG:
            return
        generation = 0
        for number, most in enumerate(ROUNDS):
            self._rounds[number] += 1
            if self._rounds[number] <= most:
                break
            self._rounds[number] = 0
            generation = number + 1
        gc.collect(generation)


@contextlib.contextmanager
def collecting_here() -> Iterator[None]:
    """While inside, garbage is collected in this thread alone. Needs a running Qt application."""
    collector = Collector()
    collector.start()
    try:
        yield
    finally:
        collector.stop()
