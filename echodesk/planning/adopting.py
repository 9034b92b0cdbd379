"""Adopting: what others booked exactly where a lesson is becomes that lesson's own schedule (design §4.12).

At go-live everything in Echo360 is foreign. What matches in room, date, start and finish is the recording that the
timetable wants; taking it over is one change, and nothing is removed for it. Pure, and a plan like any other.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from echodesk.planning.difference import Change, Difference
from echodesk.planning.ground import late_of
from echodesk.planning.staying import settled
from echodesk.planning.values import Booking, Interval, Projection, RoomDay, Situation, Standing, Why

Where = tuple[RoomDay, Interval]


def adopted(situation: Situation) -> tuple[Projection, Difference]:
    """The projection and the difference when of `situation.adopt` everything is taken over that can be.

    A foreign schedule can be, if it is no series, has not come too near, and stands exactly where a
    booking belongs whose lesson has no schedule yet. All others stay what they are: in the way.
    """
    taken = _takeable(situation)
    while True:
        without = replace(situation, standing=tuple(one for one in situation.standing if one.echo_id not in taken))
        projection, change = settled(without)
        matched = _matched(change, taken)
        if len(matched) == len(taken):
            return projection, _adopting(change, matched)
        taken = {one.echo_id: one for one in matched.values()}


def _takeable(situation: Situation) -> dict[str, Standing]:
    dates = Counter(one.echo_id for one in situation.standing)
    late = late_of(situation)
    at: dict[Where, Standing] = {}
    for one in sorted(situation.standing, key=lambda one: one.echo_id):
        if (
            one.echo_id in situation.adopt
            and not one.ours
            and one.place in situation.places
            and dates[one.echo_id] == 1
            and not one.recurs
            and not late.reached(one.place.date, one.time.start)
        ):
            at.setdefault((one.place, one.time), one)
    return {one.echo_id: one for one in at.values()}


def _matched(change: Difference, taken: dict[str, Standing]) -> dict[str, Standing]:
    """External id of a booking that is to be made → the foreign schedule that stands in its place."""
    at = {(one.place, one.time): one for one in taken.values()}
    found: dict[str, Standing] = {}
    for one in change.changes:
        if one.standing is None and one.booking is not None and (one.booking.place, one.booking.time) in at:
            found[one.booking.external_id] = at[one.booking.place, one.booking.time]
    return found


def _adopting(change: Difference, matched: dict[str, Standing]) -> Difference:
    def of(one: Change) -> Change:
        booking: Booking | None = one.booking
        if booking is None or one.standing is not None or booking.external_id not in matched:
            return one
        return Change(booking, matched[booking.external_id], Why.ADOPTED)

    return Difference(tuple(of(one) for one in change.changes), change.kept)
