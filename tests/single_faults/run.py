"""The campaign: which disturbances are played at which points, and the report."""

from __future__ import annotations

import os
import zlib
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

from tests.single_faults.branches import Point
from tests.single_faults.faults import NOT_OF_ONE_CALL, Kind
from tests.single_faults.nineteen import NINETEEN
from tests.single_faults.play import REFERENCE, Difference, Played, Wanted, play, university
from tests.single_faults.scenario import Scenario
from tests.single_faults.scenarios import PAIRS

_NINETEEN = frozenset(one.name for one in NINETEEN)


@dataclass(slots=True)
class Report:
    """What was run, and what ended elsewhere."""

    share: str
    """Which part of all disturbances was played."""
    scenarios: int = 0
    steps: int = 0
    by_kind: Counter[str] = field(default_factory=Counter)
    without_effect: Counter[str] = field(default_factory=Counter)
    """Faults of the network that found nothing to act on (a page that has no row to lose); not counted as runs."""
    healed_later: Counter[str] = field(default_factory=Counter)
    """Ended equal after a comparison or the next sweep, as reliability C2 allows for what leaves no
    trace; or, killed twice, once the wait was over that the caps demand (H1)."""
    differences: list[Difference] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def runs(self) -> int:
        """Disturbed runs."""
        return self.by_kind.total()

    def add(self, played: Played) -> None:
        """A scenario has been played."""
        self.scenarios += 1
        self.steps += played.steps
        self.by_kind.update({kind: runs for kind, runs in played.runs.items() if kind != REFERENCE})
        self.without_effect.update(played.without_effect)
        self.healed_later.update(played.healed)
        self.differences += played.differences

    def as_values(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "share": self.share,
            "scenarios": self.scenarios,
            "steps": self.steps,
            "runs": self.runs,
            "by_kind": dict(sorted(self.by_kind.items())),
            "without_effect": dict(sorted(self.without_effect.items())),
            "healed_later": dict(sorted(self.healed_later.items())),
            "not_of_one_call": dict(NOT_OF_ONE_CALL),
            "differences": [
                {"scenario": one.scenario, "point": one.point, "fault": one.kind, "told": list(one.told)}
                for one in self.differences
            ],
            "seconds": round(self.seconds, 1),
        }


def everything(kinds: Collection[str]) -> Wanted:
    """Every disturbance of these kinds (all if there are none) at every point; pairs in their six scenarios."""

    def wanted(scenario: Scenario, point: Point, kind: str) -> bool:
        if kind == Kind.TWICE and scenario.name not in PAIRS:
            return False
        return not kinds or kind in kinds

    return wanted


def fixed_share(one_in: int) -> Wanted:
    """All kills of the nineteen, three in so many of the network's faults, one of the rest; always the same."""

    def wanted(scenario: Scenario, point: Point, kind: str) -> bool:
        if kind == Kind.TWICE:
            return False
        if kind == Kind.KILL and scenario.name in _NINETEEN:
            return True
        every = one_in // 3 if kind.startswith("http:") else one_in
        return zlib.crc32(f"{scenario.name} {point} {kind}".encode()) % every == 0

    return wanted


def campaign(
    scenarios: Sequence[Scenario],
    wanted: Wanted,
    share: str,
    jobs: int | None = None,
    tell: Callable[[str], None] = lambda line: None,
) -> Report:
    """Play these scenarios one after another, each with its branches on all cores."""
    report = Report(share)
    began = perf_counter()
    with university() as template:
        for number, scenario in enumerate(scenarios, start=1):
            played = play(scenario, template, wanted, jobs or os.cpu_count() or 1)
            report.add(played)
            for one in played.differences:
                tell(f"{one.scenario}: {one.kind} at {one.point}: {'; '.join(one.told)}")
            report.seconds = perf_counter() - began
            tell(
                f"{number} of {len(scenarios)}: {scenario.name}: {report.steps} steps, {report.runs} runs,"
                f" {len(report.differences)} differences, {report.seconds:.0f} s"
            )
    return report
