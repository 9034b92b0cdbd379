"""Settings as a window sees and changes them, whether its worker sends or another does."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from echodesk.errors import WrongUse
from echodesk.messages import ChangeSetting
from echodesk.settings import SettingsShown, ShowSettings
from tests.worker.test_send_here import follows
from tests.worker.test_takeover import leads, two_workers
from tests.worker.world import World

Worlds = Callable[..., World]


def shown(w: World) -> dict[str, str]:
    """Every setting as the window is told it."""
    reply = w.run(w.engine.command(ShowSettings()))
    assert isinstance(reply, SettingsShown)
    return {one.name: one.value for one in reply.settings}


def test_a_change_is_seen_at_once_where_this_pc_sends(world: Worlds) -> None:
    w = world()
    w.settle()
    assert shown(w)["turnaround"] == "0"
    w.ask(ChangeSetting("ann", "turnaround", "10"))
    assert shown(w)["turnaround"] == "10"
    with pytest.raises(WrongUse, match="cannot be used"):
        w.ask(ChangeSetting("ann", "turnaround", "soon"))
    assert shown(w)["turnaround"] == "10"


def test_who_follows_refuses_at_once_what_cannot_be_and_passes_the_rest_on(world: Worlds) -> None:
    w, first, second = two_workers(world)
    w.until(lambda: leads(first) and follows(second))
    second.ask(ChangeSetting("ann", "turnaround", "soon"))
    w.until(lambda: bool(second.refused))
    assert [one.title for one in second.refused] == ["This value cannot be used"]
    assert w.sql("SELECT count(*) FROM STT_ECHO_COMMAND") == [(0,)]
    second.ask(ChangeSetting("ann", "turnaround", "10"))
    w.until(lambda: w.sql("SELECT VALUE FROM STT_ECHO_SETTING WHERE NAME = 'turnaround'") == [("10",)])


def standing(w: World, room: str) -> list[int]:
    """The lessons that Echo360 holds in this room, each once."""
    rows = w.sql("SELECT DISTINCT EXTERNAL_ID FROM STT_ECHO_MIRROR WHERE ROOMID = :room", room=room)
    return sorted(int(row[0].split("-")[0]) for row in rows)


def test_a_room_with_its_own_strategy_is_planned_again_and_no_other(world: Worlds) -> None:
    w = world()
    for room, first, second in (("R1", 1, 2), ("R2", 3, 4)):
        w.lesson(first, module="M1", room=room)
        w.lesson(second, module="M2", lecturer="P2", at="09:30-10:30", room=room)
    w.settle()
    assert (standing(w, "R1"), standing(w, "R2")) == ([1], [3])
    w.ask(ChangeSetting("ann", "strategy", "ignore", "R1"))
    assert {row[0] for row in w.sql("SELECT ROOMID FROM STT_ECHO_DIRTY")} <= {"R1"}
    w.settle()
    assert (standing(w, "R1"), standing(w, "R2")) == ([], [3])
    w.ask(ChangeSetting("ann", "strategy", "", "R1"))
    w.settle()
    assert (standing(w, "R1"), standing(w, "R2")) == ([1], [3])


def test_a_room_with_its_own_turnaround(world: Worlds) -> None:
    w = world()
    for room, first, second in (("R1", 1, 2), ("R2", 3, 4)):
        w.lesson(first, module="M1", room=room, at="09:00-10:00")
        w.lesson(second, module="M2", lecturer="P2", at="10:05-11:00", room=room)
    w.ask(ChangeSetting("ann", "turnaround", "10", "R2"))
    w.settle()
    assert (standing(w, "R1"), standing(w, "R2")) == ([1, 2], [3])


def test_what_is_no_setting_of_a_room_and_what_is_no_room_is_refused(world: Worlds) -> None:
    w = world()
    w.settle()
    with pytest.raises(WrongUse, match="same in all rooms"):
        w.ask(ChangeSetting("ann", "lead", "10", "R1"))
    with pytest.raises(WrongUse, match="no such room"):
        w.ask(ChangeSetting("ann", "turnaround", "10", "R99"))
    with pytest.raises(WrongUse, match="cannot be used"):
        w.ask(ChangeSetting("ann", "turnaround", "soon", "R1"))
    assert w.sql("SELECT count(*) FROM STT_ECHO_SETTING WHERE NAME LIKE '%@%'") == [(0,)]
