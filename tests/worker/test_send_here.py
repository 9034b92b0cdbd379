"""Whoever sends hands over to the EchoDesk that asked for it, and to no other (design §8, reliability L3, L8)."""

from __future__ import annotations

from collections.abc import Callable

from echodesk import messages
from echodesk.desk import standing
from echodesk.desk.words import Tone
from echodesk.errors import RightMissing
from echodesk.messages import Phase
from echodesk.simulator.wire import json_response
from echodesk.worker.engine import Constants
from tests.desk.rows import campus
from tests.worker.process import Process
from tests.worker.test_takeover import leads, lessons, sent, two_workers
from tests.worker.values import external
from tests.worker.world import World

Worlds = Callable[..., World]

HANDED_OVER_S = 3.0
"""Reliability L3: takeover within this time after a hand-over."""
HERE = messages.SendHere("ann")


def is_in(phase: Phase, process: Process) -> bool:
    """Whether it tells that it is in this phase."""
    return bool(process.heard.events) and process.heard.state.phase is phase


def follows(process: Process) -> bool:
    """Whether it tells that another leads."""
    return is_in(Phase.FOLLOWING, process)


def test_who_asks_sends_within_three_seconds_and_everything_goes_on(world: Worlds) -> None:
    w = world(calls_per_minute=120)
    first, second = w.processes[0], w.second()
    second.start()
    lessons(w)
    w.until(lambda: leads(first) and follows(second))
    w.pass_time(5.0)
    second.ask(HERE)
    began = w.loop.now
    w.until(lambda: leads(second))
    assert w.loop.now - began <= HANDED_OVER_S
    before = sent(first)
    w.pass_time(20.0)
    assert follows(first)
    assert first.heard.state.holder == second.holder
    assert sent(first) == before, "who handed over sends nothing more"
    w.settle()
    w.assert_equal()
    assert w.sql("SELECT count(*) FROM STT_ECHO_AUDIT WHERE ACTION = 'SENDHERE' AND WHO = 'ann'")[0][0] == 1


def test_who_sends_already_is_told_so(world: Worlds) -> None:
    w = world()
    w.settle()
    first = w.processes[0]
    first.ask(HERE)
    w.until(lambda: bool(first.refused))
    assert [one.title for one in first.refused] == ["This EchoDesk is sending already"]
    assert leads(first)


def test_while_nothing_could_be_listed_yet_it_is_handed_over_as_well(world: Worlds) -> None:
    w = world()
    first, second = w.processes[0], w.second()
    second.start()
    first.wire.interfere = lambda request: json_response(500, {})
    w.until(lambda: is_in(Phase.LISTING, first) and follows(second))
    second.ask(HERE)
    w.until(lambda: leads(second), within_s=30.0)
    w.settle()


def test_one_that_asked_and_is_gone_leaves_the_lease_to_anybody(world: Worlds) -> None:
    w = world()
    w.settle()
    first = w.processes[0]
    w.ask(messages.SendHere("ann", "a PC that was closed"))
    w.until(lambda: not leads(first))
    w.until(lambda: leads(first), within_s=Constants().lease_ttl_s)
    w.lesson(1)
    w.settle()
    assert set(w.schedules()) == {external(1)}


def test_who_follows_tells_since_when_the_other_sends_and_that_it_is_silent(world: Worlds) -> None:
    w, first, second = two_workers(world)
    w.pass_time(10.0)
    state = second.heard.state
    assert state.since
    assert (state.holder, state.since) == (first.holder, first.heard.state.since)
    assert state.silent_s == 0
    first.machine.freeze(20.0)
    w.pass_time(15.0)
    assert second.heard.state.silent_s in (10, 15)


def test_who_may_only_look_says_in_red_that_nobody_sends_once_the_lease_has_run_out(world: Worlds) -> None:
    w, first, second = two_workers(world)

    def may_only_look(step: str) -> None:
        if step == "take lease":
            raise RightMissing("The database refused a step", "The user has no right to it.", "Ask for it.")

    second.steps.before = may_only_look
    w.pass_time(5.0)
    assert (second.heard.state.phase, second.heard.state.holder) == (Phase.FOLLOWING, first.holder)
    first.machine.suspend(7_200.0)
    w.change(1, room="R3")
    w.pass_time(60.0)
    state = second.heard.state
    assert (state.phase, state.holder, state.since, state.silent_s) == (Phase.LOOKING, "", "", 0)
    assert standing.sender_text(state, campus()) == ("Nobody is sending", Tone.BAD)
    assert [(one.title, one.tone) for one in standing.banners(state, campus())] == [
        ("Nobody is sending", Tone.BAD)
    ]
