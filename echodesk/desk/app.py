"""Starting and ending the desktop: one session of window, bridge, gateway and worker (codebases §4.1 and §4.5)."""

from __future__ import annotations

import asyncio
import faulthandler
import logging
import os
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

# qasync takes the first Qt binding it finds unless told which (trap T6).
os.environ.setdefault("QT_API", "pyside6")

import qasync  # type: ignore[import-untyped]  # it ships no types
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QSystemTrayIcon

from echodesk.connecting import Connecting
from echodesk.desk import fonts, window_state
from echodesk.desk.bridge import EventBridge
from echodesk.desk.campus import CampusTime
from echodesk.desk.collecting import collecting_here
from echodesk.desk.dialogs.asking import answered
from echodesk.desk.dialogs.failure import Failure
from echodesk.desk.first import application
from echodesk.desk.gateway import Gateway, WorkerHandle
from echodesk.desk.merge import Delivered, Unexpected
from echodesk.desk.pages.table_page import PageParts
from echodesk.desk.reporter import Reporter
from echodesk.desk.resting import rest
from echodesk.desk.signals import ending_on_signals
from echodesk.desk.tables.feed import generations
from echodesk.desk.theme import Theme, ThemeName
from echodesk.desk.tray import Tray, system_tray
from echodesk.desk.window import MainWindow
from echodesk.messages import WorkerEnded, WorkerFailed
from echodesk.settings import Profile, SettingShown

log = logging.getLogger(__name__)

MakeWorker = Callable[[EventBridge], WorkerHandle]
"""Makes a worker, not yet started, that posts its events to the bridge (an `EventSink`)."""
Script = Callable[[MainWindow], Awaitable[None]]
"""Something that drives the window and then ends the program, such as taking pictures."""

WATCHDOG_MS = 15_000
STUCK = 70
"""Exit code when the end took too long."""


@dataclass(frozen=True, slots=True)
class DeskOptions:
    """How the window is to be."""

    profile: Profile
    """Shown at all times."""
    by: str
    """Who acts: goes into every command and the audit."""
    campus: CampusTime
    theme: ThemeName = ThemeName.SYSTEM
    families: tuple[str, ...] = fonts.FAMILIES
    state_file: Path | None = None
    """Where size and column widths are kept; None keeps nothing."""
    watchdog_ms: int = WATCHDOG_MS
    asks: bool = False
    """Before the window that is sending is closed, its person is asked."""
    machine: tuple[SettingShown, ...] = ()
    """The settings that this PC keeps."""
    connecting: Connecting | None = None
    """Connects an office's own systems from the page Settings."""
    tray: Callable[[], QSystemTrayIcon | None] = system_tray
    """Makes the icon in the system's tray; None where there is no tray."""


def run(make_worker: MakeWorker, options: DeskOptions, script: Script | None = None) -> int:
    """Open the window, and answer the exit code when it is closed and the worker has ended.

    With a `script` the program ends when the script does; what the script raises is raised here.
    """
    app = application()
    fonts.use_font(app, options.families)
    with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(app)) as runner:
        return runner.run(Session(app, make_worker, options).run(script))


class Session:
    """From the first event to the last."""

    def __init__(
        self,
        app: QApplication,
        make_worker: MakeWorker,
        options: DeskOptions,
        leave: Callable[[int], object] = os._exit,
    ) -> None:
        self._make_worker = make_worker
        self._options = options
        self._leave = leave
        self._quit = asyncio.Event()
        self._ended = asyncio.Event()
        self.bridge = EventBridge(self._on_event)
        self.reporter = Reporter(self.bridge.post)
        self.gateway = Gateway(self.reporter.report)
        self.theme = Theme(app, options.theme)
        self.theme.apply()
        parts = PageParts(self.gateway, options.campus, self.theme, options.by, generations())
        self.window = MainWindow(
            parts,
            options.profile,
            asks=options.asks,
            machine=options.machine,
            connecting=options.connecting,
        )
        icon = options.tray()
        self.tray = None if icon is None else Tray(self.window, icon, options.campus, self.theme, options.profile)
        self.worker: WorkerHandle = make_worker(self.bridge)

    async def run(self, script: Script | None = None) -> int:
        """The whole session; 0 at the end."""
        self.reporter.install(asyncio.get_running_loop())
        try:
            with collecting_here(), ending_on_signals(self._quit.set):
                driving = await self._run(script)
        finally:
            self.bridge.close()
            self.theme.close()
            self.reporter.uninstall()
            self.window.deleteLater()
        if driving is not None and not driving.cancelled():
            driving.result()
        return 0

    async def _run(self, script: Script | None) -> asyncio.Task[None] | None:
        window = self.window
        if self._options.state_file is not None:
            window_state.restore(window, self._options.state_file)
        window.quit_wanted.connect(self._quit.set)
        window.restart_wanted.connect(self._on_restart_wanted)
        self.gateway.attach(self.worker)
        self.worker.start()
        window.show()
        log.info("The window is open")
        driving = None
        if script is not None:
            driving = asyncio.get_running_loop().create_task(self._drive(script))
            driving.add_done_callback(lambda _: self._quit.set())
        await self._quit.wait()
        if driving is not None and not driving.done():
            driving.cancel()
            await asyncio.wait([driving])
        await self._shut_down()
        return driving

    async def _drive(self, script: Script) -> None:
        await script(self.window)

    async def _shut_down(self) -> None:
        watchdog = QTimer()
        watchdog.setSingleShot(True)
        watchdog.timeout.connect(self._on_watchdog_timeout)
        watchdog.start(self._options.watchdog_ms)
        self.window.show_stopping()
        if self.tray is not None:
            self.tray.close()
        self.gateway.close()
        await self.gateway.finish()
        self.worker.request_stop()
        await self._ended.wait()
        while not self.worker.join(0.05):
            await rest(50)
        watchdog.stop()
        self.window.toasts.close_all()
        if self._options.state_file is not None:
            window_state.save(self.window, self._options.state_file)
        self.window.let_go()

    def _on_event(self, event: Delivered) -> None:
        if isinstance(event, WorkerEnded):
            if not event.clean:
                log.warning("The worker left something behind: %s", "; ".join(event.left))
            self._ended.set()
            return
        if isinstance(event, WorkerFailed):
            log.error("The worker failed: %s", event.details)
            self._ended.set()
        if isinstance(event, Unexpected):
            self.gateway.start(self._show_unexpected(event))
        else:
            self.window.on_event(event)
            if self.tray is not None:
                self.tray.on_event(event)

    async def _show_unexpected(self, event: Unexpected) -> None:
        await answered(Failure(self.window, event.headline, event.details))

    def _on_restart_wanted(self) -> None:
        if not self._ended.is_set() or self._quit.is_set():
            return
        self._ended.clear()
        self.worker = self._make_worker(self.bridge)
        self.gateway.attach(self.worker)
        self.worker.start()
        self.window.show_failed(None)
        if self.tray is not None:
            self.tray.on_restart()

    def _on_watchdog_timeout(self) -> None:
        log.critical("The worker did not end within %d ms; leaving.", self._options.watchdog_ms)
        if sys.stderr is not None:
            faulthandler.dump_traceback(file=sys.stderr, all_threads=True)
        self._leave(STUCK)
