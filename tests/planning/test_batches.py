"""Batches: which states follow which, when a plan is still the one that was shown, when a batch stops itself."""

from __future__ import annotations

import dataclasses
import datetime as dt
from dataclasses import replace

import pytest

from echodesk.planning.batches import (
    CANARY_STEPS,
    ENDED_BATCHES,
    FAILING_COUNT,
    LARGE,
    OPEN_BATCHES,
    BatchState,
    Pace,
    Progress,
    StepState,
    Summary,
    Timer,
    batch_may_become,
    canary,
    confirmation,
    identity_of_request,
    identity_of_step,
    left_out_with,
    minutes_left,
    must_stop,
    plan_difference,
    scope_in_words,
)
from echodesk.planning.steps import PlanScope, Step
from echodesk.planning.values import (
    Booking,
    Content,
    Interval,
    Method,
    Request,
    RoomDay,
    Standing,
    Why,
)

DAY = dt.date(2030, 9, 9)


def standing(
    echo_id: str = "e1", external_id: str = "1-2-2030", room: str = "R1", hour: int = 9, title: str = "M1 LC01"
) -> Standing:
    content = Content(title, ("M1_LC01",), None, ("display",))
    place, time = RoomDay(room, DAY), Interval(hour * 60, hour * 60 + 60)
    return Standing(echo_id, external_id, True, place, time, content)


def booking(external_id: str = "1-2-2030", room: str = "R1", hour: int = 9, title: str = "M1 LC01") -> Booking:
    content = Content(title, ("M1_LC01",), None, ("display",))
    place, time = RoomDay(room, DAY), Interval(hour * 60, hour * 60 + 60)
    return Booking(external_id, "2030", 1, 2, place, time, content, (external_id,))


def step(number: int, piece: int = 1, before: Standing | None = None, after: Booking | None = None) -> Step:
    method = Method.POST if before is None else Method.DELETE if after is None else Method.PUT
    external_id = after.external_id if after is not None else (before.external_id or "") if before else ""
    return Step(number, piece, method, external_id, before, after, (), Why.NEW)


def test_every_state_is_open_or_ended_or_waits_for_a_yes() -> None:
    assert OPEN_BATCHES | ENDED_BATCHES | {BatchState.READY} == set(BatchState)
    assert not OPEN_BATCHES & ENDED_BATCHES


def test_nothing_follows_an_end_but_a_retry() -> None:
    for old in ENDED_BATCHES:
        allowed = {new for new in BatchState if batch_may_become(old, new)}
        assert allowed == ({BatchState.RUNNING} if old is BatchState.DONE else set())


def test_nothing_runs_that_was_not_checked() -> None:
    before = {old for old in BatchState if batch_may_become(old, BatchState.RUNNING)}
    assert before == {BatchState.CHECKING, BatchState.STOPPED, BatchState.DONE}
    assert {old for old in BatchState if batch_may_become(old, BatchState.CHECKING)} == {BatchState.READY}


def test_the_same_plan_in_another_order_and_with_other_numbers_is_the_same() -> None:
    shown = [step(1, 1, None, booking("a")), step(2, 2, standing("e2", "b"), booking("b", hour=11))]
    now = [step(1, 1, standing("e2", "b"), booking("b", hour=11)), step(2, 2, None, booking("a"))]
    assert not plan_difference(shown, now)


@pytest.mark.parametrize(
    "other",
    [
        step(1, 1, standing("e9"), booking(hour=11)),
        step(1, 1, standing(), booking(hour=12)),
        step(1, 1, standing(), booking(hour=11, title="Another")),
        step(1, 1, standing(), booking(room="R2", hour=11)),
        step(1, 1, standing()),
        step(1, 1, None, booking(hour=11)),
    ],
)
def test_another_schedule_time_content_room_or_method_is_another_step(other: Step) -> None:
    shown = step(1, 1, standing(), booking(hour=11))
    change = plan_difference([shown], [other])
    assert (change.gone, change.new) == ((shown,), (other,))
    assert change


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (replace(standing(), rest='{"a":1,"b":3}'), "b"),
        (replace(standing(), rest='{"a":1,"b":2,"c":true}'), "c"),
        (replace(standing(), rest=""), "a, b"),
        (replace(standing(hour=12), rest='{"b":2,"a":1}'), "time"),
        (replace(standing(title="Another"), rest='{"b":2,"a":1}'), "title"),
        (replace(standing(room="R2"), rest='{"b":2,"a":1,"sections":{"s":{}}}'), "room, availability"),
    ],
)
def test_the_same_request_over_something_else_than_was_shown_is_another_step(other: Standing, said: str) -> None:
    stands = replace(standing(), rest='{"a":1,"b":2}')
    shown, now = step(1, 1, stands, booking(hour=11)), step(1, 1, other, booking(hour=11))
    change = plan_difference([shown], [now])
    assert (change.gone, change.new, change.stands_otherwise) == ((shown,), (now,), ((shown, now),))
    assert f"({said})" in change.in_words
    # While it is sent it is the same step: what it is sent over is looked at when a yes is said, and before it.
    assert identity_of_step(shown) == identity_of_step(now)


def test_in_what_order_the_fields_stand_does_not_count() -> None:
    one, other = (
        replace(standing(), rest=rest) for rest in ('{"a":1,"b":{"c":2,"d":3}}', '{"b":{"d":3,"c":2},"a":1}')
    )
    change = plan_difference([step(1, 1, one)], [step(1, 1, other)])
    assert (bool(change), change.in_words) == (False, "")


def test_a_step_and_the_request_that_it_was_made_from_are_one() -> None:
    for before, after in ((None, booking()), (standing(), booking(hour=11)), (standing(), None)):
        one = step(1, 1, before, after)
        request = Request(7, one.method, one.external_id, after, before, (), Why.MOVED)
        assert identity_of_step(one) == identity_of_request(request)


def test_what_is_planned_together_is_left_out_together() -> None:
    steps = [step(1, 1, None, booking("a")), step(2, 1, None, booking("b")), step(3, 2, None, booking("c"))]
    assert left_out_with(steps, [2]) == {1, 2}
    assert left_out_with(steps, []) == frozenset()
    with pytest.raises(KeyError):
        left_out_with(steps, [9])


def test_only_large_batches_try_the_first_steps_alone() -> None:
    assert canary(LARGE - 1) == 0
    assert canary(LARGE) == CANARY_STEPS < LARGE


@pytest.mark.parametrize(
    ("done", "failed", "stops"),
    [(0, FAILING_COUNT, False), (0, FAILING_COUNT + 1, True), (100, 10, False), (53, 6, True), (1_000, 60, False)],
)
def test_a_batch_in_which_much_fails_stops_itself(done: int, failed: int, stops: bool) -> None:
    reason = must_stop({StepState.DONE: done, StepState.FAILED: failed, StepState.OPEN: 500})
    assert (reason is not None) == stops
    if reason is not None:
        assert reason == f"{failed} of the first {done + failed} steps failed"


def test_what_was_overtaken_makes_no_failure_smaller() -> None:
    states = {StepState.DONE: 14, StepState.FAILED: 6, StepState.OVERTAKEN: 1_000}
    assert must_stop(states) == "6 of the first 20 steps failed"


def test_progress_counts_what_is_to_be_sent() -> None:
    progress = Progress({StepState.OPEN: 3, StepState.DONE: 4, StepState.FAILED: 1, StepState.LEFT_OUT: 9})
    assert (progress.steps, progress.open, progress.ended) == (8, 3, 5)


def test_how_long_it_takes_is_told_by_what_was_done_or_else_by_the_limit() -> None:
    assert minutes_left(0, Pace(5, 60.0), 120) == 0.0
    assert minutes_left(240, Pace(0, 0.0), 120) == 2.0
    assert minutes_left(240, Pace(30, 60.0), 120) == 8.0
    assert minutes_left(240, Pace(0, 0.0), 0) == 0.0


def test_calls_that_went_out_at_once_promise_no_more_than_the_call_limit_allows() -> None:
    assert minutes_left(120, Pace(15, 5.0), 120) == 1.0


def test_while_things_are_to_be_made_the_call_limit_says_how_long_it_takes() -> None:
    assert minutes_left(240, Pace(0, 0.0), 120, to_make=20) == 2.5
    assert minutes_left(240, Pace(30, 60.0), 120, to_make=20) == 2.5
    assert minutes_left(240, Pace(30, 60.0), 0, to_make=20) == 8.0


def test_what_must_be_typed_names_how_much_goes() -> None:
    assert confirmation(Summary(counts={"removed": 412, "made": 3}, calls=415)) == "remove 412"
    assert confirmation(Summary(counts={"removed": 0, "moved": 80}, calls=80)) == "send 80"


def test_a_scope_in_words() -> None:
    assert scope_in_words(PlanScope()) == "everything"
    assert scope_in_words(PlanScope(("R1", "R2"), "", "2030-09-09", "2030-09-15")) == (
        "room R1, R2 from 2030-09-09 to 2030-09-15"
    )
    assert scope_in_words(PlanScope(building="B1")) == "building B1"


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


AT_THREE = Timer(180, frozenset({1, 3}))


@pytest.mark.parametrize(
    ("timer", "now", "due"),
    [
        (AT_THREE, at("2030-09-09 03:00"), True),
        (AT_THREE, at("2030-09-09 02:59"), False),
        (AT_THREE, at("2030-09-09 23:59"), True),
        (AT_THREE, at("2030-09-10 03:00"), False),
        (AT_THREE, at("2030-09-11 03:00"), True),
        (dataclasses.replace(AT_THREE, at=None), at("2030-09-09 03:00"), False),
        (Timer(0), at("2030-09-15 00:00"), True),
    ],
)
def test_the_comparison_of_a_day_is_due_from_its_time_on(timer: Timer, now: dt.datetime, due: bool) -> None:
    asked = timer.due(now)
    assert asked == (f"the comparison of {now.date()}" if due else None)
