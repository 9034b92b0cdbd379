"""What becomes of a request and what its client gets, as a value that a driver carries out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from echodesk.simulator.faults import FaultKind
from echodesk.simulator.wire import SimRequest, SimResponse


class Delivery(StrEnum):
    """What the client gets."""

    ANSWER = "answer"
    SILENCE = "silence"
    """Nothing, until it gives up."""
    RESET = "reset"
    """The connection is torn down without an answer."""
    CUT = "cut"
    """The connection is torn down in the middle of the answer's body."""


@dataclass(frozen=True, slots=True)
class LateRequest:
    """A request that takes effect `after_s` seconds after its client stopped waiting (for an answer, a reset, or
    altogether)."""

    request: SimRequest
    after_s: float
    appear: Callable[[], None] | None = None
    """Set if the request was carried out and answered, and what it made merely becomes visible later."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a request. Its effect has happened already, unless `late` says that it is still to come:
    then the driver calls `Simulator.apply_late` when the time has come."""

    delivery: Delivery
    response: SimResponse | None = None
    """The answer, for ANSWER and CUT."""
    delay_s: float = 0.0
    """How long the client waits before `delivery` happens."""
    fault: FaultKind | None = None
    """What went wrong, None if nothing did."""
    late: LateRequest | None = None
