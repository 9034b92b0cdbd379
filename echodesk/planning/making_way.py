"""Who makes way for whom, and until when: what stands is not removed for what might not be booked in time.

To take the place of something, a lesson waits until that has been removed. Should the lead time come meanwhile,
neither would be recorded. So a lesson that starts within the lead time and L takes no place from another that
stands there and is asked for there: it gets what is left once all others are settled (decisions "The planner").
What was planned before that is asked again when the removal is sent: `Request.in_time_for`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from echodesk.planning.ground import Deadline, stands_at
from echodesk.planning.overlap import conflicts
from echodesk.planning.strategies import Losers, choose
from echodesk.planning.together import Unit
from echodesk.planning.values import Booking, Method, Request, RoomDay, Strategy


def chosen_in_time(
    units: Sequence[Unit], waits: Collection[str], strategy: Strategy, turnaround: int
) -> tuple[Losers, Losers]:
    """Who loses among the units of one room-day and to whom, and who would have won had there been time, with
    whoever keeps the place instead. `waits` are external ids of those that take no place from what stands.
    """
    if not waits:
        return choose(units, strategy, turnaround), {}
    first = [index for index, unit in enumerate(units) if unit.booking.external_id not in waits]
    losers = _choose(units, first, strategy, turnaround)
    kept = [index for index in first if index not in losers]
    in_the_way: Losers = {}
    left: list[int] = []
    for index in range(len(units)):
        if units[index].booking.external_id in waits:
            time = units[index].booking.time
            holders = (one for one in kept if conflicts(units[one].booking.time, time, turnaround))
            holder = next(holders, None)
            if holder is None:
                left.append(index)
            else:
                in_the_way[index] = holder
    losers |= _choose(units, left, strategy, turnaround)
    anyway = choose(units, strategy, turnaround)
    for index in list(in_the_way):
        winner = anyway.get(index)
        if winner is not None and winner not in losers and winner not in in_the_way:
            losers[index] = winner
            del in_the_way[index]
    return losers, in_the_way


def _choose(units: Sequence[Unit], indexes: Sequence[int], strategy: Strategy, turnaround: int) -> Losers:
    """`choose` among some of them, in the indexes of all."""
    losers = choose([units[index] for index in indexes], strategy, turnaround)
    return {indexes[loser]: indexes[winner] for loser, winner in losers.items()}


def held_to_time(
    requests: Sequence[Request], too_soon: Deadline, turnaround_of: Callable[[str], int]
) -> tuple[Request, ...]:
    """Each removal with what must still be in time for it: the first of those that are booked in its place. What
    is too soon already was planned knowing that, and would be planned so again."""
    arriving: dict[RoomDay, list[Booking]] = {}
    for one in requests:
        booking, stands = one.booking, one.standing
        if booking is None or too_soon.reached(booking.place.date, booking.time.start):
            continue
        if one.method is Method.POST or stands is None or not stands_at(stands, booking.place, booking.time):
            arriving.setdefault(booking.place, []).append(booking)
    return tuple(_held(one, arriving, turnaround_of) for one in requests) if arriving else tuple(requests)


def _held(
    request: Request, arriving: dict[RoomDay, list[Booking]], turnaround_of: Callable[[str], int]
) -> Request:
    stands = request.standing
    if request.method is not Method.DELETE or request.in_time_for is not None or stands is None:
        return request
    turnaround = turnaround_of(stands.place.room)
    there = [one for one in arriving.get(stands.place, ()) if conflicts(one.time, stands.time, turnaround)]
    if not there:
        return request
    return replace(request, in_time_for=min(there, key=lambda one: (one.time.start, one.external_id)))
