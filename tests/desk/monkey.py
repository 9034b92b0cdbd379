"""A person who presses and clicks anything, and a worker that misbehaves meanwhile.

`python -m tests.desk.monkey [--actions 3000] [--seed 1] [--json]` prints how long the longest action kept the Qt
thread, beside the longest turn of a window that nobody touches. A session is drawn from its seed alone. Returns 1
after a gap of more than GAP_MS.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import QElapsedTimer, QObject, QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QDialog,
    QFileDialog,
    QHeaderView,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QTabBar,
    QWidget,
)
from shiboken6 import Shiboken

from echodesk.errors import DatabaseTrouble
from echodesk.messages import Phase, Row, Table
from tests.desk.driving import Desk, run_desk, turns, until
from tests.desk.rows import overview, pause, some_notifications, some_queue, some_room_days, state_of_engine

GAP_MS = 100.0
"""What a person may have to wait for one thing that they did."""
IDLE_S = 1.0
LONGEST_NAME = 200
TICK_MS = 5
Key = Qt.Key
Keys = Qt.KeyboardModifier
HOSTILE = (
    "<b>bold</b><img src=x>",
    '=HYPERLINK("x")',
    "\u202egnitirw",
    "Ω≈ç√ 💥\n\ttab",
    "x" * 10_000,
    "status:failed room:",
    "since:yesterday until:",
    "'); DROP TABLE STT_ECHO_QUEUE; --",
    "",
)
PRESSED = (
    *(
        Key.Key_Tab,
        Key.Key_Backtab,
        Key.Key_Return,
        Key.Key_Escape,
        Key.Key_Space,
        Key.Key_Delete,
        Key.Key_Backspace,
    ),
    *(Key.Key_Up, Key.Key_Down, Key.Key_Left, Key.Key_Right, Key.Key_PageUp, Key.Key_PageDown, Key.Key_Home),
    *(Key.Key_End, Key.Key_F1, Key.Key_F5, Key.Key_A, Key.Key_R, Key.Key_S, Key.Key_1, Key.Key_Menu),
)
WITH_CONTROL = (
    *(Key.Key_F, Key.Key_C, Key.Key_A, Key.Key_I, Key.Key_R, Key.Key_S, Key.Key_P, Key.Key_V, Key.Key_Z),
    *(Key.Key_1, Key.Key_2, Key.Key_3, Key.Key_4, Key.Key_5, Key.Key_6, Key.Key_7, Key.Key_8, Key.Key_9),
)
"""All but Ctrl+Q, which ends it."""


class Gaps(QObject):
    """How long the Qt thread was busy at a stretch, by a timer that wants to run each few milliseconds."""

    def __init__(self) -> None:
        super().__init__()
        self.doing = ""
        self.longest: tuple[float, str] = (0.0, "")
        """(milliseconds, what was done last)."""
        self._clock = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._on_tick)

    def start(self) -> None:
        """Count from now on."""
        self.longest = (0.0, "")
        self._clock.start()
        self._timer.start()

    def stop(self) -> None:
        """No more."""
        self._timer.stop()

    def _on_tick(self) -> None:
        self.longest = max(self.longest, (self._clock.nsecsElapsed() / 1e6, self.doing))
        self._clock.restart()


class Monkey:
    """One session. Actions come from the Qt loop as a person's do: the menu of a button runs a loop of its own."""

    def __init__(self, desk: Desk, seed: int, gaps: Gaps) -> None:
        self.desk = desk
        self.done: Counter[str] = Counter()
        self._draw = random.Random(seed)
        self._gaps = gaps
        self._begun = 0

    async def play(self, actions: int) -> None:
        """So many actions, one after the other."""
        for number in range(1, actions + 1):
            QTimer.singleShot(0, self.desk.window, self._act)
            await until(partial(self._has_begun, number))
            await turns(2)
            if not self.desk.window.isVisible():
                raise AssertionError(f"the window is gone after: {self._gaps.doing}")
        while (popup := QApplication.activePopupWidget()) is not None:
            popup.close()
            await turns(2)

    def _has_begun(self, number: int) -> bool:
        return self._begun == number

    def _act(self) -> None:
        self._begun += 1
        what = self._draw.choices(self._ways(), (6, 3, 6, 1, 1, 1, 5))[0]
        what(self._draw)

    def _doing(self, kind: str, what: str) -> None:
        self._gaps.doing = f"{kind} {what}"
        self.done[kind] += 1

    def _ways(self) -> tuple[Callable[[random.Random], None], ...]:
        return (self._press, self._control, self._click, self._type, self._menu, self._resize, self._worker)

    def _focused(self) -> QWidget:
        return QApplication.activePopupWidget() or QApplication.focusWidget() or self._front()

    def _front(self) -> QWidget:
        """The topmost dialog that is open, or the window."""
        dialogs = [one for one in self.desk.window.findChildren(QDialog) if one.isVisible()]
        return dialogs[-1] if dialogs else self.desk.window

    def _press(self, draw: random.Random) -> None:
        key, keys = draw.choice(PRESSED), draw.choice((Keys.NoModifier, Keys.NoModifier, Keys.ShiftModifier))
        target = self._focused()
        self._doing("press", f"{keys.name} {key.name} in {_name(target)}")
        QTest.keyClick(target, key, keys)

    def _control(self, draw: random.Random) -> None:
        key, target = draw.choice(WITH_CONTROL), self._focused()
        self._doing("control", f"{key.name} in {_name(target)}")
        QTest.keyClick(target, key, Keys.ControlModifier)

    def _click(self, draw: random.Random) -> None:
        popup = QApplication.activePopupWidget()
        kinds = (QAbstractButton, QAbstractItemView, QComboBox, QHeaderView, QLineEdit, QPlainTextEdit, QTabBar)
        within = popup if popup is not None else self._front()
        found = [one for kind in kinds for one in within.findChildren(kind) if one.isVisible() and one.isEnabled()]
        target: QWidget = draw.choice(found) if found else within
        if isinstance(target, QAbstractItemView | QHeaderView):
            target = target.viewport()
        at = QPoint(draw.randrange(max(target.width(), 1)), draw.randrange(max(target.height(), 1)))
        button = draw.choices((Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton), (9, 1))[0]
        self._doing("click", f"{button.name} on {_name(target)} at {at.x()}, {at.y()}")
        keys = draw.choice((Keys.NoModifier, Keys.NoModifier, Keys.ControlModifier, Keys.ShiftModifier))
        act = QTest.mouseDClick if draw.random() < 0.1 else QTest.mouseClick
        act(target, button, keys, at)

    def _type(self, draw: random.Random) -> None:
        target, words = self._focused(), draw.choice(HOSTILE)
        if isinstance(self._front(), QFileDialog):
            # Of a name that no disk can hold Qt's own dialog warns in the log.
            words = words[:LONGEST_NAME]
        self._doing("type", f"{words[:20]!r} in {_name(target)}")
        QApplication.clipboard().setText(words)
        QTest.keyClick(target, Key.Key_V, Keys.ControlModifier)

    def _menu(self, draw: random.Random) -> None:
        menus = self.desk.window.menuBar().findChildren(QMenu)
        actions = [
            one
            for menu in menus
            for one in menu.actions()
            if one.isEnabled() and not one.isSeparator() and one.menu() is None and "Quit" not in one.text()
        ]
        one = draw.choice(actions)
        self._doing("menu", one.text())
        one.trigger()

    def _resize(self, draw: random.Random) -> None:
        width, height = draw.randint(640, 1600), draw.randint(480, 1000)
        self._doing("resize", f"to {width} x {height}")
        self.desk.window.resize(width, height)

    def _worker(self, draw: random.Random) -> None:
        worker = self.desk.worker
        what = draw.choice(("rows", "rows", "rows", "rows", "hold", "release", "trouble", "state", "overview"))
        self._doing("worker", what)
        if what == "rows":
            self._rows(draw)
        elif what == "hold":
            worker.hold = True
        elif what == "release":
            worker.hold, worker.trouble = False, None
            worker.release()
        elif what == "trouble":
            worker.trouble = DatabaseTrouble("The database is lost", "<b>No</b> answer.\n" * 20, "Wait.")
        elif what == "state":
            worker.sink.post(
                state_of_engine(
                    phase=draw.choice(list(Phase)),
                    mine=draw.random() < 0.8,
                    pauses=(pause(reason=draw.choice(HOSTILE)),) if draw.random() < 0.5 else (),
                    database=draw.choice(("", "<b>lost</b>")),
                    echo360=draw.choice(("", "no answer\n" * 9)),
                )
            )
        else:
            worker.sink.post(overview(pending=draw.randrange(100_000), calls_last_minute=draw.randrange(30_000)))

    def _rows(self, draw: random.Random) -> None:
        worker, table = self.desk.worker, draw.choice(list(Table))
        keys = list(worker.tables[table])
        gone = frozenset(draw.sample(keys, min(len(keys), draw.randint(0, 30))))
        changed = tuple(
            _spoiled(worker.tables[table][key], draw)
            for key in draw.sample(keys, min(len(keys), draw.randint(0, 200)))
            if key not in gone
        )
        worker.change(table, changed, gone)
        if draw.random() < 0.1 and table in worker.watching:
            worker.snapshot(table)


def _spoiled(row: Row, draw: random.Random) -> Row:
    """With one text of it hostile."""
    names = [
        name for name in ("error", "message", "module_title", "room_name", "lecturer_name") if hasattr(row, name)
    ]
    changes: dict[str, Any] = {draw.choice(names): draw.choice(HOSTILE)} if names else {}
    return replace(row, **changes)


def _name(widget: QWidget) -> str:
    if not Shiboken.isValid(widget):
        return "what is gone"
    return f"{widget.metaObject().className()} {widget.accessibleName() or widget.objectName()}".strip()


def rows(count: int) -> dict[Table, list[Row]]:
    """Tables as they are on a busy day."""
    return {
        Table.QUEUE: some_queue(count),
        Table.NOTIFICATIONS: some_notifications(count),
        Table.ROOM_DAYS: some_room_days(count // 10),
    }


def play(app: QApplication, actions: int, seed: int) -> tuple[Monkey, Gaps, float]:
    """One session over a worker of many rows: the monkey, the gaps, and the longest one in ms before it came."""
    found: list[tuple[Monkey, Gaps, float]] = []

    async def body(desk: Desk) -> None:
        gaps = Gaps()
        gaps.start()
        await asyncio.sleep(IDLE_S)
        idle_ms = gaps.longest[0]
        gaps.start()
        monkey = Monkey(desk, seed, gaps)
        found.append((monkey, gaps, idle_ms))
        try:
            await monkey.play(actions)
        finally:
            gaps.stop()
            desk.worker.hold, desk.worker.trouble = False, None
            desk.worker.release()

    run_desk(app, body, rows(2_000))
    return found[0]


def main(arguments: list[str] | None = None) -> int:
    """The command; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.desk.monkey", description=__doc__)
    parser.add_argument("--actions", type=int, default=3_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        monkey, gaps, idle_ms = play(QApplication([]), asked.actions, asked.seed)
    told = {
        "actions": sum(monkey.done.values()),
        "seed": asked.seed,
        "longest_ms": round(gaps.longest[0], 1),
        "longest": gaps.longest[1],
        "idle_longest_ms": round(idle_ms, 1),
        "by_kind": dict(monkey.done),
    }
    text = json.dumps(told) if asked.json else "\n".join(f"{name}: {value}" for name, value in told.items())
    print(text)  # noqa: T201 - a command
    return 0 if gaps.longest[0] <= GAP_MS else 1


if __name__ == "__main__":
    sys.exit(main())
