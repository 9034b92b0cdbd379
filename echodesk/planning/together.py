"""Taught together: one lecture that the timetable lists under several modules is one booking (design §4.6).

Lessons with the same room, date, start, finish and lecturer form one unit, and so do those that staff decided to
record together. The numerically smallest SLOTID
carries it (then week, then external id): name and presenter are the carrier's, sections and inputs the union.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from echodesk.planning.values import Booking, Content, Occurrence, Rules


@dataclass(frozen=True, slots=True)
class Unit:
    """One lesson, or several taught together: what competes for a room as one."""

    booking: Booking
    members: tuple[Occurrence, ...]
    """Carrier first, the others in the same order."""

    @property
    def oldest(self) -> str:
        """Seniority of the member that has held the room longest; '' is oldest of all."""
        return self.members[0].since if len(self.members) == 1 else min(one.since for one in self.members)

    @property
    def newest(self) -> str:
        """Seniority of the member that came last."""
        return self.members[0].since if len(self.members) == 1 else max(one.since for one in self.members)


def identity(occurrence: Occurrence) -> tuple[int, int, str]:
    """The tie-break used everywhere: SLOTID as a number, week, external id (design §4.5)."""
    return (occurrence.slotid, occurrence.week, occurrence.external_id)


def units_of_day(
    occurrences: Sequence[Occurrence], rules: Rules, decided: Collection[frozenset[str]] = ()
) -> list[Unit]:
    """The units of one room-day, in order of time and identity, whatever the order of the input.

    `decided` are external ids that staff record together: whatever their units were, they become one.
    """
    if len(occurrences) == 1 or not rules.together:
        groups: list[tuple[Occurrence, ...]] = [(one,) for one in occurrences]
    else:
        groups = _groups(occurrences, rules.together_unknown)
    for named in decided:
        groups = _joined(groups, named)
    units = [Unit(_booking(group), group) for group in groups]
    if len(units) > 1:
        units.sort(key=lambda unit: (unit.booking.time.start, unit.booking.time.end, identity(unit.members[0])))
    return units


def _groups(occurrences: Sequence[Occurrence], unknown_is_same: bool) -> list[tuple[Occurrence, ...]]:
    """Occurrences of one room-day by (start, finish, lecturer), each group sorted by identity."""
    by_time: dict[tuple[int, int], list[Occurrence]] = {}
    for occurrence in occurrences:
        by_time.setdefault((occurrence.time.start, occurrence.time.end), []).append(occurrence)
    groups: list[tuple[Occurrence, ...]] = []
    for same_time in by_time.values():
        if len(same_time) == 1:
            groups.append((same_time[0],))
            continue
        same_time.sort(key=identity)
        groups += _by_lecturer(same_time, unknown_is_same)
    return groups


def _joined(groups: list[tuple[Occurrence, ...]], named: frozenset[str]) -> list[tuple[Occurrence, ...]]:
    """All groups with a named lesson become one; the others stay."""
    apart = [group for group in groups if all(one.external_id not in named for one in group)]
    joined = [one for group in groups for one in group if group not in apart]
    return [*apart, tuple(sorted(joined, key=identity))] if joined else apart


def _by_lecturer(sorted_lessons: list[Occurrence], unknown_is_same: bool) -> list[tuple[Occurrence, ...]]:
    """Lessons of one time by lecturer.

    Without the setting, each lesson whose lecturer is unknown stays alone. With it they all join one group: that
    of the known lecturer whose first lesson has the smallest SLOTID, since "the same" cannot hold for two
    lecturers at once and the answer must not depend on the order of the input.
    """
    known: dict[str, list[Occurrence]] = {}
    unknown: list[Occurrence] = []
    for lesson in sorted_lessons:
        if lesson.lecturer:
            known.setdefault(lesson.lecturer, []).append(lesson)
        else:
            unknown.append(lesson)
    if not unknown_is_same:
        return [tuple(group) for group in known.values()] + [(lesson,) for lesson in unknown]
    groups = list(known.values())
    if unknown and groups:
        groups[0] = sorted(groups[0] + unknown, key=identity)
    elif unknown:
        groups = [unknown]
    return [tuple(group) for group in groups]


def _booking(members: tuple[Occurrence, ...]) -> Booking:
    carrier = members[0]
    content = carrier.content
    if len(members) > 1:
        content = Content(
            title=content.title,
            sections=tuple(sorted({section for member in members for section in member.content.sections})),
            presenter=content.presenter,
            inputs=tuple(sorted({name for member in members for name in member.content.inputs})),
        )
    return Booking(
        external_id=carrier.external_id,
        setid=carrier.setid,
        slotid=carrier.slotid,
        week=carrier.week,
        place=carrier.place,
        time=carrier.time,
        content=content,
        members=(carrier.external_id,) if len(members) == 1 else tuple(one.external_id for one in members),
    )
