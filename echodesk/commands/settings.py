"""`settings`: show them, or change one."""

from __future__ import annotations

from typing import Annotated

import typer

from echodesk.commands.answers import Data, Json, Wait, aligned, office_at, say
from echodesk.commands.asking import answer, busy_s
from echodesk.main import user
from echodesk.messages import ChangeSetting
from echodesk.store.settings import SETTINGS, checked, value_of


def settings(
    name: Annotated[str, typer.Argument(help="One setting; without it all are shown.")] = "",
    value: Annotated[str | None, typer.Argument(help="What it is to be; without it, it is shown.")] = None,
    data: Data = None,
    wait: Wait = 30.0,
    json: Json = False,
) -> None:
    """Show the settings, or change one. A change is written into the audit; where it shapes what is recorded,
    every room-day is planned again.

    JSON: settings (name: value, default, help, shapes), or text, touched, carried_out_by after a change.
    """
    if name and name not in SETTINGS:
        checked(name, "")
    if value is not None:
        checked(name, value)
    with office_at(data, busy_s(wait)) as office:
        if value is not None:
            answer(office, ChangeSetting(user(), name, value), wait, as_json=json)
            return
        stored = office.look(lambda books: books.office.settings())
    shown = [one for one in SETTINGS.values() if name in ("", one.name)]
    values = {
        one.name: {
            "value": value_of(stored, one.name),
            "default": one.default,
            "help": one.help,
            "shapes": one.shapes,
        }
        for one in shown
    }
    text = aligned((f"{one.name} = {value_of(stored, one.name)}", one.help) for one in shown)
    say({"settings": values}, as_json=json, text=text)


def register(app: typer.Typer) -> None:
    """Mount the command."""
    app.command()(settings)
