"""Frozen values that the window and the worker exchange: commands, events, rows and table deltas.

Commands go in, each answered once through a future; events come out. No Qt, database or HTTP here (design §7).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from echodesk.activity import ActivityShown, ShowActivity
from echodesk.batches import PlanAnswer, PlanMessage, PlanShown
from echodesk.clashes import (
    Alike,
    AlsoOpen,
    DecisionList,
    FindAlike,
    ListDecisions,
    OpenRoomDay,
    RoomDayShown,
    ShowRoomDay,
    Suppose,
    Supposed,
)
from echodesk.clashes import Decide as Decide
from echodesk.clashes import DecideAlike as DecideAlike
from echodesk.clashes import Withdraw as Withdraw
from echodesk.lessons import LessonsFound, ListMatter, LookUp, MatterListed
from echodesk.rows import SEARCHED as SEARCHED
from echodesk.rows import MissedLesson as MissedLesson
from echodesk.rows import NotificationRow as NotificationRow
from echodesk.rows import QueueRow as QueueRow
from echodesk.rows import RoomDayRow as RoomDayRow
from echodesk.rows import Row as Row
from echodesk.rows import Table as Table
from echodesk.rows import TableChanges as TableChanges
from echodesk.rows import TableDelta as TableDelta
from echodesk.rows import TableQuery as TableQuery
from echodesk.rows import is_room as is_room
from echodesk.rows import search_words as search_words
from echodesk.rows import with_code as with_code
from echodesk.sending import EngineState as EngineState
from echodesk.sending import PauseShown as PauseShown
from echodesk.sending import Phase as Phase
from echodesk.sending import Scope as Scope
from echodesk.sending import SendHere as SendHere
from echodesk.settings import ChangeSetting as ChangeSetting
from echodesk.settings import SettingsShown, ShowSettings
from echodesk.stops import Allow as Allow
from echodesk.stops import ShowStop as ShowStop
from echodesk.stops import StopLine as StopLine
from echodesk.stops import StopList as StopList
from echodesk.stops import StopShown as StopShown

# ---- commands -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Pause:
    """Send nothing in this scope until it is lifted, or until an instant (UTC stamp, '' for open end)."""

    reason: str
    by: str
    scope: Scope = field(default_factory=Scope)
    until: str = ""


@dataclass(frozen=True, slots=True)
class Resume:
    """Lift these pauses; all when empty."""

    by: str
    pauses: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Retry:
    """Read these lessons again: new queue entries linked to the old ones (design §4.11)."""

    by: str
    entries: tuple[int, ...] = ()
    notifications: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class RetryMatching:
    """The same for every FAILED or PARKED row of a table that matches, shown or not."""

    by: str
    table: Table
    query: TableQuery


@dataclass(frozen=True, slots=True)
class SetAside:
    """These failures need nobody any more: they are SUPERSEDED with who said so and why (design §4.11)."""

    by: str
    reason: str
    entries: tuple[int, ...] = ()
    """Of edits that could not be read; others have failed by their weekly updates."""
    notifications: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Refresh:
    """Re-sync: list the room (all when `room` is empty) afresh and repair this date (all ahead when `date` is)."""

    by: str
    room: str = ""
    date: str = ""


@dataclass(frozen=True, slots=True)
class Watch:
    """Show this table from now on: a snapshot first, then deltas, all with this generation number."""

    table: Table
    query: TableQuery
    generation: int


@dataclass(frozen=True, slots=True)
class Unwatch:
    """The page is hidden: send nothing more for this table."""

    table: Table


@dataclass(frozen=True, slots=True)
class SaveTable:
    """Write rows of a table into a file: a table (.csv) or a workbook (.xlsx)."""

    path: str
    table: Table
    columns: tuple[str, ...]
    """Titles, in the order of the screen."""
    keys: tuple[int, ...] | None
    """The rows in their order; None: all that match, shown or not, newest first."""
    query: TableQuery


@dataclass(frozen=True, slots=True)
class Inspect:
    """Everything about one row: what was sent, what came back, why. Answered with a `Detail`."""

    table: Table
    key: int


@dataclass(frozen=True, slots=True)
class Cancel:
    """Stop a long task that told its progress; what was done stays, the rest is not begun."""

    task: int


@dataclass(frozen=True, slots=True)
class TryAgain:
    """Someone has acted on credentials or network: sending may begin again at once."""

    by: str


@dataclass(frozen=True, slots=True)
class LookForPeople:
    """Everybody whom Echo360 did not know is looked for again now, not only once a day."""

    by: str


Command = (
    Pause
    | Resume
    | Retry
    | RetryMatching
    | SetAside
    | Refresh
    | Watch
    | Unwatch
    | SaveTable
    | Inspect
    | Cancel
    | TryAgain
    | LookForPeople
    | SendHere
    | ChangeSetting
    | ShowSettings
    | Allow
    | ShowStop
    | Decide
    | DecideAlike
    | Withdraw
    | LookUp
    | ListMatter
    | ShowActivity
    | ShowRoomDay
    | OpenRoomDay
    | Suppose
    | FindAlike
    | ListDecisions
    | PlanMessage
)


@dataclass(frozen=True, slots=True)
class CommandDone:
    """The answer to a command that did something: a sentence for staff, how many things it touched, and the number
    of the decision or plan that was made."""

    text: str
    touched: int = 0
    number: int = 0


@dataclass(frozen=True, slots=True)
class DetailGroup:
    """A titled list of (label, value) lines of the detail pane."""

    title: str
    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class CallShown:
    """One call to Echo360 as the audit holds it."""

    at: str
    action: str
    outcome: str
    status: int
    why: str
    sent: str
    answer: str
    milliseconds: int


@dataclass(frozen=True, slots=True)
class Detail:
    """The detail pane of one row."""

    table: Table
    key: int
    headline: str
    """One sentence: recorded or not, and why."""
    groups: tuple[DetailGroup, ...]
    calls: tuple[CallShown, ...]


CommandReply = (
    CommandDone
    | Detail
    | StopList
    | LessonsFound
    | MatterListed
    | ActivityShown
    | RoomDayShown
    | Supposed
    | Alike
    | DecisionList
    | SettingsShown
    | PlanAnswer
)


# ---- events -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Overview:
    """The numbers of the Overview page: SQL counts of one moment; latest wins."""

    transferred_24h: int
    pending: int
    pending_minutes: float
    """Time left at the call limit; 0 without limit."""
    failed: int
    open_room_days: int
    not_recorded: int
    too_late_today: int
    held_by_pause: int
    foreign: int
    schedules: int
    queue: tuple[tuple[str, int], ...]
    notifications: tuple[tuple[str, int], ...]
    room_days: tuple[tuple[str, int], ...]
    left_out: tuple[tuple[str, int], ...]
    calls: tuple[tuple[str, int], ...]
    calls_last_minute: int
    calls_per_minute: int
    oldest_pending: str
    next_lesson: str
    """When the next pending lesson starts, '' if none waits."""
    pending_soon: int = 0
    """Weekly updates that wait, for lessons of today and tomorrow, or such as were there."""
    missed_soon: int = 0
    """Lessons of the next seven days that will not be recorded."""
    missed: tuple[MissedLesson, ...] = ()
    """The first of them, soonest first."""
    held_by_stop: int = 0
    """Room-days that wait for a yes of staff."""
    stops: tuple[StopShown, ...] = ()
    """Safety stops that have not ended, those that wait for a yes first."""
    plans: tuple[PlanShown, ...] = ()
    """Plans of many room-days, newest first: the last, and all that wait, are at work or can be taken back."""
    plans_in_all: int = 0
    failed_unread: int = 0
    """Timetable changes that failed before they had weekly updates."""
    unknown_people: int = 0
    """Lecturers' addresses that Echo360 does not know."""
    lost_edits: int = 0
    """Edits that a trigger could not enter, since everything was compared last."""


@dataclass(frozen=True, slots=True)
class Progress:
    """A long task goes on; `done == total` ends it. `total` 0 means: not known yet."""

    task: int
    label: str
    done: int
    total: int
    cancellable: bool


class Level(StrEnum):
    """How loud a notice is."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Notice:
    """Something a person should hear about, once."""

    level: Level
    title: str
    message: str
    next_step: str


@dataclass(frozen=True, slots=True)
class WorkerFailed:
    """The worker ended by a defect; a new one may be started."""

    details: str


@dataclass(frozen=True, slots=True)
class WorkerEnded:
    """The last event of a worker that was asked to stop."""

    clean: bool = True
    left: tuple[str, ...] = field(default=())


Event = TableDelta | EngineState | Overview | AlsoOpen | Progress | Notice | WorkerFailed | WorkerEnded
