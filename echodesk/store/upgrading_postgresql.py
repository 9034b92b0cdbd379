"""Bringing an earlier version's tables on PostgreSQL up to date: all or nothing. A copy is its administrator's."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import Connection, inspect

from echodesk.store.database import SCHEMA_VERSION, Database
from echodesk.store.health import MISSING
from echodesk.store.health_postgresql import TRIGGERS, make_anew, odd_things, script_for
from echodesk.store.postgresql_script import Made
from echodesk.store.postgresql_still import TRIES, hold_still, run_script, when_still
from echodesk.store.site import WORKER
from echodesk.store.upgrading import Upgraded, become_this_version, drop_if_empty, ready

_NAME_DATABASE = """
INSERT INTO STT_ECHO_META (NAME, VALUE) VALUES ('database', replace(CAST(gen_random_uuid() AS TEXT), '-', ''))
ON CONFLICT (NAME) DO NOTHING
"""
_GRANTED = """
SELECT count(*) FROM pg_roles r WHERE rolname = %(role)s
AND has_table_privilege(r.oid, CAST(to_regclass('stt_echo_meta') AS oid), 'SELECT')
"""


def upgrade_postgresql(database: Database, sql_folder: Path, tries: int = TRIES) -> Upgraded:
    """Make this version's tables of an earlier version's; what they hold stays.

    Raises `SchemaMismatch` for a version that cannot be upgraded, and while a worker leads, and `DatabaseBusy` or
    `RightMissing` as `when_still` does; then nothing was changed.
    """

    def work(connection: Connection) -> str:
        was = ready(connection)
        if was != SCHEMA_VERSION:
            hold_still(connection, sql_folder)
            _change(connection, sql_folder)
            become_this_version(connection)
            connection.exec_driver_sql(_NAME_DATABASE)
        return was

    return Upgraded(when_still(database, lambda: database.write(work), tries), None)


def _change(connection: Connection, sql_folder: Path) -> None:
    script = script_for(connection, sql_folder)
    tables = {made.name: made for made in script if made.kind == "TABLE"}
    given = connection.exec_driver_sql(_GRANTED, {"role": WORKER}).scalar_one()
    for one in odd_things(connection, sql_folder):
        if one.kind == "COLUMN":
            _mend_column(connection, tables, *one.name.split("."), missing=one.how == MISSING)
    missing = {one.name for one in odd_things(connection, sql_folder) if (one.kind, one.how) == ("TABLE", MISSING)}
    for made in tables.values():
        if made.name in missing:
            connection.exec_driver_sql(made.sql)
    names = {made.name for made in script}
    for trigger, table, *_ in connection.exec_driver_sql(TRIGGERS).all():
        if trigger.upper() not in names:
            connection.exec_driver_sql(f"DROP TRIGGER {trigger} ON {table}")
    make_anew(connection, script, sql_folder)
    if given:
        run_script(connection, (sql_folder / "postgresql" / "grants.sql").read_text(encoding="utf-8"))


def _mend_column(
    connection: Connection, tables: Mapping[str, Made], table: str, column: str, *, missing: bool
) -> None:
    """Add it; where that cannot be, take the table away if it is empty, so that it is made anew."""
    if inspect(connection).has_table(table.lower()):
        adding = tables[table].adding(column) if missing else None
        if adding:
            connection.exec_driver_sql(adding)
        else:
            drop_if_empty(connection, table)
