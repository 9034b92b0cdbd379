"""What staff are told of lessons is made true where no edit did that: part of the sweep (reliability C5)."""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Collection, Iterable

from echodesk.planning.records import Lost
from echodesk.planning.statuses import Recorded
from echodesk.planning.values import Reason, RoomDay
from echodesk.worker.books import Books
from echodesk.worker.outcomes import LOST
from echodesk.worker.ports import Ledger
from echodesk.worker.work import Work

NOT_WANTED = "Not recorded any more: the timetable asks for no recording of it."
AT_ONCE = 20_000
"""So many notifications are looked through in one transaction."""


def told_otherwise(books: Books, works: Iterable[Work]) -> set[RoomDay]:
    """Room-days of which nothing is to be sent, and of which something else is told than the timetable and Echo360
    say: an edit that no trigger sees may change a clash, or who is recorded, and no schedule."""
    quiet = [work for work in works if not work.open]
    listed = books.places.left_out_at({place for work in quiet for place in work.places})
    answers = books.told.of(asked_for(quiet))
    other = set[RoomDay]()
    for work in quiet:
        left: dict[RoomDay, set[tuple[str, str, str | None]]] = defaultdict(set)
        for one in work.plan.projection.left_out:
            if one.reason is not Reason.REFUSED:
                left[one.place].add((one.external_id, one.reason.value, one.winner))
            if one.reason in LOST and answers.get(one.external_id) is Recorded.YES:
                other.add(one.place)
        held = dict(work.plan.projection.held)
        for booking in work.plan.projection.bookings:
            told = {answers.get(member, Recorded.YES) for member in booking.members if member not in held}
            if told - {Recorded.YES}:
                other.add(booking.place)
        other.update(place for place in work.places if left[place] != listed.get(place, set()))
    return other


def asked_for(works: Iterable[Work]) -> set[str]:
    """The occurrences that the timetable asks for where these works are, recorded or left out."""
    asked = set[str]()
    for work in works:
        asked.update(member for member, _carrier in work.plan.carrier_of)
        asked.update(one.external_id for one in work.plan.projection.left_out)
    return asked


async def tell_unwanted(ledger: Ledger, epoch: int, today: str, wanted: Collection[str]) -> None:
    """What is told as recorded from `today` on, and is not to be recorded any more: it says so once nothing of it
    stands. `wanted` are occurrences that the timetable was just seen to ask for."""
    last = await ledger.read("sweep", lambda books: books.told.last())
    for after in range(0, last, AT_ONCE):
        told = await ledger.read(
            "sweep", functools.partial(_as_recorded, after=after, until=min(after + AT_ONCE, last), today=today)
        )
        if doubtful := told - set(wanted):
            gone = await ledger.read("sweep", functools.partial(_unwanted, doubtful))
            if gone:
                await ledger.write("sweep marks", functools.partial(_tell, gone, epoch))


def _as_recorded(books: Books, after: int, until: int, today: str) -> set[str]:
    return books.told.as_recorded(after, until, today)


def _unwanted(external_ids: set[str], books: Books) -> set[str]:
    """Those that the timetable asks for no more, and that stand nowhere."""
    lessons = [lesson for one in external_ids if (lesson := books.timetable.lesson_of(one)) is not None]
    good, unfit = books.timetable.occurrences_of(lessons)
    gone = external_ids - {one.external_id for one in good} - {one.external_id for one in unfit}
    return gone - {str(row.standing.external_id) for row in books.mirror.of_external(gone)}


def _tell(external_ids: set[str], epoch: int, books: Books) -> None:
    books.office.guard(epoch)
    gone = _unwanted(external_ids, books)
    books.queue.tell_lost([Lost(one, Recorded.NOT_WANTED, None, NOT_WANTED) for one in sorted(gone)])
