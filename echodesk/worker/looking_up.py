"""What becomes of each week of lessons that somebody looks up: the timetable, Echo360 and the books together."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from echodesk.lessons import ByOthers, LessonFound, LessonsFound, LookUp, WeekFound
from echodesk.planning.records import MirrorRow
from echodesk.planning.statuses import NotificationStatus
from echodesk.planning.values import Occurrence, Reason, RoomDay, Standing
from echodesk.planning.why import Case, Spot, ToldWeek, why
from echodesk.worker.books import Books

ALL = 1_000_000
"""More lessons than a year has."""
_FAILED = {NotificationStatus.FAILED, NotificationStatus.PARKED, NotificationStatus.TOO_LATE}
_WAITS = {NotificationStatus.UNPROCESSED, NotificationStatus.IN_PROGRESS}


def look_up(books: Books, wish: LookUp, today: dt.date) -> LessonsFound:
    """The lessons that fit, each with its weeks and why each is recorded or not, as of this transaction."""
    found = books.timetable.find(wish)
    circumstances = Circumstances(books, found.lessons, today)
    return replace(
        found,
        lessons=tuple(
            replace(lesson, weeks=tuple(circumstances.explained(lesson, week) for week in lesson.weeks))
            for lesson in found.lessons
        ),
    )


def not_recorded(books: Books, first: dt.date, last: dt.date, today: dt.date) -> LessonsFound:
    """The lessons of these days that are to be recorded and are not, or not yet, each with those weeks alone."""
    found = look_up(books, LookUp(first=first.isoformat(), last=last.isoformat(), limit=ALL), today)
    missed = (
        replace(lesson, weeks=tuple(week for week in lesson.weeks if week.recorded in ("NO", "")))
        for lesson in found.lessons
    )
    lessons = tuple(lesson for lesson in missed if lesson.weeks)
    return LessonsFound(lessons, len(lessons))


def booked_by_others(books: Books, first: dt.date, last: dt.date) -> list[ByOthers]:
    """What others booked in Echo360 on these days, as the mirror knows it: by date, start and room."""
    rows = [row.standing for row in books.mirror.by_others(first.isoformat(), last.isoformat())]
    at: dict[RoomDay, list[Occurrence]] = defaultdict(list)
    for lesson in books.timetable.occurrences({one.place for one in rows})[0]:
        at[lesson.place].append(lesson)
    names = {room: books.timetable.room_name(room) for room in {one.place.room for one in rows}}
    rows.sort(key=lambda one: (one.place.date, one.time.start, one.place.room, one.echo_id))
    return [_by_others(one, names[one.place.room], at[one.place]) for one in rows]


def _by_others(one: Standing, name: tuple[str, str], lessons: Iterable[Occurrence]) -> ByOthers:
    over = sorted((lesson for lesson in lessons if lesson.time.overlaps(one.time)), key=lambda it: it.external_id)
    there = [lesson for lesson in over if lesson.time == one.time]
    beside = [lesson for lesson in over if lesson.time != one.time]
    return ByOthers(
        date=one.place.date.isoformat(),
        times=str(one.time),
        room=one.place.room,
        room_name=name[0],
        building=name[1],
        title=one.content.title,
        presenter=one.content.presenter or "",
        external_id=one.external_id or "",
        echo_id=one.echo_id,
        fits=", ".join(lesson.external_id for lesson in there),
        fits_titles="; ".join(lesson.content.title for lesson in there),
        in_the_way=", ".join(lesson.external_id for lesson in beside),
        in_the_way_titles="; ".join(lesson.content.title for lesson in beside),
    )


class Circumstances:
    """Everything that the books say of these lessons, read at once."""

    def __init__(self, books: Books, lessons: Iterable[LessonFound], today: dt.date) -> None:
        self._today = today
        ids = [week.external_id for lesson in lessons for week in lesson.weeks]
        places = {place for lesson in lessons for week in lesson.weeks if (place := _place(lesson, week))}
        self._told = books.told.weeks(ids)
        self._held: dict[str, list[Standing]] = {}
        for row in books.mirror.of_external(ids):
            self._held.setdefault(str(row.standing.external_id), []).append(row.standing)
        self._at: dict[RoomDay, list[MirrorRow]] = {}
        for row in books.mirror.at(places):
            self._at.setdefault(row.standing.place, []).append(row)
        self._pauses = books.office.pauses(places)
        self._unread = books.told.unread()
        self._waits = {mark.place for mark in books.places.marks_at(places)}

    def explained(self, lesson: LessonFound, week: WeekFound) -> WeekFound:
        """The week with its answer."""
        told = self._told.get(week.external_id, ToldWeek())
        place = _place(lesson, week)
        wanted = Spot(lesson.room, week.date, lesson.times) if place is not None and lesson.times else None
        held = self._held.get(week.external_id, [])
        # Of several, the one that stands where the lesson is.
        held.sort(key=lambda one: _spot(one) != wanted)
        case = Case(
            wanted=wanted,
            failing=next((f"{one.title}: no{_seen(one.seen)}" for one in lesson.criteria if not one.passed), ""),
            trouble=lesson.trouble,
            held=_spot(held[0]) if held else None,
            shared=self._shared(place, wanted),
            left_out=Reason(told.reason) if told.reason else None,
            keeps=told.keeps,
            detail=told.detail,
            refused=told.refused,
            failed=told.message if told.status in _FAILED else "",
            waits=told.status in _WAITS or place in self._waits or (lesson.setid, lesson.slotid) in self._unread,
            paused=next((one.reason for one in self._pauses if place is not None and one.covers(place)), ""),
            again=told.again,
            over=bool(week.date) and week.date < self._today.isoformat(),
        )
        answer = why(case)
        return replace(
            week,
            recorded=answer.recorded.value if answer.recorded is not None else "",
            cause=answer.cause.value,
            why=answer.text,
            in_echo360="; ".join(f"{_spot(one)}, {one.content.title}" for one in held),
            status=told.status,
        )

    def _shared(self, place: RoomDay | None, wanted: Spot | None) -> str:
        """The title of a schedule of ours that stands in this very room at this very time: a room has one."""
        if place is None or wanted is None:
            return ""
        there = (row.standing for row in self._at.get(place, ()) if row.standing.ours)
        return next((one.content.title for one in there if _spot(one) == wanted), "")


def _place(lesson: LessonFound, week: WeekFound) -> RoomDay | None:
    return RoomDay(lesson.room, dt.date.fromisoformat(week.date)) if lesson.room and week.date else None


def _spot(standing: Standing) -> Spot:
    return Spot(standing.place.room, standing.place.date.isoformat(), str(standing.time))


def _seen(seen: str) -> str:
    return f" ({seen})" if seen else ""
