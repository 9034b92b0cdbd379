"""A lesson while the university is being made, and who or what is busy when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from echodesk.demo.names import Person, Subject
from echodesk.demo.places import Place
from echodesk.timetable.eligibility import CONFIRMED, TEACHING

GRID = 30
"""Minutes between possible starts."""
LAST_GROUP = 99


@dataclass(frozen=True, slots=True)
class Course:
    """A module. Its lecturers are a small team of its subject."""

    code: str
    name: str
    subject: Subject
    semester: int
    team: tuple[Person, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """One TIMETABLE row in the making. Times in minutes since midnight; weekday 1 is Monday."""

    course: Course
    group: str
    weeks: tuple[int, ...]
    weekday: int
    start: int
    finish: int
    place: Place | None
    lecturer: Person | None
    asks: tuple[str, ...]
    source: str = TEACHING
    status: int = CONFIRMED
    further: Person | None = None
    """A second lecturer, who becomes a further SLOTENTRY of the slot."""
    group_listed: bool = True
    """The group has its MODULEGROUPS row."""
    course_listed: bool = True
    """The module has its MODULE row."""


class Busy:
    """Who or what is taken when: bits of weeks for each weekday and half hour."""

    def __init__(self) -> None:
        self._weeks: dict[tuple[str, int, int], int] = {}

    def free(self, key: str, weekday: int, start: int, finish: int, weeks: Iterable[int]) -> bool:
        """True if `key` is free from `start` to `finish` on this weekday of all these weeks."""
        bits = _bits(weeks)
        return not any(self._weeks.get((key, weekday, at), 0) & bits for at in range(start, finish, GRID))

    def take(self, key: str, weekday: int, start: int, finish: int, weeks: Iterable[int]) -> None:
        """From now on `key` is not free then."""
        bits = _bits(weeks)
        for at in range(start, finish, GRID):
            place = (key, weekday, at)
            self._weeks[place] = self._weeks.get(place, 0) | bits


class Groups:
    """Numbers the groups of each module: LC01, LC02, TU01 …"""

    def __init__(self) -> None:
        self._last: dict[tuple[str, str], int] = {}

    def next(self, course: Course, component: str) -> str | None:
        """A new group of this component; None when two digits are used up."""
        number = self._last.get((course.code, component), 0) + 1
        if number > LAST_GROUP:
            return None
        self._last[(course.code, component)] = number
        return f"{component}{number:02d}"


def _bits(weeks: Iterable[int]) -> int:
    return sum(1 << week for week in weeks)
