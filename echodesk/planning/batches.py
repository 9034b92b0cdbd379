"""Batches: a plan of many room-days that was saved, shown, and is applied exactly as shown or not at all.

Pure rules: which states may follow which, when a step is still the one that was shown, when a batch stops itself.
A batch whose preview is no longer what a new comparison would plan is stale: it is refused, with the difference
(design §4.12). Reading and sending are the worker's.
"""

from __future__ import annotations

import datetime as dt
import functools
import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from echodesk.planning.needed import Needed
from echodesk.planning.steps import PlanScope, Step, differing
from echodesk.planning.undoing import fingerprint_of
from echodesk.planning.values import Booking, Request, Standing, Why, fingerprint

CANARY_STEPS = 20
"""So many steps of a large batch go first; then it is looked at whether Echo360 holds them (design §4.12)."""
LARGE = 200
"""Steps from which on a batch is large."""
BY_ITSELF = "the comparison of "
"""How the name begins of who asked for a comparison that came at its time; its date follows."""
CALLS_TO_MAKE = 3
"""A room or section that Echo360 lacks is looked for by its external id, by its name, and made."""
FEW_NAMED = 3
"""So many steps are named where it is said what was changed under them."""
FAILING_COUNT, FAILING_PERCENT = 5, 10
"""A batch stops when more steps than these have failed: what fails for many will fail for all."""


class BatchKind(StrEnum):
    """Where the plan came from."""

    RECONCILE = "RECONCILE"
    UNDO = "UNDO"


class BatchState(StrEnum):
    """What a batch is doing, or how it ended."""

    COMPARING = "COMPARING"
    """Echo360 is listed and the plan is made."""
    READY = "READY"
    """The plan is shown and waits for a yes."""
    CHECKING = "CHECKING"
    """Somebody said yes: it is compared once more, to send exactly what was shown."""
    RUNNING = "RUNNING"
    STOPPED = "STOPPED"
    """It stands still until somebody lets it go on or cancels it."""
    DONE = "DONE"
    CANCELLED = "CANCELLED"
    STALE = "STALE"
    """Something changed since the preview; another batch holds the plan of now."""
    FAILED = "FAILED"
    """No plan could be made."""


class StepState(StrEnum):
    """What became of one step."""

    OPEN = "OPEN"
    LEFT_OUT = "LEFT_OUT"
    """Staff took it out before they said yes."""
    DONE = "DONE"
    FAILED = "FAILED"
    OVERTAKEN = "OVERTAKEN"
    """A later change of the timetable made something else of it, and that was sent as an ordinary change."""
    CANCELLED = "CANCELLED"


OPEN_BATCHES = frozenset({BatchState.COMPARING, BatchState.CHECKING, BatchState.RUNNING, BatchState.STOPPED})
"""States in which the worker has something to do with a batch, now or after somebody's word."""
ENDED_BATCHES = frozenset({BatchState.DONE, BatchState.CANCELLED, BatchState.STALE, BatchState.FAILED})

_NEXT: Mapping[BatchState, frozenset[BatchState]] = {
    BatchState.COMPARING: frozenset({BatchState.READY, BatchState.FAILED, BatchState.CANCELLED, BatchState.DONE}),
    BatchState.READY: frozenset({BatchState.CHECKING, BatchState.CANCELLED}),
    BatchState.CHECKING: frozenset(
        {BatchState.RUNNING, BatchState.STALE, BatchState.READY, BatchState.CANCELLED, BatchState.DONE}
    ),
    BatchState.RUNNING: frozenset({BatchState.STOPPED, BatchState.DONE, BatchState.CANCELLED}),
    BatchState.STOPPED: frozenset({BatchState.RUNNING, BatchState.CANCELLED}),
    BatchState.DONE: frozenset({BatchState.RUNNING}),
    BatchState.CANCELLED: frozenset(),
    BatchState.STALE: frozenset(),
    BatchState.FAILED: frozenset(),
}
"""DONE may run again: steps that failed are tried once more."""


def batch_may_become(old: BatchState, new: BatchState) -> bool:
    """True if a batch may go from one state to the other."""
    return new in _NEXT[old]


@dataclass(frozen=True, slots=True)
class BatchRecord:
    """A batch as the books keep it. Stamps are UTC, '' for what has not happened."""

    id: int
    kind: BatchKind
    state: BatchState
    by: str
    created: str
    scope: PlanScope
    undoes: int | None = None
    replaces: int | None = None
    guard: str = ""
    """Why it must be confirmed in writing, '' if a plain yes is enough."""
    said: str = ""
    """Why it stands where it stands."""
    tried: bool = False
    """The first steps were looked at, and Echo360 held what had been sent."""
    pause: int | None = None
    """The pause on what was left out, cancelled or taken back."""
    yes_by: str = ""
    """Who said yes last, '' while nobody has."""
    begun: bool = False
    """It was let go: something of it was sent, or may have been, and its year was switched."""

    @property
    def went_by_itself(self) -> bool:
        """True if it is sent without a yes of staff."""
        return self.yes_by.startswith(BY_ITSELF)


def year_of(batch: BatchRecord, get: Callable[[int], BatchRecord | None]) -> tuple[str, bool]:
    """The year that a batch switches on (True) or, taking that back, off; '' for none. `get` knows the others."""
    on, found = True, batch
    while found.undoes is not None and (undone := get(found.undoes)) is not None:
        on, found = not on, undone
    return found.scope.year, on


def switched(batch: BatchRecord, get: Callable[[int], BatchRecord | None], live: Collection[str]) -> bool:
    """True if a batch switched a year on, or off, and that is so still: it can be taken back, though nothing was
    sent for it. `live` are the years that are sent."""
    year, on = year_of(batch, get)
    return batch.begun and bool(year) and (year in live) is on


@dataclass(frozen=True, slots=True)
class Summary:
    """What a comparison found, as counts."""

    compared: int = 0
    """Room-days."""
    paused: int = 0
    schedules: int = 0
    """Ours that were listed."""
    foreign: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    """What `steps.counts` says."""
    calls: int = 0
    left_out: Mapping[str, int] = field(default_factory=dict)
    """Reason → occurrences that would not be recorded."""
    unplanned: int = 0
    """Room-days of rooms that could not be planned, by a defect of our own."""
    missing: int = 0
    """Ours that the listing does not show any more, in the whole of it."""
    refused: tuple[str, ...] = ()
    """Of an undo: what cannot be taken back, each with why."""
    lacking: tuple[Needed, ...] = ()
    """What the steps name and Echo360 did not have, as far as that was known: it is made first."""
    lost: tuple[int, ...] = ()
    """Edits that a trigger could not enter, as far as they were seen when it began: it found what they changed. Of
    many the newest."""

    @property
    def calls_in_all(self) -> int:
        """With those that make what is lacking."""
        return self.calls + CALLS_TO_MAKE * len(self.lacking)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a batch is, in steps."""

    by_state: Mapping[StepState, int]

    @property
    def steps(self) -> int:
        """All that are to be sent: what staff left out is not among them."""
        return sum(count for state, count in self.by_state.items() if state is not StepState.LEFT_OUT)

    @property
    def open(self) -> int:
        """Still to be sent."""
        return self.by_state.get(StepState.OPEN, 0)

    @property
    def ended(self) -> int:
        """Done, failed or overtaken."""
        return self.steps - self.open


@dataclass(frozen=True, slots=True)
class Pace:
    """How many steps ended lately, and in how many seconds."""

    ended: int
    seconds: float


def minutes_left(open_steps: int, pace: Pace, calls_per_minute: int, to_make: int = 0) -> float:
    """How long so many steps take yet: by what was done lately, but never less than the call limit asks for, as
    the first ones go out at once; by that alone if nothing was done lately; 0 if unknown.

    While so many things are `to_make` before them, few steps end, or none: then the call limit alone says it.
    """
    if not open_steps:
        return 0.0
    calls = open_steps + CALLS_TO_MAKE * to_make
    by_limit = calls / calls_per_minute if calls_per_minute else 0.0
    if pace.ended and pace.seconds > 0 and not (to_make and calls_per_minute):
        return round(max(by_limit, open_steps * pace.seconds / pace.ended / 60), 1)
    return round(by_limit, 1)


def scope_in_words(scope: PlanScope) -> str:
    """`everything`, or what it is about."""
    parts = [f"room {', '.join(scope.rooms)}"] if scope.rooms else []
    parts += [f"building {scope.building}"] if scope.building else []
    parts += [f"from {scope.first}"] if scope.first else []
    parts += [f"to {scope.last}"] if scope.last else []
    return (
        (" ".join(parts) or "everything")
        + (f", with {scope.year} switched on" if scope.year else "")
        + (", adopting what matches" if scope.adopt else "")
    )


def identity(method: str, external_id: str, echo_id: str, printed: str) -> str:
    """What makes two requests the same, as one text: what is done, to which schedule, and what it then says."""
    return "\x1f".join((method, external_id, echo_id, printed))


def identity_of_step(step: Step) -> str:
    """The identity of a step of a plan."""
    return identity(
        step.method.value,
        step.external_id,
        step.before.echo_id if step.before is not None else "",
        _printed(step.after, step.before, step.why),
    )


def identity_of_request(request: Request) -> str:
    """The identity of a request, made of the same things."""
    return identity(
        request.method.value,
        request.external_id,
        request.standing.echo_id if request.standing is not None else "",
        _printed(request.booking, request.standing, request.why),
    )


def _printed(booking: Booking | None, before: Standing | None, why: Why) -> str:
    """What is to be said; and, where it is somebody else's, what it said before, because undo gives that back."""
    said = fingerprint(booking) if booking is not None else ""
    return f"{said} {fingerprint_of(before)}" if why is Why.ADOPTED and before is not None else said


@dataclass(frozen=True, slots=True)
class PlanDifference:
    """How two plans differ: steps that are needed no more, and steps that came."""

    gone: tuple[Step, ...]
    new: tuple[Step, ...]
    stands_otherwise: tuple[tuple[Step, Step], ...] = ()
    """Of these, those that ask for the same as before, each as it was shown and as it is now: what it writes over
    was changed in Echo360, and undo would give back something else than was shown."""

    def __bool__(self) -> bool:
        return bool(self.gone or self.new)

    @property
    def in_words(self) -> str:
        """What was changed in Echo360 under steps that are the same otherwise, '' if nothing was."""
        if not self.stands_otherwise:
            return ""
        some = [f"{now.external_id} ({_changed(shown, now)})" for shown, now in self.stands_otherwise[:FEW_NAMED]]
        more = len(self.stands_otherwise) - len(some)
        return (
            f"What {len(self.stands_otherwise)} of them write over was changed in Echo360: {', '.join(some)}"
            + (f" and {more} more." if more else ".")
        )


def plan_difference(shown: Iterable[Step], now: Iterable[Step]) -> PlanDifference:
    """What changed between the plan that was shown and the plan of now; nothing if they send the same over what
    stood when it was shown. In what order Echo360 names its fields does not count."""
    before = {_with_what_stands(one): one for one in shown}
    after = {_with_what_stands(one): one for one in now}
    gone = {name: one for name, one in before.items() if name not in after}
    new = {name: one for name, one in after.items() if name not in before}
    asked = {name[0]: one for name, one in gone.items()}
    return PlanDifference(
        tuple(gone.values()),
        tuple(new.values()),
        tuple((asked[name[0]], one) for name, one in new.items() if name[0] in asked),
    )


def _with_what_stands(step: Step) -> tuple[str, str, str]:
    """What a step asks for, and all that Echo360 says of what it writes over."""
    before = step.before
    if before is None:
        return identity_of_step(step), "", ""
    return identity_of_step(step), fingerprint_of(before), _in_order(before.rest)


@functools.lru_cache(maxsize=1_000)
def _in_order(rest: str) -> str:
    return json.dumps(json.loads(rest), sort_keys=True) if rest else ""


def _changed(shown: Step, now: Step) -> str:
    """Which fields of what stands differ; those that EchoDesk does not own by Echo360's names."""
    if shown.before is None or now.before is None:
        # Of one that makes something nothing stands, before and after.
        return ""
    had, has = (json.loads(one.rest or "{}") for one in (shown.before, now.before))
    others = sorted(name for name in {*had, *has} if had.get(name) != has.get(name))
    named = [name for name, _then, _now in differing(shown.before, now.before)]
    return ", ".join(named + ["availability" if name == "sections" else name for name in others])


def left_out_with(steps: Iterable[Step], numbers: Collection[int]) -> frozenset[int]:
    """These steps and all that go with them: what is planned together is left out together.

    Raises `KeyError` with the first number that is no step.
    """
    listed = list(steps)
    piece_of = {step.number: step.piece for step in listed}
    pieces = {piece_of[number] for number in numbers}
    return frozenset(step.number for step in listed if step.piece in pieces)


@dataclass(frozen=True, slots=True)
class Timer:
    """When everything is compared without anybody asking."""

    at: int | None
    """Minutes since midnight on campus; None: never."""
    days: frozenset[int] = frozenset(range(1, 8))
    """1 for Monday to 7 for Sunday."""
    sends: bool = True
    """Whether what no safety stop holds is sent without a yes."""

    def due(self, now: dt.datetime) -> str | None:
        """Who asks for the comparison that is due by now, None if none is; campus time. One for each date."""
        if self.at is None or now.isoweekday() not in self.days or now.hour * 60 + now.minute < self.at:
            return None
        return f"{BY_ITSELF}{now.date().isoformat()}"


def confirmation(summary: Summary) -> str:
    """What must be typed to go over a guard: one has to have read how much goes, or is sent."""
    removed = summary.counts.get("removed", 0)
    return f"remove {removed}" if removed else f"send {summary.calls}"


def canary(steps: int) -> int:
    """How many steps of a batch of so many go first, 0 if it is small enough to go at once."""
    return CANARY_STEPS if steps >= LARGE else 0


def must_stop(states: Mapping[StepState, int]) -> str | None:
    """Why a running batch must stand still by itself, None if it may go on. What was overtaken was not sent."""
    counted = Counter(states)
    failed = counted[StepState.FAILED]
    sent = failed + counted[StepState.DONE]
    if failed > FAILING_COUNT and failed * 100 > sent * FAILING_PERCENT:
        return f"{failed} of the first {sent} steps failed"
    return None
