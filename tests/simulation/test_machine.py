"""The stateful machine, in three sizes: HYPOTHESIS_PROFILE dev, ci, or release (2,000 examples of 100 steps).

The first two take the same examples every time, so that a commit is judged by what it changed; `release` looks for
new ones.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

from tests.simulation.machine import EchoDeskMachine

EXAMPLES_AND_STEPS = {"dev": (8, 25), "ci": (40, 30), "release": (2_000, 100)}

PROFILE = os.environ.get("HYPOTHESIS_PROFILE", "dev")
_examples, _steps = EXAMPLES_AND_STEPS.get(PROFILE, EXAMPLES_AND_STEPS["dev"])

TestMachine = EchoDeskMachine.TestCase
TestMachine.settings = settings(
    max_examples=_examples,
    stateful_step_count=_steps,
    deadline=None,
    derandomize=PROFILE != "release",
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)
