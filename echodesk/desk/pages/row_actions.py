"""What a person can do with rows of a table: retry, re-sync, compare and repair. Each asks the worker once.

An action is disabled from the click until the reply, then follows the selection again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from echodesk.desk import formats, words
from echodesk.desk.dialogs.confirm import confirmed
from echodesk.desk.gateway import Gateway
from echodesk.desk.places import Place, place_of
from echodesk.desk.tables.finding import status_of
from echodesk.messages import Command, Refresh, Retry, RetryMatching, Row, Table, TableQuery


@dataclass(frozen=True, slots=True)
class Matching:
    """What "all that match" means now: the question, and how many rows can be retried."""

    query: TableQuery
    count: int
    exact: bool
    """False when more may match than are in memory."""


class RowActions(QObject):
    """The actions of one table page."""

    def __init__(
        self,
        page: QWidget,
        table: Table,
        gateway: Gateway,
        by: str,
        selected: Callable[[], Sequence[Row]],
        matching: Callable[[], Matching],
    ) -> None:
        super().__init__(page)
        self._page = page
        self._table = table
        self._gateway = gateway
        self._by = by
        self._selected = selected
        self._matching = matching
        self._busy: Counter[QAction] = Counter()
        self.retry = self._action("&Retry selected", "Ctrl+R", self._on_retry)
        self.retry_all = self._action("Retry &all that match…", "Ctrl+Shift+R", self._on_retry_all)
        self.resync = self._action("Re-&sync this room-day", "Ctrl+D", self._on_resync)
        self.resync_day = self._action("Re-sync this &day in all rooms…", "Ctrl+Shift+D", self._on_resync_day)
        self.compare = self._action("&Compare and repair this room's year…", "Ctrl+Shift+Y", self._on_compare)
        # A tool button shows this shorter text, and Qt would take the dots away.
        self.retry_all.setIconText("Retry all that match…")
        self.resync_day.setIconText("Day in all rooms…")
        self.compare.setIconText("Compare and repair…")

    @property
    def offered(self) -> tuple[QAction, ...]:
        """The actions that make sense for this table, in order."""
        if self._table is Table.QUEUE:
            return (self.retry, self.retry_all, self.compare)
        if self._table is Table.NOTIFICATIONS:
            return (self.retry, self.retry_all, self.resync, self.resync_day, self.compare)
        return (self.resync, self.resync_day, self.compare)

    def refresh(self) -> None:
        """Enable what the selection allows."""
        rows = self._selected()
        places = self._places(rows)
        dates = {place.date for place in places if place.date}
        retryable = [row for row in rows if status_of(row) in words.RETRYABLE]
        self._enable(self.retry, bool(retryable))
        self._enable(self.retry_all, self._table is not Table.ROOM_DAYS and self._matching().count > 0)
        self._enable(self.resync, any(place.room and place.date for place in places))
        self._enable(self.resync_day, len(dates) == 1)
        self._enable(self.compare, len({place.room for place in places if place.room}) == 1)
        days = sum(1 for place in places if place.room and place.date)
        self.resync.setText(
            "Re-&sync this room-day" if days < 2 else f"Re-&sync these {formats.number(days)} room-days…"
        )

    # ---- clicks

    def _on_retry(self) -> None:
        keys = tuple(row.key for row in self._selected() if status_of(row) in words.RETRYABLE)
        if self._table is Table.QUEUE:
            self._send(self.retry, Retry(self._by, entries=keys))
        else:
            self._send(self.retry, Retry(self._by, notifications=keys))

    def _on_retry_all(self) -> None:
        self._gateway.start(self._retry_all())

    def _on_resync(self) -> None:
        self._gateway.start(self._resync())

    def _on_resync_day(self) -> None:
        self._gateway.start(self._resync_day())

    def _on_compare(self) -> None:
        self._gateway.start(self._compare())

    # ---- what they do

    async def _retry_all(self) -> None:
        found = self._matching()
        one, many = words.ROWS[self._table]
        number = formats.counted(found.count, one, many)
        if not found.exact:
            number = f"at least {number}"
        yes = await confirmed(
            self._page.window(),
            "Retry all that match?",
            f"This reads {number} that failed or are set aside again and sends what is needed. "
            "Rows beyond those on screen are included.",
            "Retry them",
        )
        if yes:
            self._send(self.retry_all, RetryMatching(self._by, self._table, found.query))

    async def _resync(self) -> None:
        places = [place for place in self._places(self._selected()) if place.room and place.date]
        if len(places) > 1:
            yes = await confirmed(
                self._page.window(),
                "Re-sync these room-days?",
                f"Echo360 is read anew for {formats.counted(len(places), 'room-day')}, one listing for each room.",
                "Re-sync them",
            )
            if not yes:
                return
        for place in places:
            self._send(self.resync, Refresh(self._by, room=place.room, date=place.date))

    async def _resync_day(self) -> None:
        dates = sorted({place.date for place in self._places(self._selected()) if place.date})
        if not dates:
            return
        yes = await confirmed(
            self._page.window(),
            "Re-sync this day in all rooms?",
            f"Echo360 is read anew for every room on {formats.date(dates[0])}. With many rooms this takes "
            "minutes; it goes on in the background and can be cancelled.",
            "Re-sync the day",
        )
        if yes:
            self._send(self.resync_day, Refresh(self._by, date=dates[0]))

    async def _compare(self) -> None:
        places = [place for place in self._places(self._selected()) if place.room]
        if not places:
            return
        yes = await confirmed(
            self._page.window(),
            "Compare and repair this room's year?",
            f"Everything Echo360 holds for {places[0].room_text} from today on is read and compared with the "
            "timetable; what differs is put right.",
            "Compare and repair",
        )
        if yes:
            self._send(self.compare, Refresh(self._by, room=places[0].room))

    # ---- inside

    def _send(self, action: QAction, command: Command) -> None:
        self._busy[action] += 1
        self.refresh()

        def on_reply() -> None:
            self._busy[action] -= 1
            self.refresh()

        self._gateway.send(command, on_reply)

    def _enable(self, action: QAction, possible: bool) -> None:
        action.setEnabled(possible and not self._busy[action])

    def _places(self, rows: Sequence[Row]) -> list[Place]:
        found: dict[tuple[str, str], Place] = {}
        for row in rows:
            place = place_of(row)
            found.setdefault((place.room, place.date), place)
        return list(found.values())

    def _action(self, text: str, keys: str, triggered: Callable[[], None]) -> QAction:
        action = QAction(text, self._page)
        action.setShortcut(QKeySequence(keys))
        action.setEnabled(False)
        action.triggered.connect(triggered)
        return action
