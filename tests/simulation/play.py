"""Runs one history: its steps with safety checks, then everything heals and must become equal and stay quiet."""

from __future__ import annotations

import hashlib
import shutil
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from sqlalchemy import text

from echodesk.messages import Level, Notice
from tests.databases.cmis import Cmis
from tests.databases.engines import fresh_sqlite
from tests.simulation.liveness import Liveness, Transition, illegal
from tests.simulation.mixes import JUDGED
from tests.simulation.safety import Safety
from tests.simulation.script import Script
from tests.simulation.stage import Stage
from tests.worker.campus import fill_university
from tests.worker.conftest import WATCH

Mutation = Callable[[], AbstractContextManager[object]]
"""Switches one rule of the product off, for as long as the context lasts."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a history."""

    violations: tuple[str, ...]
    """Each names the promise that was broken: C1, C3, C8, H5, Q6 …"""
    requests: Counter[str] = field(default_factory=Counter)
    kills: int = 0
    faults_fired: Counter[str] = field(default_factory=Counter)
    transitions: Counter[Transition] = field(default_factory=Counter)
    convergence_s: float = 0.0
    """Virtual seconds from the end of all faults until everything was quiet."""
    trace_hash: str = ""
    content: tuple[str, ...] | None = None
    """What Echo360 holds of ours in the end; None if that depends on more than the timetable: on what was refused
    for good or had begun."""
    defects: tuple[str, ...] = ()
    """Errors of its own that a worker contained and told of: the kind, and what it says."""


def play(script: Script, folder: Path, mutation: Mutation | None = None) -> Outcome:
    """Run the history in this folder (best on a memory file system); the folder is empty again afterwards."""
    room = folder / f"{script.mix}-{script.seed}"
    room.mkdir(parents=True)
    try:
        with (mutation or nullcontext)():
            return _Played(Stage(template(folder), room, script), script).run()
    finally:
        shutil.rmtree(room)


@lru_cache(maxsize=4)
def template(folder: Path) -> Path:
    """A database with the university in it, made once for each folder."""
    home = folder / "template"
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    database = fresh_sqlite(home)
    with database.engine.begin() as connection:
        fill_university(Cmis(connection))
        for statement in WATCH:
            connection.execute(text(statement))
    database.close()
    return home / "fresh.sqlite"


class _Played:
    def __init__(self, stage: Stage, script: Script) -> None:
        self._stage = stage
        self._script = script
        self._safety = Safety(stage, judges=script.mix in JUDGED)
        self._liveness = Liveness(stage, script, self._safety)

    def run(self) -> Outcome:
        stage, safety = self._stage, self._safety
        try:
            for step in self._script.steps:
                stage.take(step)
                safety.one_schedule_per_id()
                if safety.violations:
                    break
            else:
                self._liveness.run()
        except AssertionError as defect:
            safety.tell("U2", f"{defect}")
        finally:
            outcome = self._outcome()
            stage.leave()
        return outcome

    def _outcome(self) -> Outcome:
        stage, safety = self._stage, self._safety
        fired = Counter({kind.value: count for kind, count in stage.simulator.injector.fired.items()})
        fired.update(stage.happened)
        transitions = self._liveness.transitions()
        left_out = stage.sql("SELECT 1 FROM STT_ECHO_LEFT_OUT WHERE REASON NOT IN ('clash') LIMIT 1")
        content = None if left_out else tuple(f"{name} {one}" for name, one in sorted(stage.schedules().items()))
        return Outcome(
            content=content,
            violations=(*safety.violations, *illegal(transitions)),
            requests=safety.requests,
            kills=stage.happened["kill"],
            faults_fired=fired,
            transitions=transitions,
            convergence_s=self._liveness.convergence_s,
            trace_hash=hashlib.sha256(repr(safety.trace).encode()).hexdigest(),
            defects=tuple(
                told.message
                for process in stage.processes
                for told in process.heard.events
                if isinstance(told, Notice) and told.level is Level.ERROR
            ),
        )
