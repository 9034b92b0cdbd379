"""Scenarios in which staff act, or Echo360 holds or lacks something that the timetable does not know."""

from __future__ import annotations

from dataclasses import replace

from echodesk import messages
from echodesk.planning.values import DecisionKind
from tests.single_faults.ordinary import ONE, at_hours, change, lessons
from tests.single_faults.scenario import Act, Scenario
from tests.single_faults.stage import Stage
from tests.worker.by_hand import ByHand
from tests.worker.campus import OTHER_SETID, SETID, day, echo360_seed, fill_year
from tests.worker.values import external

YEAR_ON = 50
"""A lesson of the other year."""


def _refresh(stage: Stage) -> None:
    stage.post(messages.Refresh("ann", "R1", ""))


def _foreign_comes(stage: Stage) -> None:
    ByHand(stage).book("R1", day(2), "09:30-10:30")
    stage.lesson(1, weeks=(2, 3))


def _foreign_first(stage: Stage) -> None:
    ByHand(stage).book("R1", day(2), "09:30-10:30", name="Goes away")
    ByHand(stage).book("R1", day(3), "09:30-10:30", name="Stays")
    stage.lesson(1, weeks=(2, 3))


def _foreign_leaves(stage: Stage) -> None:
    held = stage.institution.state.bookings
    ByHand(stage).cancel(next(one.id for one in held if one.name == "Goes away"))
    _refresh(stage)


def _removed(stage: Stage) -> None:
    ByHand(stage).remove(external(1))
    _refresh(stage)


def _moved(stage: Stage) -> None:
    ByHand(stage).move(external(1), 15 * 60)
    _refresh(stage)


def _many_pages(stage: Stage) -> None:
    state = stage.institution.state
    state.switches = replace(state.switches, max_page_size=2)
    lessons(*at_hours(9, 10, 11, 12, 13)).do(stage)


def _removed_unseen(stage: Stage) -> None:
    ByHand(stage).remove(external(1))
    stage.change(1, at="13:00-14:00")


def _other_year(stage: Stage) -> None:
    with stage.edit() as cmis:
        cmis.add(1, weeks=(2, 3))
        fill_year(cmis, OTHER_SETID, live=0)
        cmis.add(YEAR_ON, setid=OTHER_SETID, room="R2", at="09:00-10:00")
        cmis.add(YEAR_ON + 1, setid=OTHER_SETID, room="R1", at="09:30-10:30")


def _year_on(stage: Stage) -> None:
    with stage.edit() as cmis:
        cmis.update("stt_echo_set", {"setid": OTHER_SETID}, live=1)
    for room in ("R1", "R2"):
        stage.post(messages.Refresh("ann", room, ""))


def _narrow(stage: Stage) -> None:
    """Echo360 refuses long names for a while; lesson 1 meets that."""
    state = stage.institution.state
    state.switches = replace(state.switches, max_text_length=8)
    stage.lesson(1, weeks=(2, 3))


def _wide(stage: Stage) -> None:
    state = stage.institution.state
    state.switches = replace(state.switches, max_text_length=0)
    stage.post(messages.Retry("ann", tuple(row[0] for row in stage.sql("SELECT ID FROM STT_ECHO_QUEUE"))))


def _retry(stage: Stage) -> None:
    stage.post(messages.Retry("ann", tuple(row[0] for row in stage.sql("SELECT ID FROM STT_ECHO_QUEUE"))))


def _new_start(stage: Stage) -> None:
    stage.kill()
    stage.change(1, room="R2")
    stage.restart()


def _first_fill(stage: Stage) -> None:
    """As if a database were put back that knows nothing of what Echo360 holds."""
    stage.kill()
    stage.sql("DELETE FROM STT_ECHO_META WHERE NAME = 'mirror_complete'")
    stage.sql("DELETE FROM STT_ECHO_MIRROR")
    stage.change(1, room="R2")
    stage.restart()


def pause(**scope: str) -> Act:
    """Staff pause everything, or this scope."""
    return Act(lambda stage: stage.post(messages.Pause("exams", "ann", messages.Scope(**scope))), quiet=False)


def _two_that_meet(stage: Stage) -> None:
    with stage.edit() as cmis:
        cmis.add(1, weeks=(2, 3))
        cmis.add(2, weeks=(2, 3), lecturer="P2")


def decide(kind: DecisionKind, winner: int | None = None, weeks: tuple[int, ...] = ()) -> Act:
    """Staff decide about lessons 1 and 2."""
    command = messages.Decide("ann", "agreed with both", kind, SETID, (1, 2), winner, weeks)
    return Act(lambda stage: stage.post(command))


def _take_back(stage: Stage) -> None:
    made = stage.sql("SELECT ID FROM STT_ECHO_DECISION WHERE REVOKED IS NULL")
    stage.post(messages.Withdraw("bob", "a mistake", tuple(row[0] for row in made)))


def another_section(stage: Stage) -> None:
    """An edit of lesson 1 that no decision minds, whichever comes first."""
    stage.change(1, group="LC02")


TAKE_BACK = Act(_take_back)
RESUME = Act(lambda stage: stage.post(messages.Resume("ann")))

ECHO360 = (
    Scenario("section unknown", lessons().do, (lessons({}),), campus={"seed": echo360_seed(sections=False)}),
    Scenario(
        "room unknown", lessons().do, (lessons({"room": "R2"}),), campus={"seed": echo360_seed(rooms=("R1",))}
    ),
    Scenario("person unknown", lessons().do, (lessons({"lecturer": "P9"}),)),
    Scenario("a stranger in the way", lessons().do, (Act(_foreign_comes),)),
    Scenario("a stranger leaves", _foreign_first, (Act(_foreign_leaves),)),
    Scenario("removed by hand, re-synced", ONE, (Act(_removed),)),
    Scenario("moved by hand, re-synced", ONE, (Act(_moved),)),
    Scenario("removed by hand, then changed", ONE, (Act(_removed_unseen),)),
    Scenario("removed by hand, re-synced over several pages", _many_pages, (Act(_removed),)),
)
STAFF = (
    Scenario("started after an edit", ONE, (Act(_new_start),)),
    Scenario("filled for the first time", ONE, (Act(_first_fill),)),
    Scenario("a room is re-synced", lessons({}, {"at": "10:00-11:00"}).do, (Act(_refresh),)),
    Scenario("a year is switched on", _other_year, (Act(_year_on),)),
    Scenario("everything paused around an edit", ONE, (pause(), replace(change(room="R2"), quiet=False), RESUME)),
    Scenario("a room paused around a move", ONE, (pause(room="R2"), change(room="R2"), RESUME)),
    Scenario(
        "record the other one, taken back",
        _two_that_meet,
        (decide(DecisionKind.RECORD_ONE, winner=2), TAKE_BACK),
        another_section,
    ),
    Scenario(
        "record together, taken back", _two_that_meet, (decide(DecisionKind.TOGETHER), TAKE_BACK), another_section
    ),
    Scenario(
        "record neither in one week, taken back",
        _two_that_meet,
        (decide(DecisionKind.RECORD_NEITHER, weeks=(3,)), TAKE_BACK),
        another_section,
    ),
    Scenario(
        "a decision is void when its lesson moves",
        _two_that_meet,
        (decide(DecisionKind.RECORD_ONE, winner=2), change(at="09:30-10:30")),
        another_section,
    ),
    Scenario("tried again after a refusal", _narrow, (Act(_wide),)),
)
PEOPLE = (*ECHO360, *STAFF)
