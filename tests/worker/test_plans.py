"""Plans of the whole year: shown, applied exactly as shown, stopped, cancelled, and taken back."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from echodesk.batches import Apply, CancelPlan, Compare, ContinuePlan, StopPlan, Undo
from echodesk.errors import NothingDone, WrongUse
from echodesk.messages import Refresh
from echodesk.planning.batches import BatchState, StepState
from echodesk.simulator.faults import FaultKind, FaultSettings
from tests.worker.by_hand import ByHand
from tests.worker.campus import add_room, day
from tests.worker.guarded import BOOKINGS, WEEKS
from tests.worker.planned import applied, begin, ended, later, lose_many, made, plan, spoil, steps
from tests.worker.values import external
from tests.worker.world import Died, World

Worlds = Callable[..., World]


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


def test_a_check_that_cannot_list_echo360_sends_nothing_and_says_so_once(w: World) -> None:
    spoil(w)
    number = made(w)
    w.calls()
    w.faults(FaultKind.TRUNCATED_JSON, first=1_000, methods=("GET",))
    found = applied(w, number)
    assert found.state is BatchState.READY
    assert found.said.startswith("It was not sent. Echo360 could not be listed: ")
    assert found.said.count("could not be listed") == 1
    assert {"POST", "PUT", "DELETE"}.isdisjoint(w.calls())
    w.faults()
    assert applied(w, number).state is BatchState.DONE
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
        {"first": "2040-01-01", "last": "2040-01-02"},
        {"rooms": ("R9",)},
    ],
)
def test_what_cannot_be_compared_is_said_before_any_call(w: World, wrong: dict[str, object]) -> None:
    with w.edit() as cmis:
        add_room(cmis, "R9")
    w.settle()
    w.calls()
    with pytest.raises(WrongUse):
        w.ask(Compare("ann", **wrong))  # type: ignore[arg-type]  # wrong on purpose
    w.pass_time(5.0)
    assert w.calls() == {}


def test_a_guard_asks_for_words_and_not_for_a_click(w: World) -> None:
    lose_many(w)
    number = made(w)
    assert "50 of the 200 bookings ahead would be removed" in plan(w, number).guard
    with pytest.raises(NothingDone, match="confirmed in writing"):
        w.ask(Apply("ann", number))
    with pytest.raises(NothingDone):
        w.ask(Apply("ann", number, confirm="remove 49"))
    assert applied(w, number, confirm="remove 50").state is BatchState.DONE
    assert len(w.schedules()) == BOOKINGS - 50
    w.assert_equal()


def test_late_in_a_year_a_guard_counts_what_is_ahead(w: World) -> None:
    later(w, 24 * (7 * 5 - 1))
    lose_many(w)
    assert plan(w, made(w)).guard == "10 of the 40 bookings ahead would be removed, more than 5 %"


def test_late_in_a_year_what_is_missing_is_held_against_what_is_ahead(w: World) -> None:
    later(w, 24 * (7 * 5 - 1))
    hand = ByHand(w)
    for slot in range(1, 11):
        hand.remove(external(slot, 6))
    assert plan(w, made(w)).guard.startswith("10 of the 40 bookings ahead that EchoDesk made are not in Echo360")


def test_a_guard_counts_all_rooms_whatever_is_compared(w: World) -> None:
    lose_many(w, 2)
    for scope in {}, {"rooms": ("R1",)}:
        number = made(w, **scope)
        assert steps(w, number) == {StepState.OPEN: 10}
        assert plan(w, number).guard == ""


def test_before_the_mirror_is_filled_a_guard_counts_what_was_listed(w: World) -> None:
    lose_many(w, 1)
    w.sql("DELETE FROM STT_ECHO_MIRROR")
    assert plan(w, made(w)).guard == ""


def test_stopped_it_stands_still_and_then_goes_on(w: World) -> None:
    spoil(w, range(1, 30))
    number = made(w)
    begin(w, number)
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
    begin(w, number)
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
    begin(w, number)
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


def test_the_pause_of_an_undo_holds_an_ordinary_change_that_is_half_done(w: World) -> None:
    """Lesson 1 is moved while its schedule is gone: after the slow PUT a POST would follow."""
    hand = ByHand(w)
    hand.rename(external(4), "Staff meeting")
    number = made(w)
    applied(w, number)
    back = w.ask(Undo("bob", number)).number
    w.until(lambda: plan(w, back).state is BatchState.READY)
    for week in WEEKS:
        hand.remove(external(1, week))
    # Longer than the check takes, and less than the client waits.
    w.simulator.use_faults(
        FaultSettings(rates={FaultKind.SLOW: 1.0}, needle=external(1), methods=frozenset({"PUT"}), slow_s=3.9)
    )
    w.change(1, at="16:00-17:00")
    w.until(lambda: any(external(1).encode() in one.body for one in w.wire.seen[-5:] if one.method == "PUT"))
    w.ask(Apply("bob", back))
    w.until(lambda: plan(w, back).state is BatchState.RUNNING)
    assert external(1) not in w.schedules()
    w.faults()
    w.until(lambda: plan(w, back).state is BatchState.DONE, 200.0)
    w.until(lambda: external(1, WEEKS[-1]) in w.schedules(), 200.0)
    assert external(1) not in w.schedules()
    w.resume()
    w.settle()
    w.assert_equal()


def undoing(w: World) -> int:
    """An undo of a plan of four steps that stands still before its first step."""
    spoil(w)
    number = made(w)
    applied(w, number)
    back = w.ask(Undo("bob", number)).number
    w.until(lambda: plan(w, back).state is BatchState.READY)
    w.ask(Apply("bob", back))
    w.until(lambda: plan(w, back).state is BatchState.RUNNING)
    w.ask(StopPlan("bob", back, "one moment"))
    assert steps(w, back) == {StepState.OPEN: 4}
    return back


def test_an_edit_in_a_room_day_that_is_taken_back_waits_and_holds_nothing_up(w: World) -> None:
    back = undoing(w)
    w.change(5, at="16:00-17:00")
    w.pass_time(5.0)
    w.ask(ContinuePlan("bob", back))
    assert ended(w, back).state is BatchState.DONE
    assert w.schedules()[external(5)].time == "09:00-10:00"
    w.resume()
    w.settle()
    w.assert_equal()


def test_what_changes_while_it_is_taken_back_stays_as_it_is_and_is_told(w: World) -> None:
    back = undoing(w)
    ByHand(w).rename(external(1), "Open day")
    w.ask(Refresh("ann", "R1", day(2).isoformat()))
    w.ask(ContinuePlan("bob", back))
    assert ended(w, back).state is BatchState.DONE
    told = {
        step.external_id: answer
        for step, state, answer in w.look(lambda books: books.batches.steps(back, StepState.FAILED))
    }
    assert told == {external(1): "It was changed since the preview, and stays as it is."}
    assert external(1) in w.schedules()


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
