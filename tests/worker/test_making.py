"""Reference data is made once, and only while the lecture it is for may be sent (reliability H7, A1)."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable

import pytest

from echodesk import messages
from echodesk.simulator.wire import SimRequest, SimResponse, json_response
from tests.worker.campus import add_room, echo360_seed
from tests.worker.values import external
from tests.worker.world import CONSTANTS, Died, World

Worlds = Callable[..., World]


def made(w: World) -> list[str]:
    """What was asked to be made, in order: the plural names of Echo360's API."""
    return [
        request.path.rsplit("/", 1)[1]
        for request in w.wire.seen
        if request.method == "POST" and "/schedules" not in request.path
    ]


def when_made(w: World, plural: str, act: Callable[[], None]) -> None:
    """Do this when Echo360 has made the first of these, before its answer arrives."""

    def answered(request: SimRequest, response: SimResponse | None) -> None:
        if request.method == "POST" and request.path.endswith(plural):
            w.wire.on_answered = lambda request, response: None
            act()

    w.wire.on_answered = answered


def test_nothing_more_is_made_once_a_pause_is_acknowledged(world: Worlds) -> None:
    w = world(seed=echo360_seed(sections=False))
    w.settle()
    acknowledged: list[int] = []

    async def pause() -> None:
        await w.engine.command(messages.Pause("exams", "ann", messages.Scope()))
        acknowledged.append(len(w.wire.seen))

    tasks: list[asyncio.Task[None]] = []
    when_made(w, "/departments", lambda: tasks.append(w.loop.create_task(pause())))
    w.wire.latency_s = 0.2
    w.lesson(1)
    w.pass_time(20.0)
    assert acknowledged, "the story needs the pause"
    assert "departments" in made(w)
    after = [request for request in w.wire.seen[acknowledged[0] :] if request.method != "GET"]
    assert after == []
    w.resume()
    w.settle()
    assert external(1) in w.schedules()
    assert Counter(made(w)).most_common(1)[0][1] == 1, "each thing once"


@pytest.mark.parametrize("rooms", [("R1", "R2", "R3", "R4")])
def test_many_lectures_that_miss_the_same_things_make_each_once(world: Worlds, rooms: tuple[str, ...]) -> None:
    w = world(seed=echo360_seed(sections=False, rooms=()))
    with w.edit() as cmis:
        for slot in range(1, 17):
            cmis.add(
                slot, room=rooms[slot % 4], weekday=slot % 5 + 1, at=f"{8 + slot % 8:02d}:00-{9 + slot % 8:02d}:00"
            )
    w.settle()
    w.assert_equal()
    bodies = Counter(
        (request.path, request.body)
        for request in w.wire.seen
        if request.method == "POST" and "/schedules" not in request.path
    )
    assert bodies
    assert set(bodies.values()) == {1}


def test_nothing_is_made_for_a_lecture_that_left_the_timetable(world: Worlds) -> None:
    w = world(seed=echo360_seed(sections=False))
    w.settle()

    def take_out(request: SimRequest, response: SimResponse | None) -> None:
        if request.method == "POST" and "/schedules" in request.path:
            w.wire.on_answered = lambda request, response: None
            w.cancel(1)

    w.wire.on_answered = take_out
    w.lesson(1)
    w.settle()
    assert made(w) == []
    assert w.schedules() == {}


def test_what_is_missed_although_it_is_there_is_sent_three_times_and_no_more(world: Worlds) -> None:
    w = world()
    w.settle()
    asked: list[str] = []

    def missed(request: SimRequest) -> SimResponse | None:
        if request.method != "POST" or not request.path.endswith("/schedules"):
            return None
        asked.append(request.path)
        answer = {"error": "SectionNotFound", "message": "Section with external id M1_LC01 does not exist"}
        # A fourth would be one too many; it is let through, so that the story ends whatever is done.
        return json_response(400, answer) if len(asked) <= 3 else None

    w.wire.interfere = missed
    w.lesson(1)
    w.settle()
    assert len(asked) == 3
    assert w.notifications(1) == ["FAILED"]
    assert "(still, after it was supplied)" in str(w.message(1))


def test_requests_that_wait_until_something_may_be_made_hold_nothing_else_up(world: Worlds) -> None:
    """After a takeover nothing is made before L is over: an earlier making may still take effect."""
    late_s = 60
    w = world(late_s=str(late_s))
    rooms = [f"N{number}" for number in range(CONSTANTS.connections + 2)]
    with w.edit() as cmis:
        for room in rooms:
            add_room(cmis, room)
    w.settle()
    w.lesson(1)
    w.until(lambda: bool(w.sql("SELECT 1 FROM STT_ECHO_INTENT")))
    w.kill()
    with pytest.raises(Died):
        w.pass_time(1.0)
    w.restart()
    with w.edit() as cmis:
        for number, room in enumerate(rooms):
            cmis.add(10 + number, room=room)
    missed = [f'"roomExternalId":"{room}"'.encode() for room in rooms]
    w.until(lambda: all(any(one in request.body for request in w.wire.seen) for one in missed), late_s / 3)
    w.lesson(30, room="R3", at="14:00-15:00")
    w.until(lambda: external(30) in w.schedules(), late_s / 3)
    assert made(w) == []
    w.settle()
    w.assert_equal()
    assert Counter(made(w)) == {"rooms": len(rooms)}
