"""What the target should hold: a pure, total, deterministic function of one situation (design §4.5).

Stages, each seeing only what the one before left over:
1. what cannot be read, what has begun elsewhere, and what stays elsewhere (`staying`), is left out;
2. lessons that staff decided not to record are left out (`decisions`);
3. lessons taught together become units (`together`);
4. units that meet an obstacle (foreign, begun, or too late to change places) are left out;
5. units that come too late, or were refused for good (they or their whole room), do not compete, unless they
   already stand at their place and time: those stay as they are ("held");
6. what staff decided to record is kept, and the strategy of the room decides between the others (`strategies`);
   who starts too soon takes no place from what stands (`making_way`).
A decision whose lesson does not come to stage 6, or would take such a place, has no effect on that room-day: all
begins again without it.
*Ignore* counts overlaps before stage 4, over all units of the room-day: otherwise a lesson would appear and
vanish as another begins.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from echodesk.planning.decisions import Counting, DecisionIndex, Ruling, kept_first, rule, told_of
from echodesk.planning.ground import Ground, ground_of, same_content, standing_for, stands_at, too_soon_of
from echodesk.planning.making_way import chosen_in_time
from echodesk.planning.overlap import conflicts
from echodesk.planning.strategies import Losers, clashing
from echodesk.planning.together import Unit, identity, units_of_day
from echodesk.planning.values import (
    Booking,
    LeftOut,
    Occurrence,
    Projection,
    Reason,
    RoomDay,
    Situation,
    Standing,
    Strategy,
    fingerprint,
)

_Held = dict[str, Reason]


def project(situation: Situation, ground: Ground | None = None) -> Projection:
    """The bookings that should stand, what is left out and why; the order of the input is irrelevant.

    `ground` spares sorting what stands a second time, and tells who stays where it stands. Bookings and left-out
    lessons come sorted by date, room, time and external id. Nothing kept overlaps anything else kept, except what
    has begun already.
    """
    return _Projector(situation, ground or ground_of(situation)).run()


class _Projector:
    def __init__(self, situation: Situation, ground: Ground) -> None:
        self._situation = situation
        self._rules = situation.rules
        self._ground = ground
        self._too_soon = too_soon_of(situation)
        self._strategy_of = dict(situation.rules.strategy_of_room)
        self._turnaround_of = dict(situation.rules.turnaround_of_room)
        self._refused_ids = {external_id for external_id, _ in situation.refused}
        self._known_ids = {one.external_id for one in situation.occurrences}
        self._decisions = DecisionIndex(situation.decisions) if situation.decisions else None
        self._bookings: list[Booking] = []
        self._left_out: list[LeftOut] = []
        self._held: _Held = {}
        self._late: list[Booking] = []

    def run(self) -> Projection:
        days = self._readable_by_day()
        for place in sorted(days, key=lambda place: (place.date, place.room)):
            lessons = days[place]
            counting = self._decisions.counting(lessons) if self._decisions is not None else ()
            if counting:
                self._settle_decided_day(place, lessons, counting)
            else:
                self._settle_day(place, units_of_day(lessons, self._rules))
        for unfit in self._situation.unfit:
            if unfit.place in self._situation.places:
                self._left_out.append(
                    LeftOut(
                        unfit.external_id,
                        unfit.setid,
                        unfit.slotid,
                        unfit.week,
                        unfit.place,
                        unfit.reason,
                        None,
                        unfit.detail,
                        unfit.time,
                        unfit.title,
                    )
                )
        return Projection(
            tuple(sorted(self._bookings, key=_booking_order)),
            tuple(sorted(self._left_out, key=_left_out_order)),
            tuple(sorted(self._held.items())),
            tuple(sorted(self._ground.stuck)),
            tuple(sorted(self._late, key=_booking_order)),
        )

    def _readable_by_day(self) -> dict[RoomDay, list[Occurrence]]:
        """Stage 1."""
        places = self._situation.places
        begun_by_id = self._ground.begun_by_id
        days: dict[RoomDay, list[Occurrence]] = {}
        for occurrence in self._one_per_id():
            place = occurrence.place
            if place not in places:
                continue
            if occurrence.time.end <= occurrence.time.start:
                detail = f"{occurrence.time}: the finish is not after the start"
                self._leave_out(occurrence, Reason.UNREADABLE, None, detail)
                continue
            begun = begun_by_id.get(occurrence.external_id)
            if begun and not any(stands_at(one, place, occurrence.time) for one in begun):
                detail = f"already begun, or over, in {_where(begun[0])}"
                self._leave_out(occurrence, Reason.BEGUN, begun[0].echo_id, detail)
                continue
            stuck = self._ground.stuck.get(occurrence.external_id)
            if stuck is not None:
                detail = f"too late to change places with others; it stays as it is: {_where(stuck)}"
                self._leave_out(occurrence, Reason.TOO_LATE, None, detail)
                continue
            day = days.get(place)
            if day is None:
                days[place] = [occurrence]
            else:
                day.append(occurrence)
        return days

    def _one_per_id(self) -> Iterable[Occurrence]:
        """Two lessons cannot share one external id: the first by set, SLOTID, week, place and time has it."""
        occurrences = self._situation.occurrences
        if len(self._known_ids) == len(occurrences):
            return occurrences
        by_id: dict[str, list[Occurrence]] = {}
        for occurrence in occurrences:
            by_id.setdefault(occurrence.external_id, []).append(occurrence)
        single: list[Occurrence] = []
        for external_id, same in by_id.items():
            same.sort(key=repr)
            single.append(same[0])
            for other in same[1:]:
                if other != same[0]:
                    detail = "another lesson has the same external id"
                    self._leave_out(other, Reason.UNREADABLE, external_id, detail)
        return single

    def _settle_decided_day(self, place: RoomDay, lessons: list[Occurrence], counting: Sequence[Counting]) -> None:
        """Stages 2 to 6 where decisions count; each turn is without one that turned out to have no effect."""
        turnaround = self._turnaround_of.get(place.room, self._rules.turnaround)
        running = {one.external_id for one in lessons if self._is_running(one)}
        booked, told, late = len(self._bookings), len(self._left_out), len(self._late)
        held = dict(self._held)
        without: set[int] = set()
        while True:
            ruling = rule(counting, without, running, turnaround)
            rest = [one for one in lessons if one.external_id not in ruling.left_out]
            units = units_of_day(rest, self._rules, ruling.together)
            instead = [one for one in lessons if (by := ruling.left_out.get(one.external_id)) and by.winner]
            failed = self._settle_day(place, units, ruling.chosen, units_of_day(instead, self._rules))
            if failed is None:
                break
            without.add(failed.decision.id)
            del self._bookings[booked:], self._left_out[told:], self._late[late:]
            self._held = dict(held)
        self._leave_out_decided(lessons, ruling, self._bookings[booked:])

    def _is_running(self, lesson: Occurrence) -> bool:
        """True if it has begun and is being recorded."""
        if not self._ground.begun.reached(lesson.place.date, lesson.time.start):
            return False
        sections = set(lesson.content.sections)
        return any(
            stands_at(one, lesson.place, lesson.time)
            and (one.external_id == lesson.external_id or sections.issubset(one.content.sections))
            for one in self._ground.ours_at.get(lesson.place, ())
        )

    def _leave_out_decided(self, lessons: Iterable[Occurrence], ruling: Ruling, booked: Iterable[Booking]) -> None:
        kept = {member: booking for booking in booked for member in booking.members}
        for lesson in lessons:
            counting = ruling.left_out.get(lesson.external_id)
            if counting is None:
                continue
            winner = kept[counting.winner.external_id] if counting.winner is not None else None
            keeps = winner.external_id if winner else None
            self._leave_out(lesson, Reason.DECISION, keeps, counting.detail(winner))

    def _settle_day(
        self, place: RoomDay, units: list[Unit], chosen: Sequence[Counting] = (), instead: Sequence[Unit] = ()
    ) -> Counting | None:
        """Stages 4 to 6; `chosen` is kept first, in the place of `instead`. Returns one that cannot be kept."""
        strategy = self._strategy_of.get(place.room, self._rules.strategy)
        turnaround = self._turnaround_of.get(place.room, self._rules.turnaround)
        booked = len(self._bookings)
        ignores = strategy is Strategy.IGNORE
        ignored = clashing(units, turnaround) if ignores and len(units) > 1 else {}
        competing: list[Unit] = []
        rivals: dict[int, Unit] = {}
        for index, unit in enumerate(units):
            still = self._admit(unit, turnaround)
            if still is None:
                continue
            if index in ignored:
                rivals[len(competing)] = units[ignored[index]]
            competing.append(still)
        # Where a room records neither, what stands would leave in any case.
        waits = set() if ignores else self._waits(competing, (*units, *instead), turnaround)
        if chosen:
            begun = {member for booking in self._bookings[booked:] for member in booking.members}
            first = kept_first(competing, chosen, begun, waits, turnaround)
            if isinstance(first, Counting):
                return first
            competing, rivals = self._after(first, competing, rivals, turnaround)
        late: Losers = {}
        if not ignores:
            losers, late = chosen_in_time(competing, waits, strategy, turnaround)
            rivals = {index: competing[winner] for index, winner in (losers | late).items()}
        for index, unit in enumerate(competing):
            winner = rivals.get(index)
            if winner is None:
                self._bookings.append(unit.booking)
            elif index in late:
                self._late.append(unit.booking)
                self._leave_all_out(unit, Reason.TOO_LATE, winner.booking.external_id, _too_soon_for(winner))
            elif ignores:
                self._lose(unit, winner, f"overlaps {told_of(winner.booking)}; this room records neither")
            else:
                self._lose(unit, winner, f"overlaps {told_of(winner.booking)}, which is recorded")
        return None

    def _waits(self, competing: Sequence[Unit], asked: Sequence[Unit], turnaround: int) -> set[str]:
        """External ids of those that start too soon to take a place from what stands and is `asked` for there."""
        soon = [
            one.booking
            for one in competing
            if self._too_soon.reached(one.booking.place.date, one.booking.time.start) and not self._stands(one)
        ]
        stand = [one.booking.time for one in asked if self._stands(one)] if soon else []
        return {one.external_id for one in soon if any(conflicts(time, one.time, turnaround) for time in stand)}

    def _stands(self, unit: Unit) -> bool:
        return standing_for(unit.booking, self._ground, self._known_ids) is not None

    def _after(
        self, first: Collection[int], competing: Sequence[Unit], rivals: dict[int, Unit], turnaround: int
    ) -> tuple[list[Unit], dict[int, Unit]]:
        """What is left to compete, with its rivals, once those that staff chose are kept."""
        left: list[Unit] = []
        theirs: dict[int, Unit] = {}
        for index, unit in enumerate(competing):
            if index in first:
                self._bookings.append(unit.booking)
                continue
            in_the_way = (
                competing[one]
                for one in sorted(first)
                if conflicts(competing[one].booking.time, unit.booking.time, turnaround)
            )
            winner = next(in_the_way, None)
            if winner is not None:
                self._lose(unit, winner, f"overlaps {told_of(winner.booking)}, which staff decided to record")
                continue
            if index in rivals:
                theirs[len(left)] = rivals[index]
            left.append(unit)
        return left, theirs

    def _admit(self, unit: Unit, turnaround: int) -> Unit | None:
        """Stages 4 and 5: the unit as it may compete, or None when it is settled."""
        ground, booking = self._ground, unit.booking
        place, start = booking.place, booking.time.start
        begun = ground.begun.reached(place.date, start)
        if begun:
            standing = standing_for(booking, ground, self._known_ids)
            if standing is not None:
                held = self._hold(unit, standing, Reason.BEGUN)
                self._bookings.append(held.booking)
                return None
        blocked = ground.obstacles.get(place)
        if blocked:
            for obstacle in blocked:
                if conflicts(obstacle.time, booking.time, turnaround):
                    self._meet(unit, obstacle)
                    return None
        if begun:
            self._leave_all_out(unit, Reason.TOO_LATE, None, "begun before it could be booked")
            return None
        if ground.late.reached(place.date, start):
            still = self._hold_or_leave_out(
                unit, Reason.TOO_LATE, "starts too soon to be booked or changed in time"
            )
            if still is None:
                self._late.append(booking)
            return still
        if place.room in self._situation.closed:
            return self._hold_or_leave_out(unit, Reason.REFUSED, "the room has no recorder")
        if booking.external_id in self._refused_ids:
            sent = (booking.external_id, fingerprint(booking))
            if sent in self._situation.refused:
                return self._hold_or_leave_out(unit, Reason.REFUSED, "was refused for good as it is now")
        return unit

    def _hold_or_leave_out(self, unit: Unit, reason: Reason, detail: str) -> Unit | None:
        standing = standing_for(unit.booking, self._ground, self._known_ids)
        if standing is None:
            self._leave_all_out(unit, reason, None, detail)
            return None
        return self._hold(unit, standing, reason)

    def _hold(self, unit: Unit, standing: Standing, reason: Reason) -> Unit:
        """The unit as it stands: older content, and without the members whose sections are not in it."""
        external_id = standing.external_id or unit.booking.external_id
        if external_id == unit.booking.external_id and same_content(standing.content, unit.booking.content):
            return unit
        sections = set(standing.content.sections)
        inside = [
            one
            for one in unit.members
            if one.external_id == external_id or sections.issuperset(one.content.sections)
        ]
        # A lesson without a section of its own in what stands was added too late; whoever is left is the carrier.
        inside.sort(key=lambda one: (one.external_id != external_id, identity(one)))
        if not inside:
            inside = list(unit.members[:1])
        detail = "the schedule stands, but this lesson could not be added to it any more"
        for one in unit.members:
            if one in inside:
                self._held[one.external_id] = reason
            else:
                self._leave_out(one, Reason.TOO_LATE if reason is Reason.BEGUN else reason, external_id, detail)
        carrier = inside[0]
        booking = replace(
            unit.booking,
            external_id=external_id,
            setid=carrier.setid,
            slotid=carrier.slotid,
            week=carrier.week,
            content=standing.content,
            members=tuple(one.external_id for one in inside),
        )
        return Unit(booking, tuple(inside))

    def _meet(self, unit: Unit, obstacle: Standing) -> None:
        if obstacle.ours and obstacle.external_id in self._ground.stuck:
            detail = f"meets {_where(obstacle)}, which is too late to be moved and stays as it is"
            self._leave_all_out(unit, Reason.TOO_LATE, obstacle.echo_id, detail)
        elif obstacle.ours and obstacle.external_id is not None:
            detail = f"meets {_where(obstacle)}, which has begun and stays as it is"
            self._leave_all_out(unit, Reason.BEGUN, obstacle.echo_id, detail)
        else:
            detail = f"meets {_where(obstacle)}, which someone else booked"
            self._leave_all_out(unit, Reason.FOREIGN, obstacle.echo_id, detail)

    def _lose(self, unit: Unit, winner: Unit, detail: str) -> None:
        for member in unit.members:
            self._held.pop(member.external_id, None)
        self._leave_all_out(unit, Reason.CLASH, winner.booking.external_id, detail)

    def _leave_all_out(self, unit: Unit, reason: Reason, winner: str | None, detail: str) -> None:
        for member in unit.members:
            self._leave_out(member, reason, winner, detail)

    def _leave_out(self, occurrence: Occurrence, reason: Reason, winner: str | None, detail: str) -> None:
        self._left_out.append(
            LeftOut(
                occurrence.external_id,
                occurrence.setid,
                occurrence.slotid,
                occurrence.week,
                occurrence.place,
                reason,
                winner,
                detail,
                str(occurrence.time),
                occurrence.content.title,
            )
        )


def _too_soon_for(winner: Unit) -> str:
    keeps = winner.booking
    return f"starts too soon to change places with “{keeps.content.title}” {keeps.time}, which is recorded"


def _where(standing: Standing) -> str:
    return f"“{standing.content.title}” {standing.time} in {standing.place.room} on {standing.place.date}"


def _booking_order(one: Booking) -> tuple[dt.date, str, int, str]:
    return (one.place.date, one.place.room, one.time.start, one.external_id)


def _left_out_order(one: LeftOut) -> tuple[dt.date, str, str, str]:
    return (one.place.date, one.place.room, one.external_id, one.detail)
