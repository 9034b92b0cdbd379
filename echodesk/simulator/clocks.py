"""Time zones, and the real clocks for a simulator that runs in a process of its own."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo


class CampusClock:
    """Wall-clock time of the campus, naive; it may be set to another moment, from which it goes on."""

    def __init__(self, zone: str, starts_at: datetime | None = None) -> None:
        """Raises `KeyError`, `ValueError` or `OSError` if there is no such zone."""
        self._zone = ZoneInfo(zone)
        self._offset = timedelta(0)
        if starts_at is not None:
            self._offset = starts_at.replace(tzinfo=None) - self.now()

    def now(self) -> datetime:
        """The campus time."""
        return datetime.now(self._zone).replace(tzinfo=None) + self._offset


def zone_exists(name: str) -> bool:
    """Whether the time zone database knows the name."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def monotonic() -> float:
    """Seconds that never go back."""
    return time.monotonic()


def utc() -> datetime:
    """The true time, whatever the campus clock was set to: what an HTTP date is compared with."""
    return datetime.now(UTC)
