"""What a comparison found as staff look at it, and why its plan must be confirmed in writing (design §4.12)."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from echodesk.planning.answers import Kind
from echodesk.planning.batches import Summary
from echodesk.planning.guards import (
    DAY_COUNT,
    batch_guard,
    day_guard,
    missing_guard,
    moved_guard,
    removed_bookings,
    rooms_guard,
    standing_by_day,
)
from echodesk.planning.needed import needed_by
from echodesk.planning.steps import counts
from echodesk.planning.values import LeftOut, Plan
from echodesk.worker.books import Books
from echodesk.worker.compare import Comparison


@dataclass(frozen=True, slots=True)
class Preview:
    """What is kept of a plan for staff to look at."""

    plans: Sequence[Plan]
    summary: Summary
    guard: str
    """Why it must be confirmed in writing, '' if a plain yes is enough."""
    weigh: Callable[[Sequence[Plan]], str]
    """The guard if only these of its plans are sent."""
    left_out: Sequence[LeftOut] = ()
    """What would not be recorded."""

    def of(self, going: Sequence[Plan]) -> Preview:
        """What is shown if only these of its plans are sent."""
        summary = replace(
            self.summary,
            counts=counts(going),
            calls=sum(len(plan.requests) for plan in going),
            lacking=tuple(sorted(needed_by(going).intersection(self.summary.lacking))),
        )
        return replace(self, plans=going, summary=summary, guard=self.weigh(going))


def preview_of(books: Books, found: Comparison) -> Preview:
    """A comparison as it is shown."""
    weigh = functools.partial(_guard_of, books, found)
    return Preview(found.plans, _summary_of(found), weigh(found.plans), weigh, found.left_out)


def _summary_of(found: Comparison) -> Summary:
    """A comparison as counts."""
    return Summary(
        compared=found.compared,
        paused=found.paused,
        schedules=found.schedules,
        foreign=found.foreign,
        counts=counts(found.plans),
        calls=sum(len(plan.requests) for plan in found.plans),
        left_out=dict(sorted(Counter(one.reason.value for one in found.left_out).items())),
        unplanned=found.unplanned,
        missing=found.missing,
        lacking=found.lacking,
    )


def _guard_of(books: Books, found: Comparison, plans: Sequence[Plan]) -> str:
    """Why these plans of a comparison must be confirmed in writing, '' if they need not."""
    counted = counts(plans)
    known = {one.key for one in books.journal.known_reference() if one.kind is Kind.ROOM}
    moved = [
        request.booking.place.room
        for plan in plans
        for request in plan.requests
        if request.booking is not None and request.standing is not None and known
    ]
    unknown = [room for room in moved if room not in known]
    return (
        batch_guard(counted["removed"], found.ahead)
        or _day(plans)
        or rooms_guard(unknown, found.ahead)
        or missing_guard(found.missing, found.listed_ahead + found.missing)
        or moved_guard(counted["moved"] + counted["changed"], found.ahead)
        or ""
    )


def guard_of_undo(ahead: int, plans: Sequence[Plan]) -> str:
    """The same for plans that take a batch back; `ahead` of ours stand and have not begun."""
    counted = counts(plans)
    return (
        batch_guard(counted["removed"], ahead)
        or _day(plans)
        or moved_guard(counted["moved"] + counted["changed"], ahead)
        or ""
    )


def _day(plans: Sequence[Plan]) -> str | None:
    """Too much of a room's day without a timetable edit, in any of these plans."""
    for plan in plans:
        gone = removed_bookings(plan)
        if len(gone) > DAY_COUNT and (reason := day_guard(gone, standing_by_day(plan))) is not None:
            return reason
    return None
