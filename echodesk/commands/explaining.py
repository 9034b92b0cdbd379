"""`explain`: why a lesson is recorded or not, by the nine criteria, and what happened to each of its weeks."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from textwrap import indent
from typing import Annotated

import typer

from echodesk.commands.answers import Data, Json, aligned, campus_stamps, office_at, say
from echodesk.commands.deciding import text_of, values_of
from echodesk.desk import words
from echodesk.errors import WrongUse
from echodesk.main import AllBooks
from echodesk.messages import Table, with_code
from echodesk.planning.values import Reason
from echodesk.store.happened import Happened, Happenings
from echodesk.timetable.explaining import Explanation
from echodesk.timetable.explaining import explain as explained
from echodesk.worker.judging import Judged, judge

SHOWN_UPDATES = 5


@dataclass(frozen=True, slots=True)
class Week:
    """One week of a lesson. `planned` is False where only EchoDesk or Echo360 still know it."""

    week: int
    external_id: str
    date: str
    planned: bool
    happened: Happened


@dataclass(frozen=True, slots=True)
class Lesson:
    """A lesson in one year; `said` is None where the timetable has it no more."""

    setid: str
    slotid: int
    said: Explanation | None
    weeks: tuple[Week, ...]
    decisions: tuple[Judged, ...] = ()
    """What staff decided about it and did not take back, newest first."""


def explain(
    lesson: Annotated[str, typer.Argument(help="SLOTID, or the external id of one week.")],
    year: Annotated[
        str, typer.Option("--set", help="One year (SETID); without it all that have the lesson.")
    ] = "",
    data: Data = None,
    json: Json = False,
) -> None:
    """Say why a lesson is recorded or not: the year, the nine criteria, and what happened to each week.

    JSON: lessons, each with set, slotid, in_timetable, year_live, year, eligible, module, module_name, group,
    room, lecturer, times, trouble, since, criteria (name, title, passed, seen), further (entries, no lessons of
    their own), decisions (as `decisions` lists them) and weeks (week, external_id, date, in_timetable, status,
    recorded, message, winner, updates, in_echo360, not_recorded, refused).
    """
    with office_at(data) as office:
        today = office.clock().campus_now().date()
        found = office.look(lambda books: _decided(books, _lessons(books, lesson.strip(), year or None), today))
        stamp = campus_stamps(office)
    if not found:
        raise WrongUse(
            "No such lesson",
            f"Neither the timetable nor EchoDesk has a lesson {lesson}{f' in {year}' if year else ''}.",
            "Check the number, or leave out --set to look in all years.",
        )
    values = {"lessons": [_values(one) for one in found]}
    say(values, as_json=json, text="\n\n".join(_text(one, stamp) for one in found))


def register(app: typer.Typer) -> None:
    """Mount the command."""
    app.command()(explain)


def _lessons(books: AllBooks, lesson: str, year: str | None) -> list[Lesson]:
    happenings = Happenings(books.connection)
    said = explained(books.timetable.reader, lesson, year)
    named = books.timetable.lesson_of(lesson)
    wanted = None if named is None else named[2]
    found = [_lesson(happenings, one.facts.setid, one.facts.slotid, one, wanted) for one in said]
    if not found:
        # The timetable has dropped it; what was sent is still worth knowing.
        if named is not None:
            gone = [(named[0], named[1])]
        else:
            gone = [(setid, int(lesson)) for setid in ([year] if year else happenings.sets())]
        found = [one for key in gone if (one := _lesson(happenings, *key, None, wanted)).weeks]
    return found


def _decided(books: AllBooks, lessons: list[Lesson], today: dt.date) -> list[Lesson]:
    """The same with what staff decided about them."""
    standing = [one for one in books.decisions.records() if not one.withdrawn] if lessons else []
    found = []
    for lesson in lessons:
        about = [
            one for one in standing if one.decision.setid == lesson.setid and lesson.slotid in one.decision.slotids
        ]
        found.append(dataclasses.replace(lesson, decisions=tuple(judge(books, about, today))))
    return found


def _lesson(
    happenings: Happenings, setid: str, slotid: int, said: Explanation | None, wanted: int | None
) -> Lesson:
    planned = {week.external_id: week for week in said.weeks} if said is not None else {}
    earlier = {
        one.external_id: one for one in happenings.weeks(setid, slotid) if wanted is None or one.week == wanted
    }
    happened = happenings.of([*planned, *(one for one in earlier if one not in planned)])
    weeks = []
    for external_id, what in happened.items():
        if external_id in planned:
            week, date = planned[external_id].week, planned[external_id].date
            weeks.append(Week(week, external_id, date.isoformat() if date else "", True, what))
        else:
            gone = earlier[external_id]
            weeks.append(Week(gone.week, external_id, gone.date, False, what))
    return Lesson(setid, slotid, said, tuple(sorted(weeks, key=lambda one: one.week)))


# ---- for programs -------------------------------------------------------------------------------------------


def _values(lesson: Lesson) -> dict[str, object]:
    values: dict[str, object] = {
        "set": lesson.setid,
        "slotid": lesson.slotid,
        "in_timetable": lesson.said is not None,
    }
    if lesson.said is not None:
        said = lesson.said
        facts = said.facts
        values |= {
            "year_live": said.year_live,
            "year": said.year,
            "eligible": said.eligible,
            "module": facts.module or "",
            "module_name": facts.module_name or "",
            "group": facts.group or "",
            "room": facts.room or "",
            "lecturer": facts.lecturer or "",
            "times": said.times,
            "trouble": said.trouble,
            "since": said.since,
            "datechanged_unreadable": said.datechanged_unreadable,
            "criteria": [
                {
                    "name": one.criterion.name,
                    "title": one.criterion.title,
                    "passed": one.passed,
                    "seen": one.seen,
                }
                for one in said.criteria
            ],
            "further": [dataclasses.asdict(one) for one in said.further],
        }
    values["decisions"] = [values_of(one) for one in lesson.decisions]
    values["weeks"] = [_week_values(week) for week in lesson.weeks]
    return values


def _week_values(week: Week) -> dict[str, object]:
    happened = week.happened
    newest = happened.updates[0] if happened.updates else None
    return {
        "week": week.week,
        "external_id": week.external_id,
        "date": week.date,
        "in_timetable": week.planned,
        "status": newest.status if newest else "",
        "recorded": newest.recorded if newest else "",
        "message": newest.message if newest else "",
        "winner": _winner(happened),
        "updates": [dataclasses.asdict(one) for one in happened.updates],
        "in_echo360": dataclasses.asdict(happened.held) if happened.held else None,
        "not_recorded": dataclasses.asdict(happened.not_recorded) if happened.not_recorded else None,
        "refused": happened.refused,
    }


def _winner(happened: Happened) -> str:
    if happened.not_recorded is not None and happened.not_recorded.winner:
        return happened.not_recorded.winner
    return happened.updates[0].winner if happened.updates else ""


# ---- for people ---------------------------------------------------------------------------------------------


def _text(lesson: Lesson, stamp: Callable[[str], str]) -> str:
    said = lesson.said
    lines = [f"Lesson {lesson.slotid} of {lesson.setid}"]
    if said is None:
        lines.append("  The timetable has it no more.")
    else:
        facts = said.facts
        about = (
            ("Module", with_code(facts.module_name or "", facts.module or "")),
            ("Group", facts.group or ""),
            ("Room", facts.room or ""),
            ("Times", said.times or said.trouble),
            ("Year", said.year or "switched on"),
            ("Recorded", "yes, if the room is free" if said.eligible and not said.trouble else "no"),
        )
        lines += [aligned((pair for pair in about if pair[1]), indent=2), "  Criteria"]
        lines.append(
            aligned(
                (
                    (f"{'yes' if one.passed else 'NO '}  {one.criterion.title}", one.seen or "(nothing)")
                    for one in said.criteria
                ),
                indent=4,
            )
        )
        lines += [f"  Entry {one.slotentry} in {one.room}: {one.text}" for one in said.further]
    if lesson.decisions:
        lines.append("  Decisions")
        lines += [indent(text_of(one, stamp), "    ") for one in lesson.decisions]
    lines.append("  Weeks")
    lines += [_week_text(week, stamp) for week in lesson.weeks]
    return "\n".join(lines)


def _week_text(week: Week, stamp: Callable[[str], str]) -> str:
    happened = week.happened
    said = [f"    {week.week:>2}  {week.date or 'no date':<10}  {week.external_id}"]
    if not week.planned:
        said.append("        not in the timetable any more")
    if happened.held is not None:
        held = happened.held
        said.append(f"        in Echo360: {held.room} {held.date} {held.start}-{held.finish}, {held.title}")
    if happened.not_recorded is not None:
        out = happened.not_recorded
        # Whose decision it was stands in the detail, with the lesson that has the room.
        decided = out.reason == Reason.DECISION
        because = f"{out.winner} has the room" if out.winner and not decided else out.detail
        said.append(f"        not recorded: {words.reason(out.reason)}{f' ({because})' if because else ''}")
    if happened.refused:
        said.append(f"        Echo360 refused it: {happened.refused}")
    for one in happened.updates[:SHOWN_UPDATES]:
        status = words.status(Table.NOTIFICATIONS, one.status)
        parts = [
            f"{words.action(one.action)} ({one.id}): {status}",
            one.message,
            stamp(one.processed or one.created),
        ]
        said.append("        " + " · ".join(part for part in parts if part))
    if len(happened.updates) > SHOWN_UPDATES:
        said.append(f"        and {len(happened.updates) - SHOWN_UPDATES} earlier updates")
    return "\n".join(said)
