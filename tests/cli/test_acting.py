"""Pause, resume, retry and refresh while nobody is sending: done here, at once, and whole."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import HALL, SMALL, Run

Sql = Callable[..., list[tuple[Any, ...]]]


def test_a_pause_and_its_end(run: Run, folder: Path, sql: Sql) -> None:
    said = run("pause", "--reason", "Exams", "--room", "B1 Hall", "--data", folder, "--json")
    assert (said.code, said.err) == (0, "")
    assert said.json == {"text": "Paused room B1 Hall (pause 1).", "touched": 1, "carried_out_by": ""}
    assert sql("SELECT ROOMID, SITEID, FROM_DATE, TO_DATE, REASON, LIFTED FROM STT_ECHO_PAUSE") == [
        ("B1 Hall", None, None, None, "Exams", None)
    ]

    assert run("resume", "--data", folder).out == "Sending goes on.\n"
    ((lifted,),) = sql("SELECT LIFTED FROM STT_ECHO_PAUSE")
    assert lifted
    again = run("resume", "--data", folder, "--json")
    assert (again.code, again.error["title"]) == (3, "Nothing was paused")


def test_a_pause_of_a_building_and_of_dates(run: Run, folder: Path, sql: Sql) -> None:
    said = run(
        *("pause", "--reason", "Move", "--building", "B1", "--from", "2990-01-01", "--to", "2990-01-31"),
        *("--data", folder),
    )
    assert said.out == "Paused building B1, 2990-01-01 to 2990-01-31 (pause 1).\n"
    assert sql("SELECT SITEID, FROM_DATE, TO_DATE FROM STT_ECHO_PAUSE") == [("B1", "2990-01-01", "2990-01-31")]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("2990-07-01T17:00", "2990-07-01T16:00:00.000Z"),
        ("2990-01-01", "2990-01-02T00:00:00.000Z"),
        ("2990-01-01T17:00+02:00", "2990-01-01T15:00:00.000Z"),
    ],
)
def test_the_end_of_a_pause_is_campus_time(run: Run, folder: Path, sql: Sql, given: str, kept: str) -> None:
    assert run("pause", "--reason", "x", "--until", given, "--data", folder).code == 0
    assert sql("SELECT UNTIL FROM STT_ECHO_PAUSE") == [(kept,)]


def test_one_pause_of_several_is_lifted(run: Run, folder: Path, sql: Sql) -> None:
    for reason in ("one", "two", "three"):
        run("pause", "--reason", reason, "--data", folder)
    assert run("resume", "--id", 1, 3, "--data", folder).out == "2 pauses were lifted.\n"
    assert sql("SELECT REASON FROM STT_ECHO_PAUSE WHERE LIFTED IS NULL") == [("two",)]


def test_who_paused_is_in_the_audit(run: Run, folder: Path, sql: Sql) -> None:
    run("pause", "--reason", "Exams", "--data", folder)
    ((who, owner, why),) = sql("SELECT a.WHO, p.OWNER, a.WHY FROM STT_ECHO_AUDIT a, STT_ECHO_PAUSE p")
    assert who == owner
    assert why == "Paused everything (pause 1)."


def test_failed_changes_are_read_again(run: Run, folder: Path, sql: Sql) -> None:
    sql("UPDATE STT_ECHO_QUEUE SET STATUS = 'FAILED', ERROR = 'No recorder' WHERE SLOTID = ?", HALL)
    sql("UPDATE STT_ECHO_QUEUE SET STATUS = 'FAILED', ERROR = 'Other' WHERE SLOTID = ?", SMALL)
    ((entry,),) = sql("SELECT ID FROM STT_ECHO_QUEUE WHERE SLOTID = ?", HALL)

    said = run("retry", "--id", entry, "--data", folder, "--json")
    assert said.json == {"text": "1 lesson(s) are read again.", "touched": 1, "carried_out_by": ""}
    assert sql("SELECT STATUS FROM STT_ECHO_QUEUE WHERE ID = ?", entry) == [("SUPERSEDED",)]
    assert sql("SELECT SLOTID, STATUS, SOURCE FROM STT_ECHO_QUEUE WHERE RETRY_OF = ?", entry) == [
        (HALL, "UNPROCESSED", "RETRY")
    ]
    assert run("retry", "--id", entry, "--data", folder).code == 3


def test_retry_of_all_that_match(run: Run, folder: Path, sql: Sql) -> None:
    sql("UPDATE STT_ECHO_QUEUE SET STATUS = 'FAILED', ERROR = 'No recorder' WHERE SLOTID = ?", HALL)
    sql("UPDATE STT_ECHO_QUEUE SET STATUS = 'FAILED', ERROR = 'Other' WHERE SLOTID = ?", SMALL)
    assert (
        run("retry", "--status", "failed", "--text", "recorder", "--data", folder, "--json").json["touched"] == 1
    )
    assert run("retry", "--status", "FAILED", "--text", "recorder", "--data", folder).code == 3
    assert run("retry", "--status", "FAILED", "--data", folder, "--json").json["touched"] == 1
    assert sql("SELECT SLOTID FROM STT_ECHO_QUEUE WHERE SOURCE = 'RETRY' ORDER BY ID") == [(HALL,), (SMALL,)]


def test_a_weekly_update_is_tried_again_with_its_lesson(run: Run, folder: Path, sql: Sql) -> None:
    ((entry,),) = sql("SELECT ID FROM STT_ECHO_QUEUE WHERE SLOTID = ?", HALL)
    sql("UPDATE STT_ECHO_QUEUE SET STATUS = 'IN_PROGRESS', WEEKS_ALL = 1 WHERE ID = ?", entry)
    sql(
        "INSERT INTO STT_ECHO_NOTIFICATION (ID, QUEUE_ID, EXTERNAL_ID, SETID, SLOTID, WEEKNUMBER, ACTION, STATUS)"
        " SELECT 77, ID, 'x-1', SETID, SLOTID, 1, 'INSERT', 'PARKED' FROM STT_ECHO_QUEUE WHERE ID = ?",
        entry,
    )
    assert run("retry", "--notification", 77, "--data", folder, "--json").json["touched"] == 1
    assert sql("SELECT STATUS FROM STT_ECHO_NOTIFICATION") == [("SUPERSEDED",)]
    assert sql("SELECT SLOTID FROM STT_ECHO_QUEUE WHERE RETRY_OF = ?", entry) == [(HALL,)]


def test_a_room_is_re_synced(run: Run, folder: Path, sql: Sql) -> None:
    said = run("refresh", "--room", "B2-7", "--data", folder, "--json")
    assert said.json["touched"] == 2
    assert sql("SELECT DISTINCT ROOMID FROM STT_ECHO_REFRESH") == [("B2-7",)]


def test_a_day_is_re_synced_in_one_room_and_in_all(run: Run, folder: Path, sql: Sql) -> None:
    day = "2990-01-01"
    assert run("refresh", "--room", "X.9", "--date", day, "--data", folder, "--json").json["touched"] == 1
    assert run("refresh", "--date", day, "--data", folder, "--json").json["touched"] == 2
    assert sql("SELECT ROOMID, LESSON_DATE FROM STT_ECHO_REFRESH ORDER BY ROOMID") == [
        ("B1 Hall", day),
        ("B2-7", day),
        ("X.9", day),
    ]


def test_a_day_that_has_passed_is_not_re_synced(run: Run, folder: Path, sql: Sql) -> None:
    assert run("refresh", "--date", "2001-01-01", "--data", folder).code == 3
    assert sql("SELECT count(*) FROM STT_ECHO_REFRESH") == [(0,)]


def test_the_lease_is_given_back(run: Run, folder: Path, sql: Sql) -> None:
    run("pause", "--reason", "x", "--data", folder)
    assert sql("SELECT HOLDER, UNTIL FROM STT_ECHO_LEASE") == [(None, None)]


def test_what_waited_before_is_done_first(run: Run, folder: Path, sql: Sql) -> None:
    sql(
        "INSERT INTO STT_ECHO_COMMAND (KIND, ARGS, BY) VALUES ('Pause', ?, 'Ann'), ('Nonsense', '{}', 'Ann')",
        '{"reason": "earlier", "by": "Ann"}',
    )
    assert run("resume", "--data", folder).out == "Sending goes on.\n"
    assert sql("SELECT REASON, LIFTED IS NOT NULL FROM STT_ECHO_PAUSE") == [("earlier", 1)]
    assert sql("SELECT KIND, STATE FROM STT_ECHO_COMMAND ORDER BY ID") == [
        ("Pause", "DONE"),
        ("Nonsense", "FAILED"),
        ("Resume", "DONE"),
    ]


def test_somebody_who_sends_and_does_not_answer(run: Run, folder: Path, sql: Sql) -> None:
    sql(
        "UPDATE STT_ECHO_LEASE SET HOLDER = 'Ann on her PC', EPOCH = 7,"
        " UNTIL = strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '+60 seconds')"
    )
    said = run("pause", "--reason", "x", "--wait", "0.3", "--data", folder, "--json")
    assert said.code == 1
    assert said.error["message"] == "Ann on her PC is sending and has not answered within 0.3 s."
    assert "will be done" in said.error["next_step"]
    assert sql("SELECT KIND, STATE FROM STT_ECHO_COMMAND") == [("Pause", "WAITING")]
    assert sql("SELECT count(*) FROM STT_ECHO_PAUSE") == [(0,)]


def test_somebody_who_died_while_sending_is_followed(run: Run, folder: Path, sql: Sql) -> None:
    sql(
        "UPDATE STT_ECHO_LEASE SET HOLDER = 'Ann on her PC', EPOCH = 7,"
        " UNTIL = strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '+0.4 seconds')"
    )
    assert run("pause", "--reason", "x", "--data", folder, "--json").json["touched"] == 1
    assert sql("SELECT HOLDER, EPOCH FROM STT_ECHO_LEASE") == [(None, 8)]
