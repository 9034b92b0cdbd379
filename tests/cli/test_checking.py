"""`check`: each thing that can be wrong is found and said, with what to do, and changes nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from echodesk.checks import Check, Line, State, results
from echodesk.commands.checking_database import ROOM_BYTES, disk_line, writing_line
from echodesk.errors import DatabaseTrouble
from echodesk.main import open_office
from echodesk.paths import DATABASE
from tests.cli.conftest import CREDENTIALS, Run, Said, content, until
from tests.cli.test_plans import needs_a_service
from tests.cli.test_worker import QUIET_S, quiet, working

Sql = Callable[..., list[tuple[Any, ...]]]


@pytest.fixture(autouse=True)
def _credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)


def found(said: Said) -> dict[str, list[str]]:
    """Check → its states."""
    states: dict[str, list[str]] = {}
    for line in said.json["checks"]:
        states.setdefault(line["check"], []).append(line["state"])
    return states


def wrong(said: Said) -> list[tuple[str, str, str]]:
    """(check, text, next step) of what is wrong, but for nobody sending, as it is in most of these tests."""
    assert said.code == 1
    assert said.json["wrong"] == sum(line["state"] == "wrong" for line in said.json["checks"])
    return [
        (line["check"], line["text"], line["next_step"])
        for line in said.json["checks"]
        if line["state"] == "wrong" and line["check"] != "Sending"
    ]


@needs_a_service
def test_where_everything_works_it_says_so_in_a_line_a_check(run: Run, folder: Path, echo360: str) -> None:
    with working(folder, echo360):
        until(lambda: quiet(run, folder), QUIET_S, "everything sent")
        said = run("check", "--echo360", echo360, "--data", folder)
        assert said.code == 0
        lines = said.out.splitlines()
        assert [line.split()[:2] for line in lines] == [
            ["ok", "Disk"],
            ["ok", "Database"],
            ["ok", "Triggers"],
            ["ok", "Room"],
            ["ok", "Years"],
            ["ok", "Call"],
            ["ok", "Timetable"],
            ["ok", "Dates"],
            ["ok", "Sending"],
            ["ok", "Waiting"],
            ["note", "Comparison"],
            ["ok", "Writing"],
            ["ok", "Echo360"],
        ]
        assert "the first of all (week 1, day 1) is on Monday" in lines[4]


@needs_a_service
def test_a_comparison_that_is_due_is_asked_for_and_then_due_no_more(
    run: Run, folder: Path, echo360: str, sql: Sql
) -> None:
    with working(folder, echo360):
        until(lambda: quiet(run, folder), QUIET_S, "everything sent")
        sql("UPDATE MODULE SET NAME = 'Another name' WHERE MODULEID = 'ENGL1003'")
        assert run("check", "--data", folder, "--json").json["plan"] is None
        asked = run("check", "--compare", "--data", folder, "--json")
        assert asked.json["compare_due"] is True
        plan = asked.json["plan"]
        until(lambda: "READY" in run("plans", plan, "--data", folder, "--json").out, QUIET_S, "the plan")
        again = run("check", "--compare", "--data", folder, "--json")
        assert (again.json["compare_due"], again.json["plan"]) == (False, None)
        assert found(again)["Waiting"] == ["note"]

        sql("DROP TRIGGER STT_ECHO_TIMETABLE_DELETE")
        missed = run("check", "--compare", "--data", folder, "--json")
        assert missed.json["plan"] == plan + 1


def test_where_nobody_sends_that_is_wrong_and_nobody_can_compare(run: Run, folder: Path) -> None:
    before = content(folder)
    said = run("check", "--compare", "--data", folder, "--json")
    states = found(said)
    assert states["Sending"] == ["wrong"]
    assert states["Comparison"] == ["note", "wrong"]
    assert states["Echo360"] == ["skipped"]
    assert said.json["plan"] is None
    assert content(folder) == before


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        ("DROP TRIGGER STT_ECHO_TIMETABLE_INSERT", "Trigger STT_ECHO_TIMETABLE_INSERT is missing."),
        ("DROP TRIGGER STT_ECHO_ROOMREQUESTS_UPDATE", "Trigger STT_ECHO_ROOMREQUESTS_UPDATE is missing."),
        (
            "DROP TRIGGER STT_ECHO_TIMETABLE_DELETE;"
            "CREATE TRIGGER STT_ECHO_TIMETABLE_DELETE AFTER DELETE ON TIMETABLE BEGIN SELECT 1; END",
            "Trigger STT_ECHO_TIMETABLE_DELETE is not as this version makes it.",
        ),
    ],
    ids=["missing", "another missing", "another one's"],
)
def test_a_trigger_that_sees_nothing_is_found_and_made_anew(run: Run, folder: Path, spoil: str, said: str) -> None:
    with closing(sqlite3.connect(folder / DATABASE)) as connection:
        connection.executescript(spoil)
    answer = run("check", "--data", folder, "--json")
    ((check, text, step),) = wrong(answer)
    assert (check, text) == ("Triggers", said)
    assert "echodesk database install" in step
    assert answer.json["compare_due"] is True
    made = run("database", "install", "--data", folder, "--json")
    assert made.json["mended"] == [said.split()[1]]
    assert wrong(run("check", "--data", folder, "--json")) == []
    assert run("database", "install", "--data", folder, "--json").json["mended"] == []


def test_the_optional_triggers_are_told_of_and_missed_only_in_part(run: Run, folder: Path, sql: Sql) -> None:
    def told() -> tuple[str, str]:
        lines = run("check", "--data", folder, "--json").json["checks"]
        return next((one["state"], one["text"].split()[0]) for one in lines if one["check"] == "Room features")

    assert told() == ("ok", "without")
    made = run("database", "install", "--room-features", "--data", folder, "--json")
    assert made.json["mended"] == [f"STT_ECHO_ROOMFEATURES_{event}" for event in ("DELETE", "INSERT", "UPDATE")]
    assert told() == ("ok", "with")
    assert wrong(run("check", "--data", folder, "--json")) == []
    sql("DROP TRIGGER STT_ECHO_ROOMFEATURES_UPDATE")
    ((check, text, step),) = wrong(run("check", "--data", folder, "--json"))
    assert (check, text) == ("Triggers", "Trigger STT_ECHO_ROOMFEATURES_UPDATE is missing.")
    assert "echodesk database install" in step
    made = run("database", "install", "--data", folder, "--json")
    assert made.json["mended"] == ["STT_ECHO_ROOMFEATURES_UPDATE"]
    assert wrong(run("check", "--data", folder, "--json")) == []


def test_an_index_that_is_missing_and_a_table_of_somebody_else(run: Run, folder: Path, sql: Sql) -> None:
    sql("DROP INDEX STT_ECHO_BATCH_OPEN")
    sql("ALTER TABLE STT_ECHO_SET ADD COLUMN NOTE TEXT")
    texts = [(text, "install" in step) for _check, text, step in wrong(run("check", "--data", folder, "--json"))]
    assert texts == [
        ("Index STT_ECHO_BATCH_OPEN is missing.", True),
        ("Table STT_ECHO_SET is not as this version makes it.", False),
    ]


@pytest.mark.parametrize("version", ["1", "99"])
def test_an_older_or_newer_schema(run: Run, folder: Path, sql: Sql, version: str) -> None:
    sql("UPDATE STT_ECHO_META SET VALUE = ? WHERE NAME = 'schema_version'", version)
    ((check, text, step),) = wrong(run("check", "--data", folder, "--json"))
    assert check == "Database"
    assert f"schema version {version}" in text
    assert "echodesk database upgrade" in step


def test_a_damaged_file_and_a_folder_with_nothing_in_it(run: Run, folder: Path, tmp_path: Path) -> None:
    (folder / DATABASE).write_bytes(b"this is no database" * 500)
    ((_check, text, step),) = wrong(run("check", "--data", folder, "--json"))
    assert "damaged" in text
    assert "backup" in step
    ((_check, text, _step),) = wrong(run("check", "--data", tmp_path / "nothing", "--json"))
    assert "does not exist" in text


@pytest.mark.parametrize(
    ("spoil", "check", "part"),
    [
        ("UPDATE STT_ECHO_SET SET LIVE = 0", "Years", "No year is sent."),
        ("DELETE FROM WEEKSTRUCTURE", "Years", "not in the week structure"),
        ("DELETE FROM TIMETABLE", "Years", "has no lesson"),
    ],
)
def test_years_that_cannot_be_sent(run: Run, folder: Path, sql: Sql, spoil: str, check: str, part: str) -> None:
    sql(spoil)
    assert any(name == check and part in text for name, text, _ in wrong(run("check", "--data", folder, "--json")))


def test_a_disk_with_little_room_is_found_before_it_is_full(tmp_path: Path) -> None:
    assert disk_line(tmp_path, ROOM_BYTES).state is State.OK
    line = disk_line(tmp_path, ROOM_BYTES - 1)
    assert (line.check, line.state) == ("Disk", State.WRONG)
    assert line.text.startswith(f"Only 99 MB are free where {tmp_path} is")
    assert "Make room on the disk" in line.next_step


@pytest.mark.parametrize("pragma", ["query_only = ON", "max_page_count = 1"])
def test_a_file_that_cannot_be_written_is_found(folder: Path, pragma: str) -> None:
    office = open_office(folder)
    assert writing_line(office).state is State.OK
    # Of the one connection that is there; what SQLite says then it also says of a file without rights or room.
    with office.database.engine.connect() as connection:
        connection.exec_driver_sql(f"PRAGMA {pragma}")
        connection.rollback()
    with pytest.raises(DatabaseTrouble):
        writing_line(office)
    office.close()


def test_when_lessons_were_changed_in_a_form_of_the_site_is_noted(run: Run, folder: Path, sql: Sql) -> None:
    assert found(run("check", "--data", folder, "--json"))["Dates"] == ["ok"]
    ((lesson,),) = sql("SELECT min(SLOTID) FROM TIMETABLE WHERE SLOTENTRY = 1 AND STATUS = 2")
    sql("UPDATE TIMETABLE SET DATECHANGED = '01-JUN-23' WHERE SLOTID = ?", lesson)
    sql("UPDATE TIMETABLE SET DATECHANGED = '  ' WHERE SLOTID > ?", lesson)
    said = run("check", "--data", folder, "--json")
    (line,) = [one for one in said.json["checks"] if one["check"] == "Dates"]
    assert line["state"] == "note"
    assert 'DATECHANGED of 1 lessons cannot be read, "01-JUN-23" among them' in line["text"]
    assert "YYYYMMDDHHMM" in line["next_step"]


def test_a_wrong_password_and_an_echo360_that_is_not_there(
    run: Run, folder: Path, echo360: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ECHODESK_ECHO360_CLIENT_SECRET", "not-the-secret")
    ((check, text, step),) = wrong(run("check", "--echo360", echo360, "--data", folder, "--json"))
    assert check == "Echo360"
    assert "not-the-secret" not in text
    assert "credentials" in step
    nowhere = "http://127.0.0.1:9"
    ((check, _text, _step),) = wrong(run("check", "--echo360", nowhere, "--data", folder, "--json"))
    assert check == "Echo360"
    monkeypatch.delenv("ECHODESK_ECHO360_CLIENT_SECRET")
    ((_check, text, _step),) = wrong(run("check", "--echo360", echo360, "--data", folder, "--json"))
    assert "credentials are missing" in text


def test_a_call_limit_that_was_lifted_is_noted(run: Run, folder: Path) -> None:
    run("settings", "calls_per_minute", 0, "--data", folder)
    (line,) = [
        one for one in run("check", "--data", folder, "--json").json["checks"] if one["check"] == "Call limit"
    ]
    assert (line["state"], line["text"]) == ("note", "No limit is kept: Echo360 may refuse calls.")
    assert "calls_per_minute 120" in line["next_step"]


def test_what_cannot_be_found_out_stops_no_other_check() -> None:
    def broken() -> list[Line]:
        raise DatabaseTrouble("The database is gone", "It did not answer.", "Wait.")

    well = Line("Years", State.OK, "2026/27")
    assert list(results([Check("Database", broken), Check("Years", lambda: [well])])) == [
        Line("Database", State.WRONG, "The database is gone: It did not answer.", "Wait."),
        well,
    ]
