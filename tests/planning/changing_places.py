"""Who stays because it would have to change places too late, against a search over all that could be asked."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import replace

from echodesk.planning.plan import make_plan
from echodesk.planning.projection import project
from echodesk.planning.values import Interval, RoomDay, Situation
from tests.simulation.oracle_agrees import asked_of_the_oracle

Seat = tuple[RoomDay, Interval]
Way = tuple[Seat | None, ...]

MOST_TRIED = 7
"""Movers up to which every way is tried."""


def who_stays(situation: Situation) -> frozenset[str]:
    """External ids of what stays although its lesson is elsewhere, by the oracle."""
    return asked_of_the_oracle(situation).staying


def somebody_stays_only_where_no_way_is_allowed(situation: Situation, chance: random.Random) -> None:
    """If and only if no order of requests takes all who would move to their places, unless somebody is removed who
    starts too soon to be made again. Without a lead time, which stops lessons that are in no circle as well, and
    without what counts only because it stands and will be removed. Whom only the time keeps from a place of others
    would move as well: as far as he waits for those who move, and then he is in nobody's way."""
    asked = replace(situation, rules=replace(situation.rules, lead=0))
    fallen = asked_of_the_oracle(asked).fallen
    left = replace(asked, standing=tuple(one for one in asked.standing if one.echo_id not in fallen))
    wanted = project(left)
    late = {one.external_id for one in wanted.late}
    goals = {one.external_id: (one.place, one.time) for one in (*wanted.bookings, *wanted.late)}
    stands = {
        one.external_id: (one.place, one.time)
        for one in left.standing
        if one.ours and one.external_id in goals and one.place in asked.places
    }
    movers = sorted(name for name, seat in stands.items() if name and goals[name] != seat)
    if len(movers) > MOST_TRIED:
        return
    soonest = asked.now + dt.timedelta(seconds=asked.rules.late_s)
    step_aside = {number for number, name in enumerate(movers) if _start(goals[name]) > soonest}
    leave = {number for number, name in enumerate(movers) if name in late}
    start, end = (tuple(seats[name] for name in movers) for seats in (stands, goals))
    found = _can_be_done(start, end, step_aside, leave)
    assert bool(make_plan(asked).projection.stays) is not found


def _can_be_done(start: Way, end: Way, step_aside: set[int], leave: set[int]) -> bool:
    """True if each gets from `start` to `end` by moving, made anew where it has been removed, into a free seat.

    Those of `leave` are gone from where they stood as soon as nobody who has yet to move is in their seat.
    """
    seen, waiting = {start}, [start]
    last = tuple(None if who in leave else seat for who, seat in enumerate(end))
    while waiting:
        state = waiting.pop()
        if state == last:
            return True
        for who, seat in enumerate(state):
            others = (
                state if who not in leave else tuple(at if at != end[n] else None for n, at in enumerate(state))
            )
            options = [last[who]] if _is_free(others, who, end[who]) else []
            options += [None] if who in step_aside else []
            for option in options:
                following = (*state[:who], option, *state[who + 1 :])
                if option != seat and following not in seen:
                    seen.add(following)
                    waiting.append(following)
    return False


def _is_free(state: Way, who: int, seat: Seat | None) -> bool:
    return seat is not None and not any(
        other is not None and number != who and other[0] == seat[0] and other[1].overlaps(seat[1])
        for number, other in enumerate(state)
    )


def _start(seat: Seat) -> dt.datetime:
    return dt.datetime.combine(seat[0].date, dt.time()) + dt.timedelta(minutes=seat[1].start)
