"""The database: opening, installing and checking it, and running one transaction at a time.

SQLite runs in WAL with `synchronous=FULL`: what a screen showed as saved survives a kill and a power cut
(reliability D1). How a server's database is opened is in `servers`, and what becomes of errors in `trouble`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text

from echodesk.errors import DatabaseTrouble, SchemaMismatch
from echodesk.store.trouble import converted

T = TypeVar("T")

SCHEMA_VERSION = "5"
BUSY_TIMEOUT_S = 10.0
SQLITE_FILES = ("cmis", "tables", "triggers")
ROOM_FEATURES = "room_features"
"""The script of the triggers on ROOMFEATURES, without which an office may do."""

RUN_ONCE = """-- For a database without EchoDesk's tables: this is refused the second time.
-- `echodesk database install` and `echodesk database upgrade` may be run again.
"""
"""How a script begins that people run by hand."""

VERSION = text("SELECT VALUE FROM STT_ECHO_META WHERE NAME = 'schema_version'")
_TABLES = text("SELECT count(*) FROM sqlite_master WHERE type = 'table'")

_READ: Mapping[str, dict[str, Any]] = {
    "sqlite": {"echodesk_read": True},
    "postgresql": {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True},
    "oracle": {"echodesk_read": True},
}
"""How a transaction that only reads is begun: it sees one state of everything."""
_FIRST_TO_WRITE: Mapping[str, str] = {
    "postgresql": "SELECT EPOCH FROM STT_ECHO_LEASE WHERE ID = 1 FOR UPDATE",
    # In Oracle the limit to wait for a row is said each time: BUSY_TIMEOUT_S.
    "oracle": "SELECT EPOCH FROM STT_ECHO_LEASE WHERE ID = 1 FOR UPDATE WAIT 10",
}
"""What a transaction that writes begins with. As in SQLite one is at work at a time and sees all that those before
it wrote, whoever leads; what a timetabler's triggers write waits for nobody."""

_NO_TABLES: Mapping[str, str] = {
    "oracle": "The user finds no table STT_ECHO_META there: it is missing, or the user has no right on it."
}
_BEHIND_A_DOOR = (
    "SELECT CAST(relnamespace AS regnamespace)::text FROM pg_class WHERE relname = 'stt_echo_meta'"
    " AND NOT has_schema_privilege(relnamespace, 'USAGE') LIMIT 1"
)


class CommitCount:
    """How many write transactions were committed; for the benchmarks."""

    def __init__(self) -> None:
        self.value = 0


def open_sqlite(path: Path, *, create: bool = False, busy_timeout_s: float = BUSY_TIMEOUT_S) -> Engine:
    """An engine on one SQLite file. Raises `DatabaseTrouble` if the file is not there and not to be made."""
    if not create and not path.exists():
        raise DatabaseTrouble(
            "There is no database here",
            f"{path} does not exist.",
            "Name the data folder with --data, or start the demonstration, which makes one.",
        )
    engine = create_engine(
        f"sqlite:///{path}",
        connect_args={"timeout": busy_timeout_s, "check_same_thread": False},
        pool_size=4,
        max_overflow=2,
    )
    set_up_sqlite(engine)
    return engine


def set_up_sqlite(engine: Engine) -> None:
    """Make every connection of this engine, and every transaction on it, as EchoDesk needs them."""

    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _record: Any) -> None:
        # pysqlite would send BEGIN by itself, and not before a SELECT: we send it in on_begin instead.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute("PRAGMA recursive_triggers = ON")
        cursor.execute("PRAGMA cache_size = -32000")
        cursor.execute("PRAGMA mmap_size = 0")
        cursor.close()

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        connection.exec_driver_sql("BEGIN" if options.get("echodesk_read") else "BEGIN IMMEDIATE")


class Database:
    """Runs one transaction per call on books made for it. Safe to use from several threads."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.commits = CommitCount()

    def read(self, books: Callable[[Connection], T]) -> T:
        """Run `books` in one read transaction (one snapshot)."""
        with converted(), self.engine.connect() as connection:
            connection = connection.execution_options(**_READ[self.engine.dialect.name])
            with connection.begin():
                return books(connection)

    def write(self, books: Callable[[Connection], T]) -> T:
        """Run `books` in one write transaction: all of it is committed, or nothing."""
        with converted(), self.engine.begin() as connection:
            first = _FIRST_TO_WRITE.get(self.engine.dialect.name)
            if first is not None:
                connection.exec_driver_sql(first)
            answer = books(connection)
        self.commits.value += 1
        return answer

    def close(self) -> None:
        """Give every connection back to the system."""
        self.engine.dispose()


def install_sqlite(database: Database, sql_folder: Path) -> bool:
    """Make every table and trigger in an empty database; False, and nothing done, if the right version is there.

    Raises `SchemaMismatch` if the tables were made by another version.
    """

    def work(connection: Connection) -> bool:
        if installed(connection):
            check_version(connection)
            return False
        if connection.execute(_TABLES).scalar_one():
            raise SchemaMismatch(
                "This database is not EchoDesk's",
                "It already holds other tables.",
                "Choose another data folder, or an empty file.",
            )
        for statement in statements(sqlite_script(sql_folder)):
            connection.exec_driver_sql(statement)
        return True

    return database.write(work)


def sqlite_script(sql_folder: Path) -> str:
    """The SQL that makes every table and trigger in an empty SQLite file, for people to read or to run."""
    parts = [(sql_folder / "sqlite" / f"{name}.sql").read_text(encoding="utf-8") for name in SQLITE_FILES]
    return "\n".join([RUN_ONCE, *parts, first_rows("lower(hex(randomblob(16)))")])


def first_rows(mark: str) -> str:
    """The SQL of what a new database holds; `mark` makes a text there that no other database has."""
    return f"""-- Whose tables these are, which database, and a lease that nobody holds.
INSERT INTO STT_ECHO_META (NAME, VALUE) VALUES ('schema_version', '{SCHEMA_VERSION}');
INSERT INTO STT_ECHO_META (NAME, VALUE) VALUES ('database', {mark});
INSERT INTO STT_ECHO_LEASE (ID, EPOCH) VALUES (1, 0);
"""  # noqa: S608 - a constant of this file and a function of the database


def check_schema(database: Database) -> None:
    """Raise `SchemaMismatch` unless the tables have exactly this program's version."""
    check_installed(database)
    database.read(check_version)


def check_installed(database: Database) -> None:
    """Raise `SchemaMismatch` unless EchoDesk's tables are there, of whichever version; `DatabaseTrouble` if this
    user may not look for them."""
    if not database.read(installed):
        closed = database.read(_closed_schema)
        if closed is not None:
            raise DatabaseTrouble(
                "EchoDesk may not do this in the database",
                f"Its user may not look into the schema {closed}, where its tables are.",
                "Ask the database's administrator to run what `echodesk database script --part grants` prints.",
            )
        raise SchemaMismatch(
            "EchoDesk's tables are not installed here",
            _NO_TABLES.get(database.engine.dialect.name, "The database has no table STT_ECHO_META."),
            "Run `echodesk database install`, or name another data folder.",
        )


def installed(connection: Connection) -> bool:
    """Whether EchoDesk's tables are there, of whichever version."""
    return inspect(connection).has_table("stt_echo_meta")


def _closed_schema(connection: Connection) -> str | None:
    """Where EchoDesk's tables are on a server though this user does not find them."""
    if connection.dialect.name != "postgresql":
        return None
    return connection.exec_driver_sql(_BEHIND_A_DOOR).scalar()


def check_version(connection: Connection) -> None:
    """Raise `SchemaMismatch` unless the tables have exactly this program's version."""
    found = connection.execute(VERSION).scalar()
    if found != SCHEMA_VERSION:
        raise SchemaMismatch(
            "The tables belong to another version of EchoDesk",
            f"They have schema version {found or 'unknown'}; this program knows version {SCHEMA_VERSION}.",
            "Bring older ones up to date with `echodesk database upgrade`, or use the EchoDesk that made them."
            " Nothing was changed.",
        )


def statements(script: str) -> Iterator[str]:
    """The single statements of an SQL script, triggers with their bodies whole."""
    gathered = ""
    for line in script.splitlines(keepends=True):
        if not gathered.strip() and (line.lstrip().startswith("--") or not line.strip()):
            continue
        gathered += line
        if sqlite3.complete_statement(gathered):
            yield gathered.strip()
            gathered = ""
    if gathered.strip():
        raise ValueError(f"the script ends inside a statement: {gathered.strip()[:60]!r}")
