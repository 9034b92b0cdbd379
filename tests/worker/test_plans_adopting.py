"""At go-live everything in Echo360 is somebody else's: it is adopted by a plan, and given back by its undo."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from echodesk.batches import Apply, CancelPlan, Undo
from echodesk.commands.plan_steps import Wanted
from echodesk.commands.plan_texts import plan_text, read_plan
from echodesk.planning.batches import BatchState, StepState
from echodesk.simulator.faults import FaultKind
from echodesk.simulator.switches import Switches
from tests.worker.by_hand import ByHand
from tests.worker.campus import day
from tests.worker.planned import applied, ended, made, plan, steps, undo_of
from tests.worker.values import external
from tests.worker.world import Died, World

Worlds = Callable[..., World]
WEEKS = (2, 3, 4)


def booked_by_others(w: World, *, named: bool = False) -> list[str]:
    """A lesson in three weeks, and the recordings that somebody booked for it by hand."""
    hand = ByHand(w)
    ids = [
        hand.book(
            "R1",
            day(week),
            "09:00-10:00",
            name=f"Computing week {week}",
            external_id=f"old-{week}" if named else "",
            captureQuality="Highest",
        )
        for week in WEEKS
    ]
    w.lesson(1, weeks=WEEKS)
    w.settle()
    return ids


def held(w: World) -> list[dict[str, object]]:
    """Every schedule, field by field; what Echo360 itself stamps on it does not count."""
    own = ("created", "updated", "changed", "version")
    found = [msgspec.to_builtins(one) for one in w.institution.state.bookings]
    return sorted(
        ({key: value for key, value in one.items() if not key.startswith(own)} for one in found),
        key=lambda one: str(one["id"]),
    )


@pytest.mark.parametrize("named", [False, True], ids=["without external id", "with one of theirs"])
def test_what_matches_is_adopted_and_undo_gives_it_back_field_by_field(world: Worlds, *, named: bool) -> None:
    w = world()
    ids = booked_by_others(w, named=named)
    before = held(w)
    assert {reason for reason, _ in w.left_out().values()} == {"foreign"}
    number = made(w, adopt=True)
    summary = w.look(lambda books: books.batches.summary(number))
    assert (summary.counts["adopted"], summary.counts["made"], summary.counts["removed"]) == (3, 0, 0)
    w.calls()
    assert applied(w, number).state is BatchState.DONE
    assert w.calls()["PUT"] == 3
    assert steps(w, number) == {StepState.DONE: 3}
    stands = w.schedules(by_hand=True)
    assert set(stands) == {external(1, week) for week in WEEKS}
    assert sorted(one.id for one in w.institution.state.bookings) == sorted(ids)
    assert w.left_out() == {}
    w.assert_equal()

    back = w.ask(Undo("ann", number)).number
    w.until(lambda: plan(w, back).state is not BatchState.COMPARING, 120.0)
    assert applied(w, back).state is BatchState.DONE
    assert steps(w, back) == {StepState.DONE: 3}
    assert held(w) == before


@pytest.mark.parametrize(
    ("more", "told"), [(0, []), (2, ["2 schedules were booked by others and stay as they are."])]
)
def test_the_command_line_tells_what_stays_with_others_without_what_is_adopted(
    world: Worlds, more: int, told: list[str]
) -> None:
    w = world()
    booked_by_others(w)
    for week in WEEKS[:more]:
        ByHand(w).book("R2", day(week), "15:00-16:00", name="Staff meeting")
    number = made(w, adopt=True)
    today = w.clock.campus_now().date().isoformat()
    found = w.look(lambda books: read_plan(books, number, 120, today, "ann"))
    assert found is not None
    lines = plan_text(found, 120, Wanted()).splitlines()
    assert "  to adopt  3" in lines
    assert [line for line in lines if "booked by others" in line] == told


def test_an_ordinary_comparison_leaves_them_alone(world: Worlds) -> None:
    w = world()
    booked_by_others(w)
    before = held(w)
    number = made(w)
    assert plan(w, number).state is BatchState.DONE
    w.pass_time(1_300.0)
    assert held(w) == before


def test_where_echo360_keeps_external_ids_the_steps_fail_and_nothing_is_removed(world: Worlds) -> None:
    w = world(switches=Switches(put_external_id="keeps"))
    ids = booked_by_others(w)
    number = made(w, adopt=True)
    applied(w, number)
    assert steps(w, number) == {StepState.FAILED: 3}
    answers = {answer for _step, _state, answer in w.look(lambda books: books.batches.steps(number))}
    assert all("keeps the external id" in answer for answer in answers)
    assert sorted(one.id for one in w.institution.state.bookings) == sorted(ids)
    w.settle()


def test_an_ordinary_change_in_the_same_room_and_day_does_not_end_the_step(world: Worlds) -> None:
    w = world()
    booked_by_others(w)
    number = made(w, adopt=True)
    w.lesson(2, at="14:00-15:00", lecturer="P2", weeks=WEEKS)
    w.settle()
    assert steps(w, number) == {StepState.OPEN: 3}


def test_killed_in_the_middle_it_goes_on(world: Worlds) -> None:
    w = world()
    ids = booked_by_others(w)
    number = made(w, adopt=True)
    w.ask(Apply("ann", number))
    w.until(lambda: w.calls().get("PUT", 0) > 0, 60.0)
    w.kill()
    with pytest.raises(Died):
        w.pass_time(1.0)
    w.restart()
    assert ended(w, number).state is BatchState.DONE
    w.settle()
    assert sorted(one.id for one in w.institution.state.bookings) == sorted(ids)
    assert set(w.schedules(by_hand=True)) == {external(1, week) for week in WEEKS}
    w.assert_equal()


@pytest.mark.parametrize("applied_all_the_same", [False, True])
def test_a_cancelled_adoption_is_taken_back_though_answers_were_lost(
    world: Worlds, *, applied_all_the_same: bool
) -> None:
    """Nobody else adopts: no ordinary change would ever end these steps."""
    w = world(publishing=False)
    booked_by_others(w)
    before = held(w)
    number = made(w, adopt=True)
    lost = FaultKind.TIMEOUT_APPLIED if applied_all_the_same else FaultKind.TIMEOUT_NOT_APPLIED
    w.faults(lost, first=2, methods=("PUT",))
    w.ask(Apply("ann", number))
    w.until(lambda: any(one.method == "PUT" for one in w.wire.seen))
    w.ask(CancelPlan("ann", number))
    w.until(lambda: StepState.OPEN not in steps(w, number), 300.0)
    adopted = w.schedules(by_hand=True).keys() & {external(1, week) for week in WEEKS}
    assert len(adopted) == len(WEEKS) - (not applied_all_the_same)
    assert steps(w, number)[StepState.DONE] == len(adopted)
    assert applied(w, undo_of(w, number)).state is BatchState.DONE
    assert held(w) == before


def test_a_pause_does_not_keep_a_cancelled_adoption_from_being_taken_back(world: Worlds) -> None:
    """What the lost answer was about is planned no more, and so nothing ends its step."""
    w = world(publishing=False)
    booked_by_others(w)
    number = made(w, adopt=True)
    w.faults(FaultKind.TIMEOUT_NOT_APPLIED, first=2, methods=("PUT",))
    w.ask(Apply("ann", number))
    w.until(lambda: any(one.method == "PUT" for one in w.wire.seen))
    w.ask(CancelPlan("ann", number))
    w.pause(room="R1")
    w.pass_time(300.0)
    assert steps(w, number)[StepState.OPEN] == 1
    assert plan(w, undo_of(w, number)).state is BatchState.READY
    assert steps(w, number) == {StepState.DONE: len(WEEKS) - 1, StepState.CANCELLED: 1}
