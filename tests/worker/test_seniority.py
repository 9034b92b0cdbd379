"""Who is first: only room, weekday, times, week set and becoming eligible count (decisions "Who is first")."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from echodesk import messages
from echodesk.store.upgrading import become_this_version
from tests.simulation.oracle import differences, expected
from tests.worker.campus import SETID
from tests.worker.edit import Edit
from tests.worker.values import external
from tests.worker.world import World

Worlds = Callable[..., World]


def since(w: World, slot: int) -> list[tuple[int, str]]:
    """Which entry set the lesson's seniority, and to what; nothing while DATECHANGED counts."""
    found = w.sql("SELECT QUEUE_ID, SINCE FROM STT_ECHO_SENIORITY WHERE SLOTID = :slot", slot=slot)
    return [(number, at) for number, at in found]


def a_year_older_than_echodesk(world: Worlds) -> World:
    """Two lessons that overlap; the first has been there for longer. No trigger has seen them."""
    w = world()
    w.settle()
    w.kill()
    with w.edit() as cmis:
        cmis.add(1, at="09:00-10:00", lecturer="P1", datechanged="202001011200")
        cmis.add(2, at="09:30-10:30", lecturer="P2", datechanged="202101011200")
    w.sql("DELETE FROM STT_ECHO_QUEUE")
    w.restart()
    w.settle()
    w.ask(messages.Refresh("ann", "R1"))
    w.settle()
    assert set(w.schedules()) == {external(1)}
    return w


def test_another_kind_of_recording_costs_a_lesson_no_seniority(world: Worlds) -> None:
    w = a_year_older_than_echodesk(world)
    w.sql("UPDATE ROOMREQUESTS SET FEATUREID = 'AUDIOREC' WHERE SLOTID = 1")
    w.settle()
    assert set(w.schedules()) == {external(1)}
    assert differences(expected(w), w) == ()


def test_a_recording_that_is_asked_for_again_later_comes_last(world: Worlds) -> None:
    w = a_year_older_than_echodesk(world)
    with w.edit() as cmis:
        cmis.withdraw(1)
    w.settle()
    assert set(w.schedules()) == {external(2)}
    with w.edit() as cmis:
        cmis.ask(1)
    w.settle()
    assert set(w.schedules()) == {external(2)}


def test_what_was_asked_for_before_an_upgrade_and_not_read_comes_last(world: Worlds) -> None:
    """The triggers of an earlier version entered every edit of a request as an update."""
    w = world()
    w.settle()
    w.kill()
    with w.edit() as cmis:
        cmis.add(1, at="09:00-10:00", lecturer="P1", datechanged="202101011200")
        cmis.add(2, at="09:30-10:30", lecturer="P2", datechanged="202001011200")
        cmis.withdraw(2)
    w.sql("DELETE FROM STT_ECHO_QUEUE")
    w.restart()
    w.settle()
    w.ask(messages.Refresh("ann", "R1"))
    w.settle()
    assert set(w.schedules()) == {external(1)}
    w.kill()
    with w.edit() as cmis:
        cmis.ask(2)
    w.sql("UPDATE STT_ECHO_QUEUE SET ACTION = 'UPDATE'")
    w.office.database.write(become_this_version)
    w.restart()
    w.settle()
    assert set(w.schedules()) == {external(1)}
    assert differences(expected(w), w) == ()


def changed(cmis: Edit) -> None:
    cmis.update("roomrequests", {"slotid": 5}, featureid="AUDIOREC")


def written_anew_with_another_kind(cmis: Edit) -> None:
    cmis.withdraw(5)
    cmis.ask(5, "AUDIOREC")


def written_anew_as_it_was(cmis: Edit) -> None:
    cmis.withdraw(5)
    cmis.ask(5)


def put_beside_the_old_one_which_goes(cmis: Edit) -> None:
    cmis.insert("roomrequests", setid=SETID, slotid=5, slotentry=1, itemnum=2, featureid="AUDIOREC")
    cmis.delete("roomrequests", slotid=5, itemnum=1)


STATES: dict[str, dict[str, object]] = {
    "is recorded": {"at": "10:00-11:00"},
    "is a member of a shared lecture": {"at": "09:00-10:00"},
    "is left out": {"at": "09:30-10:30", "lecturer": "P2"},
}
"""What becomes of lesson 5 beside lesson 2, which takes place from nine to ten."""


def lesson_5(world: Worlds, state: str, *, known: bool = True) -> World:
    """Lesson 5 in this state. Unless `known` it is older than EchoDesk: no trigger has seen it."""
    w = world()
    w.settle()
    w.kill()
    with w.edit() as cmis:
        cmis.add(2, at="09:00-10:00", datechanged="202001011200")
        cmis.add(5, **{"datechanged": "202101011200", **STATES[state]})
    if not known:
        w.sql("DELETE FROM STT_ECHO_QUEUE")
    w.restart()
    w.settle()
    w.ask(messages.Refresh("ann", "R1"))
    w.settle()
    return w


@pytest.mark.parametrize("known", [True, False], ids=["entered", "older than EchoDesk"])
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize(
    "edit",
    [changed, written_anew_with_another_kind, written_anew_as_it_was, put_beside_the_old_one_which_goes],
    ids=lambda edit: edit.__name__,
)
def test_another_kind_of_recording_sets_no_seniority_whatever_becomes_of_the_lesson(
    world: Worlds, edit: Callable[[Edit], None], state: str, known: bool
) -> None:
    w = lesson_5(world, state, known=known)
    before = since(w, 5)
    w.pass_time(60.0)
    with w.edit() as cmis:
        edit(cmis)
    w.settle()
    assert since(w, 5) == before
    assert differences(expected(w), w) == ()


@pytest.mark.parametrize("worker", ["saw both at once", "saw one after the other", "saw what comes after as well"])
@pytest.mark.parametrize("state", STATES)
def test_a_recording_asked_for_again_later_is_new_however_fast_the_worker_was(
    world: Worlds, state: str, worker: str
) -> None:
    w = lesson_5(world, state)
    if worker != "saw one after the other":
        w.kill()
    with w.edit() as cmis:
        cmis.withdraw(5)
    if worker == "saw one after the other":
        w.settle()
    w.loop.forward(60.0)
    with w.edit() as cmis:
        cmis.ask(5)
    asked = w.sql("SELECT max(ID) FROM STT_ECHO_QUEUE")[0][0]
    if worker == "saw what comes after as well":
        w.loop.forward(60.0)
        with w.edit() as cmis:
            put_beside_the_old_one_which_goes(cmis)
    if worker != "saw one after the other":
        w.restart()
    w.settle()
    assert [row[0] for row in since(w, 5)] == [asked]
    assert differences(expected(w), w) == ()


def test_a_request_beside_another_sets_no_seniority(world: Worlds) -> None:
    w = a_year_older_than_echodesk(world)
    with w.edit() as cmis:
        cmis.insert("roomrequests", setid=SETID, slotid=1, slotentry=1, itemnum=2, featureid="AUDIOREC")
    w.settle()
    w.pass_time(60.0)
    with w.edit() as cmis:
        cmis.delete("roomrequests", slotid=1, itemnum=1)
    w.settle()
    assert since(w, 1) == []
    assert set(w.schedules()) == {external(1)}


def test_what_was_recorded_in_weeks_that_have_passed_does_not_count(world: Worlds) -> None:
    w = world()
    w.settle()
    w.lesson(1, weeks=(1, 3), at="09:00-10:00")
    w.settle()
    with w.edit() as cmis:
        cmis.add(2, weeks=(3,), at="09:30-10:30", lecturer="P2")
    w.settle()
    w.kill()
    w.loop.forward(30 * 3_600.0)
    w.restart()
    w.settle()
    with w.edit() as cmis:
        cmis.withdraw(1)
    w.settle()
    with w.edit() as cmis:
        cmis.ask(1)
    w.settle()
    assert set(w.schedules()) == {external(1, 1), external(2, 3)}


@pytest.mark.parametrize("worker", ["is fast", "is slow", "died over it"])
def test_a_lesson_saved_anew_keeps_its_place_however_fast_the_worker_was(world: Worlds, worker: str) -> None:
    w = world()
    w.settle()
    w.lesson(1, at="09:00-10:00")
    w.settle()
    w.lesson(2, at="09:30-10:30", lecturer="P2")
    w.settle()
    w.cancel(1)
    if worker == "is fast":
        w.settle()
    w.lesson(1, at="09:00-10:00")
    if worker == "died over it":
        # Entries that an earlier worker died over are claimed one by one.
        w.kill()
        w.sql("UPDATE STT_ECHO_QUEUE SET ATTEMPTS = 1 WHERE STATUS = 'UNPROCESSED'")
        w.restart()
    w.settle()
    assert set(w.schedules()) == {external(1)}
    assert differences(expected(w), w) == ()
