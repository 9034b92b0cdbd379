"""A workstation's clock may be wrong, jump or stand still: campus time is the database's (reliability L4)."""

from __future__ import annotations

import datetime as dt
import sys
import time
from collections.abc import Callable

import pytest

from echodesk.worker.clock import CampusClock, MachineClock, steady_clock
from tests.worker.campus import day
from tests.worker.values import external
from tests.worker.world import World

Worlds = Callable[..., World]

NOON = dt.datetime(2026, 3, 2, 12, 0, tzinfo=dt.UTC)
DAY_S = 86_400.0


class Hands(CampusClock):
    """Two clocks of a machine that a test turns by hand, and the true time."""

    def __init__(self, wrong_s: float = 0.0, zone: str = "Europe/London", at: dt.datetime = NOON) -> None:
        super().__init__(zone)
        self.true = at
        self.wrong_s = wrong_s
        self.steady_s = 50.0

    def monotonic(self) -> float:
        return self.steady_s

    def wall(self) -> dt.datetime:
        return self.true + dt.timedelta(seconds=self.wrong_s)

    def passes(self, seconds: float, *, asleep: bool = False) -> None:
        """Time goes by; asleep, the steady clock stands still."""
        self.true += dt.timedelta(seconds=seconds)
        self.steady_s += 0.0 if asleep else seconds

    def read(self, ahead_s: float = 0.0, took_s: float = 0.0) -> None:
        """Read the database's clock, which is this far ahead of the truth."""
        asked = self.moment()
        utc = self.true + dt.timedelta(seconds=ahead_s)
        self.passes(took_s)
        self.follow(utc, asked)

    @property
    def off_s(self) -> float:
        """How far campus time is from the truth."""
        return (self.utc_now() - self.true).total_seconds()


# ---- the clock port -----------------------------------------------------------------------------------------


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="each system has clocks of its own")
def test_on_linux_the_steady_clock_counts_sleep() -> None:
    before = time.clock_gettime(time.CLOCK_BOOTTIME)
    assert before <= steady_clock("linux")() <= time.clock_gettime(time.CLOCK_BOOTTIME)
    assert before <= MachineClock("Europe/London").monotonic() <= time.clock_gettime(time.CLOCK_BOOTTIME)


@pytest.mark.skipif(not hasattr(time, "clock_gettime"), reason="Windows has no such call")
def test_on_a_mac_the_steady_clock_is_the_one_that_counts_sleep() -> None:
    before = time.clock_gettime(time.CLOCK_MONOTONIC)
    assert before <= steady_clock("darwin")() <= time.clock_gettime(time.CLOCK_MONOTONIC)


def test_on_windows_pythons_own_clock_counts_sleep() -> None:
    assert steady_clock("win32") is time.monotonic


@pytest.mark.parametrize("wrong_s", [DAY_S, -DAY_S, 3_600.0, -90.0, 2.5])
def test_campus_time_is_the_databases_whatever_the_machine_says(wrong_s: float) -> None:
    clock = Hands(wrong_s)
    clock.read()
    assert abs(clock.off_s) < 0.001
    clock.passes(3_000.0)
    assert abs(clock.off_s) < 0.001
    assert clock.campus_now() == dt.datetime(2026, 3, 2, 12, 50)  # noqa: DTZ001 - campus time has no zone


@pytest.mark.parametrize("jump_s", [DAY_S, -DAY_S, 30.0])
def test_a_jump_of_the_machines_clock_changes_nothing(jump_s: float) -> None:
    clock = Hands()
    clock.read()
    clock.passes(2.0)
    clock.wrong_s = jump_s
    assert abs(clock.off_s) < 0.001
    clock.read()
    assert abs(clock.off_s) < 0.001


def test_the_same_machine_and_small_differences_mean_no_correction() -> None:
    clock = Hands(1.5)
    clock.read()
    assert clock.off_s == pytest.approx(1.5)
    assert clock.ahead_s == 0.0
    for jitter_s in (0.4, -0.4, 1.9, -0.3):
        clock.passes(4.0)
        clock.read(ahead_s=1.5 + jitter_s)
        assert clock.off_s == pytest.approx(1.5)


def test_a_drift_is_put_right_before_it_is_two_seconds() -> None:
    clock = Hands()
    clock.read()
    for _ in range(1_000):
        clock.true += dt.timedelta(seconds=4.0)
        clock.steady_s += 4.0 * 1.02
        clock.read()
        assert abs(clock.off_s) <= 2.0


@pytest.mark.parametrize("took_s", [0.2, 5.0, 19.0])
def test_a_slow_database_is_not_taken_for_a_wrong_clock(took_s: float) -> None:
    clock = Hands()
    for _ in range(5):
        clock.read(took_s=took_s)
        assert clock.off_s == 0.0
        assert clock.fault == ""


def test_after_a_sleep_that_no_clock_counted_the_next_reading_puts_it_right() -> None:
    clock = Hands()
    clock.read()
    clock.passes(3_600.0, asleep=True)
    assert clock.off_s == pytest.approx(-3_600.0)
    clock.read()
    assert abs(clock.off_s) < 0.001


def test_age_goes_by_whichever_clock_says_more() -> None:
    clock = Hands()
    start = clock.moment()
    clock.passes(10.0)
    clock.passes(30.0, asleep=True)
    assert clock.age_s(start) == pytest.approx(40.0)
    clock.wrong_s = -DAY_S
    assert clock.age_s(start) == pytest.approx(10.0)
    clock.wrong_s = DAY_S
    assert clock.age_s(start) > DAY_S


@pytest.mark.parametrize(
    ("wrong_s", "words"),
    [
        (61.0, "1 minute ahead of"),
        (-7_260.0, "2 hours 1 minute behind"),
        (DAY_S + 3_600.0, "1 day 1 hour ahead of"),
        (60.0, ""),
        (-1.0, ""),
    ],
)
def test_a_clock_that_is_wrong_by_more_than_a_minute_is_told(wrong_s: float, words: str) -> None:
    clock = Hands(wrong_s)
    assert clock.fault == ""
    clock.read()
    assert words in clock.fault
    assert bool(clock.fault) == bool(words)
    clock.wrong_s = 0.0
    clock.read()
    assert clock.fault == ""


@pytest.mark.parametrize("wrong_s", [0.0, DAY_S, -DAY_S])
def test_the_hours_that_exist_twice_or_not_at_all(wrong_s: float) -> None:
    """In March one o'clock is skipped, in October it comes twice; a day earlier or later neither happens."""
    spring = Hands(wrong_s, at=dt.datetime(2026, 3, 29, 0, 59, 59, tzinfo=dt.UTC))
    spring.read()
    assert spring.campus_now() == dt.datetime(2026, 3, 29, 0, 59, 59)  # noqa: DTZ001 - campus time has no zone
    spring.passes(1.0)
    assert spring.campus_now() == dt.datetime(2026, 3, 29, 2, 0)  # noqa: DTZ001 - campus time has no zone
    autumn = Hands(wrong_s, at=dt.datetime(2026, 10, 25, 0, 30, tzinfo=dt.UTC))
    autumn.read()
    seen = []
    for _ in range(3):
        seen.append(autumn.campus_now().strftime("%H:%M"))
        autumn.passes(3_600.0)
    assert seen == ["01:30", "01:30", "02:30"]


# ---- the worker on such a machine ---------------------------------------------------------------------------


@pytest.mark.parametrize("wrong_s", [DAY_S, -DAY_S, 8 * 3_600.0])
def test_a_wrong_clock_makes_nothing_late_and_sends_nothing_that_has_begun(world: Worlds, wrong_s: float) -> None:
    w = world()
    w.stop()
    w.processes[0].machine.wall_s = wrong_s
    w.start()
    with w.edit() as cmis:
        cmis.add(1, weeks=(1,), at="08:30-09:30")
        cmis.add(2, weeks=(1,), at="08:02-09:00", room="R2")
        cmis.add(3, weeks=(1,), weekday=2, at="09:00-10:00", room="R3")
    w.settle()
    assert set(w.schedules()) == {external(1, 1), external(3, 1)}
    assert w.notifications(2) == ["TOO_LATE"]
    w.assert_equal()
    assert "This computer's clock is" in w.heard.state.clock
    w.processes[0].machine.wall_s = 0.0
    w.pass_time(5.0)
    assert w.heard.state.clock == ""


@pytest.mark.parametrize("jumps", [(DAY_S, 0.0), (-DAY_S, 0.0), (40 * DAY_S, -40 * DAY_S, 0.0)])
def test_a_clock_that_jumps_loses_no_work(world: Worlds, jumps: tuple[float, ...]) -> None:
    """Before it is put right it must not be believed: what waits for today would be dropped as past."""
    w = world(calls_per_minute=60)
    w.settle()
    with w.edit() as cmis:
        for slot in range(1, 31):
            hour = 10 + slot // 4
            cmis.add(slot, weeks=(1,), room=f"R{slot % 4 + 1}", at=f"{hour:02d}:00-{hour:02d}:50")
    for wrong_s in jumps:
        for _ in range(4):
            w.processes[0].machine.wall_s = wrong_s
            w.pass_time(1.3)
    w.settle()
    assert len(w.schedules()) == 30
    assert w.sql("SELECT count(*) FROM STT_ECHO_NOTIFICATION WHERE STATUS = 'TOO_LATE'") == [(0,)]
    w.assert_equal()


def test_a_jump_holds_the_sending_until_the_lease_is_renewed_and_no_longer(world: Worlds) -> None:
    w = world()
    w.settle()
    w.processes[0].machine.wall_s = DAY_S
    w.lesson(1)
    began = w.loop.now
    w.settle()
    assert w.loop.now - began < 10.0
    assert external(1) in w.schedules()


def test_a_follower_s_today_is_the_databases_as_well(world: Worlds) -> None:
    w = world()
    w.settle()
    second = w.second()
    second.machine.wall_s = DAY_S
    second.start()
    w.pass_time(5.0)
    assert second.clock.campus_now().date() == day(1)
    assert "1 day ahead" in second.heard.state.clock
