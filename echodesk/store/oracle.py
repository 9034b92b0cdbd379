"""Oracle: opened so that every transaction is what the store expects of one. It has not run on an Oracle database.

oracledb in its thin mode, which needs nothing else installed. No call lasts longer than `CALL_S`, and a dead
connection is noticed within `PING_S`, before it is used. Reading is one snapshot (a READ ONLY transaction); who
writes waits for its turn (`Database.write`). Statements are put into Oracle's words by `oracle_words`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Dialect, Engine, TextClause, create_engine, event, make_url
from sqlalchemy.engine import ExceptionContext, ExecutionContext
from sqlalchemy.engine.cursor import FullyBufferedCursorFetchStrategy
from sqlalchemy.exc import CompileError

from echodesk.store.connection import ORACLE, checked_schema
from echodesk.store.database import sqlite_script, statements
from echodesk.store.made_tables import MadeTables
from echodesk.store.oracle_sign_in import SignIn, signed_in
from echodesk.store.oracle_words import Oracle, oracle_kinds

TABLE_FILES = ("tables", "worker_tables")
PORT = 1521
CONNECT_S = 5
CALL_S = 30
"""No call of the database may last longer."""
PING_S = 5
"""A connection that does not answer for so long is dead; it is asked before each use."""
_KEEPALIVE_MIN = 1
_SESSION = (
    "ALTER SESSION SET NLS_SORT = BINARY NLS_COMP = BINARY NLS_NUMERIC_CHARACTERS = '.,'"
    " NLS_DATE_FORMAT = 'YYYY-MM-DD HH24:MI:SS' TIME_ZONE = '+00:00'"
)
"""Texts sort by their bytes, as in SQLite, and numbers have a point, whatever the server is set to."""
_RETURNED = re.compile(r"ret_(\d+)")
_TOO_LATE = "DPY-4024"
"""The driver's own call timeout."""


def open_oracle(url: URL | str, sql_folder: Path, schema: str | None = None) -> Engine:
    """An engine on an Oracle database; nothing is asked of it yet. Needs oracledb.

    `schema` owns EchoDesk's tables and its names for the timetable's; None if the user does. Raises `WrongUse` if
    that is no name of a schema.
    """
    address = make_url(url)
    engine = create_engine(
        address.set(query={}),
        coerce_to_decimal=False,
        connect_args={
            # As SQLAlchemy would put the address together, the driver would take no other protocol than TCP.
            "dsn": None,
            **address.query,
            "host": address.host,
            "port": address.port or PORT,
            "tcp_connect_timeout": CONNECT_S,
            "retry_count": 0,
            "expire_time": _KEEPALIVE_MIN,
        },
        pool_size=4,
        max_overflow=2,
        pool_pre_ping=True,
    )

    @event.listens_for(engine, "do_connect")
    def on_sign_in(dialect: Dialect, _record: Any, given: Any, options: Mapping[str, Any]) -> Any:
        limits = SignIn().options(str(address.query.get("protocol", "tcp")))
        return dialect.connect(*given, **options, **limits)

    set_up_oracle(engine, sql_folder, schema)
    return engine


def set_up_oracle(engine: Engine, sql_folder: Path, schema: str | None = None) -> None:
    """Make every connection, transaction and statement of this engine as EchoDesk needs them.

    Raises `WrongUse` if `schema` is no name of a schema.
    """
    words = words_of(sql_folder)
    begins = [_SESSION]
    if schema is not None:
        begins.append(f"ALTER SESSION SET CURRENT_SCHEMA = {checked_schema(schema, ORACLE)}")

    # Before SQLAlchemy's own first questions: it asks in which schema it is.
    @event.listens_for(engine, "connect", insert=True)
    def on_connect(connection: Any, _record: Any) -> None:
        signed_in(connection)
        connection.call_timeout = PING_S * 1000
        with connection.cursor() as cursor:
            for one in begins:
                cursor.execute(one)

    @event.listens_for(engine, "checkout")
    def on_checkout(connection: Any, _record: Any, _proxy: Any) -> None:
        connection.call_timeout = CALL_S * 1000

    @event.listens_for(engine, "checkin")
    def on_checkin(connection: Any, _record: Any) -> None:
        if connection is not None:
            connection.call_timeout = PING_S * 1000

    @event.listens_for(engine, "handle_error")
    def on_error(context: ExceptionContext) -> None:
        if context.is_pre_ping and _TOO_LATE in str(context.original_exception):
            context.is_disconnect = True

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        if connection.get_execution_options().get("echodesk_read"):
            connection.exec_driver_sql("SET TRANSACTION READ ONLY")

    @event.listens_for(engine, "before_execute", retval=True)
    def translate(_connection: Connection, clause: Any, many: Any, one: Any, _options: Any) -> Any:
        if not isinstance(clause, TextClause):
            return clause, many, one
        try:
            return words.statement(clause), [_plain(each) for each in many], _plain(one)
        except ValueError as error:
            raise CompileError(str(error)) from error

    @event.listens_for(engine, "after_cursor_execute")
    def give_back(
        _connection: Connection, cursor: Any, _said: str, _given: Any, context: Any, _many: bool
    ) -> None:
        _give_back(cursor, context)


def _give_back(cursor: Any, context: ExecutionContext) -> None:
    """What a statement returns, as the rows it would be elsewhere."""
    found: Mapping[str, Any] = getattr(context, "out_parameters", None) or {}
    named = sorted((int(match[1]), value) for name, value in found.items() if (match := _RETURNED.fullmatch(name)))
    if not named:
        return
    columns = [value.getvalue() or [] for _at, value in named]
    description = [(f"RET_{at}", None, None, None, None, None, None) for at, _value in named]
    rows = list(zip(*columns, strict=True))
    strategy = FullyBufferedCursorFetchStrategy(cursor, description, initial_buffer=rows)
    context.cursor_fetch_strategy = strategy  # type: ignore[attr-defined]  # where SQLAlchemy's own dialect puts it


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Truth is 0 or 1 in the tables, and 19c takes none."""
    return {name: int(value) if isinstance(value, bool) else value for name, value in values.items()}


@lru_cache(maxsize=1)
def words_of(sql_folder: Path) -> Oracle:
    """Puts statements into Oracle's words; each is translated once, however many databases are opened."""
    folder = sql_folder / "oracle"
    kinds = oracle_kinds("\n".join((folder / f"{name}.sql").read_text(encoding="utf-8") for name in TABLE_FILES))
    return Oracle(MadeTables(statements(sqlite_script(sql_folder)), kinds))
