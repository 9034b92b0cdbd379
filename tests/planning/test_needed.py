"""Rooms and sections that plans name."""

from __future__ import annotations

import datetime as dt

from echodesk.planning.answers import Kind, Learned
from echodesk.planning.needed import Needed, needed_by, still_lacking
from echodesk.planning.values import (
    Booking,
    Content,
    Interval,
    Method,
    Plan,
    Projection,
    Request,
    RoomDay,
    Standing,
    Why,
)

PLACE = RoomDay("LT1", dt.date(2026, 10, 5))
HOUR = Interval(540, 600)
ROOM = Needed(Kind.ROOM, "LT1")


def sections(*keys: str) -> list[Needed]:
    return [Needed(Kind.SECTION, key) for key in keys]


def test_plans_need_what_their_bookings_name_and_nothing_for_what_is_removed() -> None:
    content = Content("Logic", ("M1_LC01", "M2_LC01"), None, ())
    booking = Booking("1-1-2026", "2026", 1, 1, PLACE, HOUR, content, ())
    gone = Standing("e", "2-1-2026", True, RoomDay("LT2", PLACE.date), HOUR, Content("", ("M3_LC01",), None, ()))
    requests = (
        Request(0, Method.POST, "1-1-2026", booking, None, (), Why.NEW),
        Request(1, Method.DELETE, "2-1-2026", None, gone, (), Why.NOT_WANTED),
    )
    plan = Plan(frozenset({PLACE}), requests, Projection((booking,), ()), frozenset(), ())
    assert needed_by([plan]) == {ROOM, *sections("M1_LC01", "M2_LC01")}


def test_what_was_learned_is_lacking_no_more() -> None:
    known = [Learned(Kind.SECTION, "M1_LC01", "s-1"), Learned(Kind.ROOM, "M2_LC01", "r-1")]
    assert still_lacking([ROOM, *sections("M1_LC01", "M2_LC01")], known) == {ROOM, *sections("M2_LC01")}
    assert still_lacking([], known) == frozenset()
