"""Pauses hold exactly their scope, survive a restart, and end (design §4.13)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from echodesk import messages
from echodesk.errors import DatabaseTrouble, NothingDone, WrongUse
from echodesk.messages import Phase
from echodesk.worker.control import as_args
from tests.worker.by_hand import ByHand
from tests.worker.campus import day, echo360_seed
from tests.worker.values import at, external, place_of
from tests.worker.virtual_time import UTC_AT_START
from tests.worker.world import World

Worlds = Callable[..., World]


@pytest.fixture
def w(world: Worlds) -> World:
    """Lesson 1 in R1, 2 in R2, 4 in R4 (another building), in weeks 2 and 3."""
    made = world()
    with made.edit() as cmis:
        for slot, room in ((1, "R1"), (2, "R2"), (4, "R4")):
            cmis.add(slot, room=room, weeks=(2, 3))
    made.settle()
    made.calls()
    return made


def shift_all(w: World, hours: str = "11:00-12:00") -> None:
    with w.edit() as cmis:
        for slot in (1, 2, 4):
            cmis.alter(slot, at=hours)


def test_nothing_more_is_made_for_a_request_that_met_a_pause(world: Worlds) -> None:
    """A missing section is made with its parents, one request after another; a pause comes in between."""
    w = world(seed=echo360_seed(sections=False))
    w.settle()
    w.lesson(1)
    w.until(lambda: any(one.method == "POST" and "/schedules" not in one.path for one in w.wire.seen))
    w.pause()
    w.calls()
    w.pass_time(5.0)
    assert set(w.calls()) <= {"GET"}
    w.resume()
    w.settle()
    w.assert_equal()


def asked_elsewhere(w: World, command: messages.Pause | messages.Resume) -> None:
    """Another window's command is carried out, and the worker is told that the database went away meanwhile."""
    kind, args = as_args(command)
    w.office.write(lambda books: books.office.post_command(kind, args, command.by))
    lost: list[str] = []

    def after(step: str) -> None:
        if step == "command" and not lost:
            lost.append(step)
            raise DatabaseTrouble("The database went away", "After the commit.", "It goes on by itself.")

    w.steps.after = after
    w.until(lambda: bool(lost))


def test_a_pause_whose_commit_was_not_confirmed_counts_and_so_does_its_end(w: World) -> None:
    w.until(lambda: w.heard.state.mine)
    asked_elsewhere(w, messages.Pause("exams", "ann"))
    w.pass_time(2.0)
    assert w.heard.state.pauses
    shift_all(w)
    w.pass_time(5.0)
    assert w.calls() == {}
    asked_elsewhere(w, messages.Resume("ann"))
    w.settle()
    w.assert_equal()


@pytest.mark.parametrize(
    ("scope", "held"),
    [
        ({}, {(1, 2), (1, 3), (2, 2), (2, 3), (4, 2), (4, 3)}),
        ({"room": "R1"}, {(1, 2), (1, 3)}),
        ({"building": "B2"}, {(4, 2), (4, 3)}),
        ({"first": day(3).isoformat(), "last": day(3).isoformat()}, {(1, 3), (2, 3), (4, 3)}),
        ({"room": "R1", "last": day(2).isoformat()}, {(1, 2)}),
    ],
    ids=str,
)
def test_only_what_is_paused_waits(w: World, scope: dict[str, str], held: set[tuple[int, int]]) -> None:
    w.pause(**scope)
    shift_all(w)
    w.pass_time(5.0)
    waiting = {
        (slot, week)
        for slot in (1, 2, 4)
        for week in (2, 3)
        if place_of(w.schedules()[external(slot, week)])[2] == "09:00-10:00"
    }
    assert waiting == held
    w.resume()
    w.settle()
    assert w.calls() == {"PUT": 6}
    w.assert_equal()


def test_a_move_into_a_paused_room_waits_whole(w: World) -> None:
    w.pause(room="R3")
    w.change(1, room="R3")
    w.pass_time(5.0)
    assert w.calls() == {}
    assert place_of(w.schedules()[external(1)]) == at("R1")
    w.resume()
    w.settle()
    assert w.calls() == {"PUT": 2}


def test_a_pause_survives_a_restart(w: World) -> None:
    w.pause()
    shift_all(w)
    w.restart()
    w.pass_time(10.0)
    assert w.calls() == {}
    assert w.heard.state.phase is Phase.PAUSED
    assert [one.reason for one in w.heard.state.pauses] == ["exams"]
    w.resume()
    w.settle()
    assert w.calls() == {"PUT": 6}
    w.assert_equal()


def test_a_pause_ends_by_itself_and_what_waited_is_sent(w: World) -> None:
    until = UTC_AT_START + dt.timedelta(seconds=w.loop.time() + 20.0)
    w.ask(messages.Pause("exams", "ann", messages.Scope(room="R1"), f"{until:%Y-%m-%dT%H:%M:%S.000Z}"))
    shift_all(w)
    w.pass_time(15.0)
    assert w.calls() == {"PUT": 4}
    began = w.steps.done["intents"]
    w.pass_time(8.0)
    assert w.calls() == {"PUT": 2}
    assert w.steps.done["intents"] - began < 20, "nothing runs hot while the pause ends"
    assert w.heard.state.pauses == ()
    w.settle()
    w.assert_equal()


def test_the_end_of_a_pause_may_be_given_in_any_zone(w: World) -> None:
    w.ask(messages.Pause("exams", "ann", messages.Scope(room="R1"), "2030-09-02T09:00:10+02:00"))
    w.change(1, at="11:00-12:00")
    w.pass_time(7.0)
    assert w.calls() == {}
    w.pass_time(5.0)
    assert w.calls() == {"PUT": 2}


def test_an_edit_made_when_a_pause_has_just_ended_is_sent_once(w: World) -> None:
    until = UTC_AT_START + dt.timedelta(seconds=w.loop.time() + 5.0)
    w.ask(messages.Pause("exams", "ann", messages.Scope(room="R1"), f"{until:%Y-%m-%dT%H:%M:%S.000Z}"))
    w.pass_time(5.1)
    shift_all(w)
    w.pass_time(5.0)
    assert w.calls() == {"PUT": 6}


def test_nothing_is_sent_once_a_pause_was_answered(w: World) -> None:
    """Many requests are ready when the pause comes."""
    with w.edit() as cmis:
        for slot in range(11, 51):
            cmis.add(slot, room="R3", weekday=slot % 5 + 1, at=f"{8 + slot // 5:02d}:00-{8 + slot // 5:02d}:50")
    w.until(lambda: len(w.wire.seen) > 16)
    w.ask(messages.Pause("exams", "ann"))
    w.pass_time(0.05)
    w.calls()
    w.pass_time(20.0)
    assert w.calls() == {}
    assert w.sql("SELECT count(*) FROM STT_ECHO_INTENT") == [(0,)]
    assert w.sql("SELECT count(*) FROM STT_ECHO_NOTIFICATION WHERE STATUS = 'IN_PROGRESS'") == [(0,)]
    w.resume()
    w.settle()
    w.assert_equal()
    assert len(w.schedules()) == 46


def test_what_waits_for_a_held_request_waits_as_well_and_its_room_is_not_listed(world: Worlds) -> None:
    """Each lesson follows the one before it into its place; the pause comes while the first is on its way."""
    w = world()
    for slot in (1, 2, 3):
        w.lesson(slot, room=f"R{slot}", lecturer=f"P{slot}")
    w.settle()
    with w.edit() as cmis:
        cmis.alter(1, at="12:00-13:00")
        cmis.alter(2, room="R1")
        cmis.alter(3, room="R2")
    w.calls()
    w.until(lambda: w.wire.seen[-1].method == "PUT")
    w.ask(messages.Pause("exams", "ann"))
    w.pass_time(20.0)
    assert w.calls() == {"PUT": 1}
    assert w.sql("SELECT ROOMID FROM STT_ECHO_DIRTY ORDER BY ROOMID") == [("R1",), ("R2",), ("R3",)]
    assert w.sql("SELECT count(*) FROM STT_ECHO_REFRESH") == [(0,)]
    w.resume()
    w.settle()
    w.assert_equal()


def test_two_pauses_hold_until_both_are_lifted(w: World) -> None:
    w.pause("exams", room="R1")
    w.pause("repairs", building="B1")
    w.change(1, at="11:00-12:00")
    w.pass_time(2.0)
    w.ask(messages.Resume("ann", (1,)))
    w.pass_time(5.0)
    assert w.calls() == {}
    w.ask(messages.Resume("ann", (2,)))
    w.settle()
    assert w.calls() == {"PUT": 2}


def test_a_pause_that_cannot_be_meant_is_refused(w: World) -> None:
    with pytest.raises(WrongUse):
        w.ask(messages.Pause(" ", "ann"))
    with pytest.raises(WrongUse):
        w.ask(messages.Pause("exams", "ann", messages.Scope(first="2030-10-02", last="2030-10-01")))
    with pytest.raises(WrongUse):
        w.ask(messages.Pause("exams", "ann", until="tomorrow"))
    with pytest.raises(WrongUse):
        w.ask(messages.Pause("exams", "ann", until="2030-09-02T17:00:00"))
    with pytest.raises(NothingDone):
        w.ask(messages.Resume("ann"))
    assert w.sql("SELECT count(*) FROM STT_ECHO_PAUSE") == [(0,)]


def test_a_settled_pause_does_not_keep_the_worker_busy(w: World) -> None:
    w.pause(room="R1")
    shift_all(w)
    w.pass_time(5.0)
    before = w.steps.done["intents"]
    w.pass_time(60.0)
    assert w.steps.done["intents"] == before


def test_a_pause_that_comes_while_the_worker_signs_in_holds_what_was_about_to_be_sent(w: World) -> None:
    w.restart()
    signed_in = w.wire.sign_ins
    w.change(1, at="11:00-12:00")
    w.until(lambda: w.wire.sign_ins > signed_in)
    w.pause(room="R1")
    w.calls()
    w.pass_time(30.0)
    assert w.calls() == {}
    w.resume()
    w.settle()
    w.assert_equal()


def test_what_the_sweep_finds_during_a_pause_is_sent_as_soon_as_it_is_lifted(world: Worlds) -> None:
    w = world()
    w.lesson(1, weeks=(2, 3))
    w.settle()
    w.pause(room="R1")
    w.sql("UPDATE MODULE SET NAME = 'Another title'")
    w.calls()
    w.loop.forward(601.0)
    w.pass_time(5.0)
    assert w.calls() == {}
    w.resume()
    w.pass_time(3.0)
    assert w.calls() == {"PUT": 2}
    w.assert_equal()


def test_a_paused_building_is_paused_where_the_timetable_pads_its_codes(w: World) -> None:
    w.sql("UPDATE ROOMS SET ROOMID = ROOMID || '   ', SITEID = SITEID || '  '")
    w.sql("UPDATE SITES SET SITEID = SITEID || '  '")
    w.pause("repairs", building="B1")
    w.change(1, at="11:00-12:00")
    w.pass_time(10.0)
    assert w.calls() == {}
    w.resume()
    w.settle()
    assert w.calls() == {"PUT": 2}


def test_a_room_that_leaves_a_paused_building_is_free_and_nothing_runs_hot(w: World) -> None:
    w.pause("repairs", building="B1")
    w.sql("UPDATE ROOMS SET SITEID = 'B2' WHERE ROOMID = 'R1'")
    before = w.steps.done["snapshot"]
    w.change(1, at="11:00-12:00")
    w.pass_time(10.0)
    assert w.calls() == {"PUT": 2}
    assert w.steps.done["snapshot"] - before <= 100
    w.sql("UPDATE ROOMS SET SITEID = 'B1' WHERE ROOMID = 'R4'")
    w.change(4, at="11:00-12:00")
    w.pass_time(10.0)
    assert w.calls() == {}


def test_re_syncs_that_are_linked_with_a_pause_hold_no_others_up(world: Worlds) -> None:
    """More of them than are planned at once, and all before the one that can go."""
    w = world()
    with w.edit() as cmis:
        for weekday in range(1, 6):
            cmis.add(weekday, room="R1", weekday=weekday, weeks=range(1, 13))
            cmis.add(10 + weekday, room="R2", weekday=weekday, weeks=range(1, 13), at="11:00-12:00")
        cmis.add(20, room="R4", weeks=(12,), weekday=5)
    w.settle()
    w.pause(room="R3")
    with w.edit() as cmis:
        for slot in (*range(1, 6), *range(11, 16)):
            cmis.alter(slot, room="R3")
    w.pass_time(5.0)
    ByHand(w).remove(external(20, 12))
    for room in ("R1", "R2", "R4"):
        w.ask(messages.Refresh("ann", room))
    w.pass_time(60.0)
    assert external(20, 12) in w.schedules()
    w.resume()
    w.settle()
    w.assert_equal()


@pytest.mark.parametrize("away", [False, True], ids=["at once", "while nobody was there"])
def test_what_waited_for_a_paused_building_goes_when_its_room_leaves_the_building(w: World, away: bool) -> None:
    w.pause("repairs", building="B1")
    w.change(1, at="11:00-12:00")
    w.change(2, at="11:00-12:00")
    w.pass_time(5.0)
    assert w.calls() == {}
    if away:
        w.stop()
    w.sql("UPDATE ROOMS SET SITEID = 'B2' WHERE ROOMID = 'R1'")
    if away:
        w.restart()
    w.pass_time(10.0)
    assert w.calls() == {"PUT": 2}
    assert w.notifications(1)[-1] == "SUCCESS"
    assert w.notifications(2)[-1] == "UNPROCESSED", "its room is in the building still"
    before = w.steps.done["lift ended pauses"]
    w.pass_time(60.0)
    assert w.steps.done["lift ended pauses"] == before


def test_what_waits_is_let_go_also_where_a_command_came_with_the_change_of_building(w: World) -> None:
    """The command reads the pauses anew before the change was looked for."""
    w.pause("repairs", building="B1")
    w.change(1, at="11:00-12:00")
    w.pass_time(5.0)
    w.sql("UPDATE ROOMS SET SITEID = 'B2' WHERE ROOMID = 'R1'")
    w.pause(room="R4")
    w.pass_time(10.0)
    assert w.calls() == {"PUT": 2}


def test_what_comes_while_its_room_is_in_a_paused_building_waits_until_it_leaves(w: World) -> None:
    w.pause("repairs", building="B1")
    w.sql("UPDATE ROOMS SET SITEID = 'B1' WHERE ROOMID = 'R4'")
    w.pass_time(2.0)
    w.change(4, at="11:00-12:00")
    w.pass_time(10.0)
    assert w.calls() == {}
    w.sql("UPDATE ROOMS SET SITEID = 'B2' WHERE ROOMID = 'R4'")
    w.pass_time(10.0)
    assert w.calls() == {"PUT": 2}
    w.assert_equal()
