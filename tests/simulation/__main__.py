"""`python -m tests.simulation --histories N --seed S [--mix NAME] [--json]`: the histories of a campaign.

Exit 1 when a promise was broken, a kind of fault never fired or a legal transition was never crossed; 2 for wrong
use. `release` runs this and the other parts, and writes the report.
"""

from __future__ import annotations

import argparse
import json
import sys
import time

from tests.simulation import campaign
from tests.simulation.mixes import MIXES

PROGRESS_S = 5.0


def main() -> int:
    """Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description="Plays histories.")
    parser.add_argument("--histories", type=int, default=500, help="how many, over all mixes")
    parser.add_argument("--seed", type=int, default=1, help="the first seed of each mix")
    parser.add_argument("--mix", choices=sorted(MIXES), help="only this mix")
    parser.add_argument("--processes", type=int, help="so many at once instead of one for each core")
    parser.add_argument("--minutes", type=float, help="begin no more histories after so long")
    parser.add_argument("--twice", type=int, default=1, metavar="N", help="play one seed in N twice (all)")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    asked = parser.parse_args()
    if asked.histories < 1 or asked.twice < 1:
        parser.error("at least one history, and one in one or more of them twice")
    began = time.monotonic()
    told = [began]

    known = [0]

    def progress(total: campaign.Sum) -> None:
        for one in total.violated[known[0] :]:
            print(f"{one.mix} {one.seed}: {one.texts[0]}", file=sys.stderr, flush=True)  # noqa: T201 - a command
        known[0] = len(total.violated)
        if time.monotonic() - told[0] >= PROGRESS_S:
            told[0] = time.monotonic()
            text = f"{total.histories} of {asked.histories} histories, {len(total.violated)} violated"
            print(text, file=sys.stderr, flush=True)  # noqa: T201 - a command

    found = campaign.run(
        campaign.plan(asked.histories, asked.seed, asked.mix),
        progress,
        asked.processes,
        asked.minutes,
        asked.twice,
    )
    result = as_result(found, asked.histories, asked.seed, asked.mix, campaign.seconds_since(began))
    print(json.dumps(result) if asked.json else in_words(result))  # noqa: T201 - a command
    return 0 if result["passed"] else 1


def as_result(found: campaign.Sum, wanted: int, seed: int, mix: str | None, seconds: float) -> dict[str, object]:
    """The result as it is printed and kept, of so many `wanted` histories."""
    full = mix is None and wanted >= campaign.FULL
    missing = [*found.never_fired, *found.never_crossed]
    return {
        "histories": found.histories,
        "violations": len(found.violated),
        "requests": found.requests,
        "kills": found.kills,
        "mixes": dict(sorted(found.mixes.items())),
        "faults_fired": dict(sorted(found.faults.items())),
        "transitions": dict(sorted(found.transitions.items())),
        "slowest_convergence_s": max(found.slowest_s.values(), default=0.0),
        "slowest_by_mix_s": dict(sorted(found.slowest_s.items())),
        "seconds": seconds,
        "seed": seed,
        "played_twice": found.twice,
        "violated": [{"mix": one.mix, "seed": one.seed, "texts": list(one.texts)} for one in found.violated],
        "demanded": "everything" if full else "no violation only: too few histories, or one mix alone",
        "never_fired": found.never_fired,
        "never_crossed": found.never_crossed,
        "passed": not found.violated and not (full and missing),
    }


def in_words(result: dict[str, object]) -> str:
    """The result for people."""
    lines = [
        f"{result['histories']} histories, {result['violations']} violated, {result['requests']} requests,"
        f" {result['kills']} kills, slowest convergence {result['slowest_convergence_s']} s,"
        f" {result['seconds']} s",
        f"demanded: {result['demanded']}",
    ]
    for name, text in (("never_fired", "never fired"), ("never_crossed", "never crossed")):
        found = result[name]
        if isinstance(found, list) and found:
            lines.append(f"{text}: {', '.join(found)}")
    violated = result["violated"]
    for one in violated if isinstance(violated, list) else []:
        lines.append(f"{one['mix']} {one['seed']}: {'; '.join(one['texts'])}")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
