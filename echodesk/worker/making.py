"""What the steps of a batch name and Echo360 lacks is made before they go out, each thing once.

A refused request for each would be a call more, and would keep its place until the thing is there. The preview
says what is lacking; what nobody knows of is looked for when a request is refused for it (`send`).
"""

from __future__ import annotations

import asyncio
import datetime as dt
import functools
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from echodesk.errors import TimetableFault
from echodesk.planning.answers import (
    CannotSupply,
    Kind,
    Learned,
    Missing,
    NotAllowed,
    ReferenceFacts,
    Reply,
    Supplied,
    SupplyAnswer,
    Unclear,
    Wait,
)
from echodesk.planning.batches import BatchRecord, BatchState, StepState
from echodesk.planning.needed import Needed, needs_of, still_lacking
from echodesk.planning.records import AuditLine
from echodesk.planning.values import Booking, Method, RoomDay
from echodesk.worker.books import Books
from echodesk.worker.defects import Defect, Report, attempt, given_up
from echodesk.worker.gate import Gate
from echodesk.worker.ports import Capture, Clock, Ledger
from echodesk.worker.send import Facts
from echodesk.worker.tasks import Tasks

SOON = dt.timedelta(days=1)
"""Lessons until then go first, and what they need is made first."""
LEAST_WAIT_S = 1.0
"""So long at least something that could not be made is left alone."""


@dataclass(slots=True)
class _Lack:
    """One thing that is to be made."""

    needed: Needed
    booking: Booking
    """The first that names it."""
    count: int = 0
    """Steps that name it."""
    places: dict[int, frozenset[RoomDay]] = field(default_factory=dict)
    """The pieces of these steps, with their room-days."""
    not_before: float = 0.0


class Making:
    """Makes things for the batch that is being sent. Owned by the worker's loop."""

    def __init__(
        self,
        ledger: Ledger,
        capture: Capture,
        clock: Clock,
        gate: Gate,
        tasks: Tasks,
        epoch: int,
        report: Report,
        facts: Facts,
    ) -> None:
        self._ledger = ledger
        self._capture = capture
        self._clock = clock
        self._gate = gate
        self._tasks = tasks
        self._epoch = epoch
        self._report = report
        self._facts = facts
        self._batch: int | None = None
        """The batch whose lacks are known here."""
        self._lacks: dict[Needed, _Lack] = {}
        self._running: asyncio.Task[None] | None = None
        self._held = False

    @property
    def at_work(self) -> bool:
        """True while something is being made."""
        return self._running is not None and not self._running.done()

    def hold(self) -> None:
        """Somebody may have stopped the batch: nothing is made any more before that was looked at."""
        self._held = True
        self._batch = None

    async def stop(self) -> None:
        """Give up what is being made; it may take effect yet, and its intent stays."""
        task, self._running = self._running, None
        if task is not None:
            await given_up({task}, "making what a plan needs")

    def has_ended(self) -> bool:
        """True once after things were made: what waited for them can go."""
        if self._running is None or not self._running.done():
            return False
        task, self._running = self._running, None
        task.result()
        return True

    async def ready(
        self, batch: BatchRecord, pieces: Mapping[int, set[RoomDay]], *, of_these_alone: bool
    ) -> dict[int, set[RoomDay]]:
        """Those of these pieces that can go now.

        While things are made only lessons that begin soon go, if they lack nothing. With `of_these_alone` nothing
        is made that other pieces need: the first steps of a large batch are looked at first.
        """
        if self._batch != batch.id and self._running is None:
            self._lacks = await self._ledger.read("lacking", functools.partial(_lacks_of, batch.id))
            self._batch = batch.id
        if self._running is None and self._lacks:
            now = self._clock.monotonic()
            lacks = [
                one
                for one in self._lacks.values()
                if one.not_before <= now
                and not (of_these_alone and one.places.keys().isdisjoint(pieces))
                and self._may(batch, one)
            ]
            if lacks:
                self._held = False
                self._running = asyncio.create_task(self._make_all(batch, lacks))
        lacking = {piece for one in self._lacks.values() for piece in one.places}
        soon = self._soon()
        return {
            piece: places
            for piece, places in pieces.items()
            if piece not in lacking and (self._running is None or any(place.date <= soon for place in places))
        }

    def _soon(self) -> dt.date:
        return self._clock.campus_now().date() + SOON

    def _may(self, batch: BatchRecord, lack: _Lack) -> bool:
        """True if a step that needs it is held by nothing."""
        own = () if batch.pause is None else (batch.pause,)
        return self._gate.may_plan and any(
            self._gate.paused(places, own) is None for places in lack.places.values()
        )

    async def _make_all(self, batch: BatchRecord, lacks: Collection[_Lack]) -> None:
        soon = self._soon()
        task = self._tasks.start(f"Making in Echo360 what plan {batch.id} needs", len(lacks))
        try:
            for number, lack in enumerate(sorted(lacks, key=functools.partial(_order, soon=soon))):
                self._tasks.advance(task, number)
                await self._gate.ready()
                if self._held:
                    return
                if not self._may(batch, lack):
                    continue
                outcome = await attempt(self._make(batch, lack))
                if isinstance(outcome, Defect):
                    # Whoever needs it looks for it.
                    self._report(f"Making {lack.needed.kind} {lack.needed.key}", outcome)
                    self._lacks.pop(lack.needed, None)
        finally:
            self._tasks.end(task)

    async def _make(self, batch: BatchRecord, lack: _Lack) -> None:
        """Find it or make it, under an intent: what was sent by a process that died may take effect for L yet."""
        try:
            facts = _about(lack.needed, await self._facts(lack.booking))
        except TimetableFault:
            facts = None
        if facts is None:
            # The lesson is gone, or has become another: its steps are overtaken.
            self._lacks.pop(lack.needed, None)
            return
        intents = await self._ledger.write("make first", functools.partial(self._begin, batch.id, lack.needed))
        if not intents:
            self._held = True
            return
        missing = Missing(lack.needed.kind, f"Echo360 lacks the {lack.needed.kind} {lack.needed.key}.")
        reply = await self._capture.supply(missing, facts, lambda: not self._held and self._may(batch, lack))
        await self._take(lack, reply.answer)
        learned = self._capture.learned()
        await self._ledger.write(
            "made first", functools.partial(self._end, batch.id, lack, intents, reply, learned)
        )

    def _begin(self, batch: int, needed: Needed, books: Books) -> list[int]:
        """The intents, none if the batch is not being sent any more."""
        books.office.guard(self._epoch)
        found = books.batches.get(batch)
        if found is None or found.state is not BatchState.RUNNING:
            return []
        return books.journal.write_intents(
            self._epoch, [(Method.POST.value, f"{needed.kind} {needed.key}"[:200], ())]
        )

    async def _take(self, lack: _Lack, answer: SupplyAnswer) -> None:
        """Act on what came of it. What cannot be made is waited for no more: the steps that need it go out, and
        fail with Echo360's words."""
        if isinstance(answer, Supplied | CannotSupply):
            self._lacks.pop(lack.needed, None)
            await self._gate.told(None)
        elif isinstance(answer, NotAllowed):
            await self._gate.told(answer)
        elif _may_take_effect(answer):
            self._gate.unclear(answer.text)
            lack.not_before = self._clock.monotonic() + self._gate.late_s
        elif isinstance(answer, Wait):
            lack.not_before = self._clock.monotonic() + max(LEAST_WAIT_S, answer.seconds)

    def _end(
        self,
        batch: int,
        lack: _Lack,
        intents: Collection[int],
        reply: Reply[SupplyAnswer],
        learned: Sequence[Learned],
        books: Books,
    ) -> None:
        books.office.guard(self._epoch)
        books.journal.learn(learned)
        if isinstance(reply.answer, CannotSupply):
            books.batches.to_make(batch, self._lacks)
        if _may_take_effect(reply.answer):
            books.journal.give_up(intents)
        else:
            books.journal.clear_intents(intents)
        why = f"plan {batch} needs the {lack.needed.kind} {lack.needed.key} in {lack.count} of its steps"
        books.journal.audit(
            [
                AuditLine(
                    who="worker",
                    action=one.method,
                    why=why[:1_000],
                    sent=one.body or None,
                    status=one.status,
                    answer=one.reply,
                    milliseconds=one.milliseconds,
                )
                for one in reply.exchanges
            ],
            self._epoch,
        )


def _order(lack: _Lack, *, soon: dt.date) -> tuple[bool, int, Needed]:
    """What lessons need that begin soon, then what most steps need."""
    return (lack.booking.place.date > soon, -lack.count, lack.needed)


def _may_take_effect(answer: SupplyAnswer) -> bool:
    return isinstance(answer, Unclear) or (isinstance(answer, Wait) and answer.may_have_applied)


def _about(needed: Needed, facts: ReferenceFacts) -> ReferenceFacts | None:
    """What the timetable knows about this thing alone; None if the lesson does not need it any more."""
    if needed.kind is Kind.ROOM:
        return facts if facts.room == needed.key else None
    sections = tuple(one for one in facts.sections if one.section == needed.key)
    return replace(facts, sections=sections) if sections else None


def _lacks_of(batch: int, books: Books) -> dict[Needed, _Lack]:
    """What open steps of a batch name and is not known to be in Echo360, although the preview asked for it."""
    told = books.batches.summary(batch).lacking
    lacking = still_lacking(told, books.journal.known_reference()) if told else frozenset()
    found: dict[Needed, _Lack] = {}
    if not lacking:
        return found
    pieces: dict[int, set[Needed]] = {}
    for step, _state, _answer in books.batches.steps(batch, StepState.OPEN):
        if step.after is None:
            continue
        for needed in needs_of(step.after) & lacking:
            lack = found.setdefault(needed, _Lack(needed, step.after))
            lack.count += 1
            pieces.setdefault(step.piece, set()).add(needed)
    for piece, places in books.batches.places(batch, pieces).items():
        for needed in pieces[piece]:
            found[needed].places[piece] = frozenset(places)
    return found
