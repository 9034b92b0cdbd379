"""Time that only passes when nothing else can go on: an asyncio loop, a clock port, and the database's own clock.

A wait of an hour costs nothing, and the same test takes the same steps every time.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import selectors
from typing import Any

from sqlalchemy import Engine, event

UTC_AT_START = dt.datetime(2030, 9, 2, 7, 0, tzinfo=dt.UTC)
CAMPUS_AT_START = dt.datetime(2030, 9, 2, 8, 0)  # noqa: DTZ001 (wall-clock time has no zone)
"""A Monday, eight o'clock in British summer time."""


class _NothingWaits(selectors.SelectSelector):
    """Instead of waiting it lets the loop's time pass."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise AssertionError("everything waits for something that never comes")
        if timeout > 0:
            self.now += timeout
        return super().select(0)


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop whose clock jumps to the next timer."""

    def __init__(self) -> None:
        self.virtual = _NothingWaits()
        super().__init__(self.virtual)

    def time(self) -> float:
        """Seconds since the test began, as far as the test is concerned."""
        return self.virtual.now

    def forward(self, seconds: float) -> None:
        """Time passes while nobody works, as on a machine that sleeps."""
        self.virtual.now += seconds


class Life:
    """Whether the worker's process lives. Once it is dead, no step and no request of it ends any more."""

    def __init__(self) -> None:
        self.over = False

    async def go_on(self) -> None:
        """Returns at once for the living, and never for the dead."""
        if self.over:
            await asyncio.get_running_loop().create_future()


class VirtualClock:
    """The worker's clock port over that loop."""

    def __init__(self, loop: VirtualLoop) -> None:
        self._loop = loop

    def monotonic(self) -> float:
        """Seconds of the loop."""
        return self._loop.time()

    def campus_now(self) -> dt.datetime:
        """Wall-clock time of the campus."""
        return CAMPUS_AT_START + dt.timedelta(seconds=self._loop.time())

    async def sleep(self, seconds: float) -> None:
        """Wait, in virtual time."""
        await asyncio.sleep(seconds)


def give_database_time(engine: Engine, loop: VirtualLoop) -> None:
    """Every connection of this engine reads `strftime` and `julianday` from the loop's clock."""

    def moment(modifiers: tuple[str, ...]) -> dt.datetime:
        at = UTC_AT_START + dt.timedelta(seconds=loop.time())
        units = {"seconds": 1, "day": 86_400}
        for amount, unit in (modifier.split() for modifier in modifiers if modifier != "now"):
            at += dt.timedelta(seconds=float(amount) * units[unit])
        return at

    def strftime(form: str, *modifiers: str) -> str:
        if form != "%Y-%m-%dT%H:%M:%fZ":
            raise AssertionError(f"no stamp has the form {form!r}")
        at = moment(modifiers)
        return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"

    def julianday(value: str | None) -> float | None:
        if value is None:
            return None
        at = moment(()) if value == "now" else dt.datetime.fromisoformat(value)
        return at.timestamp() / 86_400 + 2_440_587.5

    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _record: Any) -> None:
        connection.create_function("strftime", -1, strftime)
        connection.create_function("julianday", 1, julianday)
