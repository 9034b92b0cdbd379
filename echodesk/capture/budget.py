"""The call budget: no sliding minute ever holds more calls than the institution's limit.

Echo360 allows 120 calls a minute for the whole institution (API facts §3). A bucket of `burst` tokens that refills
at (limit - burst)/60 a second lets through at most burst + 60 x rate = limit calls in any 60 s (decisions: call
budget).
"""

from __future__ import annotations

import asyncio
import datetime as dt
from contextlib import AsyncExitStack
from typing import Protocol

BURST = 5
WINDOW_S = 60.0
SLOWER = 0.75
"""After a 429 only so much of the rate is used: somebody else has a share of the limit, or it is lower."""
SLOWEST = 0.2
RECOVERY_S = 600.0
"""From no rate at all to the whole one, without another 429."""


class Clock(Protocol):
    """The part of the worker's clock that capture needs."""

    def monotonic(self) -> float:
        """Seconds that never go back."""
        ...

    def utc_now(self) -> dt.datetime:
        """The instant, aware."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait; may be cancelled."""
        ...


class Budget:
    """Gives turns in the order in which they were asked for; one worker shares one budget for everything."""

    def __init__(self, calls_per_minute: int, clock: Clock) -> None:
        self._clock = clock
        self._held_until = float("-inf")
        self._share, self._share_at = 1.0, clock.monotonic()
        self._line = asyncio.Lock()
        self._head = asyncio.Lock()
        self.limit(calls_per_minute)

    async def turn(self, *, first: bool = False) -> None:
        """Wait for one call's worth of budget and take it, in the order of asking; a cancelled wait takes none.

        What a call needs that has its turn already, such as a sign-in, comes `first`: behind the line it would use
        up that call's time.
        """
        if not self._limited and self._clock.monotonic() >= self._held_until:
            return
        # asyncio.Lock wakes its waiters in order. Only the first of the line waits at the head, beside those who
        # do not stand in line.
        async with AsyncExitStack() as waiting:
            if not first:
                await waiting.enter_async_context(self._line)
            await waiting.enter_async_context(self._head)
            while (wait_s := self._missing_s()) > 0:
                await self._clock.sleep(wait_s)
            self._tokens -= 1

    def limit(self, calls_per_minute: int) -> None:
        """This limit from now on, 0 for none. Nothing is saved up for a burst: another program, or this one before
        it was started anew, may have used the minute that ends now."""
        self._limited = calls_per_minute > 0
        self._burst = float(min(BURST, max(1, calls_per_minute // 2)))
        self._rate = max(calls_per_minute - self._burst, 1.0) / WINDOW_S
        self._tokens = 0.0
        self._filled_at = self._clock.monotonic()

    def throttled(self) -> None:
        """Echo360 answered 429 although the limit was kept: calls come more slowly from now on, and the rate comes
        back by and by. Calls that were on their way together count once."""
        now = self._clock.monotonic()
        if now - self._share_at >= 1.0 or self._share == 1.0:
            self._share, self._share_at = max(SLOWEST, self.share * SLOWER), now

    @property
    def share(self) -> float:
        """How much of the rate is used, from `SLOWEST` to 1."""
        return min(1.0, self._share + (self._clock.monotonic() - self._share_at) / RECOVERY_S)

    def hold(self, seconds: float) -> None:
        """No turn before so many seconds have passed: Echo360 said so (reliability H3)."""
        self._held_until = max(self._held_until, self._clock.monotonic() + seconds)

    def _missing_s(self) -> float:
        now = self._clock.monotonic()
        rate = self._rate * self.share
        self._tokens = min(self._burst, self._tokens + (now - self._filled_at) * rate)
        self._filled_at = now
        held_s = self._held_until - now
        if not self._limited:
            self._tokens = self._burst
        if self._tokens >= 1:
            return max(held_s, 0.0)
        # A microsecond more than needed, lest rounding leaves a token a hair short and the loop turns once more.
        return max(held_s, (1 - self._tokens) / rate + 1e-6)
