"""`activity`: who did what is told of every command and call, and found by person, room, lesson and day."""

from __future__ import annotations

import getpass
import platform
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import HALL, Run

Sql = Callable[..., list[tuple[Any, ...]]]
CALL = (
    "INSERT INTO STT_ECHO_AUDIT (AT, WHO, ACTION, EXTERNAL_ID, ROOMID, LESSON_DATE, WHY, BEFORE, AFTER, OUTCOME)"
    " VALUES (?, 'worker', 'PUT', ?, 'B1 Hall', '2030-03-04', 'MOVED', 'B2-7 09:00', 'B1 Hall 10:00', 'done')"
)


def test_what_somebody_asked_for_is_told_with_who_and_what(run: Run, folder: Path) -> None:
    run("pause", "--reason", "Exams", "--data", folder)
    run("settings", "lead", "7", "--data", folder)
    said = run("activity", "--people", "--data", folder, "--json")
    assert said.code == 0
    assert said.json["more"] is False
    setting, pause = said.json["lines"]
    assert (setting["action"], setting["why"][:24]) == ("CHANGESETTING", "lead was 5 and is 7 now.")
    assert (pause["action"], pause["who"], pause["machine"]) == ("PAUSE", getpass.getuser(), platform.node())
    assert '"reason":"Exams"' in pause["sent"]
    text = run("activity", "--data", folder).out
    assert f"{getpass.getuser()} on {platform.node()}: Setting changed\n    lead was 5 and is 7 now." in text


def test_a_call_is_told_with_before_and_after_in_campus_time(run: Run, folder: Path, sql: Sql) -> None:
    sql("INSERT OR REPLACE INTO STT_ECHO_SETTING (NAME, VALUE, BY) VALUES ('zone', 'Australia/Sydney', 'ann')")
    sql(CALL, "2030-03-01T20:00:00.000Z", f"{HALL}-1-x")
    text = run("activity", "--data", folder).out
    assert "2030-03-02 07:00:00  worker: Changed (done)" in text
    assert "The lesson moved\n    before: B2-7 09:00\n    after:  B1 Hall 10:00" in text
    for words, found in (
        (("--since", "2030-03-02", "--until", "2030-03-02"), 1),
        (("--until", "2030-03-01", "--room", "hall"), 0),
        (("--who", "worker", "--action", "changed", "--lesson", f"{HALL}-1-x"), 1),
        (("--who", "ann"), 0),
    ):
        assert len(run("activity", *words, "--data", folder, "--json").json["lines"]) == found, words
    assert run("activity", "--who", "ann", "--data", folder).out == "Nothing was done that fits.\n"


def test_older_lines_are_shown_when_they_are_asked_for(run: Run, folder: Path, sql: Sql) -> None:
    for second in range(3):
        sql(CALL, f"2030-03-01T20:00:0{second}.000Z", "x")
    first = run("activity", "--limit", "2", "--data", folder, "--json").json
    assert (len(first["lines"]), first["more"]) == (2, True)
    key = first["lines"][-1]["key"]
    assert f"There is more: --before {key}" in run("activity", "--limit", "2", "--data", folder).out
    second = run("activity", "--limit", "2", "--before", key, "--action", "PUT", "--data", folder, "--json").json
    assert ([line["at"][:19] for line in second["lines"]], second["more"]) == (["2030-03-01T20:00:00"], False)


@pytest.mark.parametrize(
    ("words", "title"),
    [
        (("--since", "2030-02-02", "--until", "2030-02-01"), "These dates are reversed"),
        (("--since", "tomorrow"), "This is not a date"),
        (("--action", "danced"), "There is no such action"),
        (("--limit", "0"), "This command cannot be understood"),
    ],
)
def test_what_cannot_be_asked_says_why(run: Run, folder: Path, words: tuple[str, ...], title: str) -> None:
    said = run("activity", *words, "--data", folder, "--json")
    assert (said.code, said.error["title"]) == (2, title)


def test_words_from_outside_do_nothing_to_a_terminal(run: Run, folder: Path, sql: Sql) -> None:
    sql("INSERT INTO STT_ECHO_AUDIT (WHO, ACTION, WHY) VALUES (?, 'PAUSE', ?)", "\x1b[31mann", "\u202eevil\x07")
    said = run("activity", "--data", folder).out
    assert "ann: Paused" in said
    assert not {"\x1b", "\u202e", "\x07"} & set(said)
