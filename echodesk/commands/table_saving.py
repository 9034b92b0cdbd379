"""Rows of a table written into a file: by the worker, in the transaction in which they are read."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import xlsxwriter
from xlsxwriter.exceptions import XlsxWriterException

from echodesk.commands.sheets import NO_FORMULAS, cell_text, not_written
from echodesk.desk import words
from echodesk.desk.campus import CampusTime
from echodesk.desk.tables.columns import AnyColumn, columns_of
from echodesk.errors import EchoDeskError, WrongUse
from echodesk.main import AllBooks
from echodesk.messages import CommandDone, Row, SaveTable
from echodesk.spreadsheets import harmless

AT_ONCE = 500
"""So many rows are read and told of at a time."""
MOST_ROWS = 1_048_575
"""So many rows fit below the titles of a workbook's sheet."""
ALL = 100_000_000
TITLE = "The list could not be written"
PIXELS_OF_A_LETTER = 7


def save_table(
    books: AllBooks, command: SaveTable, today: str, campus: CampusTime, told: Callable[[int, int], None]
) -> CommandDone:
    """Write the rows as the end of the file's name says; `told` hears how many of how many are written. Raises
    `WrongUse` for another end, `EchoDeskError` if the file cannot be written or cannot hold so many rows."""
    path = Path(command.path)
    kind = path.suffix.casefold()
    if kind not in (".csv", ".xlsx"):
        raise WrongUse(
            "What kind of file?", f"{path.name} ends neither in .xlsx nor .csv.", "Name it with one of them."
        )
    known = {column.title: column for column in columns_of(command.table, campus)}
    columns = [known[title] for title in command.columns]
    keys = command.keys
    if keys is None:
        keys = tuple(books.screens.found(command.table, replace(command.query, limit=ALL), today))
    if kind == ".xlsx" and len(keys) > MOST_ROWS:
        raise EchoDeskError(
            TITLE,
            f"{len(keys):,} rows match, and a workbook holds {MOST_ROWS:,}.",
            "Save it as a table (.csv), or filter the list first.",
        )
    rows = _rows(books, command, keys, today, told)
    try:
        written = (
            _write_csv(path, columns, rows) if kind == ".csv" else _write_workbook(path, command, columns, rows)
        )
    except (OSError, XlsxWriterException) as error:
        raise not_written(TITLE, path, error) from error
    one, many = words.ROWS[command.table]
    return CommandDone(f"{written:,} {one if written == 1 else many} written to {path}.", written)


def _rows(
    books: AllBooks, command: SaveTable, keys: Sequence[int], today: str, told: Callable[[int, int], None]
) -> Iterator[Row]:
    for first in range(0, len(keys), AT_ONCE):
        yield from books.screens.rows(command.table, list(keys[first : first + AT_ONCE]), today)
        told(min(first + AT_ONCE, len(keys)), len(keys))


def _write_csv(path: Path, columns: Sequence[AnyColumn], rows: Iterable[Row]) -> int:
    written = 0
    # The mark at the beginning tells spreadsheets that it is UTF-8.
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        table = csv.writer(file)
        table.writerow([column.title for column in columns])
        for row in rows:
            written += 1
            found = (column.value(row) for column in columns)
            table.writerow([one if isinstance(one, int) else harmless(cell_text(one)) for one in found])
    return written


def _write_workbook(path: Path, command: SaveTable, columns: Sequence[AnyColumn], rows: Iterable[Row]) -> int:
    written = 0
    options = {**NO_FORMULAS, "constant_memory": True}
    # Opened first: a place that cannot be written to is told before a row is read. Each row goes into the file at
    # once, so that a whole year needs no memory.
    with path.open("wb") as file, xlsxwriter.Workbook(file, options) as book:
        bold = book.add_format({"bold": True})
        sheet = book.add_worksheet(words.PAGES[command.table])
        for at, column in enumerate(columns):
            sheet.set_column(at, at, column.width / PIXELS_OF_A_LETTER)
        sheet.freeze_panes(1, 0)
        for at, column in enumerate(columns):
            sheet.write_string(0, at, column.title, bold)
        for written, row in enumerate(rows, start=1):
            for at, column in enumerate(columns):
                value = column.value(row)
                if isinstance(value, int):
                    sheet.write_number(written, at, value)
                else:
                    sheet.write_string(written, at, cell_text(value))
        sheet.autofilter(0, 0, written, len(columns) - 1)
    return written
