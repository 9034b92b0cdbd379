"""The demonstration's timetabler as a process of its own; started by the demonstration, not by people."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from echodesk import paths
from echodesk.commands.answers import Data
from echodesk.demo.stage import existing
from echodesk.demo.work_on import work_on
from echodesk.demonstration import start_timetabler
from echodesk.errors import WrongUse
from echodesk.main import open_office


def timetabler(
    data: Data = None,
    edits_per_minute: Annotated[float, typer.Option(help="How fast the timetabler works.", min=0.01)] = 12.0,
) -> None:
    """Keep editing the demonstration's timetable until standard input ends."""
    folder = data if data is not None else paths.demonstration_folder()
    stage = existing(folder)
    if stage is None:
        raise WrongUse(
            "There is no demonstration here",
            f"{folder} holds none.",
            "Start `echodesk demo` with this --data first.",
        )
    office = open_office(folder)
    try:
        asyncio.run(work_on(start_timetabler(office, stage, stage.seed), edits_per_minute))
    finally:
        office.close()


def register(app: typer.Typer) -> None:
    """Mounts the command."""
    app.command("timetabler", hidden=True)(timetabler)
