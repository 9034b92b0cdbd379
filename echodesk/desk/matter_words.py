"""The lists of the page "Needs attention": what they are called, what their columns say, what is said of none."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from echodesk.desk import formats
from echodesk.desk.campus import CampusTime
from echodesk.desk.tables.columns import AnyColumn, Cell, Column, named
from echodesk.desk.tables.row_cache import SortValue
from echodesk.desk.words import Tone
from echodesk.lessons import Matter, UnknownPerson

L = TypeVar("L", bound=UnknownPerson)


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
    title: str, width: int, cell: Callable[[L], Cell], sort: Callable[[L], SortValue], *, right: bool = False
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
        _column("Without presenter", 140, lessons, lambda one: (-one.lessons,)),
        _column("Next lesson", 170, following, lambda one: (one.date or "9", one.times)),
        _column("Looked for last", 150, looked_for, lambda one: (one.checked,)),
    )


ABOUT: Mapping[Matter, About] = {
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
}
"""In the order of the page."""
