"""What a site gives EchoDesk on a server: the timetable's columns, and the rights that `grants.sql` names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from sqlalchemy import Connection

from echodesk.store import health_oracle, health_postgresql
from echodesk.store.connection import hosts_of, is_here
from echodesk.store.health import MISSING, Odd
from echodesk.store.health_postgresql import ON_EDITS
from echodesk.store.oracle_dictionary import PROTOCOL
from echodesk.store.postgresql_script import granted_by
from echodesk.timetable.needed import DATES, NEEDED, NUMBERS

TRIGGERS, WORKER = "echodesk_triggers", "echodesk_worker"
WORKERS: Mapping[str, str] = {"postgresql": WORKER, "oracle": "STT_ECHO_WORKER"}
"""The role of who sends."""

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
_TYPES = """
SELECT upper(c.relname), upper(a.attname), format_type(b.oid, NULL), b.typcategory = 'S'
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_type t ON t.oid = a.atttypid JOIN pg_type b ON b.oid = COALESCE(NULLIF(t.typbasetype, 0), t.oid)
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND pg_table_is_visible(c.oid)
AND upper(c.relname) = ANY (CAST(%(tables)s AS text[])) ORDER BY 1, a.attnum
"""
_NUMBERS = ("smallint", "integer", "bigint", "numeric")
_DATES = ("date", "timestamp without time zone")
"""What has a zone may be the day before in another."""
_ENCRYPTED = """
SELECT CASE WHEN s.ssl OR g.encrypted THEN 'yes' ELSE 'no' END FROM pg_stat_ssl s
LEFT JOIN pg_stat_gssapi g ON g.pid = s.pid WHERE s.pid = pg_backend_pid()
"""
ENCRYPTED = ("yes", "tcps")
"""As PostgreSQL and Oracle say that a connection is."""
_OWNER = "SELECT pg_get_userbyid(proowner) FROM pg_proc WHERE oid = to_regproc(%(name)s)"


def reads_along(connection: Connection) -> str:
    """The server to which this connection goes over a network unencrypted; '' of any other connection."""
    hosts = hosts_of(connection.engine.url)
    asked = PROTOCOL if connection.dialect.name == "oracle" else _ENCRYPTED
    if all(map(is_here, hosts)) or connection.exec_driver_sql(asked).scalar_one() in ENCRYPTED:
        return ""
    return hosts[0]


def timetable_lacks(connection: Connection) -> list[Odd]:
    """Tables and columns that EchoDesk reads and the timetable does not have."""
    there: Mapping[str, Mapping[str, object]] = (
        health_oracle.columns_there(connection)
        if connection.dialect.name == "oracle"
        else health_postgresql.columns_there(connection)
    )
    hidden = health_oracle.HIDDEN if connection.dialect.name == "oracle" else MISSING
    return [
        *(Odd("TABLE", table, hidden) for table in NEEDED if table not in there),
        *(
            Odd("COLUMN", f"{table}.{column}", MISSING)
            for table, columns in NEEDED.items()
            for column in columns.split()
            if table in there and column not in there[table]
        ),
    ]


def unreadable_types(connection: Connection) -> list[Odd]:
    """Columns of the timetable on PostgreSQL in which EchoDesk would not find what it looks for.

    Oracle's are CMIS's own.
    """
    if connection.dialect.name != "postgresql":
        return []
    return [
        Odd("COLUMN", f"{table}.{column}", f"has the type {kind}, and would have to be {_readable(column)}")
        for table, column, kind, text in connection.exec_driver_sql(_TYPES, {"tables": list(NEEDED)})
        if column in NEEDED[table].split()
        and kind not in (_NUMBERS if column in NUMBERS else _DATES if column in DATES else ())
        and (not text or column in NUMBERS)
    ]


def _readable(column: str) -> str:
    if column in NUMBERS:
        return "a number (" + ", ".join(_NUMBERS) + ")"
    return "a date, a timestamp without time zone, or text" if column in DATES else "text"


def rights_missing(connection: Connection, sql_folder: Path) -> list[str]:
    """What the user of this connection may not do and would have to, in words: `INSERT on STT_ECHO_QUEUE`."""
    wanted = _of_workers(connection, sql_folder)
    if connection.dialect.name == "oracle":
        return health_oracle.rights_missing(connection, wanted)
    user = str(connection.exec_driver_sql("SELECT current_user").scalar_one())
    return _missing(connection, user, wanted)


def only_reads(connection: Connection, missing: Sequence[str], sql_folder: Path) -> bool:
    """Whether what is missing is every right to change something, and no right to look at something."""
    changes = [
        f"{right} on {table}"
        for right, table in _of_workers(connection, sql_folder)
        # Who adds a row takes its number from a sequence.
        if right not in ("SELECT", "READ") or table.endswith("_SEQ")
    ]
    return sorted(missing) == sorted(changes)


def trigger_rights_missing(connection: Connection, sql_folder: Path) -> list[tuple[str, str]]:
    """(owner of a function that runs at an edit, the right it lacks).

    Oracle's package is not valid without its owner's rights, and is found by that.
    """
    if connection.dialect.name == "oracle":
        return []
    owners = {
        str(owner)
        for name in ON_EDITS
        if (owner := connection.exec_driver_sql(_OWNER, {"name": name.lower()}).scalar()) is not None
    }
    wanted = granted_by(sql_folder)[TRIGGERS]
    return [(owner, right) for owner in sorted(owners) for right in _missing(connection, owner, wanted)]


def _of_workers(connection: Connection, sql_folder: Path) -> list[tuple[str, str]]:
    engine = connection.dialect.name
    return granted_by(sql_folder, engine)[WORKERS[engine]]


def _missing(connection: Connection, user: str, wanted: Sequence[tuple[str, str]]) -> list[str]:
    rights, tables = zip(*wanted, strict=True)
    given = {"user": user, "rights": list(rights), "tables": [name.lower() for name in tables]}
    closed = connection.exec_driver_sql(_CLOSED, given).scalars().all()
    return [str(one) for one in (*closed, *connection.exec_driver_sql(_MAY_NOT, given).scalars())]
