"""The window's side of a live table: asks the worker to watch it, and keeps question and answers together.

Every question has a new generation number; answers of older questions are dropped (trap T27).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from enum import Enum, auto

from PySide6.QtCore import QObject, Signal

from echodesk.desk.gateway import Gateway
from echodesk.desk.tables.live_model import Applied, LiveModel
from echodesk.errors import EchoDeskError
from echodesk.messages import Table, TableDelta, TableQuery, Unwatch, Watch


class FeedState(Enum):
    """How the table on screen relates to the truth."""

    HIDDEN = auto()
    LOADING = auto()
    LIVE = auto()
    FAILED = auto()


def generations() -> Iterator[int]:
    """Numbers for all questions of one window, so that none is used twice, not even for another worker."""
    return itertools.count(1)


class TableFeed(QObject):
    """One live table."""

    changed = Signal()
    """State, counts or rows are new."""
    rows_changed = Signal(object)
    """Keys of the rows that a delta put in or took out."""

    def __init__(self, table: Table, model: LiveModel, gateway: Gateway, numbers: Iterator[int]) -> None:
        super().__init__()
        self.table = table
        self.model = model
        self.state = FeedState.HIDDEN
        self.trouble: EchoDeskError | None = None
        self.counts: dict[str, int] = {}
        self.cut = False
        """There are more rows than the text was looked for in."""
        self.query = TableQuery()
        self._gateway = gateway
        self._numbers = numbers

    @property
    def total(self) -> int:
        """Rows in the whole table, as last told."""
        return sum(self.counts.values())

    def show(self) -> None:
        """The page is on screen."""
        if self.state is FeedState.HIDDEN:
            self.reload()

    def hide(self) -> None:
        """The page is not on screen: nothing more is sent for it; what was shown stays for the next time."""
        if self.state is FeedState.HIDDEN:
            return
        self.state = FeedState.HIDDEN
        self.model.expect(next(self._numbers))
        self._gateway.start(self._unwatch())

    def ask_for(self, query: TableQuery) -> None:
        """Show what matches this from now on."""
        if query != self.query:
            self.query = query
            if self.state is not FeedState.HIDDEN:
                self.reload()

    def reload(self) -> None:
        """Ask for everything anew; the rows on screen stay until the answer comes."""
        generation = next(self._numbers)
        self.model.expect(generation)
        self.state = FeedState.LOADING
        self.trouble = None
        self._gateway.start(self._watch(generation))
        self.changed.emit()

    def reconnect(self) -> None:
        """Another worker has taken over."""
        if self.state is not FeedState.HIDDEN:
            self.reload()

    def on_needs_snapshot(self) -> None:
        """Deltas were dropped on the way."""
        if self.state in (FeedState.LIVE, FeedState.LOADING):
            self.reload()

    def on_delta(self, delta: TableDelta) -> None:
        """Rows from the worker."""
        applied = self.model.apply(delta)
        if applied is Applied.STALE:
            return
        if applied is Applied.GAP:
            self.reload()
            return
        self.counts = dict(delta.counts)
        if delta.snapshot:
            self.cut = delta.cut
        self.state = FeedState.LIVE
        self.changed.emit()
        self.rows_changed.emit(frozenset(row.key for row in delta.upserts) | delta.deletes)

    async def _watch(self, generation: int) -> None:
        try:
            await self._gateway.ask(Watch(self.table, self.query, generation))
        except EchoDeskError as trouble:
            # Shown in the table's own place, so not raised to the toast.
            if self.model.generation == generation and self.model.waiting:
                self.state = FeedState.FAILED
                self.trouble = trouble
                self.changed.emit()

    async def _unwatch(self) -> None:
        try:
            await self._gateway.ask(Unwatch(self.table))
        except EchoDeskError as trouble:
            # Nobody is left to stop sending; what still comes is of an old generation.
            self.trouble = trouble
