"""One CSV file read strictly: every fault names the file, the line and the field, and nothing is half read."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from echodesk.errors import TimetableFault

MOST_SHOWN = 60
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")
_WHOLE = re.compile(r"[0-9]{1,9}")


def fault(file: Path, line: int | None, field: str | None, what: str) -> TimetableFault:
    """The one shape of every complaint about a timetable file."""
    place = ", ".join(
        part for part in (file.name, line and f"line {line}", field and f"field {field}") if isinstance(part, str)
    )
    return TimetableFault(
        "The timetable cannot be read",
        f"{place}: {what}.",
        f"Correct the file in {file.parent} and start again. Nothing was loaded.",
    )


def shown(value: str) -> str:
    """A value as it is quoted in a message: never longer than a line."""
    return repr(value if len(value) <= MOST_SHOWN else value[:MOST_SHOWN] + "…")


@dataclass(frozen=True, slots=True)
class Record:
    """One line of a file; cells are trimmed."""

    file: Path
    line: int
    cells: Mapping[str, str]

    def fault(self, field: str, what: str) -> TimetableFault:
        """A complaint about one cell of this line."""
        return fault(self.file, self.line, field, what)

    def optional(self, field: str) -> str | None:
        """The text of a cell, None when it is empty."""
        return self.cells[field] or None

    def text(self, field: str) -> str:
        """The text of a cell that must not be empty."""
        value = self.cells[field]
        if not value:
            raise self.fault(field, "a value is needed here")
        return value

    def whole(self, field: str, lowest: int, highest: int) -> int:
        """A whole number from `lowest` to `highest`."""
        value = self.text(field)
        if not _WHOLE.fullmatch(value) or not lowest <= int(value) <= highest:
            raise self.fault(field, f"{shown(value)} is not a whole number from {lowest} to {highest}")
        return int(value)

    def minute(self, field: str) -> int:
        """A time of day in minutes since midnight."""
        value = self.text(field)
        found = _CLOCK.fullmatch(value)
        if found is None:
            raise self.fault(field, f"{shown(value)} is not a time of day written HH:MM, such as 09:30")
        return int(found[1]) * 60 + int(found[2])


def read_records(file: Path, columns: tuple[str, ...]) -> tuple[Record, ...]:
    """All lines of `file`, in order. Blank lines and columns that are not asked for are passed over.

    Raises:
        TimetableFault: the file is missing, unreadable, not UTF-8 or empty, lacks one of `columns`, or has a line
            with more or fewer cells than the heading.
    """
    rows = _rows(file, _text(file))
    first = next(rows, None)
    if first is None:
        raise fault(file, None, None, "the file is empty")
    line, cells = first
    heading = [cell.strip() for cell in cells]
    for column in columns:
        if heading.count(column) != 1:
            what = "this column is missing" if column not in heading else "this column is there twice"
            raise fault(file, line, column, what)
    records = []
    for line, cells in rows:
        if len(cells) != len(heading):
            end = heading[min(len(cells), len(heading) - 1)]
            raise fault(file, line, end, f"{len(cells)} cells where the heading has {len(heading)}")
        named = {name: cell.strip() for name, cell in zip(heading, cells, strict=True)}
        records.append(Record(file, line, {column: named[column] for column in columns}))
    if not records:
        raise fault(file, line, None, "there is a heading and nothing below it")
    return tuple(records)


def check_unique(records: tuple[Record, ...], field: str) -> None:
    """Refuse a key that stands on two lines; spaces around it do not make it another key.

    Raises:
        TimetableFault: names the second line and tells the first.
    """
    first_line: dict[str, int] = {}
    for record in records:
        value = record.text(field)
        if value in first_line:
            raise record.fault(field, f"{shown(value)} stands already on line {first_line[value]}")
        first_line[value] = record.line


def _text(file: Path) -> str:
    try:
        raw = file.read_bytes()
    except FileNotFoundError as error:
        raise fault(file, None, None, "this file is missing") from error
    except OSError as error:
        raise fault(file, None, None, f"this file cannot be read ({error.strerror})") from error
    try:
        # Spreadsheet programs put a byte order mark before UTF-8.
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise fault(file, line, None, "this is not UTF-8 text; save the file as CSV in UTF-8") from error


def _rows(file: Path, text: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise fault(file, line, None, f"this is not a line of CSV ({error})") from error
        if cells is None:
            return
        if any(cell.strip() for cell in cells):
            yield line, cells
