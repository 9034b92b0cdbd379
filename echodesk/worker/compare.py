"""Comparing a complete listing with the projection: how many room-days differ (decisions: `differences`)."""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from echodesk.planning.answers import Listing
from echodesk.planning.records import MirrorRow
from echodesk.planning.steps import PlanScope
from echodesk.planning.values import Content, Interval, LeftOut, Plan, RoomDay, Standing
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
PAGE = 150
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


class _Listed:
    """A listing, found by room-day and by external id."""

    def __init__(self, books: Books, standing: Sequence[Standing], rooms: Collection[str] | None) -> None:
        """`rooms` were listed; None: everything was."""
        self.rooms = rooms
        self.at: dict[RoomDay, list[MirrorRow]] = defaultdict(list)
        self.of: dict[str, list[MirrorRow]] = defaultdict(list)
        for one in standing:
            lesson = books.timetable.lesson_of(one.external_id) if one.ours and one.external_id else None
            row = MirrorRow(one, *(lesson or (None, None, None)))
            self.at[one.place].append(row)
            if one.external_id is not None:
                self.of[one.external_id].append(row)


class _ListedMirror:
    """A listing in the place of the mirror; of rooms that were not listed the mirror itself speaks."""

    def __init__(self, listed: _Listed, mirror: MirrorBook) -> None:
        self._listed = listed
        self._mirror = mirror

    def at(self, places: Collection[RoomDay]) -> list[MirrorRow]:
        rooms = self._listed.rooms
        found = [row for place in places for row in self._listed.at.get(place, ())]
        others = [place for place in places if rooms is not None and place.room not in rooms]
        return found + (self._mirror.at(others) if others else [])

    def of_external(self, external_ids: Collection[str]) -> list[MirrorRow]:
        rooms = self._listed.rooms
        found = [row for one in external_ids for row in self._listed.of.get(one, ())]
        if rooms is None:
            return found
        known = self._mirror.of_external(external_ids)
        return found + [row for row in known if row.standing.place.room not in rooms]


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


async def compare(
    ledger: Ledger,
    capture: Capture,
    clock: Clock,
    scope: PlanScope = EVERYTHING,
    rooms: Collection[str] | None = None,
) -> Comparison | str:
    """List what Echo360 holds and compare; a text says why the listing could not be completed.

    `rooms` are those that the scope names, None for all. They are listed one by one where that costs fewer calls.
    What moves between the scope and other room-days is compared with it.
    """
    by_room = rooms is not None and await ledger.read("rooms of the mirror", lambda books: _cheaper(books, rooms))
    standing = await (_listing_of(capture, sorted(rooms or ())) if by_room else _listing_of_all(capture))
    if isinstance(standing, str):
        return standing
    now = clock.campus_now()
    today = now.date().isoformat()

    def all_places(books: Books) -> tuple[dict[str, set[RoomDay]], _Listed, int]:
        found: dict[str, set[RoomDay]] = defaultdict(set)
        for room in books.timetable.rooms() if rooms is None else rooms:
            found[room] |= {one for one in books.timetable.room_days(room, today) if scope.holds(one, rooms)}
        for one in standing:
            if one.ours and one.place.date >= now.date() and scope.holds(one.place, rooms):
                found[one.place.room].add(one.place)
        pauses = books.office.pauses()
        paused = sum(any(pause.covers(place) for pause in pauses) for places in found.values() for place in places)
        return found, _Listed(books, standing, rooms if by_room else None), paused

    places_of, listed, paused = await ledger.read("places", all_places)
    expected: dict[RoomDay, set[Shown]] = {}
    plans: list[Plan] = []
    left_out: list[LeftOut] = []

    def project(places: Collection[RoomDay], books: Books) -> None:
        view = _WithListing(
            books.queue,
            books.places,
            _ListedMirror(listed, books.mirror),  # type: ignore[arg-type]  # planning asks a mirror for these two answers only
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
            if expected.keys() & work.places:
                # Linked with a room of an earlier round, and planned there.
                continue
            for place in work.places:
                expected[place] = set()
            for one in work.plan.projection.bookings:
                expected[one.place].add((one.external_id, one.time, one.content))
            left_out.extend(work.plan.projection.left_out)
            if work.plan.requests:
                plans.append(work.plan)

    names = sorted(places_of)
    with kept_still():
        for start in range(0, len(names), ROOMS_AT_ONCE):
            places = {place for room in names[start : start + ROOMS_AT_ONCE] for place in places_of[room]}
            await ledger.read("compare", functools.partial(project, places))
    minute = now.hour * 60 + now.minute
    actual: dict[RoomDay, set[Shown]] = defaultdict(set)
    for one in standing:
        if one.ours:
            actual[one.place].add((one.external_id, one.time, one.content))

    def left(shown: Iterable[Shown], place: RoomDay) -> set[Shown]:
        return {one for one in shown if place.date > now.date() or one[1].start > minute}

    differing = sorted(
        place
        for place, wanted in expected.items()
        if (not by_room or place.room in (rooms or ()))
        and left(wanted, place) != left(actual.get(place, ()), place)
    )
    ours = {one.echo_id for one in standing if one.ours}
    foreign = {one.echo_id for one in standing if not one.ours}
    return Comparison(
        tuple(differing), len(ours), len(foreign), tuple(plans), tuple(left_out), len(expected), paused
    )


def _cheaper(books: Books, rooms: Collection[str]) -> bool:
    """True if listing these rooms one by one takes fewer calls than listing everything."""
    counts = books.mirror.rooms_with_schedules()
    return sum(max(1, _pages(counts.get(room, 0))) for room in rooms) < max(1, _pages(sum(counts.values())))


def _pages(schedules: int) -> int:
    return -(-schedules // PAGE)


async def _listing_of_all(capture: Capture) -> list[Standing] | str:
    standing: list[Standing] = []
    async for reply in capture.list_all():
        if (text := _why_not(reply.answer)) is not None:
            return text
        standing.extend(getattr(reply.answer, "standing", ()))
    return standing


async def _listing_of(capture: Capture, rooms: Iterable[str]) -> list[Standing] | str:
    standing: list[Standing] = []
    for room in rooms:
        reply = await capture.list_room(room)
        if (text := _why_not(reply.answer)) is not None:
            return text
        standing.extend(getattr(reply.answer, "standing", ()))
    return standing


def _why_not(answer: object) -> str | None:
    """Why this part of a listing cannot be used: one that is not complete proves nothing (design §3.8)."""
    if not isinstance(answer, Listing):
        return str(getattr(answer, "text", answer))
    return None if answer.complete else answer.text
