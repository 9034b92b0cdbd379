"""Bringing the tables of an earlier version up to date: all or nothing, after a copy was made (reliability D2)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, text

from echodesk.errors import SchemaMismatch
from echodesk.store.database import ROOM_FEATURES, SCHEMA_VERSION, VERSION, Database, sqlite_script, statements

UPGRADABLE: Mapping[str, tuple[str, ...]] = {
    "sqlite": ("1", "2", "3", "4"),
    "postgresql": ("3", "4"),
    "oracle": ("3", "4"),
}
"""The earlier versions of each engine: those on a server began later."""
HOLDS_NOTHING = ("TRIGGER", "INDEX", "VIEW")
"""What may be made anew without losing anything."""

_SET_VERSION = text("UPDATE STT_ECHO_META SET VALUE = :version WHERE NAME = 'schema_version'")
_END_TERM = text(
    "UPDATE STT_ECHO_LEASE SET HOLDER = NULL, UNTIL = NULL, STATE = NULL, EPOCH = EPOCH + 1 WHERE ID = 1"
)
# The triggers of versions 1 to 4 entered every edit of a request as an update. Where a recording is asked for now,
# and the lesson was neither recorded nor left out, nor a member of what was, it was asked for where none was.
_ASKED_FOR = text(
    "UPDATE STT_ECHO_QUEUE SET ACTION = 'INSERT' WHERE SOURCE = 'ROOMREQUESTS' AND ACTION = 'UPDATE'"
    " AND STATUS IN ('UNPROCESSED', 'IN_PROGRESS') AND WEEKS_ALL = 0"
    " AND EXISTS (SELECT 1 FROM ROOMREQUESTS R WHERE TRIM(R.SETID) = TRIM(STT_ECHO_QUEUE.SETID)"
    " AND R.SLOTID = STT_ECHO_QUEUE.SLOTID AND R.SLOTENTRY = 1 AND TRIM(R.FEATUREID) IN ('AUDIOREC', 'VIDEOREC'))"
    " AND NOT EXISTS (SELECT 1 FROM STT_ECHO_MIRROR M WHERE M.SETID = STT_ECHO_QUEUE.SETID"
    " AND M.SLOTID = STT_ECHO_QUEUE.SLOTID"
    " AND M.LESSON_DATE >= substr(strftime('%Y-%m-%dT%H:%M:%fZ'), 1, 10))"
    " AND NOT EXISTS (SELECT 1 FROM STT_ECHO_LEFT_OUT L WHERE L.SETID = STT_ECHO_QUEUE.SETID"
    " AND L.SLOTID = STT_ECHO_QUEUE.SLOTID"
    " AND L.LESSON_DATE >= substr(strftime('%Y-%m-%dT%H:%M:%fZ'), 1, 10))"
    " AND NOT EXISTS (SELECT 1 FROM STT_ECHO_QUEUE Q JOIN STT_ECHO_NOTIFICATION N ON N.QUEUE_ID = Q.ID"
    " WHERE Q.SETID = STT_ECHO_QUEUE.SETID AND Q.SLOTID = STT_ECHO_QUEUE.SLOTID"
    " AND N.NEW_DATE >= substr(strftime('%Y-%m-%dT%H:%M:%fZ'), 1, 10)"
    " AND NOT EXISTS (SELECT 1 FROM STT_ECHO_QUEUE P JOIN STT_ECHO_NOTIFICATION O ON O.QUEUE_ID = P.ID"
    " WHERE P.SETID = Q.SETID AND P.SLOTID = Q.SLOTID AND O.WEEKNUMBER = N.WEEKNUMBER AND O.ID > N.ID))"
)
_NAME_DATABASE = text(
    "INSERT INTO STT_ECHO_META (NAME, VALUE) VALUES ('database', lower(hex(randomblob(16))))"
    " ON CONFLICT (NAME) DO NOTHING"
)
_LEASE = text(
    "SELECT HOLDER FROM STT_ECHO_LEASE WHERE HOLDER IS NOT NULL AND UNTIL > strftime('%Y-%m-%dT%H:%M:%fZ')"
)
_THERE = text(
    "SELECT name, upper(type) AS type, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'"
)
_COPY = text("VACUUM INTO :file")
_MAKES = re.compile(r"CREATE (?:UNIQUE )?(TABLE|INDEX|TRIGGER|VIEW) (?:IF NOT EXISTS )?(\w+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Upgraded:
    """What an upgrade did."""

    was: str
    copy: Path | None
    """Where the database as it was lies; None if there was nothing to do."""


def upgrade_sqlite(database: Database, file: Path, sql_folder: Path) -> Upgraded:
    """Make this version's tables of an earlier version's; what they hold stays.

    The database as it was is copied beside the file first. Raises `SchemaMismatch` for a version that cannot be
    upgraded, and while a worker leads; then nothing was changed.
    """
    was = database.read(ready)
    if was == SCHEMA_VERSION:
        return Upgraded(was, None)
    copy = _free_name(file, was)
    with database.engine.connect() as connection:
        raw = connection.connection.driver_connection
        if raw is None:
            raise ValueError("the database has no connection of its own")
        # Outside of a transaction, as SQLite demands it; the copy is whole or not there.
        raw.execute(str(_COPY).replace(":file", "?"), (str(copy),))

    def work(connection: Connection) -> None:
        ready(connection)
        _change(connection, sql_folder)
        become_this_version(connection)
        connection.execute(_NAME_DATABASE)

    database.write(work)
    return Upgraded(was, copy)


def ready(connection: Connection) -> str:
    """The version that is there, if it can be upgraded now; else raises `SchemaMismatch`."""
    was = str(connection.execute(VERSION).scalar() or "unknown")
    known = UPGRADABLE[connection.dialect.name]
    if was != SCHEMA_VERSION and was not in known:
        raise SchemaMismatch(
            "These tables cannot be upgraded",
            f"They have schema version {was}; this program upgrades {', '.join(known)} to {SCHEMA_VERSION}.",
            "Use the EchoDesk that made them. Nothing was changed.",
        )
    holder = connection.execute(_LEASE).scalar()
    if was != SCHEMA_VERSION and holder is not None:
        raise SchemaMismatch(
            "An EchoDesk of the earlier version is sending",
            f"{holder} works with these tables.",
            "Close it, or wait half a minute if it has crashed; then upgrade. Nothing was changed.",
        )
    return was


def become_this_version(connection: Connection) -> None:
    """Say that all is made, and bring what the earlier version wrote to what this one reads.

    An EchoDesk of the earlier version that led, and stood still until its lease had run out, does not go on with
    it when it wakes (reliability L7). Requests that nobody has read tell whether a recording is newly asked for.
    """
    connection.execute(_END_TERM)
    connection.execute(_ASKED_FOR)
    connection.execute(_SET_VERSION, {"version": SCHEMA_VERSION})


def script_for(
    connection: Connection, sql_folder: Path, *, room_features: bool = False
) -> dict[str, tuple[str, str]]:
    """What this program makes here, in this order: name → (TABLE or one of `HOLDS_NOTHING`, its statement).

    The triggers on ROOMFEATURES belong to it if they are asked for, or one of them is there.
    """
    made = _made_by(sqlite_script(sql_folder))
    if room_features or room_features_there(connection, sql_folder):
        made |= _on_room_features(sql_folder)
    return made


def room_features_there(connection: Connection, sql_folder: Path) -> bool:
    """Whether any of the triggers on ROOMFEATURES is there."""
    return not _on_room_features(sql_folder).keys().isdisjoint(things_in(connection))


def _on_room_features(sql_folder: Path) -> dict[str, tuple[str, str]]:
    return _made_by((sql_folder / "sqlite" / f"{ROOM_FEATURES}.sql").read_text(encoding="utf-8"))


def _made_by(script: str) -> dict[str, tuple[str, str]]:
    found = ((_MAKES.match(one), one) for one in statements(script))
    return {made[2].upper(): (made[1].upper(), one) for made, one in found if made}


def things_in(connection: Connection) -> dict[str, tuple[str, str]]:
    """What is there: name → (its kind, its statement)."""
    return {row.name.upper(): (row.type, row.sql) for row in connection.execute(_THERE)}


def differs(sql: str, wanted: str | None) -> bool:
    """True if one statement makes something else than the other, spaces apart; None makes nothing."""
    return wanted is None or _plain(sql) != _plain(wanted)


def _change(connection: Connection, sql_folder: Path) -> None:
    there = things_in(connection)
    script = {name: statement for name, (_kind, statement) in script_for(connection, sql_folder).items()}
    # Those that differ, or are of no use any more, are made anew.
    for name, (kind, sql) in there.items():
        if kind in HOLDS_NOTHING and differs(sql, script.get(name)) and (kind != "VIEW" or name in script):
            connection.exec_driver_sql(f"DROP {kind} IF EXISTS {name}")
    # With a view its triggers are gone.
    there = things_in(connection)
    made = {name for name, (_kind, sql) in there.items() if not differs(sql, script.get(name))}
    for name, (kind, sql) in there.items():
        if kind == "TABLE" and name in script and differs(sql, script[name]):
            drop_if_empty(connection, name)
    for name, statement in script.items():
        if name not in made:
            connection.exec_driver_sql(statement)


def drop_if_empty(connection: Connection, name: str) -> None:
    """Take a table away. Raises `SchemaMismatch` if it holds rows, which would be lost."""
    held = connection.exec_driver_sql(f"SELECT EXISTS (SELECT 1 FROM {name})").scalar_one()  # noqa: S608 - a name of our own script
    if held:
        raise SchemaMismatch(
            "These tables cannot be upgraded",
            f"{name} holds rows that have no place in the new version's table.",
            "Use the EchoDesk that made them. Nothing was changed.",
        )
    connection.exec_driver_sql(f"DROP TABLE {name}")


def _plain(sql: str) -> str:
    """As SQLite keeps it, spaces apart."""
    return " ".join(sql.rstrip(";").replace("IF NOT EXISTS ", "").split())


def _free_name(file: Path, version: str) -> Path:
    names = (
        file.with_name(f"{file.stem}-schema-{version}{f'-{number}' if number else ''}{file.suffix}")
        for number in range(1_000)
    )
    return next(name for name in names if not name.exists())
