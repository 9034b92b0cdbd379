"""Rows of a table in a file: those asked for, in their order, and no cell that a spreadsheet carries out."""

from __future__ import annotations

import csv
import datetime as dt
import zipfile
from pathlib import Path

import pytest
from sqlalchemy import text

from echodesk.commands import table_saving
from echodesk.commands.table_saving import save_table
from echodesk.desk.campus import campus_time
from echodesk.errors import EchoDeskError, WrongUse
from echodesk.main import Office
from echodesk.messages import CommandDone, SaveTable, Table, TableQuery
from tests.store.test_office import TODAY
from tests.store.test_queue import enter, expand, finish

CAMPUS = campus_time("Europe/London", lambda: dt.datetime(2026, 6, 1, 12, 0, tzinfo=dt.UTC))
COLUMNS = ("Module", "Status", "Arrived")
EVERYTHING = TableQuery()


def save(office: Office, wish: SaveTable) -> tuple[CommandDone, list[tuple[int, int]]]:
    """What was said at the end, and on the way."""
    told: list[tuple[int, int]] = []
    done = office.look(
        lambda books: save_table(books, wish, TODAY, CAMPUS, lambda count, total: told.append((count, total)))
    )
    return done, told


def asked(path: Path, keys: tuple[int, ...] | None = None, query: TableQuery = EVERYTHING) -> SaveTable:
    return SaveTable(str(path), Table.QUEUE, COLUMNS, keys, query)


def rows_of(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def entries(office: Office, *slots: int) -> None:
    """Edits of a module with a name that a spreadsheet would carry out, all of one moment."""
    enter(office, *slots)
    office.database.write(
        lambda c: c.execute(text("UPDATE STT_ECHO_QUEUE SET CREATED = '2026-06-01T08:05:11.123Z'"))
    )
    office.database.write(lambda c: c.execute(text("UPDATE MODULE SET NAME = '=1+1'")))


def test_the_rows_stand_in_the_order_and_under_the_columns_of_the_screen(office: Office, tmp_path: Path) -> None:
    entries(office, 1, 2, 3)
    path = tmp_path / "list.csv"
    done, told = save(office, asked(path, keys=(2, 3)))
    title, *rows = rows_of(path)
    assert title == list(COLUMNS)
    assert rows == [[f"'=1+1 ({module} · LC01)", "Waiting", "2026-06-01 09:05:11"] for module in ("M2", "M3")]
    assert (done, told) == (CommandDone(f"2 changes written to {path}.", 2), [(2, 2)])


def test_all_that_match_are_written_whether_or_not_they_are_on_screen(office: Office, tmp_path: Path) -> None:
    entries(office, 1, 2, 3, 4, 5)
    expand(office)
    finish(office, "FAILED", 1, 5)
    path = tmp_path / "list.csv"
    done, _told = save(office, asked(path, query=TableQuery("lc01", ("FAILED",), limit=1)))
    assert done.touched == 2
    assert [row[1].partition(" ")[0] for row in rows_of(path)[1:]] == ["Failed", "Failed"]


def test_a_workbook_holds_texts_as_texts_and_numbers_as_numbers(office: Office, tmp_path: Path) -> None:
    office.database.write(
        lambda c: c.execute(
            text(
                "INSERT INTO STT_ECHO_DAY_ROOM (ROOMID, LESSON_DATE, LEFT_OUT, LAST_ERROR) VALUES (:r, :d, 7, :e)"
            ),
            {"r": "=HYPERLINK(1)", "d": TODAY, "e": "{=1+1}"},
        )
    )
    path = tmp_path / "list.xlsx"
    wish = SaveTable(str(path), Table.ROOM_DAYS, ("Not recorded", "Room", "State", "Date"), (1,), TableQuery())
    assert save(office, wish)[0].touched == 1
    with zipfile.ZipFile(path) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
    assert '<c r="A2"><v>7</v></c>' in sheet
    for cell, said in (("B2", "=HYPERLINK(1)"), ("C2", "Open ({=1+1})"), ("D2", TODAY)):
        assert f'<c r="{cell}" t="inlineStr"><is><t>{said}</t></is></c>' in sheet
    assert "<f>" not in sheet
    assert '<autoFilter ref="A1:D2"/>' in sheet


def test_what_cannot_be_written_is_said(office: Office, tmp_path: Path) -> None:
    entries(office, 1)
    for name in ("list.csv", "list.xlsx"):
        path = tmp_path / "no" / name
        with pytest.raises(EchoDeskError) as told:
            save(office, asked(path, keys=(1,)))
        assert told.value.title == "The list could not be written"
        assert str(path) in told.value.message
        assert told.value.next_step == "Close it where it is open, or name another place."
    with pytest.raises(WrongUse, match="What kind of file"):
        save(office, asked(tmp_path / "list.doc", keys=(1,)))
    too_many = tuple(range(table_saving.MOST_ROWS + 1))
    with pytest.raises(EchoDeskError, match=r"1,048,576 rows match, and a workbook holds 1,048,575"):
        save(office, asked(tmp_path / "list.xlsx", keys=too_many))
    assert list(tmp_path.glob("list*")) == []
