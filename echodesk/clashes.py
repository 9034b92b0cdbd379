"""What the window asks about one room on one day, what staff decide there, and the answers; part of the contract
of `messages`.

Dates are ISO texts, times `HH:MM`, stamps UTC texts in milliseconds; '' where the timetable has nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from echodesk.planning.values import DecisionKind


@dataclass(frozen=True, slots=True)
class Decide:
    """Staff decide about lessons of one year that meet in a room (design §4.5 "Decisions"); above every strategy,
    and the newest wins. `weeks` and `dates` (ISO texts) add up; with neither, every week in which they meet."""

    by: str
    why: str
    kind: DecisionKind
    setid: str
    lessons: tuple[int, ...]
    winner: int | None = None
    """The lesson to record, of RECORD_ONE."""
    weeks: tuple[int, ...] = ()
    dates: tuple[str, ...] = ()
    seen: int | None = None
    """The newest decision about one of these lessons that whoever decides has seen, 0 for none: refused if there
    is a newer one. None: decide whatever others decided."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What a decision names, of several that are made at once."""

    lessons: tuple[int, ...]
    winner: int | None = None
    """The lesson to record, of RECORD_ONE."""
    seen: int | None = None
    """As `Decide.seen`."""


@dataclass(frozen=True, slots=True)
class DecideAlike:
    """Staff decide the same about several clashes of one year, each in every week in which its lessons meet: about
    all of them, or about none."""

    by: str
    why: str
    kind: DecisionKind
    setid: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Take decisions back: the lessons are planned again as if they had never been made."""

    by: str
    why: str
    decisions: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ShowRoomDay:
    """What the timetable has in a room on a date beside what Echo360 holds. Answered with a `RoomDayShown`."""

    room: str
    date: str


@dataclass(frozen=True, slots=True)
class OpenRoomDay:
    """The window has this room-day open from now on, or none (`room` is ''): the others are told of it, and it is
    told by `AlsoOpen` events who else has it open."""

    by: str
    room: str = ""
    date: str = ""


@dataclass(frozen=True, slots=True)
class OtherWindow:
    """Another window that has a room-day open."""

    who: str
    machine: str
    """The name of its PC, '' if that is not known."""
    since: str


@dataclass(frozen=True, slots=True)
class AlsoOpen:
    """An event: these other windows have the room-day open that this one opened last. Latest wins."""

    room: str
    date: str
    others: tuple[OtherWindow, ...]
    """Who was first comes first."""


@dataclass(frozen=True, slots=True)
class LessonThere:
    """An eligible lesson of a room-day."""

    external_id: str
    setid: str
    slotid: int
    week: int
    module: str
    module_title: str
    group: str
    lecturer: str
    lecturer_name: str
    start: str
    """'' if its times cannot be recorded, as is `finish`."""
    finish: str
    weeks: tuple[int, ...]
    changed: str
    """When the timetable's row was changed last (stamp), '' if that is not told."""
    changed_by: str
    recorded: str
    """YES, NO or '' while that is not decided, as things are now."""
    cause: str
    """What that rests on, in a word for programs: as `WeekFound.cause`."""
    why: str
    """One sentence."""
    in_echo360: str
    """What Echo360 holds under its own name, in words; '' for nothing."""
    overlaps: tuple[str, ...] = ()
    """External ids of the lessons that it overlaps and that are no part of the same recording."""
    together: tuple[str, ...] = ()
    """External ids of those with which it is to be one recording, itself included; empty if it is alone."""


@dataclass(frozen=True, slots=True)
class BookedThere:
    """What Echo360 holds in a room-day, as far as EchoDesk knows."""

    external_id: str
    title: str
    start: str
    finish: str
    ours: bool
    """False for what others booked."""
    lessons: tuple[str, ...]
    """External ids of the lessons of the room-day that it records."""


@dataclass(frozen=True, slots=True)
class DecisionThere:
    """A decision that counts in a room-day."""

    number: int
    kind: DecisionKind
    lessons: tuple[int, ...]
    text: str
    by: str
    on: str
    """Campus date."""
    every_week: bool


@dataclass(frozen=True, slots=True)
class RoomDayShown:
    """One room on one day, lessons and bookings by start."""

    room: str
    room_name: str
    building: str
    date: str
    over: bool
    """The day has passed: nothing can be decided any more."""
    lessons: tuple[LessonThere, ...]
    bookings: tuple[BookedThere, ...]
    decisions: tuple[DecisionThere, ...]
    """Newest first."""
    newest: tuple[tuple[int, int], ...] = ()
    """(SLOTID, newest decision about it, whether it counts here or not); lessons without are not in it."""


@dataclass(frozen=True, slots=True)
class Suppose:
    """What would come of this if it were done now. Answered with a `Supposed`, or the error that it would meet."""

    command: Decide | DecideAlike | Withdraw


@dataclass(frozen=True, slots=True)
class LessonThen:
    """A lesson before and after: how many of the weeks in question the plan records."""

    setid: str
    slotid: int
    module: str
    module_title: str
    group: str
    weeks: int
    before: int
    after: int
    why: str
    """Why it is not recorded then, in one word for programs (a `Reason`); '' if it is, in every week."""


@dataclass(frozen=True, slots=True)
class Supposed:
    """What a decision would come to: the same planner's plans without it and with it."""

    room_days: int
    """In how many of them the lessons meet, from today on."""
    first: str
    last: str
    lessons: tuple[LessonThen, ...]
    """Those that the decision names, and those whose weeks change."""
    calls: tuple[tuple[str, int], ...]
    """(POST, PUT or DELETE, how many) that are sent because of it."""
    paused: int
    """How many of the room-days wait for a pause to end."""


@dataclass(frozen=True, slots=True)
class FindAlike:
    """Is there more of this kind? Of a decision about one clash in a room on a date: the other open clashes of the
    same cause. Of one to be taken back: those that were made at once with it. Answered with an `Alike`."""

    command: DecideAlike | Withdraw
    """With one choice."""
    room: str = ""
    date: str = ""


@dataclass(frozen=True, slots=True)
class Alike:
    """The same for all of them, and what would come of it."""

    command: DecideAlike | Withdraw
    supposed: Supposed | None
    """None if there are no others."""
    modules: tuple[str, ...] = ()
    """Whose lessons clash, once for each lesson."""
    refused: int = 0
    """Of how many more clashes of this cause it cannot be decided."""


@dataclass(frozen=True, slots=True)
class ListDecisions:
    """Every decision that was ever made. Answered with a `DecisionList`."""


@dataclass(frozen=True, slots=True)
class DecisionListed:
    """One of them."""

    number: int
    text: str
    state: str
    """'counts', 'void', 'over' or 'withdrawn'."""
    because: str
    """Why it does not count; '' if it does."""
    room_days: int
    """In how many it counts, from today on."""
    by: str
    at: str
    why: str


@dataclass(frozen=True, slots=True)
class DecisionList:
    """The answer, newest first."""

    decisions: tuple[DecisionListed, ...]
