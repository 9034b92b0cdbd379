"""What must change for the target to hold the projection, not yet in any order (design §3.3, §4.4).

One change per booking or schedule that differs: that is the smallest number of requests unless lessons stand in
each other's way in a circle, which is `order`'s business.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from echodesk.planning.ground import Ground, nearest, same_content, stands_at
from echodesk.planning.values import Booking, Interval, Projection, Reason, RoomDay, Standing, Why

_LOST = frozenset({Reason.CLASH, Reason.FOREIGN, Reason.BEGUN})


@dataclass(frozen=True, slots=True)
class Change:
    """One step from what stands to what should: make (no standing), remove (no booking), or change (both)."""

    booking: Booking | None
    standing: Standing | None
    why: Why
    aside: bool = False
    """True if only removing and making anew is allowed: what stands starts too soon to be changed."""

    @property
    def moves(self) -> bool:
        """True if it leaves one place or time for another."""
        return self.why is Why.MOVED


@dataclass(frozen=True, slots=True)
class Difference:
    """All changes, in a fixed order, and the external ids that already stand as they should."""

    changes: tuple[Change, ...]
    kept: frozenset[str]


def difference(projection: Projection, ground: Ground) -> Difference:
    """Compare by external id, in exactly the fields that EchoDesk owns (design §4.14).

    What has begun is never in a change. A schedule that is wanted no more and a booking still to be made, with
    the same place and time and a common section, become one change: the carrier hands over (design §3.3).
    """
    standing_by_id: dict[str, list[Standing]] = {}
    for standing in ground.movable:
        standing_by_id.setdefault(standing.external_id or "", []).append(standing)
    kept: set[str] = set()
    changes: list[Change] = []
    to_make: list[Booking] = []
    to_remove: list[Standing] = []
    for booking in projection.bookings:
        candidates = standing_by_id.pop(booking.external_id, None)
        if booking.external_id in ground.begun_by_id:
            # It stands where it should, or the projection would have left it out.
            kept.add(booking.external_id)
            to_remove += candidates or ()
            continue
        if candidates is None:
            to_make.append(booking)
            continue
        if len(candidates) > 1:
            candidates = _best_first(candidates, booking)
        standing = candidates[0]
        to_remove += candidates[1:]
        if not stands_at(standing, booking.place, booking.time):
            late = ground.late.reached(standing.place.date, standing.time.start)
            changes.append(Change(booking, standing, Why.MOVED, aside=late))
        elif same_content(standing.content, booking.content) and standing.echo_id not in ground.repeated:
            kept.add(booking.external_id)
        else:
            changes.append(Change(booking, standing, Why.CHANGED))
    for unwanted in standing_by_id.values():
        to_remove += unwanted
    changes += _hand_over(to_make, to_remove)
    handed = {change.standing.echo_id for change in changes if change.standing is not None}
    made = {change.booking.external_id for change in changes if change.booking is not None}
    changes += [Change(booking, None, Why.NEW) for booking in to_make if booking.external_id not in made]
    lost = {
        one.external_id
        for one in projection.left_out
        if one.reason in _LOST or (one.reason is Reason.DECISION and one.winner is not None)
    }
    for standing in to_remove:
        if standing.echo_id not in handed:
            why = Why.LOST_CLASH if standing.external_id in lost else Why.NOT_WANTED
            changes.append(Change(None, standing, why))
    return Difference(tuple(changes), frozenset(kept))


def _best_first(candidates: Iterable[Standing], booking: Booking) -> list[Standing]:
    """Several schedules of one external id should not be; the equal one, or the nearest, stays."""
    by_distance = nearest(candidates, booking.place, booking.time)
    by_distance.sort(
        key=lambda one: (
            not stands_at(one, booking.place, booking.time),
            not same_content(one.content, booking.content),
        )
    )
    return by_distance


def _hand_over(to_make: list[Booking], to_remove: list[Standing]) -> list[Change]:
    if not to_make or not to_remove:
        return []
    leaving: dict[tuple[RoomDay, Interval], list[Standing]] = {}
    for standing in to_remove:
        leaving.setdefault((standing.place, standing.time), []).append(standing)
    changes: list[Change] = []
    for booking in to_make:
        candidates = leaving.get((booking.place, booking.time), [])
        sections = set(booking.content.sections)
        for standing in candidates:
            if not sections.isdisjoint(standing.content.sections):
                candidates.remove(standing)
                changes.append(Change(booking, standing, Why.HAND_OVER))
                break
    return changes
