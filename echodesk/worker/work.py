"""A piece of work: one plan on its way through the wire, and what has become of each of its requests."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from echodesk.planning.answers import Exchange
from echodesk.planning.records import Mark, Waiting
from echodesk.planning.values import Method, Plan, Request, RoomDay, Standing, fingerprint


class Fate(StrEnum):
    """What became of one request."""

    DONE = "done"
    CLASH = "clash"
    """Echo360 holds something there that the mirror did not expect: every room-day of the plan is refreshed."""
    REFUSED = "refused"
    """A definite no, remembered for this content."""
    NO_DEVICE = "no_device"
    TOO_LATE = "too_late"
    """Echo360 said so: by its clock it has begun."""
    OVERTAKEN = "overtaken"
    """Not sent: it has begun, or is about to, since it was planned. The next plan knows what may still be done:
    what was to move away may have to be made anew instead."""
    UNCLEAR = "unclear"
    """No definite answer: it may have taken effect, or may still."""
    SKIPPED = "skipped"
    """Not sent, because something it waits for did not succeed."""
    HELD = "held"
    """Not sent: paused, stopped, no longer the one who may send, or kept for the next portion of a batch."""
    SPENT = "spent"
    """Not sent any more for now: it was sent as often as the caps allow (reliability H1)."""
    LATER = "later"
    """Not sent yet: a retry without budget at the moment (reliability H2), something to look at first, or a burst
    whose last send was answered. What was sent of it has a clear answer."""


UNANSWERED = frozenset({Fate.UNCLEAR, Fate.SKIPPED, Fate.HELD, Fate.SPENT, Fate.LATER, Fate.OVERTAKEN})
"""Fates after which nobody knows yet how the request ends."""


@dataclass(frozen=True, slots=True)
class Result:
    """The end of one request."""

    fate: Fate
    text: str = ""
    note: str = ""
    """Set when it was done, with something to say (WARN)."""
    surprised: bool = False
    """Done, but Echo360 held something else than the mirror: its room-days are listed afresh."""
    stands: Standing | None = None
    gone: tuple[str, ...] = ()
    """Echo ids that stand no more."""
    missing_person: str | None = None
    exchanges: tuple[Exchange, ...] = ()
    sent: tuple[tuple[Method, int], ...] = ()
    """How often it reached Echo360, by method: a PUT of what is gone goes on as a POST."""
    wait_s: float = 0.0
    """With SPENT and LATER: after how long it may be tried again."""
    broken: bool = False
    """UNCLEAR, because a defect of our own ended it."""


@dataclass(slots=True)
class Work:
    """One plan with the marks and notifications it was made for. Owned by the worker thread."""

    plan: Plan
    marks: tuple[Mark, ...]
    refresh: tuple[int, ...]
    """Ids of refresh marks that this plan serves."""
    refreshed: bool
    """Planned over a fresh listing."""
    waiting: tuple[Waiting, ...]
    refused: dict[tuple[str, str], str]
    """Echo360's words for remembered refusals of this plan's occurrences."""
    notes: dict[str, str]
    """External id → something to tell staff although it is recorded (video asked in an audio-only room …)."""
    over: Mapping[str, bool]
    """External ids that the timetable has on a day that has passed → whether they were recorded there."""
    frozen: frozenset[str]
    """External ids of ours that have begun."""
    lead: int
    """Minutes: the lead time by which it was planned."""
    closed: frozenset[RoomDay] = frozenset()
    """Room-days of this plan whose room waits for a recorder: nothing is booked there for now."""
    stuck: tuple[tuple[RoomDay, str], ...] = ()
    """Schedules that nobody wants and that Echo360 would not remove: where they stand, and its words."""
    intents: dict[int, int] = field(default_factory=dict)
    """Request number → intent id."""
    tries: dict[int, int] = field(default_factory=dict)
    """Request number → id of the try that was written down with the intent."""
    sent_before: dict[int, int] = field(default_factory=dict)
    """Request number → how often Echo360 gave the same request no clear answer; 0: killed processes sent it.
    A first try is not in it."""
    retries: set[int] = field(default_factory=set)
    """Numbers of requests that Echo360 did not answer clearly before.

    What a killed process left behind says nothing about Echo360, and is not among them."""
    sends_left: dict[int, int] = field(default_factory=dict)
    """Request number → how often it may be sent now, if not as often as a burst has."""
    results: dict[int, Result] = field(default_factory=dict)
    found: set[str] = field(default_factory=set)
    """Addresses that Echo360 did not know, and knows since this was begun."""
    batch: int | None = None
    """The batch whose steps its requests are; somebody said yes to each of them."""
    asked: bool = False
    """Staff asked for the re-sync that it serves, and look at the screen."""
    in_part: bool = False
    """The rest of it is held, and is planned again when this has ended."""
    takes_back: int | None = None
    """The pause under which this takes a batch back, or 0: what the timetable wants does not count."""
    _dependants: dict[int, list[Request]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for request in self.plan.requests:
            for number in request.after:
                self._dependants.setdefault(number, []).append(request)

    @property
    def names(self) -> frozenset[str]:
        """External ids that its requests are about."""
        standing = {request.standing.external_id or "" for request in self.plan.requests if request.standing}
        return frozenset({request.external_id for request in self.plan.requests} | standing - {""})

    @property
    def places(self) -> frozenset[RoomDay]:
        """Room-days that belong to this plan alone while it runs."""
        return self.plan.places

    @property
    def finished(self) -> bool:
        """True when every request has its result."""
        return len(self.results) == len(self.plan.requests)

    @property
    def open(self) -> list[Request]:
        """Requests without a result."""
        return [request for request in self.plan.requests if request.number not in self.results]

    def send_only(self, numbers: Collection[int]) -> None:
        """Hold all others of its open requests; none of these waits for one of them."""
        held = [request.number for request in self.open if request.number not in numbers]
        for number in held:
            self.record(number, Result(Fate.HELD))
        self.in_part = self.in_part or bool(held)

    def ready(self) -> list[Request]:
        """Requests that wait for nothing and have no result yet."""
        return [
            request
            for request in self.plan.requests
            if request.number not in self.results and all(self._succeeded(n) for n in request.after)
        ]

    def record(self, number: int, result: Result) -> list[Request]:
        """Write a result down; returns the requests that may start now. Dependants of a failure are skipped."""
        self.results[number] = result
        if result.fate is Fate.DONE:
            return [
                request
                for request in self._dependants.get(number, ())
                if request.number not in self.results and all(self._succeeded(n) for n in request.after)
            ]
        fate = Fate.HELD if result.fate is Fate.HELD else Fate.SKIPPED
        failed = [number]
        while failed:
            for request in self._dependants.get(failed.pop(), ()):
                if request.number not in self.results:
                    self.results[request.number] = Result(fate, "something it waits for did not succeed")
                    failed.append(request.number)
        return []

    def _succeeded(self, number: int) -> bool:
        result = self.results.get(number)
        return result is not None and result.fate is Fate.DONE


def taking_back(plan: Plan, lead: int, pause: int | None, batch: int | None = None) -> Work:
    """Something is made again as it was, under this pause: no edit asks for it, no notification waits for it."""
    return Work(
        plan=plan,
        marks=(),
        refresh=(),
        refreshed=False,
        waiting=(),
        refused={},
        notes={},
        over={},
        frozen=frozenset(),
        lead=lead,
        batch=batch,
        takes_back=pause,
    )


def removal_print(echo_id: str) -> str:
    """How a refused removal is remembered, in the place of a booking's fingerprint."""
    return f"DELETE {echo_id}"


def print_of(request: Request) -> str:
    """What makes two sendings of a request the same (reliability H1: method, external id, body)."""
    if request.booking is not None:
        return fingerprint(request.booking)
    return removal_print(request.standing.echo_id) if request.standing is not None else ""
