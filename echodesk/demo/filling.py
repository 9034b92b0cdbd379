"""Lessons for the generated rooms: each is filled, without overlap, until it is used as often as it should be."""

from __future__ import annotations

import random
from collections.abc import Sequence

from echodesk.demo.drafts import Busy, Course, Draft, Groups
from echodesk.demo.names import SUBJECTS, TITLES, Person
from echodesk.demo.patterns import SEMESTERS, draw_weeks
from echodesk.demo.places import Kind, Place
from echodesk.timetable.eligibility import AUDIO, VIDEO

FIRST_START = 9 * 60
LAST_FINISH = 18 * 60
HOUR = 60
TEAM = 3
COMPONENTS = {
    Kind.THEATRE: (("LC", "SM"), (88, 12)),
    Kind.SEMINAR: (("TU", "SM", "LC"), (55, 30, 15)),
    Kind.LABORATORY: (("LB", "TU"), (80, 20)),
}
_HOURS = {"LC": ((1, 2), (75, 25)), "TU": ((1, 2), (80, 20)), "SM": ((1, 2), (40, 60)), "LB": ((2, 3), (80, 20))}
_WEEKDAY_WEIGHTS = {1: 10, 2: 11, 3: 9, 4: 11, 5: 7}
WITHOUT_LECTURER = 0.012
SECOND_HOUR_OF_GROUP = 0.35


def courses(rng: random.Random, people: Sequence[Person]) -> tuple[Course, ...]:
    """The modules of all subjects, each with a team of its department and the semester it mainly runs in."""
    staff = {subject.department: [p for p in people if p.subject is subject] for subject in SUBJECTS}
    found: list[Course] = []
    for subject in SUBJECTS:
        for level, title in TITLES:
            for topic in subject.topics:
                code = f"{subject.prefix}{level}{len(found) % 997:03d}"
                team = tuple(rng.sample(staff[subject.department], TEAM))
                found.append(Course(code, title.format(topic=topic), subject, rng.randrange(len(SEMESTERS)), team))
    return tuple(found)


class Filling:
    """Draws lessons for one room after the other; knows who and what is busy."""

    def __init__(self, rng: random.Random, pool: Sequence[Course], groups: Groups) -> None:
        self._rng = rng
        self._pool = pool
        self._groups = groups
        self._rooms = Busy()
        self._people = Busy()

    def fill(self, place: Place, uses: int) -> list[Draft]:
        """Lessons for `place` that hold exactly `uses` occurrences and overlap nothing that was drawn here."""
        found: list[Draft] = []
        left = uses
        while left > 0:
            draft = self._draw(place, found, left)
            if draft is not None:
                found.append(draft)
                left -= len(draft.weeks)
        return found

    def _draw(self, place: Place, already: Sequence[Draft], left: int) -> Draft | None:
        """One more lesson of at most `left` occurrences, or None when this draw found no free time."""
        rng = self._rng
        names, weights = COMPONENTS[place.kind]
        component = rng.choices(names, weights)[0]
        course = rng.choice(self._pool)
        before = already[-1] if already else None
        group: str | None = None
        if before is not None and before.group.startswith("LC") and rng.random() < SECOND_HOUR_OF_GROUP:
            course, component, group = before.course, "LC", before.group
        weeks = draw_weeks(rng, course.semester)
        if len(weeks) > left:
            weeks = weeks[:left]
        hours, hour_weights = _HOURS[component]
        minutes = HOUR * rng.choices(hours, hour_weights)[0]
        lecturer = None if rng.random() < WITHOUT_LECTURER else rng.choice(course.team)
        slot = self._slot(place, lecturer, minutes, weeks)
        if slot is None:
            return None
        group = group or self._groups.next(course, component)
        if group is None:
            return None
        weekday, start = slot
        self._rooms.take(place.room, weekday, start, start + minutes, weeks)
        if lecturer is not None:
            self._people.take(lecturer.number, weekday, start, start + minutes, weeks)
        return Draft(course, group, weeks, weekday, start, start + minutes, place, lecturer, asks_for(rng, place))

    def _slot(
        self, place: Place, lecturer: Person | None, minutes: int, weeks: tuple[int, ...]
    ) -> tuple[int, int] | None:
        free = [
            (weekday, start)
            for weekday in _WEEKDAY_WEIGHTS
            for start in range(FIRST_START, LAST_FINISH - minutes + 1, HOUR)
            if self._rooms.free(place.room, weekday, start, start + minutes, weeks)
            and (lecturer is None or self._people.free(lecturer.number, weekday, start, start + minutes, weeks))
        ]
        if not free:
            return None
        return self._rng.choices(free, [_WEEKDAY_WEIGHTS[weekday] for weekday, _ in free])[0]


def asks_for(rng: random.Random, place: Place) -> tuple[str, ...]:
    """What a lesson in this room asks for; a few ask for video where only sound can be recorded."""
    if not place.records_video:
        return (AUDIO,) if rng.random() < 0.85 else (VIDEO,)
    return rng.choices(((VIDEO,), (AUDIO,), (AUDIO, VIDEO)), (90, 6, 4))[0]
