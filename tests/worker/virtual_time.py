"""Time that only passes when nothing else can go on: an asyncio loop, a clock port, and the database's own clock.

A wait of an hour costs nothing, and the same test takes the same steps every time.
"""

from __future__ import annotations

import asyncio
import contextvars
import datetime as dt
import selectors
from collections.abc import Callable, Coroutine
from typing import Any

from sqlalchemy import Engine, event

from echodesk.worker.clock import CampusClock

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
    """An event loop whose clock jumps to the next timer, and on which whole machines can stand still."""

    def __init__(self) -> None:
        self.virtual = _NothingWaits()
        super().__init__(self.virtual)

    @property
    def now(self) -> float:
        """Seconds since the test began, whatever the machine of the caller believes."""
        return self.virtual.now

    def time(self) -> float:
        """Seconds since the test began, on the machine of the caller."""
        machine = _MACHINE.get()
        return self.virtual.now if machine is None else self.virtual.now - machine.lag_s

    def forward(self, seconds: float) -> None:
        """Time passes while nobody works, as on a machine that sleeps."""
        self.virtual.now += seconds

    def call_soon(  # type: ignore[override]  # typeshed's types cannot be named outside of it
        self, callback: Callable[..., object], *args: Any, context: contextvars.Context | None = None
    ) -> asyncio.Handle:
        """As ever, but what belongs to a machine that stands still waits for it."""
        context = contextvars.copy_context() if context is None else context
        machine = context.get(_MACHINE)
        if machine is None:
            return super().call_soon(callback, *args, context=context)
        waits = _Waits(self, machine, context, callback, args, None)
        waits.handle = super().call_soon(waits.run, context=context)
        return waits.handle

    def call_at(  # type: ignore[override]  # typeshed's types cannot be named outside of it
        self, when: float, callback: Callable[..., object], *args: Any, context: contextvars.Context | None = None
    ) -> asyncio.TimerHandle:
        """`when` by the clock of the caller's machine."""
        context = contextvars.copy_context() if context is None else context
        machine = context.get(_MACHINE)
        if machine is None:
            return super().call_at(when, callback, *args, context=context)
        waits = _Waits(self, machine, context, callback, args, when)
        waits.handle = handle = self.at(when + machine.lag_s, waits.run, context)
        return handle

    def at(self, when: float, run: Callable[[], object], context: contextvars.Context) -> asyncio.TimerHandle:
        """`when` by nobody's clock but the test's."""
        return super().call_at(when, run, context=context)

    def at_once(self, run: Callable[[], object], context: contextvars.Context) -> asyncio.Handle:
        """In the next round, whether or not a machine stands still."""
        return super().call_soon(run, context=context)


class Machine:
    """The computer that one worker runs on: it can stand still, fall asleep, and have a wrong clock."""

    def __init__(self, loop: VirtualLoop) -> None:
        self.loop = loop
        self.lag_s = 0.0
        """How long it slept so far: its timers did not go on meanwhile."""
        self.wall_s = 0.0
        """How wrong its wall clock is."""
        self.counts_sleep = True
        """Whether the steady clock that it offers goes on while it sleeps; the timers of its loop never do."""
        self.still = False
        self.rests = 0
        """How often it stood still or slept."""
        self._kept: list[_Waits] = []
        self._nobody = contextvars.Context()

    def start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run this on the machine."""
        context = contextvars.copy_context()
        context.run(_MACHINE.set, self)
        return self.loop.create_task(work, context=context)

    def freeze(self, seconds: float) -> None:
        """SIGSTOP now, SIGCONT later: timers that became due meanwhile fire all at once."""
        if not self.still:
            self.still = True
            self.rests += 1
            self.loop.at(self.loop.now + seconds, self.wake, self._nobody)

    def suspend(self, seconds: float) -> None:
        """The lid is closed and opened later: its timers know nothing of that time, its wall clock does."""
        if not self.still:
            self.still = True
            self.rests += 1
            self.loop.at(self.loop.now + seconds, lambda: self._opened(seconds), self._nobody)

    def wake(self) -> None:
        """It goes on where it stood."""
        self.still = False
        kept, self._kept = self._kept, []
        for waits in kept:
            self.loop.at_once(waits.run, waits.context)

    def keep(self, waits: _Waits) -> None:
        """This comes once the machine goes on."""
        self._kept.append(waits)

    def _opened(self, seconds: float) -> None:
        if self.still:
            self.lag_s += seconds
            self.wake()


class _Waits:
    """A callback of a machine."""

    __slots__ = ("_args", "_callback", "_loop", "_machine", "_when", "context", "handle")

    def __init__(
        self,
        loop: VirtualLoop,
        machine: Machine,
        context: contextvars.Context,
        callback: Callable[..., object],
        args: tuple[Any, ...],
        when: float | None,
    ) -> None:
        self._loop = loop
        self._machine = machine
        self.context = context
        self._callback = callback
        self._args = args
        self._when = when
        self.handle: asyncio.Handle | None = None

    def run(self) -> None:
        machine = self._machine
        if self.handle is None or self.handle.cancelled():
            return
        if machine.still:
            machine.keep(self)
        elif self._when is not None and self._loop.now - machine.lag_s < self._when - 1e-6:
            self._loop.at(self._when + machine.lag_s, self.run, self.context)
        else:
            self._callback(*self._args)


_MACHINE: contextvars.ContextVar[Machine | None] = contextvars.ContextVar("machine", default=None)


class Life:
    """Whether the worker's process lives. Once it is dead, no step and no request of it ends any more."""

    def __init__(self) -> None:
        self.over = False

    async def go_on(self) -> None:
        """Returns at once for the living, later for those that stand still, and never for the dead."""
        machine = _MACHINE.get()
        if machine is not None and machine.still:
            await asyncio.sleep(0)
        if self.over:
            await asyncio.get_running_loop().create_future()


class VirtualClock(CampusClock):
    """The worker's clock port over that loop; without a machine, the true time."""

    def __init__(self, loop: VirtualLoop, machine: Machine | None = None) -> None:
        super().__init__("Europe/London")
        self._loop = loop
        self._machine = machine

    def monotonic(self) -> float:
        """Seconds of its machine."""
        machine = self._machine
        return self._loop.now if machine is None or machine.counts_sleep else self._loop.now - machine.lag_s

    def wall(self) -> dt.datetime:
        """What its machine believes the time to be."""
        wrong_s = 0.0 if self._machine is None else self._machine.wall_s
        return UTC_AT_START + dt.timedelta(seconds=self._loop.now + wrong_s)

    async def sleep(self, seconds: float) -> None:
        """Wait, in virtual time."""
        await asyncio.sleep(seconds)


def give_database_time(engine: Engine, loop: VirtualLoop) -> None:
    """Every connection of this engine reads `strftime` and `julianday` from the loop's clock."""
    strftime, julianday = database_time(loop)

    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _record: Any) -> None:
        connection.create_function("strftime", -1, strftime)
        connection.create_function("julianday", 1, julianday)


def database_time(loop: VirtualLoop) -> tuple[Callable[..., str], Callable[[str | None], float | None]]:
    """`strftime` and `julianday` of SQLite by the loop's clock."""

    def moment(modifiers: tuple[str, ...]) -> dt.datetime:
        at = UTC_AT_START + dt.timedelta(seconds=loop.now)
        units = {"second": 1, "minute": 60, "hour": 3_600, "day": 86_400}
        for amount, unit in (modifier.split() for modifier in modifiers if modifier != "now"):
            at += dt.timedelta(seconds=float(amount) * units[unit.removesuffix("s")])
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

    return strftime, julianday
