"""The real clock: the only place of the worker that asks the machine for the time, or waits."""

from __future__ import annotations

import asyncio
import datetime as dt
import time
from zoneinfo import ZoneInfo


class MachineClock:
    """Time of this machine, in the zone of the campus."""

    def __init__(self, zone: str) -> None:
        self._zone = ZoneInfo(zone)

    def monotonic(self) -> float:
        """Seconds that never go back."""
        return time.monotonic()

    def campus_now(self) -> dt.datetime:
        """Wall-clock time of the campus, without zone."""
        return dt.datetime.now(self._zone).replace(tzinfo=None)

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)


def utc_now() -> dt.datetime:
    """The instant, aware, for stamps on screen."""
    return dt.datetime.now(dt.UTC)
