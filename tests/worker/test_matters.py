"""What staff may have to see to: what is listed is what there is, and it goes when it is put right."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from echodesk.errors import NothingDone
from echodesk.lessons import ByOthers, ListMatter, Matter, MatterListed
from echodesk.messages import LookForPeople, Overview, Refresh
from echodesk.simulator.seed import Seed, SeedUser, plant
from echodesk.worker.matters import listed
from tests.worker.by_hand import ByHand
from tests.worker.campus import PEOPLE, day
from tests.worker.world import World

Worlds = Callable[..., World]


def found(w: World, matter: Matter, limit: int = 5_000) -> MatterListed:
    """The list now."""
    now = w.clock.campus_now()
    return w.look(lambda books: listed(books, ListMatter(matter, limit), now))


def overview(w: World) -> Overview:
    """What the Overview says."""
    today = w.clock.campus_now().date().isoformat()
    return w.look(lambda books: books.screens.overview(today, 0))


def test_who_is_not_known_is_listed_until_echo360_knows_them(world: Worlds) -> None:
    w = world()
    w.lesson(1, weeks=(2, 3), lecturer="P9")
    w.lesson(2, room="R2", weeks=(2,), lecturer="P1")
    w.settle()
    assert overview(w).unknown_people == 1
    (person,) = found(w, Matter.PEOPLE).lines
    assert (person.email, person.code, person.lessons) == (PEOPLE["P9"], "P9", 2)
    assert (person.date, person.times, person.room) == (day(2).isoformat(), "09:00-10:00", "R1")
    assert (person.room_name, person.title) == ("Room R1", "M1 LC01 Title of M1")
    plant(w.institution, Seed(users=(SeedUser(email=PEOPLE["P9"], first_name="No", last_name="Body"),)))
    w.ask(LookForPeople("ann"))
    assert [one.checked for one in found(w, Matter.PEOPLE).lines] == [""]
    w.pass_time(5.0)
    w.settle()
    assert found(w, Matter.PEOPLE) == MatterListed(Matter.PEOPLE, (), 0)
    assert overview(w).unknown_people == 0
    assert {one.presenter for one in w.schedules().values()} == {PEOPLE["P1"], PEOPLE["P9"]}


def test_nobody_is_looked_for_where_everybody_is_known(world: Worlds) -> None:
    w = world()
    w.settle()
    with pytest.raises(NothingDone):
        w.ask(LookForPeople("ann"))


def test_whoever_teaches_next_comes_first_and_who_teaches_no_more_last(world: Worlds) -> None:
    w = world()
    w.lesson(1, weeks=(3,), lecturer="P9")
    w.settle()
    w.sql(
        "INSERT INTO STT_ECHO_MISSING_PERSON VALUES (:email, :then, :then)",
        email="left@example.ac.uk",
        then="2029-01-01T00:00:00.000Z",
    )
    lines = found(w, Matter.PEOPLE).lines
    assert [(one.email, one.lessons, one.code) for one in lines] == [
        (PEOPLE["P9"], 1, "P9"),
        ("left@example.ac.uk", 0, ""),
    ]
    assert found(w, Matter.PEOPLE, limit=1) == MatterListed(Matter.PEOPLE, lines[:1], 2)


def test_each_date_of_what_others_booked_is_listed_and_counted_once(world: Worlds) -> None:
    w = world()
    w.settle()
    hand = ByHand(w)
    hand.book("R1", day(1), "18:00-19:00", name="Evening class", endDate=day(3).isoformat(), daysOfWeek=["MO"])
    hand.book("R2", day(2), "12:00-13:00", name="Open day")
    for room in ("R1", "R2"):
        w.ask(Refresh("ann", room))
    w.settle()
    w.pass_time(24 * 3_600.0)
    assert w.clock.campus_now().date() > day(1), "the first evening is over, two are to come"
    titles = [(one.date, one.title) for one in found(w, Matter.OTHERS).lines if isinstance(one, ByOthers)]
    assert titles == [
        (day(2).isoformat(), "Open day"),
        (day(2).isoformat(), "Evening class"),
        (day(3).isoformat(), "Evening class"),
    ]
    assert overview(w).foreign == 3
