"""What edits cost with no fault at all: never more writes than a search over all ways finds, and no listing."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from collections.abc import Callable, Mapping

import pytest

from echodesk.planning.values import Interval, RoomDay
from tests.planning.fewest import Seat, State, can_be_done_within, differing
from tests.worker.by_hand import ByHand
from tests.worker.campus import day
from tests.worker.edit import Edit
from tests.worker.values import Stands
from tests.worker.world import World

Worlds = Callable[..., World]

TIMES = ("09:00-10:00", "09:30-10:30", "10:00-11:00", "11:00-12:00")
SLOTS = range(1, 6)
PARKING = [(RoomDay("R9", day(2)), Interval(600, 660))]


def seat_of(one: Stands) -> Seat:
    start, end = ((int(part[:2]) * 60 + int(part[3:])) for part in one.time.split("-"))
    return RoomDay(one.room, dt.date.fromisoformat(one.date)), Interval(start, end)


def fewest(before: Mapping[str, Stands], after: Mapping[str, Stands]) -> int:
    """By brute force: the fewest writes from one content of Echo360 to the other."""
    ids = sorted(before.keys() | after.keys())
    start: State = tuple(seat_of(before[one]) if one in before else None for one in ids)
    end: State = tuple(seat_of(after[one]) if one in after else None for one in ids)
    said_anew = sum(
        one in before
        and one in after
        and before[one] != after[one]
        and seat_of(before[one]) == seat_of(after[one])
        for one in ids
    )
    writes = differing(start, end)
    while not can_be_done_within(start, end, writes, PARKING):
        writes += 1
    return writes + said_anew


def edit_something(cmis: Edit, known: set[int], chance: random.Random) -> None:
    slot = chance.choice(SLOTS)
    if slot not in known:
        known.add(slot)
        cmis.add(slot, room=chance.choice(("R1", "R2")), at=chance.choice(TIMES), lecturer="P1")
        return
    what = chance.choice(("room", "at", "at", "weekday", "lecturer", "cancel", "exchange"))
    if what == "cancel":
        known.discard(slot)
        cmis.delete("timetable", slotid=slot)
    elif what == "exchange":
        other = chance.choice(sorted(known))
        times = [row[0] for row in (_time(cmis, slot), _time(cmis, other))]
        cmis.alter(slot, at=times[1])
        cmis.alter(other, at=times[0])
    else:
        choices = {"room": ("R1", "R2"), "at": TIMES, "weekday": (1, 2), "lecturer": ("P1", "P2")}
        cmis.alter(slot, **{what: chance.choice(choices[what])})


def _time(cmis: Edit, slot: int) -> tuple[str]:
    found = cmis.conn.exec_driver_sql(
        "SELECT STARTTIME || '-' || FINISHTIME FROM TIMETABLE WHERE SLOTID = ?", (slot,)
    ).scalar_one()
    return (str(found),)


@pytest.mark.parametrize("seed", range(25))
def test_edits_cost_the_fewest_writes_and_no_listing(world: Worlds, seed: int) -> None:
    chance = random.Random(seed)
    w = world(together="off", strategy=chance.choice(("first_wins", "last_wins", "ignore", "most_recorded")))
    w.settle()
    known: set[int] = set()
    with w.edit() as cmis:
        for _ in SLOTS:
            edit_something(cmis, known, chance)
    w.settle()
    written = 0
    for _ in range(8):
        before = w.schedules()
        w.calls()
        with w.edit() as cmis:
            for _ in range(chance.randint(1, 4)):
                edit_something(cmis, known, chance)
        w.settle()
        calls = Counter(w.calls())
        assert calls.pop("GET", 0) == 0
        written += calls.total()
        assert calls.total() == fewest(before, w.schedules()), (before, w.schedules(), calls)
    assert written
    w.assert_equal()


def test_a_clash_costs_one_listing_of_its_room(world: Worlds) -> None:
    w = world()
    w.settle()
    ByHand(w).book("R1", day(2), "09:30-10:30")
    ByHand(w).book("R1", day(3), "09:30-10:30")
    w.calls()
    w.lesson(1, weeks=(2, 3, 4), at="09:00-10:00")
    w.lesson(2, weeks=(2, 3, 4), at="10:00-11:00")
    w.settle()
    calls = w.calls()
    assert calls["GET"] <= 2, "one page for each of two clashes at most"
    assert len(w.schedules()) == 2
    w.calls()
    w.change(1, lecturer="P2")
    w.settle()
    assert w.calls() == {"PUT": 1}, "what stands in the way is known now"
    w.assert_equal()
