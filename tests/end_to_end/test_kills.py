"""SIGKILL at any moment: the next start carries on, no change is lost, no schedule is made twice (issue of the
main job, "Bad input and bad days")."""

from __future__ import annotations

import json
import random
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from echodesk.access import Echo360Access
from echodesk.demo.stage import Wish
from echodesk.demonstration import open_demonstration, start_timetabler
from echodesk.main import Office, compare_now, pending
from echodesk.paths import DATABASE
from echodesk.simulator.process import Address, SimulatorProcess
from echodesk.worker.compare import Comparison
from tests.end_to_end.kill_targets import RANDOM, targets
from tests.end_to_end.points import COMMITTED, UNCOMMITTED, named_points
from tests.end_to_end.programs import ROOT, environment, kill, ready, start_worker
from tests.end_to_end.small_timetable import small_timetable

KILLS = 10
LONGEST_LIFE_S = 0.9
QUIET_S = 90.0
"""Until everything is quiet after the last kill; ten seconds as a rule."""


def kill_some_time_after_it_is_ready(data: Path, address: Address, dice: random.Random) -> None:
    worker = start_worker(data, address)
    try:
        ready(worker, data)
        time.sleep(dice.uniform(0.0, LONGEST_LIFE_S))
    finally:
        kill(worker)
    # The process is gone for certain; nobody needs to wait for its lease to run out.
    with closing(sqlite3.connect(data / DATABASE, timeout=10.0)) as database:
        database.execute("UPDATE STT_ECHO_LEASE SET UNTIL = '2020-01-01T00:00:00.000Z'")
        database.commit()
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def what_waits(office: Office, data: Path) -> str:
    """What is not done yet, until when it waits and why, and what the worker said last."""
    with closing(sqlite3.connect(data / DATABASE)) as database:
        refreshes = database.execute(
            "SELECT REASON, count(*), min(NOT_BEFORE), max(NOT_BEFORE), strftime('%Y-%m-%dT%H:%M:%fZ')"
            " FROM STT_ECHO_REFRESH GROUP BY REASON"
        ).fetchall()
        state = database.execute("SELECT HOLDER, STATE FROM STT_ECHO_LEASE").fetchall()
    log = (data / "echodesk.log").read_text(encoding="utf-8").splitlines()
    return "\n".join(map(str, [pending(office), refreshes, state, *log[-20:]]))


@pytest.mark.timeout(200)
def test_killed_ten_times_during_first_fill_and_edits(tmp_path: Path) -> None:
    dice = random.Random(20)
    data = tmp_path / "data"
    wish = Wish(timetable=small_timetable(tmp_path / "csv"), seed=3)
    office, stage = open_demonstration(data, wish)
    try:
        with SimulatorProcess.start(["--calls-per-minute", "0", "--latency-ms", "15"]) as simulator:
            address = simulator.address
            timetabler = start_timetabler(office, stage, 7)
            for number in range(KILLS):
                if number >= 3:
                    for _ in range(6):
                        timetabler.once()
                kill_some_time_after_it_is_ready(data, address, dice)
            worker = start_worker(data, address)
            try:
                ready(worker, data)
                ends = time.monotonic() + QUIET_S
                while not pending(office).quiet:
                    assert time.monotonic() < ends, what_waits(office, data)
                    time.sleep(0.1)
            finally:
                kill(worker)
            access = Echo360Access(address.url, address.client_id, address.client_secret)
            compared = compare_now(office, access, 0)
        assert isinstance(compared, Comparison), compared
        assert compared.differing == ()
        with closing(sqlite3.connect(data / DATABASE)) as database:
            statuses = Counter(row[0] for row in database.execute("SELECT STATUS FROM STT_ECHO_QUEUE"))
            last = database.execute("SELECT seq FROM sqlite_sequence WHERE name = 'STT_ECHO_QUEUE'").fetchone()[0]
            # A POST that is answered 201 for an id that stood already would be the second schedule of one lesson.
            made = database.execute(
                "SELECT EXTERNAL_ID FROM STT_ECHO_MIRROR WHERE OURS = 1 GROUP BY EXTERNAL_ID HAVING count(*) > 1"
            ).fetchall()
            standing = database.execute("SELECT count(*) FROM STT_ECHO_MIRROR WHERE OURS = 1").fetchone()[0]
            parked = database.execute(
                "SELECT count(DISTINCT n.QUEUE_ID) FROM STT_ECHO_NOTIFICATION n JOIN STT_ECHO_LEFT_OUT o"
                " ON o.EXTERNAL_ID = n.EXTERNAL_ID WHERE n.STATUS = 'PARKED'"
            ).fetchone()[0]
            waiting = database.execute(
                "SELECT count(*) FROM STT_ECHO_NOTIFICATION WHERE STATUS IN ('UNPROCESSED', 'IN_PROGRESS')"
            ).fetchone()[0]
        # What was on its way at three kills is set aside; if it lost a clash meanwhile, only staff can say more.
        assert set(statuses) <= {"PROCESSED", "SUPERSEDED", "FAILED"}
        assert parked == statuses["FAILED"]
        assert statuses.total() == last, "every change that was ever entered is there"
        assert last > 60
        assert made == []
        assert standing == compared.schedules > 100
        assert waiting == 0
    finally:
        office.close()


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_killed_more_than_sixty_times_at_named_points_and_random_instants() -> None:
    """The share of a commit: every step and request is killed at, and every named point is crossed."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.end_to_end.kills", "--kills", "92", "--seed", "60", "--json"],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=380,
        check=False,
    )
    assert done.stdout, done.stderr
    report = json.loads(done.stdout)
    assert report["violations"] == [], done.stderr
    assert done.returncode == 0
    assert report["kills"] >= 92 - report["not_reached"] >= 60
    assert report["random"] >= 3
    assert report["convergences"] >= 10


def test_every_step_of_the_worker_is_a_point_with_two_sides() -> None:
    """A step that is written tomorrow is found, or the campaign would prove less every day."""
    known = named_points()
    assert len(known) == len(set(known)) > 100
    for step in ("take lease", "intents", "settle", "expand", "recover"):
        assert f"{step}: {UNCOMMITTED}" in known
        assert f"{step}: {COMMITTED}" in known


@pytest.mark.parametrize("kills", [92, 1_000])
def test_a_campaign_goes_through_every_step_and_request(kills: int) -> None:
    chosen = targets(kills, random.Random(1))
    assert len(chosen) == kills
    names = {point.rpartition(": ")[0] for point in named_points()}
    assert names <= {point.rpartition(": ")[0] for point in chosen}
    assert RANDOM in chosen
    if kills > len(named_points()):
        assert set(named_points()) <= set(chosen)
