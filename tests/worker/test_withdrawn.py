"""A recording request is withdrawn: the trigger on requests names the lesson alone, not where it stands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from echodesk import messages
from tests.simulation.oracle import differences, expected
from tests.worker.world import World

Worlds = Callable[..., World]
WITHIN_S = 70.0
"""What C1 allows; the sweep would come later."""


def older(world: Worlds, *lessons: dict[str, Any], **settings: str) -> World:
    """A year older than EchoDesk: no trigger has seen its lessons, and no update tells of them."""
    w = world(**settings)
    w.settle()
    w.kill()
    with w.edit() as cmis:
        for one in lessons:
            cmis.add(**one)
    w.sql("DELETE FROM STT_ECHO_QUEUE")
    w.restart()
    w.settle()
    w.ask(messages.Refresh("ann", "R1"))
    w.settle()
    return w


def test_a_member_of_a_lecture_taught_together_leaves_it(world: Worlds) -> None:
    w = older(world, {"slot": 1}, {"slot": 2})
    with w.edit() as cmis:
        cmis.withdraw(2)
    w.settle()
    w.pass_time(WITHIN_S)
    assert differences(expected(w), w) == ()


@pytest.mark.parametrize("cancelled", [False, True])
def test_who_was_left_out_gives_the_room_to_the_other(world: Worlds, cancelled: bool) -> None:
    w = older(world, {"slot": 1}, {"slot": 2, "at": "09:30-10:30", "lecturer": "P2"}, strategy="ignore")
    assert w.schedules() == {}
    with w.edit() as cmis:
        cmis.withdraw(2)
        if cancelled:
            cmis.delete("timetable", slotid=2)
    w.settle()
    w.pass_time(WITHIN_S)
    assert differences(expected(w), w) == ()
    assert len(w.schedules()) == 1
