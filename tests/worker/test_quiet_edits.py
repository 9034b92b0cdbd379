"""A quiet edit costs exactly one call per occurrence that changes, and no listing (design §2)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.worker.campus import OTHER_SETID, fill_year
from tests.worker.values import at, external, place_of
from tests.worker.world import World

Worlds = Callable[..., World]
WEEKS = (2, 3, 5)


@pytest.fixture
def w(world: Worlds) -> World:
    """Lesson 1 stands in R1 in three weeks, lesson 2 after it; what that cost is counted already."""
    made = world()
    with made.edit() as cmis:
        cmis.add(1, weeks=WEEKS)
        cmis.add(2, weeks=WEEKS, at="10:00-11:00")
    made.settle()
    assert made.calls().pop("POST") == 6
    made.assert_equal()
    return made


def test_a_new_lesson_is_one_call_for_each_week(w: World) -> None:
    w.lesson(3, weeks=(2, 3, 5), room="R2")
    w.settle()
    assert w.calls() == {"POST": 3}
    assert {place_of(w.schedules()[external(3, week)]) for week in WEEKS} == {at("R2", week) for week in WEEKS}
    assert w.notifications(3) == ["SUCCESS"] * 3
    assert w.entries(3) == ["PROCESSED"]


@pytest.mark.parametrize(
    "values",
    [
        {"room": "R2"},
        {"weekday": 2},
        {"at": "11:00-12:00"},
        {"at": "09:00-09:50"},
        {"room": "R4", "weekday": 3, "at": "14:00-16:00"},
        {"lecturer": "P2"},
        {"module": "M7"},
        {"group": "LC02"},
    ],
    ids=str,
)
def test_a_change_is_one_put_for_each_week(w: World, values: dict[str, object]) -> None:
    w.change(1, **values)
    w.settle()
    assert w.calls() == {"PUT": 3}
    assert w.notifications(1)[3:] == ["SUCCESS"] * 3
    w.assert_equal()


def test_a_lecturer_who_changes_is_the_presenter_from_then_on(w: World) -> None:
    w.change(1, lecturer="P2")
    w.settle()
    assert {w.schedules()[external(1, week)].presenter for week in WEEKS} == {"bo.ray@example.ac.uk"}


def test_a_lesson_without_lecturer_has_no_presenter_and_that_is_no_warning(w: World) -> None:
    w.change(1, lecturer=None)
    w.settle()
    assert w.schedules()[external(1, 2)].presenter is None
    assert w.notifications(1)[3:] == ["SUCCESS"] * 3


def test_a_cancelled_lesson_is_one_delete_for_each_week(w: World) -> None:
    w.cancel(1)
    w.settle()
    assert w.calls() == {"DELETE": 3}
    assert set(w.schedules()) == {external(2, week) for week in WEEKS}
    assert w.notifications(1)[3:] == ["SUCCESS"] * 3


def test_a_week_set_that_changes_touches_only_the_weeks_that_differ(w: World) -> None:
    w.change(1, weeks=(3, 5, 6, 7))
    w.settle()
    assert w.calls() == {"DELETE": 1, "POST": 2}
    assert {external_id for external_id in w.schedules() if external_id.startswith("1-")} == {
        external(1, week) for week in (3, 5, 6, 7)
    }
    w.assert_equal()


def test_a_week_that_the_week_set_lost_goes_with_the_lessons_next_edit(w: World) -> None:
    with w.edit() as cmis:
        cmis.delete("weekmapnumeric", weeknumber=5)
    w.change(1, lecturer="P2")
    w.settle()
    assert {external(1, week) for week in WEEKS} & set(w.schedules()) == {external(1, 2), external(1, 3)}


def test_an_edit_that_changes_nothing_that_is_sent_costs_nothing(w: World) -> None:
    w.change(1, roomgrpcode="G7")
    w.change(2, capacity=500)
    w.settle()
    assert w.calls() == {}
    assert w.entries(1) == ["PROCESSED", "PROCESSED"]
    assert w.entries(2) == ["PROCESSED"]


def test_two_lessons_that_swap_rooms_are_one_call_each_and_one_who_steps_aside(w: World) -> None:
    with w.edit() as cmis:
        cmis.alter(2, at="09:00-10:00", room="R2")
    w.settle()
    w.calls()
    with w.edit() as cmis:
        cmis.alter(1, room="R2")
        cmis.alter(2, room="R1")
    w.settle()
    # Of two in a circle one has to leave first: DELETE and POST instead of PUT (decisions: The planner).
    assert w.calls() == {"DELETE": 3, "POST": 3, "PUT": 3}
    assert place_of(w.schedules()[external(1)]) == at("R2")
    assert place_of(w.schedules()[external(2)]) == at("R1")
    w.assert_equal()


def test_lessons_that_follow_one_another_into_a_free_room_are_one_put_each(w: World) -> None:
    with w.edit() as cmis:
        cmis.alter(1, at="10:00-11:00")
        cmis.alter(2, at="11:00-12:00")
    w.settle()
    assert w.calls() == {"PUT": 6}
    w.assert_equal()


def test_a_recording_that_is_withdrawn_and_asked_for_again(w: World) -> None:
    with w.edit() as cmis:
        cmis.withdraw(1)
    w.settle()
    assert w.calls() == {"DELETE": 3}
    assert w.notifications(1)[3:] == ["SUCCESS"] * 3
    with w.edit() as cmis:
        cmis.ask(1)
    w.settle()
    assert w.calls() == {"POST": 3}
    w.assert_equal()


def test_a_room_that_cannot_record_ends_the_recording(w: World) -> None:
    w.change(1, room="R9")
    w.settle()
    assert w.calls() == {"DELETE": 3}
    w.change(1, room="R1")
    w.settle()
    assert w.calls() == {"POST": 3}


def test_ten_edits_while_paused_are_one_call_for_each_week(w: World) -> None:
    w.pause()
    for number in range(10):
        w.change(1, at=f"{11 + number % 5}:00-{12 + number % 5}:00", room=f"R{number % 4 + 1}")
        w.pass_time(1.0)
    assert w.calls() == {}
    w.resume()
    w.settle()
    assert w.calls() == {"PUT": 3}
    assert w.notifications(1)[3:] == ["OUT_OF_DATE"] * 27 + ["SUCCESS"] * 3
    assert set(w.entries(1)) == {"PROCESSED"}
    w.assert_equal()


def test_an_edit_and_its_undoing_cost_nothing_if_nobody_had_sent_it_yet(w: World) -> None:
    w.pause()
    w.change(1, room="R3")
    w.change(1, room="R1")
    w.resume()
    w.settle()
    assert w.calls() == {}
    w.assert_equal()


def test_weeks_that_are_over_are_left_alone(world: Worlds) -> None:
    w = world()
    w.lesson(1, weeks=(1, 2, 3), weekday=3)
    w.settle()
    w.calls()
    w.loop.forward(8 * 86_400)
    w.change(1, room="R2")
    w.settle()
    assert w.calls() == {"PUT": 2}
    assert w.notifications(1)[3:] == ["SUCCESS"] * 2
    assert place_of(w.schedules()[external(1, 1)]) == at("R1", 1, 3)


def test_a_year_that_is_switched_on_while_the_worker_runs_shares_its_rooms(world: Worlds) -> None:
    w = world()
    w.settle()
    with w.edit() as cmis:
        fill_year(cmis, OTHER_SETID)
        cmis.add(1)
        cmis.add(1, setid=OTHER_SETID, module="M5", lecturer="P2", at="09:30-10:30", weekday=1)
        cmis.add(2, setid=OTHER_SETID, at="11:00-12:00")
    w.settle()
    assert set(w.schedules()) == {external(1), external(2, setid=OTHER_SETID)}
    assert w.left_out() == {external(1, setid=OTHER_SETID): ("clash", external(1))}
    w.assert_equal()


def test_a_year_that_is_not_live_is_not_sent(world: Worlds) -> None:
    w = world()
    with w.edit() as cmis:
        fill_year(cmis, OTHER_SETID, live=0)
        cmis.add(1, setid=OTHER_SETID)
        cmis.add(2, room="R2")
    w.settle()
    assert set(w.schedules()) == {external(2)}
    assert w.sql("SELECT count(*) FROM STT_ECHO_QUEUE WHERE SETID = :s", s=OTHER_SETID) == [(0,)]
