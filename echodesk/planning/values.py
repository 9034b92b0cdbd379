"""The values that planning is about: rooms, days, intervals, lessons, bookings, what stands and what is asked.

Words are neutral on purpose (a booking of an exclusive resource for an interval); Echo360's own words live in
`capture/`, the timetable's in `timetable/` (design §10). Dates and times are wall-clock times of the campus,
never converted (design §4.4). All values are frozen and hashable.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from enum import StrEnum

MINUTES_A_DAY = 24 * 60


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """Half-open interval of minutes since midnight: 09:00-10:00 and 10:00-11:00 do not overlap (design §4.4)."""

    start: int
    end: int

    def overlaps(self, other: Interval) -> bool:
        """True if both share at least one minute."""
        return self.start < other.end and other.start < self.end

    @property
    def minutes(self) -> int:
        """Length in minutes."""
        return self.end - self.start

    def __str__(self) -> str:
        return f"{clock_text(self.start)}-{clock_text(self.end)}"


def clock_text(minute: int) -> str:
    """Minutes since midnight as `HH:MM`."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


@dataclass(frozen=True, slots=True, order=True)
class RoomDay:
    """One room on one date: the unit of conflict and of refresh (design §1)."""

    room: str
    date: dt.date


@dataclass(frozen=True, slots=True)
class Content:
    """What a booking says beside its place and time: exactly the fields that EchoDesk owns (design §4.14).

    `sections` is sorted and without doubles; `inputs` is lower-case and empty for audio only;
    `presenter` is an e-mail address in lower case, or None.
    """

    title: str
    sections: tuple[str, ...]
    presenter: str | None
    inputs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Occurrence:
    """An eligible lesson in one week: one date, one external id."""

    external_id: str
    setid: str
    slotid: int
    week: int
    place: RoomDay
    time: Interval
    content: Content
    lecturer: str | None
    """LECTURERID, part of the key of "taught together" (design §4.6); None when unknown."""
    since: str
    """Seniority: sortable text, older first, '' = oldest (decisions: "Who is first")."""
    room_recording: str = "video"
    """What the room can do: 'video' or 'audio'."""
    asked_recording: str = "video"
    """What was asked for: 'video' or 'audio'. Video asked in an audio-only room is a WARN (design §4.14)."""
    presenter_missing: bool = False
    """The lecturer has an address that Echo360 does not know: sent without presenter, WARN (design §4.10)."""
    weekday: int = 0
    """1 (Monday) to 7, as the timetable says: a calendar that moves a day to another date changes the date alone.
    0 for that of the date."""


class Reason(StrEnum):
    """Why an eligible occurrence is not in the projection."""

    CLASH = "clash"
    FOREIGN = "foreign"
    BEGUN = "begun"
    TOO_LATE = "too_late"
    TOO_LONG = "too_long"
    UNREADABLE = "unreadable"
    DECISION = "decision"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Unfit:
    """An eligible occurrence that can never be booked as it is: too long, or a time that cannot be read."""

    external_id: str
    setid: str
    slotid: int
    week: int
    place: RoomDay
    reason: Reason
    detail: str
    time: str = ""
    """As the timetable says it, '' if that is nothing."""
    title: str = ""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An eligible occurrence that the projection does not hold, with the reason and what stands in its way.

    `winner` is the external id of the booking that was kept, or the target's own id of a foreign or begun
    schedule; None when the lesson itself is at fault.
    """

    external_id: str
    setid: str
    slotid: int
    week: int
    place: RoomDay
    reason: Reason
    winner: str | None
    detail: str
    time: str
    """Of the lesson itself, `HH:MM-HH:MM`; as the timetable says it, where that is no time."""
    title: str


@dataclass(frozen=True, slots=True)
class Booking:
    """What should stand for one occurrence, or for several taught together (carrier first in `members`)."""

    external_id: str
    setid: str
    slotid: int
    week: int
    place: RoomDay
    time: Interval
    content: Content
    members: tuple[str, ...]


RECURS = '"echodesk:recurs":true'
"""What `Standing.rest` holds for a schedule on several dates; never sent."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What the target holds on one date, as far as EchoDesk knows.

    A recurring foreign schedule gives one of these for each of its dates. `rest` is the target's other fields
    as last read (an opaque text that goes back unchanged in a change); planning looks inside for `recurs`, and
    undo for the availability of sections.
    """

    echo_id: str
    external_id: str | None
    ours: bool
    place: RoomDay
    time: Interval
    content: Content
    rest: str = ""

    @property
    def recurs(self) -> bool:
        """True if it is one date of a series, however many of its dates are known: only `rest` tells."""
        return RECURS in self.rest


class Method(StrEnum):
    """The three requests that change something."""

    POST = "POST"
    PUT = "PUT"
    DELETE = "DELETE"


class Why(StrEnum):
    """Why a request is in a plan; shown to staff."""

    NEW = "new"
    CHANGED = "changed"
    MOVED = "moved"
    HAND_OVER = "hand_over"
    NOT_WANTED = "not_wanted"
    LOST_CLASH = "lost_clash"
    STEPS_ASIDE = "steps_aside"
    ADOPTED = "adopted"
    """Others booked it exactly where the lesson is; staff take it over."""
    UNDONE = "undone"
    """A batch is taken back."""


@dataclass(frozen=True, slots=True)
class Request:
    """One step of a plan. It may start when all of `after` (numbers of requests of this plan) succeeded."""

    number: int
    method: Method
    external_id: str
    booking: Booking | None
    """What is to stand afterwards; None for DELETE."""
    standing: Standing | None
    """What stands before; None for POST (unless it follows the DELETE of the same schedule)."""
    after: tuple[int, ...]
    why: Why
    in_time_for: Booking | None = None
    """Of a DELETE: what is booked afterwards in its place (what steps aside is itself made again), and must still
    be in time for it. None if nothing is, or if that starts too soon already."""

    @property
    def places(self) -> frozenset[RoomDay]:
        """Every room-day that this request touches."""
        found = set()
        if self.booking is not None:
            found.add(self.booking.place)
        if self.standing is not None:
            found.add(self.standing.place)
        return frozenset(found)


class Strategy(StrEnum):
    """Who is recorded when lessons overlap in one room-day (design §4.5)."""

    FIRST_WINS = "first_wins"
    LAST_WINS = "last_wins"
    IGNORE = "ignore"
    MOST_RECORDED = "most_recorded"


@dataclass(frozen=True, slots=True)
class Rules:
    """The settings that shape the projection. Times in minutes."""

    strategy: Strategy = Strategy.FIRST_WINS
    strategy_of_room: tuple[tuple[str, Strategy], ...] = ()
    together: bool = True
    """Same room, date, start, finish and lecturer: one schedule (design §4.6)."""
    together_unknown: bool = False
    """A lecturer unknown on one or all sides counts as the same."""
    lead: int = 5
    """Making and changing stop this many minutes before the start; deleting stops at the start (design §4.4). As
    long at least as a request that was sent may still take effect (`answers.least_lead`)."""
    turnaround: int = 0
    turnaround_of_room: tuple[tuple[str, int], ...] = ()
    """Minutes that must lie between two bookings of a room."""
    late_s: int = 0
    """L: seconds after which an unanswered request can no longer take effect. Nothing that starts within
    `lead` plus this steps aside for others, or takes a place from what stands (decisions: "The planner")."""

    def turnaround_in(self, room: str) -> int:
        """Minutes that must lie between two bookings of this room."""
        return next((minutes for one, minutes in self.turnaround_of_room if one == room), self.turnaround)


class DecisionKind(StrEnum):
    """What staff may decide about lessons of one room-day (design §4.5)."""

    RECORD_ONE = "record_one"
    RECORD_NEITHER = "record_neither"
    TOGETHER = "together"
    DO_NOT_RECORD = "do_not_record"


@dataclass(frozen=True, slots=True)
class Decision:
    """What staff decided about some lessons of one year; `decisions` tells where it counts. The newest wins."""

    id: int
    """Grows with every decision."""
    kind: DecisionKind
    setid: str
    slotids: tuple[int, ...]
    winner: int | None
    """The lesson to record, of RECORD_ONE."""
    weeks: frozenset[int] | None
    """None for every week in which these lessons meet."""
    fingerprint: tuple[str, ...]
    """For each lesson, in the order of `slotids`, how it stood then (`decisions.seat_of`)."""
    by: str = ""
    on: str = ""
    """Campus date on which it was made."""

    def __str__(self) -> str:
        return f"decision {self.id}" + (f" of {self.by}" if self.by else "") + (f", {self.on}" if self.on else "")


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything a plan is made from: one snapshot of one connected closure of room-days."""

    places: frozenset[RoomDay]
    """The room-days that are planned. Of what stands elsewhere only ours that have begun count: their external ids
    are taken. Nothing else elsewhere is part of the situation."""
    occurrences: tuple[Occurrence, ...]
    unfit: tuple[Unfit, ...]
    standing: tuple[Standing, ...]
    rules: Rules
    now: dt.datetime
    """Campus wall-clock time, without zone."""
    refused: frozenset[tuple[str, str]] = frozenset()
    """(external id, fingerprint) of bookings that the target refused for good; they do not compete."""
    closed: frozenset[str] = frozenset()
    """Rooms without a recorder, in which the target books nothing for now: nothing there competes."""
    decisions: tuple[Decision, ...] = ()
    """What staff decided and did not take back; those that count nowhere here change nothing."""
    adopt: frozenset[str] = frozenset()
    """Target ids of schedules that others booked and staff take over where they match a lesson exactly."""


@dataclass(frozen=True, slots=True)
class Projection:
    """What the target should hold, and what is left out."""

    bookings: tuple[Booking, ...]
    left_out: tuple[LeftOut, ...]
    held: tuple[tuple[str, Reason], ...] = ()
    """(member external id, BEGUN, TOO_LATE or REFUSED): stands at its place and time, and stays there with the
    older content that the booking here repeats, because it may not be changed any more or was refused."""
    stays: tuple[str, ...] = ()
    """External ids of what stays where it stands although its lesson is elsewhere: too late to change places."""
    late: tuple[Booking, ...] = ()
    """What only the lead time keeps out: it does not stand where and when it should, and starts too soon to."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The ordered requests that turn what stands into the projection, and what is known about each occurrence."""

    places: frozenset[RoomDay]
    requests: tuple[Request, ...]
    """In an order that is always allowed; `Request.number` is the index."""
    projection: Projection
    kept: frozenset[str]
    """External ids of bookings that already stand as they should."""
    carrier_of: tuple[tuple[str, str], ...]
    """(member external id, carrier external id) for every booked occurrence, carriers themselves included."""


def fingerprint(booking: Booking) -> str:
    """A short text that changes whenever anything that is sent for this booking changes."""
    parts = (
        booking.external_id,
        booking.place.room,
        booking.place.date.isoformat(),
        str(booking.time),
        booking.content.title,
        *booking.content.sections,
        "|",
        booking.content.presenter or "",
        *booking.content.inputs,
    )
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:32]
