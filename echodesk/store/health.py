"""What a health check asks of the database itself: whether it is whole, and everything in it as this program makes
it. A trigger that is not there, or is another one, misses edits without a word.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, text

from echodesk.store.connection import Schemas
from echodesk.store.database import Database
from echodesk.store.trouble import converted
from echodesk.store.upgrading import HOLDS_NOTHING, differs, room_features_there, script_for, things_in

_QUICK_CHECK = text("PRAGMA quick_check(1)")
_SOMETHING = text("INSERT INTO STT_ECHO_COMMAND (KIND, ARGS, BY) VALUES ('check', :args, 'check')")
SOME_BYTES = 64 * 1024
"""More than one page of a table has free: a server asks its disk for room."""

MISSING = "is missing"
OTHER = "is not as this version makes it"
OFF = "is switched off"
SEES_EDITS = ("TRIGGER", "FUNCTION", "PACKAGE", "PACKAGE BODY", "VIEW")
"""Where one of these is not right, an edit may be missed, or nobody sees whether one is."""


@dataclass(frozen=True, slots=True)
class Odd:
    """A table, view, index, trigger or function that is not as this program makes it."""

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


def try_to_write(database: Database) -> None:
    """Write something and take it back, unseen. Raises what every write would: no room, closed for writing.
    How much room is left it cannot tell: a server tells nobody."""
    # Nothing repeats in it: a server would make it smaller.
    values = {"args": hashlib.shake_256(b"EchoDesk").hexdigest(SOME_BYTES // 2)}
    with converted(), database.engine.connect() as connection, connection.begin() as transaction:
        connection.execute(_SOMETHING, values)
        transaction.rollback()


def odd_things(connection: Connection, sql_folder: Path) -> list[Odd]:
    """What is not as this program's script makes it, by name; of the triggers on ROOMFEATURES, if one is there."""
    if connection.dialect.name == "oracle":
        from echodesk.store import health_oracle

        return health_oracle.odd_things(connection, sql_folder)
    if connection.dialect.name != "sqlite":
        from echodesk.store import health_postgresql

        return health_postgresql.odd_things(connection, sql_folder)
    return _odd(connection, script_for(connection, sql_folder))


def sees_room_features(connection: Connection, sql_folder: Path) -> bool | None:
    """Whether the optional triggers on ROOMFEATURES are there; None if this user cannot see triggers."""
    if connection.dialect.name == "oracle":
        from echodesk.store import health_oracle

        return health_oracle.room_features_there(connection, sql_folder)
    if connection.dialect.name != "sqlite":
        from echodesk.store import health_postgresql

        return health_postgresql.room_features_there(connection, sql_folder)
    return room_features_there(connection, sql_folder)


def mend(database: Database, sql_folder: Path, schemas: Schemas, *, room_features: bool = False) -> list[str]:
    """Make triggers, views, functions and indexes that are missing or others anew; nothing is lost. Returns names.

    With `room_features` the optional triggers on ROOMFEATURES as well; on Oracle an administrator makes them.
    """
    if database.engine.dialect.name == "oracle":
        from echodesk.store.installing_oracle import mend_oracle

        return mend_oracle(database, sql_folder, schemas)
    if database.engine.dialect.name != "sqlite":
        from echodesk.store import health_postgresql

        return health_postgresql.mend(database, sql_folder, room_features=room_features)

    def work(connection: Connection) -> list[str]:
        script = script_for(connection, sql_folder, room_features=room_features)
        odd = [one for one in _odd(connection, script) if one.kind in HOLDS_NOTHING]
        for one in odd:
            connection.exec_driver_sql(f"DROP {one.kind} IF EXISTS {one.name}")
        # With a view its triggers are gone.
        there = things_in(connection)
        for name, (kind, sql) in script.items():
            if kind in HOLDS_NOTHING and name not in there:
                connection.exec_driver_sql(sql)
        return [one.name for one in odd]

    return database.write(work)


def _odd(connection: Connection, script: Mapping[str, tuple[str, str]]) -> list[Odd]:
    there = things_in(connection)
    return [
        Odd(kind, name, OTHER if name in there else MISSING)
        for name, (kind, sql) in sorted(script.items())
        if name not in there or differs(there[name][1], sql)
    ]
