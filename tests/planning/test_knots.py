"""The fewest lessons that must step aside, against every subset."""

from __future__ import annotations

import random
from collections.abc import Collection, Iterable, Mapping
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from echodesk.planning import knots
from echodesk.planning.knots import smallest_breakers, strong_components

Graph = dict[int, set[int]]


def graphs(largest: int) -> st.SearchStrategy[Graph]:
    return st.integers(2, largest).flatmap(
        lambda count: st.sets(
            st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)), max_size=3 * count
        ).map(lambda edges: {one: {b for a, b in edges if a == one and b != one} for one in range(count)})
    )


def has_circle(graph: Mapping[int, Collection[int]], without: Collection[int]) -> bool:
    left = {one: set(ends) - set(without) for one, ends in graph.items() if one not in without}
    while True:
        free = [one for one, ends in left.items() if not ends & left.keys()]
        if not free:
            return bool(left)
        for one in free:
            del left[one]


def smallest_by_trying(graph: Graph, candidates: Iterable[int], always: Collection[int] = ()) -> int:
    candidates = list(candidates)
    for size in range(len(candidates) + 1):
        for subset in combinations(candidates, size):
            if not has_circle(graph, {*subset, *always}):
                return size
    raise AssertionError("not even all together open every circle")


def ring(*members: int) -> Graph:
    return {one: {other} for one, other in zip(members, (*members[1:], members[0]), strict=True)}


@settings(max_examples=600, deadline=None)
@given(graphs(8))
def test_as_few_as_any_subset_that_opens_every_circle(graph: Graph) -> None:
    found = smallest_breakers(graph, list(graph))
    assert found.exact
    assert not has_circle(graph, found.chosen)
    assert len(found.chosen) == smallest_by_trying(graph, graph)


@settings(max_examples=600, deadline=None)
@given(graphs(7), st.sets(st.integers(0, 6)))
def test_what_starts_soon_steps_aside_only_where_the_whole_circle_does(graph: Graph, keep: set[int]) -> None:
    keep &= graph.keys()
    found = smallest_breakers(graph, list(graph), keep)
    others = graph.keys() - keep
    inside = {one: graph[one] & keep for one in keep}
    unavoidable = smallest_by_trying(inside, keep)
    assert not has_circle(graph, found.chosen)
    assert len(found.chosen & keep) == unavoidable
    least = min(
        smallest_by_trying(graph, others, subset)
        for subset in combinations(keep, unavoidable)
        if not has_circle(inside, subset)
    )
    assert len(found.chosen - keep) == least


@pytest.mark.parametrize(
    "graph",
    [
        {0: {1, 3, 4}, 1: {0, 3}, 2: {3, 4}, 3: {0, 2}, 4: {1, 2}},
        {0: {2, 3}, 1: {0, 3, 4}, 2: {3, 5}, 3: {2, 4, 5}, 4: {1, 5}, 5: {1, 2}},
    ],
    ids=["five", "six"],
)
def test_as_few_as_any_subset_where_taking_the_busiest_first_is_not_enough(graph: Graph) -> None:
    assert len(smallest_breakers(graph, list(graph)).chosen) == smallest_by_trying(graph, graph) == 2


@settings(max_examples=400, deadline=None)
@given(graphs(8), st.randoms(use_true_random=False), st.sets(st.integers(0, 7)))
def test_nobody_steps_aside_whom_a_later_one_could_replace(
    graph: Graph, chance: random.Random, keep: set[int]
) -> None:
    ranked = list(graph)
    chance.shuffle(ranked)
    chosen = smallest_breakers(graph, ranked, keep).chosen
    for one in chosen:
        for later in set(ranked[ranked.index(one) + 1 :]) - chosen - keep:
            assert has_circle(graph, chosen - {one} | {later})


def test_of_a_ring_the_one_furthest_in_the_future_steps_aside() -> None:
    assert smallest_breakers(ring(0, 1, 2, 3), [2, 0, 3, 1]).chosen == {1}


def test_of_a_ring_with_ways_that_lead_nowhere_the_furthest_steps_aside() -> None:
    graph: Graph = {0: {2, 4}, 1: {0}, 2: {1}, 3: {0, 1}, 4: set()}
    assert smallest_breakers(graph, range(5)).chosen == {2}


def test_of_a_ring_the_furthest_that_may_steps_aside() -> None:
    assert smallest_breakers(ring(0, 1, 2, 3), [2, 0, 3, 1], {1, 3}).chosen == {0}


def test_a_ring_of_fifty_thousand_is_opened_once() -> None:
    members = list(range(50_000))
    found = smallest_breakers(ring(*members), members)
    assert found.chosen == {49_999}
    assert found.exact
    assert [len(one) for one in strong_components(ring(*members))] == [50_000]


def test_what_is_on_no_circle_is_no_knot() -> None:
    chain = {number: {number + 1} for number in range(20_000)}
    assert strong_components(chain) == []


def test_a_knot_too_large_for_the_exact_search_is_opened_all_the_same_and_says_so() -> None:
    chance = random.Random(5)
    graph = {one: {other for other in chance.sample(range(300), 8) if other != one} for one in range(300)}
    found = smallest_breakers(graph, list(graph))
    assert not found.exact
    assert not has_circle(graph, found.chosen)
    for one in found.chosen:
        assert has_circle(graph, found.chosen - {one}), "a superfluous breaker was not put back"


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10_000))
def test_exact_for_ordinary_knots(seed: int) -> None:
    """Up to 30 movers, each in the way of one or two others, the search is never cut off."""
    chance = random.Random(seed)
    count = chance.randrange(2, 31)
    graph = {
        one: {chance.randrange(count) for _ in range(chance.choice([1, 1, 2, 3]))} - {one} for one in range(count)
    }
    assert smallest_breakers(graph, list(graph)).exact
    assert knots.NODES == 5_000
