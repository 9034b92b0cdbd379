"""Rows of one live table in display order: patching by key, sorting, filtering, the cap. Pure, no Qt.

The model may change nothing before it has told its views, so a change comes in two steps: `plan` says what a
delta will do in terms of positions on screen, then the model carries out each step between Qt's begin and end.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from echodesk.messages import Row

SortValue = tuple[int | float | str, ...]
SortKey = Callable[[Row], SortValue]
"""What a column is sorted by: numbers and texts, the same kinds in the same places for every row."""

CAP = 10_000


def by_key(row: Row) -> SortValue:
    """The order of arrival."""
    return ()


@dataclass(frozen=True, slots=True)
class Patch:
    """What a delta does. Positions are those before the patch."""

    updates: tuple[Row, ...]
    """Shown before and after, at the same place."""
    moves: tuple[Row, ...]
    """Shown before and after, but elsewhere."""
    removals: tuple[int, ...]
    """Positions of rows that are no longer shown (moves not among them), ascending."""
    additions: tuple[Row, ...]
    """Not shown before."""
    unseen: tuple[Row, ...]
    """Kept, but hidden by the filter."""
    dropped: frozenset[int]
    """Keys that leave the cache: deleted, or beyond the cap."""

    @property
    def structural(self) -> int:
        """How many rows appear, vanish or move."""
        return len(self.removals) + len(self.additions) + len(self.moves)


def runs(positions: Iterable[int]) -> list[tuple[int, int]]:
    """Ascending positions as (first, last) runs, the last run first, ready to be removed."""
    found: list[tuple[int, int]] = []
    for position in positions:
        if found and found[-1][1] == position - 1:
            found[-1] = (found[-1][0], position)
        else:
            found.append((position, position))
    found.reverse()
    return found


class RowCache:
    """At most `cap` rows (the newest keys), of which those that pass the filter are shown, sorted."""

    def __init__(self, cap: int = CAP) -> None:
        self._cap = cap
        self._rows: dict[int, Row] = {}
        self._order: list[int] = []
        self._keys: list[SortValue] = []
        self._at: dict[int, int] = {}
        self._at_valid_to = 0
        self._sort: SortKey = by_key
        self._descending = True
        self._accept: Callable[[Row], bool] | None = None

    # ---- reading

    @property
    def shown(self) -> int:
        """How many rows pass the filter."""
        return len(self._order)

    @property
    def held(self) -> int:
        """How many rows are in memory."""
        return len(self._rows)

    def row(self, position: int) -> Row:
        """The row at this position on screen."""
        return self._rows[self._order[position]]

    def key(self, position: int) -> int:
        """The key at this position on screen."""
        return self._order[position]

    def position(self, key: int) -> int | None:
        """Where this key is on screen; None if it is not shown."""
        self._index()
        return self._at.get(key)

    def get(self, key: int) -> Row | None:
        """The row with this key, shown or not."""
        return self._rows.get(key)

    def rows(self) -> Iterable[Row]:
        """All rows in memory, in no particular order."""
        return self._rows.values()

    def keys_shown(self) -> tuple[int, ...]:
        """The keys on screen, in order."""
        return tuple(self._order)

    # ---- a delta

    def plan(self, upserts: Iterable[Row], deletes: Iterable[int], *, snapshot: bool = False) -> Patch:
        """What these changes will do; changes nothing. A snapshot also drops what it does not hold."""
        fresh = {row.key: row for row in upserts}
        dropped = {key for key in deletes if key in self._rows and key not in fresh}
        if snapshot:
            dropped.update(key for key in self._rows if key not in fresh)
        dropped |= self._beyond_cap(fresh, dropped)
        updates: list[Row] = []
        moves: list[Row] = []
        additions: list[Row] = []
        unseen: list[Row] = []
        gone: list[int] = []
        self._index()
        at = self._at
        for key, row in fresh.items():
            if key in dropped or self._rows.get(key) == row:
                continue
            position = at.get(key)
            wanted = self._accept is None or self._accept(row)
            if position is None:
                (additions if wanted else unseen).append(row)
            elif not wanted:
                gone.append(position)
                unseen.append(row)
            elif self._stays(position, row, fresh):
                updates.append(row)
            else:
                moves.append(row)
        gone.extend(at[key] for key in dropped if key in at)
        return Patch(
            updates=tuple(updates),
            moves=tuple(moves),
            removals=tuple(sorted(gone)),
            additions=tuple(additions),
            unseen=tuple(unseen),
            dropped=frozenset(dropped),
        )

    def replace(self, rows: Iterable[Row]) -> list[int]:
        """Put rows that keep their place; answers their positions, ascending."""
        self._index()
        touched = []
        for row in rows:
            self._rows[row.key] = row
            position = self._at[row.key]
            self._keys[position] = self._sort_key(row)
            touched.append(position)
        touched.sort()
        return touched

    def forget(self, patch: Patch) -> None:
        """Bring the rows that are not on screen up to date: call it when those on screen are."""
        for row in patch.unseen:
            self._rows[row.key] = row
        for key in patch.dropped:
            self._rows.pop(key, None)

    def remove(self, first: int, last: int) -> None:
        """Take positions first to last from the screen."""
        for key in self._order[first : last + 1]:
            self._at.pop(key, None)
        del self._order[first : last + 1]
        del self._keys[first : last + 1]
        self._at_valid_to = min(self._at_valid_to, first)

    def insertions(self, rows: Iterable[Row]) -> list[tuple[int, list[Row]]]:
        """Where these rows belong: (position, rows in display order), the last position first."""
        placed = sorted(rows, key=self._sort_key, reverse=self._descending)
        found: list[tuple[int, list[Row]]] = []
        for row in placed:
            position = self._place(self._sort_key(row))
            if found and found[-1][0] == position:
                found[-1][1].append(row)
            else:
                found.append((position, [row]))
        found.reverse()
        return found

    def insert(self, position: int, rows: list[Row]) -> None:
        """Put rows (in display order) at a position that `insertions` named."""
        for row in rows:
            self._rows[row.key] = row
        self._order[position:position] = [row.key for row in rows]
        self._keys[position:position] = [self._sort_key(row) for row in rows]
        self._at_valid_to = min(self._at_valid_to, position)

    def load(self, patch: Patch) -> None:
        """Apply a whole patch at once, for a model that resets."""
        for row in (*patch.updates, *patch.moves, *patch.additions):
            self._rows[row.key] = row
        self.forget(patch)
        self._arrange()

    # ---- order and filter

    def sort(self, key: SortKey, *, descending: bool) -> None:
        """Arrange anew. Among equals the order of arrival decides, so that the order is total."""
        self._sort, self._descending = key, descending
        self._arrange()

    def filter(self, accept: Callable[[Row], bool] | None) -> None:
        """Show only what `accept` says yes to; None shows all."""
        self._accept = accept
        self._arrange()

    # ---- inside

    def _sort_key(self, row: Row) -> SortValue:
        return (*self._sort(row), row.key)

    def _arrange(self) -> None:
        rows = self._rows.values() if self._accept is None else [r for r in self._rows.values() if self._accept(r)]
        self._keys = sorted((self._sort_key(row) for row in rows), reverse=self._descending)
        self._order = [int(key[-1]) for key in self._keys]
        self._at = {}
        self._at_valid_to = 0

    def _index(self) -> None:
        start = self._at_valid_to
        if start < len(self._order):
            self._at.update(zip(self._order[start:], range(start, len(self._order)), strict=True))
        self._at_valid_to = len(self._order)

    def _stays(self, position: int, row: Row, fresh: Mapping[int, Row]) -> bool:
        key = self._sort_key(row)
        if self._keys[position] == key:
            return True
        before, after = position - 1, position + 1
        if self._descending:
            before, after = after, before
        return self._fits(before, fresh, key, lower=True) and self._fits(after, fresh, key, lower=False)

    def _fits(self, neighbour: int, fresh: Mapping[int, Row], key: SortValue, *, lower: bool) -> bool:
        if not 0 <= neighbour < len(self._order):
            return True
        if self._order[neighbour] in fresh:
            # The neighbour may change in the same delta: its present key proves nothing.
            return False
        return self._keys[neighbour] < key if lower else key < self._keys[neighbour]

    def _place(self, key: SortValue) -> int:
        if not self._descending:
            return bisect_left(self._keys, key)
        low, high = 0, len(self._keys)
        while low < high:
            middle = (low + high) // 2
            if self._keys[middle] > key:
                low = middle + 1
            else:
                high = middle
        return low

    def _beyond_cap(self, fresh: Mapping[int, Row], dropped: set[int]) -> set[int]:
        new = [key for key in fresh if key not in self._rows]
        excess = len(self._rows) + len(new) - len(dropped) - self._cap
        if excess <= 0:
            return set()
        remaining = sorted(key for key in (*self._rows, *new) if key not in dropped)
        return set(remaining[:excess])
