"""Words of the command line read into values: dates, ends of pauses, numbers, rooms and buildings."""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Collection
from zoneinfo import ZoneInfo

from echodesk.capture.settings import checked_address
from echodesk.errors import CaptureTrouble, WrongUse
from echodesk.main import AllBooks


def date(value: str) -> dt.date | None:
    """A date, None for ''. Raises `WrongUse`."""
    if not value:
        return None
    try:
        found = dt.date.fromisoformat(value)
    except ValueError as error:
        raise _no_date(value) from error
    if found.isoformat() != value:
        raise _no_date(value)
    return found


def _no_date(value: str) -> WrongUse:
    return WrongUse("This is not a date", f"{value!r} cannot be read.", "Write dates as 2026-11-23.")


def span(first: str, last: str, today: dt.date) -> None:
    """Check two dates that may be ''. Raises `WrongUse` for reversed dates, and for an end before today."""
    begin, end = date(first), date(last)
    if begin is not None and end is not None and end < begin:
        raise WrongUse("These dates are reversed", f"{last} is before {first}.", "Give the earlier date first.")
    if end is not None and end < today:
        raise WrongUse("These dates have passed", f"{last} is before today.", "Nothing is sent for them any more.")


def end_of_pause(value: str, zone: str, campus_now: dt.datetime) -> str:
    """Campus time, or a date for the end of that day, as a UTC stamp; '' stays ''. Raises `WrongUse`."""
    if not value:
        return ""
    try:
        moment = dt.datetime.fromisoformat(value)
    except ValueError as error:
        raise WrongUse(
            "This is not a time",
            f"{value!r} cannot be read.",
            "Write campus time as 2026-11-23T17:00, or a date for the end of that day.",
        ) from error
    campus = ZoneInfo(zone)
    if len(value) <= len("2026-11-23"):
        moment += dt.timedelta(days=1)
    aware = moment.replace(tzinfo=campus) if moment.tzinfo is None else moment
    if aware.astimezone(campus).replace(tzinfo=None) <= campus_now:
        raise WrongUse(
            "This end has passed", f"It is {campus_now:%Y-%m-%d %H:%M} on campus.", "Choose a later one."
        )
    return aware.astimezone(dt.UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def numbers(values: Collection[int] | None, more: Collection[int] | None) -> tuple[int, ...]:
    """The numbers after an option; `--id 3 4` is as good as `--id 3 --id 4`."""
    return tuple(dict.fromkeys([*(values or ()), *(more or ())]))


def value_of(option: str, value: str | None) -> str:
    """What was given with an option, '' if it was not named. Raises `WrongUse` for one that was named with
    nothing: an empty variable of a script would mean everything."""
    if value is not None and not value.strip():
        raise WrongUse(
            "A value is missing", f"{option} was given with nothing.", f"Say what, or leave {option} out."
        )
    return value or ""


def check_address(address: str, *, loopback_only: bool) -> str:
    """An address of Echo360 as it is kept. Raises `WrongUse` before anything is done if it may not be used."""
    try:
        return checked_address(address, loopback_only=loopback_only)
    except CaptureTrouble as error:
        raise WrongUse(error.title, error.message, error.next_step) from error


def check_room(books: AllBooks, room: str) -> None:
    """Raise `WrongUse` unless the timetable or Echo360 knows this room; '' is no room."""
    if room:
        _check("room", room, {*books.timetable.names.rooms(), *books.mirror.rooms_with_schedules()})


def check_building(books: AllBooks, building: str) -> None:
    """Raise `WrongUse` unless the timetable has a room in this building; '' is no building."""
    if building:
        _check("building", building, {room.building for room in books.timetable.names.rooms().values()})


def _check(kind: str, code: str, known: Collection[str]) -> None:
    if code in known:
        return
    near = difflib.get_close_matches(code, known, n=3, cutoff=0.5)
    raise WrongUse(
        f"There is no such {kind}",
        f"Neither the timetable nor Echo360 has a {kind} with the code {code!r}.",
        f"Did you mean {' or '.join(near)}?" if near else f"Check the {kind}'s code; codes are exact.",
    )
