"""What stops the worker is set aside after three times, and all others go on (reliability Q5)."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from echodesk import messages
from echodesk.messages import Notice
from tests.guards import ExpectedLogs
from tests.worker.campus import day
from tests.worker.values import external
from tests.worker.world import Died, World

Worlds = Callable[..., World]

LEASE_S = 30.0
LOGGER = "echodesk.worker.defects"
DATE = day(2).isoformat()


def told(w: World) -> list[str]:
    """The titles of what people were told went wrong."""
    return [one.title for one in w.heard.events if isinstance(one, Notice)]


def spoil(w: World, external_id: str) -> None:
    """The mirror holds something that cannot be read: whatever looks there raises."""
    w.sql("UPDATE STT_ECHO_MIRROR SET INPUTS = 'not json' WHERE EXTERNAL_ID = :id", id=external_id)


def place(w: World, room: str) -> list[tuple[int, str | None, str]]:
    """(FAILED, RESOLVED, LAST_ERROR) of a room's rows on the day of the lessons."""
    rows = w.sql("SELECT FAILED, RESOLVED, LAST_ERROR FROM STT_ECHO_DAY_ROOM WHERE ROOMID = :room", room=room)
    return [(row[0], row[1], row[2] or "") for row in rows]


# ---- timetable changes --------------------------------------------------------------------------------------


def test_a_change_that_cannot_be_read_is_set_aside_and_all_others_go_on_at_once(
    world: Worlds, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect(LOGGER, "^Reading ")
    w = world()
    with w.edit() as cmis:
        for slot in (11, 12, 13, 14):
            cmis.add(slot, room="R4", at=f"{slot}:00-{slot}:30")
    w.settle()
    for slot in (11, 12, 13, 14):
        spoil(w, external(slot))
    with w.edit() as cmis:
        cmis.add(1)
        for slot in (11, 12, 13, 14):
            cmis.alter(slot, lecturer="P2")
        cmis.add(2, room="R2")
    began = w.loop.time()
    w.settle()
    assert w.loop.time() - began < 2 * LEASE_S
    assert {external(1), external(2)} <= set(w.schedules())
    for slot in (11, 12, 13, 14):
        assert w.entries(slot)[-1] == "FAILED"
        rows = w.sql("SELECT ATTEMPTS, ERROR FROM STT_ECHO_QUEUE WHERE SLOTID = :slot ORDER BY ID DESC", slot=slot)
        assert rows[0][0] == 3
        assert "JSONDecodeError" in rows[0][1]
    assert w.entries(1) == w.entries(2) == ["PROCESSED"]
    assert any(title.startswith("Reading ") for title in told(w))
    assert w.heard.state.mine, "the worker never had to start again"


def test_a_stream_of_changes_does_not_keep_the_attempted_ones_waiting(
    world: Worlds, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect(LOGGER, "^Reading ")
    w = world()
    w.lesson(9, room="R4")
    w.settle()
    spoil(w, external(9))
    slots: list[int] = []

    def another(step: str) -> None:
        if step == "queue" and w.entries(9)[-1] != "FAILED" and len(slots) < 30:
            slots.append(len(slots) + 11)
            w.lesson(slots[-1], room="R3", weekday=slots[-1] % 5 + 1)

    w.change(9, lecturer="P2")
    w.steps.before = another
    w.pass_time(20.0)
    assert w.entries(9)[-1] == "FAILED"
    assert len(slots) < 20


# ---- room-days ----------------------------------------------------------------------------------------------


def spoiled(world: Worlds, expected_logs: ExpectedLogs) -> World:
    """Another lesson of room R1 cannot be read."""
    expected_logs.expect(LOGGER, "^Planning ")
    w = world()
    with w.edit() as cmis:
        for slot, room in ((1, "R1"), (2, "R2"), (3, "R3")):
            cmis.add(slot, room=room)
        cmis.add(4, room="R1", at="15:00-16:00")
    w.settle()
    spoil(w, external(4))
    w.calls()
    return w


def test_a_room_day_that_cannot_be_planned_is_set_aside_and_all_others_go_on(
    world: Worlds, expected_logs: ExpectedLogs
) -> None:
    w = spoiled(world, expected_logs)
    began = w.loop.time()
    with w.edit() as cmis:
        for slot in (1, 2, 3):
            cmis.alter(slot, at="11:00-12:00")
    w.settle()
    assert w.loop.time() - began < 2 * LEASE_S
    assert w.calls() == {"PUT": 2}
    assert w.notifications(1)[-1] == "PARKED"
    assert w.entries(1)[-1] == "FAILED"
    assert w.notifications(2)[-1] == w.notifications(3)[-1] == "SUCCESS"
    assert [(row[0], row[1]) for row in place(w, "R1")] == [(1, None)]
    assert "stopped EchoDesk 3 times (JSONDecodeError" in place(w, "R1")[0][2]
    assert "re-sync" in w.message(1)
    assert sum(title.startswith("Planning room R1") for title in told(w)) == 3
    w.pass_time(20.0)
    assert sum(title.startswith("Planning") for title in told(w)) == 3, "it is not planned again by itself"
    assert w.heard.state.mine, "the worker never had to start again"


def test_the_local_sweep_leaves_alone_what_is_set_aside_and_finds_what_cannot_be_planned(
    world: Worlds, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect(LOGGER, "^Comparing room R1")
    w = spoiled(world, expected_logs)
    w.loop.forward(600.0)
    w.pass_time(10.0)
    w.settle()
    assert [(row[0], row[1]) for row in place(w, "R1")] == [(1, None)]
    heard = len(told(w))
    w.loop.forward(600.0)
    w.pass_time(10.0)
    w.settle()
    assert len(told(w)) == heard


@pytest.mark.parametrize("act", ["edit", "refresh"])
def test_what_was_set_aside_is_planned_again_when_somebody_acts(
    world: Worlds, act: str, expected_logs: ExpectedLogs
) -> None:
    w = spoiled(world, expected_logs)
    w.change(1, at="11:00-12:00")
    w.settle()
    assert w.notifications(1)[-1] == "PARKED"
    w.sql("UPDATE STT_ECHO_MIRROR SET INPUTS = '[]' WHERE INPUTS = 'not json'")
    if act == "edit":
        w.change(1, lecturer="P2")
    else:
        w.ask(messages.Refresh("ann", "R1", DATE))
    w.settle()
    assert w.notifications(1)[1] == "SUPERSEDED"
    assert w.sql("SELECT count(*) FROM STT_ECHO_SUSPECT") == [(0,)]
    assert w.sql("SELECT count(*) FROM STT_ECHO_DAY_ROOM WHERE RESOLVED IS NULL") == [(0,)]
    w.assert_equal()


def test_an_update_that_cannot_be_read_is_set_aside_with_its_room_day(
    world: Worlds, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect(LOGGER, "^Planning ")
    w = world()
    w.lesson(1)
    w.settle()
    w.pause()
    w.change(1, at="11:00-12:00")
    w.until(lambda: len(w.entries(1)) == 2)
    w.resume()

    def overwrite(step: str) -> None:
        if step == "expand":
            w.sql("UPDATE STT_ECHO_NOTIFICATION SET OLD_DATE = 'yesterday' WHERE STATUS = 'UNPROCESSED'")

    w.steps.after = overwrite
    w.settle()
    assert w.notifications(1)[-1] == "PARKED"
    assert "ValueError" in w.message(1)


# ---- kills --------------------------------------------------------------------------------------------------


def test_a_room_day_whose_planning_kills_the_process_is_set_aside(world: Worlds) -> None:
    w = world()
    with w.edit() as cmis:
        for slot, room in ((1, "R1"), (2, "R2"), (3, "R3")):
            cmis.add(slot, room=room)
    w.settle()
    with w.edit() as cmis:
        for slot in (1, 2, 3):
            cmis.alter(slot, at="11:00-12:00")
    deaths = 0
    for _ in range(8):
        w.steps.read = deadly(w, w.steps.read)  # type: ignore[method-assign, assignment]  # the test's own ledger
        try:
            w.settle()
        except Died:
            deaths += 1
            w.restart()
    assert deaths == 5, "the first nobody could know, the second took several, three were alone"
    assert w.notifications(1)[-1] == "PARKED"
    assert w.notifications(2)[-1] == w.notifications(3)[-1] == "SUCCESS"
    assert "process ended" in place(w, "R1")[0][2]


Read = Callable[[str, Callable[..., Any]], Awaitable[Any]]


def deadly(w: World, read: Read) -> Read:
    """Planning lesson 1 ends the process."""

    async def reading(step: str, work: Callable[..., Any]) -> Any:
        answer = await read(step, work)
        requests = [one for plan in getattr(answer, "works", ()) for one in plan.plan.requests]
        if any(one.external_id == external(1) for one in requests):
            w.life.over = True
            await w.life.go_on()
        return answer

    return reading


def test_sixty_kills_at_random_park_nothing(world: Worlds) -> None:
    w = world()
    chance = random.Random(60)
    deaths = 0
    slots = iter(range(1, 1_000))
    while deaths < 60:
        slot = next(slots)
        w.lesson(slot, room=f"R{slot % 4 + 1}", weekday=slot % 5 + 1, weeks=(slot % 10 + 2,), at="09:00-10:00")
        left = [chance.randrange(1, 40)]

        def count(*_: object, left: list[int] = left) -> None:
            left[0] -= 1
            w.life.over = w.life.over or left[0] == 0

        w.steps.before = count
        w.wire.on_answered = count
        try:
            w.settle()
        except Died:
            deaths += 1
            w.restart()
    w.wire.on_answered = lambda request, response: None
    w.settle(4_000.0)
    assert w.sql("SELECT count(*) FROM TEST_STATUS_STEP WHERE NEW IN ('PARKED', 'FAILED')") == [(0,)]
    assert w.sql("SELECT count(*) FROM STT_ECHO_SUSPECT") == [(0,)]
    w.assert_equal()


# ---- other steps --------------------------------------------------------------------------------------------


def test_an_outcome_that_cannot_be_written_down_stops_only_its_own_room_day(
    world: Worlds, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect(LOGGER, "^Writing down ")
    expected_logs.expect(LOGGER, "^Taking over what Echo360 holds in R1")
    w = world()
    w.lesson(9, room="R4")
    w.settle()
    w.sql(
        "CREATE TRIGGER TEST_SPOILT BEFORE INSERT ON STT_ECHO_MIRROR WHEN NEW.ROOMID = 'R1'"
        " BEGIN SELECT RAISE(ABORT, 'a defect of this test'); END"
    )
    with w.edit() as cmis:
        cmis.add(1, room="R1")
        cmis.add(2, room="R2")
    w.pass_time(30.0)
    assert w.notifications(2) == ["SUCCESS"]
    assert w.heard.state.mine
    w.sql("DROP TRIGGER TEST_SPOILT")
    w.ask(messages.Refresh("ann", "R1", DATE))
    w.settle(4_000.0)
    w.assert_equal()


def test_a_command_that_raises_is_answered_and_not_tried_for_ever(
    world: Worlds, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect(LOGGER, "^The command Refresh")
    w = world()
    w.lesson(1)
    w.settle()
    w.sql("INSERT INTO STT_ECHO_DAY_ROOM (ROOMID, LESSON_DATE) VALUES ('R1', '2031-13-13')")
    args = '{"by":"bo","room":"R1"}'
    w.sql("INSERT INTO STT_ECHO_COMMAND (KIND, ARGS, BY) VALUES ('Refresh', :args, 'bo')", args=args)
    w.until(lambda: w.sql("SELECT STATE FROM STT_ECHO_COMMAND") == [("FAILED",)])
    w.sql("DELETE FROM STT_ECHO_DAY_ROOM")
    w.settle()
    assert w.heard.state.mine
