"""The report of a campaign of failovers, written from what it measured."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

NOT_RUN = """\
- A machine that really sleeps, and a cable that is really pulled: a process stands still, and a line falls silent,
  but what is at the other end of the line goes on saying that it is there.
- A server that moves to another machine, or starts again, while workers are connected.
- More than three workers on one database, and workers on several machines with clocks of their own.
- Oracle: there is no server here.
"""


def text_of(found: Mapping[str, Any], made_by: str) -> str:
    """The part of `REPORT.md`; `made_by` is the program's commit."""
    lines = [
        "# Failovers on PostgreSQL",
        "",
        "Written by `python -m tests.databases.failover --report`; do not edit.",
        "",
        f"{found['rounds']} rounds; 200 are a release's. Two and three workers by turns,"
        f" {found['worlds']} databases side by side, seed {found['seed']}, commit {made_by},"
        f" {found['seconds']:,.0f} seconds.",
        "",
        f"The office's own constants: the lease runs for {found['lease_ttl_s']:g} s, is renewed every"
        f" {found['lease_renew_s']:g} s, trusted {found['lease_margin_s']:g} s less, and a request may take"
        f" {found['deadline_s']:g} s. A worker looks for work every second."
        f" L is {found['late_s']} s. Echo360 answers after {found['latency_s']:g} s.",
        "",
        "| promise | found | of |",
        "| --- | --- | --- |",
        f"| no write under an epoch that is over (L1) | {found['stale_writes']}"
        f" | {found['transactions']:,} transactions of workers |",
        f"| no request beside those of another epoch (L2) | {found['overlaps']}"
        f" | {found['requests']:,} requests |",
        f"| of a process that stood still, counted and healed (L2) | {found['residual']} | the same |",
        f"| everything quiet and equal after each round (C1) | {len(found['violations'])} violations"
        f" | {found['convergences']} times, the slowest {found['slowest_convergence_s']:.1f} s |",
        f"| each command carried out once (L8) | | {found['commands']:,} commands |",
        f"| each edit accounted for (Q1) | | {found['edits']:,} edits |",
        "",
        "## Until another led (L3)",
        "",
        "Seconds from what happened until the next leader had taken over what was under way; 40 are promised, and"
        " 3 after a quit.",
        "",
        "| what happened to the leader | rounds | another led | median | 99 in 100 | longest |",
        "| --- | --- | --- | --- | --- | --- |",
        *(_line(name, one) for name, one in found["by_kind"].items()),
        _line("every crash", {"rounds": "", "led": found["crashes"], **found["takeover_s"]}),
        "",
        f"In {found['kept']} rounds the same worker led on: it connected anew before its lease ran out.",
        "",
        "## Violations",
        "",
        *([f"- {one}" for one in found["violations"]] or ["None."]),
        "",
        "## Not run",
        "",
        NOT_RUN,
    ]
    return "\n".join(lines)


def _line(name: str, one: Mapping[str, Any]) -> str:
    took = " | ".join("" if one[key] is None else f"{one[key]:.1f}" for key in ("p50", "p99", "max"))
    return f"| {name} | {one['rounds']} | {one['led']} | {took} |"
