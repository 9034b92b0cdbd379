"""What a plan does not record: the lessons that its comparison left out, kept with it and listed everywhere."""

from __future__ import annotations

import csv
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from echodesk.batches import SavePlan
from echodesk.commands.plan_saving import save_plan
from echodesk.main import open_office
from tests.cli.conftest import CLASHING, CREDENTIALS, Run

Sql = Callable[..., list[tuple[Any, ...]]]


@pytest.fixture(autouse=True)
def _credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def shown(run: Run, folder: Path, echo360: str) -> int:
    """The number of a plan of one room, by which one lesson would not be recorded. Nothing was ever sent."""
    found = run("plan", "--echo360", echo360, "--room", "B1 Hall", "--data", folder, "--json").json
    assert found["left_out"] == {"clash": 1}
    return int(found["plan"])


def left_out(run: Run, folder: Path, number: int) -> dict[str, str]:
    (one,) = run("plans", number, "--left-out", "--data", folder, "--json").json["not_recorded"]
    return dict(one)


def test_lessons_that_are_not_recorded_are_listed_with_what_keeps_the_room(
    run: Run, folder: Path, shown: int
) -> None:
    one = left_out(run, folder, shown)
    assert one["external_id"].startswith(f"{CLASHING}-2-")
    assert (one["room"], one["time"], one["reason"]) == ("B1 Hall", "09:30-10:30", "clash")
    assert one["kept"].startswith("overlaps ENGL1003 LC01")
    text = run("plans", shown, "--left-out", "--data", folder).out
    assert text.splitlines() == [
        f"Not recorded by plan {shown}: 1.",
        f"  {one['date']} 09:30-10:30 B1 Hall  {one['title']}: Room clash ({one['kept']})",
    ]
    assert run("plans", shown, "--data", folder, "--json").json["not_recorded"] == [one]
    said = run("plans", shown, "--data", folder).out
    assert f"Not recorded: Room clash 1. Which: echodesk plans {shown} --left-out" in said


def test_the_list_is_that_of_the_plan_whatever_the_timetable_says_now(
    run: Run, folder: Path, sql: Sql, shown: int
) -> None:
    before = left_out(run, folder, shown)
    sql("DELETE FROM TIMETABLE WHERE SLOTID = ?", CLASHING)
    assert left_out(run, folder, shown) == before


def test_tables_and_the_plan_file_hold_them(run: Run, folder: Path, shown: int, tmp_path: Path) -> None:
    one = left_out(run, folder, shown)
    table, book = tmp_path / "out.csv", tmp_path / "out.xlsx"
    run("plans", shown, "--left-out", "--csv", table, "--data", folder)
    with table.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["external id"], row["what keeps the room"]) for row in rows] == [
        (one["external_id"], one["kept"])
    ]
    run("plans", shown, "--csv", table, "--xlsx", book, "--data", folder)
    assert in_steps(table) == [(one["external_id"], one["date"], f"Room clash ({one['kept']})")]
    with zipfile.ZipFile(book) as parts:
        assert "Not recorded" in parts.read("xl/workbook.xml").decode()
        assert parts.read("xl/worksheets/sheet3.xml").decode().count("<row ") == 2
    run("plans", shown, "--action", "make", "--csv", table, "--xlsx", book, "--data", folder)
    assert in_steps(table) == [], "chosen steps alone"
    with zipfile.ZipFile(book) as parts:
        assert "Not recorded" not in parts.read("xl/workbook.xml").decode()


def in_steps(table: Path) -> list[tuple[str, str, str]]:
    with table.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    return [(row["external id"], row["date"], row["why"]) for row in rows if row["action"] == "not recorded"]


def test_the_files_of_the_window_hold_them(run: Run, folder: Path, shown: int, tmp_path: Path) -> None:
    office = open_office(folder)
    try:
        for name in ("plan.xlsx", "plan.csv", "plan.json"):
            path = tmp_path / name
            office.look(lambda books, path=path: save_plan(books, SavePlan(shown, str(path)), 120, "2026-11-23"))  # type: ignore[misc]  # bound at once
    finally:
        office.close()
    one = left_out(run, folder, shown)
    with zipfile.ZipFile(tmp_path / "plan.xlsx") as parts:
        assert "Not recorded" in parts.read("xl/workbook.xml").decode()
    assert [name for name, _date, _why in in_steps(tmp_path / "plan.csv")] == [one["external_id"]]
    assert json.loads((tmp_path / "plan.json").read_text())["not_recorded"] == [one]


def test_a_plan_without_its_list_says_so(run: Run, folder: Path, sql: Sql, shown: int) -> None:
    """An earlier EchoDesk kept their number alone."""
    sql("DELETE FROM STT_ECHO_BATCH_LEFT_OUT")
    said = run("plans", shown, "--left-out", "--data", folder).out
    assert said.startswith(f"Not recorded by plan {shown}: 1.\nWhich lessons these are was not kept")


@pytest.mark.parametrize("words", [("--left-out",), ("1", "--left-out", "--room", "B1 Hall")])
def test_lessons_and_steps_are_not_asked_for_at_once(run: Run, folder: Path, words: tuple[str, ...]) -> None:
    assert run("plans", *words, "--data", folder).code == 2
