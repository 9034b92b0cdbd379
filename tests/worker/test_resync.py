"""Re-sync: what hands changed in Echo360 is repaired, what others booked there is only walked around."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from echodesk import messages
from echodesk.errors import NothingDone, WrongUse
from echodesk.simulator.faults import FaultKind
from tests.worker.by_hand import ByHand
from tests.worker.campus import day
from tests.worker.values import at, external, place_of
from tests.worker.world import World

Worlds = Callable[..., World]


@pytest.fixture
def w(world: Worlds) -> World:
    """Three lessons in R1 and one in R2, in three weeks; all stand."""
    made = world()
    with made.edit() as cmis:
        for slot, hours in enumerate(("09:00-10:00", "10:00-11:00", "11:00-12:00"), start=1):
            cmis.add(slot, at=hours, weeks=(2, 3, 4))
        cmis.add(4, room="R2", weeks=(2, 3, 4))
    made.settle()
    made.calls()
    return made


def spoil(w: World) -> None:
    """By hand: one removed, one moved, one renamed, in week 2."""
    hand = ByHand(w)
    hand.remove(external(1))
    hand.move(external(2), 15 * 60)
    hand.rename(external(3), "Staff meeting")


def refresh(w: World, room: str = "", date: str = "") -> None:
    w.ask(messages.Refresh("ann", room, date))
    w.settle()


@pytest.mark.parametrize("scope", ["room_day", "room", "day"])
def test_what_hands_changed_is_put_right(w: World, scope: str) -> None:
    spoil(w)
    room = "R1" if scope != "day" else ""
    date = day(2).isoformat() if scope != "room" else ""
    refresh(w, room, date)
    calls = w.calls()
    assert (calls.pop("POST"), calls.pop("PUT")) == (1, 2)
    assert calls.pop("GET") <= (1 if room else 4)
    assert calls == {}
    w.assert_equal()


def test_a_resync_of_a_day_that_is_right_sends_nothing(w: World) -> None:
    refresh(w, "R1", day(2).isoformat())
    assert w.calls() == {"GET": 1}
    assert w.notifications(1) == ["SUCCESS"] * 3


def test_the_other_days_of_a_listed_room_are_repaired_for_free(w: World) -> None:
    ByHand(w).remove(external(1, 4))
    refresh(w, "R1", day(2).isoformat())
    assert w.calls() == {"GET": 1, "POST": 1}
    w.assert_equal()


def test_what_is_ours_and_wanted_no_more_is_removed(w: World) -> None:
    ByHand(w).book("R1", day(2), "16:00-17:00", external_id=external(77))
    refresh(w, "R1", day(2).isoformat())
    assert w.calls() == {"GET": 1, "DELETE": 1}
    w.assert_equal()


def test_bookings_of_others_are_never_touched(w: World) -> None:
    hand = ByHand(w)
    theirs = [
        hand.book("R1", day(2), "14:00-15:00"),
        hand.book("R1", day(2), "16:00-17:00", external_id="open-day-1"),
        hand.book("R1", day(3), "18:00-19:00", external_id="1-2"),
        hand.book("R2", day(2), "18:00-19:00", endDate=day(5).isoformat(), daysOfWeek=["MO"]),
    ]
    refresh(w, "R1")
    refresh(w, "R2")
    w.calls()
    w.change(4, at="15:00-16:00")
    w.settle()
    assert w.calls() == {"PUT": 3}
    assert all(w.institution.state.bookings.get(one) is not None for one in theirs)
    w.assert_equal()


def test_a_booking_of_others_is_an_obstacle_and_is_named(w: World) -> None:
    theirs = ByHand(w).book("R1", day(2), "14:00-15:00")
    w.lesson(5, at="14:30-15:30", weeks=(2, 3))
    w.settle()
    assert external(5, 2) not in w.schedules()
    assert external(5, 3) in w.schedules()
    assert w.left_out() == {external(5, 2): ("foreign", theirs)}
    assert "booked" in w.message_of(external(5, 2))
    assert w.calls()["GET"] == 1, "one listing of the room explains the clash"
    w.pass_time(60.0)
    assert w.calls() == {}, "and nothing more is asked"


def test_a_booking_of_others_on_each_monday_is_an_obstacle_on_each(w: World) -> None:
    theirs = ByHand(w).book("R3", day(3), "09:30-10:30", endDate=day(5).isoformat(), daysOfWeek=["MO"])
    w.lesson(5, room="R3", weeks=(2, 3, 4, 5, 6))
    w.settle()
    assert {external(5, week) for week in (2, 6)} <= set(w.schedules())
    assert w.left_out() == {external(5, week): ("foreign", theirs) for week in (3, 4, 5)}
    w.assert_equal()


def test_the_lesson_comes_back_an_hour_after_others_gave_the_room_free(w: World) -> None:
    hand = ByHand(w)
    theirs = hand.book("R1", day(2), "14:00-15:00")
    w.lesson(5, at="14:30-15:30")
    w.settle()
    hand.cancel(theirs)
    w.loop.forward(3_600.0)
    w.pass_time(10.0)
    w.settle()
    assert external(5) in w.schedules()
    w.assert_equal()


def test_a_lesson_found_elsewhere_moves_to_its_place(w: World) -> None:
    """Someone moved ours to another room: the listing of its own room does not show it."""
    ByHand(w).remove(external(1))
    ByHand(w).book("R4", day(2), "17:00-18:00", external_id=external(1))
    refresh(w, "R1", day(2).isoformat())
    assert place_of(w.schedules(by_hand=True)[external(1)]) == at("R1")
    assert len([one for one in w.institution.state.bookings if one.external_id == external(1)]) == 1
    w.assert_equal()


def test_an_incomplete_listing_removes_nothing(w: World) -> None:
    before = w.schedules()
    ByHand(w).remove(external(1))
    w.faults(FaultKind.TRUNCATED_JSON, FaultKind.MAINTENANCE_PAGE, first=2, methods=("GET",))
    w.ask(messages.Refresh("ann", "R1", day(2).isoformat()))
    w.until(lambda: w.heard.state.echo360 != "")
    mirrored = w.sql("SELECT count(*) FROM STT_ECHO_MIRROR WHERE ROOMID = 'R1'")
    assert mirrored == [(9,)]
    assert "DELETE" not in w.calls()
    w.settle()
    assert w.schedules() == before
    assert w.heard.state.echo360 == ""


def test_a_listing_that_goes_round_in_circles_proves_nothing(world: Worlds) -> None:
    w = world()
    with w.edit() as cmis:
        for slot in range(1, 90):
            cmis.add(
                slot, weeks=(2, 3, 4), weekday=slot % 5 + 1, at=f"{8 + slot % 9:02d}:00-{8 + slot % 9:02d}:50"
            )
    w.settle()
    standing = w.schedules()
    w.faults(FaultKind.NEXT_LOOP, first=1, methods=("GET",))
    w.ask(messages.Refresh("ann", "R1", day(2).isoformat()))
    w.settle()
    assert w.schedules() == standing
    assert w.sql("SELECT count(*) FROM STT_ECHO_AUDIT WHERE ACTION = 'DELETE'") == [(0,)]


def test_what_cannot_be_meant_is_refused(w: World) -> None:
    with pytest.raises(WrongUse):
        w.ask(messages.Refresh("ann"))
    with pytest.raises(WrongUse):
        w.ask(messages.Refresh("ann", "R1", "next week"))
    with pytest.raises(NothingDone):
        w.ask(messages.Refresh("ann", "R1", day(0).isoformat()))
    with pytest.raises(NothingDone):
        w.ask(messages.Refresh("ann", "No such room"))
    w.settle()
    assert w.calls() == {}


def test_a_resync_under_a_stream_of_edits_ends(w: World) -> None:
    w.ask(messages.Refresh("ann", "R1", ""))
    for number in range(20):
        w.change(1, at=f"{13 + number % 4}:00-{14 + number % 4}:00")
        w.pass_time(0.05)
    w.settle()
    assert w.calls()["GET"] <= 12
    w.assert_equal()


def test_a_resync_linked_with_a_paused_room_waits_quietly(w: World) -> None:
    w.pause(room="R1")
    w.change(1, room="R3")
    w.pass_time(1.0)
    w.ask(messages.Refresh("ann", "R3", day(2).isoformat()))
    w.pass_time(2.0)
    written = sum(count for step, count in w.steps.done.items() if step == "intents")
    w.pass_time(30.0)
    assert sum(count for step, count in w.steps.done.items() if step == "intents") - written <= 1
    assert w.calls() == {"GET": 2}, "the room is looked for once and listed once"
    w.resume()
    w.settle()
    w.assert_equal()
