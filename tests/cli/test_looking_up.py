"""`lookup` and `not-recorded`, before anything was sent and when it was."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import CLASHING, HALL, ROOMLESS, SMALL, Run

Sql = Callable[..., list[tuple[Any, ...]]]
FAR = ("--from", "2000-01-01")


@pytest.mark.parametrize(
    ("words", "slots"),
    [
        (("engl",), [HALL]),
        (("--module", "math"), [SMALL, CLASHING, ROOMLESS]),
        (("--module", "math", "--room", "b1"), [CLASHING]),
        (("--lecturer", "l1"), [HALL]),
        (("tu03", "math2"), [SMALL, CLASHING, ROOMLESS]),
    ],
)
def test_lessons_are_found_by_what_people_know_of_them(
    run: Run, folder: Path, words: tuple[str, ...], slots: list[int]
) -> None:
    said = run("lookup", *words, *FAR, "--data", folder, "--json")
    assert said.code == 0
    assert sorted(one["slotid"] for one in said.json["lessons"]) == slots
    assert said.json["in_all"] == len(slots)


def test_each_week_has_an_answer_in_words(run: Run, folder: Path) -> None:
    (lesson,) = run("lookup", "engl", *FAR, "--data", folder, "--json").json["lessons"]
    assert [week["week"] for week in lesson["weeks"]] == [1, 2, 3]
    assert {week["cause"] for week in lesson["weeks"]} == {"waits"}
    assert len(lesson["criteria"]) == 9
    text = run("lookup", "engl", *FAR, "--data", folder).out
    assert "Not recorded yet: it waits to be sent." in text
    (roomless,) = run("lookup", ROOMLESS, *FAR, "--data", folder, "--json").json["lessons"]
    assert {week["why"] for week in roomless["weeks"]} == {"Not to be recorded: it has a room: no."}


def test_one_day_alone(run: Run, folder: Path) -> None:
    (lesson,) = run("lookup", "engl", *FAR, "--data", folder, "--json").json["lessons"]
    second = lesson["weeks"][1]["date"]
    (found,) = run("lookup", "engl", "--date", second, "--data", folder, "--json").json["lessons"]
    assert [week["week"] for week in found["weeks"]] == [2]


@pytest.mark.parametrize(
    ("words", "code", "title"),
    [
        ((), 2, "Nothing to look for"),
        (("x", "--date", "2030-01-01", "--to", "2030-02-01"), 2, "One day or a range"),
        (("x", "--from", "2030-02-01", "--to", "2030-01-01"), 2, "These dates are reversed"),
        (("x", "--date", "tomorrow"), 2, "This is not a date"),
        (("no such lesson",), 3, "No lesson fits"),
    ],
)
def test_what_cannot_be_looked_up_says_why(
    run: Run, folder: Path, words: tuple[str, ...], code: int, title: str
) -> None:
    said = run("lookup", *words, "--data", folder, "--json")
    assert (said.code, said.error["title"]) == (code, title)


def test_what_is_not_recorded_is_counted_by_cause(run: Run, folder: Path, sql: Sql) -> None:
    ((first,),) = sql("SELECT min(substr(STARTDATE, 1, 10)) FROM WEEKSTRUCTURE")
    words = ("not-recorded", "--from", first, "--days", "30", "--data", folder)
    said = run(*words, "--json").json
    assert said["causes"] == {"waits": 6}
    assert [one["date"] for one in said["lessons"]] == sorted(one["date"] for one in said["lessons"])
    assert {one["slotid"] for one in said["lessons"]} == {HALL, SMALL, CLASHING}
    assert "6 lessons: 6 waits" in run(*words).out
    assert run(*words, "--cause", "clash", "--json").json["lessons"] == []
    wrong = run(*words, "--cause", "nonsense", "--json")
    assert (wrong.code, wrong.error["title"]) == (2, "There is no such cause")


def test_what_others_booked_is_listed_and_left_alone(run: Run, folder: Path, sql: Sql) -> None:
    words = ("booked-by-others", "--from", "2030-01-01", "--data", folder)
    assert run(*words, "--json").json["bookings"] == []
    assert run(*words).out.startswith("Nobody else has booked anything")
    sql(
        "INSERT INTO STT_ECHO_MIRROR (ECHO_ID, OURS, ROOMID, LESSON_DATE, STARTTIME, FINISHTIME, TITLE, SECTIONS,"
        " INPUTS, REST, VERIFIED) VALUES ('e1', 0, 'B1 Hall', '2030-03-04', 540, 600, 'Open day', '[]', '[]',"
        " '{}', '2030-01-01T00:00:00.000Z')"
    )
    (one,) = run(*words, "--json").json["bookings"]
    assert (one["date"], one["times"], one["room"], one["title"]) == (
        "2030-03-04",
        "09:00-10:00",
        "B1 Hall",
        "Open day",
    )
    assert "2030-03-04  09:00-10:00" in run(*words, "--room", "B1 Hall").out
    assert run(*words, "--room", "B1", "--json").json["bookings"] == []
    assert run(*words, "--days", "30", "--json").json["to"] == "2030-01-30"


def test_who_is_not_known_is_listed_and_looked_for_again(run: Run, folder: Path, sql: Sql) -> None:
    words = ("unknown-people", "--data", folder)
    assert run(*words, "--json").json == {"people": []}
    nobody = run(*words, "--look-again", "--json")
    assert (nobody.code, nobody.error["title"]) == (3, "Nobody is missing")
    then = "2026-01-01T00:00:00.000Z"
    sql("INSERT INTO STT_ECHO_MISSING_PERSON VALUES ('ann@example.ac.uk', ?, ?)", then, then)
    (one,) = run(*words, "--json").json["people"]
    assert (one["email"], one["lessons"], one["checked"]) == ("ann@example.ac.uk", 0, then)
    assert run("status", "--data", folder, "--json").json["unknown_people"] == 1
    assert run(*words, "--look-again", "--json").json["touched"] == 1
    assert run(*words, "--json").json["people"][0]["checked"] == ""
    assert run(*words).out.startswith("ann@example.ac.uk: 0 lessons without presenter")


def test_what_failed_is_listed_by_cause_and_room_and_acted_on_as_a_group(run: Run, folder: Path, sql: Sql) -> None:
    words = ("failures", "--data", folder)
    ((entry,),) = sql("SELECT min(ID) FROM STT_ECHO_QUEUE")
    assert run(*words, "--json").json == {"groups": []}
    assert (run(*words, "--retry", "--json").code, run(*words, "--set-aside", "x", "--json").code) == (3, 3)
    for week, message in enumerate(("Device not found in Room", "Room not found"), 1):
        sql(
            "INSERT INTO STT_ECHO_NOTIFICATION (QUEUE_ID, EXTERNAL_ID, SETID, SLOTID, WEEKNUMBER, ACTION, STATUS,"
            " MESSAGE, RECORDED, LESSON_DATE, NEW_ROOMID, NEW_DATE, STARTTIME, FINISHTIME)"
            " SELECT ID, ?, SETID, SLOTID, ?, 'INSERT', 'FAILED', ?, 'NO', '2099-03-01', ?, '2099-03-01', '09:00',"
            " '10:00' FROM STT_ECHO_QUEUE WHERE ID = ?",
            *(f"x-{week}", week, message, "B1 Hall", entry),
        )
    listed = run(*words, "--json").json["groups"]
    assert {(one["cause"], one["room"], one["count"]) for one in listed} == {
        ("no_recorder", "B1 Hall", 1),
        ("missing", "B1 Hall", 1),
    }
    assert run(*words, "--cause", "missing", "--room", "B2-7", "--json").json["groups"] == []
    assert "    1  No recorder in the room, Great Hall, next 2099-03-01 09:00-10:00" in run(*words).out
    aside = run(*words, "--cause", "missing", "--set-aside", "not ours", "--json").json
    assert aside["touched"] == 1
    (left,) = run(*words, "--json").json["groups"]
    assert left["cause"] == "no_recorder"
    both = run(*words, "--retry", "--set-aside", "x", "--json")
    assert (both.code, both.error["title"]) == (2, "Retry or set aside?")
    assert run(*words, "--retry", "--json").json["touched"] == 1
    assert run(*words, "--json").json["groups"] == []
