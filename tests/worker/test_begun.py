"""What has begun is never touched, whatever the timetable says afterwards (design §4.4)."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Callable

import pytest

from echodesk.simulator.faults import FaultKind, FaultSettings
from echodesk.simulator.wire import SimRequest
from tests.worker.by_hand import ByHand
from tests.worker.campus import day
from tests.worker.planned import later
from tests.worker.values import at, external, place_of
from tests.worker.world import World

Worlds = Callable[..., World]

NINE_S = 3_600.0
"""Tests begin at eight."""
LATER_TODAY_S = 2 * 3_600.0
NEXT_DAY_S = 26 * 3_600.0


@pytest.mark.parametrize("mirror", ["remembers", "has forgotten"])
@pytest.mark.parametrize("later_s", [LATER_TODAY_S, NEXT_DAY_S])
def test_a_lesson_that_moves_after_its_recording_leaves_the_recording_alone(
    world: Worlds, later_s: float, mirror: str
) -> None:
    w = world()
    w.settle()
    w.lesson(1, weeks=(1,), weekday=1)
    w.settle()
    w.kill()
    w.loop.forward(later_s)
    if mirror == "has forgotten":
        w.sql("DELETE FROM STT_ECHO_MIRROR")
    w.restart()
    w.settle()
    w.change(1, weekday=4)
    w.settle()
    assert place_of(w.schedules()[external(1, 1)]) == at("R1", 1, 1)
    assert w.notifications(1) == ["SUCCESS", "TOO_LATE"]
    w.assert_equal()


@pytest.mark.parametrize("calls", [0, 4])
@pytest.mark.parametrize("change", ["nothing", "moved again", "cancelled"])
def test_what_a_killed_worker_moved_into_today_and_has_begun_is_left_alone(
    world: Worlds, change: str, calls: int
) -> None:
    """The answer was never written down: the mirror shows the lesson on Thursday, and it is being recorded. With
    few calls a minute it takes long until a listing tells."""
    w = world(calls_per_minute=calls)
    w.settle()
    w.lesson(1, weeks=(1,), weekday=4)
    w.settle()
    w.change(1, weekday=1)
    w.until(lambda: place_of(w.schedules()[external(1, 1)]) == at("R1", 1, 1))
    w.kill()
    w.loop.forward(80 * 60.0)
    if change == "moved again":
        w.change(1, weekday=5)
    elif change == "cancelled":
        w.cancel(1)
    w.restart()
    w.settle()
    assert place_of(w.schedules()[external(1, 1)]) == at("R1", 1, 1)
    w.assert_equal()


@pytest.mark.parametrize("known", ["to the mirror", "by its id only"])
def test_what_moves_away_and_begins_before_its_turn_is_made_anew(world: Worlds, known: str) -> None:
    """Planned as one PUT; when it was its turn, the old time was too near to be changed. The lesson of tomorrow is
    none the worse for it: what stands today is taken away, and tomorrow's is made."""
    w = world(calls_per_minute=60)
    w.settle()
    w.lesson(1, weeks=(1,), weekday=1, at="09:00-10:00")
    w.settle()
    w.pass_time(54 * 60.0 + 50.0 - w.loop.time())
    if known == "by its id only":
        w.sql("DELETE FROM STT_ECHO_MIRROR")
    with w.edit() as cmis:
        for slot in range(11, 41):
            hour = 10 + slot % 7
            cmis.add(slot, weeks=(1,), room=f"R{slot % 3 + 2}", weekday=1, at=f"{hour:02d}:00-{hour:02d}:50")
        cmis.alter(1, weekday=2)
    w.settle()
    assert external(1, 1) in w.schedules()
    assert place_of(w.schedules()[external(1, 1)]) == at("R1", 1, 2)
    assert w.notifications(1) == ["SUCCESS", "SUCCESS"]
    assert w.sql("SELECT * FROM STT_ECHO_REFUSED") == []
    w.assert_equal()


def test_what_was_found_gone_before_it_could_be_changed_is_not_believed_to_stand(world: Worlds) -> None:
    """Known by its id only, removed by hand while its change was on the way, and too near by then to be made."""
    w = world()
    w.settle()
    w.lesson(1, weeks=(1,), weekday=1)
    w.settle()
    w.stop()
    w.loop.forward(54 * 60.0 + 50.0 - w.loop.now)
    w.start()
    w.pass_time(9.0)
    w.sql("DELETE FROM STT_ECHO_MIRROR")
    believed: list[str] = []

    def taken_away(request: SimRequest) -> None:
        if request.method == "PUT":
            ByHand(w).remove(external(1, 1))
            w.loop.forward(1.0)
            w.wire.interfere = lambda request: None

    w.wire.interfere = taken_away
    w.steps.after = lambda step: believed.extend(
        row[0] for row in w.sql("SELECT LESSON_DATE FROM STT_ECHO_MIRROR") if step == "settle"
    )
    w.change(1, weekday=2)
    w.settle()
    assert set(believed) == {day(1, 2).isoformat()}
    assert place_of(w.schedules()[external(1, 1)]) == at("R1", 1, 2)
    w.assert_equal()


def test_a_lead_time_changed_in_the_table_alone_is_one_for_planning_and_sending(world: Worlds) -> None:
    """Were they of two minds, what one asks for and the other does not send would be planned again and again."""
    w = world(lead="90")
    w.settle()
    w.sql("UPDATE STT_ECHO_SETTING SET VALUE = '5' WHERE NAME = 'lead'")
    w.lesson(1, weeks=(1,), weekday=1)
    w.settle(within_s=20.0)
    assert place_of(w.schedules()[external(1, 1)]) == at("R1", 1, 1)
    assert w.notifications(1) == ["SUCCESS"]


class AsLateAsCanBe(random.Random):
    """Dice that never fall for the better."""

    def uniform(self, a: float, b: float) -> float:
        return b


@pytest.mark.parametrize("before_s", [20.0, 65.0])
def test_what_is_changed_right_before_its_start_is_not_moved_away_after_it(world: Worlds, before_s: float) -> None:
    """Without a lead time of its own the change would be sent, and take effect L after it was given up."""
    w = world(lead="0", late_s="60", adjust=lambda settings: dataclasses.replace(settings, deadline_s=20.0))
    w.settle()
    w.lesson(1, weeks=(1,), weekday=1)
    w.settle()
    w.stop()
    w.loop.forward(NINE_S - before_s - 10.0 - w.loop.now)
    w.start()
    w.pass_time(10.0)
    w.simulator.injector.rng = AsLateAsCanBe(1)
    late = frozenset({"PUT"})
    w.simulator.use_faults(FaultSettings(rates={FaultKind.LATE_TIMEOUT: 1.0}, methods=late, late_s=60.0))
    w.change(1, weekday=4)
    w.pass_time(NINE_S - w.loop.now)
    begun = w.schedules()[external(1, 1)]
    w.pass_time(120.0)
    assert w.schedules()[external(1, 1)] == begun


def test_what_a_killed_worker_moved_nearer_is_left_alone_until_its_room_was_listed(world: Worlds) -> None:
    """After L the request cannot take effect any more, and yet nobody knows whether it did: with few calls a
    minute the listing that tells comes when the lesson has begun."""
    w = world(calls_per_minute=4)
    w.settle()
    w.lesson(1, weeks=(1,), weekday=1, at="08:45-09:45")
    w.settle()
    w.change(1, at="08:20-09:20")
    w.until(lambda: w.schedules()[external(1, 1)].time == "08:20-09:20", 120.0)
    w.kill()
    w.loop.forward(19 * 60.0 - w.loop.time())
    w.restart()
    w.pass_time(5.0)
    w.change(1, weekday=5)
    w.settle(3_600.0)
    assert place_of(w.schedules()[external(1, 1)]) == at("R1", 1, 1, "08:20-09:20")
    w.assert_equal()


@pytest.mark.parametrize("how", ["at once", "after a pause", "twice"])
@pytest.mark.parametrize("stood", ["recorded", "left out"])
def test_a_lesson_that_moves_to_a_day_that_has_passed_is_too_late_and_what_stood_for_it_goes(
    world: Worlds, stood: str, how: str
) -> None:
    """On Wednesday the lesson of Fridays moves to Mondays, and this week's can be recorded no more."""
    w = world()
    w.lesson(2, weeks=(1,), weekday=5, at="09:30-10:30")
    if stood == "left out":
        w.settle()
    w.lesson(1, weeks=(1, 2), weekday=5, room="R1" if stood == "left out" else "R2")
    w.settle()
    assert (external(1, 1) in w.schedules()) is (stood == "recorded")
    later(w, 50.0)
    if how != "at once":
        w.pause()
    w.change(1, weekday=1)
    if how == "twice":
        w.change(1, weekday=2)
    if how != "at once":
        w.pass_time(5.0)
        w.resume()
    w.settle()
    w.pass_time(90.0)
    assert w.sql("SELECT * FROM STT_ECHO_NOTIFICATION WHERE STATUS IN ('UNPROCESSED', 'IN_PROGRESS')") == []
    told = w.sql(
        "SELECT STATUS, RECORDED, MESSAGE FROM STT_ECHO_NOTIFICATION WHERE EXTERNAL_ID = :one AND QUEUE_ID > 2",
        one=external(1, 1),
    )
    assert {(status, recorded) for status, recorded, _ in told} == {("TOO_LATE", "NO")}
    assert all("had passed" in text or "has passed" in text for *_, text in told)
    assert external(1, 1) not in w.schedules()
    assert place_of(w.schedules()[external(1, 2)])[1] == day(2, 2 if how == "twice" else 1).isoformat()
    w.assert_equal()


def test_a_lesson_that_moves_back_to_the_day_on_which_it_was_recorded_is_told_as_recorded(world: Worlds) -> None:
    w = world()
    w.settle()
    w.lesson(1, weeks=(1,), weekday=1)
    w.settle()
    later(w, 50.0)
    w.change(1, weekday=5)
    w.settle()
    w.change(1, weekday=1)
    w.settle()
    assert place_of(w.schedules()[external(1, 1)]) == at("R1", 1, 1)
    assert w.notifications(1) == ["SUCCESS", "TOO_LATE", "TOO_LATE"]
    assert "what was recorded there stays" in w.message(1)
    assert w.sql("SELECT RECORDED FROM STT_ECHO_NOTIFICATION ORDER BY ID DESC LIMIT 1") == [("YES",)]
    w.assert_equal()
