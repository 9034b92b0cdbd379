"""Asking whoever sends, under a clock that the test moves: order, once each, deadline, takeover."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from echodesk.batches import StopPlan
from echodesk.commands.asking import NotAnswered, asked
from echodesk.errors import EchoDeskError, WrongUse
from echodesk.main import Office, open_office
from echodesk.messages import Allow, CommandDone, Pause, Resume
from echodesk.worker.control import done_text
from tests.guards import ExpectedLogs


class Clock:
    """Time that passes only when somebody sleeps; then something may happen."""

    def __init__(self) -> None:
        self.time = 0.0
        self.happens: list[tuple[float, Callable[[], object]]] = []

    def monotonic(self) -> float:
        return self.time

    def campus_now(self) -> dt.datetime:
        return dt.datetime(2026, 11, 20, 12, 0)  # noqa: DTZ001 - campus time has no zone

    async def sleep(self, seconds: float) -> None:
        self.time += seconds
        for due, event in [one for one in self.happens if one[0] <= self.time]:
            self.happens.remove((due, event))
            event()


@pytest.fixture
def office(folder: Path) -> Iterator[Office]:
    made = open_office(folder)
    yield made
    made.close()


def lead(office: Office, holder: str = "Ann") -> int:
    """Somebody takes the lease; returns the epoch."""
    lease = office.write(lambda books: books.office.take_lease(holder, 600.0))
    assert lease is not None
    return lease.epoch


def test_the_leader_s_answer_is_waited_for(office: Office) -> None:
    clock = Clock()
    lead(office)

    def answer() -> None:
        waiting = office.read(lambda books: books.office.next_command())
        assert waiting is not None
        said = done_text(CommandDone("Done by Ann.", 7))
        office.write(lambda books: books.office.answer_command(waiting.id, True, said))

    clock.happens.append((3.0, answer))
    found = asyncio.run(asked(office, clock, Pause("x", "Bo"), 30.0))
    assert (found.done, found.by) == (CommandDone("Done by Ann.", 7), "Ann")
    assert clock.time == pytest.approx(3.0, abs=0.2)
    assert office.read(lambda books: books.office.pauses()) == []


def test_a_leader_that_leaves_without_answering_is_replaced(office: Office) -> None:
    clock = Clock()
    epoch = lead(office)
    clock.happens.append((2.0, lambda: office.write(lambda books: books.office.release_lease("Ann", epoch))))
    found = asyncio.run(asked(office, clock, Pause("x", "Bo"), 30.0))
    assert (found.done.touched, found.by) == (1, "")
    assert [pause.reason for pause in office.read(lambda books: books.office.pauses())] == ["x"]


def test_a_command_that_was_not_answered_is_still_done_once(office: Office) -> None:
    clock = Clock()
    epoch = lead(office)
    with pytest.raises(NotAnswered, match="Ann"):
        asyncio.run(asked(office, clock, Pause("first", "Bo"), 5.0))
    assert clock.time == pytest.approx(5.0, abs=0.2)
    office.write(lambda books: books.office.release_lease("Ann", epoch))

    found = asyncio.run(asked(office, clock, Pause("second", "Bo"), 5.0))
    assert found.by == ""
    pauses = office.read(lambda books: books.office.pauses())
    assert [pause.reason for pause in pauses] == ["first", "second"]
    assert office.read(lambda books: books.office.next_command()) is None


def test_an_earlier_command_that_fails_does_not_stop_the_next(office: Office) -> None:
    office.write(lambda books: books.office.post_command("Pause", '{"reason": " ", "by": "Ann"}', "Ann"))
    asyncio.run(asked(office, Clock(), Pause("x", "Bo"), 5.0))
    found = asyncio.run(asked(office, Clock(), Resume("Bo"), 5.0))
    assert found.done.touched == 1
    state, answer = office.read(lambda books: books.office.command_answer(1)) or ("", "")
    assert (state, "needs a reason" in answer) == ("FAILED", True)


def test_a_plan_of_a_number_that_no_database_knows_is_refused(office: Office) -> None:
    with pytest.raises(WrongUse, match=f"No plan has the number {10**30}"):
        asyncio.run(asked(office, Clock(), StopPlan("ann", 10**30, "no reason"), 1.0))


def test_what_cannot_be_carried_out_is_answered_and_keeps_nobody_from_their_turn(
    office: Office, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("echodesk.commands.asking", "^The command Allow was stopped by a defect")
    with pytest.raises(EchoDeskError, match="OverflowError"):
        asyncio.run(asked(office, Clock(), Allow("ann", 10**30, "looked at", 1), 1.0))
    done = asyncio.run(asked(office, Clock(), Pause("exams", "ann"), 1.0))
    assert done.done.touched == 1
