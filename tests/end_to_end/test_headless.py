"""The demonstration without a window, as checks run it: whatever happens, `differences: 0`."""

from __future__ import annotations

import csv
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from echodesk.demo.stage import Wish
from echodesk.demonstration import open_demonstration
from echodesk.paths import DATABASE
from tests.end_to_end.programs import echodesk, environment
from tests.end_to_end.small_timetable import small_timetable
from tests.end_to_end.stand_in import StandIn

QUIET = ("--headless", "--until-quiet", "--json", "--timeout", 90)


TOGETHER = """
SELECT count(DISTINCT n.EXTERNAL_ID) FROM STT_ECHO_NOTIFICATION n JOIN STT_ECHO_MIRROR m
  ON m.OURS = 1 AND m.ROOMID = n.NEW_ROOMID AND m.LESSON_DATE = n.NEW_DATE
 AND m.STARTTIME = substr(n.STARTTIME, 1, 2) * 60 + substr(n.STARTTIME, 4, 2)
 AND m.FINISHTIME = substr(n.FINISHTIME, 1, 2) * 60 + substr(n.FINISHTIME, 4, 2)
 AND EXISTS (SELECT 1 FROM json_each(m.SECTIONS) s WHERE s.value = n.MODULEID || '_' || n.MODGRPCODE)
WHERE n.EXTERNAL_ID NOT IN (SELECT EXTERNAL_ID FROM STT_ECHO_MIRROR WHERE OURS = 1)
"""
"""Occurrences whose section is in the schedule that another lesson carries in their place."""


def accounted(data: Path) -> dict[str, int]:
    """Where every occurrence of a timetable without edits ended: recorded, with a carrier, or left out."""
    with closing(sqlite3.connect(data / DATABASE)) as database:
        return {
            "recorded": database.execute("SELECT count(*) FROM STT_ECHO_MIRROR WHERE OURS = 1").fetchone()[0],
            "together": database.execute(TOGETHER).fetchone()[0],
            "left out": database.execute("SELECT count(*) FROM STT_ECHO_LEFT_OUT").fetchone()[0],
        }


def assert_equal(report: dict[str, Any]) -> None:
    assert report["quiet"] is True, report
    assert report["differences"] == 0, report["differing"]
    assert set(report["queue"]) <= {"PROCESSED", "SUPERSEDED"}, report["queue"]
    assert not {"UNPROCESSED", "IN_PROGRESS", "FAILED", "PARKED"} & set(report["notifications"]), report


@pytest.mark.slow
@pytest.mark.alone
@pytest.mark.parametrize(
    ("faults", "limit", "lessons"),
    [("flaky", 0, 20), ("late", 0, 30), ("limits", 3_000, 5), ("hostile", 0, 30), ("flaky,late,hostile", 0, 20)],
)
def test_a_misbehaving_echo360_ends_equal(tmp_path: Path, faults: str, limit: int, lessons: int) -> None:
    """The limit of a misbehaving Echo360 falls to 90 calls a minute, so that run is the smallest."""
    timetable = small_timetable(tmp_path / "csv", lessons=lessons)
    ended = echodesk(
        *("demo", *QUIET, "--data", tmp_path / "data", "--timetable", timetable),
        *("--faults", faults, "--calls-per-minute", limit, "--edits", lessons // 2),
    )
    assert ended.code == 0, ended.err
    assert_equal(ended.report)
    assert ended.report["edits"] == lessons // 2
    assert ended.report["schedules"] > 2 * lessons


def test_a_right_to_send_that_a_crash_left_behind_is_told_while_it_is_waited_for(tmp_path: Path) -> None:
    """For half a minute after kill -9 nothing can be sent; whoever waits is told why, and for how long."""
    data = tmp_path / "data"
    words = ("demo", "--headless", "--until-quiet", "--data", data)
    made = ("--timetable", small_timetable(tmp_path / "csv", lessons=5))
    office, _ = open_demonstration(data, Wish(timetable=made[1]))
    office.close()
    with closing(sqlite3.connect(data / DATABASE)) as database:
        database.execute(
            "UPDATE STT_ECHO_LEASE SET HOLDER = 'Ann on PC7 (4711)', EPOCH = 1,"
            " UNTIL = strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '+30 seconds')"
        )
        database.commit()
    ended = echodesk(*words, *made, "--timeout", 3)
    assert ended.code == 1
    line = next(line for line in ended.err.splitlines() if "standing by" in line)
    assert line.startswith("waiting: ")
    assert re.search(r"Ann on PC7 \(4711\) has the right to send, for \d\d s more if it has crashed$", line), line


def test_another_echo360_ends_equal_too(tmp_path: Path) -> None:
    """Nothing may depend on the server being ours: other ids, other words, no side door."""
    timetable = small_timetable(tmp_path / "csv", lessons=30)
    with StandIn() as server:
        ended = echodesk(
            *("demo", *QUIET, "--data", tmp_path / "data", "--timetable", timetable),
            *("--echo360", server.address.url, "--calls-per-minute", 0, "--edits", 15),
            env=environment(server.address),
        )
        assert ended.code == 0, ended.err
        assert_equal(ended.report)
        assert ended.report["schedules"] == len(server.schedules) > 50
        assert server.clashes == 0, "nothing was asked for that the plan itself could have avoided"
        assert server.strange == []


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_a_real_timetable_is_whole_in_echo360(shared_data: Callable[[str], Path], tmp_path: Path) -> None:
    """42,888 lesson-weeks, 42,116 of them with a room: each is recorded, with another's recording, or left out."""
    source = shared_data("unsw-2020-t1-classutil")
    with (source / "lessons.csv").open(encoding="utf-8", newline="") as rows:
        with_room = sum(len(row["weeks"].split()) for row in csv.DictReader(rows) if row["room_id"])
    assert with_room == 42_116
    data = tmp_path / "data"
    ended = echodesk(
        *("demo", "--headless", "--until-quiet", "--json", "--timeout", 300, "--data", data),
        *("--timetable", source, "--calls-per-minute", 0),
        timeout_s=390.0,
    )
    assert ended.code == 0, ended.err
    report = ended.report
    assert report["quiet"] is True
    assert report["differences"] == 0
    found = accounted(data)
    assert found["recorded"] == report["schedules"]
    assert sum(found.values()) == with_room, found
