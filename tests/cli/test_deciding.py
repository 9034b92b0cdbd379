"""`decide` and `decisions` while nobody is sending: carried out here, listed, explained, taken back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from echodesk.commands.deciding import spread
from tests.cli.conftest import CLASHING, HALL, LESSONS, ROOMLESS, SMALL, Run, content
from tests.demo.csv_folder import write_folder

Sql = Callable[..., list[tuple[Any, ...]]]
TUESDAY, CLASHING_TUESDAY = 100005, 100006


@pytest.fixture
def decided(run: Run, folder: Path) -> Path:
    """CLASHING is recorded instead of HALL, in week 2, the only one in which they meet."""
    said = run("decide", "--lessons", HALL, CLASHING, "--record", CLASHING, "--why", "Agreed", "--data", folder)
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith(f"Decision 1: record lesson {CLASHING}, not {HALL} whenever they meet (1 week ")
    return folder


def test_a_decision_is_written_down_marked_and_audited(run: Run, folder: Path, sql: Sql) -> None:
    words = ("--lessons", HALL, CLASHING, "--record", CLASHING, "--why", "Agreed", "--data", folder)
    said = run("decide", *words, "--json")
    assert said.code == 0
    assert {name: said.json[name] for name in ("touched", "carried_out_by", "decision")} == {
        "touched": 3,
        "carried_out_by": "",
        "decision": 1,
    }
    ((kind, slots, winner, weeks, why),) = sql("SELECT KIND, SLOTIDS, WINNER, WEEKS, WHY FROM STT_ECHO_DECISION")
    assert (kind, slots, winner, weeks, why) == ("record_one", f"[{HALL}, {CLASHING}]", CLASHING, None, "Agreed")
    assert sql("SELECT count(*) FROM STT_ECHO_DIRTY WHERE REASON LIKE 'decision 1 by %'") == [(3,)]
    ((who, action),) = sql("SELECT WHO, ACTION FROM STT_ECHO_AUDIT ORDER BY ID DESC LIMIT 1")
    assert (bool(who), action) == (True, "DECIDE")
    again = run("decide", *words, "--json")
    assert (again.code, again.error["title"]) == (3, "This is decided already")


def test_it_is_listed_until_it_is_taken_back(run: Run, decided: Path) -> None:
    (listed,) = run("decisions", "--data", decided, "--json").json["decisions"]
    assert (listed["id"], listed["kind"], listed["lessons"], listed["winner"], listed["state"]) == (
        *(1, "record_one", [HALL, CLASHING], CLASHING),
        "counts",
    )
    assert [one["room"] for one in listed["room_days"]] == ["B1 Hall"]
    assert "counts in 1 room-day, next B1 Hall on" in run("decisions", "--data", decided).out

    back = run("decisions", "--withdraw", 1, "--why", "A mistake", "--data", decided)
    assert (back.code, back.out) == (0, "Decision 1 was taken back.\n")
    assert run("decisions", "--data", decided).out == "Nothing was decided.\n"
    (all_of_them,) = run("decisions", "--all", "--data", decided, "--json").json["decisions"]
    assert (all_of_them["state"], all_of_them["because"]) == ("withdrawn", "A mistake")
    again = run("decisions", "--withdraw", 1, "--why", "x", "--data", decided, "--json")
    assert (again.code, again.error["title"]) == (3, "It was taken back before")


@pytest.mark.parametrize(
    ("edit", "because"),
    [
        ("UPDATE TIMETABLE SET ROOMID = 'B2-7' WHERE SLOTID = 100003", "lesson 100003 was in B1 Hall Monday"),
        ("DELETE FROM TIMETABLE WHERE SLOTID = 100003", "the timetable has lesson 100003 no more"),
        ("DELETE FROM ROOMREQUESTS WHERE SLOTID = 100003", "lesson 100003 is not to be recorded any more"),
    ],
)
def test_a_void_decision_says_why(run: Run, decided: Path, sql: Sql, edit: str, because: str) -> None:
    sql(edit)
    (listed,) = run("decisions", "--data", decided, "--json").json["decisions"]
    assert listed["state"] == "void"
    assert listed["because"].startswith(because)
    assert f"void: {because}" in run("decisions", "--data", decided).out


def test_explain_names_who_decided_and_which_lesson_has_the_room(run: Run, decided: Path, sql: Sql) -> None:
    """As the worker would have written it down."""
    detail = f"MATH2 TU03 09:30-10:30 ({CLASHING}-2) is recorded instead (decision 1 of ann, 2026-11-21)"
    ((setid,),) = sql("SELECT SETID FROM TIMETABLE WHERE SLOTID = ?", HALL)
    external_id = f"{HALL}-2-{setid.replace('/', '-')}"
    sql(
        "INSERT INTO STT_ECHO_LEFT_OUT (EXTERNAL_ID, SETID, SLOTID, WEEKNUMBER, ROOMID, LESSON_DATE, REASON,"
        " WINNER, DETAIL) VALUES (?, ?, ?, 2, 'B1 Hall', '2990-01-01', 'decision', ?, ?)",
        *(external_id, setid, HALL, f"{CLASHING}-2", detail),
    )
    assert f"not recorded: Decided by staff ({detail})" in run("explain", HALL, "--data", decided).out


def test_explain_lists_what_was_decided_about_the_lesson(run: Run, decided: Path) -> None:
    said = f"Decision 1: record lesson {CLASHING}, not {HALL}"
    for lesson in (HALL, CLASHING):
        assert said in run("explain", lesson, "--data", decided).out
        (found,) = run("explain", lesson, "--data", decided, "--json").json["lessons"]
        assert [one["id"] for one in found["decisions"]] == [1]
    assert "Decision" not in run("explain", SMALL, "--data", decided).out


@pytest.mark.parametrize(
    ("words", "code", "title"),
    [
        ((), 2, "What is to be decided?"),
        (("--neither", "--together"), 2, "What is to be decided?"),
        (("--record", HALL, "--not"), 2, "What is to be decided?"),
        (("--record", SMALL), 2, "The lesson to record is not one of these"),
        (("--together",), 2, "Their times differ"),
        (("--not",), 2, "One lesson at a time"),
        (("--neither", "--week", 1, 2), 2, "They do not meet then"),
        (("--neither", "--date", "2990-01-01"), 2, "They do not meet then"),
        (("--neither", "--date", "1.1.2990"), 2, "This is not a date"),
        (("--neither", "--set", "1999/00"), 2, "No such lesson"),
    ],
)
def test_what_cannot_be_meant(run: Run, folder: Path, words: tuple[object, ...], code: int, title: str) -> None:
    before = content(folder)
    said = run("decide", "--lessons", HALL, CLASHING, *words, "--why", "x", "--data", folder, "--json")
    assert (said.code, said.error["title"]) == (code, title)
    assert said.error["message"]
    assert said.error["next_step"]
    assert content(folder) == before


@pytest.mark.parametrize(
    ("lessons", "title"),
    [
        ((HALL, SMALL), "These lessons never meet"),
        ((HALL, 5), "No such lesson"),
        ((HALL, ROOMLESS), "It is not recorded anyway"),
        ((HALL,), "Between which lessons?"),
    ],
)
def test_lessons_between_which_there_is_nothing_to_decide(
    run: Run, folder: Path, lessons: tuple[int, ...], title: str
) -> None:
    said = run("decide", "--lessons", *lessons, "--record", HALL, "--why", "x", "--data", folder, "--json")
    assert (said.code, said.error["title"]) == (2, title)


def test_a_reason_alone_takes_nothing_back(run: Run, decided: Path) -> None:
    said = run("decisions", "--why", "x", "--data", decided, "--json")
    assert (said.code, said.error["title"]) == (2, "Which decision is to be taken back?")
    missing = run("decisions", "--withdraw", 1, "--data", decided, "--json")
    assert (missing.code, missing.error["title"]) == (2, "A decision needs a reason")


def test_what_would_come_of_it_is_shown_and_nothing_decided(run: Run, folder: Path) -> None:
    before = content(folder)
    words = ("--lessons", HALL, CLASHING, "--record", CLASHING, "--why", "Agreed", "--data", folder, "--show")
    shown = run("decide", *words, "--json").json
    assert (shown["clashes"], shown["not_possible"], shown["room_days"], shown["paused"]) == (1, 0, 1, 0)
    assert {one["lesson"]: (one["before"], one["after"]) for one in shown["lessons"]} == {
        HALL: (3, 2),
        CLASHING: (0, 1),
    }
    assert shown["first"] == shown["last"]
    said = run("decide", *words).out
    assert f"lesson {CLASHING} (MATH2 TU03): recorded in 1 of 1 week(s), now in 0" in said
    assert "without --show" in said
    assert content(folder) == before


def test_alike_decides_about_every_open_clash_of_the_same_cause(run: Run, tmp_path: Path) -> None:
    """Two lectures of the same modules clash on Mondays, and two more of them on Tuesdays."""
    on_tuesdays = "a5,ENGL1003,LC01,l1,B1 Hall,2,09:00,10:00,2\na6,MATH2,TU03,l7,B1 Hall,2,09:30,10:30,2\n"
    timetable = write_folder(tmp_path, lessons=LESSONS + on_tuesdays)
    folder = tmp_path / "data"
    filled = run("demo", "--headless", "--until-quiet", "--timetable", timetable, "--data", folder, "--json")
    assert filled.code == 0

    words = ("--lessons", HALL, CLASHING, "--record", CLASHING, "--why", "Agreed", "--data", folder, "--alike")
    shown = run("decide", *words, "--show", "--json").json
    assert (shown["clashes"], shown["not_possible"], shown["room_days"]) == (2, 0, 2)
    gained = {one["lesson"]: one["after"] - one["before"] for one in shown["lessons"]}
    assert gained == {HALL: -1, CLASHING: 1, TUESDAY: -1, CLASHING_TUESDAY: 1}
    assert sum(shown["calls"].values()) <= 4
    assert run("decisions", "--data", folder, "--json").json["decisions"] == []
    assert run("decide", *words, "--json").code == 0
    made = run("decisions", "--data", folder, "--json").json["decisions"]
    assert sorted(one["winner"] for one in made) == [CLASHING, CLASHING_TUESDAY]
    again = run("decide", *words, "--json")
    assert (again.code, again.error["title"]) == (3, "This is decided already")


@pytest.mark.parametrize(
    ("words", "code", "title"),
    [
        ((), 3, "These lessons are in no open clash"),
        (("--week", 2), 2, "Alike clashes are decided for every week"),
    ],
)
def test_where_there_is_nothing_alike(
    run: Run, folder: Path, words: tuple[object, ...], code: int, title: str
) -> None:
    asked = ("--lessons", HALL, CLASHING, "--neither", "--alike", *words, "--why", "x", "--data", folder)
    said = run("decide", *asked, "--json")
    assert (said.code, said.error["title"]) == (code, title)


def test_an_option_may_have_several_values() -> None:
    words = ["--lessons", "1", "2", "--week", "3", "4", "--why", "so", "--not", "--lessons=5"]
    assert spread(words) == [
        *("--lessons", "1", "--lessons", "2", "--week", "3", "--week", "4", "--why", "so", "--not"),
        "--lessons=5",
    ]
