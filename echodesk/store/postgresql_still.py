"""Changing what hangs on the timetable in PostgreSQL while people edit it: never at the cost of an edit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from echodesk.errors import DatabaseBusy, RightMissing
from echodesk.store.database import Database
from echodesk.store.trouble import converted

T = TypeVar("T")

TRIES = 40
PAUSE_S = 0.25
IN_THE_WAY = ("55P03", "40P01")
"""What the server says where somebody else has a lock."""
_PAUSE = "SELECT pg_sleep(%(seconds)s)"


def run_script(connection: Connection, script: str) -> None:
    """Run a whole script within the transaction of this connection."""
    # Nothing is put in place of a sign in it.
    connection.exec_driver_sql(script.replace("%", "%%")).close()


def hold_still(connection: Connection, sql_folder: Path) -> None:
    """From here to the end of the transaction nobody's edit is under way, and nothing is waited for.

    Raises the driver's exception if somebody is editing; `when_still` tries again.
    """
    run_script(connection, (sql_folder / "postgresql" / "still.sql").read_text(encoding="utf-8"))


def when_still(database: Database, transaction: Callable[[], T], tries: int = TRIES) -> T:
    """What this transaction, begun anew each time, gives once it meets nobody's edit. It holds nothing in between.

    Raises `DatabaseBusy` if there was an edit under way each time, and `RightMissing` for who does not own the
    tables: nothing was changed.
    """
    for left in reversed(range(tries)):
        try:
            return transaction()
        except RightMissing as error:
            raise RightMissing(
                "Only the owner of the tables may do this",
                error.message,
                "Run the same command as the user who owns the timetable's tables and EchoDesk's:"
                " `echodesk database connect` names the user. Nothing was changed.",
            ) from error
        except DatabaseBusy as error:
            if not _in_the_way(error):
                raise
            if not left:
                raise DatabaseBusy(
                    "The timetable is being edited",
                    f"An edit has been open for {tries * PAUSE_S:.0f} seconds, or the server itself is at work on"
                    " the tables.",
                    "Run the same command again when nobody edits the timetable. Nothing was changed.",
                ) from error
        with converted(), database.engine.begin() as connection:
            connection.exec_driver_sql(_PAUSE, {"seconds": PAUSE_S})
    raise ValueError("it is to be tried at least once")


def _in_the_way(error: DatabaseBusy) -> bool:
    cause = error.__cause__
    return isinstance(cause, DBAPIError) and getattr(cause.orig, "sqlstate", None) in IN_THE_WAY
