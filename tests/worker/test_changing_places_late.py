"""Lessons that change places shortly before they begin: no recording is removed that might not be made again."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.worker.values import external, place_of
from tests.worker.world import World

Worlds = Callable[..., World]
NINE_S = 3_600.0
"""Tests begin at eight."""


def about_to_change(w: World, seconds_before_nine: float) -> None:
    """Two lessons at nine have been booked in two rooms; it is so long before nine, and they change rooms."""
    w.settle(1_500.0)
    w.lesson(1, weeks=(1,), room="R1")
    w.lesson(2, weeks=(1,), room="R2", lecturer="P2")
    w.settle(1_500.0)
    w.stop()
    w.loop.forward(NINE_S - seconds_before_nine - 3.0 - w.loop.now)
    w.start()
    w.pass_time(3.0)
    w.calls()
    with w.edit() as cmis:
        cmis.alter(1, room="R2")
        cmis.alter(2, room="R1")


def rooms(w: World) -> dict[str, str]:
    return {name: place_of(one)[0] for name, one in w.schedules().items()}


@pytest.mark.parametrize("seconds_before", [330.0, 120.0], ids=["before the lead time", "after it"])
def test_within_the_lead_time_and_l_both_stay_as_they_stand_and_it_is_said(
    world: Worlds, seconds_before: float
) -> None:
    w = world(late_s="60")
    about_to_change(w, seconds_before)
    w.settle()
    assert w.calls() == {}
    assert rooms(w) == {external(1, 1): "R1", external(2, 1): "R2"}
    assert [w.notifications(slot)[-1] for slot in (1, 2)] == ["TOO_LATE"] * 2
    assert "too late to change places" in w.message(1)
    w.assert_equal()


def test_what_waits_for_its_turn_is_not_removed_once_it_might_not_be_made_again(world: Worlds) -> None:
    """Planned in time; when it was its turn, the time to make it again was short."""
    w = world(late_s="60", calls_per_minute=30)
    about_to_change(w, 360.4)
    w.settle(900.0)
    assert rooms(w) == {external(1, 1): "R1", external(2, 1): "R2"}
    w.assert_equal()


def about_to_be_pushed_out(w: World, seconds_before_nine: float) -> None:
    """A lesson at nine has been booked; it is so long before nine, and another one is to be recorded instead."""
    w.settle(1_500.0)
    w.lesson(1, weeks=(1,))
    w.settle(1_500.0)
    w.stop()
    w.loop.forward(NINE_S - seconds_before_nine - 3.0 - w.loop.now)
    w.start()
    w.pass_time(3.0)
    w.calls()
    w.lesson(2, weeks=(1,), lecturer="P2")


def answers(w: World, slot: int) -> list[tuple[str, str, str | None]]:
    """(status, recorded, winner) of a lesson's updates."""
    rows = w.sql("SELECT SLOTID, STATUS, RECORDED, WINNER FROM STT_ECHO_NOTIFICATION ORDER BY ID")
    return [(row[1], row[2], row[3]) for row in rows if row[0] == slot]


@pytest.mark.parametrize("seconds_before", [355.0, 330.0, 120.0])
def test_within_the_lead_time_and_l_who_stands_is_not_removed_for_another(
    world: Worlds, seconds_before: float
) -> None:
    w = world(late_s="60", strategy="last_wins")
    about_to_be_pushed_out(w, seconds_before)
    w.settle()
    assert w.calls() == {}
    assert set(w.schedules()) == {external(1, 1)}
    assert answers(w, 1) == [("SUCCESS", "YES", None)]
    assert answers(w, 2) == [("TOO_LATE", "NO", None)]
    w.assert_equal()


def test_before_that_it_makes_way(world: Worlds) -> None:
    w = world(late_s="60", strategy="last_wins")
    about_to_be_pushed_out(w, 370.0)
    w.settle()
    assert w.calls() == {"DELETE": 1, "POST": 1}
    assert set(w.schedules()) == {external(2, 1)}
    assert answers(w, 1) == [("SUCCESS", "NO", external(2, 1))]


def test_who_stands_is_not_removed_once_the_other_might_not_be_booked(world: Worlds) -> None:
    """Planned in time; when it was its turn, the time for the other one was short."""
    w = world(late_s="60", strategy="last_wins", calls_per_minute=30)
    about_to_be_pushed_out(w, 360.4)
    w.until(lambda: bool(w.sql("SELECT 1 FROM STT_ECHO_INTENT WHERE METHOD = 'POST'")))
    w.settle(900.0)
    assert w.calls() == {"GET": 1}
    assert set(w.schedules()) == {external(1, 1)}
    assert answers(w, 1) == [("SUCCESS", "YES", None)]
    assert w.message(1) == "", "it was recorded all the time"
    assert answers(w, 2) == [("TOO_LATE", "NO", None)]
    assert "too soon to change places" in w.message(2)
    w.assert_equal()
