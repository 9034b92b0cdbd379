"""Weeks and dates: which date a weekday of a teaching week is, and back (cmis-schema "Facts to build on")."""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

WeekdayKey = tuple[str, int, int]
"""(SETID, week number, weekday 1 to 7)."""

WEEKDAYS = range(1, 8)

_YEARS = range(1900, 3000)
_DATE = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[ T][0-9:.]*)?")


@dataclass(frozen=True, slots=True)
class CalendarFault:
    """A date that cannot be read: its week, or that day of it, has no date and nothing is recorded then."""

    table: str
    setid: str
    week: int
    weekday: int | None
    value: str


@dataclass(frozen=True, slots=True)
class Calendar:
    """The dates of all years that the timetable describes. Make it with `Calendar.of`.

    `first_weekday` is the WEEKDAY of STARTDATE's own day, 1 at most sites. A date in CCALMAPS wins over the one
    that is computed; one that is there and cannot be read leaves that day without a date, not with a wrong one.
    """

    first_weekday: int
    starts: dict[tuple[str, int], dt.date]
    mapped: dict[WeekdayKey, dt.date | None]
    weeks_starting: dict[dt.date, list[tuple[str, int]]]
    mapped_on: dict[dt.date, list[WeekdayKey]]
    faults: tuple[CalendarFault, ...]

    @classmethod
    def of(
        cls,
        structure: Iterable[tuple[str, int, object]],
        mapped: Iterable[tuple[str, int, int, object]] = (),
        first_weekday: int = 1,
    ) -> Calendar:
        """From rows of WEEKSTRUCTURE (set, week, first day) and CCALMAPS (set, week, weekday, date).

        Dates may be dates or ISO texts, with or without a time of day. An empty MAPDATE is as no row.
        """
        faults: list[CalendarFault] = []
        starts: dict[tuple[str, int], dt.date] = {}
        weeks_starting: dict[dt.date, list[tuple[str, int]]] = defaultdict(list)
        for setid, week, value in structure:
            date = read_date(value)
            if date is None:
                faults.append(CalendarFault("WEEKSTRUCTURE", setid, week, None, _shown(value)))
            elif (setid, week) not in starts:
                starts[(setid, week)] = date
                weeks_starting[date].append((setid, week))
        exact: dict[WeekdayKey, dt.date | None] = {}
        mapped_on: dict[dt.date, list[WeekdayKey]] = defaultdict(list)
        for setid, week, weekday, value in mapped:
            key = (setid, week, weekday)
            if not _shown(value) or key in exact:
                continue
            date = exact[key] = read_date(value)
            if date is None:
                faults.append(CalendarFault("CCALMAPS", setid, week, weekday, _shown(value)))
            else:
                mapped_on[date].append(key)
        return cls(first_weekday, starts, exact, dict(weeks_starting), dict(mapped_on), tuple(faults))

    def date_of(self, setid: str, week: int, weekday: int) -> dt.date | None:
        """The date of a weekday of a week; None outside the week structure, or if it cannot be read."""
        if weekday not in WEEKDAYS:
            return None
        key = (setid, week, weekday)
        if key in self.mapped:
            return self.mapped[key]
        start = self.starts.get((setid, week))
        return None if start is None else start + dt.timedelta(days=self._offset(weekday))

    def on(self, date: dt.date) -> list[WeekdayKey]:
        """Every (set, week, weekday) whose date this is, in order; empty outside all years."""
        if date.year not in _YEARS:
            return []
        found = [key for key in self.mapped_on.get(date, ()) if key[2] in WEEKDAYS]
        for weekday in WEEKDAYS:
            start = date - dt.timedelta(days=self._offset(weekday))
            for setid, week in self.weeks_starting.get(start, ()):
                if (setid, week, weekday) not in self.mapped:
                    found.append((setid, week, weekday))
        return sorted(found)

    def span(self, setid: str) -> tuple[dt.date, dt.date] | None:
        """First and last day of a year; None if it has no readable week."""
        first = [date for (one, _), date in self.starts.items() if one == setid]
        if not first:
            return None
        return min(first), max(first) + dt.timedelta(days=6)

    def _offset(self, weekday: int) -> int:
        """Days after STARTDATE. Two sites are known: STARTDATE + WEEKDAY - 1 and STARTDATE + WEEKDAY."""
        days = weekday - self.first_weekday
        return days if days >= 0 else days + 7


def read_date(value: object) -> dt.date | None:
    """A date column's value as a date, None if it cannot be read. A time of day is cut off.

    Years that no timetable means (0001, 9999 as "open end") count as unreadable.
    """
    date: dt.date | None = None
    if isinstance(value, dt.datetime):
        date = value.date()
    elif isinstance(value, dt.date):
        date = value
    elif isinstance(value, str) and (match := _DATE.fullmatch(value.strip(" "))) is not None:
        try:
            date = dt.date.fromisoformat(match[1])
        except ValueError:
            return None
    return date if date is not None and date.year in _YEARS else None


def _shown(value: object) -> str:
    return "" if value is None else str(value).strip(" ")
