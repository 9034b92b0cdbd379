"""What a health check asks of the database itself: whether it is whole, and everything in it as this program makes
it. A trigger that is not there, or is another one, misses edits without a word.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, text

from echodesk.store.connection import Schemas
from echodesk.store.database import Database
from echodesk.store.upgrading import HOLDS_NOTHING, differs, script_of, things_in

_QUICK_CHECK = text("PRAGMA quick_check(1)")

MISSING = "is missing"
OTHER = "is not as this version makes it"
OFF = "is switched off"
SEES_EDITS = ("TRIGGER", "FUNCTION", "PACKAGE", "PACKAGE BODY", "VIEW")
"""Where one of these is not right, an edit may be missed, or nobody sees whether one is."""


@dataclass(frozen=True, slots=True)
class Odd:
    """A table, index, trigger or function that is not as this program makes it."""

    kind: str
    """TABLE, COLUMN, INDEX, or one of `SEES_EDITS`."""
    name: str
    how: str = OTHER
    """What is wrong with it, as the end of a sentence."""


def damage(connection: Connection) -> str | None:
    """What SQLite says of a file that is damaged, None if it is whole. A server looks after its files itself."""
    if connection.dialect.name != "sqlite":
        return None
    said = str(connection.execute(_QUICK_CHECK).scalar())
    return None if said == "ok" else said


def odd_things(connection: Connection, sql_folder: Path) -> list[Odd]:
    """What is not as this program's script makes it, by name."""
    if connection.dialect.name == "oracle":
        from echodesk.store import health_oracle

        return health_oracle.odd_things(connection, sql_folder)
    if connection.dialect.name != "sqlite":
        from echodesk.store import health_postgresql

        return health_postgresql.odd_things(connection, sql_folder)
    there = things_in(connection)
    return [
        Odd(kind, name, OTHER if name in there else MISSING)
        for name, (kind, sql) in sorted(script_of(sql_folder).items())
        if name not in there or differs(there[name][1], sql)
    ]


def mend(database: Database, sql_folder: Path, schemas: Schemas) -> list[str]:
    """Make triggers, functions and indexes that are missing or others anew; nothing is lost. Returns names."""
    if database.engine.dialect.name == "oracle":
        from echodesk.store.installing_oracle import mend_oracle

        return mend_oracle(database, sql_folder, schemas)
    if database.engine.dialect.name != "sqlite":
        from echodesk.store import health_postgresql

        return health_postgresql.mend(database, sql_folder)
    script = script_of(sql_folder)

    def work(connection: Connection) -> list[str]:
        odd = [one for one in odd_things(connection, sql_folder) if one.kind in HOLDS_NOTHING]
        for one in odd:
            if one.how != MISSING:
                connection.exec_driver_sql(f"DROP {one.kind} {one.name}")
            connection.exec_driver_sql(script[one.name][1])
        return [one.name for one in odd]

    return database.write(work)
