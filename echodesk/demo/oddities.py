"""A few rows that are not recorded, of each kind that occurs, so that "why is this not recorded?" has answers."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace

from echodesk.demo.drafts import Course, Draft
from echodesk.demo.places import Place
from echodesk.demo.rows import CANCELLED

OF_EACH_KIND = 4
PROVISIONAL = 1
UNKNOWN_COMPONENT = "XX"
PIANO = "PIANO"
"""A feature that can be asked for and has nothing to do with recording."""
_ALL_DAY = (9 * 60, 18 * 60)
"""Longer than a recorder records at once (design §4.4)."""


def add_oddities(rng: random.Random, drafts: Sequence[Draft], other_rooms: Sequence[Place]) -> list[Draft]:
    """`OF_EACH_KIND` lessons that fail each criterion of design §4.1, all beside what is taught anyway."""
    kinds: tuple[Callable[[Draft, int], Draft], ...] = (
        lambda draft, n: replace(draft, source=("EXAM", "EVENT")[n % 2]),
        lambda draft, n: replace(draft, status=(CANCELLED, PROVISIONAL)[n % 2]),
        lambda draft, n: replace(draft, place=None),
        lambda draft, n: replace(draft, course=_withdrawn(draft.course, n), course_listed=False),
        lambda draft, n: replace(draft, group=f"{draft.group[:2]}9{n}", group_listed=False),
        lambda draft, n: replace(draft, group=f"{UNKNOWN_COMPONENT}{n + 1:02d}"),
        lambda draft, n: replace(draft, group=(f"{draft.group[:2]}1", f"{draft.group[:2]}{n}A")[n % 2]),
        lambda draft, n: replace(draft, asks=()),
        lambda draft, n: replace(draft, asks=(PIANO,)),
        lambda draft, n: replace(draft, place=other_rooms[n % len(other_rooms)]),
    )
    bases = iter(rng.sample(drafts, OF_EACH_KIND * len(kinds)))
    return [kind(next(bases), n) for kind in kinds for n in range(OF_EACH_KIND)]


def further_entries(rng: random.Random, drafts: Sequence[Draft]) -> list[Draft]:
    """`drafts`, a few with a second lecturer: further entries of a slot are never lessons of their own."""
    chosen = set(rng.sample([n for n, draft in enumerate(drafts) if draft.lecturer is not None], OF_EACH_KIND))
    return [
        replace(draft, further=next(person for person in draft.course.team if person is not draft.lecturer))
        if number in chosen
        else draft
        for number, draft in enumerate(drafts)
    ]


def all_day(rng: random.Random, drafts: Sequence[Draft], count: int) -> list[Draft]:
    """`count` Saturdays that one lesson of a single week fills; they are eligible and too long to record."""
    start, finish = _ALL_DAY
    chosen = rng.sample([draft for draft in drafts if len(draft.weeks) == 1], count)
    return [replace(draft, start=start, finish=finish, weekday=6) for draft in chosen]


def _withdrawn(course: Course, number: int) -> Course:
    return replace(course, code=f"{course.subject.prefix}0{number:03d}", name=f"{course.name} (withdrawn)")
