"""What a comparison puts into the mirror: nothing from which something would be sent that no plan has shown.

Where Echo360 holds what the timetable wants, the listing goes into the mirror at once. Where it does not, the
mirror shows it from the moment on at which a plan that shows it begins to be sent. What differs in other room-days
stays as the mirror has it: the next comparison finds it anew.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence

from echodesk.planning.closures import split
from echodesk.planning.steps import PlanScope
from echodesk.planning.values import RoomDay, Standing
from echodesk.worker.books import Books
from echodesk.worker.compare import Comparison
from echodesk.worker.listed import Listed, Meanwhile
from echodesk.worker.ports import Ledger
from echodesk.worker.snapshot import look

Chosen = Callable[[Collection[RoomDay], str | None], bool]
"""Whether a schedule is renewed: by the room-days where it stood or stands, and its external id."""
Within = Callable[[RoomDay], bool]
Changes = dict[str, tuple[Sequence[Standing], Sequence[Standing]]]
"""Echo360's ids → what the mirror holds, and what it is to hold, where these differ."""


class Renewal:
    """One listing on its way into the mirror; `today` is an ISO date."""

    def __init__(self, listed: Listed, meanwhile: Meanwhile, today: str) -> None:
        self._listed = listed
        self._meanwhile = meanwhile
        self._today = today
        self._stands: dict[str, list[Standing]] = defaultdict(list)
        self._in_room: dict[str, set[str]] = defaultdict(set)
        for one in listed.standing:
            if one.place.date.isoformat() >= today:
                self._stands[one.echo_id].append(one)
                self._in_room[one.place.room].add(one.echo_id)

    async def of_what_stands_right(
        self, ledger: Ledger, epoch: int, comparison: Comparison, scope: PlanScope, rooms: Collection[str] | None
    ) -> None:
        """Renew room-days of the scope of which nothing would be sent, room by room; looked at once more there."""
        differing = {place for plan in comparison.plans for place in plan.places} | comparison.not_looked_at

        def right(place: RoomDay) -> bool:
            ahead = place.date.isoformat() >= self._today
            return ahead and scope.holds(place, rooms) and place not in differing

        tied: set[RoomDay] = set()

        def chosen(touched: Collection[RoomDay], _external_id: str | None) -> bool:
            return (
                differing.isdisjoint(touched)
                and tied.isdisjoint(touched)
                and any(right(place) for place in touched)
            )

        def ties(room: str, books: Books) -> set[RoomDay] | None:
            changes = self._changes(books, room, chosen, right)
            return self._tied(changes, differing, books) if changes else None

        def write(room: str, books: Books) -> None:
            books.office.guard(epoch)
            changed = {one for one in self._renew(books, self._changes(books, room, chosen, right)) if right(one)}
            elsewhere = changed - books.batches.open_at(changed, checked=True).keys()
            books.places.mark(elsewhere, "the listing showed another")

        known = await ledger.read("rooms of the mirror", lambda books: set(books.mirror.rooms_with_schedules()))
        for room in sorted(known | self._in_room.keys()):
            if not self._listed.about(room) or (rooms is not None and room not in rooms):
                continue
            found = await ledger.read("mirror of a room", functools.partial(ties, room))
            if found is not None:
                tied |= found
                await ledger.write("mirror", functools.partial(write, room))

    async def for_plan(
        self, ledger: Ledger, places: Collection[RoomDay], external_ids: Collection[str]
    ) -> Callable[[Books], None]:
        """What renews these room-days, and what stands under these external ids wherever it is: all that a plan is
        about. It is found out before, so that the one transaction holds the database for the writing alone."""
        about, names = set(places), set(external_ids)

        def chosen(touched: Collection[RoomDay], external_id: str | None) -> bool:
            return external_id in names or not about.isdisjoint(touched)

        known = await ledger.read("mirror of a plan", lambda books: books.mirror.of_external(names))
        rooms = {place.room for place in about} | {row.standing.place.room for row in known}
        changes: Changes = {}
        for room in sorted(rooms):
            if self._listed.about(room):
                look = functools.partial(self._changes, room=room, chosen=chosen, within=about.__contains__)
                changes |= await ledger.read("mirror of a room", look)

        def renew(books: Books) -> None:
            # What was sent since, and its answer, is newer.
            self._renew(books, {key: one for key, one in changes.items() if not self._is_older(*one)})

        return renew

    def _changes(self, books: Books, room: str, chosen: Chosen, within: Within) -> Changes:
        here = self._in_room.get(room, set())
        held = books.mirror.held(room, here, self._today)
        found: Changes = {}
        for echo_id in held.keys() | here:
            old, listed = held.get(echo_id, []), self._stands.get(echo_id, [])
            touched = {one.place for one in (*old, *listed)}
            external_id = (listed or old)[0].external_id
            if not chosen(touched, external_id) or self._is_older(old, listed):
                continue
            # What others booked on many dates is no news elsewhere: something of ours may have had to leave there.
            known = {one.place for one in old}
            new = [one for one in listed if one.ours or one.place in known or within(one.place)]
            if sorted(old, key=_by_date) != sorted(new, key=_by_date):
                found[echo_id] = (old, new)
        return found

    def _tied(self, changes: Changes, differing: Collection[RoomDay], books: Books) -> set[RoomDay]:
        """Room-days that the mirror links with what differs. Planned anew they would be planned together with it,
        from a mirror that does not show yet how it differs."""
        places = {one.place for pair in changes.values() for rows in pair for one in rows}
        picture = look(books, places, dt.date.fromisoformat(self._today))
        parts = split(picture.places, [pair for pair in picture.links if picture.places.issuperset(pair)])
        return {place for part in parts if not part.isdisjoint(differing) for place in part}

    def _is_older(self, *rows: Sequence[Standing]) -> bool:
        """True if something is or was sent where these stand."""
        return any(one.place in self._meanwhile.touched for found in rows for one in found)

    def _renew(self, books: Books, changes: Changes) -> set[RoomDay]:
        """Returns the room-days in which something changed."""
        books.mirror.drop([echo_id for echo_id, (_old, new) in changes.items() if not new])
        books.mirror.put([one for _old, new in changes.values() for one in new])
        return {one.place for pair in changes.values() for rows in pair for one in rows}


def _by_date(one: Standing) -> str:
    return one.place.date.isoformat()
