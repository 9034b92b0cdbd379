"""`python -m tests.simulation.share`: what each commit plays of the campaign, alone, and how long that takes.

2,000 planner examples, 500 histories, the corpus and 60 kills, as `.ci/run` runs them among all tests. Returns 1
if something failed or was skipped, 2 if it took longer than it may.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parents[2]
GOAL_S = 360.0
PARTS = {
    "planner examples": "tests/planning/test_plan_properties.py",
    "histories and the corpus": "tests/simulation/test_simulation.py",
    "kills": "tests/end_to_end/test_kills.py",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation.share", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    asked = parser.parse_args(arguments)
    parts = {name: run_part(path) for name, path in PARTS.items()}
    seconds = round(sum(float(part["seconds"]) for part in parts.values()), 1)
    bad = sum(part["bad"] for part in parts.values())
    if asked.json:
        found = {"parts": parts, "together_s": seconds, "goal_s": GOAL_S, "violations": bad}
        sys.stdout.write(json.dumps(found) + "\n")
    else:
        for name, part in parts.items():
            sys.stdout.write(f"{name}: {part['passed']} passed, {part['bad']} not, {part['seconds']} s\n")
        sys.stdout.write(f"together {seconds} s of {GOAL_S:.0f} s\n")
    return 1 if bad else 2 if seconds > GOAL_S else 0


def run_part(path: str) -> dict[str, float]:
    """One file of tests in a pytest of its own: how many passed, how many did not, and how long it took."""
    with TemporaryDirectory() as folder:
        verdict = Path(folder) / "verdict.xml"
        began = time.monotonic()
        ended = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", path, f"--junit-xml={verdict}"],
            cwd=ROOT,
            stdout=sys.stderr,
            env={**os.environ, "HYPOTHESIS_PROFILE": "ci", "QT_QPA_PLATFORM": "offscreen"},
            check=False,
        )
        seconds = time.monotonic() - began
        if not verdict.exists():
            raise SystemExit(f"{path}: pytest ended with {ended.returncode} and left no verdict")
        suites = ElementTree.parse(verdict).getroot().iter("testsuite")
        counts = [
            {name: int(suite.get(name, "0")) for name in ("tests", "failures", "errors", "skipped")}
            for suite in suites
        ]
    bad = sum(count["failures"] + count["errors"] + count["skipped"] for count in counts)
    passed = sum(count["tests"] for count in counts) - bad
    return {"passed": passed, "bad": max(bad, int(ended.returncode != 0)), "seconds": round(seconds, 1)}


if __name__ == "__main__":
    sys.exit(main())
