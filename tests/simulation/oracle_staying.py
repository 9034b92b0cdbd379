"""Who stays where it stands: of a circle never one steps aside that starts within lead + L (decisions).

Said by trying it out. All lessons are settled as if everybody could go. Then those that start too soon to step
aside go, whoever can, until nobody can any more: whoever stands in another's new place has to have left before. Of
those left behind, a group of which everybody waits for the group and for nobody else stays where it stands. Then
all is settled again around it, since others may have got a place by that, or lost theirs.

Whoever competes only because it stands (refused for good, or too late to be made) may have a place at first and
lose it to somebody who gets one by that. It is removed then and never comes back, so nobody may stay on account of
it: all is judged once more as if it did not stand.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Generic, NamedTuple, TypeVar

from tests.simulation.oracle_rules import settle
from tests.simulation.oracle_values import Day, Lesson, Rulebook, Stood, Wanted

Place = TypeVar("Place")


class Settled(NamedTuple, Generic[Place]):
    """What every room-day should hold."""

    days: dict[Place, Day]
    staying: frozenset[str]
    """External ids of what stays where it stands."""
    fallen: frozenset[str]
    """Echo360's ids of what had a place only because it stands, and lost it because others stay."""


def settle_all(
    days: Mapping[Place, Sequence[Lesson]], stood: Collection[Stood], known: Collection[str], book: Rulebook
) -> Settled[Place]:
    """All days, once nobody stays on account of what falls."""
    gone: frozenset[str] = frozenset()
    while True:
        settled, staying, had_a_place = _rounds(days, stood, known, book)
        fallen = {one.echo_id for one in had_a_place if not _has_a_place(one, settled)}
        if not fallen:
            return Settled(settled, staying, gone)
        gone |= fallen
        stood = [one for one in stood if one.echo_id not in gone]


def _rounds(
    days: Mapping[Place, Sequence[Lesson]], stood: Collection[Stood], known: Collection[str], book: Rulebook
) -> tuple[dict[Place, Day], frozenset[str], list[Stood]]:
    """The days, who stays, and what had a place in any round only because it stands."""
    staying: frozenset[str] = frozenset()
    had_a_place: list[Stood] = []
    while True:
        round_book = replace(book, stuck=staying)
        settled = {place: settle(lessons, stood, known, round_book) for place, lessons in days.items()}
        by_standing = [one for day in settled.values() for one in day.by_standing]
        had_a_place += [one for one in by_standing if _has_a_place(one, settled)]
        wanted = [one for day in settled.values() for one in (*day.wanted, *day.late)]
        more = _nobody_first(_left_behind(_moves(wanted, stood, round_book)))
        if not more:
            return settled, staying, had_a_place
        staying |= more


def _has_a_place(one: Stood, settled: Mapping[Place, Day]) -> bool:
    """True if it stays for somebody, under its own id or under the one of whoever carries it now."""
    place = (one.room, one.date, one.start, one.finish)
    return any(
        place == (must.room, must.date, must.start, must.finish)
        and (one.external_id == must.external_id or set(one.sections) & set(must.sections))
        for day in settled.values() for must in day.wanted
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Move:
    """From where a lesson stands to where it belongs."""

    wanted: Wanted
    stands: Stood

    def waits_for(self, other: _Move) -> bool:
        """True if the other stands in its new place."""
        here, there = self.wanted, other.stands
        same_day = (here.room, here.date) == (there.room, there.date)
        return other is not self and same_day and here.start < there.finish and there.start < here.finish


def _moves(wanted: Collection[Wanted], stood: Collection[Stood], book: Rulebook) -> list[_Move]:
    """All that start too soon to step aside and stand elsewhere."""
    found = []
    for one in wanted:
        same = [other for other in stood if other.ours and other.external_id == one.external_id]
        if not same or not book.too_soon(one.date, one.start) or any(map(book.frozen, same)):
            continue
        # Of several under one id the nearest would be moved; of several dates of one, the first.
        firsts = [other for other in same if not any(_earlier(another, other) for another in same)]
        stands = min(firsts, key=lambda other: _distance(other, one))
        if _distance(stands, one)[:3] != (False, 0, 0):
            found.append(_Move(one, stands))
    return found


def _earlier(one: Stood, other: Stood) -> bool:
    return one.echo_id == other.echo_id and one.date < other.date


def _distance(one: Stood, wanted: Wanted) -> tuple[bool, int, int, str]:
    return (
        one.room != wanted.room,
        abs((one.date - wanted.date).days),
        abs(one.start - wanted.start) + abs(one.finish - wanted.finish),
        one.echo_id,
    )


def _left_behind(moves: Collection[_Move]) -> list[_Move]:
    """Who can never go. Going as soon as one can is in nobody's way: it only frees a place."""
    left = list(moves)
    while free := [one for one in left if not any(one.waits_for(other) for other in left)]:
        left = [one for one in left if one not in free]
    return left


def _nobody_first(left: Sequence[_Move]) -> frozenset[str]:
    """Those who wait, directly or not, only for such as wait for them too."""
    group: dict[str, set[str]] = {}
    for one in left:
        reached = [one]
        for at in reached:
            reached += [other for other in left if at.waits_for(other) and other not in reached]
        group[one.wanted.external_id] = {other.wanted.external_id for other in reached}
    return frozenset(name for name, reached in group.items() if all(name in group[other] for other in reached))
