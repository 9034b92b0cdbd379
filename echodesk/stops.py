"""Safety stops as the window and the worker exchange them; `messages` hands them on: one contract, two files."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Allow:
    """Yes to a safety stop: what is on its list up to `last_item` may be removed, nothing else. The timetable's
    new size, if the stop is about that (design §4.12)."""

    by: str
    stop: int
    why: str
    last_item: int


@dataclass(frozen=True, slots=True)
class ShowStop:
    """What is on the list of a safety stop now. Answered with a `StopList`."""

    stop: int


@dataclass(frozen=True, slots=True)
class StopLine:
    """One booking that would be removed. Times as `HH:MM`."""

    external_id: str
    title: str
    room: str
    date: str
    start: str
    finish: str
    presenter: str
    why: str


@dataclass(frozen=True, slots=True)
class StopShown:
    """A safety stop that has not ended."""

    key: int
    kind: str
    headline: str
    """`61 bookings would be removed`."""
    reason: str
    cause: str
    next_step: str
    since: str
    bookings: int
    room_days: int
    waits: bool
    """False once staff have said yes and it is being carried out."""
    last_item: int


@dataclass(frozen=True, slots=True)
class StopList:
    """A safety stop with everything that would be removed, next lesson first."""

    stop: StopShown
    lines: tuple[StopLine, ...]
