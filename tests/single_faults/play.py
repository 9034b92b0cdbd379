"""Plays a scenario: once undisturbed, and from each of its points once for every disturbance."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import text

from tests.databases.cmis import Cmis
from tests.databases.engines import fresh_sqlite
from tests.single_faults.branches import Branch, Point, Trunk
from tests.single_faults.ending import Ending, as_if_in_time, differences, ending
from tests.single_faults.faults import HEALED_BY_COMPARISON, HEALED_BY_SWEEP, Kind, disturb, kinds_at, struck
from tests.single_faults.ordinary import SWEEP_S
from tests.single_faults.scenario import Scenario
from tests.single_faults.stage import Stage
from tests.single_faults.watched import Disturbed
from tests.worker.campus import fill_university
from tests.worker.conftest import WATCH

Wanted = Callable[[Scenario, Point, str], bool]
"""Whether this disturbance is played at this point."""
REFERENCE = "edit at rest"


@dataclass(frozen=True, slots=True)
class Difference:
    """A disturbed run that ended elsewhere."""

    scenario: str
    point: str
    kind: str
    told: tuple[str, ...]


@dataclass(slots=True)
class Played:
    """A scenario with all its branches."""

    scenario: str
    steps: int = 0
    runs: Counter[str] = field(default_factory=Counter)
    healed: Counter[str] = field(default_factory=Counter)
    """Ended equal only after a comparison or the sweep, as reliability C2 allows for what leaves no
    trace; or, killed twice, once the wait was over that the caps demand (H1)."""
    without_effect: Counter[str] = field(default_factory=Counter)
    """Network faults that found nothing to act on; not counted among the runs."""
    differences: list[Difference] = field(default_factory=list)
    ending: Ending | None = None


@contextmanager
def university() -> Iterator[Path]:
    """A database file with the small university, in memory where the system has a folder there."""
    shared = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=shared if shared.is_dir() else None) as name:
        database = fresh_sqlite(Path(name))
        with database.engine.begin() as connection:
            fill_university(Cmis(connection))
            for statement in WATCH:
                connection.execute(text(statement))
        database.close()
        yield Path(name) / "fresh.sqlite"


def play(scenario: Scenario, template: Path, wanted: Wanted, jobs: int) -> Played:
    """Every wanted disturbance at every point of the scenario, compared with the undisturbed run."""
    folder = Path(tempfile.mkdtemp(dir=template.parent))
    stage = Stage(template, folder, **scenario.campus)
    played = Played(scenario.name)
    try:
        branches = _run(stage, scenario, played, wanted, jobs)
    finally:
        stage.close()
        stage.loop.close()
        stage.office.close()
        shutil.rmtree(folder)
    _judge(played, branches)
    return played


def _run(stage: Stage, scenario: Scenario, played: Played, wanted: Wanted, jobs: int) -> list[Branch]:
    scenario.before(stage)
    stage.come_to_rest()
    stage.another_edit = scenario.another
    done = 0

    def kinds(point: Point) -> Iterator[str]:
        return (kind for kind in kinds_at(stage, point.where) if wanted(scenario, point, kind))

    with Trunk(stage.loop, kinds, jobs) as trunk:
        watch = _Watch(stage, trunk)
        stage.as_before = stage.frozen_office()
        stage.visit = lambda where, what: watch.visit(done, where, what)
        for act in scenario.acts:
            stage.progress += 1
            act.do(stage)
            done += 1
            stage.come_to_rest(act.wait_s, quiet=act.quiet)
            if trunk.me is None and trunk.fork(Point(len(trunk.points), done, "rest", ""), REFERENCE):
                scenario.another(stage)
                stage.come_to_rest(act.wait_s, quiet=act.quiet)
        stage.visit = lambda where, what: None
        if trunk.me is not None:
            trunk.report(watch.ended())
        played.steps = len(trunk.points)
        played.ending = ending(stage)
        return trunk.finish()


class _Watch:
    """What happens at each step of a run: on the trunk it is forked, in a copy it may be disturbed once more."""

    def __init__(self, stage: Stage, trunk: Trunk) -> None:
        self._stage = stage
        self._trunk = trunk
        self._again: Trunk | None = None
        self._known: set[tuple[str, str, int]] = set()

    def visit(self, act: int, where: str, what: str) -> Disturbed | None:
        trunk = self._trunk if self._trunk.me is None else self._again
        if trunk is None or trunk.me is not None:
            return None
        key = (where, what, self._stage.progress)
        if key in self._known:
            # Waiting goes round in circles; once is enough.
            return None
        self._known.add(key)
        kind = trunk.visit(act, where, what)
        if kind == Kind.TWICE:
            self._again = Trunk(self._stage.loop, lambda point: (Kind.KILL,), jobs=1)
            self._known.clear()
        return None if kind is None else disturb(self._stage, kind)

    def _heal(self, kind: str) -> None:
        if kind in HEALED_BY_SWEEP:
            self._stage.come_to_rest(SWEEP_S)
        else:
            self._stage.list_everything()

    def ended(self) -> list[Branch]:
        """In a copy: how it ended, and how those ended that were disturbed twice."""
        assert self._trunk.me is not None
        point, kind = self._trunk.me
        struck_once = struck(self._stage, kind)
        if self._again is None:
            ended = ending(self._stage)
            healed = bool(ended.wrong) and kind in HEALED_BY_COMPARISON | HEALED_BY_SWEEP
            if healed:
                self._heal(kind)
                ended = ending(self._stage)
            return [Branch(point, kind, ended, struck=struck_once, healed=healed)]
        if self._again.me is None:
            return self._again.finish()
        self._again.report([Branch(point, kind, ending(self._stage), second=str(self._again.me[0]))])
        raise AssertionError("a copy went on after its report")


def _judge(played: Played, branches: list[Branch]) -> None:
    plain = played.ending
    assert plain is not None
    after_edit = {one.point.act: one.ending for one in branches if one.kind == REFERENCE}
    if plain.wrong:
        played.differences.append(Difference(played.scenario, "", "undisturbed", tuple(plain.wrong)))
    for one in branches:
        if not one.struck:
            played.without_effect[one.kind] += 1
            continue
        played.runs[one.kind] += 1
        if one.healed:
            played.healed[one.kind] += 1
        expected = after_edit[one.point.act] if one.kind in (Kind.EDIT, REFERENCE) else plain
        told = [one.problem] if one.ending is None or expected is None else differences(expected, one.ending)
        if told and one.kind == Kind.TWICE and one.ending is not None:
            told = differences(plain, as_if_in_time(one.ending))
            played.healed[one.kind] += not told
        if told:
            played.differences.append(Difference(played.scenario, _where(one), one.kind, tuple(told)))


def _where(branch: Branch) -> str:
    return f"{branch.point}, then {branch.second}" if branch.second else str(branch.point)
