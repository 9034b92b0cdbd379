"""An office on PostgreSQL from the commands: its tables in a schema of their own, beside what timetablers edit."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any

import msgspec
import psycopg
import pytest
from sqlalchemy import text

from echodesk.demo.stage import STAGE_FILE, Stage
from echodesk.simulator.process import SimulatorProcess
from echodesk.simulator.seed import write_seed
from echodesk.store.connection import PASSWORD, checked_connection, keep_connection
from tests.cli.conftest import CLIENT_ID, CLIENT_SECRET, Run, until
from tests.cli.servers import SCHEMAS, TEMPLATE, ServedOffice
from tests.cli.test_plans import needs_a_service
from tests.cli.test_worker import QUIET_S, ended, quiet, working
from tests.databases import postgres as server
from tests.worker.campus import LESSON, SETID, echo360_seed, week_set

QUEUE = "SELECT SOURCE, ACTION, SLOTID FROM STT_ECHO_QUEUE ORDER BY ID"


def lesson(slot: int, weekid: int) -> dict[str, Any]:
    return {**LESSON, "slotid": slot, "moduleid": f"M{slot}", "weekid": weekid}


def add_lesson(served: ServedOffice, slot: int = 1) -> None:
    """As an administrator of the timetable would."""
    with served.timetabler(server.USER) as cmis:
        cmis.insert("timetable", **lesson(slot, week_set(cmis, [2, 3])))


@pytest.mark.parametrize(
    "words",
    [
        "status",
        "stops",
        "plans",
        "settings",
        "decisions",
        "explain 1",
        "not-recorded",
        "booked-by-others",
        "unknown-people",
        "failures",
        "too-late",
        "activity",
        "check",
        "database install",
    ],
)
def test_a_command_works_there(run: Run, served: ServedOffice, words: str) -> None:
    add_lesson(served)
    said = run(*words.split(), "--data", served.folder, "--json")
    assert "error" not in said.json
    assert said.code == (1 if words == "check" else 0)
    assert [one.name for one in served.folder.iterdir()] == ["connection.json"]


def test_a_setting_is_changed_there(run: Run, served: ServedOffice) -> None:
    assert run("settings", "lead", "7", "--data", served.folder).code == 0
    assert served.run("SELECT VALUE FROM STT_ECHO_SETTING WHERE NAME = 'lead'") == [("7",)]


def test_installing_again_changes_nothing(run: Run, served: ServedOffice) -> None:
    said = run("database", "install", "--data", served.folder, "--json").json
    assert (said["installed"], said["mended"], said["database"]) == (False, [], served.url())


def test_each_table_lies_in_its_schema(served: ServedOffice) -> None:
    found = served.run(
        "SELECT relnamespace::regnamespace::text, relname LIKE 'stt_echo%%', count(*) FROM pg_class"
        " WHERE relkind = 'r' AND relnamespace IN ('echodesk'::regnamespace, 'cmis'::regnamespace,"
        " 'public'::regnamespace) GROUP BY 1, 2 ORDER BY 1"
    )
    assert [(schema, ours) for schema, ours, _count in found] == [("cmis", False), ("echodesk", True)]


def test_without_a_timetable_nothing_is_made(run: Run, served: ServedOffice, tmp_path: Path) -> None:
    keep_connection(tmp_path / "other", checked_connection(served.url(), "other", "nowhere"))
    said = run("database", "install", "--data", tmp_path / "other", "--json")
    assert (said.code, said.error["title"]) == (1, "The timetable is not here")
    assert served.run("SELECT count(*) FROM pg_namespace WHERE nspname = 'other'") == [(0,)]


def test_the_printed_sql_makes_the_same(run: Run, served: ServedOffice, tmp_path: Path) -> None:
    uninstall = run("database", "script", "--part", "uninstall", "--data", served.folder).out
    install = run("database", "script", "--data", served.folder, "--json").json["sql"]
    with psycopg.connect(f"host={served.socket} user={server.USER} dbname={served.database}") as connection:
        connection.autocommit = True
        connection.execute(uninstall)
        connection.execute(uninstall)
        left = connection.execute("SELECT count(*) FROM pg_class WHERE relname LIKE 'stt_echo%'")
        assert left.fetchall() == [(0,)]
        connection.execute(install)
    said = run("database", "install", "--data", served.folder, "--json").json
    assert (said["installed"], said["mended"]) == (False, [])


# ---- the timetablers --------------------------------------------------------------------------------------------


def test_an_edit_of_somebody_who_has_no_right_on_our_tables_and_no_path_to_them(served: ServedOffice) -> None:
    add_lesson(served)
    with served.timetabler() as cmis:
        cmis.change(roomid="R2")
        cmis.delete("roomrequests", slotid=1)
        with pytest.raises(Exception, match="permission denied"):
            cmis.conn.execute(text("SELECT * FROM echodesk.STT_ECHO_QUEUE"))
        cmis.conn.rollback()
    with served.timetabler() as cmis:
        cmis.change(roomid="R3")
        cmis.delete("roomrequests", slotid=1)
    assert served.run(QUEUE) == [
        ("TIMETABLE", "INSERT", 1),
        ("TIMETABLE", "UPDATE", 1),
        ("ROOMREQUESTS", "DELETE", 1),
    ]
    assert served.run("SELECT count(*) FROM STT_ECHO_ERROR") == [(0,)]


def test_a_table_made_for_a_session_takes_no_entry_away(served: ServedOffice) -> None:
    add_lesson(served)
    served.run(f"GRANT TEMPORARY ON DATABASE {served.database} TO timetabler")
    with served.timetabler() as cmis:
        cmis.conn.execute(text("CREATE TEMPORARY TABLE STT_ECHO_QUEUE (SETID TEXT)"))
        cmis.conn.execute(text("CREATE TEMPORARY TABLE STT_ECHO_SET (SETID TEXT, LIVE INTEGER)"))
        cmis.change(roomid="R2")
    assert served.run(QUEUE)[-1] == ("TIMETABLE", "UPDATE", 1)


def test_nobody_else_hangs_the_functions_on_a_table_of_his_own(served: ServedOffice) -> None:
    served.run("GRANT USAGE ON SCHEMA echodesk TO timetabler")
    with served.timetabler() as cmis:
        cmis.conn.execute(text("CREATE TEMPORARY TABLE MINE (LIKE TIMETABLE)"))
        hang = (
            "CREATE TRIGGER X AFTER INSERT ON MINE FOR EACH ROW EXECUTE FUNCTION echodesk.STT_ECHO_ON_TIMETABLE()"
        )
        with pytest.raises(Exception, match="permission denied for function"):
            cmis.conn.execute(text(hang))
        cmis.conn.rollback()


# ---- the password -----------------------------------------------------------------------------------------------


def test_the_password_comes_from_the_environment_and_lies_nowhere(
    run: Run, served: ServedOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    for statement in (
        f"DROP DATABASE IF EXISTS {server.LOCKED}",
        "DROP ROLE IF EXISTS keeper",
        "CREATE ROLE keeper LOGIN SUPERUSER PASSWORD 'sesame-77'",
        f"CREATE DATABASE {server.LOCKED} TEMPLATE {TEMPLATE}",
    ):
        server.run_statement(served.socket, statement)
    url = served.url("keeper").replace(served.database, server.LOCKED)
    keep_connection(served.folder, checked_connection(url, SCHEMAS.own, SCHEMAS.timetable))
    said = run("status", "--data", served.folder, "--json")
    assert (said.code, said.error["title"]) == (1, "The database does not let EchoDesk in")
    monkeypatch.setenv(PASSWORD, "sesame-77")
    assert run("status", "--data", served.folder).code == 0
    monkeypatch.setenv(PASSWORD, "sesame-78")
    said = run("check", "--data", served.folder)
    assert (said.code, "does not let EchoDesk in" in said.out) == (1, True)
    assert "sesame" not in said.out + said.err
    for file in served.folder.iterdir():
        assert b"sesame" not in file.read_bytes()


# ---- a worker ---------------------------------------------------------------------------------------------------


@needs_a_service
def test_a_worker_sends_what_timetablers_edit(run: Run, served: ServedOffice, tmp_path: Path) -> None:
    # An Echo360 on this machine is for a demonstration alone.
    stage = Stage(SETID, 0, "2030-01-07", "", together_unknown=False)
    (served.folder / STAGE_FILE).write_bytes(msgspec.json.encode(stage))
    write_seed(echo360_seed(), tmp_path / "seed.json")
    options = ["--seed-file", str(tmp_path / "seed.json"), "--calls-per-minute", "0"]
    add_lesson(served)
    with (
        SimulatorProcess.start(options, client_id=CLIENT_ID, client_secret=CLIENT_SECRET) as simulator,
        working(served.folder, simulator.address.url) as (child, ready),
    ):
        assert ready["leading"] is True
        until(lambda: quiet(run, served.folder), QUIET_S, "everything sent")
        with served.timetabler() as cmis:
            cmis.change(roomid="R2")
        rooms = "SELECT DISTINCT ROOMID FROM STT_ECHO_MIRROR"
        until(lambda: served.run(rooms) == [("R2",)], QUIET_S, "the edit sent")
        paused = run("pause", "--reason", "Exams", "--data", served.folder, "--json").json
        assert paused["carried_out_by"] == ready["holder"]
        code, _out, err = ended(child, by=signal.SIGTERM)
    assert code == 0
    assert "Traceback" not in err
    assert served.run("SELECT HOLDER FROM STT_ECHO_LEASE") == [(None,)]
