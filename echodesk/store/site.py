"""What a site gives EchoDesk on PostgreSQL: the timetable's columns, and the rights that `grants.sql` names."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Connection

from echodesk.store.health import MISSING, Odd
from echodesk.store.health_postgresql import ON_EDITS, columns_there
from echodesk.store.postgresql_script import granted_by
from echodesk.timetable.needed import NEEDED

TRIGGERS, WORKER = "echodesk_triggers", "echodesk_worker"
READ = "SELECT"

_MAY_NOT = """
SELECT w.may || ' on ' || upper(w.name)
FROM unnest(CAST(%(rights)s AS text[]), CAST(%(tables)s AS text[])) WITH ORDINALITY AS w (may, name, place)
WHERE NOT has_table_privilege(CAST(%(user)s AS name), CAST(to_regclass(w.name) AS oid), w.may) ORDER BY w.place
"""
_CLOSED = """
SELECT DISTINCT 'USAGE on schema ' || CAST(relnamespace AS regnamespace) FROM pg_class
WHERE oid IN (to_regclass('stt_echo_queue'), to_regclass('timetable'))
AND NOT has_schema_privilege(CAST(%(user)s AS name), relnamespace, 'USAGE')
"""
_OWNER = "SELECT pg_get_userbyid(proowner) FROM pg_proc WHERE oid = to_regproc(%(name)s)"


def timetable_lacks(connection: Connection) -> list[Odd]:
    """Tables and columns that EchoDesk reads and the timetable does not have."""
    there = columns_there(connection)
    return [
        *(Odd("TABLE", table, MISSING) for table in NEEDED if table not in there),
        *(
            Odd("COLUMN", f"{table}.{column}", MISSING)
            for table, columns in NEEDED.items()
            for column in columns.split()
            if table in there and column not in there[table]
        ),
    ]


def rights_missing(connection: Connection, sql_folder: Path) -> list[str]:
    """What the user of this connection may not do and would have to, in words: `INSERT on STT_ECHO_QUEUE`."""
    user = str(connection.exec_driver_sql("SELECT current_user").scalar_one())
    return _missing(connection, user, granted_by(sql_folder)[WORKER])


def only_reads(missing: Sequence[str], sql_folder: Path) -> bool:
    """Whether what is missing is every right to change something, and no right to look at something."""
    changes = [f"{right} on {table}" for right, table in granted_by(sql_folder)[WORKER] if right != READ]
    return sorted(missing) == sorted(changes)


def trigger_rights_missing(connection: Connection, sql_folder: Path) -> list[tuple[str, str]]:
    """(owner of a function that runs at an edit, the right it lacks)."""
    owners = {
        str(owner)
        for name in ON_EDITS
        if (owner := connection.exec_driver_sql(_OWNER, {"name": name.lower()}).scalar()) is not None
    }
    wanted = granted_by(sql_folder)[TRIGGERS]
    return [(owner, right) for owner in sorted(owners) for right in _missing(connection, owner, wanted)]


def _missing(connection: Connection, user: str, wanted: Sequence[tuple[str, str]]) -> list[str]:
    rights, tables = zip(*wanted, strict=True)
    given = {"user": user, "rights": list(rights), "tables": [name.lower() for name in tables]}
    closed = connection.exec_driver_sql(_CLOSED, given).scalars().all()
    return [str(one) for one in (*closed, *connection.exec_driver_sql(_MAY_NOT, given).scalars())]
