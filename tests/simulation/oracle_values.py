"""The oracle's own words: lessons, what stands, what must stand, and what decides between them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from echodesk.planning.values import Reason, Strategy


@dataclass(frozen=True, slots=True)
class Lesson:
    """An eligible lesson in one week. Minutes count from midnight."""

    external_id: str
    setid: str
    slotid: int
    week: int
    room: str
    date: dt.date
    start: int
    finish: int
    title: str
    section: str
    presenter: str | None
    inputs: tuple[str, ...]
    lecturer: str | None
    since: str
    weekday: int
    """The timetable's, 1 = Monday; a calendar may hold a Monday's lessons on another day."""

    @property
    def name(self) -> tuple[int, int, str]:
        """Ties: SLOTID as a number, week, external id (design §4.5)."""
        return (self.slotid, self.week, self.external_id)


@dataclass(frozen=True, slots=True)
class Stood:
    """What Echo360 holds on one date."""

    echo_id: str
    external_id: str | None
    ours: bool
    room: str
    date: dt.date
    start: int
    finish: int
    title: str
    sections: tuple[str, ...]
    presenter: str | None
    inputs: tuple[str, ...]
    recurs: bool = False
    """Several dates under one id: ours never do by EchoDesk's doing, so such a one never stands right."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What must stand. `held`: it stands already and may not be changed, so only who, where and when are told."""

    external_id: str
    room: str
    date: dt.date
    start: int
    finish: int
    title: str
    sections: tuple[str, ...]
    presenter: str | None
    inputs: tuple[str, ...]
    members: tuple[str, ...]
    held: bool = False


@dataclass(frozen=True, slots=True)
class Rulebook:
    """The settings that decide, in minutes, and the moment."""

    now: dt.datetime
    strategy: Strategy = Strategy.FIRST_WINS
    strategy_of_room: dict[str, Strategy] = field(default_factory=dict)
    together: bool = True
    together_unknown: bool = False
    lead: int = 5
    turnaround: int = 0
    turnaround_of_room: dict[str, int] = field(default_factory=dict)
    refused: frozenset[tuple[str, str]] = frozenset()
    """(external id, fingerprint) of what Echo360 refused for good."""
    decisions: tuple[Decided, ...] = ()
    """Those that nobody took back."""
    closed: frozenset[str] = frozenset()
    """Rooms that wait for a recorder."""
    late_s: float = 0.0
    """L, in seconds."""
    stuck: frozenset[str] = frozenset()
    """External ids of what stays where it stands, because all who would have to change places start too soon."""

    def begun(self, date: dt.date, start: int) -> bool:
        """What has begun is never touched (design §4.4)."""
        return moment(date, start) <= self.now

    def too_late(self, date: dt.date, start: int) -> bool:
        """Making and changing stop a lead time before the start."""
        return moment(date, start) <= self.now + dt.timedelta(minutes=self.lead)

    def frozen(self, one: Stood) -> bool:
        """Nothing moves it any more."""
        return one.ours and (self.begun(one.date, one.start) or one.external_id in self.stuck)

    def too_soon(self, date: dt.date, start: int) -> bool:
        """Nobody steps aside who starts within the lead time and L."""
        return moment(date, start) <= self.now + dt.timedelta(minutes=self.lead, seconds=self.late_s)


@dataclass(frozen=True, slots=True)
class Decided:
    """What staff decided about some lessons of one year (decisions "DECISION")."""

    id: int
    kind: str
    """record_one, record_neither, together, do_not_record."""
    setid: str
    slotids: tuple[int, ...]
    winner: int | None
    weeks: frozenset[int] | None
    seats: tuple[str, ...]
    """Room, weekday and times of each lesson when it was made."""


LeftOut = dict[str, tuple[Reason, str | None]]


@dataclass(slots=True)
class Day:
    """One room on one date: what must stand, and what is left out with the reason and the winner."""

    wanted: list[Wanted] = field(default_factory=list)
    left_out: LeftOut = field(default_factory=dict)
    late: list[Wanted] = field(default_factory=list)
    """What is left out because of the lead time alone."""
    by_standing: list[Stood] = field(default_factory=list)
    """What lets a unit compete only because it stands: nobody could make it."""


def moment(date: dt.date, minute: int) -> dt.datetime:
    """A minute of a day as wall-clock time."""
    return dt.datetime.combine(date, dt.time()) + dt.timedelta(minutes=minute)


def meet(one: Lesson | Stood | Unit, other: Lesson | Stood | Unit, turnaround: int) -> bool:
    """Half-open intervals with fewer than `turnaround` minutes between them, or none (design §4.4)."""
    return one.start < other.finish + turnaround and other.start < one.finish + turnaround


@dataclass(frozen=True, slots=True)
class Unit:
    """A lesson, or several taught together: they are recorded as one or not at all (design §4.6)."""

    members: tuple[Lesson, ...]
    """The carrier first: the numerically smallest SLOTID."""
    stands: Stood | None = None
    """Set when the unit may not be changed any more and this is what stays."""

    @property
    def start(self) -> int:
        return self.members[0].start

    @property
    def finish(self) -> int:
        return self.members[0].finish

    @property
    def carrier(self) -> Lesson:
        return self.members[0]

    @property
    def external_id(self) -> str:
        return self.carrier.external_id if self.stands is None else self.stands.external_id or ""

    def wanted(self) -> Wanted:
        """Name and presenter of the carrier, every section, every input; or what stands and stays."""
        carrier, stands = self.carrier, self.stands
        everyone = tuple(one.external_id for one in self.members)
        if stands is not None:
            return Wanted(
                self.external_id, stands.room, stands.date, stands.start, stands.finish, stands.title,
                stands.sections, stands.presenter, stands.inputs, everyone, held=True,
            )  # fmt: skip
        return Wanted(
            carrier.external_id, carrier.room, carrier.date, carrier.start, carrier.finish, carrier.title,
            tuple(sorted({one.section for one in self.members})), carrier.presenter,
            tuple(sorted({name for one in self.members for name in one.inputs})), everyone,
        )  # fmt: skip
