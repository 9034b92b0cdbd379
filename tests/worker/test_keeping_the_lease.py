"""Who leads goes on leading while it is well (reliability L5)."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from echodesk.errors import DatabaseTrouble
from echodesk.worker.engine import Constants
from tests.worker.process import Process
from tests.worker.values import external
from tests.worker.world import World

Worlds = Callable[..., World]

DAY_S = 24 * 3_600.0
LATENCY_S = 0.2
FAILS = 0.01


def slow_and_shaky(process: Process, dice: random.Random) -> None:
    """Each step of its database takes a fifth of a second, and one in a hundred fails."""

    def fail(step: str) -> None:
        if dice.random() < FAILS:
            raise DatabaseTrouble("The database did not answer", "The line was lost.", "It is tried again.")

    process.steps.latency_s = LATENCY_S
    process.steps.before = fail


@pytest.mark.timeout(400)
def test_for_a_whole_day_on_a_slow_database_that_fails_now_and_then(world: Worlds) -> None:
    # Looking for work seldom saves time; the lease is renewed as often as ever.
    w = world(constants=Constants(idle_s=20.0, follow_s=20.0), publishing=False)
    w.settle()
    second = w.second()
    second.start()
    dice = random.Random(5)
    for process in w.processes:
        slow_and_shaky(process, dice)
    before = w.sql("SELECT HOLDER, EPOCH FROM STT_ECHO_LEASE")
    w.pass_time(DAY_S)
    assert w.sql("SELECT HOLDER, EPOCH FROM STT_ECHO_LEASE") == before
    assert w.steps.done["renew lease"] > DAY_S / 5.0
    w.lesson(1)
    w.pass_time(120.0)
    assert set(w.schedules()) == {external(1)}
