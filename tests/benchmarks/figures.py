"""What a benchmark hands over: a value beside its baseline, and whether the goal is met. Pure."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Of(StrEnum):
    """Which number a goal is about."""

    VALUE = "value"
    RATIO = "ratio"


class Bound(StrEnum):
    """Which side of the limit is good; the limit itself is."""

    AT_LEAST = "≥"
    AT_MOST = "≤"


@dataclass(frozen=True, slots=True)
class Goal:
    """A limit for the value or for the ratio, as the issue names it."""

    of: Of
    bound: Bound
    limit: float

    def met(self, value: float, ratio: float | None) -> bool:
        """Whether it is reached. A ratio that does not exist reaches nothing."""
        found = value if self.of is Of.VALUE else ratio
        if found is None:
            return False
        return found >= self.limit if self.bound is Bound.AT_LEAST else found <= self.limit

    def __str__(self) -> str:
        return f"{self.of} {self.bound} {self.limit:g}"


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number. `ratio` is value / baseline value, None where the baseline is 0 or there is none."""

    name: str
    value: float
    unit: str
    baseline: str
    """What was measured beside it, in words."""
    baseline_value: float | None
    goal: Goal | None
    """None: reported, and nothing was promised."""

    @property
    def ratio(self) -> float | None:
        """How the value stands to its baseline."""
        return self.value / self.baseline_value if self.baseline_value else None

    @property
    def met(self) -> bool | None:
        """None where nothing was promised."""
        return None if self.goal is None else self.goal.met(self.value, self.ratio)

    def as_json(self) -> dict[str, object]:
        """The shape that checks rely on."""
        return {
            "name": self.name,
            "value": rounded(self.value),
            "unit": self.unit,
            "baseline": self.baseline,
            "baseline_value": rounded(self.baseline_value),
            "ratio": rounded(self.ratio),
            "goal": None if self.goal is None else str(self.goal),
            "met": self.met,
        }


def at_least(limit: float, of: Of = Of.VALUE) -> Goal:
    """The value (or the ratio) is to reach `limit`."""
    return Goal(of, Bound.AT_LEAST, limit)


def at_most(limit: float, of: Of = Of.VALUE) -> Goal:
    """The value (or the ratio) is to stay within `limit`."""
    return Goal(of, Bound.AT_MOST, limit)


def rounded(number: float | None) -> float | None:
    """Four significant digits: what lies behind them is noise."""
    return None if number is None else float(f"{number:.4g}")


def percentile(numbers: Sequence[float], share: float) -> float:
    """The smallest of these that at least `share` (0 to 1) of them do not exceed."""
    ordered = sorted(numbers)
    return ordered[max(0, -int(-share * len(ordered) // 1) - 1)]


def median(numbers: Sequence[float]) -> float:
    """The middle one."""
    return float(statistics.median(numbers))
