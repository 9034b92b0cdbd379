"""Edits that leave a lesson where it is, or begin or end it: weeks, lecturers, recording, cancels, new lessons."""

from __future__ import annotations

import random

from echodesk.demo.board import Board, Lesson
from echodesk.demo.drafts import LAST_GROUP
from echodesk.demo.edits import Edit, EditKind, Pen, Step
from echodesk.demo.moving import free_room, free_time
from echodesk.demo.week_sets import weeks_text
from echodesk.timetable.eligibility import AUDIO, VIDEO

NO_LECTURER = 0.1
AUDIO_ONLY = 0.15


def cancel(rng: random.Random, board: Board, pen: Pen) -> Edit | None:
    """A lesson is cancelled, or taken out of the timetable altogether."""
    lesson = board.draw(rng)
    if lesson is None:
        return None
    about = f"{lesson.name}, {lesson.room}, {lesson.when}"
    if rng.random() < 0.5:
        return _one(EditKind.CANCEL, f"{about}, is cancelled", lesson, pen.cancel(lesson.slotid))
    steps = [pen.remove_lesson(lesson.slotid), pen.remove_requests(lesson.slotid)]
    rng.shuffle(steps)
    return _one(EditKind.CANCEL, f"{about}, is deleted", lesson, *steps)


def reinstate(rng: random.Random, board: Board, pen: Pen) -> Edit | None:
    """A cancelled lesson is taught after all."""
    lesson = board.draw(rng, cancelled=True)
    if lesson is None:
        return None
    sentence = f"{lesson.name}, {lesson.room}, {lesson.when}, is taught after all"
    return _one(EditKind.REINSTATE, sentence, lesson, pen.confirm(lesson.slotid))


def change_weeks(rng: random.Random, board: Board, pen: Pen) -> Edit | None:
    """A lesson goes to another set of weeks: a known one, or its own with one coming week less or more."""
    lesson = board.draw(rng)
    if lesson is None:
        return None
    weeks = board.week_sets[lesson.weekid]
    if rng.random() < 0.5:
        others = (weekid for weekid in sorted(board.week_sets) if weekid != lesson.weekid)
        known = [weekid for weekid in others if board.coming(weekid) & weeks]
        if not known:
            return None
        return _in_weeks(board, pen, lesson, board.week_sets[rng.choice(known)])
    other = weeks ^ {rng.choice(board.coming_teaching)}
    return _in_weeks(board, pen, lesson, other) if other & board.coming_weeks else None


def change_lecturer(rng: random.Random, board: Board, pen: Pen) -> Edit | None:
    """Somebody else teaches a lesson, or nobody is named yet."""
    lesson = board.draw(rng)
    people = board.lecturers()
    if lesson is None or not people:
        return None
    if lesson.lecturer is not None and rng.random() < NO_LECTURER:
        sentence = f"{lesson.name} loses its lecturer"
        return _one(EditKind.CHANGE_LECTURER, sentence, lesson, pen.lecturer(lesson.slotid, None))
    number, name = rng.choice(people)
    if number == lesson.lecturer:
        return None
    sentence = f"{lesson.name} is taught by {name}"
    return _one(EditKind.CHANGE_LECTURER, sentence, lesson, pen.lecturer(lesson.slotid, number))


def ask_for_recording(rng: random.Random, board: Board, pen: Pen) -> Edit | None:
    """A lesson that was not to be recorded asks for it."""
    lesson = board.draw(rng, asked=(False,))
    if lesson is None:
        return None
    feature = _feature(rng)
    item = board.next_request_item(lesson.slotid)
    sentence = f"{lesson.name} asks for recording ({feature})"
    return _one(EditKind.ASK_FOR_RECORDING, sentence, lesson, pen.request(lesson.slotid, item, feature))


def withdraw_recording(rng: random.Random, board: Board, pen: Pen) -> Edit | None:
    """A lesson is no longer to be recorded."""
    lesson = board.draw(rng, asked=(True,))
    if lesson is None:
        return None
    sentence = f"{lesson.name} is no longer to be recorded"
    return _one(EditKind.WITHDRAW_RECORDING, sentence, lesson, pen.withdraw_recording(lesson.slotid))


def new_lesson(rng: random.Random, board: Board, pen: Pen) -> Edit | None:
    """A module gets one more group, in a free room and time; the request comes before or after the lesson."""
    pattern = board.draw(rng)
    if pattern is None:
        return None
    group = _next_group(pattern, board.groups_of(pattern.module))
    room = free_room(rng, board, pattern)
    time = pattern.time if room else free_time(rng, board, pattern, pattern.weekday)
    if group is None or time is None:
        return None
    place = room or board.room(pattern.room)
    lesson = Lesson(
        slotid=board.next_slotid(),
        weekid=pattern.weekid,
        weekday=pattern.weekday,
        time=time,
        module=pattern.module,
        group=group,
        room=place.room,
        lecturer=pattern.lecturer,
    )
    steps = [pen.lesson(lesson, place), pen.request(lesson.slotid, 1, _feature(rng))]
    rng.shuffle(steps)
    return _one(
        EditKind.NEW_LESSON,
        f"{lesson.name} is new: {lesson.room}, {lesson.when}",
        lesson,
        pen.group(lesson.module, lesson.group),
        *steps,
    )


def _one(kind: EditKind, sentence: str, lesson: Lesson, *steps: Step) -> Edit:
    return Edit(kind, sentence, (lesson.slotid,), steps)


def _in_weeks(board: Board, pen: Pen, lesson: Lesson, weeks: frozenset[int]) -> Edit:
    weekid = next((known for known, those in sorted(board.week_sets.items()) if those == weeks), None)
    made: tuple[Step, ...] = ()
    if weekid is None:
        weekid = max(board.week_sets) + 1
        made = pen.week_set(weekid, weeks)
    was = weeks_text(board.week_sets[lesson.weekid])
    return _one(
        EditKind.CHANGE_WEEKS,
        f"{lesson.name} is taught in weeks {weeks_text(weeks)} instead of {was}",
        lesson,
        *made,
        pen.weeks(lesson.slotid, weekid),
    )


def _feature(rng: random.Random) -> str:
    return AUDIO if rng.random() < AUDIO_ONLY else VIDEO


def _next_group(pattern: Lesson, known: frozenset[str]) -> str | None:
    codes = (f"{pattern.group[:2]}{number:02d}" for number in range(1, LAST_GROUP + 1))
    return next((code for code in codes if code not in known), None)
