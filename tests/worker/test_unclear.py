"""No clear answer: after L the room is listed, and Echo360 ends equal to the timetable (design §3.5)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from echodesk.simulator.fault_profiles import profile
from echodesk.simulator.faults import FaultKind as K
from tests.worker.values import at, external, place_of
from tests.worker.world import LATE_S, World

Worlds = Callable[..., World]

UNCLEAR = (
    *(K.TIMEOUT_NOT_APPLIED, K.TIMEOUT_APPLIED, K.RESET_NOT_APPLIED, K.RESET_APPLIED, K.CUT_APPLIED),
    *(K.ERROR_500, K.ERROR_500_APPLIED, K.ERROR_502_APPLIED, K.ERROR_503, K.ERROR_503_APPLIED, K.ERROR_504),
    *(K.LATE_TIMEOUT, K.LATE_RESET, K.LATE_504, K.TRUNCATED_JSON, K.MALFORMED_JSON, K.OTHER_JSON),
    *(K.MAINTENANCE_PAGE, K.HTML_APPLIED, K.OTHER_BODY, K.SILENT_CHANGE, K.SPURIOUS_CLASH, K.SCHEMA_DRIFT),
    *(K.TYPE_DRIFT, K.LOGIN_REDIRECT, K.OTHER_HOST_REDIRECT, K.TOKEN_EXPIRED, K.FOREIGN_IN_THE_WAY),
)


def edit(w: World, method: str) -> None:
    """An edit whose only request has this method."""
    if method == "POST":
        w.lesson(1)
    elif method == "PUT":
        w.change(1, room="R2", at="10:00-11:00")
    else:
        w.cancel(1)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
@pytest.mark.parametrize("kind", UNCLEAR)
def test_one_request_that_goes_wrong(world: Worlds, kind: K, method: str) -> None:
    w = world()
    w.lesson(2, room="R2", at="12:00-13:00")
    if method != "POST":
        w.lesson(1)
    w.settle()
    w.faults(kind, methods=(method,))
    edit(w, method)
    w.settle()
    w.assert_equal()
    assert w.sql("SELECT count(*) FROM STT_ECHO_INTENT") == [(0,)]
    assert set(w.entries(1)) == {"PROCESSED"}
    assert "FAILED" not in w.notifications(1)


@pytest.mark.parametrize("kind", [K.LATE_TIMEOUT, K.LATE_RESET, K.LATE_504])
def test_a_request_that_takes_effect_late_is_overtaken_by_an_edit(world: Worlds, kind: K) -> None:
    w = world()
    w.lesson(1)
    w.settle()
    w.faults(kind, methods=("PUT",))
    w.change(1, room="R2")
    w.pass_time(0.4)
    w.change(1, room="R3")
    w.settle()
    w.pass_time(3 * LATE_S)
    w.settle()
    assert place_of(w.schedules()[external(1)]) == at("R3")
    w.assert_equal()


def test_the_room_is_not_listed_before_the_request_can_no_longer_take_effect(world: Worlds) -> None:
    w = world()
    w.lesson(2)
    w.settle()
    w.faults(K.RESET_APPLIED, methods=("POST",))
    w.lesson(1, at="14:00-15:00")
    w.until(lambda: w.pending().intents == 1 and w.notifications(1) == ["UNPROCESSED"])
    began = w.loop.time()
    w.calls()
    w.until(lambda: w.calls().get("GET", 0) > 0)
    assert w.loop.time() - began >= LATE_S * 0.95
    w.settle()
    assert w.notifications(1) == ["REFRESHED"]


def test_what_waits_for_an_unclear_request_is_sent_in_the_end(world: Worlds) -> None:
    """Three lessons move up by an hour; the first to move gets no answer."""
    w = world()
    with w.edit() as cmis:
        for slot in (1, 2, 3):
            cmis.add(slot, at=f"{8 + slot:02d}:00-{9 + slot:02d}:00")
    w.settle()
    w.faults(K.ERROR_502, methods=("PUT",))
    with w.edit() as cmis:
        for slot in (1, 2, 3):
            cmis.alter(slot, at=f"{9 + slot:02d}:00-{10 + slot:02d}:00")
    w.settle()
    assert [place_of(w.schedules()[external(slot)]) for slot in (1, 2, 3)] == [
        at("R1", time=hours) for hours in ("10:00-11:00", "11:00-12:00", "12:00-13:00")
    ]
    assert all(w.notifications(slot)[-1] == "REFRESHED" for slot in (1, 2, 3))


def test_both_places_of_what_was_skipped_are_looked_at(world: Worlds) -> None:
    """Lesson 2 follows lesson 1 into its place; lesson 1 gets no answer (decisions: clean means done)."""
    w = world()
    w.lesson(1)
    w.lesson(2, room="R2", lecturer="P2")
    w.settle()
    w.faults(K.ERROR_502, methods=("PUT",))
    with w.edit() as cmis:
        cmis.alter(1, at="12:00-13:00")
        cmis.alter(2, room="R1")
    w.pass_time(1.0)
    assert w.sql("SELECT ROOMID FROM STT_ECHO_REFRESH WHERE REASON = 'skipped' ORDER BY ROOMID") == [
        ("R1",),
        ("R2",),
    ]
    w.settle()
    w.assert_equal()


def test_a_clash_that_nobody_can_explain_is_asked_about_less_and_less(world: Worlds) -> None:
    w = world()
    w.settle()
    w.faults(K.ENDLESS_CLASH, first=1_000_000)
    w.lesson(1)
    w.calls()
    w.pass_time(300.0)
    assert sum(w.calls().values()) <= 30
    rows = w.sql("SELECT FAILED, RESOLVED, LAST_ERROR FROM STT_ECHO_DAY_ROOM")
    assert [(row[0], row[1]) for row in rows] == [(1, None)]
    w.faults()
    w.settle(4_000.0)
    assert set(w.schedules()) == {external(1)}
    w.assert_equal()


def test_a_recording_withdrawn_while_its_first_request_is_on_the_wire_does_not_stay(world: Worlds) -> None:
    """The mirror knows nothing of it yet, and no trigger says where it was to stand."""
    w = world()
    w.settle()

    def withdraw(request: object, response: object) -> None:
        w.wire.on_answered = lambda request, response: None
        with w.edit() as cmis:
            cmis.withdraw(1)

    w.wire.on_answered = withdraw
    w.wire.latency_s = 0.5
    w.lesson(1)
    w.settle()
    assert w.schedules() == {}
    assert w.left_out() == {}


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_recording_withdrawn_while_its_first_request_has_no_answer_does_not_stay(
    world: Worlds, when: str
) -> None:
    w = world()
    w.settle()
    w.faults(K.LATE_RESET, methods=("POST",))
    w.lesson(1)
    w.until(lambda: w.pending().intents == 1)
    if when == "after":
        w.until(lambda: w.notifications(1) == ["UNPROCESSED"])
    with w.edit() as cmis:
        cmis.withdraw(1)
        cmis.alter(1, room="R2")
    w.settle()
    assert w.schedules() == {}
    assert w.pending().quiet


def test_a_burst_of_mishaps_ends_equal(world: Worlds) -> None:
    w = world()
    w.settle()
    w.simulator.use_faults(profile("flaky,late", intensity=4.0, late_s=LATE_S * 0.8))
    for slot in range(1, 31):
        w.lesson(
            slot, room=f"R{slot % 4 + 1}", weekday=slot % 5 + 1, at=f"{8 + slot % 9:02d}:30-{10 + slot % 9}:00"
        )
        w.pass_time(0.2)
    for slot in range(1, 31, 2):
        w.change(slot, weekday=(slot + 2) % 5 + 1)
        w.pass_time(0.2)
    for slot in range(1, 31, 5):
        w.cancel(slot)
    w.settle(4_000.0)
    w.faults()
    w.settle()
    w.assert_equal()
