"""What stands, sorted by what planning may do with it (design §4.4, decisions "Obstacles belong …").

A schedule that is not ours is an obstacle; so is one of ours whose start has come ("begun"). Everything else is
ours to change, until the lead time, and ours to remove, until it starts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from operator import attrgetter

from echodesk.planning.values import Booking, Content, Interval, RoomDay, Situation, Standing


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment of the campus wall clock against which starts are judged."""

    date: dt.date
    minute: int

    @classmethod
    def at(cls, moment: dt.datetime) -> Deadline:
        """Starts are whole minutes, so the seconds of `moment` can be dropped without changing an answer."""
        return cls(moment.date(), moment.hour * 60 + moment.minute)

    def reached(self, date: dt.date, start: int) -> bool:
        """True if something that starts then starts at this moment or before."""
        return date < self.date or (date == self.date and start <= self.minute)


@dataclass(frozen=True, slots=True)
class Ground:
    """Everything that stands in the room-days of a situation."""

    begun: Deadline
    late: Deadline
    """Making and changing must start after this; between `begun` and this, only deleting is allowed."""
    obstacles: dict[RoomDay, list[Standing]]
    begun_by_id: dict[str, list[Standing]]
    movable: tuple[Standing, ...]
    """Ours and not begun, in a fixed order."""
    ours_at: dict[RoomDay, list[Standing]]
    """Ours, begun or not, in a fixed order."""
    stuck: Mapping[str, Standing]
    """By external id, those of ours that stay where they stand (`staying`)."""
    repeated: frozenset[str]
    """Target ids of ours that stand on more than one date: someone made them recur; they never stand right."""


_NOBODY: Mapping[str, Standing] = {}


def ground_of(situation: Situation, stuck: Mapping[str, Standing] = _NOBODY) -> Ground:
    """Sort what stands; `stuck` stays where it stands.

    Of what stands outside the room-days of the situation only what has begun is looked at: its external id is
    taken for good, so that a lesson moved after its recording cannot have it again.
    """
    begun = Deadline.at(situation.now)
    obstacles: dict[RoomDay, list[Standing]] = {}
    begun_by_id: dict[str, list[Standing]] = {}
    ours_at: dict[RoomDay, list[Standing]] = {}
    ours: list[Standing] = []
    over: list[Standing] = []
    for standing in situation.standing:
        if standing.place not in situation.places:
            if standing.ours and begun.reached(standing.place.date, standing.time.start):
                over.append(standing)
            continue
        if standing.ours and standing.external_id is not None:
            ours.append(standing)
        else:
            obstacles.setdefault(standing.place, []).append(standing)
    ours.sort(key=attrgetter("echo_id"))
    if any(one.echo_id == other.echo_id for one, other in pairwise(ours)):
        ours.sort(key=_fixed_order)
    begun_echo_ids = {one.echo_id for one in ours if begun.reached(one.place.date, one.time.start)}
    movable: dict[str, Standing] = {}
    repeated: set[str] = set()
    for standing in ours:
        if standing.echo_id in begun_echo_ids:
            # A recurring schedule that has begun cannot be changed on its later dates alone.
            obstacles.setdefault(standing.place, []).append(standing)
            begun_by_id.setdefault(standing.external_id or "", []).append(standing)
        elif standing.external_id in stuck:
            obstacles.setdefault(standing.place, []).append(standing)
            continue
        elif standing.echo_id in movable:
            repeated.add(standing.echo_id)
            continue
        else:
            movable[standing.echo_id] = standing
        ours_at.setdefault(standing.place, []).append(standing)
    for standing in sorted(over, key=_fixed_order):
        begun_by_id.setdefault(standing.external_id or "", []).append(standing)
    for blocked in obstacles.values():
        blocked.sort(key=_fixed_order)
    return Ground(
        begun=begun,
        late=late_of(situation),
        obstacles=obstacles,
        begun_by_id=begun_by_id,
        movable=tuple(movable.values()),
        ours_at=ours_at,
        stuck=stuck,
        repeated=frozenset(repeated),
    )


def late_of(situation: Situation) -> Deadline:
    """What starts until then is neither made nor changed any more."""
    return Deadline.at(situation.now + dt.timedelta(minutes=situation.rules.lead))


def too_soon_of(situation: Situation) -> Deadline:
    """What starts until then does not step aside for others, and takes no place from what stands: a request that
    waits for another might come too late."""
    rules = situation.rules
    return Deadline.at(situation.now + dt.timedelta(minutes=rules.lead, seconds=rules.late_s))


def stands_at(standing: Standing, place: RoomDay, time: Interval) -> bool:
    """True if `standing` holds exactly this place and time."""
    return standing.time == time and standing.place == place


def standing_for(booking: Booking, ground: Ground, known: Collection[str]) -> Standing | None:
    """Ours, at exactly this place and time, under a member's id (the carrier's first). `known` are all lessons'.

    Failing that one under an id that no lesson has any more, or that has begun, and with a section of the
    booking: what is left of a carrier that was taken out of the timetable a moment ago.
    """
    here = [one for one in ground.ours_at.get(booking.place, ()) if one.time == booking.time]
    for external_id in booking.members:
        for standing in here:
            if standing.external_id == external_id and standing.echo_id not in ground.repeated:
                return standing
    sections = set(booking.content.sections)
    for standing in here:
        free = standing.external_id not in known or standing.external_id in ground.begun_by_id
        if free and not sections.isdisjoint(standing.content.sections):
            return standing
    return None


def same_content(one: Content, other: Content) -> bool:
    """Equal in every field that EchoDesk owns; the order of sections and inputs does not count (design §4.14)."""
    return one == other or (
        one.title == other.title
        and one.presenter == other.presenter
        and set(one.sections) == set(other.sections)
        and set(one.inputs) == set(other.inputs)
    )


def nearest(candidates: Iterable[Standing], place: RoomDay, time: Interval) -> list[Standing]:
    """Candidates, the one nearest to this place and time first: room, then date, then minutes, then target id."""
    return sorted(
        candidates,
        key=lambda one: (
            one.place.room != place.room,
            abs((one.place.date - place.date).days),
            abs(one.time.start - time.start) + abs(one.time.end - time.end),
            one.echo_id,
        ),
    )


def _fixed_order(standing: Standing) -> tuple[dt.date, str, int, int, str]:
    return (
        standing.place.date,
        standing.place.room,
        standing.time.start,
        standing.time.end,
        standing.echo_id,
    )
