"""A plan written into a file from the window: by the worker, in the transaction in which it was read."""

from __future__ import annotations

from pathlib import Path

from echodesk.batches import SavePlan
from echodesk.commands.plan_file import write_plan
from echodesk.commands.plan_tables import write_table, write_workbook
from echodesk.commands.plan_texts import read_plan
from echodesk.errors import WrongUse
from echodesk.main import AllBooks
from echodesk.messages import CommandDone


def save_plan(books: AllBooks, command: SavePlan, calls_per_minute: int, today: str) -> CommandDone:
    """Write it as the end of the file's name says. Raises `WrongUse` for another end or a plan that is not there,
    `EchoDeskError` if the file cannot be written."""
    path = Path(command.path)
    found = read_plan(books, command.plan, calls_per_minute, today, "")
    if found is None:
        raise WrongUse(
            "There is no such plan", f"No plan has the number {command.plan}.", "Choose another in the list."
        )
    kind = path.suffix.casefold()
    if kind == ".csv":
        write_table(path, found.detail, found.missed)
    elif kind == ".xlsx":
        write_workbook(path, found.detail, found.missed)
    elif kind == ".json":
        write_plan(path, books.batches.database(), found, calls_per_minute)
    else:
        raise WrongUse(
            "What kind of file?",
            f"{path.name} ends neither in .xlsx, .csv nor .json.",
            "Name it with one of them.",
        )
    return CommandDone(f"Plan {command.plan} was written to {path}.", 1, command.plan)
