"""Asking whoever sends to do something; where nobody sends, it is done here (decisions: Processes).

Every command is written down first. A worker that leads carries it out; if none does, this process takes the
lease for the length of one transaction, carries out what waits, and gives the lease back in the same transaction.
So commands keep their order, each is carried out once, and a process that dies leaves no half of one.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import platform
from dataclasses import dataclass
from typing import Protocol

from echodesk.commands.answers import BUSY_S, say
from echodesk.errors import DatabaseBusy, EchoDeskError, TimetableFault
from echodesk.main import Office, holder
from echodesk.messages import CommandDone
from echodesk.planning.records import WaitingCommand
from echodesk.worker.books import Books
from echodesk.worker.control import Asked, answered, as_args, failed_text, serve, told_of
from echodesk.worker.defects import Defect, attempt

log = logging.getLogger(__name__)

POLL_S = 0.1
LEASE_S = 30.0
"""The lease is given back in the transaction that takes it; nobody ever sees this time run."""


class NotAnswered(EchoDeskError):
    """Whoever sends has not answered in time; the command stays written down and will be carried out."""


class Ticking(Protocol):
    """What asking needs of a clock."""

    def monotonic(self) -> float: ...

    def campus_now(self) -> dt.datetime: ...

    async def sleep(self, seconds: float) -> None: ...


@dataclass(frozen=True, slots=True)
class Answered:
    """What was done, and by whom: another process's name, or '' for this one."""

    done: CommandDone
    by: str


def ask(office: Office, command: Asked, wait_s: float) -> Answered:
    """Have a command carried out. Raises what whoever sends answered, or `NotAnswered` after `wait_s`."""
    return asyncio.run(asked(office, office.clock(), command, wait_s))


async def asked(office: Office, clock: Ticking, command: Asked, wait_s: float) -> Answered:
    """The same on a clock of one's own."""
    kind, args = as_args(command, platform.node())
    number = office.write(lambda books: books.office.post_command(kind, args, command.by))
    until = clock.monotonic() + wait_s
    led_by, mine = "", False
    while not mine:
        found, leading = office.read(lambda books: (books.office.command_answer(number), leader(books)))
        led_by = leading or led_by
        if found is not None:
            return Answered(answered(*found), led_by or "another EchoDesk")
        if not leading and (served := await _serve_next(office, clock.campus_now().date())) is not None:
            mine = served == number
            continue
        if clock.monotonic() >= until:
            raise _not_answered(leading, wait_s)
        await clock.sleep(POLL_S)
    by_us = office.read(lambda books: books.office.command_answer(number))
    return Answered(answered(*by_us or ("", "")), "")


def answer(office: Office, command: Asked, wait_s: float, *, as_json: bool) -> None:
    """Have a command carried out and say what was done."""
    say_done(ask(office, command, wait_s), as_json=as_json)


def say_done(found: Answered, *, as_json: bool) -> None:
    """Say what was done, and by whom if it was somebody else."""
    values = {"text": found.done.text, "touched": found.done.touched, "carried_out_by": found.by}
    say(values, as_json=as_json, text=found.done.text)


def busy_s(wait_s: float) -> float:
    """How long one transaction may wait for the database: never longer than the whole command."""
    return min(BUSY_S, wait_s)


def leader(books: Books) -> str:
    """Who is sending, '' if nobody is."""
    lease = books.office.lease()
    return (lease.holder or "") if lease.seconds_left > 0 else ""


async def _serve_next(office: Office, today: dt.date) -> int | None:
    """Carry out the oldest command that waits and return its id (0 if none waits any more). None if somebody
    leads after all, or another program holds the database. One that cannot be carried out is answered with why:
    it must not keep others from their turn."""
    at_work: list[WaitingCommand] = []

    def write(books: Books) -> int | None:
        me = holder()
        lease = books.office.take_lease(me, LEASE_S)
        if lease is None:
            return None
        waiting = books.office.next_command()
        if waiting is not None:
            at_work.append(waiting)
            serve(books, waiting, today)
        books.office.release_lease(me, lease.epoch)
        return waiting.id if waiting is not None else 0

    async def serving() -> int | None:
        return office.write(write)

    error: EchoDeskError
    try:
        outcome = await attempt(serving())
    except DatabaseBusy:
        return None
    except TimetableFault as fault:
        error = fault
    else:
        if not isinstance(outcome, Defect):
            return outcome
        if not at_work:
            raise outcome.error
        error = told_of(outcome, f"The command {at_work[0].kind}", _report)
    said = failed_text(error)
    office.write(lambda books: books.office.answer_command(at_work[0].id, False, said))
    return at_work[0].id


def _report(what: str, defect: Defect) -> None:
    log.error("%s was stopped by a defect", what, exc_info=defect.error)


def _not_answered(led_by: str, wait_s: float) -> NotAnswered:
    who = f"{led_by} is sending and has" if led_by else "Another program holds the database and nobody has"
    return NotAnswered(
        "Passed on, not answered yet",
        f"{who} not answered within {wait_s:g} s.",
        "It is written down and will be done. Look with `echodesk status`; --wait N waits longer.",
    )
