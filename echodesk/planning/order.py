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

from echodesk.planning.difference import Change
from echodesk.planning.ground import Deadline
from echodesk.planning.knots import smallest_breakers, strong_components
from echodesk.planning.overlap import crossing_pairs
from echodesk.planning.values import Interval, Method, Request, RoomDay, Why

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
    return Arrangement(_requests(_steps(changes, waits, asides)), knots, cut_off)


@dataclass(slots=True)
class _Step:
    """A request in the making; `after` holds indexes of steps."""

    method: Method
    change: Change
    why: Why
    after: set[int]

    @property
    def starts(self) -> _Urgency:
        """The lesson that the step is about: what will stand, or else what stood."""
        change = self.change
        if self.method is not Method.DELETE and change.booking is not None:
            return (change.booking.place.date, change.booking.time.start)
        if change.standing is not None:
            return (change.standing.place.date, change.standing.time.start)
        return (dt.date.max, 0)

    @property
    def external_id(self) -> str:
        """The id that is made or changed; for a removal the one that stands."""
        change = self.change
        if self.method is not Method.DELETE and change.booking is not None:
            return change.booking.external_id
        if change.standing is not None:
            return change.standing.external_id or ""
        return ""


def _waits(changes: Sequence[Change]) -> dict[int, set[int]]:
    """Index of a change → indexes of changes that must have left before it can arrive."""
    leaving: dict[RoomDay, tuple[list[Interval], list[int]]] = {}
    arriving: dict[RoomDay, tuple[list[Interval], list[int]]] = {}
    freed_ids: dict[str, list[int]] = {}
    for index, change in enumerate(changes):
        booking, standing = change.booking, change.standing
        stays = booking is not None and standing is not None and not change.moves
        if standing is not None and not stays:
            times, owners = leaving.setdefault(standing.place, ([], []))
            times.append(standing.time)
            owners.append(index)
        if booking is not None and not stays:
            times, owners = arriving.setdefault(booking.place, ([], []))
            times.append(booking.time)
            owners.append(index)
        if standing is not None and (booking is None or booking.external_id != standing.external_id):
            freed_ids.setdefault(standing.external_id or "", []).append(index)
    waits: dict[int, set[int]] = {}
    for place, (targets, comers) in arriving.items():
        if place not in leaving:
            continue
        presents, goers = leaving[place]
        for i, j in crossing_pairs(targets, presents):
            if comers[i] != goers[j]:
                waits.setdefault(comers[i], set()).add(goers[j])
    if freed_ids:
        # One external id cannot stand twice: whoever takes it waits for whoever gives it up.
        for index, change in enumerate(changes):
            if change.booking is not None:
                waits_for = [one for one in freed_ids.get(change.booking.external_id, ()) if one != index]
                if waits_for:
                    waits.setdefault(index, set()).update(waits_for)
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


def _steps(changes: Sequence[Change], waits: Mapping[int, set[int]], asides: set[int]) -> list[_Step]:
    """One step per change, two for what steps aside; `after` says which steps free a place or an id."""
    steps: list[_Step] = []
    leaves: dict[int, int] = {}
    arrives: dict[int, int] = {}
    for index, change in enumerate(changes):
        if change.booking is None:
            leaves[index] = len(steps)
            steps.append(_Step(Method.DELETE, change, change.why, set()))
        elif change.standing is None:
            arrives[index] = len(steps)
            steps.append(_Step(Method.POST, change, change.why, set()))
        elif index in asides:
            why = change.why if change.aside else Why.STEPS_ASIDE
            leaves[index] = len(steps)
            steps.append(_Step(Method.DELETE, change, why, set()))
            arrives[index] = len(steps)
            steps.append(_Step(Method.POST, change, why, {leaves[index]}))
        else:
            leaves[index] = arrives[index] = len(steps)
            steps.append(_Step(Method.PUT, change, change.why, set()))
    for index, before in waits.items():
        steps[arrives[index]].after.update(leaves[one] for one in before)
    return steps


def _requests(steps: Sequence[_Step]) -> tuple[Request, ...]:
    """Topological order by heap: of all that may start, the one on which the next lesson depends goes first."""
    dependants: dict[int, list[int]] = {}
    missing = [len(step.after) for step in steps]
    for index, step in enumerate(steps):
        for before in step.after:
            dependants.setdefault(before, []).append(index)
    urgency = _urgency(steps, dependants, missing)
    keys = [
        (urgency[index], step.starts, step.external_id, step.method.value, index)
        for index, step in enumerate(steps)
    ]
    ready = [key for key, count in zip(keys, missing, strict=True) if not count]
    heapq.heapify(ready)
    number_of: dict[int, int] = {}
    requests: list[Request] = []
    while ready:
        index = heapq.heappop(ready)[-1]
        step = steps[index]
        number_of[index] = len(requests)
        requests.append(
            Request(
                number=len(requests),
                method=step.method,
                external_id=step.external_id,
                booking=None if step.method is Method.DELETE else step.change.booking,
                standing=step.change.standing,
                after=tuple(sorted(number_of[before] for before in step.after)),
                why=step.why,
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
    steps: Sequence[_Step], dependants: Mapping[int, list[int]], missing: Sequence[int]
) -> list[_Urgency]:
    """When the earliest lesson starts that a step, or anything waiting for it, is about."""
    urgency = [step.starts for step in steps]
    if not dependants:
        return urgency
    left = list(missing)
    queue = [index for index, count in enumerate(left) if not count]
    for index in queue:
        for dependant in dependants.get(index, ()):
            left[dependant] -= 1
            if not left[dependant]:
                queue.append(dependant)
    for index in reversed(queue):
        for dependant in dependants.get(index, ()):
            urgency[index] = min(urgency[index], urgency[dependant])
    return urgency
