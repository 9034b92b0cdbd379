"""A room-day and an external id belong to one running plan (decisions: "Order with 8 connections")."""

from __future__ import annotations

import pytest

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
from echodesk.worker.defects import Defect
from echodesk.worker.flight import Flight
from echodesk.worker.send import Sender
from echodesk.worker.work import Work
from tests.worker.campus import SETID, day
from tests.worker.values import external

HOUR = Interval(540, 600)
TITLE = Content("Logic", ("M1_LC01",), None, ())


def work(slot: int, room: str, *, takes_over: int | None = None) -> Work:
    """A plan of one request: a lesson is made in a room, or takes over what another one's schedule stands for."""
    place = RoomDay(room, day(2))
    booking = Booking(external(slot), SETID, slot, 2, place, HOUR, TITLE, ())
    standing = None if takes_over is None else Standing("e", external(takes_over), True, place, HOUR, TITLE)
    method = Method.POST if standing is None else Method.PUT
    request = Request(0, method, external(slot), booking, standing, (), Why.NEW)
    plan = Plan(frozenset({place}), (request,), Projection((booking,), ()), frozenset(), ())
    return Work(plan, (), (), False, (), {}, {}, {}, frozenset(), lead=5)


@pytest.fixture
def flight() -> Flight:
    """With nothing on its way."""

    def report(what: str, defect: Defect) -> None:
        raise AssertionError(f"{what}: {defect.text}")

    sender = Sender.__new__(Sender)
    return Flight(sender, lambda _text: None, lambda _room: None, 8, report)


@pytest.mark.parametrize(
    ("second", "free"),
    [
        (work(2, "R2"), True),
        (work(2, "R1"), False),
        (work(1, "R2"), False),
        (work(2, "R2", takes_over=1), False),
    ],
    ids=["another lesson elsewhere", "the same room-day", "the same lesson elsewhere", "its schedule handed over"],
)
def test_a_second_plan_waits_for_the_first(flight: Flight, second: Work, *, free: bool) -> None:
    first = work(1, "R1")
    assert flight.reserve(first)
    assert flight.reserve(second) is free
    if free:
        flight.release(second)
    flight.release(first)
    assert flight.empty
    assert flight.reserve(second)
