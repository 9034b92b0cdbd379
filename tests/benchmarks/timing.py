"""Timing two ways of doing the same thing in turns, so that a machine that slows down slows both."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass

from tests.benchmarks.figures import median


@dataclass(frozen=True, slots=True)
class InTurns:
    """Median seconds of each."""

    ours_s: float
    baseline_s: float


def in_turns(ours: Callable[[], object], baseline: Callable[[], object], rounds: int, repeat: int = 1) -> InTurns:
    """Each `rounds` times, `repeat` calls at a time, after one call of each that does not count."""
    ours(), baseline()
    taken: list[tuple[float, float]] = []
    for _ in range(rounds):
        taken.append((_seconds(ours, repeat), _seconds(baseline, repeat)))
    return InTurns(median([one for one, _ in taken]), median([other for _, other in taken]))


def _seconds(work: Callable[[], object], repeat: int) -> float:
    gc.collect()
    began = time.perf_counter()
    for _ in range(repeat):
        work()
    return (time.perf_counter() - began) / repeat
