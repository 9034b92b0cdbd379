"""Rows of a table written into a file: in the thread that reads them, and told about as it goes."""

from __future__ import annotations

from pathlib import PurePath

from echodesk.messages import CommandDone, SaveTable
from echodesk.worker.ports import Ledger, TableWriter
from echodesk.worker.tasks import Tasks


async def save_table(
    ledger: Ledger, tasks: Tasks, write: TableWriter, command: SaveTable, today: str
) -> CommandDone:
    """Write them. Raises an `EchoDeskError` if that cannot be done."""
    task = tasks.start(f"Writing {PurePath(command.path).name}")
    try:
        # Sinks take what is posted in any thread, and nobody else touches this task meanwhile.
        return await ledger.read(
            "table file",
            lambda books: write(books, command, today, lambda done, total: tasks.advance(task, done, total)),
        )
    finally:
        tasks.end(task)
