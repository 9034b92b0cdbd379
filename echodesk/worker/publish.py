"""Telling the window: the state, the numbers of the Overview, and what changed in each table that is shown."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace

from echodesk.errors import DatabaseTrouble
from echodesk.messages import Overview, Table, TableDelta, TableQuery, Unwatch, Watch
from echodesk.worker.ports import Capture, Clock, EventSink, Ledger

log = logging.getLogger(__name__)

TABLES_S = 0.25
"""At most four deltas a second and table (codebases §5.1)."""
OVERVIEW_S = 1.0
OVERVIEW_SHARE = 0.05
"""Its counts look at every row: where that takes long they are made less often, in this share of the time."""
FIRST_PAGE = 500
"""A table that is opened is sent in two steps, so that the first is there at once, however many rows there are."""


@dataclass(slots=True)
class _Watched:
    query: TableQuery
    generation: int
    cursor: int = 0
    limit: int = FIRST_PAGE
    """Of the next snapshot."""
    unnumbered: frozenset[int] = frozenset()
    """Rows without a change number that were sent."""
    fresh: bool = True
    """Until the whole snapshot was sent."""
    counts: tuple[tuple[str, int], ...] = ()
    """As they were told last."""


class Publisher:
    """Publishes to one sink. Owned by the worker's loop."""

    def __init__(
        self, ledger: Ledger, capture: Capture, clock: Clock, sink: EventSink, calls_per_minute: int
    ) -> None:
        self._ledger = ledger
        self._capture = capture
        self._clock = clock
        self._sink = sink
        self.calls_per_minute = calls_per_minute
        self._watched: dict[Table, _Watched] = {}
        self._overview_at = 0.0
        self._last_overview: Overview | None = None

    def watch(self, command: Watch) -> None:
        """Show this table from now on."""
        self._watched[command.table] = _Watched(command.query, command.generation)

    def unwatch(self, command: Unwatch) -> None:
        """The page is hidden."""
        self._watched.pop(command.table, None)

    async def run(self) -> None:
        """Publish until cancelled; a database that is away only means that nothing new is known."""
        while True:
            try:
                await self.once()
            except DatabaseTrouble as trouble:
                # The leader, or whoever tries to lead, tells people; here nothing new is known for a moment.
                log.debug("nothing could be published: %s", trouble)
            await self._clock.sleep(TABLES_S)

    async def once(self) -> None:
        """One round: now and then the Overview, and what changed in the tables that are shown."""
        if self._clock.monotonic() >= self._overview_at:
            await self._publish_overview()
        for table, watched in list(self._watched.items()):
            await self._publish(table, watched)

    async def _publish_overview(self) -> None:
        began = self._clock.monotonic()
        self._overview_at = began + OVERVIEW_S
        now = self._clock.campus_now()
        overview = await self._ledger.read(
            "overview", lambda books: books.screens.overview(now, self.calls_per_minute)
        )
        took = self._clock.monotonic() - began
        self._overview_at = max(self._overview_at, began + took / OVERVIEW_SHARE)
        if overview != self._last_overview:
            self._last_overview = overview
            self._sink.post(overview)

    async def _publish(self, table: Table, watched: _Watched) -> None:
        today = self._clock.campus_now().date().isoformat()
        query = replace(watched.query, limit=min(watched.limit, watched.query.limit))
        changes = await self._ledger.read(
            "table",
            lambda books: books.screens.changes(
                table, watched.cursor, query, watched.fresh, today, watched.unnumbered
            ),
        )
        if self._watched.get(table) is not watched:
            return
        counts = self._counts(table)
        if not (changes.snapshot or changes.upserts or changes.deletes or counts != watched.counts):
            return
        more = watched.fresh and changes.more and query.limit < watched.query.limit
        self._sink.post(
            TableDelta(
                table=table,
                generation=watched.generation,
                base=watched.cursor,
                cursor=changes.cursor,
                upserts=changes.upserts,
                deletes=changes.deletes,
                snapshot=changes.snapshot,
                counts=counts,
                more=more,
                cut=changes.cut,
            )
        )
        watched.counts = counts
        watched.cursor = changes.cursor
        watched.unnumbered = changes.unnumbered
        watched.limit = watched.query.limit
        watched.fresh = more

    def _counts(self, table: Table) -> tuple[tuple[str, int], ...]:
        """Rows per status, as the Overview found them last."""
        last = self._last_overview
        if last is None:
            return ()
        return {Table.QUEUE: last.queue, Table.NOTIFICATIONS: last.notifications, Table.ROOM_DAYS: last.room_days}[
            table
        ]
