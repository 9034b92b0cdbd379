"""A plan of the whole year as a comparison makes it: 100,000 occurrences in SQLite against 100,000 schedules, over
500 rooms; kept in the database, and read back for the screen. Memory is that of the whole process."""

from __future__ import annotations

import asyncio
import datetime as dt
import resource
import time
from dataclasses import replace
from pathlib import Path

from sqlalchemy import text

from echodesk.main import AllBooks, InThisThread, Office
from echodesk.planning.batches import BatchKind
from echodesk.planning.steps import PlanScope
from echodesk.planning.values import Interval, Occurrence, RoomDay, Standing
from echodesk.worker.compare import Comparison, compare_with
from echodesk.worker.comparing import keep_preview
from echodesk.worker.listed import Listed, Meanwhile
from echodesk.worker.weighing import preview_of
from tests.benchmarks.figures import Figure, at_most
from tests.benchmarks.university import ALL_WEEKS, HOURS, University
from tests.databases.cmis import Cmis
from tests.databases.engines import fresh_sqlite
from tests.worker.virtual_time import VirtualClock, VirtualLoop

BEFORE = dt.date(2030, 9, 9)
"""Virtual time begins a week before the year."""


def measure(folder: Path, *, quick: bool = False) -> list[Figure]:
    """`quick` takes 1,200 occurrences over 20 rooms."""
    university = University("2030/31", BEFORE, 20 if quick else 500)
    office = _office(folder, university, 100 if quick else 8_334)
    loop = VirtualLoop()
    try:
        clock = VirtualClock(loop)
        today = clock.campus_now().date().isoformat()
        began = time.perf_counter()
        occurrences = office.look(lambda books: _occurrences(books, today))
        read_s = time.perf_counter() - began
        listed = Listed(tuple(_listed(number, one) for number, one in enumerate(occurrences)), None)
        count = len(occurrences)
        del occurrences
        began = time.perf_counter()
        found = asyncio.run(compare_with(InThisThread(office), listed, Meanwhile(), clock))
        plan_s = time.perf_counter() - began
        began = time.perf_counter()
        number = office.keep(lambda books: _keep(books, found))
        detail = office.read(lambda books: books.screens.plan(number, 120, today))
        missed = office.read(lambda books: books.screens.not_recorded(number))
        kept_s = time.perf_counter() - began
        if detail is None or not len(detail.steps) > count // 10:
            raise AssertionError(f"a plan of {detail and len(detail.steps)} steps for {count} occurrences")
        if not len(missed.lessons) >= count // 20:
            raise AssertionError(f"{len(missed.lessons)} lessons not recorded of {count}")
        steps = float(len(detail.steps))
    finally:
        loop.close()
        office.close()
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return [
        Figure("year_plan", plan_s, "s", "reading the occurrences alone", read_s, at_most(10.0)),
        Figure("year_plan_kept", kept_s, "s to keep it and read it back", "steps", steps, at_most(3.0)),
        Figure("year_plan_memory", megabytes, "MB", "occurrences, and schedules", float(count), at_most(500.0)),
    ]


def _office(folder: Path, university: University, lessons: int) -> Office:
    database = fresh_sqlite(folder)
    places = [(day, hour, room) for room in range(university.rooms) for day in range(1, 6) for hour in HOURS]
    every = max(1, len(places) // lessons)
    rows = [
        university.lesson(1_000 + number, room, ALL_WEEKS, day, hour)
        for number, (day, hour, room) in enumerate(places[::every][:lessons])
    ]
    with database.engine.begin() as connection:
        cmis = Cmis(connection)
        university.write(cmis, rows)
        cmis.insert_all("timetable", rows)
        connection.execute(text("DELETE FROM STT_ECHO_QUEUE"))
    return Office(database)


def _occurrences(books: AllBooks, today: str) -> list[Occurrence]:
    places: set[RoomDay] = set()
    for room in books.timetable.rooms():
        places |= books.timetable.room_days(room, today)
    good, _unfit = books.timetable.occurrences(places)
    return sorted(good, key=lambda one: (one.place, one.external_id))


def _listed(number: int, one: Occurrence) -> Standing:
    """Of twenty schedules one stands ten minutes late, one says something else, one is another lesson's, and one
    is not ours: its lesson is not recorded."""
    stands = Standing(f"e{number}", one.external_id, True, one.place, one.time, one.content)
    if number % 20 == 0:
        return replace(stands, time=Interval(one.time.start + 10, one.time.end + 10))
    if number % 20 == 1:
        return replace(stands, content=replace(one.content, title="Another title"))
    if number % 20 == 2:
        return replace(stands, external_id=f"{900_000 + number}-1-2030-31")
    if number % 20 == 3:
        return replace(stands, external_id=None, ours=False)
    return stands


def _keep(books: AllBooks, found: Comparison) -> int:
    number = books.batches.add(BatchKind.RECONCILE, "the benchmark", PlanScope())
    keep_preview(books, number, preview_of(books, found))
    return number
