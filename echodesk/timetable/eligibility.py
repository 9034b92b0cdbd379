"""What counts as a lesson to be recorded: the live year first, then nine criteria (design §4.1).

The triggers decide the same in SQL (`sql/*/triggers.sql`); `tests/databases/test_eligibility_agrees.py` holds both
against each other. Change one and change the other.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

TEACHING = "TEACH"
CONFIRMED = 2
LEADING_ENTRY = 1
VIDEO = "VIDEOREC"
AUDIO = "AUDIOREC"

_DIGITS = frozenset("0123456789")


@dataclass(frozen=True, slots=True)
class LessonFacts:
    """One TIMETABLE row and what the other tables say about it now.

    Texts are without the spaces around them, and None where the column is empty, '' or blank. `asked` and
    `offered` are AUDIOREC or VIDEOREC (the latter if both), or None.
    """

    setid: str
    slotid: int
    slotentry: int
    weekid: int | None
    weekday: int | None
    start: str | None
    finish: str | None
    module: str | None
    group: str | None
    room: str | None
    room_group: str | None
    lecturer: str | None
    source: str | None
    status: int | None
    date_changed: str | None
    live: bool
    module_name: str | None
    """None if MODULE has no row for it, '' if that row has no name."""
    group_known: bool
    component_known: bool
    asked: str | None
    offered: str | None
    email: str | None
    since: str | None
    """What STT_ECHO_SENIORITY holds for the lesson."""
    doubled: bool = False
    """Another row differs from this one only in the spaces around its SETID: nobody can tell which one counts."""


@dataclass(frozen=True, slots=True)
class Criterion:
    """One of the nine: a name for programs, a title for people, the test, and the value that it looks at."""

    name: str
    title: str
    passes: Callable[[LessonFacts], bool]
    seen: Callable[[LessonFacts], str]


@dataclass(frozen=True, slots=True)
class Result:
    """How a lesson met one criterion; `seen` is the value in question, '' where there is none."""

    criterion: Criterion
    passed: bool
    seen: str


def _group_known(facts: LessonFacts) -> bool:
    return facts.module is not None and facts.group is not None and facts.group_known and facts.component_known


def _code_well_formed(facts: LessonFacts) -> bool:
    return facts.group is not None and len(facts.group) == 4 and _DIGITS.issuperset(facts.group[2:])


CRITERIA: tuple[Criterion, ...] = (
    Criterion("teaching", "The booking is for teaching", lambda f: f.source == TEACHING, lambda f: f.source or ""),
    Criterion(
        "confirmed",
        "The booking is confirmed",
        lambda f: f.status == CONFIRMED,
        lambda f: "" if f.status is None else str(f.status),
    ),
    Criterion(
        "leading_entry",
        "It is the slot's first entry",
        lambda f: f.slotentry == LEADING_ENTRY,
        lambda f: str(f.slotentry),
    ),
    Criterion("room", "It has a room", lambda f: f.room is not None, lambda f: f.room or ""),
    Criterion(
        "module",
        "Its module is known",
        lambda f: f.module is not None and f.module_name is not None,
        lambda f: f.module or "",
    ),
    Criterion(
        "group",
        "Its group is known and of a known kind",
        _group_known,
        lambda f: f.group or "",
    ),
    Criterion(
        "group_code",
        "Its group code has four characters and ends in two digits",
        _code_well_formed,
        lambda f: f.group or "",
    ),
    Criterion("asked", "Recording was asked for", lambda f: f.asked is not None, lambda f: f.asked or ""),
    Criterion(
        "offered",
        "The room can record",
        lambda f: f.room is not None and f.offered is not None,
        lambda f: f.offered or "",
    ),
)


def eligible(facts: LessonFacts) -> bool:
    """True if the lesson's year is live and all nine criteria are met."""
    return facts.live and all(criterion.passes(facts) for criterion in CRITERIA)


def examine(facts: LessonFacts) -> tuple[Result, ...]:
    """All nine criteria, met or not, whether or not the year is live."""
    return tuple(Result(c, c.passes(facts), c.seen(facts)) for c in CRITERIA)
