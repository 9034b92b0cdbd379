"""What staff may have to see to, one list each: the same for the window and the command line."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from echodesk.lessons import (
    BY_OTHERS_DAYS,
    ByOthers,
    FailureCause,
    FailureGroup,
    LateLesson,
    ListMatter,
    Matter,
    MatterListed,
    UnknownPerson,
)
from echodesk.planning.records import Failure
from echodesk.worker.books import Books
from echodesk.worker.causes import cause_of
from echodesk.worker.looking_up import booked_by_others

NEVER = "9999"
"""Sorts behind every date."""


def listed(books: Books, wish: ListMatter, now: dt.datetime) -> MatterListed:
    """What there is of it, as of this transaction."""
    today = now.date()
    lines: Sequence[LateLesson | FailureGroup | UnknownPerson | ByOthers]
    if wish.matter is Matter.TOO_LATE:
        lines = too_late(books, now)
    elif wish.matter is Matter.FAILURES:
        lines = failed_groups(books, today)
    elif wish.matter is Matter.PEOPLE:
        lines = unknown_people(books, today)
    else:
        lines = booked_by_others(books, today, today + dt.timedelta(days=BY_OTHERS_DAYS - 1))
    return MatterListed(wish.matter, tuple(lines[: wish.limit]), len(lines))


def too_late(books: Books, now: dt.datetime) -> list[LateLesson]:
    """Lessons of today that EchoDesk can put right no more, by start and room."""
    found = []
    for one in books.screens.too_late(now):
        name, building = books.timetable.room_name(one.room)
        found.append(replace(one, room_name=name, building=building))
    return found


def failed_groups(books: Books, today: dt.date) -> list[FailureGroup]:
    """What failed, by cause and room: whatever has the next lesson comes first, what has passed last."""
    found: dict[tuple[FailureCause, str], list[Failure]] = defaultdict(list)
    for one in books.screens.failures():
        found[cause_of(one.message), one.room].append(one)
    groups = [_group(books, cause, room, of, today.isoformat()) for (cause, room), of in found.items()]
    return sorted(groups, key=lambda one: (one.date or NEVER, one.times, one.cause, one.room))


def _group(books: Books, cause: FailureCause, room: str, failures: list[Failure], today: str) -> FailureGroup:
    name, building = books.timetable.room_name(room)
    following = next((one for one in failures if one.date >= today), None)
    return FailureGroup(
        cause=cause,
        room=room,
        room_name=name,
        building=building,
        count=len(failures),
        date=following.date if following else "",
        times=following.times if following else "",
        said=(following or failures[-1]).message,
        entries=tuple(one.entry for one in failures if one.entry),
        notifications=tuple(one.notification for one in failures if one.notification),
    )


def unknown_people(books: Books, today: dt.date) -> list[UnknownPerson]:
    """Whom Echo360 does not know: whoever teaches next comes first."""
    people = books.screens.unknown_people(today.isoformat())
    people.sort(key=lambda one: (one.date or NEVER, one.times, one.email))
    return [replace(one, room_name=books.timetable.room_name(one.room)[0]) for one in people]
