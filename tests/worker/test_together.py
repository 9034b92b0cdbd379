"""One lecture listed under several modules is one schedule, and follows its members (design §4.6)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from echodesk.simulator.switches import Switches
from tests.worker.test_refusals import refused
from tests.worker.values import external
from tests.worker.wire import answering
from tests.worker.world import World

Worlds = Callable[..., World]


@pytest.fixture(params=["changes", "keeps"])
def w(world: Worlds, request: pytest.FixtureRequest) -> World:
    """Lessons 1, 2 and 3 are one lecture; Echo360 takes a new external id from a PUT, or does not."""
    made = world(switches=Switches(put_external_id=request.param))
    with made.edit() as cmis:
        for slot in (1, 2, 3):
            cmis.add(slot)
    made.settle()
    made.calls()
    return made


def test_it_is_one_schedule_with_all_sections(w: World) -> None:
    assert set(w.schedules()) == {external(1)}
    assert w.schedules()[external(1)].sections == ("M1_LC01", "M2_LC01", "M3_LC01")
    assert [w.notifications(slot) for slot in (1, 2, 3)] == [["SUCCESS"]] * 3
    assert w.left_out() == {}


def test_a_member_that_leaves_takes_its_section_along(w: World) -> None:
    w.cancel(2)
    w.settle()
    assert w.calls() == {"PUT": 1}
    assert w.schedules()[external(1)].sections == ("M1_LC01", "M3_LC01")
    w.assert_equal()


def test_a_member_whose_recording_is_withdrawn_takes_its_section_along(w: World) -> None:
    with w.edit() as cmis:
        cmis.withdraw(2)
    w.settle()
    assert w.calls() == {"PUT": 1}
    assert w.schedules()[external(1)].sections == ("M1_LC01", "M3_LC01")
    assert w.notifications(2) == ["SUCCESS", "SUCCESS"]
    w.assert_equal()


def test_a_member_deleted_after_its_request_takes_its_section_along(w: World) -> None:
    """The request goes first, so the lesson's own DELETE finds it not eligible and enters nothing."""
    with w.edit() as cmis:
        cmis.withdraw(2)
        cmis.delete("timetable", slotid=2)
    w.settle()
    assert w.schedules()[external(1)].sections == ("M1_LC01", "M3_LC01")
    w.assert_equal()


def test_a_member_asked_for_differently_keeps_its_seniority(w: World) -> None:
    before = w.sql("SELECT QUEUE_ID FROM STT_ECHO_SENIORITY WHERE SLOTID = 2")
    with w.edit() as cmis:
        cmis.update("roomrequests", {"slotid": 2}, featureid="AUDIOREC")
    w.settle()
    assert w.sql("SELECT QUEUE_ID FROM STT_ECHO_SENIORITY WHERE SLOTID = 2") == before
    w.assert_equal()


def test_a_carrier_that_leaves_hands_over(w: World) -> None:
    w.cancel(1)
    w.settle()
    assert set(w.schedules()) == {external(2)}
    assert w.schedules()[external(2)].sections == ("M2_LC01", "M3_LC01")
    assert w.entries(2) == ["PROCESSED"]
    assert "GET" not in w.calls()
    w.assert_equal()


def test_a_carrier_that_moves_away_leaves_the_others_recorded(w: World) -> None:
    w.change(1, room="R2")
    w.settle()
    assert w.schedules()[external(1)].room == "R2"
    assert w.schedules()[external(2)].sections == ("M2_LC01", "M3_LC01")
    w.assert_equal()


def _recorded(w: World, slot: int) -> list[tuple[object, ...]]:
    told = w.sql("SELECT STATUS, RECORDED FROM STT_ECHO_NOTIFICATION WHERE SLOTID = :slot ORDER BY ID", slot=slot)
    return [tuple(row) for row in told]


def test_a_member_that_joins_is_told_as_recorded_though_its_own_schedule_goes(w: World) -> None:
    w.lesson(4, room="R2")
    w.settle()
    w.change(4, room="R1")
    w.settle()
    assert set(w.schedules()) == {external(1)}
    assert w.schedules()[external(1)].sections == ("M1_LC01", "M2_LC01", "M3_LC01", "M4_LC01")
    assert _recorded(w, 4) == [("SUCCESS", "YES"), ("SUCCESS", "YES")]
    w.assert_equal()


def test_a_member_whose_joining_was_refused_stays_failed_though_its_own_schedule_goes(w: World) -> None:
    w.lesson(4, room="R2")
    w.settle()
    w.wire.interfere = answering("PUT", refused())
    w.change(4, room="R1")
    w.pass_time(60.0)
    assert _recorded(w, 4)[-1] == ("FAILED", "YES")
    assert w.schedules()[external(1)].sections == ("M1_LC01", "M2_LC01", "M3_LC01")


def test_a_smaller_number_that_joins_becomes_the_carrier(w: World) -> None:
    w.cancel(1)
    w.settle()
    w.lesson(1)
    w.settle()
    assert set(w.schedules()) == {external(1)}
    assert w.schedules()[external(1)].sections == ("M1_LC01", "M2_LC01", "M3_LC01")
    w.assert_equal()


def test_another_lecturer_is_another_lecture(w: World) -> None:
    w.change(3, lecturer="P2")
    w.settle()
    assert set(w.schedules()) == {external(1)}
    assert w.left_out() == {external(3): ("clash", external(1))}
    w.assert_equal()


def test_an_unknown_lecturer_counts_as_the_same_only_if_the_office_says_so(world: Worlds) -> None:
    apart, together = world(), world(together_unknown="on")
    for w in (apart, together):
        with w.edit() as cmis:
            cmis.add(1)
            cmis.add(2, lecturer=None)
        w.settle()
    assert apart.left_out() == {external(2): ("clash", external(1))}
    assert together.left_out() == {}
    assert together.schedules()[external(1)].sections == ("M1_LC01", "M2_LC01")
