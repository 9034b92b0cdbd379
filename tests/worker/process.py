"""One EchoDesk of a test: the machine it runs on, its client and, from start to death, its engine."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from typing import Any

from echodesk.access import Echo360Access
from echodesk.capture.client import Echo360
from echodesk.capture.settings import CaptureSettings
from echodesk.errors import EchoDeskError
from echodesk.main import Office, capture_settings
from echodesk.messages import Command
from echodesk.simulator.misbehave import Simulator
from echodesk.worker.engine import Constants, Engine
from tests.worker.steps import Steps
from tests.worker.values import Heard
from tests.worker.virtual_time import Life, Machine, VirtualClock, VirtualLoop
from tests.worker.wire import SimulatorTransport


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What every EchoDesk of a world shares, and how it is to be made."""

    loop: VirtualLoop
    office: Office
    simulator: Simulator
    secret: str
    calls_per_minute: int
    constants: Constants
    publishing: bool
    """False: nothing is told to a window, which no promise of sending needs and which costs time."""
    adjust: Callable[[CaptureSettings], CaptureSettings]


class Process:
    """One EchoDesk. Not started when made."""

    def __init__(self, name: str, around: Surroundings) -> None:
        self.name = name
        self._around = around
        self.machine = Machine(around.loop)
        self.clock = VirtualClock(around.loop, self.machine)
        self.life = Life()
        self.wire = SimulatorTransport(around.simulator, self.life)
        self.heard = Heard()
        self.runs = 0
        self.running: asyncio.Task[None] | None = None
        self._asked: set[asyncio.Task[None]] = set()
        self.refused: list[EchoDeskError] = []
        """What its window was told instead of an answer."""
        self.constants = around.constants
        self.steps: Steps
        self.capture: Echo360
        self.engine: Engine
        self.settings: CaptureSettings

    @property
    def holder(self) -> str:
        """Its name in the lease."""
        return f"{self.name} {self.runs}"

    def start(self) -> None:
        """A new engine on the same database and the same Echo360."""
        around = self._around
        self.runs += 1
        self.life.over = False
        self.steps = self.made_steps()
        access = Echo360Access("http://127.0.0.1:9", "office", around.secret)
        settings = capture_settings(around.office, access, around.calls_per_minute, loopback_only=True)
        self.settings = around.adjust(replace(settings, organization="University", campus="Main"))
        self.capture = Echo360(self.settings, self.clock, self.wire)
        kind = Engine if around.publishing else _SilentEngine
        self.engine = kind(
            *(
                self.steps,
                self.capture,
                self.clock,
                self.heard,
                self.holder,
                around.calls_per_minute,
                self.constants,
            ),
            machine=self.name,
        )
        self.running = self.machine.start(self.engine.run())

    def made_steps(self) -> Steps:
        """The database as this one sees it from its next start on."""
        return Steps(self._around.office, self._around.loop, self.life)

    def ask(self, command: Command) -> None:
        """Its own window asks for something, at this very moment; whatever it is told, it is only shown there."""

        async def asking() -> None:
            try:
                await self.engine.command(command)
            except EchoDeskError as problem:
                self.refused.append(problem)

        task = self.machine.start(asking())
        self._asked.add(task)
        task.add_done_callback(self._asked.discard)

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        """Let time pass until this is done."""
        self._around.loop.run_until_complete(work)

    def stop(self) -> None:
        """Ask it to end, and wait for it."""
        assert self.running is not None
        running, self.running = self.running, None

        async def stop() -> None:
            self.engine.request_stop()
            done, _ = await asyncio.wait({running}, timeout=60.0)
            assert done, f"{self.holder} did not end within a minute of being asked to"
            running.result()
            await self._forget()

        self.run(stop())

    def kill(self) -> None:
        """End it where it stands, without a word to the database."""
        if self.running is None:
            return
        running, self.running = self.running, None
        self.life.over = True
        if self.machine.still:
            self.machine.wake()
        running.cancel()
        self.run(_ended(running))
        self.run(self._forget())

    async def _forget(self) -> None:
        """Its window is gone as well, what it had asked for and not been told of, and its client."""
        await self.capture.close()
        asked = list(self._asked)
        for task in asked:
            task.cancel()
        if asked:
            await asyncio.wait(asked)

    def check_alive(self) -> None:
        """Raises what it ended with, if it ended by itself."""
        if self.running is not None and self.running.done() and not self.life.over:
            self.running.result()
            raise AssertionError(f"{self.holder} ended by itself")

    def close(self) -> None:
        """Kill it, if it still lives."""
        self.kill()


class _SilentEngine(Engine):
    async def run(self) -> None:
        await self._lead_or_follow()


async def _ended(task: asyncio.Task[None]) -> None:
    await asyncio.wait({task})
