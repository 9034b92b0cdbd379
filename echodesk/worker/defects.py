"""A defect of our own stops its step alone: it is told, counted by whoever ran the step, and the rest goes on.

Trouble that is waited out (database, lease) goes through. A step runs as a task, so that nothing has to be caught:
its error is looked at when it has ended (reliability Q5, U2).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar

from echodesk.errors import DatabaseTrouble, EchoDeskError, NotLeading, RowRefused, TimetableFault
from echodesk.messages import Event, Level, Notice

log = logging.getLogger(__name__)

T = TypeVar("T")

Report = Callable[[str, "Defect"], None]
"""What was stopped, and by what."""


@dataclass(frozen=True, slots=True)
class Defect:
    """What ended a step."""

    error: Exception

    @property
    def text(self) -> str:
        """In one line."""
        return f"{type(self.error).__name__}: {self.error}"


async def attempt(step: Coroutine[Any, Any, T]) -> T | Defect:
    """Run a step to its end; a defect in it is its answer.

    Lets through `DatabaseTrouble`, `NotLeading` and `TimetableFault`: while ids mean two lessons nothing is sent.
    """
    running = asyncio.ensure_future(step)
    try:
        await asyncio.wait({running})
    finally:
        if not running.done():
            running.cancel()
            await asyncio.wait({running})
    error = running.exception()
    if error is None:
        return running.result()
    waited_out = isinstance(error, DatabaseTrouble | NotLeading | TimetableFault)
    waited_out = waited_out and not isinstance(error, RowRefused)
    if waited_out or not isinstance(error, Exception):
        raise error
    return Defect(error)


async def given_up(running: Collection[asyncio.Task[None]], what: str) -> None:
    """Cancel these tasks and wait for their end. A foreseen error is logged; raises what is none."""
    for task in running:
        task.cancel()
    if running:
        await asyncio.wait(running)
    for task in running:
        problem = None if task.cancelled() else task.exception()
        if isinstance(problem, EchoDeskError):
            log.info("%s ended with the term: %s", what, problem)
        elif problem is not None:
            raise problem


class Defects:
    """Tells of defects: the log has the stack, people one sentence."""

    def __init__(self, post: Callable[[Event], None]) -> None:
        self._post = post

    def report(self, what: str, defect: Defect) -> None:
        """A step was stopped."""
        log.error("%s was stopped by a defect", what, exc_info=defect.error)
        self._post(
            Notice(
                Level.ERROR,
                f"{what} failed",
                defect.text,
                "Everything else goes on. What fails three times is set aside and shown; the log has the details.",
            )
        )


def expected(group: BaseExceptionGroup[BaseException]) -> DatabaseTrouble | NotLeading | TimetableFault | None:
    """The trouble that ended a term of office, if it was nothing but trouble that is waited out."""
    trouble, defects = group.split((DatabaseTrouble, NotLeading, TimetableFault))
    if defects is not None:
        return None
    leaf: BaseException | None = trouble
    while isinstance(leaf, BaseExceptionGroup):
        leaf = leaf.exceptions[0]
    return leaf if isinstance(leaf, DatabaseTrouble | NotLeading | TimetableFault) else None
