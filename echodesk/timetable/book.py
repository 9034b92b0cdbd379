"""The timetable as the worker asks for it: `worker.books.TimetableBook` over a reader, one per transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from echodesk.errors import TimetableFault
from echodesk.lessons import LessonFound, LessonsFound, LookUp
from echodesk.planning.answers import ReferenceFacts, SectionFacts
from echodesk.planning.records import LessonNow, RequestEdit, Requests
from echodesk.planning.values import Booking, Occurrence, RoomDay, Unfit
from echodesk.timetable import statements
from echodesk.timetable.eligibility import LessonFacts, eligible
from echodesk.timetable.finding import Finder
from echodesk.timetable.names import Names
from echodesk.timetable.reading import LessonKey, OccurrenceKey, TimetableReader, WeekSetKey

NO_BUILDING = "No building"
NO_DEPARTMENT = "No department"


class CmisBook:
    """What the timetable says now, in one transaction."""

    def __init__(self, reader: TimetableReader, names: Names) -> None:
        self.reader = reader
        self.names = names

    def find(self, wish: LookUp) -> LessonsFound:
        """The lessons of the live years that fit, each with its weeks."""
        return Finder(self.reader, self.names).find(wish)

    def lessons(self, keys: Collection[LessonKey]) -> dict[LessonKey, LessonFound]:
        """These lessons with all their weeks; those that the timetable does not have are not in the answer."""
        return Finder(self.reader, self.names).lessons(keys)

    def changed_by(self, keys: Collection[LessonKey]) -> dict[LessonKey, str]:
        """Who changed these lessons last, where the timetable tells."""
        found = self.reader.rows(statements.CHANGED_BY, keys)
        return {(setid, slotid): who for setid, slotid, who in found if who}

    def room_name(self, room: str) -> tuple[str, str]:
        """(name, building) of a room in words, codes where there are no names."""
        found = self.names.rooms().get(room)
        return (room, "") if found is None else (found.name, found.building_name)

    def lessons_now(self, keys: Collection[LessonKey]) -> dict[LessonKey, LessonNow]:
        """The leading entries of these slots; those that the timetable does not have are not in the answer."""
        return {key: _now(facts) for key, facts in self.reader.lessons_many(keys).items()}

    def requests(self, keys: Collection[LessonKey]) -> dict[LessonKey, Requests]:
        """What happened to the recording requests of these lessons, and how many each has; without those to whose
        requests nothing happened."""
        edits: dict[LessonKey, list[RequestEdit]] = defaultdict(list)
        standing: dict[LessonKey, int] = {}
        for setid, slotid, number, action, created, count in self.reader.rows(statements.REQUESTS, keys):
            edits[(setid, slotid)].append(RequestEdit(number, action, created))
            standing[(setid, slotid)] = count
        return {key: Requests(tuple(found), standing[key]) for key, found in edits.items()}

    def weeks(self, weekids: Collection[WeekSetKey]) -> dict[WeekSetKey, frozenset[int]]:
        """The weeks of each of these week sets; every key is in the answer."""
        return self.reader.weeks_of_many(weekids)

    def date_of(self, setid: str, week: int, weekday: int) -> str | None:
        """ISO date of a weekday of a week, None outside the week structure."""
        date = self.reader.calendar().date_of(setid, week, weekday)
        return None if date is None else date.isoformat()

    def years(self) -> list[str]:
        """Every year that is sent, or once was."""
        return sorted(self.reader.known_sets())

    def external_id(self, setid: str, slotid: int, week: int) -> str:
        """How an occurrence is named in the target."""
        return self.reader.external_id(setid, slotid, week)

    def lesson_of(self, external_id: str) -> OccurrenceKey | None:
        """The lesson and week that one of our external ids names."""
        named = self.reader.recogniser.read(external_id)
        return None if named is None else (named.setid, named.slotid, named.week)

    def occurrences(self, places: Collection[RoomDay]) -> tuple[list[Occurrence], list[Unfit]]:
        """Every eligible occurrence in these room-days."""
        return self.reader.occurrences(places)

    def occurrences_of(self, keys: Collection[OccurrenceKey]) -> tuple[list[Occurrence], list[Unfit]]:
        """Where these occurrences are now: the eligible ones that have a date."""
        return self.reader.occurrences_of(keys)

    def room_days(self, room: str, today: str) -> set[RoomDay]:
        """Every room-day from today on in which an eligible lesson takes place in this room."""
        return self.reader.room_days(room, today)

    def knows_room(self, room: str) -> bool:
        """True for a room of the timetable, whether lessons use it or not."""
        return room in self.names.rooms()

    def rooms_of_building(self, building: str) -> frozenset[str]:
        """The rooms of a building, by its code."""
        return self.names.rooms_of_building(building)

    def rooms(self) -> list[str]:
        """Every room that an eligible lesson uses."""
        return self.reader.rooms()

    def sizes(self) -> dict[str, int]:
        """How many lessons the tables hold that could be recorded, by live year; every live year is there."""
        return self.reader.sizes()

    def has_year(self, setid: str) -> bool:
        """True if the timetable has a lesson of this year."""
        return self.reader.has_year(setid)

    def first_day(self, setid: str) -> tuple[int, int, str | None] | None:
        """(week, weekday, its date) of the first lesson of a year, None if it has none; a week that the week
        structure does not have has no date."""
        found = self.reader.first_day(setid)
        return None if found is None else (*found, self.date_of(setid, *found))

    def in_session(self, first: str, last: str) -> bool:
        """True if a year that is sent has a week between these ISO dates; '' is no limit."""
        calendar = self.reader.calendar()
        spans = [span for setid in self.reader.sizes() if (span := calendar.span(setid)) is not None]
        return any(
            (not last or span[0].isoformat() <= last) and (not first or first <= span[1].isoformat())
            for span in spans
        )

    def unreadable_changes(self) -> tuple[int, str]:
        """How many lessons of the live years have a DATECHANGED that cannot be read, and the first of these."""
        return self.reader.unreadable_changes()

    def any_lesson(self) -> bool:
        """False if the timetable has no row at all, of whatever year."""
        return self.reader.any_lesson()

    def reference_facts(self, booking: Booking) -> ReferenceFacts:
        """Room, term, and the sections of all lessons that the booking serves, with parents (decisions: Parents).

        Raises `TimetableFault` if the timetable has none of these lessons any more.
        """
        lessons = {(booking.setid, booking.slotid)}
        for member in booking.members:
            named = self.reader.recogniser.read(member)
            if named is not None:
                lessons.add((named.setid, named.slotid))
        return self.reference_facts_of(booking.place.room, booking.setid, sorted(lessons))

    def reference_facts_of(self, room: str, setid: str, lessons: Collection[LessonKey]) -> ReferenceFacts:
        """The same for a room, a year and the lessons that one booking serves."""
        found = self.reader.lessons_many(lessons)
        span = self.reader.calendar().span(setid)
        if not found or span is None:
            raise TimetableFault(
                "The lesson is gone",
                f"The timetable has no lesson {', '.join(f'{slot} ({one})' for one, slot in sorted(lessons))}"
                f" or no weeks for {setid} any more.",
                "Nothing needs to be done: the change that removed it is worked on next.",
            )
        place = self.names.room(setid, room)
        modules = self.names.modules({(f.setid, f.module) for f in found.values() if f.module is not None})
        sections: dict[str, SectionFacts] = {}
        for key in sorted(found):
            facts = found[key]
            course = facts.module or ""
            module = modules.get((facts.setid, course))
            department = module.department if module is not None else ""
            section = self.reader.fitting.section_of(facts)
            sections[section] = SectionFacts(
                section=section,
                group=facts.group or "",
                course=course,
                course_name=module.name if module is not None else course,
                department=department or NO_DEPARTMENT,
                department_name=(module.department_name if module is not None else "") or NO_DEPARTMENT,
            )
        return ReferenceFacts(
            room=room,
            room_name=place.name,
            building=place.building or NO_BUILDING,
            building_name=place.building_name or NO_BUILDING,
            campus=place.campus,
            sections=tuple(sections[name] for name in sorted(sections)),
            term=setid,
            term_first=span[0].isoformat(),
            term_last=span[1].isoformat(),
        )


def _now(facts: LessonFacts) -> LessonNow:
    return LessonNow(
        setid=facts.setid,
        slotid=facts.slotid,
        eligible=eligible(facts),
        weekid=facts.weekid,
        weekday=facts.weekday,
        room=facts.room,
        room_group=facts.room_group,
        start=facts.start,
        finish=facts.finish,
        module=facts.module,
        group=facts.group,
        lecturer=facts.lecturer,
        email=facts.email,
        feature=facts.asked,
    )
