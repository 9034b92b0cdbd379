"""People whom Echo360 did not know: looked for again, beside everything else.

Hundreds of addresses may be due at once, and each takes a turn of the call budget: meanwhile edits are read, staff
are answered, and quitting does not wait.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable, Collection

from echodesk.planning.answers import Done, NotAllowed, Wait
from echodesk.planning.records import AuditLine
from echodesk.planning.values import RoomDay
from echodesk.worker.books import Books, LessonKey
from echodesk.worker.defects import Defect, Report, attempt, given_up
from echodesk.worker.gate import Gate
from echodesk.worker.meetings import all_weeks, places_of
from echodesk.worker.ports import Capture, Ledger

PEOPLE_S = 24 * 3_600.0
"""An address is looked for once in so long."""


class People:
    """One search at a time. Owned by the worker's loop."""

    def __init__(
        self,
        ledger: Ledger,
        capture: Capture,
        gate: Gate,
        found: Callable[[str], None],
        epoch: int,
        report: Report,
    ) -> None:
        """`found` is told of each address that Echo360 knows now."""
        self._ledger = ledger
        self._capture = capture
        self._gate = gate
        self._found = found
        self._epoch = epoch
        self._report = report
        self._running: asyncio.Task[None] | None = None

    @property
    def idle(self) -> bool:
        """True while nobody is looked for."""
        return self._running is None or self._running.done()

    async def look(self) -> None:
        """Begin a search, if none is under way. Raises what ended the last one."""
        if not self.idle:
            return
        last, self._running = self._running, None
        if last is not None:
            last.result()
        if self._gate.may_plan:
            self._running = asyncio.create_task(self._contained())

    async def stop(self) -> None:
        """Give it up; who was not looked for yet is so the next time."""
        running, self._running = self._running, None
        if running is not None:
            await given_up({running}, "looking for people")

    async def _contained(self) -> None:
        outcome = await attempt(self._look())
        if isinstance(outcome, Defect):
            self._report("Looking for people", outcome)

    async def _look(self) -> None:
        for email in await self._ledger.read("people", lambda books: books.journal.people_to_check(PEOPLE_S)):
            if not self._gate.may_plan:
                return
            reply = await self._capture.person_known(email)
            answer = reply.answer
            if isinstance(answer, Wait | NotAllowed):
                await self._gate.told(answer)
                return
            known = isinstance(answer, Done)
            if known:
                self._found(email)
            line = AuditLine(
                who="worker", action="GET", why=f"looking for {email}", outcome="known" if known else ""
            )

            def write(books: Books, email: str = email, known: bool = known, line: AuditLine = line) -> None:
                books.office.guard(self._epoch)
                books.places.mark(_where(books, books.journal.person_checked(email, known)), "person found")
                books.journal.audit([line], self._epoch)

            await self._ledger.write("person", write)


def _where(books: Books, lessons: Collection[LessonKey]) -> set[RoomDay]:
    """Where these lessons are recorded, or are to be: what is on its way stands in no mirror yet."""
    found = {row.standing.place for row in books.mirror.of_lessons(lessons)}
    for setid in {setid for setid, _slotid in lessons}:
        weeks = all_weeks(books, setid, {slotid for one, slotid in lessons if one == setid})
        found |= places_of(weeks, None, dt.date.min)
    return found
