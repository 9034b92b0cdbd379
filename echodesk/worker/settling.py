"""Writing down finished works: all of a wave in one transaction, and each alone when that cannot be done."""

from __future__ import annotations

from collections.abc import Sequence

from echodesk.planning.answers import Learned
from echodesk.planning.records import NotificationOutcome
from echodesk.planning.statuses import NotificationStatus
from echodesk.worker.books import Books
from echodesk.worker.defects import Defect, Report, attempt
from echodesk.worker.flight import Flight
from echodesk.worker.poison import count_stop
from echodesk.worker.ports import Ledger
from echodesk.worker.settle import settle
from echodesk.worker.work import Work


class Settler:
    """Settles the works of one term of office. Owned by the worker's loop."""

    def __init__(self, ledger: Ledger, flight: Flight, epoch: int, report: Report) -> None:
        self._ledger = ledger
        self._flight = flight
        self._epoch = epoch
        self._report = report

    async def settle(self, works: Sequence[Work], learned: Sequence[Learned], late_s: float) -> None:
        """Write down what became of these, and what was learned about reference data meanwhile."""

        def write(books: Books) -> None:
            settle(books, works, self._epoch, late_s)
            books.journal.learn(learned)

        outcome = await attempt(self._ledger.write("settle", write))
        if isinstance(outcome, Defect) and len(works) > 1:
            for work in works:
                await self.settle([work], learned, late_s)
            return
        if isinstance(outcome, Defect):
            await self._stopped(works[0], outcome)
        for work in works:
            self._flight.settled(work)

    async def _stopped(self, work: Work, defect: Defect) -> None:
        """What became of a plan cannot be written down: its requests count as unanswered (reliability Q5)."""
        self._report("Writing down what was sent", defect)
        waits = NotificationStatus.UNPROCESSED.value

        def write(books: Books) -> None:
            books.office.guard(self._epoch)
            books.journal.give_up(list(work.intents.values()))
            aside = count_stop(books, work.places, defect.text, afterwards=True)
            books.places.clear(mark for mark in work.marks if mark.place in aside)
            books.queue.finish(
                [NotificationOutcome(one.id, waits, None, defect.text, None) for one in work.waiting]
            )

        await self._ledger.write("settling stopped", write)
