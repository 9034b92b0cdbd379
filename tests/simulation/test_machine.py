"""The stateful machine, in three sizes: HYPOTHESIS_PROFILE dev, ci, or release (2,000 examples of 100 steps)."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

from tests.simulation.machine import EchoDeskMachine

EXAMPLES_AND_STEPS = {"dev": (8, 25), "ci": (40, 30), "release": (2_000, 100)}

_examples, _steps = EXAMPLES_AND_STEPS.get(os.environ.get("HYPOTHESIS_PROFILE", "dev"), EXAMPLES_AND_STEPS["dev"])

TestMachine = EchoDeskMachine.TestCase
TestMachine.settings = settings(
    max_examples=_examples,
    stateful_step_count=_steps,
    deadline=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)
