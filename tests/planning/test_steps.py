"""Many plans shown as one: numbers, order, and how many captures are made, moved, removed (design §4.12)."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from echodesk.planning.ground import Deadline
from echodesk.planning.guards import removals
from echodesk.planning.plan import make_plan
from echodesk.planning.slices import plan_in_slices
from echodesk.planning.steps import FIELDS, PlanScope, counts, differences, kinds, steps_of
from echodesk.planning.undoing import undo
from echodesk.planning.values import Method, RoomDay, Situation, Why
from tests.planning.builders import BEFORE_TERM, MONDAY, content, day, lesson, plan_of, standing
from tests.planning.situations import situations


@given(situations())
def test_a_year_in_pieces_has_the_steps_of_the_whole(situation: Situation) -> None:
    plans = list(plan_in_slices(situation, lessons=1))
    steps = steps_of(plans)
    assert [step.number for step in steps] == list(range(1, len(steps) + 1))
    asked = {(one.method, one.external_id, one.booking, one.standing) for one in make_plan(situation).requests}
    assert {(one.method, one.external_id, one.after, one.before) for one in steps} == asked


@given(situations())
def test_a_step_needs_earlier_steps_of_its_own_piece(situation: Situation) -> None:
    steps = steps_of(plan_in_slices(situation, lessons=1))
    piece_of = {step.number: step.piece for step in steps}
    for step in steps:
        for number in step.needs:
            assert number < step.number
            assert piece_of[number] == step.piece
    firsts: dict[int, tuple[dt.date, int]] = {}
    for step in steps:
        start = (step.after or step.before).time.start  # type: ignore[union-attr]  # every step has one of them
        firsts[step.piece] = min(firsts.get(step.piece, (step.place.date, start)), (step.place.date, start))
    assert list(firsts.values()) == sorted(firsts.values())


@given(situations(), st.booleans())
def test_every_capture_is_counted_once(situation: Situation, sliced: bool) -> None:
    whole = make_plan(situation)
    plans = list(plan_in_slices(situation, lessons=1)) if sliced else [whole]
    found = counts(plans)
    assert found["removed"] == len(removals(whole))
    assert sum(found.values()) - found["removed"] == sum(
        request.method is not Method.DELETE for request in whole.requests
    )


@given(situations())
def test_steps_are_counted_as_their_plan_is(situation: Situation) -> None:
    plan = make_plan(situation)
    steps = steps_of([plan])
    found = Counter(kinds(steps).values())
    assert sum(found.values()) == len(steps)
    # A second schedule of a lesson that stays as it is: the plan knows that, a step alone does not.
    surplus = {step.external_id for step in steps if step.after is None} & plan.kept
    expected = counts([plan])
    expected["removed"] += len(surplus)
    assert {name: found[name] for name in expected} == expected


def test_taking_back_makes_again_what_was_removed_and_changes_what_was_changed() -> None:
    removed = steps_of([plan_of([], [standing(1, "9-10"), standing(2, "10-11")])])
    changed = steps_of([plan_of([lesson(3, "11-12")], [standing(3, "11-12", said=content("old"))])])
    deadline = Deadline.at(BEFORE_TERM)
    back = undo([*removed, *changed], [standing(3, "11-12")], deadline, deadline, lambda _external_id: None)
    assert not back.kept
    found = counts(back.plans)
    assert (found["made"], found["changed"], sum(found.values())) == (2, 1, 3)


def test_a_step_names_every_field_that_it_changes_and_no_other() -> None:
    said = content("1", "bob@example.ac.uk", ())
    plan = plan_of([lesson(1, "9-10", day("LT2", 1))], [standing(1, "8-9", said=said, echo_id="e1")])
    (step,) = steps_of([plan])
    assert {name: (now, then) for name, now, then in differences(step)} == {
        "presenter": ("bob@example.ac.uk", ""),
        "inputs": ("", "display, video"),
        "room": ("LT1", "LT2"),
        "date": (MONDAY.isoformat(), (MONDAY + dt.timedelta(days=1)).isoformat()),
        "time": ("08:00-09:00", "09:00-10:00"),
    }


def test_a_hand_over_names_the_lesson_that_carries_the_recording_now() -> None:
    twin = replace(lesson(1, "9-10"), lecturer="lecturer of 2")
    plan = plan_of([twin, lesson(2, "9-10")], [standing(2, "9-10")])
    (step,) = steps_of([plan])
    assert step.why is Why.HAND_OVER
    assert differences(step) == (
        ("title", "Lecture 2", "Lecture 1"),
        ("sections", "SEC-2", "SEC-1, SEC-2"),
        ("external_id", "2-1-2026-27", "1-1-2026-27"),
    )


def test_what_is_made_or_removed_changes_no_field() -> None:
    steps = steps_of([plan_of([lesson(1, "9-10")], [standing(2, "12-13")])])
    assert {step.method for step in steps} == {Method.POST, Method.DELETE}
    assert [differences(step) for step in steps] == [(), ()]


@given(situations())
def test_a_change_says_what_it_changes(situation: Situation) -> None:
    for step in steps_of([make_plan(situation)]):
        names = [name for name, _now, _then in differences(step)]
        assert names == [name for name in FIELDS if name in names]
        assert names or step.method is not Method.PUT


def test_a_scope_names_rooms_and_dates() -> None:
    day = RoomDay("LT1", MONDAY)
    assert PlanScope().holds(day, None)
    assert PlanScope(rooms=("LT1",)).holds(day, {"LT1"})
    assert not PlanScope(rooms=("LT2",)).holds(day, {"LT2"})
    assert PlanScope(first=MONDAY.isoformat(), last=MONDAY.isoformat()).holds(day, None)
    assert not PlanScope(last="2000-01-01").holds(day, None)
    assert not PlanScope(first="2099-01-01").holds(day, None)
