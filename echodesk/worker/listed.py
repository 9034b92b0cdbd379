"""A fresh listing of Echo360 as a value, and in the place of the mirror: what a comparison plans from.

While a long listing runs, something may be sent for a room-day; the listing may be older than that answer, so for
those room-days the mirror speaks (as in `listing`). A listing that is not complete proves nothing (design §3.8).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, field, replace

from echodesk.planning.answers import Listing
from echodesk.planning.records import MirrorRow
from echodesk.planning.values import RoomDay, Standing
from echodesk.worker.books import Books, MirrorBook
from echodesk.worker.ports import Capture, Ledger

PAGE = 150


@dataclass(frozen=True, slots=True)
class Listed:
    """What Echo360 held."""

    standing: tuple[Standing, ...]
    rooms: frozenset[str] | None
    """Rooms that were listed one by one; None: everything was."""

    def about(self, room: str) -> bool:
        """True if this room was listed."""
        return self.rooms is None or room in self.rooms


class NotListed(Exception):
    """The listing did not come to its end; the text says why."""


async def _at_once() -> None:
    """Nothing to wait for."""


@dataclass(slots=True)
class Meanwhile:
    """Room-days for which something is sent while a listing runs; whoever sends adds to it."""

    touched: set[RoomDay] = field(default_factory=set)
    busy: Collection[RoomDay] = ()
    """Those of which no answer is written down yet, as they are at every moment."""


async def list_for(
    ledger: Ledger,
    capture: Capture,
    rooms: Collection[str] | None,
    ready: Callable[[], Awaitable[object]] = _at_once,
) -> Listed:
    """List these rooms, None for all, whichever way costs fewer calls. Raises `NotListed`.

    `ready` is awaited before each listing that is begun.
    """
    by_room = rooms is not None and await ledger.read("rooms of the mirror", lambda books: _cheaper(books, rooms))
    standing: list[Standing] = []
    if by_room and rooms is not None:
        for room in sorted(rooms):
            await ready()
            reply = await capture.list_room(room)
            standing.extend(_complete(reply.answer))
        return Listed(tuple(standing), frozenset(rooms))
    await ready()
    async for reply in capture.list_all():
        standing.extend(_complete(reply.answer))
    return Listed(tuple(standing), None)


def _complete(answer: object) -> Sequence[Standing]:
    if not isinstance(answer, Listing):
        raise NotListed(str(getattr(answer, "text", answer)))
    if not answer.complete:
        raise NotListed(answer.text)
    return answer.standing


def _cheaper(books: Books, rooms: Collection[str]) -> bool:
    """True if listing these rooms one by one takes fewer calls than listing everything."""
    counts = books.mirror.rooms_with_schedules()
    return sum(max(1, _pages(counts.get(room, 0))) for room in rooms) < max(1, _pages(sum(counts.values())))


def _pages(schedules: int) -> int:
    return -(-schedules // PAGE)


class ListedMirror:
    """A listing in the place of the mirror; of rooms that were not listed, and of what was touched meanwhile, the
    mirror itself speaks."""

    def __init__(self, listed: Listed, meanwhile: Meanwhile, books: Books) -> None:
        self._listed = listed
        self._touched = meanwhile.touched
        self._mirror: MirrorBook = books.mirror
        self._at: dict[RoomDay, list[MirrorRow]] = defaultdict(list)
        self._of: dict[str, list[MirrorRow]] = defaultdict(list)
        self.standing: list[Standing] = []
        """What was listed, judged anew: a year may be switched on since the client that read it was made."""
        for found in listed.standing:
            lesson = books.timetable.lesson_of(found.external_id) if found.external_id else None
            one = found if found.ours is (lesson is not None) else replace(found, ours=lesson is not None)
            row = MirrorRow(one, *(lesson or (None, None, None)))
            self.standing.append(one)
            self._at[one.place].append(row)
            if one.external_id is not None:
                self._of[one.external_id].append(row)

    def using(self, mirror: MirrorBook) -> ListedMirror:
        """The same listing in another transaction."""
        self._mirror = mirror
        return self

    def _speaks(self, place: RoomDay) -> bool:
        return self._listed.about(place.room) and place not in self._touched

    def at(self, places: Collection[RoomDay]) -> list[MirrorRow]:
        """What stands in these room-days."""
        found = [row for place in places if self._speaks(place) for row in self._at.get(place, ())]
        others = [place for place in places if not self._speaks(place)]
        return found + (self._mirror.at(others) if others else [])

    def of_external(self, external_ids: Collection[str]) -> list[MirrorRow]:
        """What stands under these external ids, wherever it is."""
        found = [row for one in external_ids for row in self._of.get(one, ()) if self._speaks(row.standing.place)]
        if self._listed.rooms is None and not self._touched:
            return found
        known = self._mirror.of_external(external_ids)
        return found + [row for row in known if not self._speaks(row.standing.place)]
