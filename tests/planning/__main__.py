"""`python -m tests.planning --examples N [--seed S] [--json]`: the planner's campaign, on every core.

Exit 1 when a promise was broken, 2 for wrong use.
"""

from __future__ import annotations

import argparse
import json
import sys
import time

from tests.planning import campaign

PROGRESS_S = 5.0


def main() -> int:
    """Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.planning", description="Holds plans against promises.")
    parser.add_argument("--examples", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=1, help="of the first run; each run takes the next one")
    parser.add_argument("--processes", type=int, help="so many at once instead of one for each core")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    asked = parser.parse_args()
    if asked.examples < 1:
        parser.error("at least one example")
    began = time.monotonic()
    found = campaign.run(asked.examples, asked.seed, asked.processes, PROGRESS_S)
    result = {
        "examples": found.examples,
        "violations": len(found.violated),
        "seconds": round(time.monotonic() - began, 1),
        "properties": {name: found.held[name] for name in campaign.PROPERTIES},
        "seed": asked.seed,
        "violated": found.violated,
    }
    if asked.json:
        print(json.dumps(result))  # noqa: T201 - a command
    else:
        lines = [f"{found.examples} examples, {len(found.violated)} violations, {result['seconds']} s"]
        lines += [f"{one['property']} (seed {one['seed']}): {one['text']}" for one in found.violated]
        print("\n".join(lines))  # noqa: T201 - a command
    return 1 if found.violated else 0


if __name__ == "__main__":
    sys.exit(main())
