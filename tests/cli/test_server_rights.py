"""The roles of grants.sql on PostgreSQL: each may do exactly what its work needs."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import ProgrammingError
from sqlglot import exp, parse_one

from echodesk.errors import DatabaseTrouble
from echodesk.main import open_office
from echodesk.paths import sql_folder
from echodesk.store.postgresql_script import granted_by
from echodesk.store.postgresql_still import run_script
from tests.cli.conftest import Run
from tests.cli.servers import ServedOffice
from tests.databases import postgres as server
from tests.databases.statements import all_statements, translator
from tests.worker.campus import LESSON, SETID, week_set

WORDS = translator()
FOR_OWNERS = ("store.upgrading",)
"""Whoever upgrades tables owns them."""
STATEMENTS = {
    name: WORDS.words(sql)[0] for name, sql in all_statements().items() if not name.startswith(FOR_OWNERS)
}


def ask(connection: Connection, sql: str) -> None:
    """Have the server look at a statement with the rights of the connection, without carrying it out."""
    asked = text(f"EXPLAIN {sql}").compile(connection)
    connection.exec_driver_sql(str(asked), asked.params)


def needed(sql: str) -> set[tuple[str, str]]:
    """(right, table) that a statement needs (PostgreSQL's manual, on each command)."""
    tree = parse_one(re.sub(r"(?<!:):(\w+)", r"'\1'", sql), read="postgres")
    found = {("SELECT", table.name.upper()) for table in tree.find_all(exp.Table) if table.name.isidentifier()}
    if isinstance(tree, exp.Select | exp.SetOperation):
        return found
    target = tree.this.this if isinstance(tree.this, exp.Schema) else tree.this
    found.add((type(tree).__name__.upper(), target.name.upper()))
    conflict = tree.args.get("conflict")
    if conflict is not None and conflict.expressions:
        found.add(("UPDATE", target.name.upper()))
    return found


def test_the_worker_may_run_every_statement(served: ServedOffice) -> None:
    served.connect("ann")
    with served.opened() as connection:
        for sql in STATEMENTS.values():
            ask(connection, sql)


def test_the_worker_has_no_right_that_no_statement_needs() -> None:
    used = {one for sql in STATEMENTS.values() for one in needed(sql)}
    # `check` reads the one; the other is there for screens that ask what is gone, and nobody does so far.
    used |= {("SELECT", "STT_ECHO_ERROR"), ("SELECT", "STT_ECHO_TOMBSTONE")}
    granted = granted_by(sql_folder())
    assert set(granted["echodesk_worker"]) == used
    tables = {table for _right, table in used}
    assert set(granted["echodesk_reader"]) == {("SELECT", table) for table in tables}


def test_who_only_looks_sees_everything_and_changes_nothing(run: Run, served: ServedOffice) -> None:
    served.connect("board")
    with served.opened() as connection:
        for sql in STATEMENTS.values():
            if sql.startswith("SELECT"):
                ask(connection, sql)
    for words in ("status", "plans", "stops", "decisions", "settings"):
        assert run(words, "--data", served.folder).code == 0
    said = run("settings", "lead", "7", "--data", served.folder, "--json")
    assert (said.code, said.error["title"]) == (1, "EchoDesk may not do this in the database")
    assert served.run("SELECT count(*) FROM STT_ECHO_SETTING") == [(0,)]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE STT_ECHO_AUDIT SET WHO = 'x'",
        "DELETE FROM STT_ECHO_AUDIT",
        "TRUNCATE STT_ECHO_AUDIT",
        "DELETE FROM STT_ECHO_QUEUE",
        "DELETE FROM STT_ECHO_ERROR",
        "INSERT INTO TIMETABLE (SETID, SLOTID, SLOTENTRY) VALUES ('x', 1, 1)",
        "UPDATE TIMETABLE SET ROOMID = 'x'",
        "DELETE FROM ROOMREQUESTS",
        "DROP TABLE STT_ECHO_QUEUE",
        "ALTER TABLE STT_ECHO_AUDIT DISABLE TRIGGER ALL",
        "CREATE TABLE STT_ECHO_MINE (ID INTEGER)",
        "CREATE OR REPLACE FUNCTION STT_ECHO_NOW() RETURNS TEXT LANGUAGE SQL AS $$ SELECT 'x' $$",
        "SET ROLE echodesk_triggers",
    ],
)
@pytest.mark.parametrize("user", ["ann", "board"])
def test_what_neither_may_do(served: ServedOffice, user: str, statement: str) -> None:
    served.connect(user)
    with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"), served.opened() as connection:
        connection.exec_driver_sql(statement)


def test_the_triggers_write_with_the_rights_of_their_owner_alone(served: ServedOffice) -> None:
    owners = (
        "SELECT DISTINCT pg_get_userbyid(proowner) FROM pg_proc WHERE prosecdef AND starts_with(proname, 'stt_')"
    )
    assert served.run(owners) == [("echodesk_triggers",)]
    with served.timetabler(server.USER) as cmis:
        cmis.insert("timetable", **{**LESSON, "slotid": 1, "moduleid": "M1", "weekid": week_set(cmis, [2])})
    assert served.run("SELECT SOURCE, OLD_VALID, NEW_VALID FROM STT_ECHO_QUEUE") == [("TIMETABLE", 0, 1)]
    for statement in ("SELECT * FROM TIMETABLE", "SELECT * FROM STT_ECHO_QUEUE", "CREATE TABLE MINE (ID INTEGER)"):
        with served.administrator.begin() as connection:
            connection.exec_driver_sql("SET LOCAL ROLE echodesk_triggers")
            with pytest.raises(ProgrammingError, match="permission denied"):
                connection.exec_driver_sql(statement)
            connection.rollback()


def test_the_optional_triggers_need_no_more(run: Run, served: ServedOffice) -> None:
    made = run("database", "install", "--room-features", "--data", served.folder, "--json").json["mended"]
    assert made == [f"STT_ECHO_ROOMFEATURES_{event}" for event in ("DELETE", "INSERT", "UPDATE")]
    with served.timetabler(server.USER) as cmis:
        cmis.insert("roomfeatures", setid=SETID, roomid="R9", featureid="VIDEOREC")
    assert served.run("SELECT KIND, ARGS FROM STT_ECHO_COMMAND") == [
        ("Refresh", '{"by":"the timetable","room":"R9"}')
    ]
    assert served.run("SELECT count(*) FROM STT_ECHO_ERROR") == [(0,)]


def test_an_edit_goes_through_though_the_triggers_may_do_nothing_at_all(run: Run, served: ServedOffice) -> None:
    run("database", "install", "--room-features", "--data", served.folder)
    served.run("REVOKE USAGE ON SCHEMA echodesk, cmis FROM echodesk_triggers")
    with served.timetabler(server.USER) as cmis:
        cmis.insert("timetable", **{**LESSON, "slotid": 1, "moduleid": "M1", "weekid": week_set(cmis, [2])})
        cmis.insert("roomrequests", setid="x", slotid=9, slotentry=1, itemnum=1, featureid="VIDEOREC")
        cmis.insert("roomfeatures", setid=SETID, roomid="R9", featureid="VIDEOREC")
    assert served.run("SELECT count(*) FROM TIMETABLE") == [(1,)]


def test_running_the_grants_again_takes_back_what_was_given_beside_them(run: Run, served: ServedOffice) -> None:
    served.run("GRANT DELETE ON STT_ECHO_AUDIT TO echodesk_worker")
    served.run("REVOKE INSERT ON STT_ECHO_AUDIT FROM echodesk_worker")
    grants = run("database", "script", "--part", "grants", "--data", served.folder).out
    with served.administrator.connect() as connection:
        run_script(connection.execution_options(isolation_level="AUTOCOMMIT"), grants)
    may = "SELECT has_table_privilege('echodesk_worker', 'stt_echo_audit', '{}')"
    assert served.run(may.format("INSERT")) == [(True,)]
    assert served.run(may.format("DELETE")) == [(False,)]


def test_who_installs_owns_the_timetable_and_need_be_no_superuser(run: Run, served: ServedOffice) -> None:
    served.run("DROP SCHEMA echodesk CASCADE")
    served.run("DROP ROLE IF EXISTS owner")
    served.run("CREATE ROLE owner LOGIN")
    served.run(f"GRANT CREATE ON DATABASE {served.database} TO owner")
    served.run("ALTER SCHEMA cmis OWNER TO owner")
    for (table,) in served.run("SELECT tablename FROM pg_tables WHERE schemaname = 'cmis'"):
        served.run(f"ALTER TABLE {table} OWNER TO owner")
    served.connect("owner")
    assert run("database", "install", "--data", served.folder, "--json").json["installed"] is True
    with served.administrator.begin() as connection:
        run_script(connection, server.script("grants"))
    served.run(f"INSERT INTO STT_ECHO_SET (SETID) VALUES ('{SETID}')")  # noqa: S608 - a constant
    served.run("DROP TRIGGER STT_ECHO_TIMETABLE_DELETE ON TIMETABLE")
    served.run("ALTER FUNCTION STT_ECHO_ON_TIMETABLE() SECURITY INVOKER")
    said = run("database", "install", "--data", served.folder, "--json").json
    assert said["mended"] == ["STT_ECHO_ON_TIMETABLE", "STT_ECHO_TIMETABLE_DELETE"]
    with served.timetabler() as cmis:
        cmis.delete("roomrequests", slotid=1)
    assert served.run("SELECT SOURCE, SLOTID FROM STT_ECHO_QUEUE") == [("ROOMREQUESTS", 1)]
    served.run("DROP OWNED BY owner CASCADE")
    served.run("DROP ROLE owner")


def test_rights_stay_with_what_is_made_anew(run: Run, served: ServedOffice) -> None:
    served.run("DROP TRIGGER STT_ECHO_TIMETABLE_INSERT ON TIMETABLE")
    assert run("database", "install", "--data", served.folder).code == 0
    served.connect("ann")
    office = open_office(served.folder)
    try:
        office.write(lambda books: None)
    except DatabaseTrouble as error:
        pytest.fail(error.as_text())
    finally:
        office.close()
    assert run("check", "--data", served.folder, "--json").json["wrong"] == 2
