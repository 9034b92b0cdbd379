"""`unknown-people`: what staff have to see to, as the page "Needs attention" lists it."""

from __future__ import annotations

import dataclasses
from typing import Annotated

import typer

from echodesk.commands.answers import Data, Json, Wait, office_at, say
from echodesk.commands.asking import answer, busy_s
from echodesk.lessons import ListMatter, Matter, MatterListed, UnknownPerson
from echodesk.main import Office, user
from echodesk.messages import LookForPeople
from echodesk.worker.matters import listed

WAIT_S = 30.0
ALL = 1_000_000


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
    people = [dataclasses.asdict(one) for one in found.lines]
    say({"people": people}, as_json=json, text=_people_text(found.lines))


def register(app: typer.Typer) -> None:
    """Mount the commands."""
    app.command("unknown-people")(unknown_people)


def _found(office: Office, matter: Matter) -> MatterListed:
    now = office.clock().campus_now()
    return office.look(lambda books: listed(books, ListMatter(matter, ALL), now))


def _people_text(people: tuple[UnknownPerson, ...]) -> str:
    if not people:
        return "Echo360 knows every lecturer whose lessons were sent."
    lines = []
    for one in people:
        name = f"  {one.name} ({one.code})" if one.name else f"  {one.code}"
        lines.append(f"{one.email}{name.rstrip()}: {one.lessons} lessons without presenter")
        if one.date:
            lines.append(f"    next: {one.date} {one.times}, {one.room_name}, {one.title}")
    return "\n".join(lines)
