"""The oracle on whole worlds: content with nothing wrong, and each kind of wrong that it must see."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from echodesk.planning.values import Reason
from tests.simulation.oracle import differences, expected
from tests.worker.by_hand import ByHand
from tests.worker.campus import day
from tests.worker.conftest import university, world
from tests.worker.values import external
from tests.worker.world import World

__all__ = ["university", "world"]

Worlds = Callable[..., World]


def busy(world: Worlds, **settings: str) -> World:
    """One clash, one lecture of two modules, one lesson that meets an open day, one without a known lecturer."""
    w = world(**settings)
    w.settle()
    ByHand(w).book("R3", day(2), "09:30-11:00")
    with w.edit() as cmis:
        cmis.add(1, at="09:00-10:00", lecturer="P1")
        cmis.add(3, room="R2", at="09:00-10:00", lecturer="P1")
        cmis.add(4, room="R2", at="09:00-10:00", lecturer="P1")
        cmis.add(5, room="R3", at="09:00-10:00", lecturer="P2")
        cmis.add(6, room="R2", at="11:00-12:00", lecturer="P9", weeks=(2, 3))
        cmis.add(7, room="R2", at="12:00-11:00")
    w.settle()
    w.lesson(2, at="09:30-10:30", lecturer="P2")
    w.settle()
    return w


@pytest.mark.parametrize("seniority", ["queue", "table"])
def test_a_busy_day_is_as_it_should_be(world: Worlds, seniority: str) -> None:
    w = busy(world)
    said = expected(w, seniority)
    assert differences(said, w) == ()
    assert said.wanted.keys() == {external(1), external(3), external(6), external(6, 3)}
    assert said.wanted[external(3)].members == (external(3), external(4))
    assert {one: why for one, (why, _) in said.left_out.items()} == {
        external(2): Reason.CLASH,
        external(5): Reason.FOREIGN,
        external(7): Reason.UNREADABLE,
    }
    assert w.left_out() == {one: (why.value, winner) for one, (why, winner) in said.left_out.items()}


@pytest.mark.parametrize(
    ("strategy", "kept"),
    [("first_wins", {1}), ("last_wins", {2}), ("ignore", set()), ("most_recorded", {1})],
)
def test_every_strategy(world: Worlds, strategy: str, kept: set[int]) -> None:
    w = busy(world, strategy=strategy)
    assert expected(w).wanted.keys() & {external(1), external(2)} == {external(one) for one in kept}
    assert differences(expected(w), w) == ()


def test_each_kind_of_wrong_is_seen(world: Worlds) -> None:
    w = busy(world)
    w.kill()
    hands = ByHand(w)
    hands.rename(external(1), "Something else")
    hands.move(external(3), 15 * 60)
    hands.remove(external(6))
    hands.book("R4", day(2), "09:00-10:00", external_id=external(8))
    found = differences(expected(w), w)
    assert [text.split()[0] for text in found] == [external(1), external(3), external(6), external(8)]
    assert "should be" in found[0]
    assert "should be" in found[1]
    assert "is missing" in found[2]
    assert "stands and should not" in found[3]


def test_a_paused_room_day_and_what_moves_out_of_it_are_not_compared(world: Worlds) -> None:
    w = busy(world)
    w.pause(room="R1")
    w.change(1, room="R4")
    w.pass_time(5.0)
    said = expected(w)
    assert said.waiting >= {("R1", day(2)), ("R4", day(2))}
    assert differences(said, w) == ()
    w.resume()
    w.settle()
    assert expected(w).waiting == frozenset()
    assert differences(expected(w), w) == ()


def test_inside_the_lead_time_what_stands_stays_and_only_its_words_are_open(world: Worlds) -> None:
    w = world(lead="120")
    w.settle()
    w.lesson(1, weeks=(1,), at="11:00-12:00")
    w.settle()
    w.kill()
    w.loop.forward(2 * 3_600.0)
    w.restart()
    w.settle()
    w.change(1, lecturer="P2")
    w.settle()
    (must,) = expected(w).wanted.values()
    assert must.held
    assert differences(expected(w), w) == ()
    ByHand(w).remove(external(1, 1))
    assert expected(w).left_out == {external(1, 1): (Reason.TOO_LATE, None)}
