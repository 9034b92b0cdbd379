"""Workers killed at every named point and at random instants, on SQLite and a real socket (reliability T5.1).

    python -m tests.end_to_end.kills --kills 1000 --seed 1 --json

Every named point (`points`) comes first, in an order that the seed shuffles; then random crossings of them and
random instants in turn. Between the kills the timetable is edited and staff ask for things. After each kill the
database is whole and nothing that was shown as saved is lost; after every few, one worker brings everything to
quiet, and then Echo360 is equal to the timetable. Ends with 1 if anything was broken, or if a point was never
crossed.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.end_to_end.kill_checks import Saved, Sweep
from tests.end_to_end.kill_targets import DEFECTS, PLANS, PROVOKED, RANDOM, SELDOM, WINDOW, targets
from tests.end_to_end.kill_world import LATE_S, LATENCY_MS, World
from tests.end_to_end.points import WRITTEN, named_points
from tests.end_to_end.worker_that_dies import CONSTANTS

BETWEEN_CONVERGENCES = 5
"""So many kills at most; what stopped the worker three times is set aside, and staff ask for it again."""
TRIES = 3
PATIENCE_S = 5.0
"""How long a worker may take to reach the point at which it is to die."""
LONGEST_INSTANT_S = 1.2
CONVERGENCE_S = 75.0
"""Convergence is promised within L + 60 s and the time that the requests themselves take (reliability C1)."""
AGREED_TO = 10
"""So often at most staff act in one convergence: each yes to a safety stop is for what was shown."""
A_LONG_WHILE_S = 3_700.0
ALMOST_A_MINUTE_S = 58.5
SENT = tuple(f"{method} schedule: {WRITTEN}" for method in ("POST", "PUT", "DELETE"))
OVERTAKEN_MS = 1_200.0
OVERTAKEN_TRIES = 4
"""It takes luck: the lease has to be missed after the request to end and before the next look at it."""
MEMORY = Path("/dev/shm")
"""Where there is one, databases lie in memory: what a kill may do to them is the same there."""

Told = Callable[[str], None]


@dataclass(slots=True)
class Outcome:
    """What a campaign found."""

    by_point: Counter[str] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)
    convergences_s: list[float] = field(default_factory=list)
    restarts: int = 0
    missed: int = 0
    """Workers that were killed at once because they did not reach their point."""

    @property
    def kills(self) -> int:
        """How many workers were killed at work."""
        return self.by_point.total()


class Stuck(Exception):
    """A worker did not bring everything to quiet: nothing that came after would prove anything."""


class Campaign:
    """Kills and restarts on one world."""

    def __init__(self, world: World, outcome: Outcome, told: Told) -> None:
        self._world = world
        self._outcome = outcome
        self._told = told
        self._saved = Saved(world)
        self._dice = random.Random(world.dice.random())
        self._since = 0
        self._now = "at the start"

    def run(self, targets: Iterable[str]) -> None:
        """Kill a worker at each of these points, or at a random instant."""
        try:
            self.converge()
            for target in targets:
                self._now = f"kill {self._outcome.kills + 1}, {target}"
                self._kill(target)
                self._broken(self._saved.after_a_kill())
                self._since += 1
                if self._since >= BETWEEN_CONVERGENCES:
                    self.converge()
            if self._since:
                self.converge()
        except Stuck as stuck:
            self._broken([str(stuck)])

    def converge(self) -> None:
        """One worker until nothing is left to do, then everything must be equal."""
        world, outcome = self._world, self._outcome
        if world.paused() or world.pending().commands:
            world.ask_to_resume()
        began = time.monotonic()
        pid = self._brought_to_quiet(sweep=world.unswept)
        outcome.convergences_s.append(time.monotonic() - began)
        for _ in range(AGREED_TO):
            if world.say_yes():
                self._until_quiet()
            elif world.set_aside():
                # What stopped the worker three times waits for staff, who ask for it again.
                world.ask_to_try_again()
                self._until_quiet()
            elif world.pending().guarded:
                # What a safety stop holds although nothing of it is left is let go by the next sweep.
                self._end(pid)
                pid = self._brought_to_quiet(sweep=True)
            else:
                break
        if world.forks.wait(pid, 0.0) is not None:
            self._broken([f"the worker ended by itself: {world.told.read_text()[-1500:]}"])
        else:
            self._end(pid)
        self._broken(self._saved.when_quiet())
        self._saved.look()
        self._since = 0
        self._told(
            f"{outcome.kills} kills, {len(outcome.violations)} violations, converged in "
            f"{outcome.convergences_s[-1]:.1f} s"
        )

    def _brought_to_quiet(self, *, sweep: bool) -> int:
        """A worker that has brought everything to quiet; with `sweep` after its clock made the sweep due."""
        wanted = Sweep(self._world.crossed) if sweep else None
        pid = self._start(jump_s=A_LONG_WHILE_S if sweep else 0.0)
        self._until_quiet(wanted)
        if sweep:
            self._world.unswept = False
        return pid

    def _until_quiet(self, sweep: Sweep | None = None) -> None:
        """Until nothing is pending twice in a row, and the sweep is done, if one is wanted."""
        world = self._world
        began = time.monotonic()
        times = 0
        while times < 2:
            if time.monotonic() - began > CONVERGENCE_S:
                raise Stuck(f"not quiet after {CONVERGENCE_S:g} s: {world.waits_for()}")
            time.sleep(0.05)
            pending = world.pending()
            swept = sweep is None or sweep.done(plans=pending.plans > 0)
            quiet = pending.quiet and not world.paused() and swept
            times = times + 1 if quiet else 0

    def _kill(self, target: str) -> None:
        world, outcome = self._world, self._outcome
        if target == RANDOM:
            world.edit()
            world.ask_for_a_pause()
            self._saved.look()
            pid = self._start()
            ended = world.forks.wait(pid, self._dice.uniform(0.0, LONGEST_INSTANT_S))
            if ended is None:
                self._end(pid)
            self._dead(target, signal.SIGKILL if ended is None else ended)
            return
        name = target.rpartition(": ")[0]
        wishes = self._provoked(name)
        self._saved.look()
        if name == "leave marks":
            ended = None
            for _ in range(OVERTAKEN_TRIES):
                ended = ended or self._overtaken(target)
            self._dead_if(target, ended or None)
            return
        again = outcome.by_point[target] > 0 and name not in PROVOKED
        ended = self._die_at(target, self._dice.randint(1, 3) if again else 1, wishes)
        for _ in range(TRIES - 1):
            if ended is None:
                # On a busy machine a provocation may have been over before the worker had its lease.
                ended = self._die_at(target, 1, self._provoked(name))
        self._dead_if(target, ended)

    def _dead_if(self, target: str, ended: int | None) -> None:
        if ended is None:
            self._outcome.missed += 1
            crossed = self._world.crossed.read_text().splitlines()
            self._told(f"not reached: {target}; the last crossings were {Counter(crossed[-60:])}")
        else:
            self._dead(target, ended)

    def _overtaken(self, target: str) -> int | None:
        """Another takes the lease while requests are under way and the worker has been asked to end."""
        world = self._world
        world.edit()
        world.new_group()
        before = world.crossings(*SENT)
        world.slow(OVERTAKEN_MS)
        try:
            pid = self._start(die_at=target)
            until = time.monotonic() + PATIENCE_S
            while world.crossings(*SENT) == before and time.monotonic() < until:
                time.sleep(0.01)
            os.kill(pid, signal.SIGTERM)
            world.lease_elsewhere()
            ended = world.forks.wait(pid, PATIENCE_S)
        finally:
            world.slow(LATENCY_MS)
        if ended is None:
            self._end(pid)
        return ended

    def _die_at(self, target: str, crossing: int, wishes: dict[str, Any]) -> int | None:
        pid = self._start(die_at=target, crossing=crossing, **wishes)
        ended = self._world.forks.wait(pid, PATIENCE_S)
        if ended is None:
            self._end(pid)
        return ended

    def _dead(self, target: str, ended: int) -> None:
        if ended != signal.SIGKILL:
            self._broken([f"the worker ended by itself: {self._world.told.read_text()[-1500:]}"])
        self._outcome.by_point[target] += 1

    def _start(self, **wishes: Any) -> int:
        if not wishes.get("passes_on"):
            self._world.end_lease()
        self._outcome.restarts += 1
        return self._world.forks.start(self._world.life(**wishes))

    def _end(self, pid: int) -> None:
        """It is killed, if it has not ended by itself since it was looked at last."""
        os.kill(pid, signal.SIGKILL)
        if self._world.forks.wait(pid, 10 * PATIENCE_S) is None:
            raise RuntimeError("a worker survived SIGKILL")

    def _provoked(self, name: str) -> dict[str, Any]:
        """Lead the next worker to this step or request: what happens before it starts, and what it is asked."""
        world = self._world
        if name in SELDOM:
            # Nothing else is changed: a worker that plans a room-day anyway leaves nothing for its sweep.
            world.rename_modules()
            world.ask_for_people()
            # People are looked for a minute after a start, and not while the lease is in doubt, as after a jump.
            return {"jump_s": ALMOST_A_MINUTE_S if "person" in name else A_LONG_WHILE_S}
        if name in PLANS:
            world.apply_a_plan()
            return {}
        if name == "undo":
            world.take_a_plan_back()
            return {}
        world.edit()
        if name in ("lease", "pass on"):
            world.lease_elsewhere()
            return {"passes_on": True}
        if name in WINDOW:
            return {"window": True, "plan": world.look_at_a_plan()[0] if name == "plan file" else 0}
        if name in DEFECTS:
            # What cannot be written down together is tried one by one first.
            return {"defect_at": DEFECTS[name], "defects": 3 if name == "settling stopped" else 1}
        if name == "release lease":
            return {"ends_after_s": 0.5}
        if name in ("first mirror", "audit"):
            world.forget_everything()
        elif name in ("reference facts", "GET reference", "POST reference"):
            world.new_group()
        elif name == "GET schedule":
            world.forget_a_schedule()
        elif name in ("ended pauses", "lift ended pauses"):
            world.ask_for_a_short_pause()
        elif name in ("overdue", "late answers", "snapshot after listing", "due refreshes", "mirror"):
            self._leave_an_intent()
        world.ask_for_a_refresh()
        return {}

    def _leave_an_intent(self) -> None:
        """A worker dies between a request and its answer, so that the next one finds an intent of nobody."""
        target = "POST schedule: after the write"
        ended = self._die_at(target, 1, {})
        if ended is not None:
            self._dead(target, ended)
            self._world.edit()

    def _broken(self, found: Iterable[str]) -> None:
        for text in found:
            told = f"{self._now}: {text}"
            self._outcome.violations.append(told)
            self._told(f"VIOLATION {told}")


def one_world(wanted: Sequence[str], seed: int, told: Told) -> tuple[Outcome, frozenset[str]]:
    """A campaign on a world of its own; what it found, and the points that were crossed."""
    outcome = Outcome()
    memory = str(MEMORY) if MEMORY.is_dir() else None
    with (
        tempfile.TemporaryDirectory(prefix="echodesk-kills-", dir=memory) as folder,
        World(Path(folder), seed) as world,
    ):
        Campaign(world, outcome, told).run(wanted)
        return outcome, frozenset(world.crossed.read_text().splitlines())


def campaign(kills: int, seed: int, worlds: int, told: Told) -> dict[str, Any]:
    """A whole campaign, on several worlds side by side; the report that `--json` prints."""
    began = time.monotonic()
    wanted = targets(kills, random.Random(seed))
    with ThreadPoolExecutor(worlds) as side_by_side:
        running = [
            side_by_side.submit(one_world, wanted[number::worlds], seed * 1_000 + number, told)
            for number in range(worlds)
        ]
        found = [one.result() for one in running]
    seconds = time.monotonic() - began
    by_point = sum((outcome.by_point for outcome, _ in found), Counter[str]())
    violations = [text for outcome, _ in found for text in outcome.violations]
    crossed = frozenset[str]().union(*(points for _, points in found))
    violations += [f"never crossed: {point}" for point in named_points() if point not in crossed]
    if kills > len(named_points()):
        violations += [f"never killed at: {point}" for point in named_points() if point not in by_point]
    convergences_s = [each for outcome, _ in found for each in outcome.convergences_s]
    return {
        "kills": by_point.total(),
        "named_points": by_point.total() - by_point[RANDOM],
        "random": by_point[RANDOM],
        "points": len(named_points()),
        "points_killed_at": len(by_point.keys() - {RANDOM}),
        "not_reached": sum(outcome.missed for outcome, _ in found),
        "by_point": {point: many for point, many in sorted(by_point.items()) if point != RANDOM},
        "violations": violations,
        "restarts": sum(outcome.restarts for outcome, _ in found),
        "convergences": len(convergences_s),
        "slowest_convergence_s": round(max(convergences_s, default=0.0), 2),
        "seconds": round(seconds, 1),
        "kills_per_second": round(by_point.total() / seconds, 2),
        "seed": seed,
        "worlds": worlds,
        "lease_ttl_s": CONSTANTS.lease_ttl_s,
        "late_s": LATE_S,
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.end_to_end.kills", description=__doc__)
    parser.add_argument("--kills", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--worlds", type=int, default=2, help="databases side by side")
    parser.add_argument("--json", action="store_true", help="the report as one object on standard output")
    asked = parser.parse_args(arguments)

    def told(text: str) -> None:
        sys.stderr.write(f"{text}\n")

    report = campaign(asked.kills, asked.seed, asked.worlds, told)
    return told_of(report, as_json=asked.json)


def told_of(report: Mapping[str, Any], *, as_json: bool) -> int:
    """Print a campaign's report on standard output; the exit code: 1 if it found a violation."""
    if as_json:
        sys.stdout.write(json.dumps(report) + "\n")
    else:
        for name, value in report.items():
            sys.stdout.write(f"{name}: {value}\n")
    return 1 if report["violations"] else 0


if __name__ == "__main__":
    raise SystemExit(main())
