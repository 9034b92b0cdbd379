"""`python -m tests.databases.figures`: what the screens cost on a table of a million rows, and edits out of order.

Each figure stands beside a baseline of the same run: one look at every row of the table, and a reader that
remembers the highest number. Returns 1 if a goal was missed.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlalchemy import text

from echodesk.main import AllBooks, Office
from echodesk.messages import Table
from echodesk.store.database import Database
from echodesk.store.screens import Tables
from tests.databases import postgres
from tests.databases.engines import fresh_sqlite
from tests.databases.large_tables import ASKED, TODAY, fill, first_page
from tests.databases.out_of_order import EDITORS, campaign
from tests.databases.report import REPORT, commit, write_part

ROWS, EDITED = 1_000_000, 100_000
FIRST_PAGE_MS, FILTER_MS = 100.0, 300.0
ROUNDS = 7
_EVERY_ROW = {
    Table.QUEUE: text("SELECT max(length(STATUS || coalesce(ERROR, ''))) FROM STT_ECHO_QUEUE"),
    Table.NOTIFICATIONS: text("SELECT max(length(STATUS || coalesce(MESSAGE, ''))) FROM STT_ECHO_NOTIFICATION"),
    Table.ROOM_DAYS: text("SELECT max(length(ROOMID || coalesce(LAST_ERROR, ''))) FROM STT_ECHO_DAY_ROOM"),
}


@dataclass(frozen=True, slots=True)
class Figure:
    """One line."""

    what: str
    engine: str
    unit: str
    found: float
    """The median of the rounds, where it is a time."""
    best: float
    """The quickest of them."""
    goal: float | None
    """Not to be exceeded; None where nothing is promised."""
    baseline: float

    @property
    def met(self) -> bool:
        """Whether the goal was reached."""
        return self.goal is None or self.found <= self.goal


def screens(database: Database, rows: int, rounds: int = ROUNDS) -> Iterator[Figure]:
    """How long each question takes until its first page is there, in milliseconds; of so many rows."""
    fill(database, rows)
    office = Office(database)
    engine = database.engine.dialect.name
    every_row = {table: _every_row(office, table) for table in Table}
    for what, (table, query) in ASKED.items():
        times = [_ms(lambda: first_page(office, table, query)) for _ in range(rounds)]  # noqa: B023 - asked at once
        goal = FIRST_PAGE_MS if not query.text and not query.statuses else FILTER_MS
        yield Figure(what, engine, "ms", statistics.median(times), min(times), goal, every_row[table])
    # No screen waits for them: the Overview makes them, the less often the longer they take.
    times = [_ms(lambda: office.look(_counts)) for _ in range(rounds)]
    yield Figure(
        "all rows by status", engine, "ms", statistics.median(times), min(times), None, sum(every_row.values())
    )


def out_of_order(socket: Path, rows: int) -> Figure:
    """How many of so many entries were not accounted for once."""
    found = campaign(socket, rows)
    if not (found.late and found.taken_back):
        raise AssertionError("no entry came after one with a higher number, or none was taken back")
    wrong = len(found.problems)
    what = f"entries of {rows:,} edits by {EDITORS} timetablers, not claimed, ended and shown exactly once"
    return Figure(what, "postgresql", "entries", wrong, wrong, 0, found.missed_by_number)


def measured(rows: int, edited: int, told: Callable[[Figure], None]) -> list[Figure]:
    """All of them, each told as it is found."""
    found = []

    def keep(figure: Figure) -> None:
        found.append(figure)
        told(figure)

    with tempfile.TemporaryDirectory() as folder, postgres.server() as socket:
        for database in (fresh_sqlite(Path(folder)), postgres.fresh(socket, "figures")):
            for figure in screens(database, rows):
                keep(figure)
            database.close()
        keep(out_of_order(socket, edited))
    return found


def part(figures: Sequence[Figure], rows: int) -> str:
    """The part of `REPORT.md`."""
    lines = [
        "# Large tables, and edits out of order",
        "",
        "Written by `python -m tests.databases.figures --report`; do not edit.",
        "",
        f"{rows:,} timetable changes, {rows:,} weekly updates and nearly as many room-days; commit {commit()}."
        f" A time is the median of {ROUNDS} until the first page was there, beside the quickest. The baseline is"
        " one look at every row; for edits, what a reader that remembers the highest number never saw.",
        "",
        "| what | engine | found | quickest | goal | baseline | |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for one in figures:
        lines.append(f"| {one.what} ({one.unit}) | {one.engine} | {' | '.join(_cells(one))} |")
    return "\n".join(lines)


def line(one: Figure) -> str:
    """For people who wait for it."""
    return f"{one.engine:<11}{''.join(f'{cell:>10}' for cell in _cells(one))}  {one.what} ({one.unit})"


def _cells(one: Figure) -> list[str]:
    numbers = (one.found, one.best, one.goal, one.baseline)
    said = "" if one.goal is None else "met" if one.met else "MISSED"
    return [*("" if number is None else f"{number:,.0f}" for number in numbers), said]


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.databases.figures", description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS, help="of each table")
    parser.add_argument("--json", action="store_true", help="one list of objects on standard output")
    parser.add_argument("--report", action="store_true", help=f"write its part of {REPORT.name} beside this file")
    asked = parser.parse_args(arguments)
    if why := postgres.absent():
        parser.error(why)

    def told(one: Figure) -> None:
        (sys.stderr if asked.json else sys.stdout).write(line(one) + "\n")

    if not asked.json:
        heads = "".join(f"{head:>10}" for head in ("found", "quickest", "goal", "baseline", ""))
        sys.stdout.write(f"{'engine':<11}{heads}  what\n")
    figures = measured(asked.rows, min(asked.rows, EDITED), told)
    if asked.json:
        sys.stdout.write(json.dumps([asdict(one) | {"met": one.met} for one in figures]) + "\n")
    if asked.report:
        write_part(part(figures, asked.rows))
    return int(not all(one.met for one in figures))


def _every_row(office: Office, table: Table) -> float:
    def look(books: AllBooks) -> None:
        books.connection.execute(_EVERY_ROW[table])

    return min(_ms(lambda: office.look(look)) for _ in range(3))


def _counts(books: AllBooks) -> None:
    for table in Table:
        Tables(books.connection).counts(table, TODAY)


def _ms(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    raise SystemExit(main())
