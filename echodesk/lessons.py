"""What the window and the command line ask about lessons, and the answer; part of the contract of `messages`.

Dates are ISO texts, times `HH:MM`; '' where the timetable has nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class LookUp:
    """Which lessons of the live years, and what becomes of each of their weeks; all that is given must fit.

    A code must begin so, a name must hold it, whatever the case.
    """

    words: str = ""
    """Each word in the codes or names of module, group, lecturer or room."""
    module: str = ""
    lecturer: str = ""
    room: str = ""
    first: str = ""
    """From this date on, '' without limit; weeks outside the dates are left out, and lessons without any."""
    last: str = ""
    limit: int = 50
    """So many lessons at most."""


@dataclass(frozen=True, slots=True)
class CriterionSeen:
    """One of the nine criteria of design §4.1 and the value that it looked at."""

    title: str
    passed: bool
    seen: str


@dataclass(frozen=True, slots=True)
class WeekFound:
    """One week of a lesson."""

    week: int
    external_id: str
    date: str
    """'' outside the week structure."""
    recorded: str = ""
    """YES, NO, NOT_WANTED, or '' while that is not decided."""
    cause: str = ""
    """What that rests on, in a word for programs: a reason for being left out, or held, together, failed, …"""
    why: str = ""
    """One sentence."""
    in_echo360: str = ""
    """What Echo360 holds for it, in words; '' for nothing."""
    status: str = ""
    """Of its newest weekly update, '' if there is none."""


@dataclass(frozen=True, slots=True)
class LessonFound:
    """A lesson, by its leading entry."""

    setid: str
    slotid: int
    module: str
    module_title: str
    group: str
    lecturer: str
    lecturer_name: str
    room: str
    room_name: str
    building: str
    times: str
    """`HH:MM-HH:MM` as it would be recorded, '' if it cannot be."""
    trouble: str
    """What keeps an otherwise eligible lesson from being recorded in every week, '' if nothing does."""
    criteria: tuple[CriterionSeen, ...]
    weeks: tuple[WeekFound, ...]
    changed: str = ""
    """When the timetable's row was changed last (UTC stamp), '' if that cannot be read."""


@dataclass(frozen=True, slots=True)
class LessonsFound:
    """The answer: by date, then start, of their first week shown."""

    lessons: tuple[LessonFound, ...]
    in_all: int
    """How many fit, shown or not."""


@dataclass(frozen=True, slots=True)
class ByOthers:
    """One date of something that others booked in Echo360. EchoDesk never touches it, unless staff adopt it."""

    date: str
    times: str
    room: str
    room_name: str
    building: str
    title: str
    presenter: str
    external_id: str
    """Whoever booked it may have given one; '' if not."""
    echo_id: str
    fits: str
    """The external ids, with commas, of the lessons that the timetable has at this very room, date and time: for
    one of them it could be adopted."""
    fits_titles: str
    """What those are called, with semicolons."""
    in_the_way: str
    """Those of the lessons that overlap it otherwise: they cannot be recorded beside it."""
    in_the_way_titles: str


@dataclass(frozen=True, slots=True)
class UnknownPerson:
    """A lecturer's address that Echo360 does not know: what such a lecturer teaches is sent without presenter."""

    email: str
    code: str
    """Of the lecturer, several with commas; '' if the timetable has the address no more."""
    name: str
    lessons: int
    """How many recordings from today on stand in Echo360 without presenter, because of that."""
    date: str
    """Of the next of them; '' with the rest if there is none."""
    times: str
    room: str
    room_name: str
    title: str
    since: str
    """When Echo360 first did not know it (UTC stamp)."""
    checked: str
    """When it was looked for last; '' while it is about to be."""


class FailureCause(StrEnum):
    """Why updates failed; what somebody has to do about it is the same for all of one cause."""

    NO_RECORDER = "no_recorder"
    MISSING = "missing"
    """Something that a recording needs is not in Echo360: a room, a section, a course …"""
    OTHER_YEAR = "other_year"
    NO_ANSWER = "no_answer"
    """Sent as often as the caps allow, without a clear answer."""
    STOPPED = "stopped"
    """It stopped EchoDesk three times."""
    REFUSED = "refused"
    """Any other definite no of Echo360's."""


@dataclass(frozen=True, slots=True)
class FailureGroup:
    """What failed for one cause in one room."""

    cause: FailureCause
    room: str
    room_name: str
    building: str
    count: int
    date: str
    """Of the next of its lessons from today on, '' with `times` if all have passed."""
    times: str
    said: str
    """What is told of that lesson, in Echo360's words or our own."""
    entries: tuple[int, ...]
    """Numbers of timetable changes that could not even be read."""
    notifications: tuple[int, ...]
    """Numbers of weekly updates."""


class Running(StrEnum):
    """Where a lesson of today is."""

    SOON = "soon"
    NOW = "now"
    OVER = "over"
    UNKNOWN = ""


@dataclass(frozen=True, slots=True)
class LateLesson:
    """A lesson of today that EchoDesk can put right no more: it has begun, or begins within the lead time."""

    external_id: str
    slotid: int
    module: str
    module_title: str
    group: str
    room: str
    """Where the recorder is that records it, or should."""
    room_name: str
    building: str
    start: str
    """'' with `finish` of what has left today and stands there still."""
    finish: str
    running: Running
    recorded: str
    """YES (as it was before it changed), NO, NOT_WANTED, or '' while that is not known."""
    why: str


class Matter(StrEnum):
    """What staff may have to see to: one list each."""

    TOO_LATE = "too_late"
    """`LateLesson`: by start and room."""
    FAILURES = "failures"
    """`FailureGroup`: the next lesson first."""
    PEOPLE = "people"
    """`UnknownPerson`: the next lesson first."""
    OTHERS = "others"
    """`ByOthers`: by date, start and room."""


BY_OTHERS_DAYS = 400
"""What others booked is listed and counted for so many days, from today on."""


@dataclass(frozen=True, slots=True)
class ListMatter:
    """What there is of it now. Answered with `MatterListed`."""

    matter: Matter
    limit: int = 5_000
    """So many lines at most."""


@dataclass(frozen=True, slots=True)
class MatterListed:
    """The answer, what comes soonest first."""

    matter: Matter
    lines: tuple[LateLesson | FailureGroup | UnknownPerson | ByOthers, ...]
    in_all: int
    """How many there are, listed or not."""
