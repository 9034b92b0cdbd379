"""`plan`, `plans`, `apply`, `undo`, `cancel` together with a worker, and the plan's file."""

from __future__ import annotations

import csv
import json
import signal
import sys
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from echodesk.main import open_office
from echodesk.planning.values import fingerprint
from tests.cli.conftest import CREDENTIALS, Run, until
from tests.cli.test_worker import QUIET_S, ended, quiet, working

Sql = Callable[..., list[tuple[Any, ...]]]

needs_a_service = pytest.mark.skipif(
    sys.platform == "win32", reason="a service on Windows is not ended by SIGTERM"
)


@pytest.fixture(autouse=True)
def _credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)


def rename(sql: Sql, name: str) -> None:
    """A table without a trigger: only a comparison, or the next sweep, finds it."""
    sql("UPDATE MODULE SET NAME = ? WHERE MODULEID = 'ENGL1003'", name)


@needs_a_service
def test_shown_applied_and_taken_back(run: Run, folder: Path, sql: Sql, echo360: str) -> None:
    with working(folder, echo360) as (child, ready):
        until(lambda: quiet(run, folder), QUIET_S, "everything sent")
        rename(sql, "Another name")
        shown = run("plan", "--data", folder, "--json").json
        assert shown["state"] == "READY"
        assert shown["counts"] == {
            "made": 0,
            "adopted": 0,
            "changed": 3,
            "moved": 0,
            "handed_over": 0,
            "removed": 0,
        }
        assert {step["state"] for step in shown["steps"]} == {"OPEN"}

        done = run("apply", shown["plan"], "--until-done", "--data", folder, "--json")
        assert done.code == 0
        assert done.json["state"] == "DONE"
        assert done.json["progress"] == {"DONE": 3}
        assert (done.json["calls_left"], done.json["minutes_left"]) == (0, 0.0)

        back = run("undo", shown["plan"], "--until-done", "--data", folder, "--json").json
        assert (back["undoes"], back["state"], back["calls"]) == (shown["plan"], "READY", 3)
        assert run("apply", back["plan"], "--until-done", "--data", folder, "--json").json["state"] == "DONE"
        names = sql("SELECT DISTINCT TITLE FROM STT_ECHO_MIRROR WHERE TITLE LIKE 'ENGL1003%'")
        assert all("Another name" not in name for (name,) in names)

        paused = run("status", "--data", folder).out
        assert f"what plan {back['plan']} is about" in paused
        assert f"undone plan {shown['plan']}" in paused
        listed = run("plans", "--data", folder, "--json").json["plans"]
        assert [(one["plan"], one["state"], one["ended"]) for one in listed] == [
            (back["plan"], "DONE", 3),
            (shown["plan"], "DONE", 3),
        ]
        assert all(one["by"] for one in listed)
        told = run("plans", shown["plan"], "--data", folder).out
        assert told.startswith(f"Plan {shown['plan']} is done.")
        assert "Of 3 calls: 3 done." in told
        assert f"takes back plan {shown['plan']}: is done (3 of 3)" in run("plans", "--data", folder).out
        assert ready["holder"]
        ended(child, signal.SIGTERM)


@needs_a_service
def test_what_changed_since_is_refused_and_can_be_accepted(run: Run, folder: Path, sql: Sql, echo360: str) -> None:
    with working(folder, echo360) as (child, _ready):
        until(lambda: quiet(run, folder), QUIET_S, "everything sent")
        rename(sql, "One name")
        shown = run("plan", "--data", folder, "--json").json
        rename(sql, "Another name")
        said = run("apply", shown["plan"], "--until-done", "--data", folder, "--json")
        assert said.code == 3
        assert said.json["state"] == "STALE"
        assert "3 step(s) are needed no more and 3 came" in said.json["said"]
        newer = run("plans", "--data", folder, "--json").json["plans"][0]
        assert newer["said"] == f"It takes the place of plan {shown['plan']}."
        text = run("plans", newer["plan"], "--data", folder).out
        assert f"Send exactly this: echodesk apply {newer['plan']}" in text
        accepted = run("apply", newer["plan"], "--until-done", "--data", folder, "--json")
        assert (accepted.code, accepted.json["state"]) == (0, "DONE")
        again = run("apply", shown["plan"], "--data", folder, "--json")
        assert (again.code, again.error["title"]) == (3, "This plan cannot be applied now")
        ended(child, signal.SIGTERM)


def test_without_a_worker_it_waits_for_one(run: Run, folder: Path, echo360: str) -> None:
    nowhere = run("plan", "--data", folder, "--json")
    assert (nowhere.code, nowhere.error["title"]) == (2, "Where is Echo360?")
    shown = run("plan", "--echo360", echo360, "--data", folder, "--json").json
    said = run("apply", shown["plan"], "--data", folder)
    assert said.code == 0
    assert f"Plan {shown['plan']} is compared once more and then sent: 5 call(s)." in said.out
    waits = run("apply", shown["plan"], "--data", folder, "--json")
    assert waits.code == 3
    stopped = run("cancel", shown["plan"], "--data", folder)
    assert (stopped.code, stopped.out) == (
        0,
        f"Plan {shown['plan']} was cancelled; nothing of it was sent.\n",
    )


@pytest.mark.parametrize("command", ["apply", "undo", "cancel", "plans"])
def test_a_plan_that_is_not_there(run: Run, folder: Path, command: str) -> None:
    said = run(command, 77, "--data", folder, "--json")
    assert (said.code, said.error["title"]) == (2, "There is no such plan")
    assert run(command, "0", "--data", folder).code == 2


@pytest.mark.parametrize("number", ["0", str(2**63), "9" * 23, "9" * 5_000])
def test_a_number_that_no_plan_can_have(run: Run, folder: Path, number: str) -> None:
    said = run("apply", number, "--data", folder, "--json")
    assert (said.code, said.error["title"]) == (2, "There is no such plan")
    assert run("apply", 1, "--without", number, "--data", folder).code == 2


def test_a_year_that_is_none_or_sent_already_is_refused(run: Run, folder: Path, sql: Sql, echo360: str) -> None:
    (live,) = sql("SELECT SETID FROM STT_ECHO_SET")[0]
    for year, title in ((live, "This year is sent already"), ("1999/00", "There is no such year")):
        said = run("plan", "--echo360", echo360, "--year", year, "--data", folder, "--json")
        assert (said.code, said.error["title"]) == (2, title)


def test_a_draft_year_is_shown_and_stays_off(run: Run, folder: Path, sql: Sql, echo360: str) -> None:
    (live,) = sql("SELECT SETID FROM STT_ECHO_SET")[0]
    sql("UPDATE STT_ECHO_SET SET LIVE = 0")
    shown = run("plan", "--echo360", echo360, "--year", live, "--data", folder, "--json")
    assert (shown.code, shown.json["counts"]["made"]) == (0, 5)
    assert f"everything, with {live} switched on" in run("plans", "--data", folder).out
    assert sql("SELECT LIVE FROM STT_ECHO_SET") == [(0,)]


def test_no_plans_yet(run: Run, folder: Path) -> None:
    assert run("plans", "--data", folder).out == "No plan was made yet: `echodesk plan`.\n"


def test_nothing_can_be_left_out_that_is_no_step_nor_everything(run: Run, folder: Path, echo360: str) -> None:
    shown = run("plan", "--echo360", echo360, "--data", folder, "--json").json
    wrong = run("apply", shown["plan"], "--without", 99, "--data", folder, "--json")
    assert (wrong.code, wrong.error["title"]) == (2, "There is no such step")
    every = [word for step in shown["steps"] for word in ("--without", step["number"])]
    nothing = run("apply", shown["plan"], *every, "--data", folder, "--json")
    assert (nothing.code, nothing.error["title"]) == (2, "Nothing is left of this plan")
    left = run("apply", shown["plan"], "--without", 1, "--data", folder, "--json")
    assert left.code == 0
    assert "left out; their room-days are paused" in left.json["text"]


def test_stopped_and_let_go_on_by_the_commands_for_pauses(run: Run, folder: Path, sql: Sql, echo360: str) -> None:
    shown = run("plan", "--echo360", echo360, "--data", folder, "--json").json["plan"]
    idle = run("pause", "--plan", shown, "--reason", "Exams", "--data", folder, "--json")
    assert (idle.code, idle.error["title"]) == (3, "Nothing to stop")
    sql("UPDATE STT_ECHO_BATCH SET STATE = 'RUNNING' WHERE ID = ?", shown)
    stopped = run("pause", "--plan", shown, "--reason", "Exams", "--data", folder, "--json")
    assert stopped.json["text"] == f"Nothing more of plan {shown} is sent until it is let go on."
    assert "stopped it: Exams." in run("plans", shown, "--data", folder).out
    assert run("resume", "--plan", shown, "--data", folder).out == f"Plan {shown} goes on.\n"
    again = run("resume", "--plan", shown, "--data", folder, "--json")
    assert (again.code, again.error["title"]) == (3, "Nothing to let go on")
    sql("UPDATE STT_ECHO_BATCH_STEP SET STATE = 'FAILED', ANSWER = 'no' WHERE STEP < 3")
    one = run("retry", "--plan", shown, "--step", 1, "--data", folder, "--json")
    assert one.json["text"] == f"1 step(s) of plan {shown} are sent again."
    assert run("retry", "--plan", shown, "--data", folder, "--json").json["touched"] == 1
    none = run("retry", "--plan", shown, "--data", folder, "--json")
    assert (none.code, none.error["title"]) == (3, "Nothing to try again")


@pytest.mark.parametrize(
    "words",
    [
        ("pause", "--plan", "1", "--reason", "x", "--room", "B1 Hall"),
        ("resume", "--plan", "1", "--id", "2"),
        ("retry", "--plan", "1", "--id", "2"),
        ("retry", "--step", "1", "--id", "2"),
    ],
)
def test_a_plan_and_something_else_is_no_question(run: Run, folder: Path, words: tuple[str, ...]) -> None:
    assert run(*words, "--data", folder).code == 2


# ---- the file -----------------------------------------------------------------------------------------------


@pytest.fixture
def file(run: Run, folder: Path, echo360: str, tmp_path: Path) -> Path:
    path = tmp_path / "plan.json"
    assert run("plan", "--echo360", echo360, "--file", path, "--data", folder).code == 0
    return path


def test_a_file_is_as_good_as_its_number(run: Run, folder: Path, file: Path) -> None:
    assert json.loads(file.read_text())["form"] == "EchoDesk plan"
    said = run("apply", file, "--data", folder, "--json")
    assert (said.code, said.json["touched"]) == (0, 5)


def edited(file: Path) -> str:
    return file.read_text().replace("POST", "DELETE", 1)


def another_version(file: Path) -> str:
    return file.read_text().replace('"version": 2', '"version": 1')


def half(file: Path) -> str:
    return file.read_text()[: len(file.read_text()) // 2]


def something_else(file: Path) -> str:
    return "[1, 2, 3]"


def nothing(file: Path) -> str:
    return ""


@pytest.mark.parametrize("spoil", [edited, another_version, half, something_else, nothing])
def test_a_file_that_is_not_as_it_was_written_is_refused(
    run: Run, folder: Path, file: Path, spoil: Callable[[Path], str]
) -> None:
    file.write_text(spoil(file))
    said = run("apply", file, "--data", folder, "--json")
    assert (said.code, said.error["title"]) == (2, "This file cannot be applied")
    assert "Nothing was sent." in said.error["next_step"]


def test_a_file_of_another_database_is_refused(run: Run, folder: Path, file: Path, sql: Sql) -> None:
    sql("UPDATE STT_ECHO_META SET VALUE = 'another' WHERE NAME = 'database'")
    said = run("apply", file, "--data", folder, "--json")
    assert (said.code, said.error["title"]) == (2, "This file cannot be applied")
    assert "another database" in said.error["message"]


def test_a_file_that_is_not_there(run: Run, folder: Path, tmp_path: Path) -> None:
    said = run("apply", tmp_path / "nothing.json", "--data", folder, "--json")
    assert (said.code, said.error["title"]) == (2, "There is no such plan")


def test_the_steps_as_a_table_in_which_nothing_is_a_formula(
    run: Run, folder: Path, sql: Sql, echo360: str, tmp_path: Path
) -> None:
    sql("UPDATE MODULE SET NAME = '=1+1'")
    sql("INSERT INTO STT_ECHO_SETTING (NAME, VALUE, BY) VALUES ('title', '{module name}', 'ann')")
    shown = run("plan", "--echo360", echo360, "--data", folder, "--json").json["plan"]
    path = tmp_path / "plan.csv"
    assert run("plans", shown, "--csv", path, "--data", folder).code == 0
    with path.open(encoding="utf-8-sig", newline="") as file:
        heading, *rows = csv.reader(file)
    assert heading[:3] == ["step", "action", "date"]
    assert [row[1] for row in rows] == ["POST"] * 5 + ["not recorded"]
    assert {row[6] for row in rows} == {"'=1+1"}
    assert [row[heading.index("state")] for row in rows] == ["OPEN"] * 5 + [""]
    book = tmp_path / "plan.xlsx"
    found = run("plans", shown, "--xlsx", book, "--data", folder, "--json").json
    assert found["by"]["action"] == {"POST": 5}
    assert sum(found["by"]["week"].values()) == sum(found["by"]["room"].values()) == 5
    with zipfile.ZipFile(book) as parts:
        sheets = [parts.read(name).decode() for name in sorted(parts.namelist()) if "/worksheets/sheet" in name]
        texts = parts.read("xl/sharedStrings.xml").decode()
    assert [sheet.count("<row ") for sheet in sheets] == [6, sum(len(one) + 1 for one in found["by"].values()), 2]
    assert all("<f>" not in sheet for sheet in sheets)
    assert "<t>=1+1</t>" in texts
    assert run("plans", "--csv", path, "--data", folder).code == 2
    assert run("plans", shown, "--xlsx", tmp_path, "--data", folder).code == 1
    nowhere = run("plans", shown, "--csv", tmp_path, "--data", folder, "--json")
    assert (nowhere.code, nowhere.error["title"]) == (1, "The plan's table could not be written")


def test_a_place_where_nothing_can_be_written(run: Run, folder: Path, echo360: str, tmp_path: Path) -> None:
    said = run("plan", "--echo360", echo360, "--file", tmp_path, "--data", folder, "--json")
    assert (said.code, said.error["title"]) == (1, "The plan's file could not be written")


def test_a_plan_made_here_asks_again_for_what_was_refused_for_good(
    run: Run, folder: Path, echo360: str, sql: Sql
) -> None:
    """As the leader's would: it would find the plan stale otherwise."""
    words = ("plan", "--echo360", echo360, "--data", folder, "--calls-per-minute", "0", "--json")
    shown = run(*words).json
    with closing(open_office(folder)) as office:
        (first, *_), *_ = office.look(lambda books: books.batches.steps(shown["plan"]))
    assert first.after is not None
    place = first.after.place
    sql(
        "INSERT INTO STT_ECHO_REFUSED (EXTERNAL_ID, FINGERPRINT, ROOMID, LESSON_DATE, ERROR)"
        " VALUES (?, ?, ?, ?, 'no')",
        first.external_id,
        fingerprint(first.after),
        place.room,
        place.date.isoformat(),
    )
    assert run(*words).json["calls"] == shown["calls"]
    assert sql("SELECT count(*) FROM STT_ECHO_REFUSED") == [(1,)]
