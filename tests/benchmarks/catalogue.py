"""Which benchmarks there are, in the order in which they run. A new one is a file and a line here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tests.benchmarks.figures import Figure


class Measure(Protocol):
    """Measures in an empty folder of its own; `quick` takes smaller sizes, whose figures prove little."""

    def __call__(self, folder: Path, *, quick: bool) -> list[Figure]: ...


@dataclass(frozen=True, slots=True)
class Benchmark:
    """One file of this folder."""

    name: str
    about: str
    load: Callable[[], Measure]
    """Imports it: what one benchmark needs is not in the process of another."""


def _deliver() -> Measure:
    from tests.benchmarks.deliver import measure

    return measure


def _latency() -> Measure:
    from tests.benchmarks.latency import measure

    return measure


def _edit_to_echo360() -> Measure:
    from tests.benchmarks.edit_to_echo360 import measure

    return measure


def _calls() -> Measure:
    from tests.benchmarks.calls import measure

    return measure


def _qt_ticks() -> Measure:
    from tests.benchmarks.qt_ticks import measure

    return measure


def _window_start() -> Measure:
    from tests.benchmarks.window_start import measure

    return measure


def _triggers() -> Measure:
    from tests.benchmarks.triggers import measure

    return measure


def _planner() -> Measure:
    from tests.benchmarks.planner import measure

    return measure


def _planner_slices() -> Measure:
    from tests.benchmarks.planner_slices import measure

    return measure


def _overlaps() -> Measure:
    from tests.benchmarks.overlaps import measure

    return measure


def _room_day() -> Measure:
    from tests.benchmarks.room_day import measure

    return measure


def _permutations() -> Measure:
    from tests.benchmarks.permutations import measure

    return measure


def _real_term() -> Measure:
    from tests.benchmarks.real_term import measure

    return measure


def _year_plan() -> Measure:
    from tests.benchmarks.year_plan import measure

    return measure


def _first_fill() -> Measure:
    from tests.benchmarks.first_fill import measure

    return measure


BENCHMARKS = (
    Benchmark("deliver", "5,000 quiet inserts through the worker, against a bare client", _deliver),
    Benchmark("latency", "a server that takes 50 ms, against one request after another", _latency),
    Benchmark("edit_to_echo360", "from an edit's commit to Echo360 holding it", _edit_to_echo360),
    Benchmark("calls", "calls that a quiet edit, and edits while paused, cost", _calls),
    Benchmark("qt_ticks", "how evenly the window ticks under 1,000 row changes a second", _qt_ticks),
    Benchmark("window_start", "from starting the program to a usable window, and its memory", _window_start),
    Benchmark("triggers", "what the triggers add to an update", _triggers),
    Benchmark("planner", "100,000 lessons against 100,000 schedules", _planner),
    Benchmark("planner_slices", "the same over 500 rooms, in slices, beside a ticking window", _planner_slices),
    Benchmark("permutations", "lessons that change places within a day or a week", _permutations),
    Benchmark("year_plan", "a plan of 100,000 against 100,000 from SQLite, kept and read back", _year_plan),
    Benchmark(
        "first_fill", "a year under the call limit: filled, repaired, and sent anew beside edits", _first_fill
    ),
    Benchmark("real_term", "a published term over real HTTP, and what shared recordings save", _real_term),
    Benchmark("overlaps", "overlaps of 100,000 intervals by room and day", _overlaps),
    Benchmark("room_day", "the plan of one room-day of 20 lessons", _room_day),
)
