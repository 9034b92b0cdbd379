"""Plans of the whole year: shown, applied exactly as shown, stopped, cancelled, and taken back."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from echodesk import messages
from echodesk.batches import Apply, CancelPlan, Compare, ContinuePlan, RetrySteps, StopPlan, Undo
from echodesk.errors import NothingDone, WrongUse
from echodesk.planning.batches import BatchRecord, BatchState, StepState
from echodesk.simulator.faults import FaultKind
from echodesk.simulator.switches import Switches, changed
from tests.worker.by_hand import ByHand
from tests.worker.campus import day
from tests.worker.guarded import BOOKINGS, HOURS, LESSONS, WEEKS, fill
from tests.worker.values import external
from tests.worker.world import Died, World

Worlds = Callable[..., World]
WEEK = 7 * 24 * 3_600.0


@pytest.fixture
def w(world: Worlds) -> World:
    """Two hundred bookings ahead; everything stands."""
    made = world()
    fill(made)
    return made


def spoil(w: World, slots: range = range(1, 4)) -> None:
    """By hand: lessons of week 2 removed, and one renamed."""
    hand = ByHand(w)
    for slot in slots:
        hand.remove(external(slot))
    hand.rename(external(slots.stop), "Staff meeting")


def plan(w: World, number: int) -> BatchRecord:
    found = w.look(lambda books: books.batches.get(number))
    assert found is not None
    return found


def steps(w: World, number: int) -> dict[StepState, int]:
    return dict(w.look(lambda books: books.batches.progress(number)).by_state)


def made(w: World, **scope: object) -> int:
    """A plan that is ready to be looked at."""
    number = w.ask(Compare("ann", **scope)).number  # type: ignore[arg-type]  # a scope
    w.until(lambda: plan(w, number).state is not BatchState.COMPARING, 120.0)
    return number


def ended(w: World, number: int, within_s: float = 300.0) -> BatchRecord:
    """It has come to its end, or stands still."""
    w.until(lambda: plan(w, number).state not in (BatchState.CHECKING, BatchState.RUNNING), within_s)
    return plan(w, number)


def applied(w: World, number: int, **more: object) -> BatchRecord:
    w.ask(Apply("ann", number, **more))  # type: ignore[arg-type]  # its other fields
    return ended(w, number)


def test_a_preview_sends_nothing_and_stays_a_preview(w: World) -> None:
    spoil(w)
    number = made(w)
    assert plan(w, number).state is BatchState.READY
    assert steps(w, number) == {StepState.OPEN: 4}
    w.pass_time(1_300.0)
    assert {"POST", "PUT", "DELETE"}.isdisjoint(w.calls())


def test_apply_sends_exactly_what_was_shown(w: World) -> None:
    spoil(w)
    number = made(w)
    w.calls()
    assert applied(w, number).state is BatchState.DONE
    assert steps(w, number) == {StepState.DONE: 4}
    calls = w.calls()
    assert (calls.pop("POST"), calls.pop("PUT")) == (3, 1)
    assert set(calls) == {"GET"}
    w.assert_equal()


def test_nothing_to_do_is_done_at_once(w: World) -> None:
    number = made(w)
    assert plan(w, number).state is BatchState.DONE
    assert plan(w, number).said == "Everything stands as it should."
    with pytest.raises(NothingDone):
        w.ask(Apply("ann", number))


def test_what_changed_since_the_preview_is_refused_with_the_new_plan(w: World) -> None:
    spoil(w)
    number = made(w)
    ByHand(w).remove(external(20))
    found = applied(w, number)
    assert found.state is BatchState.STALE
    assert "0 step(s) are needed no more and 1 came" in found.said
    assert {"POST", "PUT", "DELETE"}.isdisjoint(w.calls())
    newer = w.look(lambda books: books.batches.newest(1))[0]
    assert (newer.replaces, newer.state) == (number, BatchState.READY)
    assert applied(w, newer.id).state is BatchState.DONE
    w.assert_equal()


def test_an_edit_of_something_else_does_not_make_it_stale(w: World) -> None:
    spoil(w)
    number = made(w)
    w.change(30, at="15:00-16:00")
    w.settle()
    assert applied(w, number).state is BatchState.DONE
    w.assert_equal()


def test_what_is_left_out_stays_as_it_is_until_its_pause_is_lifted(w: World) -> None:
    spoil(w)
    number = made(w)
    shown = w.look(lambda books: books.batches.steps(number))
    out = next(step for step, _state, _answer in shown if step.external_id == external(1))
    together = [step for step, _state, _answer in shown if step.piece == out.piece]
    assert len(together) < len(shown) or len({step.piece for step, _s, _a in shown}) == 1
    if len(together) == len(shown):
        with pytest.raises(WrongUse):
            w.ask(Apply("ann", number, (out.number,)))
        return
    assert applied(w, number, without=(out.number,)).state is BatchState.DONE
    w.pass_time(1_300.0)
    assert external(1) not in w.schedules()
    w.resume()
    w.settle()
    w.assert_equal()


def test_only_what_the_scope_names(w: World) -> None:
    hand = ByHand(w)
    hand.remove(external(1))
    hand.remove(external(6))
    number = made(w, rooms=("R1",))
    assert steps(w, number) == {StepState.OPEN: 1}
    assert applied(w, number).state is BatchState.DONE
    assert external(1) in w.schedules()
    assert external(6) not in w.schedules()


@pytest.mark.parametrize(
    "wrong",
    [
        {"rooms": ("R1",), "building": "B1"},
        {"rooms": ("R99",)},
        {"building": "Nowhere"},
        {"first": "2030-13-01"},
        {"first": "2031-01-02", "last": "2031-01-01"},
        {"last": "2001-01-01"},
    ],
)
def test_what_cannot_be_compared_is_said_before_any_call(w: World, wrong: dict[str, object]) -> None:
    with pytest.raises(WrongUse):
        w.ask(Compare("ann", **wrong))  # type: ignore[arg-type]  # wrong on purpose
    w.pass_time(5.0)
    assert w.calls() == {}


def lose_many(w: World, lessons: int = 10) -> None:
    """Lessons are in the timetable no more, and no trigger saw it."""
    triggers = [row[0] for row in w.sql("SELECT name FROM sqlite_master WHERE type = 'trigger'")]
    for name in triggers:
        if name.startswith("STT_"):
            w.sql(f"DROP TRIGGER {name}")
    for slot in range(1, lessons + 1):
        w.cancel(slot)


def test_a_guard_asks_for_words_and_not_for_a_click(w: World) -> None:
    lose_many(w)
    number = made(w)
    assert "50 of 200 bookings of the year would be removed" in plan(w, number).guard
    with pytest.raises(NothingDone, match="confirmed in writing"):
        w.ask(Apply("ann", number))
    with pytest.raises(NothingDone):
        w.ask(Apply("ann", number, confirm="remove 49"))
    assert applied(w, number, confirm="remove 50").state is BatchState.DONE
    assert len(w.schedules()) == BOOKINGS - 50
    w.assert_equal()


def test_stopped_it_stands_still_and_then_goes_on(w: World) -> None:
    spoil(w, range(1, 30))
    number = made(w)
    w.ask(Apply("ann", number))
    w.until(lambda: steps(w, number).get(StepState.DONE, 0) >= 3)
    w.ask(StopPlan("ann", number, "somebody called"))
    w.pass_time(5.0)
    done = steps(w, number)[StepState.DONE]
    assert done < 30
    w.calls()
    w.pass_time(1_300.0)
    assert {"POST", "PUT", "DELETE"}.isdisjoint(w.calls())
    assert "somebody called" in plan(w, number).said
    w.ask(ContinuePlan("ann", number))
    assert ended(w, number).state is BatchState.DONE
    w.assert_equal()


def test_cancelled_what_is_left_stays_until_its_pause_is_lifted(w: World) -> None:
    spoil(w, range(1, 30))
    number = made(w)
    w.ask(Apply("ann", number))
    w.until(lambda: steps(w, number).get(StepState.DONE, 0) >= 3)
    w.ask(CancelPlan("ann", number))
    w.pass_time(1_300.0)
    left = steps(w, number)[StepState.CANCELLED]
    assert left > 0
    assert len(w.schedules()) < BOOKINGS
    w.resume()
    w.settle()
    w.assert_equal()


def test_a_killed_worker_goes_on_where_it_was(w: World) -> None:
    spoil(w, range(1, 30))
    number = made(w)
    w.ask(Apply("ann", number))
    w.until(lambda: steps(w, number).get(StepState.DONE, 0) >= 3)
    w.kill()
    with pytest.raises(Died):
        w.pass_time(1.0)
    w.restart()
    assert ended(w, number).state is BatchState.DONE
    assert steps(w, number) == {StepState.DONE: 30}
    w.assert_equal()


def test_killed_while_it_compares_it_compares_again(w: World) -> None:
    spoil(w)
    number = w.ask(Compare("ann")).number
    w.kill()
    with pytest.raises(Died):
        w.pass_time(1.0)
    w.restart()
    w.until(lambda: plan(w, number).state is BatchState.READY, 120.0)
    assert steps(w, number) == {StepState.OPEN: 4}


def test_an_edit_of_the_same_room_and_day_goes_first_and_overtakes(w: World) -> None:
    spoil(w)
    number = made(w)
    w.ask(Apply("ann", number))
    w.until(lambda: plan(w, number).state is BatchState.RUNNING)
    w.change(1, at="16:00-17:00")
    assert ended(w, number).state is BatchState.DONE
    w.settle()
    assert sum(steps(w, number).values()) == 4
    w.assert_equal()


def test_taken_back_everything_is_as_it_was(w: World) -> None:
    before = w.schedules()
    spoil(w)
    w.sql("UPDATE STT_ECHO_SETTING SET VALUE = VALUE WHERE NAME = 'late_s'")
    spoilt = w.schedules()
    number = made(w)
    assert applied(w, number).state is BatchState.DONE
    assert w.schedules() == before
    back = w.ask(Undo("bob", number)).number
    w.until(lambda: plan(w, back).state is not BatchState.COMPARING)
    assert plan(w, back).state is BatchState.READY
    assert applied(w, back).state is BatchState.DONE
    assert w.schedules() == spoilt
    w.pass_time(1_300.0)
    assert w.schedules() == spoilt
    (pause,) = w.look(lambda books: books.office.pauses())
    assert pause.reason == f"undone plan {number}"
    w.resume()
    w.settle()
    assert w.schedules() == before
    w.assert_equal()


def test_what_has_changed_since_is_not_taken_back(w: World) -> None:
    spoil(w)
    number = made(w)
    applied(w, number)
    w.change(1, at="16:00-17:00")
    w.settle()
    back = w.ask(Undo("bob", number)).number
    w.until(lambda: plan(w, back).state is BatchState.READY)
    refused = w.look(lambda books: books.batches.summary(back)).refused
    assert refused == (f"{external(1)}: It was changed since.",)
    assert steps(w, back) == {StepState.OPEN: 3}


def test_a_plan_is_taken_back_once_and_the_latest_first(w: World) -> None:
    spoil(w)
    first = made(w)
    applied(w, first)
    ByHand(w).remove(external(1))
    second = made(w)
    applied(w, second)
    with pytest.raises(NothingDone, match=f"Plan {second}"):
        w.ask(Undo("bob", first))
    back = w.ask(Undo("bob", second)).number
    w.until(lambda: plan(w, back).state is BatchState.READY)
    applied(w, back)
    again = w.ask(Undo("bob", first)).number
    w.until(lambda: plan(w, again).state is BatchState.READY)
    with pytest.raises(NothingDone, match="undone"):
        w.ask(Undo("bob", second))


def at_night(w: World, **settings: str) -> None:
    """Everything is compared at three; nobody asks for it."""
    for name, value in {"compare_at": "03:00", **settings}.items():
        w.ask(messages.ChangeSetting("ann", name, value))


def newest(w: World) -> BatchRecord | None:
    found = w.look(lambda books: books.batches.newest(1))
    return found[0] if found else None


def until_three(w: World) -> None:
    """The night passes at once; the worker wakes soon after three."""
    w.loop.forward(20 * 3_600.0)
    w.pass_time(120.0)


def test_at_its_time_everything_is_compared_and_repaired(w: World) -> None:
    at_night(w)
    spoil(w)
    until_three(w)
    found = newest(w)
    assert found is not None
    assert (found.state, found.by) == (BatchState.DONE, f"the comparison of {day(1, 2).isoformat()}")
    w.assert_equal()
    w.calls()
    w.pass_time(120.0)
    assert newest(w) == found, "once a day"


def test_what_a_safety_stop_holds_at_night_waits_for_a_yes(w: World) -> None:
    lose_many(w, 20)
    at_night(w)
    until_three(w)
    found = newest(w)
    assert found is not None
    assert (found.state, found.guard != "") == (BatchState.READY, True)


@pytest.mark.parametrize("settings", [{"compare_days": "7"}, {"compare_at": "off"}, {"compare_at": "23:59"}])
def test_on_other_days_and_before_its_time_nothing_is_compared(w: World, settings: dict[str, str]) -> None:
    at_night(w, **settings)
    until_three(w)
    assert newest(w) is None


def test_it_can_be_left_to_staff(w: World) -> None:
    at_night(w, compare_sends="off")
    spoil(w)
    until_three(w)
    found = newest(w)
    assert found is not None
    assert found.state is BatchState.READY


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
    w.ask(Apply("ann", number))
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


def spoil_everything(w: World) -> int:
    """Two hundred names are wrong, and a plan repairs them."""
    hand = ByHand(w)
    for slot in LESSONS:
        for week in WEEKS:
            hand.rename(external(slot, week), "Staff meeting")
    return made(w)


def test_the_first_steps_of_a_large_plan_go_alone_and_are_looked_at(w: World) -> None:
    number = spoil_everything(w)
    w.ask(Apply("ann", number))
    w.until(lambda: steps(w, number).get(StepState.DONE, 0) >= 20)
    w.calls()
    w.until(lambda: steps(w, number).get(StepState.DONE, 0) > 20)
    assert w.calls()["GET"] >= 1
    assert plan(w, number).tried
    assert ended(w, number).state is BatchState.DONE


def test_when_echo360_does_not_hold_the_first_steps_a_plan_stands_still(w: World) -> None:
    number = spoil_everything(w)
    w.ask(Apply("ann", number))
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


def test_a_plan_in_which_much_fails_stands_still_and_tells_echo360s_words(world: Worlds) -> None:
    w = world(switches=changed(Switches(), {"max_text_length": 100}))
    fill(w)
    w.sql("UPDATE MODULE SET NAME = :name", name="x" * 300)
    number = made(w)
    w.ask(Apply("ann", number))
    found = ended(w, number)
    assert found.state is BatchState.STOPPED
    assert "steps failed. Look at them before it goes on." in found.said
    failed = w.look(lambda books: books.batches.steps(number, StepState.FAILED))
    assert 6 <= len(failed) < 60
    assert all("error.maxLength" in answer for _step, _state, answer in failed)
