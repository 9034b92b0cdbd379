"""`worker` in a process of its own, against the simulator, while other processes ask things of it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import CLIENT_SECRET, CREDENTIALS, HALL, Run, alone, spawn, until

Sql = Callable[..., list[tuple[Any, ...]]]

QUIET_S = 30.0

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a service on Windows is not ended by SIGTERM")


@contextmanager
def working(folder: Path, url: str, **environment: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    """A worker and the line it said when it was ready; it is ended with the block, by force if need be."""
    with spawn(
        *("worker", "--echo360", url, "--data", folder, "--json", "--calls-per-minute", "0"),
        environment={**CREDENTIALS, **environment},
    ) as child:
        assert child.stdout is not None
        try:
            line = child.stdout.readline()
            assert line, child.communicate()[1]
            yield child, json.loads(line)
        finally:
            child.kill()


def ended(child: subprocess.Popen[str], by: signal.Signals) -> tuple[int, str, str]:
    """Asks a worker to end; its exit code and what it still said."""
    child.send_signal(by)
    out, err = child.communicate(timeout=20)
    return child.returncode, out, err


def quiet(run: Run, folder: Path) -> bool:
    """True when nothing is pending, by what `status` says."""
    found = run("status", "--data", folder, "--json").json
    return bool(found["pending"]["quiet"]) and found["schedules"] > 0


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_sends_and_ends_clean(run: Run, folder: Path, sql: Sql, echo360: str, by: signal.Signals) -> None:
    with working(folder, echo360) as (child, ready):
        assert ready["ready"] is True
        assert ready["leading"] is True
        assert (ready["echo360"], ready["data"], ready["calls_per_minute"]) == (echo360, str(folder), 0)
        until(lambda: quiet(run, folder), QUIET_S, "everything sent")
        status = run("status", "--data", folder, "--json").json
        assert status["sending"]["holder"] == ready["holder"]
        assert (status["schedules"], status["left_out"]) == (5, {"clash": 1})
        code, out, err = ended(child, by)
    assert (code, out) == (0, "")
    assert "Traceback" not in err
    assert CLIENT_SECRET not in err + (folder / "echodesk.log").read_text()
    assert sql("SELECT HOLDER, UNTIL FROM STT_ECHO_LEASE") == [(None, None)]
    assert sql("SELECT count(*) FROM STT_ECHO_INTENT") == [(0,)]


def test_others_ask_the_one_that_sends(run: Run, folder: Path, sql: Sql, echo360: str) -> None:
    with working(folder, echo360) as (child, ready):
        until(lambda: quiet(run, folder), QUIET_S, "everything sent")

        paused = alone("pause", "--reason", "Exams", "--data", folder, "--json")
        assert paused.json == {
            "text": "Paused everything (pause 1).",
            "touched": 1,
            "carried_out_by": ready["holder"],
        }
        sql("UPDATE TIMETABLE SET STARTTIME = '11:00', FINISHTIME = '12:00' WHERE SLOTID = ?", HALL)
        posted = run("status", "--data", folder, "--json").json["calls"]
        (week,) = run("explain", f"{HALL}-1-{setid(sql)}", "--data", folder, "--json").json["lessons"][0]["weeks"]
        assert week["in_echo360"]["start"] == "09:00"
        assert run("status", "--data", folder, "--json").json["calls"] == posted

        assert run("resume", "--data", folder, "--json").json["carried_out_by"] == ready["holder"]
        until(lambda: start_of(run, folder, sql) == "11:00", QUIET_S, "the edit sent after the pause")

        refused = run("resume", "--data", folder, "--json")
        assert (refused.code, refused.error["title"]) == (3, "Nothing was paused")
        assert run("retry", "--status", "FAILED", "--data", folder).code == 3

        listed = run("refresh", "--room", "B1 Hall", "--data", folder, "--json").json
        assert (listed["touched"], listed["carried_out_by"]) == (3, ready["holder"])
        until(lambda: quiet(run, folder), QUIET_S, "the room read afresh")
        assert run("status", "--data", folder, "--json").json["calls"]["GET"] > posted["GET"]

        changed = run("settings", "strategy", "ignore", "--data", folder, "--json").json
        assert (changed["touched"], changed["carried_out_by"]) == (5, ready["holder"])
        until(lambda: quiet(run, folder), QUIET_S, "planned under the new setting")
        assert ended(child, signal.SIGTERM)[0] == 0


def test_a_second_worker_stands_by_and_takes_over(run: Run, folder: Path, echo360: str) -> None:
    with working(folder, echo360) as (first, leader), working(folder, echo360) as (second, follower):
        assert (leader["leading"], follower["leading"]) == (True, False)
        assert follower["holder"] == leader["holder"]
        assert ended(first, signal.SIGTERM)[0] == 0

        def taken_over() -> bool:
            holder = run("status", "--data", folder, "--json").json["sending"]["holder"]
            return holder not in ("", leader["holder"])

        until(taken_over, 10.0, "the second one sends")
        code, _, err = ended(second, signal.SIGTERM)
    assert code == 0
    assert f"Standing by: {leader['holder']} is sending." in err


def test_wrong_credentials_are_told_and_nothing_is_lost(run: Run, folder: Path, sql: Sql, echo360: str) -> None:
    with working(folder, echo360, ECHODESK_ECHO360_CLIENT_SECRET="not-the-secret") as (child, _ready):
        until(lambda: told(run, folder) != "", 20.0, "status says what is wrong with Echo360")
        assert child.poll() is None
        code, _, err = ended(child, signal.SIGTERM)
    assert code == 0
    assert "Traceback" not in err
    assert "not-the-secret" not in err + (folder / "echodesk.log").read_text()
    assert sql("SELECT count(*) FROM STT_ECHO_QUEUE WHERE STATUS IN ('FAILED', 'SUPERSEDED')") == [(0,)]


def test_no_network_is_waited_out(run: Run, folder: Path) -> None:
    with working(folder, "http://127.0.0.1:1") as (child, ready):
        assert ready["ready"]
        until(lambda: told(run, folder) != "", 20.0, "status says what is wrong with Echo360")
        assert (
            run("pause", "--reason", "Exams", "--data", folder, "--json").json["carried_out_by"] == ready["holder"]
        )
        assert child.poll() is None
        code, _, err = ended(child, signal.SIGTERM)
    assert code == 0
    assert "Traceback" not in err


def told(run: Run, folder: Path) -> str:
    """What is wrong with Echo360, by what `status` says."""
    return str(run("status", "--data", folder, "--json").json["health"]["echo360"])


def setid(sql: Sql) -> str:
    """The year of the timetable as external ids write it."""
    ((name,),) = sql("SELECT DISTINCT SETID FROM TIMETABLE")
    return str(name).replace("/", "-")


def start_of(run: Run, folder: Path, sql: Sql) -> str:
    """When Echo360 records the first lesson's first week."""
    (found,) = run("explain", f"{HALL}-1-{setid(sql)}", "--data", folder, "--json").json["lessons"]
    held = found["weeks"][0]["in_echo360"]
    return str(held["start"]) if held else ""
