"""One run that becomes many: at each point the process is forked, and each copy plays one disturbance to its end.

The copy has everything as it was at that point, to the last timer, so nothing before it is played again.
"""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import os
import traceback
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from types import TracebackType
from typing import IO, Any, Self

from tests.single_faults.ending import Ending


@dataclass(frozen=True, slots=True)
class Point:
    """One step of a run."""

    number: int
    act: int
    """How many acts of the scenario were done by then."""
    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.number} {self.where} {self.what}"


@dataclass(frozen=True, slots=True)
class Branch:
    """How one disturbed run ended. `ending` None: it did not come to an end, and `problem` says why."""

    point: Point
    kind: str
    ending: Ending | None
    problem: str = ""
    struck: bool = True
    second: str = ""
    """The point of a second disturbance."""
    healed: bool = False
    """It took a comparison."""


@dataclass(slots=True)
class Trunk:
    """The undisturbed run, or a disturbed one that is disturbed again. Use it as a context around the run."""

    loop: asyncio.AbstractEventLoop
    kinds_at: Callable[[Point], Iterable[str]]
    jobs: int
    branches: list[Branch] = field(default_factory=list)
    points: list[Point] = field(default_factory=list)
    me: tuple[Point, str] | None = None
    """Set in a copy: where it left the trunk, and what happens to it."""
    _pipe: IO[str] | None = None
    _waiting: list[tuple[Point, str, int, IO[str]]] = field(default_factory=list)

    def visit(self, act: int, where: str, what: str) -> str | None:
        """None on the trunk; in a copy what is to happen here."""
        point = Point(len(self.points), act, where, what)
        self.points.append(point)
        for kind in self.kinds_at(point):
            if self.fork(point, kind):
                return kind
        return None

    def fork(self, point: Point, kind: str) -> bool:
        """True in the copy."""
        while len(self._waiting) >= self.jobs:
            self._collect()
        reading, writing = os.pipe()
        child = os.fork()
        if child:
            os.close(writing)
            self._waiting.append((point, kind, child, os.fdopen(reading)))
            return False
        os.close(reading)
        self._pipe = os.fdopen(writing, "w")
        self.me = (point, kind)
        self.branches, self._waiting = [], []
        # Killed workers leave tasks behind, as processes do; asyncio would remark on each.
        logging.getLogger("asyncio").setLevel(logging.CRITICAL)
        if self.loop.is_running():
            # A forked process is told that it runs no loop, though it stands in the middle of one.
            asyncio.events._set_running_loop(self.loop)
        return True

    def finish(self) -> list[Branch]:
        """On the trunk: every branch, once all have ended."""
        while self._waiting:
            self._collect()
        return self.branches

    def report(self, branches: Sequence[Branch]) -> None:
        """In a copy: how it ended. Does not return."""
        assert self._pipe is not None
        self._pipe.write(json.dumps([asdict(one) for one in branches]))
        self._pipe.close()
        os._exit(0)

    def __enter__(self) -> Self:
        gc.collect()
        gc.freeze()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.me is not None:
            # Nothing of a copy may reach what its parent goes on with.
            told = "".join(traceback.format_exception(kind, problem, trace)) if problem else "it ended too early"
            self.report([Branch(*self.me, None, problem=told)])
        gc.unfreeze()

    def _collect(self) -> None:
        point, kind, child, pipe = self._waiting.pop(0)
        with pipe:
            told = pipe.read()
        os.waitpid(child, 0)
        if told:
            self.branches += [_branch(one) for one in json.loads(told)]
        else:
            self.branches.append(Branch(point, kind, None, problem="the process ended without a word"))


def _branch(told: dict[str, Any]) -> Branch:
    ended = told.pop("ending")
    point = Point(**told.pop("point"))
    return Branch(point=point, ending=None if ended is None else Ending(**ended), **told)
