"""What plans come to for each lesson, and what a decision would change: for whoever looks before deciding.

Nothing is decided here: the planner's own plans, without the decision and with it, are laid side by side.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from echodesk.planning.batches import identity_of_request
from echodesk.planning.decisions import Counting, rule
from echodesk.planning.overlap import overlapping_pairs
from echodesk.planning.together import units_of_day
from echodesk.planning.values import Booking, Occurrence, Plan, Reason, Rules


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of one occurrence: the booking that records it, or the reason why none does."""

    booking: Booking | None
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class Effect:
    """What a decision changes."""

    before: dict[str, Outcome]
    """External id → what becomes of it without the decision."""
    after: dict[str, Outcome]
    calls: dict[str, int]
    """Method → how many requests are sent because of it."""


def outcomes(plans: Iterable[Plan]) -> dict[str, Outcome]:
    """External id → what becomes of it, for every occurrence that these plans know."""
    found: dict[str, Outcome] = {}
    for plan in plans:
        found |= {one.external_id: Outcome(None, one.reason) for one in plan.projection.left_out}
        found |= {member: Outcome(booking) for booking in plan.projection.bookings for member in booking.members}
    return found


def effect(without: Iterable[Plan], with_it: Iterable[Plan]) -> Effect:
    """What is different in plans of the same room-days once something is decided."""
    without, with_it = tuple(without), tuple(with_it)
    waiting = {identity_of_request(one) for plan in without for one in plan.requests}
    caused = [one for plan in with_it for one in plan.requests if identity_of_request(one) not in waiting]
    return Effect(outcomes(without), outcomes(with_it), dict(Counter(one.method.value for one in caused)))


@dataclass(frozen=True, slots=True)
class Seat:
    """How a lesson of a room-day stands to the others there; external ids, sorted."""

    together: tuple[str, ...]
    """Those with which it is one lecture, itself included; empty if it is one of its own."""
    rivals: tuple[str, ...]
    """Those that it overlaps and that are no part of the same lecture."""


def seats(lessons: Sequence[Occurrence], rules: Rules, counting: Iterable[Counting]) -> dict[str, Seat]:
    """External id → how it stands to the others, for the lessons of one room-day and the decisions that count
    there, newest first."""
    turnaround = rules.turnaround_in(lessons[0].place.room) if lessons else 0
    ruling = rule(counting, turnaround=turnaround)
    units = units_of_day(lessons, rules, ruling.together)
    against: dict[int, set[str]] = defaultdict(set)
    for one, other in overlapping_pairs([unit.booking.time for unit in units], turnaround):
        against[one].update(units[other].booking.members)
        against[other].update(units[one].booking.members)
    return {
        member: Seat(
            tuple(sorted(unit.booking.members)) if len(unit.members) > 1 else (), tuple(sorted(against[number]))
        )
        for number, unit in enumerate(units)
        for member in unit.booking.members
    }
