"""Plans of the whole year as the window and the worker exchange them; `messages` hands them on.

On screen and on the command line a batch is a plan: it is made, shown, applied exactly as shown, and taken back.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Compare:
    """List what Echo360 holds and make a plan. Empty means: all rooms; from today on. Dates are ISO texts."""

    by: str
    rooms: tuple[str, ...] = ()
    building: str = ""
    first: str = ""
    last: str = ""


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
    """Give up what is left of a plan: its room-days stay as they are until somebody lifts the pause on them."""

    by: str
    plan: int


@dataclass(frozen=True, slots=True)
class RetrySteps:
    """Send failed steps again; all if none is named."""

    by: str
    plan: int
    steps: tuple[int, ...] = ()


PlanCommand = Compare | Apply | Undo | StopPlan | ContinuePlan | CancelPlan | RetrySteps
