"""Who is recorded when lessons overlap in one room-day (design §4.5, decisions "Who is first, who carries").

- *First wins* and *last wins* go through the units by seniority and keep each that meets nothing kept before it.
  A unit is as senior as its oldest member under first wins, and as its newest under last wins. Ties go to the
  smaller SLOTID as a number, then week, then external id, under both.
- *Most recorded* keeps the largest number of lessons that fit; among equals the set whose ranks under first
  wins, sorted, come first.
- *Ignore* keeps what overlaps nothing; whoever calls must show it every unit of the room-day (`clashing`).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from echodesk.planning.overlap import Taken, overlapping_pairs
from echodesk.planning.together import Unit, identity
from echodesk.planning.values import Strategy

Losers = dict[int, int]
"""Index of a unit that is not kept → index of the unit that keeps its place."""


def choose(units: Sequence[Unit], strategy: Strategy, turnaround: int = 0) -> Losers:
    """Who loses among the units of one room-day, and to whom. All others are kept.

    Whoever loses conflicts with its winner; winners are kept, except under *ignore*, where all who overlap lose.
    """
    if len(units) < 2:
        return {}
    if strategy is Strategy.IGNORE:
        return clashing(units, turnaround)
    ranked = sorted(range(len(units)), key=lambda index: (units[index].oldest, identity(units[index].members[0])))
    if strategy is Strategy.MOST_RECORDED:
        return _most_recorded(units, ranked, turnaround)
    if strategy is Strategy.LAST_WINS:
        ranked.sort(key=lambda index: identity(units[index].members[0]))
        ranked.sort(key=lambda index: units[index].newest, reverse=True)
    return _greedy(units, ranked, turnaround)


def clashing(units: Sequence[Unit], turnaround: int = 0) -> Losers:
    """Every unit that conflicts with another, each with the first (by time, then identity) that it meets."""
    losers: Losers = {}
    for one, other in overlapping_pairs([unit.booking.time for unit in units], turnaround):
        losers[one] = min(other, losers.get(one, other))
        losers[other] = min(one, losers.get(other, one))
    return losers


def _greedy(units: Sequence[Unit], ranked: Sequence[int], turnaround: int) -> Losers:
    rank = {index: position for position, index in enumerate(ranked)}
    taken = Taken(turnaround)
    losers: Losers = {}
    for index in ranked:
        time = units[index].booking.time
        holders = taken.holders(time)
        if holders:
            losers[index] = min(holders, key=rank.__getitem__)
        else:
            taken.add(time, index)
    return losers


def _most_recorded(units: Sequence[Unit], ranked: Sequence[int], turnaround: int) -> Losers:
    """Weighted interval scheduling, exact, knot by knot.

    A unit counts its members; below that, as digits of one number, it counts its rank: of two sets with the same
    number of lessons the one whose best rank is better has the larger number, and so on down the ranks.
    """
    rank = {index: position for position, index in enumerate(ranked)}
    taken = Taken(turnaround)
    for knot in _knots(units, turnaround):
        for index in _best_set(units, sorted(knot, key=rank.__getitem__), turnaround):
            taken.add(units[index].booking.time, index)
    losers: Losers = {}
    kept = set(taken.owners())
    for index in ranked:
        if index not in kept:
            losers[index] = min(taken.holders(units[index].booking.time), key=rank.__getitem__)
    return losers


def _knots(units: Sequence[Unit], turnaround: int) -> list[list[int]]:
    """Units split where the room is free, so that each part can be decided on its own."""
    by_start = sorted(range(len(units)), key=lambda index: units[index].booking.time)
    knots: list[list[int]] = []
    until: int | None = None
    for index in by_start:
        time = units[index].booking.time
        if until is None or until <= time.start:
            knots.append([index])
            until = time.end + turnaround
        else:
            knots[-1].append(index)
            until = max(until, time.end + turnaround)
    return knots


def _best_set(units: Sequence[Unit], ranked: Sequence[int], turnaround: int) -> list[int]:
    if len(ranked) == 1:
        return list(ranked)
    count = len(ranked)
    worth = {
        index: (len(units[index].members) << count) + (1 << (count - 1 - position))
        for position, index in enumerate(ranked)
    }
    by_end = sorted(ranked, key=lambda index: (units[index].booking.time.end, units[index].booking.time.start))
    ends = [units[index].booking.time.end + turnaround for index in by_end]
    best = [0]
    before: list[int] = []
    for position, index in enumerate(by_end):
        # Everything that ends (with the turnaround) by this start can be kept beside it.
        fits = bisect_right(ends, units[index].booking.time.start, 0, position)
        before.append(fits)
        best.append(max(best[position], best[fits] + worth[index]))
    chosen: list[int] = []
    position = count
    while position:
        if best[position] == best[position - 1]:
            position -= 1
        else:
            chosen.append(by_end[position - 1])
            position = before[position - 1]
    return chosen
