"""Disturbed projections of every strategy, some with decisions of staff: every plan keeps every promise."""

from __future__ import annotations

import os
import random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from echodesk.planning.values import Situation
from tests.planning.decided import decided_situations
from tests.planning.promises import PROMISES
from tests.planning.situations import situations

EXAMPLES = int(os.environ.get("ECHODESK_PLANNER_EXAMPLES", "2000"))
"""Each is held against every promise; a campaign (`python -m tests.planning`) asks for more."""

seeds = st.integers(0, 2**32 - 1)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(situation=situations(passed=True) | situations(soon=True) | decided_situations(), seed=seeds)
def test_every_plan_keeps_every_promise(situation: Situation, seed: int) -> None:
    for promise in PROMISES:
        promise(situation, random.Random(seed))
