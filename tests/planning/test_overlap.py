"""What counts as a clash, against comparing everything with everything."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from echodesk.planning.overlap import Taken, conflicts, crossing_pairs, overlapping_pairs, overlaps_by_day
from echodesk.planning.values import Interval, RoomDay
from tests.planning.builders import at, day

intervals = st.builds(
    lambda start, length: Interval(start, start + length), st.integers(0, 60), st.integers(1, 30)
)
items = st.lists(st.tuples(st.sampled_from([day(), day("LT2"), day("LT1", 1)]), intervals), max_size=30)


@pytest.mark.parametrize(
    ("one", "other", "turnaround", "expected"),
    [
        ("9-10", "10-11", 0, False),
        ("9-10", "9:59-11", 0, True),
        ("9-12", "10-11", 0, True),
        ("9-10", "9-10", 0, True),
        ("9-10", "10-11", 1, True),
        ("9-10", "10:15-11", 15, False),
        ("9-10", "10:14-11", 15, True),
        ("10:14-11", "9-10", 15, True),
    ],
)
def test_half_open_with_minutes_between(one: str, other: str, turnaround: int, expected: bool) -> None:
    assert conflicts(at(one), at(other), turnaround) is expected


@settings(max_examples=300, deadline=None)
@given(items, st.integers(0, 10))
def test_the_sweep_finds_every_pair_of_a_room_day_once(
    given_items: list[tuple[RoomDay, Interval]], turnaround: int
) -> None:
    expected = [
        (i, j)
        for i, (place, time) in enumerate(given_items)
        for j, (other_place, other) in enumerate(given_items)
        if i < j and place == other_place and conflicts(time, other, turnaround)
    ]
    assert sorted(overlaps_by_day(given_items, turnaround)) == expected
    times = [time for _, time in given_items]
    one_day = [
        (i, j) for i, a in enumerate(times) for j, b in enumerate(times) if i < j and conflicts(a, b, turnaround)
    ]
    assert sorted(overlapping_pairs(times, turnaround)) == one_day


@settings(max_examples=300, deadline=None)
@given(st.lists(intervals, max_size=20), st.lists(intervals, max_size=20))
def test_crossing_pairs_are_those_between_the_sides_only(left: list[Interval], right: list[Interval]) -> None:
    expected = [(i, j) for i, a in enumerate(left) for j, b in enumerate(right) if a.overlaps(b)]
    assert sorted(crossing_pairs(left, right)) == expected


@settings(max_examples=300, deadline=None)
@given(st.lists(intervals, max_size=30), intervals, st.integers(0, 10))
def test_taken_names_every_holder_in_the_way(times: list[Interval], wanted: Interval, turnaround: int) -> None:
    taken = Taken(turnaround)
    kept: dict[int, Interval] = {}
    for number, time in enumerate(times):
        if not taken.holders(time):
            taken.add(time, number)
            kept[number] = time
    assert sorted(taken.owners()) == sorted(kept)
    in_the_way = [number for number, time in kept.items() if conflicts(time, wanted, turnaround)]
    assert sorted(taken.holders(wanted)) == sorted(in_the_way)
