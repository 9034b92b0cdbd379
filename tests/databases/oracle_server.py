"""An Oracle that somebody has, of which the tests get an empty schema: nothing here has run on one yet.

ORACLE_DSN=oracle+oracledb://user@host:1521/?service_name=name ECHODESK_DATABASE_PASSWORD=… pytest -m oracle
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from echodesk.store.connection import PASSWORD, Schemas, checked_connection
from echodesk.store.database import Database
from tests.databases.engines import SQL

DSN = "ORACLE_DSN"
ABSENT = f"no Oracle here: {DSN} names none (oracle+oracledb://user@host:port/?service_name=…, an empty schema)"


class OneSchema:
    """Opens one schema again and again, each time as it was when it was filled: making it anew takes too long."""

    def __init__(self, open_it: Callable[[], Database], fill: Callable[[Database], None]) -> None:
        self._open = open_it
        self._fill = fill
        self._as_filled = False
        self._shared: Database | None = None

    def __call__(self, _folder: Path) -> Database:
        self._fill_anew()
        self._as_filled = False
        return self._open()

    def shared(self, _folder: Path) -> Database:
        """Always the same, for who takes back what is done to it."""
        if not self._as_filled:
            self._fill_anew()
            self._as_filled = True
        self._shared = self._shared or self._open()
        return self._shared

    def close(self) -> None:
        """Close the one that was shared."""
        if self._shared is not None:
            self._shared.close()

    def _fill_anew(self) -> None:
        from echodesk.store.installing_oracle import run_statements

        database = self._open()
        try:
            run_statements(database, emptying())
        finally:
            database.close()
        self._fill(self._open())


def absent() -> str:
    """Why there is none, '' if there is one."""
    return "" if os.environ.get(DSN) else ABSENT


def opened() -> Database:
    """The user's own schema."""
    # Whoever has no Oracle loads nothing of it.
    from echodesk.store.oracle import open_oracle

    connection = checked_connection(os.environ[DSN])
    return Database(open_oracle(connection.address(os.environ.get(PASSWORD, "")), SQL))


@contextmanager
def installed() -> Iterator[None]:
    """Everything is made in the empty schema, and taken away at the end."""
    from echodesk.store.oracle_trial import scratch

    database = opened()
    try:
        with scratch(database, SQL, (database.engine.url.username or "").upper()):
            yield
    finally:
        database.close()


def emptying() -> list[str]:
    """The statements that take every row away, and write those with which EchoDesk's tables begin.

    The timetable's go first: what their triggers enter goes with the queue. The audit lets no row be deleted.
    """
    from echodesk.store.oracle_script import script_of, statements_of

    cmis, uninstall, begin = (script_of(SQL, part, Schemas()) for part in ("cmis", "uninstall", "first_rows"))
    names = [
        *re.findall(r"^CREATE TABLE (\w+)", cmis, re.MULTILINE),
        *re.findall(r"^DROP TABLE \w+\.(\w+)", uninstall, re.MULTILINE),
    ]
    deleting = [
        f"TRUNCATE TABLE {name}" if name == "STT_ECHO_AUDIT" else f"DELETE FROM {name}"  # noqa: S608 - names of our scripts
        for name in names
    ]
    return [*deleting, *statements_of(begin)]
