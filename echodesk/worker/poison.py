"""Room-days that stop the worker are planned alone, and after three times set aside: all others go on (Q5).

An exception is counted when it comes. A process that is killed can count nothing, so what was there when this term
began is written down before it is planned; that a kill which meets a request in flight says nothing about any row,
and is counted nowhere.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TypeVar

from echodesk.planning.batches import StepState
from echodesk.planning.records import Mark, RefreshMark
from echodesk.planning.statuses import POISON_AFTER
from echodesk.planning.values import RoomDay
from echodesk.worker.books import Books
from echodesk.worker.defects import Defect, Report
from echodesk.worker.ports import Ledger

AnyMark = TypeVar("AnyMark", Mark, RefreshMark)
KILLED = "the worker's process ended while it was planned"


class Poison:
    """Knows which room-days are under suspicion. Owned by the worker's loop, for one term of office."""

    def __init__(self, ledger: Ledger, epoch: int, report: Report) -> None:
        self._ledger = ledger
        self._epoch = epoch
        self._report = report
        self._old_mark = 0
        self._old_refresh = 0
        """Marks and refresh marks up to here were there when this term began."""
        self._alone = False

    def recover(self, books: Books) -> None:
        """At the start of a term: who was being planned when the last process ended? Part of its transaction."""
        ended_with = books.suspects.recover(KILLED)
        crashes = books.suspects.crashes()
        aside = {place for place in ended_with if crashes[place] >= POISON_AFTER}
        if aside:
            books.places.clear(books.places.marks_at(aside))
            set_aside(books, aside, KILLED)
        self._old_mark, self._old_refresh = books.places.newest()

    def choose(self, books: Books, marks: Sequence[AnyMark]) -> list[AnyMark]:
        """Which of these are planned together now: suspects alone, and in turns with the others."""
        crashes = books.suspects.crashes()
        good = [mark for mark in marks if mark.place not in crashes]
        if len(good) == len(marks):
            return good
        self._alone = not self._alone
        suspect = next(mark.place for mark in marks if mark.place in crashes)
        return [mark for mark in marks if mark.place == suspect] if self._alone or not good else good

    def must_be_known(self, books: Books, marks: Sequence[Mark | RefreshMark]) -> bool:
        """Whether these are to be written down before they are planned."""
        old = any(
            one.number <= self._old_mark if isinstance(one, Mark) else one.id <= self._old_refresh for one in marks
        )
        return old or any(one.place in books.suspects.crashes() for one in marks)

    async def about_to_plan(self, places: Collection[RoomDay]) -> None:
        """If the process ends from now on, it was with these."""

        def write(books: Books) -> None:
            books.office.guard(self._epoch)
            books.suspects.begin(places)

        await self._ledger.write("about to plan", write)

    async def planned(self, places: Collection[RoomDay]) -> None:
        """They were planned, and the process lives."""

        def write(books: Books) -> None:
            books.office.guard(self._epoch)
            books.suspects.end(places)

        await self._ledger.write("planned", write)

    async def stopped(self, marks: Sequence[Mark | RefreshMark], defect: Defect) -> None:
        """Planning these raised: from now on each is planned alone; after three times it is set aside."""
        self._report("Planning " + _named([one.place for one in marks]), defect)

        def write(books: Books) -> None:
            books.office.guard(self._epoch)
            aside = count_stop(books, {one.place for one in marks}, defect.text)
            books.places.clear(one for one in marks if isinstance(one, Mark) and one.place in aside)

        await self._ledger.write("planning stopped", write)


def count_stop(books: Books, places: Collection[RoomDay], error: str, *, afterwards: bool = False) -> set[RoomDay]:
    """Once more something was stopped by these room-days, while they were planned or `afterwards`; those for which
    it was once too often are set aside and returned. Part of the caller's transaction."""
    books.suspects.stopped(places, error, afterwards=afterwards)
    crashes = books.suspects.crashes()
    aside = {place for place in places if crashes[place] >= POISON_AFTER}
    if aside:
        set_aside(books, aside, error)
    return aside


def set_aside(books: Books, places: Collection[RoomDay], error: str) -> None:
    """Not planned again before an edit or an act of staff; the reason is on the row and on what waits for it."""
    text = (
        f"Planning this room and day stopped EchoDesk {POISON_AFTER} times ({error}); it was set aside and"
        " everything else goes on. It is tried again after the next timetable change, or when somebody asks for a"
        " re-sync."
    )
    books.places.clear_refresh_at(places)
    books.places.fail(places, text)
    books.queue.park_at(places, text)
    for batch, piece in set(books.batches.open_at(places).values()):
        steps = books.batches.steps(batch, StepState.OPEN, [piece])
        books.batches.end(batch, [(step.number, StepState.FAILED, text) for step, _state, _answer in steps])


def _named(places: Sequence[RoomDay]) -> str:
    first = f"room {places[0].room} on {places[0].date}" if places else "nothing"
    return first if len(set(places)) < 2 else f"{first} and {len(set(places)) - 1} more"
