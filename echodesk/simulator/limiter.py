"""The institution's call limit: so many calls in any sixty seconds (API facts §3)."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta
from email.utils import format_datetime

from echodesk.simulator.switches import Switches
from echodesk.simulator.wire import Refusal, refusal

WINDOW_S = 60.0


class Limiter:
    """A sliding window over the calls that were let through."""

    def __init__(self, calls_per_minute: int, monotonic: Callable[[], float]) -> None:
        self.calls_per_minute = calls_per_minute
        """0 = no limit. May be changed at any time."""
        self.ceiling: int | None = None
        """A lower limit in force for the time being; without effect where there is no limit."""
        self._monotonic = monotonic
        self._passed: deque[float] = deque()

    def take(self, *, refused_count: bool) -> float | None:
        """Lets one call through and returns None, or returns the seconds until the next one would pass."""
        limit = self.calls_per_minute
        if limit <= 0:
            return None
        if self.ceiling is not None:
            limit = min(limit, self.ceiling)
        now = self._monotonic()
        passed = self._passed
        while passed and passed[0] <= now - WINDOW_S:
            passed.popleft()
        if len(passed) < limit:
            passed.append(now)
            return None
        if refused_count:
            passed.append(now)
        return max(passed[len(passed) - limit] + WINDOW_S - now, 0.0)


def too_many(switches: Switches, wait_s: float, utc: datetime) -> Refusal:
    """The 429, with the wait in the form the switch asks for."""
    return refusal(
        429,
        switches.limit_body,
        "TooManyRequests",
        "API call limit exceeded",
        headers=retry_after(switches.retry_after, wait_s, utc),
    )


def retry_after(form: str, wait_s: float, utc: datetime) -> tuple[tuple[str, str], ...]:
    """A Retry-After header as `seconds` or `date`, rounded up; none for any other form."""
    whole = max(math.ceil(wait_s), 1)
    if form == "seconds":
        return (("retry-after", str(whole)),)
    if form == "date":
        # An HTTP date has whole seconds: round up once more, so that it never lies before the end of the wait.
        moment = utc.replace(microsecond=0) + timedelta(seconds=whole + 1)
        return (("retry-after", format_datetime(moment, usegmt=True)),)
    return ()
