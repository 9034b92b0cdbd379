"""What the kill campaign looks for, it sees: each loss is done by hand here."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.kill_checks import SWEEP_BEGINS, SWEPT, Saved, Sweep
from tests.end_to_end.kill_world import World
from tests.end_to_end.points import named_points
from tests.end_to_end.small_timetable import ROOMS


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A small timetable that was brought to Echo360 by a worker which is dead."""
    with World(tmp_path_factory.mktemp("world"), seed=5, lessons=6) as made:
        made.ask_for_a_pause()
        made.ask_to_resume()
        pid = made.forks.start(made.life())
        ends = time.monotonic() + 30.0
        while not made.pending().quiet or made.paused():
            assert time.monotonic() < ends, made.waits_for()
            time.sleep(0.05)
        os.kill(pid, signal.SIGKILL)
        made.forks.wait(pid, 10.0)
        yield made


@pytest.mark.parametrize(
    ("loss", "undo", "seen"),
    [
        (
            "UPDATE STT_ECHO_QUEUE SET ID = 900 WHERE ID = 2",
            "UPDATE STT_ECHO_QUEUE SET ID = 2 WHERE ID = 900",
            "timetable changes lost",
        ),
        (
            "UPDATE STT_ECHO_COMMAND SET ID = 900 WHERE ID = 1",
            "UPDATE STT_ECHO_COMMAND SET ID = 1 WHERE ID = 900",
            "commands lost",
        ),
        (
            "UPDATE STT_ECHO_COMMAND SET STATE = 'WAITING' WHERE ID = 2",
            "UPDATE STT_ECHO_COMMAND SET STATE = 'DONE' WHERE ID = 2",
            "answers to commands changed",
        ),
        (
            "UPDATE STT_ECHO_PAUSE SET ID = 900 WHERE ID = 1",
            "UPDATE STT_ECHO_PAUSE SET ID = 1 WHERE ID = 900",
            "pause 1 lost",
        ),
        (
            "UPDATE STT_ECHO_NOTIFICATION SET STATUS = 'UNPROCESSED' WHERE ID = 1",
            "UPDATE STT_ECHO_NOTIFICATION SET STATUS = 'SUCCESS' WHERE ID = 1",
            "had ended wait again",
        ),
        (
            "INSERT INTO STT_ECHO_PAUSE (ID, REASON, OWNER, LIFTED) VALUES (800, 'twice', 'Ann', 'now')",
            "DELETE FROM STT_ECHO_PAUSE WHERE ID = 800",
            "made: 2",
        ),
    ],
    ids=["entry", "command", "answer", "pause", "status", "pause made twice"],
)
def test_what_is_lost_is_seen(world: World, loss: str, undo: str, seen: str) -> None:
    saved = Saved(world)
    saved.look()
    assert list(saved.after_a_kill()) == []
    world.sql(loss)
    try:
        assert any(seen in text for text in saved.after_a_kill())
    finally:
        world.sql(undo)
    assert list(saved.after_a_kill()) == []


def test_what_is_wrong_in_echo360_is_seen(world: World) -> None:
    """A lesson that is moved while no worker lives is a difference, and an update that has not ended."""
    saved = Saved(world)
    assert list(saved.when_quiet()) == []
    world.sql("UPDATE TIMETABLE SET STARTTIME = '07:00', FINISHTIME = '07:45' WHERE SLOTID = 100001")
    found = " ".join(saved.when_quiet())
    assert "differences" in found
    assert "not ended" in found


def test_only_a_sweep_that_began_after_the_last_plan_counts(tmp_path: Path) -> None:
    """While a plan is checked the sweep leaves its room-days to it, and a stale one sends nothing."""
    crossed = tmp_path / "crossed"
    crossed.touch()

    def cross(point: str, times: int = 1) -> None:
        with crossed.open("a", encoding="utf-8") as file:
            file.write(f"{point}\n" * times)

    assert {SWEEP_BEGINS, SWEPT} <= set(named_points())
    sweep = Sweep(crossed)
    cross(SWEEP_BEGINS)
    cross(SWEPT, ROOMS)
    assert not sweep.done(plans=False), "what the last room lacks may not be marked yet"
    cross(SWEPT)
    assert sweep.done(plans=False)
    cross(SWEEP_BEGINS)
    cross(SWEPT, 2)
    assert not sweep.done(plans=True)
    assert not sweep.done(plans=False)
    cross(SWEPT, ROOMS)
    assert not sweep.done(plans=False), "it began before"
    cross(SWEEP_BEGINS)
    cross(SWEPT, ROOMS)
    cross(SWEEP_BEGINS)
    assert not sweep.done(plans=False), "it was broken off"
    cross(SWEPT, ROOMS + 1)
    assert sweep.done(plans=False)
