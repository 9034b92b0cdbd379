"""What people did in Echo360 by hand, for pictures of an office's ordinary bad day.

Some rooms have lost their recorder; somebody booked a dozen lessons of another room just where they are, which can
be adopted; and three bookings stand in the way of a lesson each.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import msgspec

from echodesk.planning.values import Interval, Occurrence, RoomDay, clock_text
from echodesk.simulator.seed import Seed
from echodesk.timetable.book import CmisBook

BOOKED_TOO = "Lecture, booked by hand"
ADOPTABLE = 12
IN_THE_WAY = ("Open day", "Visiting speaker", "Exam briefing")
EARLIER_MINUTES = 30
"""So much earlier than the lesson in whose way it is begins and ends such a booking."""
BROKEN = 3
"""So many rooms have no recorder, if there are enough others."""
WEEK = dt.timedelta(days=7)
FIRST_WEEKS = 4


def lessons_of_first_weeks(timetable: CmisBook, today: dt.date) -> list[Occurrence]:
    """All lessons of the first weeks from today on that have any."""
    days = {day for room in timetable.rooms() for day in timetable.room_days(room, today.isoformat())}
    last = min((day.date for day in days), default=today) + FIRST_WEEKS * WEEK
    return timetable.occurrences([day for day in days if day.date < last])[0]


def with_bad_day(seed: Seed, lessons: Sequence[Occurrence]) -> Seed:
    """`seed` with fewer rooms that record, and with what was booked by hand around these lessons.

    The same arguments give the same, in whatever order the lessons are. Lessons that overlap others are left as
    they are. A timetable with too few rooms gets as much of it as it has room for.
    """
    recording = {room.external_id for room in seed.rooms if room.device}
    ordered = sorted(lessons, key=lambda one: (one.place.date, one.time.start, one.place.room, one.external_id))
    by_room: dict[str, list[Occurrence]] = {}
    for lesson in ordered:
        if lesson.place.room in recording:
            by_room.setdefault(lesson.place.room, []).append(lesson)
    broken = _broken(by_room)
    for room in broken:
        del by_room[room]
    days: dict[RoomDay, list[Interval]] = {}
    for lesson in ordered:
        days.setdefault(lesson.place, []).append(lesson.time)
    adoptable = _adoptable(by_room, days)
    booked_too = {one.place.room for one in adoptable}
    others = [one for one in ordered if one.place.room in by_room and one.place.room not in booked_too]
    bookings = [
        *(_booking(BOOKED_TOO, one.place, one.time) for one in adoptable),
        *_in_the_way(others, days),
    ]
    rooms = tuple(
        msgspec.structs.replace(room, device=room.device and room.external_id not in broken) for room in seed.rooms
    )
    changed: Seed = msgspec.structs.replace(seed, rooms=rooms, schedules=(*seed.schedules, *bookings))
    return changed


def _broken(by_room: dict[str, list[Occurrence]]) -> list[str]:
    """Those with the fewest lessons of the rooms that are used in the first week; of few rooms one at most."""
    if not by_room:
        return []
    first = min(lessons[0].place.date for lessons in by_room.values())
    soon = [room for room, lessons in by_room.items() if lessons[0].place.date < first + WEEK]
    enough = len(soon) > BROKEN + len(IN_THE_WAY) + 1
    return sorted(soon, key=lambda room: (len(by_room[room]), room))[: BROKEN if enough else 1]


def _adoptable(by_room: dict[str, list[Occurrence]], days: dict[RoomDay, list[Interval]]) -> list[Occurrence]:
    """The first lessons of the room that has enough of them with the fewest to spare, or else the most."""
    alone = {
        room: [one for one in lessons if sum(one.time.overlaps(other) for other in days[one.place]) == 1]
        for room, lessons in by_room.items()
    }
    room = min(alone, key=lambda room: (-min(len(alone[room]), ADOPTABLE), len(alone[room]), room), default=None)
    return [] if room is None else alone[room][:ADOPTABLE]


def _in_the_way(lessons: Sequence[Occurrence], days: dict[RoomDay, list[Interval]]) -> list[dict[str, object]]:
    """One booking for each of the names, each on another date in another room, on top of one lesson alone."""
    found: list[dict[str, object]] = []
    dates: set[dt.date] = set()
    rooms: set[str] = set()
    for lesson in lessons:
        place, time = lesson.place, lesson.time
        earlier = Interval(time.start - EARLIER_MINUTES, time.end - EARLIER_MINUTES)
        met = [other for other in days[place] if other.overlaps(earlier)]
        crowded = met != [time] or earlier.start < 0
        if len(found) == len(IN_THE_WAY):
            break
        if not crowded and place.date not in dates and place.room not in rooms:
            dates.add(place.date)
            rooms.add(place.room)
            found.append(_booking(IN_THE_WAY[len(found)], place, earlier))
    return found


def _booking(name: str, place: RoomDay, time: Interval) -> dict[str, object]:
    return {
        "name": name,
        "startDate": place.date.isoformat(),
        "startTime": clock_text(time.start),
        "endTime": clock_text(time.end),
        "venue": {"roomExternalId": place.room},
    }
