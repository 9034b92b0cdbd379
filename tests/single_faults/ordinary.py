"""Scenarios of an ordinary day: one lesson, several lessons that get out of each other's way, people, Echo360."""

from __future__ import annotations

from echodesk import messages
from tests.single_faults.scenario import Act, Scenario
from tests.single_faults.stage import Stage
from tests.worker.campus import SETID


def lessons(*these: dict[str, object]) -> Act:
    """Lessons numbered from 1, in one transaction."""

    def add(stage: Stage) -> None:
        with stage.edit() as cmis:
            for slot, lesson in enumerate(these, start=1):
                cmis.add(slot, **lesson)

    return Act(add)


def change(**values: object) -> Act:
    """Lesson 1 is changed."""
    return Act(lambda stage: stage.change(1, **values))


def changes(those: dict[int, dict[str, object]]) -> Act:
    """Several lessons are changed in one transaction."""

    def alter(stage: Stage) -> None:
        with stage.edit() as cmis:
            for slot, values in those.items():
                cmis.alter(slot, **values)

    return Act(alter)


def cancel(slot: int = 1) -> Act:
    """A lesson is taken out of the timetable."""
    return Act(lambda stage: stage.cancel(slot))


TWO_WEEKS = (2, 3)
ONE = lessons({"weeks": TWO_WEEKS}).do
NONE = lessons().do

ONE_LESSON = (
    Scenario("create", NONE, (lessons({"weeks": TWO_WEEKS}),)),
    Scenario("cancel", ONE, (cancel(),), another=lambda stage: stage.lesson(1, room="R3", weeks=(3,))),
    Scenario("move room", ONE, (change(room="R2"),)),
)
SEVERAL = (
    Scenario(
        "swap of times in one room",
        lessons({"at": "09:00-10:00"}, {"at": "10:00-11:00"}).do,
        (changes({1: {"at": "10:00-11:00"}, 2: {"at": "09:00-10:00"}}),),
    ),
    Scenario(
        "the loser comes back",
        lessons({"at": "09:30-10:30"}, {"at": "10:00-11:00"}).do,
        (change(at="08:30-09:30"),),
    ),
)
ORDINARY = (*ONE_LESSON, *SEVERAL)
