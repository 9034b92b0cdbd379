"""`failures`, `too-late`, `unknown-people`: what staff have to see to, as the page "Needs attention" lists it."""

from __future__ import annotations

import dataclasses
from typing import Annotated

import typer

from echodesk.commands.answers import Data, Json, Wait, office_at, say
from echodesk.commands.asking import answer, busy_s
from echodesk.desk import words
from echodesk.errors import WrongUse
from echodesk.lessons import (
    FailureCause,
    FailureGroup,
    LateLesson,
    ListMatter,
    Matter,
    MatterListed,
    UnknownPerson,
)
from echodesk.main import Office, user
from echodesk.messages import LookForPeople, Retry, SetAside
from echodesk.worker.matters import listed

WAIT_S = 30.0
ALL = 1_000_000


def failures(
    cause: Annotated[FailureCause | None, typer.Option(help="Only what failed for this cause.")] = None,
    room: Annotated[str, typer.Option(help="Only in this room, by its code.")] = "",
    again: Annotated[bool, typer.Option("--retry", help="Have all that are listed read and sent again.")] = False,
    aside: Annotated[str, typer.Option("--set-aside", help="Set all that are listed aside: the reason.")] = "",
    data: Data = None,
    wait: Wait = WAIT_S,
    json: Json = False,
) -> None:
    """List what failed by cause and room; retry it or set it aside, a whole group at once.

    JSON: groups, each with cause (no_recorder, missing, other_year, no_answer, stopped, refused), room, room_name,
    building, count, date and times of the next lesson ('' if all have passed), said (what is told of that lesson),
    entries and notifications (numbers for `retry`). With --retry or --set-aside: text, touched, carried_out_by.
    """
    if again and aside:
        raise WrongUse("Retry or set aside?", "Both were asked for.", "Choose one.")
    with office_at(data, busy_s(wait)) as office:
        found = [one for one in _found(office, Matter.FAILURES).lines if isinstance(one, FailureGroup)]
        shown = [one for one in found if cause in (None, one.cause) and room in ("", one.room)]
        numbers = (
            tuple(number for one in shown for number in one.entries),
            tuple(number for one in shown for number in one.notifications),
        )
        if again:
            answer(office, Retry(user(), *numbers), wait, as_json=json)
            return
        if aside:
            answer(office, SetAside(user(), aside, *numbers), wait, as_json=json)
            return
    say({"groups": [dataclasses.asdict(one) for one in shown]}, as_json=json, text=_failures_text(shown))


def too_late(data: Data = None, json: Json = False) -> None:
    """List the lessons of today that have begun, or are about to, and are not recorded as the timetable has them.

    JSON: lessons, each with external_id, slotid, module, module_title, group, room, room_name, building, start and
    finish ('' of what has left today and stands there still), running (soon, now, over), recorded (YES: as it was
    before; NO, NOT_WANTED, '' while not known), why.
    """
    with office_at(data) as office:
        found = _found(office, Matter.TOO_LATE)
    lessons = [one for one in found.lines if isinstance(one, LateLesson)]
    say({"lessons": [dataclasses.asdict(one) for one in lessons]}, as_json=json, text=_late_text(lessons))


def unknown_people(
    again: Annotated[bool, typer.Option("--look-again", help="Have all of them looked for once more.")] = False,
    data: Data = None,
    wait: Wait = WAIT_S,
    json: Json = False,
) -> None:
    """List the lecturers' addresses that Echo360 does not know: their lessons are recorded without presenter.

    JSON: people, each with email, code, name, lessons (recordings from today on without presenter), date, times,
    room, room_name and title of the next ('' if there is none), since and checked (UTC; checked '' while they are
    about to be looked for). With --look-again: text, touched (people), carried_out_by.
    """
    with office_at(data, busy_s(wait)) as office:
        if again:
            answer(office, LookForPeople(user()), wait, as_json=json)
            return
        found = _found(office, Matter.PEOPLE)
    people = [one for one in found.lines if isinstance(one, UnknownPerson)]
    say({"people": [dataclasses.asdict(one) for one in people]}, as_json=json, text=_people_text(people))


def register(app: typer.Typer) -> None:
    """Mount the commands."""
    app.command()(failures)
    app.command("too-late")(too_late)
    app.command("unknown-people")(unknown_people)


def _found(office: Office, matter: Matter) -> MatterListed:
    now = office.clock().campus_now()
    return office.look(lambda books: listed(books, ListMatter(matter, ALL), now))


def _failures_text(groups: list[FailureGroup]) -> str:
    lines = []
    for one in groups:
        following = f", next {one.date} {one.times}" if one.date else ""
        lines.append(f"{one.count:>5}  {words.failure(one.cause)}, {one.room_name or 'no room'}{following}")
        lines.append(f"       {one.said}")
    return "\n".join(lines) or "Nothing has failed that somebody has to look at."


def _late_text(lessons: list[LateLesson]) -> str:
    lines = [
        f"{one.start or '?'}-{one.finish or '?'}  {one.room_name}  "
        f"{' '.join(part for part in (one.module, one.group, one.module_title) if part)}\n    {one.why}"
        for one in lessons
    ]
    return "\n".join(lines) or "Each lesson that has begun today is recorded as the timetable has it."


def _people_text(people: list[UnknownPerson]) -> str:
    if not people:
        return "Echo360 knows every lecturer whose lessons were sent."
    lines = []
    for one in people:
        name = f"  {one.name} ({one.code})" if one.name else f"  {one.code}"
        lines.append(f"{one.email}{name.rstrip()}: {one.lessons} lessons without presenter")
        if one.date:
            lines.append(f"    next: {one.date} {one.times}, {one.room_name}, {one.title}")
    return "\n".join(lines)
