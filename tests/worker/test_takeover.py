"""One leads, another takes over: what was under way is never lost and never believed (reliability L1, L2, L6)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from echodesk import messages
from echodesk.errors import DatabaseTrouble
from echodesk.messages import Phase
from echodesk.simulator.faults import FaultKind
from echodesk.simulator.wire import SimRequest, SimResponse
from echodesk.worker.engine import Constants
from tests.guards import ExpectedLogs
from tests.worker.campus import day
from tests.worker.process import Process
from tests.worker.values import at, external, place_of
from tests.worker.world import LATE_S, World

Worlds = Callable[..., World]

TTL_S = Constants().lease_ttl_s


def lessons(w: World, count: int = 40) -> None:
    """Work for a while, under a call limit."""
    with w.edit() as cmis:
        for slot in range(1, count + 1):
            hour = 8 + slot // 4
            cmis.add(slot, room=f"R{slot % 4 + 1}", at=f"{hour:02d}:00-{hour:02d}:50", weeks=(2,))


def sent(process: Process) -> int:
    """Everything that this one put on the wire, sign-ins included."""
    return len(process.wire.seen) + process.wire.sign_ins


def leads(process: Process) -> bool:
    """Whether it tells that it leads."""
    return bool(process.heard.events) and process.heard.state.mine


def sent_when_renewed(w: World, process: Process) -> int:
    """Let it run until it has renewed its lease, and say what it had sent when it did."""
    found: list[int] = []

    def renewed(step: str) -> None:
        if step == "renew lease":
            found.append(sent(process))

    process.steps.after = renewed
    w.until(lambda: bool(found))
    process.steps.after = lambda step: None
    return found[0]


def intents(w: World) -> list[tuple[str, bool]]:
    """(external id, given up) of every intent."""
    rows = w.sql("SELECT EXTERNAL_ID, GIVEN_UP IS NOT NULL FROM STT_ECHO_INTENT ORDER BY ID")
    return [(row[0], bool(row[1])) for row in rows]


# ---- nothing is sent by one who may not be the leader any more ----------------------------------------------


@pytest.mark.parametrize("counts_sleep", [True, False], ids=["clock goes on", "clock stands still"])
@pytest.mark.parametrize("asleep_s", [31.0, 3_600.0])
@pytest.mark.parametrize("after_s", [0.005, 0.3, 2.0, 9.0])
def test_a_machine_that_slept_sends_nothing_before_it_has_renewed(
    world: Worlds, counts_sleep: bool, asleep_s: float, after_s: float
) -> None:
    w = world(calls_per_minute=120)
    first = w.processes[0]
    first.machine.counts_sleep = counts_sleep
    lessons(w)
    w.until(lambda: "POST" in {request.method for request in first.wire.seen})
    w.pass_time(after_s)
    first.machine.suspend(asleep_s)
    before = sent(first)
    w.pass_time(asleep_s - 0.1)
    assert sent_when_renewed(w, first) == before
    w.settle()
    assert len(w.schedules()) == 40
    assert sent(first) > before
    w.assert_equal()


@pytest.mark.parametrize("counts_sleep", [True, False], ids=["clock goes on", "clock stands still"])
@pytest.mark.parametrize("after_s", [0.005, 0.3, 2.0, 9.0])
def test_a_machine_that_slept_sends_nothing_at_all_while_another_leads(
    world: Worlds, counts_sleep: bool, after_s: float
) -> None:
    w = world(calls_per_minute=120)
    first, second = w.processes[0], w.second()
    first.machine.counts_sleep = counts_sleep
    lessons(w)
    w.until(lambda: "POST" in {request.method for request in first.wire.seen})
    w.pass_time(after_s)
    second.start()
    first.machine.suspend(600.0)
    before = sent(first)
    w.until(lambda: leads(second), within_s=TTL_S + 10.0)
    w.pass_time(700.0)
    w.settle()
    assert sent(first) == before
    assert first.heard.state.phase is Phase.FOLLOWING
    assert len(w.schedules()) == 40
    w.assert_equal()
    assert intents(w) == []


def test_a_machine_that_slept_in_the_middle_of_a_listing_asks_for_no_further_page(world: Worlds) -> None:
    w = world()
    first, second = w.processes[0], w.second()
    lessons(w)
    w.settle()
    first.wire.latency_s = 1.0
    for room in ("R1", "R2", "R3", "R4"):
        w.ask(messages.Refresh("ann", room, day(2).isoformat()))
    w.until(lambda: first.wire.seen[-1].method == "GET")
    second.start()
    first.machine.suspend(120.0)
    before = sent(first)
    w.pass_time(200.0)
    assert sent(first) == before
    w.settle()
    w.assert_equal()


def test_a_freeze_while_the_lease_is_taken_does_not_make_it_look_fresh(world: Worlds) -> None:
    w = world(calls_per_minute=120)
    w.settle()
    w.stop()
    lessons(w)
    w.start()
    first = w.processes[0]

    def fall_asleep(step: str) -> None:
        if step == "take lease":
            first.steps.after = lambda step: None
            first.machine.suspend(TTL_S - 2.0)

    first.steps.after = fall_asleep
    w.until(lambda: first.machine.still)
    before = sent(first)
    assert sent_when_renewed(w, first) == before
    w.settle()
    w.assert_equal()


# ---- what was on the wire -----------------------------------------------------------------------------------


def freeze_before_the_wire(w: World, process: Process, seconds: float) -> None:
    """Its next PUT is checked, and then the machine stands still right before it is written."""

    def stand_still(request: SimRequest) -> SimResponse | None:
        if request.method == "PUT":
            process.wire.interfere = lambda request: None
            process.machine.freeze(seconds)
        return None

    process.wire.interfere = stand_still


def two_workers(world: Worlds) -> tuple[World, Process, Process]:
    """Lesson 1 is recorded, the first worker leads, and a second one stands by."""
    w = world()
    w.lesson(1)
    w.settle()
    second = w.second()
    second.start()
    return w, w.processes[0], second


def test_who_stands_by_writes_nothing(world: Worlds) -> None:
    """It holds no lock in the way of who leads, and needs no right to write to tell who that is."""
    w, _first, second = two_workers(world)
    steps: list[str] = []
    w.until(lambda: bool(second.heard.events) and second.heard.state.phase is Phase.FOLLOWING)
    second.steps.before = steps.append
    w.pass_time(2 * TTL_S)
    assert set(steps) == {"lease", "pauses", "overview"}, "all of them read"
    assert len(steps) > TTL_S


def test_a_request_that_arrives_after_another_took_over_is_put_right(world: Worlds) -> None:
    """The one request between the last look at the lease and the wire: it undoes what the new leader sent."""
    w, first, second = two_workers(world)
    freeze_before_the_wire(w, first, 600.0)
    w.change(1, room="R2")
    w.until(lambda: first.machine.still)
    froze = w.loop.now
    w.until(lambda: leads(second), within_s=TTL_S + 10.0)
    w.change(1, room="R3")
    w.settle()
    assert place_of(w.schedules()[external(1)]) == at("R3")
    assert intents(w) == []
    w.pass_time(600.0 - (w.loop.now - froze))
    w.until(lambda: place_of(w.schedules()[external(1)]) == at("R2"), within_s=2.0)
    w.until(lambda: intents(w) == [(external(1), True)], within_s=5.0)
    w.settle()
    assert place_of(w.schedules()[external(1)]) == at("R3")
    w.assert_equal()
    assert first.heard.state.phase is Phase.FOLLOWING


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
@pytest.mark.parametrize("how", ["freeze", "suspend"])
def test_an_answer_that_arrives_while_its_worker_stands_still_is_found_out_by_the_next_leader(
    world: Worlds, method: str, how: str
) -> None:
    w = world()
    w.lesson(2, room="R2", at="12:00-13:00")
    if method != "POST":
        w.lesson(1)
    w.settle()
    first, second = w.processes[0], w.second()
    second.start()

    def stand_still(request: SimRequest, response: SimResponse | None) -> None:
        if request.method == method:
            first.wire.on_answered = lambda request, response: None
            getattr(first.machine, how)(90.0)

    first.wire.on_answered = stand_still
    if method == "POST":
        w.lesson(1)
    elif method == "PUT":
        w.change(1, room="R3")
    else:
        w.cancel(1)
    w.until(lambda: first.machine.still)
    assert [one for one, _given_up in intents(w)] == [external(1)]
    w.until(lambda: leads(second), within_s=TTL_S + 10.0)
    w.until(lambda: not any(not given_up for _one, given_up in intents(w)), within_s=1.0)
    w.settle()
    w.assert_equal()
    assert set(w.entries(1)) == {"PROCESSED"}
    w.pass_time(120.0)
    w.settle()
    w.assert_equal()
    assert intents(w) == []
    assert not leads(first)


def test_an_answer_in_hand_but_not_written_down_is_found_out_by_the_next_leader(world: Worlds) -> None:
    """It stands still between the answer and the transaction that would write it down."""
    w = world()
    w.settle()
    first, second = w.processes[0], w.second()
    second.start()

    def stand_still(step: str) -> None:
        if step == "settle":
            first.steps.before = lambda step: None
            first.machine.freeze(90.0)

    first.steps.before = stand_still
    lessons(w, 8)
    w.until(lambda: leads(second), within_s=TTL_S + 20.0)
    w.pass_time(120.0)
    w.settle()
    assert len(w.schedules()) == 8
    assert w.sql("SELECT count(*) FROM STT_ECHO_MIRROR") == [(8,)]
    assert intents(w) == []
    w.assert_equal()


def test_a_late_request_of_a_dead_worker_is_waited_for_from_the_takeover_on(world: Worlds) -> None:
    w = world()
    w.lesson(2)
    w.settle()
    w.stop()
    dies = w.second()
    dies.start()
    w.until(lambda: leads(dies))
    w.faults(FaultKind.LATE_TIMEOUT, first=1_000_000, methods=("POST",))
    w.lesson(1, at="14:00-15:00")
    w.until(lambda: w.simulator.injector.fired.total() > 0)
    w.faults()
    w.start()
    dies.kill()
    w.pass_time(TTL_S - 5.0)
    w.until(lambda: leads(w.processes[0]), within_s=10.0)
    took_over = w.loop.now
    w.until(lambda: any(request.method == "GET" and "room=" in request.query for request in w.wire.seen))
    assert w.loop.now - took_over >= LATE_S * 0.95
    w.settle()
    w.assert_equal()


def test_who_stops_after_another_took_over_tells_what_it_had_sent(world: Worlds) -> None:
    w, first, second = two_workers(world)
    freeze_before_the_wire(w, first, 100.0)
    w.change(1, room="R2")
    w.until(lambda: first.machine.still)
    w.until(lambda: leads(second), within_s=TTL_S + 10.0)
    w.change(1, room="R3")
    w.settle()
    w.until(lambda: not first.machine.still, within_s=200.0)
    w.stop()
    w.settle()
    assert place_of(w.schedules()[external(1)]) == at("R3")
    w.assert_equal()


# ---- intents that stand for nothing -------------------------------------------------------------------------


def test_what_gave_up_before_the_wire_leaves_no_intent(world: Worlds) -> None:
    w = world(calls_per_minute=60)
    w.settle()
    lessons(w)
    w.until(lambda: len(intents(w)) > 10)
    w.ask(messages.Pause("exams", "ann"))
    w.pass_time(60.0)
    assert intents(w) == []
    w.ask(messages.Resume("ann"))
    w.settle()
    w.assert_equal()


def test_a_sign_in_without_end_means_that_nothing_was_sent_and_nothing_is_listed(world: Worlds) -> None:
    w = world()
    w.settle()
    w.loop.forward(3_600.0)
    w.faults(FaultKind.SIGN_IN_TIMEOUT, first=4)
    w.calls()
    w.lesson(1)
    w.settle()
    assert w.simulator.injector.fired[FaultKind.SIGN_IN_TIMEOUT] == 4
    assert w.calls() == {"POST": 1}
    assert w.notifications(1) == ["SUCCESS"]
    w.assert_equal()


STEPS = ("claim", "expand", "intents", "settle", "mirror", "take lease", "renew lease", "late answers")


@pytest.mark.parametrize("step", STEPS)
def test_a_commit_whose_outcome_nobody_knows_leaves_nothing_behind(world: Worlds, step: str) -> None:
    """The database took it, and the connection was lost before it could say so (fault 29)."""
    w = world()
    with w.edit() as cmis:
        for slot, room in ((1, "R1"), (2, "R2"), (3, "R3")):
            cmis.add(slot, room=room)
    if step != "take lease":
        w.settle()
    left = [1]

    def lost(name: str) -> None:
        if name == step and left[0]:
            left[0] -= 1
            raise DatabaseTrouble("The connection was lost", "Nobody knows whether it was done.", "Wait.")

    w.steps.after = lost
    if step == "late answers":
        w.faults(FaultKind.RESET_APPLIED, first=3, methods=("PUT",))
    with w.edit() as cmis:
        cmis.alter(1, room="R2", at="15:00-16:00")
        cmis.delete("timetable", slotid=3)
        cmis.add(4, room="R4")
    if step == "mirror":
        w.ask(messages.Refresh("ann", "R1", day(2).isoformat()))
    w.until(lambda: left == [0])
    w.settle()
    assert intents(w) == []
    assert {row[0] for row in w.sql("SELECT DISTINCT STATUS FROM STT_ECHO_QUEUE")} == {"PROCESSED"}
    w.assert_equal()


def test_who_stops_while_the_database_is_away_says_what_it_could_not_tell(
    world: Worlds, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("echodesk.worker.engine", "1 requests could not be told")
    w, first, second = two_workers(world)
    freeze_before_the_wire(w, first, 100.0)
    w.change(1, room="R2")
    w.until(lambda: first.machine.still)
    w.until(lambda: leads(second), within_s=TTL_S + 10.0)
    w.settle()

    def away(step: str) -> None:
        if step == "leave marks":
            raise DatabaseTrouble("The disk is full", "The database could not be written.", "Make room.")

    first.steps.before = away
    w.until(lambda: not first.machine.still, within_s=200.0)
    w.stop()
    # What stands is what it had sent last, which is what is wanted.
    assert place_of(w.schedules()[external(1)]) == at("R2")
