"""Workers stopped, woken, asked to end and killed while others stand by (reliability L1 to L3, L6; fault 45).

Where the lease's own seconds would make a test long, its constants are divided by 10 (decisions).
"""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from echodesk.paths import DATABASE
from tests.end_to_end import programs
from tests.end_to_end.faulty_line import FaultyLine
from tests.end_to_end.kill_checks import Saved
from tests.end_to_end.kill_world import World
from tests.end_to_end.worker_that_dies import CONSTANTS

pytestmark = pytest.mark.alone

TAKEOVER_S = 40.0
"""The longest time without a leader after a crash (reliability L3)."""
SCALE = 30.0 / CONSTANTS.lease_ttl_s
END_S = 3.0


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with World(tmp_path, seed=11, lessons=16) as made:
        yield made


def until(condition: Callable[[], bool], within_s: float, what: str) -> float:
    """Waits; the seconds it took."""
    began = time.monotonic()
    while not condition():
        if time.monotonic() - began > within_s:
            pytest.fail(f"not within {within_s:g} s: {what}")
        time.sleep(0.02)
    return time.monotonic() - began


def epoch(world: World) -> int:
    return int(world.sql("SELECT EPOCH FROM STT_ECHO_LEASE")[0][0])


def quiet(world: World) -> bool:
    return world.pending().quiet


def start(world: World, line: FaultyLine) -> int:
    return world.forks.start(msgspec.structs.replace(world.life(), url=line.url))


def stopped_between_transactions(world: World, leader: int) -> bool:
    """Stops it; if that was in the middle of a transaction it goes on for a moment.

    Whoever stands still with SQLite's lock keeps everybody out, and no lease can change that.
    """
    os.kill(leader, signal.SIGSTOP)
    with closing(sqlite3.connect(world.data / DATABASE, timeout=0.2, isolation_level=None)) as database:
        try:
            database.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            os.kill(leader, signal.SIGCONT)
            return False
        database.execute("ROLLBACK")
    return True


def stop_and_wake(world: World, leader: int, line: FaultyLine, saved: Saved) -> float:
    """Stops the leader while it sends and wakes it when the other leads; how long it took until the other did."""
    sent, term = line.passed_on, epoch(world)
    until(lambda: line.passed_on > sent, 20.0, "the leader sends")
    until(lambda: stopped_between_transactions(world, leader), 20.0, "it stands still without a lock")
    stopped = time.monotonic()
    saved.look()
    takeover_s = until(lambda: epoch(world) > term, TAKEOVER_S, "the other took over")
    world.edit()
    time.sleep(max(0.0, 2 * CONSTANTS.lease_ttl_s - (time.monotonic() - stopped)))
    arrived = line.arrived
    os.kill(leader, signal.SIGCONT)
    woken = time.monotonic()
    # What stood still between the last look at the lease and its socket goes out at once: L2 counts such requests
    # and has them put right. At most one on each connection, and none after that.
    until(lambda: time.monotonic() - woken > 0.5, 1.0, "what was on its way has arrived")
    on_its_way = line.arrived - arrived
    assert on_its_way <= CONSTANTS.connections
    until(lambda: quiet(world) and time.monotonic() - woken > 1.0, 40.0, "all is quiet")
    assert line.arrived == arrived + on_its_way, "the woken worker asked Echo360 without the lease"
    assert epoch(world) == term + 1, "it came back by itself"
    assert list(saved.after_a_kill()) == []
    return takeover_s


@pytest.mark.slow
def test_a_worker_that_wakes_after_its_lease_was_taken_sends_nothing(world: World) -> None:
    """Stopped in the middle of its requests for twice the lease's life, three times, each side in turn."""
    with FaultyLine(world.access.url) as first, FaultyLine(world.access.url) as second:
        saved = Saved(world)
        leader, other = start(world, first), 0
        until(lambda: first.passed_on > 5, 20.0, "the first worker began to send")
        other = start(world, second)
        lines = {leader: first, other: second}
        takeovers_s = []
        for _ in range(3):
            world.edit()
            takeovers_s.append(stop_and_wake(world, leader, lines[leader], saved))
            leader, other = other, leader
        for pid in (leader, other):
            assert world.forks.wait(pid, 0.0) is None, world.told.read_text()[-2000:]
            os.kill(pid, signal.SIGKILL)
            world.forks.wait(pid, 10.0)
        # A machine that is busy with other tests may let one of them wait, but not each time.
        assert min(takeovers_s) <= TAKEOVER_S / SCALE
        assert list(saved.when_quiet()) == []


@pytest.mark.parametrize("round_", range(3))
def test_sigterm_in_the_middle_of_work_ends_it_soon_and_leaves_the_lease_free(world: World, round_: int) -> None:
    worker = programs.start_worker(world.data, world.simulator.address)
    try:
        programs.ready(worker, world.data)
        time.sleep(0.15 * round_)
        assert not quiet(world) or round_ > 0
        began = time.monotonic()
        worker.send_signal(signal.SIGTERM)
        code = worker.wait(timeout=20)
        took_s = time.monotonic() - began
    finally:
        programs.kill(worker)
    assert code == 0, programs.told_in(world.data).read_text()
    assert took_s <= END_S
    assert world.sql("SELECT HOLDER, UNTIL FROM STT_ECHO_LEASE") == [(None, None)]
    saved = Saved(world)
    pid = world.forks.start(world.life())
    until(lambda: quiet(world), 30.0, "the next worker brought it to quiet, without waiting for any lease")
    os.kill(pid, signal.SIGKILL)
    world.forks.wait(pid, 10.0)
    assert list(saved.when_quiet()) == []


@pytest.mark.slow
def test_another_worker_stands_by_and_takes_over_after_a_kill(world: World) -> None:
    """The program itself, with its own constants."""
    address = world.simulator.address
    workers: list[subprocess.Popen[bytes]] = []
    try:
        workers.append(programs.start_worker(world.data, address))
        assert programs.ready(workers[0], world.data)["leading"] is True
        workers.append(programs.start_worker(world.data, address))
        second = programs.ready(workers[1], world.data)
        assert second["leading"] is False
        assert second["holder"], "it does not say who is sending"
        until(lambda: quiet(world), 30.0, "all is quiet")
        programs.kill(workers.pop(0))
        saved = Saved(world)
        world.edit()
        saved.look()
        term = epoch(world)
        took_s = until(lambda: epoch(world) > term, TAKEOVER_S, "the other took over")
        assert took_s > 15.0, "the lease of a worker that may still live was taken"
        until(lambda: quiet(world), 30.0, "the edits were sent")
        assert list(saved.after_a_kill()) == []
    finally:
        for worker in workers:
            programs.kill(worker)
    assert list(saved.when_quiet()) == []
