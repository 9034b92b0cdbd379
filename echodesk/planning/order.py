"""In which order: each request after those that free its place, the next lesson first (decisions "The planner").

A waits for B when A's target overlaps B's present place. Removals wait for nothing and nothing waits for a new
booking, so only moves can wait for each other in a circle. A circle is opened by one member that steps aside:
removed first, made anew last. Which ones, as few as can be, `knots` decides. The turnaround of a room does not
count here: the target knows none, and a plan must not depend on more than the target refuses.
"""

from __future__ import annotations

import datetime as dt
import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from echodesk.planning.difference import Change
from echodesk.planning.ground import Deadline
from echodesk.planning.knots import smallest_breakers, strong_components
from echodesk.planning.overlap import crossing_pairs
from echodesk.planning.values import Booking, Interval, Method, Request, RoomDay, Standing, Why

_Urgency = tuple[dt.date, int]


@dataclass(frozen=True, slots=True)
class Arrangement:
    """The ordered requests, and how many circles had to be opened."""

    requests: tuple[Request, ...]
    knots: int
    """Groups of moves that wait for each other."""
    cut_off: int
    """Of these, how many were too large for the exact search: more may step aside there than need be."""


def arrange(changes: Sequence[Change], not_before: Deadline) -> Arrangement:
    """Order `changes` so that every request finds its place free once all of its `after` succeeded.

    What starts until `not_before` steps aside only in a circle where everything does.
    """
    waits = _waits(changes)
    asides, knots, cut_off = _breakers(changes, waits, not_before)
    steps, after = _steps(changes, waits, asides, not_before)
    return Arrangement(_requests(steps, after), knots, cut_off)


class _Step(NamedTuple):
    """A request in the making."""

    method: Method
    booking: Booking | None
    standing: Standing | None
    why: Why
    external_id: str
    starts: _Urgency
    """Start of the lesson that the step is about: what will stand, or else what stood."""
    in_time_for: Booking | None = None


def _step(method: Method, change: Change, why: Why) -> _Step:
    booking, standing = change.booking, change.standing
    if booking is not None and method is not Method.DELETE:
        starts = (booking.place.date, booking.time.start)
        return _Step(method, booking, standing, why, booking.external_id, starts)
    if standing is None:
        raise AssertionError("a change that neither makes nor removes anything")
    starts = (standing.place.date, standing.time.start)
    return _Step(method, None, standing, why, standing.external_id or "", starts)


def _waits(changes: Sequence[Change]) -> dict[int, set[int]]:
    """Index of a change → indexes of changes that must have left before it can arrive."""
    leaving: dict[RoomDay, list[int]] = {}
    freed_ids: dict[str, list[int]] = {}
    for index, change in enumerate(changes):
        booking, standing = change.booking, change.standing
        if standing is None:
            continue
        if booking is None or change.moves:
            goers = leaving.get(standing.place)
            if goers is None:
                leaving[standing.place] = [index]
            else:
                goers.append(index)
        if booking is None or booking.external_id != standing.external_id:
            freed_ids.setdefault(standing.external_id or "", []).append(index)
    waits: dict[int, set[int]] = {}
    if not leaving and not freed_ids:
        return waits
    arriving: dict[RoomDay, tuple[list[int], list[Interval]]] = {}
    for index, change in enumerate(changes):
        booking = change.booking
        if booking is None:
            continue
        if booking.place in leaving and (change.standing is None or change.moves):
            comers, targets = arriving.setdefault(booking.place, ([], []))
            comers.append(index)
            targets.append(booking.time)
        # One external id cannot stand twice: whoever takes it waits for whoever gives it up.
        givers = [one for one in freed_ids.get(booking.external_id, ()) if one != index]
        if givers:
            waits[index] = set(givers)
    for place, (comers, targets) in arriving.items():
        goers = leaving[place]
        presents = [standing.time for one in goers if (standing := changes[one].standing) is not None]
        for i, j in crossing_pairs(targets, presents):
            if comers[i] != goers[j]:
                waits.setdefault(comers[i], set()).add(goers[j])
    return waits


def _breakers(
    changes: Sequence[Change], waits: Mapping[int, set[int]], not_before: Deadline
) -> tuple[set[int], int, int]:
    """Indexes of the changes that step aside, the number of knots, and how many of them were cut off."""
    asides = {index for index, change in enumerate(changes) if change.aside}
    graph: dict[int, set[int]] = {}
    for index, before in waits.items():
        if index in asides or changes[index].standing is None:
            continue
        movers = {one for one in before if one not in asides and changes[one].booking is not None}
        if movers:
            graph[index] = movers
    knots = cut_off = 0
    for component in strong_components(graph):
        knots += 1
        members = set(component)
        ranked = sorted(component, key=lambda index: _breaker_order(changes[index]))
        keep = {index for index in component if _starts_until(changes[index], not_before)}
        found = smallest_breakers({one: graph[one] & members for one in ranked}, ranked, keep)
        asides |= found.chosen
        cut_off += not found.exact
    return asides, knots, cut_off


def _breaker_order(change: Change) -> tuple[dt.date, int, str]:
    """Whatever comes last in this order is the best to step aside: its lesson is furthest in the future."""
    booking = change.booking
    if booking is None:
        return (dt.date.min, 0, "")
    return (booking.place.date, booking.time.start, booking.external_id)


def _starts_until(change: Change, not_before: Deadline) -> bool:
    booking = change.booking
    return booking is not None and not_before.reached(booking.place.date, booking.time.start)


def _steps(
    changes: Sequence[Change], waits: Mapping[int, set[int]], asides: set[int], not_before: Deadline
) -> tuple[list[_Step], dict[int, set[int]]]:
    """One step per change, two for what steps aside; and which steps each must wait for, by index."""
    steps: list[_Step] = []
    leaves: dict[int, int] = {}
    arrives: dict[int, int] = {}
    after: dict[int, set[int]] = {}
    for index, change in enumerate(changes):
        if change.booking is None:
            leaves[index] = len(steps)
            steps.append(_step(Method.DELETE, change, change.why))
        elif change.standing is None:
            arrives[index] = len(steps)
            steps.append(_step(Method.POST, change, change.why))
        elif index in asides:
            why = change.why if change.aside else Why.STEPS_ASIDE
            leaves[index], arrives[index] = len(steps), len(steps) + 1
            after[arrives[index]] = {leaves[index]}
            in_time = why is Why.STEPS_ASIDE and not _starts_until(change, not_before)
            back = change.booking if in_time else None
            steps.append(_step(Method.DELETE, change, why)._replace(in_time_for=back))
            steps.append(_step(Method.POST, change, why))
        else:
            leaves[index] = arrives[index] = len(steps)
            steps.append(_step(Method.PUT, change, change.why))
    for index, before in waits.items():
        after.setdefault(arrives[index], set()).update(leaves[one] for one in before)
    return steps, after


def _requests(steps: Sequence[_Step], after: Mapping[int, set[int]]) -> tuple[Request, ...]:
    """Topological order by heap: of all that may start, the one on which the next lesson depends goes first."""
    dependants: dict[int, list[int]] = {}
    for index, before in after.items():
        for one in before:
            dependants.setdefault(one, []).append(index)
    urgency = _urgency(steps, after, dependants)
    keys = [
        (urgency[index], step.starts, step.external_id, step.method.value, index)
        for index, step in enumerate(steps)
    ]
    missing = {index: len(before) for index, before in after.items()}
    ready = sorted(key for key in keys if key[-1] not in missing)
    number_of: dict[int, int] = {}
    requests: list[Request] = []
    while ready:
        index = heapq.heappop(ready)[-1]
        step = steps[index]
        number = number_of[index] = len(requests)
        waits_for = tuple(sorted([number_of[one] for one in after[index]])) if index in after else ()
        requests.append(
            Request(
                number,
                step.method,
                step.external_id,
                step.booking,
                step.standing,
                waits_for,
                step.why,
                step.in_time_for,
            )
        )
        for dependant in dependants.get(index, ()):
            missing[dependant] -= 1
            if not missing[dependant]:
                heapq.heappush(ready, keys[dependant])
    if len(requests) != len(steps):
        raise AssertionError("the requests of a plan wait for each other in a circle")
    return tuple(requests)


def _urgency(
    steps: Sequence[_Step], after: Mapping[int, set[int]], dependants: Mapping[int, list[int]]
) -> list[_Urgency]:
    """When the earliest lesson starts that a step, or anything waiting for it, is about."""
    urgency = [step.starts for step in steps]
    missing = {index: len(before) for index, before in after.items()}
    queue = [index for index in dependants if index not in missing]
    for index in queue:
        for dependant in dependants.get(index, ()):
            missing[dependant] -= 1
            if not missing[dependant]:
                queue.append(dependant)
    for index in reversed(queue):
        for dependant in dependants.get(index, ()):
            urgency[index] = min(urgency[index], urgency[dependant])
    return urgency
