"""A server that takes 50 ms for each answer: the worker's eight connections against one request after another."""

from __future__ import annotations

import random
import time
from functools import partial
from pathlib import Path

from tests.benchmarks.bare import replay
from tests.benchmarks.figures import Figure, Of, at_least
from tests.benchmarks.office import AtWork, at_work, simulator
from tests.benchmarks.university import Lesson
from tests.databases.cmis import Cmis

LATENCY_MS = 50.0


def measure(folder: Path, *, quick: bool = False) -> list[Figure]:
    """New lessons, each changed while the worker is sending; afterwards Echo360 equals the timetable.

    The baseline sends what the worker sent, in the same order, on one connection.
    """
    lessons = 30 if quick else 400
    with at_work(folder / "worker", lessons, LATENCY_MS) as there:
        rows = there.university.lessons(lessons)
        began = time.time()
        there.insert(rows)
        changes = _change_while_sending(there, rows)
        ended = there.wait_for(lessons + changes)
        there.until_quiet()
        sent = there.sent()
        wrong = _out_of_order(there, rows)
        assert not wrong, f"Echo360 holds an older state of {wrong[:5]}"
        assert there.differences() == 0
        university = there.university
    (folder / "bare").mkdir()
    with simulator(folder / "bare", university, LATENCY_MS) as echo360:
        one_by_one = replay(echo360.address, sent, connections=1).seconds
    return [
        Figure(
            "latency",
            len(sent) / (ended - began),
            "requests/s",
            "one request after another, 50 ms at the server",
            len(sent) / one_by_one,
            at_least(6.0, Of.RATIO),
        )
    ]


def _change_while_sending(there: AtWork, rows: list[Lesson]) -> int:
    """A quarter of the lessons is changed twice, in single edits, while the first requests are on their way."""
    edits = 0
    for row in random.Random(5).sample(rows, len(rows) // 4):
        for minutes in ("40", "30"):
            row["finishtime"] = f"{str(row['starttime'])[:3]}{minutes}"
            there.edit(partial(_finish, row))
            edits += 1
    return edits


def _finish(row: Lesson, cmis: Cmis) -> None:
    cmis.update("timetable", {"slotid": row["slotid"]}, finishtime=row["finishtime"])


def _out_of_order(there: AtWork, rows: list[Lesson]) -> list[str]:
    """Lessons whose last request did not carry the last state of the timetable."""
    wanted = {str(row["slotid"]): str(row["finishtime"]) for row in rows}
    last = {one.external_id.split("-")[0]: one for one in there.sent()}
    return [slot for slot, finish in wanted.items() if f'"endTime":"{finish}"'.encode() not in last[slot].body]
