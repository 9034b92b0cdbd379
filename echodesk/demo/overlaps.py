"""Overlaps as they are in practice: mostly one lecture under several modules, some genuine double bookings."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

from echodesk.demo.drafts import Course, Draft, Groups
from echodesk.demo.filling import FIRST_START, HOUR, LAST_FINISH, asks_for
from echodesk.demo.places import BUSIEST_USES, Place

OVERLAP_SHARE = 0.17
DOUBLE_BOOKED = 0.11
"""The part of the overlaps that are two different lessons, not one under several modules."""
OTHER_DEPARTMENT = 0.3
THIRD_MODULE = 0.2


def add_overlaps(
    rng: random.Random, drafts: Sequence[Draft], pool: Sequence[Course], groups: Groups
) -> list[Draft]:
    """Further lessons on top of `drafts`, until `OVERLAP_SHARE` of the room-days hold an overlap.

    They take the weeks of the lesson they overlap, so that no room-day is added, and no room comes to be used
    more than `BUSIEST_USES` times.
    """
    room_days = {day for draft in drafts for day in _days(draft)}
    wanted = round(OVERLAP_SHARE * len(room_days))
    uses: dict[str, int] = {}
    for draft in drafts:
        room = _room(draft).room
        uses[room] = uses.get(room, 0) + len(draft.weeks)
    by_subject: dict[str, list[Course]] = {}
    for course in pool:
        by_subject.setdefault(course.subject.department, []).append(course)
    overlapping: set[tuple[str, int, int]] = set()
    found: list[Draft] = []
    for base in rng.sample(drafts, len(drafts)):
        missing = wanted - len(overlapping)
        if missing <= 0:
            break
        new_days = [day for day in _days(base) if day not in overlapping]
        if not new_days or len(new_days) > missing:
            continue
        double = rng.random() < DOUBLE_BOOKED
        for _ in range(1 if double or rng.random() > THIRD_MODULE else 2):
            room = _room(base).room
            if uses[room] + len(base.weeks) > BUSIEST_USES:
                break
            same = rng.random() > OTHER_DEPARTMENT
            course = rng.choice(by_subject[base.course.subject.department] if same else pool)
            group = groups.next(course, base.group[:2])
            if course is base.course or group is None:
                continue
            joint = replace(base, course=course, group=group)
            found.append(_double(rng, joint) if double else joint)
            uses[room] += len(base.weeks)
            overlapping.update(new_days)
    return found


def _double(rng: random.Random, draft: Draft) -> Draft:
    """Another lecturer's lesson in the same room; half of them overlap only partly."""
    place = _room(draft)
    start, finish = draft.start, draft.finish
    if rng.random() < 0.5:
        shift = rng.choice((-HOUR // 2, HOUR // 2))
        if start + shift >= FIRST_START and finish + shift <= LAST_FINISH:
            start, finish = start + shift, finish + shift
    lecturers = [person for person in draft.course.team if person is not draft.lecturer]
    return replace(draft, start=start, finish=finish, lecturer=rng.choice(lecturers), asks=asks_for(rng, place))


def _room(draft: Draft) -> Place:
    if draft.place is None:
        raise ValueError(f"{draft.course.code} {draft.group} has no room to overlap in")
    return draft.place


def _days(draft: Draft) -> list[tuple[str, int, int]]:
    room = _room(draft).room
    return [(room, week, draft.weekday) for week in draft.weeks]
