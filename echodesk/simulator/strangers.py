"""People who work in Echo360's own pages while a client works over the API (fault 24)."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, datetime, time

import msgspec

from echodesk.simulator.booking_form import read_schedule
from echodesk.simulator.bookings import Schedule
from echodesk.simulator.model import Institution
from echodesk.simulator.wire import Refusal, SimRequest

_NAME = "Booked by someone else"


def stand_in_the_way(institution: Institution, request: SimRequest) -> bool:
    """A foreign schedule takes the very time that this request asks for. False if that was not possible."""
    state = institution.state
    try:
        body = msgspec.json.decode(request.body, type=dict[str, object])
        wanted = read_schedule(state, body, state.new_id())
        institution.schedules.book(_as_foreign(wanted))
    except (Refusal, msgspec.DecodeError):
        return False
    return True


def add(institution: Institution, rng: random.Random) -> bool:
    """A foreign schedule appears after some other one in its room. False if there is no free time there."""
    neighbour = _pick(institution, rng, lambda _: True)
    if neighbour is None:
        return False
    fresh = msgspec.structs.replace(_as_foreign(neighbour), id=institution.state.new_id())
    return _shift(institution, fresh, neighbour.end_minute)


def move(institution: Institution, rng: random.Random, *, foreign: bool) -> bool:
    """A schedule, foreign or not, is moved to another time of its day. False if none could be."""
    chosen = _pick(institution, rng, lambda schedule: schedule.foreign == foreign)
    if chosen is None:
        return False
    return _shift(institution, chosen, rng.randrange(8 * 60, 20 * 60, 30))


def remove(institution: Institution, rng: random.Random, *, foreign: bool) -> bool:
    """A schedule, foreign or not, is deleted. False if there is none."""
    chosen = _pick(institution, rng, lambda schedule: schedule.foreign == foreign)
    if chosen is None:
        return False
    institution.state.bookings.remove(chosen.id, institution.state.monotonic())
    return True


def count(institution: Institution) -> int:
    """How many foreign schedules there are."""
    return sum(schedule.foreign for schedule in institution.state.bookings)


def _as_foreign(schedule: Schedule) -> Schedule:
    return msgspec.structs.replace(
        schedule,
        external_id=None,
        name=_NAME,
        foreign=True,
        user_id=None,
        sections=(),
    )


def _pick(institution: Institution, rng: random.Random, wanted: Callable[[Schedule], bool]) -> Schedule | None:
    state = institution.state
    now = state.now()
    chosen = [schedule for schedule in state.bookings if wanted(schedule) and _lies_ahead(schedule, now)]
    return rng.choice(chosen) if chosen else None


def _lies_ahead(schedule: Schedule, now: datetime) -> bool:
    if not schedule.dates:
        return False
    start = time(schedule.start_minute // 60, schedule.start_minute % 60)
    return datetime.combine(date.fromordinal(schedule.dates[0]), start) > now


def _shift(institution: Institution, schedule: Schedule, start_minute: int) -> bool:
    length = min(schedule.end_minute - schedule.start_minute, 60)
    end_minute = start_minute + length
    if end_minute >= 24 * 60:
        return False
    shifted = msgspec.structs.replace(schedule, start_minute=start_minute, end_minute=end_minute)
    try:
        institution.schedules.book(shifted)
    except Refusal:
        return False
    return True
