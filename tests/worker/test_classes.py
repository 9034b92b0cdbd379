"""What the worker does for each class of answer, whichever row of the table it came by (reliability H3, H4)."""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn

import httpx
import pytest

from echodesk.capture import answers
from echodesk.capture.answers import TABLE
from echodesk.messages import Phase
from echodesk.planning.answers import Class
from echodesk.simulator.wire import SimRequest, SimResponse, json_response
from tests.worker.values import external
from tests.worker.wire import answering
from tests.worker.world import LATE_S, World

Worlds = Callable[..., World]

PAGE = b"<!DOCTYPE html><html><title>Sign in</title></html>"
HTML = (("content-type", "text/html"),)


def said(status: int, code: str, text: str = "") -> SimResponse:
    return json_response(status, {"error": code, "message": text or code})


class Breaks(Exception):
    """An answer that is none: the network fails in this way."""

    def __init__(self, problem: type[httpx.TransportError]) -> None:
        super().__init__(problem.__name__)
        self.problem = problem


# Row of the table → what a creation is answered, once, without doing anything.
WIRE: dict[str, SimResponse | Breaks] = {
    "UNSENT": Breaks(httpx.ConnectError),
    "UNANSWERED": Breaks(httpx.ReadError),
    "LIMIT": json_response(429, {"error": "TooMany"}, (("retry-after", "3"),)),
    "UNAVAILABLE": json_response(503, {"error": "Down"}, (("retry-after", "3"),)),
    "FORBIDDEN": said(403, "Forbidden", "no scope"),
    "TROUBLE": SimResponse(502, HTML, PAGE),
    "NO_API": SimResponse(404, HTML, PAGE),
    "EXISTS": said(400, "ExternalIdNotUnique"),
    "CLASH": said(409, "TimingClash"),
    "IN_PAST": said(400, "TimeInPast"),
    "NO_DEVICE": said(400, "DeviceNotFound"),
    "MISSING": said(400, "SectionNotFound"),
    "GONE": said(404, "ScheduleNotFound"),
    "REFUSED": said(400, "Locked", "locked by an administrator"),
    "SHUT_OUT": said(401, "Unauthorized"),
    "NOT_THIS": SimResponse(200, HTML, PAGE),
}
ELSEWHERE = {
    "DONE": "every other test of the worker",
    "SIGN_IN_TROUBLE": "below: it is no answer to a creation",
}


def rows(*kinds: Class) -> list[str]:
    """The rows of these classes that an answer to a creation can fall in."""
    names = {id(value): name for name, value in vars(answers).items()}
    return [names[id(row)] for row in TABLE if row.kind in kinds and names[id(row)] in WIRE]


def answered(w: World, line: str, times: int = 1) -> None:
    """From now on creations are answered like this, so often."""
    came = WIRE[line]
    if isinstance(came, SimResponse):
        w.wire.interfere = answering("POST", came, times)
        return
    problem = came.problem
    left = [times]

    def break_off(request: SimRequest) -> None:
        if request.method == "POST" and "/schedules" in request.path and left[0]:
            left[0] -= 1
            fail(problem)

    w.wire.interfere = break_off


def fail(problem: type[httpx.TransportError]) -> NoReturn:
    raise problem("it broke")


def given_up(w: World) -> list[bool]:
    """Of every intent, whether its answer is not waited for any more."""
    return [bool(row[0]) for row in w.sql("SELECT GIVEN_UP IS NOT NULL FROM STT_ECHO_INTENT")]


def posts(w: World) -> int:
    """Creations of schedules so far."""
    return sum(1 for request in w.wire.seen if request.method == "POST" and "/schedules" in request.path)


def ready(world: Worlds) -> World:
    """A worker that has nothing to do."""
    w = world()
    w.lesson(2, at="15:00-16:00")
    w.settle()
    w.calls()
    return w


def test_every_row_that_can_answer_a_creation_is_here() -> None:
    names = {id(value): name for name, value in vars(answers).items()}
    assert {names[id(row)] for row in TABLE} == set(WIRE) | set(ELSEWHERE)


@pytest.mark.parametrize("line", rows(Class.AMBIGUOUS))
def test_after_an_ambiguous_answer_the_intent_stays_and_the_room_is_listed_after_l(
    world: Worlds, line: str
) -> None:
    w = ready(world)
    answered(w, line)
    w.lesson(1)
    w.until(lambda: given_up(w) == [True])
    assert w.notifications(1) == ["UNPROCESSED"]
    gave_up = w.loop.now
    w.until(lambda: w.wire.seen[-1].method == "GET")
    assert w.loop.now - gave_up >= LATE_S * 0.95
    assert posts(w) == 2, "nothing was sent again before it was known"
    w.settle()
    assert w.notifications(1) == ["REFRESHED"]
    assert posts(w) == 3
    assert given_up(w) == []
    w.assert_equal()


@pytest.mark.parametrize("line", rows(Class.WAIT))
def test_after_a_wait_the_same_is_sent_again_and_nothing_is_listed(world: Worlds, line: str) -> None:
    w = ready(world)
    answered(w, line)
    w.lesson(1)
    began = w.loop.now
    w.settle()
    assert w.notifications(1) == ["SUCCESS"]
    assert w.calls() == {"POST": 2}
    assert w.loop.now - began >= (3.0 if line == "LIMIT" else 1.0)
    assert given_up(w) == []
    w.assert_equal()


@pytest.mark.parametrize("line", rows(Class.AUTH))
def test_when_not_let_in_everything_stops_but_one_probe(world: Worlds, line: str) -> None:
    w = ready(world)
    answered(w, line, times=1_000_000)
    w.lesson(1, weeks=(2, 3, 4))
    w.pass_time(5.0)
    assert w.heard.state.phase is Phase.STOPPED_BY_ECHO360
    assert given_up(w) == []
    first = posts(w)
    w.pass_time(280.0)
    assert posts(w) == first
    w.pass_time(60.0)
    # A 401 is sent again once with a new token.
    assert posts(w) - first == (2 if line == "SHUT_OUT" else 1)
    assert set(w.notifications(1)) == {"UNPROCESSED"}
    w.wire.interfere = lambda request: None
    w.pass_time(310.0)
    w.settle()
    assert len(w.schedules()) == 4
    w.assert_equal()


@pytest.mark.parametrize("line", rows(Class.PARK))
def test_what_is_refused_for_good_is_shown_and_not_sent_again(world: Worlds, line: str) -> None:
    w = ready(world)
    answered(w, line)
    w.lesson(1)
    w.settle()
    assert w.notifications(1) == ["FAILED"]
    assert w.calls() == {"POST": 1}
    w.pass_time(600.0)
    assert w.calls() == {}
    assert external(1) not in w.schedules()
    assert w.message(1) != ""
    assert given_up(w) == []


@pytest.mark.parametrize("line", rows(Class.DEFINITE))
def test_a_definite_answer_is_acted_on_at_once_and_leaves_no_intent(world: Worlds, line: str) -> None:
    w = ready(world)
    answered(w, line)
    w.lesson(1)
    w.until(lambda: posts(w) == 2)
    w.pass_time(1.5)
    assert given_up(w) == []
    w.settle()
    if line == "IN_PAST":
        assert w.notifications(1) == ["TOO_LATE"]
        assert external(1) not in w.schedules()
    else:
        assert external(1) in w.schedules()
        w.assert_equal()


def test_a_sign_in_in_trouble_is_waited_for_and_nothing_was_sent(world: Worlds) -> None:
    w = ready(world)
    w.loop.forward(3_700.0)
    left = [3]

    def down(request: SimRequest) -> SimResponse | None:
        if "/oauth2/" not in request.path or not left[0]:
            return None
        left[0] -= 1
        return SimResponse(500, HTML, PAGE)

    w.wire.interfere = down
    w.lesson(1)
    w.settle()
    assert left == [0]
    assert w.calls() == {"POST": 1}
    assert w.notifications(1) == ["SUCCESS"]
    w.assert_equal()
