"""`check` on PostgreSQL: each thing that can be wrong is one line that says what to do."""

from __future__ import annotations

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text as sql_text

from echodesk.store.connection import PASSWORD, checked_connection, keep_connection
from echodesk.timetable.needed import NEEDED
from tests.cli.conftest import Run, until
from tests.cli.servers import SCHEMAS, TEMPLATE, ServedOffice
from tests.cli.test_checking import found, wrong
from tests.databases import postgres as server
from tests.databases.statements import all_statements, translator


def lines(run: Run, folder: Path) -> list[tuple[str, str, str]]:
    """(check, text, next step) of what is wrong, but for nobody sending and no lesson in the year."""
    said = run("check", "--data", folder, "--json")
    return [one for one in wrong(said) if one[0] != "Years"]


def the_line(run: Run, folder: Path) -> tuple[str, str, str]:
    (line,) = lines(run, folder)
    return line


def test_where_all_is_well_it_says_so(run: Run, served: ServedOffice) -> None:
    served.connect("ann")
    said = run("check", "--data", served.folder, "--json")
    assert lines(run, served.folder) == []
    states = found(said)
    assert [states[name] for name in ("Database", "Rights", "Triggers", "Edits", "Writing")] == [["ok"]] * 5
    assert served.run("SELECT count(*) FROM STT_ECHO_COMMAND") == [(0,)], "what it tries to write is taken back"
    text = next(line["text"] for line in said.json["checks"] if line["check"] == "Database")
    assert text.startswith("PostgreSQL 1")


# ---- no way in --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("user", "password"),
    [("staff", "wrong-one"), ("staff", ""), ("late", "in-time")],
    ids=["wrong", "none", "expired"],
)
def test_a_password_that_is_not_taken(
    run: Run, served: ServedOffice, monkeypatch: pytest.MonkeyPatch, user: str, password: str
) -> None:
    for statement in (
        f"DROP DATABASE IF EXISTS {server.LOCKED}",
        f"DROP ROLE IF EXISTS {user}",
        f"CREATE DATABASE {server.LOCKED} TEMPLATE {TEMPLATE}",
        f"CREATE ROLE {user} LOGIN IN ROLE echodesk_worker PASSWORD 'in-time'",
    ):
        server.run_statement(served.socket, statement)
    address = served.url(user).replace(served.database, server.LOCKED)
    keep_connection(served.folder, checked_connection(address, SCHEMAS.own, SCHEMAS.timetable))
    monkeypatch.setenv(PASSWORD, "in-time")
    assert lines(run, served.folder) == []
    monkeypatch.setenv(PASSWORD, password)
    if user == "late":
        server.run_statement(served.socket, f"ALTER ROLE {user} VALID UNTIL '2020-01-01'")
    check, text, step = the_line(run, served.folder)
    assert check == "Database"
    assert "does not let EchoDesk in" in text
    assert "the password and the end of its time" in step


def test_a_server_that_is_not_there_and_a_database_that_is_not(run: Run, served: ServedOffice) -> None:
    for address, title, step in (
        ("postgresql://ann@127.0.0.1:1/x", "The database cannot be reached", "whether the server runs"),
        (served.url("ann").replace(served.database, "nowhere"), "There is no such database", "Check the name"),
    ):
        keep_connection(served.folder, checked_connection(address, SCHEMAS.own, SCHEMAS.timetable))
        check, text, told = the_line(run, served.folder)
        assert (check, text.split(":")[0]) == ("Database", title)
        assert step in told


def test_a_session_that_is_killed_while_it_reads(run: Run, served: ServedOffice) -> None:
    waiting = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
        " AND wait_event_type = 'Lock'"
    )
    killed = threading.Event()

    def kill() -> None:
        # Its first question waits for this lock; it is let go once one was killed.
        with served.administrator.begin() as holder:
            holder.exec_driver_sql("LOCK TABLE STT_ECHO_BATCH IN ACCESS EXCLUSIVE MODE")
            locked.set()
            until(lambda: served.run(waiting) != [], 60, "somebody to wait for the lock")
        killed.set()

    locked = threading.Event()
    with ThreadPoolExecutor(1) as threads:
        killing = threads.submit(kill)
        assert locked.wait(60)
        found = lines(run, served.folder)
        killing.result()
    assert killed.is_set()
    ((_check, text, step),) = found
    assert text.startswith("The database cannot be reached")
    assert "check the network" in step
    assert lines(run, served.folder) == []


# ---- rights -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statement", "check", "part"),
    [
        (
            "REVOKE INSERT ON STT_ECHO_AUDIT FROM echodesk_worker",
            "Rights",
            "right to INSERT on STT_ECHO_AUDIT.",
        ),
        ("REVOKE SELECT ON LECTURER FROM echodesk_worker", "Rights", "no right to SELECT on LECTURER."),
        ("REVOKE INSERT ON STT_ECHO_QUEUE FROM echodesk_triggers", "Triggers", "INSERT on STT_ECHO_QUEUE."),
        ("REVOKE SELECT ON MODULEGROUPS FROM echodesk_triggers", "Triggers", "SELECT on MODULEGROUPS."),
        ("REVOKE USAGE ON SCHEMA cmis FROM echodesk_triggers", "Triggers", "USAGE on schema cmis."),
    ],
)
def test_a_right_that_is_missing_is_named(
    run: Run, served: ServedOffice, statement: str, check: str, part: str
) -> None:
    served.connect("ann")
    served.run(statement)
    named = [line for line in lines(run, served.folder) if line[0] == check]
    assert len(named) == 1
    assert named[0][1].endswith(part)
    assert "database script --part grants" in named[0][2]


def test_a_schema_that_may_not_be_looked_into(run: Run, served: ServedOffice) -> None:
    served.connect("ann")
    served.run("REVOKE USAGE ON SCHEMA echodesk FROM echodesk_worker")
    check, text, step = the_line(run, served.folder)
    assert (check, "schema echodesk" in text) == ("Database", True)
    assert "database script --part grants" in step


def test_who_may_only_look_is_told_so(run: Run, served: ServedOffice) -> None:
    served.connect("board")
    said = run("check", "--data", served.folder, "--json")
    assert (found(said)["Rights"], found(said)["Writing"]) == (["note"], ["skipped"])
    assert lines(run, served.folder) == []


# ---- room -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "title"), [("53100", "The database's disk is full"), ("25006", "The database cannot be written")]
)
def test_a_server_that_cannot_write_is_found(run: Run, served: ServedOffice, state: str, title: str) -> None:
    """The trigger refuses as the server does when its disk is full, or it follows another."""
    served.run(
        "CREATE FUNCTION NO_ROOM() RETURNS TRIGGER LANGUAGE PLPGSQL AS"
        f" $$ BEGIN RAISE EXCEPTION 'told' USING ERRCODE = '{state}'; END $$"
    )
    served.run("CREATE TRIGGER NO_ROOM BEFORE INSERT ON STT_ECHO_COMMAND FOR EACH ROW EXECUTE FUNCTION NO_ROOM()")
    check, text, step = the_line(run, served.folder)
    assert (check, text.split(":")[0]) == ("Writing", title)
    assert "tries again by itself" in step


# ---- triggers, functions, indexes -------------------------------------------------------------------------------

_NOTHING = "LANGUAGE PLPGSQL AS 'BEGIN RETURN NULL; END'"


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (
            "DROP TRIGGER STT_ECHO_TIMETABLE_INSERT ON TIMETABLE",
            "Trigger STT_ECHO_TIMETABLE_INSERT is missing.",
        ),
        (
            "ALTER TABLE TIMETABLE DISABLE TRIGGER STT_ECHO_TIMETABLE_UPDATE",
            "Trigger STT_ECHO_TIMETABLE_UPDATE is switched off.",
        ),
        (
            "ALTER TABLE ROOMREQUESTS ENABLE REPLICA TRIGGER STT_ECHO_ROOMREQUESTS_DELETE",
            "Trigger STT_ECHO_ROOMREQUESTS_DELETE is switched off.",
        ),
        (
            "ALTER TABLE TIMETABLE ENABLE TRIGGER STT_ECHO_TIMETABLE_DELETE",
            "Trigger STT_ECHO_TIMETABLE_DELETE misses what a subscription to a copy of the timetable brings.",
        ),
        (
            "CREATE OR REPLACE TRIGGER STT_ECHO_TIMETABLE_UPDATE AFTER UPDATE OF ROOMID ON TIMETABLE"
            " FOR EACH ROW EXECUTE FUNCTION STT_ECHO_ON_TIMETABLE()",
            "Trigger STT_ECHO_TIMETABLE_UPDATE is not as this version makes it.",
        ),
        (
            f"CREATE OR REPLACE FUNCTION STT_ECHO_ON_ROOMREQUESTS() RETURNS TRIGGER {_NOTHING}",
            "Function STT_ECHO_ON_ROOMREQUESTS is not as this version makes it.",
        ),
        (
            "ALTER FUNCTION STT_ECHO_ON_TIMETABLE() SECURITY INVOKER",
            "Function STT_ECHO_ON_TIMETABLE is not as this version makes it.",
        ),
        (
            "ALTER FUNCTION STT_ECHO_ON_TIMETABLE() SET search_path = cmis",
            "Function STT_ECHO_ON_TIMETABLE is not as this version makes it.",
        ),
        (
            f"{server.script('room_features')}; DROP TRIGGER STT_ECHO_ROOMFEATURES_INSERT ON ROOMFEATURES",
            "Trigger STT_ECHO_ROOMFEATURES_INSERT is missing.",
        ),
        (
            f"{server.script('room_features')};"
            "ALTER TABLE ROOMFEATURES DISABLE TRIGGER STT_ECHO_ROOMFEATURES_DELETE",
            "Trigger STT_ECHO_ROOMFEATURES_DELETE is switched off.",
        ),
        (
            f"{server.script('room_features')};"
            "ALTER TABLE ROOMFEATURES ENABLE TRIGGER STT_ECHO_ROOMFEATURES_UPDATE",
            "Trigger STT_ECHO_ROOMFEATURES_UPDATE misses what a subscription to a copy of the timetable brings.",
        ),
        ("DROP FUNCTION STT_ECHO_FAILED", "Function STT_ECHO_FAILED is missing."),
        ("DROP INDEX STT_ECHO_MODULE", "Index STT_ECHO_MODULE is missing."),
        (
            "DROP INDEX STT_ECHO_BATCH_OPEN; CREATE INDEX STT_ECHO_BATCH_OPEN ON STT_ECHO_BATCH (STATE)",
            "Index STT_ECHO_BATCH_OPEN is not as this version makes it.",
        ),
    ],
)
def test_what_sees_nothing_is_found_and_made_anew(run: Run, served: ServedOffice, spoil: str, said: str) -> None:
    served.run(spoil)
    check, text, step = the_line(run, served.folder)
    assert (check, text) == ("Database" if said.startswith("Index") else "Triggers", said)
    assert "echodesk database install" in step
    made = run("database", "install", "--data", served.folder, "--json")
    assert made.json["mended"] == [said.split()[1]]
    assert lines(run, served.folder) == []
    assert run("database", "install", "--data", served.folder, "--json").json["mended"] == []


# ---- tables -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", ["1", "99"])
def test_an_older_or_newer_schema(run: Run, served: ServedOffice, version: str) -> None:
    served.run(f"UPDATE STT_ECHO_META SET VALUE = '{version}' WHERE NAME = 'schema_version'")  # noqa: S608 - a version of this test
    check, text, step = the_line(run, served.folder)
    assert check == "Database"
    assert f"schema version {version}" in text
    assert "echodesk database upgrade" in step


def test_tables_that_are_not_installed(run: Run, served: ServedOffice) -> None:
    served.run(server.script("uninstall"))
    check, text, step = the_line(run, served.folder)
    assert (check, text.split(":")[0]) == ("Database", "EchoDesk's tables are not installed here")
    assert "echodesk database install" in step


def test_a_column_that_somebody_added_or_took_away(run: Run, served: ServedOffice) -> None:
    served.run("ALTER TABLE STT_ECHO_SET ADD COLUMN NOTE TEXT")
    served.run("ALTER TABLE STT_ECHO_FEED ALTER COLUMN LESSONS TYPE BIGINT")
    served.run("ALTER TABLE STT_ECHO_TOMBSTONE DROP COLUMN ROW_ID")
    assert [(text, "backup" in step) for _check, text, step in lines(run, served.folder)] == [
        ("Column STT_ECHO_FEED.LESSONS is not as this version makes it.", True),
        ("Column STT_ECHO_SET.NOTE is not as this version makes it.", True),
        ("Column STT_ECHO_TOMBSTONE.ROW_ID is missing.", True),
    ]


@pytest.mark.parametrize(
    ("statement", "part"),
    [
        ("ALTER TABLE SITES DROP COLUMN CAMPUSID", "Column SITES.CAMPUSID of the timetable is missing."),
        (
            "ALTER TABLE LECTURER RENAME COLUMN NAME TO FULLNAME",
            "Column LECTURER.NAME of the timetable is missing.",
        ),
        ("DROP TABLE CCALMAPS", "Table CCALMAPS of the timetable is missing."),
    ],
)
def test_a_column_that_the_site_does_not_have(run: Run, served: ServedOffice, statement: str, part: str) -> None:
    served.run(statement)
    named = [
        line for line in lines(run, served.folder) if line[0] == "Timetable" and "of the timetable" in line[1]
    ]
    assert [text for _check, text, _step in named] == [part]
    assert "ask the administrator of the timetable" in named[0][2]


def test_a_column_of_a_type_that_cannot_be_read(run: Run, served: ServedOffice) -> None:
    served.run("ALTER TABLE WEEKMAPNUMERIC ALTER WEEKNUMBER TYPE DOUBLE PRECISION")
    served.run("ALTER TABLE ROOMS ALTER CAPACITY TYPE DOUBLE PRECISION")
    ((_check, text, step),) = [line for line in lines(run, served.folder) if line[0] == "Timetable"]
    assert text.startswith("Column WEEKMAPNUMERIC.WEEKNUMBER of the timetable has the type double precision")
    assert "Have it changed" in step


def test_what_is_needed_of_the_timetable_is_what_is_read(served: ServedOffice) -> None:
    """Without all other columns every statement still finds what it reads; each that is named stands in one."""
    there = served.run(
        "SELECT upper(relname), upper(attname) FROM pg_class c JOIN pg_attribute a ON attrelid = c.oid"
        " WHERE attnum > 0 AND relkind = 'r' AND relnamespace = 'cmis'::regnamespace"
    )
    for table, column in there:
        if column not in NEEDED.get(table, "").split():
            served.run(f"ALTER TABLE {table} DROP COLUMN {column}")
    words = translator()
    with served.opened() as connection:
        for sql in all_statements().values():
            asked = sql_text("EXPLAIN " + words.words(sql)[0]).compile(connection)
            connection.exec_driver_sql(str(asked), asked.params)
    for table, columns in NEEDED.items():
        reading = [sql for sql in all_statements().values() if re.search(rf"\b{table}\b", sql)]
        for column in columns.split():
            assert any(re.search(rf"\b{column}\b", sql) for sql in reading), f"{table}.{column}"
