"""From starting the program until its window shows the queue of 100,000 rows, and what it takes of memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

from sqlalchemy import text

from echodesk.access import CLIENT_ID, CLIENT_SECRET
from tests.benchmarks.figures import Figure, at_most, median
from tests.benchmarks.office import AtWork, at_work

LESSONS = 200

_MORE = text(
    "WITH RECURSIVE N (I) AS (SELECT 1 UNION ALL SELECT I + 1 FROM N WHERE I < :more)"
    " INSERT INTO STT_ECHO_QUEUE (SOURCE, ACTION, STATUS, SETID, SLOTID, OLD_VALID, NEW_VALID, ROOMID_OLD,"
    " ROOMID_NEW, WEEKDAY_OLD, WEEKDAY_NEW, STARTTIME_OLD, STARTTIME_NEW, FINISHTIME_OLD, FINISHTIME_NEW,"
    " WEEKID_OLD, WEEKID_NEW, MODULEID, MODGRPCODE, LECTURERID, WEEKS_ALL, WEEKS_DONE, WORST, PROCESSED,"
    " CHANGE_NO)"
    " SELECT SOURCE, 'UPDATE', 'PROCESSED', SETID, SLOTID, 1, 1, ROOMID_NEW, ROOMID_NEW, WEEKDAY_NEW, WEEKDAY_NEW,"
    " STARTTIME_NEW, STARTTIME_NEW, FINISHTIME_NEW, FINISHTIME_NEW, WEEKID_NEW, WEEKID_NEW, MODULEID, MODGRPCODE,"
    " LECTURERID, 1, 1, 'SUCCESS', PROCESSED, CHANGE_NO FROM N JOIN STT_ECHO_QUEUE Q ON Q.ID = N.I % :lessons + 1"
)


def measure(folder: Path, *, quick: bool = False) -> list[Figure]:
    """Program and bare window in turns, after one start of each that fills the system's caches; medians."""
    rows, rounds = (2_000, 1) if quick else (100_000, 5)
    ours, bare, memory, bare_memory = [], [], [], []
    with at_work(folder / "office", LESSONS) as there:
        _fill(there, rows)
        there.worker.request_stop()
        assert there.worker.join(30.0)
        for number in range(rounds + 1):
            found = _start("echodesk", there, folder / "office")
            assert found["rows"] == rows, found
            plain = _start("bare", there, folder / "office")
            if number or quick:
                ours.append(found["usable_s"])
                memory.append(found["memory_mb"])
                bare.append(plain["usable_s"])
                bare_memory.append(plain["memory_mb"])
    baseline = "a bare PySide6 window with an empty table"
    return [
        Figure("window_start", median(ours), "s", baseline, median(bare), at_most(2.0)),
        Figure("window_memory", max(memory), "MB", baseline, max(bare_memory), at_most(300.0)),
    ]


def _fill(there: AtWork, rows: int) -> None:
    there.insert(there.university.lessons(LESSONS))
    there.wait_for(LESSONS)
    there.until_quiet()
    there.edit(lambda cmis: cmis.conn.execute(_MORE, {"more": rows - LESSONS, "lessons": LESSONS}))


def _start(kind: str, there: AtWork, folder: Path) -> dict[str, float]:
    environment = {
        **os.environ,
        CLIENT_ID: there.access.client_id,
        CLIENT_SECRET: there.access.client_secret,
    }
    began = str(time.time())
    command = [sys.executable, "-m", "tests.benchmarks.window", kind, began, str(folder), there.access.url]
    child = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True, timeout=120)
    found: dict[str, float] = json.loads(child.stdout)
    return found
