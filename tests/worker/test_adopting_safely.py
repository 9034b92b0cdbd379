"""What others booked is theirs: adopting takes no series, and where it fails everything stays as it was."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from echodesk.batches import Apply, Undo
from echodesk.planning.batches import BatchState, StepState
from echodesk.simulator.switches import Switches
from tests.worker.by_hand import ByHand
from tests.worker.campus import day
from tests.worker.planned import applied, made, plan, steps
from tests.worker.test_plans_adopting import booked_by_others, held
from tests.worker.values import external
from tests.worker.world import World

Worlds = Callable[..., World]


@pytest.mark.parametrize("last", [6, 3], ids=["five dates", "two dates"])
def test_a_series_is_not_adopted(world: Worlds, last: int) -> None:
    """One change would make one date of it, and the others would be gone."""
    w = world()
    ByHand(w).book("R1", day(2), "09:00-10:00", endDate=day(last).isoformat(), daysOfWeek=["MO"])
    w.lesson(1, weeks=(2, 3))
    w.settle()
    before = held(w)
    number = made(w, adopt=True)
    assert plan(w, number).state is BatchState.DONE
    assert held(w) == before
    assert {reason for reason, _ in w.left_out().values()} == {"foreign"}


def test_the_last_date_of_a_series_is_still_a_series(world: Worlds) -> None:
    w = world()
    ByHand(w).book(
        "R1",
        day(2),
        "09:00-10:00",
        endDate=day(3).isoformat(),
        daysOfWeek=["MO"],
        exclusionDates=[day(3).isoformat()],
    )
    w.lesson(1, weeks=(2,))
    w.settle()
    before = held(w)
    assert plan(w, made(w, adopt=True)).state is BatchState.DONE
    assert held(w) == before


def test_where_echo360_keeps_external_ids_everything_is_put_back_as_it_was(world: Worlds) -> None:
    w = world(switches=Switches(put_external_id="keeps"))
    ids = booked_by_others(w)
    before = held(w)
    applied(w, made(w, adopt=True))
    assert held(w) == before
    # Nothing is held against the lesson: it is recorded as soon as its owner cancels.
    ByHand(w).cancel(ids[0])
    w.pass_time(4_000.0)
    w.settle()
    assert external(1, 2) in w.schedules()


@pytest.mark.parametrize("change", ["lecturer", "member"])
def test_a_lesson_that_is_changed_while_its_step_is_open_ends_the_step(world: Worlds, change: str) -> None:
    w = world()
    booked_by_others(w)
    number = made(w, adopt=True)
    w.ask(Apply("ann", number))
    w.until(lambda: plan(w, number).state is BatchState.RUNNING, 60.0)
    if change == "lecturer":
        w.change(1, lecturer="P2")
    else:
        w.lesson(2, module="M2", weeks=(2, 3, 4))
    w.until(lambda: plan(w, number).state is BatchState.DONE, 600.0)
    assert StepState.OPEN not in steps(w, number)
    w.settle()
    w.assert_equal()


def test_what_its_owner_cancelled_meanwhile_is_recorded_as_an_ordinary_change(world: Worlds) -> None:
    w = world()
    booked_by_others(w)
    number = made(w, adopt=True)
    w.ask(Apply("ann", number))
    w.until(lambda: plan(w, number).state is BatchState.RUNNING, 60.0)
    for one in [booking.id for booking in w.institution.state.bookings if booking.foreign]:
        ByHand(w).cancel(one)
    w.until(lambda: plan(w, number).state is BatchState.DONE, 600.0)
    w.settle()
    assert set(w.schedules(by_hand=True)) == {external(1, week) for week in (2, 3, 4)}
    w.assert_equal()


def test_a_plan_whose_owner_renamed_something_meanwhile_is_stale(world: Worlds) -> None:
    w = world()
    booked_by_others(w, named=True)
    number = made(w, adopt=True)
    ByHand(w).rename("old-2", "Guest lecture")
    assert applied(w, number).state is BatchState.STALE


def test_undo_gives_back_who_may_see_it_and_who_presents(world: Worlds) -> None:
    w = world()
    directory = w.institution.state.directory
    section = directory.sections.by_external("M1_LC01")
    user = next(iter(directory.users))
    assert section is not None
    ByHand(w).book(
        "R1",
        day(2),
        "09:00-10:00",
        sections=[{"sectionId": section.id, "availability": {"availability": "Unavailable"}}],
        presenter={"userId": user.id},
    )
    w.lesson(1, weeks=(2,))
    w.settle()
    before = held(w)
    number = made(w, adopt=True)
    assert applied(w, number).state is BatchState.DONE
    assert held(w) != before
    back = w.ask(Undo("ann", number)).number
    w.until(lambda: plan(w, back).state is not BatchState.COMPARING, 120.0)
    applied(w, back)
    assert held(w) == before
