"""The steps of a plan as a table for a spreadsheet: CSV, or a workbook with the counts beside them.

No cell is ever taken for a formula or a link, whatever a lesson is called (reliability S11).
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path

import xlsxwriter
from xlsxwriter.exceptions import XlsxWriterException
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from echodesk.batches import SINCE, NotRecorded, PlanDetail, StepRow
from echodesk.commands.plan_missed import missed_why
from echodesk.commands.plan_steps import change_text
from echodesk.commands.sheets import NO_FORMULAS, cell_text, not_written
from echodesk.desk import words
from echodesk.spreadsheets import harmless

COLUMNS = (
    "step",
    "action",
    "date",
    "time",
    "room",
    "building",
    "recording",
    "external id",
    "stands",
    "changes",
    "why",
    "state",
    "answer",
    "since preview",
)
WIDTHS = (7, 9, 12, 13, 14, 18, 40, 22, 30, 50, 34, 12, 50, 20)
KEPT, MISSED = "not taken back", "not recorded"
KEPT_COLUMNS, KEPT_WIDTHS = ("external id", "why not taken back"), (22, 80)
MISSED_COLUMNS = ("date", "time", "room", "building", "lesson", "external id", "why", "what keeps the room")
MISSED_WIDTHS = (12, 13, 14, 18, 40, 22, 34, 50)
TITLE = "The plan's table could not be written"


def write_table(path: Path, detail: PlanDetail, missed: Sequence[NotRecorded]) -> None:
    """Write the steps as CSV, after them what cannot be taken back and the lessons that are not recorded. Raises
    `EchoDeskError`."""
    _write_csv(path, COLUMNS, chain(_rows(detail), _kept_rows(detail), map(_missed_beside_steps, missed)))


def write_missed(path: Path, missed: Sequence[NotRecorded]) -> None:
    """Write the lessons that are not recorded as CSV. Raises `EchoDeskError`."""
    _write_csv(path, MISSED_COLUMNS, map(_missed_row, missed))


def _write_csv(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    try:
        # The mark at the beginning tells spreadsheets that it is UTF-8.
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            table = csv.writer(file)
            table.writerow(columns)
            for row in rows:
                table.writerow([harmless(cell_text(value)) for value in row])
    except OSError as error:
        raise not_written(TITLE, path, error) from error


def write_workbook(path: Path, detail: PlanDetail, missed: Sequence[NotRecorded]) -> None:
    """Write the steps and their counts as an XLSX file; what cannot be taken back, and the lessons that are not
    recorded, on sheets of their own. Raises `EchoDeskError`."""
    try:
        with xlsxwriter.Workbook(str(path), NO_FORMULAS) as book:
            bold = book.add_format({"bold": True})
            steps = book.add_worksheet("Steps")
            last = _fill(steps, COLUMNS, WIDTHS, _rows(detail), bold)
            steps.freeze_panes(1, 0)
            steps.autofilter(0, 0, last, len(COLUMNS) - 1)
            counts = book.add_worksheet("Counts")
            line = 0
            for name, counted in detail.by.items():
                _write(counts, line, (f"by {name}" if name != SINCE else "since preview", "steps"), bold)
                for value, count in counted.items():
                    line += 1
                    said = _group(name, value)
                    counts.write_string(line, 0, cell_text(said or "not known"))
                    counts.write_number(line, 1, count)
                line += 2
            counts.set_column(0, 0, 40)
            if detail.kept:
                listed = book.add_worksheet("Not taken back")
                _fill(listed, KEPT_COLUMNS, KEPT_WIDTHS, map(_kept, detail.kept), bold)
            if missed:
                listed = book.add_worksheet("Not recorded")
                _fill(listed, MISSED_COLUMNS, MISSED_WIDTHS, map(_missed_row, missed), bold)
    except (OSError, XlsxWriterException) as error:
        raise not_written(TITLE, path, error) from error


def _fill(
    sheet: Worksheet,
    columns: Sequence[str],
    widths: Sequence[int],
    rows: Iterable[Sequence[str]],
    bold: Format,
) -> int:
    """Write a heading and rows; returns the number of the last row."""
    _write(sheet, 0, columns, bold)
    last = 0
    for last, row in enumerate(rows, start=1):
        _write(sheet, last, row)
    for at, width in enumerate(widths):
        sheet.set_column(at, at, width)
    return last


def _missed_row(one: NotRecorded) -> tuple[str, ...]:
    place = (one.date, one.time, one.room, one.building, one.title, one.external_id)
    return (*place, words.reason(one.reason), one.kept)


def _rows(detail: PlanDetail) -> Iterator[tuple[str, ...]]:
    """The steps; after them those of the plan before that are needed no more, without a number of this plan."""
    for step in detail.steps:
        yield _row(str(step.key), step, step.state)
    for step in detail.gone:
        yield _row("", step, "")


def _kept(one: str) -> tuple[str, str]:
    """The external id, and why it is not taken back."""
    name, _, why = one.partition(": ")
    return name, why


def _kept_rows(detail: PlanDetail) -> Iterator[tuple[str, ...]]:
    """What cannot be taken back under the columns of the steps."""
    for name, why in map(_kept, detail.kept):
        yield _under_columns({"action": KEPT, "external id": name, "why": why})


def _missed_beside_steps(one: NotRecorded) -> tuple[str, ...]:
    """A lesson that is not recorded under the columns of the steps."""
    return _under_columns(
        {
            "action": MISSED,
            "date": one.date,
            "time": one.time,
            "room": one.room,
            "building": one.building,
            "recording": one.title,
            "external id": one.external_id,
            "why": missed_why(one),
        }
    )


def _under_columns(values: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(values.get(column, "") for column in COLUMNS)


def _row(number: str, step: StepRow, state: str) -> tuple[str, ...]:
    place = (step.date, step.time, step.room, step.building, step.title, step.external_id, step.was)
    told = (change_text(step), words.why(step.why), state, step.answer, words.since(step.since))
    return (number, step.action, *place, *told)


def _group(name: str, value: str) -> str:
    return {"reason": words.why, SINCE: words.since}.get(name, str)(value)


def _write(sheet: Worksheet, line: int, row: Iterable[str], style: Format | None = None) -> None:
    for at, value in enumerate(row):
        sheet.write_string(line, at, cell_text(value), style)
