"""Whether Echo360 lets us in: after a 401 or 403 nothing is sent but one probe now and then (reliability H3)."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from echodesk.capture.budget import Clock
from echodesk.planning.answers import PROBE_S, NotAllowed


@dataclass(slots=True)
class Passage:
    """One call on its way through the door."""

    shut: NotAllowed | None
    """Why it must not go through, None if it may."""
    let_in: bool | None = None
    """What came of it: True for an answer of the API, False for a 401 or 403, None for all else."""


class Door:
    """One for the whole client. While it is shut the first call after `PROBE_S` is the probe; whoever comes
    meanwhile waits for what comes of it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._shut: NotAllowed | None = None
        self._next_at = 0.0
        self._probe: asyncio.Event | None = None

    def shut(self, why: NotAllowed) -> None:
        """Echo360 did not let us in."""
        self._shut = why
        self._next_at = self._clock.monotonic() + PROBE_S

    def try_again(self) -> None:
        """Someone has acted: the next call is the probe."""
        self._next_at = -math.inf

    @asynccontextmanager
    async def passage(self) -> AsyncGenerator[Passage]:
        """Go through for one call, and say in `let_in` what came of it."""
        while self._shut is not None and self._probe is not None:
            await self._probe.wait()
        if self._shut is None:
            yield Passage(None)
        elif self._clock.monotonic() < self._next_at:
            yield Passage(self._shut)
        else:
            async with self._probing() as passage:
                yield passage

    @asynccontextmanager
    async def _probing(self) -> AsyncGenerator[Passage]:
        self._probe = ended = asyncio.Event()
        self._next_at = self._clock.monotonic() + PROBE_S
        passage = Passage(None)
        try:
            yield passage
            if passage.let_in:
                self._shut = None
        finally:
            self._probe = None
            ended.set()
