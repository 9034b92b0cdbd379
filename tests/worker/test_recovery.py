"""Killed, locked out, poisoned: the next start carries on, nothing is lost and nothing is there twice."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from echodesk import messages
from echodesk.errors import DatabaseBusy, DatabaseTrouble
from echodesk.messages import Phase
from echodesk.simulator.faults import FaultKind
from echodesk.simulator.wire import SimRequest, SimResponse
from tests.worker.campus import add_module, day
from tests.worker.values import at, external, place_of
from tests.worker.world import Died, World

Worlds = Callable[..., World]


def story(w: World) -> None:
    """What happens before the worker is killed: a first fill, then a swap, a cancel, a move and a new clash."""
    with w.edit() as cmis:
        for slot, room in ((1, "R1"), (2, "R2"), (3, "R1"), (4, "R3")):
            cmis.add(slot, room=room, weeks=(2, 3), at="09:00-10:00" if slot != 3 else "10:00-11:00")


def edits(w: World) -> None:
    with w.edit() as cmis:
        cmis.alter(1, room="R2")
        cmis.alter(2, room="R1")
        cmis.delete("timetable", slotid=3)
        cmis.alter(4, room="R4", weekday=2)
        cmis.add(5, room="R2", weeks=(3,), at="09:30-10:30", lecturer="P2")


def carry_on(w: World) -> None:
    """After a kill: a new worker ends equal to the timetable, with every change accounted for."""
    w.restart()
    w.settle()
    w.assert_equal()
    assert set(w.schedules()) == {external(slot, week) for slot in (1, 2, 4) for week in (2, 3)}
    assert w.left_out() == {external(5, 3): ("clash", external(1, 3))} or external(5, 3) in w.left_out()
    statuses = w.sql("SELECT DISTINCT STATUS FROM STT_ECHO_QUEUE")
    assert {row[0] for row in statuses} <= {"PROCESSED", "SUPERSEDED"}
    waiting = w.sql("SELECT count(*) FROM STT_ECHO_NOTIFICATION WHERE STATUS IN ('UNPROCESSED', 'IN_PROGRESS')")
    assert waiting == [(0,)]
    assert not w.damaged()


def killed_at(w: World, number: int, where: str) -> bool:
    """Let the worker run until it dies at the step of this number; False if there are fewer steps."""
    left = [number]

    def count() -> None:
        left[0] -= 1
        if left[0] < 0:
            w.life.over = True

    def before(request: SimRequest) -> SimResponse | None:
        count()
        return None

    if where == "before a step":
        w.steps.before = lambda step: count()
    elif where == "after a step":
        w.steps.after = lambda step: count()
    elif where == "before a request":
        w.wire.interfere = before
    else:
        w.wire.on_answered = lambda request, response: count()
    try:
        return died(w)
    finally:
        w.wire.interfere = lambda request: None
        w.wire.on_answered = lambda request, response: None


def died(w: World) -> bool:
    """Let the worker run until all is quiet, or until it was killed."""
    try:
        w.settle()
    except Died:
        return True
    return False


WHERE = ("before a step", "after a step", "before a request", "after a request")


@pytest.mark.parametrize("where", WHERE)
@pytest.mark.parametrize("number", [0, 1, 2, 3, 5, 8, 13, 21])
def test_killed_during_the_edits(world: Worlds, where: str, number: int) -> None:
    w = world()
    story(w)
    w.settle()
    edits(w)
    killed_at(w, number, where)
    carry_on(w)


@pytest.mark.parametrize("where", WHERE)
@pytest.mark.parametrize("number", [0, 1, 2, 3, 5, 7])
def test_killed_during_the_first_fill(world: Worlds, where: str, number: int) -> None:
    w = world()
    story(w)
    killed_at(w, number, where)
    edits(w)
    carry_on(w)


def test_killed_again_and_again(world: Worlds) -> None:
    w = world()
    story(w)
    edits(w)
    deaths = 0
    for number in range(3, 23):
        deaths += killed_at(w, number, WHERE[number % 2])
        w.restart()
    assert deaths >= 5
    carry_on(w)


def test_a_stop_gives_the_lease_back_at_once(world: Worlds) -> None:
    w = world()
    story(w)
    w.settle()
    w.stop()
    assert w.sql("SELECT HOLDER FROM STT_ECHO_LEASE") == [(None,)]
    w.start()
    w.pass_time(1.0)
    assert w.heard.state.mine


def test_a_worker_that_lost_the_lease_writes_and_sends_nothing_more(world: Worlds) -> None:
    w = world()
    story(w)
    w.settle()
    w.calls()
    w.sql("UPDATE STT_ECHO_LEASE SET HOLDER = 'another', EPOCH = EPOCH + 1, UNTIL = '2030-09-02T08:00:00.000Z'")
    w.change(1, room="R4")
    w.pass_time(10.0)
    assert w.calls() == {}
    assert w.entries(1)[-1] == "UNPROCESSED"
    assert w.heard.state.phase is Phase.FOLLOWING
    assert w.heard.state.holder == "another"
    w.ask(messages.Pause("exams", "ann"))
    assert w.sql("SELECT KIND, STATE FROM STT_ECHO_COMMAND") == [("Pause", "WAITING")]
    w.loop.forward(3_600.0)
    w.pass_time(5.0)
    assert w.heard.state.mine
    assert w.sql("SELECT STATE FROM STT_ECHO_COMMAND") == [("DONE",)]
    assert [one.owner for one in w.heard.state.pauses] == ["ann"]


@pytest.mark.parametrize("step", ["claim", "expand", "snapshot", "intents", "settle", "mirror", "commands"])
def test_a_database_that_is_locked_for_a_moment_is_waited_for(world: Worlds, step: str) -> None:
    w = world()
    story(w)
    w.settle()
    left = [3]

    def locked(name: str) -> None:
        if name == step and left[0]:
            left[0] -= 1
            raise DatabaseBusy("The database is busy", "Another program holds it.", "Wait.")

    w.steps.before = locked
    edits(w)
    if step == "mirror":
        w.ask(messages.Refresh("ann", "R1", day(2).isoformat()))
    w.settle()
    assert left == [0]
    w.assert_equal()
    assert w.heard.state.database == ""


def test_a_database_that_is_away_for_long_is_told_and_waited_for(world: Worlds) -> None:
    w = world()
    story(w)
    w.settle()
    edits(w)

    def away(name: str) -> None:
        raise DatabaseTrouble("The disk is full", "The database could not be written.", "Make room.")

    w.steps.before = away
    w.pass_time(120.0)
    assert w.heard.state.phase is Phase.DATABASE_LOST
    assert w.heard.state.database == "The database could not be written."
    w.steps.before = lambda step: None
    w.pass_time(60.0)
    w.settle()
    assert w.heard.state.database == ""
    w.assert_equal()


def test_an_entry_that_stops_the_worker_three_times_is_set_aside_and_the_rest_goes_on(world: Worlds) -> None:
    w = world()
    w.settle()
    with w.edit() as cmis:
        for slot in (1, 2, 3):
            cmis.add(slot, room=f"R{slot}")
    deaths = 0
    for _ in range(8):

        def poisoned(step: str) -> None:
            taken = w.sql("SELECT count(*) FROM STT_ECHO_QUEUE WHERE SLOTID = 2 AND STATUS = 'IN_PROGRESS'")
            if step == "expand" and taken == [(1,)]:
                w.life.over = True

        w.steps.before = poisoned
        deaths += died(w)
        w.restart()
    assert deaths == 3
    w.settle()
    assert w.entries(2) == ["FAILED"]
    assert w.sql("SELECT ERROR FROM STT_ECHO_QUEUE WHERE SLOTID = 2")[0][0].startswith("Reading this entry")
    assert w.entries(1) == w.entries(3) == ["PROCESSED"]
    assert {external(1), external(3)} <= set(w.schedules())
    entry = w.sql("SELECT ID FROM STT_ECHO_QUEUE WHERE SLOTID = 2")[0][0]
    w.ask(messages.Retry("ann", entries=(entry,)))
    w.settle()
    assert external(2) in w.schedules()
    assert w.entries(2) == ["SUPERSEDED", "PROCESSED"]


def test_kills_that_meet_a_request_in_flight_park_nothing(world: Worlds) -> None:
    """That the process ended while an answer was awaited is not the fault of the row."""
    w = world()
    w.lesson(2, room="R2")
    w.settle()
    w.lesson(1)
    w.faults(FaultKind.TIMEOUT_NOT_APPLIED, first=1_000_000, methods=("POST",))
    for _ in range(6):
        w.until(lambda: w.notifications(1) == ["IN_PROGRESS"])
        w.restart()
        w.until(lambda: w.notifications(1) != ["IN_PROGRESS"])
        assert w.notifications(1) == ["UNPROCESSED"]
    w.faults()
    w.settle()
    assert w.notifications(1) == ["REFRESHED"]
    assert w.entries(1) == ["PROCESSED"]
    w.assert_equal()


def test_commands_of_other_windows_are_each_carried_out_once_and_answered(world: Worlds) -> None:
    w = world()
    story(w)
    w.settle()
    for kind, args in (
        ("Refresh", f'{{"by":"bo","room":"R1","date":"{day(2).isoformat()}"}}'),
        ("Resume", '{"by":"bo"}'),
        ("Dance", "{}"),
        ("Retry", "not json"),
        ("Pause", '{"reason":"","by":"bo"}'),
    ):
        w.sql("INSERT INTO STT_ECHO_COMMAND (KIND, ARGS, BY) VALUES (:kind, :args, 'bo')", kind=kind, args=args)
    w.settle()
    states = [row[0] for row in w.sql("SELECT STATE FROM STT_ECHO_COMMAND ORDER BY ID")]
    assert states == ["DONE", "FAILED", "FAILED", "FAILED", "FAILED"]
    assert w.sql("SELECT count(*) FROM STT_ECHO_PAUSE") == [(0,)]


def test_the_local_sweep_finds_schedules_in_a_room_that_no_lesson_may_use_any_more(world: Worlds) -> None:
    w = world()
    w.lesson(1, room="R4", weeks=(2, 3))
    w.settle()
    with w.edit() as cmis:
        cmis.delete("roomfeatures", roomid="R4")
    w.loop.forward(600.0)
    w.pass_time(10.0)
    w.settle()
    assert w.schedules() == {}
    w.assert_equal()


def test_the_local_sweep_finds_what_no_trigger_told(world: Worlds) -> None:
    w = world()
    story(w)
    w.settle()
    with w.edit() as cmis:
        cmis.update("module", {"moduleid": "M1"}, name="Another title")
        cmis.insert("ccalmaps", setid="2030/31", weeknum=2, dayposn=1, mapdate=day(2, 6).isoformat())
    w.calls()
    w.loop.forward(600.0)
    w.pass_time(10.0)
    w.settle()
    assert place_of(w.schedules()[external(4, 2)]) == at("R3", 2, 6)
    assert "GET" not in w.calls()
    w.assert_equal()


def test_what_a_kill_left_under_way_is_no_retry_and_goes_on_at_once(world: Worlds) -> None:
    """Echo360 is well: more requests than the retry budget has tokens for must not wait for it (H2, C1)."""
    w = world()
    with w.edit() as cmis:
        for slot in range(1, 41):
            hour = 8 + (slot - 1) // 4
            cmis.add(slot, room=f"R{slot % 4 + 1}", weeks=(2, 3), at=f"{hour:02d}:00-{hour:02d}:50")
    assert killed_at(w, 20, "before a request")
    assert w.sql("SELECT count(*) FROM STT_ECHO_TRY")[0][0] > 45
    w.restart()
    began = w.loop.time()
    w.settle()
    w.assert_equal()
    assert w.loop.time() - began < 30.0


def test_what_was_answered_after_three_kills_is_no_retry(world: Worlds) -> None:
    """Each may be sent once more in this burst; Echo360 answers that it lacks the section. With that supplied they
    go out when the burst is over: no budget is asked, nobody is told of a failure (H1, H2)."""
    w = world(late_s="10")
    with w.edit() as cmis:
        for slot in range(1, 41):
            hour = 8 + (slot - 1) // 4
            add_module(cmis, f"M{slot + 9}")
            cmis.add(
                slot,
                room=f"R{slot % 4 + 1}",
                weeks=(2, 3),
                at=f"{hour:02d}:00-{hour:02d}:50",
                module=f"M{slot + 9}",
            )
    assert killed_at(w, 20, "before a request")
    w.sql("UPDATE STT_ECHO_TRY SET SENT = 3")
    w.restart()
    began = w.loop.time()
    w.settle()
    w.assert_equal()
    assert w.loop.time() - began < 45.0
    assert w.sql("SELECT count(*) FROM STT_ECHO_NOTIFICATION WHERE STATUS = 'PARKED'") == [(0,)]
