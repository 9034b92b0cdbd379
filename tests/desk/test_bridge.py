"""The bridge: any thread posts, the Qt thread receives, merged, in short turns, nothing after the end."""

from __future__ import annotations

import threading

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from echodesk.desk.bridge import EventBridge
from echodesk.desk.merge import Delivered, NeedsSnapshot
from echodesk.messages import Level, Notice, Table, TableDelta
from tests.desk.fakes import ThreadedSource
from tests.desk.rows import queue_row, state_of_engine


def notice(number: int) -> Notice:
    return Notice(Level.INFO, str(number), "", "")


def test_events_of_many_threads_arrive_in_the_qt_thread_in_order(qtbot: QtBot, qapp: QApplication) -> None:
    got: list[tuple[Delivered, bool]] = []
    bridge = EventBridge(lambda event: got.append((event, threading.current_thread() is threading.main_thread())))

    def work(stop: threading.Event) -> None:
        for number in range(500):
            bridge.post(notice(number))

    with ThreadedSource(work), ThreadedSource(work):
        qtbot.waitUntil(lambda: len(got) == 1_000)
    assert all(in_qt for _, in_qt in got)
    titles = [int(event.title) for event, _ in got if isinstance(event, Notice)]
    assert [number for number in range(500) if titles.count(number) != 2] == []
    bridge.close()


def test_a_flood_of_deltas_becomes_few(qtbot: QtBot, qapp: QApplication) -> None:
    got: list[Delivered] = []
    bridge = EventBridge(got.append)

    def work(stop: threading.Event) -> None:
        for number in range(2_000):
            bridge.post(
                TableDelta(Table.QUEUE, 1, number, number + 1, (queue_row(number % 50),), frozenset(), False, ())
            )

    with ThreadedSource(work) as source:
        source.join()
        qtbot.waitUntil(lambda: bool(got) and isinstance(got[-1], TableDelta) and got[-1].cursor == 2_000)
    deltas = [event for event in got if isinstance(event, TableDelta)]
    assert len(deltas) < 100
    assert [one.base for one in deltas[1:]] == [one.cursor for one in deltas[:-1]]
    bridge.close()


def test_an_overrun_asks_for_a_snapshot(qtbot: QtBot, qapp: QApplication) -> None:
    got: list[Delivered] = []
    bridge = EventBridge(got.append, limit=20)
    for number in range(50):
        bridge.post(TableDelta(Table.QUEUE, 1, number, number + 1, (), frozenset(), False, ()))
    qtbot.waitUntil(lambda: bool(got))
    assert got == [NeedsSnapshot(Table.QUEUE)]
    bridge.close()


def test_slow_receivers_leave_the_window_alive(qtbot: QtBot, qapp: QApplication) -> None:
    ticks: list[int] = []
    seen_at: list[int] = []

    def slow(event: Delivered) -> None:
        done = threading.Event()
        done.wait(0.006)
        seen_at.append(len(ticks))

    bridge = EventBridge(slow)
    timer = QTimer()
    timer.timeout.connect(lambda: ticks.append(1))
    timer.start(1)
    for number in range(12):
        bridge.post(notice(number))
    qtbot.waitUntil(lambda: len(seen_at) == 12)
    timer.stop()
    assert len(set(seen_at)) >= 4, "other events of Qt had their turn in between"
    bridge.close()


def test_a_receiver_that_fails_loses_its_own_event_only(qtbot: QtBot, qapp: QApplication) -> None:
    got: list[Delivered] = []

    def deliver(event: Delivered) -> None:
        if event == notice(0):
            raise ValueError("a defect")
        got.append(event)

    bridge = EventBridge(deliver)
    with qtbot.captureExceptions() as exceptions:
        bridge.post(notice(0))
        bridge.post(notice(1))
        qtbot.waitUntil(lambda: got == [notice(1)])
    assert [str(one[1]) for one in exceptions] == ["a defect"]
    bridge.close()


def test_after_closing_nothing_is_delivered(qtbot: QtBot, qapp: QApplication) -> None:
    got: list[Delivered] = []
    bridge = EventBridge(got.append)
    bridge.post(state_of_engine())
    bridge.close()
    bridge.post(state_of_engine())
    second: list[Delivered] = []
    other = EventBridge(second.append)
    other.post(notice(1))
    qtbot.waitUntil(lambda: second == [notice(1)])
    assert got == [], "what was posted before the other bridge's event would have come by now"
    other.close()
