"""Echo360 asks to wait, or does not let us in; and the worker is asked to stop meanwhile (design §4.10)."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from echodesk import messages
from echodesk.messages import Phase
from echodesk.simulator.faults import FaultKind
from echodesk.simulator.wire import SimRequest, json_response
from tests.worker.values import external
from tests.worker.wire import answering
from tests.worker.world import World

Worlds = Callable[..., World]


def test_429_is_waited_out_as_told(world: Worlds) -> None:
    w = world()
    w.settle()
    w.wire.interfere = answering("POST", json_response(429, {"error": "TooMany"}, (("retry-after", "30"),)), 1)
    w.lesson(1)
    began = w.loop.time()
    w.settle()
    assert w.loop.time() - began >= 30.0
    assert w.notifications(1) == ["SUCCESS"]
    assert w.calls() == {"GET": 1, "POST": 2} or w.calls() == {}
    w.pass_time(1.0)
    assert w.heard.state.echo360 == ""


def test_while_echo360_asks_to_wait_nothing_is_planned_and_staff_are_told(world: Worlds) -> None:
    w = world()
    w.settle()
    w.wire.interfere = answering("POST", json_response(429, {"error": "TooMany"}, (("retry-after", "300"),)), 1)
    w.lesson(1)
    w.pass_time(5.0)
    assert (w.heard.state.phase, w.heard.state.echo360) == (Phase.WAITING, "Echo360's call limit is reached.")
    w.lesson(2, weekday=2)
    w.pass_time(60.0)
    assert w.sql("SELECT EXTERNAL_ID FROM STT_ECHO_INTENT WHERE EXTERNAL_ID = :one", one=external(2)) == []
    w.settle()
    assert w.heard.state.echo360 == ""
    assert w.calls()["POST"] == 3, "one that had to wait, one for each lecture"
    w.assert_equal()


def test_503_is_waited_out_and_nobody_knows_whether_it_applied(world: Worlds) -> None:
    w = world()
    w.settle()
    w.faults(FaultKind.UNAVAILABLE_SECONDS, methods=("POST",))
    w.lesson(1)
    w.settle()
    assert w.notifications(1) == ["REFRESHED"]
    w.assert_equal()
    w.pass_time(10.0)
    assert w.heard.state.echo360 == ""


def test_a_stop_does_not_wait_for_a_long_429(world: Worlds) -> None:
    w = world()
    w.settle()
    w.wire.interfere = answering("POST", json_response(429, {"error": "TooMany"}, (("retry-after", "3000"),)))
    w.lesson(1, weeks=tuple(range(2, 12)))
    w.pass_time(2.0)
    w.stop()
    assert w.sql("SELECT count(*) FROM STT_ECHO_INTENT") == [(0,)], "nothing was on the wire"
    assert set(w.notifications(1)) == {"UNPROCESSED"}
    w.wire.interfere = lambda request: None
    w.restart()
    w.settle()
    assert len(w.schedules()) == 10
    assert w.sql("SELECT max(CRASHES) FROM STT_ECHO_NOTIFICATION") == [(0,)]


def test_a_stop_under_the_call_limit_leaves_nothing_half_done(world: Worlds) -> None:
    w = world(calls_per_minute=60)
    w.settle()
    with w.edit() as cmis:
        for slot in range(1, 7):
            cmis.add(
                slot, weeks=tuple(range(2, 12)), weekday=slot % 5 + 1, at=f"{8 + slot:02d}:00-{8 + slot:02d}:50"
            )
    w.pass_time(3.0)
    w.stop()
    assert w.sql("SELECT count(*) FROM STT_ECHO_INTENT") == [(0,)]
    assert w.sql("SELECT count(*) FROM STT_ECHO_NOTIFICATION WHERE STATUS = 'IN_PROGRESS'") == [(0,)]
    w.restart()
    w.settle()
    assert len(w.schedules()) == 60
    w.assert_equal()


# ---- not let in ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [401, 403])
def test_all_sending_stops_until_someone_acts(world: Worlds, status: int) -> None:
    w = world()
    w.settle()
    w.calls()
    shut = json_response(status, {"error": "Forbidden"})
    w.wire.interfere = lambda request: None if "/oauth2/" in request.path else shut
    w.lesson(1, weeks=(2, 3, 4))
    w.pass_time(5.0)
    assert w.heard.state.phase is Phase.STOPPED_BY_ECHO360
    first = sum(w.calls().values())
    assert first <= 6
    w.change(1, room="R2")
    w.pass_time(200.0)
    assert w.calls() == {}
    assert set(w.notifications(1)) == {"UNPROCESSED"}
    w.wire.interfere = lambda request: None
    w.ask(messages.TryAgain("ann"))
    w.settle()
    assert len(w.schedules()) == 3
    w.assert_equal()


def test_wrong_credentials_at_the_first_start_do_not_knock_at_the_door_every_second(world: Worlds) -> None:
    w = world(secret="not-the-secret")
    w.pass_time(290.0)
    assert w.wire.sign_ins <= 3
    assert w.heard.state.phase is Phase.STOPPED_BY_ECHO360
    assert w.heard.state.echo360 != ""


def test_the_command_line_is_served_while_the_first_listing_cannot_be_made(world: Worlds) -> None:
    w = world(secret="not-the-secret")
    w.pass_time(3.0)
    w.sql(
        "INSERT INTO STT_ECHO_COMMAND (KIND, ARGS, BY) VALUES ('Pause', :args, 'bo')",
        args=json.dumps({"reason": "exams", "by": "bo"}),
    )
    w.pass_time(5.0)
    assert w.sql("SELECT STATE FROM STT_ECHO_COMMAND") == [("DONE",)]


def test_what_a_pause_holds_back_right_before_the_wire_is_no_trouble_of_echo360(world: Worlds) -> None:
    w = world()
    w.settle()
    w.wire.interfere = answering("POST", json_response(401, {"error": "Unauthorized"}), 1)
    pausing: list[object] = []

    def at_the_next_sign_in(request: SimRequest) -> None:
        if "/oauth2/" in request.path and not pausing:
            pause = messages.Pause("exams", "ann", messages.Scope(room="R1"))
            pausing.append(w.loop.create_task(w.engine.command(pause)))

    w.wire.on_sent = at_the_next_sign_in
    w.lesson(1)
    w.pass_time(5.0)
    assert pausing, "the story needs the sign-in after a 401"
    assert w.schedules() == {}
    assert w.heard.state.echo360 == ""
    w.resume()
    w.settle()
    w.assert_equal()
