"""MariaDB in its Oracle mode: it runs the very package and triggers of `sql/oracle`, after a few fixed edits.

It is not Oracle: what it proves is that the logic gives the expected rows. The server is private, started by the
tests that need it, on a socket in a folder of their own, and listens on no port.
"""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, event

from echodesk.store.database import Database
from echodesk.store.oracle_script import statements_of
from tests.databases.engines import SQL

STAMP = """TO_CHAR(SYS_EXTRACT_UTC(SYSTIMESTAMP), 'YYYY-MM-DD"T"HH24:MI:SS.FF3"Z"')"""
EDITS = (
    (re.compile(r"VARCHAR2\((\d+) CHAR\)"), r"VARCHAR2(\1)"),
    (
        re.compile(re.escape(STAMP)),
        "CONCAT(SUBSTR(DATE_FORMAT(UTC_TIMESTAMP(3), '%Y-%m-%dT%H:%i:%s.%f'), 1, 23), 'Z')",
    ),
    # For SQL*Plus, and where the schemas are several.
    (re.compile(r"^(?:@@|ALTER SESSION ).*\n", re.MULTILINE), ""),
    # It knows no list of columns here; the package compares them by itself.
    (re.compile(r"AFTER UPDATE OF [A-Z, ]+\nON"), "AFTER UPDATE\nON"),
)
"""All that is changed in Oracle's scripts before MariaDB runs them."""
COMMANDS = "the table of commands"
"""Not a file: the part of `worker_tables.sql` that the triggers write."""
SCRIPTS = ("cmis", "tables", COMMANDS, "package", "guard", "triggers", "room_features")
START_S = 30.0


def absent() -> str:
    """Why there is no server here, '' if there is one."""
    for program in ("mariadbd", "mariadb-install-db"):
        if shutil.which(program) is None:
            return f"{program} is not installed (Debian: mariadb-server-core, mariadb-client-core)"
    return ""


@contextmanager
def server() -> Iterator[Path]:
    """Its socket, while it runs. Nothing of it stays."""
    folder = Path(tempfile.mkdtemp(prefix="echodesk-maria-"))
    try:
        data, path = folder / "data", folder / "socket"
        user = ("--user=root",)
        subprocess.run(
            [
                "mariadb-install-db",
                "--no-defaults",
                *user,
                f"--datadir={data}",
                "--auth-root-authentication-method=normal",
                "--skip-test-db",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=True,
        )
        process = subprocess.Popen(
            [
                "mariadbd",
                "--no-defaults",
                *user,
                f"--datadir={data}",
                f"--socket={path}",
                "--skip-networking",
                f"--pid-file={folder / 'pid'}",
                "--lower-case-table-names=1",
                "--sql-mode=ORACLE",
                "--innodb-flush-log-at-trx-commit=0",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _await(path)
            yield path
        finally:
            process.terminate()
            process.wait(30)
    finally:
        shutil.rmtree(folder)


def _await(path: Path) -> None:
    """Knock until somebody opens; the driver would leave a socket behind for every time that nobody does."""
    deadline = time.monotonic() + START_S
    while True:
        with socket.socket(socket.AF_UNIX) as knocking:
            try:
                knocking.connect(str(path))
            except (FileNotFoundError, ConnectionRefusedError):
                if time.monotonic() > deadline:
                    raise
            else:
                return
        time.sleep(0.1)


def opened(path: Path, name: str) -> Database:
    """A database of this server."""
    engine = create_engine(f"mysql+pymysql://root@/{name}?unix_socket={path}&charset=utf8mb4")

    @event.listens_for(engine, "connect")
    def on_connect(connection: object, _record: object) -> None:
        # The driver sets a mode of its own when it connects.
        with connection.cursor() as cursor:  # type: ignore[attr-defined]  # the driver's own connection
            cursor.execute("SET SESSION sql_mode = 'ORACLE'")
            cursor.execute("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED")

    return Database(engine)


def edited(script: str) -> str:
    """The script as MariaDB gets it."""
    for pattern, other in EDITS:
        script = pattern.sub(other, script)
    return script


def oracle_script(name: str) -> str:
    """One of the files that an administrator runs on Oracle, or `COMMANDS`."""
    if name == COMMANDS:
        own = re.compile(r"CREATE (?:TABLE|SEQUENCE) STT_ECHO_COMMAND(?:_SEQ)?\b")
        return "\n\n".join(f"{one};" for one in statements_of(oracle_script("worker_tables")) if own.match(one))
    return (SQL / "oracle" / f"{name}.sql").read_text(encoding="utf-8")


def fresh(path: Path, name: str, scripts: Sequence[str] = SCRIPTS) -> Database:
    """A new database with what these scripts make: the timetable's tables and all that their triggers use."""
    admin = opened(path, "")
    try:
        with admin.engine.begin() as conn:
            conn.exec_driver_sql(f"DROP DATABASE IF EXISTS {name}")
            # Oracle tells capitals and trailing spaces apart.
            conn.exec_driver_sql(f"CREATE DATABASE {name} CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin")
    finally:
        admin.close()
    database = opened(path, name)
    for one in scripts:
        run(database, oracle_script(one))
    return database


def run(database: Database, script: str) -> None:
    """Run a script of Oracle's."""
    with database.engine.begin() as conn:
        for statement in statements_of(edited(script)):
            raw = conn.connection.driver_connection
            if raw is None:
                raise AssertionError("no connection")
            with raw.cursor() as cursor:
                cursor.execute(statement)
