"""Which room-days are planned together (design §3.2)."""

from __future__ import annotations

import random
from itertools import pairwise

from echodesk.planning.closures import split
from tests.planning.builders import day

A, B, C, D = (day(room) for room in "ABCD")


def test_room_days_without_links_are_planned_alone_the_earliest_first() -> None:
    assert split([day("A", 1), B, A], []) == [{A}, {B}, {day("A", 1)}]


def test_a_link_brings_in_the_room_day_where_something_still_stands() -> None:
    assert split([A], [(A, B)]) == [{A, B}]


def test_links_are_followed_in_both_directions_and_to_the_end() -> None:
    assert split([A], [(B, A), (C, B), (D, C)]) == [{A, B, C, D}]


def test_links_nobody_asked_about_are_left_aside() -> None:
    assert split([A], [(C, D)]) == [{A}]


def test_the_order_of_the_input_is_irrelevant() -> None:
    links = [(A, B), (C, D), (B, B)]
    expected = [frozenset({A, B}), frozenset({C, D})]
    for seed in range(20):
        chance = random.Random(seed)
        places = [A, B, C, D]
        chance.shuffle(places)
        chance.shuffle(links)
        assert split(places, links) == expected


def test_a_chain_of_a_hundred_thousand_is_one_closure() -> None:
    places = [day("A", offset) for offset in range(100_000)]
    (closure,) = split(places[:1], pairwise(places))
    assert len(closure) == 100_000
