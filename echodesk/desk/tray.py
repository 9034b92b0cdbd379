"""The icon in the system's tray, its menu, and desktop notices; `noticing` decides what they say and when.

Closing the window still ends the program: nothing goes on behind the icon, so that staff know whether it sends.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable

from PySide6.QtCore import QElapsedTimer, QEvent, QObject, QRectF, Qt, QTimer
from PySide6.QtGui import QAction, QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QApplication, QMenu, QSystemTrayIcon

from echodesk.desk import formats, noticing, shapes, words
from echodesk.desk.campus import CampusTime
from echodesk.desk.merge import Delivered
from echodesk.desk.noticing import Fact, Kind
from echodesk.desk.theme import Theme
from echodesk.desk.window import PLANS_PAGE, MainWindow
from echodesk.desk.words import Tone
from echodesk.lessons import Matter
from echodesk.messages import EngineState, Overview, WorkerFailed
from echodesk.settings import Kept, Profile, SettingShown

PICTURE, SHAPE = 64, 52
"""The icon, and the form on it; the system makes it smaller."""
SHOWN_MS = 15_000
LONGEST = 250
"""Windows shows no more of a notice."""


def system_tray() -> QSystemTrayIcon | None:
    """An icon for the system's tray, not shown yet; None where there is no tray."""
    return QSystemTrayIcon() if QSystemTrayIcon.isSystemTrayAvailable() else None


class Tray(QObject):
    """Shows how things stand by the icon's form and tooltip, and tells what somebody should hear who works with
    other windows. Shows nothing more after `close`."""

    def __init__(
        self, window: MainWindow, icon: QSystemTrayIcon, campus: CampusTime, theme: Theme, profile: Profile
    ) -> None:
        super().__init__(window)
        icon.setParent(self)
        self._window, self._icon, self._campus, self._theme = window, icon, campus, theme
        # What an office calls its profile is typed by a person, and a system may take it for markup.
        self._title = f"EchoDesk – {words.profile(Profile(profile.kind))[0]}"  # noqa: RUF001 - the en dash is meant
        self._state: EngineState | None = None
        self._overview: Overview | None = None
        self._defect = False
        self._memory = noticing.Memory()
        self._told: tuple[Fact, ...] = ()
        self._tone: Tone | None = None
        self._clock = QElapsedTimer()
        self._clock.start()
        self.seconds: Callable[[], float] = lambda: self._clock.elapsed() / 1_000
        self.timer = QTimer(self)
        self.timer.setSingleShot(True)
        self.timer.timeout.connect(self._judge)
        self._make_menu()
        icon.messageClicked.connect(self._on_message_clicked)
        icon.activated.connect(self._on_activated)
        theme.changed.connect(self._on_theme_changed)
        window.installEventFilter(self)
        if icon.supportsMessages():
            window.notices_switch.setVisible(True)
            window.notices_switch.toggled.connect(self._on_switched)
            self._on_switched()
        self._judge()
        icon.show()

    def on_event(self, event: Delivered) -> None:
        """Whatever came over the bridge."""
        if isinstance(event, EngineState):
            self._state = event
        elif isinstance(event, Overview):
            self._overview = event
        elif isinstance(event, WorkerFailed):
            self._defect = True
        else:
            return
        self._judge()

    def on_restart(self) -> None:
        """A new worker has begun; what the old one said counts no more."""
        self._state, self._defect = None, False
        self._judge()

    def close(self) -> None:
        """Take the icon away; for the end of the program."""
        self._icon.hide()
        self.timer.stop()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # Comes to the front, or is no longer an icon among others.
        if event.type() in (QEvent.Type.WindowActivate, QEvent.Type.WindowStateChange):
            self._judge()
        return False

    def _judge(self) -> None:
        facts = noticing.facts(self._state, self._overview, self._campus.now(), defect=self._defect)
        self._show_sign(facts)
        seen = self._in_front() or not self._window.notices_switch.isChecked()
        judged = noticing.judge(self._memory, facts, self.seconds(), seen=seen)
        self._memory = judged.memory
        self.timer.stop()
        if not self._icon.isVisible():
            return
        if judged.again_s is not None:
            self.timer.start(math.ceil(judged.again_s * 1_000))
        if judged.told:
            self._told = judged.told
            text = formats.one_line(noticing.sentence(judged.told), LONGEST)
            self._icon.showMessage(self._title, text, QSystemTrayIcon.MessageIcon.Warning, SHOWN_MS)

    def _in_front(self) -> bool:
        """Whether somebody works with EchoDesk: what there is to see is seen."""
        return QApplication.activeWindow() is not None and not self._window.isMinimized()

    # ---- clicks

    def _on_message_clicked(self) -> None:
        self._open()
        kinds = {fact.kind for fact in self._told}
        if kinds == {Kind.PLAN}:
            self._window.open_page(PLANS_PAGE)
        elif kinds == {Kind.FAILED}:
            self._window.open_matter(Matter.FAILURES)
        else:
            # The Overview has all the others, and all of several.
            self._window.open_page(0)

    def _on_activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        # On macOS a click opens the menu as well.
        if reason is QSystemTrayIcon.ActivationReason.Trigger and sys.platform != "darwin":
            self._open()

    def _on_switched(self) -> None:
        on = self._window.notices_switch.isChecked()
        told = "Says what waits for you or stands in the way while EchoDesk is behind other windows. Changed with:"
        self._window.settings.show_here(
            SettingShown(
                *("this-pc-notices", "Desktop notices", "This PC", "on" if on else "off", "on"),
                f"{told} View, Desktop notices.",
                kept=Kept.MACHINE,
                fixed=True,
            )
        )
        self._judge()

    def _open(self) -> None:
        window = self._window
        window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
        window.show()
        window.raise_()
        window.activateWindow()

    def _make_menu(self) -> None:
        menu = QMenu(self._window)
        self._entry(menu, "&Open EchoDesk")
        menu.addSeparator()
        for action in (self._window.sending.pause, self._window.sending.resume):
            entry = self._entry(menu, action.text(), action.trigger)
            entry.setEnabled(action.isEnabled())
            action.enabledChanged.connect(entry.setEnabled)
        menu.addSeparator()
        self._entry(menu, "&Quit", self._window.close)
        self._icon.setContextMenu(menu)

    def _entry(self, menu: QMenu, text: str, *acts: Callable[[], object]) -> QAction:
        """Each opens the window first: what is asked is asked there."""
        entry = QAction(text, menu)
        for act in (self._open, *acts):
            entry.triggered.connect(act)
        menu.addAction(entry)
        return entry

    # ---- the icon

    def _show_sign(self, facts: tuple[Fact, ...]) -> None:
        tone, text = noticing.sign(self._state, facts)
        self._icon.setToolTip(f"{self._title}\n{text}")
        if tone is not self._tone:
            self._tone = tone
            self._icon.setIcon(QIcon(self._picture(tone)))

    def _on_theme_changed(self) -> None:
        if self._tone is not None:
            self._icon.setIcon(QIcon(self._picture(self._tone)))

    def _picture(self, tone: Tone) -> QPixmap:
        """The tone's form on a ground of its own, whatever colour the system's tray has."""
        tokens = self._theme.tokens
        made = QPixmap(PICTURE, PICTURE)
        made.fill(Qt.GlobalColor.transparent)
        painter = QPainter(made)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.surface))
        painter.drawRoundedRect(QRectF(0, 0, PICTURE, PICTURE), 12, 12)
        edge = (PICTURE - SHAPE) // 2
        form = shapes.pixmap(tone, tokens.tones[tone][0], tokens.surface, size=SHAPE)
        painter.drawPixmap(edge, edge, form)
        painter.end()
        return made
