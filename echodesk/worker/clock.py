"""The real clock: the only place of the worker that asks the machine for the time, or waits."""

from __future__ import annotations

import asyncio
import datetime as dt
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from zoneinfo import ZoneInfo

from echodesk.worker.ports import Moment

JITTER_S = 2.0
"""Readings of the database's clock that differ by less than this from what was expected say nothing."""
WRONG_S = 60.0
"""A machine's clock that is further off than this is told to people."""


class CampusClock(ABC):
    """Campus time by the database's clock, on a machine whose own may be wrong or jump (reliability L4, fault 47).

    Between two readings of the database's clock the machine's monotonic clock goes on counting, so that a jump of
    its wall clock changes nothing. Before the first reading the wall clock is believed.
    """

    def __init__(self, zone: str) -> None:
        self._zone = ZoneInfo(zone)
        self._anchor: tuple[dt.datetime, float] | None = None
        self.ahead_s = 0.0
        """How far the wall clock was ahead of the database's when that was last read; 0 for less than 2 s."""

    @abstractmethod
    def monotonic(self) -> float:
        """Seconds that never go back and count the machine's sleep, where it can tell."""

    @abstractmethod
    def wall(self) -> dt.datetime:
        """The machine's wall clock, aware: as somebody set it."""

    def moment(self) -> Moment:
        """Now, by both clocks of the machine."""
        return Moment(self.monotonic(), self.wall().timestamp())

    def age_s(self, moment: Moment) -> float:
        """Seconds since, by whichever clock says more: one may have stood still while the machine slept."""
        return max(self.monotonic() - moment.monotonic, self.wall().timestamp() - moment.wall)

    def follow(self, utc: dt.datetime, asked: Moment) -> None:
        """The database's clock said `utc` at some time between `asked` and now."""
        wall = self.wall()
        took = dt.timedelta(seconds=max(0.0, self.monotonic() - asked.monotonic))
        jitter = dt.timedelta(seconds=JITTER_S)

        def agrees(expected: dt.datetime) -> bool:
            return utc - jitter < expected < utc + took + jitter

        self.ahead_s = 0.0 if agrees(wall) else (wall - utc).total_seconds()
        if self._anchor is None or not agrees(self.utc_now()):
            self._anchor = (wall if agrees(wall) else utc, self.monotonic())

    def utc_now(self) -> dt.datetime:
        """The instant, aware, by the database's clock."""
        if self._anchor is None:
            return self.wall()
        utc, at = self._anchor
        return utc + dt.timedelta(seconds=self.monotonic() - at)

    def campus_now(self) -> dt.datetime:
        """Wall-clock time of the campus by the database's clock, without zone."""
        return self.utc_now().astimezone(self._zone).replace(tzinfo=None)

    @property
    def fault(self) -> str:
        """What to tell people about the machine's clock, '' when it is right."""
        if abs(self.ahead_s) <= WRONG_S:
            return ""
        way = "ahead of" if self.ahead_s > 0 else "behind"
        return (
            f"This computer's clock is {_duration(abs(self.ahead_s))} {way} the database's. "
            "EchoDesk goes by the database's; set this computer's clock right."
        )


class MachineClock(CampusClock):
    """Time of this machine."""

    def __init__(self, zone: str) -> None:
        super().__init__(zone)
        self._monotonic = steady_clock(sys.platform)

    def monotonic(self) -> float:
        """Seconds that never go back; the machine's sleep counts (reliability L6)."""
        return self._monotonic()

    def wall(self) -> dt.datetime:
        """The machine's wall clock, aware."""
        return utc_now()

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)


def steady_clock(system: str) -> Callable[[], float]:
    """The clock of this system that goes on while the machine sleeps (reliability §1.7).

    Python's own monotonic clock does so on Windows alone.
    """
    if system.startswith("linux"):
        return lambda: time.clock_gettime(time.CLOCK_BOOTTIME)
    if system == "darwin":
        return lambda: time.clock_gettime(time.CLOCK_MONOTONIC)
    return time.monotonic


def utc_now() -> dt.datetime:
    """The instant, aware, for stamps on screen."""
    return dt.datetime.now(dt.UTC)


def _duration(seconds: float) -> str:
    minutes = round(seconds / 60)
    days, minutes = divmod(minutes, 24 * 60)
    hours, minutes = divmod(minutes, 60)
    parts = [(days, "day"), (hours, "hour"), (minutes, "minute")]
    return " ".join(f"{count} {unit}{'' if count == 1 else 's'}" for count, unit in parts if count)
