"""The benchmarks: `python -m tests.benchmarks [NAME …] [--json] [--quick] [--list] [--report] [--strict]`.

Each runs in a process and a folder of its own and leaves nothing behind. Returns 0 also when goals are missed (1
with `--strict`), and 1 when something could not be measured.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Collection, Sequence
from pathlib import Path

from tests.benchmarks.catalogue import BENCHMARKS
from tests.benchmarks.figures import Figure
from tests.benchmarks.report import Row, markdown, missed, table

ROOT = Path(__file__).resolve().parents[2]
REPORT = Path(__file__).with_name("REPORT.md")
LONGEST_S = 1_200.0
"""One benchmark; after that it is given up."""


def main(arguments: list[str]) -> int:
    """Runs what was asked for."""
    wish = _parser().parse_args(arguments)
    if wish.list:
        sys.stdout.write("".join(f"{one.name:<16} {one.about}\n" for one in BENCHMARKS))
        return 0
    names = wish.names or [one.name for one in BENCHMARKS]
    began = time.monotonic()
    rows: list[Row] = []
    failures: dict[str, str] = {}
    for name in names:
        sys.stderr.write(f"{name} …\n")
        found = measured(name, quick=wish.quick)
        if isinstance(found, str):
            failures[name] = found
            rows.append(not_measured(name, found))
        else:
            rows += [{**row, "quick": True} if wish.quick else row for row in found]
    _show(rows, as_json=wish.json, quick=wish.quick)
    if wish.report:
        whole = [row for row in rows if row["name"] not in failures]
        day = dt.datetime.now(dt.UTC).date().isoformat()
        ran = [name for name in names if name not in failures]
        text = markdown(whole, ran, failures | not_asked(names), machine(), day, time.monotonic() - began)
        REPORT.write_text(text, encoding="utf-8")
    return 1 if failures or (wish.strict and missed(rows)) else 0


def measured(name: str, *, quick: bool) -> Sequence[Row] | str:
    """The figures of one benchmark, or why there are none."""
    with tempfile.TemporaryDirectory(prefix="echodesk-benchmark-") as folder:
        command = [sys.executable, "-m", "tests.benchmarks.child", name, folder, *(["--quick"] if quick else [])]
        environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONUTF8": "1", "LC_ALL": "C.UTF-8"}
        try:
            child = subprocess.run(
                command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, timeout=LONGEST_S, check=False
            )
        except subprocess.TimeoutExpired:
            return f"not done after {LONGEST_S:.0f} s"
    if child.returncode:
        return f"ended with code {child.returncode}"
    figures: list[Row] = json.loads(child.stdout)
    return figures


def not_measured(name: str, why: str) -> Row:
    """A row for a benchmark that failed: it is never left away."""
    return {**Figure(name, 0.0, "", "", None, None).as_json(), "value": None, "goal": why, "met": False}


def not_asked(names: Collection[str]) -> dict[str, str]:
    """The benchmarks of the catalogue that are not among these, each with why it has no figure."""
    return {one.name: "it was not run" for one in BENCHMARKS if one.name not in names}


def machine() -> str:
    """What the figures depend on, without names of people, machines or folders."""
    return (
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores,"
        f" {platform.python_implementation()} {platform.python_version()}"
    )


def _show(rows: Sequence[Row], *, as_json: bool, quick: bool) -> None:
    if as_json:
        sys.stdout.write(json.dumps(rows, indent=1, ensure_ascii=False) + "\n")
        return
    if quick:
        sys.stdout.write("Quick: small sizes, to see that it runs. These figures prove nothing.\n")
    sys.stdout.write(table(rows) + "\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description="Measure EchoDesk.")
    parser.add_argument("names", nargs="*", metavar="NAME", type=_name, help="which; all if none is named")
    parser.add_argument("--json", action="store_true", help="print a list of figures as JSON")
    parser.add_argument("--list", action="store_true", help="say which there are")
    parser.add_argument("--strict", action="store_true", help="return 1 if a goal is missed")
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--quick", action="store_true", help="smaller sizes, only to see that it runs")
    size.add_argument("--report", action="store_true", help="write REPORT.md beside this file as well")
    return parser


def _name(text: str) -> str:
    if text not in [one.name for one in BENCHMARKS]:
        raise argparse.ArgumentTypeError(f"there is no {text}; see --list")
    return text


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
