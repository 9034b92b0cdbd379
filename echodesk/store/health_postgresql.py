"""What PostgreSQL's catalogue says of EchoDesk's tables, triggers, functions and rights, beside the scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from sqlalchemy import Connection

from echodesk.store.database import ROOM_FEATURES, Database
from echodesk.store.health import MISSING, OFF, OTHER, Odd
from echodesk.store.postgresql_script import Made, made_by
from echodesk.store.postgresql_still import TRIES, hold_still, run_script, when_still

REMADE = ("INDEX", "FUNCTION", "TRIGGER")
"""What may be made anew without losing anything."""
NOT_ALWAYS = "misses what a subscription to a copy of the timetable brings"
ON_EDITS = ("STT_ECHO_ON_TIMETABLE", "STT_ECHO_ON_ROOMREQUESTS", "STT_ECHO_ON_ROOMFEATURES")
"""They run at an edit of the timetable, with the rights of their owner."""

_COLUMNS = """
SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND pg_table_is_visible(c.oid)
"""
_INDEXES = """
SELECT c.relname, pg_get_indexdef(c.oid), i.indisvalid FROM pg_class c JOIN pg_index i ON i.indexrelid = c.oid
WHERE starts_with(c.relname, 'stt_echo_') AND pg_table_is_visible(i.indrelid)
"""
TRIGGERS = """
SELECT tgname, CAST(tgrelid AS regclass), pg_get_triggerdef(oid), tgenabled FROM pg_trigger
WHERE starts_with(tgname, 'stt_echo_') AND NOT tgisinternal AND pg_table_is_visible(tgrelid)
"""
"""Each trigger of EchoDesk's, of whichever version: name, table, how it is made, when it runs."""
_FUNCTIONS = """
SELECT proname, prosrc, prosecdef, proconfig FROM pg_proc
WHERE starts_with(proname, 'stt_echo_') AND pg_function_is_visible(oid)
"""
_PATH = """
SELECT format('search_path=%%s, %%s, pg_temp',
    (SELECT relnamespace::regnamespace FROM pg_class WHERE oid = to_regclass('stt_echo_queue')),
    (SELECT relnamespace::regnamespace FROM pg_class WHERE oid = to_regclass('timetable')))
"""
_NOISE = re.compile(r"\(|\)|\s|using btree|both from|::text|or replace|if not exists|;|\]")


def odd_things(connection: Connection, sql_folder: Path) -> list[Odd]:
    """What is not as this program's scripts make it, by name; of the triggers on ROOMFEATURES, if one is there."""
    return _odd_things(connection, script_for(connection, sql_folder))


def mend(database: Database, sql_folder: Path, *, room_features: bool = False, tries: int = TRIES) -> list[str]:
    """Make triggers, functions and indexes that are missing or others anew; nothing is lost. Returns names.

    With `room_features` the triggers on ROOMFEATURES as well. Raises `DatabaseBusy` or `RightMissing` as
    `when_still` does.
    """

    def work(connection: Connection) -> list[str]:
        script = script_for(connection, sql_folder, room_features=room_features)
        odd = [one for one in _odd_things(connection, script) if one.kind in REMADE]
        if odd:
            hold_still(connection, sql_folder)
            make_anew(connection, script, sql_folder)
        return [one.name for one in odd]

    return when_still(database, lambda: database.write(work), tries)


def script_for(connection: Connection, sql_folder: Path, *, room_features: bool = False) -> list[Made]:
    """What this program makes here, in the order in which it is made.

    The triggers on ROOMFEATURES belong to it if they are asked for, or one of them is there.
    """
    made = made_by(sql_folder)
    if room_features or room_features_there(connection, sql_folder):
        made += made_by(sql_folder, (ROOM_FEATURES,))
    return made


def room_features_there(connection: Connection, sql_folder: Path) -> bool:
    """Whether any of the triggers on ROOMFEATURES is there."""
    there = {row[0].upper() for row in connection.exec_driver_sql(TRIGGERS)}
    return any(made.name in there for made in made_by(sql_folder, (ROOM_FEATURES,)))


def make_anew(connection: Connection, script: Sequence[Made], sql_folder: Path) -> None:
    """Make what holds nothing as this program has it; tables and columns must be there."""
    odd = {(one.kind, one.name): one for one in _odd_others(connection, script)}
    for made in script:
        one = odd.get((made.kind, made.name))
        if one is None or made.kind == "TABLE":
            continue
        if made.kind == "INDEX" and one.how != MISSING:
            connection.exec_driver_sql(f"DROP INDEX {made.name}")
        run_script(connection, made.sql)
    # Where functions look for tables, who may use them, and when triggers run, stands behind them.
    optional = {made.name for made in made_by(sql_folder, (ROOM_FEATURES,))} & {made.name for made in script}
    for name in ("triggers", ROOM_FEATURES) if optional else ("triggers",):
        run_script(connection, (sql_folder / "postgresql" / f"{name}.sql").read_text(encoding="utf-8"))


def columns_there(connection: Connection) -> dict[str, dict[str, tuple[str, bool]]]:
    """Table → column → (its type, whether it must be filled), of all tables that are found."""
    found: dict[str, dict[str, tuple[str, bool]]] = {}
    for table, column, kind, filled in connection.exec_driver_sql(_COLUMNS):
        found.setdefault(table.upper(), {})[column.upper()] = (kind, filled)
    return found


def _odd_things(connection: Connection, script: Sequence[Made]) -> list[Odd]:
    found = [*_odd_columns(connection, script), *_odd_others(connection, script)]
    return sorted(found, key=lambda one: (one.name, one.kind))


def _odd_columns(connection: Connection, script: Sequence[Made]) -> Iterator[Odd]:
    there = columns_there(connection)
    for made in script:
        if made.kind != "TABLE":
            continue
        if made.name not in there:
            yield Odd("TABLE", made.name, MISSING)
            continue
        found, wanted = there[made.name], made.columns
        others = sorted(name for name in found.keys() | wanted.keys() if found.get(name) != wanted.get(name))
        for name in others:
            yield Odd("COLUMN", f"{made.name}.{name}", OTHER if name in found else MISSING)


def _odd_others(connection: Connection, script: Sequence[Made]) -> Iterator[Odd]:
    indexes = {row[0].upper(): (row[1], row[2]) for row in connection.exec_driver_sql(_INDEXES)}
    triggers = {row[0].upper(): (row[2], row[3]) for row in connection.exec_driver_sql(TRIGGERS)}
    functions = [tuple(row) for row in connection.exec_driver_sql(_FUNCTIONS)]
    path = str(connection.exec_driver_sql(_PATH).scalar_one())
    for made in script:
        if made.kind == "FUNCTION":
            how = _function_is(made, functions, path)
        elif made.kind in ("INDEX", "TRIGGER"):
            sql, state = (indexes if made.kind == "INDEX" else triggers).get(made.name, (None, None))
            how = _same(made, sql, state)
        else:
            continue
        if how:
            yield Odd(made.kind, made.name, how)


def _function_is(made: Made, functions: list[tuple[object, ...]], path: str) -> str:
    named = [one for one in functions if str(one[0]).upper() == made.name]
    if not named:
        return MISSING
    as_made = [one for one in named if one[1] == made.body]
    if not as_made:
        return OTHER
    if made.name in ON_EDITS and as_made[0][2:] != (True, [path]):
        return OTHER
    return ""


def _same(wanted: Made, found: str | None, state: object) -> str:
    """`state` of an index: whether it is valid; of a trigger: with D or R it does not run at an edit, with O not
    for what a subscription brings."""
    if found is None:
        return MISSING
    if state in ("D", "R"):
        return OFF
    if state is False or _plain(found) != _plain(wanted.sql):
        return OTHER
    return NOT_ALWAYS if wanted.always and state != "A" else ""


def _plain(sql: str) -> str:
    """As the catalogue tells it and as the script has it, without what the two write differently."""
    bare = re.sub(r"( on )\w+\.", r"\1", " ".join(sql.lower().split()))
    bare = re.sub(r"execute function \w+\.", "execute function ", bare).replace("= any (array[", "in (")
    return _NOISE.sub("", bare)
