"""One benchmark in a process of its own: `python -m tests.benchmarks.child NAME FOLDER [--quick]`."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from tests.benchmarks.catalogue import BENCHMARKS


def main(arguments: list[str]) -> int:
    """Writes the figures to standard output as JSON. A benchmark that fails lets its error through."""
    parser = argparse.ArgumentParser()
    parser.add_argument("name", choices=[one.name for one in BENCHMARKS])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--quick", action="store_true")
    wish = parser.parse_args(arguments)
    benchmark = next(one for one in BENCHMARKS if one.name == wish.name)
    figures = benchmark.load()(wish.folder, quick=wish.quick)
    sys.stdout.write(json.dumps([figure.as_json() for figure in figures]) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
