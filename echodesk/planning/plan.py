"""From one situation to one plan: what should stand, what must change, and in which order.

The plan over a mirror, over a fresh listing, of one room-day or of the whole year is this same function (design
§2); only the situation differs.
"""

from __future__ import annotations

from echodesk.planning.adopting import adopted
from echodesk.planning.ground import too_soon_of
from echodesk.planning.making_way import held_to_time
from echodesk.planning.order import arrange
from echodesk.planning.staying import settled
from echodesk.planning.values import Plan, Situation


def make_plan(situation: Situation) -> Plan:
    """The fewest requests that turn what stands into the projection, in an order that is always allowed.

    Pure: the same situation, in whatever order its parts are given, makes the same plan; once all its requests
    have succeeded and nothing else has changed, the next plan is empty.
    """
    projection, change = adopted(situation) if situation.adopt else settled(situation)
    too_soon, rules = too_soon_of(situation), situation.rules
    return Plan(
        places=situation.places,
        requests=held_to_time(arrange(change.changes, too_soon).requests, too_soon, rules.turnaround_in),
        projection=projection,
        kept=change.kept,
        carrier_of=tuple(
            (member, booking.external_id) for booking in projection.bookings for member in booking.members
        ),
    )
