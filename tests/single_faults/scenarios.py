"""All scenarios."""

from __future__ import annotations

from tests.single_faults.nineteen import NINETEEN
from tests.single_faults.ordinary import ORDINARY
from tests.single_faults.people import PEOPLE
from tests.single_faults.scenario import Scenario

SCENARIOS: tuple[Scenario, ...] = (*ORDINARY, *PEOPLE, *NINETEEN)
PAIRS = (
    "create",
    "move room",
    "swap of times in one room",
    "the carrier leaves",
    "section unknown",
    "move clash→none to none→clash",
)
"""Those that are killed twice, at every pair of steps."""


def scenario(name: str) -> Scenario:
    """The scenario of this name. Raises `KeyError`."""
    return {one.name: one for one in SCENARIOS}[name]
