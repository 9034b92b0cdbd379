"""The planner's campaign: examples in runs of Hypothesis, spread over the cores.

Each example is a disturbed projection, every third with decisions of staff, held against every promise and against
the oracle; beside it goes one case of two to six movers whose requests are compared with a search over everything
that could be asked.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from echodesk.planning.values import Situation
from tests.planning.decided import decided_situations
from tests.planning.fewest import fewest_requests
from tests.planning.promises import PROMISES, Promise
from tests.planning.situations import situations
from tests.simulation.oracle_agrees import assert_agree

CHUNK = 250
"""Examples of one Hypothesis run: each begins anew, so that one defect does not end the campaign."""


def _the_oracle_says_the_same(situation: Situation, chance: random.Random) -> None:
    assert_agree(situation)


def _no_way_needs_fewer_requests(situation: Situation, chance: random.Random) -> None:
    fewest_requests(chance)


PROPERTIES: dict[str, Promise] = {
    one.__name__.lstrip("_"): one for one in (*PROMISES, _the_oracle_says_the_same, _no_way_needs_fewer_requests)
}


@dataclass(slots=True)
class Sum:
    """What came of some examples."""

    examples: int = 0
    violated: list[dict[str, object]] = field(default_factory=list)
    held: Counter[str] = field(default_factory=Counter)
    """How often each property was held against an example."""


def hold(number: int, examples: int) -> Sum:
    """One run of Hypothesis with this seed; it ends with the first violation."""
    found = Sum()
    broken = ""

    @seed(number)
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    @given(
        st.one_of(
            situations(passed=True),
            situations(passed=True, largest=14),
            situations(soon=True, largest=14),
            decided_situations(),
        ),
        st.integers(0, 2**32 - 1),
    )
    def every_property(situation: Situation, chance: int) -> None:
        nonlocal broken
        # While a violation is made smaller nothing more is counted.
        counts = 0 if broken else 1
        for name, check in PROPERTIES.items():
            broken = name
            check(situation, random.Random(chance))
            found.held[name] += counts
        found.examples += counts
        if counts:
            broken = ""

    try:
        every_property()
    except (AssertionError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as problem:
        notes = "\n".join(getattr(problem, "__notes__", ()))
        text = f"{type(problem).__name__}: {problem}\n{notes}"
        found.violated.append({"property": broken, "seed": number, "text": text})
    return found


def run(examples: int, first_seed: int, processes: int | None, tell_every_s: float) -> Sum:
    """All examples, on every core."""
    total = Sum()
    told = time.monotonic()
    sizes = [CHUNK] * (examples // CHUNK) + ([examples % CHUNK] if examples % CHUNK else [])
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes or os.cpu_count(), mp_context=context) as pool:
        waiting = [pool.submit(hold, first_seed + number, size) for number, size in enumerate(sizes)]
        for done in as_completed(waiting):
            part = done.result()
            total.examples += part.examples
            total.violated += part.violated
            total.held += part.held
            if time.monotonic() - told >= tell_every_s:
                told = time.monotonic()
                text = f"{total.examples} of {examples} examples, {len(total.violated)} violations"
                print(text, file=sys.stderr, flush=True)  # noqa: T201 - a command
    return total
