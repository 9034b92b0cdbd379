"""What staff may have to see to, one list each: the same for the window and the command line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from echodesk.lessons import BY_OTHERS_DAYS, ByOthers, ListMatter, Matter, MatterListed, UnknownPerson
from echodesk.worker.books import Books
from echodesk.worker.looking_up import booked_by_others

NEVER = "9999"
"""Sorts behind every date."""


def listed(books: Books, wish: ListMatter, now: dt.datetime) -> MatterListed:
    """What there is of it, as of this transaction."""
    today = now.date()
    lines: Sequence[UnknownPerson | ByOthers]
    if wish.matter is Matter.PEOPLE:
        lines = unknown_people(books, today)
    else:
        lines = booked_by_others(books, today, today + dt.timedelta(days=BY_OTHERS_DAYS - 1))
    return MatterListed(wish.matter, tuple(lines[: wish.limit]), len(lines))


def unknown_people(books: Books, today: dt.date) -> list[UnknownPerson]:
    """Whom Echo360 does not know: whoever teaches next comes first."""
    people = books.screens.unknown_people(today.isoformat())
    people.sort(key=lambda one: (one.date or NEVER, one.times, one.email))
    return [replace(one, room_name=books.timetable.room_name(one.room)[0]) for one in people]
