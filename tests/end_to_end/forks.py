"""The process that forks workers which die, for a campaign of kills."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec

from tests.end_to_end.programs import ROOT, environment
from tests.end_to_end.worker_that_dies import Life


class Forks:
    """The process that forks workers; a context."""

    def __init__(self, told: Path) -> None:
        self._told = told

    def __enter__(self) -> Self:
        self._child = subprocess.Popen(
            [sys.executable, "-m", "tests.end_to_end.worker_that_dies", str(self._told)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment(),
            cwd=ROOT,
        )
        # Everything is imported: from here on a worker begins at once.
        self._heard()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        self._child.stdin.close()
        self._child.wait(timeout=20)
        self._child.stdout.close()

    def start(self, life: Life) -> int:
        """A new worker; its process id."""
        return int(self._ask({"start": life})["pid"])

    def wait(self, pid: int, for_s: float) -> int | None:
        """The signal that ended a worker (0: it ended by itself), or None if it still lives."""
        found = self._ask({"wait": {"pid": pid, "for_s": for_s}})
        return int(found["signal"]) if found["ended"] else None

    def _ask(self, words: object) -> dict[str, Any]:
        assert self._child.stdin is not None
        self._child.stdin.write(msgspec.json.encode(words) + b"\n")
        self._child.stdin.flush()
        return self._heard()

    def _heard(self) -> dict[str, Any]:
        assert self._child.stdout is not None
        line = self._child.stdout.readline()
        if not line:
            raise RuntimeError(f"the process that forks workers ended: {self._told.read_text()[-3000:]}")
        found: dict[str, Any] = msgspec.json.decode(line, type=dict)
        return found
