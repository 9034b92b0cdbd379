"""Week sets: one WEEKID for each distinct set of weeks, with its name in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from echodesk.demo.rows import WeekOfSet, WeekSetName

MOST_WEEK_NAME = 50


class WeekSets:
    """Gives each distinct set of weeks a WEEKID, numbered from 1 in the order of first use."""

    def __init__(self, names: Mapping[tuple[int, ...], str] | None = None) -> None:
        """`names` are the office's words for some sets; all others are named after their weeks."""
        self._ids: dict[tuple[int, ...], int] = {}
        self._names = dict(names or {})

    def id_of(self, weeks: Iterable[int]) -> int:
        """The WEEKID of this set; order and doubles do not matter."""
        key = tuple(sorted(set(weeks)))
        return self._ids.setdefault(key, len(self._ids) + 1)

    def rows(self, setid: str) -> tuple[tuple[WeekOfSet, ...], tuple[WeekSetName, ...]]:
        """The rows of WEEKMAPNUMERIC and WEEKMAPSTRING for every set given out so far."""
        numeric = tuple(WeekOfSet(setid, weekid, week) for key, weekid in self._ids.items() for week in key)
        named = tuple(
            WeekSetName(setid, weekid, self._names.get(key, _name(key)), weeks_text(key), len(key))
            for key, weekid in self._ids.items()
        )
        return numeric, named


def weeks_text(weeks: Iterable[int]) -> str:
    """Weeks as people write them: `1-5, 7, 9-11`."""
    runs: list[list[int]] = []
    for week in sorted(set(weeks)):
        if runs and week == runs[-1][1] + 1:
            runs[-1][1] = week
        else:
            runs.append([week, week])
    return ", ".join(f"{first}" if first == last else f"{first}-{last}" for first, last in runs)


def _name(weeks: tuple[int, ...]) -> str:
    text = f"{'Week' if len(weeks) == 1 else 'Weeks'} {weeks_text(weeks)}"
    return text if len(text) <= MOST_WEEK_NAME else f"{len(weeks)} weeks from {weeks[0]} to {weeks[-1]}"
