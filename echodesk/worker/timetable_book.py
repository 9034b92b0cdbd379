"""What one database transaction offers of the timetable (see `books`)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from echodesk.lessons import LessonFound, LessonsFound, LookUp
from echodesk.planning.answers import ReferenceFacts
from echodesk.planning.records import LessonNow, Requests
from echodesk.planning.values import Booking, Occurrence, RoomDay, Unfit

LessonKey = tuple[str, int]
OccurrenceKey = tuple[str, int, int]


class TimetableBook(Protocol):
    """What the timetable says now."""

    def find(self, wish: LookUp) -> LessonsFound:
        """The lessons of the live years that fit, each with its weeks."""
        ...

    def lessons(self, keys: Collection[LessonKey]) -> dict[LessonKey, LessonFound]:
        """These lessons with all their weeks; those that the timetable does not have are not in the answer."""
        ...

    def changed_by(self, keys: Collection[LessonKey]) -> dict[LessonKey, str]:
        """Who changed these lessons last, where the timetable tells."""
        ...

    def room_name(self, room: str) -> tuple[str, str]:
        """(name, building) of a room in words, codes where there are no names."""
        ...

    def lessons_now(self, keys: Collection[LessonKey]) -> dict[LessonKey, LessonNow]: ...

    def requests(self, keys: Collection[LessonKey]) -> dict[LessonKey, Requests]:
        """What happened to the recording requests of these lessons, and how many each has; without those to whose
        requests nothing happened."""
        ...

    def weeks(self, weekids: Collection[tuple[str, int]]) -> dict[tuple[str, int], frozenset[int]]: ...

    def date_of(self, setid: str, week: int, weekday: int) -> str | None:
        """ISO date of a weekday of a week, None outside the week structure."""
        ...

    def years(self) -> list[str]:
        """Every year that is sent, or once was."""
        ...

    def external_id(self, setid: str, slotid: int, week: int) -> str: ...

    def lesson_of(self, external_id: str) -> OccurrenceKey | None:
        """The lesson and week that one of our external ids names."""
        ...

    def occurrences(self, places: Collection[RoomDay]) -> tuple[list[Occurrence], list[Unfit]]: ...

    def occurrences_of(self, keys: Collection[OccurrenceKey]) -> tuple[list[Occurrence], list[Unfit]]: ...

    def room_days(self, room: str, today: str) -> set[RoomDay]:
        """Every room-day from today on in which an eligible lesson takes place in this room."""
        ...

    def knows_room(self, room: str) -> bool:
        """True for a room of the timetable, whether lessons use it or not."""
        ...

    def rooms_of_building(self, building: str) -> frozenset[str]:
        """The rooms of a building, by its code; none for a building that nobody knows."""
        ...

    def rooms(self) -> list[str]:
        """Every room that an eligible lesson uses."""
        ...

    def reference_facts(self, booking: Booking) -> ReferenceFacts: ...

    def sizes(self) -> dict[str, int]:
        """How many lessons the tables hold that could be recorded, by live year; every live year is there."""
        ...

    def has_year(self, setid: str) -> bool:
        """True if the timetable has a lesson of this year."""
        ...

    def in_session(self, first: str, last: str) -> bool:
        """True if a year that is sent has a week between these ISO dates; '' is no limit."""
        ...

    def any_lesson(self) -> bool:
        """False if the timetable has no row at all, of whatever year."""
        ...
