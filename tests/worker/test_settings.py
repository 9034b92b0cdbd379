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
