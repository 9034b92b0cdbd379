"""The lists of the page "Needs attention": what they are called, what their columns say, what is said of none."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from echodesk.desk import formats, words
from echodesk.desk.campus import CampusTime
from echodesk.desk.tables.columns import AnyColumn, Cell, Column, named
from echodesk.desk.tables.row_cache import SortValue
from echodesk.desk.words import Tone
from echodesk.lessons import ByOthers, FailureGroup, LateLesson, Matter, Running, UnknownPerson


@dataclass(frozen=True, slots=True)
class Numbered:
    """A line of a list with the number that it keeps while the window is open: it stays chosen when the list is
    read anew."""

    key: int
    line: Any


@dataclass(frozen=True, slots=True)
class About:
    """One list."""

    title: str
    lead: str
    """One sentence above it."""
    one: str
    many: str
    """What its lines are, in a sentence."""
    empty: tuple[str, str]
    """Title and sentence in the place of no lines."""
    columns: Callable[[CampusTime], Sequence[AnyColumn]]
    shares: tuple[int, ...]
    """How the columns share what the width leaves: one number each, 0 for none."""
    soonest: int
    """The column that the lines are sorted by at first."""
    same: Callable[[Any], Hashable]
    """What a line stays the same by when the list is read anew."""
    found_by: Callable[[Any], tuple[str, ...]]
    """The texts that a line is found by."""
    looked_up: Callable[[Any], str]
    """What the page Lessons looks up for a line; '' for nothing."""


def haystack(about: About, line: object) -> str:
    """Everything a person may type to find a line, in lower case."""
    return "\n".join(about.found_by(line)).casefold()


def _column(
    title: str, width: int, cell: Callable[[Any], Cell], sort: Callable[[Any], SortValue], *, right: bool = False
) -> AnyColumn:
    def cell_of(row: Numbered) -> Cell:
        return cell(row.line)

    def sort_of(row: Numbered) -> SortValue:
        return (*sort(row.line), row.key)

    made: Column[Any] = Column(title, width, cell_of, sort_of, right)
    return made


def when(date: str, times: str) -> Cell:
    """Date above, times below."""
    return Cell(formats.date(date), formats.span(*times.split("-")) if times else "")


def where(room_name: str, room: str, building: str = "") -> Cell:
    """Room above; code and building below."""
    name, code = named(room_name, room)
    return Cell(name, ", ".join(part for part in (code, building) if part))


# ---- too late today

_RUNNING: Mapping[Running, tuple[str, Tone]] = {
    Running.SOON: ("about to begin", Tone.BAD),
    Running.NOW: ("running now", Tone.BAD),
    Running.OVER: ("over", Tone.QUIET),
    Running.UNKNOWN: ("", Tone.NOTE),
}


def _late_columns(_campus: CampusTime) -> Sequence[AnyColumn]:
    def time(one: LateLesson) -> Cell:
        told, tone = _RUNNING[one.running]
        return Cell(formats.span(one.start, one.finish), told, tone)

    def lesson(one: LateLesson) -> Cell:
        title, code = named(one.module_title, one.module)
        return Cell(title, " · ".join(part for part in (code, one.group) if part))

    def recorded(one: LateLesson) -> Cell:
        if one.recorded == "YES":
            return Cell("As it was before", "", Tone.NOTE)
        return Cell(words.recorded(one.recorded), "", words.recorded_tone(one.recorded))

    return (
        _column("Today", 130, time, lambda one: (one.start, one.room)),
        _column("Room", 150, lambda one: where(one.room_name, one.room, one.building), _room_of),
        _column("Lesson", 170, lesson, lambda one: (one.module_title.casefold(), one.module)),
        _column("Recorded?", 170, recorded, lambda one: (one.recorded,)),
        _column("Why", 260, lambda one: Cell(one.why), lambda one: (one.why,)),
    )


# ---- what failed


def _failure_columns(_campus: CampusTime) -> Sequence[AnyColumn]:
    def cause(one: FailureGroup) -> Cell:
        return Cell(words.failure(one.cause), one.said, Tone.BAD)

    def count(one: FailureGroup) -> Cell:
        return Cell(formats.number(one.count))

    def following(one: FailureGroup) -> Cell:
        return when(one.date, one.times) if one.date or not one.notifications else Cell("all have passed")

    return (
        _column("Cause", 260, cause, lambda one: (one.cause,)),
        _column("Room", 150, lambda one: where(one.room_name, one.room, one.building), _room_of),
        _column("Failures", 80, count, lambda one: (-one.count,), right=True),
        _column("Next lesson", 140, following, lambda one: (one.date or "9", one.times)),
    )


def _room_of(one: LateLesson | FailureGroup) -> SortValue:
    return (one.room_name.casefold(), one.room)


# ---- people whom Echo360 does not know


def _person_columns(campus: CampusTime) -> Sequence[AnyColumn]:
    def looked_for(one: UnknownPerson) -> Cell:
        if not one.checked:
            return Cell("about to be", "looked for", Tone.BUSY)
        local = campus.to_local(one.checked)
        return Cell(formats.moment(local, campus.now()[:10]))

    def lessons(one: UnknownPerson) -> Cell:
        return Cell(formats.counted(one.lessons, "lesson"), "", Tone.NOTE if one.lessons else None)

    def lecturer(one: UnknownPerson) -> Cell:
        return Cell(*named(one.name, one.code))

    def following(one: UnknownPerson) -> Cell:
        cell = when(one.date, one.times)
        return Cell(cell.text, ", ".join(part for part in (cell.below, one.room_name) if part))

    return (
        _column("Lecturer", 150, lecturer, lambda one: (one.name.casefold(), one.email)),
        _column("Mail address", 180, lambda one: Cell(one.email), lambda one: (one.email,)),
        _column("Without presenter", 170, lessons, lambda one: (-one.lessons,)),
        _column("Next lesson", 170, following, lambda one: (one.date or "9", one.times)),
        _column("Looked for last", 150, looked_for, lambda one: (one.checked,)),
    )


# ---- what others booked


def _other_columns(_campus: CampusTime) -> Sequence[AnyColumn]:
    return (
        _column("When", 140, lambda one: when(one.date, one.times), lambda one: (one.date, one.times)),
        _column("Room", 150, lambda one: where(one.room_name, one.room, one.building), _by_room),
        _column("Booked as", 170, lambda one: Cell(one.title, one.presenter), lambda one: (one.title.casefold(),)),
        _column("Our lesson there", 300, _our_lesson, lambda one: (not one.in_the_way, not one.fits)),
    )


def _by_room(one: ByOthers) -> SortValue:
    return (one.room_name.casefold(), one.date, one.times)


def _our_lesson(one: ByOthers) -> Cell:
    if one.in_the_way:
        return Cell(one.in_the_way_titles, "cannot be recorded beside it", Tone.CLASH)
    if one.fits:
        return Cell(one.fits_titles, "at just this time: Compare and repair can adopt the booking", Tone.NOTE)
    return Cell("none")


ABOUT: Mapping[Matter, About] = {
    Matter.TOO_LATE: About(
        title="Too late today",
        lead="These lessons have begun, or begin within the lead time: EchoDesk can change nothing any more. If"
        " one matters, phone the technicians of the room.",
        one="lesson",
        many="lessons",
        empty=(
            "Nothing is too late today",
            "Each lesson that has begun today is recorded as the timetable has it.",
        ),
        columns=_late_columns,
        shares=(0, 2, 2, 0, 4),
        soonest=0,
        same=lambda one: one.external_id,
        found_by=lambda one: (
            *(one.external_id, one.module, one.module_title, one.group, one.room, one.room_name, one.building),
            one.why,
        ),
        looked_up=lambda one: str(one.slotid),
    ),
    Matter.FAILURES: About(
        title="Failed",
        lead="By cause and room. Mend the cause, then retry the whole group; or set it aside with a reason, if it"
        " is not to be recorded.",
        one="group",
        many="groups",
        empty=("Nothing failed", "What fails is tried again by itself where that helps; the rest comes here."),
        columns=_failure_columns,
        shares=(4, 2, 0, 0),
        soonest=3,
        same=lambda one: (one.cause, one.room),
        found_by=lambda one: (words.failure(one.cause), one.said, one.room, one.room_name, one.building),
        looked_up=lambda one: one.room,
    ),
    Matter.PEOPLE: About(
        title="Unknown people",
        lead="Echo360 has no user with these addresses: their lessons are recorded without presenter. Have the"
        " user made in Echo360, or the address put right in the timetable; then look for them again.",
        one="person",
        many="people",
        empty=("Everybody is known", "Echo360 has a user for each lecturer whose lessons were sent."),
        columns=_person_columns,
        shares=(2, 3, 0, 3, 0),
        soonest=3,
        same=lambda one: one.email,
        found_by=lambda one: (one.email, one.name, one.code, one.room, one.room_name, one.title),
        looked_up=lambda one: one.code.partition(",")[0],
    ),
    Matter.OTHERS: About(
        title="Booked by others",
        lead="What others booked in Echo360 is never touched. A lesson that cannot be recorded beside it needs"
        " another room, or the others; one at just this time can be adopted with Compare and repair.",
        one="booking",
        many="bookings",
        empty=("Nobody else has booked", "As far as EchoDesk has seen, Echo360 holds EchoDesk's bookings alone."),
        columns=_other_columns,
        shares=(0, 2, 3, 4),
        soonest=0,
        same=lambda one: (one.echo_id, one.date),
        found_by=lambda one: (
            *(one.room, one.room_name, one.building, one.date, formats.date(one.date), one.title, one.presenter),
            *(one.fits, one.fits_titles, one.in_the_way, one.in_the_way_titles),
        ),
        looked_up=lambda one: one.room,
    ),
}
"""In the order of the page."""
