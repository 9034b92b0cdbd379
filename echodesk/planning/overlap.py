"""What counts as a clash: half-open intervals in one room-day, with minutes between them if asked (design §4.4).

All functions sweep sorted intervals, so that their cost is that of sorting plus that of the pairs found.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence

from echodesk.planning.values import Interval, RoomDay


def conflicts(one: Interval, other: Interval, turnaround: int = 0) -> bool:
    """True if fewer than `turnaround` minutes lie between the two, or they overlap."""
    return one.start < other.end + turnaround and other.start < one.end + turnaround


def overlapping_pairs(times: Sequence[Interval], turnaround: int = 0) -> list[tuple[int, int]]:
    """Index pairs (smaller first) of all intervals of one room-day that conflict with each other."""
    return _sweep(sorted((time.start, time.end, index) for index, time in enumerate(times)), turnaround)


def overlaps_by_day(items: Iterable[tuple[RoomDay, Interval]], turnaround: int = 0) -> list[tuple[int, int]]:
    """Index pairs (smaller first) of all items that conflict in the same room-day."""
    days: dict[RoomDay, list[tuple[int, int, int]]] = {}
    for index, (place, time) in enumerate(items):
        row = (time.start, time.end, index)
        rows = days.get(place)
        if rows is None:
            days[place] = [row]
        else:
            rows.append(row)
    pairs: list[tuple[int, int]] = []
    for rows in days.values():
        if len(rows) > 1:
            rows.sort()
            pairs += _sweep(rows, turnaround)
    return pairs


def crossing_pairs(left: Sequence[Interval], right: Sequence[Interval]) -> list[tuple[int, int]]:
    """(index in `left`, index in `right`) of every pair that overlaps; pairs within one side do not count."""
    if len(left) * len(right) <= 64:
        return [
            (i, j)
            for i, one in enumerate(left)
            for j, other in enumerate(right)
            if one.start < other.end and other.start < one.end
        ]
    rows = [(time.start, time.end, index, True) for index, time in enumerate(left)]
    rows += [(time.start, time.end, index, False) for index, time in enumerate(right)]
    rows.sort()
    pairs: list[tuple[int, int]] = []
    open_left: list[tuple[int, int]] = []
    open_right: list[tuple[int, int]] = []
    for start, end, index, is_left in rows:
        open_left = [row for row in open_left if row[0] > start]
        open_right = [row for row in open_right if row[0] > start]
        if is_left:
            pairs += [(index, other) for _, other in open_right]
            open_left.append((end, index))
        else:
            pairs += [(other, index) for _, other in open_left]
            open_right.append((end, index))
    return pairs


def _sweep(rows: list[tuple[int, int, int]], turnaround: int) -> list[tuple[int, int]]:
    """Conflicting index pairs of sorted (start, end, index) rows."""
    pairs: list[tuple[int, int]] = []
    still_open: list[tuple[int, int]] = []
    latest = None
    for start, end, index in rows:
        until = end + turnaround
        if latest is None or latest <= start:
            # The common case, a lesson that meets nothing, must cost no list.
            still_open = [(until, index)]
            latest = until
            continue
        still_open = [row for row in still_open if row[0] > start]
        for _, other in still_open:
            pairs.append((other, index) if other < index else (index, other))
        still_open.append((until, index))
        latest = max(latest, until)
    return pairs


class Taken:
    """The times of one room-day that are given away; none of them conflicts with another."""

    def __init__(self, turnaround: int) -> None:
        self._turnaround = turnaround
        self._starts: list[int] = []
        self._rows: list[tuple[Interval, int]] = []

    def add(self, time: Interval, owner: int) -> None:
        """Give `time` to `owner`; the caller has asked `holders` first."""
        at = bisect_left(self._starts, time.start)
        self._starts.insert(at, time.start)
        self._rows.insert(at, (time, owner))

    def holders(self, time: Interval) -> list[int]:
        """The owners of everything that conflicts with `time`, in order of time."""
        at = bisect_left(self._starts, time.start)
        found: list[int] = []
        if at and conflicts(self._rows[at - 1][0], time, self._turnaround):
            found.append(self._rows[at - 1][1])
        until = time.end + self._turnaround
        while at < len(self._rows) and self._starts[at] < until:
            found.append(self._rows[at][1])
            at += 1
        return found

    def owners(self) -> list[int]:
        """All owners, in order of time."""
        return [owner for _, owner in self._rows]
