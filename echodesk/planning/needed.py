"""Rooms and sections that bookings name: what has to be in Echo360 before they can be made."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from echodesk.planning.answers import Kind, Learned
from echodesk.planning.values import Booking, Plan


@dataclass(frozen=True, slots=True, order=True)
class Needed:
    """A room or a section, by the external id that EchoDesk gives it."""

    kind: Kind
    key: str


def needs_of(booking: Booking) -> frozenset[Needed]:
    """The room and the sections that a booking names."""
    sections = (Needed(Kind.SECTION, section) for section in booking.content.sections)
    return frozenset((Needed(Kind.ROOM, booking.place.room), *sections))


def needed_by(plans: Iterable[Plan]) -> frozenset[Needed]:
    """What the requests of these plans name."""
    bookings = (request.booking for plan in plans for request in plan.requests)
    return frozenset(one for booking in bookings if booking is not None for one in needs_of(booking))


def still_lacking(lacking: Collection[Needed], known: Iterable[Learned]) -> frozenset[Needed]:
    """Those that are not known to be in Echo360 by now."""
    return frozenset(lacking) - {Needed(one.kind, one.key) for one in known} if lacking else frozenset()
