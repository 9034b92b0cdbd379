"""Every statement in Oracle's words: `snapshots/oracle-19c.sql` shows what a change did. None has run there.

python -m tests.databases.oracle_statements      writes that file anew
"""

from __future__ import annotations

import sys
import textwrap
from functools import lru_cache
from pathlib import Path

from sqlalchemy import ClauseElement, Compiled, text
from sqlalchemy.dialects.oracle.oracledb import OracleDialect_oracledb

from echodesk.store.database import sqlite_script, statements
from echodesk.store.made_tables import MadeTables
from echodesk.store.oracle_dictionary import ASKED
from echodesk.store.oracle_words import Oracle, oracle_kinds
from tests.databases.engines import SQL
from tests.databases.statements import all_statements

SNAPSHOT = Path(__file__).parent / "snapshots" / "oracle-19c.sql"
TABLES = ("tables", "worker_tables")


def oracle_tables() -> str:
    """The scripts that make the tables in Oracle."""
    return "\n".join((SQL / "oracle" / f"{name}.sql").read_text(encoding="utf-8") for name in TABLES)


def translator() -> Oracle:
    """Made of the tables that EchoDesk makes in SQLite, and of how Oracle's scripts make them."""
    return Oracle(MadeTables(statements(sqlite_script(SQL)), oracle_kinds(oracle_tables())))


def dialect_19c() -> OracleDialect_oracledb:
    """SQLAlchemy's dialect as it is once it is connected to a 19c; unconnected it takes the newest for granted."""
    dialect = OracleDialect_oracledb()  # type: ignore[no-untyped-call]  # SQLAlchemy says nothing of it
    dialect.server_version_info = (19, 3, 0, 0, 0)
    dialect.supports_native_boolean = False
    return dialect


def compiled_for_19c(words: Oracle, sql: str) -> Compiled:
    """A statement and what is bound to it, as SQLAlchemy hands them to the driver."""
    statement = words.statement(text(sql))
    assert isinstance(statement, ClauseElement)
    return statement.compile(dialect=dialect_19c())


@lru_cache(maxsize=1)
def oracle_statements() -> dict[str, str]:
    """Module and name → the statement as the driver gets it: those that run everywhere, in Oracle's words."""
    words = translator()
    return {name: str(compiled_for_19c(words, sql)) for name, sql in all_statements().items()}


def dictionary_statements() -> dict[str, str]:
    """The same of what is asked of Oracle's data dictionary, which are in its words from the beginning."""
    return {f"store.oracle_dictionary {name}": sql.strip() for name, sql in ASKED.items()}


def snapshot() -> str:
    """All of them, for people to read."""
    parts = []
    for name, sql in {**oracle_statements(), **dictionary_statements()}.items():
        lines = textwrap.wrap(sql, 115, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False)
        parts.append("\n".join([f"-- {name}", *lines]) + ";\n")
    return "\n".join(parts)


if __name__ == "__main__":
    SNAPSHOT.parent.mkdir(exist_ok=True)
    SNAPSHOT.write_text(snapshot(), encoding="utf-8")
    sys.stdout.write(f"{SNAPSHOT}\n")
