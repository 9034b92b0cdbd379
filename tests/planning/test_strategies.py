"""Who is recorded when lessons overlap (design §4.5)."""

from __future__ import annotations

import random
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from echodesk.planning.overlap import conflicts
from echodesk.planning.projection import project
from echodesk.planning.strategies import choose
from echodesk.planning.together import Unit, identity, units_of_day
from echodesk.planning.values import Occurrence, Projection, Reason, Rules, Strategy
from tests.planning.builders import day, lesson, situation, slots

FIRST, LAST = Strategy.FIRST_WINS, Strategy.LAST_WINS
IGNORE, MOST = Strategy.IGNORE, Strategy.MOST_RECORDED


def recorded(projection: Projection) -> list[int]:
    return slots(one.external_id for one in projection.bookings)


def winners(projection: Projection) -> dict[int, int]:
    return {one.slotid: int((one.winner or "0").split("-")[0]) for one in projection.left_out}


def under(strategy: Strategy, *lessons: Occurrence, turnaround: int = 0) -> Projection:
    return project(situation(lessons, rules=Rules(strategy=strategy, turnaround=turnaround)))


@pytest.mark.parametrize(("strategy", "kept"), [(FIRST, [1]), (LAST, [2]), (IGNORE, []), (MOST, [1])], ids=str)
def test_two_that_overlap(strategy: Strategy, kept: list[int]) -> None:
    found = under(strategy, lesson(1, "9-11", since="2026-01"), lesson(2, "10-12", since="2026-02"))
    assert recorded(found) == kept
    assert {one.reason for one in found.left_out} == {Reason.CLASH}


@pytest.mark.parametrize(
    ("strategy", "kept"),
    [(FIRST, [2]), (LAST, [1, 3]), (IGNORE, []), (MOST, [1, 3])],
    ids=str,
)
def test_one_between_two(strategy: Strategy, kept: list[int]) -> None:
    found = under(
        strategy,
        lesson(1, "9-10", since="2026-02"),
        lesson(2, "9:30-11:30", since="2026-01"),
        lesson(3, "11-12", since="2026-03"),
    )
    assert recorded(found) == kept


def test_a_loser_does_not_pull_others_down() -> None:
    found = under(
        FIRST, lesson(1, "9-10", since="1"), lesson(2, "9:30-11", since="2"), lesson(3, "10-12", since="3")
    )
    assert recorded(found) == [1, 3]
    assert winners(found) == {2: 1}


def test_under_ignore_a_chain_records_none_of_its_links() -> None:
    found = under(IGNORE, lesson(1, "9-10"), lesson(2, "9:30-11"), lesson(3, "10-12"), lesson(4, "12-13"))
    assert recorded(found) == [4]
    assert winners(found) == {1: 2, 2: 1, 3: 2}


def test_of_several_winners_the_most_senior_is_named() -> None:
    found = under(FIRST, lesson(1, "9-10", since="2"), lesson(2, "10-11", since="1"), lesson(3, "9-11", since="3"))
    assert winners(found) == {3: 2}


def test_unreadable_seniority_is_oldest() -> None:
    assert recorded(under(FIRST, lesson(1, "9-10", since="2026"), lesson(2, "9-10", since=""))) == [2]
    assert recorded(under(LAST, lesson(1, "9-10", since="2026"), lesson(2, "9-10", since=""))) == [1]


@pytest.mark.parametrize("strategy", [FIRST, LAST, MOST], ids=str)
def test_ties_go_to_the_smaller_slot_as_a_number(strategy: Strategy) -> None:
    assert recorded(under(strategy, lesson(1000, "9-10"), lesson(999, "9-10"))) == [999]


def test_back_to_back_is_no_clash_unless_the_room_needs_minutes_between() -> None:
    lessons = (lesson(1, "9-10", since="1"), lesson(2, "10-11", since="2"))
    assert recorded(under(FIRST, *lessons)) == [1, 2]
    assert recorded(under(FIRST, *lessons, turnaround=10)) == [1]
    by_room = Rules(turnaround_of_room=(("LT1", 10),))
    elsewhere = lesson(3, "10-11", day("LT2"), since="2"), lesson(4, "9-10", day("LT2"), since="1")
    assert recorded(project(situation((*lessons, *elsewhere), rules=by_room))) == [1, 3, 4]


def test_each_room_may_have_a_strategy_of_its_own() -> None:
    rules = Rules(strategy=FIRST, strategy_of_room=(("LT2", LAST),))
    lessons = [
        lesson(number, "9-10", place, since=str(number))
        for number, place in ((1, day()), (2, day()), (3, day("LT2")), (4, day("LT2")))
    ]
    assert recorded(project(situation(lessons, rules=rules))) == [1, 4]


def test_seniority_of_a_group_is_its_oldest_under_first_wins_and_its_newest_under_last_wins() -> None:
    group = lesson(5, "9-11", since="1", lecturer="L"), lesson(6, "9-11", since="9", lecturer="L")
    rival = lesson(1, "10-12", since="5")
    assert recorded(under(FIRST, *group, rival)) == [5]
    assert recorded(under(LAST, *group, rival)) == [5]
    assert recorded(under(FIRST, group[1], rival)) == [1]
    assert recorded(under(LAST, group[0], rival)) == [1]


def test_most_recorded_counts_lessons_not_bookings() -> None:
    group = [lesson(number, "9-12", lecturer="L") for number in (1, 2, 3)]
    assert recorded(under(MOST, *group, lesson(7, "9-10"), lesson(8, "10-11"))) == [1]
    assert recorded(under(MOST, *group[:1], lesson(7, "9-10"), lesson(8, "10-11"))) == [7, 8]


def units(seed: int, largest: int = 9) -> list[Unit]:
    chance = random.Random(seed)
    lessons = []
    for number in range(chance.randrange(1, largest)):
        start = chance.randrange(9, 16) * 60 + chance.choice([0, 30])
        until = start + chance.choice([30, 60, 90, 180])
        lecturer = chance.choice(["L", "own"])
        time = f"{start // 60}:{start % 60:02d}-{until // 60}:{until % 60:02d}"
        lessons.append(lesson(number, time, since=chance.choice(["", "1", "2"]), lecturer=lecturer))
    return units_of_day(lessons, Rules())


def fits(chosen: tuple[int, ...], among: list[Unit], turnaround: int) -> bool:
    return not any(
        conflicts(among[a].booking.time, among[b].booking.time, turnaround) for a, b in combinations(chosen, 2)
    )


@settings(max_examples=400, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from([0, 0, 20]))
def test_most_recorded_is_the_best_of_all_subsets(seed: int, turnaround: int) -> None:
    among = units(seed)
    ranked = sorted(range(len(among)), key=lambda one: (among[one].oldest, identity(among[one].members[0])))
    best = min(
        (
            (-sum(len(among[one].members) for one in subset), sorted(ranked.index(one) for one in subset))
            for size in range(len(among) + 1)
            for subset in combinations(range(len(among)), size)
            if fits(subset, among, turnaround)
        ),
    )
    losers = choose(among, MOST, turnaround)
    kept = [one for one in range(len(among)) if one not in losers]
    assert (-sum(len(among[one].members) for one in kept), sorted(ranked.index(one) for one in kept)) == best


@settings(max_examples=400, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from(list(Strategy)), st.sampled_from([0, 0, 20]))
def test_losers_conflict_with_the_winner_they_name(seed: int, strategy: Strategy, turnaround: int) -> None:
    among = units(seed)
    losers = choose(among, strategy, turnaround)
    kept = tuple(one for one in range(len(among)) if one not in losers)
    assert fits(kept, among, turnaround)
    for loser, winner in losers.items():
        assert conflicts(among[loser].booking.time, among[winner].booking.time, turnaround)
        assert winner in kept or strategy is IGNORE


def test_most_recorded_of_a_day_full_of_overlaps_is_quick_enough_to_ask() -> None:
    lessons = [lesson(number, f"{8 + number % 10}:{number % 60:02d}-{20 + number % 3}") for number in range(400)]
    losers = choose(units_of_day(lessons, Rules()), MOST)
    assert len(losers) == 399
