"""When a term begins and which academic year a date belongs to. Today is always an argument."""

from __future__ import annotations

import datetime as dt

from echodesk.errors import WrongUse

MONDAY = 0
FIRST_MONTH_OF_YEAR = 8
MEANT_YEARS = range(2000, 2200)


def coming_monday(today: dt.date) -> dt.date:
    """The Monday strictly after `today`: what has begun is never touched (decisions, "CSV")."""
    return today + dt.timedelta(days=7 - today.weekday())


def academic_year(date: dt.date) -> str:
    """The academic year as a SETID such as `2026/27`; a year turns on 1 August."""
    begins = date.year if date.month >= FIRST_MONTH_OF_YEAR else date.year - 1
    return f"{begins}/{(begins + 1) % 100:02d}"


def checked_term_start(term_starts: dt.date) -> dt.date:
    """`term_starts` itself if it is a Monday.

    Raises:
        WrongUse: it is another day (weekday 1 of a lesson is the first day of its week, so every lesson would
            slip), or a year that nobody can mean.
    """
    if term_starts.year not in MEANT_YEARS:
        raise WrongUse(
            "The term cannot begin on this day",
            f"The year of {term_starts.isoformat()} is not between {MEANT_YEARS[0]} and {MEANT_YEARS[-1]}.",
            "Choose another Monday.",
        )
    if term_starts.weekday() != MONDAY:
        raise WrongUse(
            "The term cannot begin on this day",
            f"{term_starts:%A} {term_starts.isoformat()} is not a Monday.",
            f"Choose a Monday, such as {coming_monday(term_starts).isoformat()}.",
        )
    return term_starts
