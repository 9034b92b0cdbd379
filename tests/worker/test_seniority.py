"""Who is first: only room, weekday, times, week set and becoming eligible count (decisions "Who is first")."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from echodesk import messages
from tests.simulation.oracle import differences, expected
from tests.worker.values import external
from tests.worker.world import World

Worlds = Callable[..., World]


def a_year_older_than_echodesk(world: Worlds) -> World:
    """Two lessons that overlap; the first has been there for longer. No trigger has seen them."""
    w = world()
    w.settle()
    w.kill()
    with w.edit() as cmis:
        cmis.add(1, at="09:00-10:00", lecturer="P1", datechanged="202001011200")
        cmis.add(2, at="09:30-10:30", lecturer="P2", datechanged="202101011200")
    w.sql("DELETE FROM STT_ECHO_QUEUE")
    w.restart()
    w.settle()
    w.ask(messages.Refresh("ann", "R1"))
    w.settle()
    assert set(w.schedules()) == {external(1)}
    return w


def test_another_kind_of_recording_costs_a_lesson_no_seniority(world: Worlds) -> None:
    w = a_year_older_than_echodesk(world)
    w.sql("UPDATE ROOMREQUESTS SET FEATUREID = 'AUDIOREC' WHERE SLOTID = 1")
    w.settle()
    assert set(w.schedules()) == {external(1)}
    assert differences(expected(w), w) == ()


def test_a_recording_that_is_asked_for_again_later_comes_last(world: Worlds) -> None:
    w = a_year_older_than_echodesk(world)
    with w.edit() as cmis:
        cmis.withdraw(1)
    w.settle()
    assert set(w.schedules()) == {external(2)}
    with w.edit() as cmis:
        cmis.ask(1)
    w.settle()
    assert set(w.schedules()) == {external(2)}


def test_what_was_recorded_in_weeks_that_have_passed_does_not_count(world: Worlds) -> None:
    w = world()
    w.settle()
    w.lesson(1, weeks=(1, 3), at="09:00-10:00")
    w.settle()
    with w.edit() as cmis:
        cmis.add(2, weeks=(3,), at="09:30-10:30", lecturer="P2")
    w.settle()
    w.kill()
    w.loop.forward(30 * 3_600.0)
    w.restart()
    w.settle()
    with w.edit() as cmis:
        cmis.withdraw(1)
    w.settle()
    with w.edit() as cmis:
        cmis.ask(1)
    w.settle()
    assert set(w.schedules()) == {external(1, 1), external(2, 3)}


@pytest.mark.parametrize("worker", ["is fast", "is slow", "died over it"])
def test_a_lesson_saved_anew_keeps_its_place_however_fast_the_worker_was(world: Worlds, worker: str) -> None:
    w = world()
    w.settle()
    w.lesson(1, at="09:00-10:00")
    w.settle()
    w.lesson(2, at="09:30-10:30", lecturer="P2")
    w.settle()
    w.cancel(1)
    if worker == "is fast":
        w.settle()
    w.lesson(1, at="09:00-10:00")
    if worker == "died over it":
        # Entries that an earlier worker died over are claimed one by one.
        w.kill()
        w.sql("UPDATE STT_ECHO_QUEUE SET ATTEMPTS = 1 WHERE STATUS = 'UNPROCESSED'")
        w.restart()
    w.settle()
    assert set(w.schedules()) == {external(1)}
    assert differences(expected(w), w) == ()
