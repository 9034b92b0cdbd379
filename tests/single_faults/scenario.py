"""What a scenario is made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.single_faults.stage import Stage


@dataclass(frozen=True, slots=True)
class Act:
    """One committed edit, or something else that happens at once; then everything comes to rest."""

    do: Callable[[Stage], None]
    wait_s: float = 0.0
    """What no trigger tells is found by the sweep: so long one worker is left alone."""
    quiet: bool = True
    """False: work is left over on purpose, because of a pause."""


def move_elsewhere(stage: Stage) -> None:
    """Another edit of lesson 1, wherever it is by now: to a time at which nothing else ever is."""
    stage.change(1, at="17:00-18:00")


@dataclass(frozen=True, slots=True)
class Scenario:
    """A starting state in which Echo360 equals the timetable, and what happens then."""

    name: str
    before: Callable[[Stage], None]
    acts: tuple[Act, ...]
    another: Callable[[Stage], None] = move_elsewhere
    """Another edit of the same lesson, that comes at any step."""
    campus: Mapping[str, Any] = field(default_factory=dict)
