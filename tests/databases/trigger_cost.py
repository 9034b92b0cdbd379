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
from tests.databases.postgres import fresh

GOAL_MS_PER_ROW = 0.3
POSTGRESQL_MS_PER_ROW, POSTGRESQL_OTHER_MS_PER_ROW = 1.0, 0.3
"""For an eligible lesson, and for one that is not."""

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
    with_triggers, without = (_filled(_made(folder / name), rows) for name in ("with", "without"))
    with without.engine.begin() as conn:
        for name in conn.execute(_TRIGGERS).scalars().all():
            conn.exec_driver_sql(f"DROP TRIGGER {name}")
    return _compared(with_triggers, without, rows, rounds, timer, queued=rows * rounds)


def measure_postgresql(
    socket: Path,
    *,
    eligible: bool,
    rows: int = 1000,
    rounds: int = 7,
    timer: Callable[[], float] = time.perf_counter,
) -> TriggerCost:
    """The same in two databases of a server, for lessons that are eligible or that are not."""
    names = [f"{name}_{'eligible' if eligible else 'other'}" for name in ("cost", "bare")]
    with_triggers, without = (_filled(fresh(socket, name), rows, 2 if eligible else 3) for name in names)
    with without.engine.begin() as conn:
        for table in ("TIMETABLE", "ROOMREQUESTS"):
            conn.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    return _compared(with_triggers, without, rows, rounds, timer, queued=rows * rounds if eligible else 0)


def _compared(
    with_triggers: Database,
    without: Database,
    rows: int,
    rounds: int,
    timer: Callable[[], float],
    queued: int,
) -> TriggerCost:
    taken: dict[Database, list[float]] = {with_triggers: [], without: []}
    for number in range(rounds):
        for database, times in taken.items():
            began = timer()
            with database.engine.begin() as conn:
                conn.execute(_MOVE, {"start": f"08:{number:02d}"})
            times.append(timer() - began)
    found = []
    for database in taken:
        with database.engine.begin() as conn:
            found.append(conn.execute(_QUEUED).scalar_one())
        database.close()
    assert found == [queued, 0], f"queue entries with and without triggers: {found}"
    return TriggerCost(rows, *(statistics.median(times) for times in taken.values()))


def _made(folder: Path) -> Database:
    folder.mkdir()
    return fresh_sqlite(folder)


def _filled(database: Database, rows: int, status: int = 2) -> Database:
    with database.engine.begin() as conn:
        cmis = Cmis(conn)
        fill_once(cmis)
        fill(cmis, SETID, slots=rows)
        cmis.insert_all("timetable", [{**LESSON, "slotid": slot, "status": status} for slot in range(1, rows + 1)])
        go_live(cmis)
    return database
