"""Large plans: the first steps alone, the call limit, what fails."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from echodesk import messages
from echodesk.batches import Apply, ContinuePlan, RetrySteps
from echodesk.errors import NothingDone
from echodesk.planning.batches import BatchState, StepState
from echodesk.simulator.faults import FaultKind
from echodesk.simulator.switches import Switches, changed
from tests.guards import ExpectedLogs
from tests.worker.by_hand import ByHand
from tests.worker.campus import SETID, day
from tests.worker.guarded import BOOKINGS, HOURS, LESSONS, WEEKS, fill
from tests.worker.planned import applied, begin, ended, later, made, plan, spoil_everything, steps
from tests.worker.values import external
from tests.worker.world import World

Worlds = Callable[..., World]


def test_a_change_of_today_overtakes_a_batch_at_the_call_limit(world: Worlds) -> None:
    w = world(calls_per_minute=120)
    with w.edit() as cmis:
        for slot in LESSONS:
            place = (slot - 1) // 5
            cmis.add(slot, room=f"R{place % 4 + 1}", weekday=place // 4 + 1, at=HOURS[slot % 5], weeks=WEEKS)
        cmis.add(50, room="R1", weekday=1, at="08:30-09:00", weeks=(1,), module="M1")
    w.settle()
    hand = ByHand(w)
    for slot in LESSONS:
        for week in WEEKS:
            hand.rename(external(slot, week), "Staff meeting")
    number = made(w)
    assert steps(w, number) == {StepState.OPEN: BOOKINGS}
    begin(w, number)
    w.until(lambda: steps(w, number).get(StepState.DONE, 0) >= 40, 300.0)
    latest = 0.0
    for minute in range(4):
        asked = w.loop.now
        w.change(50, at=f"{10 + minute}:00-{10 + minute}:30")
        time = f"{10 + minute}:00-{10 + minute}:30"
        w.until(lambda time=time: w.schedules()[external(50, 1)].time == time)  # type: ignore[misc]  # the loop's
        latest = max(latest, w.loop.now - asked)
        w.pass_time(3.0)
    assert latest < 10.0
    assert plan(w, number).state is BatchState.RUNNING
    before = len(w.wire.seen)
    w.pass_time(30.0)
    assert len(w.wire.seen) - before >= 0.95 * 120 / 2, "the call limit is used"
    assert ended(w, number, 600.0).state is BatchState.DONE
    assert w.sql("SELECT count(*) FROM STT_ECHO_AUDIT WHERE STATUS = 429") == [(0,)]


def test_the_first_steps_of_a_large_plan_go_alone_and_are_looked_at(w: World) -> None:
    number = spoil_everything(w)
    begin(w, number)
    w.until(lambda: steps(w, number).get(StepState.DONE, 0) >= 20)
    w.calls()
    w.until(lambda: steps(w, number).get(StepState.DONE, 0) > 20)
    assert w.calls()["GET"] >= 1
    assert plan(w, number).tried
    assert ended(w, number).state is BatchState.DONE


def test_when_echo360_does_not_hold_the_first_steps_a_plan_stands_still(w: World) -> None:
    number = spoil_everything(w)
    begin(w, number)
    w.until(lambda: steps(w, number).get(StepState.DONE, 0) >= 18)
    w.faults(FaultKind.ROW_LOST, first=30, methods=("GET",))
    found = ended(w, number)
    assert found.state is BatchState.STOPPED
    assert found.said.startswith("Echo360 does not hold what it said it holds, in 1 of the first 20 steps")
    w.faults()
    assert steps(w, number)[StepState.OPEN] == 180
    w.ask(ContinuePlan("ann", number))
    assert ended(w, number).state is BatchState.DONE
    w.assert_equal()


def test_first_steps_that_cannot_be_looked_at_are_said_until_they_are(w: World) -> None:
    number = spoil_everything(w)
    begin(w, number)
    w.until(lambda: steps(w, number).get(StepState.DONE, 0) >= 5)
    w.faults(FaultKind.NEXT_LOOP, first=1_000_000, methods=("GET",))
    w.pass_time(120.0)
    found = plan(w, number)
    assert (found.state, steps(w, number)[StepState.OPEN]) == (BatchState.RUNNING, 180)
    assert found.said.startswith("The first steps are looked at before it goes on. Echo360 could not be listed: ")
    assert found.said.endswith(". It is tried again.")
    w.faults()
    w.until(lambda: plan(w, number).tried)
    assert (plan(w, number).state, plan(w, number).said) == (BatchState.RUNNING, "")
    assert ended(w, number).state is BatchState.DONE
    w.assert_equal()


def test_steps_that_have_begun_are_none_of_the_first_that_are_looked_at(w: World) -> None:
    number = spoil_everything(w)
    later(w, 24 * 7 + 6)
    begin(w, number)
    w.until(lambda: plan(w, number).state is BatchState.RUNNING)
    assert steps(w, number)[StepState.OVERTAKEN] >= 20
    w.until(lambda: steps(w, number).get(StepState.DONE, 0) >= 18)
    ((step, _state, _answer), *_more) = w.look(lambda books: books.batches.steps(number, StepState.DONE))
    ByHand(w).rename(step.external_id, "Exam")
    found = ended(w, number)
    assert (found.state, found.tried) == (BatchState.STOPPED, False)
    assert found.said.startswith("Echo360 does not hold what it said it holds, in 1 of the first 20 steps")


def test_a_large_plan_of_which_few_steps_are_left_comes_to_its_end(w: World) -> None:
    """Too few are done to be looked at as the first of many."""
    number = spoil_everything(w)
    later(w, 24 * 36 + 4)
    begin(w, number)
    w.until(lambda: plan(w, number).state is BatchState.RUNNING)
    assert 0 < steps(w, number).get(StepState.OPEN, 0) < 20
    assert ended(w, number).state is BatchState.DONE
    assert not plan(w, number).tried


def test_a_plan_in_which_much_fails_stands_still_and_tells_echo360s_words(world: Worlds) -> None:
    w = world(switches=changed(Switches(), {"max_text_length": 100}))
    fill(w)
    w.sql("UPDATE MODULE SET NAME = :name", name="x" * 300)
    number = made(w)
    begin(w, number)
    found = ended(w, number)
    assert found.state is BatchState.STOPPED
    assert "steps failed. Look at them before it goes on." in found.said
    failed = w.look(lambda books: books.batches.steps(number, StepState.FAILED))
    assert 6 <= len(failed) < 60
    assert all("error.maxLength" in answer for _step, _state, answer in failed)


def test_trying_one_step_again_does_not_let_a_stopped_plan_go(world: Worlds) -> None:
    w = world(switches=changed(Switches(), {"max_text_length": 100}))
    fill(w)
    w.sql("UPDATE MODULE SET NAME = :name", name="x" * 300)
    number = made(w)
    begin(w, number)
    ended(w, number)
    before = steps(w, number)
    ((step, _state, _answer), *_more) = w.look(lambda books: books.batches.steps(number, StepState.FAILED))
    with pytest.raises(NothingDone, match="would let all of it go on"):
        w.ask(RetrySteps("bob", number, (step.number,)))
    w.pass_time(10.0)
    assert (plan(w, number).state, steps(w, number)) == (BatchState.STOPPED, before)


def test_let_go_on_it_counts_only_what_fails_from_then_on(world: Worlds) -> None:
    """What had failed was looked at: somebody said that the rest is to be sent all the same."""
    w = world(switches=changed(Switches(), {"max_text_length": 100}))
    fill(w)
    w.sql("UPDATE MODULE SET NAME = :name", name="x" * 300)
    number = made(w)
    begin(w, number)
    failed = 0
    while ended(w, number).state is BatchState.STOPPED:
        before, failed = failed, steps(w, number)[StepState.FAILED]
        assert before < failed <= before + 20
        w.ask(ContinuePlan("ann", number))
    found = plan(w, number)
    assert (found.state, found.tried) == (BatchState.DONE, False), "nothing was there to be looked at"
    assert steps(w, number) == {StepState.FAILED: 200}


def test_failed_steps_are_told_and_sent_again_alone(w: World) -> None:
    hand = ByHand(w)
    hand.remove(external(1))
    hand.recorders("R1")
    number = made(w)
    w.ask(Apply("ann", number))
    w.pass_time(30.0)
    found = w.look(lambda books: books.batches.steps(number))
    assert {state for _step, state, _answer in found} <= {StepState.FAILED, StepState.OPEN}
    hand.recorders()
    w.ask(messages.TryAgain("ann"))
    if found[0][1] is StepState.FAILED:
        w.ask(RetrySteps("ann", number))
    w.ask(messages.Refresh("ann", "R1", day(2).isoformat()))
    assert ended(w, number, 7_300.0).state is BatchState.DONE
    w.settle()
    w.assert_equal()


def test_a_step_at_its_cap_has_failed_and_holds_the_plan_up_no_longer(w: World) -> None:
    """A request that never gets a clear answer goes out twelve times an hour at most (reliability H1)."""
    hand = ByHand(w)
    hand.remove(external(1))
    hand.remove(external(6))
    number = made(w)
    w.faults(FaultKind.ERROR_500, first=1_000_000, methods=("POST",), needle=external(1))
    w.ask(Apply("ann", number))
    assert ended(w, number, 7_200.0, every_s=1.0).state is BatchState.DONE
    assert steps(w, number) == {StepState.DONE: 1, StepState.FAILED: 1}
    failed = w.look(lambda books: books.batches.steps(number, StepState.FAILED))
    assert "without a clear answer" in failed[0][2]
    w.faults()
    w.ask(RetrySteps("ann", number))
    assert ended(w, number, 7_200.0, every_s=1.0).state is BatchState.DONE
    w.settle(7_200.0)
    w.assert_equal()


def test_a_room_that_cannot_be_planned_keeps_no_plan_from_the_others(
    w: World, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("echodesk.worker.defects", "^Comparing room R1 with Echo360")
    w.sql(
        "INSERT INTO STT_ECHO_DECISION (ID, KIND, SETID, SLOTIDS, FINGERPRINT, BY)"
        " VALUES (1, 'do_not_record', :year, 'not json', '[]', 'ann')",
        year=SETID,
    )
    w.sql("INSERT INTO STT_ECHO_DECISION_LESSON (SETID, SLOTID, DECISION_ID) VALUES (:year, 1, 1)", year=SETID)
    hand = ByHand(w)
    hand.remove(external(1))
    hand.remove(external(6))
    number = made(w, first=day(2).isoformat(), last=day(2).isoformat())
    assert w.look(lambda books: books.batches.summary(number)).unplanned == 1
    assert steps(w, number) == {StepState.OPEN: 1}
    assert applied(w, number).state is BatchState.DONE
    assert external(6) in w.schedules()


def test_what_is_set_aside_fails_its_steps_and_the_plan_comes_to_its_end(
    w: World, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("echodesk.worker.defects", "^Planning ")
    ByHand(w).remove(external(1))
    ByHand(w).remove(external(6))
    number = made(w)
    w.sql(
        "INSERT INTO STT_ECHO_DECISION (ID, KIND, SETID, SLOTIDS, FINGERPRINT, BY)"
        " VALUES (1, 'do_not_record', :year, 'not json', '[]', 'ann')",
        year=SETID,
    )
    w.sql("UPDATE STT_ECHO_BATCH SET STATE = 'RUNNING', BEGUN = CREATED WHERE ID = :id", id=number)
    w.sql("DELETE FROM STT_ECHO_MIRROR WHERE EXTERNAL_ID IN (:a, :b)", a=external(1), b=external(6))
    w.sql("INSERT INTO STT_ECHO_DECISION_LESSON (SETID, SLOTID, DECISION_ID) VALUES (:year, 1, 1)", year=SETID)
    w.ask(messages.TryAgain("ann"))
    assert ended(w, number).state is BatchState.DONE
    assert steps(w, number) == {StepState.DONE: 1, StepState.FAILED: 1}
    ((_step, _state, answer),) = w.look(lambda books: books.batches.steps(number, StepState.FAILED))
    assert "stopped EchoDesk 3 times" in answer
