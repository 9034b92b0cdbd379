"""The ordinary bad day of an office, for pictures: what is other in Echo360's seed, and that Echo360 takes it."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence

import msgspec

from echodesk.demo.by_hand import ADOPTABLE, BOOKED_TOO, IN_THE_WAY, with_bad_day
from echodesk.planning.values import Content, Interval, Occurrence, RoomDay, clock_text
from echodesk.simulator.model import Institution, InstitutionConfig
from echodesk.simulator.seed import Seed, SeedRoom, plant

MONDAY = dt.date(2026, 9, 21)
CONFIG = InstitutionConfig(client_id="id", client_secret="secret")


def lesson(room: str, day: int, hour: int, slotid: int = 1) -> Occurrence:
    """One of an hour, so many days after the first Monday."""
    return Occurrence(
        external_id=f"{slotid}-{day}",
        setid="2026/27",
        slotid=slotid,
        week=1,
        place=RoomDay(room, MONDAY + dt.timedelta(days=day)),
        time=Interval(hour * 60, hour * 60 + 60),
        content=Content(title="Logic", sections=("S",), presenter=None, inputs=()),
        lecturer=None,
        since="",
    )


def seed_of(*rooms: str) -> Seed:
    """These rooms with a recorder, and Z9 without one."""
    named = [SeedRoom(external_id=room, name=room, building="B", campus="C") for room in rooms]
    silent = SeedRoom(external_id="Z9", name="Z9", building="B", campus="C", device=False)
    return Seed(rooms=(*named, silent))


def daily(room: str, days: int, hour: int = 9) -> list[Occurrence]:
    """A lesson on each of so many days."""
    return [lesson(room, day, hour) for day in range(days)]


SEED = seed_of("A1", "B2", "C3", "D4", "E5", "F6")
LESSONS = [
    *(lesson("A1", 1, 9), lesson("A1", 8, 9)),
    *daily("B2", 14),
    *daily("C3", 16),
    *daily("D4", 17),
    *daily("E5", 18),
    *(lesson("F6", 9, 9), lesson("Z9", 0, 9)),
]


def no_recorder(seed: Seed) -> list[str]:
    """The rooms that have none, but for Z9."""
    return [room.external_id for room in seed.rooms if not room.device and room.external_id != "Z9"]


def booked(seed: Seed) -> list[tuple[object, object, object, object, object]]:
    """(name, room, date, start, finish) of everything booked by hand."""
    found = []
    for body in seed.schedules:
        venue = body["venue"]
        assert isinstance(venue, dict)
        found.append(
            (body["name"], venue["roomExternalId"], body["startDate"], body["startTime"], body["endTime"])
        )
    return found


def times(lessons: Sequence[Occurrence]) -> set[tuple[object, object, object, object]]:
    """(room, date, start, finish) of lessons."""
    return {
        (
            one.place.room,
            one.place.date.isoformat(),
            clock_text(one.time.start),
            clock_text(one.time.end),
        )
        for one in lessons
    }


def test_of_the_rooms_used_in_the_first_week_the_one_with_the_fewest_lessons_has_no_recorder() -> None:
    changed = with_bad_day(SEED, LESSONS)

    assert no_recorder(changed) == ["A1"]
    assert msgspec.structs.replace(changed, rooms=SEED.rooms, schedules=()) == SEED


def test_where_there_are_rooms_enough_three_have_no_recorder() -> None:
    rooms = ("A1", "B2", "C3", "D4", "E5", "F6", "G7", "H8", "I9")
    lessons = [one for number, room in enumerate(rooms) for one in daily(room, 20 - number)]

    assert no_recorder(with_bad_day(seed_of(*rooms), lessons)) == ["G7", "H8", "I9"]
    assert no_recorder(with_bad_day(seed_of(*rooms[:7]), lessons)) == ["G7"]


def test_a_dozen_bookings_are_exactly_where_lessons_of_one_room_are() -> None:
    exact = [one for one in booked(with_bad_day(SEED, LESSONS)) if one[0] == BOOKED_TOO]

    assert {one[1:] for one in exact} == times(daily("B2", 12))
    assert len(exact) == ADOPTABLE


def test_three_bookings_overlap_a_lesson_each_without_being_equal() -> None:
    inexact = [one for one in booked(with_bad_day(SEED, LESSONS)) if one[0] != BOOKED_TOO]

    assert inexact == [
        ("Open day", "C3", "2026-09-21", "08:30", "09:30"),
        ("Visiting speaker", "D4", "2026-09-22", "08:30", "09:30"),
        ("Exam briefing", "E5", "2026-09-23", "08:30", "09:30"),
    ]
    assert [one[0] for one in inexact] == list(IN_THE_WAY)


def test_lessons_that_overlap_others_are_left_alone() -> None:
    doubled = [lesson(room, day, 9, slotid=2) for room in ("B2", "C3") for day in (0, 1, 2)]
    before = [lesson("D4", day, 8, slotid=3) for day in range(17)]

    made = booked(with_bad_day(SEED, [*LESSONS, *doubled, *before]))

    crowded = {one.place.date.isoformat() for one in doubled}
    assert not [one for one in made if one[1] in ("B2", "C3") and one[2] in crowded]
    in_d4 = [one for one in made if one[1] == "D4" and one[0] != BOOKED_TOO]
    assert {one[3] for one in in_d4} <= {"07:30"}, "at 08:30 it would be in the way of two lessons"


def test_the_order_of_the_lessons_does_not_matter() -> None:
    mixed = random.Random(1).sample(LESSONS, len(LESSONS))

    assert with_bad_day(SEED, mixed) == with_bad_day(SEED, LESSONS)


def test_a_timetable_with_too_few_rooms_gets_what_it_has_room_for() -> None:
    assert with_bad_day(SEED, []) == SEED
    assert with_bad_day(SEED, [lesson("Z9", 0, 9)]) == SEED
    alone = with_bad_day(SEED, daily("A1", 3))
    assert (alone.schedules, [room.device for room in alone.rooms].count(False)) == ((), 2)
    two = booked(with_bad_day(SEED, [*daily("A1", 3), *daily("B2", 4)]))
    assert {one[1:] for one in two} == times(daily("B2", 4))


def test_the_simulator_takes_all_of_it_as_booked_by_others() -> None:
    made = Institution(
        CONFIG,
        now=lambda: dt.datetime(2026, 9, 15, 8, 0),  # noqa: DTZ001 - campus wall-clock time
        monotonic=lambda: 0.0,
        rng=random.Random(1),
    )

    plant(made, with_bad_day(SEED, LESSONS))

    standing = list(made.state.bookings)
    assert len(standing) == ADOPTABLE + len(IN_THE_WAY)
    assert all(schedule.foreign for schedule in standing)
