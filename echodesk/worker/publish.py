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
COUNTS_S = 1.0
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
    counted: str = ""
    """The day on which its rows were counted last; "" when they have changed since."""


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
        self._counts: dict[Table, tuple[float, tuple[tuple[str, int], ...]]] = {}

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
        """One round: what changed in the tables that are shown, and now and then the Overview."""
        for table, watched in list(self._watched.items()):
            await self._publish(table, watched)
        if self._clock.monotonic() >= self._overview_at:
            self._overview_at = self._clock.monotonic() + OVERVIEW_S
            await self._publish_overview()

    async def _publish_overview(self) -> None:
        today = self._clock.campus_now().date().isoformat()
        overview = await self._ledger.read(
            "overview", lambda books: books.screens.overview(today, self.calls_per_minute)
        )
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
        if changes.snapshot or changes.upserts or changes.deletes:
            watched.counted = ""
        counts = await self._counted(table, watched, today)
        if not (changes.snapshot or changes.upserts or changes.deletes or counts is not None):
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
                counts=counts if counts is not None else self._counts[table][1],
                more=more,
                cut=changes.cut,
            )
        )
        watched.cursor = changes.cursor
        watched.unnumbered = changes.unnumbered
        watched.limit = watched.query.limit
        watched.fresh = more

    async def _counted(self, table: Table, watched: _Watched, today: str) -> tuple[tuple[str, int], ...] | None:
        """The counts per status if they are due and differ from what was told, else None. Counting looks at every
        row, so where nothing has changed it is not done."""
        at, told = self._counts.get(table, (0.0, ()))
        if watched.counted == today or (not watched.fresh and self._clock.monotonic() < at + COUNTS_S):
            return None
        counts = await self._ledger.read("counts", lambda books: books.screens.counts(table, today))
        self._counts[table] = (self._clock.monotonic(), counts)
        watched.counted = today
        return counts if watched.fresh or counts != told else None
