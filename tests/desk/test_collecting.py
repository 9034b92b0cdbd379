"""Objects of Qt that stand in a cycle are never destroyed in another thread."""

from __future__ import annotations

import gc
import threading

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from echodesk.desk.collecting import YOUNG, collecting_here
from tests.desk.fakes import ThreadedSource


class Cycle(QObject):
    """Only the collector can take it away."""

    def __init__(self, seen: list[str]) -> None:
        super().__init__()
        self.itself = self
        self._seen = seen

    def __del__(self) -> None:
        self._seen.append(threading.current_thread().name)


def make_garbage(stop: threading.Event) -> None:
    """Allocate what the interpreter would start its collector for."""
    kept = [[number] for number in range(50 * YOUNG)]
    assert kept


def test_garbage_that_another_thread_makes_is_collected_in_the_qt_thread(qapp: QApplication) -> None:
    seen: list[str] = []
    with collecting_here():
        Cycle(seen)
        with ThreadedSource(make_garbage) as source:
            source.join()
        assert seen == []
        kept = [[number] for number in range(2 * YOUNG)]
        while not seen and kept:
            qapp.processEvents()
    assert seen == [threading.current_thread().name]


def test_the_interpreter_has_its_work_back_afterwards(qapp: QApplication) -> None:
    with collecting_here():
        assert not gc.isenabled()
    assert gc.isenabled()
