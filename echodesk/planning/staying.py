"""Who stays where it stands, because it would have to change places with others and all begin too soon.

Of a circle of moves one member has to step aside: removed first, made again last. Nobody does who starts within
the lead time and L (decisions "The planner"), so a circle of such lessons alone cannot be opened; they stay. Who
moves at all is known only once overlaps, obstacles and decisions have been judged, and what stays is an obstacle
to the rest: so all is planned, whoever cannot go is held where it stands, and all is planned again.

What one turn keeps may fall in a later one, because of whoever is held. If it was refused for good, or starts
within the lead time, it counted only because it stands, and no later plan will see it: a circle that is held on
account of it would be open then. So what falls is given up, and all is planned from the start as if it were gone.
For what can be made again that changes nothing: kept or made anew, it is no move.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from echodesk.planning.difference import Change, Difference, difference
from echodesk.planning.ground import Ground, ground_of, too_soon_of
from echodesk.planning.knots import strong_components
from echodesk.planning.projection import project
from echodesk.planning.values import Projection, RoomDay, Situation, Standing

_Graph = Mapping[str, set[str]]


def settled(situation: Situation) -> tuple[Projection, Difference]:
    """What should stand and what must change, once everybody who cannot go is held where it stands.

    Ends because every turn gives up more of what stands, and there is only so much.
    """
    given_up: set[str] = set()
    left = situation
    while True:
        projection, change, stuck, kept_before = _turns(left)
        if given_up:
            change = difference(projection, ground_of(situation, stuck))
        fall = {
            one.standing.echo_id
            for one in change.changes
            if one.booking is None and one.standing and one.standing.external_id in kept_before
        }
        if fall <= given_up:
            return projection, change
        given_up |= fall
        left = replace(situation, standing=tuple(one for one in situation.standing if one.echo_id not in given_up))


def _turns(situation: Situation) -> tuple[Projection, Difference, dict[str, Standing], set[str]]:
    """What should stand and what must change, who is held where it stands, and the external ids of what only
    earlier turns kept.

    Ends because every turn holds more, and there are only so many.
    """
    stuck: dict[str, Standing] = {}
    kept: set[str] = set()
    while True:
        ground = ground_of(situation, stuck)
        projection = project(situation, ground)
        change = difference(projection, ground)
        more = _cannot_go(situation, ground, projection, change)
        if not more:
            return projection, change, stuck, kept - change.kept
        stuck |= more
        kept |= change.kept


def _cannot_go(
    situation: Situation, ground: Ground, projection: Projection, change: Difference
) -> dict[str, Standing]:
    """By external id, the members of each circle that waits for no other: with that one held, whoever waits for it
    will not move at all."""
    if projection.late:
        # Only the lead time keeps these from moving: what stayed before it came stays now.
        wanted = (*projection.bookings, *projection.late)
        change = difference(replace(projection, bookings=wanted), ground)
    too_soon = too_soon_of(situation)
    movers: dict[str, Change] = {}
    for one in change.changes:
        if one.moves and one.booking and too_soon.reached(one.booking.place.date, one.booking.time.start):
            movers[one.booking.external_id] = one
    graph = _waits(movers)
    circles = [set(one) for one in strong_components(graph)]
    last = [one for one in circles if not any(other & _reached(graph, one) for other in circles if other != one)]
    return {name: standing for one in last for name in one if (standing := movers[name].standing)}


def _waits(movers: Mapping[str, Change]) -> dict[str, set[str]]:
    """Each mover → those that stand in its new place."""
    there: dict[RoomDay, list[tuple[str, Standing]]] = {}
    for name, mover in movers.items():
        if mover.standing:
            there.setdefault(mover.standing.place, []).append((name, mover.standing))
    return {
        name: {
            other
            for other, standing in there.get(mover.booking.place, ())
            if other != name and standing.time.overlaps(mover.booking.time)
        }
        for name, mover in sorted(movers.items())
        if mover.booking
    }


def _reached(graph: _Graph, start: set[str]) -> set[str]:
    """All that these wait for, directly or not."""
    found, at = set(start), list(start)
    while at:
        more = graph[at.pop()] - found
        found |= more
        at += more
    return found
