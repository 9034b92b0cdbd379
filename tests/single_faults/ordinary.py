"""Scenarios of an ordinary day in the timetable: one lesson changes, or several get out of each other's way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from echodesk.simulator.switches import Switches
from tests.single_faults.scenario import Act, Scenario
from tests.single_faults.stage import Stage
from tests.worker.campus import SETID

SWEEP_S = 620.0
"""Within this time the sweep has found what no trigger tells."""
HOURS = tuple(f"{hour:02d}:00-{hour + 1:02d}:00" for hour in range(24))


def lessons(*these: Mapping[str, Any], first: int = 1) -> Act:
    """Lessons numbered from `first` on, in one transaction."""

    def add(stage: Stage) -> None:
        with stage.edit() as cmis:
            for slot, lesson in enumerate(these, start=first):
                cmis.add(slot, **lesson)

    return Act(add)


def change(slot: int = 1, **values: Any) -> Act:
    """A lesson is changed."""
    return Act(lambda stage: stage.change(slot, **values))


def changes(those: Mapping[int, Mapping[str, Any]]) -> Act:
    """Several lessons are changed in one transaction."""

    def alter(stage: Stage) -> None:
        with stage.edit() as cmis:
            for slot, values in those.items():
                cmis.alter(slot, **values)

    return Act(alter)


def cancel(slot: int = 1) -> Act:
    """A lesson is taken out of the timetable."""
    return Act(lambda stage: stage.cancel(slot))


def comes_anew(stage: Stage) -> None:
    """Lesson 1, which was taken out, is put in elsewhere."""
    stage.lesson(1, room="R3", weeks=(3, 4))


def at_hours(*hours: int, **more: Any) -> Sequence[Mapping[str, Any]]:
    """Lessons in one room, one at each of these hours."""
    return [{"at": HOURS[hour], **more} for hour in hours]


def _withdraw(stage: Stage) -> None:
    with stage.edit() as cmis:
        cmis.withdraw(1)


def _ask(stage: Stage) -> None:
    with stage.edit() as cmis:
        cmis.ask(1)


def _before_asking(stage: Stage) -> None:
    _withdraw(stage)
    stage.lesson(1, weeks=(2, 3))


def _feature_lost(stage: Stage) -> None:
    with stage.edit() as cmis:
        cmis.delete("roomfeatures", setid=SETID, roomid="R1")


def _module_renamed(stage: Stage) -> None:
    with stage.edit() as cmis:
        cmis.update("module", {"setid": SETID, "moduleid": "M1"}, name="A better title")


KEEPS: Mapping[str, Any] = {"switches": Switches(put_external_id="keeps")}
"""An Echo360 in which a schedule keeps the external id that it was made with."""
ONE = lessons({"weeks": (2, 3)}).do
NONE = lessons().do

ONE_LESSON = (
    Scenario("create", NONE, (lessons({"weeks": (2, 3)}),)),
    Scenario("cancel", ONE, (cancel(),), another=comes_anew),
    Scenario("move room", ONE, (change(room="R2"),)),
    Scenario("move day", ONE, (change(weekday=3),)),
    Scenario("move time", ONE, (change(at="13:00-15:00"),)),
    Scenario("move to other weeks", ONE, (change(weeks=(4, 5)),)),
    Scenario("another set of weeks", ONE, (change(weeks=(3, 4)),)),
    Scenario("move everything at once", ONE, (change(weeks=(3, 4), room="R2", weekday=2, at="11:00-12:00"),)),
    Scenario("another lecturer", ONE, (change(lecturer="P2"),)),
    Scenario("another section and title", ONE, (change(group="LC02"),)),
    Scenario("request withdrawn", ONE, (Act(_withdraw),)),
    Scenario("request made", _before_asking, (Act(_ask),)),
    Scenario("room loses its recorder", ONE, (Act(_feature_lost, SWEEP_S),)),
    Scenario("module renamed", ONE, (Act(_module_renamed, SWEEP_S),)),
)
SEVERAL = (
    Scenario(
        "swap of times in one room",
        lessons(*at_hours(9, 10)).do,
        (changes({1: {"at": HOURS[10]}, 2: {"at": HOURS[9]}}),),
    ),
    Scenario(
        "rotation of three times",
        lessons(*at_hours(9, 10, 11)).do,
        (changes({1: {"at": HOURS[10]}, 2: {"at": HOURS[11]}, 3: {"at": HOURS[9]}}),),
    ),
    Scenario(
        "swap of rooms",
        lessons({"room": "R1"}, {"room": "R2"}).do,
        (changes({1: {"room": "R2"}, 2: {"room": "R1"}}),),
    ),
    Scenario(
        "chain of movers",
        lessons(*at_hours(9, 10, 11)).do,
        (changes({1: {"at": HOURS[10]}, 2: {"at": HOURS[11]}, 3: {"at": HOURS[12]}}),),
    ),
    Scenario(
        "chain through rooms",
        lessons({"room": "R1"}, {"room": "R2"}, {"room": "R3"}).do,
        (changes({1: {"room": "R2"}, 2: {"room": "R3"}, 3: {"room": "R4"}}),),
    ),
    Scenario(
        "the loser comes back",
        lessons({"at": "09:30-10:30"}, {"at": "10:00-11:00"}).do,
        (change(at="08:30-09:30"),),
    ),
    Scenario("a member joins", lessons({}, {"room": "R2"}).do, (change(2, room="R1"),)),
    Scenario("a member leaves", lessons({}, {}, {}).do, (change(2, room="R2"),)),
    Scenario("the carrier leaves", lessons({}, {}, {}).do, (change(1, room="R2"),)),
    Scenario("the carrier is cancelled", lessons({}, {}).do, (cancel(),), another=comes_anew),
    Scenario(
        "the carrier leaves, and the id stays", lessons({}, {}, {}).do, (change(1, room="R2"),), campus=KEEPS
    ),
    Scenario("the carrier is cancelled, and the id stays", lessons({}, {}).do, (cancel(),), comes_anew, KEEPS),
    Scenario("the whole group moves", lessons({}, {}).do, (changes({1: {"room": "R2"}, 2: {"room": "R2"}}),)),
)
ORDINARY = (*ONE_LESSON, *SEVERAL)
