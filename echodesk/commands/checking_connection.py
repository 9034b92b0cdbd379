"""What has to be right before EchoDesk can send anything: the database, its years, the call limit, Echo360."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from echodesk.access import Echo360Access
from echodesk.checks import Check, Line, State
from echodesk.commands.checking_database import database_lines
from echodesk.main import AllBooks, Office, ask_echo360
from echodesk.store.settings import value_of

Look = Callable[[AllBooks, dt.datetime], list[Line]]
"""Looks in one read transaction; campus time now."""


def database_checks(office: Office) -> list[Check]:
    """A database that could be opened: what is in it, what its user may do, its triggers, its years, the limit."""
    return [
        looking(office, "Database", database_lines),
        looking(office, "Years", _years),
        looking(office, "Call limit", _call_limit),
    ]


def echo360_check(office: Office, url: str, access: Callable[[], Echo360Access], *, loopback_only: bool) -> Check:
    """Whether Echo360 can be reached, lets us in, and answers; `url` is '' where none was chosen."""

    def look() -> list[Line]:
        if not url:
            step = "Choose one with `echodesk echo360`, or name it with --echo360 https://…."
            return [Line("Echo360", State.SKIPPED, "not asked", step)]
        said = ask_echo360(office, access(), loopback_only=loopback_only)
        if said is None:
            return [Line("Echo360", State.OK, f"{url} lets us in and answers")]
        return [
            Line("Echo360", State.WRONG, said, "Check the address, the credentials and their rights in Echo360.")
        ]

    return Check("Echo360", look)


def looking(office: Office, name: str, look: Look) -> Check:
    """A check that looks into the database."""

    def find() -> list[Line]:
        now = office.clock().campus_now()
        return office.look(lambda books: look(books, now))

    return Check(name, find)


def _years(books: AllBooks, _now: dt.datetime) -> list[Line]:
    lines = []
    for setid, lessons in sorted(books.timetable.sizes().items()):
        first = books.timetable.first_day(setid)
        if first is None:
            lines.append(Line("Years", State.WRONG, f"{setid} is sent and has no lesson.", "See the timetable."))
            continue
        week, weekday, date = first
        if date is None:
            text = f"{setid}: week {week} of its first lesson is not in the week structure."
            lines.append(Line("Years", State.WRONG, text, "Put WEEKSTRUCTURE right; without it nothing is sent."))
            continue
        day = dt.date.fromisoformat(date)
        text = f"{setid}: {lessons} lessons to record; the first of all (week {week}, day {weekday}) is on "
        lines.append(Line("Years", State.OK, f"{text}{day:%A} {date}"))
    none = Line("Years", State.WRONG, "No year is sent.", "Switch one on: `echodesk plan --year 2027/28`.")
    return lines or [none]


def _call_limit(books: AllBooks, _now: dt.datetime) -> list[Line]:
    limit = int(value_of(books.office.settings(), "calls_per_minute"))
    if limit:
        return [Line("Call limit", State.OK, f"at most {limit} calls a minute to Echo360")]
    step = "`echodesk settings calls_per_minute 120` is what Echo360 allows unless it told you otherwise."
    return [Line("Call limit", State.NOTE, "No limit is kept: Echo360 may refuse calls.", step)]
