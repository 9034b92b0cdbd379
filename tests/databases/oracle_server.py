"""An Oracle that somebody has, of which the tests get an empty schema: nothing here has run on one yet.

ORACLE_DSN=oracle+oracledb://user@host:1521/?service_name=name ECHODESK_DATABASE_PASSWORD=… pytest -m oracle
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from echodesk.store.connection import PASSWORD, Schemas, checked_connection
from echodesk.store.database import Database
from tests.databases.engines import SQL
from tests.databases.oracle_dsn import DSN

Rows = list[tuple[str, ...]]
_THINGS = """
SELECT O.OBJECT_TYPE, O.OBJECT_NAME, TO_CHAR(O.LAST_DDL_TIME, 'YYYY-MM-DD HH24:MI:SS') FROM USER_OBJECTS O
ORDER BY O.OBJECT_TYPE, O.OBJECT_NAME
"""


class OneSchema:
    """Opens one schema again and again, each time as it was when it was filled: making it anew takes too long.

    Where a test made or renamed something, which no rollback takes back there, it is made anew all the same.
    """

    def __init__(self, open_it: Callable[[], Database], fill: Callable[[Database], None]) -> None:
        self._open = open_it
        self._fill = fill
        self._left: Rows = []
        self._as_filled = False
        self._shared: Database | None = None

    def __call__(self, _folder: Path) -> Database:
        self._fill_anew()
        self._as_filled = False
        return self._open()

    def shared(self, _folder: Path) -> Database:
        """Always the same, for who takes back what is done to it."""
        self._shared = self._shared or self._open()
        if not self._as_filled or _things(self._shared) != self._left:
            self._fill_anew()
            self._as_filled = True
        return self._shared

    def close(self) -> None:
        """Close the one that was shared."""
        if self._shared is not None:
            self._shared.close()

    def _fill_anew(self) -> None:
        from echodesk.store.installing_oracle import run_statements

        with closing(self._open()) as database:
            if _things(database) == self._left:
                run_statements(database, emptying())
            else:
                _wipe(database)
                _install(database)
            # It closes what it fills.
            self._fill(self._open())
            self._left = _things(database)


def opened() -> Database:
    """The user's own schema."""
    # Whoever has no Oracle loads nothing of it.
    from echodesk.store.oracle import open_oracle

    connection = checked_connection(os.environ[DSN])
    return Database(open_oracle(connection.address(os.environ.get(PASSWORD, "")), SQL))


@contextmanager
def installed() -> Iterator[None]:
    """Everything is made in the empty schema, and taken away at the end. Raises `WrongUse` if it is not empty."""
    from echodesk.store.oracle_trial import check_empty

    with closing(opened()) as database:
        check_empty(database)
        try:
            _install(database)
            yield
        finally:
            _wipe(database)
            check_empty(database)


def _install(database: Database) -> None:
    from echodesk.store.oracle_trial import install

    install(database, SQL, (database.engine.url.username or "").upper())


def _wipe(database: Database) -> None:
    """Drop whatever is there: the schema was empty, and tests give things other names."""
    from echodesk.store.installing_oracle import run_statements
    from echodesk.store.oracle_trial import GONE_ALREADY

    kinds = {"TABLE": " CASCADE CONSTRAINTS PURGE", "VIEW": "", "PACKAGE": "", "SEQUENCE": ""}
    there = [(kind, name) for kind, name, _changed in _things(database) if kind in kinds]
    run_statements(database, [f"DROP {kind} {name}{kinds[kind]}" for kind, name in there], GONE_ALREADY)


def _things(database: Database) -> Rows:
    """What the schema holds, and when each was last made or changed."""
    return [tuple(row) for row in database.read(lambda connection: connection.exec_driver_sql(_THINGS).all())]


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
