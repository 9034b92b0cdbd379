"""`activity`: who did what, when and why, as the page "Activity" lists it."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable
from typing import Annotated

import typer

from echodesk.activity import ActivityLine, ShowActivity
from echodesk.commands.answers import Data, Json, campus_stamps, office_at, say
from echodesk.commands.reading import date
from echodesk.desk import words
from echodesk.desk.campus import campus_time
from echodesk.errors import WrongUse
from echodesk.worker import activity as asked
from echodesk.worker.clock import utc_now


def activity(
    who: Annotated[str, typer.Option(help="Only what this person did; worker: calls to Echo360.")] = "",
    people: Annotated[bool, typer.Option("--people", help="Only what people did.")] = False,
    action: Annotated[str, typer.Option(help="Only this kind: made, changed, removed, paused, decided …")] = "",
    room: Annotated[str, typer.Option(help="Only in this room: its code, or a part of its name.")] = "",
    lesson: Annotated[str, typer.Option(help="Only this lesson, by its number, or an external id.")] = "",
    since: Annotated[str, typer.Option(help="From this day on.")] = "",
    until: Annotated[str, typer.Option(help="Up to this day.")] = "",
    before: Annotated[int, typer.Option(help="Only what is older than the line with this key.", min=0)] = 0,
    limit: Annotated[int, typer.Option(help="So many lines at most.", min=1, max=10_000)] = 200,
    data: Data = None,
    json: Json = False,
) -> None:
    """List every action and every call to Echo360, the newest first: who, where, what, why, before and after.

    JSON: more (there are older ones: --before with the last key shows them) and lines, each with key, at (UTC),
    who, machine (where somebody acted, or that called), action, external_id, module, module_title, group, room,
    room_name, date, why, outcome, before, after, sent, status (HTTP), answer, milliseconds; '' and 0 for what one
    does not have.
    """
    begins, ends = date(since), date(until)
    if begins and ends and ends < begins:
        raise WrongUse("These dates are reversed", f"{ends} is before {begins}.", "Give the earlier date first.")
    actions = words.actions_named(action)
    if action and not actions:
        raise WrongUse("There is no such action", f"{action!r}.", f"Choose of {', '.join(words.all_actions())}.")
    with office_at(data) as office:
        utc_of = campus_time(office.zone(), utc_now).to_utc
        wish = ShowActivity(
            who=who,
            people=people,
            actions=actions,
            room=room,
            lesson=lesson,
            since=_midnight(begins, 0, utc_of),
            until=_midnight(ends, 1, utc_of),
            before=before,
            limit=limit,
        )
        found = office.look(lambda books: asked.activity(books, wish))
        local = campus_stamps(office)
    text = "\n".join(_text(line, local) for line in found.lines) or "Nothing was done that fits."
    if found.more:
        text += f"\nThere is more: --before {found.lines[-1].key}"
    say(dataclasses.asdict(found), as_json=json, text=text)


def register(app: typer.Typer) -> None:
    """Mount the command."""
    app.command()(activity)


def _midnight(day: dt.date | None, later: int, utc_of: Callable[[str], str]) -> str:
    return utc_of(f"{day + dt.timedelta(days=later)}T00:00:00") if day is not None else ""


def _text(line: ActivityLine, local: Callable[[str], str]) -> str:
    lesson = " ".join(part for part in (line.module, line.group, line.module_title) if part)
    about = ", ".join(
        part for part in (lesson or line.external_id, line.room_name or line.room, line.date) if part
    )
    ended = f" ({line.outcome})" if line.outcome else ""
    who = f"{line.who} on {line.machine}" if line.machine else line.who
    told = [f"{local(line.at)}  {who}: {words.call(line.action)}{ended}{f', {about}' if about else ''}"]
    if line.why:
        told.append(f"    {words.why(line.why)}")
    if line.before != line.after:
        told += [f"    before: {line.before or 'nothing'}", f"    after:  {line.after or 'nothing'}"]
    return "\n".join(told)
