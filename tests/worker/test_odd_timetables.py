"""What the timetable says oddly is recorded or left out with the reason; the rest goes on (design §4.4)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from echodesk import messages
from tests.worker.campus import add_module, add_room, echo360_seed
from tests.worker.values import at, external, place_of
from tests.worker.world import World

Worlds = Callable[..., World]


@pytest.mark.parametrize(
    ("hours", "reason"),
    [
        ("10:00-09:00", "unreadable"),
        ("09:00-09:00", "unreadable"),
        ("9 am-10 am", "unreadable"),
        ("25:00-26:00", "unreadable"),
        ("08:30-20:30", "too_long"),
    ],
)
def test_what_cannot_be_recorded_says_why_and_the_rest_goes_on(world: Worlds, hours: str, reason: str) -> None:
    w = world()
    w.settle()
    with w.edit() as cmis:
        cmis.add(1, at=hours)
        cmis.add(2, room="R2")
    w.settle()
    assert set(w.schedules()) == {external(2)}
    assert w.left_out() == {external(1): (reason, None)}
    assert w.notifications(1) == ["WARN"]
    assert w.sql("SELECT RECORDED FROM STT_ECHO_NOTIFICATION WHERE SLOTID = 1") == [("NO",)]
    w.change(1, at="09:00-10:00")
    w.settle()
    assert external(1) in w.schedules()
    w.assert_equal()


@pytest.mark.parametrize("code", ["A B", "A/B", 'O\'Hara "1"', "Grün 🎓", "50%_x", "a,b;c", "x" * 120])
def test_codes_of_any_kind_go_through(world: Worlds, code: str) -> None:
    w = world(seed=echo360_seed(sections=False, rooms=()))
    with w.edit() as cmis:
        add_room(cmis, code)
        add_module(cmis, code)
        cmis.add(1, room=code, module=code, weeks=(2, 3))
    w.settle()
    assert {place_of(one) for one in w.schedules().values()} == {at(code, 2), at(code, 3)}
    assert w.notifications(1) == ["SUCCESS"] * 2
    w.ask(messages.Refresh("ann", code, ""))
    w.settle()
    w.cancel(1)
    w.settle()
    assert w.schedules() == {}
    w.assert_equal()


def test_an_entry_whose_weeks_have_no_date_is_done(world: Worlds) -> None:
    w = world()
    w.lesson(1, weeks=(40, 41))
    w.lesson(2, weeks=(12, 40))
    w.settle()
    assert w.entries(1) == ["PROCESSED"]
    assert set(w.schedules()) == {external(2, 12)}
    w.assert_equal()
