"""A year under the call limit, in virtual time: the first fill, a drift of one in a hundred, and a plan of
everything while lessons of today change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import text

from echodesk.batches import Apply
from echodesk.planning.batches import BatchState, StepState, confirmation, minutes_left
from tests.benchmarks.figures import Figure, Of, at_least, at_most, percentile
from tests.benchmarks.university import ALL_WEEKS, HOURS, ROOMS, Lesson, University
from tests.databases.cmis import Cmis
from tests.databases.engines import fresh_sqlite
from tests.worker.by_hand import ByHand
from tests.worker.conftest import WATCH
from tests.worker.planned import ended, made, plan, steps
from tests.worker.world import World

LIMIT = 120
"""Calls a minute."""
STARTS = dt.date(2030, 8, 26)
"""The second week of the year is the week in which virtual time begins."""
THIS_WEEK = 2
FILLED = 170
"""Rooms of the year. Every other lesson of today takes place in one of them, the rest in the others."""
EDITS = 100
LONGEST_S = 8 * 3_600.0
ETA_FROM = 0.05
SOON_S = 120.0
"""What is left is shown in minutes: nobody reads the last two."""
RATIO_OF_ONE = at_most(1.0, of=Of.RATIO)


def measure(folder: Path, *, quick: bool = False) -> list[Figure]:
    """2,273 lessons in eleven weeks ahead, 25,003 occurrences; `quick` takes forty lessons."""
    university = University("2030/31", STARTS)
    with _world(folder, university, _lessons(university, 40 if quick else 2_273)) as w:
        figures = _fill(w)
        figures += _drift(w, max(1, len(w.schedules()) // 100))
        figures += _everything(w, university, edits=5 if quick else EDITS)
        w.assert_equal()
    return figures


def _lessons(university: University, count: int) -> list[Lesson]:
    places = [(day, hour, room) for room in range(FILLED) for day in range(2, 6) for hour in HOURS[3:]]
    return [
        university.lesson(1_000 + number, room, ALL_WEEKS, day, hour)
        for number, (day, hour, room) in enumerate(places[:count])
    ]


@contextmanager
def _world(folder: Path, university: University, lessons: list[Lesson]) -> Iterator[World]:
    """A timetable that was there before EchoDesk: nothing of it is in the queue."""
    database = fresh_sqlite(folder)
    today = [university.lesson(number, FILLED, THIS_WEEK, 1, "09:00") for number in range(1, EDITS + 1)]
    with database.engine.begin() as connection:
        cmis = Cmis(connection)
        university.write(cmis, [*lessons, *today])
        cmis.insert_all("timetable", lessons)
        connection.execute(text("DELETE FROM STT_ECHO_QUEUE"))
        for statement in WATCH:
            connection.execute(text(statement))
    database.close()
    template = folder / "fresh.sqlite"
    with World(template, folder, seed=university.seed(), calls_per_minute=LIMIT, publishing=False) as world:
        yield world


def _fill(w: World) -> list[Figure]:
    w.settle(LONGEST_S)
    number = made(w)
    if plan(w, number).state is not BatchState.READY:
        raise AssertionError(f"there is nothing to fill: {plan(w, number)}")
    w.calls()
    times: list[float] = []
    w.wire.on_sent = lambda _request: times.append(w.loop.now)
    _send(w, number)
    ended(w, number, LONGEST_S, every_s=1.0)
    w.wire.on_sent = lambda _request: None
    calls = w.calls()
    writes = sum(count for method, count in calls.items() if method != "GET")
    held = len(w.schedules())
    minutes = (times[-1] - times[0]) / 60.0
    limited = float(w.sql("SELECT count(*) FROM STT_ECHO_AUDIT WHERE STATUS = 429")[0][0])
    used = len(times) / (minutes * LIMIT)
    return [
        Figure("fill_writes", float(writes), "writes", "occurrences to record", float(held), RATIO_OF_ONE),
        Figure("fill_limit_used", used, "of the call limit", "all of it", 1.0, at_least(0.95)),
        Figure("fill_429", limited, "answers 429", "calls", float(len(times)), at_most(0.0)),
    ]


def _drift(w: World, count: int) -> list[Figure]:
    hand = ByHand(w)
    for external_id in sorted(w.schedules())[:count]:
        hand.rename(external_id, "Staff meeting")
    number = made(w)
    w.calls()
    _send(w, number)
    found = ended(w, number, LONGEST_S, every_s=1.0)
    if found.state is not BatchState.DONE:
        raise AssertionError(f"the plan ended {found.state}: {found.said}")
    writes = sum(calls for method, calls in w.calls().items() if method != "GET")
    again = sum(steps(w, made(w)).values())
    return [
        Figure("drift_writes", float(writes), "writes", "schedules that differed", float(count), RATIO_OF_ONE),
        Figure("drift_second", float(again), "steps", "schedules that differed", float(count), at_most(0.0)),
    ]


def _everything(w: World, university: University, edits: int) -> list[Figure]:
    """Every schedule has another name: a plan changes all of them, while lessons of today come."""
    hand = ByHand(w)
    names = sorted(w.schedules())
    for external_id in names:
        hand.rename(external_id, "Staff meeting")
    number = made(w)
    _send(w, number)
    w.until(lambda: plan(w, number).state is BatchState.RUNNING, 600.0)
    between_s = len(names) / LIMIT * 60.0 / (edits + 1)
    seconds: list[float] = []
    guesses: list[tuple[float, float]] = []
    for edit in range(1, edits + 1):
        w.pass_time(between_s)
        seconds.append(_reaches_echo360(w, university, edit))
        progress, pace = w.look(lambda books: (books.batches.progress(number), books.batches.pace(number)))
        if progress.ended >= ETA_FROM * progress.steps and progress.open:
            guesses.append((w.loop.now, minutes_left(progress.open, pace, LIMIT) * 60.0))
    found = ended(w, number, LONGEST_S, every_s=1.0)
    if found.state is not BatchState.DONE or steps(w, number)[StepState.DONE] != len(names):
        raise AssertionError(f"the plan ended {found.state}: {found.said}, {steps(w, number)}")
    end = w.loop.now
    wrong = [abs(guess - (end - at)) / (end - at) for at, guess in guesses if end - at > SOON_S]
    w.settle(LONGEST_S)
    return [
        Figure(
            "urgent_p99",
            percentile(seconds, 0.99),
            "s until Echo360 holds a lesson within 2 h",
            "calls of the plan before it",
            float(len(names)),
            at_most(10.0),
        ),
        Figure("eta_error", max(wrong), "of the time left, at worst", "guesses", float(len(wrong)), at_most(0.1)),
    ]


def _reaches_echo360(w: World, university: University, edit: int) -> float:
    """Seconds from the commit of a new lesson that starts within two hours."""
    at = w.clock.campus_now() + dt.timedelta(minutes=65)
    start = f"{at.hour:02d}:{at.minute // 5 * 5:02d}"
    room = edit % FILLED if edit % 2 else FILLED + edit % (ROOMS - FILLED)
    row = university.lesson(edit, room, THIS_WEEK, 1, start)
    finish = at.replace(minute=at.minute // 5 * 5) + dt.timedelta(minutes=25)
    with w.edit() as cmis:
        cmis.insert("timetable", **{**row, "finishtime": f"{finish:%H:%M}"})
    committed = w.loop.now
    external_id = f"{edit}-{THIS_WEEK}-2030-31"
    bookings = w.institution.state.bookings
    w.until(lambda: bookings.by_external(external_id) is not None, LONGEST_S, every_s=0.05)
    return w.loop.now - committed


def _send(w: World, number: int) -> None:
    summary = w.look(lambda books: books.batches.summary(number))
    w.ask(Apply("ann", number, confirm=confirmation(summary)))
