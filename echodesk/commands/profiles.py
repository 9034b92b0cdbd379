"""`profile`: whether a data folder is for production or a test, and what it is called."""

from __future__ import annotations

from typing import Annotated

import typer

from echodesk.commands.answers import Data, Json, folder_of, folder_trouble, say
from echodesk.demo.stage import existing
from echodesk.desk import words
from echodesk.errors import WrongUse
from echodesk.settings import DEMONSTRATION
from echodesk.store.profile import checked_profile, keep_profile, profile_of


def profile(
    kind: Annotated[str, typer.Option(help="production or test; without it, the present one.")] = "",
    name: Annotated[str | None, typer.Option(help="What people call it, shown beside the kind.")] = None,
    data: Data = None,
    json: Json = False,
) -> None:
    """Show whether a data folder is for production or a test, or change it; the window shows it at all times.

    A window that is open shows a change at its next start.
    JSON: kind (production, test or demonstration), name, changed.
    """
    folder = folder_of(data)
    if existing(folder) is not None:
        if (kind, name) != ("", None):
            raise WrongUse(
                "This data folder is a demonstration's", f"{folder} stays one.", "Name another folder with --data."
            )
        now, changed = DEMONSTRATION, False
    else:
        before = profile_of(folder)
        now = checked_profile(kind or before.kind, before.name if name is None else name)
        changed = now != before
        if changed:
            try:
                keep_profile(folder, now)
            except OSError as error:
                raise folder_trouble(folder, error) from error
    values = {"kind": now.kind.value, "name": now.name, "changed": changed}
    say(values, as_json=json, text=f"{words.profile(now)[0]}.")


def register(app: typer.Typer) -> None:
    """Mount the command."""
    app.command()(profile)
