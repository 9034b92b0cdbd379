"""`lookup`, `not-recorded`, `booked-by-others`: lessons and their weeks, why each is recorded or not, and what
else stands in Echo360.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections import Counter
from typing import Annotated

import typer

from echodesk.commands.answers import Data, Json, office_at, say
from echodesk.commands.reading import date
from echodesk.errors import NothingDone, WrongUse
from echodesk.lessons import BY_OTHERS_DAYS, ByOthers, LessonFound, LessonsFound, LookUp, WeekFound
from echodesk.planning.values import Reason
from echodesk.planning.why import Cause
from echodesk.worker.looking_up import booked_by_others, look_up
from echodesk.worker.looking_up import not_recorded as missed

_CAUSES = {one.value for one in (*Reason, *Cause)}
_SIGNS = {"YES": "yes", "NO": "NO", "NOT_WANTED": "-", "": "?"}


def lookup(
    words: Annotated[list[str] | None, typer.Argument(help="Parts of codes or names, in any order.")] = None,
    module: Annotated[str, typer.Option(help="How a module's code begins, or a part of its title.")] = "",
    lecturer: Annotated[str, typer.Option(help="How a lecturer's code begins, or a part of the name.")] = "",
    room: Annotated[str, typer.Option(help="How a room's code begins, or a part of its name.")] = "",
    on: Annotated[str, typer.Option("--date", help="Only this day.")] = "",
    first: Annotated[str, typer.Option("--from", help="From this day on; without any date: from today on.")] = "",
    last: Annotated[str, typer.Option("--to", help="Up to this day.")] = "",
    limit: Annotated[int, typer.Option(help="So many lessons at most.", min=1, max=1_000)] = 50,
    data: Data = None,
    json: Json = False,
) -> None:
    """Look lessons up: their weeks, what Echo360 holds for each, and why it is recorded or not.

    JSON: in_all (how many lessons fit) and lessons, each with setid, slotid, module, module_title, group,
    lecturer, lecturer_name, room, room_name, building, times, trouble, criteria (title, passed, seen) and weeks
    (week, external_id, date, recorded: YES, NO, NOT_WANTED or '' while undecided, cause, why, in_echo360, status).
    """
    if on and (first or last):
        raise WrongUse("One day or a range", "--date was given with --from or --to.", "Give one or the other.")
    if not (words or module or lecturer or room or on or first or last):
        raise WrongUse(
            "Nothing to look for", "No word and no option was given.", "Name a module, lecturer, room or date."
        )
    begins, ends = date(on or first), date(on or last)
    if begins and ends and ends < begins:
        raise WrongUse("These dates are reversed", f"{ends} is before {begins}.", "Give the earlier date first.")
    with office_at(data) as office:
        today = office.clock().campus_now().date()
        if begins is None and ends is None:
            begins = today
        wish = LookUp(
            *(" ".join(words or ()), module, lecturer, room),
            first=begins.isoformat() if begins is not None else "",
            last=ends.isoformat() if ends is not None else "",
            limit=limit,
        )
        found = office.look(lambda books: look_up(books, wish, today))
    if not found.lessons:
        raise NothingDone(
            "No lesson fits",
            "No lesson of a live year has all of this in the chosen days.",
            "Use fewer words, a part of a name, or other dates; `explain NUMBER` finds lessons of every year.",
        )
    say(dataclasses.asdict(found), as_json=json, text=_text(found))


def not_recorded(
    first: Annotated[str, typer.Option("--from", help="The first day; without it: today.")] = "",
    days: Annotated[int, typer.Option(help="How many days.", min=1, max=400)] = 7,
    cause: Annotated[list[str] | None, typer.Option(help="Only for this cause; may be repeated.")] = None,
    data: Data = None,
    json: Json = False,
) -> None:
    """List the lessons of the next seven days that are to be recorded and are not, or not yet, and why.

    JSON: from, to, causes (how many for each cause) and lessons, each with external_id, setid, slotid, week, date,
    module, module_title, group, lecturer, lecturer_name, room, room_name, building, times, recorded, cause, why.
    """
    begins = date(first)
    with office_at(data) as office:
        today = office.clock().campus_now().date()
        begins = begins or today
        ends = begins + dt.timedelta(days=days - 1)
        found = office.look(lambda books: missed(books, begins, ends, today))
    rows = [(lesson, week) for lesson in found.lessons for week in lesson.weeks]
    causes = Counter(week.cause for _lesson, week in rows)
    if unknown := set(cause or ()) - causes.keys() - _CAUSES:
        raise WrongUse(
            "There is no such cause", f"{', '.join(sorted(unknown))}.", f"Choose of {', '.join(sorted(_CAUSES))}."
        )
    shown = sorted(
        (row for row in rows if not cause or row[1].cause in cause),
        key=lambda row: (row[1].date, row[0].times, row[0].room, row[0].slotid),
    )
    values = {
        "from": begins.isoformat(),
        "to": ends.isoformat(),
        "causes": dict(causes),
        "lessons": [_row(lesson, week) for lesson, week in shown],
    }
    say(values, as_json=json, text=_missed_text(shown, causes))


def by_others(
    first: Annotated[str, typer.Option("--from", help="The first day; without it: today.")] = "",
    days: Annotated[int, typer.Option(help="How many days.", min=1, max=400)] = BY_OTHERS_DAYS,
    room: Annotated[str, typer.Option(help="Only in this room, by its code.")] = "",
    data: Data = None,
    json: Json = False,
) -> None:
    """List what others booked in Echo360, as EchoDesk last saw it; none of it is ever touched.

    Where the timetable has a lesson at the very same room, date and time, `plan --adopt` can take it over.

    JSON: from, to and bookings, each with date, times, room, room_name, building, title, presenter, external_id,
    echo_id, fits (external ids of lessons that are just there, with commas), in_the_way (of others it overlaps),
    fits_titles and in_the_way_titles (what those lessons are called, with semicolons).
    """
    begins = date(first)
    with office_at(data) as office:
        begins = begins or office.clock().campus_now().date()
        ends = begins + dt.timedelta(days=days - 1)
        found = office.look(lambda books: booked_by_others(books, begins, ends))
    shown = [one for one in found if not room or one.room == room]
    values = {
        "from": begins.isoformat(),
        "to": ends.isoformat(),
        "bookings": [dataclasses.asdict(one) for one in shown],
    }
    say(values, as_json=json, text=_others_text(shown))


def register(app: typer.Typer) -> None:
    """Mount the commands."""
    app.command()(lookup)
    app.command("not-recorded")(not_recorded)
    app.command("booked-by-others")(by_others)


def _row(lesson: LessonFound, week: WeekFound) -> dict[str, object]:
    about = dataclasses.asdict(lesson)
    for name in ("criteria", "weeks", "trouble"):
        del about[name]
    seen = {"external_id": week.external_id, "week": week.week, "date": week.date}
    return about | seen | {"recorded": week.recorded, "cause": week.cause, "why": week.why}


def _missed_text(shown: list[tuple[LessonFound, WeekFound]], causes: Counter[str]) -> str:
    if not causes:
        return "Every lesson of these days that is to be recorded is recorded."
    counted = ", ".join(f"{count} {name}" for name, count in causes.most_common())
    lines = [
        f"{week.date}  {lesson.times or '?':<11}  {lesson.room_name or lesson.room}  "
        f"{' '.join(part for part in (lesson.module, lesson.group, lesson.module_title) if part)}\n    {week.why}"
        for lesson, week in shown
    ]
    return "\n".join([f"{causes.total()} lessons: {counted}", *lines])


def _others_text(shown: list[ByOthers]) -> str:
    if not shown:
        return "Nobody else has booked anything in Echo360 on these days, as far as EchoDesk has seen."
    lines = [f"{len(shown)} booked by others; EchoDesk leaves them as they are"]
    for one in shown:
        lines.append(f"{one.date}  {one.times:<11}  {one.room_name or one.room}  {one.title}")
        if one.fits:
            at = f"{one.fits_titles} ({one.fits})"
            lines.append(f"    just where {at} is: `echodesk plan --adopt` can take it over")
        if one.in_the_way:
            lines.append(f"    cannot be recorded beside it: {one.in_the_way_titles} ({one.in_the_way})")
    return "\n".join(lines)


def _text(found: LessonsFound) -> str:
    parts = [_lesson(one) for one in found.lessons]
    if found.in_all > len(found.lessons):
        parts.append(f"{len(found.lessons)} of {found.in_all} lessons; --limit shows more.")
    return "\n\n".join(parts)


def _lesson(one: LessonFound) -> str:
    title = " ".join(part for part in (one.module, one.group, one.module_title) if part)
    about = ", ".join(
        part for part in (one.room_name or one.room, one.times, one.lecturer_name or one.lecturer) if part
    )
    return "\n".join([f"{one.slotid}  {title}", f"  {about}", *(_week(week) for week in one.weeks)])


def _week(week: WeekFound) -> str:
    return f"  {week.week:>2}  {week.date:<10}  {_SIGNS[week.recorded]:<3}  {week.why}"
