"""`plan`: what a comparison would send. It sends nothing, and what it shows is what the worker then does."""

from __future__ import annotations

import signal
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import CREDENTIALS, HALL, SMALL, Run, until
from tests.cli.test_worker import QUIET_S, ended, quiet, working

Sql = Callable[..., list[tuple[Any, ...]]]
NOWHERE = "http://127.0.0.1:9"


@pytest.fixture(autouse=True)
def _credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)


def made_plan(run: Run, folder: Path, echo360: str, *more: object) -> Any:
    said = run("plan", "--echo360", echo360, "--data", folder, "--calls-per-minute", "0", "--json", *more)
    assert said.code == 0, said.out
    found = said.json
    assert found.pop("plan") > 0
    return found


def test_a_plan_shows_every_capture_to_make_and_sends_nothing(run: Run, folder: Path, echo360: str) -> None:
    found = made_plan(run, folder, echo360)
    assert found["counts"] == {"made": 5, "adopted": 0, "changed": 0, "moved": 0, "handed_over": 0, "removed": 0}
    assert (found["calls"], found["schedules"], found["paused"]) == (5, 0, 0)
    assert found["left_out"] == {"clash": 1}
    dates = [step["after"]["date"] for step in found["steps"]]
    assert dates == sorted(dates)
    assert {step["why"] for step in found["steps"]} == {"new"}
    assert made_plan(run, folder, echo360) == found, "nothing was sent"


def test_people_read_what_would_be_done_and_why(run: Run, folder: Path, echo360: str) -> None:
    said = run("plan", "--echo360", echo360, "--data", folder)
    assert said.code == 0
    assert "waits for a yes: nothing was sent." in said.out
    assert "to make  5" in said.out
    assert "Not recorded: Room clash 1." in said.out
    assert "make ENGL1003" in said.out
    assert "A new lesson" in said.out


@pytest.mark.skipif(sys.platform == "win32", reason="a service on Windows is not ended by SIGTERM")
def test_the_worker_then_does_what_the_plan_showed(run: Run, folder: Path, sql: Sql, echo360: str) -> None:
    with working(folder, echo360) as (child, _ready):
        until(lambda: quiet(run, folder), QUIET_S, "everything sent")
        nothing = made_plan(run, folder, echo360)
        assert (nothing["calls"], nothing["steps"], nothing["schedules"]) == (0, [], 5)
        ended(child, signal.SIGTERM)
    before = sql("SELECT max(ID) FROM STT_ECHO_AUDIT")[0][0]
    sql("UPDATE TIMETABLE SET STARTTIME = '15:00', FINISHTIME = '16:00' WHERE SLOTID = ?", HALL)
    sql("DELETE FROM TIMETABLE WHERE SLOTID = ?", SMALL)
    shown = made_plan(run, folder, echo360)
    assert shown["counts"]["removed"] == 2
    assert shown["counts"]["moved"] == 3
    said = run("plan", "--echo360", echo360, "--data", folder)
    assert "15:00-16:00 B1 Hall  change ENGL1003" in said.out
    assert "(Time: 09:00-10:00 -> 15:00-16:00)" in said.out
    assert run("pause", "--reason", "Exams", "--data", folder).code == 0
    held = made_plan(run, folder, echo360)
    assert (held["calls"], held["compared"]) == (0, 0)
    assert held["paused"] > 0
    assert run("resume", "--data", folder).code == 0
    with working(folder, echo360) as (child, _ready):
        until(lambda: quiet(run, folder), QUIET_S, "the edits sent")
        ended(child, signal.SIGTERM)
    rows = sql(
        "SELECT ACTION, EXTERNAL_ID FROM STT_ECHO_AUDIT WHERE ID > ? AND ACTION IN ('POST', 'PUT', 'DELETE')"
        " AND EXTERNAL_ID IS NOT NULL",
        before,
    )
    assert Counter(rows) == Counter((step["action"], step["external_id"]) for step in shown["steps"])


def test_rooms_and_dates_limit_it(run: Run, folder: Path, echo360: str) -> None:
    whole = made_plan(run, folder, echo360)
    hall = made_plan(run, folder, echo360, "--room", "B1 Hall")
    assert {step["after"]["room"] for step in hall["steps"]} == {"B1 Hall"}
    day = whole["steps"][0]["after"]["date"]
    assert {step["after"]["date"] for step in made_plan(run, folder, echo360, "--to", day)["steps"]} == {day}


@pytest.mark.parametrize(
    ("words", "title"),
    [
        (("--room", "B1 Hal"), "There is no such room"),
        (("--building", "B99"), "There is no such building"),
        (("--from", "2099-02-01", "--to", "2099-01-01"), "These dates are reversed"),
        (("--from", "soon"), "This is not a date"),
        (("--from", "2050-01-01"), "Nothing lies in this selection"),
        (("--room", ""), "There is no such room"),
        (("--building", ""), "A value is missing"),
        (("--to", " "), "A value is missing"),
        (("--room", "B1 Hall", "--building", "B1"), "Rooms or a building?"),
    ],
)
def test_what_cannot_be_planned_is_said_before_any_call(
    run: Run, folder: Path, words: tuple[str, ...], title: str
) -> None:
    said = run("plan", "--echo360", NOWHERE, "--data", folder, "--json", *words)
    assert (said.code, said.error["title"]) == (2, title)


def test_a_room_without_lessons_is_said_before_any_call(run: Run, folder: Path, sql: Sql) -> None:
    sql("UPDATE TIMETABLE SET ROOMID = NULL WHERE ROOMID = 'B2-7'")
    said = run("plan", "--echo360", NOWHERE, "--room", "B2-7", "--data", folder, "--json")
    assert (said.code, said.error["title"]) == (2, "Nothing lies in this selection")


def test_a_place_for_the_file_is_checked_before_any_call(run: Run, folder: Path, tmp_path: Path) -> None:
    for path in (tmp_path / "nowhere" / "plan.json", tmp_path):
        said = run("plan", "--echo360", NOWHERE, "--file", path, "--data", folder, "--json")
        assert (said.code, said.error["title"]) == (1, "The plan's file could not be written")
    assert not list(tmp_path.glob("*.json"))


def test_a_timetable_that_shrank_is_no_ground_for_a_plan(run: Run, folder: Path, sql: Sql) -> None:
    ((year,),) = sql("SELECT SETID FROM STT_ECHO_SET")
    sql("INSERT OR REPLACE INTO STT_ECHO_FEED (SETID, LESSONS) VALUES (?, 400)", year)
    said = run("plan", "--echo360", NOWHERE, "--data", folder, "--json")
    assert (said.code, said.error["title"]) == (3, "There is no plan from this timetable")
    assert "less than half" in said.error["message"]


def test_a_listing_that_cannot_be_completed_makes_no_plan(run: Run, folder: Path) -> None:
    said = run("plan", "--echo360", NOWHERE, "--data", folder, "--json")
    assert (said.code, said.error["title"]) == (1, "The listing could not be completed")
