"""The field above a table: what is typed counts after a pause or with Enter, and what cannot be read is said."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QLineEdit

from echodesk.desk import widgets, words
from echodesk.desk.campus import CampusTime
from echodesk.desk.tables.typed import Typed, read_filter, without
from echodesk.messages import Table, TableQuery

PAUSE_IN_TYPING_MS = 200
HINT = (
    "Words are looked for in codes and names. Beside them:\n"
    "status:failed    one status, or several: status:failed,waiting\n"
    'room:2950203    a room by its code, or room:"Darwin 1.02" by its name\n'
    "since:yesterday    what came since a day: today, yesterday, 7d or 2026-11-23"
)


class FilterField(QLineEdit):
    """Says `settled` when what was typed is to count."""

    settled = Signal()

    def __init__(self, table: Table, campus: CampusTime) -> None:
        super().__init__()
        self._table = table
        self._campus = campus
        self._read: tuple[str, str] = ("", "")
        self._typed = Typed()
        self.trouble = widgets.label(kind="problem", wrap=True)
        """Says below the field what cannot be understood."""
        self.trouble.setProperty("ink", "bad")
        self.trouble.hide()
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(PAUSE_IN_TYPING_MS)
        self._typing.timeout.connect(self.settle)
        self.textChanged.connect(self._on_text_changed)
        self.returnPressed.connect(self.settle)
        self.setPlaceholderText("Filter: module, room, status:failed …")
        self.setToolTip(HINT)
        self.setAccessibleName(f"Filter {words.PAGES[table].lower()}")
        self.setClearButtonEnabled(True)
        self.setMaxLength(200)
        self.setMinimumWidth(180)
        self.setMaximumWidth(420)

    @property
    def typed(self) -> Typed:
        """What stands in it, read as of today."""
        asked = (self.text(), self._campus.now()[:10])
        if asked != self._read:
            self._read, self._typed = asked, read_filter(asked[0], self._table, asked[1])
        return self._typed

    @property
    def busy(self) -> bool:
        """Someone is typing: it does not count yet."""
        return self._typing.isActive()

    def query(self, statuses: tuple[str, ...]) -> TableQuery:
        """The question that it and these statuses ask."""
        typed = self.typed
        since = self._campus.to_utc(f"{typed.since}T00:00:00") if typed.since else ""
        return TableQuery(typed.words, statuses, room=typed.room, since=since)

    def settle(self) -> None:
        """What was typed counts from now on."""
        self._typing.stop()
        self._show_trouble()
        self.settled.emit()

    def empty(self) -> None:
        """Take everything out, and tell nobody."""
        self.clear()
        self._typing.stop()
        self._show_trouble()

    def take_out(self, key: str) -> None:
        """Take the terms of a key out, and tell nobody."""
        self.setText(without(self.text(), key))
        self._typing.stop()
        self._show_trouble()

    def take_focus(self) -> None:
        """To type at once, over what stands there."""
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.selectAll()

    def _on_text_changed(self) -> None:
        self._typing.start()

    def _show_trouble(self) -> None:
        said = self.typed.trouble
        self.trouble.setText(said)
        self.trouble.setVisible(bool(said))
        self.setAccessibleDescription(said)
