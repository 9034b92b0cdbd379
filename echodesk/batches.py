"""Plans of the whole year as the window and the worker exchange them; `messages` hands them on.

On screen and on the command line a batch is a plan: it is made, shown, applied exactly as shown, and taken back.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Compare:
    """List what Echo360 holds and make a plan. Empty means: all rooms; from today on. Dates are ISO texts.

    `year` names one that is not sent yet; applying the plan switches it on. `adopt`: what others booked exactly
    where a lesson is becomes that lesson's recording.
    """

    by: str
    rooms: tuple[str, ...] = ()
    building: str = ""
    first: str = ""
    last: str = ""
    year: str = ""
    adopt: bool = False


@dataclass(frozen=True, slots=True)
class Apply:
    """Send a plan exactly as it was shown, without these steps and what is planned together with them.

    `confirm` is what a guard asks to be typed.
    """

    by: str
    plan: int
    without: tuple[int, ...] = ()
    confirm: str = ""


@dataclass(frozen=True, slots=True)
class Undo:
    """Make the plan that takes back what a plan did."""

    by: str
    plan: int


@dataclass(frozen=True, slots=True)
class StopPlan:
    """Send nothing more of this plan until it is let go on."""

    by: str
    plan: int
    why: str


@dataclass(frozen=True, slots=True)
class ContinuePlan:
    """A plan that stands still goes on."""

    by: str
    plan: int


@dataclass(frozen=True, slots=True)
class CancelPlan:
    """Give up what is left of a plan: its room-days stay as they are until somebody lifts the pause on them; of an
    undo, those where nothing was taken back follow the timetable again."""

    by: str
    plan: int


@dataclass(frozen=True, slots=True)
class RetrySteps:
    """Send failed steps again; all if none is named."""

    by: str
    plan: int
    steps: tuple[int, ...] = ()


PlanCommand = Compare | Apply | Undo | StopPlan | ContinuePlan | CancelPlan | RetrySteps


@dataclass(frozen=True, slots=True)
class ShowPlan:
    """All about a plan, with its steps. Answered with a `PlanDetail`."""

    plan: int


@dataclass(frozen=True, slots=True)
class ListPlans:
    """Plans before this one (0: from the last one on), newest first. Answered with a `PlanList`."""

    before: int = 0


@dataclass(frozen=True, slots=True)
class SavePlan:
    """Write a plan into a file: a table (.csv), a workbook (.xlsx), or a plan that `apply` takes (.json)."""

    plan: int
    path: str


@dataclass(frozen=True, slots=True)
class ShowNotRecorded:
    """Which lessons a plan does not record. Answered with a `PlanMissed`."""

    plan: int


PlanQuestion = ShowPlan | ListPlans | SavePlan | ShowNotRecorded
"""What any worker answers by itself, whether it leads or not."""
PlanMessage = PlanCommand | PlanQuestion


@dataclass(frozen=True, slots=True)
class PlanShown:
    """One plan as the screens list it. Stamps are UTC."""

    key: int
    kind: str
    state: str
    by: str
    created: str
    scope: str
    """`everything`, or the rooms, building and dates in words."""
    said: str
    """Why it stands where it stands, '' if there is nothing to say."""
    guard: str
    """Why it must be confirmed in writing, '' if a plain yes is enough."""
    confirm: str
    """What must be typed then."""
    undoes: int
    """The plan that it takes back, 0 for none."""
    compared: int
    paused: int
    foreign: int
    counts: tuple[tuple[str, int], ...]
    """(made, adopted, changed, moved, handed_over, removed: how many)."""
    calls: int
    left_out: tuple[tuple[str, int], ...]
    """(reason, lessons that would not be recorded)."""
    unplanned: int
    """Room-days that could not be planned, by a defect of our own."""
    kept: tuple[str, ...]
    """The first of what an undo cannot take back, each with why."""
    kept_in_all: int
    steps: tuple[tuple[str, int], ...]
    """(state, steps)."""
    minutes: float
    """How long it takes, or will take yet; 0 if nobody knows."""
    replaces: int = 0
    """The plan that was refused as stale and in whose place this one stands, 0 for none."""
    replaced_by: int = 0
    """The plan that stands in its place, 0 for none."""
    waits_for: str = ""
    """The pauses and safety stops that hold everything that is left of it, in words; '' if something is free."""
    stops: tuple[int, ...] = ()
    """The safety stops among them: once staff have answered, it goes on by itself."""
    can_undo: bool = False
    """Something of it was done, lies ahead, and was not taken back."""
    to_make: tuple[tuple[str, int], ...] = ()
    """(room or section, how many of them Echo360 lacks): they are made before the calls that need them."""

    def count(self, state: str) -> int:
        """How many steps are in this state."""
        return dict(self.steps).get(state, 0)

    @property
    def waits(self) -> bool:
        """True if it waits for a yes of staff: to begin, or to go on."""
        return self.state in ("READY", "STOPPED")

    @property
    def to_send(self) -> int:
        """Steps that are sent, or were to be: all but those left out."""
        return sum(count for state, count in self.steps if state != "LEFT_OUT")


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step of a plan. Dates are ISO texts, times `HH:MM-HH:MM`."""

    key: int
    piece: int
    action: str
    external_id: str
    title: str
    room: str
    date: str
    time: str
    was: str
    """Where it stands now, '' if nowhere or in the same place."""
    why: str
    state: str
    answer: str
    building: str = ""
    """Name of its building, '' if that is not known."""
    changes: tuple[tuple[str, str, str], ...] = ()
    """(field, what it says now, what it would say), as `steps.differences` names them."""
    kind: str = ""
    """As what `PlanShown.counts` counts it, '' for one in whose place its lesson is made anew."""
    since: str = ""
    """`CAME` or `GONE` since the preview that this plan takes the place of, '' if it was there and is."""

    @property
    def week(self) -> str:
        """ISO date of the Monday of its week."""
        date = dt.date.fromisoformat(self.date)
        return (date - dt.timedelta(days=date.weekday())).isoformat()


LARGEST_ID = 2**63 - 1
"""No database counts further."""
CAME, GONE = "CAME", "GONE"
SINCE = "since"
GROUPS: Mapping[str, Callable[[StepRow], str]] = {
    "action": lambda row: row.action,
    "building": lambda row: row.building,
    "room": lambda row: row.room,
    "week": lambda row: row.week,
    "reason": lambda row: row.why,
    "state": lambda row: row.state,
}
"""By what the steps of a plan are counted; beside it by `SINCE`, those alone that came or are needed no more."""


def grouped(rows: Iterable[StepRow], gone: Iterable[StepRow] = ()) -> dict[str, dict[str, int]]:
    """How many steps each group has, by each of `GROUPS`; within one in the order of their names.

    `gone` are steps of the plan before that are needed no more: they are counted as such, and nowhere else.
    """
    listed = list(rows)
    found = {name: dict(sorted(Counter(map(of, listed)).items())) for name, of in GROUPS.items()}
    since = Counter(row.since for row in (*listed, *gone) if row.since)
    return {SINCE: dict(sorted(since.items())), **found} if since else found


@dataclass(frozen=True, slots=True)
class PlanDetail:
    """A plan with all its steps, in their order."""

    plan: PlanShown
    steps: tuple[StepRow, ...]
    by: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """How many steps each group has, as `grouped` says."""
    gone: tuple[StepRow, ...] = ()
    """Steps of the plan whose place it takes that are needed no more, with the numbers that they had there."""
    kept: tuple[str, ...] = ()
    """All that an undo cannot take back, each with why."""


@dataclass(frozen=True, slots=True)
class NotRecorded:
    """One lesson that a plan does not record. Dates are ISO texts, times `HH:MM-HH:MM`."""

    key: int
    """From 1, in the order of time."""
    external_id: str
    title: str
    room: str
    building: str
    """Name of its building, '' if that is not known."""
    date: str
    time: str
    reason: str
    kept: str
    """What keeps the room, or why else, in words; '' if there is nothing to say."""


@dataclass(frozen=True, slots=True)
class PlanMissed:
    """The lessons that a plan does not record, as its comparison found them, in the order of time."""

    plan: int
    lessons: tuple[NotRecorded, ...]


@dataclass(frozen=True, slots=True)
class PlanList:
    """Some plans, newest first; `more`: there are older ones."""

    plans: tuple[PlanShown, ...]
    more: bool


PlanAnswer = PlanDetail | PlanList | PlanMissed
