"""Fetches the details of the selected row: a moment after the selection, again when the row changes."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer
from shiboken6 import isValid

from echodesk.desk.gateway import Gateway
from echodesk.desk.pages.detail_pane import DetailPane
from echodesk.errors import EchoDeskError
from echodesk.messages import Detail, Inspect, Table

AFTER_CHOICE_MS = 90
"""Holding an arrow key down asks for the last row only."""
AFTER_CHANGE_MS = 600


class Inspector(QObject):
    """Keeps one `DetailPane` up to date; an answer that comes too late is dropped."""

    def __init__(self, table: Table, pane: DetailPane, gateway: Gateway) -> None:
        super().__init__(pane)
        self._table = table
        self._pane = pane
        self._gateway = gateway
        self._key: int | None = None
        self._asked = 0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._on_timeout)

    def choose(self, key: int, title: str) -> None:
        """One row is selected."""
        if key == self._key:
            return
        self._key = key
        self._asked += 1
        self._pane.show_waiting(title)
        self._timer.start(AFTER_CHOICE_MS)

    def choose_several(self, count: int) -> None:
        """Several rows are selected."""
        self._forget()
        self._pane.show_several(count)

    def choose_none(self) -> None:
        """No row is selected."""
        self._forget()
        self._pane.show_nothing()

    def look_again(self) -> None:
        """The pane is on screen again."""
        if self._key is not None and self._pane.detail is None:
            self._timer.start(0)

    def on_rows_changed(self, keys: frozenset[int]) -> None:
        """Rows changed; if the selected one is among them, its details are read again."""
        if self._key in keys and not self._timer.isActive():
            self._timer.start(AFTER_CHANGE_MS)

    def _forget(self) -> None:
        self._key = None
        self._asked += 1
        self._timer.stop()

    def _on_timeout(self) -> None:
        if self._key is not None and self._pane.isVisible():
            self._gateway.start(self._ask(self._key, self._asked))

    async def _ask(self, key: int, asked: int) -> None:
        try:
            reply = await self._gateway.ask(Inspect(self._table, key))
        except EchoDeskError as trouble:
            if asked == self._asked and isValid(self._pane):
                self._pane.show_trouble(trouble)
            return
        if asked == self._asked and isinstance(reply, Detail):
            self._pane.show_detail(reply)
