"""When a fault of the wire has stopped, everything converges by itself (C1 for faults 2 to 4, 15, 16 and 26).

A real worker process meets the fault in its first synchronisation, over real sockets; nobody helps it.
"""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import msgspec
import pytest

from tests.end_to_end.certificates import Office
from tests.end_to_end.faulty_line import Fault, FaultyLine
from tests.end_to_end.kill_checks import Saved
from tests.end_to_end.kill_world import World

FAULT_S = 1.2
WITHIN_S = 40.0
LESSONS = 8


@pytest.mark.slow
@pytest.mark.parametrize("fault", list(Fault), ids=lambda fault: fault.name.lower())
def test_after_the_fault_nothing_is_lost_and_everything_is_equal(fault: Fault, tmp_path: Path) -> None:
    good = bad = None
    ca_file = ""
    if fault is Fault.CERTIFICATE:
        office = Office(tmp_path)
        good, bad, ca_file = office.proper(), office.of_an_unknown_authority(), str(office.ca_file)
    with (
        World(tmp_path, seed=fault.value, lessons=LESSONS) as world,
        FaultyLine(world.access.url, fault, FAULT_S, good, bad) as line,
    ):
        saved = Saved(world)
        began = time.monotonic()
        pid = world.forks.start(msgspec.structs.replace(world.life(), url=line.url, ca_file=ca_file))
        times = 0
        while times < 2:
            assert time.monotonic() - began < WITHIN_S, (world.pending(), world.told.read_text()[-2000:])
            assert world.forks.wait(pid, 0.1) is None, world.told.read_text()[-2000:]
            times = times + 1 if world.pending().quiet else 0
        took_s = time.monotonic() - began
        os.kill(pid, signal.SIGKILL)
        world.forks.wait(pid, 10.0)
        assert list(saved.when_quiet()) == []
        assert len(world.external_ids()) > LESSONS
    assert took_s > FAULT_S
    assert line.passed_on > 2 * LESSONS
    if fault is not Fault.CERTIFICATE:
        assert line.hit[fault] > 0, "the fault met nothing"
