"""`python -m tests.simulation.release [PART …]`: the whole campaign of a release, part by part, and its report.

Each part is a command of its own that prints one JSON object. What it printed is kept in a folder with the commit
that it was run on, so that a campaign may be stopped between its parts and go on; `--again` runs a part anew.
After each part `tests/simulation/REPORT.md` is written from what is kept. Returns 1 if a part found something.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.simulation.report import commit, write_report

ROOT = Path(__file__).resolve().parents[2]
KEPT = Path(__file__).with_name("campaign")
"""Part of the project, so that a campaign may go on another day."""
COMMANDS: Mapping[str, tuple[str, ...]] = {
    "planner examples": ("tests.planning", "--examples", "20000", "--seed", "1000"),
    "histories": ("tests.simulation", "--histories", "10200", "--seed", "1", "--twice", "1"),
    "single faults": ("tests.single_faults",),
    "kills": ("tests.end_to_end.kills", "--kills", "1000", "--seed", "1"),
    "mutants": ("tests.simulation.mutants",),
    "share of a commit": ("tests.simulation.share",),
}
"""What a release runs; `--json` is added to each."""


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation.release", description=__doc__)
    parser.add_argument(
        "parts", nargs="*", metavar="PART", help=f"of: {', '.join(COMMANDS)}; all if none is named"
    )
    parser.add_argument("--kept", type=Path, default=KEPT, help="the folder that keeps what the parts print")
    parser.add_argument("--again", action="store_true", help="run parts that are kept already once more")
    asked = parser.parse_args(arguments)
    for name in asked.parts:
        if name not in COMMANDS:
            parser.error(f"there is no part {name!r}")
    asked.kept.mkdir(parents=True, exist_ok=True)
    for name in asked.parts or COMMANDS:
        kept = asked.kept / f"{name.replace(' ', '_')}.json"
        if asked.again or not kept.exists():
            kept.write_text(json.dumps(run_part(name, COMMANDS[name]), indent=1), encoding="utf-8")
        write_report(_all_of(asked.kept))
    return 0 if all(part["exit"] == 0 for part in _all_of(asked.kept)) else 1


def run_part(name: str, words: Sequence[str]) -> dict[str, Any]:
    """One part: what `python -m words --json` printed, its exit code, how long it took and the commit."""
    tested, began = commit(), time.monotonic()
    command = [sys.executable, "-m", *words, "--json"]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    if not done.stdout.strip():
        raise SystemExit(f"{name}: the command ended with {done.returncode} and printed nothing")
    return {
        "part": name,
        "command": " ".join(["python", "-m", *words]),
        "commit": tested,
        "exit": done.returncode,
        "seconds": round(time.monotonic() - began, 1),
        "result": json.loads(done.stdout),
    }


def _all_of(folder: Path) -> list[dict[str, Any]]:
    """Every part that is kept, in the order of a release."""
    files = [folder / f"{name.replace(' ', '_')}.json" for name in COMMANDS]
    return [json.loads(file.read_text(encoding="utf-8")) for file in files if file.exists()]


if __name__ == "__main__":
    sys.exit(main())
