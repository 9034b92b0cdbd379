"""Whether a decision of staff counts now, and what it says: for lists and explanations.

The same comparison as the projection's (`planning.decisions`), over all weeks instead of one room-day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from echodesk.planning.decisions import seat_of
from echodesk.planning.records import DecisionRecord
from echodesk.planning.values import Decision, DecisionKind, Occurrence, RoomDay
from echodesk.worker.books import Books
from echodesk.worker.meetings import all_weeks, meetings_of


@dataclass(frozen=True, slots=True)
class Judged:
    """A decision, and whether it counts now. `why` says why not; `room_days` is where it does, from today on."""

    record: DecisionRecord
    state: str
    """'counts', 'void', 'over' or 'withdrawn'."""
    why: str
    room_days: tuple[RoomDay, ...] = ()


def judge(books: Books, record: DecisionRecord, today: dt.date) -> Judged:
    """Compare a decision with the timetable as it is now, as the projection does."""
    if record.withdrawn:
        return Judged(record, "withdrawn", record.withdrawn_why)
    decision = record.decision
    weeks_of = all_weeks(books, decision.setid, decision.slotids)
    changed = _changed(books, decision, weeks_of)
    if changed:
        return Judged(record, "void", changed)
    places = {
        week: lessons[decision.slotids[0]].place
        for week, lessons in meetings_of(weeks_of).items()
        if decision.weeks is None or week in decision.weeks
    }
    if not places:
        return Judged(record, "void", "these lessons do not meet in its weeks any more")
    ahead = tuple(sorted(place for place in places.values() if place.date >= today))
    if not ahead:
        return Judged(record, "over", "its weeks have passed")
    return Judged(record, "counts", "", ahead)


def _changed(books: Books, decision: Decision, weeks_of: Mapping[int, Mapping[int, Occurrence]]) -> str:
    now = books.timetable.lessons_now([(decision.setid, slotid) for slotid in decision.slotids])
    told = []
    for slotid, seat in zip(decision.slotids, decision.fingerprint, strict=True):
        lesson = next(iter(weeks_of[slotid].values()), None)
        if (decision.setid, slotid) not in now:
            told.append(f"the timetable has lesson {slotid} no more")
        elif lesson is None:
            told.append(f"lesson {slotid} is not to be recorded any more")
        elif seat_of(lesson) != seat:
            told.append(f"lesson {slotid} was in {seat} and is in {seat_of(lesson)}")
    return "; ".join(told)


def said(decision: Decision) -> str:
    """What was decided, in a few words."""
    if decision.kind is DecisionKind.RECORD_ONE:
        others = [one for one in decision.slotids if one != decision.winner]
        return f"record lesson {decision.winner}, not {listed(others)}"
    if decision.kind is DecisionKind.RECORD_NEITHER:
        return f"record none of the lessons {listed(decision.slotids)}"
    if decision.kind is DecisionKind.TOGETHER:
        return f"record the lessons {listed(decision.slotids)} together"
    return f"do not record lesson {listed(decision.slotids)}"


def listed(values: Iterable[object]) -> str:
    words = [str(one) for one in values]
    return " and ".join([*([", ".join(words[:-1])] if words[:-1] else []), *words[-1:]])
