"""One room on one day for whoever decides about it: the timetable, Echo360, the decisions, and what would come of
another one. Reads only; the plans shown are the planner's own.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from echodesk.clashes import (
    BookedThere,
    DecisionList,
    DecisionListed,
    DecisionThere,
    LessonThen,
    LessonThere,
    RoomDayShown,
    ShowRoomDay,
    Suppose,
    Supposed,
    Withdraw,
)
from echodesk.lessons import LessonFound
from echodesk.planning.decisions import DecisionIndex
from echodesk.planning.outlook import Outcome, Seat, effect, seats
from echodesk.planning.records import MirrorRow
from echodesk.planning.values import Decision, Interval, Occurrence, Plan, RoomDay, Unfit, clock_text
from echodesk.worker.books import Books, LessonKey
from echodesk.worker.deciding import examine, places_freed, single
from echodesk.worker.judging import judge, said
from echodesk.worker.looking_up import Circumstances
from echodesk.worker.meetings import date_of
from echodesk.worker.snapshot import NOTHING_SUPPOSED, Supposing, plan_places

NEWEST = 2**62
"""The number of a decision that is only supposed: newer than all."""

ALONE = Seat((), ())
_Lesson = Occurrence | Unfit


def show_room_day(books: Books, wish: ShowRoomDay, now: dt.datetime) -> RoomDayShown:
    """What is there, and what becomes of each lesson, as of this transaction. Raises `WrongUse` for a date that
    cannot be read."""
    place = RoomDay(wish.room, date_of(wish.date))
    fit, unfit = books.timetable.occurrences([place])
    there: list[_Lesson] = [*fit, *unfit]
    keys = sorted({(one.setid, one.slotid) for one in there})
    lessons, changed_by = books.timetable.lessons(keys), books.timetable.changed_by(keys)
    circumstances = Circumstances(books, _in_week(there, lessons).values(), now.date())
    over = place.date < now.date()
    standing = books.decisions.standing(keys)
    counting = DecisionIndex(standing).counting(fit)
    seat_of = seats(fit, books.office.rules(), counting)
    name, building = books.timetable.room_name(place.room)
    found = [
        _lesson(one, lesson, circumstances, changed_by, seat_of.get(one.external_id, ALONE))
        for one in there
        if (lesson := lessons.get((one.setid, one.slotid))) is not None
    ]
    return RoomDayShown(
        room=place.room,
        room_name=name,
        building=building,
        date=wish.date,
        over=over,
        lessons=tuple(sorted(found, key=lambda one: (one.start, one.finish, one.slotid, one.week))),
        bookings=tuple(_booked(row, fit) for row in sorted(books.mirror.at([place]), key=_by_start)),
        decisions=() if over else tuple(_decision(one.decision) for one in counting),
        newest=_newest(standing, keys),
    )


def suppose(books: Books, asked: Suppose, now: dt.datetime) -> Supposed:
    """What would come of a decision or of its end. Raises what carrying it out would, but for the reason."""
    command = asked.command
    named: set[LessonKey] = set()
    counts_in: Collection[RoomDay]
    if not isinstance(command, Withdraw):
        asked_for = [examine(books, one, now.date()) for one in single(command)]
        supposing = Supposing(
            decided=tuple(replace(one.decision, id=NEWEST + at) for at, one in enumerate(asked_for))
        )
        places = frozenset[RoomDay]().union(*(one.places for one in asked_for))
        counts_in = {place for one in asked_for for place in one.meets}
        named = {(one.decision.setid, slotid) for one in asked_for for slotid in one.decision.slotids}
    else:
        places = places_freed(books, command, now.date())
        ended = [one for one in books.decisions.records() if one.decision.id in command.decisions]
        counts_in = {place for one in judge(books, ended, now.date()) for place in one.room_days}
        supposing = Supposing(withdrawn=frozenset(command.decisions))
    changed = effect(_plans(books, places, now), _plans(books, places, now, supposing))
    lesson_of = {one: key for one in changed.after if (key := books.timetable.lesson_of(one)) is not None}
    told = named | {
        (setid, slotid)
        for one, (setid, slotid, _week) in lesson_of.items()
        if _recorded(changed.before.get(one)) != _recorded(changed.after[one])
    }
    weeks: dict[LessonKey, list[str]] = defaultdict(list)
    for one, (setid, slotid, _week) in lesson_of.items():
        weeks[setid, slotid].append(one)
    lessons = books.timetable.lessons(sorted(told))
    pauses = books.office.pauses(counts_in)
    days = sorted(place.date.isoformat() for place in counts_in)
    return Supposed(
        room_days=len(counts_in),
        first=days[0] if days else "",
        last=days[-1] if days else "",
        lessons=tuple(
            _then(lesson, sorted(weeks[key]), changed.before, changed.after)
            for key, lesson in sorted(lessons.items())
        ),
        calls=tuple(sorted(changed.calls.items())),
        paused=sum(any(one.covers(place) for one in pauses) for place in counts_in),
    )


def list_decisions(books: Books, today: dt.date) -> DecisionList:
    """Every decision, and whether it counts now."""
    return DecisionList(
        tuple(
            DecisionListed(
                one.record.decision.id,
                said(one.record.decision),
                one.state,
                one.why,
                len(one.room_days),
                one.record.decision.by,
                one.record.at,
                one.record.why,
            )
            for one in judge(books, books.decisions.records(), today)
        )
    )


def _plans(
    books: Books, places: Collection[RoomDay], now: dt.datetime, supposing: Supposing = NOTHING_SUPPOSED
) -> list[Plan]:
    looked = plan_places(books, places, (), now, {}, refreshed=False, heed_pauses=False, supposing=supposing)
    return [work.plan for work in looked.works]


def _recorded(outcome: Outcome | None) -> bool:
    return outcome is not None and outcome.booking is not None


def _in_week(there: Iterable[_Lesson], lessons: Mapping[LessonKey, LessonFound]) -> dict[str, LessonFound]:
    """External id → its lesson with that week alone."""
    return {
        one.external_id: replace(
            lesson, weeks=tuple(week for week in lesson.weeks if week.external_id == one.external_id)
        )
        for one in there
        if (lesson := lessons.get((one.setid, one.slotid))) is not None
    }


def _lesson(
    one: _Lesson,
    lesson: LessonFound,
    circumstances: Circumstances,
    changed_by: Mapping[LessonKey, str],
    seat: Seat,
) -> LessonThere:
    week = next(week for week in lesson.weeks if week.external_id == one.external_id)
    told = circumstances.explained(lesson, week)
    time = one.time if isinstance(one.time, Interval) else None
    return LessonThere(
        external_id=one.external_id,
        setid=one.setid,
        slotid=one.slotid,
        week=one.week,
        module=lesson.module,
        module_title=lesson.module_title,
        group=lesson.group,
        lecturer=lesson.lecturer,
        lecturer_name=lesson.lecturer_name,
        start=clock_text(time.start) if time is not None else "",
        finish=clock_text(time.end) if time is not None else "",
        weeks=tuple(found.week for found in lesson.weeks),
        changed=lesson.changed,
        changed_by=changed_by.get((one.setid, one.slotid), ""),
        recorded=told.recorded,
        cause=told.cause,
        why=told.why,
        in_echo360=told.in_echo360,
        overlaps=seat.rivals,
        together=seat.together,
    )


def _booked(row: MirrorRow, lessons: Iterable[Occurrence]) -> BookedThere:
    standing = row.standing
    sections = set(standing.content.sections)
    return BookedThere(
        external_id=standing.external_id or "",
        title=standing.content.title,
        start=clock_text(standing.time.start),
        finish=clock_text(standing.time.end),
        ours=standing.ours,
        lessons=tuple(
            one.external_id
            for one in lessons
            if standing.ours
            and one.time == standing.time
            and (one.external_id == standing.external_id or sections.issuperset(one.content.sections))
        ),
    )


def _by_start(row: MirrorRow) -> tuple[Interval, str]:
    return row.standing.time, row.standing.echo_id


def _decision(one: Decision) -> DecisionThere:
    return DecisionThere(one.id, one.kind, one.slotids, said(one), one.by, one.on, one.weeks is None)


def _newest(standing: Iterable[Decision], keys: Collection[LessonKey]) -> tuple[tuple[int, int], ...]:
    found = {
        slotid: decision.id
        for decision in standing
        for slotid in decision.slotids
        if (decision.setid, slotid) in keys
    }
    return tuple(sorted(found.items()))


def _then(
    lesson: LessonFound, weeks: Collection[str], before: Mapping[str, Outcome], after: Mapping[str, Outcome]
) -> LessonThen:
    reasons = [reason for one in weeks if (reason := after[one].reason) is not None]
    return LessonThen(
        setid=lesson.setid,
        slotid=lesson.slotid,
        module=lesson.module,
        module_title=lesson.module_title,
        group=lesson.group,
        weeks=len(weeks),
        before=sum(_recorded(before.get(one)) for one in weeks),
        after=sum(_recorded(after[one]) for one in weeks),
        why=reasons[0].value if reasons else "",
    )
