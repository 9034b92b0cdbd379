"""How numbers, dates, times and stretches of time are written on every screen. Pure; English, not the locale's."""

from __future__ import annotations

import datetime as dt
import math
import re

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
NOTHING = "–"  # noqa: RUF001 - the en dash is meant


def number(value: int) -> str:
    """`83,412`."""
    return f"{value:,}"


def counted(value: int, one: str, many: str = "") -> str:
    """`1 lesson`, `1,204 lessons`."""
    return f"{number(value)} {one if value == 1 else many or one + 's'}"


def date(iso: str) -> str:
    """`Tue 24 Nov 2026` of an ISO date; anything unreadable as it is, '' as a dash."""
    if not iso:
        return NOTHING
    try:
        day = dt.date.fromisoformat(iso[:10])
    except ValueError:
        return iso
    return f"{WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]} {day.year}"


def short_date(iso: str) -> str:
    """`24 Nov 2026`, for narrow columns."""
    return date(iso).partition(" ")[2] or iso


def weekday(number_of_day: int) -> str:
    """`Mon` of 1 … `Sun` of 7 (the timetable's numbering); anything else as it is, 0 as nothing."""
    if 1 <= number_of_day <= 7:
        return WEEKDAYS[number_of_day - 1]
    return str(number_of_day) if number_of_day else ""


def weekdays(numbers: str) -> str:
    """`Mon, Tue, Fri` of `125`; all seven are `every day`."""
    days = sorted(set(numbers))
    return "every day" if len(days) == len(WEEKDAYS) else ", ".join(weekday(int(day)) for day in days)


def span(start: str, finish: str) -> str:
    """`09:00–10:00`."""  # noqa: RUF002 - the dash is meant
    if not start and not finish:
        return NOTHING
    return f"{start or '?'}–{finish or '?'}"  # noqa: RUF001 - the dash is meant


def moment(local: str, today: str = "") -> str:
    """`Tue 24 Nov 2026, 09:05` of a local stamp; `today, 09:05` when it is of `today` (ISO date)."""
    if not local:
        return NOTHING
    day, clock = local[:10], local[11:19]
    if not clock:
        return date(day)
    if today and day == today[:10]:
        return f"today, {clock[:5]}"
    return f"{date(day)}, {clock[:5]}"


def minutes(value: float) -> str:
    """`less than a minute`, `12 min`, `3 h 28 min`, `2 days 4 h`: rounded up, so that nobody waits in vain."""
    whole = math.ceil(value)
    if value < 1:
        return "less than a minute"
    if whole < 60:
        return f"{whole} min"
    hours, rest = divmod(whole, 60)
    if hours < 24:
        return f"{hours} h {rest} min" if rest else f"{hours} h"
    days, hours = divmod(hours, 24)
    return f"{counted(days, 'day')} {hours} h" if hours else counted(days, "day")


_BIDI = dict.fromkeys([0x200E, 0x200F, 0x061C, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])


def plain(text: str, limit: int = 4_000) -> str:
    """Text from outside made harmless to look at: no direction overrides, no control characters, not endless."""
    short = text if len(text) <= limit else text[:limit] + " …"
    if short.isprintable():
        # Direction overrides are not printable either; this is nearly every text, on the way to every cell.
        return short
    kept = short.translate(_BIDI)
    return "".join(letter if letter.isprintable() or letter == "\n" else " " for letter in kept)


def breakable(text: str, run: int = 40) -> str:
    """The same with places to break a line inside very long words (an endless id must not widen a pane)."""
    return re.sub(rf"(\S{{{run}}})(?=\S)", "\\1\u200b", plain(text))


def one_line(text: str, limit: int = 300) -> str:
    """The same on a single line, short enough for a cell."""
    return " ".join(plain(text, limit).split())
