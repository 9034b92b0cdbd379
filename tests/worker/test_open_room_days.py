"""Two people at one room-day: each window is told who else has it open, and when that is over."""

from __future__ import annotations

import pytest

from echodesk.clashes import AlsoOpen, OpenRoomDay
from echodesk.errors import DatabaseTrouble, RightMissing
from echodesk.messages import Phase
from echodesk.worker.presence import ALIVE_S, GONE_S
from tests.worker.process import Process
from tests.worker.test_takeover import Worlds, leads, two_workers
from tests.worker.world import World

DATE = "2030-09-09"
AT_R1, AT_R2, AT_NONE = OpenRoomDay("bo", "R1", DATE), OpenRoomDay("bo", "R2", DATE), OpenRoomDay("bo")
SOON_S = 3.0
TELLS = "tell what is open"


def told(process: Process) -> list[tuple[str, str]]:
    """(person, machine) of the others, as its window was told last; nobody was told of if it was told nothing."""
    found = [one for one in process.heard.events if isinstance(one, AlsoOpen)]
    return [(one.who, one.machine) for one in found[-1].others] if found else []


def both_at_r1(world: Worlds) -> tuple[World, Process, Process]:
    w, first, second = two_workers(world)
    w.until(lambda: bool(second.heard.events) and second.heard.state.phase is Phase.FOLLOWING)
    first.ask(OpenRoomDay("ann", "R1", DATE))
    second.ask(AT_R1)
    w.pass_time(SOON_S)
    assert (told(first), told(second)) == ([("bo", second.name)], [("ann", first.name)])
    return w, first, second


def open_now(w: World) -> list[str]:
    return [row[0] for row in w.sql("SELECT WHO FROM STT_ECHO_WINDOW ORDER BY WHO")]


def test_each_is_told_of_the_other_whoever_leads_and_since_when(world: Worlds) -> None:
    w, first, second = both_at_r1(world)
    assert leads(first)
    assert not leads(second)
    last = [one for one in first.heard.events if isinstance(one, AlsoOpen)][-1]
    ((since,),) = w.sql("SELECT SINCE FROM STT_ECHO_WINDOW WHERE WHO = 'bo'")
    assert (last.room, last.date, last.others[0].since) == ("R1", DATE, since)


def test_it_is_over_when_the_other_chooses_something_else_or_nothing(world: Worlds) -> None:
    w, first, second = both_at_r1(world)
    second.ask(AT_R2)
    w.pass_time(SOON_S)
    assert (told(first), told(second)) == ([], [])
    second.ask(AT_R1)
    w.pass_time(SOON_S)
    assert told(first) == [("bo", second.name)]
    second.ask(AT_NONE)
    w.pass_time(SOON_S)
    assert told(first) == []
    assert open_now(w) == ["ann"]


def test_it_is_over_when_the_other_ends(world: Worlds) -> None:
    w, first, second = both_at_r1(world)
    second.stop()
    assert open_now(w) == ["ann"]
    w.pass_time(SOON_S)
    assert told(first) == []


def test_who_vanished_without_a_word_is_gone_after_a_minute_and_not_before(world: Worlds) -> None:
    w, first, second = both_at_r1(world)
    w.pass_time(3 * GONE_S)
    assert told(first) == [("bo", second.name)], "it has given signs of life"
    second.kill()
    w.pass_time(GONE_S - ALIVE_S - SOON_S)
    assert told(first) == [("bo", second.name)]
    w.pass_time(ALIVE_S + 2 * SOON_S)
    assert told(first) == []
    assert open_now(w) == ["ann", "bo"], "nobody wrote for it"


def test_the_same_room_day_chosen_again_is_told_again(world: Worlds) -> None:
    w, first, _second = both_at_r1(world)
    first.ask(OpenRoomDay("ann"))
    w.pass_time(SOON_S)
    before = len(first.heard.events)
    first.ask(OpenRoomDay("ann", "R1", DATE))
    w.pass_time(SOON_S)
    assert [one for one in first.heard.events[before:] if isinstance(one, AlsoOpen)]


def test_few_writes_and_none_while_nothing_is_chosen(world: Worlds) -> None:
    w, _first, second = both_at_r1(world)
    before = second.steps.done[TELLS]
    w.pass_time(10 * ALIVE_S)
    assert 9 <= second.steps.done[TELLS] - before <= 11
    second.ask(AT_NONE)
    w.pass_time(SOON_S)
    steps: list[str] = []
    second.steps.before = steps.append
    w.pass_time(10 * ALIVE_S)
    assert set(steps) == {"lease", "pauses", "overview"}


def test_who_runs_through_the_list_writes_once_a_second_at_most(world: Worlds) -> None:
    w, first, second = both_at_r1(world)
    before = second.steps.done[TELLS]
    for number in range(50):
        second.ask(OpenRoomDay("bo", f"R{number}", DATE))
        w.pass_time(0.1)
    second.ask(AT_R1)
    w.pass_time(SOON_S)
    assert second.steps.done[TELLS] - before <= 7
    assert told(first) == [("bo", second.name)]


@pytest.mark.parametrize(
    ("trouble", "most"),
    [
        (RightMissing("EchoDesk may not do this in the database", "Its user lacks a right.", "Ask."), 11),
        (DatabaseTrouble("The database cannot be written", "It is read-only.", "Ask."), 201),
    ],
    ids=["no right", "read-only"],
)
def test_who_may_only_look_sees_the_others_and_writes_nothing(
    world: Worlds, trouble: DatabaseTrouble, most: int
) -> None:
    w, first, second = two_workers(world)
    tried: list[str] = []

    def refuse(step: str) -> None:
        if step == TELLS:
            tried.append(step)
            raise trouble

    second.steps.before = refuse
    first.ask(OpenRoomDay("ann", "R1", DATE))
    second.ask(AT_R1)
    w.pass_time(10 * ALIVE_S)
    assert (told(first), told(second)) == ([], [("ann", first.name)])
    assert 1 <= len(tried) <= most
    second.stop()
    assert (second.refused, open_now(w)) == ([], ["ann"])


def test_a_database_that_is_away_is_waited_for(world: Worlds) -> None:
    w, first, second = both_at_r1(world)

    def away(step: str) -> None:
        raise DatabaseTrouble("The database cannot be reached", "The line is bad.", "Wait.")

    second.steps.before = away
    second.ask(AT_R2)
    w.pass_time(2 * GONE_S)
    assert told(first) == []
    second.steps.before = lambda step: None
    first.ask(OpenRoomDay("ann", "R2", DATE))
    w.pass_time(SOON_S)
    assert told(first) == [("bo", second.name)]


def test_a_pc_that_slept_is_back_with_its_first_sign_of_life(world: Worlds) -> None:
    w, first, second = both_at_r1(world)
    second.machine.suspend(600.0)
    w.pass_time(2 * GONE_S)
    assert told(first) == []
    w.pass_time(600.0)
    assert told(first) == [("bo", second.name)]
