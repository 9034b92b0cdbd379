"""`pause`, `resume`, `retry`, `refresh`: what staff ask of whoever is sending."""

from __future__ import annotations

from typing import Annotated

import typer

from echodesk.batches import LARGEST_ID, ContinuePlan, RetrySteps, StopPlan
from echodesk.commands import reading
from echodesk.commands.answers import Data, Json, Wait, office_at
from echodesk.commands.asking import Answered, answer, ask, busy_s, say_done
from echodesk.errors import NothingDone, WrongUse
from echodesk.main import AllBooks, Office, user
from echodesk.messages import (
    CommandDone,
    Pause,
    Refresh,
    Resume,
    Retry,
    RetryMatching,
    Scope,
    Table,
    TableQuery,
)

WAIT_S = 30.0
RETRYABLE = ("FAILED", "PARKED")

Plan = Annotated[int | None, typer.Option("--plan", help="Number of a plan.", min=1, max=LARGEST_ID)]
More = Annotated[list[int] | None, typer.Argument(hidden=True, min=1, max=LARGEST_ID)]


def pause(
    reason: Annotated[str, typer.Option(help="Why; everyone sees it.")],
    room: Annotated[str, typer.Option(help="Code of one room.")] = "",
    building: Annotated[str, typer.Option(help="Code of one building.")] = "",
    first: Annotated[str, typer.Option("--from", help="First date, as 2026-11-23.")] = "",
    last: Annotated[str, typer.Option("--to", help="Last date.")] = "",
    until: Annotated[
        str, typer.Option(help="The pause ends by itself: campus time as 2026-11-23T17:00, or a date.")
    ] = "",
    plan: Plan = None,
    data: Data = None,
    wait: Wait = WAIT_S,
    json: Json = False,
) -> None:
    """Send nothing: in everything, or in a room, a building, some dates. What changes meanwhile is sent later.

    With --plan nothing more of that plan is sent; everything else goes on.
    JSON: text, touched, carried_out_by ('' if nobody is sending).
    """
    if plan is not None:
        if room or building or first or last or until:
            raise WrongUse(
                "A plan or a place?", "Both were given.", "Name a plan alone, or a room, building or dates."
            )
        with office_at(data, busy_s(wait)) as office:
            answer(office, StopPlan(user(), plan, reason), wait, as_json=json)
        return
    with office_at(data, busy_s(wait)) as office:
        clock = office.clock()
        now = clock.campus_now()
        reading.span(first, last, now.date())
        ends = reading.end_of_pause(until, office.zone(), now)
        _check(office, room, building)
        command = Pause(reason, user(), Scope(building, room, first, last), ends)
        answer(office, command, wait, as_json=json)


def resume(
    ids: Annotated[
        list[int] | None,
        typer.Option("--id", help="Number of one pause; `status` shows them.", min=1, max=LARGEST_ID),
    ] = None,
    more: More = None,
    plan: Plan = None,
    data: Data = None,
    wait: Wait = WAIT_S,
    json: Json = False,
) -> None:
    """Lift pauses: all of them, or those named with --id. What they held is planned again and sent.

    With --plan a plan that stands still goes on.
    JSON: text, touched, carried_out_by.
    """
    if more and not ids:
        raise WrongUse("Which pauses?", "Numbers were given without --id.", "Write --id before them.")
    if plan is not None and ids:
        raise WrongUse("A plan or pauses?", "Both were given.", "Name a plan, or pauses.")
    with office_at(data, busy_s(wait)) as office:
        if plan is not None:
            answer(office, ContinuePlan(user(), plan), wait, as_json=json)
            return
        answer(office, Resume(user(), reading.numbers(ids, more)), wait, as_json=json)


def retry(
    ids: Annotated[
        list[int] | None, typer.Option("--id", help="Number of a timetable change.", min=1, max=LARGEST_ID)
    ] = None,
    notifications: Annotated[
        list[int] | None,
        typer.Option("--notification", help="Number of a weekly update.", min=1, max=LARGEST_ID),
    ] = None,
    more: More = None,
    status: Annotated[str, typer.Option(help="FAILED or PARKED: all of them.")] = "",
    text: Annotated[str, typer.Option(help="With --status: only those that hold this text.")] = "",
    plan: Plan = None,
    steps: Annotated[
        list[int] | None,
        typer.Option("--step", help="With --plan: this step; without it all that failed.", min=1, max=LARGEST_ID),
    ] = None,
    data: Data = None,
    wait: Wait = WAIT_S,
    json: Json = False,
) -> None:
    """Read lessons again that failed or were set aside; a new entry of the queue replaces the old one.

    With --plan the failed steps of a plan are sent again; one that stands still is let go on first (`resume`).
    JSON: text, touched (lessons), carried_out_by.
    """
    if steps and plan is None:
        raise WrongUse("Which plan?", "--step was given without --plan.", "Write --plan N before it.")
    if plan is not None:
        if ids or notifications or more or status:
            raise WrongUse("A plan or lessons?", "Both were given.", "Name a plan, or lessons.")
        with office_at(data, busy_s(wait)) as office:
            answer(office, RetrySteps(user(), plan, tuple(steps or ())), wait, as_json=json)
        return
    if more and bool(ids) == bool(notifications):
        raise WrongUse(
            "Which of them?",
            "Loose numbers follow --id or --notification.",
            "Write the option before each number.",
        )
    entries = reading.numbers(ids, more if ids else None)
    weekly = reading.numbers(notifications, more if notifications else None)
    if bool(status) == bool(entries or weekly) or (text and not status):
        raise WrongUse(
            "What is to be tried again?",
            "Give numbers, or a status, not both.",
            "Write --id N, --notification N, or --status FAILED with or without --text T.",
        )
    if status and status.upper() not in RETRYABLE:
        raise WrongUse(
            "This status cannot be tried again", f"{status!r} is none of {', '.join(RETRYABLE)}.", "Choose FAILED."
        )
    with office_at(data, busy_s(wait)) as office:
        if status:
            say_done(_retry_all(office, status.upper(), text, wait), as_json=json)
        else:
            answer(office, Retry(user(), entries, weekly), wait, as_json=json)


def refresh(
    room: Annotated[str, typer.Option(help="Code of the room; without it all rooms.")] = "",
    date: Annotated[str, typer.Option(help="The day, as 2026-11-23; without it all days to come.")] = "",
    data: Data = None,
    wait: Wait = WAIT_S,
    json: Json = False,
) -> None:
    """Re-sync: read afresh what Echo360 holds in a room or on a day, and repair it.

    JSON: text, touched (room-days), carried_out_by.
    """
    if not room and not date:
        raise WrongUse("Nothing was chosen", "A re-sync needs a room or a date.", "Name --room, --date or both.")
    reading.date(date)
    with office_at(data, busy_s(wait)) as office:
        _check(office, room, "")
        answer(office, Refresh(user(), room, date), wait, as_json=json)


def register(app: typer.Typer) -> None:
    """Mount the commands."""
    for command in (pause, resume, retry, refresh):
        app.command()(command)


def _check(office: Office, room: str, building: str) -> None:
    def known(books: AllBooks) -> None:
        reading.check_room(books, room)
        reading.check_building(books, building)

    office.look(known)


def _retry_all(office: Office, status: str, text: str, wait_s: float) -> Answered:
    """Changes first: some of them failed before they had weekly updates. Then what is left of those."""
    query = TableQuery(text=text, statuses=(status,))
    touched, by, nothing = 0, "", None
    for table in (Table.QUEUE, Table.NOTIFICATIONS):
        try:
            found = ask(office, RetryMatching(user(), table, query), wait_s)
        except NothingDone as error:
            nothing = error
        else:
            touched, by = touched + found.done.touched, found.by
    if nothing is not None and not touched:
        raise nothing
    return Answered(CommandDone(f"{touched} lesson(s) are read again.", touched), by)
