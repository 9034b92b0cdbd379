"""A timetabler who edits at random but sensibly: moves, swaps, rotations, cancels, clashes, in whole transactions.

Keeps a picture of the timetable so that edits meet lessons that are there; what a transaction that is rolled back
did is forgotten.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from tests.simulation.script import (
    Add,
    Alter,
    Drop,
    Edit,
    Feature,
    Group,
    Op,
    Person,
    Request,
    Title,
    WeekSet,
    WeekStart,
)
from tests.worker.campus import MODULES, ROOMS

WEEKS = (1, 2, 3, 4)
SLOTS = range(1, 15)
LECTURERS = ("P1", "P2", None)
ADDRESSES = ("ann.lee@example.ac.uk", "bo.ray@example.ac.uk", "cy.orr@example.ac.uk")
USUAL: Mapping[str, float] = {
    "add": 3.0,
    "drop": 2.0,
    "shift": 3.0,
    "room": 3.0,
    "day": 1.5,
    "weeks": 1.5,
    "swap": 2.0,
    "rotate": 1.0,
    "shuttle": 0.7,
    "lecturer": 0.7,
    "module": 0.3,
    "withdraw": 0.7,
    "ask": 0.7,
    "status": 0.3,
    "twin": 1.0,
    "feature": 0.0,
    "group": 0.0,
    "title": 0.0,
    "week_set": 0.0,
    "week_start": 0.0,
    "person": 0.0,
    "kind": 0.0,
}
ROLLED_BACK = 0.06
STARTS = (540, 570, 600, 600, 630, 660, 720)
NEAR = (486, 488, 490, 495, 500, 510, 525, 540)
"""The minutes after eight o'clock, when every history begins."""


@dataclass(frozen=True, slots=True)
class _Lesson:
    slot: int
    room: str
    weekday: int
    start: int
    minutes: int
    weeks: tuple[int, ...]
    module: str
    lecturer: str | None

    @property
    def time(self) -> str:
        end = self.start + self.minutes
        return f"{self.start // 60:02d}:{self.start % 60:02d}-{end // 60:02d}:{end % 60:02d}"


class Timetabler:
    """Draws edits from these dice; `weights` replaces the weight of single kinds of edit. `near`: of today."""

    def __init__(self, dice: random.Random, weights: Mapping[str, float], *, near: bool = False) -> None:
        self._dice = dice
        kinds = {**USUAL, **weights}
        self._kinds = [kind for kind, weight in kinds.items() if weight > 0]
        self._weights = [kinds[kind] for kind in self._kinds]
        self._lessons: dict[int, _Lesson] = {}
        self._rooms = dice.sample(ROOMS, dice.randint(2, len(ROOMS)))
        self._days = dice.sample(range(1, 6), dice.randint(1, 2))
        self._weeks = dice.sample(WEEKS[1:], dice.randint(1, 3))
        self._starts: tuple[int, ...] = STARTS
        if near:
            self._days = [1, *self._days[:1]]
            self._weeks = [1, *self._weeks[:1]]
            self._starts = NEAR

    def first_fill(self) -> Edit:
        """The timetable as it is at the beginning."""
        ops: list[Op] = []
        for slot in self._dice.sample(SLOTS, self._dice.randint(3, 9)):
            ops.extend(self._new(slot))
        return Edit(tuple(ops))

    def edit(self) -> Edit:
        """One transaction."""
        before = dict(self._lessons)
        ops: list[Op] = []
        for _ in range(self._dice.choice((1, 1, 1, 2, 3))):
            ops.extend(self._one())
        if self._dice.random() < ROLLED_BACK:
            self._lessons = before
            return Edit(tuple(ops), committed=False)
        return Edit(tuple(ops))

    def _one(self) -> list[Op]:
        kind = self._dice.choices(self._kinds, self._weights)[0]
        ways: dict[str, Callable[[], list[Op]]] = {
            "add": self._add,
            "drop": self._drop,
            "shift": self._shift,
            "room": self._room,
            "day": self._day,
            "weeks": self._other_weeks,
            "swap": lambda: self._rotate(2),
            "rotate": lambda: self._rotate(self._dice.randint(3, 5)),
            "shuttle": self._shuttle,
            "lecturer": self._lecturer,
            "module": self._module,
            "withdraw": lambda: self._request(wanted=False),
            "ask": lambda: self._request(wanted=True),
            "kind": self._kind,
            "status": self._status,
            "twin": self._twin,
            "feature": lambda: [Feature(self._dice.choice(self._rooms), self._dice.random() < 0.6)],
            "group": lambda: [Group(self._dice.choice(MODULES), self._dice.random() < 0.6)],
            "title": lambda: [Title(self._dice.choice(MODULES), self._dice.choice(("Logic", "Sets", "Rings")))],
            "week_set": self._week_set,
            "week_start": lambda: [WeekStart(self._dice.choice(self._weeks), self._dice.choice((0, 1)))],
            "person": lambda: [Person(self._dice.choice(("P1", "P2")), self._dice.choice(ADDRESSES))],
        }
        return ways[kind]()

    def somewhen(self) -> tuple[int, int]:
        """A week and a weekday on which there are lessons."""
        return self._dice.choice(self._weeks), self._dice.choice(self._days)

    def meeting(self, many: int) -> list[int]:
        """Slots of lessons that meet in one room on one weekday, if there are any; else of any lessons."""
        dice = self._dice
        known = sorted(self._lessons) or [1]
        first = self._lessons.get(dice.choice(known))
        near = [
            one.slot
            for one in self._lessons.values()
            if first is not None and (one.room, one.weekday) == (first.room, first.weekday)
        ]
        return sorted(dice.sample(near, many) if len(near) >= many else dice.sample(known, min(many, len(known))))

    # ---- single edits -------------------------------------------------------------------------------------

    def _new(self, slot: int) -> list[Op]:
        dice = self._dice
        lesson = _Lesson(
            slot,
            dice.choice(self._rooms),
            dice.choice(self._days),
            self._start(),
            dice.choice((30, 60, 60, 90, 120)),
            self._some_weeks(),
            dice.choice(MODULES),
            dice.choice(LECTURERS),
        )
        return self._added(lesson)

    def _added(self, lesson: _Lesson) -> list[Op]:
        self._lessons[lesson.slot] = lesson
        return [
            Add(
                lesson.slot,
                lesson.room,
                lesson.weekday,
                lesson.time,
                lesson.weeks,
                lesson.module,
                lesson.lecturer,
            )
        ]

    def _start(self) -> int:
        return self._dice.choice(self._starts)

    def _some_weeks(self) -> tuple[int, ...]:
        return tuple(sorted(self._dice.sample(self._weeks, self._dice.randint(1, len(self._weeks)))))

    def _pick(self) -> _Lesson | None:
        return self._lessons[self._dice.choice(sorted(self._lessons))] if self._lessons else None

    def _add(self) -> list[Op]:
        free = [slot for slot in SLOTS if slot not in self._lessons]
        return self._new(self._dice.choice(free)) if free else self._drop()

    def _twin(self) -> list[Op]:
        """The same lecture under another module, or the same but for the lecturer."""
        like = self._pick()
        free = [slot for slot in SLOTS if slot not in self._lessons]
        if like is None or not free:
            return self._add()
        lecturer = like.lecturer if self._dice.random() < 0.7 else self._dice.choice(LECTURERS)
        slot = self._dice.choice(free)
        return self._added(replace(like, slot=slot, module=self._dice.choice(MODULES), lecturer=lecturer))

    def _drop(self) -> list[Op]:
        lesson = self._pick()
        if lesson is None:
            return self._add()
        del self._lessons[lesson.slot]
        return [Drop(lesson.slot)]

    def _changed(self, lesson: _Lesson | None, **values: object) -> list[Op]:
        if lesson is None:
            return self._add()
        after = replace(lesson, **values)  # type: ignore[arg-type]  # the values of its own fields
        self._lessons[lesson.slot] = after
        return [
            Alter(
                lesson.slot,
                room=after.room if after.room != lesson.room else None,
                weekday=after.weekday if after.weekday != lesson.weekday else None,
                time=after.time if after.time != lesson.time else None,
                weeks=after.weeks if after.weeks != lesson.weeks else None,
                module=after.module if after.module != lesson.module else None,
                lecturer=(after.lecturer or "") if after.lecturer != lesson.lecturer else None,
            )
        ]

    def _shift(self) -> list[Op]:
        return self._changed(self._pick(), start=self._start(), minutes=self._dice.choice((30, 60, 90)))

    def _room(self) -> list[Op]:
        return self._changed(self._pick(), room=self._dice.choice(self._rooms))

    def _day(self) -> list[Op]:
        return self._changed(
            self._pick(), weekday=self._dice.choice((*self._days, self._dice.randint(1, 5))), start=self._start()
        )

    def _other_weeks(self) -> list[Op]:
        return self._changed(self._pick(), weeks=self._some_weeks())

    def _lecturer(self) -> list[Op]:
        return self._changed(self._pick(), lecturer=self._dice.choice((*LECTURERS, "P9")))

    def _module(self) -> list[Op]:
        return self._changed(self._pick(), module=self._dice.choice(MODULES))

    def _rotate(self, many: int) -> list[Op]:
        """Each takes the room, day and time of the next, in one transaction."""
        if len(self._lessons) < 2:
            return self._add()
        chosen = [
            self._lessons[slot] for slot in self._dice.sample(sorted(self._lessons), min(many, len(self._lessons)))
        ]
        ops: list[Op] = []
        for lesson, other in zip(chosen, [*chosen[1:], chosen[0]], strict=True):
            ops += self._changed(
                lesson, room=other.room, weekday=other.weekday, start=other.start, minutes=other.minutes
            )
        return ops

    def _shuttle(self) -> list[Op]:
        """There and back again, and perhaps there again."""
        lesson = self._pick()
        if lesson is None:
            return self._add()
        there = self._changed(lesson, room=self._dice.choice(self._rooms), start=self._start())
        back = self._changed(self._lessons[lesson.slot], room=lesson.room, start=lesson.start)
        return [*there, *back, *there] if self._dice.random() < 0.3 else [*there, *back]

    def _request(self, *, wanted: bool) -> list[Op]:
        lesson = self._pick()
        return self._add() if lesson is None else [Request(lesson.slot, wanted)]

    def _kind(self) -> list[Op]:
        """Another kind of recording, or the same request written anew."""
        lesson = self._pick()
        feature = self._dice.choice(("AUDIOREC", "VIDEOREC"))
        anew = self._dice.random() < 0.5
        return self._add() if lesson is None else [Request(lesson.slot, True, feature, anew)]

    def _week_set(self) -> list[Op]:
        lesson = self._pick()
        week = self._dice.choice(WEEKS[1:])
        return self._add() if lesson is None else [WeekSet(lesson.slot, week, self._dice.random() < 0.5)]

    def _status(self) -> list[Op]:
        lesson = self._pick()
        return self._add() if lesson is None else [Alter(lesson.slot, status=self._dice.choice((1, 2)))]
