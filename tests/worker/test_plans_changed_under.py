"""Somebody changes in Echo360 what a plan writes over, between its preview and the yes: what was shown as standing
before is what undo gives back, and so the plan is stale."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from echodesk.planning.batches import BatchState
from tests.worker.by_hand import ByHand
from tests.worker.campus import day
from tests.worker.planned import applied, made, no_triggers, plan, spoil, undo_of
from tests.worker.values import external
from tests.worker.world import World


def _held(w: World) -> list[str]:
    """All that Echo360 holds, but for its own ids and through which door it was booked."""
    held = w.institution.state.bookings
    return sorted(repr(msgspec.structs.replace(one, id="", foreign=False)) for one in held)


def _captions(w: World, external_id: str) -> None:
    bookings = w.institution.state.bookings
    there = bookings.by_external(external_id)
    assert there is not None
    bookings.put(msgspec.structs.replace(there, caption=True), w.institution.state.monotonic())


def _renamed(w: World) -> None:
    ByHand(w).rename(external(1), "Memorial for Ann")


def _moved(w: World) -> None:
    ByHand(w).move(external(1), 17 * 60)


@pytest.mark.parametrize(
    ("removed", "changes", "said"),
    [
        (False, _renamed, "(title)"),
        (False, lambda w: _captions(w, external(1)), "(shouldCaption)"),
        (True, _moved, "(time)"),
        (True, lambda w: _captions(w, external(1)), "(shouldCaption)"),
    ],
)
def test_what_was_changed_under_a_step_makes_its_plan_stale_and_is_said(
    w: World, removed: bool, changes: Callable[[World], None], said: str
) -> None:
    if removed:
        no_triggers(w)
        w.cancel(1)
    else:
        ByHand(w).rename(external(1), "Staff meeting")
    number = made(w)
    changes(w)
    before = _held(w)
    found = applied(w, number)
    assert found.state is BatchState.STALE
    assert f"What 1 of them write over was changed in Echo360: {external(1)} {said}." in found.said
    assert _held(w) == before
    newer = w.look(lambda books: books.batches.newest(1))[0].id
    assert applied(w, newer).state is BatchState.DONE
    assert applied(w, undo_of(w, newer)).state is BatchState.DONE
    assert _held(w) == before


def test_what_others_changed_of_their_own_makes_an_adoption_stale(world: Callable[..., World]) -> None:
    w = world()
    theirs = ByHand(w).book("R1", day(2), "09:00-10:00", name="Computing", captureQuality="Highest")
    w.lesson(1, weeks=(2,))
    w.settle()
    number = made(w, adopt=True)
    bookings = w.institution.state.bookings
    there = bookings.get(theirs)
    assert there is not None
    bookings.put(msgspec.structs.replace(there, caption=True), w.institution.state.monotonic())
    found = applied(w, number)
    assert (found.state, "(shouldCaption)" in found.said) == (BatchState.STALE, True)


def test_a_plan_under_which_nothing_was_changed_is_sent(w: World) -> None:
    spoil(w)
    number = made(w)
    # Another lesson's field, and none of this plan.
    _captions(w, external(20))
    assert applied(w, number).state is BatchState.DONE
    assert plan(w, number).said == ""
