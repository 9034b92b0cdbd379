"""Lessons and schedules for measuring the planner alone; everything is drawn from one seed."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import replace

from echodesk.planning.values import Content, Interval, Occurrence, RoomDay, Rules, Situation, Standing

SETID = "2026/27"
FIRST = dt.date(2026, 10, 5)
NOW = dt.datetime.combine(dt.date(2026, 9, 1), dt.time(12))
ROOMS = 200


def situation(lessons: int, *, days: int, rooms: int = ROOMS, seed: int = 1) -> Situation:
    """So many lessons over rooms and days, of which some overlap, against as many schedules.

    Of twenty schedules one stands at another time, one in another room-day and one says something else; one lesson
    in twenty has no schedule, and one schedule in twenty no lesson.
    """
    draw = random.Random(seed)
    places = [RoomDay(f"R{room:03d}", FIRST + dt.timedelta(day)) for day in range(days) for room in range(rooms)]
    occurrences = [_occurrence(number, places[number % len(places)], draw) for number in range(lessons)]
    standing: list[Standing] = []
    for number, lesson in enumerate(occurrences):
        kind = number % 20
        one = Standing(f"e{number}", lesson.external_id, True, lesson.place, lesson.time, lesson.content)
        if kind == 0:
            one = replace(one, time=_time(draw))
        elif kind == 1:
            one = replace(one, place=draw.choice(places))
        elif kind == 2:
            one = replace(one, content=replace(one.content, title="Another title"))
        elif kind == 3:
            one = replace(one, external_id=f"{900_000 + number}-1-2026-27")
        standing.append(one)
    return Situation(frozenset(places), tuple(occurrences), (), tuple(standing), Rules(), NOW)


def _occurrence(number: int, place: RoomDay, draw: random.Random) -> Occurrence:
    return Occurrence(
        external_id=f"{number}-1-2026-27",
        setid=SETID,
        slotid=number,
        week=1,
        place=place,
        time=_time(draw),
        content=Content(f"Lecture {number}", (f"S{number % 4_000}",), f"p{number % 900}@example.ac.uk", ()),
        lecturer=f"P{number}",
        since=f"2026-{draw.randint(1, 8):02d}-01T00:00:00.000Z",
    )


def _time(draw: random.Random) -> Interval:
    start = draw.randrange(8 * 60, 20 * 60, 5)
    return Interval(start, start + draw.choice((50, 50, 50, 110, 170)))
