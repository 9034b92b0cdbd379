"""`python -m tests.simulation.report PART.json …` writes REPORT.md from the results of the campaign's parts.

Every figure comes out of a file that a command wrote; nothing is typed by hand. A part is a JSON object with
`part` (its name), `violations` (a number), `seconds`, and whatever figures it has.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.simulation.catalogue import CATALOGUE, NOT_HERE

REPORT = Path(__file__).with_name("REPORT.md")
PARTS = ("histories", "planner examples", "single faults", "kills", "mutants")
"""What a whole campaign consists of."""
UNRUN = (
    "Oracle and PostgreSQL: the store of this issue is SQLite.",
    "Echo360 itself: the simulator stands for it, with every unknown behind a switch.",
)

Part = Mapping[str, object]


def commit() -> str:
    """The commit that is tested, with a mark if files differ from it."""
    root = Path(__file__).resolve().parents[2]

    def git(*words: str) -> str:
        done = subprocess.run(["git", *words], cwd=root, capture_output=True, text=True, check=False)
        return done.stdout.strip()

    found = git("rev-parse", "--short", "HEAD") or "no git here"
    return f"{found} with changes" if git("status", "--porcelain", "--", "echodesk", "sql") else found


def write_report(parts: Sequence[Part]) -> None:
    """Write REPORT.md from these parts."""
    REPORT.write_text(text_of(parts), encoding="utf-8")


def text_of(parts: Sequence[Part]) -> str:
    """The report."""
    lines = ["# Report of the campaign", "", "Written by `python -m tests.simulation.report`; do not edit.", ""]
    lines += ["| part | figures | violations | seconds | commit |", "| --- | --- | --- | --- | --- |"]
    for part in parts:
        lines.append(
            f"| {part['part']} | {_figures(part)} | {part.get('violations', '')} | {part.get('seconds', '')} |"
            f" {part.get('commit', '')} |"
        )
    for part in parts:
        if part["part"] == "histories":
            lines += _histories(part)
    run = {part["part"] for part in parts}
    lines += ["", "## Not run", ""]
    lines += [f"- {name}: no result was given to the report." for name in PARTS if name not in run]
    lines += [f"- Fault {number}: {why}." for number, why in NOT_HERE.items()]
    lines += [f"- {text}" for text in UNRUN]
    return "\n".join(lines) + "\n"


_LONG = frozenset({"part", "violations", "seconds", "commit", "violated", "passed", "demanded"})


def _figures(part: Part) -> str:
    """Every plain number or text of a part."""
    plain = {
        name: value for name, value in part.items() if name not in _LONG and isinstance(value, int | float | str)
    }
    return ", ".join(f"{name.replace('_', ' ')} {_grouped(value)}" for name, value in plain.items())


def _grouped(value: object) -> str:
    return f"{value:,}" if isinstance(value, int | float) and not isinstance(value, bool) else str(value)


def _histories(part: Part) -> list[str]:
    mixes, fired, slowest = (
        _counts(part, "mixes"),
        _counts(part, "faults_fired"),
        _counts(part, "slowest_by_mix_s"),
    )
    lines = ["", "## Histories by mix", "", "Seeds from {} on in each mix.".format(part["seed"]), ""]
    lines += ["| mix | histories | slowest convergence, virtual seconds |", "| --- | --- | --- |"]
    lines += [f"| {mix} | {count:,} | {slowest.get(mix, 0)} |" for mix, count in mixes.items()]
    lines += ["", "## Faults fired", "", "| fault | kind | times |", "| --- | --- | --- |"]
    named = {kind for kinds in CATALOGUE.values() for kind in kinds}
    for number, kinds in CATALOGUE.items():
        lines += [f"| {number} | {kind} | {fired.get(kind, 0):,} |" for kind in kinds]
    lines += [f"| | {kind} | {count:,} |" for kind, count in fired.items() if kind not in named]
    lines += ["", "## Transitions crossed", "", "| transition | times |", "| --- | --- |"]
    lines += [f"| {name} | {count:,} |" for name, count in _counts(part, "transitions").items()]
    for name, title in (("never_fired", "Never fired"), ("never_crossed", "Never crossed")):
        missing = part.get(name)
        if isinstance(missing, list) and missing:
            lines += ["", f"{title}: {', '.join(map(str, missing))}."]
    violated = part.get("violated")
    if isinstance(violated, list) and violated:
        lines += ["", "## Violations", ""]
        lines += [f"- {one['mix']}, seed {one['seed']}: {'; '.join(one['texts'])}" for one in violated]
    return lines


def _counts(part: Part, name: str) -> dict[str, int]:
    found = part.get(name)
    return dict(found) if isinstance(found, dict) else {}


def main() -> int:
    """Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation.report", description="Writes REPORT.md.")
    parser.add_argument("parts", nargs="+", type=Path, help="JSON results of the campaign's parts")
    asked = parser.parse_args()
    write_report([json.loads(path.read_text(encoding="utf-8")) for path in asked.parts])
    print(REPORT)  # noqa: T201 - a command
    return 0


if __name__ == "__main__":
    sys.exit(main())
