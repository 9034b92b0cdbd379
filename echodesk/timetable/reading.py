"""Reading lessons and occurrences: what should be recorded where, as the timetable stands in this transaction.

Every question is one statement however many keys it takes (`statements.py`). Only `eligibility` decides what is
eligible, only `weeks` what date a week is, only `occurrences` what an occurrence says.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, TextClause

from echodesk.errors import TimetableFault
from echodesk.planning.external_id import ExternalIdFault, Recogniser
from echodesk.planning.values import Occurrence, RoomDay, Unfit
from echodesk.timetable import statements
from echodesk.timetable.eligibility import LEADING_ENTRY, LessonFacts, eligible
from echodesk.timetable.occurrences import Fitting, ReadingSettings, changed_stamp, zone_named
from echodesk.timetable.statements import Keyed
from echodesk.timetable.weeks import Calendar

LessonKey = tuple[str, int]
OccurrenceKey = tuple[str, int, int]
WeekSetKey = tuple[str, int]
Fitted = tuple[list[Occurrence], list[Unfit]]


class TimetableReader:
    """The timetable in one transaction. Calendar, live sets and missing people are read once and kept: make a new
    reader for each transaction.

    Raises `WrongUse` for a template or zone that cannot be used; errors of the driver pass through to whoever
    opened the transaction.
    """

    def __init__(self, conn: Connection, settings: ReadingSettings | None = None) -> None:
        self._conn = conn
        self.settings = settings if settings is not None else ReadingSettings()

    # ---- years, weeks, dates ----

    @cached_property
    def _sets(self) -> dict[str, bool]:
        return {setid: bool(live) for setid, live in self._conn.execute(statements.SETS)}

    @cached_property
    def _calendar(self) -> Calendar:
        return Calendar.of(
            self._rows(statements.WEEK_STRUCTURE),
            self._rows(statements.MAPPED_DATES),
            self.settings.first_weekday,
        )

    def calendar(self) -> Calendar:
        """The dates of every year that the timetable describes, live or not."""
        return self._calendar

    def live_sets(self) -> frozenset[str]:
        """The years that are sent."""
        return frozenset(setid for setid, live in self._sets.items() if live)

    def sendable_sets(self) -> frozenset[str]:
        """The same. Raises `TimetableFault` while an external id could name lessons of two years."""
        self.recognising(self.known_sets())
        return self.live_sets()

    def known_sets(self) -> frozenset[str]:
        """The years that are sent, and those that once were: both tell which schedules are ours."""
        return frozenset(self._sets)

    def weeks_of(self, setid: str, weekid: int) -> frozenset[int]:
        """The weeks of a week set; empty if there is none."""
        return self.weeks_of_many([(setid, weekid)])[(setid, weekid)]

    def weeks_of_many(self, keys: Collection[WeekSetKey]) -> dict[WeekSetKey, frozenset[int]]:
        """The weeks of each of these week sets; every key is in the answer."""
        found: dict[WeekSetKey, set[int]] = {key: set() for key in keys}
        for setid, weekid, week in statements.WEEKS.rows(self._conn, found):
            found[(setid, weekid)].add(week)
        return {key: frozenset(weeks) for key, weeks in found.items()}

    # ---- lessons ----

    def lesson(self, setid: str, slotid: int) -> LessonFacts | None:
        """The leading entry of a slot; None if the timetable has none."""
        return self.lessons_many([(setid, slotid)]).get((setid, slotid))

    def lessons_many(self, keys: Collection[LessonKey]) -> dict[LessonKey, LessonFacts]:
        """The leading entries of these slots; those that the timetable does not have are not in the answer."""
        found: dict[LessonKey, LessonFacts] = {}
        for row in statements.LESSONS.rows(self._conn, keys):
            facts = _facts(row)
            if facts.slotentry == LEADING_ENTRY:
                found.setdefault((facts.setid, facts.slotid), facts)
        return found

    def entries(self, setid: str, slotid: int) -> list[LessonFacts]:
        """Every entry of a slot, the leading one first."""
        return [_facts(row) for row in statements.LESSONS.rows(self._conn, [(setid, slotid)])]

    def sets_of_slot(self, slotid: int) -> list[str]:
        """The years in which a slot of this number exists."""
        return [setid for (setid,) in self._conn.execute(statements.SETS_OF_SLOT, {"slotid": slotid})]

    def sizes(self) -> dict[str, int]:
        """How many lessons the tables hold that could be recorded, by live year; every live year is there."""
        return {row[0]: row[1] for row in self._conn.execute(statements.SIZES)}

    def has_year(self, setid: str) -> bool:
        """True if the timetable has a lesson of this year."""
        return bool(self._conn.execute(statements.HAS_YEAR, {"setid": setid}).scalar_one())

    def first_day(self, setid: str) -> tuple[int, int] | None:
        """(week, weekday) of the first lesson of a year that is taught, None if it has none."""
        found = [int(row[0]) for row in statements.FIRST_DAY.rows(self._conn, [setid]) if row[0] is not None]
        return divmod(found[0], 10) if found else None

    def unreadable_changes(self) -> tuple[int, str]:
        """How many lessons of the live years have a DATECHANGED that cannot be read, and the first of these."""
        zone = zone_named(self.settings.zone)
        rows = [
            (said, lessons)
            for said, lessons in self._rows(statements.CHANGES)
            if changed_stamp(said, zone) is None
        ]
        return sum(lessons for _said, lessons in rows), rows[0][0] if rows else ""

    def any_lesson(self) -> bool:
        """False if the timetable has no row at all, of whatever year."""
        return bool(self._conn.execute(statements.ANY_LESSON).scalar_one())

    def rows(self, statement: Keyed, keys: Iterable[object]) -> Sequence[Any]:
        """What a statement finds in this transaction."""
        return statement.rows(self._conn, keys)

    # ---- occurrences ----

    @cached_property
    def fitting(self) -> Fitting:
        """What makes occurrences of lessons, by the settings."""
        missing = [email for (email,) in self._conn.execute(statements.MISSING_PEOPLE)]
        return Fitting(self.settings, missing)

    @cached_property
    def recogniser(self) -> Recogniser:
        """Tells our external ids from others. Raises `TimetableFault` for years that look alike in them."""
        return self.recognising(self.known_sets())

    def recognising(self, sets: Collection[str]) -> Recogniser:
        """The same for these years."""
        try:
            return Recogniser(self.fitting.external_id, sets)
        except ExternalIdFault as fault:
            raise TimetableFault(
                "External ids would be mistaken for one another",
                f"{str(fault)[0].upper()}{str(fault)[1:]}.",
                "Take one of these years out of STT_ECHO_SET.",
            ) from fault

    def occurrences(self, places: Collection[RoomDay]) -> Fitted:
        """Every eligible occurrence in these room-days: those that can be booked, and those that never can.

        Raises `TimetableFault` while an external id could name lessons of two years.
        """
        live = self.sendable_sets()
        keys = [(place.room, *key) for place in places for key in self._calendar.on(place.date) if key[0] in live]
        return self._fitted(statements.LESSONS_IN_ROOMS.rows(self._conn, keys))

    def occurrences_of(self, keys: Collection[OccurrenceKey]) -> Fitted:
        """Where these occurrences (set, slot, week) are now: the eligible ones that have a date."""
        return self._fitted(statements.LESSONS_IN_WEEKS.rows(self._conn, keys))

    def all_occurrences(self, sets: Collection[str] | None = None) -> Iterator[Occurrence | Unfit]:
        """Every eligible occurrence of these years (without `sets`: the live ones), a lesson's weeks together."""
        wanted = self.live_sets() if sets is None else sets
        weeks: dict[WeekSetKey, set[int]] = defaultdict(set)
        for setid, weekid, week in statements.WEEKS_OF_SETS.rows(self._conn, wanted):
            weeks[(setid, weekid)].add(week)
        seen: set[LessonKey] = set()
        for facts in self._eligible(statements.LESSONS_OF_SETS, wanted):
            if facts.weekid is None or (key := (facts.setid, facts.slotid)) in seen:
                continue
            seen.add(key)
            yield from self.fitting.occurrences(
                facts, self._dated(facts, sorted(weeks.get((facts.setid, facts.weekid), ())))
            )

    def room_days(self, room: str, today: str) -> set[RoomDay]:
        """Every room-day from `today` (ISO date) on in which an eligible lesson takes place in this room."""
        lessons = [
            facts for facts in self._eligible(statements.LESSONS_OF_ROOM, [room]) if facts.weekid is not None
        ]
        weeks = self.weeks_of_many({(f.setid, f.weekid) for f in lessons if f.weekid is not None})
        first = dt.date.fromisoformat(today)
        return {
            RoomDay(room, date)
            for facts in lessons
            if facts.weekid is not None
            for _, date in self._dated(facts, weeks[(facts.setid, facts.weekid)])
            if date >= first
        }

    def rooms(self) -> list[str]:
        """Every room that an eligible lesson uses, sorted."""
        lessons = self._eligible(statements.LESSONS_OF_SETS, self.live_sets())
        return sorted({facts.room for facts in lessons if facts.room is not None})

    def external_id(self, setid: str, slotid: int, week: int) -> str:
        """How an occurrence is named in the target."""
        return self.fitting.external_id.format(setid, slotid, week)

    # ---- within ----

    def _eligible(self, statement: Keyed, keys: Iterable[str]) -> Iterator[LessonFacts]:
        for row in statement.rows(self._conn, keys):
            facts = _facts(row)
            if eligible(facts):
                yield facts

    def _dated(self, facts: LessonFacts, weeks: Iterable[int]) -> list[tuple[int, dt.date]]:
        """Weeks outside the week structure have no date: there is nothing that could be booked."""
        if facts.weekday is None:
            return []
        dated = ((week, self._calendar.date_of(facts.setid, week, facts.weekday)) for week in weeks)
        return [(week, date) for week, date in dated if date is not None]

    def _fitted(self, rows: Sequence[Sequence[Any]]) -> Fitted:
        facts_of: dict[LessonKey, LessonFacts] = {}
        weeks_of: dict[LessonKey, list[int]] = {}
        for week, *columns in rows:
            key = (columns[0], columns[1])
            if key not in facts_of:
                facts = _facts(columns)
                if not eligible(facts):
                    continue
                facts_of[key] = facts
                weeks_of[key] = []
            if week not in weeks_of[key]:
                weeks_of[key].append(week)
        good: list[Occurrence] = []
        unfit: list[Unfit] = []
        for key, facts in facts_of.items():
            for one in self.fitting.occurrences(facts, self._dated(facts, weeks_of[key])):
                if isinstance(one, Occurrence):
                    good.append(one)
                else:
                    unfit.append(one)
        return good, unfit

    def _rows(self, statement: TextClause) -> Sequence[Any]:
        return self._conn.execute(statement).all()


def _facts(row: Sequence[Any]) -> LessonFacts:
    """A row of the columns that `statements` calls facts."""
    (
        setid, slotid, slotentry, weekid, weekday, start, finish, module, group, room, room_group, lecturer,
        source, status, changed, live, name, groups, components, asked, offered, email, since, rows,
    ) = row  # fmt: skip
    # A blank is a module without a name; '' would be NULL in Oracle, and a module that is not there.
    module_name = None if name is None else name.strip(" ")
    return LessonFacts(
        setid, slotid, slotentry, _number(weekid), _number(weekday), start, finish, module, group, room,
        room_group, lecturer, source, status, changed, live > 0, module_name, groups > 0, components > 0, asked,
        offered, email, since, rows > 1,
    )  # fmt: skip


def _number(value: object) -> int | None:
    """A week set or weekday that is no number names no date."""
    return value if isinstance(value, int) else None
