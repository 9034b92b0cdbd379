"""Finding lessons by module, lecturer, room, words or date: what the page "Lessons" and `lookup` ask."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from echodesk.lessons import CriterionSeen, LessonFound, LessonsFound, LookUp, WeekFound
from echodesk.timetable import statements
from echodesk.timetable.eligibility import LessonFacts, examine
from echodesk.timetable.names import Names, RoomName
from echodesk.timetable.occurrences import NoTimes, changed_stamp, lesson_times, zone_named
from echodesk.timetable.reading import LessonKey, TimetableReader

DateOf = Mapping[int, dt.date]


@dataclass(frozen=True, slots=True)
class _Brief:
    """What a lesson is looked for by."""

    key: LessonKey
    module: str
    group: str
    lecturer: str
    room: str
    weekid: int | None
    weekday: int | None
    start: str


@dataclass(frozen=True, slots=True)
class _Hit:
    brief: _Brief
    dates: DateOf
    """Week to its date, as far as it is looked for."""


class Finder:
    """The lessons of the live years in one transaction."""

    def __init__(self, reader: TimetableReader, names: Names) -> None:
        self._reader = reader
        self._names = names

    def find(self, wish: LookUp) -> LessonsFound:
        """The lessons that fit, each with its weeks; what becomes of them is not said here."""
        live = sorted(self._reader.live_sets())
        briefs = [_brief(row) for row in self._reader.rows(statements.BRIEFS, live)]
        rooms = self._names.rooms()
        modules = {(row[0], row[1]): row[2] or "" for row in self._reader.rows(statements.MODULE_NAMES, live)}
        people = {(row[0], row[1]): row[2] or "" for row in self._reader.rows(statements.LECTURER_NAMES, live)}
        fitting = [one for one in briefs if _fits(one, wish, rooms, modules, people)]
        hits = sorted(self._dated(fitting, wish), key=_when)
        shown = hits[: wish.limit]
        facts = self._reader.lessons_many([hit.brief.key for hit in shown])
        lessons = tuple(
            self._lesson(hit, facts[hit.brief.key], rooms, modules, people)
            for hit in shown
            if hit.brief.key in facts
        )
        return LessonsFound(lessons, len(hits))

    def lessons(self, keys: Collection[LessonKey]) -> dict[LessonKey, LessonFound]:
        """These lessons with all their weeks, by key; those that the timetable does not have are not in it."""
        facts = self._reader.lessons_many(keys)
        briefs = [
            _Brief(key, "", "", "", "", one.weekid, one.weekday, one.start or "") for key, one in facts.items()
        ]
        modules = self._names.modules({(one.setid, one.module) for one in facts.values() if one.module})
        people = self._names.lecturers({(one.setid, one.lecturer) for one in facts.values() if one.lecturer})
        titles = {key: module.name for key, module in modules.items()}
        rooms = self._names.rooms()
        return {
            hit.brief.key: self._lesson(hit, facts[hit.brief.key], rooms, titles, people)
            for hit in self._dated(briefs, LookUp())
        }

    def _dated(self, briefs: list[_Brief], wish: LookUp) -> Iterator[_Hit]:
        sets = {(one.key[0], one.weekid) for one in briefs if one.weekid is not None}
        weeks = self._reader.weeks_of_many({(setid, weekid) for setid, weekid in sets if weekid is not None})
        date_of = self._reader.calendar().date_of
        for one in briefs:
            numbers = sorted(weeks.get((one.key[0], one.weekid), ())) if one.weekid is not None else []
            dates = {
                week: date
                for week in numbers
                if one.weekday is not None and (date := date_of(one.key[0], week, one.weekday)) is not None
                if (not wish.first or date.isoformat() >= wish.first)
                and (not wish.last or date.isoformat() <= wish.last)
            }
            if dates or not (wish.first or wish.last):
                yield _Hit(one, dates)

    def _lesson(
        self,
        hit: _Hit,
        facts: LessonFacts,
        rooms: Mapping[str, RoomName],
        modules: Mapping[tuple[str, str], str],
        people: Mapping[tuple[str, str], str],
    ) -> LessonFound:
        setid, slotid = hit.brief.key
        room = rooms.get(facts.room or "")
        times = lesson_times(facts, self._reader.settings)
        return LessonFound(
            setid=setid,
            slotid=slotid,
            module=facts.module or "",
            module_title=modules.get((setid, facts.module or ""), ""),
            group=facts.group or "",
            lecturer=facts.lecturer or "",
            lecturer_name=people.get((setid, facts.lecturer or ""), ""),
            room=facts.room or "",
            room_name=room.name if room is not None else "",
            building=room.building_name if room is not None else "",
            times="" if isinstance(times, NoTimes) else str(times),
            trouble=times.detail if isinstance(times, NoTimes) else "",
            criteria=tuple(CriterionSeen(one.criterion.title, one.passed, one.seen) for one in examine(facts)),
            weeks=tuple(
                WeekFound(week, self._reader.external_id(setid, slotid, week), date.isoformat())
                for week, date in hit.dates.items()
            ),
            changed=changed_stamp(facts.date_changed, zone_named(self._reader.settings.zone)) or "",
        )


def _brief(row: tuple[object, ...]) -> _Brief:
    setid, slotid, module, group, lecturer, room, weekid, weekday, start = row
    return _Brief(
        (str(setid), int(str(slotid))),
        str(module or ""),
        str(group or ""),
        str(lecturer or ""),
        str(room or ""),
        weekid if isinstance(weekid, int) else None,
        weekday if isinstance(weekday, int) else None,
        str(start or ""),
    )


def _fits(
    one: _Brief,
    wish: LookUp,
    rooms: Mapping[str, RoomName],
    modules: Mapping[tuple[str, str], str],
    people: Mapping[tuple[str, str], str],
) -> bool:
    room = rooms.get(one.room)
    named = (
        (wish.module, one.module, modules.get((one.key[0], one.module), "")),
        (wish.lecturer, one.lecturer, people.get((one.key[0], one.lecturer), "")),
        (wish.room, one.room, room.name if room is not None else ""),
    )
    for wanted, code, name in named:
        asked = wanted.strip().casefold()
        if asked and not code.casefold().startswith(asked) and asked not in name.casefold():
            return False
    everything = " ".join(f"{code} {name}" for _wanted, code, name in named) + f" {one.group} {one.key[1]}"
    return all(word in everything.casefold() for word in wish.words.casefold().split())


def _when(hit: _Hit) -> tuple[str, str, LessonKey]:
    first = min(hit.dates.values(), default=dt.date.max)
    return first.isoformat(), hit.brief.start, hit.brief.key
