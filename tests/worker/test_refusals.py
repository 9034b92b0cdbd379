"""What Echo360 refuses for good: told in its words, remembered, tried again when something changes (decisions)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from echodesk import messages
from echodesk.planning.batches import BatchState, StepState
from echodesk.simulator.switches import Switches
from echodesk.simulator.wire import SimResponse, json_response
from tests.worker.by_hand import ByHand
from tests.worker.campus import day
from tests.worker.planned import applied, made, steps
from tests.worker.values import external
from tests.worker.wire import answering
from tests.worker.world import World

Worlds = Callable[..., World]


def refused(status: int = 400, text: str = "The capture is locked by an administrator") -> SimResponse:
    return json_response(status, {"error": "Locked", "message": text})


def test_a_refusal_is_told_in_echo360s_own_words_and_not_tried_again(world: Worlds) -> None:
    w = world()
    w.settle()
    w.wire.interfere = answering("POST", refused())
    w.lesson(1)
    w.settle()
    assert w.notifications(1) == ["FAILED"]
    assert w.entries(1) == ["FAILED"]
    assert "locked by an administrator" in w.message(1)
    assert w.calls()["POST"] == 1
    w.pass_time(200.0)
    assert w.calls() == {}
    assert w.sql("SELECT FAILED, RESOLVED FROM STT_ECHO_DAY_ROOM") == [(1, None)]


def test_a_changed_lesson_is_tried_again_after_a_refusal(world: Worlds) -> None:
    w = world()
    w.settle()
    w.wire.interfere = answering("POST", refused(), times=1)
    w.lesson(1)
    w.settle()
    w.change(1, lecturer="P2")
    w.settle()
    assert external(1) in w.schedules()
    assert w.notifications(1) == ["SUPERSEDED", "SUCCESS"]
    assert w.entries(1) == ["SUPERSEDED", "PROCESSED"]
    assert w.sql("SELECT count(*) FROM STT_ECHO_DAY_ROOM WHERE RESOLVED IS NULL") == [(0,)]


def test_a_move_that_is_refused_for_good_takes_the_old_recording_away(world: Worlds) -> None:
    w = world()
    w.lesson(1)
    w.settle()
    w.wire.interfere = answering("PUT", refused(), times=1)
    w.change(1, room="R2")
    w.settle()
    assert w.schedules() == {}
    assert w.notifications(1)[-1] == "FAILED"


def test_a_refused_removal_is_shown_until_staff_have_it_tried_again(world: Worlds) -> None:
    w = world()
    w.lesson(1)
    w.settle()
    w.calls()
    w.wire.interfere = answering("DELETE", refused())
    w.cancel(1)
    w.settle()
    w.pass_time(120.0)
    assert w.calls() == {"DELETE": 1}
    assert w.notifications(1)[-1] == "FAILED"
    assert w.sql("SELECT FAILED, RESOLVED FROM STT_ECHO_DAY_ROOM") == [(1, None)]
    w.wire.interfere = lambda request: None
    w.ask(messages.Refresh("ann", "R1", day(2).isoformat()))
    w.settle()
    assert w.schedules() == {}
    assert w.notifications(1)[-1] == "SUPERSEDED"
    assert w.sql("SELECT count(*) FROM STT_ECHO_DAY_ROOM WHERE RESOLVED IS NULL") == [(0,)]
    w.assert_equal()


def test_a_refused_change_leaves_the_recording_as_it_was_and_is_not_put_right(world: Worlds) -> None:
    w = world()
    w.lesson(1)
    w.settle()
    w.wire.interfere = answering("PUT", refused())
    w.change(1, lecturer="P2")
    w.settle()
    assert w.schedules()[external(1)].presenter == "ann.lee@example.ac.uk"
    assert w.notifications(1)[-1] == "FAILED"
    assert w.sql("SELECT RECORDED FROM STT_ECHO_NOTIFICATION ORDER BY ID DESC LIMIT 1") == [("YES",)]
    w.lesson(2, at="15:00-16:00")
    w.settle()
    assert w.notifications(1)[-1] == "FAILED", "another lesson of that day changes nothing about it"
    assert w.sql("SELECT FAILED, RESOLVED FROM STT_ECHO_DAY_ROOM") == [(1, None)]


def test_a_failure_of_what_is_wanted_no_more_is_put_right(world: Worlds) -> None:
    w = world()
    w.settle()
    w.wire.interfere = answering("POST", refused())
    w.lesson(1)
    w.settle()
    w.cancel(1)
    w.settle()
    assert w.notifications(1) == ["SUPERSEDED", "SUCCESS"]
    assert w.entries(1) == ["SUPERSEDED", "PROCESSED"]


def test_a_failure_that_is_retried_is_sent_again(world: Worlds) -> None:
    w = world()
    w.settle()
    w.wire.interfere = answering("POST", refused(), times=1)
    w.lesson(1)
    w.settle()
    entry = w.sql("SELECT ID FROM STT_ECHO_QUEUE WHERE STATUS = 'FAILED'")[0][0]
    w.ask(messages.Retry("ann", entries=(entry,)))
    w.settle()
    assert external(1) in w.schedules()
    assert w.entries(1) == ["SUPERSEDED", "PROCESSED"]
    assert w.notifications(1) == ["SUPERSEDED", "SUCCESS"]
    assert w.sql("SELECT RETRY_OF FROM STT_ECHO_QUEUE ORDER BY ID") == [(None,), (entry,)]


def test_a_re_sync_asks_for_what_was_refused_where_that_costs_nobody_a_recording(world: Worlds) -> None:
    w = world(switches=Switches(max_minutes=60))
    w.lesson(1, at="09:00-10:30", module="M1")
    w.lesson(2, at="10:00-11:00", module="M1")
    w.lesson(3, at="12:00-14:00", module="M3")
    w.settle()
    assert set(w.schedules()) == {external(2)}, "who was first was refused, and does not compete"
    w.calls()
    w.ask(messages.Refresh("ann", "R1"))
    w.settle()
    calls = w.calls()
    assert (calls["POST"], calls.get("DELETE")) == (1, None), "the third alone is in nobody's way"
    assert set(w.schedules()) == {external(2)}
    entry = w.sql("SELECT ID FROM STT_ECHO_QUEUE WHERE SLOTID = 1")[0][0]
    w.ask(messages.Retry("ann", entries=(entry,)))
    w.settle()
    calls = w.calls()
    assert (calls["POST"], calls["DELETE"]) == (2, 1), "whoever retries the lesson itself wants it tried"
    assert set(w.schedules()) == {external(2)}
    w.assert_equal()


def test_a_lesson_that_was_refused_when_it_came_back_can_be_tried_again(world: Worlds) -> None:
    w = world(switches=Switches(max_minutes=60))
    w.lesson(1, at="09:00-10:00")
    w.settle()
    w.lesson(2, at="09:30-11:00")
    w.settle()
    w.lesson(3, at="10:30-11:30")
    w.settle()
    w.change(1, room="R2")
    w.settle()
    assert set(w.schedules()) == {external(1), external(3)}, "2 came back and was refused"
    w.institution.state.switches = Switches()
    w.calls()
    w.ask(messages.Refresh("ann", "R1"))
    w.settle()
    assert "POST" not in w.calls(), "3 would have to make room for the question"
    entry = w.sql("SELECT ID FROM STT_ECHO_QUEUE WHERE SLOTID = 2")[0][0]
    w.ask(messages.Retry("ann", entries=(entry,)))
    w.settle()
    assert set(w.schedules()) == {external(1), external(2)}
    w.assert_equal()


def test_what_another_had_booked_over_is_tried_again_once_that_is_gone(world: Worlds) -> None:
    w = world(switches=Switches(max_minutes=60))
    w.lesson(1, at="09:00-10:30")
    w.settle()
    booked = ByHand(w).book("R1", day(2), "10:00-11:00")
    w.ask(messages.Refresh("ann", "R1", day(3).isoformat()))
    w.settle()
    ByHand(w).cancel(booked)
    w.institution.state.switches = Switches()
    w.ask(messages.Refresh("ann", "R1"))
    w.settle()
    assert set(w.schedules()) == {external(1)}, "judged over the listing that was asked for, not over the last one"
    w.assert_equal()


def test_a_retry_of_one_lesson_tries_the_recording_that_another_carries(world: Worlds) -> None:
    w = world()
    w.lesson(1)
    w.settle()
    w.wire.interfere = answering("PUT", refused())
    w.lesson(2)
    w.settle()
    assert w.notifications(2) == ["FAILED"]
    w.wire.interfere = lambda request: None
    entry = w.sql("SELECT ID FROM STT_ECHO_QUEUE WHERE SLOTID = 2")[0][0]
    w.ask(messages.Retry("ann", entries=(entry,)))
    w.settle()
    assert len(w.schedules()[external(1)].sections) == 2
    w.assert_equal()


def test_a_re_sync_finds_what_nobody_knows_of(world: Worlds) -> None:
    """An answer that came too late, and a listing that had lost the row: for all we know the room is empty."""
    w = world()
    w.lesson(1)
    w.settle()
    w.cancel(1)
    w.sql("DELETE FROM STT_ECHO_MIRROR")
    w.sql("DELETE FROM STT_ECHO_DIRTY")
    w.settle()
    assert set(w.schedules()) == {external(1)}
    w.ask(messages.Refresh("ann", "R1"))
    w.settle()
    assert w.schedules() == {}


def remembered(w: World) -> set[str]:
    """The external ids of what was refused for good."""
    return {row[0] for row in w.sql("SELECT EXTERNAL_ID FROM STT_ECHO_REFUSED")}


def test_a_comparison_shows_what_was_refused_and_its_plan_asks_for_it_once_more(world: Worlds) -> None:
    w = world()
    w.settle()
    w.wire.interfere = answering("POST", refused())
    w.lesson(1)
    w.settle()
    w.wire.interfere = lambda request: None
    w.calls()
    number = made(w)
    assert steps(w, number) == {StepState.OPEN: 1}
    w.pass_time(700.0)
    assert w.calls().keys() <= {"GET"}, "it was only looked at, and the sweep sends nothing of it"
    assert remembered(w) == {external(1)}
    assert applied(w, number).state is BatchState.DONE
    assert set(w.schedules()) == {external(1)}
    assert remembered(w) == set()
    w.settle()
    assert w.notifications(1) == ["SUPERSEDED"]
    w.assert_equal()


def test_what_is_refused_again_when_a_plan_asks_for_it_is_remembered_again(world: Worlds) -> None:
    w = world()
    w.settle()
    w.wire.interfere = answering("POST", refused())
    w.lesson(1)
    w.settle()
    w.calls()
    number = made(w)
    assert applied(w, number).state is BatchState.DONE
    assert steps(w, number) == {StepState.FAILED: 1}
    w.pass_time(700.0)
    assert w.calls()["POST"] == 1
    assert remembered(w) == {external(1)}
    assert w.notifications(1) == ["FAILED"]
    w.wire.interfere = lambda request: None
    applied(w, made(w))
    assert set(w.schedules()) == {external(1)}


def test_a_comparison_asks_for_nothing_that_another_recording_would_have_to_make_room_for(world: Worlds) -> None:
    w = world(switches=Switches(max_minutes=60))
    w.lesson(1, at="09:00-10:30", module="M1")
    w.lesson(2, at="10:00-11:00", module="M1")
    w.lesson(3, at="12:00-14:00", module="M3")
    w.settle()
    assert set(w.schedules()) == {external(2)}
    w.institution.state.switches = Switches()
    number = made(w)
    assert steps(w, number) == {StepState.OPEN: 1}
    applied(w, number)
    assert set(w.schedules()) == {external(2), external(3)}
    assert remembered(w) == {external(1)}
    w.assert_equal()


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_a_comparison_asks_once_more_for_a_refused_change_or_removal(world: Worlds, method: str) -> None:
    w = world()
    w.lesson(1)
    w.settle()
    w.wire.interfere = answering(method, refused())
    if method == "PUT":
        w.change(1, lecturer="P2")
    else:
        w.cancel(1)
    w.settle()
    w.wire.interfere = lambda request: None
    w.calls()
    number = made(w)
    assert steps(w, number) == {StepState.OPEN: 1}
    assert applied(w, number).state is BatchState.DONE
    assert w.calls()[method] == 1
    assert remembered(w) == set()
    w.assert_equal()


def test_a_plan_asks_once_more_only_in_the_room_days_that_it_compares_and_for_no_step_that_was_left_out(
    world: Worlds,
) -> None:
    w = world()
    w.settle()
    w.wire.interfere = answering("POST", refused())
    for slot in (1, 2, 3):
        w.lesson(slot, room=f"R{slot}")
    w.settle()
    w.wire.interfere = lambda request: None
    number = made(w, rooms=("R1", "R2"))
    shown = w.look(lambda books: books.batches.steps(number))
    assert {step.external_id for step, *_ in shown} == {external(1), external(2)}
    applied(w, number, without=tuple(step.number for step, *_ in shown if step.external_id == external(2)))
    assert set(w.schedules()) == {external(1)}
    assert remembered(w) == {external(2), external(3)}
