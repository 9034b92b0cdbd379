"""Edits that put lessons elsewhere: moves, swaps, double bookings, their repair, a room's day closed."""

from __future__ import annotations

import random
from dataclasses import replace

from echodesk.demo.board import WEEKDAY_NAMES, Board, Lesson, RoomChoice
from echodesk.demo.edits import Edit, EditKind, Pen, Step
from echodesk.planning.values import Interval

EARLIEST = 8 * 60
LATEST = 21 * 60
HOUR = 60
WORKING_DAYS = range(1, 6)
ROOMS_TRIED = 15


def move_time(rng: random.Random, board: Board, pen: Pen) -> Edit | None:
    """A lesson goes to another free time of its day."""
    lesson = board.draw(rng)
    time = None if lesson is None else free_time(rng, board, lesson, lesson.weekday)
    if lesson is None or time is None:
        return None
    return _moved(board, pen, EditKind.MOVE_TIME, lesson, lesson.weekday, time)


def move_day(rng: random.Random, board: Board, pen: Pen) -> Edit | None:
    """A lesson goes to another day, at its usual time where that is free."""
    lesson = board.draw(rng)
    if lesson is None:
        return None
    weekday = rng.choice([day for day in WORKING_DAYS if day != lesson.weekday])
    weeks = board.coming(lesson.weekid)
    usual = board.is_free(lesson.room, weekday, lesson.time, weeks)
    time = lesson.time if usual else free_time(rng, board, lesson, weekday)
    return _moved(board, pen, EditKind.MOVE_DAY, lesson, weekday, time) if time else None


def move_room(rng: random.Random, board: Board, pen: Pen) -> Edit | None:
    """A lesson goes to another free room at its usual time."""
    lesson = board.draw(rng)
    room = None if lesson is None else free_room(rng, board, lesson)
    if lesson is None or room is None:
        return None
    return Edit(
        EditKind.MOVE_ROOM,
        f"{lesson.name} moves from {lesson.room} to {room.room}, {lesson.when}",
        (lesson.slotid,),
        (pen.place(lesson.slotid, lesson.weekday, lesson.time, room),),
    )


def swap_rooms(rng: random.Random, board: Board, pen: Pen) -> Edit | None:
    """Two lessons at the same time swap their rooms."""
    lesson = board.draw(rng)
    if lesson is None:
        return None
    others = [other for other in board.at_the_time_of(lesson) if _can_swap(board, lesson, other)]
    if not others:
        return None
    other = rng.choice(others)
    return Edit(
        EditKind.SWAP_ROOMS,
        f"{lesson.name} and {other.name} swap rooms: {lesson.room} and {other.room}, {lesson.when}",
        (lesson.slotid, other.slotid),
        (
            pen.place(lesson.slotid, lesson.weekday, lesson.time, board.room(other.room)),
            pen.place(other.slotid, other.weekday, other.time, board.room(lesson.room)),
        ),
    )


def swap_times(rng: random.Random, board: Board, pen: Pen) -> Edit | None:
    """Two lessons of one room and of equal length swap their times."""
    lesson = board.draw(rng)
    if lesson is None:
        return None
    others = [
        other
        for other in board.in_room(lesson.room)
        if other.time.minutes == lesson.time.minutes
        and (other.weekday, other.time) != (lesson.weekday, lesson.time)
        and board.coming(other.weekid) & board.coming(lesson.weekid)
        and _can_swap(board, lesson, other)
    ]
    if not others:
        return None
    other = rng.choice(others)
    room = board.room(lesson.room)
    return Edit(
        EditKind.SWAP_TIMES,
        f"{lesson.name} and {other.name} swap times: {lesson.when} and {other.when}, {lesson.room}",
        (lesson.slotid, other.slotid),
        (
            pen.place(lesson.slotid, other.weekday, other.time, room),
            pen.place(other.slotid, lesson.weekday, lesson.time, room),
        ),
    )


def double_book(rng: random.Random, board: Board, pen: Pen) -> Edit | None:
    """A lesson is put on top of another one, half of the time so that they overlap only partly."""
    lesson, other = board.draw(rng), board.draw(rng)
    if lesson is None or other is None or not board.coming(lesson.weekid) & board.coming(other.weekid):
        return None
    start = other.time.start + (rng.choice((0, HOUR // 2)) if other.time.minutes > HOUR // 2 else 0)
    time = Interval(start, start + lesson.time.minutes)
    same_place = (lesson.room, lesson.weekday) == (other.room, other.weekday)
    if time.end > LATEST or (same_place and lesson.time.overlaps(other.time)):
        return None
    return Edit(
        EditKind.DOUBLE_BOOK,
        f"{lesson.name} moves from {lesson.room}, {lesson.when} to {other.room},"
        f" {WEEKDAY_NAMES[other.weekday]} {time}, where {other.name} is taught {other.time}",
        (lesson.slotid,),
        (pen.place(lesson.slotid, other.weekday, time, board.room(other.room)),),
    )


def repair(rng: random.Random, board: Board, pen: Pen) -> Edit | None:
    """A double booking is put right: one of the two goes to a free room, a free time, or is cancelled."""
    lesson = board.draw(rng)
    # Rooms with clashes are few, so the whole timetable is walked from a drawn room on.
    rooms = [choice.room for choice in board.rooms()]
    if lesson is None or not rooms:
        return None
    first = rooms.index(lesson.room) if lesson.room in rooms else 0
    for room in rooms[first:] + rooms[:first]:
        clash = _clash(board, room)
        if clash is not None:
            stays, goes = clash
            sentence, step = _elsewhere(rng, board, pen, goes)
            return Edit(
                EditKind.REPAIR, f"{sentence}, because {stays.name} is taught there", (goes.slotid,), (step,)
            )
    return None


def close_room_day(rng: random.Random, board: Board, pen: Pen) -> Edit | None:
    """A room is closed on one weekday: each of its lessons then goes to a free room, or is cancelled."""
    drawn = board.draw(rng)
    if drawn is None:
        return None
    moved, cancelled = 0, 0
    steps: list[Step] = []
    taken: dict[str, list[Lesson]] = {}
    lessons = [lesson for lesson in board.in_room(drawn.room) if lesson.weekday == drawn.weekday]
    for lesson in lessons:
        room = free_room(rng, board, lesson, taken)
        if room is None:
            cancelled += 1
            steps.append(pen.cancel(lesson.slotid))
            continue
        moved += 1
        taken.setdefault(room.room, []).append(lesson)
        steps.append(pen.place(lesson.slotid, lesson.weekday, lesson.time, room))
    if not steps:
        return None
    return Edit(
        EditKind.CLOSE_ROOM_DAY,
        f"{drawn.room} is closed on {WEEKDAY_NAMES[drawn.weekday]}s: {_lessons(moved)} to other rooms,"
        f" {cancelled} cancelled",
        tuple(lesson.slotid for lesson in lessons),
        tuple(steps),
    )


def free_time(rng: random.Random, board: Board, lesson: Lesson, weekday: int) -> Interval | None:
    """Another time on this weekday at which the lesson's room is free in all its coming weeks."""
    minutes = lesson.time.minutes
    weeks = board.coming(lesson.weekid)
    times = [
        Interval(start, start + minutes)
        for start in range(EARLIEST + lesson.time.start % HOUR, LATEST - minutes + 1, HOUR)
        if (weekday, start) != (lesson.weekday, lesson.time.start)
    ]
    free = [time for time in times if board.is_free(lesson.room, weekday, time, weeks, (lesson.slotid,))]
    return rng.choice(free) if free else None


def free_room(
    rng: random.Random, board: Board, lesson: Lesson, taken: dict[str, list[Lesson]] | None = None
) -> RoomChoice | None:
    """Another room that is free at the lesson's time and not `taken` by others in the same edit."""
    rooms = [choice for choice in board.rooms() if choice.room != lesson.room]
    weeks = board.coming(lesson.weekid)
    for choice in rng.sample(rooms, min(ROOMS_TRIED, len(rooms))):
        promised = (taken or {}).get(choice.room, [])
        if board.is_free(choice.room, lesson.weekday, lesson.time, weeks) and not any(
            other.time.overlaps(lesson.time) for other in promised
        ):
            return choice
    return None


def _moved(board: Board, pen: Pen, kind: EditKind, lesson: Lesson, weekday: int, time: Interval) -> Edit:
    there = str(time) if weekday == lesson.weekday else replace(lesson, weekday=weekday, time=time).when
    return Edit(
        kind,
        f"{lesson.name} moves from {lesson.when} to {there}, {lesson.room}",
        (lesson.slotid,),
        (pen.place(lesson.slotid, weekday, time, board.room(lesson.room)),),
    )


def _can_swap(board: Board, one: Lesson, other: Lesson) -> bool:
    """Each place is free for the other lesson once both have left."""
    both = (one.slotid, other.slotid)
    return board.is_free(other.room, other.weekday, other.time, board.coming(one.weekid), both) and board.is_free(
        one.room, one.weekday, one.time, board.coming(other.weekid), both
    )


def _clash(board: Board, room: str) -> tuple[Lesson, Lesson] | None:
    """Two lessons of a room that overlap and are not one lecture under several modules; the later one second."""
    lessons = board.in_room(room)
    for number, one in enumerate(lessons):
        for other in lessons[number + 1 :]:
            together = one.time == other.time and one.lecturer == other.lecturer
            if (
                one.weekday == other.weekday
                and one.time.overlaps(other.time)
                and not together
                and board.coming(one.weekid) & board.coming(other.weekid)
            ):
                return one, other
    return None


def _elsewhere(rng: random.Random, board: Board, pen: Pen, lesson: Lesson) -> tuple[str, Step]:
    room = free_room(rng, board, lesson)
    if room is not None:
        sentence = f"{lesson.name} moves from {lesson.room} to {room.room}, {lesson.when}"
        return sentence, pen.place(lesson.slotid, lesson.weekday, lesson.time, room)
    time = free_time(rng, board, lesson, lesson.weekday)
    if time is not None:
        sentence = f"{lesson.name} moves from {lesson.when} to {time}, {lesson.room}"
        return sentence, pen.place(lesson.slotid, lesson.weekday, time, board.room(lesson.room))
    return f"{lesson.name} is cancelled, {lesson.room}, {lesson.when}", pen.cancel(lesson.slotid)


def _lessons(count: int) -> str:
    return "1 lesson goes" if count == 1 else f"{count} lessons go"
