"""The demonstration without a window: first synchronisation, edits, quiet, one report in figures.

The parts are handed in by the composition root; this file only decides what happens after what.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from echodesk.errors import DatabaseBusy

POLL_S = 0.5


class StillToDo(Protocol):
    """What still has to happen."""

    @property
    def quiet(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Parts:
    """What a headless run is made of."""

    pending: Callable[[], StillToDo]
    edit: Callable[[], str]
    check: Callable[[], None]
    """Raises if worker or simulator have died."""
    told: Callable[[str], None]
    """Progress, for a person who waits."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How many edits, how fast, and how long to wait for quiet (seconds, counted from the start)."""

    edits: int
    edits_per_second: float
    timeout_s: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a headless run went."""

    seconds: float
    first_seconds: float
    """The first synchronisation."""
    edits: int
    quiet: bool


def run(parts: Parts, pace: Pace) -> Outcome:
    """First synchronisation, edits, quiet. Ends early, with `quiet` False, when the time is over."""
    began = time.monotonic()
    deadline = began + pace.timeout_s
    quiet = _wait(parts, deadline)
    first = time.monotonic() - began
    done = 0
    if quiet:
        done = _edit(parts, pace, deadline)
        quiet = _wait(parts, deadline)
    return Outcome(time.monotonic() - began, first, done, quiet)


def _edit(parts: Parts, pace: Pace, deadline: float) -> int:
    begin = time.monotonic()
    done = 0
    while done < pace.edits and time.monotonic() < deadline:
        due = begin + done / pace.edits_per_second
        time.sleep(max(0.0, due - time.monotonic()))
        parts.check()
        try:
            parts.told(parts.edit())
        except DatabaseBusy as busy:
            parts.told(busy.message)
            continue
        done += 1
    return done


def _wait(parts: Parts, deadline: float) -> bool:
    """Until nothing is pending, twice in a row half a second apart (decisions: until quiet)."""
    times = 0
    while time.monotonic() < deadline:
        parts.check()
        left = parts.pending()
        times = times + 1 if left.quiet else 0
        if times == 2:
            return True
        if not left.quiet:
            parts.told(str(left))
        time.sleep(POLL_S)
    return False
