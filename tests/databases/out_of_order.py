"""Edits whose transactions end in another order than their queue entries were numbered (reliability T5.3).

Eight timetablers keep transactions open for a while and take some back; meanwhile one worker claims and ends what
it sees, and a screen follows it by change numbers. A trigger of the test's own writes down every step of an entry.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import text

from echodesk.main import AllBooks, Office
from echodesk.messages import QueueRow, Table, TableQuery
from echodesk.store.database import Database
from tests.databases.cmis import LESSON, SETID, Cmis, fill, fill_once, go_live
from tests.databases.postgres import fresh, opened

EDITORS = 8
LESSONS = 40
"""Of each timetabler: a statement is an edit of all of them."""
OPEN_S = 0.05
"""So long is a transaction open, at most."""
TAKEN_BACK = 0.2
_CLAIM = 500
_EVERYTHING = TableQuery(limit=1_000_000_000)

_STEPS = (
    "CREATE TABLE TEST_STEP (ID BIGINT NOT NULL, OLD TEXT NOT NULL, NEW TEXT NOT NULL)",
    "CREATE FUNCTION TEST_WRITE_STEP() RETURNS TRIGGER LANGUAGE plpgsql AS"
    " $$ BEGIN INSERT INTO TEST_STEP VALUES (NEW.ID, OLD.STATUS, NEW.STATUS); RETURN NULL; END $$",
    "CREATE TRIGGER TEST_STEPS AFTER UPDATE OF STATUS ON STT_ECHO_QUEUE FOR EACH ROW"
    " WHEN (OLD.STATUS <> NEW.STATUS) EXECUTE FUNCTION TEST_WRITE_STEP()",
)
_EDIT = text("UPDATE TIMETABLE SET STARTTIME = :start WHERE SLOTID BETWEEN :first AND :last")
_ENTRIES = text("SELECT ID, STATUS FROM STT_ECHO_QUEUE")
_TOOK = text("SELECT ID, OLD, NEW FROM TEST_STEP")
_AFTER = text("SELECT ID FROM STT_ECHO_QUEUE WHERE ID > :last ORDER BY ID")
ONCE = Counter({("UNPROCESSED", "IN_PROGRESS"): 1, ("IN_PROGRESS", "PROCESSED"): 1})


@dataclass(slots=True)
class OutOfOrder:
    """What became of the entries."""

    entries: int = 0
    late: int = 0
    """Claimed after one with a higher number."""
    taken_back: int = 0
    """Edits of transactions that were taken back."""
    seconds: float = 0.0
    missed_by_number: int = 0
    """Never seen by a reader that asks for what has a higher number than the last it saw."""
    problems: list[str] = field(default_factory=list)


class _Worker:
    """Claims and ends entries, in the order in which it sees them."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.claimed: list[int] = []

    def work(self) -> bool:
        def take(books: AllBooks) -> list[int]:
            return [entry.id for entry in books.queue.claim(_CLAIM)]

        found = self.office.keep(take)
        self.office.keep(lambda books: books.queue.expanded(dict.fromkeys(found, (0, None))))
        self.claimed += found
        return bool(found)


class _Screen:
    """Follows the queue as a window does; beside it, a reader that remembers the highest number."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.shown: dict[int, str] = {}
        self.by_number: set[int] = set()
        self._cursor, self._last = 0, 0
        self._told: frozenset[int] = frozenset()

    def look(self) -> None:
        def ask(books: AllBooks) -> None:
            changes = books.screens.changes(Table.QUEUE, self._cursor, _EVERYTHING, False, "", self._told)
            self._cursor, self._told = changes.cursor, changes.unnumbered
            self.shown |= {row.key: row.status for row in changes.upserts if isinstance(row, QueueRow)}
            self.by_number |= set(books.connection.execute(_AFTER, {"last": self._last}).scalars())
            self._last = max(self.by_number, default=0)

        self.office.look(ask)


def campaign(socket: Path, rows: int, name: str = "out_of_order", seed: int = 1) -> OutOfOrder:
    """Edits that enter so many rows, in a new database of this server."""
    main = _made(fresh(socket, name))
    offices = [Office(opened(socket, name)) for _ in range(2)]
    editors = [opened(socket, name) for _ in range(EDITORS)]
    worker, screen = _Worker(offices[0]), _Screen(offices[1])
    found = OutOfOrder()
    began = time.monotonic()
    try:
        with ThreadPoolExecutor(EDITORS + 2) as threads:
            shares = [rows // EDITORS + (number < rows % EDITORS) for number in range(EDITORS)]
            edits = [
                threads.submit(_edit, editors[number], number, shares[number], seed) for number in range(EDITORS)
            ]
            working = threads.submit(_until_done, worker, edits)
            while not working.done():
                screen.look()
            working.result()
            screen.look()
            found.taken_back = sum(one.result() for one in edits)
        found.seconds = time.monotonic() - began
        _account(found, main, worker, screen, rows)
    finally:
        for database in (main, *editors, *(one.database for one in offices)):
            database.close()
    return found


def _made(database: Database) -> Database:
    with database.engine.begin() as connection:
        cmis = Cmis(connection)
        fill_once(cmis)
        fill(cmis, SETID, slots=EDITORS * LESSONS)
        slots = range(1, EDITORS * LESSONS + 1)
        cmis.insert_all("timetable", [{**LESSON, "slotid": slot} for slot in slots])
        go_live(cmis)
        for statement in _STEPS:
            connection.exec_driver_sql(statement)
    return database


def _edit(database: Database, number: int, rows: int, seed: int) -> int:
    """One timetabler: so many edited rows that last. Returns how many were taken back beside them."""
    dice = random.Random(f"{seed} {number}")
    left, taken_back, edit = rows, 0, 0
    while left:
        keep = dice.random() >= TAKEN_BACK
        entered = 0
        with database.engine.connect() as connection, connection.begin() as transaction:
            for _ in range(dice.randint(1, 4)):
                edit += 1
                first = number * LESSONS + 1
                last = first + min(LESSONS, left - entered) - 1
                # Never as it was, whatever was taken back.
                start = f"{8 + edit % 12:02d}:{1 + edit // 12 % 59:02d}"
                entered += connection.execute(_EDIT, {"start": start, "first": first, "last": last}).rowcount
                time.sleep(dice.uniform(0.0, OPEN_S / 2))
                if entered == left:
                    break
            if not keep:
                transaction.rollback()
        left -= entered if keep else 0
        taken_back += 0 if keep else entered
    return taken_back


def _until_done(worker: _Worker, edits: list[Future[int]]) -> None:
    """Work until all has been edited, and what was edited is ended."""
    over = False
    while worker.work() or not over:
        over = all(one.done() for one in edits)


def _account(found: OutOfOrder, main: Database, worker: _Worker, screen: _Screen, rows: int) -> None:
    with main.engine.connect() as connection:
        statuses = {row.ID: row.STATUS for row in connection.execute(_ENTRIES)}
        steps: dict[int, Counter[tuple[str, str]]] = {}
        for row in connection.execute(_TOOK):
            steps.setdefault(row.ID, Counter())[row.OLD, row.NEW] += 1
    found.entries = len(statuses)
    highest = 0
    for one in worker.claimed:
        found.late += one < highest
        highest = max(highest, one)
    found.missed_by_number = len(statuses.keys() - screen.by_number)
    claimed = Counter(worker.claimed)
    for one, status in statuses.items():
        if claimed[one] != 1 or steps.get(one) != ONCE or status != "PROCESSED" or screen.shown.get(one) != status:
            found.problems.append(
                f"entry {one}: claimed {claimed[one]} times, {status}, shown as {screen.shown.get(one)},"
                f" steps {dict(steps.get(one, {}))}"
            )
    if len(statuses) != rows:
        found.problems.append(f"{rows} rows were edited, {len(statuses)} entered")
    found.problems += [f"{one} was claimed and is no entry" for one in claimed.keys() - statuses.keys()]
    found.problems += [f"{one} is shown and is no entry" for one in screen.shown.keys() - statuses.keys()]
