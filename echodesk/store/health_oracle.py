"""What Oracle's data dictionary says of EchoDesk's tables, triggers, package and rights, beside the scripts.

It has not run on an Oracle database.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from pathlib import Path

from sqlalchemy import Connection

from echodesk.store.connection import ORACLE
from echodesk.store.database import ROOM_FEATURES
from echodesk.store.health import MISSING, OFF, OTHER, Odd
from echodesk.store.oracle_dictionary import ANY_RIGHTS, CODE, COLUMNS, INDEXES, OWNED, RIGHTS, WATCHED
from echodesk.store.oracle_script import script_of, statements_of
from echodesk.store.oracle_words import oracle_kinds

HIDDEN = "is missing, or the user may not see it"
UNUSABLE = "cannot be used"
INVALID = "is not valid"

_CODE = re.compile(r"CREATE OR REPLACE ((PACKAGE BODY|PACKAGE|TRIGGER) (\w+).*)", re.DOTALL)
_INDEX = re.compile(r"CREATE (?:UNIQUE )?INDEX (\w+)")


def odd_things(connection: Connection, sql_folder: Path) -> list[Odd]:
    """What is not as this program's scripts make it, by name; of the triggers on ROOMFEATURES, if one is there."""
    script = script_of(sql_folder, "install", ORACLE.schemas)
    statements = list(statements_of(script))
    optional = _on_room_features(sql_folder) if room_features_there(connection, sql_folder) else []
    found = [
        *_odd_columns(connection, script),
        *_odd_indexes(connection, statements),
        *_odd_code(connection, [*statements, *optional]),
    ]
    return sorted(found, key=lambda one: (one.name, one.kind))


def room_features_there(connection: Connection, sql_folder: Path) -> bool | None:
    """Whether any of the triggers on ROOMFEATURES is there; None if this user cannot see triggers."""
    if not connection.exec_driver_sql(WATCHED).scalar_one():
        return None
    there = {row[0] for row in connection.exec_driver_sql(CODE)}
    return any(name in there for _kind, name, _text in filter(None, map(_made, _on_room_features(sql_folder))))


def columns_there(connection: Connection) -> dict[str, dict[str, str]]:
    """Table → column → its type, of all tables that this user may see under a name of EchoDesk's schema."""
    found: dict[str, dict[str, str]] = {}
    for table, column, kind, chars, digits, empty in connection.exec_driver_sql(COLUMNS):
        size = {"VARCHAR2": f"({chars} CHAR)", "NUMBER": "" if digits is None else f"({digits})"}.get(kind, "")
        found.setdefault(table, {})[column] = f"{kind}{size}{' NOT NULL' if empty == 'N' else ''}"
    return found


def unusable_indexes(connection: Connection) -> list[str]:
    """Those of EchoDesk's that are there and do not work, with the schema that they are in."""
    return [f"{owner}.{name}" for name, owner, usable in _indexes(connection) if not usable]


def rights_missing(connection: Connection, wanted: Collection[tuple[str, str]]) -> list[str]:
    """Those that the user of this connection does not have, in words: `INSERT on STT_ECHO_QUEUE`."""
    everywhere = set(connection.exec_driver_sql(ANY_RIGHTS).scalars())
    owned = set(connection.exec_driver_sql(OWNED).scalars())
    granted = {tuple(row) for row in connection.exec_driver_sql(RIGHTS)}

    def may(right: str, name: str) -> bool:
        kind = "SEQUENCE" if name.endswith("_SEQ") else "TABLE"
        enough = ("SELECT", "READ") if right == "READ" else (right,)
        return name in owned or any((one, name) in granted or f"{one} ANY {kind}" in everywhere for one in enough)

    return [f"{right} on {name}" for right, name in wanted if not may(right, name)]


def _odd_columns(connection: Connection, script: str) -> Iterator[Odd]:
    there = columns_there(connection)
    made: dict[str, dict[str, str]] = {}
    for (table, column), kind in oracle_kinds(script).items():
        made.setdefault(table, {})[column] = kind
    for table, wanted in made.items():
        if table not in there:
            yield Odd("TABLE", table, HIDDEN)
            continue
        found = there[table]
        for name in sorted(found.keys() | wanted.keys()):
            if found.get(name) != wanted.get(name):
                yield Odd("COLUMN", f"{table}.{name}", OTHER if name in found else MISSING)


def _odd_indexes(connection: Connection, statements: list[str]) -> Iterator[Odd]:
    there = {name: usable for name, _owner, usable in _indexes(connection)}
    for found in filter(None, map(_INDEX.match, statements)):
        if not there.get(found[1]):
            yield Odd("INDEX", found[1], UNUSABLE if found[1] in there else HIDDEN)


def _indexes(connection: Connection) -> Iterator[tuple[str, str, bool]]:
    for name, owner, state, expressions in connection.exec_driver_sql(INDEXES).all():
        # In parts, it has a state for each part and N/A as a whole.
        yield name, owner, state in ("VALID", "N/A") and expressions != "DISABLED"


def _on_room_features(sql_folder: Path) -> list[str]:
    return list(statements_of(script_of(sql_folder, ROOM_FEATURES, ORACLE.schemas)))


def _odd_code(connection: Connection, statements: list[str]) -> Iterator[Odd]:
    if not connection.exec_driver_sql(WATCHED).scalar_one():
        yield Odd("VIEW", "STT_ECHO_CODE", HIDDEN)
        return
    texts: dict[tuple[str, str], str] = {}
    states: dict[tuple[str, str], tuple[str, str | None]] = {}
    for name, kind, line, compiled, switched in connection.exec_driver_sql(CODE):
        texts[kind, name] = texts.get((kind, name), "") + (line or "")
        states[kind, name] = (compiled, switched)
    for made in dict.fromkeys(filter(None, map(_made, statements))):
        kind, name, text = made
        if (kind, name) not in texts:
            yield Odd(kind, name, MISSING)
        elif states[kind, name][1] == "DISABLED":
            yield Odd(kind, name, OFF)
        elif _plain(texts[kind, name]) != text:
            yield Odd(kind, name, OTHER)
        elif states[kind, name][0] != "VALID":
            yield Odd(kind, name, INVALID)


def _made(statement: str) -> tuple[str, str, str] | None:
    """Kind, name and text of a trigger or a part of the package."""
    found = _CODE.match(statement)
    return None if found is None else (found[2], found[3], _plain(found[1]))


def _plain(text: str) -> str:
    """As the dictionary keeps it and as the script has it, without what the two write differently."""
    words = " ".join(text.replace('"', "").split())
    return re.sub(r"^(PACKAGE BODY|PACKAGE|TRIGGER) \w+\.", r"\1 ", words)
