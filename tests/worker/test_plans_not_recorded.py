"""Which lessons a plan does not record: known before anything is sent, and kept with the plan."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from echodesk import messages
from echodesk.batches import NotRecorded, PlanMissed, ShowNotRecorded
from echodesk.planning.batches import BatchState
from tests.worker.by_hand import ByHand
from tests.worker.campus import OTHER_SETID, day, fill_year
from tests.worker.guarded import fill
from tests.worker.planned import applied, made, plan
from tests.worker.values import external
from tests.worker.world import World


@pytest.fixture
def w(world: Callable[..., World]) -> World:
    """Two hundred bookings ahead."""
    made_world = world()
    fill(made_world)
    return made_world


def not_recorded(w: World, number: int) -> tuple[NotRecorded, ...]:
    found = w.run(w.engine.command(ShowNotRecorded(number)))
    assert isinstance(found, PlanMissed)
    assert found.plan == number
    counted = w.look(lambda books: books.batches.summary(number)).left_out
    assert sum(counted.values()) == len(found.lessons) or not found.lessons
    return found.lessons


def test_a_new_year_says_which_of_its_lessons_will_not_be_recorded_and_what_keeps_their_rooms(w: World) -> None:
    with w.edit() as cmis:
        fill_year(cmis, OTHER_SETID, live=0)
        cmis.add(1, room="R1", weekday=5, at="09:00-10:00", weeks=(7, 8), setid=OTHER_SETID)
        cmis.add(2, room="R1", weekday=5, at="09:30-11:00", weeks=(7,), setid=OTHER_SETID)
        cmis.add(3, room="R2", weekday=5, at="08:00-18:00", weeks=(7,), setid=OTHER_SETID)
        cmis.add(4, room="R3", weekday=5, at="09:00-10:00", weeks=(7,), setid=OTHER_SETID)
    ByHand(w).book("R3", day(7, 5), "09:30-10:30", name="Board meeting")
    w.settle()
    long, foreign, clash = not_recorded(w, made(w, year=OTHER_SETID))
    assert (long.reason, long.time, long.room) == ("too_long", "08:00-18:00", "R2")
    assert long.title == "M3 LC01 Title of M3"
    assert (foreign.reason, foreign.external_id) == ("foreign", external(4, 7, OTHER_SETID))
    assert foreign.kept.startswith("meets “Board meeting” 09:30-10:30 in R3")
    assert (clash.key, clash.reason, clash.date, clash.time) == (3, "clash", day(7, 5).isoformat(), "09:30-11:00")
    assert clash.title == "M2 LC01 Title of M2"
    assert clash.kept.startswith("overlaps M1 LC01 Title of M1 09:00-10:00")
    assert w.sql("SELECT count(*) FROM STT_ECHO_LEFT_OUT") == [(0,)], "nothing was planned to be sent"


def test_a_plan_in_the_place_of_another_has_a_list_of_its_own(w: World) -> None:
    with w.edit() as cmis:
        cmis.add(50, room="R1", weekday=1, at="09:30-10:30", weeks=(2,))
    w.settle()
    ByHand(w).rename(external(3), "Staff meeting")
    number = made(w)
    before = not_recorded(w, number)
    assert [one.external_id for one in before] == [external(50)]
    w.cancel(50)
    ByHand(w).rename(external(4), "Staff meeting")
    assert applied(w, number).state is BatchState.STALE
    newer = w.look(lambda books: books.batches.newest(1))[0].id
    assert not_recorded(w, newer) == ()
    assert not_recorded(w, number) == before


def test_of_many_nights_the_last_one_alone_keeps_its_list(w: World) -> None:
    with w.edit() as cmis:
        cmis.add(50, room="R1", weekday=1, at="09:30-10:30", weeks=(6,))
    w.settle()
    by_hand = made(w)
    w.ask(messages.ChangeSetting("ann", "compare_at", "03:00"))
    for _night in range(2):
        w.loop.forward(24 * 3_600.0)
        w.pass_time(120.0)
    last, before, asked = (one.id for one in w.look(lambda books: books.batches.newest(9)))
    assert asked == by_hand
    assert plan(w, before).state is BatchState.DONE
    assert [len(not_recorded(w, one)) for one in (last, before, asked)] == [1, 0, 1]
