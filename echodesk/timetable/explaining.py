"""Why a lesson is or is not recorded, as far as the timetable says: year, nine criteria, times, weeks with dates.

What became of each week (sent, refused, left out) is for the store to add.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from echodesk.errors import WrongUse
from echodesk.planning.external_id import Recogniser
from echodesk.timetable.eligibility import LEADING_ENTRY, LessonFacts, Result, eligible, examine
from echodesk.timetable.occurrences import NoTimes, changed_stamp, lesson_times, zone_named
from echodesk.timetable.reading import TimetableReader

NOT_SWITCHED_ON = "this year is not switched on"
FURTHER_ENTRY = "not recorded: further entry"


@dataclass(frozen=True, slots=True)
class FurtherEntry:
    """A SLOTENTRY row beside the leading one: never a lesson of its own (design §4.1)."""

    slotentry: int
    room: str
    module: str
    group: str
    lecturer: str
    text: str = FURTHER_ENTRY


@dataclass(frozen=True, slots=True)
class WeekExplained:
    """One week of the lesson. `date` is None outside the week structure, or where it cannot be read."""

    week: int
    external_id: str
    date: dt.date | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything that the timetable says about one lesson in one year."""

    facts: LessonFacts
    year_live: bool
    year: str
    """In words: '' if the year is live."""
    criteria: tuple[Result, ...]
    eligible: bool
    times: str
    """`HH:MM-HH:MM` as it would be recorded; '' if it cannot be."""
    trouble: str
    """What keeps an otherwise eligible lesson from being recorded in every week; '' if nothing does."""
    since: str
    """Seniority as a UTC stamp; '' = oldest."""
    datechanged_unreadable: str
    """DATECHANGED as it stands if it cannot be read, else ''."""
    further: tuple[FurtherEntry, ...]
    weeks: tuple[WeekExplained, ...]


def explain(reader: TimetableReader, lesson: str, setid: str | None = None) -> list[Explanation]:
    """One explanation for each year that has this SLOTID, live years first; only that week for an external id.

    Empty if the timetable has no such lesson. Raises `WrongUse` for a text that is neither a SLOTID nor an
    external id of a year that EchoDesk knows.
    """
    if lesson.isascii() and lesson.isdigit() and len(lesson) <= 18:
        slotid, week = int(lesson), None
        sets = reader.sets_of_slot(slotid) if setid is None else [setid]
    else:
        named = _recogniser(reader, setid).read(lesson)
        if named is None:
            raise WrongUse(
                "No such lesson",
                f'"{lesson}" is neither a slot number nor an external id of a year that EchoDesk knows.',
                f"External ids look like {reader.external_id(setid or '2023/24', 617747, 1)}",
            )
        slotid, week, sets = named.slotid, named.week, [named.setid]
    live = reader.live_sets()
    found = []
    for one in sorted(sets, key=lambda name: (name not in live, name)):
        entries = reader.entries(one, slotid)
        if entries:
            found.append(_explanation(reader, entries, week))
    return found


def _recogniser(reader: TimetableReader, setid: str | None) -> Recogniser:
    """A set that was named explicitly may be one that EchoDesk does not know yet."""
    if setid is None or setid in reader.known_sets():
        return reader.recogniser
    return reader.recognising([setid])


def _explanation(reader: TimetableReader, entries: list[LessonFacts], week: int | None) -> Explanation:
    """The leading entry is explained, or the first one where a slot has no leading entry."""
    facts = entries[0]
    times = lesson_times(facts, reader.settings)
    weeks = () if facts.weekid is None else sorted(reader.weeks_of(facts.setid, facts.weekid))
    unreadable = (
        facts.date_changed is not None
        and changed_stamp(facts.date_changed, zone_named(reader.settings.zone)) is None
    )
    return Explanation(
        facts=facts,
        year_live=facts.live,
        year="" if facts.live else NOT_SWITCHED_ON,
        criteria=examine(facts),
        eligible=eligible(facts),
        times="" if isinstance(times, NoTimes) else str(times),
        trouble=times.detail if isinstance(times, NoTimes) else "",
        since=reader.fitting.since(facts),
        datechanged_unreadable=facts.date_changed or "" if unreadable else "",
        further=tuple(
            FurtherEntry(e.slotentry, e.room or "", e.module or "", e.group or "", e.lecturer or "")
            for e in entries
            if e.slotentry != LEADING_ENTRY
        ),
        weeks=tuple(
            WeekExplained(
                one,
                reader.external_id(facts.setid, facts.slotid, one),
                None if facts.weekday is None else reader.calendar().date_of(facts.setid, one, facts.weekday),
            )
            for one in weeks
            if week is None or one == week
        ),
    )
