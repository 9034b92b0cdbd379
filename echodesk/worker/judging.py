"""Whether a decision of staff counts now, and what it says: for lists and explanations.

The same comparison as the projection's (`planning.decisions`), over all weeks instead of one room-day.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
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


def judge(books: Books, records: Sequence[DecisionRecord], today: dt.date) -> list[Judged]:
    """Compare decisions with the timetable as it is now, as the projection does."""
    lessons: dict[str, set[int]] = defaultdict(set)
    for one in records:
        if not one.withdrawn:
            lessons[one.decision.setid].update(one.decision.slotids)
    now = books.timetable.lessons_now([(setid, slotid) for setid, found in lessons.items() for slotid in found])
    weeks_of = {setid: all_weeks(books, setid, found) for setid, found in lessons.items()}
    return [
        Judged(one, "withdrawn", one.withdrawn_why)
        if one.withdrawn
        else _judged(one, weeks_of[one.decision.setid], now, today)
        for one in records
    ]


def _judged(
    record: DecisionRecord,
    weeks_of: Mapping[int, Mapping[int, Occurrence]],
    now: Collection[tuple[str, int]],
    today: dt.date,
) -> Judged:
    decision = record.decision
    changed = "; ".join(_changes(decision, weeks_of, now))
    if changed:
        return Judged(record, "void", changed)
    meetings = meetings_of({slotid: weeks_of[slotid] for slotid in decision.slotids})
    places = {
        lessons[decision.slotids[0]].place
        for week, lessons in meetings.items()
        if decision.weeks is None or week in decision.weeks
    }
    if not places:
        return Judged(record, "void", "these lessons do not meet in its weeks any more")
    ahead = tuple(sorted(place for place in places if place.date >= today))
    return Judged(record, "counts", "", ahead) if ahead else Judged(record, "over", "its weeks have passed")


def _changes(
    decision: Decision, weeks_of: Mapping[int, Mapping[int, Occurrence]], now: Collection[tuple[str, int]]
) -> Iterator[str]:
    for slotid, seat in zip(decision.slotids, decision.fingerprint, strict=True):
        lesson = next(iter(weeks_of[slotid].values()), None)
        if (decision.setid, slotid) not in now:
            yield f"the timetable has lesson {slotid} no more"
        elif lesson is None:
            yield f"lesson {slotid} is not to be recorded any more"
        elif seat_of(lesson) != seat:
            yield f"lesson {slotid} was in {seat} and is in {seat_of(lesson)}"


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
