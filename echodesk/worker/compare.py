"""Comparing a complete listing with the projection: how many room-days differ (decisions: `differences`)."""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from echodesk.planning.answers import Listing
from echodesk.planning.records import MirrorRow
from echodesk.planning.values import Content, Interval, RoomDay, Standing
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
)
from echodesk.worker.ports import Capture, Clock, Ledger
from echodesk.worker.snapshot import plan_places
from echodesk.worker.still import kept_still
from echodesk.worker.stop_book import StopBook
from echodesk.worker.trouble_books import SuspectBook, TryBook

ROOMS_AT_ONCE = 10

Shown = tuple[str | None, Interval, Content]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a fresh full listing shows beside the projection. Room-days not begun and not paused only."""

    differing: tuple[RoomDay, ...]
    schedules: int
    """Ours, all dates."""
    foreign: int


class _ListedMirror:
    """A listing in the place of the mirror."""

    def __init__(self, books: Books, standing: Sequence[Standing]) -> None:
        self._books = books
        self._at: dict[RoomDay, list[MirrorRow]] = defaultdict(list)
        self._of: dict[str, list[MirrorRow]] = defaultdict(list)
        for one in standing:
            lesson = books.timetable.lesson_of(one.external_id) if one.ours and one.external_id else None
            row = MirrorRow(one, *(lesson or (None, None, None)))
            self._at[one.place].append(row)
            if one.external_id is not None:
                self._of[one.external_id].append(row)

    def at(self, places: Collection[RoomDay]) -> list[MirrorRow]:
        return [row for place in places for row in self._at.get(place, ())]

    def of_external(self, external_ids: Collection[str]) -> list[MirrorRow]:
        return [row for one in external_ids for row in self._of.get(one, ())]


@dataclass(frozen=True, slots=True)
class _WithListing:
    """The books of a transaction with a listing in the place of the mirror."""

    queue: QueueBook
    places: PlaceBook
    mirror: MirrorBook
    journal: JournalBook
    tries: TryBook
    suspects: SuspectBook
    office: OfficeBook
    decisions: DecisionBook
    timetable: TimetableBook
    stops: StopBook
    screens: ScreenBook


async def compare(ledger: Ledger, capture: Capture, clock: Clock) -> Comparison | str:
    """List everything and compare; a text says why the listing could not be completed."""
    standing: list[Standing] = []
    async for reply in capture.list_all():
        if not isinstance(reply.answer, Listing):
            return str(getattr(reply.answer, "text", reply.answer))
        if not reply.answer.complete:
            return reply.answer.text
        standing.extend(reply.answer.standing)
    now = clock.campus_now()
    today = now.date().isoformat()

    def all_places(books: Books) -> dict[str, set[RoomDay]]:
        rooms: dict[str, set[RoomDay]] = defaultdict(set)
        for room in books.timetable.rooms():
            rooms[room] |= books.timetable.room_days(room, today)
        for one in standing:
            if one.ours and one.place.date >= now.date():
                rooms[one.place.room].add(one.place)
        return rooms

    rooms = await ledger.read("places", all_places)
    expected: dict[RoomDay, set[Shown]] = {}

    def project(places: Collection[RoomDay], listed: list[_ListedMirror], books: Books) -> None:
        if not listed:
            listed.append(_ListedMirror(books, standing))
        view = _WithListing(
            books.queue,
            books.places,
            listed[0],  # type: ignore[arg-type]  # planning asks a mirror for these two answers only
            books.journal,
            books.tries,
            books.suspects,
            books.office,
            books.decisions,
            books.timetable,
            books.stops,
            books.screens,
        )
        for work in plan_places(view, places, frozenset(), now, {}, refreshed=False).works:
            for place in work.places:
                expected.setdefault(place, set())
            for one in work.plan.projection.bookings:
                expected[one.place].add((one.external_id, one.time, one.content))

    names = sorted(rooms)
    listed: list[_ListedMirror] = []
    with kept_still():
        for start in range(0, len(names), ROOMS_AT_ONCE):
            places = {place for room in names[start : start + ROOMS_AT_ONCE] for place in rooms[room]}
            await ledger.read("compare", functools.partial(project, places, listed))
    minute = now.hour * 60 + now.minute
    actual: dict[RoomDay, set[Shown]] = defaultdict(set)
    for one in standing:
        if one.ours:
            actual[one.place].add((one.external_id, one.time, one.content))

    def left(shown: Iterable[Shown], place: RoomDay) -> set[Shown]:
        return {one for one in shown if place.date > now.date() or one[1].start > minute}

    differing = sorted(
        place for place, wanted in expected.items() if left(wanted, place) != left(actual.get(place, ()), place)
    )
    ours = {one.echo_id for one in standing if one.ours}
    foreign = {one.echo_id for one in standing if not one.ours}
    return Comparison(tuple(differing), len(ours), len(foreign))
