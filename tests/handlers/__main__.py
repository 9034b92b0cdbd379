"""`python -m tests.handlers [FOLDER …]`: run the tests of the core, list every `except` that none of them entered.

Exit code 0 if each was entered, or has its written reason in `reasons.py`; 1 if not; 2 if a test failed.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.handlers.marks import Marks
from tests.handlers.reasons import UNREACHED

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGES = ("echodesk.planning", "echodesk.worker", "echodesk.capture", "echodesk.store")
FOLDERS = (
    "tests/planning",
    "tests/capture",
    "tests/store",
    "tests/worker",
    "tests/end_to_end/test_certificates.py",
)


def line_of(path: str, line: int) -> str:
    """How a reason names a handler: by its text, which outlives a change above it."""
    return (ROOT / path).read_text("utf-8").splitlines()[line - 1].strip()


def main(folders: list[str]) -> int:
    """Run and report; the exit code."""
    marks = Marks(ROOT, PACKAGES)
    marks.install()
    failed = pytest.main(["-q", "-p", "no:cacheprovider", *(folders or FOLDERS)])
    missed = sorted(marks.all() - marks.entered)
    named = {place: (place[0], line_of(*place)) for place in missed}
    without_reason = [place for place in missed if named[place] not in UNREACHED]
    outlived = sorted(set(UNREACHED) - set(named.values()))
    for path, line in missed:
        reason = UNREACHED.get(named[path, line], "NOT REACHED")
        sys.stdout.write(f"{path}:{line}: {named[path, line][1]}  {reason}\n")
    for path, text in outlived:
        sys.stdout.write(f"{path}: {text}  is reached now, or is gone: its reason must go\n")
    sys.stdout.write(f"{len(marks.all())} handlers, {len(marks.entered)} entered, {len(without_reason)} missing\n")
    if failed:
        return 2
    return 1 if without_reason or outlived else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
