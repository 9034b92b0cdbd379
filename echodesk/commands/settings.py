"""`settings`: show them, or change one."""

from __future__ import annotations

from typing import Annotated

import typer

from echodesk.commands.answers import Data, Json, Wait, aligned, office_at, say
from echodesk.commands.asking import answer, busy_s
from echodesk.errors import WrongUse
from echodesk.main import user
from echodesk.messages import ChangeSetting
from echodesk.store.settings import SETTINGS, checked, in_rooms, value_of

GENERAL = "general"
"""A room's setting that is as in all rooms."""


def settings(
    name: Annotated[str, typer.Argument(help="One setting; without it all are shown.")] = "",
    value: Annotated[str | None, typer.Argument(help="What it is to be; without it, it is shown.")] = None,
    room: Annotated[str, typer.Option(help="Only in this room; the value 'general' is that of all rooms.")] = "",
    data: Data = None,
    wait: Wait = 30.0,
    json: Json = False,
) -> None:
    """Show the settings, or change one. A change is written into the audit; where it shapes what is recorded,
    every room-day is planned again.

    JSON: settings (name: value, default, help, shapes, rooms), or text, touched, carried_out_by after a change.
    `rooms` is what some rooms have of their own.
    """
    if name and name not in SETTINGS:
        checked(name, "")
    if room and value == GENERAL:
        value = ""
    if room and not name:
        raise WrongUse(
            "Nothing was chosen", "A room has a setting of its own.", "Name the setting, then the room."
        )
    if value is not None or room:
        checked(name, value or "", room)
    with office_at(data, busy_s(wait)) as office:
        if value is not None:
            answer(office, ChangeSetting(user(), name, value, room), wait, as_json=json)
            return
        stored = office.look(lambda books: books.office.settings())
    shown = [one for one in SETTINGS.values() if name in ("", one.name)]
    values = {
        one.name: {
            "value": value_of(stored, one.name),
            "default": one.default,
            "help": one.help,
            "shapes": one.shapes,
            "rooms": dict(in_rooms(stored, one.name)),
        }
        for one in shown
    }
    lines = []
    for one in shown:
        if not room:
            lines.append((f"{one.name} = {value_of(stored, one.name)}", one.help))
        own = dict(in_rooms(stored, one.name))
        rooms = [room] if room else sorted(own)
        lines += [(f"{one.name} in {of} = {own.get(of, GENERAL)}", "") for of in rooms]
    text = aligned(lines)
    say({"settings": values}, as_json=json, text=text)


def register(app: typer.Typer) -> None:
    """Mount the command."""
    app.command()(settings)
