"""The nineteen ways a room-day goes between no clash and clash, each by its name.

Everything takes place in week 2. Lesson 1 is the one that comes, goes, changes or moves; a move goes from Monday
in R1 to Tuesday in R2, so that lessons 2 and 3 stand in the source and lessons 5 and 6 in the target.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.single_faults.ordinary import cancel, change, comes_anew, lessons
from tests.single_faults.scenario import Act, Scenario
from tests.single_faults.stage import Stage

NINE = {"at": "09:00-10:00"}
HALF_PAST_NINE = {"at": "09:30-10:30", "lecturer": "P2"}
QUARTER_TO_TEN = {"at": "09:45-10:45", "lecturer": "P9"}
TWO = {"at": "14:00-15:00"}
HALF_PAST_TWO = {"at": "14:30-15:30", "lecturer": "P2"}

SOURCE = ("R1", 1)
TARGET = ("R2", 2)
"""Room and weekday."""
_THERE: Mapping[str, Any] = {"room": "R2", "weekday": 2}


def come(**lesson: Any) -> Act:
    """Lesson 1 is put into the timetable."""
    return Act(lambda stage: stage.lesson(1, **lesson))


_INSERT = {
    "none→none": Scenario("insert none→none", lessons(TWO, first=2).do, (come(**NINE),)),
    "none→clash": Scenario("insert none→clash", lessons(NINE, first=2).do, (come(**HALF_PAST_NINE),)),
    "clash→clash": Scenario(
        "insert clash→clash", lessons(NINE, HALF_PAST_NINE, first=2).do, (come(**QUARTER_TO_TEN),)
    ),
}
_DELETE = {
    "none→none": Scenario("delete none→none", lessons(NINE, TWO).do, (cancel(),), comes_anew),
    "clash→none": Scenario("delete clash→none", lessons(NINE, HALF_PAST_NINE).do, (cancel(),), comes_anew),
    "clash→clash": Scenario(
        "delete clash→clash", lessons(NINE, HALF_PAST_NINE, QUARTER_TO_TEN).do, (cancel(),), comes_anew
    ),
}
_CHANGE = {
    "none→none": Scenario("change none→none", lessons(NINE, TWO).do, (change(at="11:00-12:00"),)),
    "none→clash": Scenario("change none→clash", lessons(NINE, TWO).do, (change(at="14:30-15:30"),)),
    "clash→none": Scenario("change clash→none", lessons(NINE, HALF_PAST_NINE).do, (change(at="11:00-12:00"),)),
    "clash→clash": Scenario(
        "change clash→clash", lessons(NINE, HALF_PAST_NINE, TWO).do, (change(at="14:30-15:30"),)
    ),
}
_SOURCES: Mapping[str, tuple[Mapping[str, Any], ...]] = {
    "none→none": (NINE, TWO),
    "clash→none": (NINE, HALF_PAST_NINE),
    "clash→clash": (NINE, HALF_PAST_NINE, QUARTER_TO_TEN),
}
_TARGETS: Mapping[str, tuple[Mapping[str, Any], ...]] = {
    "none→none": (TWO,),
    "none→clash": (HALF_PAST_NINE,),
    "clash→clash": (HALF_PAST_NINE, QUARTER_TO_TEN),
}


def _move(source: str, target: str) -> Scenario:
    def before(stage: Stage) -> None:
        with stage.edit() as cmis:
            for slot, lesson in enumerate(_SOURCES[source], start=1):
                cmis.add(slot, **lesson)
            for slot, lesson in enumerate(_TARGETS[target], start=5):
                cmis.add(slot, **{**lesson, **_THERE})

    return Scenario(f"move {source} to {target}", before, (change(**_THERE),))


NINETEEN = (
    *_INSERT.values(),
    *_DELETE.values(),
    *_CHANGE.values(),
    *(_move(source, target) for source in _SOURCES for target in _TARGETS),
)
