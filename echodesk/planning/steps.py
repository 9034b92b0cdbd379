"""A plan of many room-days as a value: what a comparison would send, step by step.

A step is one request of a plan, with what stands before it and what would stand after it. Steps whose room-days
are planned together form one piece; pieces wait for nothing outside themselves.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from echodesk.planning.guards import removals
from echodesk.planning.values import Booking, Method, Plan, Request, RoomDay, Standing, Why


@dataclass(frozen=True, slots=True)
class PlanScope:
    """Which room-days a comparison is about. Empty means: all; from today on."""

    rooms: tuple[str, ...] = ()
    building: str = ""
    first: str = ""
    """ISO date."""
    last: str = ""
    year: str = ""
    """A year that is not sent yet: everything is planned as if it were, and applying the plan switches it on."""
    adopt: bool = False
    """What others booked in Echo360 exactly where a lesson is becomes that lesson's recording."""

    def holds(self, place: RoomDay, rooms: Collection[str] | None) -> bool:
        """True for a room-day that belongs to it. `rooms` are those that it names, or its building; None: all."""
        day = place.date.isoformat()
        return (
            (rooms is None or place.room in rooms)
            and (not self.first or self.first <= day)
            and (not self.last or day <= self.last)
        )


@dataclass(frozen=True, slots=True)
class Step:
    """One request of a plan."""

    number: int
    """From 1, in the order in which they go out."""
    piece: int
    method: Method
    external_id: str
    before: Standing | None
    after: Booking | None
    needs: tuple[int, ...]
    """Numbers of the steps that must have succeeded before."""
    why: Why

    @property
    def place(self) -> RoomDay:
        """Where the lesson will be, or was."""
        return self.after.place if self.after is not None else self._before.place

    @property
    def _before(self) -> Standing:
        if self.before is None:
            raise ValueError(f"step {self.number} is about nothing")
        return self.before


def pieces_of(plans: Iterable[Plan]) -> dict[int, Plan]:
    """The plans that ask for something by the number of their piece: the one with the next lesson first."""
    return dict(enumerate(sorted((plan for plan in plans if plan.requests), key=_next_lesson), start=1))


def steps_of(plans: Iterable[Plan]) -> tuple[Step, ...]:
    """The steps of these plans, piece by piece."""
    steps: list[Step] = []
    for piece, plan in pieces_of(plans).items():
        base = len(steps) + 1
        steps += (
            Step(
                base + request.number,
                piece,
                request.method,
                request.external_id,
                request.standing,
                request.booking,
                tuple(base + number for number in request.after),
                request.why,
            )
            for request in plan.requests
        )
    return tuple(steps)


def differences(step: Step) -> tuple[tuple[str, str, str], ...]:
    """(field, what it says now, what it would say) of every field that a step changes, in the order of `FIELDS`;
    nothing where something is made or removed. '' is for none, dates are ISO texts."""
    before, after = step.before, step.after
    return () if before is None or after is None else differing(before, after)


def differing(one: Standing | Booking, other: Standing | Booking) -> tuple[tuple[str, str, str], ...]:
    """The same of any two."""
    now, then = _said(one), _said(other)
    return tuple((name, now[at], then[at]) for at, name in enumerate(FIELDS) if now[at] != then[at])


FIELDS = ("title", "presenter", "sections", "inputs", "room", "date", "time", "external_id")
"""What a schedule says, as far as EchoDesk owns it (design §4.14)."""


def _said(one: Standing | Booking) -> tuple[str, ...]:
    content = one.content
    return (
        content.title,
        content.presenter or "",
        ", ".join(content.sections),
        ", ".join(content.inputs),
        one.place.room,
        one.place.date.isoformat(),
        str(one.time),
        one.external_id or "",
    )


def aside(asked: Iterable[Step | Request]) -> bool:
    """True if a lesson is removed on the way and made again: for a moment it has no schedule."""
    methods: dict[str, set[Method]] = defaultdict(set)
    for one in asked:
        methods[one.external_id].add(one.method)
    return any({Method.DELETE, Method.POST} <= found for found in methods.values())


def _next_lesson(plan: Plan) -> tuple[dt.date, int, str]:
    first = min(plan.requests, key=_starts)
    return (*_starts(first), first.external_id)


def _starts(request: Request) -> tuple[dt.date, int]:
    at = request.booking or request.standing
    if at is None:
        raise ValueError(f"request {request.number} is about nothing")
    return (at.place.date, at.time.start)


def counts(plans: Iterable[Plan]) -> dict[str, int]:
    """How many captures are made, adopted, changed, moved, handed over and removed. What steps aside is moved,
    once; what `guards` do not call a removal is none."""
    found = {"made": 0, "adopted": 0, "changed": 0, "moved": 0, "handed_over": 0, "removed": 0}
    for plan in plans:
        found["removed"] += len(removals(plan))
        for request in plan.requests:
            if request.method is not Method.DELETE:
                found[_kind(request)] += 1
    return found


def kinds(steps: Iterable[Step]) -> dict[int, str]:
    """Number of each step → as what `counts` counts it, '' for one in whose place its lesson is made anew."""
    listed = list(steps)
    made = {step.after.external_id for step in listed if step.after is not None}
    found: dict[int, str] = {}
    for step in listed:
        if step.after is not None:
            found[step.number] = _kind(step)
        else:
            found[step.number] = "" if step.external_id in made else "removed"
            made.add(step.external_id)
    return found


def _kind(request: Request | Step) -> str:
    """What is taken back is made again where nothing of it stands any more."""
    if request.why is Why.UNDONE:
        return "made" if request.method is Method.POST else "changed"
    return _KIND_OF[request.why]


_KIND_OF = {
    Why.NEW: "made",
    Why.ADOPTED: "adopted",
    Why.CHANGED: "changed",
    Why.MOVED: "moved",
    Why.STEPS_ASIDE: "moved",
    Why.HAND_OVER: "handed_over",
}
