"""A room-day in words, and which of its lessons a decision is about. Pure; the window's page "Room clashes"."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from echodesk.clashes import (
    Alike,
    Choice,
    Decide,
    DecideAlike,
    DecisionThere,
    LessonThen,
    LessonThere,
    OtherWindow,
    RoomDayShown,
    Supposed,
)
from echodesk.desk import formats, words
from echodesk.desk.campus import CampusTime
from echodesk.desk.words import Tone
from echodesk.messages import with_code
from echodesk.planning.values import DecisionKind

COMPARED = ("Module", "Group", "Lecturer", "Time", "Weeks")
"""What is marked where lessons that clash differ."""
MOST_OTHERS = 3
"""So many who have the same room-day open are named; the rest is counted."""
_CALLS = {"POST": "made", "PUT": "changed", "DELETE": "removed"}


def title(lesson: LessonThere | LessonThen) -> str:
    """`MATH2034 LC07`."""
    return " ".join(part for part in (lesson.module, lesson.group) if part) or f"Lesson {lesson.slotid}"


def tone(lesson: LessonThere) -> Tone:
    """How its answer feels; a clash like a clash."""
    if lesson.recorded == "NO" and lesson.cause in ("clash", "foreign"):
        return Tone.CLASH
    return words.recorded_tone(lesson.recorded)


def clash_of(day: RoomDayShown, lesson: LessonThere) -> tuple[LessonThere, ...]:
    """The lesson, all that it meets through overlaps, and their parts of one lecture, in the order of the day."""
    by_id = {one.external_id: one for one in day.lessons}
    found: set[str] = set()
    open_ = [lesson.external_id]
    while open_:
        at = open_.pop()
        if at not in found and at in by_id:
            found.add(at)
            open_ += [*by_id[at].overlaps, *by_id[at].together]
    return tuple(one for one in day.lessons if one.external_id in found)


def first_to_look_at(day: RoomDayShown) -> LessonThere | None:
    """What is not recorded because of a clash comes first, then what is not recorded, then what clashes."""
    ranked = sorted(
        day.lessons,
        key=lambda one: (not (one.overlaps and one.recorded == "NO"), one.recorded != "NO", not one.overlaps),
    )
    return ranked[0] if ranked else None


def named(day: RoomDayShown, lesson: LessonThere, kind: DecisionKind) -> tuple[int, ...]:
    """SLOTIDs of the lessons that such a decision about this one names; empty if it cannot be made."""
    if day.over:
        return ()
    clash = [one for one in clash_of(day, lesson) if one.setid == lesson.setid]
    if kind is DecisionKind.DO_NOT_RECORD:
        return (lesson.slotid,)
    if kind is DecisionKind.RECORD_ONE:
        return _several({lesson.slotid} | {one.slotid for one in clash if one.external_id in lesson.overlaps})
    if kind is DecisionKind.RECORD_NEITHER:
        return _several({one.slotid for one in clash if one.overlaps})
    same = [one for one in clash if lesson.start and (one.start, one.finish) == (lesson.start, lesson.finish)]
    return (
        () if all(one.external_id in lesson.together for one in same) else _several({one.slotid for one in same})
    )


def _several(slotids: set[int]) -> tuple[int, ...]:
    return tuple(sorted(slotids)) if len(slotids) > 1 else ()


def decision(day: RoomDayShown, lesson: LessonThere, kind: DecisionKind, by: str, *, this_date: bool) -> Decide:
    """The command, without its reason."""
    slotids = named(day, lesson, kind)
    newest = dict(day.newest)
    return Decide(
        by=by,
        why="",
        kind=kind,
        setid=lesson.setid,
        lessons=slotids,
        winner=lesson.slotid if kind is DecisionKind.RECORD_ONE else None,
        dates=(day.date,) if this_date else (),
        seen=max(newest.get(slotid, 0) for slotid in slotids),
    )


def alike(one: Decide) -> DecideAlike:
    """The same decision, for every week, as the first of several."""
    return DecideAlike(one.by, one.why, one.kind, one.setid, (Choice(one.lessons, one.winner, one.seen),))


def about(found: Alike) -> str:
    """What is of the same kind, in a sentence or two."""
    if not isinstance(found.command, DecideAlike):
        return f"{formats.counted(len(found.command.decisions), 'decision')}."
    lessons = {slotid for one in found.command.choices for slotid in one.lessons}
    modules = listed(dict.fromkeys(found.modules))
    text = f"{formats.counted(len(lessons), 'lesson')}: wherever {modules} clash in the same way."
    if found.refused:
        text += f" It cannot be decided for {formats.number(found.refused)} more; look at those one by one."
    return text


def question(day: RoomDayShown, lesson: LessonThere, kind: DecisionKind) -> str:
    """What is about to be decided."""
    slotids = named(day, lesson, kind)
    names = listed(title(one) for one in day.lessons if one.slotid in slotids)
    if kind is DecisionKind.RECORD_ONE:
        return f"Record {title(lesson)}?"
    if kind is DecisionKind.RECORD_NEITHER:
        return f"Record none of {names}?"
    if kind is DecisionKind.TOGETHER:
        return f"Record {names} together, as one lecture?"
    return f"Do not record {title(lesson)}?"


def one_lecture(day: RoomDayShown, lesson: LessonThere) -> bool:
    """True if lessons at this one's time look like one lecture under several modules: no two known lecturers."""
    slotids = named(day, lesson, DecisionKind.TOGETHER)
    return bool(slotids) and len({one.lecturer for one in day.lessons if one.slotid in slotids} - {""}) < 2


def summary(day: RoomDayShown) -> str:
    """How the day stands, in one sentence or two."""
    missed = sum(one.recorded == "NO" for one in day.lessons)
    waits = sum(one.recorded == "" for one in day.lessons)
    all_ = formats.counted(len(day.lessons), "lesson")
    if not day.lessons:
        return "The timetable has no lesson here that asks for recording."
    parts = [f"{all_}, {formats.number(missed)} not recorded." if missed else f"{all_}, none left out."]
    if waits:
        parts.append(f"{formats.number(waits)} not decided yet.")
    others = sum(not one.ours for one in day.bookings)
    if others:
        parts.append(f"Others have {formats.counted(others, 'booking')} in Echo360.")
    if day.over:
        parts.append("This day has passed.")
    return " ".join(parts)


def aloud(day: RoomDayShown) -> str:
    """The drawn day as text."""
    lines = []
    for lesson in day.lessons:
        line = f"Timetable {formats.span(lesson.start, lesson.finish)} {title(lesson)}:"
        line += f" {words.recorded(lesson.recorded)}"
        lines.append(line + (f", one lecture with {partners(day, lesson)}" if lesson.together else ""))
    for one in day.bookings:
        whose = "" if one.ours else ", booked by others"
        lines.append(f"Echo360 {formats.span(one.start, one.finish)} {one.title or 'no title'}{whose}")
    return ". ".join(formats.one_line(line) for line in lines)


@dataclass(frozen=True, slots=True)
class Compared:
    """One line of the comparison: a label, and what each lesson says."""

    label: str
    values: tuple[str, ...]
    differs: bool


def compared(day: RoomDayShown, lessons: Sequence[LessonThere], campus: CampusTime) -> tuple[Compared, ...]:
    """Lessons of a day side by side."""
    columns = [_fields(one, campus) for one in lessons]
    if any(one.together for one in lessons):
        for column, one in zip(columns, lessons, strict=True):
            column["One lecture with"] = partners(day, one) or "none"
    found = []
    for label in columns[0] if columns else ():
        values = tuple(column[label] for column in columns)
        found.append(Compared(label, values, label in COMPARED and len(set(values)) > 1))
    return tuple(found)


def partners(day: RoomDayShown, lesson: LessonThere) -> str:
    """The other lessons of one lecture, '' for none."""
    others = (one for one in day.lessons if one.external_id in lesson.together and one is not lesson)
    return listed(title(one) for one in others)


def _fields(lesson: LessonThere, campus: CampusTime) -> dict[str, str]:
    changed = formats.moment(campus.to_local(lesson.changed)) if lesson.changed else "not told"
    return {
        "Why": lesson.why,
        "Module": with_code(lesson.module_title, lesson.module),
        "Group": lesson.group,
        "Lecturer": with_code(lesson.lecturer_name, lesson.lecturer) or "not known",
        "Time": formats.span(lesson.start, lesson.finish),
        "Weeks": week_list(lesson.weeks),
        "Last changed": changed + (f" by {lesson.changed_by}" if lesson.changed_by else ""),
        "In Echo360": lesson.in_echo360 or "nothing of its own",
        "Lesson": f"{lesson.slotid}, {lesson.setid}",
    }


def week_list(weeks: Iterable[int]) -> str:
    """`2-6, 8`."""
    runs: list[list[int]] = []
    for week in sorted(set(weeks)):
        if runs and week == runs[-1][-1] + 1:
            runs[-1].append(week)
        else:
            runs.append([week])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)


def decided(one: DecisionThere) -> str:
    """A decision that counts here."""
    when = "every week" if one.every_week else "some weeks"
    return f"Decision {one.number}: {one.text}, {when} ({one.by}, {formats.date(one.on)})"


def also_open(others: Sequence[OtherWindow], campus: CampusTime) -> str:
    """Who else has the room-day open, and since when; '' for nobody."""
    said = [_has_open(one, campus) for one in others[:MOST_OTHERS]]
    if rest := others[MOST_OTHERS:]:
        said.append(f"And {formats.counted(len(rest), 'other')} {'has' if len(rest) == 1 else 'have'} it open.")
    return " ".join(said)


def _has_open(one: OtherWindow, campus: CampusTime) -> str:
    local = campus.to_local(one.since)
    since = local[11:16] if local[:10] == campus.now()[:10] else formats.moment(local)
    at = f" on {formats.one_line(one.machine, 60)}" if one.machine else ""
    return f"{formats.one_line(one.who, 60)}{at} has this open too, since {since}."


def scale(found: Supposed) -> str:
    """How many room-days and calls it is about."""
    days = formats.counted(found.room_days, "room-day")
    if found.room_days > 1:
        days += f", {formats.date(found.first)} to {formats.date(found.last)}"
    elif found.room_days:
        days += f", {formats.date(found.first)}"
    calls = sum(count for _method, count in found.calls)
    told = ", ".join(f"{formats.number(count)} {_CALLS.get(method, method)}" for method, count in found.calls)
    cost = f"{formats.counted(calls, 'call')} to Echo360: {told}." if calls else "Nothing has to be sent."
    return f"{days}. {cost}"


def becomes(one: LessonThen) -> str:
    """What becomes of a lesson."""
    weeks = formats.counted(one.weeks, "week")
    if one.after == one.weeks:
        then = "recorded" if one.weeks == 1 else f"recorded in all {weeks}"
    elif one.after:
        then = f"recorded in {formats.number(one.after)} of {weeks}"
    else:
        then = "not recorded" if one.weeks == 1 else f"not recorded in any of {weeks}"
    why = f" ({words.reason(one.why).lower()})" if one.why and one.after < one.weeks else ""
    if one.before == one.after:
        return f"{title(one)}: {then}{why}, as now"
    now = "recorded" if one.before == one.weeks else f"in {one.before}" if one.before else "not recorded"
    return f"{title(one)}: {then}{why}; now {now}"


def listed(values: Iterable[str]) -> str:
    """`A, B and C`."""
    found = list(values)
    return " and ".join([*([", ".join(found[:-1])] if found[:-1] else []), *found[-1:]])
