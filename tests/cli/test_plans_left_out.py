"""`plans N --left-out`: which lessons are not recorded, and what keeps their rooms."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from echodesk.batches import SavePlan
from echodesk.commands.plan_saving import save_plan
from echodesk.main import open_office
from tests.cli.conftest import CREDENTIALS, SMALL, Run

Sql = Callable[..., list[tuple[Any, ...]]]
FAR, PAST = "2099-03-04", "2001-03-04"


@pytest.fixture(autouse=True)
def _credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def shown(run: Run, folder: Path, echo360: str) -> int:
    """The number of a plan of one room, by which one lesson would not be recorded."""
    found = run("plan", "--echo360", echo360, "--room", "B1 Hall", "--data", folder, "--json").json
    assert found["left_out"] == {"clash": 1}
    return int(found["plan"])


def leave_out(sql: Sql, name: str, room: str = "B1 Hall", date: str = FAR, detail: str = "") -> None:
    """As the planning of a room and day leaves it."""
    sql(
        "INSERT INTO STT_ECHO_LEFT_OUT (EXTERNAL_ID, SETID, SLOTID, WEEKNUMBER, ROOMID, LESSON_DATE, REASON,"
        " WINNER, DETAIL) SELECT ?, SETID, SLOTID, 1, ?, ?, 'clash', ?, ? FROM TIMETABLE WHERE SLOTID = ? LIMIT 1",
        *(name, room, date, "" if detail else "9-9-2026-27", detail, SMALL),
    )


def test_lessons_that_are_not_recorded_are_listed_with_what_keeps_the_room(
    run: Run, folder: Path, sql: Sql, shown: int, tmp_path: Path
) -> None:
    leave_out(sql, "=1-1-2026-27")
    leave_out(sql, "2-1-2026-27", room="B2-7")
    leave_out(sql, "3-1-2026-27", date=PAST)
    table, book = tmp_path / "out.csv", tmp_path / "out.xlsx"
    said = run("plans", shown, "--left-out", "--csv", table, "--xlsx", book, "--data", folder, "--json")
    (one,) = said.json["not_recorded"]
    assert (one["external_id"], one["room"], one["date"]) == ("=1-1-2026-27", "B1 Hall", FAR)
    assert (one["reason"], one["kept"]) == ("clash", "9-9-2026-27 keeps the room")
    text = run("plans", shown, "--left-out", "--data", folder).out
    assert f"of plan {shown}, as of now: 1." in text
    assert f"{FAR} {one['time']} B1 Hall  {one['title']}: Room clash (9-9-2026-27 keeps the room)" in text
    assert "The plan counted" not in text
    with table.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["external id"], row["instead"]) for row in rows] == [("'=1-1-2026-27", one["kept"])]
    with zipfile.ZipFile(book) as parts:
        assert "Not recorded" in parts.read("xl/workbook.xml").decode()
        assert parts.read("xl/worksheets/sheet3.xml").decode().count("<row ") == 2


def test_the_list_says_that_it_is_of_now_where_the_plan_counted_otherwise(
    run: Run, folder: Path, sql: Sql, shown: int
) -> None:
    assert (
        "Not recorded: Room clash 1. Which: echodesk plans 1 --left-out"
        in run("plans", shown, "--data", folder).out
    )
    text = run("plans", shown, "--left-out", "--data", folder).out
    assert "as of now: 0.\nThe plan counted 1 when it was made." in text
    leave_out(sql, "1-1-2026-27", detail="longer than a recording may be")
    leave_out(sql, "2-1-2026-27")
    text = run("plans", shown, "--left-out", "--data", folder).out
    assert "Room clash (longer than a recording may be)" in text
    assert "The plan counted 1 when it was made." in text


def test_the_workbook_of_the_window_lists_them(folder: Path, sql: Sql, shown: int, tmp_path: Path) -> None:
    leave_out(sql, "1-1-2026-27")
    office = open_office(folder)
    try:
        path = tmp_path / "plan.xlsx"
        office.look(lambda books: save_plan(books, SavePlan(shown, str(path)), 120, "2026-11-23"))
    finally:
        office.close()
    with zipfile.ZipFile(path) as parts:
        assert "Not recorded" in parts.read("xl/workbook.xml").decode()


@pytest.mark.parametrize("words", [("--left-out",), ("1", "--left-out", "--room", "B1 Hall")])
def test_lessons_and_steps_are_not_asked_for_at_once(run: Run, folder: Path, words: tuple[str, ...]) -> None:
    assert run("plans", *words, "--data", folder).code == 2
