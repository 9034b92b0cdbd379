"""A real term, published by a university, over real HTTP with the call limit lifted; and how many of its lessons
are left out with and without one recording for lectures that several modules share."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

from echodesk.main import AllBooks, Office
from echodesk.planning.values import Reason, RoomDay
from echodesk.store.database import Database, open_sqlite
from echodesk.worker.snapshot import plan_places
from tests.benchmarks.figures import Figure, at_most

ROOT = Path(__file__).resolve().parents[2]
TERM = ROOT.parent / "shared" / "data" / "unsw-2020-t1-classutil"
"""Beside the project: it may not be copied into it."""
PATIENCE_S = 1_100


def measure(folder: Path, *, quick: bool = False) -> list[Figure]:
    """There is no quick form: the term is as long as it is."""
    if not TERM.exists():
        raise FileNotFoundError("there is no real timetable: ../shared/data is not beside the project")
    data = folder / "data"
    command = [
        sys.executable,
        "-m",
        "echodesk",
        "demo",
        "--headless",
        "--until-quiet",
        "--json",
        "--data",
        str(data),
    ]
    command += ["--timetable", str(TERM), "--calls-per-minute", "0", "--timeout", str(PATIENCE_S)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE_S + 60, check=True)
    report = json.loads(done.stdout)
    office = Office(Database(open_sqlite(data / "echodesk.sqlite")))
    try:
        together = office.look(lambda books: _left_out(books, office))
        office.write(lambda books: books.office.change_setting("together", "off", "the benchmark"))
        apart = office.look(lambda books: _left_out(books, office))
    finally:
        office.close()
    schedules = float(report["schedules"])
    differences = float(report["differences"])
    return [
        Figure("real_term", report["seconds"], "s", "schedules made", schedules, at_most(600.0)),
        Figure(
            "real_term_differences", differences, "room-days that differ", "schedules", schedules, at_most(0.0)
        ),
        Figure(
            "real_term_clashes",
            float(together),
            "lessons left out for a clash",
            "without shared recordings",
            float(apart),
            None,
        ),
    ]


def _left_out(books: AllBooks, office: Office) -> int:
    now = office.clock().campus_now()
    places: set[RoomDay] = set()
    for room in books.timetable.rooms():
        places |= books.timetable.room_days(room, now.date().isoformat())
    looked = plan_places(books, places, (), now, {}, refreshed=False, heed_pauses=False)
    reasons = Counter(one.reason for work in looked.works for one in work.plan.projection.left_out)
    return reasons[Reason.CLASH]
