"""EchoDesk's tables, package and triggers in Oracle. None of it has run on an Oracle database.

What is made there is not taken back with the transaction: so each step may be done again, one that is done already
is passed over, and the triggers, which need all the rest, come last.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError

from echodesk.errors import DatabaseBusy, DatabaseTrouble, SchemaMismatch
from echodesk.store.connection import Schemas
from echodesk.store.database import ROOM_FEATURES, SCHEMA_VERSION, VERSION, Database, check_version, installed
from echodesk.store.health_oracle import UNUSABLE, odd_things, room_features_there, unusable_indexes
from echodesk.store.oracle_dictionary import WATCHED
from echodesk.store.oracle_script import script_of, statements_of
from echodesk.store.trouble import converted, oracle_code
from echodesk.store.upgrading import Upgraded, become_this_version, ready

STEP_S = 600
"""An index on a large timetable takes its time; nothing else here does."""
THERE_ALREADY = ("ORA-00955", "ORA-01408", "ORA-01921", "ORA-02260", "ORA-02264", "ORA-02275")
REMADE = ("INDEX", "PACKAGE", "PACKAGE BODY", "TRIGGER", "VIEW")
"""What may be made anew without losing anything."""
AGAIN = "run the same command again: it goes on where it stopped."

_SAYS_MADE = text("INSERT OR REPLACE INTO STT_ECHO_META (NAME, VALUE) VALUES ('made', :version)")
_MADE = text("SELECT VALUE FROM STT_ECHO_META WHERE NAME = 'made'")


def install_oracle(database: Database, sql_folder: Path, schemas: Schemas) -> bool:
    """Make EchoDesk's tables, package, roles and triggers; False, and nothing done, if the right version is there.

    What began before and did not come to its end is gone on with.
    Raises `SchemaMismatch` if the tables were made by another version, or there is no timetable; `DatabaseTrouble`
    at the first step that is refused: what was made stays, and the next time goes on there.
    """
    with converted(), database.engine.connect() as connection:
        if installed(connection) and connection.execute(VERSION).scalar() is not None:
            check_version(connection)
            # Where the view is, it shows what is missing.
            if connection.execute(_MADE).scalar() or connection.exec_driver_sql(WATCHED).scalar_one():
                return False
        if not inspect(connection).has_table("timetable", schema=schemas.timetable):
            raise SchemaMismatch(
                "The timetable is not here",
                f"The user finds no table TIMETABLE in the schema {schemas.timetable}.",
                "Name the schema that holds the timetable's tables, and a user that may change it.",
            )
    _make(database, sql_folder, schemas)
    _watch(database, sql_folder, schemas, made=True)
    return True


def mend_oracle(database: Database, sql_folder: Path, schemas: Schemas) -> list[str]:
    """Make what is missing or another, and holds nothing, anew. Returns names."""
    odd = database.read(lambda connection: odd_things(connection, sql_folder))
    remade = [one for one in odd if one.kind in REMADE]
    if remade:
        if any(one.how == UNUSABLE for one in remade):
            run_statements(database, [f"DROP INDEX {name}" for name in database.read(unusable_indexes)])
        # Without need nobody's edits wait until the triggers are made anew.
        made = any(one.kind != "VIEW" for one in remade)
        if made:
            _make(database, sql_folder, schemas)
        _watch(database, sql_folder, schemas, made=made)
    return [one.name for one in remade]


def upgrade_oracle(database: Database, sql_folder: Path, schemas: Schemas) -> Upgraded:
    """Make this version's tables of an earlier version's; what they hold stays. A copy is its administrator's.

    Raises `SchemaMismatch` for tables that cannot be upgraded, and while a worker leads: then nothing was changed;
    `DatabaseTrouble` at the first step that is refused: the version stays the earlier one, and the next time goes
    on; where the view of the triggers alone is refused, it is this version all the same.
    """

    def may_be_upgraded(connection: Connection) -> str:
        was = ready(connection)
        odd = odd_things(connection, sql_folder) if was != SCHEMA_VERSION else []
        for one in odd:
            if one.kind == "COLUMN":
                raise SchemaMismatch(
                    "These tables cannot be upgraded",
                    f"Column {one.name} {one.how}.",
                    "Have the database's administrator make it as it was, or use the EchoDesk that made it."
                    " Nothing was changed.",
                )
        return was

    was = database.read(may_be_upgraded)
    if was != SCHEMA_VERSION:
        # What is there is passed over; no earlier version's tables had other columns.
        _make(database, sql_folder, schemas)
        database.write(_is_this_version)
        _watch(database, sql_folder, schemas, made=True)
    return Upgraded(was, None)


def _is_this_version(connection: Connection) -> None:
    # Somebody may have begun to send while all was made.
    ready(connection)
    become_this_version(connection)


def run_statements(
    database: Database, statements: Iterable[str], passed_over: Collection[str] = THERE_ALREADY
) -> None:
    """One after the other on a connection of their own; what Oracle refuses with these codes is passed over.

    Raises `DatabaseTrouble` at the first that is refused otherwise, and names it.
    """
    with converted(), database.engine.connect() as connection:
        driver = connection.connection.driver_connection
        if driver is None:
            raise ValueError("the database has no connection of its own")
        driver.call_timeout = STEP_S * 1000
        # It is left in another schema than the one in which all others work.
        connection.detach()
        for one in statements:
            try:
                with converted():
                    _step(connection, one, passed_over)
            except DatabaseTrouble as error:
                message = f"{error.message} It was at: {' '.join(one.split())[:80]}"
                step = f"Have the database's administrator remove its cause, then {AGAIN}"
                if isinstance(error, DatabaseBusy):
                    step = f"When nobody edits the timetable, {AGAIN}"
                raise type(error)(error.title, message, step) from error


def _step(connection: Connection, statement: str, passed_over: Collection[str]) -> None:
    try:
        connection.exec_driver_sql(statement)
    except DBAPIError as error:
        if oracle_code(error) not in passed_over:
            raise


def _make(database: Database, sql_folder: Path, schemas: Schemas) -> None:
    # Where they are, they are no longer valid once the package that they call was made anew.
    optional = database.read(lambda connection: room_features_there(connection, sql_folder))
    for part in ("install", ROOM_FEATURES) if optional else ("install",):
        run_statements(database, statements_of(script_of(sql_folder, part, schemas)))
    _check_whole(database, sql_folder, besides=("COLUMN", "VIEW"))
    database.write(lambda connection: connection.execute(_SAYS_MADE, {"version": SCHEMA_VERSION}))


def _watch(database: Database, sql_folder: Path, schemas: Schemas, *, made: bool) -> None:
    """Make the view of the triggers if it is missing: only SYS, or whom SYS allows it, may do this."""
    odd = database.read(lambda connection: odd_things(connection, sql_folder))
    if all(one.kind != "VIEW" for one in odd):
        return
    try:
        run_statements(database, statements_of(script_of(sql_folder, "watching", schemas)))
    except DatabaseTrouble as error:
        raise DatabaseTrouble(
            f"{'Everything is installed, but ' if made else ''}`check` cannot see the triggers",
            error.message,
            "Have SYS run what `echodesk database script --part watching` prints.",
        ) from error
    _check_whole(database, sql_folder, besides=("COLUMN",))


def _check_whole(database: Database, sql_folder: Path, besides: Collection[str]) -> None:
    odd = database.read(lambda connection: odd_things(connection, sql_folder))
    for one in odd:
        if one.kind not in besides:
            raise DatabaseTrouble(
                "The installation is not whole",
                f"{one.kind.capitalize()} {one.name} {one.how}.",
                "USER_ERRORS of the two schemas says why; what was made stays, and installing again goes on.",
            )
