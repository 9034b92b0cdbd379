"""Taking back: what was done is put back in an order that is always allowed, and only what still stands as it was
made; with random plans, the undo of a plan leads back to where it began."""

from __future__ import annotations

import dataclasses
import datetime as dt
import random

import pytest

from echodesk.planning.difference import Change
from echodesk.planning.ground import Deadline
from echodesk.planning.order import arrange
from echodesk.planning.steps import Step, steps_of
from echodesk.planning.undoing import Undo, undo
from echodesk.planning.values import Booking, Method, Plan, Projection, Request, RoomDay, Standing, Why
from tests.planning.test_batches import DAY, booking, standing, step

NEVER = Deadline(dt.date(2000, 1, 1), 0)


def back(done: list[Step], now: list[Standing], too_late: Deadline = NEVER, begun: Deadline = NEVER) -> Undo:
    return undo(done, now, too_late, begun, lambda external_id: ("2030", 1, 2))


def requests(found: Undo) -> list[tuple[str, str]]:
    return [(one.method.value, one.external_id) for plan in found.plans for one in plan.requests]


def test_what_was_made_is_removed() -> None:
    found = back([step(1, 1, None, booking())], [standing()])
    assert requests(found) == [("DELETE", "1-2-2030")]
    assert found.kept == ()


def test_what_was_removed_is_made_again_with_all_that_it_said() -> None:
    before = dataclasses.replace(standing(), rest='{"shouldCaption":true}')
    found = back([step(1, 1, before)], [])
    (request,) = found.plans[0].requests
    assert (request.method, request.booking is not None) == (Method.POST, True)
    assert request.standing == before


def test_what_was_changed_goes_back_to_what_it_said() -> None:
    found = back([step(1, 1, standing(), booking(title="Another"))], [_as(booking(title="Another"), "e1")])
    (request,) = found.plans[0].requests
    assert (request.method, request.why) == (Method.PUT, Why.UNDONE)
    assert request.booking is not None
    assert request.booking.content == standing().content


def test_what_was_moved_moves_back() -> None:
    found = back([step(1, 1, standing(), booking(room="R2", hour=14))], [_as(booking(room="R2", hour=14), "e1")])
    (request,) = found.plans[0].requests
    assert (request.method, request.why) == (Method.PUT, Why.MOVED)
    assert request.places == {RoomDay("R1", DAY), RoomDay("R2", DAY)}


@pytest.mark.parametrize(
    ("now", "why"),
    [
        ([], "It does not stand any more."),
        ([standing("e1", hour=15)], "It was changed since."),
        ([standing("e1", hour=11), standing("e2", hour=11)], "It stands several times."),
    ],
)
def test_what_does_not_stand_as_it_was_made_stays(now: list[Standing], why: str) -> None:
    found = back([step(1, 1, standing(), booking(hour=11))], now)
    assert found.plans == ()
    assert [one.why for one in found.kept] == [why]


def test_what_was_made_again_since_is_not_made_twice() -> None:
    found = back([step(1, 1, standing())], [standing("e7")])
    assert (found.plans, [one.why for one in found.kept]) == ((), ["It was made again since."])


def test_what_stands_in_the_old_place_now_is_not_overlapped() -> None:
    other = standing("foreign", "x", hour=9)
    found = back([step(1, 1, standing(), booking(hour=14))], [_as(booking(hour=14), "e1"), other])
    assert (found.plans, [one.why for one in found.kept]) == ((), ["Something else stands in its old place."])


def test_what_has_begun_stays() -> None:
    soon = Deadline(DAY, 9 * 60)
    made = back([step(1, 1, None, booking())], [standing()], begun=soon)
    assert [one.why for one in made.kept] == ["The lesson has begun, or begins too soon."]
    removed = back([step(1, 1, standing())], [], too_late=soon)
    assert [one.why for one in removed.kept] == ["The time at which it stood has come."]


def test_what_stepped_aside_is_one_way_back() -> None:
    aside = [
        dataclasses.replace(step(1, 1, standing()), why=Why.STEPS_ASIDE),
        dataclasses.replace(step(2, 1, None, booking(hour=11)), why=Why.STEPS_ASIDE),
    ]
    found = back(aside, [_as(booking(hour=11), "e9")])
    assert requests(found) == [("PUT", "1-2-2030")]


def _as(one: Booking, echo_id: str) -> Standing:
    return Standing(echo_id, one.external_id, True, one.place, one.time, one.content)


# ---- there and back -----------------------------------------------------------------------------------------


def carried_out(requests_: tuple[Request, ...], held: dict[str, Standing], fresh: list[int]) -> None:
    """What Echo360 does: refuses nothing that is free, and gives new ids."""
    for request in requests_:
        if request.method is not Method.POST:
            assert request.standing is not None
            del held[request.standing.echo_id]
        if request.booking is not None:
            place, time = request.booking.place, request.booking.time
            clash = [one for one in held.values() if one.place == place and one.time.overlaps(time)]
            assert not clash, f"{request.booking.external_id} clashes with {clash[0].external_id}"
            echo_id = f"n{fresh[0]}" if request.method is Method.POST else _id(request)
            fresh[0] += 1
            rest = request.standing.rest if request.standing is not None else ""
            held[echo_id] = dataclasses.replace(_as(request.booking, echo_id), rest=rest)


def _id(request: Request) -> str:
    assert request.standing is not None
    return request.standing.echo_id


def shape(held: dict[str, Standing]) -> list[str]:
    return sorted(repr(dataclasses.replace(one, echo_id="")) for one in held.values())


def random_plan(dice: random.Random, held: dict[str, Standing]) -> Plan:
    """Everything may go anywhere, but for overlaps at the end."""
    slots = [(room, hour) for room in ("R1", "R2", "R3") for hour in range(8, 14)]
    dice.shuffle(slots)
    changes = []
    for one in held.values():
        kind = dice.random()
        if kind < 0.2:
            changes.append(Change(None, one, Why.NOT_WANTED))
            continue
        room, hour = slots.pop()
        target = booking(one.external_id or "", room, hour, "Renamed" if kind < 0.4 else one.content.title)
        moved = (target.place, target.time) != (one.place, one.time)
        if moved or target.content != one.content:
            changes.append(Change(target, one, Why.MOVED if moved else Why.CHANGED))
    for number in range(dice.randint(0, 3)):
        room, hour = slots.pop()
        changes.append(Change(booking(f"new{number}", room, hour), None, Why.NEW))
    ordered = arrange(changes, NEVER).requests
    places = frozenset(place for request in ordered for place in request.places)
    return Plan(places, ordered, Projection((), ()), frozenset(), ())


@pytest.mark.parametrize("seed", range(300))
def test_there_and_back_is_where_it_began(seed: int) -> None:
    dice = random.Random(seed)
    slots = [(room, hour) for room in ("R1", "R2", "R3") for hour in range(8, 14)]
    dice.shuffle(slots)
    held = {
        f"e{number}": dataclasses.replace(
            standing(f"e{number}", f"{number}-2-2030", *slots[number]), rest=f'{{"n":{dice.randint(1, 9)}}}'
        )
        for number in range(dice.randint(1, 12))
    }
    before = shape(held)
    plan = random_plan(dice, held)
    fresh = [0]
    carried_out(plan.requests, held, fresh)
    found = back(list(steps_of([plan])), list(held.values()))
    assert found.kept == ()
    for one in found.plans:
        carried_out(one.requests, held, fresh)
    assert shape(held) == before
