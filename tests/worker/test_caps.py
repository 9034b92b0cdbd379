"""How often the same request is sent, whatever Echo360 answers (reliability H1)."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from dataclasses import replace

import pytest

from echodesk import messages
from echodesk.planning.records import ANSWERED, Try
from echodesk.simulator.faults import FaultKind, FaultSettings
from echodesk.simulator.wire import SimRequest, SimResponse, json_response
from echodesk.worker import caps
from echodesk.worker.retries import RetryBudget
from tests.worker.campus import day
from tests.worker.values import external
from tests.worker.world import LATE_S, World

Worlds = Callable[..., World]

BURST_S = 10.0
"""With the L of these tests."""


class Trouble:
    """Echo360 answers one occurrence's creation badly, and writes down when it was asked."""

    def __init__(self, world: World, answer: SimResponse, slot: int = 1) -> None:
        self.world = world
        self.answer: SimResponse | None = answer
        self.asked_at: list[float] = []
        self._needle = f'"{external(slot)}"'.encode()
        world.wire.interfere = self._interfere

    def _interfere(self, request: SimRequest) -> SimResponse | None:
        if request.method != "POST" or self._needle not in request.body:
            return None
        self.asked_at.append(self.world.loop.time())
        return self.answer

    def asked(self, times: int) -> bool:
        """Whether it was asked so often."""
        return len(self.asked_at) >= times

    def most_within(self, seconds: float) -> int:
        """The largest number of requests in any so long time."""
        return max(
            (sum(1 for other in self.asked_at if at <= other < at + seconds) for at in self.asked_at), default=0
        )


def error_500() -> SimResponse:
    return json_response(500, {"message": "Internal error 4711"})


def work_on(w: World, seconds: float, asleep_s: float) -> None:
    """So much time passes; most of it is slept through, so that the test is quick."""
    ends = w.loop.time() + seconds
    while w.loop.time() < ends:
        w.loop.forward(asleep_s)
        w.pass_time(2.0)


def come_to(w: World, condition: Callable[[], bool], within_s: float) -> None:
    """Let the worker run until this is true, looking twice a second."""
    ends = w.loop.time() + within_s
    while not condition():
        assert w.loop.time() < ends, "it did not come to that"
        w.pass_time(0.5)


def settled_world(world: Worlds, **wishes: str) -> World:
    w = world(**wishes)
    w.lesson(9, room="R4")
    w.settle()
    w.calls()
    return w


@pytest.mark.parametrize(
    ("status", "body"),
    [(500, {"message": "Internal error 4711"}), (429, {"message": "Rate limit exceeded"})],
    ids=["no clear answer", "asked to wait"],
)
def test_two_hours_of_the_same_answer(world: Worlds, status: int, body: dict[str, str]) -> None:
    w = settled_world(world)
    trouble = Trouble(w, json_response(status, body))
    w.lesson(1)
    w.pass_time(60.0)
    work_on(w, 7_200.0, asleep_s=28.0)
    assert trouble.most_within(BURST_S) <= 4
    assert trouble.most_within(3_600.0) <= 12
    assert len(trouble.asked_at) >= 20, "it goes on trying by itself"
    assert w.notifications(1) == ["PARKED"]


def test_a_whole_day_holds_forty_and_then_everything_arrives_by_itself(world: Worlds) -> None:
    w = settled_world(world)
    trouble = Trouble(w, error_500())
    w.lesson(1)
    work_on(w, 30 * 3_600.0, asleep_s=600.0)
    assert trouble.most_within(86_400.0) == 40
    trouble.answer = None
    work_on(w, 20 * 3_600.0, asleep_s=1_200.0)
    assert external(1) in w.schedules()
    assert w.notifications(1) == ["SUPERSEDED"]
    assert w.entries(1) == ["SUPERSEDED"]
    assert w.sql("SELECT count(*) FROM STT_ECHO_TRY") == [(0,)]
    w.assert_equal()


def parked(world: Worlds) -> tuple[World, Trouble]:
    """Four tries in a burst of five minutes are over."""
    w = settled_world(world, late_s="60")
    trouble = Trouble(w, error_500())
    w.lesson(1)
    come_to(w, lambda: w.notifications(1) == ["PARKED"], within_s=290.0)
    assert len(trouble.asked_at) == 4
    return w, trouble


def test_who_waits_for_the_next_try_says_so_on_the_update_and_on_the_room_day(world: Worlds) -> None:
    w, _trouble = parked(world)
    assert w.entries(1) == ["FAILED"]
    text = w.message(1)
    for part in ("Sent 4 times without a clear answer", "4711", "Tried again by itself on 02 September", "Retry"):
        assert part in text
    rows = w.sql("SELECT FAILED, RESOLVED, LAST_ERROR FROM STT_ECHO_DAY_ROOM")
    assert [(row[0], row[1]) for row in rows] == [(1, None)]
    assert text in rows[0][2]
    assert w.sql("SELECT count(*) FROM STT_ECHO_INTENT") == [(0,)], "what is not sent has no intent"


def test_other_lessons_of_the_room_day_go_on_meanwhile(world: Worlds) -> None:
    w, trouble = parked(world)
    w.lesson(2, at="14:00-15:00")
    come_to(w, lambda: external(2) in w.schedules(), within_s=5.0)
    assert len(trouble.asked_at) == 4


def test_the_room_day_stays_open_until_the_answer_is_clear(world: Worlds) -> None:
    w, trouble = parked(world)
    come_to(w, lambda: len(trouble.asked_at) == 5, within_s=400.0)
    w.pass_time(30.0)
    assert w.sql("SELECT RESOLVED FROM STT_ECHO_DAY_ROOM") == [(None,)]
    trouble.answer = None
    w.settle(4_000.0)
    assert w.notifications(1) == ["SUPERSEDED"]
    assert w.sql("SELECT count(*) FROM STT_ECHO_DAY_ROOM WHERE RESOLVED IS NULL") == [(0,)]
    w.assert_equal()


@pytest.mark.parametrize("act", ["retry", "refresh", "another body"])
def test_the_count_begins_anew(world: Worlds, act: str) -> None:
    w, trouble = parked(world)
    if act == "retry":
        entry = w.sql("SELECT ID FROM STT_ECHO_QUEUE WHERE STATUS = 'FAILED'")[0][0]
        w.ask(messages.Retry("ann", entries=(entry,)))
    elif act == "refresh":
        w.ask(messages.Refresh("ann", "R1", day(2).isoformat()))
    else:
        w.change(1, lecturer="P2")
    come_to(w, lambda: len(trouble.asked_at) == 5, within_s=5.0)


def test_a_kill_forgets_no_try(world: Worlds) -> None:
    w = settled_world(world, late_s="60")
    trouble = Trouble(w, error_500())
    w.lesson(1)
    for count in (1, 2, 3, 4):
        come_to(w, functools.partial(trouble.asked, count), within_s=100.0)
        w.kill()
        w.run(w.capture.close())
        w.loop.forward(1.0)
        w.sql("UPDATE STT_ECHO_LEASE SET HOLDER = NULL")
        w.start()
    w.pass_time(40.0)
    assert trouble.most_within(300.0) == 4


# ---- the rule by itself -------------------------------------------------------------------------------------


def tries(ages: Iterable[float]) -> list[Try]:
    return [Try("1", "POST", "p", age, 1, None) for age in ages]


@pytest.mark.parametrize(
    ("ages", "left", "wait_s"),
    [
        ((), 4, 0.0),
        ((1.0, 2.0, 3.0), 1, 0.0),
        ((1.0, 2.0, 3.0, 4.0), 0, 296.0),
        ((1.0, 2.0, 3.0, 300.0), 1, 0.0),
        (tuple(300.0 + n for n in range(12)), 0, 3_600.0 - 311.0),
        (tuple(4_000.0 + n for n in range(40)), 0, 86_400.0 - 4_039.0),
    ],
)
def test_windows_roll(ages: tuple[float, ...], left: int, wait_s: float) -> None:
    assert caps.sends_left(tries(ages), 60.0) == left
    assert caps.wait_s(tries(ages), 60.0) == pytest.approx(wait_s)


def test_what_was_answered_counts_in_its_burst_alone() -> None:
    answered = [replace(one, said=ANSWERED) for one in tries((1.0, 2.0, 3.0))]
    assert caps.sends_left([*answered, *tries((4.0,))], 60.0) == 0
    assert caps.wait_s([*answered, *tries((4.0,))], 60.0) == pytest.approx(296.0)
    old = [replace(one, said=ANSWERED) for one in tries(tuple(300.0 + n for n in range(50)))]
    assert caps.sends_left(old, 60.0) == 4
    assert caps.wait_s(old, 60.0) == 0.0
    assert caps.sent_in_burst(answered, 60.0) == 0


def test_the_wait_between_tries_grows_to_five_minutes_with_full_jitter() -> None:
    assert [caps.back_off_s(sent, 1.0) for sent in (1, 2, 3, 9, 10, 40)] == [1.0, 2.0, 4.0, 256.0, 300.0, 300.0]
    assert caps.back_off_s(5, 0.0) == 0.0
    assert LATE_S * caps.BURST_LATE == BURST_S


# ---- the budget for retries (H2) ----------------------------------------------------------------------------


def many_edits(w: World) -> int:
    """A first fill of 200 lectures, then each changes: requests that it took, sign-ins apart."""
    w.settle()
    before = len(w.wire.seen)
    with w.edit() as cmis:
        for slot in range(1, 41):
            cmis.add(slot, room=f"R{slot % 4 + 1}", weekday=slot % 5 + 1, weeks=WEEKS, at=hour(slot))
    w.settle()
    with w.edit() as cmis:
        for slot in range(1, 41):
            cmis.alter(slot, lecturer=f"P{slot % 3 + 2}")
    w.settle()
    w.assert_equal()
    return len(w.wire.seen) - before


WEEKS = (2, 3, 4, 5, 6)


def hour(slot: int) -> str:
    return f"{8 + slot // 20 * 2:02d}:00-{9 + slot // 20 * 2:02d}:00"


def test_with_less_than_one_in_a_hundred_errors_a_tenth_more_is_sent_at_most(world: Worlds) -> None:
    fault_free = many_edits(world())
    w = world()
    w.simulator.use_faults(FaultSettings(rates={FaultKind.ERROR_500: 0.009}, late_s=LATE_S * 0.8))
    sent = many_edits(w)
    assert fault_free >= 400
    assert fault_free < sent <= 1.1 * fault_free


class Ticks:
    """A clock for the budget alone."""

    now = 0.0

    def monotonic(self) -> float:
        return self.now


def test_an_empty_budget_lets_a_few_retries_through_and_clean_answers_fill_it() -> None:
    clock = Ticks()
    budget = RetryBudget(clock)  # type: ignore[arg-type]  # it only reads the time
    assert sum(budget.take() for _ in range(100)) == 500 // 14
    assert budget.empty
    clock.now += 60.0
    assert sum(budget.take() for _ in range(100)) == 12, "a tenth of the call limit"
    for _ in range(28):
        budget.clean()
    assert sum(budget.take() for _ in range(100)) == 2
    clock.now += 3_600.0
    for _ in range(90):
        budget.throttled()
    assert sum(budget.take() for _ in range(100)) == (500 - 90 * 5) // 14


def test_retries_without_budget_wait_and_arrive_when_echo360_is_well_again(world: Worlds) -> None:
    w = settled_world(world)
    w.simulator.use_faults(FaultSettings(rates={FaultKind.ERROR_500: 0.7}, methods=frozenset({"POST"})))
    with w.edit() as cmis:
        for slot in range(11, 31):
            cmis.add(slot, room=f"R{slot % 4 + 1}", weekday=slot % 5 + 1, weeks=WEEKS)
    waited = False
    for _ in range(60):
        w.pass_time(1.0)
        waited = waited or "too few clear answers" in " ".join(
            row[0] or "" for row in w.sql("SELECT MESSAGE FROM STT_ECHO_NOTIFICATION WHERE STATUS = 'UNPROCESSED'")
        )
    assert waited
    w.faults()
    w.settle()
    assert len(w.schedules()) == 100, "one clashes"
    w.assert_equal()
