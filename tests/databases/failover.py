"""Workers that take over from one another on PostgreSQL, with real processes and sockets (reliability T5.2).

    python -m tests.databases.failover --rounds 200 --json --report

Two or three workers share one database and one Echo360; somebody edits all the time. In each round whoever leads
is killed, stopped, cut off, thrown out or asked to quit, and another leads. Afterwards nothing is lost, nothing is
there twice, and Echo360 is equal to the timetable. No constant of the lease is shortened. Ends with 1 if anything
was broken.
"""

from __future__ import annotations

import argparse
import math
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tests.databases import postgres
from tests.databases.cut_line import Lines
from tests.databases.engines import Opener
from tests.databases.failover_programs import CONSTANTS, LATENCY_S
from tests.databases.failover_report import text_of
from tests.databases.failover_round import Kind, Outcome, Rounds
from tests.databases.failover_world import LATE_S, World, offices
from tests.databases.report import REPORT, commit, write_part
from tests.end_to_end.kills import told_of

CONNECTIONS_OF_A_WORLD = 24


def kinds(rounds: int, dice: random.Random, only: Sequence[Kind] = ()) -> list[Kind]:
    """What happens in which round: every kind equally often, in any order."""
    among = list(only or Kind)
    chosen = [among[number % len(among)] for number in range(rounds)]
    dice.shuffle(chosen)
    return chosen


def campaign(asked: argparse.Namespace, told: Callable[[str], None]) -> dict[str, Any]:
    """A whole campaign, on several worlds side by side: they wait most of the time. The report of `--json`."""
    rounds, seed, worlds = asked.rounds, asked.seed, min(asked.worlds, asked.rounds)
    began = time.monotonic()
    wanted = kinds(rounds, random.Random(seed), [Kind[name] for name in asked.kind])
    with (
        postgres.server(CONNECTIONS_OF_A_WORLD * worlds + 10) as socket,
        Lines(socket) as lines,
        tempfile.TemporaryDirectory(prefix="echodesk-failover-") as made,
        ThreadPoolExecutor(worlds) as side_by_side,
    ):
        open_office = offices(socket)
        running = []
        for number in range(worlds):
            place = (asked.logs or Path(made)) / str(number)
            place.mkdir(parents=True)
            mine = wanted[number::worlds]
            # Two workers in one world, three in the next.
            args = (open_office, lines, place, seed * 1_000 + number, 2 + number % 2)
            running.append(side_by_side.submit(_one_world, number, mine, args, told))
        found = [one.result() for one in running]
    return _report(found, rounds, time.monotonic() - began) | {"seed": seed, "worlds": worlds}


def _one_world(
    number: int,
    wanted: list[Kind],
    args: tuple[Opener, Lines, Path, int, int],
    told: Callable[[str], None],
) -> Outcome:
    outcome = Outcome()
    with World(*args) as world:
        Rounds(world, outcome, lambda text: told(f"world {number}, {text}")).run(wanted)
    return outcome


def _report(found: Sequence[Outcome], rounds: int, seconds: float) -> dict[str, Any]:
    done = sum((outcome.rounds for outcome in found), Counter[Kind]())
    by_kind = {
        kind: [took_s for outcome in found for took_s in outcome.takeovers_s.get(kind, ())] for kind in Kind
    }
    violations = [text for outcome in found for text in outcome.violations]
    if done.total() != rounds:
        violations.append(f"{rounds} rounds were asked for, and {done.total()} were done")
    convergences_s = [each for outcome in found for each in outcome.convergences_s]
    crashes_s = [took_s for kind, all_s in by_kind.items() if kind is not Kind.QUIT for took_s in all_s]
    return {
        "rounds": done.total(),
        "failovers": sum(map(len, by_kind.values())),
        "crashes": len(crashes_s),
        "kept": sum(outcome.kept for outcome in found),
        "stale_writes": sum(len(outcome.stale_writes) for outcome in found),
        "overlaps": sum(len(outcome.overlaps) for outcome in found),
        "residual": sum(outcome.residual for outcome in found),
        "takeover_s": figures(crashes_s),
        "takeover_after_quit_s": figures(by_kind[Kind.QUIT]),
        "by_kind": {
            kind.value: {"rounds": done[kind], "led": len(took), **figures(took)} for kind, took in by_kind.items()
        },
        "violations": [
            *violations,
            *(text for outcome in found for text in (*outcome.stale_writes, *outcome.overlaps)),
        ],
        "edits": sum(outcome.edits for outcome in found),
        "commands": sum(outcome.commands for outcome in found),
        "requests": sum(outcome.requests for outcome in found),
        "transactions": sum(outcome.writes for outcome in found),
        "convergences": len(convergences_s),
        "slowest_convergence_s": round(max(convergences_s, default=0.0), 2),
        "seconds": round(seconds, 1),
        "lease_ttl_s": CONSTANTS.lease_ttl_s,
        "lease_renew_s": CONSTANTS.lease_renew_s,
        "lease_margin_s": CONSTANTS.lease_margin_s,
        "deadline_s": CONSTANTS.deadline_s,
        "late_s": LATE_S,
        "latency_s": LATENCY_S,
    }


def figures(took_s: Sequence[float]) -> dict[str, float | None]:
    """Median, 99th percentile and maximum, to a hundredth; None where nothing was measured."""
    ordered = sorted(took_s)

    def at(share: float) -> float | None:
        return round(ordered[math.ceil(share * len(ordered)) - 1], 2) if ordered else None

    return {"p50": at(0.5), "p99": at(0.99), "max": at(1.0)}


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.databases.failover", description=__doc__)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--worlds", type=int, default=10, help="databases side by side")
    parser.add_argument("--json", action="store_true", help="the report as one object on standard output")
    parser.add_argument("--report", action="store_true", help=f"write its part of {REPORT.name} beside this file")
    names = [kind.name for kind in Kind]
    parser.add_argument("--kind", action="append", choices=names, default=[], help="only this; may be repeated")
    parser.add_argument("--logs", type=Path, help="a new folder that keeps what the workers told")
    asked = parser.parse_args(arguments)
    if asked.rounds < 1 or asked.worlds < 1:
        parser.error("at least one round in one world")
    if why := postgres.absent():
        parser.error(why)

    def told(text: str) -> None:
        sys.stderr.write(f"{text}\n")

    report = campaign(asked, told)
    if asked.report:
        write_part(text_of(report, commit()))
    return told_of(report, as_json=asked.json)


if __name__ == "__main__":
    raise SystemExit(main())
