"""Safety stops: when a plan waits for staff, or is not made at all (design §4.12, decisions "The brake").

Pure functions over plans and numbers. Each guard returns the reason in plain words, or None when there is nothing
to hold back. A move, a step aside and a hand-over are not removals.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from echodesk.planning.values import Plan, RoomDay, Standing, Why

DAY_PERCENT, DAY_COUNT = 20, 5
BATCH_PERCENT = 5
BRAKE_PERCENT, BRAKE_COUNT, BRAKE_HOURS = 5, 50, 24
MISSING_PERCENT, MISSING_COUNT = 5, 5
MOVED_PERCENT, MOVED_COUNT = 20, 50
FEED_COUNT = 20
"""A year of fewer lessons than this may lose half of them by ordinary edits."""


@dataclass(frozen=True, slots=True)
class Removal:
    """One booking that a plan takes away."""

    external_id: str
    standing: Standing
    why: Why


def removals(plan: Plan) -> frozenset[str]:
    """External ids that stand before the plan and not after it."""
    gone: set[str] = set()
    made: set[str] = set()
    for request in plan.requests:
        standing, booking = request.standing, request.booking
        if booking is not None:
            made.add(booking.external_id)
        elif standing is not None and standing.external_id is not None:
            gone.add(standing.external_id)
    return frozenset(gone - made - plan.kept)


def removed_bookings(plan: Plan) -> tuple[Removal, ...]:
    """What a plan takes away, one for each external id of `removals`, in the order of the plan."""
    ids = removals(plan)
    found: dict[str, Removal] = {}
    if ids:
        for request in plan.requests:
            standing = request.standing
            if request.booking is None and standing is not None and standing.external_id in ids:
                found.setdefault(standing.external_id, Removal(standing.external_id, standing, request.why))
    return tuple(found.values())


def standing_by_day(plan: Plan) -> dict[RoomDay, int]:
    """How many bookings stand in each room-day before the plan, as far as the plan speaks of them."""
    stands: defaultdict[RoomDay, set[str]] = defaultdict(set)
    for request in plan.requests:
        if request.standing is not None:
            stands[request.standing.place].add(request.standing.echo_id)
    counts = defaultdict(int, {place: len(found) for place, found in stands.items()})
    for booking in plan.projection.bookings:
        if booking.external_id in plan.kept:
            counts[booking.place] += 1
    return dict(counts)


def refresh_guard(removed: int, standing: int) -> str | None:
    """A refresh that would remove more than 20 % of a day, and more than 5.

    `removed` counts the removals that no committed timetable edit explains, `standing` what stands that day.
    """
    if removed > DAY_COUNT and removed * 100 > standing * DAY_PERCENT:
        return f"{removed} of {standing} bookings of the day would be removed, more than {DAY_PERCENT} %"
    return None


def day_guard(unexplained: Iterable[Removal], standing: Mapping[RoomDay, int]) -> str | None:
    """The same for every room-day of a plan; the reason names the first room-day that is held."""
    by_day: defaultdict[RoomDay, int] = defaultdict(int)
    for one in unexplained:
        by_day[one.standing.place] += 1
    for place in sorted(by_day):
        reason = refresh_guard(by_day[place], standing.get(place, by_day[place]))
        if reason is not None:
            return f"No timetable change explains it: in {place.room} on {place.date}, {reason}"
    return None


def batch_guard(removed: int, ahead: int) -> str | None:
    """A batch that would remove more than 5 % of what is booked ahead: `removed` counts unexplained removals only,
    `ahead` our bookings of all rooms that have not begun."""
    if removed * 100 > ahead * BATCH_PERCENT:
        return f"{removed} of the {ahead} bookings ahead would be removed, more than {BATCH_PERCENT} %"
    return None


def rooms_guard(unknown: Sequence[str], ahead: int) -> str | None:
    """A batch that would take more than 5 % of what is booked ahead to rooms that the target does not know, the
    room of each such move in `unknown`. These would be refused; what stands in the old place would have to go."""
    if len(unknown) * 100 > ahead * BATCH_PERCENT:
        rooms = sorted(set(unknown))
        named = ", ".join(rooms[:3]) + (" …" if len(rooms) > 3 else "")
        count = f"{len(unknown)} of the {ahead} bookings ahead"
        return f"{count} would move to rooms that Echo360 does not know ({named})"
    return None


def missing_guard(missing: int, known: int) -> str | None:
    """A listing without more than 5 % of what the mirror knew as ours, and more than 5: another institution's, or
    one that somebody emptied. What of it is in the plan would be made again.

    `known` counts what the mirror knew as ours and not begun in what was listed, `missing` those of them that were
    not there.
    """
    if missing > MISSING_COUNT and missing * 100 > known * MISSING_PERCENT:
        return (
            f"{missing} of the {known} bookings ahead that EchoDesk made are not in Echo360 any more, more than "
            f"{MISSING_PERCENT} %, as if this were another institution or somebody had removed them"
        )
    return None


def moved_guard(moved: int, ahead: int) -> str | None:
    """A batch that would move or change more than 20 % of what is booked ahead, and more than 50, at once: the
    weeks of the timetable have shifted, say. `ahead` counts our bookings of all rooms that have not begun."""
    if moved > MOVED_COUNT and moved * 100 > ahead * MOVED_PERCENT:
        return (
            f"{moved} of the {ahead} bookings ahead would move or change at once, more than "
            f"{MOVED_PERCENT} %, as if the weeks of the timetable had shifted"
        )
    return None


def feed_guard(lessons: Mapping[str, int], before: Mapping[str, int], live: Collection[str]) -> str | None:
    """A timetable that proves nothing: empty, from the wrong year, or less than half of the last one.

    `lessons` counts the lessons read by set, `before` those of the last timetable that was planned from (empty
    for the first one), `live` are the sets that are switched on. That no lesson is left is judged where there
    were more than `DAY_COUNT`: so few may go one by one by ordinary edits, and other guards let them go as well.
    Half is judged year by year, since one of two years that vanishes is exactly half of everything.
    """
    if not live:
        return "no year is switched on" if sum(before.values()) > DAY_COUNT else None
    judged = {setid: last for setid, last in before.items() if setid in live}
    if sum(judged.values()) > DAY_COUNT:
        if not any(lessons.values()):
            return "the timetable is empty"
        if not any(lessons.get(setid) for setid in live):
            return "the timetable holds no lesson of a year that is switched on"
    for setid, last in sorted(judged.items()):
        count = lessons.get(setid, 0)
        if last >= FEED_COUNT and count * 2 < last:
            return f"the timetable holds {count} lessons of {setid}, less than half of the last {last}"
    return None


def brake(removing: int, removed_before: int, future: int) -> str | None:
    """Removals of more than 5 % of the future schedules, and more than 50, within 24 hours, whatever their cause.

    `removing` is what the plan at hand removes, `removed_before` what was removed in the 24 hours before it
    without a yes of staff, with what already waits for one; `future` how many other schedules of ours the mirror
    holds that have not begun, those of this plan included.
    """
    total = removing + removed_before
    if removing and total > BRAKE_COUNT and total * 100 > (future + removed_before) * BRAKE_PERCENT:
        return (
            f"{total} bookings would be removed within {BRAKE_HOURS} hours, more than {BRAKE_PERCENT} % of the "
            f"{future + removed_before} that lie ahead"
        )
    return None
