"""Runs a whole session of the window for a test: real start, real clicks and keys, real end."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import qasync  # type: ignore[import-untyped]  # it ships no types
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QPushButton, QSystemTrayIcon, QToolButton, QWidget

from echodesk.connecting import Connecting
from echodesk.desk import fonts
from echodesk.desk.app import DeskOptions, Session
from echodesk.desk.bridge import EventBridge
from echodesk.desk.pages.table_page import TablePage
from echodesk.desk.theme import ThemeName
from echodesk.desk.window import MainWindow
from echodesk.messages import Row, Table, WorkerEnded
from echodesk.settings import DEMONSTRATION, Profile, SettingShown
from tests.desk.fakes import FakeWorker
from tests.desk.rows import campus

Prepare = Callable[[FakeWorker], None]


@dataclass(slots=True)
class Desk:
    """What the body of a test is given."""

    session: Session
    left: list[int] = field(default_factory=list)

    @property
    def window(self) -> MainWindow:
        return self.session.window

    @property
    def worker(self) -> FakeWorker:
        assert isinstance(self.session.worker, FakeWorker)
        return self.session.worker

    async def open(self, number: int) -> TablePage:
        """Open a table page and wait until its rows are there."""
        self.window.open_page(number)
        page = self.window.pages[number]
        assert isinstance(page, TablePage)
        await until(lambda: page.model.loaded)
        return page


Body = Callable[[Desk], Awaitable[None]]


def run_desk(
    app: QApplication,
    body: Body,
    rows: dict[Table, list[Row]] | None = None,
    prepare: Prepare = lambda worker: None,
    *,
    state_file: Path | None = None,
    watchdog_ms: int = 15_000,
    theme: ThemeName = ThemeName.LIGHT,
    asks: bool = False,
    machine: tuple[SettingShown, ...] = (),
    profile: Profile = DEMONSTRATION,
    connecting: Connecting | None = None,
    tray: QSystemTrayIcon | None = None,
) -> Desk:
    """Open the window over a `FakeWorker`, run the body, close everything; the body's failure is raised."""
    left: list[int] = []

    def make(bridge: EventBridge) -> FakeWorker:
        worker = FakeWorker(bridge, rows)
        prepare(worker)
        return worker

    options = DeskOptions(
        *(profile, "Ann", campus(), theme, fonts.PICTURE_FAMILIES, state_file, watchdog_ms, asks, machine),
        connecting=connecting,
        tray=lambda: tray,
    )

    async def main() -> Desk:
        def leave(code: int) -> None:
            # The real one ends the process; here the worker that hangs is let go, so that the session can end.
            left.append(code)
            desk.session.bridge.post(WorkerEnded(clean=True))

        desk = Desk(Session(app, make, options, leave), left)

        async def script(window: MainWindow) -> None:
            # Shortcuts and focus belong to the active window alone.
            window.activateWindow()
            await until(window.isActiveWindow)
            await body(desk)

        await desk.session.run(script)
        return desk

    app.setStyle("Fusion")
    fonts.use_font(app, fonts.PICTURE_FAMILIES)
    with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(app)) as runner:
        return runner.run(main())


async def until(condition: Callable[[], bool], within_s: float = 5.0) -> None:
    """Wait until it holds; TimeoutError if it does not in time."""
    async with asyncio.timeout(within_s):
        while not condition():  # noqa: ASYNC110 - any state of any widget may be waited for
            await asyncio.sleep(0.004)


async def turns(count: int = 3) -> None:
    """Let everything that is already on its way happen."""
    for _ in range(count):
        await asyncio.sleep(0)


def click(widget: QWidget, at: QPoint | None = None) -> None:
    """A real left click, in the middle unless told."""
    assert widget.isEnabled(), f"{widget.accessibleName()} is disabled"
    QTest.mouseClick(
        widget,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
        widget.rect().center() if at is None else at,
    )


def click_row(page: TablePage, position: int, *, adding: bool = False) -> None:
    """Click a row of the table; with Ctrl to add it to the selection."""
    rect = page.view.visualRect(page.model.index(position, 0))
    keys = Qt.KeyboardModifier.ControlModifier if adding else Qt.KeyboardModifier.NoModifier
    QTest.mouseClick(page.view.viewport(), Qt.MouseButton.LeftButton, keys, rect.center())


def tool(page: QWidget, action: QAction) -> QToolButton:
    """The tool button of an action."""
    found = [one for one in page.findChildren(QToolButton) if one.defaultAction() is action]
    assert found, f"no button for {action.text()}"
    return found[0]


def push(parent: QWidget, text: str) -> QPushButton:
    """The visible push button with this text."""
    found = [one for one in parent.findChildren(QPushButton) if one.text() == text and one.isVisible()]
    assert found, f"no button {text!r}"
    return found[0]


async def dialog_of(window: QWidget, kind: type[QDialog] = QDialog) -> QDialog:
    """The dialog that is open."""

    def open_ones() -> list[QDialog]:
        return [one for one in window.findChildren(kind) if one.isVisible()]

    await until(lambda: bool(open_ones()))
    return open_ones()[0]


def press(widget: QWidget, key: Qt.Key, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """A real key."""
    QTest.keyClick(widget, key, keys)
