"""`plans N`: before and after, filters and groups, how two plans differ, and who carries a plan on."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import CREDENTIALS, Run

Sql = Callable[..., list[tuple[Any, ...]]]


@pytest.fixture(autouse=True)
def _credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def shown(run: Run, folder: Path, echo360: str) -> int:
    """The number of a plan that makes five recordings."""
    found = run("plan", "--echo360", echo360, "--data", folder, "--json").json
    assert [step["action"] for step in found["steps"]] == ["POST"] * 5
    return int(found["plan"])


def change_one(sql: Sql, plan: int) -> None:
    """As if what the first step makes stood already, under another title and in another room."""
    sql(
        """UPDATE STT_ECHO_BATCH_STEP SET METHOD = 'PUT', WHY = 'changed', BEFORE = json_object('echo_id', 'e1',
        'external_id', EXTERNAL_ID, 'ours', json('true'), 'place', json_object('room', 'B2-7', 'date',
        json_extract(AFTER, '$.place.date')), 'time', json_extract(AFTER, '$.time'), 'content',
        json_set(json_extract(AFTER, '$.content'), '$.title', '=An old title', '$.presenter', json('null')))
        WHERE BATCH_ID = ? AND STEP = 1""",
        plan,
    )


def test_a_change_says_what_it_changes_everywhere(
    run: Run, folder: Path, sql: Sql, shown: int, tmp_path: Path
) -> None:
    change_one(sql, shown)
    (changed,) = (one for one in run("plans", shown, "--data", folder, "--json").json["steps"] if one["changes"])
    by_field = {one["field"]: (one["before"], one["after"]) for one in changed["changes"]}
    assert by_field["title"] == ("=An old title", changed["after"]["title"])
    assert by_field["room"] == ("B2-7", changed["after"]["room"])
    told = f"Title: =An old title -> {changed['after']['title']}; "
    text = run("plans", shown, "--data", folder).out
    (line,) = (line for line in text.splitlines() if "change " in line)
    assert told in line
    assert f"Room: B2-7 -> {changed['after']['room']}" in line
    table, book = tmp_path / "plan.csv", tmp_path / "plan.xlsx"
    assert run("plans", shown, "--csv", table, "--xlsx", book, "--data", folder).code == 0
    with table.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows[0]["changes"].startswith(told)
    assert {row["changes"] for row in rows[1:]} == {""}
    with zipfile.ZipFile(book) as parts:
        assert told.replace(">", "&gt;") in parts.read("xl/sharedStrings.xml").decode()


@pytest.mark.parametrize(
    ("words", "steps"),
    [
        (("--action", "Change"), 1),
        (("--action", "post"), 4),
        (("--reason", "changed"), 1),
        (("--room", "b1 hall"), 3),
        (("--building", "B2"), 2),
        (("--action", "make", "--room", "B1 Hall"), 3),
        (("--action", "remove"), 0),
    ],
)
def test_only_the_steps_that_were_asked_for(
    run: Run, folder: Path, sql: Sql, shown: int, words: tuple[str, ...], steps: int, tmp_path: Path
) -> None:
    sql("UPDATE STT_ECHO_BATCH_STEP SET METHOD = 'PUT', WHY = 'changed' WHERE STEP = (SELECT max(STEP) FROM"
        " STT_ECHO_BATCH_STEP WHERE AFTER LIKE '%B2-7%')")  # fmt: skip
    path = tmp_path / "plan.csv"
    found = run("plans", shown, *words, "--csv", path, "--data", folder, "--json").json
    assert len(found["steps"]) == steps
    assert sum(found["by"]["room"].values()) == steps
    assert found["calls"] == 5
    assert len(path.read_text(encoding="utf-8-sig").splitlines()) == steps + 1
    assert f"{steps} of 5 steps:" in run("plans", shown, *words, "--data", folder).out


def test_what_failed_is_found_by_its_state(run: Run, folder: Path, sql: Sql, shown: int) -> None:
    sql("UPDATE STT_ECHO_BATCH_STEP SET STATE = 'FAILED', ANSWER = 'Refused: no' WHERE STEP = 2")
    sql("UPDATE STT_ECHO_BATCH_STEP SET STATE = 'LEFT_OUT' WHERE STEP > 3")
    sql("UPDATE STT_ECHO_BATCH SET STATE = 'DONE' WHERE ID = ?", shown)
    failed = run("plans", shown, "--state", "Failed", "--data", folder, "--json").json["steps"]
    assert [(step["number"], step["answer"]) for step in failed] == [(2, "Refused: no")]
    told = run("plans", shown, "--state", "failed", "--data", folder).out
    assert "1 of 5 steps:" in told
    assert told.count("Refused: no") == 1
    for typed in ("left-out", "left out", "LEFT_OUT"):
        assert len(run("plans", shown, "--state", typed, "--data", folder, "--json").json["steps"]) == 2
    counted = run("plans", shown, "--group", "state", "--data", folder).out
    assert [line.split() for line in counted.split("by state:\n")[1].splitlines()[:3]] == [
        ["failed", "1"],
        ["left", "out", "2"],
        ["open", "2"],
    ]


def test_steps_are_counted_by_group(run: Run, folder: Path, shown: int) -> None:
    lines = run("plans", shown, "--group", "Room", "--data", folder).out.splitlines()
    at = lines.index("5 steps by room:")
    assert [line.split() for line in lines[at + 1 : at + 3]] == [["B1", "Hall", "3"], ["B2-7", "2"]]
    told = run("plans", shown, "--group", "action", "--room", "B2-7", "--data", folder).out
    assert "2 steps by action:\n  make  2\n" in told


@pytest.mark.parametrize(
    "words",
    [
        ("1", "--action", "burn"),
        ("1", "--reason", "spite"),
        ("1", "--group", "colour"),
        ("1", "--state", "lost"),
        ("--room", "B2-7"),
    ],
)
def test_what_no_step_can_have_is_refused(run: Run, folder: Path, words: tuple[str, ...]) -> None:
    assert run("plans", *words, "--data", folder).code == 2


@pytest.mark.parametrize(
    ("words", "title"),
    [
        (("--room", "nowhere"), "There is no such room"),
        (("--building", "nowhere"), "There is no such building"),
        (("--room", ""), "A value is missing"),
        (("--state", " "), "A value is missing"),
    ],
)
def test_a_place_that_nobody_knows_is_refused(
    run: Run, folder: Path, shown: int, words: tuple[str, ...], title: str
) -> None:
    said = run("plans", shown, *words, "--data", folder, "--json")
    assert (said.code, said.error["title"]) == (2, title)


def test_a_place_without_steps_is_no_mistake(run: Run, folder: Path, sql: Sql, shown: int) -> None:
    sql("DELETE FROM STT_ECHO_BATCH_STEP WHERE AFTER LIKE '%B2-7%'")
    ((building,),) = sql(
        "SELECT DISTINCT s.SITENAME FROM SITES s JOIN ROOMS r ON r.SITEID = s.SITEID AND r.SETID = s.SETID"
        " WHERE r.ROOMID = 'B2-7'"
    )
    for words in (("--room", "B2-7"), ("--building", "B2"), ("--building", building)):
        assert "0 of 3 steps:" in run("plans", shown, *words, "--data", folder).out


def test_the_plan_of_now_is_shown_beside_the_one_that_was_refused(
    run: Run, folder: Path, sql: Sql, echo360: str, shown: int
) -> None:
    sql("UPDATE MODULE SET NAME = 'Another name' WHERE MODULEID = 'ENGL1003'")
    now = run("plan", "--echo360", echo360, "--data", folder, "--json").json["plan"]
    sql("UPDATE STT_ECHO_BATCH SET REPLACES = ? WHERE ID = ?", shown, now)
    sql("UPDATE STT_ECHO_BATCH SET STATE = 'STALE' WHERE ID = ?", shown)
    for number, what in ((shown, "Send what would be sent now"), (now, "Send exactly this")):
        found = run("plans", number, "--data", folder, "--json").json["difference"]
        assert (found["shown"], found["now"]) == (shown, now)
        assert (len(found["gone"]), len(found["came"])) == (3, 3)
        assert all("Another name" in one["title"] for one in found["came"])
        text = run("plans", number, "--data", folder).out
        assert f"Plan {now} beside plan {shown}: 3 needed no more, 3 new." in text
        assert text.count("  needed no more  ") == text.count("  new             ") == 3
        assert text.endswith(f"{what}: echodesk apply {now}\n")
    only = run("plans", now, "--room", "B2-7", "--data", folder).out
    assert "beside plan" not in only


def test_a_plan_that_nobody_sends_or_that_is_paused_says_so(run: Run, folder: Path, sql: Sql, shown: int) -> None:
    assert run("settings", "calls_per_minute", "1", "--data", folder).code == 0
    sql("UPDATE STT_ECHO_BATCH SET STATE = 'RUNNING' WHERE ID = ?", shown)
    text = run("plans", shown, "--data", folder).out
    assert text.startswith(f"Plan {shown} waits: nobody is sending. It goes on as soon as the window, or")
    assert "to go" not in text
    listed = run("plans", "--data", folder, "--json").json["plans"]
    assert [one["waits"] for one in listed] == ["waits: nobody is sending"]
    sql("UPDATE STT_ECHO_LEASE SET HOLDER = 'ann on pc7', UNTIL = '2999-01-01T00:00:00.000Z'")
    text = run("plans", shown, "--data", folder).out
    assert text.startswith(f"Plan {shown} is being sent by ann on pc7.")
    assert "About 5 minute(s) to go." in text
    sql("INSERT INTO STT_ECHO_PAUSE (REASON, OWNER) VALUES ('Exams', 'bob')")
    text = run("plans", shown, "--data", folder).out
    assert text.startswith(f"Plan {shown} waits for the pause “Exams” of bob.")
    assert "to go" not in text
    assert "waits for the pause “Exams” of bob (0 of 5)" in run("plans", "--data", folder).out


def test_a_plan_that_waits_for_an_answer_says_which_and_how(run: Run, folder: Path, sql: Sql, shown: int) -> None:
    sql("UPDATE STT_ECHO_BATCH SET STATE = 'RUNNING' WHERE ID = ?", shown)
    sql("UPDATE STT_ECHO_LEASE SET HOLDER = 'ann on pc7', UNTIL = '2999-01-01T00:00:00.000Z'")
    sql("INSERT INTO STT_ECHO_STOP (KIND, REASON) VALUES ('FEED', 'The timetable is empty.')")
    waits = "waits for the answer to safety stop 1: nothing is planned"
    text = run("plans", shown, "--data", folder).out.splitlines()
    assert text[0] == f"Plan {shown} {waits}."
    assert text[1] == (
        "Answer the safety stop: `echodesk stops` shows it. Put right what it names; if all is as it should be,"
        ' `echodesk allow 1 --why "…"` says yes.'
        " Then the plan goes on by itself."
    )
    found = run("plans", shown, "--data", folder, "--json").json
    assert (found["waits"], found["stops"]) == (waits, [1])
    (plan,) = run("status", "--data", folder, "--json").json["plans"]
    assert plan == {"plan": shown, "state": "RUNNING", "waits": waits, "steps": 5, "ended": 0}
    assert f"everything: {waits} (0 of 5)" in run("status", "--data", folder).out


def test_all_plans_are_listed_when_asked_for(run: Run, folder: Path, sql: Sql) -> None:
    for _ in range(45):
        sql("INSERT INTO STT_ECHO_BATCH (KIND, STATE, BY, SCOPE) VALUES ('RECONCILE', 'FAILED', 'ann', '{}')")
    listed = [one["plan"] for one in run("plans", "--data", folder, "--json").json["plans"]]
    assert listed == list(range(45, 25, -1))
    every = [one["plan"] for one in run("plans", "--all", "--data", folder, "--json").json["plans"]]
    assert every == list(range(45, 0, -1))
