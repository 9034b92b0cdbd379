"""What edits cost in calls: one for each occurrence that changes, no listing; ten edits while paused cost one."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from echodesk.messages import Pause, Resume
from tests.benchmarks.bare import log_of
from tests.benchmarks.figures import Figure, at_most
from tests.benchmarks.office import AtWork, at_work
from tests.benchmarks.university import ALL_WEEKS, WEEKS, Lesson
from tests.databases.cmis import Cmis

STREAM = 10
"""Edits of one lesson while sending is paused."""


def measure(folder: Path, *, quick: bool = False) -> list[Figure]:
    """Counts are exact and depend on no machine; `quick` only takes fewer lessons."""
    lessons = 4 if quick else 40
    with at_work(folder / "worker", lessons) as there:
        rows = [
            there.university.lesson(1_000 + number, number, ALL_WEEKS, number % 5 + 1, "09:00")
            for number in range(lessons)
        ]
        there.insert(rows)
        there.wait_for(lessons * WEEKS)
        there.until_quiet()
        before = len(log_of(there.simulator.address))
        for number, row in enumerate(rows):
            _quiet_edit(there, number, row)
        there.wait_for(2 * lessons * WEEKS)
        there.until_quiet()
        log = log_of(there.simulator.address)[before:]
        listings = sum(entry["method"] == "GET" for entry in log)
        changed = lessons * WEEKS
        while_paused = _stream(there, there.university.lesson(1_000, 0, 1, 1, "09:00"))
        assert there.differences() == 0
    return [
        Figure(
            "calls_quiet_edit",
            (len(log) - listings) / changed,
            "calls per changed occurrence",
            "one call each",
            1.0,
            at_most(1.0),
        ),
        Figure("calls_listings", float(listings), "listings", "none", 0.0, at_most(0.0)),
        Figure(
            "calls_while_paused",
            float(while_paused),
            "calls",
            "edits of one lesson while paused",
            float(STREAM),
            at_most(1.0),
        ),
    ]


def _quiet_edit(there: AtWork, number: int, row: Lesson) -> None:
    """One edit, by turns: another finish, another start, another room, cancelled."""
    where = {"slotid": row["slotid"]}
    kind = number % 4
    if kind == 0:
        there.edit(lambda cmis: cmis.update("timetable", where, finishtime="09:40"))
    elif kind == 1:
        there.edit(lambda cmis: cmis.update("timetable", where, starttime="08:30"))
    elif kind == 2:
        there.edit(lambda cmis: cmis.update("timetable", where, roomid=f"R{199 - number}"))
    else:
        there.edit(lambda cmis: cmis.delete("timetable", slotid=row["slotid"]))


def _finish_at(row: Lesson, finish: str, cmis: Cmis) -> None:
    cmis.update("timetable", {"slotid": row["slotid"]}, finishtime=finish)


def _stream(there: AtWork, row: Lesson) -> int:
    """Calls for ten edits of one lesson of one week, made while sending was paused."""
    where = {"slotid": row["slotid"]}
    there.edit(lambda cmis: cmis.update("timetable", where, weekid=1))
    there.until_quiet()
    before = len(log_of(there.simulator.address))
    there.worker.submit(Pause("measuring", "benchmark")).result(30)
    for edit in range(STREAM):
        there.edit(partial(_finish_at, row, f"09:{30 + edit}"))
    there.worker.submit(Resume("benchmark")).result(30)
    there.until_quiet()
    return len(log_of(there.simulator.address)) - before
