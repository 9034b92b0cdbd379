"""One decision for every open clash of the same cause: found, shown with its cost, made and taken back at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from echodesk.clashes import Alike, Choice, Decide, DecideAlike, FindAlike, Withdraw
from echodesk.errors import NothingDone, WrongUse
from echodesk.planning.values import DecisionKind
from echodesk.worker.alike import find_alike
from tests.worker.campus import SETID, day
from tests.worker.values import external
from tests.worker.world import World

Worlds = Callable[..., World]
ONE, TOGETHER = DecisionKind.RECORD_ONE, DecisionKind.TOGETHER
MONDAY = day(2).isoformat()


@pytest.fixture
def w(world: Worlds) -> World:
    """M1 and M2 clash in R1 on Mondays in weeks 2 and 3 (lessons 1 and 2), and alike in R2 on Tuesdays (3 and 4)
    and R3 in week 4 (5 and 6); M1 and M3 clash as well (7 and 8). The first of each pair has the room."""
    made = world()
    with made.edit() as cmis:
        cmis.add(1, module="M1", weeks=(2, 3))
        cmis.add(3, module="M1", weeks=(2, 3), room="R2", weekday=2, group="LC02")
        cmis.add(5, module="M1", weeks=(4,), room="R3", at="12:00-14:00")
        cmis.add(7, module="M1", weeks=(2,), room="R3", weekday=4)
    made.settle()
    with made.edit() as cmis:
        cmis.add(2, module="M2", weeks=(2, 3), lecturer="P2")
        cmis.add(4, module="M2", weeks=(2, 3), lecturer="P2", room="R2", weekday=2)
        cmis.add(6, module="M2", weeks=(4,), lecturer="P2", room="R3", at="12:00-14:00")
        cmis.add(8, module="M3", weeks=(2,), lecturer="P2", room="R3", weekday=4)
    made.settle()
    made.calls()
    return made


def choose(winner: int, *others: int, seen: int | None = 0) -> DecideAlike:
    """Record this one."""
    return DecideAlike("ann", "agreed", ONE, SETID, (Choice(tuple(sorted((winner, *others))), winner, seen),))


def alike(w: World, command: DecideAlike | Withdraw, room: str = "R1", date: str = MONDAY) -> Alike:
    """What is found of this kind now."""
    now = w.clock.campus_now()
    return w.look(lambda books: find_alike(books, FindAlike(command, room, date), now))


def choices(found: Alike) -> list[tuple[tuple[int, ...], int | None]]:
    """(lessons, the one to record) of each clash."""
    assert isinstance(found.command, DecideAlike)
    return [(one.lessons, one.winner) for one in found.command.choices]


def test_every_open_clash_of_the_same_modules_in_the_same_way_with_its_cost_before_it_is_made(w: World) -> None:
    found = alike(w, choose(2, 1))
    assert sorted(choices(found)) == [((1, 2), 2), ((3, 4), 4), ((5, 6), 6)], "7 and 8 are of another cause"
    assert (found.modules, found.refused) == (("M1", "M2"), 0)
    assert found.supposed is not None
    assert (found.supposed.room_days, len(found.supposed.lessons)) == (5, 6)
    assert dict(found.supposed.calls) == {"DELETE": 5, "POST": 5}
    assert w.calls() == {}


def test_it_is_one_action_and_is_taken_back_as_one(w: World) -> None:
    found = alike(w, choose(2, 1))
    assert isinstance(found.command, DecideAlike)
    assert found.supposed is not None
    before = set(w.schedules())
    done = w.ask(found.command)
    w.settle()
    assert w.calls() == dict(found.supposed.calls)
    assert (done.number, done.touched) == (1, 5)
    assert done.text.startswith(
        "Decisions 1 to 3: the same for all clashes that are alike; the first is to record"
    )
    assert {external(4, 3), external(6, 4), external(7)} <= set(w.schedules())
    w.pass_time(0.01)
    w.ask(Decide("ann", "agreed", ONE, SETID, (7, 8), 8))
    w.settle()
    w.calls()
    back = alike(w, Withdraw("bob", "no", (2,)))
    assert back.command == Withdraw("bob", "no", (1, 2, 3)), "what was decided by itself stays"
    assert back.supposed is not None
    assert isinstance(back.command, Withdraw)
    w.ask(back.command)
    w.settle()
    assert w.calls() == dict(back.supposed.calls)
    assert set(w.schedules()) == before - {external(7)} | {external(8)}
    w.assert_equal()


def test_a_decision_that_was_made_alone_is_taken_back_alone(w: World) -> None:
    w.ask(Decide("ann", "agreed", ONE, SETID, (1, 2), 2))
    w.pass_time(0.01)
    w.ask(Decide("ann", "agreed", ONE, SETID, (3, 4), 4))
    command = Withdraw("bob", "no", (1,))
    assert alike(w, command) == Alike(command, None)


def test_what_is_settled_is_not_open_and_what_meets_otherwise_is_not_alike(w: World) -> None:
    w.ask(Decide("bob", "agreed", ONE, SETID, (3, 4), 3))
    w.change(6, at="12:30-14:30")
    w.settle()
    command = choose(2, 1)
    assert alike(w, command) == Alike(command, None)


def test_one_that_cannot_be_decided_is_told_and_the_others_are_offered(w: World) -> None:
    w.pause("exams")
    w.ask(Decide("bob", "agreed", ONE, SETID, (3, 4), 4))
    found = alike(w, choose(2, 1))
    assert ([lessons for lessons, _winner in choices(found)], found.refused) == ([(1, 2), (5, 6)], 1)


def test_all_or_none_if_somebody_has_decided_meanwhile(w: World) -> None:
    found = alike(w, choose(2, 1)).command
    assert isinstance(found, DecideAlike)
    assert {one.seen for one in found.choices} == {0}
    w.ask(Decide("bob", "no", ONE, SETID, (5, 6), 5))
    with pytest.raises(NothingDone, match="Somebody else has decided meanwhile"):
        w.ask(found)
    assert [row.BY for row in w.sql("SELECT BY FROM STT_ECHO_DECISION")] == ["bob"]
    with pytest.raises(WrongUse, match="None was named"):
        w.ask(replace(found, choices=()))
    with pytest.raises(WrongUse, match="A decision needs a reason"):
        w.ask(replace(found, why=" "))


def test_lessons_that_do_not_clash_there_have_nothing_alike(w: World) -> None:
    alone = DecideAlike("ann", "ill", DecisionKind.DO_NOT_RECORD, SETID, (Choice((7,)),))
    assert alike(w, alone) == Alike(alone, None)
    with pytest.raises(WrongUse, match="This is not a date"):
        alike(w, alone, date="soon")


def test_one_lecture_under_two_modules_is_recorded_together_wherever_it_is(world: Worlds) -> None:
    w = world()
    for first, module in ((1, "M1"), (2, "M2")):
        with w.edit() as cmis:
            for at, room in enumerate(("R1", "R2", "R3")):
                cmis.add(first + 2 * at, module=module, weeks=(2, 3), room=room, lecturer=None)
        w.settle()
    found = alike(w, DecideAlike("ann", "one lecture", TOGETHER, SETID, (Choice((1, 2), seen=0),)))
    assert choices(found) == [((1, 2), None), ((3, 4), None), ((5, 6), None)]
    w.ask(found.command)
    w.settle()
    assert w.left_out() == {}
