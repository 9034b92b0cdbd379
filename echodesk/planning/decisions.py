"""What staff decided about lessons that meet in a room, and where it counts (design §4.5, decisions "DECISION").

A decision counts in a room-day where every lesson it names takes place in the same week, and each stands in the
room, on the weekday and at the times it had when the decision was made. That is a comparison, made anew with every
plan: a lesson that is changed or withdrawn makes the decision void, one that is put back makes it count again.

Decisions stand above the strategy, and among those that count the newest wins: one that would leave out what a
newer one records, or record what a newer one leaves out, has no effect on that room-day.
- *Record this one* keeps the lesson against everything it overlaps, named or not, and leaves out those it names
  that overlap it. Where the lesson cannot be recorded (it meets an obstacle, begins too soon, or too soon to take
  a place from what stands, was refused, meets the choice of a newer one), it has no effect on that room-day: a
  lecture must not be lost for nothing.
- *Record neither* and *do not record* leave out all lessons they name.
- *Record together* makes one unit of its lessons, which must have the same times, as if they had one lecturer; the
  strategy decides between that unit and others.
What has begun and is being recorded goes on, whatever was decided.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from echodesk.planning.overlap import conflicts
from echodesk.planning.together import Unit
from echodesk.planning.values import Booking, Decision, DecisionKind, Occurrence

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def seat_of(lesson: Occurrence) -> str:
    """The fingerprint of a lesson: room, weekday and times, as a text that can be shown.

    The weekday is the timetable's, so that a decision counts as well in a week whose Monday is held on a Tuesday.
    """
    weekday = lesson.weekday or lesson.place.date.isoweekday()
    return f"{lesson.place.room} {WEEKDAYS[weekday - 1]} {lesson.time}"


@dataclass(frozen=True, slots=True)
class Counting:
    """A decision in a room-day where it counts."""

    decision: Decision
    lessons: tuple[Occurrence, ...]
    """In the order of the decision's `slotids`."""
    winner: Occurrence | None

    def records(self) -> set[str]:
        """External ids that the decision wants recorded."""
        if self.decision.kind is DecisionKind.TOGETHER:
            return {one.external_id for one in self.lessons}
        return set() if self.winner is None else {self.winner.external_id}

    def leaves_out(self, turnaround: int) -> set[str]:
        """External ids that the decision wants left out."""
        if self.decision.kind is DecisionKind.TOGETHER:
            return set()
        if self.winner is None:
            return {one.external_id for one in self.lessons}
        return {
            one.external_id
            for one in self.lessons
            if one is not self.winner and conflicts(one.time, self.winner.time, turnaround)
        }

    def detail(self, winner: Booking | None) -> str:
        """Why a lesson is left out, in words; `winner` is the booking that serves the lesson to record."""
        if winner is not None:
            return f"{told_of(winner)} is recorded instead ({self.decision})"
        if self.decision.kind is DecisionKind.RECORD_NEITHER:
            return f"none of the lessons that clash here is recorded ({self.decision})"
        return f"this lesson is not to be recorded ({self.decision})"


@dataclass(slots=True)
class Ruling:
    """What the decisions of one room-day come to."""

    left_out: dict[str, Counting] = field(default_factory=dict)
    """External id → the newest decision that leaves it out."""
    chosen: list[Counting] = field(default_factory=list)
    """*Record this one*, newest first."""
    together: list[frozenset[str]] = field(default_factory=list)


def rule(
    counting: Iterable[Counting],
    without: Collection[int] = (),
    running: Collection[str] = (),
    turnaround: int = 0,
) -> Ruling:
    """Put decisions, newest first, into one ruling without contradictions.

    `without` are numbers of decisions that have no effect here, `running` the lessons that are being recorded. A
    decision without effect still overrules the older ones: staff have changed their mind.
    """
    ruling = Ruling()
    records: set[str] = set()
    leaves_out: set[str] = set()
    for one in counting:
        wanted, unwanted = one.records(), one.leaves_out(turnaround)
        if not wanted.isdisjoint(leaves_out) or not unwanted.isdisjoint(records):
            continue
        records |= wanted
        leaves_out |= unwanted
        if one.decision.id in without:
            continue
        for external_id in unwanted.difference(running):
            ruling.left_out.setdefault(external_id, one)
        if one.decision.kind is DecisionKind.TOGETHER:
            ruling.together.append(frozenset(wanted))
        elif one.winner is not None:
            ruling.chosen.append(one)
    return ruling


def kept_first(
    competing: Sequence[Unit],
    chosen: Iterable[Counting],
    begun: Collection[str],
    waits: Collection[str],
    turnaround: int,
) -> set[int] | Counting:
    """Indexes of the units that staff chose; or the newest decision whose lesson does not compete, is among those
    that take no place from what stands (`waits`), or conflicts with what a newer one chose."""
    index_of = {
        member: index
        for index, unit in enumerate(competing)
        if unit.booking.external_id not in waits
        for member in unit.booking.members
    }
    first: set[int] = set()
    for one in chosen:
        winner = one.winner.external_id if one.winner is not None else ""
        if winner in begun:
            continue
        index = index_of.get(winner)
        if index is None:
            return one
        time = competing[index].booking.time
        if index not in first and any(conflicts(competing[i].booking.time, time, turnaround) for i in first):
            return one
        first.add(index)
    return first


class DecisionIndex:
    """Decisions by the lessons that they name."""

    def __init__(self, decisions: Iterable[Decision]) -> None:
        self._by_lesson: dict[tuple[str, int], list[Decision]] = defaultdict(list)
        for one in decisions:
            if one.slotids:
                self._by_lesson[one.setid, one.slotids[0]].append(one)

    def counting(self, lessons: Sequence[Occurrence]) -> list[Counting]:
        """The decisions that count among the lessons of one room-day, newest first."""
        found: list[Counting] = []
        in_order: list[Occurrence] | None = None
        for lesson in lessons:
            for decision in self._by_lesson.get((lesson.setid, lesson.slotid), ()):
                in_order = in_order or sorted(lessons, key=lambda one: one.external_id)
                counts = _counting(decision, lesson.week, in_order)
                if counts is not None:
                    found.append(counts)
        found.sort(key=lambda one: (-one.decision.id, repr(one)))
        return found


def _counting(decision: Decision, week: int, lessons: Iterable[Occurrence]) -> Counting | None:
    if decision.weeks is not None and week not in decision.weeks:
        return None
    named = set(decision.slotids)
    here = {
        one.slotid: one
        for one in lessons
        if one.slotid in named and one.week == week and one.setid == decision.setid
    }
    if len(here) != len(named) or len(decision.fingerprint) != len(decision.slotids):
        return None
    if any(
        seat_of(here[slotid]) != seat for slotid, seat in zip(decision.slotids, decision.fingerprint, strict=True)
    ):
        return None
    winner = None
    if decision.kind is DecisionKind.RECORD_ONE:
        winner = here.get(decision.winner) if decision.winner is not None else None
        if winner is None:
            return None
    elif decision.kind is DecisionKind.TOGETHER and len({one.time for one in here.values()}) != 1:
        return None
    return Counting(decision, tuple(here[slotid] for slotid in decision.slotids), winner)


def told_of(booking: Booking) -> str:
    """A booking as a reason names it."""
    return f"{booking.content.title} {booking.time} ({booking.external_id})"
