"""What the triggers cost an edit: the same update of the same rows, with the triggers and without them."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text

from echodesk.store.database import Database
from tests.databases.cmis import LESSON, SETID, Cmis, fill, fill_once, go_live
from tests.databases.engines import fresh_sqlite

GOAL_MS_PER_ROW = 0.3

_MOVE = text("UPDATE TIMETABLE SET STARTTIME = :start")
_QUEUED = text("SELECT COUNT(*) FROM STT_ECHO_QUEUE WHERE SOURCE = 'TIMETABLE' AND ACTION = 'UPDATE'")
_TRIGGERS = text(
    "SELECT NAME FROM sqlite_master WHERE TYPE = 'trigger' AND TBL_NAME IN ('TIMETABLE', 'ROOMREQUESTS')"
)


@dataclass(frozen=True, slots=True)
class TriggerCost:
    """Median seconds of one update statement over all rows, its commit included."""

    rows: int
    with_triggers_s: float
    without_triggers_s: float

    @property
    def ms_more_per_row(self) -> float:
        """What the goal is about."""
        return (self.with_triggers_s - self.without_triggers_s) * 1000 / self.rows


def measure(
    folder: Path, rows: int = 1000, rounds: int = 7, timer: Callable[[], float] = time.perf_counter
) -> TriggerCost:
    """Update `rows` eligible lessons `rounds` times in each of two SQLite files in `folder`, in turns.

    Raises AssertionError if the triggers did not do the work that is measured.
    """
    with_triggers = _filled(folder / "with", rows)
    without = _filled(folder / "without", rows)
    with without.engine.begin() as conn:
        for name in conn.execute(_TRIGGERS).scalars().all():
            conn.exec_driver_sql(f"DROP TRIGGER {name}")
    taken: dict[Database, list[float]] = {with_triggers: [], without: []}
    for number in range(rounds):
        for database, times in taken.items():
            began = timer()
            with database.engine.begin() as conn:
                conn.execute(_MOVE, {"start": f"08:{number:02d}"})
            times.append(timer() - began)
    queued = []
    for database in taken:
        with database.engine.begin() as conn:
            queued.append(conn.execute(_QUEUED).scalar_one())
        database.close()
    assert queued == [rows * rounds, 0], f"queue entries with and without triggers: {queued}"
    return TriggerCost(rows, *(statistics.median(times) for times in taken.values()))


def _filled(folder: Path, rows: int) -> Database:
    folder.mkdir()
    database = fresh_sqlite(folder)
    with database.engine.begin() as conn:
        cmis = Cmis(conn)
        fill_once(cmis)
        fill(cmis, SETID, slots=rows)
        cmis.insert_all("timetable", [{**LESSON, "slotid": slot} for slot in range(1, rows + 1)])
        go_live(cmis)
    return database
