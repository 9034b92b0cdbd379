"""Where and when lessons of one year meet: what decisions are about."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping

from echodesk.errors import WrongUse
from echodesk.planning.values import Occurrence, RoomDay
from echodesk.worker.books import Books

Meeting = dict[int, Occurrence]
"""SLOTID → the lesson, of lessons that take place in one room-day in one week."""


def date_of(value: str) -> dt.date:
    """The date of a room-day. Raises `WrongUse` for one that cannot be read."""
    try:
        return dt.date.fromisoformat(value)
    except ValueError as error:
        raise WrongUse(
            "This is not a date", f"{value!r} cannot be read.", "Choose another room-day, or reload the list."
        ) from error


def all_weeks(books: Books, setid: str, slotids: Collection[int]) -> dict[int, dict[int, Occurrence]]:
    """SLOTID → week → where it takes place and is to be recorded; every lesson is in the answer."""
    found: dict[int, dict[int, Occurrence]] = {slotid: {} for slotid in slotids}
    lessons = books.timetable.lessons_now([(setid, slotid) for slotid in slotids])
    sets = {(setid, one.weekid) for one in lessons.values() if one.weekid is not None}
    weeks = books.timetable.weeks(sets)
    keys = [
        (setid, one.slotid, week)
        for one in lessons.values()
        if one.weekid is not None
        for week in weeks[setid, one.weekid]
    ]
    for occurrence in books.timetable.occurrences_of(keys)[0]:
        found[occurrence.slotid][occurrence.week] = occurrence
    return found


def meetings_of(weeks_of: Mapping[int, Mapping[int, Occurrence]]) -> dict[int, Meeting]:
    """Week → the lessons, for every week in which all take place in one room-day."""
    by_week: dict[int, Meeting] = defaultdict(dict)
    for slotid, weeks in weeks_of.items():
        for week, occurrence in weeks.items():
            by_week[week][slotid] = occurrence
    return {
        week: lessons
        for week, lessons in by_week.items()
        if len(lessons) == len(weeks_of) and len({one.place for one in lessons.values()}) == 1
    }


def places_of(
    weeks_of: Mapping[int, Mapping[int, Occurrence]], scope: Collection[int] | None, today: dt.date
) -> set[RoomDay]:
    """The room-days of these lessons in these weeks (None: in all), from today on."""
    return {
        occurrence.place
        for weeks in weeks_of.values()
        for week, occurrence in weeks.items()
        if (scope is None or week in scope) and occurrence.place.date >= today
    }
