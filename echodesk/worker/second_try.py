"""Another try of what Echo360 refused for good (decisions: "A definite failure").

A re-sync, and a comparison, ask for everything once more in their room-days, but for what another recording would
have to make room for: were the answer the same, that one was taken away for nothing, and may be too near to be
made again. *Retry* of a lesson asks all the same, also where another lesson carries the recording that it is part
of.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable

from echodesk.planning.overlap import conflicts
from echodesk.planning.records import NewNotification, Refusal
from echodesk.planning.values import Interval, Occurrence, RoomDay, Standing
from echodesk.worker.books import Books


def of_room_days(books: Books, places: Collection[RoomDay], now: dt.datetime) -> None:
    """What was refused in these room-days, judged over the mirror as it is: best right after a listing."""
    books.journal.forget(worth_asking(books, places, now))


def worth_asking(books: Books, places: Collection[RoomDay], now: dt.datetime) -> list[Refusal]:
    """The same, for whoever only looks."""
    refused = books.journal.refused_at(places)
    if not refused:
        return []
    rules = books.office.rules()
    there = [row.standing for row in books.mirror.at({one.place for one in refused})]
    movable = [one for one in there if one.ours and _begins(one.place, one.time) > now]
    costly = {
        (one.external_id, one.place)
        for one in _now(books, refused)
        for other in movable
        if other.place == one.place
        and not _carries(other, one)
        and conflicts(other.time, one.time, rules.turnaround_in(one.place.room))
    }
    return [one for one in refused if (one.external_id, one.place) not in costly]


def of_lessons(books: Books, notifications: Iterable[NewNotification]) -> None:
    """What was refused of these lessons, and of those that are recorded together with them."""
    wanted = {one.external_id for one in notifications}
    if not wanted:
        return
    occurrences = books.timetable.occurrences_of(_lessons(books, wanted))[0]
    seats = {(one.place, one.time) for one in occurrences}
    refused = books.journal.refused_at({place for place, _ in seats})
    shared = {one.external_id for one in _now(books, refused) if (one.place, one.time) in seats}
    books.journal.forget_refusals(wanted | shared)


def _now(books: Books, refused: Iterable[Refusal]) -> list[Occurrence]:
    return books.timetable.occurrences_of(_lessons(books, {one.external_id for one in refused}))[0]


def _lessons(books: Books, external_ids: Iterable[str]) -> list[tuple[str, int, int]]:
    return [lesson for one in external_ids if (lesson := books.timetable.lesson_of(one)) is not None]


def _carries(standing: Standing, one: Occurrence) -> bool:
    """It is the lesson itself, or the recording that it is to be part of, or to carry on."""
    if standing.external_id == one.external_id:
        return True
    return standing.time == one.time and set(one.content.sections) <= set(standing.content.sections)


def _begins(place: RoomDay, time: Interval) -> dt.datetime:
    return dt.datetime.combine(place.date, dt.time()) + dt.timedelta(minutes=time.start)
