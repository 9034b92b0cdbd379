"""Hypothesis strategies: what stands is a projection that has been disturbed, since unrelated trees never meet."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import replace

from hypothesis import strategies as st

from echodesk.planning.projection import project
from echodesk.planning.values import (
    Content,
    Interval,
    Occurrence,
    RoomDay,
    Rules,
    Situation,
    Standing,
    Strategy,
    fingerprint,
)
from tests.planning.builders import BEFORE_TERM, MONDAY, external_id

NOON = dt.datetime.combine(MONDAY, dt.time(12, 0))


@st.composite
def situations(
    draw: st.DrawFn, *, largest: int = 10, quiet: bool = False, passed: bool = False, soon: bool = False
) -> Situation:
    """A situation of a few room-days. `quiet` leaves out obstacles, begun lessons, refusals, closed rooms
    and turnarounds; `passed` adds now and then what was recorded on a day that is not planned any more; with
    `soon` all of it starts within the lead time and L."""
    chance = random.Random(draw(st.integers(0, 2**32 - 1)))
    count = draw(st.integers(0, largest))
    rooms = ["LT1", "LT2", "LT3"][: draw(st.integers(1, 3))]
    dates = [MONDAY, MONDAY + dt.timedelta(days=1)][: draw(st.integers(1, 1 if soon else 2))]
    places = [RoomDay(room, date) for room in rooms for date in dates]
    rules = Rules(
        strategy=draw(st.sampled_from(list(Strategy))),
        strategy_of_room=(("LT2", draw(st.sampled_from(list(Strategy)))),),
        together=draw(st.booleans()),
        together_unknown=draw(st.booleans()),
        lead=draw(st.sampled_from([0, 5, 60, 120])),
        turnaround=0 if quiet else draw(st.sampled_from([0, 0, 0, 15])),
        late_s=12 * 3600 if soon else draw(st.sampled_from([0, 30, 7200])),
    )
    times = [NOON.replace(hour=8)] if soon else [BEFORE_TERM, BEFORE_TERM, NOON, NOON.replace(hour=9)]
    now = BEFORE_TERM if quiet else draw(st.sampled_from(times))
    lessons = _lessons(chance, count, places)
    bare = Situation(frozenset(places), lessons, (), (), rules, BEFORE_TERM)
    standing = _disturbed(chance, bare, places, foreign=not quiet, change_places=soon)
    if passed and now > BEFORE_TERM:
        standing += _over(chance, lessons, standing)
    refused: set[tuple[str, str]] = set()
    if not quiet and draw(st.booleans()):
        wanted = project(replace(bare, standing=standing, now=now)).bookings
        refused = {(one.external_id, fingerprint(one)) for one in wanted if chance.random() < 0.3}
    used = sorted({one.place.room for one in lessons})
    closed = frozenset({chance.choice(used)} if used and not quiet and chance.random() < 0.2 else ())
    return replace(bare, standing=standing, now=now, refused=frozenset(refused), closed=closed)


def _over(
    chance: random.Random, lessons: tuple[Occurrence, ...], standing: tuple[Standing, ...]
) -> tuple[Standing, ...]:
    """Sometimes a recording of the day before, whose lesson has moved since."""
    known = {one.external_id for one in standing}
    moved = [one for one in lessons if one.external_id not in known]
    if not moved or chance.random() < 0.7:
        return ()
    lesson = chance.choice(moved)
    place = RoomDay(lesson.place.room, MONDAY - dt.timedelta(days=1))
    return (Standing("over", lesson.external_id, True, place, lesson.time, lesson.content),)


def _interval(chance: random.Random) -> Interval:
    start = chance.choice([540, 600, 660, 690, 720, 735, 780, 840])
    return Interval(start, start + chance.choice([30, 60, 60, 120]))


def _lessons(chance: random.Random, count: int, places: list[RoomDay]) -> tuple[Occurrence, ...]:
    lessons: list[Occurrence] = []
    for number in range(count):
        lesson = _lesson(chance, number, places)
        if lessons and chance.random() < 0.25:
            twin = chance.choice(lessons)
            lesson = replace(lesson, place=twin.place, time=twin.time, lecturer=twin.lecturer)
        lessons.append(lesson)
    return tuple(lessons)


def _lesson(chance: random.Random, number: int, places: list[RoomDay]) -> Occurrence:
    slot = chance.choice([9, 10, 11, 100]) * 100 + number
    inputs = chance.choice([(), ("display", "video")])
    return Occurrence(
        external_id=external_id(slot),
        setid="2026/27",
        slotid=slot,
        week=1,
        place=chance.choice(places),
        time=_interval(chance),
        content=Content(f"Lecture {slot}", (f"SEC-{slot}",), chance.choice([None, "a@example.ac.uk"]), inputs),
        lecturer=chance.choice([None, "L1", "L1", "L2"]),
        since=chance.choice(["", "2026-01", "2026-02", "2026-03"]),
    )


def _disturbed(
    chance: random.Random, bare: Situation, places: list[RoomDay], *, foreign: bool, change_places: bool
) -> tuple[Standing, ...]:
    """Drop, move, swap, make stale, rename and double what should stand; put others' bookings between.

    Never two that overlap, since the target refuses that; what finds no room is dropped.
    """
    wanted = list(project(bare).bookings)
    seats = [(one.place, one.time) for one in wanted]
    if change_places or chance.random() < 0.5:
        # Exchanging whole seats makes circles of every length and keeps all intervals apart.
        chosen = [index for index in range(len(seats)) if chance.random() < 0.7]
        mixed = chosen[:]
        chance.shuffle(mixed)
        seats = [seats[dict(zip(chosen, mixed, strict=True)).get(index, index)] for index in range(len(seats))]
    candidates: list[Standing] = []
    for number, (booking, (place, time)) in enumerate(zip(wanted, seats, strict=True)):
        name, said = booking.external_id, booking.content
        fate = chance.random()
        if fate < 0.1:
            continue
        if fate < 0.25:
            place, time = chance.choice(places), _interval(chance)
        elif fate < 0.35:
            said = replace(said, title="an older title")
        elif fate < 0.45:
            name = chance.choice([external_id(5), *booking.members])
            said = replace(said, sections=said.sections[: chance.choice([1, 2])])
        candidates.append(Standing(f"e{number}", name, True, place, time, said))
    for number, lost in enumerate(bare.occurrences):
        if chance.random() < 0.15:
            time = chance.choice([lost.time, _interval(chance)])
            place = chance.choice([lost.place, chance.choice(places)])
            candidates.append(Standing(f"o{number}", lost.external_id, True, place, time, lost.content))
    for number in range(chance.choice([0, 0, 1, 2]) if foreign else 0):
        said = Content("An event", (), None, ())
        place, time = chance.choice(places), _interval(chance)
        # Every other one recurs, and is an obstacle on each of its dates.
        dates = {one.date for one in places} if number % 2 else {place.date}
        candidates += [
            Standing(f"f{number}", None, False, RoomDay(place.room, one), time, said) for one in sorted(dates)
        ]
    if chance.random() < 0.5:
        chance.shuffle(candidates)
    standing: list[Standing] = []
    for one in candidates:
        taken = any(other.place == one.place and other.time.overlaps(one.time) for other in standing)
        known = one.external_id is not None and any(other.external_id == one.external_id for other in standing)
        if not taken and not known:
            standing.append(one)
    return tuple(standing)
