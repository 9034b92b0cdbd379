"""Comparing a complete listing with the projection: how many room-days differ (decisions: `differences`)."""

from __future__ import annotations

import functools
import logging
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from echodesk.planning.answers import words_of
from echodesk.planning.needed import Needed, needed_by
from echodesk.planning.records import Refusal
from echodesk.planning.steps import PlanScope
from echodesk.planning.values import Content, Interval, LeftOut, Plan, RoomDay
from echodesk.worker.batch_book import BatchBook
from echodesk.worker.books import (
    Books,
    DecisionBook,
    JournalBook,
    MirrorBook,
    OfficeBook,
    PlaceBook,
    QueueBook,
    ScreenBook,
    TimetableBook,
    ToldBook,
    WindowBook,
)
from echodesk.worker.defects import Defect, Report, attempt
from echodesk.worker.listed import Listed, ListedMirror, Meanwhile, NotListed, list_for
from echodesk.worker.ports import Capture, Clock, Ledger
from echodesk.worker.second_try import worth_asking
from echodesk.worker.snapshot import Supposing, plan_places
from echodesk.worker.still import kept_still
from echodesk.worker.stop_book import StopBook
from echodesk.worker.trouble_books import SuspectBook, TryBook

log = logging.getLogger(__name__)

T = TypeVar("T")

ROOMS_AT_ONCE = 10
EVERYTHING = PlanScope()

Shown = tuple[str | None, Interval, Content]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a fresh listing shows beside the projection. Room-days not begun and not paused only."""

    differing: tuple[RoomDay, ...]
    schedules: int
    """Ours that were listed, all dates."""
    foreign: int
    plans: tuple[Plan, ...] = ()
    """What would be sent to make them equal: plans that ask for something."""
    left_out: tuple[LeftOut, ...] = ()
    """What would not be recorded, with the reason."""
    compared: int = 0
    """Room-days that were compared."""
    paused: int = 0
    """Room-days that a pause holds; they were not."""
    unplanned: int = 0
    """Room-days of rooms that could not be planned, by a defect of our own; they were not."""
    missing: int = 0
    """Ours that the mirror holds after today, wherever was listed, and the listing does not."""
    not_looked_at: frozenset[RoomDay] = frozenset()
    """Room-days that were to be compared and were not: what is sent there, a pause or a defect holds them."""
    lacking: tuple[Needed, ...] = ()
    """What these plans name and Echo360 does not have, as far as that is known: it is made first."""
    ahead: int = 0
    """Ours that have not begun, in all rooms: what the mirror holds, or what was listed if that is more."""
    listed_ahead: int = 0
    """Ours that have not begun, in what was listed."""
    asked_again: tuple[Refusal, ...] = ()
    """What was refused before and these plans ask for all the same: it is to be forgotten when they are sent."""


@dataclass(frozen=True, slots=True)
class _WithListing:
    """The books of a transaction with a listing in the place of the mirror."""

    queue: QueueBook
    told: ToldBook
    places: PlaceBook
    mirror: MirrorBook
    journal: JournalBook
    tries: TryBook
    suspects: SuspectBook
    office: OfficeBook
    decisions: DecisionBook
    timetable: TimetableBook
    stops: StopBook
    batches: BatchBook
    screens: ScreenBook
    windows: WindowBook


def _with_listing(books: Books, mirror: ListedMirror) -> _WithListing:
    return _WithListing(
        books.queue,
        books.told,
        books.places,
        mirror.using(books.mirror),  # type: ignore[arg-type]  # planning asks a mirror for these two answers only
        books.journal,
        books.tries,
        books.suspects,
        books.office,
        books.decisions,
        books.timetable,
        books.stops,
        books.batches,
        books.screens,
        books.windows,
    )


async def compare(
    ledger: Ledger,
    capture: Capture,
    clock: Clock,
    scope: PlanScope = EVERYTHING,
    rooms: Collection[str] | None = None,
    *,
    asks_again: bool = False,
) -> Comparison | str:
    """List what Echo360 holds and compare; a text says why the listing could not be completed.

    `rooms` are those that the scope names, None for all. They are listed one by one where that costs fewer calls.
    `asks_again` as in `compare_with`.
    """
    try:
        listed = await list_for(ledger, capture, rooms)
    except NotListed as problem:
        return str(problem)
    found = await compare_with(ledger, listed, Meanwhile(), clock, scope, rooms, asks_again=asks_again)
    return replace(found, lacking=await lacking_of(capture, found.plans))


async def lacking_of(capture: Capture, plans: Iterable[Plan]) -> tuple[Needed, ...]:
    """What these plans name and Echo360 does not have. A listing that does not come to its end tells nothing, and
    holds no plan up: what is lacking then is looked for when a request is refused for it."""
    reply = await capture.lacks(needed_by(plans))
    if isinstance(reply.answer, frozenset):
        return tuple(sorted(reply.answer))
    log.info("rooms and sections could not be listed: %s", words_of(reply.answer))
    return ()


async def compare_with(
    ledger: Ledger,
    listed: Listed,
    meanwhile: Meanwhile,
    clock: Clock,
    scope: PlanScope = EVERYTHING,
    rooms: Collection[str] | None = None,
    report: Report | None = None,
    *,
    asks_again: bool = False,
) -> Comparison:
    """Compare a listing with the projection. What moves between the scope and other room-days belongs to it.

    With `report`, a room that cannot be planned is told of and left out, and all others go on (reliability Q5).
    With `asks_again`, what was refused in the room-days that are compared is asked for once more (decisions: "A
    definite failure"), as far as a re-sync would.
    """
    now = clock.campus_now()
    today = now.date().isoformat()
    minute = now.hour * 60 + now.minute

    def all_places(
        books: Books,
    ) -> tuple[dict[str, set[RoomDay]], ListedMirror, int, int, int, tuple[Refusal, ...]]:
        mirror = ListedMirror(listed, meanwhile, books)
        found: dict[str, set[RoomDay]] = defaultdict(set)
        for room in books.timetable.rooms() if rooms is None else rooms:
            found[room] |= {one for one in books.timetable.room_days(room, today) if scope.holds(one, rooms)}
        for one in mirror.standing:
            if one.ours and one.place.date >= now.date() and scope.holds(one.place, rooms):
                found[one.place.room].add(one.place)
        pauses = books.office.pauses()
        paused = sum(any(pause.covers(place) for pause in pauses) for places in found.values() for place in places)
        known = books.mirror.ours_but({one.external_id for one in mirror.standing if one.external_id}, today)
        missing = sum(listed.about(one.room) and one not in meanwhile.touched for one in known)
        again: list[Refusal] = []
        if asks_again:
            compared = frozenset[RoomDay]().union(*found.values())
            again = worth_asking(_with_listing(books, mirror), compared, now)
        return found, mirror, paused, missing, books.stops.future(today, minute), tuple(again)

    places_of, mirror, paused, missing, future, again = await _with_year(ledger, "places", all_places, scope.year)
    supposing = Supposing(asked_again=frozenset((one.external_id, one.fingerprint) for one in again))
    standing = mirror.standing
    expected: dict[RoomDay, set[Shown]] = {}
    stays: set[str] = set()
    foreign = frozenset(one.echo_id for one in standing if not one.ours)
    adopt = foreign if scope.adopt else frozenset()
    plans: list[Plan] = []
    left_out: list[LeftOut] = []

    def project(places: Collection[RoomDay], books: Books) -> None:
        view = _with_listing(books, mirror)
        busy = frozenset(meanwhile.busy)
        looked = plan_places(view, places, busy, now, {}, refreshed=False, adopt=adopt, supposing=supposing)
        for work in looked.works:
            if expected.keys() & work.places:
                # Linked with a room of an earlier round, and planned there.
                continue
            for place in work.places:
                expected[place] = set()
            for one in work.plan.projection.bookings:
                expected[one.place].add((one.external_id, one.time, one.content))
            stays.update(work.plan.projection.stays)
            left_out.extend(work.plan.projection.left_out)
            if work.plan.requests:
                plans.append(work.plan)

    async def planned(some: Sequence[str]) -> None:
        places = {place for room in some for place in places_of[room]}
        looking = _with_year(ledger, "compare", functools.partial(project, places), scope.year)
        if report is None:
            await looking
        elif isinstance(outcome := await attempt(looking), Defect):
            if len(some) > 1:
                for room in some:
                    await planned([room])
            else:
                report(f"Comparing room {some[0]} with Echo360", outcome)
                unplanned.update(places)

    unplanned: set[RoomDay] = set()
    names = sorted(places_of)
    with kept_still():
        for start in range(0, len(names), ROOMS_AT_ONCE):
            await planned(names[start : start + ROOMS_AT_ONCE])
    actual: dict[RoomDay, set[Shown]] = defaultdict(set)
    for one in standing:
        if one.ours and one.external_id not in stays:
            actual[one.place].add((one.external_id, one.time, one.content))

    def left(shown: Iterable[Shown], place: RoomDay) -> set[Shown]:
        return {one for one in shown if place.date > now.date() or one[1].start > minute}

    differing = sorted(
        place
        for place, wanted in expected.items()
        if listed.about(place.room)
        and place not in meanwhile.touched
        and left(wanted, place) != left(actual.get(place, ()), place)
    )
    ours = {one.echo_id for one in standing if one.ours}
    not_begun = {
        one.echo_id for one in standing if one.ours and (one.place.date, one.time.start) > (now.date(), minute)
    }
    return Comparison(
        tuple(differing),
        len(ours),
        len(foreign),
        tuple(plans),
        tuple(left_out),
        len(expected),
        paused,
        len(unplanned),
        missing,
        frozenset(place for places in places_of.values() for place in places) - expected.keys(),
        ahead=max(future, len(not_begun)),
        listed_ahead=len(not_begun),
        asked_again=again,
    )


class _NotKept(Exception):
    """Everything is as it was; what was found meanwhile is in `answer`."""

    def __init__(self, answer: Any) -> None:
        super().__init__("a year was switched on to look at it, and is off again")
        self.answer = answer


async def _with_year(ledger: Ledger, step: str, work: Callable[[Books], T], year: str) -> T:
    """Look at the books as they will be once this year is switched on; '' for as they are."""
    if not year:
        return await ledger.read(step, work)

    def look(books: Books) -> None:
        books.office.switch_on(year)
        raise _NotKept(work(books))

    try:
        await ledger.write(step, look)
    except _NotKept as found:
        answer: T = found.answer
        return answer
    raise AssertionError("what was only looked at was kept")
