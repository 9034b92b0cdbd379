"""The budget for retries: while Echo360 is well, almost everything that is sent is a first try (reliability H2).

A bucket of tokens, as the retry quotas of large services have it: a retry costs, a clean answer gives back. When
it is empty retries wait, and first tries go on at a probing pace; with time it lets a few through, so that what
fails alone is not stuck when nothing else is sent. This is the only layer that decides about retries; the network
library makes none.
"""

from __future__ import annotations

from echodesk.worker.ports import Clock

TOKENS = 500.0
TRANSIENT = 14.0
"""A retry after no clear answer."""
THROTTLED = 5.0
"""Sending again after Echo360 asked to wait."""
CLEAN = 1.0
PROBE_S = 5.0
"""An empty bucket still lets one retry through in this time: a tenth of the call limit."""


class RetryBudget:
    """Tokens for retries. Owned by the worker's loop, for one term of office."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._tokens = TOKENS
        self._filled_at = clock.monotonic()

    @property
    def empty(self) -> bool:
        """True while no retry may go out."""
        self._fill()
        return self._tokens < TRANSIENT

    def take(self) -> bool:
        """Pay for one retry after no clear answer; False if it has to wait."""
        if self.empty:
            return False
        self._tokens -= TRANSIENT
        return True

    def throttled(self) -> None:
        """Echo360 asked to wait, and will be asked again."""
        self._fill()
        self._tokens = max(0.0, self._tokens - THROTTLED)

    def clean(self) -> None:
        """A clean answer."""
        self._tokens = min(TOKENS, self._tokens + CLEAN)

    def _fill(self) -> None:
        now = self._clock.monotonic()
        self._tokens = min(TOKENS, self._tokens + (now - self._filled_at) * TRANSIENT / PROBE_S)
        self._filled_at = now
