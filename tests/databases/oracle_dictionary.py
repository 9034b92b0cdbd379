"""Oracle's data dictionary, as its reference describes it, where everything is as the scripts make it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from echodesk.store.connection import ORACLE
from echodesk.store.database import SCHEMA_VERSION
from echodesk.store.oracle_script import script_of, statements_of
from echodesk.timetable.needed import NEEDED
from tests.databases.engines import SQL
from tests.databases.oracle_driver import Driver

Rows = list[tuple[Any, ...]]

COLUMNS, INDEXES, WATCHED, CODE = "ALL_TAB_COLUMNS", "ALL_INDEXES", "ALL_VIEWS V", "STT_ECHO_CODE C"
RIGHTS, EVERYWHERE, OWNED = "ALL_TAB_PRIVS", "SESSION_PRIVS", "USER_TABLES"
PROTOCOL, TABLES, VERSION, MADE = "NETWORK_PROTOCOL", "all_tables", "'schema_version'", "'made'"
"""What stands in a question."""
STATEMENTS = list(statements_of(script_of(SQL, "install", ORACLE.schemas)))
ON_ROOM_FEATURES = list(statements_of(script_of(SQL, "room_features", ORACLE.schemas)))
WATCHING = list(statements_of(script_of(SQL, "watching", ORACLE.schemas)))
_COLUMN = re.compile(r'^ {4}"?(\w+)"? +(CLOB|NUMBER|VARCHAR2)(?:\((\d+)(?: CHAR)?\))?(.*)$', re.MULTILINE)
_GRANT = re.compile(r"GRANT ([A-Z, ]+) ON \w+\.(\w+) TO .*STT_ECHO_WORKER")
_MAKES = re.compile(r"CREATE OR REPLACE ((PACKAGE BODY|PACKAGE|TRIGGER) (\w+).*)", re.DOTALL)


def answers() -> dict[str, Rows]:
    """Part of a question → its answer."""
    return {
        COLUMNS: list(_columns()),
        INDEXES: [
            (name, "CMIS_OWNER", "VALID", "ENABLED")
            for name in re.findall(r"^CREATE (?:UNIQUE )?INDEX (\w+)", "\n".join(STATEMENTS), re.MULTILINE)
        ],
        WATCHED: [(1,)],
        CODE: list(code_of(STATEMENTS)),
        RIGHTS: [
            (right, found[2])
            for found in filter(None, map(_GRANT.match, [*STATEMENTS, *WATCHING]))
            for right in found[1].split(", ")
        ],
        EVERYWHERE: [("CREATE SESSION",)],
        OWNED: [],
        PROTOCOL: [("tcps",)],
        TABLES: [("STT_ECHO_META",), ("TIMETABLE",)],
        VERSION: [(SCHEMA_VERSION,)],
        MADE: [(SCHEMA_VERSION,)],
        "SELECT HOLDER": [],
        "STT_ECHO_BATCH": [],
        "stt_echo_error": [],
    }


def well() -> Driver:
    """A connection to such a database."""
    return Driver(answers=answers())


def without(*names: str) -> Callable[[Rows], Rows]:
    """What the dictionary says, without what begins so."""
    return lambda rows: [row for row in rows if row[: len(names)] != names]


def with_last(name: str, last: object, at: int = -1) -> Callable[[Rows], Rows]:
    """What the dictionary says, with another value of this."""

    def changed(row: tuple[object, ...]) -> tuple[object, ...]:
        values = list(row)
        values[at] = last
        return tuple(values) if row[0] == name else row

    return lambda rows: [changed(row) for row in rows]


def _columns() -> Iterator[tuple[Any, ...]]:
    for sql in STATEMENTS:
        for name, kind, size, rest in _COLUMN.findall(sql) if sql.startswith("CREATE TABLE") else ():
            chars = int(size) if kind == "VARCHAR2" else 0
            digits = int(size) if kind == "NUMBER" and size else None
            yield sql.split()[2], name, kind, chars, digits, "N" if "NOT NULL" in rest else "Y"
    for table, columns in NEEDED.items():
        yield from ((table, name, "VARCHAR2", 20, None, "Y") for name in columns.split())


def code_of(statements: list[str]) -> Iterator[tuple[Any, ...]]:
    """What the view tells of code: each line of its own, and a name as Oracle may write it."""
    for text, kind, name in dict.fromkeys(found.groups() for found in filter(None, map(_MAKES.match, statements))):
        switched = "ENABLED" if kind == "TRIGGER" else None
        for line in text.replace(f"{kind} {name}", f'{kind} "CMIS_OWNER"."{name}"', 1).splitlines(keepends=True):
            yield name, kind, line, "VALID", switched
