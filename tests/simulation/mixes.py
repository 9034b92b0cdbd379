"""The named mixes of the campaign: what can go wrong and what people do in each (at least one for each rule)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from echodesk.simulator.faults import FaultKind as K

STRATEGIES = ("first_wins", "last_wins", "ignore", "most_recorded")
LATE = (K.LATE_TIMEOUT, K.LATE_RESET, K.LATE_504)
UNANSWERED = (K.TIMEOUT_NOT_APPLIED, K.TIMEOUT_APPLIED, K.RESET_NOT_APPLIED, K.RESET_APPLIED, K.CUT_APPLIED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mix:
    """One mixture. Each seed switches a random subset of its faults on (swarm), with rates from 0 to 60 %."""

    about: str
    faults: tuple[K, ...] = ()
    edits: Mapping[str, float] = field(default_factory=dict)
    """Weight of each kind of edit that is not as usual."""
    acts: Mapping[str, float] = field(default_factory=dict)
    """Weight of each kind of step beside edits (weight 10 together)."""
    strategies: tuple[str, ...] = STRATEGIES
    unseen: bool = False
    """Something happens in Echo360 that leaves no trace here: only a re-sync makes it equal (promise C2)."""
    grace_s: float = 0.0
    """Longer than promised, because Echo360 asked to wait, or nobody acts on a refusal to let us in."""


MIXES: Mapping[str, Mix] = {
    "clean": Mix(about="Edits alone: no fault, no kill, no pause."),
    "late": Mix(about="Requests that take effect after their client gave up.", faults=LATE),
    "lost": Mix(about="Requests and answers that are lost on the way.", faults=UNANSWERED),
    "kills": Mix(about="The worker is killed at named steps.", acts={"kill": 3.0}),
}
