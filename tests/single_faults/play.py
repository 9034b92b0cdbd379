"""Plays a scenario: once undisturbed, and from each of its points once for every disturbance."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import text

from tests.databases.cmis import Cmis
from tests.databases.engines import fresh_sqlite
from tests.single_faults.branches import Branch, Point, Trunk
from tests.single_faults.ending import Ending, differences, ending
from tests.single_faults.faults import Kind, disturb, kinds_at, struck
from tests.single_faults.scenario import Scenario
from tests.single_faults.stage import Disturbed, Stage, office_of
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
    runs: dict[str, int] = field(default_factory=dict)
    healed: int = 0
    """Ended equal only after a comparison, as reliability C2 allows for what leaves no trace."""
    idle: dict[str, int] = field(default_factory=dict)
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
            connection.exec_driver_sql("SELECT 1")
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
    known: set[tuple[str, str, int]] = set()

    def kinds(point: Point) -> Iterator[str]:
        return (kind for kind in kinds_at(stage, point.where) if wanted(scenario, point, kind))

    with Trunk(stage.loop, kinds, jobs) as trunk:

        def visit(where: str, what: str) -> Disturbed | None:
            key = (where, what, stage.progress)
            if trunk.me is not None or key in known:
                return None
            known.add(key)
            kind = trunk.visit(Point(len(trunk.points), done, where, what))
            return None if kind is None else disturb(stage, kind)

        stage.as_before = office_of(stage.copy(), stage.loop)
        stage.visit = visit
        for act in scenario.acts:
            stage.progress += 1
            act.do(stage)
            done += 1
            stage.come_to_rest(act.wait_s, quiet=act.quiet)
            if trunk.me is None and trunk.fork(Point(len(trunk.points), done, "rest", ""), REFERENCE):
                scenario.another(stage)
                stage.come_to_rest(act.wait_s, quiet=act.quiet)
        if trunk.me is not None:
            kind = trunk.me[1]
            trunk.report(_ending(stage, scenario, kind), struck(stage, kind))
        played.steps = len(trunk.points)
        played.ending = ending(stage)
        return trunk.finish()


def _ending(stage: Stage, scenario: Scenario, kind: str) -> Ending:
    return ending(stage)


def _judge(played: Played, branches: list[Branch]) -> None:
    plain = played.ending
    assert plain is not None
    after_edit = {one.point.act: one.ending for one in branches if one.kind == REFERENCE}
    if plain.wrong:
        played.differences.append(Difference(played.scenario, "", "undisturbed", tuple(plain.wrong)))
    for one in branches:
        if not one.struck:
            played.idle[one.kind] = played.idle.get(one.kind, 0) + 1
            continue
        played.runs[one.kind] = played.runs.get(one.kind, 0) + 1
        expected = after_edit[one.point.act] if one.kind in (Kind.EDIT, REFERENCE) else plain
        told = [one.problem] if one.ending is None or expected is None else differences(expected, one.ending)
        if told:
            played.differences.append(Difference(played.scenario, str(one.point), one.kind, tuple(told)))
