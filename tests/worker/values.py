"""What a test says about schedules, and what the worker told it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from echodesk.messages import EngineState, Event
from echodesk.simulator.bookings import Schedule
from tests.worker.campus import SETID, day


@dataclass(frozen=True, slots=True)
class Stands:
    """One schedule of Echo360, as a test speaks of it."""

    room: str
    date: str
    time: str
    sections: tuple[str, ...] = ()
    presenter: str | None = None


@dataclass(slots=True)
class Heard:
    """What the worker told."""

    events: list[Event] = field(default_factory=list)

    def post(self, event: Event) -> None:
        """An event of the worker."""
        self.events.append(event)

    @property
    def state(self) -> EngineState:
        """The last state that was told."""
        return [one for one in self.events if isinstance(one, EngineState)][-1]


def external(slot: int, week: int = 2, setid: str = SETID) -> str:
    """How an occurrence is named in Echo360."""
    return f"{slot}-{week}-{setid.replace('/', '-')}"


def at(room: str, week: int = 2, weekday: int = 1, time: str = "09:00-10:00") -> tuple[str, str, str]:
    """A place and time, to compare with `place_of`."""
    return (room, day(week, weekday).isoformat(), time)


def place_of(one: Stands) -> tuple[str, str, str]:
    """Where and when a schedule stands."""
    return (one.room, one.date, one.time)


_OURS = re.compile(r"[0-9]+-[0-9]+-20[0-9]{2}-[0-9]{2}")


def booked_by_others(one: Schedule) -> bool:
    """True for what people booked in Echo360's own pages and no lesson has adopted."""
    return one.foreign and _OURS.fullmatch(one.external_id or "") is None
