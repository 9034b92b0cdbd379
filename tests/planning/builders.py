"""Builders that make the one thing that matters in a test visible; everything else has a plain default."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from echodesk.planning.plan import make_plan
from echodesk.planning.values import (
    Content,
    Interval,
    Occurrence,
    Plan,
    Reason,
    Request,
    RoomDay,
    Rules,
    Situation,
    Standing,
    Unfit,
)

MONDAY = dt.date(2026, 10, 5)
BEFORE_TERM = dt.datetime.combine(dt.date(2026, 9, 1), dt.time(12))


def day(room: str = "LT1", offset: int = 0) -> RoomDay:
    """A room on the first Monday of term, or `offset` days later."""
    return RoomDay(room, MONDAY + dt.timedelta(days=offset))


def at(text: str) -> Interval:
    """`9-10` or `9:30-10:15` as an interval."""
    start, end = (
        int(hour) * 60 + int(minute or 0) for hour, _, minute in (side.partition(":") for side in text.split("-"))
    )
    return Interval(start, end)


def content(name: str, presenter: str | None = None, inputs: tuple[str, ...] = ("display", "video")) -> Content:
    return Content(f"Lecture {name}", (f"SEC-{name}",), presenter, inputs)


def external_id(slot: int, week: int = 1) -> str:
    return f"{slot}-{week}-2026-27"


def lesson(
    slot: int,
    time: str,
    place: RoomDay | None = None,
    *,
    since: str = "",
    lecturer: str | None = "own",
    presenter: str | None = None,
    inputs: tuple[str, ...] = ("display", "video"),
    week: int = 1,
) -> Occurrence:
    """A lesson with a lecturer of its own, unless told otherwise."""
    return Occurrence(
        external_id=external_id(slot, week),
        setid="2026/27",
        slotid=slot,
        week=week,
        place=place or day(),
        time=at(time),
        content=content(str(slot), presenter, inputs),
        lecturer=f"lecturer of {slot}" if lecturer == "own" else lecturer,
        since=since,
    )


def unfit(slot: int, reason: Reason, detail: str, place: RoomDay | None = None) -> Unfit:
    return Unfit(external_id(slot), "2026/27", slot, 1, place or day(), reason, detail)


def standing(
    slot: int, time: str, place: RoomDay | None = None, *, said: Content | None = None, echo_id: str | None = None
) -> Standing:
    """What stands for a lesson of ours."""
    return Standing(
        echo_id=echo_id or f"e{slot}",
        external_id=external_id(slot),
        ours=True,
        place=place or day(),
        time=at(time),
        content=said or content(str(slot)),
    )


def foreign(echo_id: str, time: str, place: RoomDay | None = None) -> Standing:
    return Standing(echo_id, None, False, place or day(), at(time), Content(f"Event {echo_id}", (), None, ()))


def situation(
    lessons: Iterable[Occurrence] = (),
    stands: Iterable[Standing] = (),
    rules: Rules | None = None,
    *,
    now: dt.datetime = BEFORE_TERM,
    unfit_lessons: Iterable[Unfit] = (),
    refused: Iterable[tuple[str, str]] = (),
) -> Situation:
    """A situation over every room-day that is mentioned."""
    lessons, stands, unfit_lessons = tuple(lessons), tuple(stands), tuple(unfit_lessons)
    places = {one.place for one in lessons} | {one.place for one in stands} | {one.place for one in unfit_lessons}
    return Situation(
        places=frozenset(places),
        occurrences=lessons,
        unfit=unfit_lessons,
        standing=stands,
        rules=rules or Rules(),
        now=now,
        refused=frozenset(refused),
    )


def plan_of(
    lessons: Iterable[Occurrence] = (),
    stands: Iterable[Standing] = (),
    rules: Rules | None = None,
    *,
    now: dt.datetime = BEFORE_TERM,
    refused: Iterable[tuple[str, str]] = (),
) -> Plan:
    return make_plan(situation(lessons, stands, rules, now=now, refused=refused))


def asked(requests: Iterable[Request]) -> list[tuple[str, int, str]]:
    """(method, slot, why) of each request, in order."""
    return [(one.method.value, int(one.external_id.split("-")[0]), one.why.value) for one in requests]


def slots(external_ids: Iterable[str]) -> list[int]:
    """The slot numbers in external ids, sorted."""
    return sorted(int(one.split("-")[0]) for one in external_ids)
