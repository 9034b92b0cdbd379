"""The schedules that are held, indexed by room and date so that a clash is found without a search."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import deque
from collections.abc import Collection, Iterator, Sequence
from datetime import date

import msgspec

from echodesk.simulator.paging import Key

DAY_CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
KEY_NAMES = ("startDate", "startTime", "id")
_NO_KEYS: list[Key] = []
_NO_IDS: dict[str, None] = {}


class Availability(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """When a section sees the capture; the units of the delays are unknown (API facts §8.8)."""

    availability: str
    relative_delay: int | None = None
    concrete_time: str | None = None
    unavailability_delay: int | None = None


class SectionLink(msgspec.Struct, frozen=True):
    """A section that a schedule is published to."""

    section_id: str
    availability: Availability | None = None


class Schedule(msgspec.Struct, frozen=True, kw_only=True):
    """One schedule, references resolved to system ids. Minutes count from midnight on the campus."""

    id: str
    external_id: str | None
    name: str
    start_date: date
    start_minute: int
    end_minute: int
    end_date: date | None
    days: tuple[str, ...]
    exclusions: tuple[date, ...]
    dates: tuple[int, ...]
    """Proleptic ordinals of every date it takes place on."""
    room_id: str
    user_id: str | None
    guest: str | None
    sections: tuple[SectionLink, ...]
    caption: bool
    stream_live: bool
    input1: str | None
    input2: str | None
    capture_quality: str | None
    stream_quality: str | None
    foreign: bool = False
    """Made in Echo360's own pages (by the simulator), not over the API; never shown to a client."""

    def key(self) -> Key:
        """Where it stands in a list."""
        return (self.start_date.isoformat(), clock_text(self.start_minute), self.id)


def clock_text(minute: int) -> str:
    """`HH:MM` of a minute of the day."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def dates_of(start: date, end: date | None, days: Sequence[str], exclusions: Sequence[date]) -> tuple[int, ...]:
    """The ordinals of the dates on which a schedule takes place; a single one has its start date alone."""
    if end is None:
        return (start.toordinal(),)
    wanted = {DAY_CODES.index(day) for day in days}
    skipped = {day.toordinal() for day in exclusions}
    span = range(start.toordinal(), end.toordinal() + 1)
    return tuple(day for day in span if (day - 1) % 7 in wanted and day not in skipped)


class Bookings:
    """All schedules of the institution."""

    def __init__(self) -> None:
        self._by_id: dict[str, Schedule] = {}
        self._by_external: dict[str, str] = {}
        self._room_days: dict[tuple[str, int], list[tuple[int, int, str]]] = {}
        self._room_order: dict[str, list[Key]] = {}
        self._of_section: dict[str, dict[str, None]] = {}
        self.order: list[Key] = []
        """Sorted keys of all schedules."""
        self.retired_external_ids: set[str] = set()
        """External ids of schedules that were deleted."""
        self.journal: deque[tuple[float, str, Schedule | None]] | None = None
        """If set, each change as (monotonic time, id, schedule before it), oldest first."""

    def __len__(self) -> int:
        return len(self._by_id)

    def __iter__(self) -> Iterator[Schedule]:
        return iter(self._by_id.values())

    def get(self, schedule_id: str | None) -> Schedule | None:
        """The schedule with this system id."""
        return None if schedule_id is None else self._by_id.get(schedule_id)

    def by_external(self, external_id: str | None) -> Schedule | None:
        """The schedule with this external id."""
        return None if external_id is None else self.get(self._by_external.get(external_id))

    def find(self, key: str) -> Schedule | None:
        """The schedule with this system id or, failing that, this external id."""
        return self.get(key) or self.by_external(key)

    def room_order(self, room_id: str) -> Sequence[Key]:
        """Sorted keys of the schedules in one room."""
        return self._room_order.get(room_id, _NO_KEYS)

    def of_section(self, section_id: str) -> Collection[str]:
        """The ids of the schedules that name the section."""
        return self._of_section.get(section_id, _NO_IDS).keys()

    def lesson_count(self, section_id: str) -> int:
        """How many dates those schedules take place on."""
        return sum(len(self._by_id[key].dates) for key in self.of_section(section_id))

    def clash(
        self,
        room_id: str,
        dates: Sequence[int],
        start: int,
        end: int,
        *,
        but: str | None = None,
        inclusive: bool = False,
    ) -> Schedule | None:
        """A schedule of the room that overlaps these minutes on one of these dates, `but` one id aside.

        Intervals are half open unless `inclusive`.
        """
        reach = 1 if inclusive else 0
        for day in dates:
            for held_start, held_end, held_id in self._room_days.get((room_id, day), ()):
                if held_start < end + reach and start < held_end + reach and held_id != but:
                    return self._by_id[held_id]
        return None

    def put(self, schedule: Schedule, at: float) -> None:
        """Adds the schedule, or replaces the one with its id; `at` is the monotonic time for the journal."""
        before = self._by_id.get(schedule.id)
        self._note(at, schedule.id, before)
        if before is not None:
            self._unlink(before)
        self._by_id[schedule.id] = schedule
        if schedule.external_id is not None:
            self._by_external[schedule.external_id] = schedule.id
        interval = (schedule.start_minute, schedule.end_minute, schedule.id)
        for day in schedule.dates:
            self._room_days.setdefault((schedule.room_id, day), []).append(interval)
        key = schedule.key()
        insort(self.order, key)
        insort(self._room_order.setdefault(schedule.room_id, []), key)
        for link in schedule.sections:
            self._of_section.setdefault(link.section_id, {})[schedule.id] = None

    def remove(self, schedule_id: str, at: float) -> None:
        """Removes the schedule. Raises `KeyError` if there is none."""
        schedule = self._by_id[schedule_id]
        self._note(at, schedule_id, schedule)
        self._unlink(schedule)
        if schedule.external_id is not None:
            self.retired_external_ids.add(schedule.external_id)

    def as_of(self, at: float) -> dict[str, Schedule]:
        """The schedules as they stood at that monotonic time, as far back as the journal reaches."""
        held = dict(self._by_id)
        for changed_at, schedule_id, before in reversed(self.journal or ()):
            if changed_at <= at:
                break
            if before is None:
                held.pop(schedule_id, None)
            else:
                held[schedule_id] = before
        return held

    def forget_before(self, at: float) -> None:
        """Drops journal entries older than that monotonic time."""
        while self.journal and self.journal[0][0] < at:
            self.journal.popleft()

    def _note(self, at: float, schedule_id: str, before: Schedule | None) -> None:
        if self.journal is not None:
            self.journal.append((at, schedule_id, before))

    def _unlink(self, schedule: Schedule) -> None:
        del self._by_id[schedule.id]
        if schedule.external_id is not None:
            del self._by_external[schedule.external_id]
        interval = (schedule.start_minute, schedule.end_minute, schedule.id)
        for day in schedule.dates:
            held = self._room_days[(schedule.room_id, day)]
            held.remove(interval)
            if not held:
                del self._room_days[(schedule.room_id, day)]
        key = schedule.key()
        del self.order[bisect_left(self.order, key)]
        in_room = self._room_order[schedule.room_id]
        del in_room[bisect_left(in_room, key)]
        for link in schedule.sections:
            self._of_section[link.section_id].pop(schedule.id, None)
