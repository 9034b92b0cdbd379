"""What waits between the worker's thread and the window: events merged so that a slow window never falls behind.

Pure and without locks; `bridge.EventBridge` guards it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from echodesk.clashes import AlsoOpen
from echodesk.messages import EngineState, Event, Overview, Progress, Row, Table, TableDelta

LIMIT = 5_000


@dataclass(frozen=True, slots=True)
class NeedsSnapshot:
    """Deltas of this table were dropped because too much waited: only a fresh snapshot is true."""

    table: Table


@dataclass(frozen=True, slots=True)
class Unexpected:
    """A defect of our own, seen in any thread."""

    headline: str
    details: str


Delivered = Event | NeedsSnapshot | Unexpected


def joined(first: TableDelta, second: TableDelta) -> TableDelta | None:
    """Both as one delta, or None if the second does not begin where the first one ends.

    A snapshot in second place stands alone: what came before it is void.
    """
    if second.snapshot:
        return second
    if first.table != second.table or first.generation != second.generation or first.cursor != second.base:
        return None
    upserts: dict[int, Row] = {row.key: row for row in first.upserts}
    deletes = set(first.deletes)
    for key in second.deletes:
        upserts.pop(key, None)
        deletes.add(key)
    for row in second.upserts:
        upserts[row.key] = row
        deletes.discard(row.key)
    return TableDelta(
        table=first.table,
        generation=first.generation,
        base=first.base,
        cursor=second.cursor,
        upserts=tuple(upserts.values()),
        deletes=frozenset() if first.snapshot else frozenset(deletes),
        snapshot=first.snapshot,
        counts=second.counts,
        more=first.more,
        cut=first.cut,
    )


class EventBuffer:
    """Events in order of arrival; state, overview, progress and who else has a room-day open overwrite, deltas of
    a table concatenate.

    After more than `limit` events without `take`, deltas are dropped and their tables asked afresh.
    """

    def __init__(self, limit: int = LIMIT) -> None:
        self._limit = limit
        self._slots: dict[object, list[Delivered]] = {}
        self._added = 0
        self._serial = 0
        self._overrun: set[Table] = set()

    def __bool__(self) -> bool:
        return bool(self._slots) or bool(self._overrun)

    def add(self, event: Delivered) -> None:
        """Take an event in."""
        self._added += 1
        if isinstance(event, EngineState | Overview | AlsoOpen):
            self._slots[type(event)] = [event]
        elif isinstance(event, Progress):
            self._slots[(Progress, event.task)] = [event]
        elif isinstance(event, TableDelta):
            self._add_delta(event)
        else:
            self._serial += 1
            self._slots[self._serial] = [event]

    def take(self) -> list[Delivered]:
        """Everything that waits, oldest first; the buffer is empty afterwards."""
        found: list[Delivered] = [NeedsSnapshot(table) for table in sorted(self._overrun)]
        for waiting in self._slots.values():
            found.extend(waiting)
        self._slots = {}
        self._overrun = set()
        self._added = 0
        return found

    def put_back(self, rest: Iterable[Delivered]) -> None:
        """What was taken and not delivered goes before whatever came since."""
        later = self.take()
        for event in rest:
            self._restore(event)
        for event in later:
            self._restore(event)
        self._added = 0

    def _restore(self, event: Delivered) -> None:
        if isinstance(event, NeedsSnapshot):
            self._overrun.add(event.table)
        else:
            self.add(event)

    def _add_delta(self, delta: TableDelta) -> None:
        slot = (TableDelta, delta.table)
        if delta.snapshot:
            self._overrun.discard(delta.table)
            self._slots[slot] = [delta]
            return
        if delta.table in self._overrun:
            return
        if self._added > self._limit:
            self._overrun.add(delta.table)
            self._slots.pop(slot, None)
            return
        waiting = self._slots.setdefault(slot, [])
        last = waiting[-1] if waiting else None
        both = joined(last, delta) if isinstance(last, TableDelta) else None
        if both is None:
            waiting.append(delta)
        else:
            waiting[-1] = both
