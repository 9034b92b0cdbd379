"""A server database: opened so that every transaction is what the store expects of one.

Reading is one snapshot. Whoever writes for the worker holds the row of the lease until the end, so that writers go one
after the other as in SQLite; what a timetabler's trigger writes never waits for that.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, TextClause, create_engine, event

from echodesk.store.translating import PostgreSQL, Tables

CALL_S = 30
"""No call of the database may last longer."""


def open_postgresql(url: str, sql_folder: Path) -> Engine:
    """An engine on one PostgreSQL database."""
    import psycopg

    engine = create_engine(
        url,
        # Values go into the statement as literals: then PostgreSQL knows the type of each by where it stands.
        connect_args={"cursor_factory": psycopg.ClientCursor, "options": f"-c statement_timeout={CALL_S}s"},
        pool_size=4,
        max_overflow=2,
        pool_pre_ping=True,
    )
    set_up_postgresql(engine, sql_folder)
    return engine


def set_up_postgresql(engine: Engine, sql_folder: Path) -> None:
    """Make every statement on this engine PostgreSQL's."""
    words = PostgreSQL(Tables((sql_folder / "sqlite" / "tables.sql").read_text(encoding="utf-8")))

    @event.listens_for(engine, "before_execute", retval=True)
    def translate(_connection: Connection, clause: Any, many: Any, one: Any, _options: Any) -> Any:
        return (words.statement(clause) if isinstance(clause, TextClause) else clause), many, one
