"""The planner without one of its rules; looked for with planner examples against brute force."""

from __future__ import annotations

from typing import Any

from echodesk.planning import difference, order, overlap
from echodesk.planning.knots import Breakers
from tests.simulation.mutations.tools import Mutant, replaced, wrapped


def every_member(graph: Any, ranked: Any, keep: Any, *more: Any) -> Breakers:
    """All but one of a knot step aside."""
    return Breakers(frozenset(list(ranked)[1:]), exact=True)


def nobody(graph: Any, ranked: Any, keep: Any, *more: Any) -> Breakers:
    """Nobody steps aside."""
    return Breakers(frozenset(), exact=True)


def a_minute_apart(real: Any) -> Any:
    """Closed intervals: what only touches is a clash."""
    return lambda self, turnaround: real(self, turnaround + 1)


def moves_are_two_requests(real: Any) -> Any:
    """DELETE and POST for each move."""

    def breakers(changes: Any, waits: Any, not_before: Any) -> Any:
        asides, knots, cut_off = real(changes, waits, not_before)
        return asides | {at for at, change in enumerate(changes) if change.moves}, knots, cut_off

    return breakers


PLANNER = (
    Mutant(
        "too_many_step_aside",
        "the smallest set of lessons steps aside",
        "lets all but one of a circle step aside",
        replaced((order, "smallest_breakers", every_member)),
        planner=True,
    ),
    Mutant(
        "nobody_steps_aside",
        "a circle needs one that steps aside",
        "lets a circle wait for itself",
        replaced((order, "smallest_breakers", nobody)),
        planner=True,
    ),
    Mutant(
        "moves_are_two_requests",
        "a lesson that moves between room-days is one PUT",
        "removes and makes anew",
        wrapped(order, "_breakers", moves_are_two_requests),
        planner=True,
    ),
    Mutant(
        "touching_is_overlapping",
        "intervals are half open",
        "takes lessons that only touch for a clash",
        wrapped(overlap.Taken, "__init__", a_minute_apart),
        planner=True,
    ),
    Mutant(
        "no_hand_over",
        "a carrier hands over with one PUT",
        "removes the old carrier's schedule and makes the new one's",
        replaced((difference, "_hand_over", lambda to_make, to_remove: [])),
        planner=True,
    ),
)
