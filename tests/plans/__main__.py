"""`python -m tests.plans --batches N --seed S [--json]`: random batches, applied and then taken back."""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import sys
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed

from tests.plans.batches import Played, some

CHUNK = 10


def main(arguments: Sequence[str] | None = None) -> int:
    """Play them all; returns 1 if one of them went wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.plans", description=__doc__)
    parser.add_argument("--batches", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args(arguments)
    began = time.perf_counter()
    played: list[Played] = []
    chunks = [
        range(start, min(start + CHUNK, asked.seed + asked.batches))
        for start in range(asked.seed, asked.seed + asked.batches, CHUNK)
    ]
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(os.cpu_count(), mp_context=context) as pool:
        for done in as_completed([pool.submit(some, chunk) for chunk in chunks]):
            played += done.result()
            for one in done.result():
                if one.wrong:
                    sys.stderr.write(f"seed {one.seed}: {'; '.join(one.wrong)}\n")
            sys.stderr.write(f"{len(played)} of {asked.batches}\n")
    wrong = [one for one in played if one.wrong]
    found = {
        "batches": len(played),
        "calls": sum(one.calls for one in played),
        "kills": sum(one.kills for one in played),
        "adopted": sum(one.adopted for one in played),
        "without_a_schedule_at_a_kill": dict(sorted(Counter(one.without for one in played if one.kills).items())),
        "wrong": [{"seed": one.seed, "texts": one.wrong} for one in wrong],
        "seconds": round(time.perf_counter() - began, 1),
    }
    text = f"{len(played)} batches, {found['calls']} calls, {found['kills']} kills, {found['adopted']} adopted"
    text += f", {len(wrong)} wrong"
    text += f"\nlessons without a schedule at a kill: {found['without_a_schedule_at_a_kill']}"
    sys.stdout.write((json.dumps(found) if asked.json else text) + "\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
