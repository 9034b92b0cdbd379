"""What the books hold about work in hand: queue entries, notifications, marks, intents, pauses, the lease.

Read by the store, decided on by the worker; both know these values and not each other.
"""

from __future__ import annotations

from dataclasses import dataclass

from echodesk.planning.values import Decision, LeftOut, Method, RoomDay, Standing


@dataclass(frozen=True, slots=True)
class QueueEntry:
    """A timetable edit as a trigger, or a retry, wrote it. Validity is None where the writer cannot know it."""

    id: int
    source: str
    action: str
    setid: str
    slotid: int
    created: str
    old_valid: bool | None
    new_valid: bool | None
    weekid_old: int | None
    weekid_new: int | None
    weekday_old: int | None
    weekday_new: int | None
    start_old: str | None
    start_new: str | None
    finish_old: str | None
    finish_new: str | None
    room_old: str | None
    room_new: str | None
    attempts: int
    retry_of: int | None


@dataclass(frozen=True, slots=True)
class RequestEdit:
    """What became of one of a lesson's recording requests, as a trigger wrote it: asked for (INSERT), of another
    kind (UPDATE), withdrawn (DELETE)."""

    id: int
    action: str
    created: str


@dataclass(frozen=True, slots=True)
class Requests:
    """All that happened to a lesson's recording requests, by id, and how many there are after it."""

    edits: tuple[RequestEdit, ...]
    standing: int


@dataclass(frozen=True, slots=True)
class NewNotification:
    """One occurrence that an entry touches, about to be written."""

    queue_id: int
    external_id: str
    setid: str
    slotid: int
    week: int
    action: str
    old_valid: bool | None
    new_valid: bool | None
    old: RoomDay | None
    new: RoomDay | None
    start: str | None
    finish: str | None
    room_group: str | None
    module: str | None
    group: str | None
    lecturer: str | None
    email: str | None
    feature: str | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A notification that no plan has served yet."""

    id: int
    queue_id: int
    external_id: str
    action: str
    old: RoomDay | None
    new: RoomDay | None

    @property
    def places(self) -> tuple[RoomDay, ...]:
        """The room-days that it touches."""
        return tuple({p for p in (self.old, self.new) if p is not None})


@dataclass(frozen=True, slots=True)
class Mark:
    """A room-day that is to be planned; `number` is new with every mark."""

    place: RoomDay
    number: int


@dataclass(frozen=True, slots=True)
class RefreshMark:
    """A room-day whose room is to be listed afresh, not before an instant (UTC stamp)."""

    id: int
    place: RoomDay
    reason: str


@dataclass(frozen=True, slots=True)
class Intent:
    """What a request is about to touch (design §3.5)."""

    id: int
    method: Method
    external_id: str
    places: tuple[RoomDay, ...]


@dataclass(frozen=True, slots=True)
class MirrorRow:
    """A standing schedule with the lesson that its external id names (None for foreign ones)."""

    standing: Standing
    setid: str | None
    slotid: int | None
    week: int | None


@dataclass(frozen=True, slots=True)
class LessonNow:
    """What the timetable says of a lesson now, as far as expansion needs it."""

    setid: str
    slotid: int
    eligible: bool
    weekid: int | None
    weekday: int | None
    room: str | None
    room_group: str | None
    start: str | None
    finish: str | None
    module: str | None
    group: str | None
    lecturer: str | None
    email: str | None
    feature: str | None


@dataclass(frozen=True, slots=True)
class PauseRecord:
    """A pause that stands. All of building, room and dates None means everything."""

    id: int
    building: str | None
    room: str | None
    first: str | None
    last: str | None
    reason: str
    owner: str
    created: str
    until: str | None
    rooms_of_building: frozenset[str] = frozenset()
    batch: int | None = None
    """The batch that it came with; it covers the room-days `days` then, and nothing else."""
    days: frozenset[RoomDay] = frozenset()

    def covers(self, place: RoomDay) -> bool:
        """True if nothing may be sent for this room-day."""
        if self.batch is not None:
            return place in self.days
        day = place.date.isoformat()
        if self.first is not None and day < self.first:
            return False
        if self.last is not None and day > self.last:
            return False
        if self.room is not None and place.room != self.room:
            return False
        return self.building is None or place.room in self.rooms_of_building

    @property
    def everything(self) -> bool:
        """True for a pause of all sending."""
        named = (self.building, self.room, self.first, self.last, self.batch)
        return all(one is None for one in named)


@dataclass(frozen=True, slots=True)
class LeaseState:
    """Who may write, by database time."""

    holder: str | None
    epoch: int
    seconds_left: float


@dataclass(frozen=True, slots=True)
class LeaderState:
    """What a leader tells other processes of itself."""

    phase: str = ""
    echo360: str = ""
    """What is wrong with Echo360, '' when well."""
    since: str = ""
    """When its term began, as a UTC stamp of the database's clock."""


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One call to Echo360, or one act of a person."""

    who: str
    action: str
    external_id: str | None = None
    place: RoomDay | None = None
    why: str | None = None
    before: str | None = None
    after: str | None = None
    sent: str | None = None
    status: int | None = None
    answer: str | None = None
    outcome: str | None = None
    milliseconds: int | None = None


@dataclass(frozen=True, slots=True)
class NotificationOutcome:
    """How a notification ended, or that it waits again (status UNPROCESSED)."""

    id: int
    status: str
    recorded: str | None
    message: str | None
    winner: str | None


@dataclass(frozen=True, slots=True)
class Lost:
    """An occurrence that was recorded and is not any more, without an edit of its own."""

    external_id: str
    recorded: str
    """`NO`, or `NOT_WANTED` if the timetable asks for no recording."""
    winner: str | None
    text: str


@dataclass(frozen=True, slots=True)
class PlaceOutcome:
    """What a plan found out about one room-day."""

    place: RoomDay
    left_out: tuple[LeftOut, ...]
    failed: int
    surprises: int
    """0 = none; -1 = as many as before; else one more than before."""
    refreshed: bool
    error: str | None
    answered: bool = True
    """False while a request that touches it has no clear answer, or waits: what was open stays open."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A definite no that is remembered for this content."""

    external_id: str
    fingerprint: str
    place: RoomDay
    error: str


@dataclass(frozen=True, slots=True)
class NewTry:
    """A request that is about to be sent, as the caps on repeating it count it (reliability H1)."""

    external_id: str
    method: str
    fingerprint: str
    """Of the body; of what is removed for a DELETE."""
    places: tuple[RoomDay, ...]
    sent: int = 1
    said: str | None = None


ANSWERED = "(answered)"
"""In the place of Echo360's words, for a try that was answered clearly: it counts in its burst alone."""


@dataclass(frozen=True, slots=True)
class Try:
    """A request that was sent, with its age by database time."""

    external_id: str
    method: str
    fingerprint: str
    age_s: float
    sent: int
    said: str | None
    """Echo360's words, None if a killed process sent it, or `ANSWERED`."""

    @property
    def answered(self) -> bool:
        """True if Echo360 answered it clearly."""
        return self.said == ANSWERED


@dataclass(frozen=True, slots=True)
class WaitingCommand:
    """A command that another window or a command line wrote."""

    id: int
    kind: str
    args: str
    by: str


@dataclass(frozen=True, slots=True)
class DecisionRecord:
    """A decision as the books keep it. Stamps are UTC; '' while nobody has taken it back."""

    decision: Decision
    at: str
    why: str
    withdrawn: str = ""
    withdrawn_by: str = ""
    withdrawn_why: str = ""


@dataclass(frozen=True, slots=True)
class Failure:
    """A weekly update that failed or was parked, or an edit that could not be read."""

    entry: int
    """The edit's number, 0 of a weekly update."""
    notification: int
    room: str
    date: str
    """ISO, '' of an edit."""
    times: str
    """`HH:MM-HH:MM`, '' if there are none."""
    message: str
