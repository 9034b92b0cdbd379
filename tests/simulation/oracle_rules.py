"""What one room should hold on one day, by the words of design §4 and decisions.md; naive, without the planner.

Nothing of `echodesk.planning` decides here: only its names for reasons and strategies, and the fingerprint under
which refusals are remembered, are used. Every rule is written as a question over all pairs or all subsets, so that
a reader can hold each line against the sentence it comes from.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from echodesk.planning.values import (
    Booking,
    Content,
    Interval,
    Reason,
    RoomDay,
    Strategy,
    fingerprint,
)


@dataclass(frozen=True, slots=True)
class Lesson:
    """An eligible lesson in one week. Minutes count from midnight."""

    external_id: str
    setid: str
    slotid: int
    week: int
    room: str
    date: dt.date
    start: int
    finish: int
    title: str
    section: str
    presenter: str | None
    inputs: tuple[str, ...]
    lecturer: str | None
    since: str

    @property
    def name(self) -> tuple[int, int, str]:
        """Ties: SLOTID as a number, week, external id (design §4.5)."""
        return (self.slotid, self.week, self.external_id)


@dataclass(frozen=True, slots=True)
class Stood:
    """What Echo360 holds on one date."""

    echo_id: str
    external_id: str | None
    ours: bool
    room: str
    date: dt.date
    start: int
    finish: int
    title: str
    sections: tuple[str, ...]
    presenter: str | None
    inputs: tuple[str, ...]
    recurs: bool = False
    """Several dates under one id: ours never do by EchoDesk's doing, so such a one never stands right."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What must stand. `held`: it stands already and may not be changed, so only who, where and when are told."""

    external_id: str
    room: str
    date: dt.date
    start: int
    finish: int
    title: str
    sections: tuple[str, ...]
    presenter: str | None
    inputs: tuple[str, ...]
    members: tuple[str, ...]
    held: bool = False


@dataclass(frozen=True, slots=True)
class Rulebook:
    """The settings that decide, in minutes, and the moment."""

    now: dt.datetime
    strategy: Strategy = Strategy.FIRST_WINS
    strategy_of_room: dict[str, Strategy] = field(default_factory=dict)
    together: bool = True
    together_unknown: bool = False
    lead: int = 5
    turnaround: int = 0
    turnaround_of_room: dict[str, int] = field(default_factory=dict)
    refused: frozenset[tuple[str, str]] = frozenset()
    """(external id, fingerprint) of what Echo360 refused for good."""

    def begun(self, date: dt.date, start: int) -> bool:
        """What has begun is never touched (design §4.4)."""
        return moment(date, start) <= self.now

    def too_late(self, date: dt.date, start: int) -> bool:
        """Making and changing stop a lead time before the start."""
        return moment(date, start) <= self.now + dt.timedelta(minutes=self.lead)


LeftOut = dict[str, tuple[Reason, str | None]]


@dataclass(slots=True)
class Day:
    """One room on one date: what must stand, and what is left out with the reason and the winner."""

    wanted: list[Wanted] = field(default_factory=list)
    left_out: LeftOut = field(default_factory=dict)


def moment(date: dt.date, minute: int) -> dt.datetime:
    """A minute of a day as wall-clock time."""
    return dt.datetime.combine(date, dt.time()) + dt.timedelta(minutes=minute)


def meet(one: Lesson | Stood | Unit, other: Lesson | Stood | Unit, turnaround: int) -> bool:
    """Half-open intervals with fewer than `turnaround` minutes between them, or none (design §4.4)."""
    return one.start < other.finish + turnaround and other.start < one.finish + turnaround


@dataclass(frozen=True, slots=True)
class Unit:
    """A lesson, or several taught together: they are recorded as one or not at all (design §4.6)."""

    members: tuple[Lesson, ...]
    """The carrier first: the numerically smallest SLOTID."""
    stands: Stood | None = None
    """Set when the unit may not be changed any more and this is what stays."""

    @property
    def start(self) -> int:
        return self.members[0].start

    @property
    def finish(self) -> int:
        return self.members[0].finish

    @property
    def carrier(self) -> Lesson:
        return self.members[0]

    @property
    def external_id(self) -> str:
        return self.carrier.external_id if self.stands is None else self.stands.external_id or ""

    def wanted(self) -> Wanted:
        """Name and presenter of the carrier, every section, every input; or what stands and stays."""
        carrier, stands = self.carrier, self.stands
        everyone = tuple(one.external_id for one in self.members)
        if stands is not None:
            return Wanted(
                self.external_id, stands.room, stands.date, stands.start, stands.finish, stands.title,
                stands.sections, stands.presenter, stands.inputs, everyone, held=True,
            )  # fmt: skip
        return Wanted(
            carrier.external_id, carrier.room, carrier.date, carrier.start, carrier.finish, carrier.title,
            tuple(sorted({one.section for one in self.members})), carrier.presenter,
            tuple(sorted({name for one in self.members for name in one.inputs})), everyone,
        )  # fmt: skip


def settle(lessons: Sequence[Lesson], stood: Collection[Stood], known: Collection[str], book: Rulebook) -> Day:
    """What a room-day should hold. `lessons` are those of one room-day, `stood` is everything that Echo360 holds
    anywhere, `known` the external ids of all lessons anywhere."""
    day = Day()
    if not lessons:
        return day
    room, date = lessons[0].room, lessons[0].date
    turnaround = book.turnaround_of_room.get(room, book.turnaround)
    strategy = book.strategy_of_room.get(room, book.strategy)
    ours_begun = [one for one in stood if one.ours and book.begun(one.date, one.start)]
    obstacles = [
        one for one in stood if (one.room, one.date) == (room, date) and (not one.ours or one in ours_begun)
    ]
    obstacles.sort(key=lambda one: (one.start, one.finish, one.echo_id))
    present: list[Lesson] = []
    for lesson in lessons:
        # "An id frozen elsewhere is left out (already begun)."
        frozen = [one for one in ours_begun if one.external_id == lesson.external_id]
        if frozen and not any(_stands_for(one, lesson) for one in frozen):
            first = min(frozen, key=lambda one: one.echo_id)
            day.left_out[lesson.external_id] = (Reason.BEGUN, first.echo_id)
        else:
            present.append(lesson)
    units = together(present, book)
    # "Ignore counts overlaps before obstacles."
    rivals = {
        unit.carrier.external_id: [other for other in units if other is not unit and meet(unit, other, turnaround)]
        for unit in units
    }
    competing: list[Unit] = []
    for unit in units:
        still = _admitted(unit, obstacles, stood, known, ours_begun, turnaround, book, day)
        if still is None:
            continue
        against = rivals[unit.carrier.external_id]
        if strategy is Strategy.IGNORE and against:
            first_rival = min(against, key=lambda one: (one.start, one.finish, one.carrier.name))
            _lose(day, still, first_rival.external_id)
        else:
            competing.append(still)
    ranked = sorted(competing, key=lambda one: (min(m.since for m in one.members), one.carrier.name))
    if strategy is Strategy.LAST_WINS:
        # The newest first; ties still go to the smaller SLOTID.
        ranked = sorted(competing, key=lambda one: one.carrier.name)
        ranked.sort(key=lambda one: max(m.since for m in one.members), reverse=True)
    kept = most(ranked, turnaround) if strategy is Strategy.MOST_RECORDED else greedy(ranked, turnaround)
    for unit in ranked:
        if unit in kept:
            day.wanted.append(unit.wanted())
        else:
            _lose(
                day, unit, next(one for one in ranked if one in kept and meet(one, unit, turnaround)).external_id
            )
    return day


def together(lessons: Iterable[Lesson], book: Rulebook) -> list[Unit]:
    """Same room, date, start, finish and lecturer: one unit. A lecturer unknown on one or all sides is the same
    only under the setting; between two known lecturers he goes to the one whose lesson has the smallest SLOTID."""
    rest = sorted(lessons, key=lambda one: one.name)
    if not book.together:
        return [Unit((one,)) for one in rest]
    units: list[list[Lesson]] = []
    for lesson in rest:
        same_time = [unit for unit in units if (unit[0].start, unit[0].finish) == (lesson.start, lesson.finish)]
        same = [unit for unit in same_time if lesson.lecturer and unit[0].lecturer == lesson.lecturer]
        if same:
            same[0].append(lesson)
        elif lesson.lecturer or not book.together_unknown:
            units.append([lesson])
    if book.together_unknown:
        alone: list[list[Lesson]] = []
        for lesson in (one for one in rest if not one.lecturer):
            here = [unit for unit in units if (unit[0].start, unit[0].finish) == (lesson.start, lesson.finish)]
            here += [unit for unit in alone if (unit[0].start, unit[0].finish) == (lesson.start, lesson.finish)]
            if here:
                # The groups of known lecturers were made in the order of their smallest SLOTID.
                here[0].append(lesson)
            else:
                alone.append([lesson])
        units += alone
    return [Unit(tuple(sorted(unit, key=lambda one: one.name))) for unit in units]


def greedy(ranked: Sequence[Unit], turnaround: int) -> list[Unit]:
    """First and last wins are greedy over the whole room-day."""
    kept: list[Unit] = []
    for unit in ranked:
        if not any(meet(unit, other, turnaround) for other in kept):
            kept.append(unit)
    return kept


def most(ranked: Sequence[Unit], turnaround: int) -> list[Unit]:
    """Of all sets that fit, the one with most lessons; among equals that whose ranks, sorted, come first."""
    best: tuple[int, list[int]] = (0, [])
    waiting: list[tuple[int, list[int]]] = [(0, [])]
    while waiting:
        position, chosen = waiting.pop()
        if position == len(ranked):
            weight = sum(len(ranked[one].members) for one in chosen)
            if weight > best[0] or (weight == best[0] and chosen < best[1]):
                best = (weight, chosen)
            continue
        waiting.append((position + 1, chosen))
        if not any(meet(ranked[one], ranked[position], turnaround) for one in chosen):
            waiting.append((position + 1, [*chosen, position]))
    return [ranked[one] for one in best[1]]


def _admitted(
    unit: Unit,
    obstacles: Sequence[Stood],
    stood: Collection[Stood],
    known: Collection[str],
    ours_begun: Sequence[Stood],
    turnaround: int,
    book: Rulebook,
    day: Day,
) -> Unit | None:
    """The unit as it competes; None if it is settled, one way or the other."""
    carrier = unit.carrier
    here = _standing_for(unit, stood, known, ours_begun)
    begun = book.begun(carrier.date, carrier.start)
    if begun and here is not None:
        day.wanted.append(_held(unit, here, Reason.TOO_LATE, day).wanted())
        return None
    for obstacle in obstacles:
        if meet(obstacle, unit, turnaround):
            reason = Reason.BEGUN if obstacle.ours else Reason.FOREIGN
            for member in unit.members:
                day.left_out[member.external_id] = (reason, obstacle.echo_id)
            return None
    refused = (carrier.external_id, _print(unit)) in book.refused
    if book.too_late(carrier.date, carrier.start) or refused:
        reason = Reason.TOO_LATE if book.too_late(carrier.date, carrier.start) else Reason.REFUSED
        if here is not None and not begun:
            return _held(unit, here, reason, day)
        for member in unit.members:
            day.left_out[member.external_id] = (reason, None)
        return None
    return unit


def _standing_for(
    unit: Unit, stood: Collection[Stood], known: Collection[str], ours_begun: Collection[Stood]
) -> Stood | None:
    """What stands at exactly this place and time for a member, the carrier's first; or, under an id that no lesson
    has any more (or that has begun), what shares a section: left by a carrier that was just taken away."""
    here = [one for one in stood if one.ours and _stands_for(one, unit.carrier)]
    here.sort(key=lambda one: one.echo_id)
    for member in unit.members:
        for one in here:
            if one.external_id == member.external_id and not one.recurs:
                return one
    gone = {one.external_id for one in ours_begun}
    for one in here:
        nobodys = one.external_id not in known or one.external_id in gone
        if nobodys and {member.section for member in unit.members} & set(one.sections):
            return one
    return None


def _held(unit: Unit, here: Stood, reason: Reason, day: Day) -> Unit:
    """What stands stays as it is; members that are not in it came too late."""
    if here.external_id == unit.carrier.external_id and _says(unit.wanted(), here):
        return unit
    inside = [
        one for one in unit.members if one.external_id == here.external_id or one.section in here.sections
    ] or [unit.carrier]
    inside.sort(key=lambda one: (one.external_id != here.external_id, one.name))
    for one in unit.members:
        if one not in inside:
            day.left_out[one.external_id] = (reason, here.external_id)
    return Unit(tuple(inside), here)


def _lose(day: Day, unit: Unit, winner: str) -> None:
    for member in unit.members:
        day.left_out[member.external_id] = (Reason.CLASH, winner)


def _stands_for(one: Stood, lesson: Lesson) -> bool:
    return (one.room, one.date, one.start, one.finish) == (lesson.room, lesson.date, lesson.start, lesson.finish)


def _says(wanted: Wanted, here: Stood) -> bool:
    return (wanted.title, set(wanted.sections), wanted.presenter, set(wanted.inputs)) == (
        here.title, set(here.sections), here.presenter, set(here.inputs),
    )  # fmt: skip


def _print(unit: Unit) -> str:
    wanted, carrier = unit.wanted(), unit.carrier
    return fingerprint(
        Booking(
            wanted.external_id, carrier.setid, carrier.slotid, carrier.week, RoomDay(wanted.room, wanted.date),
            Interval(wanted.start, wanted.finish),
            Content(wanted.title, wanted.sections, wanted.presenter, wanted.inputs), wanted.members,
        )
    )  # fmt: skip
