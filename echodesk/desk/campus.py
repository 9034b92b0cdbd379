"""Campus time for the screens: stored stamps are UTC, people read the wall clock of their campus."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class CampusTime:
    """The three things a screen needs to know about time; all are texts (ISO, seconds or better)."""

    to_local: Callable[[str], str]
    """UTC stamp (`2026-11-24T08:05:11.123Z`) to campus wall clock (`2026-11-24T09:05:11`)."""
    to_utc: Callable[[str], str]
    """Campus wall clock to a UTC stamp in milliseconds."""
    now: Callable[[], str]
    """The campus wall clock now."""


def campus_time(zone: str, utc_now: Callable[[], dt.datetime]) -> CampusTime:
    """Campus time of one IANA zone (decisions: "Time"); `utc_now` answers an aware datetime.

    An unreadable stamp comes back as it is: a screen shows what is stored rather than nothing.
    Raises `zoneinfo.ZoneInfoNotFoundError` for an unknown zone.
    """
    campus = ZoneInfo(zone)

    def to_local(stamp: str) -> str:
        try:
            moment = dt.datetime.fromisoformat(stamp)
        except ValueError:
            return stamp
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=dt.UTC)
        return moment.astimezone(campus).replace(tzinfo=None).isoformat(timespec="seconds")

    def to_utc(local: str) -> str:
        moment = dt.datetime.fromisoformat(local).replace(tzinfo=campus).astimezone(dt.UTC)
        return moment.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"

    def now() -> str:
        return utc_now().astimezone(campus).replace(tzinfo=None).isoformat(timespec="seconds")

    return CampusTime(to_local, to_utc, now)
