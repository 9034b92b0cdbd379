"""A server's database: opened so that every transaction is what the store expects of one.

Reading is one snapshot; whoever writes waits for its turn (`Database.write`). A connection that died is noticed
within seconds, on either side: a workstation that fell asleep in the middle of writing holds nobody up for longer.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, TextClause, create_engine, event, inspect
from sqlalchemy.exc import CompileError
from sqlalchemy.schema import CreateSchema

from echodesk.errors import SchemaMismatch
from echodesk.store.connection import Schemas
from echodesk.store.database import (
    BUSY_TIMEOUT_S,
    RUN_ONCE,
    Database,
    check_version,
    first_rows,
    installed,
    sqlite_script,
    statements,
)
from echodesk.store.made_tables import MadeTables
from echodesk.store.postgresql_still import TRIES, hold_still, run_script, when_still
from echodesk.store.translating import PostgreSQL
from echodesk.store.trouble import converted

POSTGRESQL_FILES = ("tables", "triggers")
CONNECT_S = 5
CALL_S = 30
"""No call of the database may last longer."""
IDLE_S = 20
"""A transaction in which nothing happens for so long is ended by the server: well before the lease runs out."""
UNHEARD_MS = 15_000
"""A connection on which what was sent is not acknowledged for so long is dead. Keepalives alone do not tell: they
wait until nothing is under way, and the system itself gives up after a quarter of an hour."""
_SESSION = {
    "statement_timeout": f"{CALL_S}s",
    "idle_in_transaction_session_timeout": f"{IDLE_S}s",
    "tcp_keepalives_idle": "5",
    "tcp_keepalives_interval": "2",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": str(UNHEARD_MS),
    "timezone": "UTC",
}
_KEEPALIVE = {
    "keepalives": 1,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": UNHEARD_MS,
}


EVERYTHING_IN_ONE = Schemas()


def open_postgresql(
    url: URL | str,
    sql_folder: Path,
    schemas: Schemas = EVERYTHING_IN_ONE,
    busy_timeout_s: float = BUSY_TIMEOUT_S,
) -> Engine:
    """An engine on a PostgreSQL database; nothing is asked of it yet. Needs psycopg."""
    import psycopg

    from echodesk.store.postgresql_calls import LimitedConnection

    session = {
        **_SESSION,
        "lock_timeout": f"{busy_timeout_s * 1_000:.0f}ms",
        "search_path": schemas.path,
    }
    engine = create_engine(
        url,
        isolation_level="READ COMMITTED",
        connect_args={
            # Values go into the statement as literals: then PostgreSQL knows the type of each by where it stands.
            "cursor_factory": psycopg.ClientCursor,
            "connect_timeout": CONNECT_S,
            "options": " ".join(f"-c {name}={value}" for name, value in session.items()),
            **_KEEPALIVE,
        },
        pool_size=4,
        max_overflow=2,
        pool_pre_ping=True,
    )

    @event.listens_for(engine, "do_connect")
    def on_sign_in(_dialect: Any, _record: Any, given: Any, options: Mapping[str, Any]) -> Any:
        return LimitedConnection.connect(*given, **options)

    set_up_postgresql(engine, sql_folder)
    return engine


def set_up_postgresql(engine: Engine, sql_folder: Path) -> None:
    """Make every statement and every value on this engine PostgreSQL's."""
    from psycopg.adapt import Loader
    from psycopg.types.numeric import IntDumper
    from psycopg.types.string import StrDumper

    class Text(StrDumper):
        """PostgreSQL keeps no NUL character: what stands for one that cannot be shown takes its place."""

        def dump(self, obj: str) -> Any:
            return super().dump(obj.replace("\0", "\ufffd"))

    class Number(Loader):
        """A NUMERIC, as which a copy of the timetable may have Oracle's NUMBER, as Oracle's driver gives it."""

        def load(self, data: Any) -> int | float:
            number = Decimal(bytes(data).decode())
            whole = number.is_finite() and number == number.to_integral_value()
            return int(number) if whole else float(number)

    words = _words(sql_folder)

    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _record: Any) -> None:
        connection.adapters.register_dumper(str, Text)
        # Truth is 0 or 1 in the tables.
        connection.adapters.register_dumper(bool, IntDumper)
        connection.adapters.register_loader("numeric", Number)

    @event.listens_for(engine, "before_execute", retval=True)
    def translate(_connection: Connection, clause: Any, many: Any, one: Any, _options: Any) -> Any:
        if not isinstance(clause, TextClause):
            return clause, many, one
        try:
            return words.statement(clause), many, one
        except ValueError as error:
            raise CompileError(str(error)) from error


@lru_cache(maxsize=1)
def _words(sql_folder: Path) -> PostgreSQL:
    """A statement is translated once, however many databases are opened."""
    return PostgreSQL(MadeTables(statements(sqlite_script(sql_folder))))


def install_postgresql(
    database: Database, sql_folder: Path, schemas: Schemas = EVERYTHING_IN_ONE, tries: int = TRIES
) -> bool:
    """Make EchoDesk's tables and triggers beside the timetable's, and their schema if there is none; False, and
    nothing done, if the right version is there.

    All or nothing. Raises `SchemaMismatch` if the tables were made by another version, or there is no timetable;
    `DatabaseBusy` or `RightMissing` as `when_still` does.
    """

    def transaction() -> bool:
        with converted(), database.engine.begin() as connection:
            return _install(connection, sql_folder, schemas)

    return when_still(database, transaction, tries)


def _install(connection: Connection, sql_folder: Path, schemas: Schemas) -> bool:
    if installed(connection):
        check_version(connection)
        return False
    if not inspect(connection).has_table("timetable", schema=schemas.timetable):
        raise SchemaMismatch(
            "The timetable is not here",
            f"The database has no table TIMETABLE in the schema {schemas.timetable}.",
            "Name the database and the schema that hold the timetable's tables.",
        )
    _check_timetable(connection)
    hold_still(connection, sql_folder)
    if not inspect(connection).has_schema(schemas.own):
        connection.execute(CreateSchema(schemas.own))
    for script in postgresql_scripts(sql_folder):
        run_script(connection, script)
    return True


def _check_timetable(connection: Connection) -> None:
    """Raise `SchemaMismatch` if a column is of a type that EchoDesk cannot read."""
    from echodesk.store.site import unreadable_types

    odd = unreadable_types(connection)
    if odd:
        raise SchemaMismatch(
            "The timetable cannot be read as it is",
            " ".join(f"Column {one.name} {one.how}." for one in odd),
            "Have the timetable's administrator change or copy it as such a type, then install again."
            " Nothing was changed.",
        )


def postgresql_scripts(sql_folder: Path) -> list[str]:
    """The SQL that makes every table and trigger beside the timetable, for people to read or to run."""
    parts = [_script(sql_folder, name) for name in POSTGRESQL_FILES]
    return [*parts, first_rows("replace(CAST(gen_random_uuid() AS TEXT), '-', '')")]


def _script(sql_folder: Path, name: str) -> str:
    return (sql_folder / "postgresql" / f"{name}.sql").read_text(encoding="utf-8")


def postgresql_part(sql_folder: Path, part: str, schemas: Schemas) -> str:
    """What an administrator runs with `psql`: `install`, or one of the files, in the schemas of an office."""
    if part == "install":
        own = f"CREATE SCHEMA IF NOT EXISTS {schemas.own};\n"
        scripts = [own, *postgresql_scripts(sql_folder)]
        head = [RUN_ONCE]
    else:
        head = []
        scripts = [_script(sql_folder, part)]
    # Grants are given while people edit.
    first = [] if part == "grants" else [_script(sql_folder, "still")]
    return "\n".join([*head, "BEGIN;", f"SET LOCAL search_path = {schemas.path};", *first, *scripts, "COMMIT;"])
