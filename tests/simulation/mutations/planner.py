"""The planner without one of its rules; looked for with planner examples against brute force."""

from __future__ import annotations

import dataclasses
from typing import Any

from echodesk.planning import difference, order, overlap, projection, staying
from echodesk.planning.knots import Breakers
from echodesk.planning.values import Booking, Projection, Situation
from echodesk.worker.gate import Gate
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


def removed_at_any_time(real: Any) -> Any:
    """What steps aside is removed until it begins, whether it can be made again or not."""
    return lambda self, request, *more: real(self, dataclasses.replace(request, in_time_for=None), *more)


def nobody_waits(real: Any) -> Any:
    """Whoever is to be recorded takes its place, however soon it starts."""
    return lambda *asked: set()


def as_if_all_were_kept(real: Any) -> Any:
    """Circles of all lessons that stand elsewhere, recorded there or not."""

    def cannot_go(situation: Situation, of: Any, projection: Projection, change: Any) -> Any:
        left_out = {one.external_id for one in projection.left_out} - set(of.stuck)
        late = tuple(
            Booking(
                one.external_id, one.setid, one.slotid, one.week, one.place, one.time, one.content,
                (one.external_id,),
            )
            for one in situation.occurrences if one.external_id in left_out
        )  # fmt: skip
        return real(situation, of, dataclasses.replace(projection, late=late), change)

    return cannot_go


def nothing_falls(real: Any) -> Any:
    """What one turn keeps and a later one removes is not given up."""
    return lambda situation: (*real(situation)[:3], set())


def moves_are_two_requests(real: Any) -> Any:
    """DELETE and POST for each move."""

    def breakers(changes: Any, waits: Any, not_before: Any) -> Any:
        asides, knots, cut_off = real(changes, waits, not_before)
        return asides | {at for at, change in enumerate(changes) if change.moves}, knots, cut_off

    return breakers


def obstacles_first(real: Any) -> Any:
    """What stands in a lesson's way takes it out before overlaps are counted."""

    def settle_day(self: Any, place: Any, units: list[Any], *more: Any) -> Any:
        turnaround = self._turnaround_of.get(place.room, self._rules.turnaround)
        return real(self, place, [one for unit in units if (one := self._admit(unit, turnaround))], *more)

    return settle_day


PLANNER = (
    Mutant(
        "ignore_after_obstacles",
        "decisions: ignore counts overlaps before obstacles",
        "counts the overlaps of a room that records neither only among what no obstacle takes out",
        wrapped(projection._Projector, "_settle_day", obstacles_first),
        ("strangers",),
    ),
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
        "steps_aside_too_late",
        "decisions: never one steps aside that starts within lead + L",
        "opens a circle of lessons that all begin too soon",
        replaced((staying, "_cannot_go", lambda *asked: {})),
        test="tests/planning/test_order.py::test_where_everyone_starts_soon_all_stay_as_they_stand_and_it_is_said",
        escapes="a history has to exchange places within the lead time",
    ),
    Mutant(
        "stays_though_it_leaves",
        "decisions: requests are the difference and the fewest that must step aside",
        "holds lessons in a circle with one that the projection leaves out",
        wrapped(staying, "_cannot_go", as_if_all_were_kept),
        test="tests/planning/test_staying.py::test_who_loses_its_new_place_to_another_leaves_and_the_rest_moves",
        escapes="a history has to exchange places within the lead time",
    ),
    Mutant(
        "stays_because_of_what_falls",
        "planner: once all requests have succeeded the next plan is empty",
        "holds a circle because of a lesson that falls and cannot be made again",
        wrapped(staying, "_turns", nothing_falls),
        test="tests/planning/test_staying.py"
        "::test_a_circle_is_open_if_the_one_that_falls_counted_only_because_it_stood",
        escapes="a history has to exchange places within the lead time",
    ),
    Mutant(
        "removed_too_late",
        "decisions: never one steps aside that starts within lead + L, looked at right before the write",
        "removes what steps aside although it may be too late to make it again",
        wrapped(Gate, "check", removed_at_any_time),
        test="tests/worker/test_changing_places_late.py"
        "::test_what_waits_for_its_turn_is_not_removed_once_it_might_not_be_made_again",
        escapes="the turn of a lesson that changes places has to come within seconds of a minute",
    ),
    Mutant(
        "makes_way_too_late",
        "decisions: who starts within lead + L takes no place from what stands",
        "removes what stands for a lesson that may not be made in time",
        wrapped(projection._Projector, "_waits", nobody_waits),
        test="tests/planning/test_making_way.py::TestWhoStands::test_stays_and_who_starts_too_soon_is_left_out",
        escapes="a history has to clash within seconds of a minute, and a request has to be late then",
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
