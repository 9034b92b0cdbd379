"""Which decisions of staff count in a room-day, and what they come to (design §4.5, decisions "DECISION")."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tests.simulation.oracle_values import Decided, Lesson, meet


@dataclass(frozen=True, slots=True)
class Order:
    """What one decision asks for in this room-day."""

    decision: Decided
    against: frozenset[Lesson]
    winner: Lesson | None
    joined: frozenset[Lesson]


def obeyed(
    lessons: Iterable[Lesson], decisions: Iterable[Decided], void: set[int], turnaround: int
) -> list[Order]:
    """The decisions that count here and have an effect, newest first: one that would leave out what a newer one
    records, or record what a newer one leaves out, has none."""
    found: list[Order] = []
    lessons = list(lessons)
    for decision in decisions:
        for week in {one.week for one in lessons}:
            here = {
                one.slotid: one
                for one in lessons
                if (one.setid, one.week) == (decision.setid, week) and one.slotid in decision.slotids
            }
            if here.keys() != set(decision.slotids) or (decision.weeks is not None and week not in decision.weeks):
                continue
            if any(seat(here[slot]) != was for slot, was in zip(decision.slotids, decision.seats, strict=True)):
                continue
            everyone = frozenset(here.values())
            if decision.kind == "record_one" and decision.winner in here:
                best = here[decision.winner]
                losers = frozenset(one for one in everyone if one is not best and meet(one, best, turnaround))
                found.append(Order(decision, losers, best, frozenset()))
            elif decision.kind in ("record_neither", "do_not_record"):
                found.append(Order(decision, everyone, None, frozenset()))
            elif decision.kind == "together" and len({(one.start, one.finish) for one in everyone}) == 1:
                found.append(Order(decision, frozenset(), None, everyone))
    found.sort(key=lambda one: -one.decision.id)
    standing: list[Order] = []
    for order in found:
        wants = order.joined | ({order.winner} if order.winner is not None else frozenset())
        if not any(
            wants & newer.against
            or order.against & (newer.joined | ({newer.winner} if newer.winner is not None else frozenset()))
            for newer in standing
        ):
            standing.append(order)
    effective = [one for one in standing if one.decision.id not in void]
    first_against: set[Lesson] = set()
    result: list[Order] = []
    for order in effective:
        result.append(Order(order.decision, order.against - first_against, order.winner, order.joined))
        first_against |= order.against
    return result


def seat(lesson: Lesson) -> str:
    """How a decision remembers where a lesson stood."""
    names = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
    return (
        f"{lesson.room} {names[lesson.weekday - 1]} {lesson.start // 60:02d}:{lesson.start % 60:02d}"
        f"-{lesson.finish // 60:02d}:{lesson.finish % 60:02d}"
    )
