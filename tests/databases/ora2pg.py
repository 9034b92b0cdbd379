"""The second opinion on `sql/oracle`: its package and triggers, converted by ora2pg, on PostgreSQL with orafce.

It is not Oracle either, but it reads the scripts by another grammar than MariaDB's, and plpgsql_check looks into
every statement of the converted package before any of them runs. ora2pg reads files alone, and says nothing of
what it loses: so whatever it was given is counted again in what it made.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from sqlalchemy import Connection

from echodesk.store.database import Database
from echodesk.store.oracle_script import statements_of
from echodesk.store.postgresql_still import run_script
from tests.databases import postgres
from tests.databases.engines import SQL
from tests.databases.mariadb import COMMANDS, oracle_script

CMIS = SQL / "oracle" / "cmis.sql"
USER = "converted"
"""Who runs the converted scripts: Oracle's functions come before PostgreSQL's own for this account."""
EXTENSIONS = ("orafce", "plpgsql_check")
PACKAGES = "ora2pg, postgresql-15-orafce, postgresql-15-plpgsql-check"
SETTINGS = """
PG_VERSION 15
DEFAULT_NUMERIC numeric
PG_INTEGER_TYPE 0
PG_NUMERIC_TYPE 0
USE_ORAFCE 1
PACKAGE_AS_SCHEMA 1
EXPORT_SCHEMA 0
NULL_EQUAL_EMPTY 0
"""
GUARD = "PACKAGE BODY STT_ECHO_EDITS"
"""In the script of what the triggers call."""
_ALWAYS = (
    # A command of psql's.
    (re.compile(r"^\\set ON_ERROR_STOP ON$", re.MULTILINE), ""),
    # A body that is wrong must not load.
    (re.compile(r"^SET check_function_bodies = false;$", re.MULTILINE), "SET check_function_bodies = true;"),
)
EDITS = {
    # It takes the quotes away from within the stamp's form, where DDTH is the day as an ordinal number.
    "TABLE": (*_ALWAYS, (re.compile(r"'YYYY-MM-DDTHH24:MI:SS\.FF3Z'"), """'YYYY-MM-DD"T"HH24:MI:SS.FF3"Z"'""")),
    "SEQUENCE": _ALWAYS,
    # It takes the quotes away from the table's own column, and not here.
    "PACKAGE": (*_ALWAYS, (re.compile(r'"BY"'), "BY")),
    # PostgreSQL does not call a procedure without saying so; ora2pg says it of what it was given along.
    "GUARD": (*_ALWAYS, (re.compile(r"^( +)(STT_ECHO_(?:ENTRIES|TROUBLE)\.)", re.MULTILINE), r"\1CALL \2")),
    "TRIGGER": (*_ALWAYS, (re.compile(r"^( +)(STT_ECHO_EDITS\.)", re.MULTILINE), r"\1CALL \2")),
}
"""All that is changed in what ora2pg made before PostgreSQL runs it, by what it was made of."""
COUNTED = {
    "TABLE": (r"^CREATE TABLE\b", r"^CREATE TABLE\b"),
    "SEQUENCE": (r"^CREATE SEQUENCE\b", r"^CREATE SEQUENCE\b"),
    "PACKAGE": (r"^ +(?:PROCEDURE|FUNCTION)\b[^;]*?\b(?:IS|AS)$", r"^CREATE OR REPLACE (?:PROCEDURE|FUNCTION)\b"),
    "TRIGGER": (r"^CREATE OR REPLACE TRIGGER\b", r"^CREATE TRIGGER\b"),
}
COUNTED["GUARD"] = COUNTED["PACKAGE"]
"""What is counted before, and after."""
WRITTEN = ("STT_ECHO_SET", "STT_ECHO_QUEUE", "STT_ECHO_ERROR", "STT_ECHO_QUEUE_SEQ", "STT_ECHO_ERROR_SEQ")
"""What of `tables.sql` the triggers touch; the rest is the program's."""
SEARCHED = ("MODULE", "MODULEGROUPS", "STT_COMPONENT_TYPE", "ROOMREQUESTS", "ROOMFEATURES", "STT_EXT_PERSON")
FOUND_BY_CHECK = """
    SELECT p.proname, c.lineno, c.level, c.message
    FROM pg_proc p
    LEFT JOIN pg_trigger t ON t.tgfoid = p.oid
    CROSS JOIN LATERAL plpgsql_check_function_tb(p.oid, COALESCE(t.tgrelid, 0)) c
    WHERE p.pronamespace::regnamespace::text IN ('stt_echo_edits', 'stt_echo_entries', 'stt_echo_trouble')
        OR t.tgname LIKE 'stt_echo%%'
    ORDER BY 1, 2
"""
"""What is wrong in the converted packages and triggers."""


def absent() -> str:
    """Why this cannot be had here, '' if it can."""
    if reason := postgres.absent():
        return reason
    if shutil.which("ora2pg") is None:
        return f"ora2pg is not installed (Debian: {PACKAGES})"
    for name in EXTENSIONS:
        if not (_share() / "extension" / f"{name}.control").exists():
            return f"PostgreSQL's extension {name} is not installed (Debian: {PACKAGES})"
    return ""


def _share() -> Path:
    where = postgres.programs()
    if where is None:
        raise AssertionError(postgres.absent())
    asked = [str(where / "pg_config"), "--sharedir"]
    return Path(subprocess.run(asked, stdout=subprocess.PIPE, text=True, check=True).stdout.strip())


def converted(kind: str, script: str) -> str:
    """A script of Oracle's as PostgreSQL gets it. Raises `AssertionError` if something was lost on the way."""
    with tempfile.TemporaryDirectory(prefix="echodesk-ora2pg-") as name:
        folder = Path(name)
        (folder / "settings").write_text(SETTINGS, encoding="utf-8")
        (folder / "in.sql").write_text(script, encoding="utf-8")
        of_type = "PACKAGE" if kind == "GUARD" else kind
        # It leaves a file of its own where it is started.
        subprocess.run(
            ["ora2pg", "-q", "-c", "settings", "-i", "in.sql", "-t", of_type, "-o", "out.sql"],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            check=True,
        )
        made = (folder / "out.sql").read_text(encoding="utf-8")
    before, after = COUNTED[kind]
    given, kept = len(re.findall(before, script, re.MULTILINE)), len(re.findall(after, made, re.MULTILINE))
    if given == 0 or given != kept:
        raise AssertionError(f"{kind}: {given} went into ora2pg, {kept} came out")
    return edited(kind, made)


def edited(kind: str, made: str) -> str:
    """What ora2pg made, as PostgreSQL gets it. Raises `AssertionError` if an edit finds nothing to change."""
    for pattern, other in EDITS[kind]:
        made, count = pattern.subn(other, made)
        if count == 0:
            raise AssertionError(f"{kind}: nothing is like {pattern.pattern}")
    return made


def written_tables() -> str:
    """The part of Oracle's tables that the triggers touch."""
    own = re.compile(rf"(?:TABLE|SEQUENCE|ON) (?:{'|'.join(WRITTEN)})\b")
    tables = "\n\n".join(f"{one};" for one in statements_of(oracle_script("tables")) if own.search(one))
    return f"{tables}\n\n{oracle_script(COMMANDS)}"


def searched() -> str:
    """The indexes of PostgreSQL's own triggers, for the tables that Oracle's search as well."""
    form = rf"^CREATE INDEX .* ON (?:{'|'.join(SEARCHED)}) .*;$"
    return "\n".join(re.findall(form, postgres.script("triggers"), re.MULTILINE))


def load_package(connection: Connection, script: str) -> None:
    """Convert packages and load them, in place of those that are there."""
    run_script(connection, converted("GUARD" if GUARD in script else "PACKAGE", script))


def load_triggers(connection: Connection, script: str) -> None:
    """The same of the triggers."""
    run_script(connection, converted("TRIGGER", script))


def opened(socket: Path, name: str) -> Database:
    """A database of this server, as who runs the converted scripts."""
    return postgres.at(f"postgresql+psycopg://{USER}@/{name}?host={socket}")


def fresh(socket: Path, name: str) -> Database:
    """A new database with the timetable's tables and everything that the triggers need."""
    postgres.run_statement(socket, f"CREATE ROLE {USER} SUPERUSER LOGIN")
    postgres.run_statement(socket, f"ALTER ROLE {USER} SET search_path = public, oracle, pg_catalog")
    postgres.run_statement(socket, f"CREATE DATABASE {name}")
    database = opened(socket, name)
    with database.engine.begin() as connection:
        for extension in EXTENSIONS:
            connection.exec_driver_sql(f"CREATE EXTENSION {extension}")
        run_script(connection, converted("SEQUENCE", written_tables()))
        run_script(connection, converted("TABLE", CMIS.read_text(encoding="utf-8") + written_tables()))
        run_script(connection, searched())
        for name in ("package", "guard"):
            load_package(connection, oracle_script(name))
        for name in ("triggers", "room_features"):
            load_triggers(connection, oracle_script(name))
    return database
