"""`tests/simulation/REPORT.md` from what the parts of a campaign printed (`release` runs them and keeps that).

Every figure comes out of a file that a command wrote; nothing is typed by hand.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.simulation.catalogue import CATALOGUE, NOT_HERE
from tests.single_faults.faults import NOT_OF_ONE_CALL

REPORT = Path(__file__).with_name("REPORT.md")
ESCAPED = "escaped"
"""How the reason of a mutant begins that nobody expected to escape."""
UNRUN = (
    "Oracle and PostgreSQL: the store of this issue is SQLite.",
    "Echo360 itself: the simulator stands for it, with every unknown behind a switch.",
)
NIGHT = 100_000
"""Planner examples that a night has time for."""

Part = Mapping[str, Any]
"""`part` (its name), `command`, `commit`, `exit`, `seconds`, and `result`: what the command printed."""


def commit() -> str:
    """The commit that is tested, with a mark if files differ from it."""
    root = Path(__file__).resolve().parents[2]

    def git(*words: str) -> str:
        done = subprocess.run(["git", *words], cwd=root, capture_output=True, text=True, check=False)
        return done.stdout.strip()

    found = git("rev-parse", "--short", "HEAD") or "no git here"
    own = (":!tests/simulation/REPORT.md", ":!tests/simulation/campaign")
    changed = git("status", "--porcelain", "--", "echodesk", "sql", "tests", *own)
    return f"{found} with changes" if changed else found


def write_report(parts: Sequence[Part]) -> None:
    """Write REPORT.md from these parts."""
    REPORT.write_text(text_of(parts), encoding="utf-8")


def violations(part: Part) -> int:
    """What a part found: broken promises, differences, or mutants that escaped and are not known to."""
    result = part["result"]
    if part["part"] == "mutants":
        return sum(one["why"].startswith(ESCAPED) for one in result["missed"])
    found = result["differences"] if part["part"] == "single faults" else result["violations"]
    return found if isinstance(found, int) else len(found)


def text_of(parts: Sequence[Part]) -> str:
    """The report."""
    lines = [
        "# Report of the campaign",
        "",
        "Written by `python -m tests.simulation.release`; do not edit.",
        "",
        "| part | command | figures | violations | seconds | commit |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for part in parts:
        lines.append(
            f"| {part['part']} | `{part['command']}` | {_figures(part)} | {violations(part)} |"
            f" {part['seconds']:,} | {part['commit']} |"
        )
    if len({part["commit"] for part in parts}) > 1:
        lines += ["", "The parts were run on different commits: each speaks of its own."]
    for part in parts:
        lines += _SECTIONS[part["part"]](part["result"])
    run = {part["part"] for part in parts}
    lines += ["", "## Not run", ""]
    lines += [f"- {name}: no result was given to the report." for name in _SECTIONS if name not in run]
    lines += [f"- {text}" for part in parts for text in _less_than_all(part)]
    lines += [f"- Fault {number}: {why}." for number, why in NOT_HERE.items()]
    lines += [f"- {text}" for text in UNRUN]
    return "\n".join(lines) + "\n"


def _less_than_all(part: Part) -> list[str]:
    """What a part left out although it was run."""
    result = part["result"]
    if part["part"] == "planner examples" and result["examples"] < NIGHT:
        return [f"The {NIGHT:,} planner examples of a night: {result['examples']:,} were played."]
    if part["part"] == "histories" and (once := result["histories"] - result["played_twice"]):
        return [
            f"The second run of {once:,} of {result['histories']:,} histories: with `--twice N` only the seeds"
            f" that N divides are played twice (`{part['command']}`)."
        ]
    if part["part"] == "single faults":
        return [f"Single fault {kind}: {why}." for kind, why in NOT_OF_ONE_CALL.items()]
    return []


_BESIDE = frozenset({"part", "violations", "seconds", "commit", "share", "demanded", "passed"})
"""What a result says of itself that has a column or a section of its own."""


def _figures(part: Part) -> str:
    """Every plain number or text of a result."""
    result = part["result"]
    if part["part"] == "mutants":
        return f"caught {len(result['caught'])}, missed {len(result['missed'])}"
    return ", ".join(
        f"{name.replace('_', ' ')} {_grouped(value)}"
        for name, value in result.items()
        if name not in _BESIDE and isinstance(value, int | float | str)
    )


def _grouped(value: object) -> str:
    return f"{value:,}" if isinstance(value, int | float) and not isinstance(value, bool) else str(value)


def _planner(result: Part) -> list[str]:
    lines = ["", "## Planner", "", "| promise | examples |", "| --- | --- |"]
    lines += [f"| {name.replace('_', ' ')} | {held:,} |" for name, held in result["properties"].items()]
    return [*lines, *_broken(f"{one['property']}: {one['text']}" for one in result["violated"])]


def _histories(result: Part) -> list[str]:
    fired, slowest = result["faults_fired"], result["slowest_by_mix_s"]
    lines = ["", "## Histories by mix", "", f"Seeds from {result['seed']} on in each mix.", ""]
    lines += ["| mix | histories | slowest convergence, virtual seconds |", "| --- | --- | --- |"]
    lines += [f"| {mix} | {count:,} | {slowest.get(mix, 0)} |" for mix, count in result["mixes"].items()]
    lines += ["", "## Faults fired", "", "| fault | kind | times |", "| --- | --- | --- |"]
    named = {kind for kinds in CATALOGUE.values() for kind in kinds}
    for number, kinds in CATALOGUE.items():
        lines += [f"| {number} | {kind} | {fired.get(kind, 0):,} |" for kind in kinds]
    lines += [f"| | {kind} | {count:,} |" for kind, count in fired.items() if kind not in named]
    lines += ["", "## Transitions crossed", "", "| transition | times |", "| --- | --- |"]
    lines += [f"| {name} | {count:,} |" for name, count in result["transitions"].items()]
    for name, title in (("never_fired", "Never fired"), ("never_crossed", "Never crossed")):
        if result[name]:
            lines += ["", f"{title}: {', '.join(result[name])}."]
    return [
        *lines,
        *_broken(f"{one['mix']}, seed {one['seed']}: {'; '.join(one['texts'])}" for one in result["violated"]),
    ]


def _single_faults(result: Part) -> list[str]:
    healed, idle = result["healed_later"], result["without_effect"]
    lines = ["", "## Single faults", "", f"Played: {result['share']}.", ""]
    lines += ["| disturbance | runs | equal after a while only | found nothing to act on |"]
    lines += ["| --- | --- | --- | --- |"]
    lines += [
        f"| {kind} | {runs:,} | {healed.get(kind, 0):,} | {idle.get(kind, 0):,} |"
        for kind, runs in result["by_kind"].items()
    ]
    differing = result["differences"]
    return [
        *lines,
        "",
        "A while: until the next comparison with Echo360, the next look at the timetable (stale_snapshot), or the"
        " next try of what was sent as often as it may be (kill_twice: told as failed, then as put right).",
        *_broken(f"{one['scenario']}, {one['fault']} at {one['point']}: {one['told']}" for one in differing),
    ]


def _kills(result: Part) -> list[str]:
    lines = ["", "## Kills", "", "| point | workers killed there |", "| --- | --- |"]
    lines += [f"| {point} | {many:,} |" for point, many in result["by_point"].items()]
    lines += [f"| a random instant | {result['random']:,} |"]
    return [*lines, *_broken(result["violations"])]


def _mutants(result: Part) -> list[str]:
    lines = ["", "## Mutants", "", "| rule that was taken out | caught after | where |", "| --- | --- | --- |"]
    lines += [f"| {one['rule']} | {one['after']:,} | {one['where']} |" for one in result["caught"]]
    lines += ["", *(f"- Not caught: {one['name']}: {one['why']}." for one in result["missed"])]
    return lines


def _broken(texts: Iterable[str]) -> list[str]:
    found = [f"- {text}" for text in texts]
    return ["", "Violations:", "", *found] if found else []


def _share(result: Part) -> list[str]:
    lines = ["", "## What each commit plays of it", "", "| part | tests passed | not passed | seconds |"]
    lines += ["| --- | --- | --- | --- |"]
    return lines + [
        f"| {name} | {part['passed']} | {part['bad']} | {part['seconds']:,} |"
        for name, part in result["parts"].items()
    ]


_SECTIONS: Mapping[str, Callable[[Part], list[str]]] = {
    "planner examples": _planner,
    "histories": _histories,
    "single faults": _single_faults,
    "kills": _kills,
    "mutants": _mutants,
    "share of a commit": _share,
}
"""What a whole campaign consists of, in this order."""
