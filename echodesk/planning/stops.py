"""Safety stops as values: what waits for a yes of staff, and why, in plain words (design §4.12)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class StopKind(StrEnum):
    """Which guard holds."""

    BRAKE = "BRAKE"
    """Too many removals within a day, whatever their cause (decisions "The brake")."""
    DAY = "DAY"
    """Too much of one room's day, and no timetable edit that explains it."""
    FEED = "FEED"
    """The timetable is empty, of the wrong year, or less than half of the last: nothing is planned at all."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Removals of the last 24 hours by database time."""

    removed: int
    """Without a yes of staff, those in flight included."""
    in_flight: int
    """Those of them that still stand in the mirror."""
    waiting: int
    """Bookings on the brake's list that waits for a yes."""


@dataclass(frozen=True, slots=True)
class StopItem:
    """One booking that would be removed. Times in minutes, `why` a `values.Why`."""

    external_id: str
    room: str
    date: str
    start: int
    finish: int
    title: str
    presenter: str | None
    why: str
    queue_id: int | None
    """The waiting timetable change that asks for it, None if there is none."""
    id: int = 0


@dataclass(frozen=True, slots=True)
class StopRecord:
    """One safety stop that has not ended."""

    id: int
    kind: StopKind
    reason: str
    since: str
    yes_by: str | None
    yes_at: str | None
    why: str | None
    bookings: int
    room_days: int
    changes: int
    """Different timetable changes that ask for these removals."""
    unexplained: int
    """Bookings that no timetable change asks to remove."""
    titles: tuple[str, ...]
    """The first few lessons."""
    people: tuple[str, ...]
    """The first few lecturers."""
    last_item: int
    """The newest row of its list: a yes is for what is on the list up to here."""

    @property
    def waits(self) -> bool:
        """True until staff have said yes."""
        return self.yes_at is None

    @property
    def headline(self) -> str:
        """`61 bookings would be removed`."""
        if self.kind is StopKind.FEED:
            return "nothing is planned"
        return f"{_counted(self.bookings, 'booking')} would be removed"

    @property
    def cause(self) -> str:
        """Where it comes from, in one or two sentences."""
        if self.kind is StopKind.FEED:
            return "The timetable changed more than any office does in a day."
        parts = []
        if self.changes:
            parts.append(f"{_counted(self.changes, 'timetable change')} asked for it.")
        if self.unexplained:
            parts.append(
                f"For {self.unexplained} no timetable change is known: another table, a setting, a clash,"
                " or an edit in Echo360 itself."
            )
        named = ", ".join(self.titles)
        if named:
            parts.append(f"Lessons: {named}{' and others' if self.bookings > len(self.titles) else ''}.")
        if self.people:
            parts.append(f"Lecturers: {', '.join(self.people)}.")
        return " ".join(parts)

    @property
    def next_step(self) -> str:
        """What to do."""
        if self.kind is StopKind.FEED:
            return "Put the timetable right, and it goes on by itself; or say yes if this is the new size."
        return "If it is meant, say yes; if not, put the timetable right, and nothing is removed."


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
