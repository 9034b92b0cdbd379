"""Builders of room-days as the worker shows them. People and places are made up."""

from __future__ import annotations

from dataclasses import replace

from echodesk.clashes import BookedThere, DecisionThere, LessonThen, LessonThere, RoomDayShown, Supposed
from echodesk.planning.values import DecisionKind

CLASH = "Not recorded: MATH2034 LC01 keeps the room at that time."
HELD = "Recorded: Echo360 holds it as the timetable has it."


def lesson_there(slotid: int, start: str = "10:00", finish: str = "11:00", **changes: object) -> LessonThere:
    """A lesson that is recorded."""
    made = LessonThere(
        external_id=f"{slotid}-9-2026-27", setid="2026/27", slotid=slotid, week=9, module=f"MOD{slotid}",
        module_title=f"Title of {slotid}", group="LC01", lecturer=f"L{slotid}", lecturer_name="Ada Fenwick",
        start=start, finish=finish, weeks=(8, 9, 10, 12), changed="2026-11-20T09:00:00.000Z", changed_by="ann",
        recorded="YES", cause="held", why=HELD, in_echo360="",
    )  # fmt: skip
    return replace(made, **changes)  # type: ignore[arg-type]  # any field may be named


def meeting(*lessons: LessonThere) -> tuple[LessonThere, ...]:
    """These all overlap each other; the first one is recorded."""
    ids = [one.external_id for one in lessons]
    met = [replace(one, overlaps=tuple(i for i in ids if i != one.external_id)) for one in lessons]
    return (met[0], *(replace(one, recorded="NO", cause="clash", why=CLASH) for one in met[1:]))


def booked(lesson: LessonThere) -> BookedThere:
    """What Echo360 holds for it."""
    name = f"{lesson.module} {lesson.group}"
    return BookedThere(lesson.external_id, name, lesson.start, lesson.finish, True, (lesson.external_id,))


OTHERS = BookedThere("", "Guest talk", "16:00", "17:30", False, ())


def room_day(*lessons: LessonThere, **changes: object) -> RoomDayShown:
    """A day in the Great Hall."""
    made = RoomDayShown(
        "2950203", "Great Hall", "Main Building", "2026-11-24", False, tuple(lessons),
        tuple(booked(one) for one in lessons if one.recorded == "YES"), (),
    )  # fmt: skip
    return replace(made, **changes)  # type: ignore[arg-type]  # any field may be named


def decision_there(number: int, *slotids: int) -> DecisionThere:
    """Ann's choice of the first."""
    text = f"record lesson {slotids[0]}, not {slotids[-1]}"
    return DecisionThere(number, DecisionKind.RECORD_ONE, slotids, text, "Ann", "2026-11-20", True)


def lesson_then(slotid: int, before: int, after: int, weeks: int = 4) -> LessonThen:
    """What becomes of a lesson."""
    why = "decision" if after < weeks else ""
    return LessonThen("2026/27", slotid, f"MOD{slotid}", f"Title of {slotid}", "LC01", weeks, before, after, why)


def supposed(*lessons: LessonThen, **changes: object) -> Supposed:
    """Eight calls on four room-days."""
    made = Supposed(4, "2026-11-24", "2026-12-15", lessons, (("DELETE", 4), ("POST", 4)), 0)
    return replace(made, **changes)  # type: ignore[arg-type]  # any field may be named
