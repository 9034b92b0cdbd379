"""An EchoDesk that tells each of its steps, and does what it is told there."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from echodesk.errors import DatabaseTrouble
from echodesk.main import Office
from echodesk.simulator.wire import SimRequest, SimResponse
from echodesk.worker.books import Books
from tests.worker.process import Process
from tests.worker.steps import Steps

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Disturbed:
    """What happens to one database step."""

    instead: Office | None = None
    """Read from here."""
    trouble: DatabaseTrouble | None = None
    """Raised in the place of the step, or after its commit."""
    slow_s: float = 0.0
    """The answer of a read comes so much later than its snapshot."""


Visit = Callable[[str, str], Disturbed | None]
"""Told where the worker is: `read`, `write` or `written` and the step, `request` or `answer` and what it is."""


class WatchedSteps(Steps):
    """Steps that tell before each transaction, and after each commit, and do what they are told."""

    visit: Visit

    def _told(self, where: str, step: str) -> Disturbed | None:
        return None if self._life.over else self.visit(where, step)

    async def read(self, step: str, work: Callable[[Books], T]) -> T:
        """One read transaction."""
        await self._begin(step)
        told = self._told("read", step)
        await self._life.go_on()
        if told is not None and told.trouble is not None:
            raise told.trouble
        office = self._office if told is None or told.instead is None else told.instead
        answer = office.read(work)
        if told is not None and told.slow_s:
            await asyncio.sleep(told.slow_s)
            await self._life.go_on()
        return answer

    async def write(self, step: str, work: Callable[[Books], T]) -> T:
        """One write transaction."""
        await self._begin(step)
        told = self._told("write", step)
        await self._life.go_on()
        if told is not None and told.trouble is not None:
            raise told.trouble
        answer = self._office.write(work)
        told = self._told("written", step)
        await self._life.go_on()
        if told is not None and told.trouble is not None:
            raise told.trouble
        return answer


class Watched(Process):
    """An EchoDesk that tells each of its steps."""

    visit: Visit
    arriving = SimRequest("GET", "/")
    """The request that is on its way in."""
    answer_instead: SimResponse | None = None
    """What that request is answered without ever arriving."""

    def made_steps(self) -> Steps:
        """Steps that tell."""
        steps = WatchedSteps(self._around.office, self._around.loop, self.life)
        steps.visit = self.visit
        self.wire.interfere = self._on_request
        self.wire.on_answered = lambda request, response: self._on_answer(request)
        return steps

    def _on_request(self, request: SimRequest) -> SimResponse | None:
        self.arriving = request
        if not self.life.over:
            self.visit("request", words_of(request))
        answer, self.answer_instead = self.answer_instead, None
        return answer

    def _on_answer(self, request: SimRequest) -> None:
        if not self.life.over:
            self.visit("answer", words_of(request))


def words_of(request: SimRequest) -> str:
    """A request as a label: method and kind of thing, without ids."""
    if "/oauth2/" in request.path:
        return "sign-in"
    parts = request.path.strip("/").split("/")
    return f"{request.method} {parts[3] if len(parts) > 3 else request.path}{' one' if len(parts) > 4 else ''}"
